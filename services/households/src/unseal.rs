//! Finds the sealed boxes of a submission, opens them and checks their content.

use crate::private::{check_household, check_member};
use lika_domain::household::HouseholdKind;
use lika_domain::ids::HouseholdId;
use lika_domain::member::Member;
use lika_domain::official::Mode;
use lika_domain::rejection::{Code, Problem, Rejection};
use lika_domain::state::State;
use lika_domain::submission::{Events, PersonTag, Submission};
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_vault::{Keyring, TagKey};
use std::collections::BTreeSet;

/// The sealed boxes of an event. The events of the domain hold only the numbers of their keys, so the boxes are taken
/// from the message before that is converted.
pub(crate) struct Boxes {
    /// Number of the event in its submission.
    event: usize,
    household: Option<v1::Sealed>,
    /// One item for each member that the event reports; `None` if it has no box.
    members: Vec<Option<v1::Sealed>>,
}

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

/// The boxes of a submission, by event; events without any are left out.
pub(crate) fn boxes(message: &v1::Submission) -> Vec<Boxes> {
    let Some(v1::submission::Events::Households(list)) = &message.events else { return Vec::new() };
    list.events.iter().enumerate().filter_map(|(event, wire)| Boxes::of(event, wire.kind.as_ref()?)).collect()
}

/// Opens every box of a submission. Returns the tags of the citizen IDs in them, one for each person.
///
/// # Errors
/// All faults of the sealed data, by event.
pub(crate) fn unseal(
    facts: &StateFacts,
    tag_key: &TagKey,
    keyring: &mut Keyring<'_>,
    submission: &Submission,
    boxes: &[Boxes],
) -> Result<Vec<PersonTag>, Rejection> {
    let Events::Households(events) = &submission.events else { return Ok(Vec::new()) };
    if boxes.is_empty() {
        return Ok(Vec::new());
    }
    let Some(mode) = facts.mode else { return Err(Rejection::of(Code::NotOpened, "events", "")) };
    let mut unsealing = Unsealing {
        origin: &submission.origin,
        mode,
        tag_key,
        keyring,
        event: 0,
        tags: Vec::new(),
        problems: Vec::new(),
    };
    for boxes in boxes {
        let Some(event) = events.get(boxes.event) else { continue };
        unsealing.event = u32::try_from(boxes.event).unwrap_or(u32::MAX);
        let Some(household) = event.household else { continue };
        // A card's keys are accepted only with events of its own village.
        if facts.elsewhere.contains(&household) {
            unsealing.refuse(Code::HouseholdUnknown, "household", household.to_string());
            continue;
        }
        unsealing.open(household, members(&event.kind), boxes);
    }
    if unsealing.problems.is_empty() { Ok(unsealing.tags) } else { Err(Rejection { problems: unsealing.problems }) }
}

impl Boxes {
    fn of(event: usize, kind: &Kind) -> Option<Self> {
        let of_member = |member: &Option<v1::Member>| vec![member.as_ref().and_then(|member| member.sealed.clone())];
        let (household, members) = match kind {
            Kind::HouseholdRegistered(new) => {
                (new.sealed.clone(), new.members.iter().map(|member| member.sealed.clone()).collect())
            }
            Kind::HouseholdUpdated(updated) => (updated.sealed.clone(), Vec::new()),
            Kind::MemberAdded(added) => (None, of_member(&added.member)),
            Kind::MemberUpdated(updated) => (None, of_member(&updated.member)),
            _ => return None,
        };
        let found = household.is_some() || members.iter().any(Option::is_some);
        found.then_some(Self { event, household, members })
    }
}

impl StateFacts {
    pub(crate) fn new(state: &State, submission: &Submission, boxes: &[Boxes]) -> Self {
        let mode = state.jurisdiction.as_ref().map(|opened| opened.mode);
        let Events::Households(events) = &submission.events else { return Self { mode, elsewhere: BTreeSet::new() } };
        let named = boxes.iter().filter_map(|boxes| events.get(boxes.event)?.household);
        let away = |id: &HouseholdId| state.homes.get(id).is_some_and(|home| *home != submission.area);
        Self { mode, elsewhere: named.filter(away).collect() }
    }
}

/// The members that an event reports.
fn members(kind: &HouseholdKind) -> &[Member] {
    match kind {
        HouseholdKind::HouseholdRegistered(new) => &new.members,
        HouseholdKind::MemberAdded(added) => std::slice::from_ref(&added.member),
        HouseholdKind::MemberUpdated(updated) => std::slice::from_ref(&updated.member),
        _ => &[],
    }
}

impl Unsealing<'_, '_> {
    fn open(&mut self, household: HouseholdId, members: &[Member], boxes: &Boxes) {
        if let Some(sealed) = &boxes.household {
            self.household(household, sealed);
        }
        for (member, sealed) in members.iter().zip(&boxes.members) {
            if let Some(sealed) = sealed {
                self.member(household, member, sealed);
            }
        }
    }

    fn household(&mut self, household: HouseholdId, sealed: &v1::Sealed) {
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

    fn member(&mut self, household: HouseholdId, member: &Member, sealed: &v1::Sealed) {
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
