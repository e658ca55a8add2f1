//! `cleanup/README.txt`: which files there are and in which order they go, for whoever opens the folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::plan::Phase;
use super::plan_json::Summary;
use super::{DIALECTS, Draft, accountant, sql};
use crate::model::Lang;

/// The text: rules that hold for every script, then phase by phase what scripts do and what is left to people.
pub fn index(lang: Lang, phases: &BTreeMap<Phase, Summary>) -> Draft<'_> {
    Draft::text("README.txt", move || render(lang, phases))
}

fn render(lang: Lang, phases: &BTreeMap<Phase, Summary>) -> String {
    let mut text = String::from("\u{feff}");
    text.push_str(match lang {
        Lang::Ru => RU,
        Lang::En => EN,
    });
    for (&phase, what) in phases {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", phase.title(lang));
        of_phase(lang, phase, what, &mut text);
    }
    // Notepad of old Windows shows a line feed alone as no line at all.
    text.replace('\n', "\r\n")
}

fn of_phase(lang: Lang, phase: Phase, what: &Summary, text: &mut String) {
    let mut line = |what: &str, steps: usize, of: &str| {
        let _ = match lang {
            Lang::Ru => writeln!(text, "   {what}: шагов {steps}{of}"),
            Lang::En => writeln!(text, "   {what}: {steps} steps{of}"),
        };
    };
    // In the order of the dialects: references in 1C are replaced before duplicates are marked over OData.
    for (dialect, steps) in DIALECTS.iter().filter_map(|d| Some((d.id(), *what.scripts.get(d.id())?))) {
        let (name, of) = file(lang, dialect, phase);
        line(name, steps, of);
    }
    if what.by_hand > 0 {
        line("manual.csv", what.by_hand, "");
    }
    if what.accountant > 0 {
        line(accountant::FILE, what.accountant, "");
    }
    if what.scripts.is_empty() && what.by_hand + what.accountant == 0 {
        text.push_str(lang.pick("   делать нечего\n", "   nothing to do\n"));
    }
}

/// The files of a dialect, and what its steps of a phase need.
fn file(lang: Lang, dialect: &str, phase: Phase) -> (&'static str, &'static str) {
    let word = match (dialect, phase) {
        ("bsl", Phase::Duplicates) => {
            lang.pick(" (ссылки заменяются, дубли помечаются)", " (replaces references, marks duplicates)")
        }
        ("bsl", _) => lang.pick(" (с согласия бухгалтера)", " (with the accountant's word)"),
        ("1c-odata", Phase::Duplicates) => {
            lang.pick(" (--mark, только после 1c-*.bsl)", " (--mark, only after 1c-*.bsl)")
        }
        ("1c-odata", _) => {
            lang.pick(" (--approved, с согласия бухгалтера)", " (--approved, with the accountant's word)")
        }
        ("amocrm", Phase::Duplicates) => lang.pick(" (готовит; удаляет человек)", " (prepares; a person deletes)"),
        _ => "",
    };
    let name = match dialect {
        "bsl" => "1c-*.bsl",
        "1c-odata" => "1c-odata.sh, 1c-odata.ps1",
        "bitrix24" => "bitrix24.sh, bitrix24.ps1",
        "amocrm" => "amocrm.sh, amocrm.ps1",
        "retailcrm" => "retailcrm.sh, retailcrm.ps1",
        sql::SQL => "sql-*.sql",
        other => unreachable!("{other} is no dialect"),
    };
    (name, word)
}

const RU: &str = "Очистка: что в этой папке и в каком порядке делать\n\
    \n\
    Сначала резервная копия и проба на копии базы. Любой сценарий без отдельного ключа ничего не меняет: он показывает, что\n\
    сделает. Перед каждым шагом записи читаются заново, изменившееся после выгрузки пропускается. Сценарий можно прервать и\n\
    запустить снова. Что можно и чего нельзя вернуть, сказано в его начале и в каждом шаге plan.json.\n\
    \n\
    Этапы идут по порядку: каждый опирается на предыдущие. Сценарий одной системы сам проходит свои шаги в этом порядке; если\n\
    между ними есть работа человека, сделайте её, выгрузите данные снова и запишите сценарии заново (sverka cleanup).\n\
    Что сделано, покажет sverka verify-cleanup по новым выгрузкам.\n";

const EN: &str = "Cleanup: what this folder holds, and the order in which it goes\n\
    \n\
    Back up first, and try on a copy. Without an option of its own no script changes anything: it shows what it would do.\n\
    Records are read again before each step, what changed since the export is skipped. A script may be stopped and started\n\
    again. What can be undone and what cannot is said at its beginning and in every step of plan.json.\n\
    \n\
    Phases go in this order: each rests on those before it. The script of a system goes through its steps in this order by\n\
    itself; where work of people stands between them, do it, export again and have the scripts written anew (sverka cleanup).\n\
    What was done is shown by sverka verify-cleanup from new exports.\n";
