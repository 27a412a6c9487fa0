//! A log recovers after a crash, and no published entry is lost.

use super::{audit, entry, filled, open, village};
use lika_eventlog::Sequencer;
use lika_eventlog::error::{AppendError, LogError};
use std::fs;

#[tokio::test]
async fn files_beyond_the_checkpoint_are_dropped() {
    let dir = filled(300).await;
    let log = dir.path().join("log");
    fs::create_dir_all(log.join("tile/entries/001.p")).unwrap();
    fs::write(log.join("tile/entries/001.p/99"), b"torn").unwrap();
    fs::write(log.join("tile/0/001"), b"torn").unwrap();
    assert_eq!(audit(dir.path()).unwrap().unsigned.len(), 2);
    let opened = open(dir.path()).unwrap();
    assert_eq!(opened.published().checkpoint().size, 300);
    drop(opened);
    assert!(audit(dir.path()).unwrap().unsigned.is_empty());
}

#[tokio::test]
async fn a_checkpoint_signed_and_not_published_is_published() {
    let dir = filled(300).await;
    let before = fs::read(dir.path().join("log/checkpoint")).unwrap();
    super::fill(dir.path(), 301).await;
    let after = fs::read(dir.path().join("log/checkpoint")).unwrap();
    fs::write(dir.path().join("log/checkpoint"), before).unwrap();
    assert_eq!(open(dir.path()).unwrap().published().checkpoint().size, 301);
    assert_eq!(fs::read(dir.path().join("log/checkpoint")).unwrap(), after);
}

#[tokio::test]
async fn an_interrupted_creation_can_be_repeated() {
    let dir = tempfile::tempdir().unwrap();
    lika_eventlog::tiles::TileLog::create(dir.path(), &super::key()).unwrap();
    fs::remove_file(dir.path().join("keys/log.skey")).unwrap();
    lika_eventlog::tiles::TileLog::create(dir.path(), &super::key()).unwrap();
    assert_eq!(open(dir.path()).unwrap().published().checkpoint().size, 0);
    audit(dir.path()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_stops_the_log_and_publishes_nothing() {
    let dir = filled(200).await;
    let log = open(dir.path()).unwrap();
    // A file in place of the next bundle's folder: the write fails as on a full disk.
    fs::remove_dir_all(dir.path().join("log/tile/entries/000.p")).unwrap();
    fs::write(dir.path().join("log/tile/entries/000.p"), b"").unwrap();
    let index = log.append(village(), None, entry(200)).await.unwrap();
    assert!(matches!(log.published().published(index).await, Err(LogError::Stopped(_))));
    assert!(matches!(log.published().stopped().await, LogError::Stopped(_)));
    let refused = log.append(village(), Some(index), entry(201)).await;
    assert!(matches!(refused, Err(AppendError::Log(LogError::Stopped(_)))));
    assert_eq!(log.published().checkpoint().size, 200);
}

#[tokio::test]
async fn closing_publishes_the_sequenced_entries() {
    let dir = filled(5).await;
    let log = open(dir.path()).unwrap();
    let mut last = None;
    for number in 5..900 {
        last = Some(log.append(village(), last, entry(number)).await.unwrap());
    }
    log.close();
    assert_eq!(log.published().checkpoint().size, 900);
    assert!(matches!(log.append(village(), last, entry(900)).await, Err(AppendError::Log(LogError::Closed))));
    drop(log);
    assert_eq!(open(dir.path()).unwrap().published().read(890, 100).unwrap().len(), 10);
}
