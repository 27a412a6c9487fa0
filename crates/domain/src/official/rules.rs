//! Events of the officials service: who may record them, and which leaf judges and applies each.

use super::{OfficialEvent, OfficialKind, Role, authority, duties};
use crate::admit::Judge;
use crate::state::Store;
use crate::submission::Entry;

/// Judges one event.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEvent) {
    judge.envelope(event.happened, &event.evidence, event.corrects);
    judge.allow(recorders(&event.kind));
    match &event.kind {
        OfficialKind::JurisdictionOpened(opened) => authority::check_opened(judge, store, event, opened),
        OfficialKind::OfficialEnrolled(enrolled) => authority::check_enrolled(judge, store, event, enrolled),
        OfficialKind::KeyEnrolled(enrolled) => authority::check_key_enrolled(judge, store, event, enrolled),
        OfficialKind::KeyRevoked(revoked) => authority::check_key_revoked(judge, store, event, revoked),
        OfficialKind::RoleChanged(changed) => authority::check_role_changed(judge, store, event, changed),
        OfficialKind::OfficialAssigned(assigned) => duties::check_assigned(judge, store, event, assigned),
        OfficialKind::AssignmentEnded(_) => duties::check_assignment_ended(judge, store, event),
        OfficialKind::VillageTeamPosted(posted) => duties::check_posted(judge, store, event, posted),
        OfficialKind::VillagePostEnded(ended) => duties::check_post_ended(judge, store, event, ended),
        OfficialKind::HouseholdVisited(visited) => duties::check_visited(judge, store, event, visited),
    }
}

/// Applies one event.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &OfficialEvent) {
    match &event.kind {
        OfficialKind::JurisdictionOpened(opened) => authority::apply_opened(store, entry, event, opened),
        OfficialKind::OfficialEnrolled(enrolled) => authority::apply_enrolled(store, entry, event, enrolled),
        OfficialKind::KeyEnrolled(enrolled) => authority::apply_key(store, entry, event.official, &enrolled.key),
        OfficialKind::KeyRevoked(revoked) => authority::apply_key_revoked(store, entry, revoked),
        OfficialKind::RoleChanged(changed) => authority::apply_role_changed(store, entry, event, changed),
        OfficialKind::OfficialAssigned(assigned) => duties::apply_assigned(store, entry, event, assigned),
        OfficialKind::AssignmentEnded(_) => duties::apply_assignment_ended(store, entry, event),
        OfficialKind::VillageTeamPosted(posted) => duties::apply_posted(store, entry, event, posted),
        OfficialKind::VillagePostEnded(ended) => duties::apply_post_ended(store, entry, event, ended),
        OfficialKind::HouseholdVisited(_) => duties::apply_visited(store, entry, event),
    }
}

/// Who may record what. An auditor records nothing.
fn recorders(kind: &OfficialKind) -> &'static [Role] {
    use Role::{Administrator, CountyOfficer, Responsible, TownshipOfficer, VillageOfficer};
    match kind {
        OfficialKind::JurisdictionOpened(_)
        | OfficialKind::OfficialEnrolled(_)
        | OfficialKind::KeyEnrolled(_)
        | OfficialKind::KeyRevoked(_)
        | OfficialKind::RoleChanged(_) => &[Administrator],
        OfficialKind::VillageTeamPosted(_) | OfficialKind::VillagePostEnded(_) => {
            &[Administrator, CountyOfficer, TownshipOfficer]
        }
        OfficialKind::OfficialAssigned(_) | OfficialKind::AssignmentEnded(_) => {
            &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer]
        }
        OfficialKind::HouseholdVisited(_) => {
            &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer, Responsible]
        }
    }
}
