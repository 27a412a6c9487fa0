//! Sealed entries in order, decoded once for everyone who follows in this process.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::submission::Entry;
use lika_eventlog::EventLog;
use lika_eventlog::error::{Damage, LogError};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;

/// Decoded entries kept for followers; who is further behind reads the log.
const KEPT_ENTRIES_MAX: usize = 4_096;
/// The same by their bytes in the log; decoded they take several times as much.
const KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// An entry of the log, decoded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// The rules refused it: it changes nothing.
    pub void: bool,
    /// Its size in the log, in bytes.
    pub bytes: usize,
}

/// The latest entries, sealed or on their way to be.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Recorded>>,
    bytes: usize,
}

/// One follower's place.
pub struct Feed {
    log: Arc<dyn EventLog>,
    recent: Arc<Recent>,
    voids: Arc<dyn Fn(Index) -> bool + Send + Sync>,
    sealed: watch::Receiver<u64>,
    next: Index,
}

impl Recent {
    pub(crate) fn push(&self, recorded: Arc<Recorded>) {
        let mut kept = self.kept.lock();
        kept.bytes += recorded.bytes;
        kept.entries.push_back(recorded);
        while kept.entries.len() > KEPT_ENTRIES_MAX || kept.bytes > KEPT_BYTES_MAX {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.bytes;
        }
    }

    /// Keeps nothing: an entry that cannot be read came between, and who follows must see it in the log.
    pub(crate) fn forget(&self) {
        *self.kept.lock() = Kept::default();
    }

    /// Entries from `from` to before `to`; none if the first is no longer kept.
    fn range(&self, from: Index, to: Index, max: usize) -> Vec<Arc<Recorded>> {
        let kept = self.kept.lock();
        let Some(first) = kept.entries.front().map(|recorded| recorded.entry.index) else { return Vec::new() };
        let Some(skip) = from.checked_sub(first).and_then(|skip| usize::try_from(skip).ok()) else { return Vec::new() };
        kept.entries.iter().skip(skip).take_while(|recorded| recorded.entry.index < to).take(max).cloned().collect()
    }
}

impl Feed {
    pub(crate) fn new(
        log: Arc<dyn EventLog>,
        recent: Arc<Recent>,
        voids: Arc<dyn Fn(Index) -> bool + Send + Sync>,
        next: Index,
    ) -> Self {
        let sealed = log.follow();
        Self { log, recent, voids, sealed, next }
    }

    /// Index of the entry that comes next.
    pub fn position(&self) -> Index {
        self.next
    }

    /// Waits for sealed entries and gives the next ones: at least one, at most `max`.
    ///
    /// # Errors
    /// [`LogError::Closed`] when the log has stopped and everything sealed was given; [`LogError::Damaged`] if what is
    /// stored is not what was sealed.
    pub async fn next(&mut self, max: usize) -> Result<Vec<Arc<Recorded>>, LogError> {
        let from = self.next;
        let size = match self.sealed.wait_for(|size| *size > from).await {
            Ok(size) => *size,
            Err(_) => return Err(LogError::Closed),
        };
        let mut found = self.recent.range(from, size, max);
        if found.is_empty() {
            found = self.read(from, max)?;
        }
        self.next = from + found.len() as u64;
        Ok(found)
    }

    /// Sealed entries from `from` on as they stand in the log, whatever the feed's own place: at least one if there is
    /// one, at most `max`.
    ///
    /// # Errors
    /// [`LogError::Damaged`] if what is stored is not what was sealed.
    pub fn read(&self, from: Index, max: usize) -> Result<Vec<Arc<Recorded>>, LogError> {
        let entries = self.log.read(from, max)?;
        (from..).zip(entries).map(|(index, bytes)| self.decode(index, &bytes).map(Arc::new)).collect()
    }

    fn decode(&self, index: Index, bytes: &Bytes) -> Result<Recorded, LogError> {
        let (entry, _) = lika_proto::convert::entry(index, bytes)
            .map_err(|rejection| Damage::new("tile/entries", Some(index), rejection.to_string()))?;
        Ok(Recorded { entry, void: (self.voids)(index), bytes: bytes.len() })
    }
}
