//! The changes made by an admitted entry. Never refuses and never fails: a change to a missing record does nothing.

use super::admit::admit;
use super::rule::{Kind, Reported};
use super::submission::{Entry, Events};
use crate::facts::header::EntryHeader;
use crate::facts::ids::Index;
use crate::facts::rejection::Rejection;
use crate::state::fold::State;
use crate::state::store::Store;

/// Applies an admitted entry.
pub fn evolve(state: &mut State, entry: &Entry) {
    evolve_events(state, entry);
    evolve_log(state, entry);
}

/// The first half of [`evolve`]: the changes made by the events of an admitted entry. Any store will do, so that a
/// view can note which records are touched.
pub fn evolve_events(store: &mut impl Store, entry: &Entry) {
    match &entry.events {
        Events::Households(events) => apply(store, &entry.header, events),
        Events::Officials(events) => apply(store, &entry.header, events),
        Events::Aid(events) => apply(store, &entry.header, events),
    }
}

/// The second half of [`evolve`]: the changes made by every admitted entry: its submission, its key's chain, its
/// village and the log's size.
pub fn evolve_log(state: &mut State, entry: &Entry) {
    let submission = &entry.submission;
    state.submissions.insert(submission.id, entry.index);
    if let Some(key) = state.key_mut(submission.key) {
        key.sequence = submission.sequence;
        key.previous = Some(entry.hash);
    }
    if let Some(village) = state.village_mut(submission.area) {
        village.recorded_at = village.recorded_at.max(entry.recorded_at);
        village.last = entry.index;
    }
    state.applied = entry.index.saturating_add(1);
}

/// Skips an entry that was sequenced and that the rules refuse: it changes nothing but is remembered.
pub fn void(state: &mut State, index: Index) {
    state.voids.push(index);
    state.applied = index.saturating_add(1);
}

/// Judges an entry that is in the log, and applies it or passes over it.
///
/// # Errors
/// Why the entry is void.
pub fn replay(state: &mut State, entry: &Entry) -> Result<(), Rejection> {
    let judged = admit(state, entry);
    match &judged {
        Ok(()) => evolve(state, entry),
        Err(_) => void(state, entry.index),
    }
    judged
}

fn apply<E, K: Kind<E>>(store: &mut impl Store, entry: &EntryHeader, events: &[Reported<E, K>]) {
    events.iter().for_each(|event| event.kind.apply(store, entry, &event.envelope));
}
