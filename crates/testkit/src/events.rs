//! Events as officials send them.

use crate::county::{COUNTY, COUNTY_NAME, HAPPENED, ORIGIN, area};
use bytes::Bytes;
use lika_client::Device;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use lika_proto::v1::{household_event, official_event};

/// Opens the log for testing, by the device of its first administrator.
pub fn opening(device: &Device) -> Events {
    opening_for(device, v1::Mode::Testing)
}

/// Opens the log for testing or for production.
pub fn opening_for(device: &Device, mode: v1::Mode) -> Events {
    official_event(device.author().get(), official_event::Kind::JurisdictionOpened(opened(device, mode, None)))
}

/// The content of the event that opens the log, with the first administrator's personal data.
pub fn opened(device: &Device, mode: v1::Mode, sealed: Option<v1::Sealed>) -> v1::JurisdictionOpened {
    v1::JurisdictionOpened {
        origin: ORIGIN.into(),
        area: area(COUNTY).code(),
        name: COUNTY_NAME.into(),
        mode: mode.into(),
        public_key: public_key(device),
        sealed,
        ..Default::default()
    }
}

/// Enrols an official and the key of their device, in two submissions.
pub fn enrolments(device: &Device, role: v1::Role, place: &str) -> [Events; 2] {
    let enrolled = v1::OfficialEnrolled { role: role.into(), area: area(place).code(), ..Default::default() };
    let key = v1::KeyEnrolled { public_key: public_key(device), device: "tablet".into() };
    [official_event::Kind::OfficialEnrolled(enrolled), official_event::Kind::KeyEnrolled(key)]
        .map(|kind| official_event(device.author().get(), kind))
}

/// Registers a village.
pub fn village(name: &str) -> Events {
    let registered =
        v1::VillageRegistered { name: name.into(), poor: true, rural_households: 100, rural_persons: 300 };
    household_event(0, household_event::Kind::VillageRegistered(registered))
}

/// Reports another number of persons of a village.
pub fn profile(rural_persons: u32) -> Events {
    let updated = v1::VillageProfileUpdated { rural_households: 100, rural_persons, ..Default::default() };
    household_event(0, household_event::Kind::VillageProfileUpdated(updated))
}

/// Registers a household of one person. Its sealed data cannot be opened.
pub fn card(household: u64) -> Events {
    let unreadable = v1::Sealed { key: 1, r#box: vec![0; 64].into() };
    let head = v1::Member { sealed: Some(unreadable.clone()), ..head() };
    registration(household, head, Some(unreadable))
}

/// The same with this head and this personal data.
pub fn registration(household: u64, head: v1::Member, sealed: Option<v1::Sealed>) -> Events {
    let registered = v1::HouseholdRegistered {
        attribute: 1,
        standard: 1,
        main_cause: 1,
        members: vec![head],
        sealed,
        ..Default::default()
    };
    household_event(household, household_event::Kind::HouseholdRegistered(registered))
}

/// The head of a household: a man born in January 1965.
pub fn head() -> v1::Member {
    v1::Member {
        number: 1,
        relation: 1,
        sex: 1,
        birth_month: 196_501,
        ethnicity: 1,
        health: 1,
        labour: 1,
        ..Default::default()
    }
}

/// One event of a household, or of a village if the number is 0.
pub fn household_event(household: u64, kind: household_event::Kind) -> Events {
    let event = v1::HouseholdEvent { happened: HAPPENED, household, kind: Some(kind), ..Default::default() };
    Events::Households(v1::HouseholdEvents { events: vec![event] })
}

/// One event of an official.
pub fn official_event(official: u32, kind: official_event::Kind) -> Events {
    let event = v1::OfficialEvent { happened: HAPPENED, official, kind: Some(kind), ..Default::default() };
    Events::Officials(v1::OfficialEvents { events: vec![event] })
}

fn public_key(device: &Device) -> Bytes {
    Bytes::copy_from_slice(device.signer().public())
}
