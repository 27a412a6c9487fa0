//! Finds the sealed boxes of a submission, opens them and checks their content.

use lika_domain::citizen_id::is_mobile;
use lika_domain::ids::HouseholdId;
use lika_domain::official::{OfficialEvent, OfficialKind};
use lika_domain::rejection::{Code, Problem, Rejection};
use lika_domain::state::State;
use lika_domain::submission::{Events, Submission};
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_vault::Keyring;
use std::collections::BTreeSet;

/// A fault of sealed data: code, field and detail.
type Fault = (Code, &'static str, String);

/// Visited cards that belong to another village than the submission's. Copied from the state beforehand: opening
/// boxes takes long, and the ledger must not wait for the state.
pub(crate) fn elsewhere(state: &State, submission: &Submission) -> BTreeSet<HouseholdId> {
    let Events::Officials(events) = &submission.events else { return BTreeSet::new() };
    let visits = events.iter().filter(|event| matches!(event.kind, OfficialKind::HouseholdVisited(_)));
    let away = |id: &HouseholdId| state.homes.get(id).is_some_and(|home| *home != submission.area);
    visits.filter_map(|event| event.household).filter(away).collect()
}

/// A box, by the kind of message in it.
pub(crate) enum Found {
    Official(v1::Sealed),
    Visit(v1::Sealed),
}

/// The boxes of a submission, each with the number of its event. The events of the domain hold only the numbers of
/// their keys, so the boxes are taken from the message before that is converted.
pub(crate) fn boxes(message: &v1::Submission) -> Vec<(usize, Found)> {
    let Some(v1::submission::Events::Officials(list)) = &message.events else { return Vec::new() };
    list.events.iter().enumerate().filter_map(|(event, wire)| Some((event, sealed(wire.kind.as_ref()?)?))).collect()
}

/// Opens every box of a submission.
///
/// # Errors
/// All faults of the sealed data, by event.
pub(crate) fn unseal(
    elsewhere: &BTreeSet<HouseholdId>,
    keyring: &mut Keyring<'_>,
    submission: &Submission,
    boxes: &[(usize, Found)],
) -> Result<(), Rejection> {
    let Events::Officials(events) = &submission.events else { return Ok(()) };
    let mut problems = Vec::new();
    for (number, found) in boxes {
        let Some(event) = events.get(*number) else { continue };
        let fault = match found {
            // A card's keys are accepted only with events of its own village.
            Found::Visit(_) if event.household.is_some_and(|id| elsewhere.contains(&id)) => {
                Some((Code::HouseholdUnknown, "household", String::new()))
            }
            found => found.open(keyring, &submission.origin, event).err(),
        };
        problems.extend(fault.map(|(code, field, detail)| Problem {
            code,
            event: u32::try_from(*number).ok(),
            field: field.into(),
            detail,
        }));
    }
    if problems.is_empty() { Ok(()) } else { Err(Rejection { problems }) }
}

fn sealed(kind: &Kind) -> Option<Found> {
    match kind {
        Kind::JurisdictionOpened(opened) => opened.sealed.clone().map(Found::Official),
        Kind::OfficialEnrolled(enrolled) => enrolled.sealed.clone().map(Found::Official),
        Kind::HouseholdVisited(visited) => visited.sealed.clone().map(Found::Visit),
        _ => None,
    }
}

impl Found {
    fn open(&self, keyring: &mut Keyring<'_>, origin: &str, event: &OfficialEvent) -> Result<(), Fault> {
        let unreadable = |(code, detail)| (code, "sealed", detail);
        match self {
            Self::Official(sealed) => {
                let place = Place::official(origin, event.official);
                let opened = keyring.open(event.official.get().into(), &place, sealed).map_err(unreadable)?;
                check_official(&opened)
            }
            Self::Visit(sealed) => {
                // The rules refuse an event without a household.
                let Some(household) = event.household else { return Ok(()) };
                let place = Place::visit(origin, household);
                keyring.open(household.get(), &place, sealed).map(|_| ()).map_err(unreadable)
            }
        }
    }
}

fn check_official(private: &v1::OfficialPrivate) -> Result<(), Fault> {
    if private.name.trim().is_empty() {
        return Err((Code::FieldMissing, "name", String::new()));
    }
    if !private.phone.is_empty() && !is_mobile(&private.phone) {
        return Err((Code::PhoneInvalid, "phone", String::new()));
    }
    Ok(())
}
