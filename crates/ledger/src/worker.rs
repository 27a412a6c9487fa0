//! The one thread that judges submissions. It takes those that wait as one batch, checks their signatures together,
//! and then decides them one after the other, each on the state its forerunner left.

use crate::clock::Clock;
use crate::feed::{Recent, Recorded};
use crate::signature::{self, Signed};
use crate::submission::{Prepared, SubmitError};
use bytes::Bytes;
use futures::FutureExt;
use lika_domain::admit::admit;
use lika_domain::area::Area;
use lika_domain::evolve::evolve;
use lika_domain::ids::Index;
use lika_domain::official::OfficialKind;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::{Entry, Events, Submission};
use lika_eventlog::EventLog;
use lika_eventlog::error::LogError;
use lika_eventlog::tiles::TileLog;
use lika_proto::convert::{ENTRY_BYTES_MAX, encode_entry};
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most submissions judged as one batch.
const BATCH_MAX: usize = 512;
/// How long a batch of more than one submission waits for those right behind it. Signatures checked together cost less
/// than half of what they cost one by one; a client on its own never waits.
const GATHER: Duration = Duration::from_micros(500);

/// A submission on its way, and who waits for it.
pub(crate) struct Task {
    pub(crate) prepared: Prepared,
    pub(crate) reply: oneshot::Sender<Result<Ordered, SubmitError>>,
}

/// Where a submission stands in the log.
pub(crate) enum Ordered {
    /// It was put there now.
    New { index: Index, entry: Bytes },
    /// An entry with its id is there.
    Before { index: Index },
}

/// What the thread works on.
pub(crate) struct Worker {
    pub(crate) log: Arc<TileLog>,
    pub(crate) state: Arc<RwLock<State>>,
    pub(crate) recent: Arc<Recent>,
    pub(crate) clock: Clock,
    /// Last entry of each area that the state has applied: what an append is guarded with.
    pub(crate) heads: BTreeMap<Area, Index>,
    pub(crate) tasks: mpsc::Receiver<Task>,
}

/// What is known of a submission's signature before it is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Bad,
    /// Its key was not known when the batch was looked through; one before it may enrol the key.
    Unknown,
}

impl Worker {
    /// Works until the ledger is dropped.
    pub(crate) fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.tasks.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            self.gather(&mut batch);
            let verdicts = self.verdicts(&batch);
            for (task, verdict) in batch.drain(..).zip(verdicts) {
                let outcome = self.decide(task.prepared, verdict);
                // Who no longer waits has gone away; what was recorded stays recorded.
                let _ = task.reply.send(outcome);
            }
        }
    }

    /// Under load, lets a batch grow for a moment.
    fn gather(&mut self, batch: &mut Vec<Task>) {
        if (2..BATCH_MAX).contains(&batch.len()) {
            std::thread::sleep(GATHER);
            let more = std::iter::from_fn(|| self.tasks.try_recv().ok());
            batch.extend(more.take(BATCH_MAX - batch.len()));
        }
    }

    fn verdicts(&self, batch: &[Task]) -> Vec<Verdict> {
        let state = self.state.read();
        let signed: Vec<Option<Signed>> = batch.iter().map(|task| signed(&state, &task.prepared)).collect();
        drop(state);
        let known: Vec<Signed> = signed.iter().flatten().cloned().collect();
        let mut good = signature::verify(&known).into_iter();
        let verdict = |known: &Option<Signed>| match known {
            None => Verdict::Unknown,
            Some(_) if good.next().unwrap_or(false) => Verdict::Good,
            Some(_) => Verdict::Bad,
        };
        signed.iter().map(verdict).collect()
    }

    fn decide(&mut self, prepared: Prepared, verdict: Verdict) -> Result<Ordered, SubmitError> {
        let state = self.state.clone();
        let state = state.read();
        let good = match verdict {
            Verdict::Unknown => signed(&state, &prepared).map(|signed| signature::verify(&[signed]) == [true]),
            known => Some(known == Verdict::Good),
        };
        let key = prepared.parsed.key;
        match good {
            None => return Err(Rejection::of(Code::KeyUnknown, "key", key.to_string()).into()),
            Some(false) => return Err(Rejection::of(Code::SignatureInvalid, "signature", key.to_string()).into()),
            Some(true) => {}
        }
        if let Some(index) = state.submissions.get(&prepared.parsed.id) {
            return Ok(Ordered::Before { index: *index });
        }
        let (entry, bytes) = self.entry(&state, prepared)?;
        admit(&state, &entry)?;
        drop(state);
        self.record(entry, bytes)
    }

    /// The entry as it will stand in the log.
    fn entry(&self, state: &State, prepared: Prepared) -> Result<(Entry, Bytes), Rejection> {
        let last = state.villages.get(&prepared.parsed.area).map_or(0, |village| village.head.recorded_at);
        // A clock that was set back does not stop a village: its time stands still until the clock has caught up.
        let recorded_at = self.clock.now_ms().max(last);
        let Prepared { submission, signature, parsed, tags } = prepared;
        let bytes = Bytes::from(encode_entry(&submission, &signature, recorded_at, state.applied, &tags));
        if bytes.len() > ENTRY_BYTES_MAX {
            let detail = format!("{} bytes, at most {ENTRY_BYTES_MAX}", bytes.len());
            return Err(Rejection::of(Code::EntryTooLarge, "entry", detail));
        }
        let hash = Sha256::digest(&submission).into();
        let entry = Entry { index: state.applied, submission: parsed, hash, recorded_at, basis: state.applied, tags };
        Ok((entry, bytes))
    }

    fn record(&mut self, entry: Entry, bytes: Bytes) -> Result<Ordered, SubmitError> {
        let area = entry.submission.area;
        let appended = self.log.append(area, self.heads.get(&area).copied(), bytes.clone());
        // The embedded log orders at once; it never leaves this pending.
        let index = appended.now_or_never().unwrap_or_else(|| Err(LogError::Closed.into()))?;
        if index != entry.index {
            return Err(SubmitError::Unavailable(LogError::OutOfRange { index, size: entry.index }));
        }
        self.heads.insert(area, index);
        evolve(&mut self.state.write(), &entry);
        self.recent.push(Arc::new(Recorded { entry, void: false, bytes: bytes.len() }));
        Ok(Ordered::New { index, entry: bytes })
    }
}

/// The submission with the public key it must be signed by; `None` if nobody has enrolled that key.
fn signed(state: &State, prepared: &Prepared) -> Option<Signed> {
    let key = public_key(state, &prepared.parsed)?;
    Some(Signed { key, signature: prepared.signature, submission: prepared.submission.clone() })
}

/// The public key of a submission; that of entry 0 is in the submission itself.
pub(crate) fn public_key(state: &State, submission: &Submission) -> Option<[u8; 32]> {
    if let Some(key) = state.keys.get(&submission.key) {
        return Some(key.bytes);
    }
    let Events::Officials(events) = &submission.events else { return None };
    match events.first().map(|event| &event.kind) {
        Some(OfficialKind::JurisdictionOpened(opened)) if state.jurisdiction.is_none() => Some(opened.key.bytes),
        _ => None,
    }
}
