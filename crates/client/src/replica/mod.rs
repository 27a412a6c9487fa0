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
//! * [`frames`](self): how it is stored; see [`Replica::open`]
//! * [`Replica::refresh`]: what it asks the node for
//! * [`personal`]: names, numbers and telephones
//! * [`judge`]: a draft against the rules, and what an audit would find

mod frames;
pub mod judge;
pub mod personal;
mod refresh;
pub mod warning;

#[cfg(test)]
mod tests;

pub use judge::{Draft, Judged};
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
    /// A file cannot be read or written, or another process uses it.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// What is stored does not open with this key, or is not what was written. It can be thrown away and fetched
    /// again.
    #[error("the replica on this device is damaged or belongs to another key: {0}")]
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
    /// Opens the replica of an area in a folder; it is empty if there is none yet. It stays locked while this lives.
    /// `secret` must be the same each time: only who has it can read the files.
    ///
    /// # Errors
    /// [`ReplicaError::Damaged`] if a file was changed or is of another secret; then [`Replica::discard`] it.
    pub fn open(dir: &Path, log: &VerifierKey, area: Area, secret: &[u8; 32]) -> Result<Self, ReplicaError> {
        let (frames, stored) = Frames::open(dir, log.name().as_str(), area, secret)?;
        let mut known = Known {
            area,
            log: log.clone(),
            checkpoint: None,
            next: 0,
            state: State::default(),
            entries: BTreeMap::new(),
            concerning: BTreeMap::new(),
            gaps: Vec::new(),
            personal: frames.personal()?.unwrap_or_default(),
        };
        for batch in stored {
            let checkpoint = SignedCheckpoint::open(&batch.checkpoint, &known.log);
            let checkpoint = checkpoint.map_err(|error| ReplicaError::Damaged(error.to_string()))?;
            known.take(&batch, checkpoint.checkpoint().clone());
        }
        Ok(Self { frames, known: Arc::new(known) })
    }

    /// The folder of all replicas in the client's folder.
    pub fn folder(home: &Path) -> PathBuf {
        home.join("replicas")
    }

    /// Opens the replica of an area in the client's folder, readable with this key only.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of(home: &Path, log: &VerifierKey, area: Area, signer: &Signer) -> Result<Self, ReplicaError> {
        Self::open(&Self::folder(home), log, area, &signer.derive_secret("lika replica v1"))
    }

    /// Areas of a log that have a replica in the client's folder, in the order of their codes.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn kept(home: &Path, origin: &str) -> Result<Vec<Area>, ReplicaError> {
        Ok(Frames::areas(&Self::folder(home), origin)?)
    }

    /// Removes what is stored of an area; nothing is lost that the node cannot give again.
    ///
    /// # Errors
    /// If a file cannot be removed, or another process uses it.
    pub fn discard(dir: &Path, log: &VerifierKey, area: Area) -> Result<(), ReplicaError> {
        Frames::discard(dir, log.name().as_str(), area)
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

impl Known {
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

    /// Whether everything under the checkpoint was fetched.
    pub fn is_complete(&self) -> bool {
        self.checkpoint.as_ref().is_some_and(|checkpoint| self.next == checkpoint.size)
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
