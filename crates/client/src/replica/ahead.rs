//! What a device has reported and its replica does not hold yet: submissions with a receipt that were not fetched, and
//! those that wait to be sent.

use super::Known;
use crate::home::{Home, HomeError};
use lika_domain::admit::admit;
use lika_domain::area::Area;
use lika_domain::evolve::evolve;
use lika_domain::ids::{Index, OfficialId, SubmissionId};
use lika_domain::official::Authority;
use lika_domain::state::State;
use lika_domain::submission::{Entry, EntryHeader, Submission};
use lika_proto::convert;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What is ahead of a replica, as far as it concerns its area or the jurisdiction itself.
#[derive(Debug, Default)]
pub struct Ahead {
    /// Recorded, in the order of the log.
    pub(super) recorded: Vec<Entry>,
    /// Waiting, in the order of composing.
    pub(super) waiting: Vec<Submission>,
}

/// The state as it will be, as far as it is needed.
#[derive(Debug)]
pub(super) struct Expected<'k> {
    pub(super) state: Cow<'k, State>,
    /// Authors of the entries that are not in the replica.
    pub(super) authors: BTreeMap<Index, OfficialId>,
}

impl Known {
    /// What a device is ahead of the replica. While it has a receipt from after the replica, every receipt's proof
    /// is read.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn ahead(&self, home: &Home) -> Result<Ahead, HomeError> {
        let origin = self.log.name().as_str();
        let is_behind = home.known_size(origin).map_or(true, |size| size > self.next);
        let recorded = if is_behind { home.entries_from(self.next)? } else { Vec::new() };
        let recorded = recorded.into_iter().filter_map(|(index, entry)| Some(convert::entry(index, &entry).ok()?.0));
        let recorded = recorded.filter(|entry| entry.submission.origin.as_ref() == origin);
        let waiting = home.pending()?.into_iter().filter(|pending| pending.origin == origin);
        let waiting = waiting.filter_map(|pending| convert::submission(&pending.signed.submission).ok());
        Ok(Ahead {
            recorded: recorded.filter(|entry| self.covers(entry.submission.area)).collect(),
            waiting: waiting.filter(|submission| self.covers(submission.area)).collect(),
        })
    }

    /// The state as it will be when the log has recorded what is ahead. What the rules would refuse changes nothing.
    pub fn expected(&self, ahead: &Ahead, now_ms: u64) -> Cow<'_, State> {
        match ahead.is_empty() {
            true => Cow::Borrowed(&self.state),
            false => Cow::Owned(self.apply_ahead(self.state.clone(), ahead, now_ms).0),
        }
    }

    /// The same, as far as an entry of that area is judged on it. What is copied for it grows with the villages that
    /// something is ahead in and with the number of officials, not with the area of the replica.
    pub(super) fn expected_in(&self, area: Area, ahead: &Ahead, now_ms: u64) -> Expected<'_> {
        if ahead.is_empty() {
            return Expected { state: Cow::Borrowed(&self.state), authors: BTreeMap::new() };
        }
        let (state, authors) = self.apply_ahead(self.part(area, ahead), ahead, now_ms);
        Expected { state: Cow::Owned(state), authors }
    }

    /// The same, for entries of any area, with who wrote them.
    pub(super) fn expected_anywhere(&self, ahead: &Ahead, now_ms: u64) -> Expected<'_> {
        let (state, authors) = self.apply_ahead(self.state.clone(), ahead, now_ms);
        Expected { state: Cow::Owned(state), authors }
    }

    /// The villages that are concerned, and everything of the jurisdiction. Tags of citizen IDs are left out: only the
    /// node can compute them, so no draft is judged by them.
    fn part(&self, area: Area, ahead: &Ahead) -> State {
        let State { applied, jurisdiction, officials, keys, policy, homes, releases, villages, .. } = &self.state;
        let areas: BTreeSet<Area> = ahead.areas().chain([area]).collect();
        let villages = areas.into_iter().filter_map(|area| Some((area, villages.get(&area)?.clone())));
        State {
            applied: *applied,
            jurisdiction: jurisdiction.clone(),
            officials: officials.clone(),
            keys: keys.clone(),
            policy: policy.clone(),
            homes: homes.clone(),
            releases: releases.clone(),
            villages: villages.collect(),
            ..State::default()
        }
    }

    fn apply_ahead(&self, mut state: State, ahead: &Ahead, now_ms: u64) -> (State, BTreeMap<Index, OfficialId>) {
        let mut authors = BTreeMap::new();
        for entry in &ahead.recorded {
            // The log has admitted it, whatever is missing here.
            authors.insert(entry.index, entry.submission.author);
            evolve(&mut state, entry);
        }
        for submission in &ahead.waiting {
            let is_recorded = |state: &State| state.submissions.contains_key(&submission.id);
            if is_recorded(&self.state) || is_recorded(&state) {
                continue;
            }
            let entry = next_entry(&state, submission.clone(), now_ms);
            if admit(&state, &entry).is_ok() {
                authors.insert(entry.index, entry.submission.author);
                evolve(&mut state, &entry);
            }
        }
        (state, authors)
    }
}

impl Ahead {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.recorded.is_empty() && self.waiting.is_empty()
    }

    /// Ids of the submissions.
    pub fn ids(&self) -> impl Iterator<Item = SubmissionId> {
        let recorded = self.recorded.iter().map(|entry| entry.submission.id);
        recorded.chain(self.waiting.iter().map(|submission| submission.header.id))
    }

    fn areas(&self) -> impl Iterator<Item = Area> {
        let recorded = self.recorded.iter().map(|entry| entry.submission.area);
        recorded.chain(self.waiting.iter().map(|submission| submission.area))
    }
}

/// The entry that a submission would be, in its place in the chain of its key.
pub(super) fn next_entry(state: &State, mut submission: Submission, now_ms: u64) -> Entry {
    let key = Authority::current(state).key(submission.key);
    let (sequence, previous) = key.map_or((0, None), |key| (key.sequence, key.previous));
    (submission.header.sequence, submission.header.previous) = (sequence + 1, previous);
    let last = state.villages.get(&submission.area).map_or(0, |village| village.head.recorded_at);
    let Submission { header, events } = submission;
    let index = state.applied;
    let header = EntryHeader {
        index,
        submission: header,
        hash: [0; 32],
        recorded_at: now_ms.max(last),
        basis: index,
        tags: Vec::new(),
    };
    Entry { header, events }
}
