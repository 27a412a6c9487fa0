//! Events of the aid service: who may record them, and which leaf judges and applies each.

use super::{AidEvent, AidKind, deliveries, funds};
use crate::admit::Judge;
use crate::official::Role;
use crate::state::Store;
use crate::submission::Entry;

/// Judges one event.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent) {
    judge.envelope(event.happened, &event.evidence, event.corrects);
    judge.allow(recorders(&event.kind));
    match &event.kind {
        AidKind::FundsReleased(released) => funds::check_released(judge, store, event, released),
        AidKind::FundsAllocated(allocated) => funds::check_allocated(judge, store, event, allocated),
        AidKind::MeasurePlanned(planned) => funds::check_planned(judge, store, event, planned),
        AidKind::AidDelivered(delivered) => deliveries::check_delivered(judge, store, event, delivered),
        AidKind::AidAcknowledged(acknowledged) => deliveries::check_acknowledged(judge, store, event, acknowledged),
        AidKind::AidReversed(reversed) => deliveries::check_reversed(judge, store, event, reversed),
    }
}

/// Applies one event.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &AidEvent) {
    match &event.kind {
        AidKind::FundsReleased(released) => funds::apply_released(store, entry, event, released),
        AidKind::FundsAllocated(allocated) => funds::apply_allocated(store, entry, event, allocated),
        AidKind::MeasurePlanned(planned) => funds::apply_planned(store, entry, event, planned),
        AidKind::AidDelivered(delivered) => deliveries::apply_delivered(store, entry, event, delivered),
        AidKind::AidAcknowledged(acknowledged) => deliveries::apply_acknowledged(store, entry, event, acknowledged),
        AidKind::AidReversed(reversed) => deliveries::apply_reversed(store, entry, event, reversed),
    }
}

/// Who may record what. Who answers for a household may bring help in kind, but pays nothing out of allocated money.
fn recorders(kind: &AidKind) -> &'static [Role] {
    use Role::{Administrator, CountyOfficer, Finance, Responsible, TownshipOfficer, VillageOfficer};
    match kind {
        AidKind::FundsReleased(_) | AidKind::FundsAllocated(_) | AidKind::AidReversed(_) => {
            &[Administrator, CountyOfficer, Finance]
        }
        AidKind::MeasurePlanned(_) => &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer],
        AidKind::AidDelivered(delivered) if delivered.allocation.is_some() => {
            &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer, Finance]
        }
        AidKind::AidDelivered(_) | AidKind::AidAcknowledged(_) => {
            &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer, Finance, Responsible]
        }
    }
}
