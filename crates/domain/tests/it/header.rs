//! Headers: signer, log, area, order and time; and the checks common to all events.

use lika_domain::ids::{EventRef, KeyId, SubmissionId};
use lika_domain::official::{
    HouseholdVisited, JurisdictionOpened, KeyRevoked, OfficialEvent, OfficialKind, RevokeReason, Role, RoleChanged,
    VisitPlace,
};
use lika_domain::rejection::Code;
use lika_domain::submission::{EVENTS_MAX, EVIDENCE_MAX, Events, Evidence, EvidenceKind};
use lika_testkit::county::{
    ADMINISTRATOR, AUDITOR, COUNTY, HOUSEHOLD, NOBODY, OTHER_VILLAGE, RESPONSIBLE, TODAY, VILLAGE, VILLAGE_OFFICER,
    date, household, official,
};
use lika_testkit::facts::{around, enrolled, key_enrolled, official_event};
use lika_testkit::rules::{Case, Report, opening, run};
use std::slice;

/// Index of the entry that [`lika_testkit::rules::World::open`] leaves to be judged next.
const NEXT: u64 = 4;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    [opening_cases(), author_cases(), chain_cases(), place_and_time_cases(), envelope_cases(), list_cases()].concat()
}

#[test]
fn headers() {
    run(&tables());
}

fn opening_cases() -> Vec<Case> {
    let refused = |name, report: Report, code, field| {
        Case::refused_for(name, &[], report, &[(code, None, field)]).on_empty_log()
    };
    let mut twice = opening();
    if let Events::Officials(events) = &mut twice.events {
        events.push(events[0].clone());
    }
    vec![
        Case::accepted("entry 0 opens the log", &[], opening()).on_empty_log(),
        refused("nothing before the opening", visits([visit()]), Code::NotOpened, "events"),
        refused("only entry 0 opens", opening().twisted(|entry| entry.index = 1), Code::NotOpened, "events"),
        refused("the opening is the only event", twice, Code::OpenedNotAlone, "events"),
        refused("the log's origin", opened(|opened| opened.origin = "other".into()), Code::OriginMismatch, "origin"),
        refused("its own key", opened(|opened| opened.public_key.id = KeyId(1)), Code::OpeningKeyMismatch, "key"),
        refused("the opening is by its own official", opening().by(NOBODY), Code::OpeningKeyMismatch, "key"),
        Case::refused("a village is not a jurisdiction", &[], village_opening(), Code::AreaWrongLevel, "area")
            .on_empty_log(),
        Case::refused("a name", &[], opened(|opened| opened.name = "".into()), Code::FieldMissing, "name")
            .on_empty_log(),
        Case::refused("a log is opened once", &[], opening(), Code::AlreadyOpened, "events"),
    ]
}

fn author_cases() -> Vec<Case> {
    let revoked = KeyRevoked { key: KeyId(u64::from(RESPONSIBLE)), reason: RevokeReason::Lost };
    let revoked = Report::officials([official_event(TODAY, RESPONSIBLE, OfficialKind::KeyRevoked(revoked))]);
    let retired = RoleChanged { role: None, unit: "".into(), post: "".into() };
    let retired = Report::officials([official_event(TODAY, RESPONSIBLE, OfficialKind::RoleChanged(retired))]);
    let newcomer = Report::officials([
        official_event(TODAY, NOBODY, enrolled(Role::VillageOfficer, VILLAGE)),
        official_event(TODAY, NOBODY, key_enrolled(NOBODY)),
    ]);
    let late = |report: Report| report.twisted(|entry| entry.basis = NEXT);
    let refused =
        |name, given: &[Report], report, code, field| Case::refused_for(name, given, report, &[(code, None, field)]);
    vec![
        refused("another log", &[], twisted(|e| e.submission.origin = "other".into()), Code::OriginMismatch, "origin"),
        refused("a key that is not enrolled", &[], twisted(|e| e.submission.key = KeyId(5)), Code::KeyUnknown, "key"),
        refused("a revoked key", slice::from_ref(&revoked), visits([visit()]), Code::KeyIsRevoked, "key"),
        Case::accepted("a key revoked after the basis", &[revoked], late(visits([visit()]))),
        Case::accepted("a key just enrolled", slice::from_ref(&newcomer), visits([visit()]).by(NOBODY)),
        refused(
            "a key enrolled after the basis",
            &[newcomer],
            late(visits([visit()]).by(NOBODY)),
            Code::KeyUnknown,
            "key",
        ),
        refused("somebody else's key", &[], as_author(VILLAGE_OFFICER), Code::KeyNotAuthors, "author"),
        refused("an author who is not enrolled", &[], as_author(NOBODY), Code::AuthorUnknown, "author"),
        refused("an author without a role", slice::from_ref(&retired), visits([visit()]), Code::RoleForbids, "author"),
        Case::accepted("a role lost after the basis", &[retired], late(visits([visit()]))),
        Case::refused("an auditor records nothing", &[], visits([visit()]).by(AUDITOR), Code::RoleForbids, "author"),
    ]
}

fn chain_cases() -> Vec<Case> {
    let refused =
        |name, given: &[Report], report, code, field| Case::refused_for(name, given, report, &[(code, None, field)]);
    let first = visits([visit()]);
    vec![
        Case::accepted("the second after the first", slice::from_ref(&first), first.clone()),
        refused("a number left out", &[], twisted(|e| e.submission.sequence = 2), Code::SequenceGap, "sequence"),
        refused(
            "the first again",
            slice::from_ref(&first),
            twisted(|e| e.submission.sequence = 1),
            Code::SequenceGap,
            "sequence",
        ),
        refused("no number is 0", &[], twisted(|e| e.submission.sequence = 0), Code::SequenceGap, "sequence"),
        refused(
            "after another submission",
            slice::from_ref(&first),
            twisted(|e| e.submission.previous = Some([9; 32])),
            Code::PreviousMismatch,
            "previous",
        ),
        refused(
            "without the previous one",
            &[first],
            twisted(|e| e.submission.previous = None),
            Code::PreviousMismatch,
            "previous",
        ),
        refused(
            "an id that is in use",
            &[],
            twisted(|e| e.submission.id = SubmissionId(1_u128.to_be_bytes())),
            Code::SubmissionIdReused,
            "id",
        ),
    ]
}

fn place_and_time_cases() -> Vec<Case> {
    let refused =
        |name, given: &[Report], report, code, field| Case::refused_for(name, given, report, &[(code, None, field)]);
    let elsewhere = [(Code::AreaForbids, None, "area"), (Code::VillageUnknown, Some(0), "area")];
    let abroad = [(Code::AreaUnknown, None, "area"), (Code::VillageUnknown, Some(0), "area")];
    vec![
        Case::refused_for("another official's village", &[], visits([visit()]).on(OTHER_VILLAGE), &elsewhere),
        Case::refused_for("another county", &[], visits([visit()]).on("130625100200").by(ADMINISTRATOR), &abroad),
        Case::refused(
            "a village's event on the county",
            &[],
            visits([visit()]).on(COUNTY).by(ADMINISTRATOR),
            Code::AreaWrongLevel,
            "area",
        ),
        Case::accepted("a clock a little fast", &[], twisted(|e| e.submission.composed_at += 600)),
        refused(
            "a clock too fast",
            &[],
            twisted(|e| e.submission.composed_at += 601),
            Code::ComposedInFuture,
            "composed_at",
        ),
        refused(
            "recorded before the village's last entry",
            &[],
            visits([visit_on(20_200_101)]).recorded(20_200_601),
            Code::RecordedBackwards,
            "recorded_at",
        ),
        refused("a basis with the entry itself", &[], twisted(|e| e.basis = e.index + 1), Code::BasisInvalid, "basis"),
        refused("before the village's last", &[], twisted(|e| e.basis = e.index - 1), Code::BasisInvalid, "basis"),
    ]
}

fn envelope_cases() -> Vec<Case> {
    let with = |change: fn(&mut OfficialEvent)| {
        let mut event = visit();
        change(&mut event);
        visits([event])
    };
    let photo = |size| Evidence { kind: EvidenceKind::Photo, sha256: [1; 32], size };
    let evidence = |documents: Vec<Evidence>| visits([around(visit(), |event| event.evidence = documents)]);
    let corrects = |entry| visits([around(visit(), |event| event.corrects = Some(EventRef { entry, event: 0 }))]);
    vec![
        Case::accepted("today", &[], with(|event| event.happened = date(TODAY))),
        Case::refused("tomorrow", &[], with(|event| event.happened = date(TODAY + 1)), Code::InFuture, "happened"),
        Case::accepted("the first day", &[], with(|event| event.happened = date(20_100_101))),
        Case::refused("too early", &[], with(|event| event.happened = date(20_091_231)), Code::TooOld, "happened"),
        Case::accepted("the most documents", &[], evidence(vec![photo(1); EVIDENCE_MAX])),
        Case::refused("too many", &[], evidence(vec![photo(1); EVIDENCE_MAX + 1]), Code::EvidenceInvalid, "evidence"),
        Case::refused("an empty file", &[], evidence(vec![photo(0)]), Code::EvidenceInvalid, "evidence"),
        Case::accepted("corrects a recorded event", &[visits([visit()])], corrects(NEXT)),
        Case::refused("corrects another kind of event", &[], corrects(NEXT - 1), Code::CorrectionInvalid, "corrects"),
        Case::refused("corrects itself", &[], corrects(NEXT), Code::CorrectionInvalid, "corrects"),
        Case::refused("corrects a later entry", &[], corrects(NEXT + 1), Code::CorrectionInvalid, "corrects"),
    ]
}

fn list_cases() -> Vec<Case> {
    let bad = || visit_on(20_000_101);
    vec![
        Case::refused_for("no event", &[], visits([]), &[(Code::NoEvents, None, "events")]),
        Case::accepted("the most events", &[], visits(vec![visit(); EVENTS_MAX])),
        Case::refused_for(
            "too many events, and no other problem is listed",
            &[],
            visits(vec![bad(); EVENTS_MAX + 1]),
            &[(Code::TooManyEvents, None, "events")],
        ),
        Case::refused_for(
            "every bad event is listed",
            &[],
            visits([visit(), bad(), visit(), bad()]),
            &[(Code::TooOld, Some(1), "happened"), (Code::TooOld, Some(3), "happened")],
        ),
    ]
}

/// A visit to the household by its responsible official, some days ago.
fn visit() -> OfficialEvent {
    visit_on(20_210_510)
}

fn visit_on(day: u32) -> OfficialEvent {
    let visited = HouseholdVisited { place: VisitPlace::Home, minute: None, companions: Vec::new(), sealed: None };
    let event = official_event(day, RESPONSIBLE, OfficialKind::HouseholdVisited(visited));
    around(event, |event| event.household = Some(household(HOUSEHOLD)))
}

fn visits(events: impl Into<Vec<OfficialEvent>>) -> Report {
    Report::new(RESPONSIBLE, Events::Officials(events.into()))
}

/// One visit, its entry changed.
fn twisted(twist: fn(&mut lika_domain::submission::Entry)) -> Report {
    visits([visit()]).twisted(twist)
}

/// A visit signed with the responsible official's key in somebody else's name.
fn as_author(number: u32) -> Report {
    match number {
        NOBODY => twisted(|entry| entry.submission.author = official(NOBODY)),
        _ => twisted(|entry| entry.submission.author = official(VILLAGE_OFFICER)),
    }
}

fn opened(change: fn(&mut JurisdictionOpened)) -> Report {
    let mut report = opening();
    if let Events::Officials(events) = &mut report.events
        && let OfficialKind::JurisdictionOpened(opened) = &mut events[0].kind
    {
        change(opened);
    }
    report
}

fn village_opening() -> Report {
    opened(|opened| opened.area = VILLAGE.parse().unwrap()).on(VILLAGE)
}
