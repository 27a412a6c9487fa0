//! Opening with a snapshot: the same state results, and faults in the snapshot or the log are found in the
//! background.

use lika_eventlog::error::LogError;
use lika_ledger::{Clock, Keeping, Ledger, digest};
use lika_testkit::county::{NOW_MS, VILLAGE};
use lika_testkit::device::{Device, sign};
use lika_testkit::events::profile;
use lika_testkit::log::{begin, create, submit};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// More than one bundle, so that an opening with a snapshot skips one.
const ENTRIES: u32 = 600;
const KEEPING: Keeping = Keeping { least: 1, every: 1 };
const SUM_BYTES: usize = 32;
/// Bytes before the last entries of the areas: name, program, size, root and two digests.
const HEAD_BYTES: usize = 8 + 32 + 8 + 3 * 32;
/// How long the background check may take, in seconds.
const CHECKED_WITHIN_S: u64 = 30;

fn open(dir: &Path) -> Arc<Ledger> {
    Ledger::open_keeping(dir, Clock::driven(NOW_MS), 2, KEEPING).unwrap()
}

/// A closed log with a snapshot, its digest, and the device that reports to it.
pub(crate) async fn kept() -> (TempDir, String, Device) {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    for number in 1..=ENTRIES {
        submit(&ledger, &sign(&mut admin, VILLAGE, profile(300 + number))).await.unwrap();
    }
    ledger.close();
    drop(ledger);
    let ledger = open(dir.path());
    let live = digest::hex(&ledger.state());
    ledger.close();
    assert!(snapshot(dir.path()).exists());
    (dir, live, admin)
}

fn snapshot(dir: &Path) -> std::path::PathBuf {
    dir.join("state.snapshot")
}

/// The file with another state, and with the digest and checksum of that state.
pub(crate) fn forged(whole: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| -> [u8; SUM_BYTES] { Sha256::digest(bytes).into() };
    let body = &whole[..whole.len() - SUM_BYTES];
    // The state begins where the rest of the file matches a digest before it; a name in the state is changed.
    let find = |what: &[u8]| body.windows(what.len()).position(|window| window == what).unwrap();
    let start = (0..body.len()).find(|start| body[..*start].windows(SUM_BYTES).any(|one| one == sum(&body[*start..])));
    let start = start.unwrap();
    let (digest_at, name_at) = (find(&sum(&body[start..])), find("第一山村".as_bytes()));
    let mut forged = body.to_vec();
    forged[name_at..name_at + 12].copy_from_slice("第二山村".as_bytes());
    let digest_of_state = sum(&forged[start..]);
    forged[digest_at..digest_at + SUM_BYTES].copy_from_slice(&digest_of_state);
    forged.extend(sum(&forged));
    forged
}

/// The file with another last entry of an area, and with digest and checksum to match.
fn forged_heads(whole: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| -> [u8; SUM_BYTES] { Sha256::digest(bytes).into() };
    let mut forged = whole[..whole.len() - SUM_BYTES].to_vec();
    let at = |digest: [u8; SUM_BYTES], body: &[u8]| body.windows(SUM_BYTES).position(|window| window == digest);
    let mut ends = HEAD_BYTES + 1..forged.len();
    let (digest_at, end) = ends.find_map(|end| Some((at(sum(&forged[HEAD_BYTES..end]), &forged)?, end))).unwrap();
    forged[end - 8] ^= 1;
    let digest = sum(&forged[HEAD_BYTES..end]);
    forged[digest_at..digest_at + SUM_BYTES].copy_from_slice(&digest);
    forged.extend(sum(&forged));
    forged
}

async fn stopped(ledger: &Ledger) -> LogError {
    tokio::time::timeout(Duration::from_secs(CHECKED_WITHIN_S), ledger.stopped()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_opened_on_a_snapshot_continues_like_one_that_read_the_whole_log() {
    let (dir, live, mut admin) = kept().await;
    let ledger = open(dir.path());
    assert_eq!(digest::hex(&ledger.state()), live);
    let report = sign(&mut admin, VILLAGE, profile(1_000));
    let receipt = submit(&ledger, &report).await.unwrap();
    assert!(!receipt.duplicate);
    assert!(submit(&ledger, &report).await.unwrap().duplicate);
    assert!(tokio::time::timeout(Duration::from_secs(2), ledger.stopped()).await.is_err(), "the check finds nothing");
    let live = digest::hex(&ledger.state());
    ledger.close();
    drop(ledger);
    std::fs::remove_file(snapshot(dir.path())).unwrap();
    assert_eq!(digest::hex(&open(dir.path()).state()), live);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_snapshot_stops_the_ledger_and_is_set_aside() {
    let (dir, live, _) = kept().await;
    let whole = std::fs::read(snapshot(dir.path())).unwrap();
    let forged = forged(&whole);
    std::fs::write(snapshot(dir.path()), forged).unwrap();
    let ledger = open(dir.path());
    assert_ne!(digest::hex(&ledger.state()), live, "the false snapshot is used at first");
    let told = stopped(&ledger).await.to_string();
    assert!(told.contains("state.snapshot") && told.contains("does not match the log"), "{told}");
    // No snapshot is written of a state that was found false.
    ledger.close();
    drop(ledger);
    assert!(!snapshot(dir.path()).exists() && dir.path().join("state.snapshot.refused").exists());
    assert_eq!(digest::hex(&open(dir.path()).state()), live);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_with_false_last_entries_stops_the_ledger() {
    let (dir, live, _) = kept().await;
    let whole = std::fs::read(snapshot(dir.path())).unwrap();
    std::fs::write(snapshot(dir.path()), forged_heads(&whole)).unwrap();
    let ledger = open(dir.path());
    assert_eq!(digest::hex(&ledger.state()), live);
    let told = stopped(&ledger).await.to_string();
    assert!(told.contains("state.snapshot") && told.contains("does not match the log"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_background_check_reads_the_entries_that_the_opening_skipped() {
    let (dir, ..) = kept().await;
    let bundle = dir.path().join("log/tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[1_000] ^= 4;
    std::fs::write(&bundle, bytes).unwrap();
    let ledger = open(dir.path());
    let LogError::Damaged(damage) = stopped(&ledger).await else { panic!("damage expected") };
    assert_eq!(damage.file, "tile/entries/000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_another_log_is_not_used() {
    let (dir, ..) = kept().await;
    let other = create();
    let (ledger, _) = begin(other.path()).await;
    let live = digest::hex(&ledger.state());
    ledger.close();
    drop(ledger);
    std::fs::copy(snapshot(dir.path()), snapshot(other.path())).unwrap();
    let ledger = open(other.path());
    assert_eq!((digest::hex(&ledger.state()), ledger.state().applied), (live, 2));
}
