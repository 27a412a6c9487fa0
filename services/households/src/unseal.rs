//! Finds the sealed boxes of a submission, opens them and has their content checked.

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

/// What the state has to say, taken out of it at once: opening boxes takes long, and the ledger waits for the state.
pub(crate) struct Ground {
    /// `None` as long as the log is not opened.
    mode: Option<Mode>,
    /// Cards the submission names that lie in another village.
    elsewhere: BTreeSet<HouseholdId>,
}

/// What is known while the boxes of one submission are opened.
struct Unsealing<'a, 'v> {
    origin: &'a str,
    mode: Mode,
    tag_key: &'a TagKey,
    keyring: &'a mut Keyring<'v>,
    event: u32,
    tags: Vec<PersonTag>,
    problems: Vec<Problem>,
}

/// Opens every box of a submission. Gives the tags of the citizen IDs in them, one for each person.
///
/// # Errors
/// Everything that is wrong with what is sealed, by event.
pub(crate) fn unseal(
    ground: &Ground,
    tag_key: &TagKey,
    keyring: &mut Keyring<'_>,
    prepared: &Prepared,
) -> Result<Vec<PersonTag>, Rejection> {
    let submission = &prepared.parsed;
    let Events::Households(events) = &submission.events else { return Ok(Vec::new()) };
    if !events.iter().any(seals) {
        return Ok(Vec::new());
    }
    let Some(mode) = ground.mode else { return Err(Rejection::of(Code::NotOpened, "events", "")) };
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
        // Keys of a card are taken only with what is recorded in its own village.
        if ground.elsewhere.contains(&household) {
            unsealing.refuse(Code::HouseholdUnknown, "household", household.to_string());
            continue;
        }
        unsealing.open(household, &event.kind, wire.kind);
    }
    if unsealing.problems.is_empty() { Ok(unsealing.tags) } else { Err(Rejection { problems: unsealing.problems }) }
}

impl Ground {
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
    /// The event as it was read, and as it stands on the wire, where the boxes are.
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
        // What a submission says last of a person is what holds.
        self.tags.retain(|earlier| earlier.person != person);
        self.tags.push(PersonTag { person, tag });
    }

    fn refuse(&mut self, code: Code, field: &'static str, detail: String) {
        self.problems.push(Problem { code, event: Some(self.event), field: field.into(), detail });
    }
}
