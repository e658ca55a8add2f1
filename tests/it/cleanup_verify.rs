//! Fresh exports against a plan: what was done, what was not, what was done differently.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sverka::cleanup::verify::{self, Verdict, Verified};
use sverka::cleanup::write_all;
use sverka::matching::{Decision, Veto};
use sverka::model::{Entity, Field, Lang, Side};
use sverka::outcome::Outcome;

use crate::world::{INN_A, INN_B, INN_C, World, crm};

fn plan(outcome: &Outcome) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_all(outcome, folder.path(), folder.path()).unwrap();
    fs::read_to_string(folder.path().join("plan.json")).unwrap()
}

/// Merges 1 ← 2, 3; corrects the INN of 4; leaves 5 and 6, branches, to a person.
fn planned() -> String {
    let c = |w: World, card: [&str; 4]| w.company(Side::Crm, card);
    let mut w = c(World::new(), ["1", "Ромашка", INN_A, ""]);
    w = c(w, ["2", "Ромашка", INN_A, "779901001"]);
    w = c(w, ["3", "Ромашка", INN_A, ""]);
    w = c(w, ["4", "Лютик", "7799ОО2228", ""]);
    w = c(w, ["5", "Голова", INN_C, "779901001"]);
    w = c(w, ["6", "Филиал", INN_C, "507843001"]);
    w = w.link(crm(4), crm(5), Decision::Rejected, Some(Veto::Branch));
    plan(&w.cluster(&[crm(0), crm(1), crm(2)]).cluster(&[crm(4), crm(5)]).build())
}

/// Verdicts of the correction, the merge and the decision by exports of these rows: id, INN, KPP, mark of deletion.
fn told(rows: &[[&str; 4]], partial: bool) -> Vec<(Verdict, String)> {
    let mut w = World::new();
    for [id, inn, kpp, deleted] in rows {
        let texts = [
            (Field::Id, *id),
            (Field::Name, "Ромашка"),
            (Field::Inn, *inn),
            (Field::Kpp, *kpp),
            (Field::Deleted, *deleted),
        ];
        w = w.add(Side::Crm, Entity::Counterparty, &texts);
    }
    let mut outcome = w.source("csv").build();
    outcome.data.crm.sources[0].partial = partial;
    let found = verify::verify(&planned(), None, &outcome).unwrap();
    assert_eq!(found.iter().map(|f| f.action.as_str()).collect::<Vec<_>>(), ["set-field", "merge", "decide"]);
    found.into_iter().map(|f| (f.verdict, f.detail)).collect()
}

const KEPT: [&str; 4] = ["1", INN_A, "779901001", ""];
const FIXED: [&str; 4] = ["4", INN_B, "", ""];
const BRANCHES: [[&str; 4]; 2] = [["5", INN_C, "779901001", ""], ["6", INN_C, "507843001", ""]];

fn with(rows: &[[&'static str; 4]]) -> Vec<[&'static str; 4]> {
    rows.iter().chain(&BRANCHES).copied().collect()
}

#[test]
fn every_end_of_a_step_is_told() {
    let done = |detail: &str| (Verdict::Done, detail.to_owned());
    assert_eq!(told(&with(&[KEPT, FIXED]), false), [done(""), done(""), (Verdict::NotDone, String::new())]);
    let marked = with(&[KEPT, FIXED, ["2", INN_A, "", "Да"], ["3", INN_A, "", "Да"]]);
    assert_eq!(told(&marked, false)[1], done(""), "a mark of deletion is as good as gone");
    assert_eq!(told(&[KEPT, FIXED, BRANCHES[0]], false)[2], done(""));

    let nothing =
        with(&[["1", INN_A, "", ""], ["2", INN_A, "779901001", ""], ["3", INN_A, "", ""], ["4", "7799ОО2228", "", ""]]);
    assert_eq!(told(&nothing, false), vec![(Verdict::NotDone, String::new()); 3]);

    let merge = |rows: &[[&'static str; 4]], says: &str| {
        let (verdict, detail) = told(&with(rows), false).swap_remove(1);
        assert_eq!((verdict, detail.as_str()), (Verdict::Otherwise, says));
    };
    merge(&[KEPT, ["3", INN_A, "", ""], FIXED], "остались дубли: 3");
    merge(&[["2", INN_A, "779901001", ""], FIXED], "осталась другая запись: 2");
    merge(&[FIXED], "не осталось ни одной записи группы");
    merge(&[["2", INN_A, "", ""], ["3", INN_A, "", ""], FIXED], "нет основной записи 1");
    merge(&[["1", INN_B, "779901001", ""], FIXED], "объединено, но у основной записи другое значение: inn");
    merge(&[["1", INN_A, "", ""], FIXED], "объединено, но у основной записи пусто поле kpp");

    let fix = |rows: &[[&'static str; 4]]| told(&with(rows), false).swap_remove(0);
    assert_eq!(fix(&[KEPT, ["4", INN_C, "", ""]]), (Verdict::Otherwise, "в поле другое значение: inn".into()));
    assert_eq!(fix(&[KEPT]), (Verdict::Otherwise, "записи больше нет".into()));
    assert_eq!(fix(&[KEPT, ["4", INN_B, "", "Да"]]), (Verdict::Otherwise, "запись помечена на удаление".into()));
}

/// A part of the base, an export without marks of deletion, a repeated id: nothing is claimed.
#[test]
fn what_the_exports_do_not_show_is_unknown() {
    let found = told(&with(&[KEPT]), true);
    assert_eq!([found[0].0, found[1].0, found[2].0], [Verdict::Unknown, Verdict::Unknown, Verdict::NotDone]);
    assert_eq!(told(&with(&[KEPT, KEPT, FIXED]), false)[1], (Verdict::Unknown, "код записи повторяется: 1".into()));

    let onec = |w: World| {
        let one = |w: World, id: &str| w.company(Side::Onec, [id, "Ромашка", INN_A, ""]);
        one(one(w, "00-1"), "00-2")
    };
    let members = [crate::world::onec(0), crate::world::onec(1)];
    let plan = plan(&onec(World::new()).cluster(&members).build());
    let mut fresh = onec(World::new()).build();
    fresh.lang = Lang::En;
    let found = verify::verify(&plan, None, &fresh).unwrap();
    assert_eq!(found[0].verdict, Verdict::Unknown);
    assert!(found[0].detail.contains("no deletion mark"), "{}", found[0].detail);
}

#[test]
fn a_plan_of_another_layout_is_refused() {
    let outcome = World::new().build();
    let refused = |text: &str| verify::verify(text, None, &outcome).unwrap_err().to_string();
    assert!(refused("{").contains("не разобрать"));
    assert!(refused(&planned().replacen("\"layout\": 2", "\"layout\": 9", 1)).contains("другой версии (9"));
    assert!(refused(&planned().replacen("\"merge\"", "\"drop\"", 1)).contains("«drop»"));
}

#[test]
fn lists_hold_every_step_and_no_value() {
    let found = [
        Verified { step: "a".into(), action: "merge".into(), verdict: Verdict::Done, detail: String::new() },
        Verified { step: "=b".into(), action: "decide".into(), verdict: Verdict::Otherwise, detail: "x".into() },
    ];
    let list = verify::list(&found, Lang::En);
    assert_eq!(list.lines().count(), 3);
    assert!(list.contains("\"'=b\";\"done differently\";\"x\""), "{list}");
    let json = verify::json(&found);
    assert_eq!((&json["counts"]["done"], &json["counts"]["unknown"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(json["steps"][1]["verdict"], "otherwise");
}

fn command(project: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sverka"));
    let output = command.args(arguments).arg(project).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// From the command line: a run, a merge in the CRM, new exports.
#[test]
fn the_command_tells_what_became_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("crm.csv", "ID;Название;ИНН\n1;ООО Ромашка;7799001111\n2;Ромашка;7799001111\n3;Лютик;7799OO2228\n");
    write("onec.csv", "Код;Наименование;ИНН\n00-01;Ромашка ООО;7799001111\n00-02;Лютик ООО;7799002228\n");
    write(
        "sverka.toml",
        "[project]\nname = \"Проверка\"\nas_of = \"2026-11-24\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\n\
         path = \"crm.csv\"\n[[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n",
    );
    assert_eq!(command(folder.path(), &["audit", "--quiet"]).0, 0);
    let (code, text, warning) = command(folder.path(), &["verify-cleanup", "--gate"]);
    assert!(code == 1 && text.contains("не выполнено: 2"), "{text}");
    assert!(warning.contains("выгрузки те же"), "{warning}");

    write("crm.csv", "ID;Название;ИНН\n1;ООО Ромашка;7799001111\n3;Лютик;7799OO2228\n");
    let list = folder.path().join("list.csv");
    let (code, text, warning) = command(folder.path(), &["verify-cleanup", "--out", list.to_str().unwrap()]);
    assert!(
        code == 0 && text.contains("выполнено: 1") && text.contains("set-crm-counterparty-inn-3: не выполнено"),
        "{text}"
    );
    assert_eq!(warning, "");
    // A heading, the two steps of scripts, and the pairs that the exchange has to load.
    let list = fs::read_to_string(list).unwrap();
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(list.contains("\"load-crm-counterparty-onec-counterparty\";\"по выгрузке не видно\""), "{list}");

    write("crm.csv", "ID;Название;ИНН\n1;ООО Ромашка;7799001111\n3;Лютик;7799002228\n");
    let (code, text, _) = command(folder.path(), &["verify-cleanup", "--gate", "--json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &json["counts"]["done"]), (0, &Value::from(2)), "{text}");
    let (code, _, error) = command(folder.path(), &["verify-cleanup", "--run", "/nowhere"]);
    assert!(code == 2 && error.contains("укажите папку прогона"), "{error}");
}
