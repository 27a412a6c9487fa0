//! A real browser, driven over its debugging pipe: Chromium, found on PATH or named by `LIKA_CHROMIUM`.

use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Names of the program.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// Longest wait for a page, in seconds; the machine may be busy with other tests.
const PAGE_SECONDS: u64 = 60;

/// A browser with one page open.
pub(crate) struct Browser {
    process: Child,
    to: File,
    from: BufReader<File>,
    next: u64,
    session: Value,
    _dir: TempDir,
}

impl Browser {
    /// Starts the browser, which prefers that language.
    ///
    /// # Panics
    /// If there is no Chromium: `apt-get install chromium` brings one.
    pub(crate) fn start(language: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (to, from) = (dir.path().join("to"), dir.path().join("from"));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        let mut shell = Command::new("sh");
        // The browser reads its orders from descriptor 3 and answers on 4.
        shell.args(["-c", "exec \"$0\" \"$@\" 3<\"$LIKA_TO\" 4>\"$LIKA_FROM\"", &program()]);
        shell.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]);
        shell.args(["--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"]);
        shell.arg(format!("--user-data-dir={}", dir.path().join("profile").display()));
        shell.arg(format!("--accept-lang={language}")).env("LIKA_TO", &to).env("LIKA_FROM", &from);
        let process = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let to = OpenOptions::new().write(true).open(&to).unwrap();
        let from = BufReader::new(File::open(&from).unwrap());
        let mut browser = Self { process, to, from, next: 0, session: Value::Null, _dir: dir };
        let target = browser.order("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        browser.session = browser.order("Target.attachToTarget", &attach)["sessionId"].clone();
        browser
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) {
        self.leaving(|browser| {
            browser.order("Page.navigate", &json!({ "url": url }));
        });
    }

    /// Does something that leads to another page, and waits until that is there.
    pub(crate) fn leaving(&mut self, act: impl FnOnce(&mut Self)) {
        self.run("window.lika_old = true");
        act(self);
        let begun = Instant::now();
        let there =
            "window.lika_old === undefined && document.readyState === 'complete' && location.href !== 'about:blank'";
        while self.run(there) != json!(true) {
            assert!(begun.elapsed().as_secs() < PAGE_SECONDS, "no page came after {}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses the button or follows the link that is called so.
    pub(crate) fn press(&mut self, name: &str) {
        let found = format!(
            "[...document.querySelectorAll('main button, main a, header button, header a, summary')]\
             .find(one => !one.matches('.unseen') && one.textContent.trim() === {})",
            json!(name)
        );
        assert!(self.run(&format!("!!({found})")) == json!(true), "there is no {name} in {}", self.text());
        self.leaving(|browser| drop(browser.run(&format!("({found}).click()"))));
    }

    /// Answers a field by its name.
    pub(crate) fn answer(&mut self, name: &str, value: &str) {
        let script = format!(
            "(() => {{ const all = [...document.getElementsByName({name})].filter(one => one.type !== 'hidden'); \
             if (!all.length) return false; \
             if (all[0].type !== 'radio' && all[0].type !== 'checkbox') \
             {{ all[0].value = {value}; return all[0].value === {value}; }} \
             const one = all.find(one => one.value === {value}); if (one) one.checked = true; return !!one; }})()",
            name = json!(name),
            value = json!(value)
        );
        assert!(self.run(&script) == json!(true), "{name} cannot be answered with {value} in {}", self.text());
    }

    /// Chooses a file for the field of that name.
    pub(crate) fn choose_file(&mut self, name: &str, path: &Path) {
        let page = self.order("DOM.getDocument", &json!({}))["root"]["nodeId"].clone();
        let selector = format!("input[name={name}]");
        let field = self.order("DOM.querySelector", &json!({"nodeId": page, "selector": selector}));
        assert!(field["nodeId"].as_u64().is_some_and(|id| id > 0), "there is no {name} in {}", self.text());
        self.order("DOM.setFileInputFiles", &json!({"files": [path], "nodeId": field["nodeId"]}));
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.order("Input.dispatchKeyEvent", &event);
        }
    }

    /// Types into whatever has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.order("Input.insertText", &json!({ "text": text }));
    }

    /// The visible text of the page.
    pub(crate) fn text(&mut self) -> String {
        self.run("document.body ? document.body.innerText : ''").as_str().unwrap_or_default().to_owned()
    }

    /// Expects a text on the page.
    pub(crate) fn shows(&mut self, words: &str) {
        let text = self.text();
        assert!(text.contains(words), "{words} expected in\n{text}");
    }

    /// The value of an expression.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let given = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let answer = self.order("Runtime.evaluate", &given);
        answer["result"].get("value").cloned().unwrap_or_default()
    }

    /// Sets the size of the window.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.order("Emulation.setDeviceMetricsOverride", &size);
    }

    /// A picture of the whole page, PNG in base64.
    pub(crate) fn picture(&mut self) -> String {
        let given = json!({"format": "png", "captureBeyondViewport": true});
        self.order("Page.captureScreenshot", &given)["data"].as_str().unwrap_or_default().to_owned()
    }

    /// Gives an order, and waits for its answer. An order that a page change interrupts has none.
    fn order(&mut self, method: &str, given: &Value) -> Value {
        self.next += 1;
        let mut order = json!({"id": self.next, "method": method, "params": given});
        if !self.session.is_null() {
            order["sessionId"] = self.session.clone();
        }
        self.to.write_all(format!("{order}\0").as_bytes()).unwrap();
        loop {
            let mut message = Vec::new();
            let read = self.from.read_until(0, &mut message).unwrap();
            assert!(read > 0, "the browser has ended");
            message.pop();
            let message: Value = serde_json::from_slice(&message).unwrap();
            if message["id"] == json!(self.next) {
                return message["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> String {
    if let Ok(named) = std::env::var("LIKA_CHROMIUM") {
        return named;
    }
    let runs = |name: &&&str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
    let found = PROGRAMS.iter().find(runs);
    (*found.unwrap_or_else(|| panic!("there is no Chromium: apt-get install chromium, or name one in LIKA_CHROMIUM")))
        .to_owned()
}
