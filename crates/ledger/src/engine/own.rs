//! Entries of this process on their way through the stream. They come back unchanged, and need not be read again; nor
//! judged, if they come back to the state on which they were decided.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use parking_lot::Mutex;
use std::collections::HashMap;

/// The entries, by their bytes. Each is here from before it is appended until its fate is known.
#[derive(Default)]
pub(super) struct Own(Mutex<HashMap<Bytes, Entry>>);

impl Own {
    /// Notes an entry that is about to be appended.
    pub(super) fn sent(&self, bytes: Bytes, entry: Entry) {
        self.0.lock().insert(bytes, entry);
    }

    /// The entry with these bytes, now at its place in the log; `None` if it is not of this process.
    pub(super) fn take(&self, index: Index, bytes: &Bytes) -> Option<Entry> {
        let mut entry = self.0.lock().remove(bytes)?;
        entry.header.index = index;
        Some(entry)
    }

    /// Forgets an entry that was given up, or that has come back.
    pub(super) fn forget(&self, bytes: &Bytes) {
        self.0.lock().remove(bytes);
    }
}

/// Whether an entry of this process was decided on this very state: nothing came between.
pub(super) fn was_decided_on(entry: &Entry, state: &State) -> bool {
    entry.basis == state.applied && entry.index == state.applied
}
