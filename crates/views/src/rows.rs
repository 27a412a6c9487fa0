//! The rows of the views in sled.
//!
//! sled holds read models and nothing else: its flush does not reach the disk on Linux, so after a power cut it may
//! have lost or damaged anything, and a store that was open then is not opened again. A killed process only loses the
//! last batches, each as a whole. sled hardly checks what it reads, so a store that was closed has a checksum.

use crate::clean_shutdown::{self, OpenStore};
use crate::error::ViewError;
use crate::keys::{FORMAT, Key, Kind};
use borsh::{BorshDeserialize, BorshSerialize};
use lika_domain::area::Area;
use lika_domain::household::Household;
use lika_domain::ids::HouseholdId;
use lika_domain::village::Village;
use lika_retry::{BlockingRetryable, LOCK};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Memory that sled may use for pages.
const CACHE_BYTES: u64 = 64 << 20;
/// How often sled passes its buffers to the system and removes overwritten data.
const FLUSH_EVERY_MS: u64 = 2_000;
/// How long to wait for the store's lock: threads of sled hold it a moment longer than the store that was closed.
const LOCK_WAIT_MS: u64 = 2_000;

/// The store of a view. Cheap to share: every call takes `&self`.
pub(crate) struct Rows {
    db: sled::Db,
    path: PathBuf,
    // Dropped after the store, which is closed by then.
    _open: OpenStore,
}

/// The identity of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogIdentity {
    /// Its origin.
    pub origin: Box<str>,
    /// SHA-256 of the submission in entry 0 ([`EntryHeader::hash`](lika_domain::submission::EntryHeader::hash));
    /// `None` if the log has none yet, or if it is to be taken from the first entries.
    pub opening: Option<[u8; 32]>,
    /// How many published entries it has.
    pub size: u64,
}

/// The log that a store belongs to, and its format.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Binding {
    /// Layout of keys and values. The first field for ever, so that any version can read it.
    pub(crate) format: u16,
    /// Origin of the log.
    pub(crate) origin: Box<str>,
    /// SHA-256 of the submission in entry 0; `None` before that was applied.
    pub(crate) opening: Option<[u8; 32]>,
}

impl Rows {
    /// Opens the store in a folder, or makes an empty one.
    ///
    /// # Errors
    /// [`ViewError::UncleanShutdown`], [`ViewError::Changed`], [`ViewError::InUse`], [`ViewError::Open`],
    /// [`ViewError::Format`].
    pub(crate) fn open(path: &Path) -> Result<Self, ViewError> {
        // First of all: sled ends the process on damage that it does not expect.
        clean_shutdown::check(path)?;
        clean_shutdown::note_open(path)?;
        let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(Some(FLUSH_EVERY_MS));
        let db = open_locked(&config, path)?;
        let rows = Self { db, path: path.to_owned(), _open: OpenStore::on(path)? };
        let format = rows.format()?;
        if format.is_some_and(|found| found != FORMAT) {
            let found = format.unwrap_or_default();
            return Err(ViewError::Format { path: path.to_owned(), found, known: FORMAT });
        }
        Ok(rows)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The value of a row; `None` if there is no such row.
    pub(crate) fn get<T: BorshDeserialize>(&self, key: &Key) -> Result<Option<T>, ViewError> {
        let value = self.raw(key)?;
        value.map(|value| self.decode(key, &value)).transpose()
    }

    /// The value of a row as stored.
    pub(crate) fn raw(&self, key: &Key) -> Result<Option<sled::IVec>, ViewError> {
        self.db.get(key.encode()).map_err(|source| self.failed(source))
    }

    /// The rows of a prefix in the order of their keys, with the values as stored.
    pub(crate) fn scan(
        &self,
        prefix: &[u8],
    ) -> impl DoubleEndedIterator<Item = Result<(Key, sled::IVec), ViewError>> + use<'_> {
        self.db.scan_prefix(prefix).map(|row| {
            let (bytes, value) = row.map_err(|source| self.failed(source))?;
            let key = Key::decode(&bytes).ok_or_else(|| self.damaged(&bytes))?;
            Ok((key, value))
        })
    }

    /// The rows of a kind.
    pub(crate) fn scan_kind(
        &self,
        kind: Kind,
    ) -> impl DoubleEndedIterator<Item = Result<(Key, sled::IVec), ViewError>> + use<'_> {
        self.scan(&[kind as u8])
    }

    /// A value as a record.
    pub(crate) fn decode<T: BorshDeserialize>(&self, key: &Key, value: &[u8]) -> Result<T, ViewError> {
        borsh::from_slice(value).map_err(|_| self.damaged(&key.encode()))
    }

    /// A village with everything in it; `None` if there is no such village.
    pub(crate) fn village(&self, area: Area) -> Result<Option<Village>, ViewError> {
        let Some(mut village) = self.get::<Village>(&Key::Village(area))? else { return Ok(None) };
        for row in self.scan(&Kind::Cards.prefix(&area)) {
            let (key, value) = row?;
            village.households.extend(self.decode::<Vec<(HouseholdId, Household)>>(&key, &value)?);
        }
        Ok(Some(village))
    }

    /// A card of a village.
    pub(crate) fn card(&self, area: Area, id: HouseholdId) -> Result<Option<Household>, ViewError> {
        let cards: Option<Vec<(HouseholdId, Household)>> = self.get(&Key::cards(area, id))?;
        Ok(cards.into_iter().flatten().find(|(number, _)| *number == id).map(|(_, card)| card))
    }

    /// All records of a kind, by the id that `id` takes from their keys.
    pub(crate) fn all<K: Ord, V: BorshDeserialize>(
        &self,
        kind: Kind,
        id: impl Fn(Key) -> Option<K>,
    ) -> Result<BTreeMap<K, V>, ViewError> {
        let mut records = BTreeMap::new();
        for row in self.scan_kind(kind) {
            let (key, value) = row?;
            if let Some(id) = id(key) {
                records.insert(id, self.decode(&key, &value)?);
            }
        }
        Ok(records)
    }

    /// Writes a batch: after a crash the store has all of it or none.
    pub(crate) fn write(&self, batch: sled::Batch) -> Result<(), ViewError> {
        self.db.apply_batch(batch).map_err(|source| self.failed(source))
    }

    /// Passes everything to the system, for a clean stop.
    pub(crate) fn flush(&self) -> Result<(), ViewError> {
        self.db.flush().map(|_| ()).map_err(|source| self.failed(source))
    }

    /// The format the store states; `None` in an empty one. Only the first bytes are read, which no format moves.
    fn format(&self) -> Result<Option<u16>, ViewError> {
        let value = self.db.get(Key::Binding.encode()).map_err(|source| self.failed(source))?;
        match value.as_ref().and_then(|value| value.first_chunk()) {
            Some(format) => Ok(Some(u16::from_le_bytes(*format))),
            None if self.db.is_empty() => Ok(None),
            None => Ok(Some(0)),
        }
    }

    fn failed(&self, source: sled::Error) -> ViewError {
        ViewError::Store { path: self.path.clone(), source }
    }

    fn damaged(&self, key: &[u8]) -> ViewError {
        ViewError::Row { path: self.path.clone(), key: hex::encode(key) }
    }
}

fn open_locked(config: &sled::Config, path: &Path) -> Result<sled::Db, ViewError> {
    let begun = Instant::now();
    let soon = |source: &sled::Error| is_locked(source) && begun.elapsed() < Duration::from_millis(LOCK_WAIT_MS);
    let opened = (|| config.open()).retry(LOCK).when(soon).call();
    opened.map_err(|source| match is_locked(&source) {
        true => ViewError::InUse { path: path.to_owned() },
        false => ViewError::Open { path: path.to_owned(), source },
    })
}

/// sled has no separate error for a lock that is held; its message is known because its release is pinned.
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(io) if io.to_string().starts_with("could not acquire lock"))
}
