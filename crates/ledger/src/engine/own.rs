//! Entries of this process on their way through the stream. They come back unchanged, so they need not be read again.
//! If the state is still the one on which they were decided, they need not be judged again either.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use parking_lot::Mutex;
use std::collections::HashMap;

/// The entries, by their bytes. Each is kept from before it is appended until its outcome is known.
#[derive(Default)]
pub(super) struct Own(Mutex<HashMap<Bytes, Entry>>);

impl Own {
    /// Notes an entry that is about to be appended.
    pub(super) fn sent(&self, bytes: Bytes, entry: Entry) {
        self.0.lock().insert(bytes, entry);
    }

    /// Takes out the entry with these bytes and gives it its index; `None` if this process did not write it.
    pub(super) fn take(&self, index: Index, bytes: &Bytes) -> Option<Entry> {
        let mut own = self.0.lock();
        // A process that decides nothing need not hash every entry that comes.
        let mut entry = if own.is_empty() { None } else { own.remove(bytes) }?;
        entry.header.index = index;
        Some(entry)
    }

    /// Forgets an entry that was given up, or that has come back.
    pub(super) fn forget(&self, bytes: &Bytes) {
        self.0.lock().remove(bytes);
    }
}

/// Whether an entry of this process was decided on this very state, with no other entry in between.
pub(super) fn was_decided_on(entry: &Entry, state: &State) -> bool {
    entry.basis == state.applied && entry.index == state.applied
}
