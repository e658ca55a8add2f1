//! Statuses of property and its deals, corrected by the real scripts against systems that live in this process.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sverka::audit::{Plan, Silent, audit};
use sverka::cleanup::fixes::FixReason;
use sverka::cleanup::plan;
use sverka::cleanup::verify::{Verdict, verify};
use sverka::cleanup::{plan_json, write_all};
use sverka::model::Side;
use sverka::outcome::Outcome;
use tempfile::TempDir;

use crate::cleanup_stage::{Faults, Reply, Request, SECRET, Stage, System, fault, number};
use crate::tools::have;

const OBJECTS: &str = "Код;Проект;Дом;Подъезд;Этаж;Номер;Вид помещения;Площадь проектная\n\
    О1;Северный;1;1;1;1;Квартира;35,2\nО2;Северный;1;1;1;2;Квартира;41,7\nО3;Северный;1;1;1;3;Квартира;52,1\n\
    О4;Северный;1;1;2;4;Квартира;35,2\nО5;Северный;1;1;2;5;Квартира;41,7\nО6;Северный;1;1;2;6;Квартира;52,1\n";
/// Units 1 and 4 are paid for, 2 and 5 under a registered contract, 3 under one that is not registered, 6 is free.
const CONTRACTS: &str = "Код;Номер ДДУ;Дата ДДУ;Дата регистрации;Код дольщика;Код объекта;Сумма договора;Эскроу\n\
    Д1;С-1/1;01.10.2026;10.10.2026;Л1;О1;3000000;да\nД2;С-1/2;01.10.2026;10.10.2026;Л2;О2;4000000;да\n\
    Д3;С-1/3;01.10.2026;;Л3;О3;5000000;да\nД4;С-1/4;01.10.2026;10.10.2026;Л4;О4;3000000;да\n\
    Д5;С-1/5;01.10.2026;10.10.2026;Л5;О5;4000000;да\n";
const PAYMENTS: &str = "ID;Номер;Дата;Сумма;Код ДДУ;Назначение платежа;Эскроу\n\
    П1;1;20.10.2026;3000000;Д1;Оплата по ДДУ С-1/1;да\nП4;4;20.10.2026;3000000;Д4;Оплата по ДДУ С-1/4;да\n\
    П3;3;20.10.2026;100000;Д3;Оплата по ДДУ С-1/3;да\n";
const PERSONS: &str = "Код;Фамилия;Имя;Отчество;Телефон\nЛ1;Седов;Игорь;Павлович;+79990000001\n\
    Л2;Лапин;Олег;Игоревич;+79990000002\nЛ3;Белов;Юрий;Олегович;+79990000003\nЛ4;Чижов;Лев;Юрьевич;+79990000004\n\
    Л5;Котов;Глеб;Львович;+79990000005\n";

/// The project with this list of units of the CRM; `head` goes before the sources of 1C.
fn project(file: &str, units: &Value, head: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(file, &units.to_string());
    write("objects.csv", OBJECTS);
    write("contracts.csv", CONTRACTS);
    write("payments.csv", PAYMENTS);
    write("persons.csv", PERSONS);
    let mut toml = format!("[project]\nname = \"Застройщик\"\nas_of = \"2026-11-24\"\n{head}");
    for (entity, path) in
        [("object", "objects.csv"), ("ddu", "contracts.csv"), ("payment", "payments.csv"), ("contact", "persons.csv")]
    {
        toml += &format!("[[source]]\nside = \"onec\"\nentity = \"{entity}\"\npath = \"{path}\"\n");
    }
    write("sverka.toml", &toml);
    folder
}

fn outcome(folder: &Path) -> Outcome {
    let config = sverka::config::load(folder).unwrap();
    let as_of = config.as_of.unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

/// Statuses of units 1 to 6 in the CRM.
const WRONG: [&str; 6] = ["free", "reserved", "free", "sold", "ddu", "free"];
/// What registered contracts and money make of them.
const RIGHT: [&str; 6] = ["sold", "ddu", "free", "sold", "ddu", "free"];

/// Numbers of the values of a list field.
fn code(status: &str) -> u64 {
    45 + ["free", "reserved", "ddu", "sold"].iter().position(|s| *s == status).unwrap() as u64
}

const NAMES: [&str; 4] = ["Свободно", "Бронь", "ДДУ", "Продано"];
const FIELDS: [&str; 5] =
    ["UF_CRM_5_1700000001", "UF_CRM_5_1700000002", "UF_CRM_5_1700000003", "UF_CRM_5_1700000004", STATUS];
const STATUS: &str = "UF_CRM_5_1700000005";

fn unit(n: usize) -> [String; 4] {
    ["ЖК «Северный»".to_owned(), "корп. 1".to_owned(), (1 + n / 3).to_string(), (n + 1).to_string()]
}

/// A portal that keeps units in a smart process, their status in a list field.
#[derive(Clone, Default, Debug)]
struct Portal {
    items: BTreeMap<u64, Value>,
    faults: Faults,
}

impl Portal {
    fn new() -> Portal {
        let item = |(n, status): (usize, &&str)| {
            let mut item = json!({"id": 11 + n, "title": format!("Кв. {}", n + 1), "entityTypeId": 1036, "stageId": "DT1036_7:NEW",
                "categoryId": 7, STATUS: code(status)});
            for (field, text) in FIELDS.iter().zip(unit(n)) {
                item[*field] = json!(text);
            }
            (11 + n as u64, item)
        };
        Portal { items: WRONG.iter().enumerate().map(item).collect(), faults: Faults::default() }
    }

    /// As `crm.item.list` answers.
    fn export(&self) -> Value {
        json!({"result": {"items": self.items.values().collect::<Vec<_>>()}, "total": self.items.len()})
    }

    fn statuses(&self) -> Vec<u64> {
        self.items.values().map(|item| number(&item[STATUS])).collect()
    }
}

impl System for Portal {
    const SCRIPT: &'static str = "bitrix24";

    fn environment(address: &str) -> Vec<(&'static str, String)> {
        vec![("BITRIX24_WEBHOOK", format!("{address}/rest/1/{SECRET}/")), ("BITRIX24_PAUSE", "0".into())]
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn refusal(&self) -> Reply {
        Reply::Json(503, fault("QUERY_LIMIT_EXCEEDED", "Too many requests"))
    }

    fn work(&mut self, request: &Request) -> (Reply, String, bool) {
        let method = request.url.strip_prefix(&format!("/rest/1/{SECRET}/")).expect("the webhook's path").to_owned();
        let body = request.json();
        assert_eq!((number(&body["entityTypeId"]), &body["useOriginalUfNames"]), (1036, &json!("Y")));
        let id = number(&body["id"]);
        let writes = method == "crm.item.update";
        let answer = match method.as_str() {
            "crm.item.fields" => {
                let items: Vec<Value> = NAMES
                    .iter()
                    .enumerate()
                    .map(|(n, name)| json!({"ID": (45 + n).to_string(), "VALUE": name}))
                    .collect();
                json!({"fields": {STATUS: {"type": "enumeration", "isReadOnly": false, "items": items}}})
            }
            "crm.item.get" | "crm.item.update" => {
                let Some(item) = self.items.get_mut(&id) else {
                    return (Reply::Json(400, fault("NOT_FOUND", "Элемент не найден")), method, false);
                };
                for (field, value) in body["fields"].as_object().into_iter().flatten() {
                    item[field] = json!(number(value));
                }
                json!({"item": item})
            }
            other => panic!("{other} is not asked for"),
        };
        (Reply::Json(200, json!({"result": answer})), method, writes)
    }
}

fn portal_project(portal: &Portal) -> TempDir {
    let mut head = String::from("[map.object_status.crm]\n");
    for status in ["free", "reserved", "ddu", "sold"] {
        head += &format!("\"{}\" = \"{status}\"\n", code(status));
    }
    head += "[[source]]\nside = \"crm\"\nentity = \"object\"\npath = \"units.json\"\n[source.columns]\n";
    for (field, column) in ["project", "building", "floor", "number", "stage"].iter().zip(FIELDS) {
        head += &format!("{field} = \"{column}\"\n");
    }
    project("units.json", &portal.export(), &head)
}

fn ready() -> bool {
    have(&["bash", "curl", "jq"])
}

/// Only what a registered contract or money says moves a status on; what is doubtful goes to a person.
#[test]
fn statuses_follow_registered_contracts_and_money() {
    let folder = portal_project(&Portal::new());
    let outcome = outcome(folder.path());
    let plan = plan::build(&outcome);
    let fixes: Vec<_> = plan
        .fixes
        .iter()
        .map(|f| (outcome.data.id(f.record), f.expected.as_str(), f.value.as_str(), f.reason))
        .collect();
    assert_eq!(fixes, [("11", "45", "48", FixReason::FirstPayment), ("12", "46", "47", FixReason::Registered)]);
    assert!(plan.fixes.iter().all(|f| f.record.side == Side::Crm), "nothing of 1C is written");
    // The free unit under a contract that is not registered is a question for a person.
    let asked: Vec<_> = plan.differences.iter().map(|d| (d.check, outcome.data.id(d.records[0]))).collect();
    assert!(asked.contains(&("re-free-with-ddu", "13")) && !asked.iter().any(|(_, id)| *id == "11"), "{asked:?}");
    let manual = write(&outcome).1;
    assert!(manual.lines().any(|l| l.contains("\"13\"") && l.contains("свободен в CRM")), "{manual}");
}

/// `plan.json` and `manual.csv`.
fn write(outcome: &Outcome) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    write_all(outcome, folder.path(), folder.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    (read("plan.json"), read("manual.csv"))
}

#[test]
fn bitrix24_corrects_statuses_and_takes_them_back() {
    if !ready() {
        return;
    }
    let folder = portal_project(&Portal::new());
    let outcome = outcome(folder.path());
    let right: Vec<u64> = RIGHT.map(code).to_vec();
    for (refuse_every, lose_answers) in [(0, vec![]), (2, vec![]), (0, vec!["crm.item.update"])] {
        let stage = Stage::new(
            &outcome,
            Portal { faults: Faults { refuse_every, lose_answers, ..Faults::default() }, ..Portal::new() },
        );
        let dry = stage.good(&[]);
        assert!(dry.contains("будет исправлено") && dry.contains("готово 2"), "{dry}");
        assert_eq!((stage.system().statuses(), stage.system().faults.writes()), (Portal::new().statuses(), 0));
        let text = stage.good(&["--apply"]);
        assert_eq!(stage.system().statuses(), right, "{text}");
        assert_eq!(stage.before(&format!("item-1036-11-{STATUS}"))[STATUS], json!(45));
        let writes = stage.system().faults.writes();
        stage.good(&["--apply"]);
        assert_eq!(stage.system().faults.writes(), writes, "a second apply changes nothing");
        stage.change(|p| p.faults = Faults::default());
        let text = stage.good(&["--undo", "--apply"]);
        assert_eq!(stage.system().statuses(), Portal::new().statuses(), "{text}");
        stage.assert_no_leak();
    }
}

#[test]
fn a_status_that_changed_since_is_left_alone() {
    if !ready() {
        return;
    }
    let folder = portal_project(&Portal::new());
    let outcome = outcome(folder.path());
    let mut changed = Portal::new();
    changed.items.get_mut(&11).unwrap()[STATUS] = json!(code("reserved"));
    changed.items.remove(&12);
    let stage = Stage::new(&outcome, changed.clone());
    let text = stage.good(&["--apply"]);
    assert!(text.contains("записи 11 изменилось после выгрузки") && text.contains("записи 12 нет"), "{text}");
    assert_eq!((stage.system().items, stage.system().faults.writes()), (changed.items, 0));
    // What a person put right is no work of the script, and its undo leaves it.
    let mut done = Portal::new();
    done.items.get_mut(&11).unwrap()[STATUS] = json!(code("sold"));
    let stage = Stage::new(&outcome, done);
    stage.good(&["--apply"]);
    stage.good(&["--undo", "--apply"]);
    assert_eq!(number(&stage.system().items[&11][STATUS]), code("sold"));
}

/// `plan.json` is of its schema, and a fresh export tells what was done.
#[test]
fn a_plan_of_statuses_is_verified_by_fresh_exports() {
    let folder = portal_project(&Portal::new());
    let old = outcome(folder.path());
    let mut text = Vec::new();
    plan_json::write(&old, &plan::build(&old), &mut text).unwrap();
    let plan = String::from_utf8(text).unwrap();
    let parsed: Value = serde_json::from_str(&plan).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    for (key, of) in [("action", "action"), ("phase", "phase"), ("entity", "entity"), ("risk", "risk")] {
        let rule = &schema["$defs"]["step"]["properties"][of];
        let rule = if rule["enum"].is_null() { &schema["$defs"][of] } else { rule };
        let allowed = rule["enum"].as_array().unwrap();
        for step in parsed["steps"].as_array().unwrap() {
            assert!(allowed.contains(&step[key]), "{key}: {}", step[key]);
        }
    }
    let of = |verdicts: Vec<sverka::cleanup::verify::Verified>, prefix: &str| -> Vec<Verdict> {
        verdicts.iter().filter(|v| v.step.starts_with(prefix)).map(|v| v.verdict).collect()
    };
    let before = verify(&plan, None, &old).unwrap();
    assert_eq!(of(before.clone(), "set-crm-object-stage"), [Verdict::NotDone; 2]);
    let free = before.iter().find(|v| v.step.starts_with("settle-re-free-with-ddu")).unwrap();
    assert_eq!(free.verdict, Verdict::NotDone, "{free:?}");
    let mut portal = Portal::new();
    for (id, status) in [(11, "sold"), (12, "free"), (13, "sold")] {
        portal.items.get_mut(&id).unwrap()[STATUS] = json!(code(status));
    }
    let folder = portal_project(&portal);
    let after = verify(&plan, None, &outcome(folder.path())).unwrap();
    assert_eq!(of(after.clone(), "set-crm-object-stage"), [Verdict::Done, Verdict::Otherwise]);
    let free = after.iter().find(|v| v.step.starts_with("settle-re-free-with-ddu")).unwrap();
    assert_eq!(free.verdict, Verdict::Done, "the audit finds it no more: {free:?}");
}

/// An account that keeps units as deals: the status is the stage, or a list field of its own.
#[derive(Clone, Default, Debug)]
struct Account {
    leads: BTreeMap<u64, Value>,
    by_field: bool,
    faults: Faults,
}

impl Account {
    fn new(by_field: bool) -> Account {
        let lead = |(n, status): (usize, &&str)| {
            let field = |id: u64, name: &str, kind: &str, value: Value| json!({"field_id": id, "field_name": name, "field_code": null, "field_type": kind, "values": [value]});
            let headings = ["ЖК", "Корпус", "Этаж", "Номер квартиры"];
            let mut fields: Vec<Value> = headings
                .iter()
                .zip(unit(n))
                .zip(1..)
                .map(|((name, text), id)| field(id, name, "text", json!({"value": text})))
                .collect();
            let (code, mut stage) = (code(status), 700);
            if by_field {
                let value = json!({"value": NAMES[code as usize - 45], "enum_id": code});
                fields.push(field(9, "Статус объекта", "select", value));
            } else {
                stage = code;
            }
            let lead = json!({"id": 11 + n, "name": format!("Кв. {}", n + 1), "price": 1, "status_id": stage, "pipeline_id": 7,
                "is_deleted": false, "custom_fields_values": fields});
            (11 + n as u64, lead)
        };
        Account { leads: WRONG.iter().enumerate().map(lead).collect(), by_field, faults: Faults::default() }
    }

    /// Answers of `leads` and `leads/pipelines`, one after another.
    fn export(&self) -> Value {
        let stages: Vec<Value> =
            NAMES.iter().enumerate().map(|(n, name)| json!({"id": 45 + n, "name": name})).collect();
        json!([
            {"_links": {}, "_embedded": {"leads": self.leads.values().collect::<Vec<_>>()}},
            {"_links": {}, "_embedded": {"pipelines": [{"id": 7, "name": "Продажи", "_embedded": {"statuses": stages}}]}}
        ])
    }

    fn statuses(&self) -> Vec<u64> {
        let field = |lead: &Value| {
            let own = lead["custom_fields_values"].as_array().unwrap().iter().find(|f| f["field_id"] == 9);
            number(&own.unwrap()["values"][0]["enum_id"])
        };
        let stage = |lead: &Value| number(&lead["status_id"]);
        self.leads.values().map(|lead| if self.by_field { field(lead) } else { stage(lead) }).collect()
    }
}

impl System for Account {
    const SCRIPT: &'static str = "amocrm";

    fn environment(address: &str) -> Vec<(&'static str, String)> {
        let pairs = [("AMOCRM_URL", address), ("AMOCRM_TOKEN", SECRET), ("AMOCRM_PAUSE", "0")];
        pairs.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn refusal(&self) -> Reply {
        Reply::Page(429, "")
    }

    fn work(&mut self, request: &Request) -> (Reply, String, bool) {
        let path = request.url.strip_prefix("/api/v4/leads/").expect("only deals are asked for").to_owned();
        let named = NAMES.iter().enumerate();
        match (request.method.as_str(), path.as_str()) {
            ("GET", "pipelines/7") => {
                let stages: Vec<Value> = named.map(|(n, name)| json!({"id": 45 + n, "name": name})).collect();
                (Reply::Json(200, json!({"id": 7, "_embedded": {"statuses": stages}})), path, false)
            }
            ("GET", "custom_fields/9") => {
                let values: Vec<Value> = named.map(|(n, name)| json!({"id": 45 + n, "value": name})).collect();
                (Reply::Json(200, json!({"id": 9, "enums": values})), path, false)
            }
            ("GET", id) => match self.leads.get(&id.parse().unwrap()) {
                Some(lead) => (Reply::Json(200, lead.clone()), path, false),
                None => (Reply::Page(204, ""), path, false),
            },
            ("PATCH", id) => {
                let (body, lead) = (request.json(), self.leads.get_mut(&id.parse().unwrap()).unwrap());
                for field in body["custom_fields_values"].as_array().into_iter().flatten() {
                    let fields = lead["custom_fields_values"].as_array_mut().unwrap();
                    let own = fields.iter_mut().find(|f| f["field_id"] == field["field_id"]).unwrap();
                    let code = number(&field["values"][0]["enum_id"]);
                    own["values"] = json!([{"value": NAMES[code as usize - 45], "enum_id": code}]);
                }
                if !body["status_id"].is_null() {
                    assert_eq!(body["pipeline_id"], 7, "a stage is of its funnel");
                    lead["status_id"] = body["status_id"].clone();
                }
                (Reply::Json(200, json!({"id": id})), format!("PATCH {path}"), true)
            }
            other => panic!("{other:?} is not asked for"),
        }
    }
}

#[test]
fn amocrm_corrects_stages_and_fields_and_takes_them_back() {
    if !ready() {
        return;
    }
    for by_field in [false, true] {
        let account = Account::new(by_field);
        let head = "[[source]]\nside = \"crm\"\nentity = \"object\"\npath = \"leads.json\"\n";
        let folder = project("leads.json", &account.export(), head);
        let outcome = outcome(folder.path());
        for lose_answers in [vec![], vec!["PATCH"]] {
            let faults = Faults { lose_answers, ..Faults::default() };
            let stage = Stage::new(&outcome, Account { faults, ..account.clone() });
            let dry = stage.good(&[]);
            assert!(dry.contains("будет исправлено") && dry.contains("готово 2"), "{dry}");
            let text = stage.good(&["--apply"]);
            assert_eq!(stage.system().statuses(), RIGHT.map(code), "{text}");
            let writes = stage.system().faults.writes();
            stage.good(&["--apply"]);
            assert_eq!(stage.system().faults.writes(), writes, "a second apply changes nothing");
            stage.change(|a| a.faults = Faults::default());
            let text = stage.good(&["--undo", "--apply"]);
            assert_eq!(stage.system().leads, account.leads, "{text}");
            stage.assert_no_leak();
        }
        let mut changed = account.clone();
        changed.leads.remove(&12);
        let stage = Stage::new(&outcome, changed);
        let text = stage.good(&["--apply"]);
        assert!(text.contains("карточки 12 нет"), "{text}");
    }
}
