//! The page: agrees with its model, keeps its budget, shows hostile values as text.

use sverka::checks::{Card, CheckResult, Fix, Meta, Ran};
use sverka::finding::{Finding, Severity};
use sverka::gates::Gates;
use sverka::matching::{Decision, Veto};
use sverka::model::{Entity, Field, Lang, Quarantined, RecordRef, Side};
use sverka::outcome::{Outcome, StageTime};
use sverka::report::sections::findings::QuietView;
use sverka::report::{ReportModel, html, model};

use crate::samples::{self, audited};
use crate::world::{INN_A, INN_B, World, crm, onec};

const CARD: Card = Card {
    title: "Проверочное правило",
    finds: "Что находит.",
    why: "Почему важно.",
    causes: "Откуда берётся.",
    remedy: "Что делать.",
    example: "Пример.",
    source: "Практика",
};

static FIRING: Meta = meta("cp-test-firing");
static SILENT: Meta = meta("cp-test-silent");
static NOT_RUN: Meta = meta("cp-test-not-run");
static IDLE: Meta = meta("cp-test-idle");

const fn meta(id: &'static str) -> Meta {
    Meta {
        id,
        severity: Severity::Blocker,
        cross: false,
        fix: Fix::Manual,
        since: "0.1.0",
        params: &[],
        ru: CARD,
        en: CARD,
    }
}

fn result(meta: &'static Meta, ran: Ran, findings: u64) -> CheckResult {
    CheckResult { meta, severity: meta.severity, off: false, in_scope: true, ran, findings }
}

/// What a person or a program may have put into a field.
pub const HOSTILE: [&str; 9] = [
    "<script>document.title='pwned'</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style></script><b>жирно</b>",
    "{{ t.head.kicker }} {% include \"x\" %}",
    "=HYPERLINK(\"https://example.com\";\"жми\")",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+9)",
    "\u{202e}fdp.exe \u{0}\u{7}\u{1b}[31m",
];

/// Records, findings, links, quarantine and project name full of hostile values, and one value of 100 KB.
pub fn hostile() -> Outcome {
    let long = "Ы".repeat(50_000);
    let mut world = World::new();
    for (at, text) in HOSTILE.iter().chain([&long.as_str()]).enumerate() {
        let id = format!("00{at}");
        for side in Side::BOTH {
            let texts = [(Field::Id, id.as_str()), (Field::Name, text), (Field::Inn, INN_A), (Field::Comment, text)];
            world = world.add(side, Entity::Counterparty, &texts);
        }
    }
    let mut outcome = world
        .cluster(&[crm(0), crm(1), crm(2)])
        .link(crm(3), crm(4), Decision::Rejected, Some(Veto::Branch))
        .link(crm(5), onec(6), Decision::Review, None)
        .link(crm(9), onec(9), Decision::Review, None)
        .build();
    outcome.project = HOSTILE[0].to_owned();
    outcome.drift.only_crm = (6..10).map(crm).collect();
    outcome.drift.only_onec = (0..10).map(onec).collect();
    for at in 0..10 {
        let text = HOSTILE.get(at).copied().unwrap_or(&long);
        outcome.findings.push(Finding {
            check: FIRING.id,
            severity: Severity::Blocker,
            ..Finding::record(crm(at), text.to_owned()).values(Field::Name, text, text)
        });
        outcome.data.crm.quarantine.push(Quarantined {
            location: outcome.data.crm.parties.raw.location(at),
            reason: text.to_owned(),
            raw: text.to_owned(),
        });
    }
    outcome.checks = vec![
        result(&FIRING, Ran::Evaluated(10), 10),
        result(&SILENT, Ran::Evaluated(7), 0),
        result(&NOT_RUN, Ran::NotRun(HOSTILE[2].to_owned()), 0),
        result(&IDLE, Ran::Evaluated(0), 0),
    ];
    outcome.gates = sverka::gates::measure(&Gates::default(), &outcome.findings, &outcome.checks, &outcome.data);
    assert_eq!(outcome.gates[0].actual, 10);
    outcome
}

fn page(model: &ReportModel) -> String {
    html::render(model).unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Part of the page between the beginning of a section and the next one.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no section {id}"));
    let rest = &page[from..];
    &rest[..rest.find("</section>").unwrap()]
}

#[test]
fn the_page_says_what_the_model_says() {
    for lang in [Lang::Ru, Lang::En] {
        let outcome = audited("trade", lang);
        let model = model::build(outcome);
        let page = page(&model);
        let queues = model.queues();
        for queue in &queues {
            let id = match queue.id {
                "drift-pairs" => "drift",
                "only-crm" | "only-onec" => "only",
                "control-months" | "control-parties" => "papers",
                // Groups, pairs and chains are no tables of the queue; checks are cards.
                "duplicates" | "findings" | "checks" | "chains" => continue,
                "ties" => {
                    assert!(queue.len > 5);
                    assert_eq!(section(&page, "ties").matches("<article class=\"pair\"").count(), queue.len);
                    continue;
                }
                id => id,
            };
            let section = section(&page, id);
            let grid = section.find(&format!("id=\"{}-grid\"", queue.id)).map_or("", |at| &section[at..]);
            let body = grid.split_once("<tbody>").map_or("", |(_, b)| b.split_once("</tbody>").unwrap().0);
            let shown = body.matches("<tr>").count();
            let sheet = model.texts().say("word.on_sheet", &[("sheet", &queue.title)]);
            let note = model.texts().say(
                "word.shown_of",
                &[
                    ("shown", &model.texts().number(shown as u64)),
                    ("total", &model.texts().number(queue.len as u64)),
                    ("where", &sheet),
                ],
            );
            assert_eq!(shown < queue.len, grid.contains(&escaped(&note)), "{}: {shown} of {}", queue.id, queue.len);
            if queue.id != "vetoes" {
                for (at, row) in queue.rows().take(shown).enumerate() {
                    for (cell, column) in row.iter().zip(&queue.columns).filter(|(_, c)| c.page) {
                        let text = escaped(&cell.text);
                        assert!(
                            text.chars().count() > 240 || body.contains(&text),
                            "{} {at} {}",
                            queue.id,
                            column.title
                        );
                    }
                }
            }
        }
        for check in outcome.checks.iter().filter(|c| c.findings > 0) {
            let card = page.split_once(&format!("id=\"{}\"", check.meta.id)).unwrap().1;
            let card = card.split_once("</details>").unwrap().0;
            let count = model.texts().number(check.findings);
            assert!(card.contains(&format!("<span class=\"count\">{count}</span>")), "{}", check.meta.id);
            let rows = card.split_once("<tbody>").unwrap().1.matches("<tr>").count() as u64;
            let note = model.texts().number(rows);
            assert!(rows == check.findings || card.contains(&note) && card.contains("class=\"cut\""));
        }
        assert_eq!(page.matches("<article class=\"group\"").count(), model.index().groups.len());
        assert_eq!(page.matches("id=\"pair-").count(), model.index().review.len());
        for word in ["{{", "{%", "{n}", "{shown}", "NaN", "undefined"] {
            let outside = page.split("<script>").next().unwrap();
            let body = outside.split_once("</style>").unwrap().1.split_once("data-collapse").unwrap().1;
            assert!(!body.contains(word), "{word}");
        }
    }
}

#[test]
fn every_source_is_accounted_for_on_the_page() {
    let outcome = audited("trade", Lang::Ru);
    let model = model::build(outcome);
    let queue = model.queues().into_iter().find(|q| q.id == "sources").unwrap();
    assert_eq!(queue.len, outcome.data.crm.sources.len() + outcome.data.onec.sources.len());
    let at = |name: &str| queue.columns.iter().position(|c| c.title == name).unwrap();
    let (read, loaded, bad, out) = (at("Прочитано"), at("Загружено"), at("Карантин"), at("Пропущено"));
    for row in queue.rows() {
        let n = |column: usize| row[column].number.unwrap();
        assert_eq!(n(read), n(loaded) + n(bad) + n(out));
        assert_eq!(n(out), (out + 1..=out + 6).map(n).sum::<f64>());
    }
}

#[test]
fn the_flow_counts_every_record_once() {
    let outcome = audited("trade", Lang::Ru);
    let model = model::build(outcome);
    for flow in &model.page().flow {
        for row in &flow.table.rows {
            let n = |column: usize| row[column].number.unwrap();
            assert_eq!(n(1), (2..=5).map(n).sum::<f64>(), "{}", flow.title);
        }
    }
    let total: f64 = model.page().flow.iter().flat_map(|f| &f.table.rows).map(|r| r[1].number.unwrap()).sum();
    assert_eq!(total as usize, outcome.data.crm.parties.len() + outcome.data.onec.parties.len());
}

#[test]
fn hostile_values_are_text() {
    let outcome = hostile();
    let model = model::build(&outcome);
    let page = page(&model);
    assert_eq!(page.matches("<script").count(), 1, "only the script of the page");
    assert_eq!(page.matches("</script").count(), 1);
    assert_eq!(page.matches("<style").count(), 1);
    for markup in ["<img", "<b>жирно", "onerror=alert(1)>"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for text in &HOSTILE[..8] {
        assert!(page.contains(&escaped(text)), "{text}");
    }
    assert!(page.contains("‹U+202E›fdp.exe [31m"));
    let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert_eq!(page.chars().find(|&c| bad(c)), None);
    assert!(page.contains("ещё 49\u{202f}760\u{a0}знаков"), "a cut value says how much is cut");
    assert!(!page.contains("https://") || !page.contains("href=\"https://"));
}

#[test]
fn a_check_that_looked_at_nothing_has_not_passed() {
    let outcome = hostile();
    let model = model::build(&outcome);
    let findings = &model.page().findings;
    let ids = |list: &[QuietView]| list.iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(&findings.passed), ["cp-test-silent"]);
    assert_eq!(ids(&findings.not_run), ["cp-test-not-run", "cp-test-idle"]);
    assert!(!model.page().verdict.go && !model.page().verdict.cautions.is_empty());
}

#[test]
fn the_clean_twin_may_start_and_an_empty_audit_is_no_praise() {
    let clean = audited("trade-clean", Lang::Ru);
    assert!(model::build(clean).page().verdict.go);
    let mut empty = World::new().build();
    empty.conditions = sverka::gates::conditions(&Gates::default(), &empty.findings, &empty.checks, &empty.data, &[]);
    let model = model::build(&empty);
    assert_eq!(model.page().verdict.cautions.len(), 2, "both sides are empty, and it is said");
    assert_eq!(model.page().verdict.headline, model.texts().get("verdict.go_with_care"));
    assert!(page(&model).contains("<h1>"));
}

/// 60,000 findings with values that escaping makes six times longer, and as many one-sided records.
#[test]
fn the_page_keeps_its_budget() {
    let mut world = World::new();
    let nasty = "\"'&<>".repeat(100);
    for at in 0..3_000 {
        let id = format!("{at}");
        world = world.add(
            Side::Crm,
            Entity::Counterparty,
            &[(Field::Id, &id), (Field::Name, &nasty), (Field::Phone, &nasty)],
        );
    }
    let mut outcome = world.build();
    outcome.drift.only_crm = (0..3_000).map(crm).collect();
    for at in 0..60_000 {
        outcome.findings.push(Finding {
            check: FIRING.id,
            severity: Severity::Blocker,
            ..Finding::record(RecordRef::new(Side::Crm, at % 3_000), nasty.clone()).values(Field::Name, &nasty, &nasty)
        });
    }
    outcome.checks = vec![result(&FIRING, Ran::Evaluated(60_000), 60_000)];
    outcome.project = nasty.repeat(1_000);
    for rows in [60_000, 900] {
        outcome.findings.truncate(rows);
        outcome.checks[0].findings = rows as u64;
        let model = model::build(&outcome);
        let page = page(&model);
        assert!(page.len() <= 5_000_000, "{}", page.len());
        assert!(page.matches("<tr").count() <= 2_000);
        assert!(page.contains(&format!("из {}, полный список", model.texts().number(rows as u64))));
    }
}

#[test]
fn equal_outcomes_give_equal_bytes_but_for_times() {
    let mut outcome = samples::fresh("trade", Lang::Ru);
    let stage = |ms| vec![StageTime { stage: "read", elapsed_ms: ms, peak_bytes: ms as u64 * 5_000_000 }];
    outcome.stages = stage(10.0);
    let first = page(&model::build(&outcome));
    assert_eq!(first, page(&model::build(&outcome)));
    outcome.stages = stage(990.0);
    let second = page(&model::build(&outcome));
    assert_ne!(first, second);
    let frame = |page: &str| {
        let (before, rest) = page.split_once("<!-- times begin -->").unwrap();
        format!("{before}{}", rest.split_once("<!-- times end -->").unwrap().1)
    };
    assert_eq!(frame(&first), frame(&second));
}

#[test]
fn groups_take_values_over_and_vetoes_keep_every_reason() {
    let outcome = audited("trade", Lang::Ru);
    let model = model::build(outcome);
    let kinds = &model.page().veto_kinds;
    assert!(kinds.len() > 1, "the sample plants several traps");
    let shown = &model.page().vetoes;
    for (reason, _) in kinds {
        assert!(shown.rows.iter().flatten().any(|c| &c.text == reason), "{reason}");
    }
    assert_eq!(shown.total as usize, model.index().vetoed.len());
    let world = World::new()
        .company(Side::Crm, ["1", "ООО Ромашка", INN_A, ""])
        .company(Side::Crm, ["2", "Ромашка", INN_A, ""])
        .company(Side::Crm, ["3", "ООО Василёк", INN_B, ""])
        .cluster(&[crm(0), crm(1)])
        .build();
    let model = model::build(&world);
    let group = &model.page().groups.items[0];
    assert_eq!((group.members.rows.len(), group.takes.len()), (2, 0));
    assert_eq!(model.index().questions.len(), 1);
}
