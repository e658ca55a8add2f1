//! The Bitrix24 script, run for real against a portal that lives in this process.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Map, Value, json};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;

use crate::cleanup_stage::{self, Faults, Reply, Request, SECRET, Stage, System, fault, number, pairs};
use crate::tools::have;
use crate::world::{INN_A, INN_B, INN_C, World, crm, onec};

const KPP: &str = "779901001";

/// A card: entityTypeId and number.
type Card = (u64, u64);
type State = (BTreeMap<Card, Value>, BTreeMap<u64, (Card, Value)>);

/// What the portal holds.
#[derive(Clone, Default, Debug)]
struct Portal {
    cards: BTreeMap<Card, Value>,
    /// By number: owner and fields.
    requisites: BTreeMap<u64, (Card, Value)>,
    faults: Faults,
    /// Commands of a batch that are refused for want of operating time, once each.
    out_of_time: usize,
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
        let method = request.url.strip_prefix(&format!("/rest/1/{SECRET}/")).expect("the webhook's path");
        let body = request.json();
        if method != "batch" {
            let writes = method.ends_with(".update") || method == "crm.entity.mergeBatch";
            let reply = match self.one(method, &body) {
                Ok(result) => Reply::Json(200, json!({ "result": result })),
                Err(error) => Reply::Json(400, error),
            };
            return (reply, method.to_owned(), writes);
        }
        let commands = body["cmd"].as_object().unwrap();
        assert!(commands.len() <= 50, "ERROR_BATCH_LENGTH_EXCEEDED");
        let (mut results, mut errors) = (Map::new(), Map::new());
        let mut writes = false;
        for (name, command) in commands {
            let (method, query) = command.as_str().unwrap().split_once('?').unwrap();
            writes |= method.ends_with(".update");
            if self.out_of_time > 0 {
                self.out_of_time -= 1;
                errors.insert(name.clone(), fault("OPERATION_TIME_LIMIT", "Method is blocked"));
                continue;
            }
            match self.one(method, &nested(query)) {
                Ok(result) => drop(results.insert(name.clone(), result)),
                Err(error) => drop(errors.insert(name.clone(), error)),
            }
        }
        // Empty maps of PHP are lists.
        let map = |m: Map<String, Value>| if m.is_empty() { json!([]) } else { Value::Object(m) };
        let answer = json!({ "result": map(results), "result_error": map(errors), "result_next": [] });
        let name = if writes { "batch update" } else { "batch" };
        (Reply::Json(200, json!({ "result": answer })), name.to_owned(), writes)
    }
}

/// `a[b]=c` as `{"a": {"b": "c"}}`.
fn nested(query: &str) -> Value {
    let mut out = json!({});
    for (name, value) in pairs(query) {
        match name.split_once('[') {
            Some((outer, inner)) => out[outer][inner.trim_end_matches(']')] = json!(value),
            None => out[name] = json!(value),
        }
    }
    out
}

/// A field of the account that holds the id of 1C.
const LINK: &str = "UF_CRM_1C_ID";

/// Names of fields of `crm.item.*` and of `crm.company.*`, `crm.contact.*`.
const ITEM: [(&str, &str); 6] = [
    ("title", "TITLE"),
    ("lastName", "LAST_NAME"),
    ("name", "NAME"),
    ("secondName", "SECOND_NAME"),
    ("originId", "ORIGIN_ID"),
    ("isMyCompany", "IS_MY_COMPANY"),
];

impl Portal {
    fn card(&mut self, kind: u64, id: u64, fields: Value) {
        self.cards.insert((kind, id), fields);
    }

    fn requisite(&mut self, id: u64, owner: Card, inn: &str, kpp: &str) {
        self.requisites.insert(id, (owner, json!({ "RQ_INN": inn, "RQ_KPP": kpp })));
    }

    /// What a cleanup may change.
    fn state(&self) -> State {
        (self.cards.clone(), self.requisites.clone())
    }

    fn one(&mut self, method: &str, body: &Value) -> Result<Value, Value> {
        let kind = if method.starts_with("crm.company") { 4 } else { 3 };
        match method {
            "crm.company.get" | "crm.contact.get" => {
                self.cards.get(&(kind, number(&body["id"]))).cloned().ok_or_else(|| fault("", "Not found"))
            }
            "crm.company.update" | "crm.contact.update" => {
                let card = self.cards.get_mut(&(kind, number(&body["id"]))).ok_or_else(|| fault("", "Not found"))?;
                for (name, value) in body["fields"].as_object().unwrap() {
                    card[name] = value.clone();
                }
                Ok(json!(true))
            }
            "crm.requisite.list" => {
                let filter = &body["filter"];
                let owner = (number(&filter["ENTITY_TYPE_ID"]), number(&filter["ENTITY_ID"]));
                let row = |(id, (_, fields)): (&u64, &(Card, Value))| {
                    let mut row = fields.clone();
                    row["ID"] = json!(id.to_string());
                    row
                };
                Ok(Value::Array(self.requisites.iter().filter(|(_, (o, _))| *o == owner).map(row).collect()))
            }
            "crm.requisite.update" => {
                let (_, fields) =
                    self.requisites.get_mut(&number(&body["id"])).ok_or_else(|| fault("", "Not found"))?;
                for (name, value) in body["fields"].as_object().unwrap() {
                    fields[name] = value.clone();
                }
                Ok(json!(true))
            }
            "crm.entity.mergeBatch" => self.merge(&body["params"]),
            // The same cards by other names of fields.
            "crm.item.get" | "crm.item.update" => {
                let key = (number(&body["entityTypeId"]), number(&body["id"]));
                let card = self.cards.get_mut(&key).ok_or_else(|| fault("NOT_FOUND", "Элемент не найден"))?;
                for (name, value) in body["fields"].as_object().into_iter().flatten() {
                    let own = ITEM.iter().find(|(item, _)| item == name).map_or(name.as_str(), |(_, own)| own);
                    card[own] = value.clone();
                }
                let mut item = json!({ "id": key.1 });
                for (name, value) in card.as_object().unwrap() {
                    let of_item = ITEM.iter().find(|(_, own)| own == name).map_or(name.as_str(), |(item, _)| item);
                    item[of_item] = value.clone();
                }
                Ok(json!({ "item": item }))
            }
            "crm.item.fields" => Ok(json!({ "fields": { LINK: { "type": "string" } } })),
            _ => Err(fault("ERROR_METHOD_NOT_FOUND", "Method not found!")),
        }
    }

    /// As the portal does it: comments are joined, any other two filled texts must be equal.
    fn merge(&mut self, params: &Value) -> Result<Value, Value> {
        let kind = number(&params["entityTypeId"]);
        let Some(ids) = params["entityIds"].as_array() else { return Err(fault("100", "entityIds is required")) };
        let ids: Vec<u64> = ids.iter().map(number).collect();
        if !ids.iter().all(|id| self.cards.contains_key(&(kind, *id))) {
            return Err(fault("", "Entity is gone"));
        }
        let mut kept = self.cards[&(kind, ids[0])].clone();
        for id in &ids[1..] {
            for (name, value) in self.cards[&(kind, *id)].as_object().unwrap() {
                if matches!(name.as_str(), "ID" | "OPENED" | "IS_MY_COMPANY") || value == "" {
                    continue;
                }
                if kept[name].is_null() || kept[name] == "" {
                    kept[name] = value.clone();
                } else if name == "COMMENTS" {
                    kept[name] = json!(format!("{}<br>{}", kept[name].as_str().unwrap(), value.as_str().unwrap()));
                } else if kept[name] != *value {
                    return Ok(json!({ "STATUS": "CONFLICT", "ENTITY_IDS": [] }));
                }
            }
        }
        self.cards.insert((kind, ids[0]), kept);
        for id in &ids[1..] {
            self.cards.remove(&(kind, *id));
            for (owner, _) in self.requisites.values_mut() {
                if *owner == (kind, *id) {
                    *owner = (kind, ids[0]);
                }
            }
        }
        Ok(json!({ "STATUS": "SUCCESS", "ENTITY_IDS": ids[1..] }))
    }
}

const TITLES: [(u64, &str); 3] = [(1, "ООО «Ромашка»"), (2, "Ромашка \"2\" & Ко"), (3, "РОМАШКА\n 50% +")];

/// Companies 1 ← 2, 3; contacts 11 ← 12; company 4 with an INN to fix, 4 ← 5.
fn world() -> World {
    let mut w = World::new();
    for (id, title) in TITLES {
        w = w.company(Side::Crm, [&id.to_string(), title, INN_A, KPP]);
    }
    w = w.company(Side::Crm, ["4", "ООО Лютик", "7799ОО2228", ""]).company(Side::Crm, ["5", "Лютик", INN_B, ""]);
    for (id, name) in [("11", "Петр"), ("12", "П.")] {
        let texts = [(Field::Id, id), (Field::LastName, "Тестов"), (Field::FirstName, name)];
        w = w.add(Side::Crm, Entity::Contact, &texts);
    }
    w.cluster(&[crm(0), crm(1), crm(2)]).cluster(&[crm(3), crm(4)]).cluster(&[crm(5), crm(6)]).source("bitrix24-rest")
}

fn outcome() -> Outcome {
    world().build()
}

/// The portal as it was when the data were exported.
fn portal() -> Portal {
    let mut p = Portal::default();
    for (id, title) in TITLES {
        let fields = json!({ "ID": id.to_string(), "TITLE": title, "COMMENTS": "", "OPENED": if id == 1 { "N" } else { "Y" },
            "ASSIGNED_BY_ID": (6 + id).to_string(), "REVENUE": if id == 2 { "0.00" } else { "" },
            "PHONE": [{ "ID": id.to_string(), "VALUE": "+79000000001" }] });
        p.card(4, id, fields);
        p.requisite(100 + id, (4, id), INN_A, KPP);
    }
    // Phones are united in a way of their own; here they would only be in the way.
    for id in 1..=3 {
        p.cards.get_mut(&(4, id)).unwrap()["PHONE"] = json!([]);
    }
    p.cards.get_mut(&(4, 2)).unwrap()["COMMENTS"] = json!("Длинный текст. ".repeat(20_000));
    p.cards.get_mut(&(4, 2)).unwrap()["REVENUE"] = json!("");
    p.card(4, 4, json!({ "ID": "4", "TITLE": "ООО Лютик" }));
    p.requisite(104, (4, 4), "7799ОО2228", "");
    p.card(4, 5, json!({ "ID": "5", "TITLE": "Лютик" }));
    p.requisite(105, (4, 5), INN_B, "");
    for (id, name) in [(11, "Петр"), (12, "П.")] {
        p.card(3, id, json!({ "ID": id.to_string(), "NAME": name, "LAST_NAME": "Тестов", "POST": "" }));
    }
    p
}

/// The state that the plan aims at.
fn planned() -> State {
    let mut p = portal();
    p.requisites.get_mut(&104).unwrap().1["RQ_INN"] = json!(INN_B);
    for (card, field, value) in [
        ((4, 2), "TITLE", "ООО «Ромашка»"),
        ((4, 3), "TITLE", "ООО «Ромашка»"),
        ((4, 2), "ASSIGNED_BY_ID", "7"),
        ((4, 3), "ASSIGNED_BY_ID", "7"),
        ((4, 5), "TITLE", "ООО Лютик"),
        ((3, 12), "NAME", "Петр"),
    ] {
        p.cards.get_mut(&card).unwrap()[field] = json!(value);
    }
    for (kind, ids) in [(4, vec![1, 2, 3]), (4, vec![4, 5]), (3, vec![11, 12])] {
        let merged = p.merge(&json!({ "entityTypeId": kind, "entityIds": ids })).unwrap();
        assert_eq!(merged["STATUS"], "SUCCESS");
    }
    p.state()
}

fn ready() -> bool {
    have(&["bash", "curl", "jq"])
}

#[test]
fn a_dry_run_changes_nothing() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), portal());
    let text = stage.good(&[]);
    assert!(text.contains("готово 4, пропущено 0, конфликтов 0, ошибок 0"), "{text}");
    assert!(text.contains("останется 1, вольются 2,3; сначала поля карточек 2, 3"), "{text}");
    assert_eq!((stage.system().state(), stage.system().faults.writes()), (portal().state(), 0));
    assert!(!stage.journal().exists());
    stage.assert_no_leak();
}

#[test]
fn apply_reaches_the_plan_and_a_second_apply_changes_nothing() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), portal());
    stage.good(&["--apply"]);
    assert!(stage.system().state() == planned());
    for (name, card) in [("company-1", (4, 1)), ("company-2", (4, 2)), ("company-5", (4, 5)), ("contact-12", (3, 12))] {
        assert_eq!(stage.before(name)["record"], portal().cards[&card], "{name}");
    }
    assert_eq!(stage.before("company-4")["requisites"][0]["RQ_INN"], "7799ОО2228");
    let writes = stage.system().faults.writes();
    let text = stage.good(&["--apply"]);
    assert_eq!(stage.system().faults.writes(), writes, "{text}");
    assert!(stage.system().state() == planned());
    stage.assert_no_leak();
}

#[test]
fn refused_requests_and_lost_answers_end_in_the_same_state() {
    if !ready() {
        return;
    }
    let lost = vec!["crm.entity.mergeBatch", "crm.requisite.update", "batch update"];
    for (refuse_every, lose_answers, out_of_time) in [(2, vec![], 0), (3, lost.clone(), 3), (0, lost, 0)] {
        let faults = Faults { refuse_every, lose_answers, ..Faults::default() };
        let stage = Stage::new(&outcome(), Portal { faults, out_of_time, ..portal() });
        let text = stage.good(&["--apply"]);
        assert!(stage.system().state() == planned(), "{text}");
    }
}

/// A portal that cannot be read after a lost answer says nothing about the cards.
#[test]
fn an_unknown_end_is_no_success() {
    if !ready() {
        return;
    }
    let mut p = portal();
    p.faults.lose_answers = vec!["crm.entity.mergeBatch"];
    p.faults.dies_after_loss = true;
    let stage = Stage::new(&outcome(), p);
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("карточки объединены"), "{text}");
    stage.change(|p| p.faults = Faults::default());
    let text = stage.good(&["--apply"]);
    assert!(text.contains("объединено до прерывания"), "{text}");
    assert!(stage.system().state() == planned());
}

#[test]
fn an_empty_answer_is_no_success() {
    if !ready() {
        return;
    }
    let mut p = portal();
    p.faults.empty_answers = vec!["crm.requisite.update"];
    let stage = Stage::new(&outcome(), p);
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("ошибок 1"), "{text}");
    stage.change(|p| p.faults.empty_answers.clear());
    stage.good(&["--apply"]);
    assert!(stage.system().state() == planned());
}

#[test]
fn a_killed_run_is_finished_by_the_next() {
    if !ready() {
        return;
    }
    let mut stops = 0;
    for after in [1, 2, 4, 5, 6, 8, 11] {
        let stage = Stage::new(&outcome(), portal());
        stops += usize::from(stage.killed_after(&["--apply"], after));
        let text = stage.good(&["--apply"]);
        assert!(stage.system().state() == planned(), "killed after {after} calls: {text}");
        stage.assert_no_leak();
    }
    assert!(stops > 3, "too few runs were stopped in time: {stops}");
}

/// Runs a changed portal: these cards must stay as they are.
fn left_alone(change: impl Fn(&mut Portal), cards: &[Card], says: &str) {
    let mut p = portal();
    change(&mut p);
    let before = p.clone();
    let stage = Stage::new(&outcome(), p);
    let text = stage.good(&["--apply"]);
    assert!(text.contains(says), "{text}");
    for card in cards {
        assert_eq!(stage.system().cards.get(card), before.cards.get(card), "{text}");
    }
    stage.assert_no_leak();
}

fn at_odds(p: &mut Portal) {
    p.cards.get_mut(&(4, 1)).unwrap()["INDUSTRY"] = json!("IT");
    p.cards.get_mut(&(4, 3)).unwrap()["INDUSTRY"] = json!("TRADE");
    p.cards.get_mut(&(4, 3)).unwrap()["UF_CRM_1"] = json!("x");
}

/// A conflict is seen before anything is written.
#[test]
fn a_conflict_is_left_to_a_person() {
    if !ready() {
        return;
    }
    let all = [(4, 1), (4, 2), (4, 3)];
    left_alone(at_odds, &all, "поля INDUSTRY; объедините вручную: http://127.0.0.1");
    left_alone(at_odds, &all, "/crm/company/merge/?id=1,2,3");
    let mut p = portal();
    at_odds(&mut p);
    let stage = Stage::new(&outcome(), p);
    stage.good(&["--apply", "--main-wins", "INDUSTRY,COMPANY_TYPE"]);
    let cards = stage.system().cards;
    assert_eq!((&cards[&(4, 1)]["INDUSTRY"], cards.contains_key(&(4, 3))), (&json!("IT"), false));
}

#[test]
fn cards_changed_after_the_export_are_skipped() {
    if !ready() {
        return;
    }
    let all = [(4, 1), (4, 2), (4, 3)];
    left_alone(|p| p.requisite(102, (4, 2), INN_C, KPP), &all, "ИНН изменился");
    left_alone(|p| p.requisite(102, (4, 2), "", KPP), &all, "ИНН изменился");
    left_alone(|p| p.requisite(102, (4, 2), INN_A, "507843001"), &all, "КПП изменился");
    left_alone(|p| p.requisite(202, (4, 2), INN_C, KPP), &all, "разные ИНН");
    left_alone(|p| p.requisite(205, (3, 12), INN_C, ""), &[(3, 11), (3, 12)], "ИНН изменился");
    left_alone(|p| drop(p.cards.remove(&(4, 3))), &all, "записи 3 нет");
    left_alone(|p| p.cards.get_mut(&(4, 1)).unwrap()["IS_MY_COMPANY"] = json!("Y"), &all, "своя компания");
    left_alone(|p| p.cards.get_mut(&(4, 3)).unwrap()["TITLE"] = json!("Пион"), &all, "поле TITLE изменилось");
    let person = |p: &mut Portal| p.cards.get_mut(&(3, 12)).unwrap()["LAST_NAME"] = json!("Пробный");
    left_alone(person, &[(3, 11), (3, 12)], "поле LAST_NAME изменилось");
}

/// An export without INN proves nothing: the portal itself decides.
#[test]
fn without_inn_in_the_export_the_portal_decides() {
    if !ready() {
        return;
    }
    let card = |w: World, id: usize| {
        let texts = [(Field::Id, &*id.to_string()), (Field::Name, TITLES[id - 1].1)];
        w.add(Side::Crm, Entity::Counterparty, &texts)
    };
    let w = card(card(World::new(), 1), 2).cluster(&[crm(0), crm(1)]).source("bitrix24-rest");
    let outcome = w.build();
    for (inn, kpp, says, merged) in
        [(INN_A, KPP, "готово 1", true), (INN_B, KPP, "разные ИНН", false), (INN_A, "507843001", "разные КПП", false)]
    {
        let mut p = portal();
        p.requisite(102, (4, 2), inn, kpp);
        let stage = Stage::new(&outcome, p);
        let text = stage.good(&["--apply"]);
        assert!(text.contains(says), "{text}");
        assert_eq!(!stage.system().cards.contains_key(&(4, 2)), merged);
    }
}

/// Undo brings back what it promises: INNs and the script's own changes of cards that are still there.
#[test]
fn undo_restores_what_it_promises() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), portal());
    let nothing = stage.good(&["--undo", "--apply"]);
    assert!(nothing.contains("готово 0, пропущено 0"), "{nothing}");
    stage.good(&["--apply"]);
    let text = stage.good(&["--undo"]);
    assert!(stage.system().state() == planned(), "an undo without --apply changes nothing");
    assert!(text.contains("объединение не отменяется, карточек 2, 3 больше нет"), "{text}");
    stage.good(&["--undo", "--apply"]);
    let mut expected = planned();
    expected.1.get_mut(&104).unwrap().1["RQ_INN"] = json!("7799ОО2228");
    assert!(stage.system().state() == expected);
    let writes = stage.system().faults.writes();
    stage.good(&["--undo", "--apply"]);
    assert_eq!(stage.system().faults.writes(), writes, "a second undo changes nothing");
    // And the plan can be carried out once more.
    stage.good(&["--apply"]);
    assert!(stage.system().state() == planned());
}

/// The portal refuses after the fields were settled: the cards go back to what they were.
#[test]
fn undo_restores_settled_cards() {
    if !ready() {
        return;
    }
    let mut p = portal();
    p.faults.empty_answers = vec!["mergeBatch"];
    let stage = Stage::new(&outcome(), p);
    assert_eq!(stage.run(&["--apply"]).0, 1);
    assert_eq!(stage.system().cards[&(4, 3)]["TITLE"], "ООО «Ромашка»");
    stage.change(|p| p.cards.get_mut(&(4, 2)).unwrap()["TITLE"] = json!("Изменено человеком"));
    stage.good(&["--undo", "--apply"]);
    let mut expected = portal();
    expected.cards.get_mut(&(4, 2)).unwrap()["TITLE"] = json!("Изменено человеком");
    assert!(stage.system().state() == expected.state(), "what a person changed since is left alone");
}

#[test]
fn what_cannot_run_says_so() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), portal());
    for webhook in ["", "http://127.0.0.1/s3cretc0dexyz", "http://h/rest/1/s3cretc0dexyz\"\nproxy = \"x"] {
        let output = stage.command(&["--apply"]).env("BITRIX24_WEBHOOK", webhook).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!String::from_utf8_lossy(&output.stderr).contains(SECRET));
    }
    for arguments in [&["--aply"][..], &["--plan"], &["--main-wins", "a;b"], &["--plan", "/nowhere"]] {
        assert_eq!(stage.run(arguments).0, 2, "{arguments:?}");
    }
    // Another script is at work with this journal.
    fs::create_dir_all(stage.journal()).unwrap();
    fs::write(stage.journal().join("lock"), std::process::id().to_string()).unwrap();
    let (code, text) = stage.run(&["--apply"]);
    assert!(code == 2 && text.contains("Журнал занят"), "{text}");
    fs::remove_file(stage.journal().join("lock")).unwrap();
    fs::write(stage.folder.path().join("bitrix24-plan.json"), "{\"steps\": [").unwrap();
    assert_eq!(stage.run(&["--apply"]).0, 2);
    assert_eq!(stage.system().faults.calls.len(), 0);
    assert!(stage.good(&["--help"]).contains("--undo"));
}

/// What the portal will refuse is known before anybody asks it, with the page where a person merges.
#[test]
fn conflicts_are_predicted_from_the_snapshot() {
    let card = |w: World, id: &str, kind: &str, born: &str| {
        let name = [(Field::Id, id), (Field::Name, "Лютик"), (Field::Inn, INN_B)];
        w.add(Side::Crm, Entity::Counterparty, &[&name[..], &[(Field::Kind, kind), (Field::BirthDate, born)]].concat())
    };
    let mut w = card(World::new(), "1", "CUSTOMER", "");
    w = card(w, "2", "customer", "");
    w = card(w, "3", "SUPPLIER", "");
    let mut outcome = w.cluster(&[crm(0), crm(1)]).source("bitrix24-rest").build();
    let plan = |outcome: &Outcome| -> Value {
        let folder = tempfile::tempdir().unwrap();
        sverka::cleanup::write_all(outcome, folder.path(), folder.path()).unwrap();
        serde_json::from_str(&fs::read_to_string(folder.path().join("bitrix24-plan.json")).unwrap()).unwrap()
    };
    assert_eq!(plan(&outcome)["steps"][0]["predicted"], "SUCCESS");
    outcome.matching.clusters[0].members.push(crm(2));
    outcome.crm_url = Some("https://romashka.bitrix24.ru".into());
    let step = &plan(&outcome)["steps"][0];
    assert_eq!((&step["predicted"], &step["conflict"]), (&json!("CONFLICT"), &json!(["COMPANY_TYPE"])));
    assert_eq!(step["link"], "https://romashka.bitrix24.ru/crm/company/merge/?id=1,2,3");
}

/// Any text of a card reaches the portal as it is: quotes, signs of the shell, of addresses and of JSON, line ends.
#[test]
fn hostile_titles_pass_unchanged() {
    if !ready() {
        return;
    }
    let damaged = "a\r\nb' \"c\" \\ $(touch x) `y` & = # % + ; ? / 😀 \u{2028} \u{1} \u{202e}ё";
    // What nobody sees goes before the merge; the rest stays as it is.
    let (title, _) = sverka::normalize::repair::repaired(damaged).unwrap();
    assert!(title.starts_with("a\r\nb' \"c\" \\ $(touch x) `y`") && !title.contains('\u{202e}'), "{title:?}");
    let title = title.as_str();
    let w =
        World::new().company(Side::Crm, ["1", damaged, INN_A, KPP]).company(Side::Crm, ["2", "Ромашка", INN_A, KPP]);
    let outcome = w.cluster(&[crm(0), crm(1)]).source("bitrix24-rest").build();
    let mut p = Portal::default();
    for (id, title) in [(1, damaged), (2, "Ромашка")] {
        p.card(4, id, json!({ "ID": id.to_string(), "TITLE": title }));
        p.requisite(100 + id, (4, id), INN_A, KPP);
    }
    p.faults.empty_answers = vec!["mergeBatch"];
    let stage = Stage::new(&outcome, p);
    assert_eq!(stage.run(&["--apply"]).0, 1);
    assert_eq!(stage.system().cards[&(4, 2)]["TITLE"], title);
    assert_eq!(stage.before("item-4-1-title")["title"], damaged);
    assert_eq!(stage.before("company-1")["record"]["TITLE"], title);
    stage.change(|p| p.faults.empty_answers.clear());
    stage.good(&["--apply"]);
    assert_eq!(stage.system().cards.len(), 1);
    assert_eq!(stage.system().cards[&(4, 1)]["TITLE"], title);
}

const GUIDS: [&str; 3] = [
    "21dda1c5-8c44-11db-a9b0-00055d49b45e",
    "21dda1c6-8c44-11db-a9b0-00055d49b45e",
    "21dda1c7-8c44-11db-a9b0-00055d49b45e",
];

/// Two companies and a contact with damaged names whose pairs stand in 1C. `field`: where the account keeps ids of 1C.
fn linked(field: &str) -> Outcome {
    let mut w = World::new();
    for (id, title) in [("1", "ООО «Pомашка»"), ("2", "Лютик\u{200b} и  Ко")] {
        w = w.company(Side::Crm, [id, title, if id == "1" { INN_A } else { INN_B }, ""]);
    }
    w = w.add(
        Side::Crm,
        Entity::Contact,
        &[(Field::Id, "11"), (Field::LastName, "Тестoв"), (Field::FirstName, "Gfdtkujh")],
    );
    for (id, inn) in GUIDS.iter().zip([INN_A, INN_B]) {
        w = w.company(Side::Onec, [id, "Ромашка", inn, ""]);
    }
    w = w.add(Side::Onec, Entity::Contact, &[(Field::Id, GUIDS[2]), (Field::LastName, "Тестов")]);
    w = w.cluster(&[crm(0), onec(0)]).cluster(&[crm(1), onec(1)]).cluster(&[crm(2), onec(2)]);
    let mut outcome = w.source_of(Side::Crm, "bitrix24-rest", &[(field, Field::ExternalId)]).build();
    outcome.data.crm.sources[0].entity = Some(Entity::Counterparty);
    outcome.drift = sverka::reconcile::run(&outcome.data, &outcome.matching);
    outcome
}

/// The portal of [`linked`]: before, and after the script with links in this field.
fn linked_portal(field: Option<&str>) -> Portal {
    let mut p = Portal::default();
    for (id, damaged, sound) in [(1, "ООО «Pомашка»", "ООО «Ромашка»"), (2, "Лютик\u{200b} и  Ко", "Лютик и Ко")]
    {
        let mut card = json!({ "ID": id.to_string(), "TITLE": if field.is_some() { sound } else { damaged } });
        if let Some(field) = field {
            card[field] = json!(GUIDS[id as usize - 1]);
        }
        p.card(4, id, card);
    }
    let [last, first] =
        if field.is_some() { ["Тестов", "Павелгор"] } else { ["Тестoв", "Gfdtkujh"] };
    p.card(3, 11, json!({ "ID": "11", "LAST_NAME": last, "NAME": first }));
    p
}

/// Names are repaired, ids of 1C written where the account keeps them; undo takes both back.
#[test]
fn names_and_links_are_written_and_taken_back() {
    if !ready() {
        return;
    }
    for field in ["ORIGIN_ID", LINK] {
        let outcome = linked(field);
        let planned = linked_portal(Some(field)).state();
        // A field of the account is asked about once more than one that all have: what goes wrong goes wrong there.
        let troubles = [(0, vec![]), (2, vec![]), (0, vec!["crm.item.update"])];
        for (refuse_every, lose_answers) in troubles.into_iter().take(if field == LINK { 3 } else { 1 }) {
            let faults = Faults { refuse_every, lose_answers, ..Faults::default() };
            let stage = Stage::new(&outcome, Portal { faults, ..linked_portal(None) });
            let dry = stage.good(&[]);
            assert!(dry.contains("готово 6, пропущено 0"), "{dry}");
            assert_eq!((stage.system().state(), stage.system().faults.writes()), (linked_portal(None).state(), 0));
            let text = stage.good(&["--apply"]);
            assert_eq!(stage.system().state(), planned, "{text}");
            let writes = stage.system().faults.writes();
            stage.good(&["--apply"]);
            assert_eq!(stage.system().faults.writes(), writes, "a second apply changes nothing");
            stage.change(|p| p.faults = Faults::default());
            let text = stage.good(&["--undo", "--apply"]);
            let mut before = linked_portal(None);
            for id in [1, 2] {
                before.cards.get_mut(&(4, id)).unwrap()[field] = json!("");
            }
            assert_eq!(stage.system().state(), before.state(), "{text}");
            stage.assert_no_leak();
        }
    }
}

/// A card that was linked or renamed meanwhile is left alone, and an own company of the portal is none of the script's.
#[test]
fn a_field_that_changed_since_is_left_alone() {
    if !ready() {
        return;
    }
    let mut p = linked_portal(None);
    p.cards.get_mut(&(4, 1)).unwrap()["ORIGIN_ID"] = json!("other");
    p.cards.get_mut(&(4, 1)).unwrap()["TITLE"] = json!("Пион");
    p.cards.get_mut(&(4, 2)).unwrap()["IS_MY_COMPANY"] = json!("Y");
    let before = p.clone();
    let stage = Stage::new(&linked("ORIGIN_ID"), p);
    let text = stage.good(&["--apply"]);
    for says in ["поле originId записи 1 изменилось", "поле title записи 1 изменилось", "своя компания портала"]
    {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert_eq!(stage.system().cards[&(4, 1)], before.cards[&(4, 1)]);
    assert_eq!(stage.system().cards[&(4, 2)], before.cards[&(4, 2)]);
}

#[test]
fn links_weather_anything() {
    if ready() {
        let outcome = || linked(LINK);
        let planned = linked_portal(Some(LINK)).state();
        cleanup_stage::weathers_anything(outcome, || linked_portal(None), |s| s.state(), &planned, &["--apply"]);
        cleanup_stage::speaks_english(outcome, || linked_portal(None), |s| s.state(), &["--apply"]);
    }
}

#[test]
fn the_english_script_does_the_same() {
    if ready() {
        cleanup_stage::speaks_english(outcome, portal, |s| s.state(), &["--apply"]);
    }
}

#[test]
fn whatever_the_weather_the_plan_is_reached() {
    if ready() {
        cleanup_stage::weathers_anything(outcome, portal, |s| s.state(), &planned(), &["--apply"]);
    }
}

#[test]
fn a_broken_step_stops_the_plan() {
    if ready() {
        cleanup_stage::a_broken_step_stops_the_plan(&outcome(), portal(), &["--apply"]);
    }
}
