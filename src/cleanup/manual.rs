//! `cleanup/manual.csv`: everything that no script of this plan does, for the person who must, in the order in which it must
//! go: with the reason, what to do and links to the cards. Documents, payments and contracts are in the list of the
//! accountant ([`super::accountant`]).

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::csv::{BOM, row};
use super::fixes::{FixReason, FixStep};
use super::links::{self, Kinds};
use super::places::Places;
use super::plan::{MergeStep, Phase, Plan};
use super::system::{self, Cards, System, is_number};
use super::{Draft, Scripted, bitrix24, is_scripted, link_table, write_rows};
use crate::finding::FindingId;
use crate::model::{Entity, Field, Lang, RecordRef, Side};
use crate::outcome::Outcome;

/// Work for a person: records and what to do with them; without records it is about a table.
struct Task<'a> {
    phase: Phase,
    /// Number in merge lists, and after those of differences; 0 for a record by itself.
    group: u32,
    side: Side,
    entity: Entity,
    records: Cow<'a, [RecordRef]>,
    reason: Cow<'a, str>,
    advice: Cow<'a, str>,
    /// Instead of the card of each record.
    link: String,
}

/// The list, also when it is empty: an empty list says that nothing is left to a person. A row per record; rows of one
/// group share its number, which merge lists use too.
pub fn file<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Draft<'a> {
    Draft::rows("manual.csv", move |out| {
        out.write_all(heading(outcome.lang).as_bytes())?;
        let cards = Cards::of(outcome);
        let rows = |tasks: &[Task], text: &mut String| tasks.iter().for_each(|task| put(outcome, cards, task, text));
        write_rows(out, &tasks(outcome, plan), rows, |()| ())
    })
}

fn heading(lang: Lang) -> String {
    let say = |ru, en| lang.pick(ru, en);
    let mut text = String::from(BOM);
    row(
        &mut text,
        &[
            say("Этап", "Phase"),
            say("Группа", "Group"),
            say("Где", "Where"),
            say("Справочник", "List"),
            say("Почему вручную", "Why by hand"),
            say("Что сделать", "What to do"),
            Field::Id.title(lang),
            Field::Name.title(lang),
            Field::Inn.title(lang),
            Field::Kpp.title(lang),
            say("Ссылка", "Link"),
        ],
    );
    text
}

/// A row per record.
fn put(outcome: &Outcome, cards: Cards, task: &Task, text: &mut String) {
    let lang = outcome.lang;
    let group = if task.group == 0 { String::new() } else { task.group.to_string() };
    let phase = task.phase.title(lang);
    if task.records.is_empty() {
        let (side, entity) = (task.side.title(lang), task.entity.title(lang));
        row(text, &[phase, "", side, entity, &task.reason, &task.advice, "", "", "", "", ""]);
    }
    for &record in task.records.iter() {
        let field = |f| outcome.data.text(record, f);
        let mut card = String::new();
        if task.link.is_empty() {
            cards.write(record, &mut card);
        }
        let link = if task.link.is_empty() { &card } else { &task.link };
        row(
            text,
            &[
                phase,
                &group,
                record.side.title(lang),
                outcome.data.entity(record).title(lang),
                &task.reason,
                &task.advice,
                outcome.data.id(record),
                &outcome.data.display_name(record),
                field(Field::Inn),
                field(Field::Kpp),
                link,
            ],
        );
    }
}

/// All tasks, by phase, side, entity, group and record.
fn tasks<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Vec<Task<'a>> {
    let lang = outcome.lang;
    let mut tasks: Vec<Task> = plan
        .manual
        .iter()
        .map(|step| Task {
            phase: Phase::Duplicates,
            group: step.cluster + 1,
            side: step.side,
            entity: step.entity,
            records: (&step.records[..]).into(),
            reason: step.reason.text(lang).into(),
            advice: step.reason.advice(lang).into(),
            link: String::new(),
        })
        .collect();
    let places = Places::of(outcome);
    tasks.extend(plan.merges.iter().filter(|m| m.side == Side::Crm).filter_map(|m| of_merge(&places, m)));
    tasks.extend(plan.fixes.iter().filter(|f| f.pair.is_none()).filter_map(|f| of_fix(&places, f)));
    let last = outcome.matching.clusters.len() as u32;
    let differences = || plan.differences.iter().filter(|d| !d.is_accounting());
    let of_pairs = differences().filter(|d| d.records.len() > 1);
    let numbers: FxHashMap<FindingId, u32> = of_pairs.zip(1..).map(|(d, n)| (d.finding, last + n)).collect();
    tasks.extend(differences().map(|difference| Task {
        phase: difference.phase,
        group: numbers.get(&difference.finding).copied().unwrap_or(0),
        side: difference.records[0].side,
        entity: outcome.data.entity(difference.records[0]),
        records: (&difference.records[..]).into(),
        reason: difference.reason(outcome).into(),
        advice: difference.advice.into(),
        link: String::new(),
    }));
    let by_hand = links::by_kinds(outcome, plan).into_iter().filter_map(|(kinds, fixes)| {
        let file = format!("cleanup/{}", links::FILE);
        let scripted = is_scripted(&places, Scripted::Fix(fixes[0]));
        (!scripted).then(|| of_links(lang, kinds, no_script(&places, fixes[0]), &file, fixes.len()))
    });
    tasks.extend(by_hand);
    let why = lang.pick("этих связей нет в карточках, их хранит обмен", "the exchange keeps these links, cards do not");
    let file = format!("merge/{}", link_table::FILE);
    tasks.extend(plan.load.iter().map(|(&kinds, rest)| Task {
        records: if rest.all { Cow::Borrowed(&[]) } else { (&rest.cards[..]).into() },
        ..of_links(lang, kinds, why, &file, rest.cards.len())
    }));
    tasks.sort_by_key(|t| (t.phase, t.side, t.entity, t.group, t.records.first().copied()));
    tasks
}

/// Rows of a table that somebody has to load.
fn of_links(lang: Lang, (crm, onec): Kinds, why: &'static str, file: &str, rows: usize) -> Task<'static> {
    let of_kinds = format!("{} ↔ {}", crm.title(lang), onec.title(lang));
    let advice = match lang {
        Lang::Ru => format!("Загрузите в обмен из файла {file} строки «{of_kinds}», их {rows}, до его первого запуска"),
        Lang::En => {
            format!("Load the rows “{of_kinds}” of {file}, {rows} of them, into the exchange before its first run")
        }
    };
    Task {
        phase: Phase::Links,
        group: 0,
        side: Side::Crm,
        entity: crm,
        records: Cow::Borrowed(&[]),
        reason: why.into(),
        advice: advice.into(),
        link: String::new(),
    }
}

/// A correction that no script of the system writes; one in SQL for a staging copy writes it all the same.
fn of_fix(places: &Places, fix: &FixStep) -> Option<Task<'static>> {
    let outcome = places.outcome;
    if is_scripted(places, Scripted::Fix(fix)) {
        return None;
    }
    let lang = outcome.lang;
    let advice = match (fix.field, lang) {
        (Field::Stage, Lang::Ru) => format!("Поставьте в карточке статус «{}»", fix.value),
        (Field::Stage, Lang::En) => format!("Set the status of the card to “{}”", fix.value),
        (field, Lang::Ru) => format!("Исправьте поле «{}» на «{}»", field.title(lang), fix.value),
        (field, Lang::En) => format!("Correct the field “{}” to “{}”", field.title(lang), fix.value),
    };
    Some(Task {
        phase: fix.phase(),
        group: 0,
        side: fix.record.side,
        entity: outcome.data.entity(fix.record),
        records: vec![fix.record].into(),
        reason: format!("{}; {}", fix.reason.text(lang), no_script(places, fix)).into(),
        advice: advice.into(),
        link: String::new(),
    })
}

/// Why no script of the system writes a fix.
pub fn no_script(places: &Places, fix: &FixStep) -> &'static str {
    let outcome = places.outcome;
    let lang = outcome.lang;
    if fix.record.side == Side::Onec {
        return lang.pick(
            "этот реквизит в разных конфигурациях называется и хранится по-разному, сценарий его не пишет",
            "configurations keep this attribute in different ways, so no script writes it",
        );
    }
    match places.crm {
        None => no_system(lang),
        Some(_) if !is_number(outcome.data.id(fix.record)) => no_numbers(lang),
        Some(System::RetailCrm) if fix.reason == FixReason::Pair => lang.pick(
            "RetailCRM не даёт очистить записанный externalId: такой шаг не отменить, поэтому код 1С пишет сам обмен",
            "RetailCRM cannot empty an externalId once written: no undo, so the exchange writes the id of 1C itself",
        ),
        Some(_) if fix.reason == FixReason::Pair => lang.pick(
            "по выгрузке не видно поля, в котором сценарий мог бы записать код 1С",
            "the export shows no field in which a script could write the id of 1C",
        ),
        Some(_) => lang.pick(
            "по выгрузке не видно, в каком поле системы это записано, сценарий его не пишет",
            "the export does not show in which field of the system this stands, so no script writes it",
        ),
    }
}

fn no_system(lang: Lang) -> &'static str {
    lang.pick(
        "по выгрузке не видно, какая это CRM, и сценария для неё нет",
        "the export does not show which CRM it is, so there is no script for it",
    )
}

fn no_numbers(lang: Lang) -> &'static str {
    lang.pick("коды карточек — не номера, и сценарию их не найти", "ids of the cards are no numbers")
}

/// What a person does of a merge, in words; `None` when a script does all of it.
pub fn rest_of_merge(places: &Places, step: &MergeStep) -> Option<String> {
    (step.side == Side::Crm).then(|| of_merge(places, step)).flatten().map(|t| format!("{}. {}", t.reason, t.advice))
}

/// What a script leaves of a merge; `None` when it does all of it.
fn of_merge(places: &Places, step: &MergeStep) -> Option<Task<'static>> {
    let (outcome, crm) = (places.outcome, places.crm);
    let lang = outcome.lang;
    let mut records: Vec<RecordRef> = step.records().collect();
    let mut link = String::new();
    let numbers = records.iter().all(|&r| is_number(outcome.data.id(r)));
    let (reason, advice) = match crm {
        _ if crm.is_some() && !numbers => (no_numbers(lang).to_owned(), by_hand(lang)),
        None => (no_system(lang).to_owned(), by_hand(lang)),
        Some(System::Bitrix24) => {
            let fields = bitrix24::conflicts(outcome, &records);
            if fields.is_empty() {
                return None;
            }
            link = system::merge_page(outcome, &records);
            let names: Vec<&str> = fields.iter().map(|(field, _)| field.title(lang)).collect();
            let codes: Vec<&str> = fields.iter().map(|(_, code)| *code).collect();
            let reason = lang.pick(
                "в карточках различаются поля, которые Битрикс24 сам не объединит",
                "the cards differ in fields that Bitrix24 will not merge by itself",
            );
            let advice = lang.pick(
                "Откройте ссылку и выберите верные значения; если верна основная карточка, хватит ключа",
                "Open the link and choose the right values; if the main card is right, run the script with",
            );
            (format!("{reason}: {}", names.join(", ")), format!("{advice} --main-wins {}", codes.join(",")))
        }
        Some(System::AmoCrm) => {
            records.remove(0);
            let keep = outcome.data.id(step.master);
            (
                lang.pick(
                    "amoCRM не даёт сценариям объединять и удалять карточки",
                    "amoCRM lets no script merge or delete cards",
                )
                .to_owned(),
                format!(
                    "{} «дубль → {keep}»",
                    lang.pick(
                        "После сценария проверьте основную карточку и удалите эту: на ней тег",
                        "After the script look at the main card and delete this one: its tag is",
                    )
                ),
            )
        }
        Some(_) => return None,
    };
    let group = step.cluster + 1;
    Some(Task {
        phase: Phase::Duplicates,
        group,
        side: step.side,
        entity: step.entity,
        records: records.into(),
        reason: reason.into(),
        advice: advice.into(),
        link,
    })
}

fn by_hand(lang: Lang) -> String {
    lang.pick(
        "Объедините карточки в CRM; основная названа в списке объединения (папка merge)",
        "Merge the cards in the CRM; the merge list (folder merge) names the main one",
    )
    .to_owned()
}
