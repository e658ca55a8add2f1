//! `cleanup/manual.csv`: everything that no script of this plan does, for the person who must: with the reason, what to
//! do and links to the cards.

use rustc_hash::FxHashMap;

use super::csv::{BOM, row};
use super::plan::{FixStep, MergeStep, Plan};
use super::system::{self, System, is_number};
use super::{ScriptFile, bitrix24, stages};
use crate::finding::FindingId;
use crate::model::{Entity, Field, Lang, RecordRef, Side};
use crate::outcome::Outcome;

/// Work for a person: one or more records and what to do with them.
struct Task {
    /// Number in merge lists, and after those of differences; 0 for a record by itself.
    group: u32,
    side: Side,
    entity: Entity,
    records: Vec<RecordRef>,
    reason: String,
    advice: String,
    /// Instead of the card of each record.
    link: String,
}

/// The list, also when it is empty: an empty list says that nothing is left to a person. A row per record; rows of one
/// group share its number, which merge lists use too.
pub fn render(outcome: &Outcome, plan: &Plan) -> ScriptFile {
    let lang = outcome.lang;
    let say = |ru, en| lang.pick(ru, en);
    let mut text = String::from(BOM);
    row(
        &mut text,
        &[
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
    for task in tasks(outcome, plan) {
        let group = if task.group == 0 { String::new() } else { task.group.to_string() };
        for &record in &task.records {
            let field = |f| outcome.data.text(record, f).to_owned();
            let link = if task.link.is_empty() { system::card(outcome, record) } else { task.link.clone() };
            row(
                &mut text,
                &[
                    group.clone(),
                    record.side.title(lang).to_owned(),
                    outcome.data.entity(record).title(lang).to_owned(),
                    task.reason.clone(),
                    task.advice.clone(),
                    outcome.data.id(record).to_owned(),
                    outcome.data.display_name(record),
                    field(Field::Inn),
                    field(Field::Kpp),
                    link,
                ],
            );
        }
    }
    ScriptFile { name: "manual.csv".into(), text, executable: false }
}

/// All tasks, by side, entity, group and record.
fn tasks(outcome: &Outcome, plan: &Plan) -> Vec<Task> {
    let lang = outcome.lang;
    let mut tasks: Vec<Task> = plan
        .manual
        .iter()
        .map(|step| Task {
            group: step.cluster + 1,
            side: step.side,
            entity: step.entity,
            records: step.records.clone(),
            reason: step.reason.text(lang).to_owned(),
            advice: step.reason.advice(lang).to_owned(),
            link: String::new(),
        })
        .collect();
    let crm = system::live(outcome);
    tasks.extend(plan.merges.iter().filter(|m| m.side == Side::Crm).filter_map(|m| of_merge(outcome, crm, m)));
    tasks.extend(plan.fixes.iter().filter(|f| f.field == Field::Stage).filter_map(|f| of_status(outcome, f)));
    let last = outcome.matching.clusters.len() as u32;
    let of_pairs = plan.differences.iter().filter(|d| d.records.len() > 1);
    let numbers: FxHashMap<FindingId, u32> = of_pairs.zip(1..).map(|(d, n)| (d.finding, last + n)).collect();
    tasks.extend(plan.differences.iter().map(|difference| Task {
        group: numbers.get(&difference.finding).copied().unwrap_or(0),
        side: difference.records[0].side,
        entity: outcome.data.entity(difference.records[0]),
        records: difference.records.clone(),
        reason: difference.reason.clone(),
        advice: difference.advice.to_owned(),
        link: String::new(),
    }));
    for fix in plan.fixes.iter().filter(|f| f.record.side == Side::Crm && f.field == Field::Inn) {
        if crm.is_none() || !is_number(outcome.data.id(fix.record)) {
            let advice = lang.pick("Исправьте ИНН на", "Correct the INN to");
            tasks.push(Task {
                group: 0,
                side: Side::Crm,
                entity: outcome.data.entity(fix.record),
                records: vec![fix.record],
                reason: lang.pick("в ИНН посторонние знаки", "strange characters in the INN").to_owned(),
                advice: format!("{advice} {}", fix.value),
                link: String::new(),
            });
        }
    }
    tasks.sort_by_key(|t| (t.side, t.entity, t.group, t.records[0]));
    tasks
}

/// A status that no script of a CRM writes: it is not told which system or which field it stands in. Scripts in SQL for a
/// staging copy write it all the same.
fn of_status(outcome: &Outcome, fix: &FixStep) -> Option<Task> {
    if stages::of(outcome, fix.record).is_some() {
        return None;
    }
    let lang = outcome.lang;
    let advice = lang.pick("Поставьте в карточке статус", "Set the status of the card to");
    Some(Task {
        group: 0,
        side: fix.record.side,
        entity: outcome.data.entity(fix.record),
        records: vec![fix.record],
        reason: fix.reason.text(lang).to_owned(),
        advice: format!("{advice} «{}»", fix.value),
        link: String::new(),
    })
}

/// What a script leaves of a merge; `None` when it does all of it.
fn of_merge(outcome: &Outcome, crm: Option<System>, step: &MergeStep) -> Option<Task> {
    let lang = outcome.lang;
    let mut records: Vec<RecordRef> = step.records().collect();
    let mut link = String::new();
    let numbers = records.iter().all(|&r| is_number(outcome.data.id(r)));
    let (reason, advice) = match crm {
        _ if crm.is_some() && !numbers => (
            lang.pick("коды карточек — не номера, и сценарию их не найти", "ids of the cards are no numbers")
                .to_owned(),
            by_hand(lang),
        ),
        None => (
            lang.pick(
                "по выгрузке не видно, какая это CRM, и сценария для неё нет",
                "the export does not show which CRM it is, so there is no script for it",
            )
            .to_owned(),
            by_hand(lang),
        ),
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
    Some(Task { group: step.cluster + 1, side: step.side, entity: step.entity, records, reason, advice, link })
}

fn by_hand(lang: Lang) -> String {
    lang.pick(
        "Объедините карточки в CRM; основная названа в списке объединения (папка merge)",
        "Merge the cards in the CRM; the merge list (folder merge) names the main one",
    )
    .to_owned()
}
