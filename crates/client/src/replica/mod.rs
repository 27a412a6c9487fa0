//! A replica of an official's area: what the log holds about it, kept on the device, so that everything works without
//! a connection.
//!
//! It has the entries of the area and those of the jurisdiction itself (officials, keys, policy, money), and the
//! personal data that the node opens for the official. From the entries it folds the same state as the recorder, with
//! the same functions; a draft is judged on it before it is signed.
//!
//! What it proves: every entry in it is in the log, under a checkpoint that the log's key signed, and the log has only
//! grown since the checkpoint before. Every signature is checked with the key that the log enrolled. Entries that were
//! kept back show as a gap in the numbers of a device that only reports on this area ([`Known::gaps`]); what a
//! device sent last can be kept back unseen, and so can what comes from devices that also report elsewhere. Which
//! entries are void is the node's statement. To know that nothing is missing takes the whole log.
//!
//! * [`frames`](self): how it is stored; see [`Replica::of`]
//! * [`Replica::refresh`]: what it asks the node for
//! * [`personal`]: names, numbers and telephones
//! * [`Known::ahead`]: what this device has reported and the replica does not hold yet
//! * [`judge`]: a draft against the rules, and what an audit would find; [`foresee`]: on which replica

mod ahead;
pub mod foresee;
mod frames;
pub mod judge;
pub mod personal;
mod refresh;
pub mod warning;

#[cfg(test)]
mod tests;

pub use ahead::Ahead;
pub use foresee::{NotJudged, judged_on};
pub use judge::{Draft, Judged, Judging};
pub use personal::Personal;
pub use refresh::Progress;
pub use warning::{Warned, Warning};

use crate::api::ApiError;
use crate::home::HomeError;
use crate::key::Signer;
use bytes::Bytes;
use frames::Frames;
use lika_domain::area::Area;
use lika_domain::evolve;
use lika_domain::ids::{HouseholdId, Index, KeyId};
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_proto::convert;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use lika_tlog::{Checkpoint, SignedCheckpoint};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The replica of an area: what is known, and the files that keep it.
#[derive(Debug)]
pub struct Replica {
    frames: Frames,
    known: Arc<Known>,
}

/// What is known of an area. It can be read while more is fetched.
#[derive(Clone, Debug)]
pub struct Known {
    area: Area,
    log: VerifierKey,
    /// The newest checkpoint that the entries were proven under.
    checkpoint: Option<Checkpoint>,
    /// Where to go on asking.
    next: Index,
    state: State,
    entries: BTreeMap<Index, Bytes>,
    concerning: BTreeMap<HouseholdId, Vec<Index>>,
    gaps: Vec<Gap>,
    personal: Personal,
}

/// Numbers that are missing among the submissions of a device: entries of the area were kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The device's key.
    pub key: KeyId,
    /// Number of the submission that should have come.
    pub expected: u64,
    /// Number of the one that came.
    pub found: u64,
    /// Its entry.
    pub index: Index,
}

/// Why there is no replica, or none that is newer.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// A file cannot be read or written.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// What is stored is not what was written. It can be thrown away and fetched again.
    #[error("the replica on this device is damaged: {0}")]
    Damaged(String),
    /// The node did not give it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The node gave something that is not proven.
    #[error("the node's answer is not what the log holds: {0}")]
    NotProven(String),
    /// No randomness for a nonce.
    #[error(transparent)]
    Random(#[from] crate::random::RandomError),
}

impl ReplicaError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Home(_) => "replica_not_stored",
            Self::Damaged(_) => "replica_damaged",
            Self::Api(_) => "replica_not_given",
            Self::NotProven(_) => "replica_not_proven",
            Self::Random(_) => "no_randomness",
        }
    }
}

impl Replica {
    /// Opens the replica of an area in the client's folder; it is empty if there is none yet. It is readable with this
    /// key only. Other processes may use it at the same time.
    ///
    /// # Errors
    /// [`ReplicaError::Damaged`] if a file is not what was written; then [`Self::renew`] it.
    pub fn of(home: &Path, log: &VerifierKey, area: Area, signer: &Signer) -> Result<Self, ReplicaError> {
        let (frames, stored) = Frames::open(&folder(home), log.name().as_str(), area, signer)?;
        let mut known = Known::new(area, log.clone(), stored.personal.unwrap_or_default());
        known.take_stored(&stored.batches)?;
        Ok(Self { frames, known: Arc::new(known) })
    }

    /// Removes what is damaged, and begins anew: nothing is lost that the node cannot give again.
    ///
    /// # Errors
    /// As [`Self::of`] and [`Self::discard`].
    pub fn renew(home: &Path, log: &VerifierKey, area: Area, signer: &Signer) -> Result<Self, ReplicaError> {
        Self::discard(home, log.name().as_str(), area, signer.id())?;
        Self::of(home, log, area, signer)
    }

    /// Areas of a log that a key has a replica of in the client's folder, in the order of their codes.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn kept(home: &Path, origin: &str, key: KeyId) -> Result<Vec<Area>, ReplicaError> {
        Ok(Frames::areas(&folder(home), origin, key)?)
    }

    /// Removes the replica of an area that a key has; nothing is lost that the node cannot give again.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn discard(home: &Path, origin: &str, area: Area, key: KeyId) -> Result<(), ReplicaError> {
        Frames::discard(&folder(home), origin, area, key)
    }

    /// What is known now. It stays as it is while more is fetched.
    pub fn known(&self) -> Arc<Known> {
        self.known.clone()
    }

    /// Size of its files, in bytes.
    pub fn stored_bytes(&self) -> u64 {
        self.frames.bytes()
    }
}

impl Deref for Replica {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.known
    }
}

/// The folder of all replicas in the client's folder.
fn folder(home: &Path) -> PathBuf {
    home.join("replicas")
}

impl Known {
    fn new(area: Area, log: VerifierKey, personal: Personal) -> Self {
        Self {
            area,
            log,
            checkpoint: None,
            next: 0,
            state: State::default(),
            entries: BTreeMap::new(),
            concerning: BTreeMap::new(),
            gaps: Vec::new(),
            personal,
        }
    }

    /// The area.
    pub fn area(&self) -> Area {
        self.area
    }

    /// The state folded from the entries. What lies outside the area is missing in it.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The newest checkpoint; `None` while nothing was fetched.
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.checkpoint.as_ref()
    }

    /// Whether everything under the checkpoint was fetched, with what is personal.
    pub fn is_complete(&self) -> bool {
        let whole = self.checkpoint.as_ref().is_some_and(|checkpoint| self.next == checkpoint.size);
        whole && self.personal.fetched() >= self.next
    }

    /// Whether what is reported about an area can be judged on it: it lies in the area, or is the jurisdiction itself.
    pub fn covers(&self, area: Area) -> bool {
        self.area.contains(area) || self.whole() == Some(area)
    }

    /// The area of the log.
    fn whole(&self) -> Option<Area> {
        self.state.jurisdiction.as_ref().map(|opened| opened.area)
    }

    /// Entries kept.
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// The bytes of an entry.
    pub fn entry(&self, index: Index) -> Option<&Bytes> {
        self.entries.get(&index)
    }

    /// Entries that concern a household, in order.
    pub fn entries_of(&self, household: HouseholdId) -> &[Index] {
        self.concerning.get(&household).map_or(&[], Vec::as_slice)
    }

    /// Submissions that are missing.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Names, numbers and telephones.
    pub fn personal(&self) -> &Personal {
        &self.personal
    }

    /// Applies parts that are stored, which were proven before they were. Names of what was erased since are dropped.
    fn take_stored(&mut self, batches: &[v1::ReplicaBatch]) -> Result<(), ReplicaError> {
        for batch in batches {
            let checkpoint = SignedCheckpoint::open(&batch.checkpoint, &self.log);
            let checkpoint = checkpoint.map_err(|error| ReplicaError::Damaged(error.to_string()))?;
            self.take(batch, checkpoint.checkpoint().clone());
        }
        self.forget_erased();
        Ok(())
    }

    /// Drops what is personal of cards that were erased.
    fn forget_erased(&mut self) {
        let cards = self.state.villages.values().flat_map(|village| &village.households);
        cards.filter(|(_, card)| card.erased).for_each(|(id, _)| self.personal.forget(*id));
    }

    /// Applies a part that was proven or is stored.
    fn take(&mut self, batch: &v1::ReplicaBatch, checkpoint: Checkpoint) {
        for entry in &batch.entries {
            self.entries.insert(entry.index, entry.entry.clone());
            match convert::entry(entry.index, &entry.entry) {
                Ok((read, _)) if !entry.void => self.apply(&read),
                _ => evolve::void(&mut self.state, entry.index),
            }
        }
        self.next = batch.next;
        // The rules compare with the end of the log, not with the last entry that is kept here.
        self.state.applied = self.state.applied.max(batch.next);
        self.checkpoint = Some(checkpoint);
    }

    fn apply(&mut self, entry: &Entry) {
        self.gaps.extend(self.gap(entry));
        for household in entry.events.households().into_iter().flatten() {
            let indices = self.concerning.entry(household).or_default();
            if indices.last() != Some(&entry.index) {
                indices.push(entry.index);
            }
        }
        evolve::evolve(&mut self.state, entry);
    }

    /// What is missing before an entry of a device whose official has only ever had roles inside this area.
    fn gap(&self, entry: &Entry) -> Option<Gap> {
        let key = self.state.keys.get(&entry.submission.key)?;
        let official = self.state.officials.get(&key.official)?;
        let inside = |(_, role): &(Index, Option<(_, Area)>)| role.is_none_or(|(_, area)| self.area.contains(area));
        let (expected, found) = (key.sequence + 1, entry.submission.sequence);
        let missing = found != expected && official.roles.iter().all(inside);
        missing.then_some(Gap { key: entry.submission.key, expected, found, index: entry.index })
    }
}
