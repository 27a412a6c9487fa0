//! A draft is judged by the same rules as in the recorder, on the replica and on what the device has reported since,
//! before it is signed.
//!
//! The node decides in the end: it knows what lies outside the area (citizen IDs elsewhere, numbers of households, the
//! caseload of an official in other townships) and what came meanwhile.

use super::Known;
use super::ahead::{Ahead, Expected, next_entry};
use super::warning::{Step, Warned, Warning};
use crate::compose::Report;
use lika_domain::admit::admit;
use lika_domain::evolve::{evolve, evolve_events};
use lika_domain::ids::{HouseholdId, Index, KeyId, OfficialId, SubmissionId};
use lika_domain::rejection::Rejection;
use lika_domain::state::{self, State, Store};
use lika_domain::submission::{Entry, Events, Submission};
use lika_proto::{convert, v1};
use prost::Message;
use serde_json::Value;
use std::collections::BTreeMap;

/// A report before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The report.
    pub report: &'a Report,
    /// The report as it was written, with personal data that is not sealed yet; for names. `Null` if it is not known.
    pub written: &'a Value,
    /// Who will sign.
    pub author: OfficialId,
    /// With which key.
    pub key: KeyId,
    /// The device's clock, in milliseconds since 1970-01-01 UTC.
    pub now_ms: u64,
}

/// What the rules say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Why the log would refuse it; `None` if it would not, as far as can be seen from here.
    pub refused: Option<Rejection>,
    /// What an audit would find.
    pub warnings: Vec<Warned>,
}

/// Judges drafts in their order, each as if those before it had been recorded that the rules admit.
#[derive(Debug)]
pub struct Judging<'k> {
    known: &'k Known,
    expected: Expected<'k>,
    /// Stands for the ids that the submissions will get.
    next_id: u128,
}

impl Judging<'_> {
    /// Judges the next draft.
    pub fn judge(&mut self, draft: &Draft<'_>) -> Judged {
        self.next_id += 1;
        let (judged, entry) = self.known.judge_on(&self.expected, draft, SubmissionId(self.next_id.to_be_bytes()));
        if let Some(entry) = entry {
            self.expected.authors.insert(entry.index, entry.submission.author);
            evolve(self.expected.state.to_mut(), &entry);
        }
        judged
    }
}

impl Known {
    /// Judges drafts one after the other, as if everything that is `ahead` had been recorded before them.
    pub fn judging(&self, ahead: &Ahead, now_ms: u64) -> Judging<'_> {
        Judging { known: self, expected: self.expected_anywhere(ahead, now_ms), next_id: 0 }
    }

    /// Judges a draft, as if everything that is `ahead` had been recorded before it.
    pub fn judge(&self, draft: &Draft<'_>, ahead: &Ahead) -> Judged {
        self.judge_on(&self.expected_in(draft.report.area, ahead, draft.now_ms), draft, SubmissionId([0; 16])).0
    }

    /// What the rules say, and the entry if they admit it.
    fn judge_on(&self, expected: &Expected<'_>, draft: &Draft<'_>, id: SubmissionId) -> (Judged, Option<Entry>) {
        let refused = |rejection| (Judged { refused: Some(rejection), ..Judged::default() }, None);
        let mut submission = match self.submission(draft) {
            Ok(submission) => submission,
            Err(rejection) => return refused(rejection),
        };
        submission.header.id = id;
        let entry = next_entry(&expected.state, submission, draft.now_ms);
        if let Err(rejection) = admit(&expected.state, &entry) {
            return refused(rejection);
        }
        let warnings = self.warnings(expected, &entry, draft.written);
        (Judged { refused: None, warnings }, Some(entry))
    }

    /// The submission that would be signed.
    pub(super) fn submission(&self, draft: &Draft<'_>) -> Result<Submission, Rejection> {
        let message = v1::Submission {
            id: vec![0; convert::ID_BYTES].into(),
            origin: self.log.name().to_string(),
            area: draft.report.area.code(),
            author: draft.author.get(),
            key: draft.key.0,
            sequence: 1,
            previous: bytes::Bytes::new(),
            composed_at: draft.now_ms / 1000,
            events: Some(draft.report.events.clone()),
            warned: draft.report.warned.clone(),
        };
        convert::submission(&message.encode_to_vec().into())
    }

    /// Warnings about an entry that the rules admit, event by event, each on the cards that those before it leave. One
    /// of each kind about an event: it needs one reason.
    fn warnings(&self, expected: &Expected<'_>, entry: &Entry, written: &Value) -> Vec<Warned> {
        let (own, area) = (entry.submission.author, entry.submission.area);
        let author_of = |index: Index| {
            if index == entry.index { Some(own) } else { self.author_of(index, &expected.authors) }
        };
        let mut store = state::Draft::new(&expected.state, area);
        let mut warned = Vec::new();
        for (number, household) in entry.events.households().into_iter().enumerate() {
            let card = |store: &state::Draft<'_>| household.and_then(|id| store.household(area, id).cloned());
            let before = card(&store);
            evolve_events(&mut store, &alone(entry, number));
            let after = card(&store);
            let step = Step { before: before.as_ref(), after: after.as_ref(), entry, number };
            let mut found = step.warnings(author_of);
            found.extend(self.duplicates(&expected.state, (entry, number), written));
            warned.extend(each_once(found));
        }
        warned
    }

    fn author_of(&self, index: Index, ahead: &BTreeMap<Index, OfficialId>) -> Option<OfficialId> {
        let read = || Some(convert::entry(index, self.entry(index)?).ok()?.0.submission.author);
        ahead.get(&index).copied().or_else(read)
    }

    /// Persons of a registration who are on another card already, by name and month of birth.
    fn duplicates(&self, expected: &State, (entry, number): (&Entry, usize), written: &Value) -> Vec<Warned> {
        let event = u32::try_from(number).unwrap_or(u32::MAX);
        let Events::Households(events) = &entry.events else { return Vec::new() };
        let Some(own) = events.get(number).and_then(|event| event.envelope.household) else { return Vec::new() };
        let written = written.pointer(&format!("/households/events/{number}")).unwrap_or(&Value::Null);
        let born = |home, id: &str| born_in(expected, home, id).or_else(|| born_in(&self.state, home, id));
        let mut warned = Vec::new();
        for (name, month) in persons(written) {
            let same = self.personal.named(&name).filter(|(home, _)| *home != own);
            let same = same.filter(|(home, member)| born(*home, &member.id) == Some(month));
            let warning = Warning::LikelyDuplicate;
            warned.extend(same.map(|(_, member)| Warned { warning, event, detail: member.id.clone() }));
        }
        warned
    }
}

/// Warnings of one kind about one event as one, with everything that they are about.
fn each_once(found: Vec<Warned>) -> Vec<Warned> {
    let mut each: Vec<Warned> = Vec::new();
    for one in found {
        match each.iter_mut().find(|before| before.warning == one.warning) {
            Some(before) => before.detail = format!("{}, {}", before.detail, one.detail),
            None => each.push(one),
        }
    }
    each
}

/// An entry with one of its events alone.
fn alone(entry: &Entry, number: usize) -> Entry {
    let events = match &entry.events {
        Events::Households(events) => Events::Households(events.get(number).cloned().into_iter().collect()),
        Events::Officials(events) => Events::Officials(events.get(number).cloned().into_iter().collect()),
        Events::Aid(events) => Events::Aid(events.get(number).cloned().into_iter().collect()),
    };
    Entry { header: entry.header.clone(), events }
}

/// Names and months of birth (yyyymm) of the members that an event as written brings.
fn persons(event: &Value) -> Vec<(String, u32)> {
    let either = |object: &Value, camel: &str, snake: &str| object.get(camel).or(object.get(snake)).cloned();
    let registered = either(event, "householdRegistered", "household_registered");
    let added = either(event, "memberAdded", "member_added");
    let members = registered.and_then(|card| card.get("members")?.as_array().cloned()).unwrap_or_default();
    let members = members.into_iter().chain(added.and_then(|added| added.get("member").cloned()));
    let read = |member: Value| {
        let name = member.pointer("/private/name")?.as_str()?.to_owned();
        let month = either(&member, "birthMonth", "birth_month")?;
        let month = month.as_u64().or_else(|| month.as_str()?.replace('-', "").parse().ok())?;
        Some((name, u32::try_from(month).ok()?))
    };
    members.filter_map(read).collect()
}

/// Month of birth, yyyymm, of a living member.
fn born_in(state: &State, household: HouseholdId, person: &str) -> Option<u32> {
    let card = state.villages.get(state.homes.get(&household)?)?.households.get(&household)?;
    let member = card.members.iter().find(|member| household.person(member.number).to_string() == person)?;
    Some(member.birth_month.yyyymm())
}
