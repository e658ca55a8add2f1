//! A system behind HTTP that lives in this process, and a folder with the scripts that talk to it.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use sverka::cleanup::write_all;
use sverka::model::Lang;
use sverka::outcome::Outcome;
use tempfile::TempDir;
use tiny_http::{Response, Server};

use crate::world::INN_A;

pub struct Request {
    pub method: String,
    /// Path and query, not decoded.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

pub enum Reply {
    Json(u16, Value),
    /// A page that is no JSON.
    Page(u16, &'static str),
    /// The connection is closed without an answer.
    Lost,
}

/// A system with state. Everything that misbehaves is told by [`Faults`].
pub trait System: Clone + Send + 'static {
    /// Base name of its scripts.
    const SCRIPT: &'static str;
    /// Variables that its scripts read, for a server at this address.
    fn environment(address: &str) -> Vec<(&'static str, String)>;
    fn faults(&mut self) -> &mut Faults;
    /// Does the work. `true`: the request changes something.
    fn work(&mut self, request: &Request) -> (Reply, String, bool);
    /// What the system says when it is asked too often.
    fn refusal(&self) -> Reply;
}

pub const SECRET: &str = "s3cretc0dexyz";

/// How a system misbehaves, and what was asked of it.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Faults {
    /// Every n-th request is refused, 0: none.
    pub refuse_every: u64,
    /// Answers to calls whose name holds one of these get lost after the work is done.
    pub lose_answers: Vec<&'static str>,
    /// After a lost answer nothing is answered any more.
    pub dies_after_loss: bool,
    pub dead: bool,
    /// Calls with these in their name get an empty page and nothing is done.
    pub empty_answers: Vec<&'static str>,
    /// The next calls of such a name get this status, once each.
    pub fail_once: Vec<(&'static str, u16)>,
    pub seen: u64,
    /// Names of calls and whether they change something.
    pub calls: Vec<(String, bool)>,
    /// Command lines of running programs that held the secret or a value of a record.
    pub leaks: Vec<String>,
    /// The system met a request that it does not know.
    pub broken: bool,
    /// Seed of faults by chance, 0: none.
    pub dice: u64,
}

impl Faults {
    pub fn writes(&self) -> usize {
        self.calls.iter().filter(|(_, writes)| *writes).count()
    }
}

fn answer<S: System>(system: &mut S, request: &Request) -> Reply {
    let faults = system.faults();
    if faults.dead {
        return Reply::Lost;
    }
    faults.seen += 1;
    if faults.refuse_every > 0 && faults.seen.is_multiple_of(faults.refuse_every) {
        return system.refusal();
    }
    if let Some(at) = faults.fail_once.iter().position(|(name, _)| request.url.contains(name)) {
        let (_, status) = faults.fail_once.remove(at);
        return Reply::Page(status, "<html>502</html>");
    }
    let chance = if faults.dice == 0 { 0 } else { 1 + roll(&mut faults.dice) % 12 };
    match chance {
        1 | 2 => return system.refusal(),
        // Somewhere on the way: nothing was done.
        3 => return Reply::Page(503, "<html>503</html>"),
        4 => return Reply::Lost,
        _ => {}
    }
    if faults.empty_answers.iter().any(|name| request.url.contains(name)) {
        return Reply::Page(502, "");
    }
    let (reply, name, writes) = system.work(request);
    let faults = system.faults();
    let lost = matches!(chance, 5 | 6) || faults.lose_answers.iter().any(|n| name.contains(n));
    faults.calls.push((name, writes));
    if lost {
        faults.dead = faults.dies_after_loss;
        return Reply::Lost;
    }
    reply
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

/// The system at work, and a folder with the scripts.
pub struct Stage<S: System> {
    system: Arc<Mutex<S>>,
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    pub folder: TempDir,
}

impl<S: System> Stage<S> {
    pub fn new(outcome: &Outcome, system: S) -> Stage<S> {
        let folder = tempfile::tempdir().unwrap();
        write_all(outcome, folder.path(), folder.path()).unwrap();
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let system = Arc::new(Mutex::new(system));
        let (serving, state) = (Arc::clone(&server), Arc::clone(&system));
        let thread = thread::spawn(move || {
            while let Ok(mut request) = serving.recv() {
                let mut body = String::new();
                request.as_reader().read_to_string(&mut body).unwrap();
                let headers = request.headers().iter().map(|h| (h.field.to_string(), h.value.to_string())).collect();
                let asked =
                    Request { method: request.method().to_string(), url: request.url().to_owned(), headers, body };
                let leaks = command_lines().into_iter().filter(|l| leaks(l));
                let mut state = state.lock().unwrap();
                state.faults().leaks.extend(leaks);
                // A request that a test does not expect ends the script and then the test, not the server.
                let reply = panic::catch_unwind(AssertUnwindSafe(|| answer(&mut *state, &asked)));
                state.faults().broken |= reply.is_err();
                match reply.unwrap_or(Reply::Page(400, "")) {
                    Reply::Json(status, value) => {
                        let _ = request.respond(Response::from_string(value.to_string()).with_status_code(status));
                    }
                    Reply::Page(status, page) => {
                        let _ = request.respond(Response::from_string(page).with_status_code(status));
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
        Stage { system, server, thread: Some(thread), folder }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let port = self.server.server_addr().to_ip().unwrap().port();
        let mut command = Command::new("bash");
        command
            .arg(self.folder.path().join(format!("{}.sh", S::SCRIPT)))
            .args(arguments)
            .envs(S::environment(&format!("http://127.0.0.1:{port}")))
            .env_remove("http_proxy")
            .env("no_proxy", "*")
            .stdin(Stdio::null());
        command
    }

    /// Runs the script; its exit code and what it printed, which never holds the secret or a value of a record.
    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        assert!(!self.system().faults().broken, "an unexpected request, see above: {text}");
        assert!(!text.contains(SECRET), "the secret is printed");
        assert!(!text.contains(INN_A) && !text.contains("Ромашка"), "a value of a record is printed: {text}");
        (status.code().unwrap_or(-1), text)
    }

    /// [`Self::run`] that must end well.
    pub fn good(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, 0, "{text}");
        text
    }

    /// Starts the script and kills it after so many calls; whether it was still at work.
    pub fn killed_after(&self, arguments: &[&str], calls: usize) -> bool {
        let mut child: Child = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && self.system().faults().calls.len() < calls {
            thread::yield_now();
        }
        let running = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        child.wait().unwrap();
        // A line of the journal broken off in the middle.
        let journal = self.journal().join("journal.jsonl");
        if let Ok(text) = fs::read_to_string(&journal) {
            fs::write(&journal, text + "{\"plan\":\"01").unwrap();
        }
        running
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.path().join(format!("{}-journal", S::SCRIPT))
    }

    pub fn before(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.journal().join(format!("before/{name}.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The system as it is now.
    pub fn system(&self) -> S {
        self.system.lock().unwrap().clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut S)) {
        change(&mut self.system.lock().unwrap());
    }

    pub fn assert_no_leak(&self) {
        assert_eq!(self.system().faults().leaks, [""; 0], "a secret or a record value among process arguments");
        let plan = self.folder.path().join(format!("{}-plan.json", S::SCRIPT));
        let journal = fs::read_to_string(self.journal().join("journal.jsonl")).unwrap_or_default();
        assert!(!fs::read_to_string(plan).unwrap().contains(SECRET) && !journal.contains(SECRET));
        for value in [INN_A, "Ромашка", "Тестов"] {
            assert!(!journal.contains(value), "the journal holds {value}");
        }
        assert!(!self.journal().join("lock").exists(), "the lock is left behind");
    }
}

/// Requests are refused, fail and lose their answers by chance, and the script is killed in between: however the dice
/// fall, runs in a row end in the planned state, and one more changes nothing.
pub fn weathers_anything<S: System, T: PartialEq>(
    outcome: impl Fn() -> Outcome,
    system: impl Fn() -> S,
    state: impl Fn(&S) -> T,
    planned: &T,
    arguments: &[&str],
) {
    for seed in [1, 2, 3] {
        let stage = Stage::new(&outcome(), system());
        stage.change(|s| s.faults().dice = seed);
        let mut dice = seed;
        let mut runs = Vec::new();
        for run in 0..MOST_RUNS {
            if run % 3 == 1 {
                let calls = stage.system().faults().calls.len() + (roll(&mut dice) % 6) as usize;
                stage.killed_after(arguments, calls);
                continue;
            }
            let (code, text) = stage.run(arguments);
            runs.push(text);
            if code == 0 {
                break;
            }
        }
        let log = runs.concat();
        assert!(runs.last().is_some_and(|text| text.contains("ошибок 0")), "seed {seed}: {log}");
        assert!(state(&stage.system()) == *planned, "seed {seed}: {log}");
        stage.change(|s| s.faults().dice = 0);
        let writes = stage.system().faults().writes();
        stage.good(arguments);
        assert_eq!(stage.system().faults().writes(), writes, "seed {seed}");
        stage.assert_no_leak();
    }
}

/// A plan with one step that names no record is refused before its first step: nothing is asked and nothing is written down.
pub fn a_broken_step_stops_the_plan<S: System>(outcome: &Outcome, system: S, arguments: &[&str]) {
    let stage = Stage::new(outcome, system);
    let path = stage.folder.path().join(format!("{}-plan.json", S::SCRIPT));
    let mut plan: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let steps = plan["steps"].as_array_mut().unwrap();
    assert!(steps.len() > 1, "a sound step stands before it");
    let last = steps.last_mut().unwrap();
    let name = if last.get("keep").is_some() { "keep" } else { "id" };
    last[name] = json!("7 & x");
    fs::write(&path, plan.to_string()).unwrap();
    let (code, text) = stage.run(arguments);
    assert!(code == 2 && text.contains("План не читается: шаг без "), "{text}");
    assert_eq!(stage.system().faults().seen, 0, "{text}");
    assert!(!stage.journal().join("journal.jsonl").exists() && !stage.journal().join("lock").exists());
}

/// Runs until all is done; a run of bad luck longer than this does not come with these dice.
const MOST_RUNS: usize = 40;

/// Pseudo-random numbers (xorshift); never from 0.
fn roll(dice: &mut u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    *dice >> 20
}

fn russian(text: &str) -> bool {
    text.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c))
}

/// The script of a project in English does the same, says it in English, and goes on in the journal of its twin.
pub fn speaks_english<S: System, T: PartialEq>(
    outcome: impl Fn() -> Outcome,
    system: impl Fn() -> S,
    state: impl Fn(&S) -> T,
    arguments: &[&str],
) {
    let mut english = outcome();
    english.lang = Lang::En;
    let (one, other) = (Stage::new(&outcome(), system()), Stage::new(&english, system()));
    one.good(arguments);
    let said = other.good(&[]) + &other.good(arguments);
    assert!(!russian(&said) && said.contains("Total (apply): done"), "{said}");
    assert!(state(&one.system()) == state(&other.system()), "{said}");
    let journal = |stage: &Stage<S>| {
        let text = fs::read_to_string(stage.journal().join("journal.jsonl")).unwrap();
        let part = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            format!("{} {}", line["step"], line["status"])
        };
        text.lines().map(part).collect::<Vec<_>>()
    };
    assert_eq!(journal(&one), journal(&other));
    // The project changes its language: what was done stays done.
    write_all(&english, one.folder.path(), one.folder.path()).unwrap();
    let writes = one.system().faults().writes();
    one.good(arguments);
    assert_eq!(one.system().faults().writes(), writes);
    // The tag of amoCRM is the same in every language.
    let help = other.good(&["--help"]).replace("дубль", "");
    assert!(!russian(&other.good(&["--undo"])) && !russian(&help), "{help}");
}

impl<S: System> Drop for Stage<S> {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Percent-decoded text of a query or form; `+` is a space.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        bytes.push(match b {
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&hex, 16).expect("two hex digits")
            }
            b'+' => b' ',
            b => b,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Pairs of a query or form, decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| p.split_once('=').unwrap_or((p, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

pub fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|s| s.parse().ok())).unwrap_or(0)
}

/// An error object of Bitrix24.
pub fn fault(error: &str, text: &str) -> Value {
    json!({ "error": error, "error_description": text })
}
