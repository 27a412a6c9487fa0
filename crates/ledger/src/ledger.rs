//! The state a recorder decides on, and the way of a submission through it.

use crate::apart::{Apart, Applied, Job};
use crate::clock::Clock;
use crate::feed::{Feed, Recent};
use crate::judge::{Ordered, Task};
use crate::keeper::{self, Heads, Keeper, Keeping, spawn};
use crate::replay::Fold;
use crate::snapshot::{self, Head, Snapshot};
use crate::submission::{Prepared, Receipt, SubmitError};
use crate::worker::Worker;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::official::Mode;
use lika_domain::state::State;
use lika_eventlog::error::{Damage, LogError};
use lika_eventlog::jetstream::{Config, JetStreamLog};
use lika_eventlog::tiles::TileLog;
use lika_eventlog::{EventLog, Known, Seal};
use lika_tlog::key::VerifierKey;
use lika_tlog::leaf_hash;
use lika_tlog::proof::TlogProof;
use lika_tlog::tree::verify_inclusion;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

/// Submissions that wait to be judged; further ones are told to come again.
const WAITING_MAX: usize = 8_192;

/// A log, the state it amounts to, and the one thread that adds to both.
///
/// The state may be ahead of what is sealed: it holds everything that has been ordered. Whoever shows it to somebody
/// waits for the seal of the last entry applied, or follows the [`Feed`], which gives sealed entries only.
pub struct Ledger {
    log: Arc<dyn EventLog>,
    state: Arc<RwLock<State>>,
    recent: Arc<Recent>,
    clock: Clock,
    /// What orders the log, if that is not this process.
    apart: Option<(Arc<JetStreamLog>, Arc<Applied>)>,
    /// Gone once the ledger is closed.
    tasks: RwLock<Option<Tasks>>,
    worker: Mutex<Option<JoinHandle<()>>>,
    keeper: Mutex<Option<Keeper>>,
    /// Why the snapshot that this ledger began with was found to be wrong.
    refused: Arc<watch::Sender<Option<LogError>>>,
}

/// What a ledger begins with.
struct Start {
    known: Known,
    fold: Fold,
    head: Option<Head>,
}

/// Who decides about submissions.
#[derive(Clone)]
enum Tasks {
    /// This process alone.
    Alone(mpsc::Sender<Task>),
    /// One of several, on a log that a stream orders.
    Apart(mpsc::Sender<Job>),
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
    /// Opens the log in a folder and folds it into a state. With a snapshot of the state only what came later is read;
    /// all of it is checked behind that, and [`Ledger::stopped`] tells what is wrong.
    ///
    /// # Errors
    /// [`OpenError::Log`] if the log does not open, [`OpenError::DrivenClock`] if the clock is not allowed.
    pub fn open(dir: &Path, clock: Clock, threads: usize) -> Result<Arc<Self>, OpenError> {
        Self::open_keeping(dir, clock, threads, Keeping::default())
    }

    /// The same, with snapshots kept at other times.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_keeping(dir: &Path, clock: Clock, threads: usize, keeping: Keeping) -> Result<Arc<Self>, OpenError> {
        let Start { known, mut fold, head } = Start::find(dir);
        let area_of = lika_proto::convert::entry_area;
        let log =
            TileLog::open_with(dir, threads, area_of, known, crate::replay::decode, |entries| fold.take(entries))?;
        let (state, heads) = fold.into_parts();
        check_clock(&clock, &state)?;
        let log: Arc<dyn EventLog> = Arc::new(log);
        let (state, recent) = (Arc::new(RwLock::new(state)), Arc::new(Recent::default()));
        let heads = Arc::new(RwLock::new(heads));
        let (tasks, receiver) = mpsc::channel(WAITING_MAX);
        let worker = Worker {
            log: log.clone(),
            state: state.clone(),
            recent: recent.clone(),
            clock: clock.clone(),
            heads: heads.clone(),
            tasks: receiver,
        };
        let worker = spawn("ledger", move || worker.run())?;
        let (keeper, refused) = keep(dir, &log, &state, heads, keeping, head)?;
        Ok(Arc::new(Self {
            log,
            state,
            recent,
            clock,
            apart: None,
            tasks: RwLock::new(Some(Tasks::Alone(tasks))),
            worker: Mutex::new(Some(worker)),
            keeper: Mutex::new(Some(keeper)),
            refused,
        }))
    }

    /// Opens a log that is ordered by a stream, checking this process's copy of it, and follows it. Resolves once
    /// everything is applied that was sealed by then. Snapshots are as with [`Ledger::open`]; a folder that is far behind is
    /// handed one by an audit service, and the log up to it.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_apart(config: Config, clock: Clock) -> Result<Arc<Self>, OpenError> {
        snapshot::receive(&config).await?;
        let dir = config.dir.clone();
        let Start { known, fold, head } = Start::find(&dir);
        let fold = Arc::new(Mutex::new(fold));
        let taken = fold.clone();
        let take = move |entries| taken.lock().take(entries);
        let (log, ordered) = JetStreamLog::open_with(config, known, crate::replay::decode, take).await?;
        let (state, heads) = std::mem::take(&mut *fold.lock()).into_parts();
        let (log, recent) = (Arc::new(log), Arc::new(Recent::default()));
        let applied = Arc::new(Applied::new(state, heads));
        tokio::spawn(applied.clone().follow(ordered, recent.clone()));
        log.caught_up().await?;
        applied.reached(log.standing().seal.size).await;
        check_clock(&clock, &applied.state.read())?;
        let (sender, jobs) = mpsc::channel(WAITING_MAX);
        let apart = Apart {
            log: log.clone(),
            applied: applied.clone(),
            clock: clock.clone(),
            jobs,
            sender: sender.clone(),
            handle: Handle::current(),
            busy_areas: BTreeSet::new(),
            busy_keys: BTreeSet::new(),
        };
        let worker = spawn("ledger", move || apart.run())?;
        let shared: Arc<dyn EventLog> = log.clone();
        let (keeper, refused) = keep(&dir, &shared, &applied.state, applied.heads.clone(), Keeping::default(), head)?;
        Ok(Arc::new(Self {
            log: shared,
            state: applied.state.clone(),
            recent,
            clock,
            apart: Some((log, applied)),
            tasks: RwLock::new(Some(Tasks::Apart(sender))),
            worker: Mutex::new(Some(worker)),
            keeper: Mutex::new(Some(keeper)),
            refused,
        }))
    }

    /// Resolves when the log has stopped, or what this ledger began with was found to be wrong; with the reason.
    pub async fn stopped(&self) -> LogError {
        let mut refused = self.refused.subscribe();
        let refused = async move {
            match refused.wait_for(Option::is_some).await {
                Ok(error) => error.clone().unwrap_or(LogError::Closed),
                Err(_) => LogError::Closed,
            }
        };
        tokio::select! {
            error = self.log.stopped() => error,
            error = refused => error,
        }
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
                receipt.check_same(&submission)?;
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

    /// Waits until everything is applied that had been ordered when this was called: then what the state does not know
    /// does not exist. Where this process orders the log, that is always so.
    ///
    /// # Errors
    /// [`SubmitError::Unavailable`] if the stream does not tell.
    pub async fn catch_up(&self) -> Result<(), SubmitError> {
        let Some((log, applied)) = &self.apart else { return Ok(()) };
        let size = log.ordered().await.map_err(SubmitError::Unavailable)?;
        applied.reached(size).await;
        Ok(())
    }

    /// Batches that this process has published, and the entries in them; none where it orders the log itself.
    pub fn batches(&self) -> (u64, u64) {
        self.apart.as_ref().map_or((0, 0), |(log, _)| log.batches())
    }

    /// Whether this process signs for the log now, and when that changes; `None` where nobody else could.
    pub fn leads(&self) -> Option<tokio::sync::watch::Receiver<bool>> {
        self.apart.as_ref().map(|(log, _)| log.leads())
    }

    /// What has been decided so far; ahead of what is sealed by at most what is being written.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read()
    }

    /// The log.
    pub fn log(&self) -> &Arc<dyn EventLog> {
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
        let applied = self.apart.as_ref().map(|(_, applied)| applied.clone());
        Feed::new(self.log.clone(), self.recent.clone(), voids, applied, from)
    }

    /// Takes no more submissions, waits until what was ordered is sealed, and closes the log. Blocks meanwhile.
    pub fn close(&self) {
        self.stop_deciding();
        if let Some(worker) = self.worker.lock().take() {
            // A worker that panicked has dropped whoever waited for it; the log is closed all the same.
            let _ = worker.join();
        }
        if let Some(keeper) = self.keeper.lock().take() {
            keeper.finish();
        }
        self.log.close();
    }

    fn stop_deciding(&self) {
        if let Some(Tasks::Apart(jobs)) = self.tasks.write().take() {
            while let Err(mpsc::error::TrySendError::Full(_)) = jobs.try_send(Job::Stop) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
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
        let (known, found) = (task.prepared.known, self.log.checkpoint().size);
        match self.tasks.read().as_ref().ok_or(SubmitError::Unavailable(LogError::Closed))? {
            // Who holds a receipt of more than there is has found out that the log was cut short.
            Tasks::Alone(_) if known > found => Err(SubmitError::Behind { known, found }),
            Tasks::Alone(tasks) => sent(tasks.try_send(task)),
            Tasks::Apart(jobs) => sent(jobs.try_send(Job::New(task))),
        }
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
    /// Where this process orders the log, what was ordered is sealed first. Where a stream does, everything is told to stop
    /// and not waited for: this may be a thread of the runtime that it needs.
    fn drop(&mut self) {
        match &self.apart {
            None => self.close(),
            Some(_) => {
                self.stop_deciding();
                if let Some(keeper) = self.keeper.lock().take() {
                    keeper.stop();
                }
            }
        }
    }
}

impl Start {
    /// With the snapshot in the folder, if it is one of the log there.
    fn find(dir: &Path) -> Self {
        let none = || Self { known: Known::default(), fold: Fold::default(), head: None };
        let Some(Snapshot { head, state, heads }) = snapshot::read(dir) else { return none() };
        match Known::new(dir, head.size, head.root.into(), heads.clone()) {
            Ok(Some(known)) => Self { known, fold: Fold::after(state, heads), head: Some(head) },
            Ok(None) => {
                tracing::warn!(
                    entries = head.size,
                    "the snapshot of the state is of another log, or of more than this folder's checkpoint; the whole log is read"
                );
                none()
            }
            // What is wrong with the log is told by its opening.
            Err(_) => none(),
        }
    }
}

/// Starts what keeps snapshots, and what holds the one taken against the log.
#[allow(clippy::type_complexity, reason = "the two things that a ledger holds on to")]
fn keep(
    dir: &Path,
    log: &Arc<dyn EventLog>,
    state: &Arc<RwLock<State>>,
    heads: Heads,
    keeping: Keeping,
    head: Option<Head>,
) -> Result<(Keeper, Arc<watch::Sender<Option<LogError>>>), LogError> {
    let refused = Arc::new(watch::Sender::new(None));
    let (kept, sound) = (head.as_ref().map_or(0, |head| head.size), Arc::new(AtomicBool::new(head.is_none())));
    if let Some(head) = head {
        keeper::check(dir.to_owned(), log, head, sound.clone(), refused.clone())?;
    }
    let (dir, log, state) = (dir.to_owned(), log.clone(), state.clone());
    Ok((Keeper::start(keeper::Work { dir, log, state, heads, keeping, kept, sound })?, refused))
}

fn sent<T>(sent: Result<(), mpsc::error::TrySendError<T>>) -> Result<(), SubmitError> {
    sent.map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
        mpsc::error::TrySendError::Closed(_) => SubmitError::Unavailable(LogError::Closed),
    })
}

/// A log for real use knows no time but the system's.
fn check_clock(clock: &Clock, state: &State) -> Result<(), OpenError> {
    let production = state.jurisdiction.as_ref().is_some_and(|opened| opened.mode == Mode::Production);
    if clock.is_driven() && production { Err(OpenError::DrivenClock) } else { Ok(()) }
}
