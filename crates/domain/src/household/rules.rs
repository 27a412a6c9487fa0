//! Which rule judges and which change follows each event of the households service, and who may report it:
//!
//! | event | administrator | county officer | township and village officer | responsible official |
//! |---|---|---|---|---|
//! | village registered, parameters set, personal data erased | yes | | | |
//! | village or county exited | yes | yes | | |
//! | income, living conditions | yes | yes | yes | yes |
//! | steps of procedures | as the tables of [`procedure::machine`] say | | | |
//! | everything else | yes | yes | yes | |
//!
//! Each inside their own area, which is judged once for the whole submission.

use super::{Household, HouseholdEvent, HouseholdKind, PersonalDataErased, Subject, card, registration, status};
use crate::admit::Judge;
use crate::official::Role;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
use crate::{income, living, member, policy, procedure, village};

const ADMINISTRATOR: &[Role] = &[Role::Administrator];
const COUNTY: &[Role] = &[Role::CountyOfficer, Role::Administrator];
const OFFICERS: &[Role] = &[Role::VillageOfficer, Role::TownshipOfficer, Role::CountyOfficer, Role::Administrator];
const ASSESSORS: &[Role] =
    &[Role::VillageOfficer, Role::Responsible, Role::TownshipOfficer, Role::CountyOfficer, Role::Administrator];

/// Judges one event.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent) {
    judge.envelope(event.happened, &event.evidence, event.corrects);
    judge.allow(roles(&event.kind));
    match &event.kind {
        HouseholdKind::VillageRegistered(new) => village::check_registered(judge, store, event, new),
        HouseholdKind::VillageProfileUpdated(profile) => village::check_profile(judge, store, event, profile),
        HouseholdKind::HouseholdRegistered(new) => registration::check(judge, store, event, new),
        HouseholdKind::HouseholdUpdated(updated) => card::check_updated(judge, store, event, updated),
        HouseholdKind::MemberAdded(added) => member::check_added(judge, store, event, added),
        HouseholdKind::MemberUpdated(updated) => member::check_updated(judge, store, event, updated),
        HouseholdKind::MemberRemoved(removed) => member::check_removed(judge, store, event, removed),
        HouseholdKind::IncomeAssessed(assessed) => income::check(judge, store, event, assessed),
        HouseholdKind::LivingConditionsAssessed(assessed) => living::check(judge, store, event, assessed),
        HouseholdKind::ProcedureStepTaken(step) => procedure::check(judge, store, event, step),
        HouseholdKind::HouseholdExited(exit) => status::check_exited(judge, store, event, exit),
        HouseholdKind::HouseholdFellBack(fall) => status::check_fell_back(judge, store, event, fall),
        HouseholdKind::HouseholdDeregistered(closed) => card::check_deregistered(judge, store, event, closed),
        HouseholdKind::MonitoringStarted(started) => status::check_monitoring_started(judge, store, event, started),
        HouseholdKind::MonitoringEnded(ended) => status::check_monitoring_ended(judge, store, event, ended),
        HouseholdKind::VillageExited(exit) => village::check_exited(judge, store, event, exit),
        HouseholdKind::CountyExited(exit) => village::check_county_exited(judge, store, event, exit),
        HouseholdKind::PersonalDataErased(erased) => check_erased(judge, store, event, erased),
        HouseholdKind::PolicySet(set) => {
            judge.no_card(event.household);
            judge.in_jurisdiction(store);
            policy::check(judge, store, set);
        }
    }
}

/// Applies one event.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    match &event.kind {
        HouseholdKind::VillageRegistered(new) => village::apply_registered(store, entry, event, new),
        HouseholdKind::VillageProfileUpdated(profile) => village::apply_profile(store, entry, profile),
        HouseholdKind::HouseholdRegistered(new) => registration::apply(store, entry, event, new),
        HouseholdKind::HouseholdUpdated(updated) => card::apply_updated(store, entry, event, updated),
        HouseholdKind::MemberAdded(added) => member::apply_added(store, entry, event, added),
        HouseholdKind::MemberUpdated(updated) => member::apply_updated(store, entry, event, updated),
        HouseholdKind::MemberRemoved(removed) => member::apply_removed(store, entry, event, removed),
        HouseholdKind::IncomeAssessed(assessed) => income::apply(store, entry, event, assessed),
        HouseholdKind::LivingConditionsAssessed(assessed) => living::apply(store, entry, event, assessed),
        HouseholdKind::ProcedureStepTaken(step) => procedure::apply(store, entry, event, step),
        HouseholdKind::HouseholdExited(exit) => status::apply_exited(store, entry, event, exit),
        HouseholdKind::HouseholdFellBack(fall) => status::apply_fell_back(store, entry, event, fall),
        HouseholdKind::HouseholdDeregistered(_) => card::apply_deregistered(store, entry, event),
        HouseholdKind::MonitoringStarted(started) => status::apply_monitoring_started(store, entry, event, started),
        HouseholdKind::MonitoringEnded(ended) => status::apply_monitoring_ended(store, entry, event, ended),
        HouseholdKind::VillageExited(_) => village::apply_exited(store, entry, event),
        HouseholdKind::CountyExited(_) => village::apply_county_exited(store, entry, event),
        HouseholdKind::PersonalDataErased(erased) => apply_erased(store, entry, erased),
        HouseholdKind::PolicySet(set) => policy::apply(store, entry, set),
    }
}

impl HouseholdEvent {
    /// The card it concerns, which must be open and not younger than the event. A closed card takes only erasure and
    /// what puts its facts right.
    pub(crate) fn card<'s>(&self, judge: &mut Judge<'_>, store: &'s impl Store) -> Option<&'s Household> {
        let card = if self.corrects_facts() {
            judge.card(store, self.household)?
        } else {
            judge.open_card(store, self.household)?
        };
        judge.require(self.happened >= card.registered, Code::BeforeRegistration, "happened");
        Some(card)
    }

    /// The card to be changed; `None` if there is none of that number in the village.
    pub(crate) fn card_mut<'s>(&self, store: &'s mut impl Store, entry: &Entry) -> Option<&'s mut Household> {
        store.household_mut(entry.submission.area, self.household?)
    }

    fn corrects_facts(&self) -> bool {
        let facts = matches!(
            self.kind,
            HouseholdKind::HouseholdUpdated(_)
                | HouseholdKind::MemberUpdated(_)
                | HouseholdKind::IncomeAssessed(_)
                | HouseholdKind::LivingConditionsAssessed(_)
        );
        facts && self.corrects.is_some()
    }
}

fn roles(kind: &HouseholdKind) -> &'static [Role] {
    match kind {
        HouseholdKind::VillageRegistered(_) | HouseholdKind::PersonalDataErased(_) | HouseholdKind::PolicySet(_) => {
            ADMINISTRATOR
        }
        HouseholdKind::VillageExited(_) | HouseholdKind::CountyExited(_) => COUNTY,
        HouseholdKind::IncomeAssessed(_) | HouseholdKind::LivingConditionsAssessed(_) => ASSESSORS,
        HouseholdKind::ProcedureStepTaken(step) => procedure::roles(step),
        _ => OFFICERS,
    }
}

/// A household's data is erased in its village, an official's in the jurisdiction. Erasing twice is harmless: data
/// sealed since then goes too.
fn check_erased(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, erased: &PersonalDataErased) {
    judge.no_card(event.household);
    let known = match erased.subject {
        Subject::Household(id) => {
            judge.village(store).is_none() || store.household(judge.entry.submission.area, id).is_some()
        }
        Subject::Official(id) => {
            judge.in_jurisdiction(store);
            store.official(id).is_some_and(|official| judge.entry.sees(official.since))
        }
    };
    judge.require(known, Code::ErasureUnknown, "subject");
}

/// The keyed hashes of citizen IDs stay: without them an erased person could be registered a second time.
fn apply_erased(store: &mut impl Store, entry: &Entry, erased: &PersonalDataErased) {
    match erased.subject {
        Subject::Household(id) => {
            if let Some(card) = store.household_mut(entry.submission.area, id) {
                card.erased = true;
            }
        }
        Subject::Official(id) => {
            if let Some(official) = store.official_mut(id) {
                official.erased = true;
            }
        }
    }
}
