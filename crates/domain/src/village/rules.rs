//! What is judged and changed when a village enters the log, changes, or leaves the list; and when the county does.

use super::{
    COUNTY_ERRORS_BELOW, COUNTY_SATISFACTION_ABOVE, CountyExited, RURAL_PERSONS_MAX, Service, VillageExited,
    VillageHead, VillageProfileUpdated, VillageRegistered,
};
use crate::admit::Judge;
use crate::household::HouseholdEvent;
use crate::money::Fen;
use crate::procedure::{self, Procedure, Subject};
use crate::rejection::Code;
use crate::state::{Jurisdiction, Store};
use crate::submission::Entry;
use std::collections::BTreeMap;

/// Shares of a county's exit are stated in so many parts.
const PARTS: u32 = 10_000;

pub(crate) fn check_registered(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    new: &VillageRegistered,
) {
    judge.no_card(event.household);
    judge.in_village();
    let earlier = store.village(judge.entry.submission.area);
    judge.require(earlier.is_none_or(|village| puts_right(event, village)), Code::VillageExists, "area");
    check_rural(judge, new.rural_households, new.rural_persons);
}

pub(crate) fn apply_registered(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, new: &VillageRegistered) {
    if let Some(village) = store.village_mut(entry.submission.area) {
        village.name.clone_from(&new.name);
        village.poor = new.poor;
        (village.rural_households, village.rural_persons) = (new.rural_households, new.rural_persons);
        if event.corrects.is_some_and(|earlier| village.exited_in == Some(earlier.entry)) {
            (village.exited, village.exited_in) = (None, None);
            procedure::take_back(&mut village.rounds, Procedure::VillageExit);
        }
        if !new.poor {
            procedure::drop_open(&mut village.rounds, Some(Procedure::VillageExit));
        }
        return;
    }
    let head = VillageHead {
        name: new.name.clone(),
        poor: new.poor,
        registered: event.happened,
        registered_in: entry.index,
        rural_households: new.rural_households,
        rural_persons: new.rural_persons,
        collective_income: Fen::ZERO,
        services: Vec::new(),
        exited: None,
        exited_in: None,
        rounds: Vec::new(),
        candidates: BTreeMap::new(),
        postings: Vec::new(),
        recorded_at: 0,
        last: entry.index,
    };
    store.put_village(entry.submission.area, head);
}

/// A registration again puts right the village's facts; one that names the village's exit takes that back too.
fn puts_right(event: &HouseholdEvent, village: &VillageHead) -> bool {
    let names = |entry| event.corrects.is_some_and(|earlier| earlier.entry == entry);
    names(village.registered_in) || village.exited_in.is_some_and(names)
}

pub(crate) fn check_profile(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    profile: &VillageProfileUpdated,
) {
    judge.no_card(event.household);
    judge.village(store);
    check_rural(judge, profile.rural_households, profile.rural_persons);
    let services = &profile.services;
    let distinct = services.len() <= Service::ALL.len()
        && services.iter().enumerate().all(|(position, service)| !services.iter().take(position).any(|s| s == service));
    judge.require(distinct, Code::FieldInvalid, "services");
}

pub(crate) fn apply_profile(store: &mut impl Store, entry: &Entry, profile: &VillageProfileUpdated) {
    if let Some(village) = store.village_mut(entry.submission.area) {
        village.rural_households = profile.rural_households;
        village.rural_persons = profile.rural_persons;
        village.collective_income = profile.collective_income;
        village.services.clone_from(&profile.services);
    }
}

/// The incidence that the exit rests on must be of the persons the village's profile states, and below the threshold.
pub(crate) fn check_exited(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, exit: &VillageExited) {
    judge.no_card(event.household);
    check_counted(judge, store, event, exit.poor_persons, exit.rural_persons);
    let Some(village) = judge.village(store) else { return };
    if !village.poor {
        judge.refuse(Code::VillageNotPoor, "area", "");
    } else if let Some(exited) = village.exited {
        judge.refuse(Code::VillageHasExited, "area", exited.to_string());
    } else {
        procedure::check_decided(judge, store, Subject::Village, Procedure::VillageExit, event.happened);
    }
    if exit.rural_persons != village.rural_persons {
        judge.refuse(Code::CountInconsistent, "rural_persons", format!("the profile states {}", village.rural_persons));
    }
}

pub(crate) fn apply_exited(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    if let Some(village) = store.village_mut(entry.submission.area) {
        village.exited = Some(event.happened);
        village.exited_in = Some(entry.index);
    }
    procedure::conclude(store, entry, Subject::Village, Procedure::VillageExit, event.happened);
}

pub(crate) fn check_county_exited(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    exit: &CountyExited,
) {
    judge.no_card(event.household);
    judge.in_jurisdiction(store);
    check_counted(judge, store, event, exit.poor_persons, exit.rural_persons);
    match store.jurisdiction().and_then(|jurisdiction| jurisdiction.exited) {
        Some(exited) => judge.refuse(Code::CountyHasExited, "area", exited.to_string()),
        None => procedure::check_decided(judge, store, Subject::County, Procedure::CountyExit, event.happened),
    }
    let standards = [
        (exit.wrong_exit, exit.wrong_exit < COUNTY_ERRORS_BELOW, "wrong_exit"),
        (exit.missed, exit.missed < COUNTY_ERRORS_BELOW, "missed"),
        (exit.satisfaction, exit.satisfaction > COUNTY_SATISFACTION_ABOVE, "satisfaction"),
    ];
    for (share, met, field) in standards {
        if share > PARTS {
            judge.refuse(Code::CountInconsistent, field, "");
        } else {
            judge.require(met, Code::ExitStandardUnmet, field);
        }
    }
}

pub(crate) fn apply_county_exited(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    if let Some(jurisdiction) = store.jurisdiction().cloned() {
        store.set_jurisdiction(Jurisdiction { exited: Some(event.happened), ..jurisdiction });
    }
    procedure::conclude(store, entry, Subject::County, Procedure::CountyExit, event.happened);
}

/// A household has at least one person; a village whose numbers are not known yet states 0 of both.
fn check_rural(judge: &mut Judge<'_>, households: u32, persons: u32) {
    judge.require(persons <= RURAL_PERSONS_MAX, Code::FieldInvalid, "rural_persons");
    judge.require(households <= persons, Code::CountInconsistent, "rural_households");
}

/// The persons counted make sense, and the poor among them are fewer than the threshold allows.
fn check_counted(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, poor: u32, rural: u32) {
    if rural == 0 || poor > rural {
        return judge.refuse(Code::CountInconsistent, "poor_persons", "");
    }
    let policy = store.base().policy.seen_by(judge.entry);
    let threshold = policy.exit_threshold(judge.entry.submission.area, event.happened);
    let incidence = u64::from(poor) * u64::from(PARTS) / u64::from(rural);
    if u64::from(poor) * u64::from(PARTS) >= u64::from(threshold) * u64::from(rural) {
        let detail = format!("{incidence} per 10,000, below {threshold} is asked for");
        judge.refuse(Code::ExitStandardUnmet, "poor_persons", detail);
    }
}
