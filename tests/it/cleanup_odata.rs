//! The OData script, run for real against a base that lives in this process.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sverka::model::{Field, Side};
use sverka::outcome::Outcome;

use crate::cleanup_stage::{self, Faults, Reply, Request, SECRET, Stage, System, decoded};
use crate::tools::have;
use crate::world::{INN_A, INN_B, World, crm, onec};

const A: &str = "21dda1c5-8c44-11db-a9b0-00055d49b45e";
const B: &str = "21dda1c6-8c44-11db-a9b0-00055d49b45e";
const C: &str = "21dda1c7-8c44-11db-a9b0-00055d49b45e";
const D: &str = "21dda1c8-8c44-11db-a9b0-00055d49b45e";

#[derive(Clone, Default, Debug)]
struct Base {
    records: BTreeMap<String, Value>,
    version: u64,
    /// The next PATCH meets a record that somebody has just changed.
    race: bool,
    faults: Faults,
}

impl System for Base {
    const SCRIPT: &'static str = "1c-odata";

    fn environment(address: &str) -> Vec<(&'static str, String)> {
        vec![
            ("ONEC_ODATA_URL", format!("{address}/base/odata/standard.odata")),
            ("ONEC_ODATA_USER", "Обмен".into()),
            ("ONEC_ODATA_PASSWORD", SECRET.into()),
            ("ONEC_ODATA_PAUSE", "0".into()),
        ]
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn refusal(&self) -> Reply {
        Reply::Page(429, "")
    }

    fn work(&mut self, request: &Request) -> (Reply, String, bool) {
        let path = decoded(request.url.split('?').next().unwrap());
        let guid = path
            .strip_prefix("/base/odata/standard.odata/Catalog_Контрагенты(guid'")
            .and_then(|p| p.strip_suffix("')"))
            .expect("an address of a counterparty")
            .to_owned();
        assert!(request.header("Authorization").is_some_and(|a| a.starts_with("Basic ")), "no authorization");
        let error = |status: u16, code: u32| {
            (Reply::Json(status, json!({ "odata.error": { "code": code } })), request.method.clone(), false)
        };
        let Some(record) = self.records.get_mut(&guid) else { return error(404, 9) };
        match request.method.as_str() {
            "GET" => (Reply::Json(200, record.clone()), "GET".into(), false),
            "PATCH" => {
                if std::mem::take(&mut self.race) {
                    self.version += 1;
                    record["DataVersion"] = json!(format!("AAAA{}=", self.version));
                }
                if request.header("If-Match") != record["DataVersion"].as_str() {
                    return error(412, 12);
                }
                for (name, value) in request.json().as_object().unwrap() {
                    record[name] = value.clone();
                }
                self.version += 1;
                record["DataVersion"] = json!(format!("AAAA{}=", self.version));
                (Reply::Json(200, record.clone()), "PATCH".into(), true)
            }
            other => panic!("{other} must never be sent"),
        }
    }
}

impl Base {
    /// Records without their versions.
    fn state(&self) -> BTreeMap<String, Value> {
        let mut records = self.records.clone();
        for record in records.values_mut() {
            record.as_object_mut().unwrap().remove("DataVersion");
        }
        records
    }
}

/// A ← B, C; D with an INN to fix.
fn world() -> World {
    let w = World::new()
        .company(Side::Onec, [A, "Ромашка", INN_A, "779901001"])
        .company(Side::Onec, [B, "Ромашка ООО", INN_A, "779901001"])
        .company(Side::Onec, [C, "Ромашка \"2\"", INN_A, ""])
        .company(Side::Onec, [D, "Лютик", "7799ОО2228", ""]);
    w.cluster(&[onec(0), onec(1), onec(2)]).source_of(Side::Onec, "onec-json", &[("Ref_Key", Field::Id)])
}

fn outcome() -> Outcome {
    world().build()
}

fn base() -> Base {
    let mut base = Base::default();
    for (guid, name, inn, kpp) in [
        (A, "Ромашка", INN_A, "779901001"),
        (B, "Ромашка ООО", INN_A, "779901001"),
        (C, "Ромашка \"2\"", INN_A, ""),
        (D, "Лютик", "7799ОО2228", ""),
    ] {
        let record = json!({ "Ref_Key": guid, "DataVersion": "AAAA0=", "DeletionMark": false, "IsFolder": false,
            "Predefined": false, "Description": name, "ИНН": inn, "КПП": kpp });
        base.records.insert(guid.into(), record);
    }
    base
}

fn planned() -> BTreeMap<String, Value> {
    let mut base = base();
    base.records.get_mut(B).unwrap()["DeletionMark"] = json!(true);
    base.records.get_mut(C).unwrap()["DeletionMark"] = json!(true);
    base.records.get_mut(D).unwrap()["ИНН"] = json!(INN_B);
    base.state()
}

fn ready() -> bool {
    have(&["bash", "curl", "jq", "base64"])
}

const ALL: [&str; 3] = ["--apply", "--approved", "--mark"];

#[test]
fn nothing_is_done_without_a_word() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), base());
    let text = stage.good(&["--approved", "--mark"]);
    assert!(text.contains("готово 3, пропущено 0"), "{text}");
    let text = stage.good(&["--apply"]);
    assert!(text.contains("готово 0, пропущено 3") && text.contains("ждёт согласования: --mark"), "{text}");
    assert_eq!(stage.system().faults.writes(), 0);
    stage.assert_no_leak();
}

#[test]
fn apply_reaches_the_plan_and_undo_takes_it_back() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), base());
    stage.good(&ALL);
    assert_eq!(stage.system().state(), planned());
    assert_eq!(stage.before(D)["ИНН"], "7799ОО2228");
    let writes = stage.system().faults.writes();
    stage.good(&ALL);
    assert_eq!(stage.system().faults.writes(), writes, "a second apply changes nothing");
    stage.good(&["--undo"]);
    assert_eq!(stage.system().faults.writes(), writes);
    // A person changed one of the records since: it is left alone.
    stage.change(|b| b.records.get_mut(D).unwrap()["ИНН"] = json!(INN_A));
    let text = stage.good(&["--undo", "--apply"]);
    let mut expected = base();
    expected.records.get_mut(D).unwrap()["ИНН"] = json!(INN_A);
    assert_eq!(stage.system().state(), expected.state(), "{text}");
    stage.assert_no_leak();
}

#[test]
fn refusals_lost_answers_and_kills_end_in_the_same_state() {
    if !ready() {
        return;
    }
    for (refuse_every, lose_answers) in [(2, vec![]), (0, vec!["PATCH"])] {
        let faults = Faults { refuse_every, lose_answers, ..Faults::default() };
        let stage = Stage::new(&outcome(), Base { faults, ..base() });
        let text = stage.good(&ALL);
        assert_eq!(stage.system().state(), planned(), "{text}");
    }
    for after in [1, 3, 4, 6] {
        let stage = Stage::new(&outcome(), base());
        stage.killed_after(&ALL, after);
        let text = stage.good(&ALL);
        assert_eq!(stage.system().state(), planned(), "killed after {after} calls: {text}");
        stage.good(&["--undo", "--apply"]);
        assert_eq!(stage.system().state(), base().state(), "what was done before the kill is undone too");
    }
}

#[test]
fn a_record_changed_at_the_same_moment_is_not_overwritten() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), Base { race: true, ..base() });
    let (code, text) = stage.run(&ALL);
    assert!(code == 1 && text.contains("412"), "{text}");
    stage.good(&ALL);
    assert_eq!(stage.system().state(), planned());
}

#[test]
fn what_changed_after_the_export_is_skipped() {
    if !ready() {
        return;
    }
    let check = |guid: &str, field: &str, value: Value, says: &str| {
        let mut changed = base();
        changed.records.get_mut(guid).unwrap()[field] = value;
        let stage = Stage::new(&outcome(), changed);
        let text = stage.good(&ALL);
        assert!(text.contains(says), "{text}");
        let left = if guid == A { B } else { guid };
        assert!(stage.system().records[left]["DeletionMark"] == false, "{field}: {text}");
    };
    check(B, "ИНН", json!(INN_B), "поле ИНН изменилось");
    check(B, "КПП", json!("507843001"), "поле КПП изменилось");
    check(B, "Description", json!("Пион"), "поле Description изменилось");
    check(B, "IsFolder", json!(true), "группы не меняются");
    check(B, "Predefined", json!(true), "предопределенные");
    check(D, "ИНН", json!(INN_A), "поле ИНН изменилось");
    check(A, "DeletionMark", json!(true), "основной записи");
}

#[test]
fn without_odata_among_the_sources_there_is_no_script() {
    let folder = tempfile::tempdir().unwrap();
    let w = World::new().company(Side::Onec, [A, "Ромашка", INN_A, ""]).company(Side::Onec, [B, "Ромашка", INN_A, ""]);
    let w = w.company(Side::Crm, ["1", "Ромашка", INN_A, ""]);
    let outcome = w.cluster(&[onec(0), onec(1), crm(0)]).source_of(Side::Onec, "xlsx", &[("Код", Field::Id)]).build();
    sverka::cleanup::write_all(&outcome, folder.path(), folder.path()).unwrap();
    assert!(!folder.path().join("1c-odata.sh").exists() && folder.path().join("1c-counterparties.bsl").exists());
}

#[test]
fn the_english_script_does_the_same() {
    if ready() {
        cleanup_stage::speaks_english(outcome, base, |s| s.state(), &ALL);
    }
}

#[test]
fn whatever_the_weather_the_plan_is_reached() {
    if ready() {
        cleanup_stage::weathers_anything(outcome, base, |s| s.state(), &planned(), &ALL);
    }
}

#[test]
fn a_broken_step_stops_the_plan() {
    if ready() {
        cleanup_stage::a_broken_step_stops_the_plan(&outcome(), base(), &ALL);
    }
}
