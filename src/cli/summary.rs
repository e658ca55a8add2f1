//! What an audit prints on the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sverka::checks::{CheckResult, Ran};
use sverka::decisions::State;
use sverka::finding::Severity;
use sverka::gates::{Measured, Verdict, Which};
use sverka::matching::{Decision, Scope};
use sverka::model::{Entity, Lang};
use sverka::outcome::{Outcome, StageTime};

/// Checks named in the summary; the rest are counted.
const TOP: usize = 8;

/// The summary in the language of the project, without a trailing line end. `by_responsible`: extracts were asked for.
pub fn text(outcome: &Outcome, folder: &Path, by_responsible: bool, total: &StageTime) -> String {
    let lang = outcome.lang;
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("\n{}", outcome.project));
    let verdict = match outcome.verdict() {
        Verdict::Go => say("МОЖНО ЗАПУСКАТЬ ОБМЕН", "GO: the exchange may start"),
        Verdict::GoWithConditions => {
            say("МОЖНО ЗАПУСКАТЬ ОБМЕН С ОГОВОРКАМИ", "GO WITH CONDITIONS: the exchange may start, not all was checked")
        }
        Verdict::NoGo => say("ЗАПУСКАТЬ ОБМЕН РАНО", "NO-GO: the exchange must wait"),
    };
    let counts: Vec<String> =
        Severity::ALL.iter().map(|&s| format!("{}: {}", plural(s, lang), number(outcome.count(s)))).collect();
    line(format!("{verdict}   {}", counts.join(", ")));
    let broken: Vec<String> = outcome
        .gates
        .iter()
        .filter(|g| !g.holds())
        .map(|g| {
            format!(
                "{}: {} {} {}",
                match (&g.config.measured, g.config.entity, g.config.which) {
                    (Measured::Severity(severity), None, Which::All) => plural(*severity, lang).to_owned(),
                    _ => g.title(lang),
                },
                number(g.actual),
                say("при допустимых", "with a limit of"),
                number(g.allowed)
            )
        })
        .collect();
    if !broken.is_empty() {
        line(format!("{} {}", say("Не пройдено:", "Gates broken:"), broken.join("; ")));
    }
    if outcome.clearing.findings > 0 {
        let c = &outcome.clearing;
        line(format!(
            "{} {}: {} {}, {} {}, {} {}; {} {}",
            say("Чтобы запустить, устраните находок", "To start, clear findings:"),
            number(c.findings),
            say("записей вручную", "records by hand"),
            number(c.by_hand),
            say("подтвердить", "to confirm"),
            number(c.to_confirm),
            say("скриптом", "by script"),
            number(c.by_script),
            say("часов примерно", "hours, roughly"),
            number(c.minutes.div_ceil(60)),
        ));
    }
    line(format!("{} {:.1} %", say("Готовность данных:", "Readiness:"), outcome.readiness));
    if let (Some(comparison), Some(changes)) = (&outcome.comparison, outcome.changes()) {
        let parts: Vec<String> = [
            (say("новых", "new"), changes.new),
            (say("вернулось", "returned"), changes.returned),
            (say("устранено", "resolved"), changes.resolved),
            (say("известных", "known"), changes.known),
            (say("принято", "accepted"), changes.accepted),
            (say("не проверено", "not checked"), changes.not_checked),
        ]
        .into_iter()
        // Zeros of the last two say nothing.
        .filter(|(word, n)| *n > 0 || ![say("принято", "accepted"), say("не проверено", "not checked")].contains(word))
        .map(|(word, n)| format!("{word} {}", number(n)))
        .collect();
        line(format!(
            "{} {}: {}",
            say("С прошлой сверки", "Since the last audit"),
            comparison.as_of.format(say("%d.%m.%Y", "%Y-%m-%d")),
            parts.join(", ")
        ));
    }
    if let Some(held) = outcome.held.as_ref().filter(|h| !h.ids.is_empty()) {
        let what = say("Отложено из-за правок во время выгрузки:", "Held back, changed during the export:");
        line(format!("{what} {}", number(held.ids.len() as u64)));
    }
    if !outcome.decisions.is_empty() {
        let attention: Vec<&sverka::decisions::Report> =
            outcome.decisions.iter().filter(|d| d.state != State::Applied).collect();
        let applied = number((outcome.decisions.len() - attention.len()) as u64);
        let mut text = format!("{} {applied}", say("Решения людей: применено", "Decisions of people: applied"));
        if !attention.is_empty() {
            let lines: Vec<String> = attention.iter().take(TOP).map(|d| d.line.to_string()).collect();
            let more = if attention.len() > TOP { ", …" } else { "" };
            let what = say("требуют внимания", "need attention");
            let place = say("строки decisions.toml", "lines of decisions.toml");
            text += &format!(", {what} {} ({place} {}{more})", number(attention.len() as u64), lines.join(", "));
        }
        line(text);
    }
    line(String::new());

    line(format!(
        "{:<14}{:>10}{:>12}{:>10}{:>14}{:>12}{:>12}",
        "",
        say("прочитано", "read"),
        say("загружено", "loaded"),
        say("карантин", "quarant."),
        say("не записи", "left out"),
        say("дублей", "duplicates"),
        say("без пары", "one-sided"),
    ));
    for side in super::sides() {
        let snapshot = outcome.data.get(side);
        let sum = |f: fn(&sverka::model::RowCounts) -> u64| snapshot.sources.iter().map(|s| f(&s.counts)).sum::<u64>();
        let duplicates: usize = outcome.matching.clusters.iter().map(|c| c.of(side).count().saturating_sub(1)).sum();
        let one_sided = match side {
            sverka::model::Side::Crm => &outcome.drift.only_crm,
            sverka::model::Side::Onec => &outcome.drift.only_onec,
        };
        line(format!(
            "{:<14}{:>10}{:>12}{:>10}{:>14}{:>12}{:>12}",
            side.title(lang),
            number(sum(|c| c.read)),
            number(sum(|c| c.loaded)),
            number(sum(|c| c.quarantined)),
            number(sum(sverka::model::RowCounts::left_out_total)),
            number(duplicates as u64),
            number(one_sided.len() as u64),
        ));
    }
    let links = |decision: Decision, cross: bool| {
        let of = outcome.matching.links.iter().filter(|l| l.decision == decision);
        number(of.filter(|l| (l.scope() == Scope::Cross) == cross).count() as u64)
    };
    line(String::new());
    line(format!(
        "{} {}, {} {}, {} {}",
        say("Пары CRM — 1С: сопоставлено", "CRM–1C pairs: matched"),
        number(outcome.drift.pairs.len() as u64),
        say("на проверку человеку", "for review"),
        links(Decision::Review, true),
        say("запрещено правилами", "vetoed"),
        links(Decision::Rejected, true),
    ));
    for (space, [made, review, forbidden]) in outcome.pairing.counts() {
        let of = Entity::ALL.iter().find(|e| e.space() == space).map_or("", |e| e.title(lang));
        line(format!(
            "{} {of}: {} {}, {} {}, {} {}",
            say("Пары CRM — 1С,", "CRM–1C pairs,"),
            say("сопоставлено", "matched"),
            number(made),
            say("на проверку человеку", "for review"),
            number(review),
            say("запрещено правилами", "vetoed"),
            number(forbidden),
        ));
    }
    line(format!(
        "{} {}, {} {}",
        say("Пары внутри CRM и внутри 1С: на проверку человеку", "Pairs within the CRM and within 1C: for review"),
        links(Decision::Review, false),
        say("запрещено правилами", "vetoed"),
        links(Decision::Rejected, false),
    ));
    let drifting = outcome.drift.pairs.iter().filter(|p| !p.fields.is_empty()).count() as u64;
    line(format!(
        "{} {}",
        say("Из сопоставленных расходятся в полях:", "Matched pairs that differ in a field:"),
        number(drifting)
    ));
    for &entity in Entity::ALL {
        let of: Vec<String> = outcome
            .forecast
            .iter()
            .filter(|f| f.entity == entity)
            .map(|f| format!("{} {} {}", f.target.title(lang), f.action.text(lang), number(f.records.len() as u64)))
            .collect();
        if !of.is_empty() {
            line(format!("{} ({}): {}", say("Первый обмен", "First exchange"), entity.title(lang), of.join("; ")));
        }
    }
    line(String::new());

    let mut by_check: BTreeMap<(Severity, &str), u64> = BTreeMap::new();
    for finding in &outcome.findings {
        *by_check.entry((finding.severity, finding.check)).or_default() += 1;
    }
    let mut top: Vec<_> = by_check.into_iter().filter(|((s, _), _)| *s <= Severity::Error).collect();
    top.sort_by_key(|((severity, check), n)| (*severity, std::cmp::Reverse(*n), *check));
    for ((severity, check), n) in top.iter().take(TOP) {
        let title = outcome.checks.iter().find(|c| c.meta.id == *check).map_or("", |c| c.meta.card(lang).title);
        line(format!("  {:<18} {:>6}  {title} ({check})", severity.text(lang), number(*n)));
    }
    if top.len() > TOP {
        line(format!("  {} {}", say("и ещё проверок с ошибками:", "and more checks with errors:"), top.len() - TOP));
    }
    let count = |of: &dyn Fn(&CheckResult) -> bool| outcome.checks.iter().filter(|c| of(c)).count();
    line(format!(
        "  {} {}, {} {}, {} {}",
        say("Проверок выполнено:", "Checks run:"),
        count(&|c| matches!(c.ran, Ran::Evaluated(_))),
        say("не выполнено из-за нехватки данных:", "not run for lack of data:"),
        count(&|c| matches!(c.ran, Ran::NotRun(_)) && (c.in_scope || c.off)),
        say("не относится к этим выгрузкам:", "not about these exports:"),
        count(&|c| !c.in_scope && !c.off)
    ));
    line(String::new());
    line(format!("{} {}", say("Отчёт:  ", "Report:  "), folder.join("report.html").display()));
    line(format!("{} {}", say("Таблицы:", "Workbook:"), folder.join("report.xlsx").display()));
    let extracts = folder.join(sverka::run::EXTRACTS);
    if extracts.is_dir() {
        line(format!("{} {}", say("Выписки:", "Extracts:"), extracts.display()));
    } else if by_responsible {
        line(
            say("Выписок нет: в выгрузках нет ответственных", "No extracts: no record names a responsible person")
                .to_owned(),
        );
    }
    if outcome.masked {
        line(say(
            "Обезличено: имена, телефоны, почта, ИНН и другие личные данные заменены, коды записей и номера находок те же",
            "Masked: names, phones, mailboxes, INNs and the like are replaced; ids of records and findings are the same",
        ).to_owned());
    } else {
        line(format!("{} {}", say("Очистка:", "Cleanup: "), folder.join("cleanup").display()));
    }
    let _ = write!(out, "{:.2} {}", total.elapsed_ms / 1000.0, say("с", "s"));
    if total.peak_bytes > 0 {
        let _ = write!(out, ", {} {}", total.peak_bytes / (1 << 20), say("МБ памяти", "MiB of memory"));
    }
    out
}

fn plural(severity: Severity, lang: Lang) -> &'static str {
    let (ru, en) = match severity {
        Severity::Blocker => ("блокирующих", "blockers"),
        Severity::Error => ("ошибок", "errors"),
        Severity::Warning => ("предупреждений", "warnings"),
        Severity::Info => ("сведений", "notes"),
    };
    lang.pick(ru, en)
}

/// A size as people say it, in powers of 1024: `350 МБ`, `1,5 ГБ`.
pub fn bytes(n: u64) -> String {
    let tenths = n.saturating_mul(10).div_ceil(1 << 30);
    if n < 1 << 30 { format!("{} МБ", n.div_ceil(1 << 20)) } else { format!("{},{} ГБ", tenths / 10, tenths % 10) }
}

/// `1 234 567` with no-break spaces.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}
