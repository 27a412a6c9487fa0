//! What stands around events, and the functions that read their matter, which the build writes from the descriptions
//! beside their rules.

use super::common;
use super::reader::Reader;
use crate::v1;
use lika_domain::aid::AidEvent;
use lika_domain::household::HouseholdEvent;
use lika_domain::official::OfficialEvent;
use lika_domain::rejection::Code;
use lika_domain::submission::{Envelope, OfficialEnvelope};
use matter::{aid_kind, household_kind, official_kind};

pub(super) fn household(r: &mut Reader, event: v1::HouseholdEvent) -> Option<HouseholdEvent> {
    let happened = r.date(event.happened, "happened");
    let household = r.household(event.household, "household");
    let evidence = common::evidence(r, &event.evidence);
    let kind = r.given(event.kind, "kind").and_then(|kind| household_kind(r, kind));
    let corrects = common::corrects(event.corrects);
    let envelope = Envelope { happened: happened?, household: household?, evidence: evidence?, corrects };
    Some(HouseholdEvent { envelope, kind: kind? })
}

pub(super) fn official(r: &mut Reader, event: v1::OfficialEvent) -> Option<OfficialEvent> {
    let happened = r.date(event.happened, "happened");
    let official = match event.official {
        0 => r.refuse(Code::OfficialIsMissing, "official", ""),
        number => r.official(number, "official"),
    };
    let household = r.household(event.household, "household");
    let evidence = common::evidence(r, &event.evidence);
    let kind = r.given(event.kind, "kind").and_then(|kind| official_kind(r, kind));
    let (happened, official, household, evidence) = (happened?, official?, household?, evidence?);
    let corrects = common::corrects(event.corrects);
    Some(OfficialEvent {
        envelope: OfficialEnvelope { happened, official, household, evidence, corrects },
        kind: kind?,
    })
}

pub(super) fn aid(r: &mut Reader, event: v1::AidEvent) -> Option<AidEvent> {
    let happened = r.date(event.happened, "happened");
    let household = r.household(event.household, "household");
    let evidence = common::evidence(r, &event.evidence);
    let kind = r.given(event.kind, "kind").and_then(|kind| aid_kind(r, kind));
    let corrects = common::corrects(event.corrects);
    let envelope = Envelope { happened: happened?, household: household?, evidence: evidence?, corrects };
    Some(AidEvent { envelope, kind: kind? })
}

/// Written by the build.
#[allow(unused_variables, clippy::all, clippy::pedantic, reason = "generated; the descriptions hold the comments")]
mod matter {
    use super::super::{common, special};
    use super::Reader;
    use crate::v1;
    use lika_domain::aid::*;
    use lika_domain::household::*;
    use lika_domain::member::*;
    use lika_domain::official::*;

    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}
