//! The vault itself.

use crate::declaration;
use crate::error::{StoreError, VaultError};
use crate::file::{self, KeyFile};
use crate::record::{KeyName, Record};
use crate::stream::{Stream, WrapKey};
use crate::tag::{TAG_KEY_BYTES, TagKey};
use crate::writer::{Inner, PENDING_RECORDS_MAX, Shared, Writer, Written};
use async_nats::jetstream::Context;
use lika_eventlog::jetstream::error::StreamError;
use lika_eventlog::jetstream::{Names, settings};
use lika_proto::seal::DataKey;
use parking_lot::{Condvar, Mutex};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Most keys handed over to a stream in one step.
const HANDED_OVER_AT_ONCE: usize = 500;

/// An open vault. Every method may be called from any thread. Dropping it writes what is pending and unlocks the
/// folder.
#[derive(Debug)]
pub struct Vault {
    tag_key: TagKey,
    store: Store,
}

/// The store of the keys.
#[derive(Debug)]
enum Store {
    /// In this folder.
    File(Local),
    /// In a stream that several processes share.
    Stream(Stream),
}

/// Keys in a file that only this process uses.
#[derive(Debug)]
struct Local {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Vault {
    /// Creates the vault of a new log: the folder `vault` below the data folder `dir`, with a new tag key.
    ///
    /// # Errors
    /// [`VaultError::Exists`] if there is one. If the log itself does not exist yet, that vault has never been used.
    pub fn create(dir: &Path) -> Result<(), VaultError> {
        let mut tag_key = [0; TAG_KEY_BYTES];
        getrandom::fill(&mut tag_key).map_err(|error| VaultError::io(dir)(error.into()))?;
        file::create(&dir.join("vault"), &tag_key)
    }

    /// Opens the vault below the data folder `dir` and reads every key.
    ///
    /// # Errors
    /// [`VaultError::Missing`] if there is none, [`VaultError::Locked`] while another process uses it,
    /// [`VaultError::Damaged`] if a record is not what was written.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        let folder = dir.join("vault");
        let tag_key = TagKey::new(file::tag_key(&folder)?);
        let (file, keys) = file::open(&folder)?;
        let written = watch::Sender::new(Written { records: file.records, stopped: None });
        let inner = Inner { keys, next: file.records, pending: Vec::new(), closed: false };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), wake: Condvar::new(), written });
        let writer = Local::start(file, shared.clone()).map_err(VaultError::io(&folder))?;
        Ok(Self { tag_key, store: Store::File(Local { shared, writer: Mutex::new(Some(writer)) }) })
    }

    /// Opens the vault of a distributed service: `tag.key` and `wrap.key` in the folder `vault` below `dir`, and all
    /// data keys in their stream.
    ///
    /// # Errors
    /// [`VaultError::Missing`] if either file is missing, [`VaultError::Stream`] if the stream cannot be read,
    /// [`VaultError::Sealed`] if a message does not open.
    pub async fn open_distributed(dir: &Path, context: Context, names: Names) -> Result<Self, VaultError> {
        let folder = dir.join("vault");
        let tag_key = TagKey::new(file::tag_key(&folder)?);
        let wrap = WrapKey::read(&folder)?;
        let stream = Stream::open(context, names, wrap).await?;
        Ok(Self { tag_key, store: Store::Stream(stream) })
    }

    /// Creates the key that wraps data keys in their stream, unless the vault has one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn wrap(dir: &Path) -> Result<(), VaultError> {
        file::create_wrap_key(&dir.join("vault"))
    }

    /// Makes the stream of the data keys of a log, unless it exists.
    ///
    /// # Errors
    /// If it exists with other settings or another number of replicas, or if the server does not answer.
    pub async fn make_stream(context: &Context, names: &Names, replicas: usize) -> Result<(), StreamError> {
        settings::make_unless_there(context, &declaration::stream(names, replicas)).await.map(|_| ())
    }

    /// Copies the keys of a vault in a folder to their stream; returns their number. May be repeated after an
    /// interruption.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the stream has another key of that name.
    pub async fn hand_over(dir: &Path, context: Context, names: Names) -> Result<u64, StoreError> {
        Self::wrap(dir)?;
        let (_file, keys) = file::open(&dir.join("vault"))?;
        let distributed = Self::open_distributed(dir, context, names).await?;
        let keys: Vec<_> = keys.into_iter().map(|((subject, number), (key, _))| (subject, number, key)).collect();
        for some in keys.chunks(HANDED_OVER_AT_ONCE) {
            distributed.store(some).await?;
        }
        Ok(keys.len() as u64)
    }

    /// The key of the tags of citizen IDs.
    pub fn tag_key(&self) -> &TagKey {
        &self.tag_key
    }

    /// The key of a household or official with this number; `None` if there is none.
    pub fn key(&self, subject: u64, number: u32) -> Option<DataKey> {
        match &self.store {
            Store::File(local) => local.shared.inner.lock().keys.get(&(subject, number)).map(|(key, _)| key.clone()),
            Store::Stream(stream) => stream.key((subject, number)),
        }
    }

    /// Stores keys; resolves once they are on disk. Keys that are already stored stay unchanged.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if one is stored already with another value. Then a file stores none of the keys; a
    /// stream may have stored the new ones among them, which does no harm.
    pub async fn store(&self, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
        match &self.store {
            Store::File(local) => local.store(keys).await,
            Store::Stream(stream) => stream.store(keys).await,
        }
    }

    /// Waits until this process has read every key that others stored before the call.
    ///
    /// # Errors
    /// If the end of the stream cannot be found out.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        match &self.store {
            Store::File(_) => Ok(()),
            Store::Stream(stream) => Ok(stream.catch_up().await?),
        }
    }

    /// Stores again the keys known here that the shared stream has lost; returns how many. The vault also does this by
    /// itself a while after the stream was rolled back, but a process that ends because the streams are damaged must
    /// do it at once: perhaps no other process knows the keys.
    ///
    /// # Errors
    /// [`VaultError::Stream`] if the stream cannot be read or written.
    pub async fn give_back(&self) -> Result<usize, VaultError> {
        match &self.store {
            Store::File(_) => Ok(0),
            Store::Stream(stream) => stream.give_back().await,
        }
    }

    /// Resolves with the reason once the vault has failed or was closed. The process must then stop.
    pub async fn stopped(&self) -> VaultError {
        match &self.store {
            Store::File(local) => local.stopped().await,
            Store::Stream(stream) => stream.stopped().await,
        }
    }

    /// Takes no more keys, waits until all accepted keys are on disk, and stops the writer.
    pub fn close(&self) {
        match &self.store {
            Store::File(local) => local.close(),
            Store::Stream(stream) => stream.close(),
        }
    }
}

impl Local {
    async fn store(&self, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
        let Some(last) = self.enqueue(keys)? else { return Ok(()) };
        let mut written = self.shared.written.subscribe();
        let reached = written.wait_for(|written| written.records > last || written.stopped.is_some()).await;
        match reached {
            Ok(written) if written.records > last => Ok(()),
            Ok(written) => Err(written.stopped.clone().unwrap_or(VaultError::Closed).into()),
            Err(_) => Err(VaultError::Closed.into()),
        }
    }

    async fn stopped(&self) -> VaultError {
        let mut written = self.shared.written.subscribe();
        let stopped = written.wait_for(|written| written.stopped.is_some()).await;
        stopped.ok().and_then(|written| written.stopped.clone()).unwrap_or(VaultError::Closed)
    }

    fn close(&self) {
        self.shared.inner.lock().closed = true;
        self.shared.wake.notify_all();
        if let Some(writer) = self.writer.lock().take() {
            // If the writer panicked, its waiters are told that the vault is closed.
            let _ = writer.join();
        }
    }

    fn start(file: KeyFile, shared: Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
        let writer = Writer { file, shared };
        std::thread::Builder::new().name("vault-writer".into()).spawn(move || writer.run())
    }

    /// Queues keys to be written; returns the number of the last record that must be on disk, `None` if there is
    /// nothing to wait for.
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
    /// The number of the key's record; adds a record if the key has none.
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
mod distributed_tests;
#[cfg(test)]
mod tests;
