//! Submissions and entries as the rules see them: parsed, without signature or ciphertext.

use super::aid::AidEvent;
use super::households::HouseholdEvent;
use super::officials::{OfficialEvent, OfficialKind};
use crate::facts::header::{EntryHeader, SubmissionHeader};
use crate::facts::ids::HouseholdId;
use crate::state::authority::Opening;
use std::ops::{Deref, DerefMut};

/// Most events in one submission.
pub const EVENTS_MAX: usize = 1_000;

/// A signed act of reporting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its header.
    pub header: SubmissionHeader,
    /// The events.
    pub events: Events,
}

/// Events of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Events {
    /// Events of the households service.
    Households(Vec<HouseholdEvent>),
    /// Events of the officials service.
    Officials(Vec<OfficialEvent>),
    /// Events of the aid service.
    Aid(Vec<AidEvent>),
}

/// A leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Everything but its events.
    pub header: EntryHeader,
    /// The events.
    pub events: Events,
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

    /// The household that each event concerns, in order; `None` for an event that concerns none.
    pub fn households(&self) -> Vec<Option<HouseholdId>> {
        match self {
            Self::Households(events) => events.iter().map(|event| event.envelope.household).collect(),
            Self::Officials(events) => events.iter().map(|event| event.envelope.household).collect(),
            Self::Aid(events) => events.iter().map(|event| event.envelope.household).collect(),
        }
    }

    /// The first event that opens a log; `None` if there is none.
    pub fn opening(&self) -> Option<Opening<'_>> {
        let Self::Officials(events) = self else { return None };
        events.iter().find_map(|event| match &event.kind {
            OfficialKind::JurisdictionOpened(opened) => Some(opened.opening(&event.envelope)),
            _ => None,
        })
    }
}

impl Deref for Submission {
    type Target = SubmissionHeader;

    fn deref(&self) -> &SubmissionHeader {
        &self.header
    }
}

impl Deref for Entry {
    type Target = EntryHeader;

    fn deref(&self) -> &EntryHeader {
        &self.header
    }
}

impl DerefMut for Submission {
    fn deref_mut(&mut self) -> &mut SubmissionHeader {
        &mut self.header
    }
}

impl DerefMut for Entry {
    fn deref_mut(&mut self) -> &mut EntryHeader {
        &mut self.header
    }
}
