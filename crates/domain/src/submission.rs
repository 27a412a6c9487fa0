//! What an official signs and what the log keeps of it, as the rules see it: parsed, without signature or ciphertext.

use crate::aid::AidEvent;
use crate::area::Area;
use crate::household::HouseholdEvent;
use crate::ids::{Index, KeyId, OfficialId, PersonId, SubmissionId, Tag};
use crate::kind::kinds;
use crate::official::OfficialEvent;
use borsh::{BorshDeserialize, BorshSerialize};

/// Most events in one submission.
pub const EVENTS_MAX: usize = 1_000;
/// Most documents one event may rest on.
pub const EVIDENCE_MAX: usize = 20;

/// A signed act of reporting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Chosen by the device.
    pub id: SubmissionId,
    /// The log it was written for.
    pub origin: Box<str>,
    /// One village, or the jurisdiction itself.
    pub area: Area,
    /// Who answers for it.
    pub author: OfficialId,
    /// Which key signed it.
    pub key: KeyId,
    /// Its number among those of the key, from 1.
    pub sequence: u64,
    /// SHA-256 of the submission before it from this key; `None` for the first.
    pub previous: Option<[u8; 32]>,
    /// When it was composed, in seconds since 1970-01-01 UTC, by the device's clock.
    pub composed_at: u64,
    /// The events.
    pub events: Events,
}

/// Events of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Events {
    /// Of the households service.
    Households(Vec<HouseholdEvent>),
    /// Of the officials service.
    Officials(Vec<OfficialEvent>),
    /// Of the aid service.
    Aid(Vec<AidEvent>),
}

/// A leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its position. While a recorder decides it is the position it expects.
    pub index: Index,
    /// The submission.
    pub submission: Submission,
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

/// A document outside the log, pinned by its hash.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Size of the file in bytes.
    pub size: u64,
}

kinds! {
    /// Kinds of document that procedures name.
    EvidenceKind {
        /// Written application of the household.
        Application = 1 "application" "申请书",
        /// Minutes of the village meeting.
        Minutes = 2 "minutes" "会议记录",
        /// Photograph of the public notice.
        Notice = 3 "notice" "公示照片",
        /// Signed form.
        Form = 4 "form" "签字表",
        /// Photograph.
        Photo = 5 "photo" "照片",
        /// Payment voucher or bank slip.
        Voucher = 6 "voucher" "支付凭证",
        /// Order or approval of an authority.
        Decision = 7 "decision" "批复",
        /// Anything else.
        Other = 8 "other" "其他",
    }
}

impl Events {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Households(events) => events.len(),
            Self::Officials(events) => events.len(),
            Self::Aid(events) => events.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Entry {
    /// Whether something recorded at `since` counts when this entry is judged: applied by the recorder when it
    /// decided, or part of this very entry.
    pub fn sees(&self, since: Index) -> bool {
        since < self.basis || since == self.index
    }
}
