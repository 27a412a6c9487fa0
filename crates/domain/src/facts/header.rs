//! Headers of submissions and entries, without events.

use super::area::Area;
use super::ids::{Index, KeyId, OfficialId, PersonId, SubmissionId, Tag};

/// The header of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionHeader {
    /// Chosen by the device.
    pub id: SubmissionId,
    /// The log it was written for.
    pub origin: Box<str>,
    /// One village, or the jurisdiction itself.
    pub area: Area,
    /// The official responsible for it.
    pub author: OfficialId,
    /// The key that signed it.
    pub key: KeyId,
    /// Its number among those of the key, from 1.
    pub sequence: u64,
    /// SHA-256 of the submission before it from this key; `None` for the first.
    pub previous: Option<[u8; 32]>,
    /// When it was composed, in seconds since 1970-01-01 UTC, by the device's clock.
    pub composed_at: u64,
}

/// The header of an entry: everything besides its events that the checks and the state need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    /// Its position. While a recorder decides, the position it expects.
    pub index: Index,
    /// The header of its submission.
    pub submission: SubmissionHeader,
    /// SHA-256 of the submission's bytes.
    pub hash: [u8; 32],
    /// When it was recorded, in milliseconds since 1970-01-01 UTC.
    pub recorded_at: u64,
    /// How many entries the recorder had applied when it decided.
    pub basis: u64,
    /// Keyed hashes of the citizen IDs it registers.
    pub tags: Vec<PersonTag>,
}

/// The keyed hash of a person's citizen ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonTag {
    /// The person.
    pub person: PersonId,
    /// The hash.
    pub tag: Tag,
}

impl EntryHeader {
    /// Whether something recorded at `since` counts when this entry is judged: the recorder had applied it when it
    /// decided, or it is part of this entry.
    pub fn sees(&self, since: Index) -> bool {
        since < self.basis || since == self.index
    }
}
