//! The RetailCRM script, run for real against a system that lives in this process.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;

use crate::cleanup_stage::{self, Faults, Reply, Request, SECRET, Stage, System, number, pairs};
use crate::tools::have;
use crate::world::{INN_A, INN_B, World, crm};

/// A card: its list and number.
type Card = (&'static str, u64);

#[derive(Clone, Default, Debug)]
struct Shop {
    cards: BTreeMap<Card, Value>,
    /// Where a combined card went.
    combined: BTreeMap<Card, u64>,
    orders: BTreeMap<u64, Card>,
    /// An edit changes more than it was asked to.
    odd: bool,
    faults: Faults,
}

const LISTS: [&str; 2] = ["customers-corporate", "customers"];

impl System for Shop {
    const SCRIPT: &'static str = "retailcrm";

    fn environment(address: &str) -> Vec<(&'static str, String)> {
        let pairs = [("RETAILCRM_URL", address), ("RETAILCRM_API_KEY", SECRET), ("RETAILCRM_PAUSE", "0")];
        pairs.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn refusal(&self) -> Reply {
        Reply::Json(503, json!({ "success": false, "errorMsg": "API limit has been exceeded." }))
    }

    fn work(&mut self, request: &Request) -> (Reply, String, bool) {
        assert_eq!(request.header("X-API-KEY"), Some(SECRET));
        let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let path = path.strip_prefix("/api/v5/").unwrap();
        let list = LISTS.into_iter().find(|l| path.starts_with(&format!("{l}/"))).unwrap();
        let rest = &path[list.len() + 1..];
        if (request.method.as_str(), rest) == ("POST", "combine") {
            return (self.combine(list, &request.body), "combine".into(), true);
        }
        if request.method == "POST" && rest.ends_with("/edit") {
            return (self.edit(list, rest, &request.body), "edit".into(), true);
        }
        assert!(request.method == "GET" && query.starts_with("by=id"), "{} {}", request.method, request.url);
        let id: u64 = rest.split('/').next().unwrap().parse().unwrap();
        let reply = match self.cards.get(&(list, id)) {
            None => Reply::Json(
                404,
                json!({ "success": false, "errorMsg": "Not found", "combinedTo": self.combined.get(&(list, id)) }),
            ),
            Some(card) if rest.ends_with("/companies") => {
                Reply::Json(200, json!({ "success": true, "companies": card["companies"] }))
            }
            Some(card) => {
                let name = if list == "customers" { "customer" } else { "customerCorporate" };
                Reply::Json(200, json!({ "success": true, name: card }))
            }
        };
        (reply, "GET".into(), false)
    }
}

impl Shop {
    fn combine(&mut self, list: &'static str, form: &str) -> Reply {
        let form: BTreeMap<String, String> = pairs(form).into_iter().collect();
        let keep = number(&serde_json::from_str::<Value>(&form["resultCustomer"]).unwrap()["id"]);
        let drop: Vec<Value> = serde_json::from_str(&form["customers"]).unwrap();
        let drop: Vec<u64> = drop.iter().map(|d| number(&d["id"])).collect();
        if !drop.iter().chain([&keep]).all(|id| self.cards.contains_key(&(list, *id))) {
            return Reply::Json(400, json!({ "success": false, "errorMsg": "Errors in the input parameters" }));
        }
        for id in drop {
            self.cards.remove(&(list, id));
            self.combined.insert((list, id), keep);
            for owner in self.orders.values_mut().filter(|o| **o == (list, id)) {
                *owner = (list, keep);
            }
        }
        Reply::Json(200, json!({ "success": true }))
    }

    /// What is sent replaces what was there, top-level field by field.
    fn edit(&mut self, list: &'static str, rest: &str, form: &str) -> Reply {
        let form: BTreeMap<String, String> = pairs(form).into_iter().collect();
        assert_eq!((form["by"].as_str(), form["site"].as_str()), ("id", "магазин & Ко"));
        let path: Vec<&str> = rest.split('/').collect();
        let card = self.cards.get_mut(&(list, path[0].parse().unwrap())).unwrap();
        let owner = match path[1] {
            "companies" => {
                assert_eq!(form["entityBy"], "id");
                let all = card["companies"].as_array_mut().unwrap();
                all.iter_mut().find(|c| number(&c["id"]).to_string() == path[2]).unwrap()
            }
            _ => card,
        };
        let body = if path[1] == "companies" { &form["company"] } else { &form["customer"] };
        for (name, value) in serde_json::from_str::<Value>(body).unwrap().as_object().unwrap() {
            owner[name] = value.clone();
        }
        if self.odd {
            owner["contragent"]["KPP"] = json!("");
        }
        Reply::Json(200, json!({ "success": true }))
    }

    fn state(&self) -> (BTreeMap<Card, Value>, BTreeMap<u64, Card>) {
        (self.cards.clone(), self.orders.clone())
    }
}

/// Corporate 1 ← 2, 3; people 11 ← 12; a firm that is a plain customer 21 ← 22.
fn outcome() -> Outcome {
    let mut w = World::new();
    for id in ["1", "2", "3"] {
        w = w.company(Side::Crm, [id, "Ромашка", INN_A, ""]);
    }
    for id in ["21", "22"] {
        w = w.company(Side::Crm, [id, "Лютик", INN_B, ""]);
    }
    for id in ["11", "12"] {
        w = w.add(
            Side::Crm,
            Entity::Contact,
            &[(Field::Id, id), (Field::LastName, "Тестов"), (Field::FirstName, "Петр")],
        );
    }
    w = w.cluster(&[crm(0), crm(1), crm(2)]).cluster(&[crm(3), crm(4)]).cluster(&[crm(5), crm(6)]);
    w.source("retailcrm-rest").build()
}

fn shop() -> Shop {
    let mut shop = Shop::default();
    for id in 1..=3 {
        let companies = json!([{ "id": 100 + id, "contragent": { "contragentType": "legal-entity", "INN": INN_A } }]);
        shop.cards.insert((LISTS[0], id), json!({ "id": id, "nickName": "Ромашка", "companies": companies }));
        shop.orders.insert(1000 + id, (LISTS[0], id));
    }
    for id in [21, 22] {
        let card =
            json!({ "id": id, "contragent": { "contragentType": "legal-entity", "INN": INN_B }, "customFields": [] });
        shop.cards.insert((LISTS[1], id), card);
    }
    for id in [11, 12] {
        shop.cards
            .insert((LISTS[1], id), json!({ "id": id, "lastName": "Тестов", "firstName": "Петр", "contragent": [] }));
        shop.orders.insert(1000 + id, (LISTS[1], id));
    }
    shop
}

fn planned() -> (BTreeMap<Card, Value>, BTreeMap<u64, Card>) {
    let mut shop = shop();
    shop.combine(LISTS[0], "resultCustomer={\"id\":1}&customers=[{\"id\":2},{\"id\":3}]");
    shop.combine(LISTS[1], "resultCustomer={\"id\":21}&customers=[{\"id\":22}]");
    shop.combine(LISTS[1], "resultCustomer={\"id\":11}&customers=[{\"id\":12}]");
    shop.state()
}

fn ready() -> bool {
    have(&["bash", "curl", "jq"])
}

#[test]
fn dry_run_apply_and_apply_again() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), shop());
    let text = stage.good(&[]);
    assert!(text.contains("готово 3, пропущено 0") && text.contains("останется 1, вольются 2, 3"), "{text}");
    assert_eq!((stage.system().state(), stage.system().faults.writes()), (shop().state(), 0));
    stage.good(&["--apply"]);
    assert_eq!(stage.system().state(), planned());
    assert_eq!(stage.before("customers-11")["card"]["lastName"], "Тестов");
    assert_eq!(stage.before("customers-corporate-2")["companies"][0]["contragent"]["INN"], INN_A);
    let writes = stage.system().faults.writes();
    stage.good(&["--apply"]);
    assert_eq!(stage.system().faults.writes(), writes);
    stage.assert_no_leak();
    let text = stage.good(&["--undo", "--apply"]);
    assert!(text.contains("объединение отменить нельзя") && text.contains("пропущено 3"), "{text}");
    assert_eq!(stage.system().faults.writes(), writes);
}

#[test]
fn refusals_lost_answers_and_kills_end_in_the_same_state() {
    if !ready() {
        return;
    }
    for (refuse_every, lose_answers) in [(2, vec![]), (0, vec!["combine"])] {
        let faults = Faults { refuse_every, lose_answers, ..Faults::default() };
        let stage = Stage::new(&outcome(), Shop { faults, ..shop() });
        let text = stage.good(&["--apply"]);
        assert_eq!(stage.system().state(), planned(), "{text}");
    }
    for after in [3, 5, 7, 9] {
        let stage = Stage::new(&outcome(), shop());
        stage.killed_after(&["--apply"], after);
        let text = stage.good(&["--apply"]);
        assert_eq!(stage.system().state(), planned(), "killed after {after} calls: {text}");
    }
}

#[test]
fn what_changed_after_the_export_is_skipped() {
    if !ready() {
        return;
    }
    let check = |change: &dyn Fn(&mut Shop), card: Card, says: &str| {
        let mut changed = shop();
        change(&mut changed);
        let stage = Stage::new(&outcome(), changed.clone());
        let text = stage.good(&["--apply"]);
        assert!(text.contains(says), "{text}");
        assert_eq!(stage.system().cards.get(&card), changed.cards.get(&card), "{text}");
    };
    let set = |card: Card, field: &'static str, value: Value| {
        move |s: &mut Shop| s.cards.get_mut(&card).unwrap()[field] = value.clone()
    };
    check(&set((LISTS[1], 12), "lastName", json!("Пробный")), (LISTS[1], 12), "поле lastName изменилось");
    check(&set((LISTS[1], 12), "contragent", json!({ "INN": INN_B })), (LISTS[1], 12), "ИНН изменился");
    check(&set((LISTS[1], 22), "contragent", json!({ "INN": INN_A })), (LISTS[1], 22), "ИНН изменился");
    let another = json!([{ "contragent": { "INN": INN_A } }, { "contragent": { "INN": INN_B } }]);
    check(&set((LISTS[0], 2), "companies", another), (LISTS[0], 2), "разные ИНН");
    check(&|s: &mut Shop| drop(s.cards.remove(&(LISTS[0], 3))), (LISTS[0], 2), "карточки 3 нет");
}

/// A customer and a corporate customer with an INN to correct, among other requisites.
fn corrections() -> (Outcome, Shop) {
    let w = World::new().company(Side::Crm, ["31", "Лютик", "7799ОО2228", ""]);
    let outcome = w.company(Side::Crm, ["32", "Лютик", "7799ОО2228", ""]).source("retailcrm-rest").build();
    let contragent = json!({ "contragentType": "legal-entity", "legalName": "Лютик \"&\" Ко + 1%", "INN": "7799ОО2228", "KPP": "779901001" });
    let mut shop = Shop::default();
    shop.cards.insert((LISTS[1], 31), json!({ "id": 31, "site": "магазин & Ко", "contragent": contragent.clone() }));
    let companies = json!([{ "id": 7, "contragent": { "INN": INN_A } }, { "id": 8, "contragent": contragent }]);
    shop.cards.insert((LISTS[0], 32), json!({ "id": 32, "site": "магазин & Ко", "companies": companies }));
    (outcome, shop)
}

#[test]
fn inns_are_corrected_and_taken_back() {
    if !ready() {
        return;
    }
    for (refuse_every, lose_answers) in [(0, vec![]), (2, vec![]), (0, vec!["edit"])] {
        let (outcome, shop) = corrections();
        let before = shop.state();
        let faults = Faults { refuse_every, lose_answers, ..Faults::default() };
        let stage = Stage::new(&outcome, Shop { faults, ..shop });
        let text = stage.good(&[]);
        assert!(text.contains("готово 2") && stage.system().faults.writes() == 0, "{text}");
        stage.good(&["--apply"]);
        let mut planned = before.clone();
        planned.0.get_mut(&(LISTS[1], 31)).unwrap()["contragent"]["INN"] = json!(INN_B);
        planned.0.get_mut(&(LISTS[0], 32)).unwrap()["companies"][1]["contragent"]["INN"] = json!(INN_B);
        assert_eq!(stage.system().state(), planned);
        let writes = stage.system().faults.writes();
        stage.good(&["--apply"]);
        assert_eq!(stage.system().faults.writes(), writes);
        let text = stage.good(&["--undo", "--apply"]);
        assert_eq!(stage.system().state(), before, "{text}");
        stage.assert_no_leak();
    }
}

/// An edit that touches other requisites is told, whatever the system answers.
#[test]
fn an_edit_that_changes_more_is_told() {
    if !ready() {
        return;
    }
    let (outcome, shop) = corrections();
    let stage = Stage::new(&outcome, Shop { odd: true, ..shop });
    let (code, text) = stage.run(&["--apply"]);
    assert!(code == 1 && text.contains("изменились другие реквизиты") && text.contains("ошибок 2"), "{text}");
    assert_eq!(stage.before("customers-31")["card"]["contragent"]["KPP"], "779901001");
}

#[test]
fn the_english_script_does_the_same() {
    if ready() {
        cleanup_stage::speaks_english(outcome, shop, |s| s.state(), &["--apply"]);
    }
}

#[test]
fn whatever_the_weather_the_plan_is_reached() {
    if ready() {
        cleanup_stage::weathers_anything(outcome, shop, |s| s.state(), &planned(), &["--apply"]);
    }
}

#[test]
fn a_broken_step_stops_the_plan() {
    if ready() {
        cleanup_stage::a_broken_step_stops_the_plan(&outcome(), shop(), &["--apply"]);
    }
}
