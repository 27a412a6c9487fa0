//! An official at a desk: their own folder and the real binary.

use super::node::Node;
use super::{create_log, lika, path, told};
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// The village that the reports concern.
pub(crate) const VILLAGE: &str = "130624100201";
/// The administrator's number.
pub(crate) const ADMIN: &str = "10000001";

/// A log, its node, and the desk of its administrator.
pub(crate) struct Office {
    pub(crate) dir: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) node: Option<Node>,
    pub(crate) admin: Desk,
}

/// One official's folder, and the node they report to.
pub(crate) struct Desk {
    home: PathBuf,
    url: String,
}

/// Result of a command.
pub(crate) struct Ended(Output);

impl Office {
    /// A log that is served and opened for testing.
    pub(crate) fn open() -> Self {
        let office = Self::unopened();
        office.admin.run(&["open", "--area", "130624", "--name", "阜平县", "--testing"]).code(0);
        office
    }

    /// A log that is served and has no entry yet, and its administrator's key.
    pub(crate) fn unopened() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        create_log(&data);
        let node = Node::start(&data);
        let admin = Desk { home: dir.path().join("admin"), url: node.url() };
        let office = Self { dir, data, node: Some(node), admin };
        office.admin.run(&["key", "new", "office", "--official", ADMIN, "--no-passphrase"]).code(0);
        office
    }

    /// The same with a registered village.
    pub(crate) fn with_village() -> Self {
        let office = Self::open();
        let registered = json!({"name": "第一山村", "poor": true, "rural_households": 100, "rural_persons": 300});
        let event = json!({"happened": 20_160_101, "village_registered": registered});
        office.admin.submit(&office.file("village.json", &households(&[event]))).code(0);
        office
    }

    /// The desk of an official with a role and a key that is enrolled.
    pub(crate) fn enrol(&self, number: u32, role: &str, area: &str) -> Desk {
        let desk = self.stranger(&number.to_string());
        self.enrol_at(&desk, number, role, area);
        desk
    }

    /// The same for a desk that is there already.
    pub(crate) fn enrol_at(&self, desk: &Desk, number: u32, role: &str, area: &str) {
        desk.run(&["key", "new", "phone", "--official", &number.to_string(), "--no-passphrase"]).code(0);
        let shown = desk.json(&["key", "show", "phone"]);
        let public = shown["public_key"].as_str().unwrap();
        let number = number.to_string();
        let words = ["key", "enrol", public, "--official", &number, "--role", role, "--area", area, "--name", "李四"];
        self.admin.run(&words).code(0);
    }

    /// A desk without an enrolled key.
    pub(crate) fn stranger(&self, name: &str) -> Desk {
        Desk { home: self.dir.path().join(name), url: self.admin.url.clone() }
    }

    /// Writes a file.
    pub(crate) fn file(&self, name: &str, content: &Value) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    }

    /// Stops the node cleanly.
    pub(crate) fn stop(&mut self) {
        assert!(self.node.take().unwrap().stop().success());
    }

    /// Serves again, at another address.
    pub(crate) fn serve(&mut self) {
        let node = Node::start(&self.data);
        self.admin.url = node.url();
        self.node = Some(node);
    }
}

impl Desk {
    /// Runs the binary to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        Ended(self.command(words).output().unwrap())
    }

    /// The command, to be started.
    pub(crate) fn command(&self, words: &[&str]) -> std::process::Command {
        let mut lika = lika();
        lika.env("LIKA_HOME", &self.home).env("LIKA_URL", &self.url).args(words);
        lika
    }

    /// Starts the binary and leaves it running.
    pub(crate) fn start(&self, words: &[&str]) -> std::process::Child {
        let mut lika = self.command(words);
        lika.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    }

    /// The JSON output of a command, whatever its exit code.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        self.run(&[words, &["--json"]].concat()).json()
    }

    /// Submits a file.
    pub(crate) fn submit(&self, file: &Path) -> Ended {
        self.run(&["submit", path(file), "--yes"])
    }

    /// The node it reports to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its folder.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }
}

impl Ended {
    /// Expects an exit code.
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}", told(&self.0));
        self
    }

    /// Expects one of several exit codes.
    pub(crate) fn one_of(self, codes: &[i32]) -> Self {
        assert!(self.0.status.code().is_some_and(|code| codes.contains(&code)), "{}", told(&self.0));
        self
    }

    /// Expects a text on either output.
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(told(&self.0).contains(words), "{words} expected\n{}", told(&self.0));
        self
    }

    /// Expects that a text is on neither output.
    pub(crate) fn never_says(self, words: &str) -> Self {
        assert!(!told(&self.0).contains(words), "{words} not expected\n{}", told(&self.0));
        self
    }

    /// Everything on both outputs.
    pub(crate) fn told(&self) -> String {
        told(&self.0)
    }

    /// stdout as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap_or_else(|error| panic!("{error}\n{}", told(&self.0)))
    }

    /// stderr as one JSON object.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_slice(&self.0.stderr).unwrap_or_else(|error| panic!("{error}\n{}", told(&self.0)))
    }
}

/// A report of households' events in the village.
pub(crate) fn households(events: &[Value]) -> Value {
    json!({"area": VILLAGE, "households": {"events": events}})
}

/// A household of one person; the report gives it the temporary name `new-1`.
pub(crate) fn household(citizen_id: &str) -> Value {
    let member = json!({
        "number": 1, "relation": "RELATION_HEAD", "sex": "SEX_FEMALE", "birth_month": 195_803, "ethnicity": 1,
        "education": "EDUCATION_PRIMARY", "health": "HEALTH_HEALTHY", "labour": "LABOUR_ORDINARY",
        "private": {"name": "张三", "citizen_id": citizen_id}
    });
    let registered = json!({
        "attribute": "ATTRIBUTE_GENERAL", "standard": "STANDARD_NATIONAL", "main_cause": "CAUSE_ILLNESS",
        "private": {"address": "村东"}, "members": [member]
    });
    households(&[json!({"happened": 20_160_701, "household": "new-1", "household_registered": registered})])
}

/// A made-up citizen ID that passes its check: a woman born on a day of March 1958.
pub(crate) fn citizen_id(day: u32) -> String {
    let birth = Date::from_yyyymmdd(19_580_300 + day).unwrap();
    CitizenId::synthetic(901_624, birth, 122).unwrap().as_str().to_owned()
}

/// The same of a man: it passes its check and contradicts the facts of [`household`], which only the node finds.
pub(crate) fn contradicting_citizen_id() -> String {
    let birth = Date::from_yyyymmdd(19_580_307).unwrap();
    CitizenId::synthetic(901_624, birth, 123).unwrap().as_str().to_owned()
}
