//! `sverka evaluate`: matching against known answers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::Args;
use serde_json::{Value, json};
use sverka::config::MatchingConfig;
use sverka::evaluate::{self, Evaluation, Mistake, Score, Truth};
use sverka::matching::Scope;
use sverka::model::{Lang, Snapshots};
use sverka::{audit, config, private};

use super::summary::number;

#[derive(Args)]
pub struct Arguments {
    /// Файл sverka.toml или папка, где он лежит
    project: PathBuf,
    /// Пары, которые совпадают: left_key,right_key (crm:counterparty:12,onec:00-000045) или crm_id,onec_id
    #[arg(long, value_name = "PAIRS.csv")]
    truth: PathBuf,
    /// Пары, которые объединять нельзя: сколько из них объединено без человека
    #[arg(long, value_name = "PAIRS.csv")]
    traps: Option<PathBuf>,
    /// Куда записать верные пары, которые показаны человеку, а не объединены
    #[arg(long, value_name = "FILE")]
    waiting: Option<PathBuf>,
    /// Куда записать верные пары, которые не показаны
    #[arg(long, value_name = "FILE")]
    missed: Option<PathBuf>,
    /// Куда записать неверные пары, которые объединены или показаны
    #[arg(long = "false", value_name = "FILE")]
    wrong: Option<PathBuf>,
    /// Напечатать JSON
    #[arg(long)]
    json: bool,
    /// Число потоков (по умолчанию все ядра); на результат не влияет
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::set_threads(arguments.threads)?;
    let config = config::load(&arguments.project)?;
    let as_of = config.as_of.unwrap_or_else(|| Utc::now().date_naive());
    let data = audit::snapshots(&config, as_of)?;
    let truth = read(&arguments.truth, &data)?;
    let traps = arguments.traps.as_deref().map(|path| read(path, &data)).transpose()?;
    let result = evaluate::evaluate(&data, &config.matching, &truth, traps.as_ref());
    for (path, mistakes) in
        [(&arguments.waiting, &result.waiting), (&arguments.missed, &result.missed), (&arguments.wrong, &result.wrong)]
    {
        if let Some(path) = path {
            private::write(path, csv(&data, config.lang, mistakes)).with_context(|| path.display().to_string())?;
        }
    }
    let text = if arguments.json {
        serde_json::to_string_pretty(&describe_json(&data, &config.matching, &result))?
    } else {
        describe(&config.matching, &result, config.lang)
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path, data: &Snapshots) -> Result<Truth> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Truth::read(&text, data).with_context(|| path.display().to_string())
}

/// Mistakes as CSV, so that a spreadsheet shows why.
fn csv(data: &Snapshots, lang: Lang, mistakes: &[Mistake]) -> String {
    let mut out = String::from("left_key,right_key,kind,proposed,merged,probability,weight,decision,veto,reason\n");
    let quoted = |text: &str| {
        // A spreadsheet would run a cell that begins so.
        let text =
            if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    for m in mistakes {
        let link = m.link.as_ref();
        let cells = [
            data.key(m.pair.0),
            data.key(m.pair.1),
            m.kind.clone(),
            m.proposed.to_string(),
            m.merged.to_string(),
            link.map(|l| format!("{:.6}", l.probability)).unwrap_or_default(),
            link.map(|l| format!("{:.2}", l.weight)).unwrap_or_default(),
            link.map(|l| l.decision.as_str().to_owned()).unwrap_or_default(),
            link.and_then(|l| l.veto).map(|v| v.as_str().to_owned()).unwrap_or_default(),
            link.map(|l| l.reason(lang)).unwrap_or_default(),
        ];
        // A weight may be negative: it is a number of ours, not a text of a record.
        let line: Vec<String> =
            cells.iter().enumerate().map(|(n, cell)| if n == 6 { cell.clone() } else { quoted(cell) }).collect();
        out.push_str(&line.join(","));
        out.push('\n');
    }
    out
}

fn scopes(scopes: &[Scope], lang: Lang) -> String {
    let name = |scope: &Scope| match scope {
        Scope::Cross => lang.pick("CRM — 1С", "CRM–1C"),
        Scope::Within(sverka::model::Side::Crm) => lang.pick("внутри CRM", "within the CRM"),
        Scope::Within(sverka::model::Side::Onec) => lang.pick("внутри 1С", "within 1C"),
    };
    scopes.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn describe(config: &MatchingConfig, result: &Evaluation, lang: Lang) -> String {
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!(
        "{} {} ({}), {} {}",
        say("Верных пар:", "True pairs:"),
        number(result.truth),
        scopes(&result.scopes, lang),
        say("сравнено пар:", "pairs compared:"),
        number(result.compared)
    ));
    if result.unknown > 0 {
        let text = say("Строк с ключами, которых нет в проекте:", "Rows with keys the project does not have:");
        line(format!("{text} {}", number(result.unknown)));
    }
    line(String::new());
    let head = |first: &str| {
        format!(
            "{first:<26}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
            say("точность", "precision"),
            say("полнота", "recall"),
            "F1",
            say("верно", "right"),
            say("лишние", "false"),
            say("упущено", "missed"),
        )
    };
    let row = |name: &str, score: &Score| {
        format!(
            "{name:<26}{:>10.5}{:>10.5}{:>10.5}{:>10}{:>10}{:>10}",
            score.precision(),
            score.recall(),
            score.f1(),
            number(score.right),
            number(score.wrong),
            number(score.missed)
        )
    };
    line(head(say("решение", "decision")));
    line(row(say("объединено без человека", "merged without a person"), &result.auto));
    line(row(say("вместе с проверкой", "with those for review"), &result.shown));
    line(String::new());
    line(head(say("порог вероятности", "probability from")));
    for (threshold, score) in &result.thresholds {
        let mut name = threshold.to_string();
        for (value, mark) in [(config.review, " review"), (config.auto, " auto")] {
            if *threshold == value {
                name.push_str(mark);
            }
        }
        line(row(&name, score));
    }
    line(row(&format!("{} {:.6}", say("лучший", "best"), result.best.0), &result.best.1));
    if !result.kinds.is_empty() {
        line(String::new());
        line(format!(
            "{:<26}{:>10}{:>10}{:>10}",
            say("вид пары", "kind of pair"),
            say("пар", "pairs"),
            say("без чел.", "auto"),
            say("показано", "shown")
        ));
        for kind in &result.kinds {
            let of = |n: u64| n as f64 / kind.pairs as f64;
            line(format!("{:<26}{:>10}{:>10.5}{:>10.5}", kind.kind, number(kind.pairs), of(kind.auto), of(kind.shown)));
        }
    }
    line(String::new());
    line(format!(
        "{:<26}{:>10}{:>14}",
        say("правило отбора", "blocking rule"),
        say("верных", "true"),
        say("только оно", "it alone")
    ));
    for rule in &result.rules {
        line(format!("{:<26}{:>10}{:>14}", rule.rule, number(rule.found), number(rule.alone)));
    }
    line(format!("{:<26}{:>10}", say("все вместе", "all together"), number(result.proposed)));
    if let Some(traps) = &result.traps {
        let _ = write!(
            out,
            "\n{} {}, {} {}, {} {}, {} {}\n",
            say("Ловушек:", "Traps:"),
            number(traps.pairs),
            say("объединено без человека", "merged without a person"),
            number(traps.merged.len() as u64),
            say("на проверку", "for review"),
            number(traps.review),
            say("запрещено правилами", "vetoed"),
            number(traps.vetoed)
        );
    }
    out.truncate(out.trim_end().len());
    out
}

fn score_json(score: &Score) -> Value {
    json!({
        "precision": score.precision(),
        "recall": score.recall(),
        "f1": score.f1(),
        "true_positives": score.right,
        "false_positives": score.wrong,
        "false_negatives": score.missed,
    })
}

fn describe_json(data: &Snapshots, config: &MatchingConfig, result: &Evaluation) -> Value {
    let at = |threshold: f64, score: &Score| {
        let mut value = json!({ "threshold": threshold });
        if let (Some(to), Value::Object(from)) = (value.as_object_mut(), score_json(score)) {
            to.extend(from);
        }
        value
    };
    json!({
        "true_pairs": result.truth,
        "unknown_rows": result.unknown,
        "scopes": result.scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
        "auto_threshold": config.auto,
        "review_threshold": config.review,
        "auto": score_json(&result.auto),
        "auto_and_review": score_json(&result.shown),
        "thresholds": result.thresholds.iter().map(|(t, s)| at(*t, s)).collect::<Vec<_>>(),
        "best": at(result.best.0, &result.best.1),
        "kinds": result.kinds.iter().map(|k| json!({
            "kind": k.kind, "pairs": k.pairs, "auto": k.auto, "auto_and_review": k.shown,
        })).collect::<Vec<_>>(),
        "blocking": {
            "pairs_compared": result.compared,
            "true_pairs_proposed": result.proposed,
            "rules": result.rules.iter().map(|r| json!({
                "rule": r.rule, "true_pairs": r.found, "alone": r.alone,
            })).collect::<Vec<_>>(),
        },
        "traps": result.traps.as_ref().map(|t| json!({
            "pairs": t.pairs,
            "merged": t.merged.len(),
            "merged_pairs": t.merged.iter().map(|p| [data.key(p.0), data.key(p.1)]).collect::<Vec<_>>(),
            "review": t.review,
            "vetoed": t.vetoed,
        })),
    })
}
