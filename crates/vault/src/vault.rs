//! The vault itself.

use crate::error::{StoreError, VaultError};
use crate::file::{self, KeyFile};
use crate::record::{KeyName, Record};
use crate::stream::{Stream, WrapKey};
use crate::tag::{TAG_KEY_BYTES, TagKey};
use crate::writer::{Inner, PENDING_RECORDS_MAX, Shared, Writer, Written};
use async_nats::jetstream::Context;
use lika_eventlog::jetstream::Names;
use lika_proto::seal::DataKey;
use parking_lot::{Condvar, Mutex};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Keys handed over to a stream at once.
const HANDED_OVER_AT_ONCE: usize = 500;

/// An open vault. Every method may be called from any thread. Dropping it writes what is pending and gives the folder
/// back.
#[derive(Debug)]
pub struct Vault {
    tag_key: TagKey,
    store: Store,
}

/// Where the keys are.
#[derive(Debug)]
enum Store {
    /// In this folder.
    File(Local),
    /// In a stream that several processes share.
    Stream(Stream),
}

/// Keys in a file that one process has for itself.
#[derive(Debug)]
struct Local {
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
        let writer = Local::start(file, shared.clone()).map_err(VaultError::io(&folder))?;
        Ok(Self { tag_key, store: Store::File(Local { shared, writer: Mutex::new(Some(writer)) }) })
    }

    /// Opens the vault of services apart: `tag.key` and `wrap.key` in the folder `vault` below `dir`, data keys in their
    /// stream, every one of which is read.
    ///
    /// # Errors
    /// [`VaultError::Missing`] without one of the two, [`VaultError::Stream`] if the stream cannot be read,
    /// [`VaultError::Sealed`] if a message of it does not open.
    pub async fn open_distributed(dir: &Path, context: Context, names: Names) -> Result<Self, VaultError> {
        let folder = dir.join("vault");
        let tag_key = TagKey::new(file::tag_key(&folder)?);
        let wrap = WrapKey::read(&folder)?;
        let stream = Stream::open(context, names, wrap).await?;
        Ok(Self { tag_key, store: Store::Stream(stream) })
    }

    /// Makes the key that data keys are wrapped under in their stream, unless the vault has one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn wrap(dir: &Path) -> Result<(), VaultError> {
        file::create_wrap_key(&dir.join("vault"))
    }

    /// Hands the keys of a vault in a folder over to their stream; gives how many they are. Done again, it goes on where
    /// it was cut off.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the stream has another key of that name.
    pub async fn hand_over(dir: &Path, context: Context, names: Names) -> Result<u64, StoreError> {
        Self::wrap(dir)?;
        let (_file, keys) = file::open(&dir.join("vault"))?;
        let apart = Self::open_distributed(dir, context, names).await?;
        let keys: Vec<_> = keys.into_iter().map(|((subject, number), (key, _))| (subject, number, key)).collect();
        for some in keys.chunks(HANDED_OVER_AT_ONCE) {
            apart.store(some).await?;
        }
        Ok(keys.len() as u64)
    }

    /// The key of the tags of citizen IDs.
    pub fn tag_key(&self) -> &TagKey {
        &self.tag_key
    }

    /// The key of a household or official by its number among theirs; `None` if there is none.
    pub fn key(&self, subject: u64, number: u32) -> Option<DataKey> {
        match &self.store {
            Store::File(local) => local.shared.inner.lock().keys.get(&(subject, number)).map(|(key, _)| key.clone()),
            Store::Stream(stream) => stream.key((subject, number)),
        }
    }

    /// Keeps keys; resolves once they are on disk. A key that is there already is left as it is.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if one is there with another value. In a file none of them is kept then; in a stream those
    /// may be that are not there yet, which are good for nothing else.
    pub async fn store(&self, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
        match &self.store {
            Store::File(local) => local.store(keys).await,
            Store::Stream(stream) => stream.store(keys).await,
        }
    }

    /// Waits until everything is known that other processes had stored when this was called.
    ///
    /// # Errors
    /// If the stream does not tell.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        match &self.store {
            Store::File(_) => Ok(()),
            Store::Stream(stream) => Ok(stream.catch_up().await?),
        }
    }

    /// Stores again whatever the shared stream has lost of the keys known here, as it does by itself a while after the stream
    /// went back; gives how many. Who ends because the streams are damaged does it at once: perhaps nobody else knows them.
    ///
    /// # Errors
    /// [`VaultError::Stream`] if the stream cannot be read or written.
    pub async fn give_back(&self) -> Result<usize, VaultError> {
        match &self.store {
            Store::File(_) => Ok(0),
            Store::Stream(stream) => stream.give_back().await,
        }
    }

    /// Resolves once the vault has failed or was closed, with the reason. The process has to stop then.
    pub async fn stopped(&self) -> VaultError {
        match &self.store {
            Store::File(local) => local.stopped().await,
            Store::Stream(stream) => stream.stopped().await,
        }
    }

    /// Takes no more keys, waits until all that were taken are on disk, and stops the writer.
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
mod apart_tests;
#[cfg(test)]
mod tests;
