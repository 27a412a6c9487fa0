//! The state a recorder decides on, and the way of a submission through it.

use crate::clock::Clock;
use crate::feed::{Feed, Recent};
use crate::replay::Fold;
use crate::submission::{Prepared, Receipt, SubmitError};
use crate::worker::{Ordered, Task, Worker};
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::official::Mode;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_eventlog::error::{Damage, LogError};
use lika_eventlog::tiles::TileLog;
use lika_eventlog::{EventLog, Seal};
use lika_tlog::key::VerifierKey;
use lika_tlog::leaf_hash;
use lika_tlog::proof::TlogProof;
use lika_tlog::tree::verify_inclusion;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Submissions that wait to be judged; further ones are told to come again.
const WAITING_MAX: usize = 8_192;

/// A log, the state it amounts to, and the one thread that adds to both.
///
/// The state may be ahead of what is sealed: it holds everything that has been ordered. Whoever shows it to somebody
/// waits for the seal of the last entry applied, or follows the [`Feed`], which gives sealed entries only.
pub struct Ledger {
    log: Arc<TileLog>,
    state: Arc<RwLock<State>>,
    recent: Arc<Recent>,
    clock: Clock,
    /// Gone once the ledger is closed.
    tasks: RwLock<Option<mpsc::Sender<Task>>>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

/// A ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The log cannot be opened.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The clock is driven, and the log was opened for production.
    #[error("a driven clock is allowed only in a log opened for testing")]
    DrivenClock,
}

impl Ledger {
    /// Opens the log in a folder, checking all of it, and folds it into a state on the way.
    ///
    /// # Errors
    /// [`OpenError::Log`] if the log does not open, [`OpenError::DrivenClock`] if the clock is not allowed.
    pub fn open(dir: &Path, clock: Clock, threads: usize) -> Result<Arc<Self>, OpenError> {
        let mut fold = Fold::default();
        let log =
            TileLog::open_with(dir, threads, lika_proto::convert::entry_area, crate::replay::decode, |entries| {
                fold.take(entries);
            })?;
        let (state, heads) = fold.into_parts();
        let production = state.jurisdiction.as_ref().is_some_and(|opened| opened.mode == Mode::Production);
        if clock.is_driven() && production {
            return Err(OpenError::DrivenClock);
        }
        let (log, state, recent) = (Arc::new(log), Arc::new(RwLock::new(state)), Arc::new(Recent::default()));
        let (tasks, receiver) = mpsc::channel(WAITING_MAX);
        let worker = Worker {
            log: log.clone(),
            state: state.clone(),
            recent: recent.clone(),
            clock: clock.clone(),
            heads,
            tasks: receiver,
        };
        let thread = std::thread::Builder::new().name("ledger".into()).spawn(move || worker.run());
        let thread = thread.map_err(|error| LogError::Io { path: dir.to_owned(), source: Arc::new(error) })?;
        Ok(Arc::new(Self {
            log,
            state,
            recent,
            clock,
            tasks: RwLock::new(Some(tasks)),
            worker: Mutex::new(Some(thread)),
        }))
    }

    /// Judges a submission and records it; resolves once its receipt holds. Sent again, it gives the first receipt.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it. After any other error it may have been recorded
    /// or not: sending it again tells.
    pub async fn submit(&self, prepared: Prepared) -> Result<Receipt, SubmitError> {
        let submission = prepared.submission.clone();
        let (reply, answer) = oneshot::channel();
        self.hand_over(Task { prepared, reply })?;
        match answer.await.unwrap_or(Err(SubmitError::Unavailable(LogError::Closed)))? {
            Ordered::New { index, entry } => self.receipt(index, Some(entry), false).await,
            Ordered::Before { index } => {
                let receipt = self.receipt(index, None, true).await?;
                same_submission(&receipt, &submission)?;
                Ok(receipt)
            }
        }
    }

    /// The receipt of an entry, once it is sealed.
    ///
    /// # Errors
    /// [`SubmitError::Unavailable`] if the log has stopped.
    pub async fn receipt(&self, index: Index, entry: Option<Bytes>, duplicate: bool) -> Result<Receipt, SubmitError> {
        let seal = self.log.sealed(index).await.map_err(SubmitError::Unavailable)?;
        let entry = match entry {
            Some(entry) => entry,
            None => self.entry(index).map_err(SubmitError::Unavailable)?,
        };
        let proof = self.prove(index, &entry, &seal).map_err(SubmitError::Unavailable)?;
        Ok(Receipt { index, entry, proof, duplicate })
    }

    /// What has been decided so far; ahead of what is sealed by at most what is being written.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read()
    }

    /// The log.
    pub fn log(&self) -> &Arc<TileLog> {
        &self.log
    }

    /// The node's time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key that checkpoints and receipts are verified with.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.log.verifier_key()
    }

    /// Sealed entries from `from` on.
    pub fn feed(&self, from: Index) -> Feed {
        let state = self.state.clone();
        let voids = Arc::new(move |index: Index| state.read().voids.binary_search(&index).is_ok());
        Feed::new(self.log.clone(), self.recent.clone(), voids, from)
    }

    /// Takes no more submissions, waits until what was ordered is sealed, and closes the log. Blocks meanwhile.
    pub fn close(&self) {
        self.tasks.write().take();
        if let Some(worker) = self.worker.lock().take() {
            // A worker that panicked has dropped whoever waited for it; the log is closed all the same.
            let _ = worker.join();
        }
        self.log.close();
    }

    /// A sealed entry.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] if there is none of that index.
    pub fn entry(&self, index: Index) -> Result<Bytes, LogError> {
        let size = self.log.checkpoint().size;
        self.log.read(index, 1)?.pop().ok_or(LogError::OutOfRange { index, size })
    }

    fn hand_over(&self, task: Task) -> Result<(), SubmitError> {
        let closed = || SubmitError::Unavailable(LogError::Closed);
        self.tasks.read().as_ref().ok_or_else(closed)?.try_send(task).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })
    }

    /// A receipt's text, checked as its holder will check it.
    fn prove(&self, index: Index, entry: &Bytes, seal: &Seal) -> Result<String, LogError> {
        let hashes = self.log.proof(index, seal.size)?;
        let faulty = |reason: String| Damage::new("tile", Some(index), reason);
        verify_inclusion(&hashes, index, seal.size, &leaf_hash(entry), &seal.root)
            .map_err(|error| faulty(format!("the proof does not hold: {error}")))?;
        let proof = TlogProof::new(index, hashes, &seal.signed).map_err(|error| faulty(error.to_string()))?;
        Ok(proof.to_string())
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close();
    }
}

/// A submission id names one submission for ever.
fn same_submission(receipt: &Receipt, submission: &Bytes) -> Result<(), SubmitError> {
    let same = lika_proto::convert::entry(receipt.index, &receipt.entry)
        .is_ok_and(|(_, signed)| signed.submission == *submission);
    let reused = || Rejection::of(Code::SubmissionIdReused, "id", format!("entry {}", receipt.index));
    if same { Ok(()) } else { Err(reused().into()) }
}
