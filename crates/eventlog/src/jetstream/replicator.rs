//! Copies the stream into tiles. One of the processes that hold the signing key leads: it signs what it has copied
//! and publishes the checkpoint. All others copy as far as the latest checkpoint and compare roots. So each service
//! checks the integrator, and any holder of the key can take over where the last one stopped.

use super::checkpoints::{Checkpoints, Position, Published};
use super::error::StreamError;
use super::reader::{CHECKS_SHORT_MAX, Ordering};
use super::shared::Shared;
use crate::Checkpoint;
use crate::error::LogError;
use crate::frontier::Files;
use crate::tile_writer::TileWriter;
use bytes::Bytes;
use lika_tlog::key::SigningKey;
use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

/// After how long without a checkpoint another integrator takes over, in milliseconds.
const LEASE_MS: u64 = 5_000;
/// How long another process must have reported a later checkpoint than ours before that checkpoint counts as lost, in
/// milliseconds.
const LOST_MS: u64 = 1_000 * CHECKS_SHORT_MAX as u64;
/// How often the integrator publishes when there is nothing new, in milliseconds.
const RENEW_MS: u64 = 1_000;
/// How long to wait for entries or a checkpoint before looking at the time, in milliseconds.
const TICK_MS: u64 = 250;
/// Most entries written at once.
const BATCH_ENTRIES_MAX: usize = 2_048;
/// How often growing tiles are written, in milliseconds. After a kill, a copy reads this much from the stream again
/// and an integrator finds it in its journal.
const WRITE_MS: u64 = 1_000;
/// Most entries taken from the reader before they are written.
const PENDING_ENTRIES_MAX: usize = 65_536;

/// No more entries are taken from the reader once this many bytes wait.
const PENDING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The thread that writes tiles.
pub(crate) struct Replicator {
    pub(crate) tiles: TileWriter,
    /// The signing key; only a process that has it may lead.
    pub(crate) key: Option<SigningKey>,
    pub(crate) instance: String,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) handle: Handle,
    pub(crate) entries: mpsc::Receiver<Ordering>,
    pub(crate) position: watch::Receiver<Position>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) lead: watch::Sender<bool>,
    /// The latest checkpoint seen published, for other processes to ask about.
    pub(crate) seen: watch::Sender<Checkpoint>,
    /// Held as long as anything may be written.
    pub(crate) _lock: File,
}

/// State of the thread while it works.
struct Work {
    replicator: Replicator,
    pending: VecDeque<Bytes>,
    pending_bytes: usize,
    /// The latest checkpoint published, and when it was seen.
    latest: Position,
    seen: Instant,
    /// When all growing tiles were written last.
    written: Instant,
    /// Size of a later checkpoint that another process reported, and since when. That process may not answer the next
    /// time.
    ahead: Option<(u64, Instant)>,
    leads: bool,
    closed: bool,
}

impl Replicator {
    /// Works until the log is closed or an error occurs.
    pub(crate) fn run(mut self) {
        let latest = self.position.borrow_and_update().clone();
        let (pending, now) = (VecDeque::new(), Instant::now());
        let (ahead, leads, closed) = (None, false, false);
        let mut work = Work {
            replicator: self,
            pending,
            latest,
            pending_bytes: 0,
            seen: now,
            written: now,
            ahead,
            leads,
            closed,
        };
        let worked = loop {
            match work.step() {
                Ok(()) if work.closed => break work.replicator.tiles.settle(),
                Err(LogError::Closed) => break work.replicator.tiles.settle(),
                Ok(()) => {}
                // Whatever is wrong with the streams, the folder should hold all that was good until then.
                Err(error @ LogError::Stream(_)) => {
                    if let Err(error) = work.replicator.tiles.settle() {
                        tracing::error!(%error, "not all good entries could be written to the folder");
                    }
                    break Err(error);
                }
                Err(error) => break Err(error),
            }
        };
        let end = match worked {
            Ok(()) => LogError::Closed,
            Err(error) => {
                tracing::error!(%error, "copying the log has stopped");
                LogError::Stopped(Arc::new(error))
            }
        };
        work.replicator.lead.send_replace(false);
        work.replicator.shared.fail(end);
    }
}

impl Work {
    fn step(&mut self) -> Result<(), LogError> {
        self.take();
        self.look()?;
        if self.leads {
            self.lead()?;
        } else {
            self.follow()?;
        }
        if self.written.elapsed() > Duration::from_millis(WRITE_MS) {
            self.replicator.tiles.settle()?;
            self.written = Instant::now();
        }
        if !self.leads && self.replicator.key.is_some() && self.is_free() {
            return self.claim();
        }
        Ok(())
    }

    /// Whether no other integrator is active, as far as can be told without asking. Only publishing makes certain.
    fn is_free(&self) -> bool {
        let own = self.latest.integrator.is_empty() || self.latest.integrator == self.replicator.instance;
        own || self.seen.elapsed() > Duration::from_millis(LEASE_MS)
    }

    /// Waits a while for entries or a checkpoint.
    fn take(&mut self) {
        let (replicator, room) = (&mut self.replicator, PENDING_ENTRIES_MAX.saturating_sub(self.pending.len()));
        let room = if self.pending_bytes < PENDING_BYTES_MAX { room } else { 0 };
        let busy = self.leads && !self.pending.is_empty();
        let wait = Duration::from_millis(if busy { 0 } else { TICK_MS });
        let mut found = Vec::new();
        let (entries, position) = (&mut replicator.entries, &mut replicator.position);
        let closed = replicator.handle.block_on(async {
            tokio::select! {
                biased;
                count = entries.recv_many(&mut found, room.min(BATCH_ENTRIES_MAX)), if room > 0 => count == 0,
                changed = position.changed() => changed.is_err(),
                () = tokio::time::sleep(wait) => false,
            }
        });
        self.closed |= closed;
        self.pending_bytes += found.iter().map(|(_, entry)| entry.len()).sum::<usize>();
        self.pending.extend(found.into_iter().map(|(_, entry)| entry));
    }

    /// Notes the latest checkpoint published.
    fn look(&mut self) -> Result<(), LogError> {
        let now = self.replicator.position.borrow_and_update().clone();
        if now.sequence <= self.latest.sequence {
            return Ok(());
        }
        if now.epoch != self.latest.epoch {
            return Err(StreamError::Epoch { known: self.latest.epoch, now: now.epoch }.into());
        }
        if now.integrator != self.replicator.instance && self.leads {
            self.step_down(&now.integrator);
        }
        self.set_latest(now);
        Ok(())
    }

    fn set_latest(&mut self, position: Position) {
        self.replicator.seen.send_replace(position.checkpoint.clone());
        (self.latest, self.seen) = (position, Instant::now());
    }

    /// Copies as far as the latest checkpoint.
    fn follow(&mut self) -> Result<(), LogError> {
        let wanted = self.latest.checkpoint.clone();
        let known = self.replicator.shared.waiters.checkpoint();
        let size = self.replicator.tiles.frontier.size();
        if wanted.size <= size {
            return self.compare(&known, &wanted, size);
        }
        let missing = usize::try_from(wanted.size - size).unwrap_or(usize::MAX);
        if self.pending.len() < missing {
            let room = self.pending.len() < PENDING_ENTRIES_MAX && self.pending_bytes < PENDING_BYTES_MAX;
            return if room { Ok(()) } else { self.go_ahead() };
        }
        let files = self.write(missing)?;
        self.check_root(&wanted)?;
        self.replicator.tiles.accept(&wanted)?;
        self.replicator.tiles.publish(wanted, files)
    }

    /// Copies beyond the latest checkpoint, since there is no room for more entries. What grows must first be written
    /// as it was signed.
    fn go_ahead(&mut self) -> Result<(), LogError> {
        self.replicator.tiles.settle()?;
        self.write(self.pending.len()).map(|_| ())
    }

    /// Checks a checkpoint whose entries are copied already.
    fn compare(&mut self, known: &Checkpoint, wanted: &Checkpoint, size: u64) -> Result<(), LogError> {
        if wanted.size < known.size {
            // An integrator may have signed more than it published; other processes have seen only what was
            // published.
            let own = self.replicator.key.is_some();
            let rolled_back = StreamError::CheckpointRolledBack { found: wanted.size, known: known.size };
            return if own { self.check_root(wanted) } else { Err(rolled_back.into()) };
        }
        if wanted.size == known.size && wanted.root == known.root && size == known.size {
            return Ok(());
        }
        self.check_root(wanted)?;
        if wanted.size == size && wanted.size > known.size {
            self.replicator.tiles.accept(wanted)?;
            self.replicator.tiles.publish(wanted.clone(), Files::default())?;
        }
        Ok(())
    }

    fn check_root(&self, wanted: &Checkpoint) -> Result<(), LogError> {
        let root = self.replicator.tiles.root_at(wanted.size)?;
        if root == wanted.root { Ok(()) } else { Err(StreamError::Fork { size: wanted.size }.into()) }
    }

    /// Writes the next `count` pending entries.
    fn write(&mut self, mut count: usize) -> Result<Files, LogError> {
        let mut files = Files::default();
        while count > 0 {
            let batch: Vec<Bytes> = self.pending.drain(..count.min(BATCH_ENTRIES_MAX)).collect();
            count -= batch.len();
            self.pending_bytes -= batch.iter().map(Bytes::len).sum::<usize>();
            files.join(self.replicator.tiles.write(&batch)?);
        }
        Ok(files)
    }

    /// Takes over from the last integrator, if nobody else does.
    fn claim(&mut self) -> Result<(), LogError> {
        // Entries copied beyond the last checkpoint can be signed at once, but first the copy must reach that
        // checkpoint.
        if self.replicator.tiles.frontier.size() < self.latest.checkpoint.size {
            return Ok(());
        }
        if self.others_saw_more()? {
            return Ok(());
        }
        let checkpoint = self.sign()?;
        self.leads = self.publish(checkpoint, Files::default())?;
        if self.leads {
            let (instance, size) = (&self.replicator.instance, self.replicator.tiles.frontier.size());
            tracing::info!(%instance, size, "signs for the log from now on");
            self.replicator.lead.send_replace(true);
        }
        Ok(())
    }

    /// Whether any process has seen a later checkpoint than ours. Either it is still on its way, or the servers have
    /// lost it, and then nothing may be signed any more.
    fn others_saw_more(&mut self) -> Result<bool, LogError> {
        let Replicator { handle, checkpoints, .. } = &self.replicator;
        let Ok(told) = handle.block_on(checkpoints.seen_by_anyone()) else { return Ok(true) };
        let (before, since) = self.ahead.unwrap_or((0, Instant::now()));
        let known = told.max(before);
        if known <= self.latest.checkpoint.size {
            self.ahead = None;
            return Ok(false);
        }
        self.ahead = Some((known, since));
        if since.elapsed() < Duration::from_millis(LOST_MS) {
            return Ok(true);
        }
        let found = handle.block_on(async {
            let last = checkpoints.last().await?;
            checkpoints.check_majority().await?;
            Ok(last.checkpoint.size)
        });
        match found {
            Ok(found) if found < known => Err(StreamError::CheckpointRolledBack { found, known }.into()),
            Ok(_) | Err(StreamError::Nats { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn lead(&mut self) -> Result<(), LogError> {
        if !self.pending.is_empty() {
            let files = self.write(self.pending.len().min(BATCH_ENTRIES_MAX))?;
            let checkpoint = self.sign()?;
            let published = self.publish(checkpoint, files)?;
            return self.go_on(published);
        }
        if self.seen.elapsed() > Duration::from_millis(RENEW_MS) {
            let checkpoint = self.latest.checkpoint.clone();
            let published = self.publish(checkpoint, Files::default())?;
            return self.go_on(published);
        }
        Ok(())
    }

    fn sign(&mut self) -> Result<Checkpoint, LogError> {
        let size = self.replicator.tiles.frontier.size();
        if size == self.latest.checkpoint.size {
            return Ok(self.latest.checkpoint.clone());
        }
        let path = self.replicator.tiles.layout.signing_key();
        let key = self.replicator.key.as_ref().ok_or(LogError::Key { path, reason: "is missing".into() })?;
        self.replicator.tiles.sign(key)
    }

    /// Publishes a checkpoint over everything written. Returns whether this process still leads.
    fn publish(&mut self, checkpoint: Checkpoint, files: Files) -> Result<bool, LogError> {
        let position = Position { checkpoint, integrator: self.replicator.instance.clone(), ..self.latest.clone() };
        let (checkpoints, stopped) = (&self.replicator.checkpoints, self.replicator.shared.waiters.stopped());
        let published = self.replicator.handle.block_on(async {
            tokio::select! {
                published = checkpoints.publish(&position, self.latest.sequence) => Ok(published?),
                // When told to stop, we do not wait for servers that are gone; the next opening finds what was
                // signed.
                stopped = stopped => Err(stopped),
            }
        })?;
        let Published::As(sequence) = published else { return Ok(false) };
        let new = position.checkpoint.size > self.replicator.shared.waiters.checkpoint().size;
        self.set_latest(Position { sequence, ..position });
        if new {
            self.replicator.tiles.publish(self.latest.checkpoint.clone(), files)?;
        }
        Ok(true)
    }

    fn go_on(&mut self, leads: bool) -> Result<(), LogError> {
        if !leads {
            // The next checkpoint that comes will show who published instead.
            self.step_down("another");
            self.seen = Instant::now();
        }
        Ok(())
    }

    fn step_down(&mut self, by: &str) {
        tracing::warn!(instance = %self.replicator.instance, by, "another process signs for the log from now on");
        self.leads = false;
        self.replicator.lead.send_replace(false);
    }
}
