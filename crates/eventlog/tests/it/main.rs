//! The embedded log in use: closed and opened again, damaged, cut off, copied back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod crash;
mod damage;
mod jetstream;

use bytes::Bytes;
use lika_domain::area::Area;
use lika_eventlog::error::LogError;
use lika_eventlog::tiles::TileLog;
use lika_eventlog::verify::{self, Checked, Folder};
use lika_eventlog::{Checkpoint, PublishedLog, Sequencer};
use lika_testkit::conformance::{self, Fixture, area_of};
use lika_testkit::county::{VILLAGE, area};
use lika_testkit::log::{create, key};
use lika_tlog::key::VerifierKey;
use std::path::Path;
use tempfile::TempDir;

struct InFolder {
    dir: TempDir,
}

impl Fixture for InFolder {
    type Log = TileLog;
    fn published(log: &Self::Log) -> &PublishedLog {
        log.published()
    }
    fn open(&mut self) -> TileLog {
        if !self.dir.path().join("log.vkey").exists() {
            TileLog::create(self.dir.path(), &key()).unwrap();
        }
        open(self.dir.path()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_log_keeps_the_contract() {
    conformance::check(InFolder { dir: tempfile::tempdir().unwrap() }).await;
}

#[tokio::test]
async fn a_second_process_is_refused_and_a_second_log_too() {
    let dir = filled(3).await;
    let log = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(LogError::Locked(_))));
    drop(log);
    assert!(matches!(TileLog::create(dir.path(), &key()), Err(LogError::Exists(_))));
    assert!(matches!(open(tempfile::tempdir().unwrap().path()), Err(LogError::Missing(_))));
}

fn verifier() -> VerifierKey {
    key().verifier().clone()
}

fn open(dir: &Path) -> Result<TileLog, LogError> {
    TileLog::open(dir, 2, area_of)
}

fn village() -> Area {
    area(VILLAGE)
}

/// Entries of a few dozen bytes, all different.
fn entry(number: u64) -> Bytes {
    Bytes::from(format!("entry {number} {}", "x".repeat(usize::try_from(number % 30).unwrap())))
}

/// A log of `size` entries, published in batches of changing size.
async fn filled(size: u64) -> TempDir {
    let dir = create();
    fill(dir.path(), size).await;
    dir
}

async fn fill(dir: &Path, size: u64) {
    let log = open(dir).unwrap();
    for number in log.published().checkpoint().size..size {
        // These entries name no area, so each open starts without guards.
        let last = log.append(village(), None, entry(number)).await;
        let last = match last {
            Err(lika_eventlog::error::AppendError::Conflict { last }) => {
                log.append(village(), last, entry(number)).await
            }
            other => other,
        };
        if number % 37 == 0 || number + 1 == size {
            log.published().published(last.unwrap()).await.unwrap();
        }
    }
}

fn checkpoint(dir: &Path) -> Result<Checkpoint, LogError> {
    verify::checkpoint(&Folder(dir.join("log")), &verifier())
}

/// Checks a folder as an auditor does.
fn audit(dir: &Path) -> Result<Checked, LogError> {
    verify::log(&Folder(dir.join("log")), &checkpoint(dir)?, 2, |_| (), |()| ())
}
