//! A draft is judged by the same rules as in the recorder, on the replica and on what waits in the outbox, before it
//! is signed.
//!
//! The node decides in the end: it knows what lies outside the area (citizen IDs elsewhere, numbers of households, the
//! caseload of an official in other townships) and what came meanwhile.

use super::Known;
use super::warning::{Step, Warned, Warning};
use crate::compose::Report;
use crate::home::Pending;
use lika_domain::admit::admit;
use lika_domain::evolve::evolve;
use lika_domain::ids::{HouseholdId, Index, KeyId, OfficialId};
use lika_domain::official::Authority;
use lika_domain::rejection::Rejection;
use lika_domain::state::State;
use lika_domain::submission::{Entry, EntryHeader, Events, Submission};
use lika_proto::{convert, v1};
use prost::Message;
use serde_json::Value;

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

impl Known {
    /// Judges a draft, as if everything in `waiting` had been recorded before it.
    pub fn judge(&self, draft: &Draft<'_>, waiting: &[Pending]) -> Judged {
        let state = self.expected(waiting, draft.now_ms);
        let submission = match self.submission(draft) {
            Ok(submission) => submission,
            Err(rejection) => return Judged { refused: Some(rejection), ..Judged::default() },
        };
        let entry = next_entry(&state, submission, draft.now_ms);
        if let Err(rejection) = admit(&state, &entry) {
            return Judged { refused: Some(rejection), ..Judged::default() };
        }
        Judged { refused: None, warnings: self.warnings(state, &entry, draft.written) }
    }

    /// The state as it will be when the log has recorded what waits. What the rules would refuse changes nothing.
    pub fn expected(&self, waiting: &[Pending], now_ms: u64) -> State {
        let mut state = self.state.clone();
        let own = waiting.iter().filter(|pending| pending.origin == self.log.name().as_str());
        for pending in own {
            let Ok(submission) = convert::submission(&pending.signed.submission) else { continue };
            if state.submissions.contains_key(&submission.id) {
                continue;
            }
            let entry = next_entry(&state, submission, now_ms);
            if admit(&state, &entry).is_ok() {
                evolve(&mut state, &entry);
            }
        }
        state
    }

    /// The submission that would be signed.
    fn submission(&self, draft: &Draft<'_>) -> Result<Submission, Rejection> {
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

    /// Warnings about an entry that the rules admit, event by event, each on the state that those before it leave.
    fn warnings(&self, state: State, entry: &Entry, written: &Value) -> Vec<Warned> {
        let mut warned = Vec::new();
        let (mut before, own) = (state, entry.submission.author);
        let first = before.applied;
        let author_of = |index: Index| if index >= first { Some(own) } else { self.author_of(index) };
        for number in 0..entry.events.len() {
            let mut after = before.clone();
            evolve(&mut after, &alone(entry, number));
            after.applied = before.applied;
            let step = Step { before: &before, after: &after, entry, number };
            warned.extend(step.warnings(author_of));
            warned.extend(self.duplicates(&before, (entry, number), written));
            before = after;
        }
        warned
    }

    fn author_of(&self, index: Index) -> Option<OfficialId> {
        let (entry, _) = convert::entry(index, self.entry(index)?).ok()?;
        Some(entry.submission.author)
    }

    /// Persons of a registration who are on another card already, by name and month of birth.
    fn duplicates(&self, state: &State, (entry, number): (&Entry, usize), written: &Value) -> Vec<Warned> {
        let event = u32::try_from(number).unwrap_or(u32::MAX);
        let Events::Households(events) = &entry.events else { return Vec::new() };
        let Some(own) = events.get(number).and_then(|event| event.envelope.household) else { return Vec::new() };
        let written = written.pointer(&format!("/households/events/{number}")).unwrap_or(&Value::Null);
        let persons = persons(written);
        let same = persons.iter().flat_map(|(name, month)| {
            let born = move |home: HouseholdId, id: &str| born_in(state, home, id) == Some(*month);
            self.personal.named(name).filter(move |(home, member)| *home != own && born(*home, &member.id))
        });
        let warned = |(_, member): (HouseholdId, &super::personal::Member)| Warned {
            warning: Warning::LikelyDuplicate,
            event,
            detail: member.id.clone(),
        };
        same.map(warned).collect()
    }
}

/// The entry that a submission would be, in its place in the chain of its key.
fn next_entry(state: &State, mut submission: Submission, now_ms: u64) -> Entry {
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
