//! Shared by the tests: a node as a process, and officials who report to it.

pub(crate) mod browser;
pub(crate) mod county;
pub(crate) mod desk;
pub(crate) mod distributed;
pub(crate) mod network;
pub(crate) mod node;
pub(crate) mod pages;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary under test.
pub(crate) fn lika() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lika"));
    command.env_remove("LIKA_PASSPHRASE_FILE").env_remove("LIKA_HOME").env_remove("LIKA_URL").env("LIKA_LOG", "warn");
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    command
}

/// Runs the binary to its end.
pub(crate) fn run(words: &[&str]) -> Output {
    lika().args(words).output().unwrap()
}

/// Makes an empty log for Fuping county.
pub(crate) fn create_log(dir: &Path) {
    let made = run(&["log", "create", "--data", path(dir), "--origin", county::ORIGIN]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The exit code and both outputs, for messages of failed tests.
pub(crate) fn told(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("exit {:?}\n{out}\n{err}", output.status.code())
}

/// Every file below a folder, in order.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(next) = open.pop() {
        for item in std::fs::read_dir(next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
