//! The page in a real Chromium, driven through its protocol over two named pipes.
#![cfg(unix)]

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use sverka::model::Lang;
use sverka::report::{html, model};

use crate::report_html::{HOSTILE, hostile, sample};
use crate::tools;

/// A loaded machine starts a browser slowly; a hung one must not hang the tests.
const PATIENCE: Duration = Duration::from_secs(90);

struct Browser {
    process: Child,
    to: File,
    from: Receiver<Value>,
    events: VecDeque<Value>,
    last: u64,
    session: Option<String>,
}

impl Browser {
    fn start(folder: &Path) -> Browser {
        let (to, from) = (folder.join("to"), folder.join("from"));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        // Chromium speaks on descriptors 3 and 4; a shell hands them over, which std cannot do safely.
        let run = "exec chromium --headless --no-sandbox --disable-gpu --no-first-run --remote-debugging-pipe \
                   --user-data-dir=\"$1\" about:blank 3<\"$2\" 4>\"$3\"";
        let process = Command::new("sh")
            .args(["-c", run, "sh"])
            .args([folder.join("profile"), to.clone(), from.clone()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = OpenOptions::new().write(true).open(to).unwrap();
        let answers = BufReader::new(File::open(from).unwrap());
        let (send, from) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0) {
                let Ok(message) = message else { return };
                let message = serde_json::from_slice(&message).unwrap();
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Browser { process, to, from, events: VecDeque::new(), last: 0, session: None };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        loop {
            let answer = self.from.recv_timeout(PATIENCE).unwrap_or_else(|e| panic!("{method}: {e}"));
            if answer["id"] == json!(self.last) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": url}));
        while !self.events.iter().any(|e| e["method"] == "Page.loadEventFired") {
            let event = self.from.recv_timeout(PATIENCE).unwrap();
            self.events.push_back(event);
        }
        self.events.retain(|e| e["method"] != "Page.loadEventFired");
    }

    fn eval(&mut self, expression: &str) -> Value {
        let answer = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    fn screen(&mut self, width: u32, height: u32, scheme: &str) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// Errors and messages of the page, and addresses it asked for beside itself.
    fn complaints(&mut self) -> Vec<String> {
        // An answer to a call proves that the events before it have arrived.
        self.eval("1");
        let mut out = Vec::new();
        for event in self.events.drain(..) {
            match event["method"].as_str().unwrap_or("") {
                "Runtime.exceptionThrown"
                | "Runtime.consoleAPICalled"
                | "Log.entryAdded"
                | "Page.javascriptDialogOpening" => {
                    out.push(event.to_string());
                }
                "Network.requestWillBeSent" => {
                    let url = event["params"]["request"]["url"].as_str().unwrap_or("").to_owned();
                    if !url.starts_with("file:") && !url.starts_with("data:") && url != "about:blank" {
                        out.push(url);
                    }
                }
                _ => {}
            }
        }
        out
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn save(folder: &Path, name: &str, page: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, page).unwrap();
    format!("file://{}", path.display())
}

#[test]
fn the_page_works_in_a_browser() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = sample("trade", Lang::Ru);
    let report = model::build(&outcome);
    let url = save(folder.path(), "report.html", &html::render(&report).unwrap());
    let mut b = Browser::start(folder.path());
    b.screen(1400, 900, "light");
    b.open(&url);
    assert_eq!(b.complaints(), [""; 0]);

    // The numbers a reader sees are those of the model.
    let tiles = b.eval("Array.from(document.querySelectorAll('.tile .value'), e => e.textContent)");
    let expected: Vec<&str> = report.page().tiles.iter().map(|t| t.value.as_str()).collect();
    assert_eq!(tiles, json!(expected));
    let counts = b.eval("Array.from(document.querySelectorAll('.card > summary .count'), e => e.textContent)");
    let expected: Vec<&str> = report.page().findings.cards.iter().map(|c| c.count.as_str()).collect();
    assert_eq!(counts, json!(expected));
    assert_eq!(b.eval("document.querySelector('h1').textContent.slice(1)"), json!(report.page().verdict.headline));

    // Search by typing.
    let visible = "document.querySelectorAll('#drift-pairs-grid tbody tr:not([hidden])').length";
    let all = b.eval(visible).as_u64().unwrap();
    assert_eq!(all as usize, report.page().drift.rows.len());
    b.eval("document.querySelector('#drift-pairs-grid input').focus()");
    b.call("Input.insertText", json!({"text": "телефон РАЗЛИЧ"}));
    let found = report.page().drift.rows.iter().filter(|row| {
        let text = row.iter().map(|c| c.text.to_lowercase()).collect::<String>();
        text.contains("телефон") && text.contains("различ")
    });
    let found = found.count();
    assert!(found > 0 && found < all as usize);
    assert_eq!(b.eval(visible), json!(found));
    let status = b.eval("document.querySelector('#drift-pairs-grid [role=status]').textContent");
    assert_eq!(status, json!(format!("строк: {found} из {all}")));
    for kind in ["keyDown", "keyUp"] {
        b.call("Input.dispatchKeyEvent", json!({"type": kind, "key": "Escape", "code": "Escape"}));
    }
    assert_eq!(b.eval(visible), json!(all), "Escape clears the search");

    // Sort by the number of the pair, up and down.
    let pairs =
        "Array.from(document.querySelectorAll('#drift-pairs-grid tbody tr'), r => Number(r.cells[0].dataset.v))";
    let mut sorted: Vec<u64> = b.eval(pairs).as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
    assert!(!sorted.is_sorted());
    sorted.sort_unstable();
    b.eval("document.querySelector('#drift-pairs-grid th button').click()");
    assert_eq!(b.eval(pairs), json!(sorted));
    assert_eq!(b.eval("document.querySelector('#drift-pairs-grid th').ariaSort"), json!("ascending"));
    sorted.reverse();
    b.eval("document.querySelector('#drift-pairs-grid th button').click()");
    assert_eq!(b.eval(pairs), json!(sorted));

    // A deep link opens a folded card.
    let folded = report.page().findings.cards.iter().find(|c| c.severity == "предупреждение").unwrap();
    assert_eq!(b.eval(&format!("document.getElementById('{}').open", folded.id)), json!(false));
    b.open("about:blank");
    b.open(&format!("{url}#{}", folded.id));
    assert_eq!(b.eval(&format!("document.getElementById('{}').open", folded.id)), json!(true));
    let top = b.eval(&format!("document.getElementById('{}').getBoundingClientRect().top", folded.id));
    assert!(top.as_f64().unwrap().abs() < 900.0, "{top}");
    let passed = &report.page().findings.passed[0];
    b.eval(&format!("location.hash = '#{}'", passed.id));
    b.eval("window.dispatchEvent(new HashChangeEvent('hashchange'))");
    assert_eq!(b.eval("document.getElementById('passed').open"), json!(true));

    // Dark, and as wide as a phone.
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = b.eval(ground);
    b.screen(360, 740, "dark");
    assert_ne!(b.eval(ground), light);
    assert_eq!(b.eval("document.documentElement.scrollWidth"), json!(360));

    // Paper.
    let pdf = b.call("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": true}));
    assert!(pdf["data"].as_str().unwrap().starts_with("JVBERi"), "a PDF begins with %PDF-");
    assert_eq!(b.complaints(), [""; 0]);

    // The policy holds: a script that is not ours does not run.
    b.eval("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.bad = 1'}))");
    assert_eq!(b.eval("typeof window.bad"), json!("undefined"));
}

#[test]
fn hostile_values_do_nothing_in_a_browser() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let report = model::build(&outcome);
    let url = save(folder.path(), "hostile.html", &html::render(&report).unwrap());
    let mut b = Browser::start(folder.path());
    b.screen(360, 740, "light");
    b.open(&url);
    assert_eq!(b.complaints(), [""; 0]);
    assert!(b.eval("document.title").as_str().unwrap().contains(HOSTILE[0]));
    assert_eq!(b.eval("document.images.length + document.scripts.length"), json!(1));
    assert_eq!(b.eval("document.documentElement.scrollWidth"), json!(360));
    let cell = b.eval("document.querySelector('#cp-test-firing tbody td:nth-child(4)').textContent");
    assert_eq!(cell, json!(HOSTILE[0]));
}
