//! The distributed log: ordered by a NATS JetStream stream, published by the audit service, copied by every process.
//!
//! A recorder appends by publishing to the stream, guarded by the number of the village's last message. This fixes
//! the order and nothing else: JetStream has been seen to lose messages that it acknowledged. The *integrator*, which
//! is the leading audit service, copies the stream into tiles with the code of the embedded log, signs, and publishes
//! the checkpoint. Every other process copies the stream too and compares roots before it regards an entry as
//! published. So `published`, `read` and `proof` rest on this process's own folder, as with the embedded log.
//!
//! The folder has the layout of the embedded log; only integrators have `keys/`. It is a copy that can be made again:
//! a damaged one is deleted by hand, never by the program.
//!
//! In reading order:
//! * [`Names`]: every name used at NATS
//! * [`settings`]: how servers and streams must be set; `majority`: whether a server can be believed
//! * [`batch`]: one atomic batch of guarded messages
//! * `committer`: group commit, and finding out whether an unanswered batch was stored
//! * `reader`: every message once, in order; anything else stops the log
//! * [`Checkpoints`]: publishing and reading checkpoints; publishing is both lease and fence
//! * `observed`: the checkpoints that other processes have seen published, asked for before an integrator takes over
//! * `following`: follows checkpoints as they are published
//! * `replicator`: copies the stream into tiles
//! * `opening`: checks made before anything is started
//! * `history`, [`chunks`]: a process that starts far behind fetches tiles and snapshots from others

pub mod batch;
mod checkpoints;
pub mod chunks;
mod committer;
pub mod error;
mod following;
mod history;
mod majority;
mod names;
mod observed;
mod opening;
mod outage;
mod reader;
mod replicator;
pub mod settings;
mod shared;

pub use checkpoints::{Checkpoints, Position};
pub use names::Names;
pub use opening::{FAR_BEHIND_ENTRIES, behind, fetch};
pub use reader::Ordering;

use crate::Sequencer;
use crate::error::{AppendError, LogError};
use crate::journal::Journal;
use crate::published::PublishedLog;
use crate::recovery::{self, Copied, Known};
use crate::tile_writer::{Keeping, TileWriter};
use crate::tiles::AreaOf;
use crate::verify::Bundle;
use crate::waiters::Waiters;
use async_nats::jetstream::Context;
use bytes::Bytes;
use committer::{Append, Committer};
use error::StreamError;
use following::follow_checkpoints;
use futures::FutureExt;
use futures::future::BoxFuture;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::bundle::ENTRY_BYTES_MAX;
use opening::{check_ahead, prepare};
use parking_lot::Mutex;
use reader::Reader;
use replicator::Replicator;
use shared::Shared;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

/// Most entries that wait to be published; further ones are refused and may be tried again.
const QUEUE_ENTRIES_MAX: usize = 8_192;
/// Most entries read from the stream and not yet taken by the replicator or by the follower of the order.
const READ_ENTRIES_MAX: usize = 8_192;
/// Most entries that may be sequenced and not yet published; beyond this, new entries are refused.
const UNPUBLISHED_ENTRIES_MAX: u64 = 65_536;

/// How a log is opened.
pub struct Config {
    /// The connection.
    pub context: Context,
    /// Names of the log at NATS.
    pub names: Names,
    /// Folder of the copy; must hold at least `log.vkey`.
    pub dir: PathBuf,
    /// Threads that check the copy.
    pub threads: usize,
    /// Reads the area of an entry.
    pub area_of: AreaOf,
    /// Name of this process in the checkpoints it publishes.
    pub instance: String,
    /// Up to this many missing published entries are read from the stream one by one; if the folder lacks more, they
    /// are fetched as bundles. See [`FAR_BEHIND_ENTRIES`].
    pub far_behind: u64,
}

/// An open log. Dropping it stops its tasks; the folder is unlocked when the last write has ended.
pub struct JetStreamLog {
    context: Context,
    stream: String,
    position: Position,
    log: PublishedLog,
    shared: Arc<Shared>,
    queue: mpsc::Sender<Append>,
    tasks: Vec<AbortHandle>,
    replicator: Mutex<Option<JoinHandle<()>>>,
    leads: watch::Receiver<bool>,
}

impl JetStreamLog {
    /// Opens the log: checks the copy in the folder and the settings of the streams, and copies up to the latest
    /// checkpoint. Every bundle of the copy is passed to `map` and `each` as in
    /// [`TileLog::open_with`](crate::tiles::TileLog::open_with); every later entry comes through the channel in
    /// order, published or not.
    ///
    /// # Errors
    /// [`LogError::Damaged`] if the copy is not what was signed, [`LogError::Stream`] for any fault at NATS.
    pub async fn open_with<T: Send + 'static>(
        config: Config,
        known: Known,
        map: impl Fn(&Bundle) -> T + Send + Sync + 'static,
        each: impl FnMut(T) + Send + 'static,
    ) -> Result<(Self, mpsc::Receiver<Ordering>), LogError> {
        let key = recovery::verifier_key(&config.dir)?;
        let checkpoints = Checkpoints::new(config.context.clone(), config.names.clone(), key);
        let position = prepare(&config, &checkpoints).await?;
        let (dir, threads, area_of) = (config.dir.clone(), config.threads, config.area_of);
        let open = move || recovery::open_copy(&dir, threads, area_of, known, map, each);
        let copied = tokio::task::spawn_blocking(open).await.map_err(|_| LogError::Closed)??;
        check_ahead(&config.context, &config.names, &position, &copied.found).await?;
        Self::start(config, copied, checkpoints, position)
    }

    /// Starts the tasks that read, copy and append.
    fn start(
        config: Config,
        copied: Copied,
        checkpoints: Checkpoints,
        position: Position,
    ) -> Result<(Self, mpsc::Receiver<Ordering>), LogError> {
        let Config { context, names, area_of, instance, .. } = config;
        let Copied { found, lock, key, verifier_key } = copied;
        let waiters = Arc::new(Waiters::new(found.checkpoint.unwrap_or_else(|| position.checkpoint.clone())));
        let shared = Arc::new(Shared::new(found.frontier.size(), found.heads, waiters.clone()));
        let published = PublishedLog::new(found.layout.log(), verifier_key, &found.frontier, waiters);
        let keeping = match key {
            Some(_) => Keeping::InJournal(Journal::open(&found.layout.journal(), found.frontier.size())?),
            None => Keeping::Later,
        };
        let tiles = TileWriter::new(found.layout, found.high_water, found.frontier, published.clone(), keeping);
        let (to_replicator, entries) = mpsc::channel(READ_ENTRIES_MAX);
        let (to_follower, ordered) = mpsc::channel(READ_ENTRIES_MAX);
        let (queue, appended) = mpsc::channel(QUEUE_ENTRIES_MAX);
        let (latest, followed) = watch::channel(position.clone());
        let (lead, leads) = watch::channel(false);
        let (seen, shown) = watch::channel(position.checkpoint.clone());
        let reader = Reader {
            context: context.clone(),
            names: names.clone(),
            epoch: position.epoch,
            base: position.base,
            area_of,
            shared: shared.clone(),
        };
        let replicator = Replicator {
            tiles,
            key,
            instance,
            checkpoints: checkpoints.clone(),
            handle: tokio::runtime::Handle::current(),
            entries,
            position: followed,
            shared: shared.clone(),
            lead,
            seen,
            _lock: lock,
        };
        let replicator = std::thread::Builder::new().name("log-copier".into()).spawn(move || replicator.run());
        let replicator = replicator.map_err(LogError::io(std::path::Path::new("thread")))?;
        let committer = Committer { reader: reader.clone(), queue: appended };
        let tasks = vec![
            tokio::spawn(reader.clone().watch(checkpoints.clone(), latest.subscribe())).abort_handle(),
            tokio::spawn(reader.run(vec![to_replicator, to_follower])).abort_handle(),
            tokio::spawn(committer.run()).abort_handle(),
            tokio::spawn(checkpoints.clone().testify(shown)).abort_handle(),
            tokio::spawn(follow_checkpoints(context.clone(), names.clone(), checkpoints, latest, shared.clone()))
                .abort_handle(),
        ];
        let log = Self {
            stream: names.log_stream(position.epoch),
            context,
            position,
            log: published,
            shared,
            queue,
            tasks,
            replicator: Mutex::new(Some(replicator)),
            leads,
        };
        Ok((log, ordered))
    }

    /// Resolves once everything is copied that was published when the log was opened. The receiver of entries must be
    /// drained meanwhile.
    ///
    /// # Errors
    /// The reason, if the log has stopped.
    pub async fn caught_up(&self) -> Result<(), LogError> {
        let size = self.position.checkpoint.size;
        self.shared.reached(size).await?;
        match self.log.follow().wait_for(|published| *published >= size).await {
            Ok(_) => Ok(()),
            Err(_) => Err(self.shared.failed().unwrap_or(LogError::Closed)),
        }
    }

    /// Number of entries sequenced by now, according to the stream's leader.
    ///
    /// # Errors
    /// [`LogError::Stream`] if it does not answer.
    pub async fn ordered(&self) -> Result<u64, LogError> {
        let stream = self.context.get_stream(&self.stream).await;
        let stream = stream.map_err(StreamError::nats("asking for the end of the stream"))?;
        majority::check_majority(stream.cached_info().cluster.as_ref())?;
        Ok(self.position.base + stream.cached_info().state.last_sequence)
    }

    /// Number of batches that this process has published, and of the entries in them.
    pub fn batches(&self) -> (u64, u64) {
        let Shared { batches, batched, .. } = self.shared.as_ref();
        (batches.load(std::sync::atomic::Ordering::Relaxed), batched.load(std::sync::atomic::Ordering::Relaxed))
    }

    /// Checkpoint and epoch of the log when it was opened.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Whether this process signs the log.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.leads.clone()
    }

    fn stop(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.fail(LogError::Closed);
    }

    /// The published part of the log.
    pub fn published(&self) -> &PublishedLog {
        &self.log
    }

    async fn sequence(&self, area: Area, expected_last: Option<Index>, entry: Bytes) -> Result<Index, AppendError> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: entry.len() });
        }
        if let Some(failed) = self.shared.failed() {
            return Err(failed.into());
        }
        let head = self.shared.head(area);
        if head > expected_last {
            return Err(AppendError::Conflict { last: head });
        }
        if self.shared.size() > self.shared.waiters.checkpoint().size + UNPUBLISHED_ENTRIES_MAX {
            return Err(AppendError::Busy);
        }
        let (reply, answer) = oneshot::channel();
        let append = Append { area, expected_last, entry, reply };
        self.queue.try_send(append).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => LogError::Closed.into(),
        })?;
        answer.await.unwrap_or_else(|_| Err(self.shared.failed().unwrap_or(LogError::Closed).into()))
    }
}

impl Sequencer for JetStreamLog {
    fn append(
        &self,
        area: Area,
        expected_last: Option<Index>,
        entry: Bytes,
    ) -> BoxFuture<'_, Result<Index, AppendError>> {
        self.sequence(area, expected_last, entry).boxed()
    }

    fn close(&self) {
        self.stop();
        if let Some(replicator) = self.replicator.lock().take() {
            // If the replicator panicked, its waiters were not told; they have been by the lines above.
            let _ = replicator.join();
        }
    }
}

impl Drop for JetStreamLog {
    /// Signals every task to stop without waiting: the replicator needs the runtime, and this may run on one of its
    /// threads. Call `close` first to have the folder unlocked.
    fn drop(&mut self) {
        self.stop();
    }
}
