//! The state that a recorder decides on, and the path of a submission through it.

use crate::clock::Clock;
use crate::engine::Engine;
use crate::engine::applied::Applied;
use crate::engine::distributed::Distributed;
use crate::engine::embedded::Embedded;
use crate::feed::Feed;
use crate::judge::{Ordered, Task};
use crate::keeper::{self, Heads, Keeper, Keeping};
use crate::recent::Recent;
use crate::replay::Fold;
use crate::revocation::{self, Revocation};
use crate::snapshot::{self, Head, Snapshot};
use crate::submission::{Prepared, Receipt, SubmitError};
use bytes::Bytes;
use lika_domain::ids::{Index, KeyId};
use lika_domain::official::{Authority, Mode};
use lika_domain::rejection::Code;
use lika_domain::state::State;
use lika_eventlog::error::{Damage, LogError};
use lika_eventlog::jetstream::{Config, JetStreamLog};
use lika_eventlog::tiles::TileLog;
use lika_eventlog::{Checkpoint, Known, PublishedLog};
use lika_proto::convert;
use lika_tlog::key::VerifierKey;
use lika_tlog::leaf_hash;
use lika_tlog::proof::TlogProof;
use lika_tlog::tree::verify_inclusion;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::{oneshot, watch};

/// A log, the state folded from it, and the engine that adds to both.
///
/// The state may be ahead of what is published: it holds every sequenced entry. Before showing it to anybody, wait for
/// the checkpoint of the last entry applied, or follow the [`Feed`], which gives published entries only.
pub struct Ledger {
    engine: Engine,
    state: Arc<RwLock<State>>,
    recent: Arc<Recent>,
    clock: Clock,
    keeper: Mutex<Option<Keeper>>,
    /// Why the snapshot that this ledger began with was refused.
    refused: Arc<watch::Sender<Option<LogError>>>,
}

/// Where an opening begins: at the state of a snapshot, or at the first entry.
struct Start {
    known: Known,
    fold: Fold,
    head: Option<Head>,
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
    /// Opens the log in a folder and folds it into a state. If there is a snapshot of the state, only later entries
    /// are read; the log up to it is checked in the background, and [`Ledger::stopped`] reports a fault.
    ///
    /// # Errors
    /// [`OpenError::Log`] if the log does not open, [`OpenError::DrivenClock`] if the clock is not allowed.
    pub fn open(dir: &Path, clock: Clock, threads: usize) -> Result<Arc<Self>, OpenError> {
        Self::open_keeping(dir, clock, threads, Keeping::default())
    }

    /// As [`Ledger::open`], with another schedule of snapshots.
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
        let (state, recent) = (Arc::new(RwLock::new(state)), Arc::new(Recent::default()));
        let heads = Arc::new(RwLock::new(heads));
        let embedded = Embedded::start(log, &state, &heads, &recent, &clock)?;
        let (keeper, refused) = keep(dir, embedded.log.published(), &state, heads, keeping, head)?;
        let engine = Engine::Embedded(embedded);
        Ok(Arc::new(Self { engine, state, recent, clock, keeper: Mutex::new(Some(keeper)), refused }))
    }

    /// Opens a log that a stream orders: checks this process's copy of it, and follows the stream. Resolves once
    /// everything published by then is applied. Snapshots work as with [`Ledger::open`]; a folder that is far behind
    /// receives one from an audit service, with the log up to it.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_distributed(config: Config, clock: Clock) -> Result<Arc<Self>, OpenError> {
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
        applied.reached(log.position().checkpoint.size).await;
        check_clock(&clock, &applied.state.read())?;
        let state = applied.state.clone();
        let (keeper, refused) = keep(&dir, log.published(), &state, applied.heads.clone(), Keeping::default(), head)?;
        let engine = Engine::Distributed(Distributed::start(log, applied, &clock)?);
        Ok(Arc::new(Self { engine, state, recent, clock, keeper: Mutex::new(Some(keeper)), refused }))
    }

    /// Resolves with the reason when the log has stopped, or when the snapshot that this ledger began with was found
    /// to be wrong.
    pub async fn stopped(&self) -> LogError {
        let mut refused = self.refused.subscribe();
        let refused = async move {
            match refused.wait_for(Option::is_some).await {
                Ok(error) => error.clone().unwrap_or(LogError::Closed),
                Err(_) => LogError::Closed,
            }
        };
        tokio::select! {
            error = self.log().stopped() => error,
            error = refused => error,
        }
    }

    /// Judges a submission and records it; resolves once its receipt is valid. A repeated submission gets its first
    /// receipt.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it. After any other error it may have been
    /// recorded or not: send it again to find out.
    pub async fn submit(&self, prepared: Prepared) -> Result<Receipt, SubmitError> {
        let submission = prepared.submission.clone();
        let (key, composed_at_s) = (prepared.parsed.key, prepared.parsed.composed_at);
        let (reply, answer) = oneshot::channel();
        self.engine.hand_over(Task { prepared, reply })?;
        let ordered = answer.await.unwrap_or(Err(SubmitError::Unavailable(LogError::Closed)));
        match ordered.map_err(|error| self.explained(error, key, composed_at_s))? {
            Ordered::New { index, entry } => self.receipt(index, Some(entry), false).await,
            Ordered::Before { index } => {
                let receipt = self.receipt(index, None, true).await?;
                receipt.check_same(&submission)?;
                Ok(receipt)
            }
        }
    }

    /// A refusal for a revoked key says when that was, as far as it is published.
    fn explained(&self, error: SubmitError, key: KeyId, composed_at_s: u64) -> SubmitError {
        match error {
            SubmitError::Rejected(rejection) if rejection.code() == Code::KeyIsRevoked => {
                let revoked = self.revocation(key);
                SubmitError::Rejected(match revoked {
                    Some(revoked) => revocation::explain(rejection, composed_at_s, revoked),
                    None => rejection,
                })
            }
            other => other,
        }
    }

    fn revocation(&self, key: KeyId) -> Option<Revocation> {
        let index = Authority::current(&*self.state.read()).key(key)?.until?;
        let (entry, _) = convert::entry(index, &self.entry(index).ok()?).ok()?;
        Some(Revocation { index, recorded_at: entry.recorded_at })
    }

    /// The receipt of an entry, once it is published.
    ///
    /// # Errors
    /// [`SubmitError::Unavailable`] if the log has stopped before.
    pub async fn receipt(&self, index: Index, entry: Option<Bytes>, duplicate: bool) -> Result<Receipt, SubmitError> {
        let checkpoint = self.log().published(index).await.map_err(SubmitError::Unavailable)?;
        let entry = match entry {
            Some(entry) => entry,
            None => self.entry(index).map_err(SubmitError::Unavailable)?,
        };
        let proof = self.prove(index, &entry, &checkpoint).map_err(SubmitError::Unavailable)?;
        Ok(Receipt { index, entry, proof, duplicate })
    }

    /// Waits until everything sequenced before the call is applied. If the state does not have something then, the log
    /// did not have it at the time of the call. An embedded log needs no waiting.
    ///
    /// # Errors
    /// [`SubmitError::Unavailable`] if the end of the stream cannot be found out.
    pub async fn catch_up(&self) -> Result<(), SubmitError> {
        self.engine.catch_up().await
    }

    /// Number of batches that this process has published, and number of entries in them; both are 0 in an embedded
    /// log.
    pub fn batches(&self) -> (u64, u64) {
        self.engine.batches()
    }

    /// Whether this process signs the log; the receiver is told of every change. `None` in an embedded log, which no
    /// other process could sign.
    pub fn leads(&self) -> Option<tokio::sync::watch::Receiver<bool>> {
        self.engine.leads()
    }

    /// The state after all decided entries; it may be ahead of what is published.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read()
    }

    /// The published part of the log.
    pub fn log(&self) -> &PublishedLog {
        self.engine.published()
    }

    /// The node's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key that checkpoints and receipts are verified with.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.log().verifier_key()
    }

    /// Published entries from `from` on.
    pub fn feed(&self, from: Index) -> Feed {
        let state = self.state.clone();
        let voids = Arc::new(move |index: Index| state.read().voids.binary_search(&index).is_ok());
        let applied = match &self.engine {
            Engine::Embedded(_) => None,
            Engine::Distributed(engine) => Some(engine.applied.clone()),
        };
        Feed::new(self.log().clone(), self.recent.clone(), voids, applied, from)
    }

    /// Takes no more submissions, waits until all sequenced entries are published, and closes the log. Blocks
    /// meanwhile.
    pub fn close(&self) {
        self.engine.stop();
        self.engine.join();
        if let Some(keeper) = self.keeper.lock().take() {
            keeper.finish();
        }
        self.engine.close();
    }

    /// A published entry.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] if no published entry has that index.
    pub fn entry(&self, index: Index) -> Result<Bytes, LogError> {
        let size = self.log().checkpoint().size;
        self.log().read(index, 1)?.pop().ok_or(LogError::OutOfRange { index, size })
    }

    /// A receipt's text, verified as its holder will verify it.
    fn prove(&self, index: Index, entry: &Bytes, checkpoint: &Checkpoint) -> Result<String, LogError> {
        let hashes = self.log().proof(index, checkpoint.size)?;
        let faulty = |reason: String| Damage::new("tile", Some(index), reason);
        verify_inclusion(&hashes, index, checkpoint.size, &leaf_hash(entry), &checkpoint.root)
            .map_err(|error| faulty(format!("the proof does not hold: {error}")))?;
        let proof = TlogProof::new(index, hashes, &checkpoint.signed).map_err(|error| faulty(error.to_string()))?;
        Ok(proof.to_string())
    }
}

impl Drop for Ledger {
    /// An embedded log first publishes all sequenced entries. A distributed one only tells every task to stop: the
    /// tasks may need the thread that runs this.
    fn drop(&mut self) {
        match &self.engine {
            Engine::Embedded(_) => self.close(),
            Engine::Distributed(engine) => {
                engine.stop();
                if let Some(keeper) = self.keeper.lock().take() {
                    keeper.stop();
                }
            }
        }
    }
}

impl Start {
    /// Begins at the snapshot in the folder, if it belongs to the log there.
    fn find(dir: &Path) -> Self {
        let none = || Self { known: Known::default(), fold: Fold::default(), head: None };
        let Some(Snapshot { head, state, heads }) = snapshot::read(dir) else { return none() };
        match Known::new(dir, head.size, head.root.into(), heads.clone()) {
            Ok(Some(known)) => Self { known, fold: Fold::after(state, heads), head: Some(head) },
            Ok(None) => {
                tracing::warn!(
                    entries = head.size,
                    "the snapshot of the state is of another log, or goes beyond this folder's checkpoint; the whole \
                     log is read"
                );
                none()
            }
            // Opening the log will report what is wrong with it.
            Err(_) => none(),
        }
    }
}

/// Starts the thread that writes snapshots, and the check of the snapshot that was used.
#[allow(clippy::type_complexity, reason = "the two things that a ledger holds on to")]
fn keep(
    dir: &Path,
    log: &PublishedLog,
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

/// A production log allows only the system clock.
fn check_clock(clock: &Clock, state: &State) -> Result<(), OpenError> {
    let production = state.jurisdiction.as_ref().is_some_and(|opened| opened.mode == Mode::Production);
    if clock.is_driven() && production { Err(OpenError::DrivenClock) } else { Ok(()) }
}
