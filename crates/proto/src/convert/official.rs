//! Events of the officials service.

use super::ORIGIN_CHARS_MAX;
use super::common::{corrects, evidence, sealed};
use super::reader::Reader;
use crate::v1;
use crate::v1::official_event::Kind;
use lika_domain::official::{
    AssignmentEnd, AssignmentEnded, COMPANIONS_MAX, Capacity, HouseholdVisited, JurisdictionOpened, KeyEnrolled,
    KeyRevoked, Mode, OfficialAssigned, OfficialEnrolled, OfficialEvent, OfficialKind, RevokeReason, Role, RoleChanged,
    VillagePost, VillagePostEnded, VillageTeamPosted, VisitPlace,
};
use lika_domain::rejection::Code;
use lika_domain::village::NAME_CHARS_MAX;

/// Minutes of a day; on the wire they are counted from 1, so that 0 can mean not given.
const MINUTES_PER_DAY: u32 = 1_440;

pub(super) fn event(r: &mut Reader, event: v1::OfficialEvent) -> Option<OfficialEvent> {
    let happened = r.date(event.happened, "happened");
    let official = match event.official {
        0 => r.refuse(Code::OfficialIsMissing, "official", ""),
        number => r.official(number, "official"),
    };
    let household = r.household(event.household, "household");
    let evidence = evidence(r, &event.evidence);
    let kind = match event.kind {
        Some(kind) => kind_of(r, kind),
        None => r.missing("kind"),
    };
    Some(OfficialEvent {
        happened: happened?,
        official: official?,
        household: household?,
        evidence: evidence?,
        corrects: corrects(event.corrects),
        kind: kind?,
    })
}

fn kind_of(r: &mut Reader, kind: Kind) -> Option<OfficialKind> {
    match kind {
        Kind::JurisdictionOpened(wire) => {
            jurisdiction_opened(r, wire).map(|opened| OfficialKind::JurisdictionOpened(Box::new(opened)))
        }
        Kind::OfficialEnrolled(wire) => official_enrolled(r, wire).map(OfficialKind::OfficialEnrolled),
        Kind::KeyEnrolled(wire) => key_enrolled(r, wire).map(OfficialKind::KeyEnrolled),
        Kind::KeyRevoked(wire) => key_revoked(r, wire).map(OfficialKind::KeyRevoked),
        Kind::RoleChanged(wire) => role_changed(r, wire).map(OfficialKind::RoleChanged),
        Kind::OfficialAssigned(wire) => {
            let capacity = r.kind(wire.capacity, Capacity::from_wire, "capacity")?;
            Some(OfficialKind::OfficialAssigned(OfficialAssigned { capacity }))
        }
        Kind::AssignmentEnded(wire) => {
            let reason = r.kind(wire.reason, AssignmentEnd::from_wire, "reason")?;
            Some(OfficialKind::AssignmentEnded(AssignmentEnded { reason }))
        }
        Kind::VillageTeamPosted(wire) => village_team_posted(r, wire).map(OfficialKind::VillageTeamPosted),
        Kind::VillagePostEnded(wire) => {
            let post = r.kind(wire.post, VillagePost::from_wire, "post")?;
            Some(OfficialKind::VillagePostEnded(VillagePostEnded { post }))
        }
        Kind::HouseholdVisited(wire) => household_visited(r, &wire).map(OfficialKind::HouseholdVisited),
    }
}

fn jurisdiction_opened(r: &mut Reader, wire: v1::JurisdictionOpened) -> Option<JurisdictionOpened> {
    let origin = r.required_text(wire.origin, ORIGIN_CHARS_MAX, "origin");
    let area = r.area(wire.area, "area");
    let name = r.required_text(wire.name, NAME_CHARS_MAX, "name");
    let mode = r.kind(wire.mode, Mode::from_wire, "mode");
    let key = r.public_key(&wire.public_key, "public_key");
    let unit = r.text(wire.unit, NAME_CHARS_MAX, "unit");
    let post = r.text(wire.post, NAME_CHARS_MAX, "post");
    let sealed = sealed(r, wire.sealed.as_ref());
    Some(JurisdictionOpened {
        origin: origin?,
        area: area?,
        name: name?,
        mode: mode?,
        key: key?,
        unit: unit?,
        post: post?,
        sealed: sealed?,
    })
}

fn official_enrolled(r: &mut Reader, wire: v1::OfficialEnrolled) -> Option<OfficialEnrolled> {
    let role = r.kind(wire.role, Role::from_wire, "role");
    let area = r.area(wire.area, "area");
    let unit = r.text(wire.unit, NAME_CHARS_MAX, "unit");
    let post = r.text(wire.post, NAME_CHARS_MAX, "post");
    let sealed = sealed(r, wire.sealed.as_ref());
    Some(OfficialEnrolled { role: role?, area: area?, unit: unit?, post: post?, sealed: sealed? })
}

fn key_enrolled(r: &mut Reader, wire: v1::KeyEnrolled) -> Option<KeyEnrolled> {
    let key = r.public_key(&wire.public_key, "public_key");
    let device = r.text(wire.device, NAME_CHARS_MAX, "device");
    Some(KeyEnrolled { key: key?, device: device? })
}

fn key_revoked(r: &mut Reader, wire: v1::KeyRevoked) -> Option<KeyRevoked> {
    let key = r.key(wire.key, "key");
    let reason = r.kind(wire.reason, RevokeReason::from_wire, "reason");
    Some(KeyRevoked { key: key?, reason: reason? })
}

/// Without a role there is no area either: two ways to write the same thing would be one too many.
fn role_changed(r: &mut Reader, wire: v1::RoleChanged) -> Option<RoleChanged> {
    let role = match r.kind_or_none(wire.role, Role::from_wire, "role") {
        Some(Some(role)) => r.area(wire.area, "area").map(|area| Some((role, area))),
        Some(None) if wire.area == 0 => Some(None),
        Some(None) => r.invalid("area", "no area without a role"),
        None => None,
    };
    let unit = r.text(wire.unit, NAME_CHARS_MAX, "unit");
    let post = r.text(wire.post, NAME_CHARS_MAX, "post");
    Some(RoleChanged { role: role?, unit: unit?, post: post? })
}

fn village_team_posted(r: &mut Reader, wire: v1::VillageTeamPosted) -> Option<VillageTeamPosted> {
    let post = r.kind(wire.post, VillagePost::from_wire, "post");
    let until = r.date_or_none(wire.until, "until");
    Some(VillageTeamPosted { post: post?, until: until? })
}

fn household_visited(r: &mut Reader, wire: &v1::HouseholdVisited) -> Option<HouseholdVisited> {
    let place = r.kind(wire.place, VisitPlace::from_wire, "place");
    let minute: Option<u16> = r.small(wire.minute, MINUTES_PER_DAY, "minute");
    let companions = wire.companions.iter().copied();
    let companions = r.list(companions, COMPANIONS_MAX, "companions", |r, number| r.official(number, "companions"));
    let sealed = sealed(r, wire.sealed.as_ref());
    sealed?;
    Some(HouseholdVisited { place: place?, minute: minute?.checked_sub(1), companions: companions? })
}
