//! The one thread that writes an embedded log. It takes all entries sequenced by then as one batch, makes them
//! durable and signs them.

use crate::error::LogError;
use crate::tile_writer::TileWriter;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::key::SigningKey;
use parking_lot::{Condvar, Mutex};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most entries under one new checkpoint.
pub(crate) const BATCH_ENTRIES_MAX: usize = 2_048;
/// Most bytes of entries under one new checkpoint, unless a single entry is larger.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most bytes of entries that wait to be written.
pub(crate) const PENDING_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Entries sequenced and not yet written.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) inner: Mutex<Pending>,
    pub(crate) wake: Condvar,
}

/// Entries in order, and the last index of each area.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) next: Index,
    pub(crate) entries: VecDeque<Bytes>,
    pub(crate) bytes: usize,
    pub(crate) heads: BTreeMap<Area, Index>,
    pub(crate) closed: bool,
    pub(crate) failed: Option<LogError>,
}

/// The writing side of a log.
pub(crate) struct Writer {
    pub(crate) tiles: TileWriter,
    pub(crate) key: SigningKey,
    pub(crate) queue: Arc<Queue>,
}

impl Queue {
    /// Waits for entries; `None` once the log is closed and everything is written.
    fn take(&self) -> Option<Vec<Bytes>> {
        let mut pending = self.inner.lock();
        while pending.entries.is_empty() {
            if pending.closed {
                return None;
            }
            self.wake.wait(&mut pending);
        }
        let mut bytes = 0;
        let fits = |entry: &&Bytes| {
            bytes += entry.len();
            bytes <= BATCH_BYTES_MAX
        };
        let count = pending.entries.iter().take(BATCH_ENTRIES_MAX).take_while(fits).count().max(1);
        let batch: Vec<Bytes> = pending.entries.drain(..count).collect();
        pending.bytes -= batch.iter().map(Bytes::len).sum::<usize>();
        Some(batch)
    }
}

impl Writer {
    /// Writes until the log is closed or a write fails; after a failure nothing is written any more.
    pub(crate) fn run(mut self) {
        let end = loop {
            let Some(batch) = self.queue.take() else { break LogError::Closed };
            if let Err(error) = self.commit(&batch) {
                tracing::error!(%error, "the log cannot be written; everything that has a receipt is on disk");
                break LogError::Stopped(Arc::new(error));
            }
        };
        let mut pending = self.queue.inner.lock();
        pending.failed = Some(end.clone());
        pending.entries.clear();
        drop(pending);
        self.tiles.published.waiters.fail(&end);
    }

    fn commit(&mut self, batch: &[Bytes]) -> Result<(), LogError> {
        let files = self.tiles.write(batch)?;
        let checkpoint = self.tiles.sign(&self.key)?;
        self.tiles.publish(checkpoint, files)
    }
}
