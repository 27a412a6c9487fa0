//! Finds the sealed boxes of a submission, opens them and checks their content.

use crate::private::{check_household, check_member};
use lika_domain::household::{HouseholdEvent, HouseholdKind};
use lika_domain::ids::HouseholdId;
use lika_domain::member::Member;
use lika_domain::official::Mode;
use lika_domain::rejection::{Code, Problem, Rejection};
use lika_domain::state::State;
use lika_domain::submission::{Events, PersonTag, Submission};
use lika_ledger::Prepared;
use lika_proto::convert::submission_message;
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_vault::{Keyring, TagKey};
use std::collections::BTreeSet;

/// Facts copied from the state beforehand: opening boxes takes long, and the ledger must not wait for the state.
pub(crate) struct StateFacts {
    /// `None` until the log is opened.
    mode: Option<Mode>,
    /// Cards named in the submission that belong to another village.
    elsewhere: BTreeSet<HouseholdId>,
}

/// Working state while the boxes of one submission are opened.
struct Unsealing<'a, 'v> {
    origin: &'a str,
    mode: Mode,
    tag_key: &'a TagKey,
    keyring: &'a mut Keyring<'v>,
    event: u32,
    tags: Vec<PersonTag>,
    problems: Vec<Problem>,
}

/// Opens every box of a submission. Returns the tags of the citizen IDs in them, one for each person.
///
/// # Errors
/// All faults of the sealed data, by event.
pub(crate) fn unseal(
    facts: &StateFacts,
    tag_key: &TagKey,
    keyring: &mut Keyring<'_>,
    prepared: &Prepared,
) -> Result<Vec<PersonTag>, Rejection> {
    let submission = &prepared.parsed;
    let Events::Households(events) = &submission.events else { return Ok(Vec::new()) };
    if !events.iter().any(seals) {
        return Ok(Vec::new());
    }
    let Some(mode) = facts.mode else { return Err(Rejection::of(Code::NotOpened, "events", "")) };
    let Some(v1::submission::Events::Households(wire)) = submission_message(&prepared.submission)?.events else {
        return Err(Rejection::of(Code::WrongService, "events", ""));
    };
    let mut unsealing = Unsealing {
        origin: &submission.origin,
        mode,
        tag_key,
        keyring,
        event: 0,
        tags: Vec::new(),
        problems: Vec::new(),
    };
    for ((number, event), wire) in (0..).zip(events).zip(wire.events).filter(|((_, event), _)| seals(event)) {
        unsealing.event = number;
        let Some(household) = event.household else { continue };
        // A card's keys are accepted only with events of its own village.
        if facts.elsewhere.contains(&household) {
            unsealing.refuse(Code::HouseholdUnknown, "household", household.to_string());
            continue;
        }
        unsealing.open(household, &event.kind, wire.kind);
    }
    if unsealing.problems.is_empty() { Ok(unsealing.tags) } else { Err(Rejection { problems: unsealing.problems }) }
}

impl StateFacts {
    pub(crate) fn new(state: &State, submission: &Submission) -> Self {
        let mode = state.jurisdiction.as_ref().map(|opened| opened.mode);
        let Events::Households(events) = &submission.events else { return Self { mode, elsewhere: BTreeSet::new() } };
        let named = events.iter().filter(|event| seals(event)).filter_map(|event| event.household);
        let away = |id: &HouseholdId| state.homes.get(id).is_some_and(|home| *home != submission.area);
        Self { mode, elsewhere: named.filter(away).collect() }
    }
}

/// Whether the event has sealed data.
fn seals(event: &HouseholdEvent) -> bool {
    match &event.kind {
        HouseholdKind::HouseholdRegistered(new) => {
            new.facts.sealed.is_some() || new.members.iter().any(|member| member.sealed.is_some())
        }
        HouseholdKind::HouseholdUpdated(updated) => updated.facts.sealed.is_some(),
        HouseholdKind::MemberAdded(added) => added.member.sealed.is_some(),
        HouseholdKind::MemberUpdated(updated) => updated.member.sealed.is_some(),
        _ => false,
    }
}

impl Unsealing<'_, '_> {
    /// Opens the boxes of an event. `event` is the parsed form; `wire` the wire form, which has the boxes.
    fn open(&mut self, household: HouseholdId, event: &HouseholdKind, wire: Option<Kind>) {
        match (event, wire) {
            (HouseholdKind::HouseholdRegistered(new), Some(Kind::HouseholdRegistered(wire))) => {
                self.household(household, wire.sealed.as_ref());
                for (member, wire) in new.members.iter().zip(&wire.members) {
                    self.member(household, member, wire.sealed.as_ref());
                }
            }
            (HouseholdKind::HouseholdUpdated(_), Some(Kind::HouseholdUpdated(wire))) => {
                self.household(household, wire.sealed.as_ref());
            }
            (HouseholdKind::MemberAdded(added), Some(Kind::MemberAdded(wire))) => {
                self.member(household, &added.member, wire.member.and_then(|member| member.sealed).as_ref());
            }
            (HouseholdKind::MemberUpdated(updated), Some(Kind::MemberUpdated(wire))) => {
                self.member(household, &updated.member, wire.member.and_then(|member| member.sealed).as_ref());
            }
            _ => {}
        }
    }

    fn household(&mut self, household: HouseholdId, sealed: Option<&v1::Sealed>) {
        let Some(sealed) = sealed else { return };
        let place = Place::household(self.origin, household);
        match self.keyring.open(household.get(), &place, sealed) {
            Err((code, detail)) => self.refuse(code, "sealed", detail),
            Ok(opened) => {
                for (code, field) in check_household(&opened) {
                    self.refuse(code, field, String::new());
                }
            }
        }
    }

    fn member(&mut self, household: HouseholdId, member: &Member, sealed: Option<&v1::Sealed>) {
        let Some(sealed) = sealed else { return };
        let place = Place::member(self.origin, household, member.number);
        let opened = match self.keyring.open(household.get(), &place, sealed) {
            Ok(opened) => opened,
            Err((code, detail)) => return self.refuse(code, "sealed", format!("member {}: {detail}", member.number)),
        };
        let (citizen_id, wrong) = check_member(&opened, member, self.mode);
        for (code, field) in wrong {
            self.refuse(code, field, format!("member {}", member.number));
        }
        let Some(citizen_id) = citizen_id else { return };
        let (person, tag) = (household.person(member.number), self.tag_key.tag(citizen_id.as_str()));
        // The last event about a person in a submission counts.
        self.tags.retain(|earlier| earlier.person != person);
        self.tags.push(PersonTag { person, tag });
    }

    fn refuse(&mut self, code: Code, field: &'static str, detail: String) {
        self.problems.push(Problem { code, event: Some(self.event), field: field.into(), detail });
    }
}
