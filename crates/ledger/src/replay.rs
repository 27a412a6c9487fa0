//! Judges the whole log again, entry by entry: every signature, key, role and rule. The result is a state.
//!
//! Bundles are read, hashed and decoded on several threads; the rules run on one, in order; signatures are checked in
//! batches on another as their keys become known. The result counts only once the root has been found to be the signed
//! one.

use crate::judge::public_key;
use crate::signature::{self, Signed};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::evolve;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::Checkpoint;
use lika_eventlog::error::LogError;
use lika_eventlog::verify::{self, Bundle, Checked, Source};
use lika_proto::convert;
use std::collections::BTreeMap;
use std::sync::mpsc;

/// Signatures checked together.
const SIGNATURE_BATCH: usize = 128;
/// Most batches that wait for the checking thread.
const QUEUE_BATCHES: usize = 64;

/// An entry as decoded by a thread.
pub type Decoded = (Index, Result<(Entry, convert::Signed), Unreadable>);

/// An entry that is in the log and cannot be read: one of a later program, or a forgery.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// Its area, if that can be read: it counts as an entry of the area nevertheless.
    pub area: Option<Area>,
    /// Why it cannot be read.
    pub rejection: Rejection,
}

impl Unreadable {
    pub(crate) fn of(bytes: &Bytes, rejection: Rejection) -> Self {
        Self { area: convert::entry_area(bytes), rejection }
    }
}

/// The result of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// The state after the last entry.
    pub state: State,
    /// Entries that change nothing, and why.
    pub voids: Vec<(Index, Rejection)>,
    /// Counts from the check of the log itself.
    pub checked: Checked,
    /// Submissions.
    pub submissions: u64,
    /// Events.
    pub events: u64,
}

/// Follows a replay.
pub trait Observer {
    /// An entry was judged, in order; `state` is the state after it.
    fn entry(&mut self, entry: &Entry, void: bool, state: &State);
}

/// Ignores everything.
impl Observer for () {
    fn entry(&mut self, _entry: &Entry, _void: bool, _state: &State) {}
}

/// Folds a log without checking signatures.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    state: State,
    /// Last entry of each area, void ones included.
    heads: BTreeMap<Area, Index>,
    voids: Vec<(Index, Rejection)>,
    events: u64,
}

/// Verifies a log and judges every entry again.
///
/// # Errors
/// [`LogError::Damaged`] with the first fault of the log.
pub fn run(
    source: &impl Source,
    checkpoint: &Checkpoint,
    threads: usize,
    observer: &mut impl Observer,
) -> Result<Replayed, LogError> {
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel::<Vec<(Index, Signed)>>(QUEUE_BATCHES);
        let checking = scope.spawn(move || bad_signatures(&receiver));
        let mut fold = Fold::default();
        let mut batch = Vec::with_capacity(SIGNATURE_BATCH);
        let checked = verify::log(source, checkpoint, threads, decode, |entries| {
            for (index, decoded) in entries {
                let Some((entry, signed)) = fold.readable(index, decoded) else { continue };
                let key = public_key(&fold.state, &entry.submission, &entry.events);
                let void = fold.judge(&entry);
                observer.entry(&entry, void, &fold.state);
                // An entry without a known key has been refused by the rules already.
                if let Some(key) = key {
                    batch.push((index, Signed { key, signature: signed.signature, submission: signed.submission }));
                }
            }
            if batch.len() >= SIGNATURE_BATCH {
                // The checking thread ends only when this sender is gone.
                let _ = sender.send(std::mem::take(&mut batch));
            }
        });
        let _ = sender.send(batch);
        drop(sender);
        let bad = checking.join().unwrap_or_default();
        checked.map(|checked| fold.finish(checked, bad))
    })
}

fn bad_signatures(batches: &mpsc::Receiver<Vec<(Index, Signed)>>) -> Vec<Index> {
    let mut bad = Vec::new();
    for batch in batches {
        let signed: Vec<Signed> = batch.iter().map(|(_, signed)| signed.clone()).collect();
        let verdicts = signature::verify(&signed);
        bad.extend(batch.iter().zip(verdicts).filter(|(_, good)| !good).map(|((index, _), _)| *index));
    }
    bad
}

/// Decodes the entries of a bundle.
pub fn decode(bundle: &Bundle) -> Vec<Decoded> {
    let entries = bundle.entries.iter().map(|range| bundle.bytes.slice(range.clone()));
    let decoded =
        |(index, bytes)| (index, convert::entry(index, &bytes).map_err(|rejection| Unreadable::of(&bytes, rejection)));
    (bundle.first..).zip(entries).map(decoded).collect()
}

impl Fold {
    /// Judges entries in order; skips those that the state has applied already.
    pub(crate) fn take(&mut self, entries: Vec<Decoded>) {
        for (index, decoded) in entries {
            if index < self.state.applied {
                continue;
            }
            if let Some((entry, _)) = self.readable(index, decoded) {
                self.judge(&entry);
            }
        }
    }

    /// Continues from a state and its heads.
    pub(crate) fn after(state: State, heads: BTreeMap<Area, Index>) -> Self {
        Self { state, heads, ..Self::default() }
    }

    /// The state, and the last entry of each area, void ones included.
    pub(crate) fn into_parts(self) -> (State, BTreeMap<Area, Index>) {
        (self.state, self.heads)
    }

    /// An entry that cannot be read is void, like one that the rules refuse.
    fn readable(
        &mut self,
        index: Index,
        decoded: Result<(Entry, convert::Signed), Unreadable>,
    ) -> Option<(Entry, convert::Signed)> {
        decoded.map_err(|unreadable| self.void(index, unreadable)).ok()
    }

    fn judge(&mut self, entry: &Entry) -> bool {
        self.events += entry.events.len() as u64;
        self.heads.insert(entry.submission.area, entry.index);
        let judged = evolve::replay(&mut self.state, entry);
        let void = judged.is_err();
        if let Err(rejection) = judged {
            self.voids.push((entry.index, rejection));
        }
        void
    }

    fn void(&mut self, index: Index, Unreadable { area, rejection }: Unreadable) {
        evolve::void(&mut self.state, index);
        self.heads.extend(area.map(|area| (area, index)));
        self.voids.push((index, rejection));
    }

    /// A recorder never accepts a bad signature, so an entry that has one was forged with the log's key.
    fn finish(mut self, checked: Checked, bad: Vec<Index>) -> Replayed {
        let forged = |index| (index, Rejection::of(Code::SignatureInvalid, "signature", ""));
        self.voids.extend(bad.into_iter().map(forged));
        self.voids.sort_by_key(|(index, _)| *index);
        Replayed { state: self.state, voids: self.voids, submissions: checked.entries, events: self.events, checked }
    }
}
