//! The one thread that writes keys: all keys waiting at that time are one batch under one fsync.

use crate::error::VaultError;
use crate::file::{KeyFile, Keys};
use crate::record::{RECORD_BYTES, Record};
use parking_lot::{Condvar, Mutex};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use tokio::sync::watch;

/// Most records under one fsync.
const BATCH_RECORDS_MAX: usize = 4_096;
/// Most records that wait to be written.
pub(crate) const PENDING_RECORDS_MAX: usize = 65_536;

/// Keys known and keys waiting to be written.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inner: Mutex<Inner>,
    pub(crate) wake: Condvar,
    pub(crate) written: watch::Sender<Written>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    /// All keys, including those that wait to be written.
    pub(crate) keys: Keys,
    /// Number of the next record.
    pub(crate) next: u32,
    /// Records that wait; their batch is set when they are written.
    pub(crate) pending: Vec<Record>,
    pub(crate) closed: bool,
}

/// How much of the file is on disk.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) records: u32,
    /// Why nothing more will be written.
    pub(crate) stopped: Option<VaultError>,
}

/// The writing side.
pub(crate) struct Writer {
    pub(crate) file: KeyFile,
    pub(crate) shared: Arc<Shared>,
}

impl Writer {
    /// Writes until the vault is closed or a write fails. A failed write or fsync is never tried again: a second fsync
    /// might succeed although the data is not on disk.
    pub(crate) fn run(mut self) {
        let stopped = loop {
            let Some(batch) = self.next() else { break VaultError::Closed };
            if let Err(error) = self.write(batch) {
                tracing::error!(%error, "the vault cannot be written");
                break error;
            }
        };
        self.shared.inner.lock().closed = true;
        self.shared.written.send_modify(|written| written.stopped = Some(stopped));
    }

    /// The waiting records; `None` once the vault is closed and none wait.
    fn next(&self) -> Option<Vec<Record>> {
        let mut inner = self.shared.inner.lock();
        while inner.pending.is_empty() {
            if inner.closed {
                return None;
            }
            self.shared.wake.wait(&mut inner);
        }
        let size = inner.pending.len().min(BATCH_RECORDS_MAX);
        Some(inner.pending.drain(..size).collect())
    }

    fn write(&mut self, batch: Vec<Record>) -> Result<(), VaultError> {
        let first = self.file.records;
        let count = batch.len();
        let bytes: Vec<u8> = batch.into_iter().flat_map(|record| Record { batch: first, ..record }.encode()).collect();
        let at = u64::from(first) * RECORD_BYTES as u64;
        let written = self.file.file.write_all_at(&bytes, at).and_then(|()| self.file.file.sync_data());
        written.map_err(VaultError::io(&self.file.path))?;
        // Record numbers are u32, so their count fits.
        self.file.records += u32::try_from(count).unwrap_or(u32::MAX);
        let records = self.file.records;
        self.shared.written.send_modify(|written| written.records = records);
        Ok(())
    }
}
