//! Published entries in order, decoded once for all followers in this process.

use crate::engine::applied::Applied;
use crate::recent::{Recent, Recorded};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::{Index, KeyId, OfficialId, SubmissionId};
use lika_domain::submission::{Entry, EntryHeader, Events, SubmissionHeader};
use lika_eventlog::PublishedLog;
use lika_eventlog::error::{Damage, LogError};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::watch;

/// The author in a stand-in for an entry that cannot be read: the lowest official number, which is never given out.
const NOBODY: u32 = 10_000_000;

/// A division code that does not exist: the provinces of GB/T 2260 end at 82.
const NOWHERE: u64 = 990_000_000_000;

/// One follower and its position.
pub struct Feed {
    log: PublishedLog,
    recent: Arc<Recent>,
    voids: Arc<dyn Fn(Index) -> bool + Send + Sync>,
    published: watch::Receiver<u64>,
    /// The applied state of distributed services, which may be behind the published entries: the feed gives only
    /// entries that it has judged. `None` in an embedded log.
    applied: Option<Arc<Applied>>,
    next: Index,
}

impl Feed {
    pub(crate) fn new(
        log: PublishedLog,
        recent: Arc<Recent>,
        voids: Arc<dyn Fn(Index) -> bool + Send + Sync>,
        applied: Option<Arc<Applied>>,
        next: Index,
    ) -> Self {
        let published = log.follow();
        Self { log, recent, voids, published, applied, next }
    }

    /// Index of the next entry.
    pub fn position(&self) -> Index {
        self.next
    }

    /// Waits for published entries and returns the next ones: at least one, at most `max`.
    ///
    /// # Errors
    /// [`LogError::Closed`] when the log has stopped and every published entry was returned; [`LogError::Damaged`] if
    /// the stored bytes are not those published.
    pub async fn next(&mut self, max: usize) -> Result<Vec<Arc<Recorded>>, LogError> {
        let from = self.next;
        let published = match self.published.wait_for(|size| *size > from).await {
            Ok(size) => *size,
            Err(_) => return Err(LogError::Closed),
        };
        if let Some(applied) = &self.applied {
            tokio::select! {
                // Entries that were published and judged before the log stopped must still be returned.
                biased;
                () = applied.reached(from + 1) => {}
                _ = self.log.stopped() => return Err(LogError::Closed),
            }
        }
        let size = self.judged().min(published);
        let mut found = self.recent.range(from, size, max);
        if found.is_empty() {
            found = self.read(from, max)?;
        }
        self.next = from + found.len() as u64;
        Ok(found)
    }

    /// Number of entries that are judged: it is known whether they are void.
    fn judged(&self) -> u64 {
        self.applied.as_ref().map_or(u64::MAX, |applied| applied.size())
    }

    /// Reads published entries from `from` on in the log, whatever the feed's position: at most `max`, and at least
    /// one if the state has applied one.
    ///
    /// # Errors
    /// [`LogError::Damaged`] if the stored bytes are not those published.
    pub fn read(&self, from: Index, max: usize) -> Result<Vec<Arc<Recorded>>, LogError> {
        let judged = usize::try_from(self.judged().saturating_sub(from)).unwrap_or(usize::MAX);
        let entries = self.log.read(from, max.min(judged))?;
        (from..).zip(entries).map(|(index, bytes)| self.decode(index, &bytes).map(Arc::new)).collect()
    }

    fn decode(&self, index: Index, bytes: &Bytes) -> Result<Recorded, LogError> {
        let recorded = |entry, void| Recorded { entry, void, bytes: bytes.len() };
        match lika_proto::convert::entry(index, bytes) {
            Ok((entry, _)) => Ok(recorded(entry, (self.voids)(index))),
            Err(rejection) => match unreadable(index, bytes) {
                Some(entry) => Ok(recorded(entry, true)),
                None => Err(Damage::new("tile/entries", Some(index), rejection.to_string()).into()),
            },
        }
    }
}

/// A stand-in for an entry that cannot be read, such as one of a later program. It is void, so only its area counts,
/// if that can be read.
fn unreadable(index: Index, bytes: &Bytes) -> Option<Entry> {
    let submission = SubmissionHeader {
        id: SubmissionId([0; 16]),
        origin: "".into(),
        area: lika_proto::convert::entry_area(bytes).or_else(|| Area::from_code(NOWHERE))?,
        author: OfficialId::new(NOBODY)?,
        key: KeyId(0),
        sequence: 0,
        previous: None,
        composed_at: 0,
    };
    let hash = Sha256::digest(bytes).into();
    let header = EntryHeader { index, submission, hash, recorded_at: 0, basis: index, tags: Vec::new() };
    Some(Entry { header, events: Events::Households(Vec::new()) })
}
