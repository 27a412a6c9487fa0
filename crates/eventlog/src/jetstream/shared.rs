//! State shared by the tasks of a distributed log: how far it was read, and whether it has stopped.

use crate::error::LogError;
use crate::waiters::Waiters;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::watch;

/// How many entry hashes are remembered, to find the entries of unanswered appends.
const RECENT_ENTRIES_MAX: usize = 65_536;

/// SHA-256 of an entry.
pub(crate) type EntryHash = [u8; 32];

/// The state of what was read from the stream so far.
pub(crate) struct Shared {
    seen: Mutex<Seen>,
    /// Entries read, published or not; gone once the log has stopped.
    size: Mutex<Option<watch::Sender<u64>>>,
    pub(crate) waiters: Arc<Waiters>,
    /// Batches published here and acknowledged, and the entries in them.
    pub(crate) batches: AtomicU64,
    pub(crate) batched: AtomicU64,
}

struct Seen {
    /// Entries read.
    size: u64,
    /// Hash of the last entry, if it came from the stream.
    last: Option<EntryHash>,
    heads: BTreeMap<Area, Index>,
    recent: HashMap<EntryHash, Index>,
    order: VecDeque<EntryHash>,
    failed: Option<LogError>,
}

impl Shared {
    pub(crate) fn new(size: u64, heads: BTreeMap<Area, Index>, waiters: Arc<Waiters>) -> Self {
        let seen = Seen { size, last: None, heads, recent: HashMap::new(), order: VecDeque::new(), failed: None };
        Self {
            seen: Mutex::new(seen),
            size: Mutex::new(Some(watch::Sender::new(size))),
            waiters,
            batches: AtomicU64::new(0),
            batched: AtomicU64::new(0),
        }
    }

    /// Notes the next entry.
    pub(crate) fn note(&self, area: Option<Area>, entry: &Bytes) {
        let hash = hash(entry);
        let mut seen = self.seen.lock();
        let index = seen.size;
        seen.size += 1;
        seen.last = Some(hash);
        if let Some(area) = area {
            seen.heads.insert(area, index);
        }
        seen.recent.insert(hash, index);
        seen.order.push_back(hash);
        if seen.order.len() > RECENT_ENTRIES_MAX
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.recent.remove(&oldest);
        }
        let size = seen.size;
        drop(seen);
        if let Some(sender) = self.size.lock().as_ref() {
            sender.send_replace(size);
        }
    }

    /// Entries read.
    pub(crate) fn size(&self) -> u64 {
        self.seen.lock().size
    }

    /// Entries read, and the hash of the last one if it came from the stream.
    pub(crate) fn last(&self) -> (u64, Option<EntryHash>) {
        let seen = self.seen.lock();
        (seen.size, seen.last)
    }

    /// An area's last entry.
    pub(crate) fn head(&self, area: Area) -> Option<Index> {
        self.seen.lock().heads.get(&area).copied()
    }

    /// Sets an area's last entry as the stream gives it, unless a later one was read meanwhile.
    pub(crate) fn set_head(&self, area: Area, index: Index) {
        let mut seen = self.seen.lock();
        let head = seen.heads.entry(area).or_insert(index);
        *head = index.max(*head);
    }

    /// Index of an entry, if it was read recently.
    pub(crate) fn find(&self, hash: &EntryHash) -> Option<Index> {
        self.seen.lock().recent.get(hash).copied()
    }

    /// Resolves once `size` entries are read.
    pub(crate) async fn reached(&self, size: u64) -> Result<(), LogError> {
        let receiver = self.size.lock().as_ref().map(watch::Sender::subscribe);
        let reached = match receiver {
            Some(mut receiver) => receiver.wait_for(|seen| *seen >= size).await.is_ok(),
            None => false,
        };
        if reached { Ok(()) } else { Err(self.failed().unwrap_or(LogError::Closed)) }
    }

    /// The reason, if the log has stopped.
    pub(crate) fn failed(&self) -> Option<LogError> {
        self.seen.lock().failed.clone()
    }

    /// Stops the log and tells all waiters why. Only the first reason is kept.
    pub(crate) fn fail(&self, error: LogError) {
        let error = self.seen.lock().failed.get_or_insert(error).clone();
        self.size.lock().take();
        self.waiters.fail(&error);
    }
}

/// Hash of an entry.
pub(crate) fn hash(entry: &[u8]) -> EntryHash {
    Sha256::digest(entry).into()
}
