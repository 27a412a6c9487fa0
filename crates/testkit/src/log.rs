//! A log in a folder, and the ledger that judges what it records.

use crate::county::{NOW_MS, ORIGIN, VILLAGE, area};
use crate::device::{admin, sign};
use crate::events::{opening, village};
use crate::rules::{Expected, expected};
use bytes::Bytes;
use lika_client::Device;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_eventlog::Sequencer;
use lika_eventlog::tiles::TileLog;
use lika_ledger::{Clock, Ledger, Receipt, Received, SubmitError, prepare};
use lika_proto::convert;
use lika_proto::v1;
use lika_tlog::SigningKey;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Threads that read a log when it is opened.
const THREADS: usize = 2;

/// The key of the log's checkpoints.
pub fn key() -> SigningKey {
    SigningKey::new(ORIGIN.parse().unwrap(), [9; 32])
}

/// An empty log in a folder that is deleted when it is dropped.
pub fn create() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    TileLog::create(dir.path(), &key()).unwrap();
    dir
}

/// The ledger of a log; everything in it is recorded at [`NOW_MS`].
pub fn open(dir: &Path) -> Arc<Ledger> {
    Ledger::open(dir, Clock::driven(NOW_MS), THREADS).unwrap()
}

/// A ledger of an opened log with [`VILLAGE`], and the administrator's device.
pub async fn begin(dir: &Path) -> (Arc<Ledger>, Device) {
    let (ledger, mut admin) = (open(dir), admin());
    let opening = opening(&admin);
    submit(&ledger, &sign(&mut admin, crate::county::COUNTY, opening)).await.unwrap();
    submit(&ledger, &sign(&mut admin, VILLAGE, village("第一山村"))).await.unwrap();
    (ledger, admin)
}

/// Submits as the service of the events does, but without opening sealed data.
pub async fn submit(ledger: &Ledger, signed: &v1::SignedSubmission) -> Result<Receipt, SubmitError> {
    let received = Received::from(signed.clone());
    let service = received.service();
    ledger.submit(prepare(received, service)?).await
}

/// Appends an entry to a log that no ledger has open, so that the entry is not judged. Returns its index when it is
/// published.
pub async fn append(dir: &Path, place: &str, entry: Bytes) -> Index {
    let log = TileLog::open(dir, THREADS, convert::entry_area).unwrap();
    let last = match log.append(area(place), Some(Index::MAX), entry.clone()).await {
        Err(lika_eventlog::error::AppendError::Conflict { last }) => last,
        other => panic!("no log is that long: {other:?}"),
    };
    let index = log.append(area(place), last, entry).await.unwrap();
    log.published().published(index).await.unwrap();
    index
}

/// The refusal of a submission.
pub fn refusal(outcome: Result<Receipt, SubmitError>) -> Rejection {
    match outcome {
        Err(SubmitError::Rejected(rejection)) => rejection,
        other => panic!("a refusal expected, got {other:?}"),
    }
}

/// The code of the first problem of a refusal.
pub fn code(outcome: Result<Receipt, SubmitError>) -> Code {
    refusal(outcome).code()
}

/// Every problem of a refusal.
pub fn problems(outcome: Result<Receipt, SubmitError>) -> Vec<Expected> {
    expected(refusal(outcome))
}
