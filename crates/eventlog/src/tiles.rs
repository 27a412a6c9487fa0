//! The embedded log: a folder of C2SP tlog-tiles, one writer with group commit.
//!
//! The folder, below the data folder: `log/` (`checkpoint`, `tile/…`, nothing else), `log.vkey` (verifier key),
//! `keys/log.skey` (signing key), `signed` (last checkpoint signed), `lock` (held while a process uses the folder).

use crate::Sequencer;
use crate::error::{AppendError, LogError};
use crate::published::PublishedLog;
use crate::recovery::{self, Known};
use crate::tile_writer::{Keeping, TileWriter};
use crate::verify::Bundle;
use crate::writer::{PENDING_BYTES_MAX, Pending, Queue, Writer};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::bundle::ENTRY_BYTES_MAX;
use lika_tlog::key::SigningKey;
use parking_lot::Mutex;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

pub use crate::recovery::AreaOf;

/// An open embedded log. Dropping it writes what is pending and unlocks the folder.
pub struct TileLog {
    queue: Arc<Queue>,
    log: PublishedLog,
    writer: Mutex<Option<JoinHandle<()>>>,
    _lock: File,
}

impl TileLog {
    /// Creates a new log in a folder that holds none. The key's name is the log's origin.
    ///
    /// # Errors
    /// [`LogError::Exists`] if there is one.
    pub fn create(dir: &Path, key: &SigningKey) -> Result<(), LogError> {
        recovery::create(dir, key)
    }

    /// Opens a log after checking all of it against the last checkpoint signed here, on `threads` threads.
    ///
    /// # Errors
    /// [`LogError::Locked`] while another process uses the folder, [`LogError::Missing`] without a log,
    /// [`LogError::Damaged`] if anything differs from what was signed.
    pub fn open(dir: &Path, threads: usize, area_of: AreaOf) -> Result<Self, LogError> {
        Self::open_with(dir, threads, area_of, Known::default(), |_| (), |()| ())
    }

    /// As [`TileLog::open`], passing on every bundle that goes beyond `known`: `map` runs on one of the threads, and
    /// its results are given to `each` in order. The results count only if the log opens.
    ///
    /// # Errors
    /// As [`TileLog::open`].
    pub fn open_with<T: Send>(
        dir: &Path,
        threads: usize,
        area_of: AreaOf,
        known: Known,
        map: impl Fn(&Bundle) -> T + Sync,
        each: impl FnMut(T),
    ) -> Result<Self, LogError> {
        let opened = recovery::open(dir, threads, area_of, known, map, each)?;
        let verifier_key = opened.key.verifier().clone();
        let pending = Pending { next: opened.frontier.size(), heads: opened.heads, ..Pending::default() };
        let queue = Arc::new(Queue { inner: Mutex::new(pending), ..Queue::default() });
        let log = PublishedLog::new(opened.layout.log(), verifier_key, &opened.frontier, opened.waiters);
        let writer = Writer {
            tiles: TileWriter::new(opened.layout, opened.high_water, opened.frontier, log.clone(), Keeping::InTiles),
            key: opened.key,
            queue: queue.clone(),
        };
        let thread = std::thread::Builder::new().name("log-writer".into()).spawn(move || writer.run());
        let thread = thread.map_err(LogError::io(dir))?;
        Ok(Self { queue, log, writer: Mutex::new(Some(thread)), _lock: opened.lock })
    }

    /// The published part of the log.
    pub fn published(&self) -> &PublishedLog {
        &self.log
    }

    fn sequence(&self, area: Area, expected_last: Option<Index>, entry: Bytes) -> Result<Index, AppendError> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: entry.len() });
        }
        let mut pending = self.queue.inner.lock();
        if let Some(failed) = &pending.failed {
            return Err(failed.clone().into());
        }
        if pending.closed {
            return Err(LogError::Closed.into());
        }
        let last = pending.heads.get(&area).copied();
        if last != expected_last {
            return Err(AppendError::Conflict { last });
        }
        if pending.bytes + entry.len() > PENDING_BYTES_MAX {
            return Err(AppendError::Busy);
        }
        let index = pending.next;
        pending.next += 1;
        pending.heads.insert(area, index);
        pending.bytes += entry.len();
        pending.entries.push_back(entry);
        drop(pending);
        self.queue.wake.notify_one();
        Ok(index)
    }
}

impl Sequencer for TileLog {
    fn append(
        &self,
        area: Area,
        expected_last: Option<Index>,
        entry: Bytes,
    ) -> BoxFuture<'_, Result<Index, AppendError>> {
        ready(self.sequence(area, expected_last, entry)).boxed()
    }

    fn close(&self) {
        self.queue.inner.lock().closed = true;
        self.queue.wake.notify_all();
        if let Some(writer) = self.writer.lock().take() {
            // If the writer panicked, dropping its channels has told the waiters.
            let _ = writer.join();
        }
    }
}

impl Drop for TileLog {
    fn drop(&mut self) {
        self.close();
    }
}
