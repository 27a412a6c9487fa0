//! The conformance suite: every implementation of [`Sequencer`] must pass it. A test calls [`check`] with a
//! [`Fixture`] that creates the log and opens it again.
//!
//! Its entries hold no submissions: each begins with the code of its area, which [`area_of`] reads.

use crate::county::{area, village_code};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_eventlog::error::AppendError;
use lika_eventlog::{Checkpoint, PublishedLog, Sequencer};
use lika_tlog::leaf_hash;
use lika_tlog::tree::verify_inclusion;
use std::sync::Arc;

/// A log that can be closed and opened again.
pub trait Fixture {
    /// The log under test.
    type Log: Sequencer;
    /// The published part of the log.
    fn published(log: &Self::Log) -> &PublishedLog;
    /// Opens the log, for the first time or again. Any log opened before has been dropped.
    fn open(&mut self) -> Self::Log;
}

/// Runs the whole suite.
///
/// # Panics
/// If the implementation breaks the contract.
pub async fn check<F: Fixture>(mut fixture: F) {
    let log = fixture.open();
    let published = F::published(&log);
    guards_hold(&log, published).await;
    published_entries_are_readable_and_proved(&log, published).await;
    let (size, entries) = (published.checkpoint().size, all(published));
    published.published(size - 1).await.unwrap();
    drop(log);
    let log = fixture.open();
    let published = F::published(&log);
    assert_eq!(published.checkpoint().size, size, "published entries are there after a close");
    assert_eq!(all(published), entries);
    let stale = log.append(village(1), None, Bytes::from_static(b"stale")).await;
    assert!(matches!(stale, Err(AppendError::Conflict { last: Some(_) })), "guards outlive a close");
    many_at_once(&log, published).await;
}

/// The area of an entry of the suite.
pub fn area_of(entry: &Bytes) -> Option<Area> {
    Area::from_code(u64::from_be_bytes(entry.get(..8)?.try_into().ok()?))
}

fn village(number: u64) -> Area {
    area(&village_code(number))
}

fn all(published: &PublishedLog) -> Vec<Bytes> {
    let mut found = Vec::new();
    loop {
        let more = published.read(found.len() as Index, 100).unwrap();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// `expected_last` must be the area's last entry, whatever other areas do; a refused append takes no index.
async fn guards_hold(log: &impl Sequencer, published: &PublishedLog) {
    let first = log.append(village(1), None, entry(1, 0)).await.unwrap();
    assert_eq!(first, 0);
    let other = log.append(village(2), None, entry(2, 0)).await.unwrap();
    assert_eq!(other, 1);
    let stale = log.append(village(1), None, entry(1, 9)).await;
    assert!(matches!(stale, Err(AppendError::Conflict { last: Some(0) })));
    let ahead = log.append(village(1), Some(1), entry(1, 9)).await;
    assert!(matches!(ahead, Err(AppendError::Conflict { last: Some(0) })));
    assert_eq!(log.append(village(1), Some(0), entry(1, 1)).await.unwrap(), 2);
    let large = log.append(village(1), Some(2), Bytes::from(vec![0; 65_536])).await;
    assert!(matches!(large, Err(AppendError::TooLarge { bytes: 65_536 })));
    assert_eq!(log.append(village(1), Some(2), Bytes::from(vec![1; 65_535])).await.unwrap(), 3);
    published.published(3).await.unwrap();
}

/// A checkpoint covers the entry it was asked for, and proves every entry under it.
async fn published_entries_are_readable_and_proved(log: &impl Sequencer, published: &PublishedLog) {
    let mut last = None;
    for n in 0..300 {
        last = Some(log.append(village(3), last, entry(3, n)).await.unwrap());
    }
    let index = last.unwrap();
    let checkpoint = published.published(index).await.unwrap();
    assert!(checkpoint.size > index);
    let entries = all(published);
    for (index, entry) in (0..checkpoint.size).zip(&entries) {
        prove(published, &checkpoint, index, entry);
    }
    assert!(published.proof(checkpoint.size, checkpoint.size).is_err());
    assert!(published.read(published.checkpoint().size, 10).unwrap().is_empty());
}

/// Many callers at once: every entry has its own index and each area keeps its order.
async fn many_at_once(log: &impl Sequencer, published: &PublishedLog) {
    let from = published.checkpoint().size;
    let callers = (10..40).map(|caller| async move {
        let mut last = None;
        for n in 0..40 {
            last = Some(log.append(village(caller), last, entry(caller, n)).await.unwrap());
            published.published(last.unwrap()).await.unwrap();
        }
    });
    futures::future::join_all(callers).await;
    let entries = all(published).split_off(usize::try_from(from).unwrap());
    assert_eq!(entries.len(), 30 * 40);
    for caller in 10..40 {
        let own: Vec<_> =
            entries.iter().filter(|bytes| bytes[..8] == village(caller).code().to_be_bytes()).cloned().collect();
        assert_eq!(own, (0..40).map(|n| entry(caller, n)).collect::<Vec<_>>());
    }
}

fn prove(published: &PublishedLog, checkpoint: &Arc<Checkpoint>, index: Index, entry: &Bytes) {
    let proof = published.proof(index, checkpoint.size).unwrap();
    verify_inclusion(&proof, index, checkpoint.size, &leaf_hash(entry), &checkpoint.root).unwrap();
}

/// The code of the entry's area in its first 8 bytes, then its number.
fn entry(area: u64, number: u64) -> Bytes {
    Bytes::from([village(area).code().to_be_bytes(), number.to_be_bytes()].concat())
}
