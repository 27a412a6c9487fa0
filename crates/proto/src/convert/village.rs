//! Events that concern a village or the county as a whole.

use super::reader::Reader;
use crate::v1;
use lika_domain::village::{
    CountyExited, NAME_CHARS_MAX, RURAL_PERSONS_MAX, Service, VillageExited, VillageProfileUpdated, VillageRegistered,
};

/// Shares are given per 10,000.
const PER_10_000_MAX: u32 = 10_000;

pub(super) fn village_registered(r: &mut Reader, wire: v1::VillageRegistered) -> Option<VillageRegistered> {
    let name = r.required_text(wire.name, NAME_CHARS_MAX, "name");
    let rural_households = r.up_to(wire.rural_households, RURAL_PERSONS_MAX, "rural_households");
    let rural_persons = r.up_to(wire.rural_persons, RURAL_PERSONS_MAX, "rural_persons");
    Some(VillageRegistered {
        name: name?,
        poor: wire.poor,
        rural_households: rural_households?,
        rural_persons: rural_persons?,
    })
}

pub(super) fn profile_updated(r: &mut Reader, wire: &v1::VillageProfileUpdated) -> Option<VillageProfileUpdated> {
    let rural_households = r.up_to(wire.rural_households, RURAL_PERSONS_MAX, "rural_households");
    let rural_persons = r.up_to(wire.rural_persons, RURAL_PERSONS_MAX, "rural_persons");
    let collective_income = r.amount(wire.collective_income, "collective_income");
    let services = r.list(&wire.services, Service::ALL.len(), "services", |r, number| {
        r.kind(*number, Service::from_wire, "services")
    });
    Some(VillageProfileUpdated {
        rural_households: rural_households?,
        rural_persons: rural_persons?,
        collective_income: collective_income?,
        services: services?,
    })
}

pub(super) fn village_exited(r: &mut Reader, wire: v1::VillageExited) -> Option<VillageExited> {
    let poor_persons = r.up_to(wire.poor_persons, RURAL_PERSONS_MAX, "poor_persons");
    let rural_persons = r.up_to(wire.rural_persons, RURAL_PERSONS_MAX, "rural_persons");
    Some(VillageExited { poor_persons: poor_persons?, rural_persons: rural_persons? })
}

pub(super) fn county_exited(r: &mut Reader, wire: v1::CountyExited) -> Option<CountyExited> {
    let wrong_exit = r.up_to(wire.wrong_exit, PER_10_000_MAX, "wrong_exit");
    let missed = r.up_to(wire.missed, PER_10_000_MAX, "missed");
    let satisfaction = r.up_to(wire.satisfaction, PER_10_000_MAX, "satisfaction");
    Some(CountyExited {
        poor_persons: wire.poor_persons,
        rural_persons: wire.rural_persons,
        wrong_exit: wrong_exit?,
        missed: missed?,
        satisfaction: satisfaction?,
    })
}
