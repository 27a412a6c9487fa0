//! Keeps snapshots of the state, and checks the snapshot that an opening used against the log.
//!
//! The check reads the whole log again on one thread while the ledger already works: every byte, every rule. Until it
//! is done, a false snapshot could make this process accept a submission that the rules refuse; every fold of the log
//! finds such an entry void, so it changes nothing. If the check fails, the ledger stops.

use crate::digest;
use crate::replay::{Fold, decode};
use crate::snapshot::{self, Encoded, Head};
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_domain::state::State;
use lika_eventlog::PublishedLog;
use lika_eventlog::error::{Damage, LogError};
use lika_eventlog::verify;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often to look whether a snapshot is due, in milliseconds.
const LOOK_MS: u64 = 2_000;
/// How long a snapshot waits for its entries to be published, in milliseconds.
const PUBLISHED_WITHIN_MS: u64 = 5_000;

/// When snapshots are written.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// A log with fewer entries gets no snapshot: it opens at once without one.
    pub least: u64,
    /// A new snapshot is due after this many entries.
    pub every: u64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { least: 20_000, every: 100_000 }
    }
}

/// Last entry of each area, void ones included; changed only together with the state.
pub(crate) type Heads = Arc<RwLock<BTreeMap<Area, Index>>>;

/// The thread that writes snapshots.
pub(crate) struct Keeper {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// State of the thread.
pub(crate) struct Work {
    pub(crate) dir: PathBuf,
    pub(crate) log: PublishedLog,
    pub(crate) state: Arc<RwLock<State>>,
    pub(crate) heads: Heads,
    pub(crate) keeping: Keeping,
    /// Entries in the last snapshot.
    pub(crate) kept: u64,
    /// Whether the snapshot that the ledger began with passed its check; until then none is written, since the state
    /// may be false.
    pub(crate) sound: Arc<AtomicBool>,
}

impl Keeper {
    pub(crate) fn start(mut work: Work) -> Result<Self, LogError> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let run = move || {
            while !told.load(Ordering::Relaxed) {
                work.look(work.keeping.every);
                std::thread::park_timeout(Duration::from_millis(LOOK_MS));
            }
            // The next opening is quick if the last snapshot is not far behind.
            work.look(work.keeping.every / 10);
        };
        Ok(Self { stop, thread: spawn("state-keeper", run)? })
    }

    /// Tells the thread to write a last snapshot and end; does not wait for it.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }

    /// Tells the thread to write a last snapshot and end, and waits for it.
    pub(crate) fn finish(self) {
        self.stop();
        // A thread that panicked has written no snapshot; the next opening reads the log.
        let _ = self.thread.join();
    }
}

impl Work {
    fn look(&mut self, every: u64) {
        let applied = self.state.read().applied;
        if !self.sound.load(Ordering::Relaxed) || applied < self.keeping.least || applied < self.kept + every.max(1) {
            return;
        }
        match self.keep() {
            Ok(Some(size)) => self.kept = size,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the snapshot was not written; the next opening reads more of the log");
            }
        }
    }

    /// Writes a snapshot and returns its size in entries; `None` if its entries are not published in time.
    fn keep(&self) -> std::io::Result<Option<u64>> {
        let state = self.state.read();
        let encoded = Encoded::of(&state, &self.heads.read())?;
        drop(state);
        let (size, begun) = (encoded.size(), Instant::now());
        while self.log.checkpoint().size < size {
            if begun.elapsed() > Duration::from_millis(PUBLISHED_WITHIN_MS) {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let root = self.log.root_at(size).map_err(std::io::Error::other)?;
        encoded.write(&self.dir, root)?;
        Ok(Some(size))
    }
}

/// Checks a snapshot that was used against the log, on a thread of its own; sets `sound` if it matches the log, and
/// `refused` if not.
pub(crate) fn check(
    dir: PathBuf,
    log: &PublishedLog,
    head: Head,
    sound: Arc<AtomicBool>,
    refused: Arc<watch::Sender<Option<LogError>>>,
) -> Result<(), LogError> {
    let (folder, key) = (log.folder(), log.verifier_key().clone());
    let run = move || {
        let checked = verify::checkpoint(&folder, &key).and_then(|checkpoint| {
            let (mut fold, mut found) = (Fold::default(), None);
            verify::log(&folder, &checkpoint, 1, decode, |entries| {
                let wanted = entries.into_iter().filter(|(index, _)| *index < head.size).collect::<Vec<_>>();
                let last = wanted.last().map(|(index, _)| index + 1);
                fold.take(wanted);
                if last == Some(head.size) {
                    let (state, heads) = std::mem::take(&mut fold).into_parts();
                    found = Some((digest::of(&state), digest::of_heads(&heads)));
                }
            })?;
            Ok(found == Some((head.digest, head.heads)))
        });
        let error = match checked {
            Ok(true) => {
                tracing::info!(entries = head.size, "the snapshot of the state matches the log");
                return sound.store(true, Ordering::Relaxed);
            }
            Ok(false) => {
                if let Err(error) = snapshot::refuse(&dir) {
                    tracing::error!(%error, "the snapshot of the state cannot be moved away; delete it");
                }
                Damage::new("state.snapshot", Some(head.size), "it does not match the log; start again without it")
                    .into()
            }
            Err(error) => error,
        };
        tracing::error!(%error, "the check of the state against the log has failed");
        refused.send_replace(Some(error));
    };
    spawn("state-check", run).map(|_| ())
}

/// Starts a thread.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, LogError> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(work);
    thread.map_err(|error| LogError::Io { path: "thread".into(), source: Arc::new(error) })
}
