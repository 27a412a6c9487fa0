//! The vault itself.

use crate::error::{StoreError, VaultError};
use crate::file::{self, KeyFile};
use crate::record::{KeyName, Record};
use crate::tag::{TAG_KEY_BYTES, TagKey};
use crate::writer::{Inner, PENDING_RECORDS_MAX, Shared, Writer, Written};
use lika_proto::seal::DataKey;
use parking_lot::{Condvar, Mutex};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// An open vault. Every method may be called from any thread. Dropping it writes what is pending and gives the folder
/// back.
#[derive(Debug)]
pub struct Vault {
    tag_key: TagKey,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Vault {
    /// Makes the vault of a new log: the folder `vault` below the data folder `dir`, with a tag key of its own.
    ///
    /// # Errors
    /// [`VaultError::Exists`] if there is one. Where the log itself does not exist yet, that one has never been used.
    pub fn create(dir: &Path) -> Result<(), VaultError> {
        let mut tag_key = [0; TAG_KEY_BYTES];
        getrandom::fill(&mut tag_key).map_err(|error| VaultError::io(dir)(error.into()))?;
        file::create(&dir.join("vault"), &tag_key)
    }

    /// Opens the vault below the data folder `dir` and reads every key.
    ///
    /// # Errors
    /// [`VaultError::Missing`] without one, [`VaultError::Locked`] while another process has it,
    /// [`VaultError::Damaged`] if it holds anything but what was written.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        let folder = dir.join("vault");
        let tag_key = TagKey::new(file::tag_key(&folder)?);
        let (file, keys) = file::open(&folder)?;
        let written = watch::Sender::new(Written { records: file.records, stopped: None });
        let inner = Inner { keys, next: file.records, pending: Vec::new(), closed: false };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), wake: Condvar::new(), written });
        let writer = Self::start(file, shared.clone()).map_err(VaultError::io(&folder))?;
        Ok(Self { tag_key, shared, writer: Mutex::new(Some(writer)) })
    }

    /// The key of the tags of citizen IDs.
    pub fn tag_key(&self) -> &TagKey {
        &self.tag_key
    }

    /// The key of a household or official by its number among theirs; `None` if there is none.
    pub fn key(&self, subject: u64, number: u32) -> Option<DataKey> {
        self.shared.inner.lock().keys.get(&(subject, number)).map(|(key, _)| key.clone())
    }

    /// Keeps keys; resolves once they are on disk. A key that is there already is left as it is.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if one is there with another value; none of them is kept then.
    pub async fn store(&self, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
        let Some(last) = self.enqueue(keys)? else { return Ok(()) };
        let mut written = self.shared.written.subscribe();
        let reached = written.wait_for(|written| written.records > last || written.stopped.is_some()).await;
        match reached {
            Ok(written) if written.records > last => Ok(()),
            Ok(written) => Err(written.stopped.clone().unwrap_or(VaultError::Closed).into()),
            Err(_) => Err(VaultError::Closed.into()),
        }
    }

    /// Resolves once the vault has failed or was closed, with the reason. The process has to stop then.
    pub async fn stopped(&self) -> VaultError {
        let mut written = self.shared.written.subscribe();
        let stopped = written.wait_for(|written| written.stopped.is_some()).await;
        stopped.ok().and_then(|written| written.stopped.clone()).unwrap_or(VaultError::Closed)
    }

    /// Takes no more keys, waits until all that were taken are on disk, and stops the writer.
    pub fn close(&self) {
        self.shared.inner.lock().closed = true;
        self.shared.wake.notify_all();
        if let Some(writer) = self.writer.lock().take() {
            // A writer that panicked has told nobody anything; who waits for it is told that the vault is closed.
            let _ = writer.join();
        }
    }

    fn start(file: KeyFile, shared: Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
        let writer = Writer { file, shared };
        std::thread::Builder::new().name("vault-writer".into()).spawn(move || writer.run())
    }

    /// Notes the keys to be written; the number of the last record that must be on disk, `None` if there is nothing to
    /// wait for.
    fn enqueue(&self, keys: &[(u64, u32, DataKey)]) -> Result<Option<u32>, StoreError> {
        let mut inner = self.shared.inner.lock();
        if inner.closed {
            return Err(VaultError::Closed.into());
        }
        check_unchanged(&inner, keys)?;
        if inner.pending.len() + keys.len() > PENDING_RECORDS_MAX {
            return Err(StoreError::Busy);
        }
        let last = keys.iter().map(|(subject, number, key)| inner.note((*subject, *number), key)).max();
        drop(inner);
        self.shared.wake.notify_one();
        Ok(last)
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.close();
    }
}

impl Inner {
    /// The number of the key's record, a new one if it has none.
    fn note(&mut self, name: KeyName, key: &DataKey) -> u32 {
        if let Some((_, at)) = self.keys.get(&name) {
            return *at;
        }
        let at = self.next;
        self.next += 1;
        self.keys.insert(name, (key.clone(), at));
        self.pending.push(Record { batch: 0, name, key: key.clone() });
        at
    }
}

fn check_unchanged(inner: &Inner, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
    for (position, (subject, number, key)) in keys.iter().enumerate() {
        let kept = inner.keys.get(&(*subject, *number)).map(|(key, _)| key);
        let earlier = keys[..position].iter().find(|earlier| (earlier.0, earlier.1) == (*subject, *number));
        if kept.or(earlier.map(|(_, _, key)| key)).is_some_and(|other| other != key) {
            return Err(StoreError::Changed { subject: *subject, number: *number });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
