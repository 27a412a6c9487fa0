//! Events of the aid service.

use super::common::{corrects, evidence};
use super::policy::is_measure_code;
use super::reader::Reader;
use crate::v1;
use crate::v1::aid_event::Kind;
use lika_domain::aid::{
    AidAcknowledged, AidDelivered, AidEvent, AidKind, AidReversed, FundsAllocated, FundsReleased, FundsSource,
    MeasureGroup, MeasurePlanned, ReversalReason,
};
use lika_domain::policy::MEASURE_CODE_CHARS_MAX;
use lika_domain::village::NAME_CHARS_MAX;

pub(super) fn event(r: &mut Reader, event: v1::AidEvent) -> Option<AidEvent> {
    let happened = r.date(event.happened, "happened");
    let household = r.household(event.household, "household");
    let evidence = evidence(r, &event.evidence);
    let kind = match event.kind {
        Some(kind) => kind_of(r, kind),
        None => r.missing("kind"),
    };
    Some(AidEvent {
        happened: happened?,
        household: household?,
        evidence: evidence?,
        corrects: corrects(event.corrects),
        kind: kind?,
    })
}

fn kind_of(r: &mut Reader, kind: Kind) -> Option<AidKind> {
    match kind {
        Kind::FundsReleased(released) => funds_released(r, released).map(AidKind::FundsReleased),
        Kind::FundsAllocated(allocated) => funds_allocated(r, allocated).map(AidKind::FundsAllocated),
        Kind::MeasurePlanned(planned) => measure_planned(r, planned).map(AidKind::MeasurePlanned),
        Kind::AidDelivered(delivered) => aid_delivered(r, delivered).map(AidKind::AidDelivered),
        Kind::AidAcknowledged(acknowledged) => aid_acknowledged(r, acknowledged).map(AidKind::AidAcknowledged),
        Kind::AidReversed(reversed) => aid_reversed(r, reversed).map(AidKind::AidReversed),
    }
}

fn funds_released(r: &mut Reader, wire: v1::FundsReleased) -> Option<FundsReleased> {
    let release = r.number(wire.release, "release");
    let source = r.kind(wire.source, FundsSource::from_wire, "source");
    let amount = r.amount(wire.amount, "amount");
    let year = r.year(wire.year, "year");
    let document = r.text(wire.document, NAME_CHARS_MAX, "document");
    Some(FundsReleased { release: release?, source: source?, amount: amount?, year: year?, document: document? })
}

fn funds_allocated(r: &mut Reader, wire: v1::FundsAllocated) -> Option<FundsAllocated> {
    let allocation = r.number(wire.allocation, "allocation");
    let release = r.number(wire.release, "release");
    let amount = r.amount(wire.amount, "amount");
    let group = r.kind(wire.group, MeasureGroup::from_wire, "group");
    let project = r.text(wire.project, NAME_CHARS_MAX, "project");
    Some(FundsAllocated {
        allocation: allocation?,
        release: release?,
        amount: amount?,
        group: group?,
        project: project?,
    })
}

fn measure_planned(r: &mut Reader, wire: v1::MeasurePlanned) -> Option<MeasurePlanned> {
    let measure = r.number(wire.measure, "measure");
    let group = r.kind(wire.group, MeasureGroup::from_wire, "group");
    let code = match r.text(wire.code, MEASURE_CODE_CHARS_MAX, "code") {
        Some(code) if !is_measure_code(&code) => r.invalid("code", "only a-z, 0-9 and _"),
        code => code,
    };
    let amount = r.amount(wire.amount, "amount");
    let until = r.date_or_none(wire.until, "until");
    Some(MeasurePlanned {
        measure: measure?,
        group: group?,
        code: code?,
        allocation: (wire.allocation > 0).then_some(wire.allocation),
        amount: amount?,
        until: until?,
    })
}

fn aid_delivered(r: &mut Reader, wire: v1::AidDelivered) -> Option<AidDelivered> {
    let delivery = r.number(wire.delivery, "delivery");
    let group = r.kind(wire.group, MeasureGroup::from_wire, "group");
    let amount = r.amount(wire.amount, "amount");
    let member = r.member_or_none(wire.member, "member");
    Some(AidDelivered {
        delivery: delivery?,
        group: group?,
        measure: (wire.measure > 0).then_some(wire.measure),
        allocation: (wire.allocation > 0).then_some(wire.allocation),
        amount: amount?,
        member: member?,
    })
}

fn aid_acknowledged(r: &mut Reader, wire: v1::AidAcknowledged) -> Option<AidAcknowledged> {
    let delivery = r.number(wire.delivery, "delivery");
    let member = r.member(wire.member, "member");
    Some(AidAcknowledged { delivery: delivery?, member: member? })
}

fn aid_reversed(r: &mut Reader, wire: v1::AidReversed) -> Option<AidReversed> {
    let delivery = r.number(wire.delivery, "delivery");
    let amount = r.amount(wire.amount, "amount");
    let reason = r.kind(wire.reason, ReversalReason::from_wire, "reason");
    Some(AidReversed { delivery: delivery?, amount: amount?, reason: reason? })
}
