//! Events as the rules see them, and their parts.

use crate::county::{area, date, household, member_no, official};
use lika_domain::date::Month;
use lika_domain::household::{Attribute, Cause, Facts, HouseholdEvent, HouseholdKind, Standard};
use lika_domain::ids::KeyId;
use lika_domain::member::{Health, Labour, Member, Relation, Sex};
use lika_domain::official::{KeyEnrolled, OfficialEnrolled, OfficialEvent, OfficialKind, PublicKey, Role};
use lika_domain::submission::{Envelope, OfficialEnvelope, Reported};

/// Enrols an official with a role in an area.
pub fn enrolled(role: Role, place: &str) -> OfficialKind {
    OfficialKind::OfficialEnrolled(OfficialEnrolled {
        role,
        area: area(place),
        unit: "unit".into(),
        post: "post".into(),
        sealed: Some(1),
    })
}

/// Enrols the key of that number.
pub fn key_enrolled(number: u32) -> OfficialKind {
    OfficialKind::KeyEnrolled(KeyEnrolled { public_key: public_key(number), device: "tablet".into() })
}

/// The key of that number; its name is the number itself.
pub fn public_key(number: u32) -> PublicKey {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    PublicKey { id: KeyId(u64::from(number)), bytes }
}

/// An event of an official.
pub fn official_event(happened: u32, number: u32, kind: OfficialKind) -> OfficialEvent {
    OfficialEvent {
        envelope: OfficialEnvelope {
            happened: date(happened),
            official: official(number),
            household: None,
            evidence: Vec::new(),
            corrects: None,
        },
        kind,
    }
}

/// An event of the village or the jurisdiction.
pub fn village_event(happened: u32, kind: HouseholdKind) -> HouseholdEvent {
    HouseholdEvent {
        envelope: Envelope { happened: date(happened), household: None, evidence: Vec::new(), corrects: None },
        kind,
    }
}

/// An event of a household.
pub fn household_event(happened: u32, number: u64, kind: HouseholdKind) -> HouseholdEvent {
    around(village_event(happened, kind), |event| event.household = Some(household(number)))
}

/// A card's own facts.
pub fn facts() -> Facts {
    Facts {
        group: 2,
        attribute: Attribute::General,
        standard: Standard::National,
        main_cause: Cause::Illness,
        other_causes: vec![Cause::Labour],
        willing_to_relocate: false,
        sealed: Some(1),
    }
}

/// Head, spouse and child.
pub fn family() -> Vec<Member> {
    vec![
        member(1, Relation::Head, Sex::Male, 197_002),
        member(2, Relation::Spouse, Sex::Female, 197_211),
        member(3, Relation::Child, Sex::Female, 200_109),
    ]
}

/// A healthy person who does not work away from home.
pub fn member(number: u32, relation: Relation, sex: Sex, birth_month: u32) -> Member {
    Member {
        number: member_no(number),
        relation,
        sex,
        birth_month: Month::from_yyyymm(birth_month).unwrap(),
        ethnicity: 1,
        education: None,
        school: None,
        health: Health::Healthy,
        labour: Labour::Ordinary,
        work_place: None,
        work_months: 0,
        medical_insurance: true,
        pension_insurance: false,
        disability: None,
        sealed: Some(1),
        tag: None,
    }
}

/// An event with a changed envelope.
pub fn around<E, K>(mut event: Reported<E, K>, change: impl FnOnce(&mut E)) -> Reported<E, K> {
    change(&mut event.envelope);
    event
}
