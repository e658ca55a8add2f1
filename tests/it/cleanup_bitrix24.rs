//! The Bitrix24 script, run for real against a portal that lives in this process.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use sverka::cleanup::write_all;
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tempfile::TempDir;
use tiny_http::{Response, Server};

use crate::tools::have;
use crate::world::{INN_A, INN_B, INN_C, World, crm};

const SECRET: &str = "s3cretc0dexyz";
const KPP: &str = "779901001";

/// A card: entityTypeId and number.
type Card = (u64, u64);

/// What the portal holds and how it misbehaves.
#[derive(Clone, Default, Debug, PartialEq)]
struct Portal {
    cards: BTreeMap<Card, Value>,
    /// By number: owner and fields.
    requisites: BTreeMap<u64, (Card, Value)>,
    /// Every n-th request is refused with 503, 0: none.
    refuse_every: u64,
    /// The answers of these methods get lost after the work is done.
    lose_answers: Vec<&'static str>,
    /// After a lost answer nothing is answered any more.
    dies_after_loss: bool,
    dead: bool,
    /// Methods answer with an empty page instead of JSON and do nothing.
    empty_answers: Vec<&'static str>,
    seen: u64,
    calls: Vec<String>,
    /// Command lines of running programs that held the secret or a body.
    leaks: Vec<String>,
}

enum Reply {
    Json(u16, Value),
    Empty(u16),
    /// The connection is closed without an answer.
    Lost,
}

fn fail(status: u16, error: &str, text: &str) -> Reply {
    Reply::Json(status, json!({ "error": error, "error_description": text }))
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|s| s.parse().ok())).unwrap_or(0)
}

impl Portal {
    fn card(&mut self, kind: u64, id: u64, fields: Value) {
        self.cards.insert((kind, id), fields);
    }

    fn requisite(&mut self, id: u64, owner: Card, inn: &str, kpp: &str) {
        self.requisites.insert(id, (owner, json!({ "RQ_INN": inn, "RQ_KPP": kpp })));
    }

    /// What a cleanup may change.
    fn state(&self) -> (BTreeMap<Card, Value>, BTreeMap<u64, (Card, Value)>) {
        (self.cards.clone(), self.requisites.clone())
    }

    fn writes(&self) -> usize {
        self.calls.iter().filter(|c| !c.ends_with(".get") && !c.ends_with(".list")).count()
    }

    fn answer(&mut self, method: &str, body: &Value) -> Reply {
        if self.dead {
            return Reply::Lost;
        }
        self.seen += 1;
        if self.refuse_every > 0 && self.seen.is_multiple_of(self.refuse_every) {
            return fail(503, "QUERY_LIMIT_EXCEEDED", "Too many requests");
        }
        self.calls.push(method.to_owned());
        if self.empty_answers.contains(&method) {
            return Reply::Empty(502);
        }
        let reply = self.work(method, body);
        if self.lose_answers.contains(&method) {
            self.dead = self.dies_after_loss;
            return Reply::Lost;
        }
        reply
    }

    fn work(&mut self, method: &str, body: &Value) -> Reply {
        match method {
            "crm.company.get" | "crm.contact.get" => {
                let kind = if method == "crm.company.get" { 4 } else { 3 };
                match self.cards.get(&(kind, number(&body["id"]))) {
                    Some(card) => Reply::Json(200, json!({ "result": card })),
                    None => fail(400, "", "Not found"),
                }
            }
            "crm.requisite.list" => {
                let filter = &body["filter"];
                let owner = (number(&filter["ENTITY_TYPE_ID"]), number(&filter["ENTITY_ID"]));
                let found: Vec<Value> = self
                    .requisites
                    .iter()
                    .filter(|(_, (o, _))| *o == owner)
                    .map(|(id, (_, fields))| {
                        let mut row = fields.clone();
                        row["ID"] = json!(id.to_string());
                        row
                    })
                    .collect();
                Reply::Json(200, json!({ "result": found, "total": found.len() }))
            }
            "crm.requisite.update" => match self.requisites.get_mut(&number(&body["id"])) {
                Some((_, fields)) => {
                    for (name, value) in body["fields"].as_object().unwrap() {
                        fields[name] = value.clone();
                    }
                    Reply::Json(200, json!({ "result": true }))
                }
                None => fail(400, "", "Not found"),
            },
            "crm.entity.mergeBatch" => self.merge(&body["params"]),
            _ => fail(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
        }
    }

    fn merge(&mut self, params: &Value) -> Reply {
        let kind = number(&params["entityTypeId"]);
        let Some(ids) = params["entityIds"].as_array() else { return fail(400, "100", "entityIds is required") };
        let ids: Vec<u64> = ids.iter().map(number).collect();
        if !ids.iter().all(|id| self.cards.contains_key(&(kind, *id))) {
            return fail(400, "", "Entity is gone");
        }
        let mut kept = self.cards[&(kind, ids[0])].clone();
        for id in &ids[1..] {
            for (name, value) in self.cards[&(kind, *id)].as_object().unwrap() {
                if matches!(name.as_str(), "ID" | "TITLE") || value == "" {
                    continue;
                }
                if kept[name].is_null() || kept[name] == "" {
                    kept[name] = value.clone();
                } else if kept[name] != *value {
                    return Reply::Json(200, json!({ "result": { "STATUS": "CONFLICT", "ENTITY_IDS": [] } }));
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
        Reply::Json(200, json!({ "result": { "STATUS": "SUCCESS", "ENTITY_IDS": ids[1..] } }))
    }
}

/// Command lines of all programs of this system, where it shows them.
fn command_lines() -> Vec<String> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    folder
        .filter_map(|e| fs::read(e.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .collect()
}

/// Whether a program of the script shows the secret or a value of a record.
fn leaks(line: &str) -> bool {
    ["curl ", "jq ", "bash "].iter().any(|p| line.starts_with(p)) && (line.contains(SECRET) || line.contains(INN_A))
}

/// The portal at work, and a folder with the scripts.
struct Stage {
    portal: Arc<Mutex<Portal>>,
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Stage {
    fn new(outcome: &Outcome, portal: Portal) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        write_all(outcome, folder.path(), folder.path()).unwrap();
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let portal = Arc::new(Mutex::new(portal));
        let (serving, state) = (Arc::clone(&server), Arc::clone(&portal));
        let thread = thread::spawn(move || {
            while let Ok(mut request) = serving.recv() {
                let mut text = String::new();
                request.as_reader().read_to_string(&mut text).unwrap();
                let path = request.url().to_owned();
                let method = path.strip_prefix(&format!("/rest/1/{SECRET}/")).expect("the webhook's path").to_owned();
                let body: Value = serde_json::from_str(&text).expect("a JSON body");
                let leaks = command_lines().into_iter().filter(|l| leaks(l));
                let mut state = state.lock().unwrap();
                state.leaks.extend(leaks);
                match state.answer(&method, &body) {
                    Reply::Json(status, value) => {
                        let _ = request.respond(Response::from_string(value.to_string()).with_status_code(status));
                    }
                    Reply::Empty(status) => {
                        let _ = request.respond(Response::from_string("").with_status_code(status));
                    }
                    // Not HTTP: curl gives up at once, as it does when the connection breaks.
                    Reply::Lost => {
                        let mut writer = request.into_writer();
                        let _ = writer.write_all(b"lost\r\n\r\n");
                        let _ = writer.flush();
                    }
                }
            }
        });
        Stage { portal, server, thread: Some(thread), folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let port = self.server.server_addr().to_ip().unwrap().port();
        let mut command = Command::new("bash");
        command
            .arg(self.folder.path().join("bitrix24.sh"))
            .args(arguments)
            .env("BITRIX24_WEBHOOK", format!("http://127.0.0.1:{port}/rest/1/{SECRET}/"))
            .env("BITRIX24_PAUSE", "0")
            .env_remove("http_proxy")
            .env("no_proxy", "*")
            .stdin(Stdio::null());
        command
    }

    /// Runs the script; its exit code and what it printed.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        assert!(!text.contains(SECRET), "the secret is printed");
        (status.code().unwrap_or(-1), text)
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("bitrix24-journal")
    }

    fn portal(&self) -> Portal {
        self.portal.lock().unwrap().clone()
    }

    fn change(&self, change: impl FnOnce(&mut Portal)) {
        change(&mut self.portal.lock().unwrap());
    }

    fn assert_no_leak(&self) {
        assert_eq!(self.portal().leaks, [""; 0], "a secret or a record value among process arguments");
        for file in [self.journal().join("journal.jsonl"), self.folder.path().join("bitrix24-plan.json")] {
            assert!(!fs::read_to_string(file).unwrap_or_default().contains(SECRET));
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Companies 1 ← 2, 3; contacts 11 ← 12; company 4 with an INN to fix, 4 ← 5.
fn outcome() -> Outcome {
    let person = |w: World, id| w.add(Side::Crm, Entity::Contact, &[(Field::Id, id), (Field::Name, "Петр Тестов")]);
    let mut w = World::new();
    for id in ["1", "2", "3"] {
        w = w.company(Side::Crm, [id, "ООО «Ромашка»", INN_A, KPP]);
    }
    w = w.company(Side::Crm, ["4", "ООО Лютик", "7799ОО2228", ""]).company(Side::Crm, ["5", "Лютик", INN_B, ""]);
    w = person(person(w, "11"), "12");
    w.cluster(&[crm(0), crm(1), crm(2)]).cluster(&[crm(3), crm(4)]).cluster(&[crm(5), crm(6)]).build()
}

/// The portal as it was when the data were exported.
fn portal() -> Portal {
    let mut p = Portal::default();
    for (id, title) in [(1, "ООО «Ромашка»"), (2, "Ромашка \"2\""), (3, "РОМАШКА")] {
        p.card(4, id, json!({ "ID": id.to_string(), "TITLE": title, "COMMENTS": "" }));
        p.requisite(100 + id, (4, id), INN_A, KPP);
    }
    p.cards.get_mut(&(4, 2)).unwrap()["COMMENTS"] = json!("Длинный текст. ".repeat(20_000));
    p.card(4, 4, json!({ "ID": "4", "TITLE": "ООО Лютик" }));
    p.requisite(104, (4, 4), "7799ОО2228", "");
    p.card(4, 5, json!({ "ID": "5", "TITLE": "Лютик" }));
    p.requisite(105, (4, 5), INN_B, "");
    for id in [11, 12] {
        p.card(3, id, json!({ "ID": id.to_string(), "NAME": "Петр" }));
    }
    p
}

/// The state that the plan aims at.
fn planned() -> (BTreeMap<Card, Value>, BTreeMap<u64, (Card, Value)>) {
    let mut p = portal();
    p.requisites.get_mut(&104).unwrap().1["RQ_INN"] = json!(INN_B);
    for (kind, ids) in [(4, vec![1, 2, 3]), (4, vec![4, 5]), (3, vec![11, 12])] {
        p.merge(&json!({ "entityTypeId": kind, "entityIds": ids }));
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
    let (code, text) = stage.run(&[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("готово 4, пропущено 0, конфликтов 0, ошибок 0"), "{text}");
    assert_eq!((stage.portal().state(), stage.portal().writes()), (portal().state(), 0));
    assert!(!stage.journal().exists());
    stage.assert_no_leak();
}

#[test]
fn apply_reaches_the_plan_and_a_second_apply_changes_nothing() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), portal());
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(stage.portal().state(), planned());
    for (card, file) in [("company", 1), ("company", 2), ("company", 3), ("company", 5), ("contact", 12)] {
        let text = fs::read_to_string(stage.journal().join(format!("before/{card}-{file}.json"))).unwrap();
        let before: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(before["record"], portal().cards[&(if card == "company" { 4 } else { 3 }, file)]);
    }
    let writes = stage.portal().writes();
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!((code, stage.portal().writes()), (0, writes), "{text}");
    assert_eq!(stage.portal().state(), planned());
    stage.assert_no_leak();
}

#[test]
fn refused_requests_and_lost_answers_end_in_the_same_state() {
    if !ready() {
        return;
    }
    let lost = vec!["crm.entity.mergeBatch", "crm.requisite.update"];
    for (refuse_every, lose_answers) in [(2, vec![]), (3, lost.clone()), (0, lost)] {
        let stage = Stage::new(&outcome(), Portal { refuse_every, lose_answers, ..portal() });
        let (code, text) = stage.run(&["--apply"]);
        assert_eq!(code, 0, "{text}");
        assert_eq!(stage.portal().state(), planned(), "{text}");
    }
}

/// A portal that cannot be read after a lost answer says nothing about the cards.
#[test]
fn an_unknown_end_is_no_success() {
    if !ready() {
        return;
    }
    let mut p = portal();
    p.lose_answers = vec!["crm.entity.mergeBatch"];
    p.dies_after_loss = true;
    let stage = Stage::new(&outcome(), p);
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("карточки объединены"), "{text}");
    stage.change(|p| {
        p.dead = false;
        p.lose_answers.clear();
    });
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("объединено до прерывания"), "{text}");
    assert_eq!(stage.portal().state(), planned());
}

#[test]
fn an_empty_answer_is_no_success() {
    if !ready() {
        return;
    }
    let stage = Stage::new(&outcome(), Portal { empty_answers: vec!["crm.requisite.update"], ..portal() });
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("ошибок 1"), "{text}");
    stage.change(|p| p.empty_answers.clear());
    assert_eq!(stage.run(&["--apply"]).0, 0);
}

#[test]
fn a_killed_run_is_finished_by_the_next() {
    if !ready() {
        return;
    }
    let mut stops = 0;
    for after in [3, 7, 9, 11, 14, 17, 20] {
        let stage = Stage::new(&outcome(), portal());
        let mut child = stage.command(&["--apply"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && stage.portal().calls.len() < after {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        stops += usize::from(stage.portal().state() != planned());
        // A line of the journal broken off in the middle.
        if let Ok(journal) = fs::read_to_string(stage.journal().join("journal.jsonl")) {
            fs::write(stage.journal().join("journal.jsonl"), journal + "{\"plan\":\"01").unwrap();
        }
        let (code, text) = stage.run(&["--apply"]);
        assert_eq!(code, 0, "killed after {after} calls: {text}");
        assert_eq!(stage.portal().state(), planned(), "killed after {after} calls: {text}");
    }
    assert!(stops > 0, "no run was stopped in time");
}

/// Runs a changed portal: it must stay as it is, but for what the other steps do.
fn left_alone(change: impl Fn(&mut Portal), cards: &[Card], says: &str) {
    let mut p = portal();
    change(&mut p);
    let before = p.clone();
    let stage = Stage::new(&outcome(), p);
    let (code, text) = stage.run(&["--apply"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(says), "{text}");
    for card in cards {
        assert_eq!(stage.portal().cards.get(card), before.cards.get(card), "{text}");
    }
    stage.assert_no_leak();
}

#[test]
fn a_conflict_is_left_to_a_person() {
    if !ready() {
        return;
    }
    let conflict = |p: &mut Portal| {
        p.cards.get_mut(&(4, 1)).unwrap()["INDUSTRY"] = json!("IT");
        p.cards.get_mut(&(4, 3)).unwrap()["INDUSTRY"] = json!("TRADE");
    };
    left_alone(conflict, &[(4, 1), (4, 2), (4, 3)], "/crm/company/merge/?id=1,2,3");
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
}

/// An export without INN proves nothing: the portal itself decides.
#[test]
fn without_inn_in_the_export_the_portal_decides() {
    if !ready() {
        return;
    }
    let card = |w: World, id| w.add(Side::Crm, Entity::Counterparty, &[(Field::Id, id), (Field::Name, "Ромашка")]);
    let outcome = card(card(World::new(), "1"), "2").cluster(&[crm(0), crm(1)]).build();
    for (inn, kpp, says, merged) in
        [(INN_A, KPP, "готово 1", true), (INN_B, KPP, "разные ИНН", false), (INN_A, "507843001", "разные КПП", false)]
    {
        let mut p = portal();
        p.requisite(102, (4, 2), inn, kpp);
        let stage = Stage::new(&outcome, p);
        let (code, text) = stage.run(&["--apply"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(says), "{text}");
        assert_eq!(!stage.portal().cards.contains_key(&(4, 2)), merged);
    }
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
    fs::write(stage.folder.path().join("bitrix24-plan.json"), "{\"fixes\": [").unwrap();
    assert_eq!(stage.run(&["--apply"]).0, 2);
    assert_eq!(stage.portal().calls.len(), 0);
}
