//! What every implementation of [`EventLog`] must pass. A test of an implementation calls [`check`] with a way to make a
//! log and to open it again.

use crate::error::AppendError;
use crate::{EventLog, Seal};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::leaf_hash;
use lika_tlog::tree::verify_inclusion;
use std::sync::Arc;

/// A log that can be closed and opened again.
pub trait Fixture {
    /// The log under test.
    type Log: EventLog;
    /// Opens the log, for the first time or again. The one opened before has been dropped.
    fn open(&mut self) -> Self::Log;
}

/// Runs the whole suite.
///
/// # Panics
/// Where the implementation breaks the contract.
#[allow(clippy::unwrap_used, clippy::panic, reason = "a suite of assertions")]
pub async fn check(mut fixture: impl Fixture) {
    let log = fixture.open();
    guards_hold(&log).await;
    sealed_entries_are_readable_and_proved(&log).await;
    let (size, entries) = (log.checkpoint().size, all(&log));
    log.sealed(size - 1).await.unwrap();
    drop(log);
    let log = fixture.open();
    assert_eq!(log.checkpoint().size, size, "what was sealed is there after a close");
    assert_eq!(all(&log), entries);
    let stale = log.append(village(1), None, Bytes::from_static(b"stale")).await;
    assert!(matches!(stale, Err(AppendError::Conflict { last: Some(_) })), "guards outlive a close");
    many_at_once(&log).await;
}

fn village(number: u64) -> Area {
    Area::from_code(130_624_100_200 + number).unwrap_or_else(|| unreachable!("a village code"))
}

#[allow(clippy::unwrap_used, reason = "a suite of assertions")]
fn all(log: &impl EventLog) -> Vec<Bytes> {
    let mut found = Vec::new();
    loop {
        let more = log.read(found.len() as Index, 100).unwrap();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// The expected entry must be the area's last, whatever other areas do; a refused append takes no index.
#[allow(clippy::unwrap_used, reason = "a suite of assertions")]
async fn guards_hold(log: &impl EventLog) {
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
    log.sealed(3).await.unwrap();
}

/// A seal covers the entry it was asked for, and proves every entry under it.
#[allow(clippy::unwrap_used, reason = "a suite of assertions")]
async fn sealed_entries_are_readable_and_proved(log: &impl EventLog) {
    let mut last = None;
    for n in 0..300 {
        last = Some(log.append(village(3), last, entry(3, n)).await.unwrap());
    }
    let index = last.unwrap();
    let seal = log.sealed(index).await.unwrap();
    assert!(seal.size > index);
    let entries = all(log);
    for (index, entry) in (0..seal.size).zip(&entries) {
        prove(log, &seal, index, entry);
    }
    assert!(log.proof(seal.size, seal.size).is_err());
    assert!(log.read(log.checkpoint().size, 10).unwrap().is_empty());
}

/// Many callers at once: every entry has its own index and each area keeps its order.
#[allow(clippy::unwrap_used, reason = "a suite of assertions")]
async fn many_at_once(log: &impl EventLog) {
    let from = log.checkpoint().size;
    let callers = (10..40).map(|caller| async move {
        let mut last = None;
        for n in 0..40 {
            last = Some(log.append(village(caller), last, entry(caller, n)).await.unwrap());
            log.sealed(last.unwrap()).await.unwrap();
        }
    });
    futures::future::join_all(callers).await;
    let entries = all(log).split_off(usize::try_from(from).unwrap());
    assert_eq!(entries.len(), 30 * 40);
    for caller in 10..40 {
        let own: Vec<_> =
            entries.iter().filter(|bytes| bytes[..8] == village(caller).code().to_be_bytes()).cloned().collect();
        assert_eq!(own, (0..40).map(|n| entry(caller, n)).collect::<Vec<_>>());
    }
}

#[allow(clippy::unwrap_used, reason = "a suite of assertions")]
fn prove(log: &impl EventLog, seal: &Arc<Seal>, index: Index, entry: &Bytes) {
    let proof = log.proof(index, seal.size).unwrap();
    verify_inclusion(&proof, index, seal.size, &leaf_hash(entry), &seal.root).unwrap();
}

/// The code of the entry's area in its first 8 bytes, then its number.
fn entry(area: u64, number: u64) -> Bytes {
    Bytes::from([village(area).code().to_be_bytes(), number.to_be_bytes()].concat())
}
