//! The state of the distributed engine: only the stream advances it.

use super::own::{Own, was_decided_on};

use crate::keeper::Heads;
use crate::recent::{Recent, Recorded};
use crate::replay::Unreadable;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::evolve;
use lika_domain::ids::Index;
use lika_domain::rejection::Rejection;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::jetstream::Ordering;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Most entries applied in one step.
const APPLIED_AT_ONCE: usize = 256;
/// Most void entries whose reasons are kept.
const VOIDS_MAX: usize = 4_096;

/// The state and its position in the log, shared by the engine and by the tasks that wait for it.
pub(crate) struct Applied {
    pub(crate) state: Arc<RwLock<State>>,
    /// Last entry of each area that the state has applied: the guard of an append.
    pub(crate) heads: Heads,
    /// Why the latest void entries are void. The engine takes out the reason of its own entry to answer with it.
    pub(super) voids: RwLock<BTreeMap<Index, Rejection>>,
    pub(super) own: Own,
    size: watch::Sender<u64>,
}

impl Applied {
    pub(crate) fn new(state: State, heads: BTreeMap<Area, Index>) -> Self {
        let size = watch::Sender::new(state.applied);
        let state = Arc::new(RwLock::new(state));
        Self { state, heads: Arc::new(RwLock::new(heads)), voids: RwLock::default(), own: Own::default(), size }
    }

    /// Applies entries as they are sequenced, until the log stops.
    pub(crate) async fn follow(self: Arc<Self>, mut ordered: mpsc::Receiver<Ordering>, recent: Arc<Recent>) {
        let mut entries = Vec::new();
        while ordered.recv_many(&mut entries, APPLIED_AT_ONCE).await > 0 {
            let read = entries.drain(..).map(|(index, bytes)| (index, bytes.len(), self.read(index, &bytes)));
            for (index, bytes, (entry, own)) in read.collect::<Vec<_>>() {
                self.apply(index, bytes, entry, own, &recent);
            }
            self.size.send_replace(self.state.read().applied);
        }
    }

    /// Reads an entry, unless this process wrote it and still has it; the flag says whether it did.
    fn read(&self, index: Index, bytes: &Bytes) -> (Result<Entry, Unreadable>, bool) {
        if let Some(own) = self.own.take(index, bytes) {
            return (Ok(own), true);
        }
        let read = lika_proto::convert::entry(index, bytes).map(|(entry, _)| entry);
        (read.map_err(|rejection| Unreadable::of(bytes, rejection)), false)
    }

    /// Number of entries applied.
    pub(crate) fn size(&self) -> u64 {
        *self.size.borrow()
    }

    /// Resolves once `size` entries are applied.
    pub(crate) async fn reached(&self, size: u64) {
        // The sender lives as long as `self`.
        let _ = self.size.subscribe().wait_for(|applied| *applied >= size).await;
    }

    fn apply(&self, index: Index, bytes: usize, entry: Result<Entry, Unreadable>, own: bool, recent: &Recent) {
        let mut state = self.state.write();
        let judged = match entry {
            Ok(entry) => {
                self.heads.write().insert(entry.submission.area, index);
                let judged = if own && was_decided_on(&entry, &state) {
                    evolve::evolve(&mut state, &entry);
                    Ok(())
                } else {
                    evolve::replay(&mut state, &entry)
                };
                recent.push(Arc::new(Recorded { entry, void: judged.is_err(), bytes }));
                judged
            }
            Err(Unreadable { area, rejection }) => {
                evolve::void(&mut state, index);
                // The next append of the area is guarded by this entry, even if it is void.
                self.heads.write().extend(area.map(|area| (area, index)));
                recent.forget();
                Err(rejection)
            }
        };
        drop(state);
        if let Err(rejection) = judged {
            tracing::warn!(index, %rejection, "the rules refuse an entry of the log: it is void");
            let mut voids = self.voids.write();
            voids.insert(index, rejection);
            if voids.len() > VOIDS_MAX {
                voids.pop_first();
            }
        }
    }
}
