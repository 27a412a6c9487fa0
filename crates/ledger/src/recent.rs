//! The latest entries, decoded, as the engine leaves them for followers.

use lika_domain::ids::Index;
use lika_domain::submission::Entry;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most decoded entries kept for followers; a follower further behind reads the log.
const KEPT_ENTRIES_MAX: usize = 4_096;
/// Most bytes of them, as in the log; decoded they take several times as much.
const KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// An entry of the log, decoded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// Whether the rules refused it: then it changes nothing.
    pub void: bool,
    /// Its size in the log, in bytes.
    pub bytes: usize,
}

/// The latest entries, published or about to be.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Recorded>>,
    bytes: usize,
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

    /// Drops everything kept: an entry that cannot be read has come, and followers must find it in the log.
    pub(crate) fn forget(&self) {
        *self.kept.lock() = Kept::default();
    }

    /// Entries `from..to`; none if the first is no longer kept.
    pub(crate) fn range(&self, from: Index, to: Index, max: usize) -> Vec<Arc<Recorded>> {
        let kept = self.kept.lock();
        let Some(first) = kept.entries.front().map(|recorded| recorded.entry.index) else { return Vec::new() };
        let Some(skip) = from.checked_sub(first).and_then(|skip| usize::try_from(skip).ok()) else {
            return Vec::new();
        };
        kept.entries.iter().skip(skip).take_while(|recorded| recorded.entry.index < to).take(max).cloned().collect()
    }
}
