use super::reader::PROBLEMS_PER_EVENT_MAX;
use super::*;
use crate::v1;
use bytes::Bytes;
use lika_domain::aid::AidKind;
use lika_domain::household::{HouseholdEvent, HouseholdKind, Subject};
use lika_domain::ids::{PersonId, Tag};
use lika_domain::money::{AMOUNT_MAX_FEN, Fen};
use lika_domain::official::{ORIGIN_CHARS_MAX, OfficialKind};
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::{Envelope, Events, PersonTag, Submission};
use proptest::prelude::*;
use prost::Message;
use std::collections::BTreeSet;
use v1::aid_event::Kind as Aid;
use v1::household_event::Kind as Household;
use v1::official_event::Kind as Official;
use v1::policy_item::Value;

const HOUSEHOLD: u64 = 1_234_567_890;
const OFFICIAL: u32 = 10_000_001;
const VILLAGE: u64 = 130_624_100_200;

fn sealed() -> Option<v1::Sealed> {
    Some(v1::Sealed { key: 1, r#box: Bytes::from(vec![7; 40]) })
}

fn member() -> v1::Member {
    v1::Member {
        number: 1,
        relation: 1,
        sex: 2,
        birth_month: 195_803,
        ethnicity: 1,
        education: 2,
        health: 2,
        labour: 3,
        work_place: 2,
        work_months: 5,
        medical_insurance: true,
        disability_category: 3,
        disability_grade: 4,
        sealed: sealed(),
        ..Default::default()
    }
}

fn registered() -> v1::HouseholdRegistered {
    v1::HouseholdRegistered {
        group: 3,
        attribute: 1,
        standard: 1,
        main_cause: 1,
        other_causes: vec![8, 9],
        members: vec![member()],
        sealed: sealed(),
        willing_to_relocate: true,
    }
}

fn income() -> v1::IncomeAssessed {
    v1::IncomeAssessed { year: 2016, wage: 900_000, net: -5, per_head: -2, ..Default::default() }
}

fn policy(value: Option<Value>) -> v1::PolicySet {
    let item = v1::PolicyItem { area: 130_624_000_000, source: "冀扶办 2016".into(), unconfirmed: true, value };
    v1::PolicySet { effective: 20_160_101, items: vec![item] }
}

fn line() -> v1::Line {
    v1::Line { kind: 1, standard: 1, year: 2016, concept: 2, amount: 295_200 }
}

fn opened() -> v1::JurisdictionOpened {
    v1::JurisdictionOpened {
        origin: "lika.example/130624".into(),
        area: 130_624_000_000,
        name: "阜平县".into(),
        mode: 2,
        public_key: public_key(9),
        unit: "扶贫办".into(),
        post: String::new(),
        sealed: sealed(),
    }
}

fn household_kinds() -> Vec<Household> {
    let village =
        v1::VillageRegistered { name: "骆驼湾村".into(), poor: true, rural_households: 277, rural_persons: 608 };
    let profile = v1::VillageProfileUpdated { services: vec![1, 4], collective_income: 5, ..Default::default() };
    let updated = v1::HouseholdUpdated { attribute: 2, standard: 2, main_cause: 12, ..Default::default() };
    let removed = v1::MemberRemoved { member: 2, reason: 1, new_head: 3 };
    let living = v1::LivingConditionsAssessed { food: 1, water: 2, dwelling: 3, ..Default::default() };
    let step = v1::ProcedureStepTaken { procedure: 1, step: 6, outcome: 1, until: 20_160_708, ..Default::default() };
    vec![
        Household::VillageRegistered(village),
        Household::VillageProfileUpdated(profile),
        Household::HouseholdRegistered(registered()),
        Household::HouseholdUpdated(updated),
        Household::MemberAdded(v1::MemberAdded { member: Some(member()), reason: 1 }),
        Household::MemberUpdated(v1::MemberUpdated { member: Some(member()) }),
        Household::MemberRemoved(removed),
        Household::IncomeAssessed(income()),
        Household::LivingConditionsAssessed(living),
        Household::ProcedureStepTaken(step),
        Household::HouseholdExited(v1::HouseholdExited { income_year: 2016, accepted: true }),
        Household::HouseholdFellBack(v1::HouseholdFellBack { cause: 4, exit_in_error: true }),
        Household::HouseholdDeregistered(v1::HouseholdDeregistered { reason: 3, merged_into: HOUSEHOLD + 1 }),
        Household::MonitoringStarted(v1::MonitoringStarted { kind: 2, risks: vec![1, 2] }),
        Household::MonitoringEnded(v1::MonitoringEnded { outcome: 1 }),
        Household::VillageExited(v1::VillageExited { poor_persons: 3, rural_persons: 608 }),
        Household::CountyExited(v1::CountyExited { poor_persons: 900, missed: 150, ..Default::default() }),
        Household::PersonalDataErased(v1::PersonalDataErased { subject: HOUSEHOLD, reason: 1 }),
        Household::PolicySet(policy(Some(Value::Line(line())))),
    ]
}

fn official_kinds() -> Vec<Official> {
    let enrolled =
        v1::OfficialEnrolled {
            role: 4, area: VILLAGE, unit: "村委会".into(), sealed: sealed(), ..Default::default()
        };
    let visited = v1::HouseholdVisited { place: 1, minute: 601, companions: vec![OFFICIAL + 1], sealed: sealed() };
    vec![
        Official::JurisdictionOpened(opened()),
        Official::OfficialEnrolled(enrolled),
        Official::KeyEnrolled(v1::KeyEnrolled { public_key: public_key(1), device: "手机".into() }),
        Official::KeyRevoked(v1::KeyRevoked { key: 77, reason: 1 }),
        Official::RoleChanged(v1::RoleChanged { role: 5, area: VILLAGE, ..Default::default() }),
        Official::OfficialAssigned(v1::OfficialAssigned { capacity: 1 }),
        Official::AssignmentEnded(v1::AssignmentEnded { reason: 2 }),
        Official::VillageTeamPosted(v1::VillageTeamPosted { post: 1, until: 20_181_231 }),
        Official::VillagePostEnded(v1::VillagePostEnded { post: 1 }),
        Official::HouseholdVisited(visited),
    ]
}

fn aid_kinds() -> Vec<Aid> {
    let released = v1::FundsReleased { release: 1, source: 1, amount: 5, year: 2016, document: "财农2016-1".into() };
    let allocated =
        v1::FundsAllocated { allocation: 1, release: 1, amount: 5, group: 5, project: "危房改造".into() };
    let planned =
        v1::MeasurePlanned { measure: 1, group: 5, code: "housing_c".into(), amount: 5, ..Default::default() };
    let delivered = v1::AidDelivered { delivery: 1, group: 5, allocation: 1, amount: 5, ..Default::default() };
    vec![
        Aid::FundsReleased(released),
        Aid::FundsAllocated(allocated),
        Aid::MeasurePlanned(planned),
        Aid::AidDelivered(delivered),
        Aid::AidAcknowledged(v1::AidAcknowledged { delivery: 1, member: 1 }),
        Aid::AidReversed(v1::AidReversed { delivery: 1, amount: 5, reason: 1 }),
    ]
}

fn household_event(kind: Household) -> v1::HouseholdEvent {
    let evidence = v1::Evidence { kind: 2, sha256: Bytes::from(vec![3; 32]), size: 4_000 };
    v1::HouseholdEvent {
        happened: 20_160_701,
        household: HOUSEHOLD,
        evidence: vec![evidence],
        corrects: Some(v1::EventRef { entry: 4, event: 1 }),
        kind: Some(kind),
    }
}

fn official_event(kind: Official) -> v1::OfficialEvent {
    v1::OfficialEvent { happened: 20_160_701, official: OFFICIAL, kind: Some(kind), ..Default::default() }
}

fn aid_event(kind: Aid) -> v1::AidEvent {
    v1::AidEvent { happened: 20_160_701, household: HOUSEHOLD, kind: Some(kind), ..Default::default() }
}

fn of_households(events: Vec<v1::HouseholdEvent>) -> v1::Submission {
    submission_of(v1::submission::Events::Households(v1::HouseholdEvents { events }))
}

fn submission_of(events: v1::submission::Events) -> v1::Submission {
    v1::Submission {
        id: Bytes::from(vec![1; 16]),
        origin: "lika.example/130624".into(),
        area: VILLAGE,
        author: OFFICIAL,
        key: 77,
        sequence: 2,
        previous: Bytes::from(vec![2; 32]),
        composed_at: 1_467_331_200,
        events: Some(events),
        warned: Vec::new(),
    }
}

pub(super) fn all_submissions() -> Vec<v1::Submission> {
    let officials = official_kinds().into_iter().map(official_event).collect();
    let aid = aid_kinds().into_iter().map(aid_event).collect();
    vec![
        of_households(household_kinds().into_iter().map(household_event).collect()),
        submission_of(v1::submission::Events::Officials(v1::OfficialEvents { events: officials })),
        submission_of(v1::submission::Events::Aid(v1::AidEvents { events: aid })),
    ]
}

fn convert(wire: &v1::Submission) -> Result<Submission, Rejection> {
    submission(&wire.encode_to_vec().into())
}

fn listed(wire: &v1::Submission) -> Vec<(Code, Option<u32>, &'static str, String)> {
    let problems = convert(wire).unwrap_err().problems;
    problems.into_iter().map(|problem| (problem.code, problem.event, name(problem.field), problem.detail)).collect()
}

/// Fields are named by constants.
fn name(field: std::borrow::Cow<'static, str>) -> &'static str {
    match field {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(other) => unreachable!("{other}"),
    }
}

/// A refusal sent to another process is read back unchanged.
#[test]
fn a_refusal_can_be_read_back() {
    let problem = |field: &'static str, event| lika_domain::rejection::Problem {
        code: Code::TooOld,
        event,
        field: field.into(),
        detail: "x".into(),
    };
    let rejection = Rejection { problems: vec![problem("happened", Some(3)), problem("area", None)] };
    assert_eq!(super::rejection(super::refusal(&rejection, 422)), Some(rejection.clone()));
    let mut unknown = super::refusal(&rejection, 422);
    unknown.problems[1].code = "later".into();
    assert_eq!(super::rejection(unknown), None);
}

/// The only problem of a household event, as code and field.
fn household_problem(kind: impl Into<Option<Household>>) -> (Code, &'static str) {
    let Some(kind) = kind.into() else { panic!("no kind") };
    only(&of_households(vec![household_event(kind)]))
}

fn official_problem(kind: Official) -> (Code, &'static str) {
    let events = vec![official_event(kind)];
    only(&submission_of(v1::submission::Events::Officials(v1::OfficialEvents { events })))
}

fn aid_problem(kind: Aid) -> (Code, &'static str) {
    only(&submission_of(v1::submission::Events::Aid(v1::AidEvents { events: vec![aid_event(kind)] })))
}

fn only(wire: &v1::Submission) -> (Code, &'static str) {
    let listed = listed(wire);
    assert_eq!(listed.len(), 1, "{listed:?}");
    (listed[0].0, listed[0].2)
}

fn changed<T: Clone>(value: &T, change: impl FnOnce(&mut T)) -> T {
    let mut value = value.clone();
    change(&mut value);
    value
}

#[test]
fn every_event_has_a_case_here_and_is_read() {
    let [households, officials, aid] = all_submissions().try_into().unwrap();
    let read = convert(&households).unwrap();
    assert_eq!((read.id.to_string(), read.sequence, read.previous), ("01".repeat(16), 2, Some([2; 32])));
    assert_eq!((read.area.code(), read.author.get(), read.key.0), (VILLAGE, OFFICIAL, 77));
    let mut names = BTreeSet::new();
    for (wire, of) in [(households, Service::Households), (officials, Service::Officials), (aid, Service::Aid)] {
        let read = convert(&wire).unwrap();
        assert_eq!(Service::from(&read.events), of);
        match read.events {
            Events::Households(events) => names.extend(events.iter().map(|event| event.kind.event().name)),
            Events::Officials(events) => names.extend(events.iter().map(|event| event.kind.event().name)),
            Events::Aid(events) => names.extend(events.iter().map(|event| event.kind.event().name)),
        }
    }
    assert_eq!(names, lika_domain::catalogue::events().map(|event| event.name).collect());
}

#[test]
fn values_keep_their_meaning() {
    let read = convert(&all_submissions()[0]).unwrap();
    let Events::Households(events) = read.events else { panic!("other service") };
    let HouseholdEvent { envelope: Envelope { happened, household, evidence, corrects }, kind } = &events[2];
    assert_eq!((happened.yyyymmdd(), household.unwrap().get()), (20_160_701, HOUSEHOLD));
    assert_eq!((evidence[0].sha256, evidence[0].size, corrects.unwrap().entry), ([3; 32], 4_000, 4));
    let HouseholdKind::HouseholdRegistered(card) = kind else { panic!("other kind") };
    assert_eq!((card.facts.sealed, card.facts.other_causes.len(), card.facts.group), (Some(1), 2, 3));
    let member = &card.members[0];
    assert_eq!((member.birth_month.yyyymm(), member.tag, member.school), (195_803, None, None));
    assert_eq!(member.disability.map(|d| (d.category, d.grade)), Some((3, 4)));
    let HouseholdKind::IncomeAssessed(income) = &events[7].kind else { panic!("other kind") };
    assert_eq!((income.wage, income.net, income.per_head), (Fen(900_000), Fen(-5), Fen(-2)));

    let read = convert(&all_submissions()[1]).unwrap();
    let Events::Officials(events) = read.events else { panic!("other service") };
    let OfficialKind::JurisdictionOpened(opened) = &events[0].kind else { panic!("other kind") };
    assert_eq!(opened.public_key.id, key_id(&opened.public_key.bytes));
    assert_eq!(opened.public_key.bytes[..], public_key(9)[..]);
    let OfficialKind::HouseholdVisited(visit) = &events[9].kind else { panic!("other kind") };
    assert_eq!((visit.minute, visit.companions.len()), (Some(600), 1));

    let read = convert(&all_submissions()[2]).unwrap();
    let Events::Aid(events) = read.events else { panic!("other service") };
    let AidKind::AidDelivered(delivered) = &events[3].kind else { panic!("other kind") };
    assert_eq!((delivered.allocation, delivered.measure, delivered.member), (Some(1), None, None));
}

#[test]
fn a_key_is_named_by_the_hash_of_its_bytes() {
    // First 8 bytes of SHA-256 over 32 zero bytes, 66687aadf862bd77….
    assert_eq!(key_id(&[0; 32]).to_string(), "66687aadf862bd77");
}

#[test]
fn a_subject_is_a_household_or_an_official() {
    assert!(matches!(subject(HOUSEHOLD), Some(Subject::Household(_))));
    assert!(matches!(subject(u64::from(OFFICIAL)), Some(Subject::Official(_))));
    assert_eq!(subject(999), None);
}

#[test]
fn an_entry_comes_back() {
    for wire in all_submissions() {
        let bytes = Bytes::from(wire.encode_to_vec());
        let person = PersonId::new(HOUSEHOLD * 100 + 1).unwrap();
        let tags = [PersonTag { person, tag: Tag([5; 16]) }];
        let leaf = Bytes::from(encode_entry(&bytes, &[6; 64], 1_467_331_200_000, 41, &tags));
        assert_eq!(
            entry_area(&leaf).map(|area| area.code()),
            Some(v1::Submission::decode(bytes.clone()).unwrap().area)
        );
        let (entry, signed) = entry(42, &leaf).unwrap();
        assert_eq!((signed.submission, signed.signature), (bytes.clone(), [6; 64]));
        assert_eq!((entry.index, entry.recorded_at, entry.basis), (42, 1_467_331_200_000, 41));
        let Submission { header, events } = submission(&bytes).unwrap();
        assert_eq!((&entry.submission, &entry.events, entry.tags.as_slice()), (&header, &events, tags.as_slice()));
        assert_eq!(entry.hash, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(&bytes)));
    }
}

#[test]
fn a_damaged_entry_is_refused() {
    let whole = v1::Entry {
        submission: all_submissions()[0].encode_to_vec().into(),
        signature: Bytes::from(vec![6; 64]),
        recorded_at: 1,
        basis: 0,
        tags: vec![v1::Tag { person: HOUSEHOLD * 100 + 1, tag: Bytes::from(vec![5; 16]) }],
    };
    let code = |wire: v1::Entry| {
        let rejection = entry(0, &wire.encode_to_vec().into()).unwrap_err();
        (rejection.code(), name(rejection.problems[0].field.clone()))
    };
    assert_eq!(code(changed(&whole, |e| e.signature = Bytes::new())), (Code::FieldMissing, "signature"));
    assert_eq!(code(changed(&whole, |e| e.signature.truncate(63))), (Code::FieldInvalid, "signature"));
    assert_eq!(code(changed(&whole, |e| e.tags[0].tag.truncate(15))), (Code::FieldInvalid, "tag"));
    assert_eq!(code(changed(&whole, |e| e.tags[0].person = 7)), (Code::FieldInvalid, "person"));
    assert_eq!(code(changed(&whole, |e| e.submission.truncate(5))), (Code::Malformed, "submission"));
    assert_eq!(entry(0, &Bytes::from_static(b"\x0a\x05")).unwrap_err().code(), Code::Malformed);
    assert_eq!(entry(0, &Bytes::from(vec![0; ENTRY_BYTES_MAX + 1])).unwrap_err().code(), Code::EntryTooLarge);
}

#[test]
fn a_submission_is_refused_for_each_field_of_its_own() {
    let whole = of_households(vec![household_event(Household::IncomeAssessed(income()))]);
    let code = |change: fn(&mut v1::Submission)| only(&changed(&whole, change));
    assert_eq!(code(|s| s.id = Bytes::new()), (Code::FieldMissing, "id"));
    assert_eq!(code(|s| s.id.truncate(15)), (Code::FieldInvalid, "id"));
    assert_eq!(code(|s| s.origin.clear()), (Code::FieldMissing, "origin"));
    assert_eq!(code(|s| s.origin = "a\nb".into()), (Code::FieldInvalid, "origin"));
    assert_eq!(code(|s| s.origin = "a".repeat(ORIGIN_CHARS_MAX + 1)), (Code::TextTooLong, "origin"));
    assert_eq!(code(|s| s.area = 0), (Code::FieldMissing, "area"));
    assert_eq!(code(|s| s.area = 130_624), (Code::FieldInvalid, "area"));
    assert_eq!(code(|s| s.author = 0), (Code::FieldMissing, "author"));
    assert_eq!(code(|s| s.author = 7), (Code::FieldInvalid, "author"));
    assert_eq!(code(|s| s.key = 0), (Code::FieldMissing, "key"));
    assert_eq!(code(|s| s.sequence = 0), (Code::FieldMissing, "sequence"));
    assert_eq!(code(|s| s.previous.truncate(31)), (Code::FieldInvalid, "previous"));
    assert_eq!(code(|s| s.events = None), (Code::NoEvents, "events"));
    assert_eq!(only(&of_households(Vec::new())), (Code::NoEvents, "events"));
    let many = vec![v1::HouseholdEvent::default(); 1_001];
    assert_eq!(only(&of_households(many)), (Code::TooManyEvents, "events"));
    assert_eq!(submission(&Bytes::from(vec![0; ENTRY_BYTES_MAX + 1])).unwrap_err().code(), Code::EntryTooLarge);
    assert_eq!(submission(&Bytes::from_static(b"\xff")).unwrap_err().code(), Code::Malformed);
}

#[test]
fn an_event_is_refused_for_each_field_of_its_own() {
    let whole = household_event(Household::MonitoringEnded(v1::MonitoringEnded { outcome: 1 }));
    let code = |change: fn(&mut v1::HouseholdEvent)| only(&of_households(vec![changed(&whole, change)]));
    assert_eq!(code(|e| e.happened = 0), (Code::FieldMissing, "happened"));
    assert_eq!(code(|e| e.happened = 20_160_231), (Code::DateInvalid, "happened"));
    assert_eq!(code(|e| e.household = 99), (Code::FieldInvalid, "household"));
    assert_eq!(code(|e| e.kind = None), (Code::FieldMissing, "kind"));
    assert_eq!(code(|e| e.evidence[0].kind = 0), (Code::EvidenceInvalid, "kind"));
    assert_eq!(code(|e| e.evidence[0].sha256.truncate(31)), (Code::EvidenceInvalid, "sha256"));
    assert_eq!(code(|e| e.evidence[0].size = 0), (Code::EvidenceInvalid, "size"));
    assert_eq!(code(|e| e.evidence = vec![v1::Evidence::default(); 21]), (Code::EvidenceInvalid, "evidence"));

    let whole = official_event(Official::OfficialAssigned(v1::OfficialAssigned { capacity: 1 }));
    let code = |change: fn(&mut v1::OfficialEvent)| {
        let events = vec![changed(&whole, change)];
        only(&submission_of(v1::submission::Events::Officials(v1::OfficialEvents { events })))
    };
    assert_eq!(code(|e| e.official = 0), (Code::OfficialIsMissing, "official"));
    assert_eq!(code(|e| e.official = 100_000_000), (Code::FieldInvalid, "official"));
    assert_eq!(code(|e| e.household = 1), (Code::FieldInvalid, "household"));
    assert_eq!(code(|e| e.kind = None), (Code::FieldMissing, "kind"));
}

#[test]
fn a_member_is_refused_for_each_field() {
    let code = |change: fn(&mut v1::Member)| {
        household_problem(Household::MemberUpdated(v1::MemberUpdated { member: Some(changed(&member(), change)) }))
    };
    assert_eq!(code(|m| m.number = 0), (Code::FieldMissing, "number"));
    assert_eq!(code(|m| m.number = 100), (Code::FieldInvalid, "number"));
    assert_eq!(code(|m| m.relation = 0), (Code::FieldMissing, "relation"));
    assert_eq!(code(|m| m.relation = 11), (Code::FieldInvalid, "relation"));
    assert_eq!(code(|m| m.sex = -1), (Code::FieldInvalid, "sex"));
    assert_eq!(code(|m| m.birth_month = 0), (Code::FieldMissing, "birth_month"));
    assert_eq!(code(|m| m.birth_month = 195_813), (Code::DateInvalid, "birth_month"));
    assert_eq!(code(|m| m.ethnicity = 0), (Code::FieldMissing, "ethnicity"));
    assert_eq!(code(|m| m.ethnicity = 57), (Code::FieldInvalid, "ethnicity"));
    assert_eq!(code(|m| m.education = 6), (Code::FieldInvalid, "education"));
    assert_eq!(code(|m| m.school = 8), (Code::FieldInvalid, "school"));
    assert_eq!(code(|m| m.health = 0), (Code::FieldMissing, "health"));
    assert_eq!(code(|m| m.labour = 0), (Code::FieldMissing, "labour"));
    assert_eq!(code(|m| m.work_place = 5), (Code::FieldInvalid, "work_place"));
    assert_eq!(code(|m| m.work_months = 13), (Code::FieldInvalid, "work_months"));
    assert_eq!(code(|m| m.disability_category = 8), (Code::FieldInvalid, "disability_category"));
    assert_eq!(code(|m| m.disability_category = 0), (Code::DisabilityInconsistent, "disability_category"));
    assert_eq!(code(|m| m.disability_grade = 5), (Code::FieldInvalid, "disability_grade"));
    assert_eq!(code(|m| m.disability_grade = 0), (Code::DisabilityInconsistent, "disability_grade"));
    assert_eq!(code(|m| m.sealed.as_mut().unwrap().key = 0), (Code::FieldInvalid, "sealed"));
    assert_eq!(code(|m| m.sealed.as_mut().unwrap().r#box.truncate(27)), (Code::FieldInvalid, "sealed"));
    assert_eq!(
        code(|m| m.sealed.as_mut().unwrap().r#box = Bytes::from(vec![0; SEALED_BYTES_MAX + 1])),
        (Code::FieldInvalid, "sealed")
    );
}

#[test]
fn a_card_is_refused_for_each_field() {
    let code = |change: fn(&mut v1::HouseholdRegistered)| {
        household_problem(Household::HouseholdRegistered(changed(&registered(), change)))
    };
    assert_eq!(code(|c| c.group = 1_000), (Code::FieldInvalid, "group"));
    assert_eq!(code(|c| c.attribute = 0), (Code::FieldMissing, "attribute"));
    assert_eq!(code(|c| c.standard = 3), (Code::FieldInvalid, "standard"));
    assert_eq!(code(|c| c.main_cause = 0), (Code::FieldMissing, "main_cause"));
    assert_eq!(code(|c| c.other_causes = vec![13]), (Code::FieldInvalid, "other_causes"));
    assert_eq!(code(|c| c.other_causes = vec![1; 13]), (Code::FieldInvalid, "other_causes"));
    assert_eq!(code(|c| c.members.clear()), (Code::FieldMissing, "members"));
    assert_eq!(code(|c| c.members = vec![member(); 100]), (Code::FieldInvalid, "members"));
    let bad = changed(&registered(), |c| c.members = vec![member(), changed(&member(), |m| m.sex = 0)]);
    let listed = listed(&of_households(vec![household_event(Household::HouseholdRegistered(bad))]));
    assert_eq!(listed, [(Code::FieldMissing, Some(0), "sex", "members[1]".to_owned())]);
}

#[test]
fn events_of_households_are_refused_for_each_field() {
    use Household as K;
    let table = [
        (K::VillageRegistered(v1::VillageRegistered::default()), (Code::FieldMissing, "name")),
        (K::MemberAdded(v1::MemberAdded { member: None, reason: 1 }), (Code::FieldMissing, "member")),
        (K::MemberAdded(v1::MemberAdded { member: Some(member()), reason: 0 }), (Code::FieldMissing, "reason")),
        (K::MemberRemoved(v1::MemberRemoved { member: 0, reason: 1, new_head: 0 }), (Code::FieldMissing, "member")),
        (K::MemberRemoved(v1::MemberRemoved { member: 1, reason: 6, new_head: 0 }), (Code::FieldInvalid, "reason")),
        (
            K::MemberRemoved(v1::MemberRemoved { member: 1, reason: 1, new_head: 100 }),
            (Code::FieldInvalid, "new_head"),
        ),
        (K::HouseholdFellBack(v1::HouseholdFellBack::default()), (Code::FieldMissing, "cause")),
        (K::HouseholdDeregistered(v1::HouseholdDeregistered::default()), (Code::FieldMissing, "reason")),
        (
            K::HouseholdDeregistered(v1::HouseholdDeregistered { reason: 3, merged_into: 5 }),
            (Code::FieldInvalid, "merged_into"),
        ),
        (K::MonitoringStarted(v1::MonitoringStarted { kind: 0, risks: vec![1] }), (Code::FieldMissing, "kind")),
        (K::MonitoringStarted(v1::MonitoringStarted { kind: 1, risks: vec![0] }), (Code::FieldMissing, "risks")),
        (K::MonitoringEnded(v1::MonitoringEnded { outcome: 4 }), (Code::FieldInvalid, "outcome")),
        (K::PersonalDataErased(v1::PersonalDataErased { subject: 0, reason: 1 }), (Code::FieldMissing, "subject")),
        (K::PersonalDataErased(v1::PersonalDataErased { subject: 5, reason: 1 }), (Code::FieldInvalid, "subject")),
        (
            K::PersonalDataErased(v1::PersonalDataErased { subject: HOUSEHOLD, reason: 0 }),
            (Code::FieldMissing, "reason"),
        ),
        (K::PolicySet(v1::PolicySet { effective: 20_160_101, items: vec![] }), (Code::FieldMissing, "items")),
        (K::PolicySet(policy(None)), (Code::FieldMissing, "value")),
    ];
    for (kind, expected) in table {
        assert_eq!(household_problem(kind.clone()), expected, "{kind:?}");
    }
}

#[test]
fn figures_of_villages_have_limits() {
    let village = v1::VillageRegistered { name: "村".into(), ..Default::default() };
    let code = |change: fn(&mut v1::VillageRegistered)| {
        household_problem(Household::VillageRegistered(changed(&village, change)))
    };
    assert_eq!(code(|v| v.name = "村".repeat(65)), (Code::TextTooLong, "name"));
    assert_eq!(code(|v| v.name = "\u{7f}村".into()), (Code::FieldInvalid, "name"));
    assert_eq!(code(|v| v.rural_households = 1_000_001), (Code::FieldInvalid, "rural_households"));
    assert_eq!(code(|v| v.rural_persons = 1_000_001), (Code::FieldInvalid, "rural_persons"));
    let code = |change: fn(&mut v1::VillageProfileUpdated)| {
        household_problem(Household::VillageProfileUpdated(changed(&Default::default(), change)))
    };
    assert_eq!(code(|v| v.services = vec![8]), (Code::FieldInvalid, "services"));
    assert_eq!(code(|v| v.services = vec![1; 8]), (Code::FieldInvalid, "services"));
    assert_eq!(code(|v| v.rural_persons = 1_000_001), (Code::FieldInvalid, "rural_persons"));
    assert_eq!(code(|v| v.collective_income = AMOUNT_MAX_FEN + 1), (Code::AmountTooLarge, "collective_income"));
    let code = |change: fn(&mut v1::CountyExited)| {
        household_problem(Household::CountyExited(changed(&Default::default(), change)))
    };
    assert_eq!(code(|c| c.wrong_exit = 10_001), (Code::FieldInvalid, "wrong_exit"));
    assert_eq!(code(|c| c.missed = 10_001), (Code::FieldInvalid, "missed"));
    assert_eq!(code(|c| c.satisfaction = 10_001), (Code::FieldInvalid, "satisfaction"));
    let exited = v1::VillageExited { poor_persons: 1_000_001, rural_persons: 1 };
    assert_eq!(household_problem(Household::VillageExited(exited)), (Code::FieldInvalid, "poor_persons"));
}

#[test]
fn assessments_are_refused_for_each_field() {
    let over = AMOUNT_MAX_FEN + 1;
    let code = |change: &dyn Fn(&mut v1::IncomeAssessed)| {
        household_problem(Household::IncomeAssessed(changed(&income(), |i| change(i))))
    };
    assert_eq!(code(&|i| i.wage = over), (Code::AmountTooLarge, "wage"));
    assert_eq!(code(&|i| i.production = over), (Code::AmountTooLarge, "production"));
    assert_eq!(code(&|i| i.production_cost = over), (Code::AmountTooLarge, "production_cost"));
    assert_eq!(code(&|i| i.property = over), (Code::AmountTooLarge, "property"));
    assert_eq!(code(&|i| i.family_planning = over), (Code::AmountTooLarge, "family_planning"));
    assert_eq!(code(&|i| i.dibao = over), (Code::AmountTooLarge, "dibao"));
    assert_eq!(code(&|i| i.wubao = over), (Code::AmountTooLarge, "wubao"));
    assert_eq!(code(&|i| i.pension = over), (Code::AmountTooLarge, "pension"));
    assert_eq!(code(&|i| i.ecological = over), (Code::AmountTooLarge, "ecological"));
    assert_eq!(code(&|i| i.other_transfer = u64::MAX), (Code::AmountTooLarge, "other_transfer"));
    assert_eq!(code(&|i| i.net = i64::MIN), (Code::AmountTooLarge, "net"));
    assert_eq!(code(&|i| i.per_head = i64::MAX), (Code::AmountTooLarge, "per_head"));
    let living = v1::LivingConditionsAssessed { housing: 3, ..Default::default() };
    assert_eq!(household_problem(Household::LivingConditionsAssessed(living)), (Code::FieldInvalid, "housing"));
    let living = v1::LivingConditionsAssessed { dwelling: 5, ..Default::default() };
    assert_eq!(household_problem(Household::LivingConditionsAssessed(living)), (Code::FieldInvalid, "dwelling"));
    let step = v1::ProcedureStepTaken { procedure: 1, step: 15, outcome: 1, ..Default::default() };
    assert_eq!(household_problem(Household::ProcedureStepTaken(step)), (Code::FieldInvalid, "step"));
    let step = v1::ProcedureStepTaken { procedure: 1, step: 6, outcome: 1, until: 20_160_732, ..Default::default() };
    assert_eq!(household_problem(Household::ProcedureStepTaken(step)), (Code::DateInvalid, "until"));
}

#[test]
fn events_of_officials_are_refused_for_each_field() {
    let code = |change: fn(&mut v1::JurisdictionOpened)| {
        official_problem(Official::JurisdictionOpened(changed(&opened(), change)))
    };
    assert_eq!(code(|o| o.origin = " ".into()), (Code::FieldMissing, "origin"));
    assert_eq!(code(|o| o.area = 1), (Code::FieldInvalid, "area"));
    assert_eq!(code(|o| o.name.clear()), (Code::FieldMissing, "name"));
    assert_eq!(code(|o| o.mode = 0), (Code::FieldMissing, "mode"));
    assert_eq!(code(|o| o.public_key.truncate(31)), (Code::KeyInvalid, "public_key"));
    // Points of order 1 and 4: anybody could sign for them.
    let order_1 = |o: &mut v1::JurisdictionOpened| o.public_key = [&[1][..], &[0; 31]].concat().into();
    let order_4 = |o: &mut v1::JurisdictionOpened| o.public_key = vec![0; 32].into();
    assert_eq!(code(order_1), (Code::KeyInvalid, "public_key"));
    assert_eq!(code(order_4), (Code::KeyInvalid, "public_key"));
    assert_eq!(code(|o| o.public_key.clear()), (Code::FieldMissing, "public_key"));
    assert_eq!(code(|o| o.unit = "单".repeat(65)), (Code::TextTooLong, "unit"));
    assert_eq!(code(|o| o.post = "\t".into()), (Code::FieldInvalid, "post"));
    let enrolled = v1::OfficialEnrolled { role: 8, area: VILLAGE, ..Default::default() };
    assert_eq!(official_problem(Official::OfficialEnrolled(enrolled)), (Code::FieldInvalid, "role"));
    let revoked = v1::KeyRevoked { key: 0, reason: 1 };
    assert_eq!(official_problem(Official::KeyRevoked(revoked)), (Code::FieldMissing, "key"));
    let role = v1::RoleChanged { role: 0, area: VILLAGE, ..Default::default() };
    assert_eq!(official_problem(Official::RoleChanged(role)), (Code::FieldInvalid, "area"));
    let role = v1::RoleChanged { role: 3, ..Default::default() };
    assert_eq!(official_problem(Official::RoleChanged(role)), (Code::FieldMissing, "area"));
    let post = v1::VillageTeamPosted { post: 1, until: 20_160_001 };
    assert_eq!(official_problem(Official::VillageTeamPosted(post)), (Code::DateInvalid, "until"));
    let visit = |minute, companions| v1::HouseholdVisited { place: 1, minute, companions, sealed: None };
    assert_eq!(official_problem(Official::HouseholdVisited(visit(1_441, vec![]))), (Code::FieldInvalid, "minute"));
    assert_eq!(official_problem(Official::HouseholdVisited(visit(0, vec![3]))), (Code::FieldInvalid, "companions"));
    let six = visit(0, vec![OFFICIAL; 6]);
    assert_eq!(official_problem(Official::HouseholdVisited(six)), (Code::FieldInvalid, "companions"));
    for kind in [
        Official::OfficialAssigned(Default::default()),
        Official::AssignmentEnded(Default::default()),
        Official::VillagePostEnded(Default::default()),
    ] {
        assert_eq!(official_problem(kind).0, Code::FieldMissing);
    }
}

#[test]
fn a_role_may_be_taken_away() {
    let event = official_event(Official::RoleChanged(v1::RoleChanged::default()));
    let events = vec![event];
    let read = convert(&submission_of(v1::submission::Events::Officials(v1::OfficialEvents { events }))).unwrap();
    let Events::Officials(events) = read.events else { panic!("other service") };
    assert!(matches!(&events[0].kind, OfficialKind::RoleChanged(changed) if changed.role.is_none()));
}

#[test]
fn events_of_aid_are_refused_for_each_field() {
    let released = v1::FundsReleased { release: 1, source: 1, amount: 5, year: 2016, document: String::new() };
    let code = |change: fn(&mut v1::FundsReleased)| aid_problem(Aid::FundsReleased(changed(&released, change)));
    assert_eq!(code(|f| f.release = 0), (Code::FieldMissing, "release"));
    assert_eq!(code(|f| f.source = 6), (Code::FieldInvalid, "source"));
    assert_eq!(code(|f| f.amount = AMOUNT_MAX_FEN + 1), (Code::AmountTooLarge, "amount"));
    assert_eq!(code(|f| f.year = 216), (Code::FieldInvalid, "year"));
    assert_eq!(code(|f| f.document = "文".repeat(65)), (Code::TextTooLong, "document"));
    let planned = v1::MeasurePlanned { measure: 1, group: 5, amount: 5, ..Default::default() };
    let code = |change: fn(&mut v1::MeasurePlanned)| aid_problem(Aid::MeasurePlanned(changed(&planned, change)));
    assert_eq!(code(|m| m.measure = 0), (Code::FieldMissing, "measure"));
    assert_eq!(code(|m| m.group = 0), (Code::FieldMissing, "group"));
    assert_eq!(code(|m| m.code = "Housing".into()), (Code::FieldInvalid, "code"));
    assert_eq!(code(|m| m.code = "a".repeat(33)), (Code::TextTooLong, "code"));
    assert_eq!(code(|m| m.until = 1), (Code::DateInvalid, "until"));
    let allocated = v1::FundsAllocated { allocation: 0, release: 1, amount: 5, group: 5, project: String::new() };
    assert_eq!(aid_problem(Aid::FundsAllocated(allocated)), (Code::FieldMissing, "allocation"));
    let delivered = v1::AidDelivered { delivery: 1, group: 5, amount: 5, member: 100, ..Default::default() };
    assert_eq!(aid_problem(Aid::AidDelivered(delivered)), (Code::FieldInvalid, "member"));
    let acknowledged = v1::AidAcknowledged { delivery: 1, member: 0 };
    assert_eq!(aid_problem(Aid::AidAcknowledged(acknowledged)), (Code::FieldMissing, "member"));
    let reversed = v1::AidReversed { delivery: 1, amount: 5, reason: 5 };
    assert_eq!(aid_problem(Aid::AidReversed(reversed)), (Code::FieldInvalid, "reason"));
}

#[test]
fn parameters_are_refused_for_each_field() {
    let code = |value| household_problem(Household::PolicySet(policy(Some(value))));
    assert_eq!(code(Value::Line(v1::Line { kind: 3, ..line() })), (Code::FieldInvalid, "kind"));
    assert_eq!(code(Value::Line(v1::Line { year: 0, ..line() })), (Code::FieldMissing, "year"));
    assert_eq!(code(Value::Line(v1::Line { amount: u64::MAX, ..line() })), (Code::AmountTooLarge, "amount"));
    assert_eq!(code(Value::PublicityDays(v1::PublicityDays::default())), (Code::FieldMissing, "procedure"));
    assert_eq!(code(Value::CaseloadLimit(v1::CaseloadLimit::default())), (Code::FieldMissing, "capacity"));
    let measure = |code: &str, name: &str| {
        Value::Measure(v1::CatalogueMeasure { group: 1, code: code.into(), name: name.into() })
    };
    assert_eq!(code(measure("", "养殖")), (Code::FieldMissing, "code"));
    assert_eq!(code(measure("a-b", "养殖")), (Code::FieldInvalid, "code"));
    assert_eq!(code(measure("goats", "")), (Code::FieldMissing, "name"));
    let unsourced = changed(&policy(Some(Value::VisitDays(90))), |set| set.items[0].source.clear());
    assert_eq!(household_problem(Household::PolicySet(unsourced)), (Code::FieldMissing, "source"));
    let unplaced = changed(&policy(Some(Value::DecisionDays(15))), |set| set.items[0].area = 0);
    assert_eq!(household_problem(Household::PolicySet(unplaced)), (Code::FieldMissing, "area"));
    let undated = changed(&policy(Some(Value::ExitThreshold(200))), |set| set.effective = 0);
    assert_eq!(household_problem(Household::PolicySet(undated)), (Code::FieldMissing, "effective"));
}

#[test]
fn every_bad_event_is_listed_with_its_faults() {
    let good = household_event(Household::IncomeAssessed(income()));
    let bad = changed(&good, |e| e.happened = 0);
    let worse = v1::HouseholdEvent::default();
    let wire = changed(&of_households(vec![bad, good, worse]), |s| s.key = 0);
    let found: Vec<_> = listed(&wire).into_iter().map(|(_, event, field, _)| (event, field)).collect();
    assert_eq!(found, [(None, "key"), (Some(0), "happened"), (Some(2), "happened"), (Some(2), "kind")]);
    let crowd = changed(&registered(), |c| c.members = vec![v1::Member::default(); 99]);
    let wire = of_households(vec![household_event(Household::HouseholdRegistered(crowd))]);
    assert_eq!(listed(&wire).len(), PROBLEMS_PER_EVENT_MAX);
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    let mut bytes = all_submissions()[0].encode_to_vec();
    bytes.extend_from_slice(b"\xfa\x07\x03abc"); // field 127, 3 bytes
    assert_eq!(submission(&bytes.into()), convert(&all_submissions()[0]));
}

#[test]
fn a_refusal_carries_both_messages() {
    let wire = changed(&all_submissions()[0], |s| s.key = 0);
    let refusal = refusal(&convert(&wire).unwrap_err(), 400);
    assert_eq!((refusal.code.as_str(), refusal.status, refusal.problems.len()), ("field_missing", 400, 1));
    let problem = &refusal.problems[0];
    assert_eq!((problem.field.as_str(), problem.event), ("key", None));
    assert_eq!((problem.zh.as_str(), problem.en.as_str()), ("缺少必填项", "a required field is missing"));
}

#[test]
fn signed_bytes_begin_with_the_prefix() {
    assert_eq!(signing_bytes(b"abc"), b"lika submission v1\nabc");
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = Bytes::from(bytes);
        for refused in [submission(&bytes).err(), entry(0, &bytes).err()].into_iter().flatten() {
            prop_assert!(!refused.problems.is_empty());
        }
    }

    /// Damaged submissions reach deeper than random bytes; whatever is still readable must have the values of the
    /// wire.
    #[test]
    fn damaged_submissions_are_read_or_refused(
        which in 0..3_usize,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = all_submissions()[which].encode_to_vec();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let bytes = Bytes::from(bytes);
        match submission(&bytes) {
            Ok(read) => prop_assert_eq!(read.area.code(), submission_message(&bytes).unwrap().area),
            Err(refused) => prop_assert!(!refused.problems.is_empty()),
        }
    }
}

fn public_key(seed: u8) -> Bytes {
    let key = ed25519_zebra::SigningKey::from([seed; 32]);
    Bytes::copy_from_slice(&<[u8; 32]>::from(ed25519_zebra::VerificationKey::from(&key)))
}

/// The reasons for going on: each wrong one is named with the event it is about, whatever that event is.
#[test]
fn a_wrong_reason_names_its_event_and_its_place_in_the_list() {
    let of = |warned: Vec<(&str, u32, &str)>| {
        let events = vec![household_event(household_kinds().remove(0)), household_event(household_kinds().remove(0))];
        let warned = warned.into_iter().map(|(warning, event, reason)| v1::Warned {
            warning: warning.into(),
            event,
            reason: reason.into(),
        });
        v1::Submission { warned: warned.collect(), ..of_households(events) }
    };
    let wrong = of(vec![
        ("decided_late", 0, "公示重来"),
        ("decided_late", 0, "电话13900000000"),
        ("DecidedLate", 1, "公示重来"),
        ("decided_late", 2, "公示重来"),
        ("decided_late", 0, " "),
    ]);
    let told: Vec<_> = listed(&wrong).into_iter().map(|(code, event, field, _)| (code, event, field)).collect();
    let expected = [
        (Code::FieldInvalid, Some(0), "reason"),
        (Code::FieldInvalid, Some(1), "warning"),
        (Code::FieldInvalid, None, "event"),
        (Code::FieldMissing, Some(0), "reason"),
    ];
    assert_eq!(told, expected);
    assert!(listed(&wrong).iter().zip([1, 2, 3, 4]).all(|(one, at)| one.3.starts_with(&format!("warned[{at}]"))));
    // A reason for each event of the largest submission, and no more.
    let many = |count| of(vec![("decided_late", 0, "公示重来"); count]);
    assert!(convert(&many(1_000)).is_ok());
    assert_eq!(listed(&many(1_001))[0].2, "warned");
}

#[test]
fn a_new_reason_hides_nothing_and_a_recorded_one_stays_readable() {
    let events = vec![household_event(household_kinds().remove(0))];
    for (reason, new, recorded) in [("公示重来", true, true), ("公\u{200b}示", false, true), ("公\n示", false, false)]
    {
        let warned = vec![v1::Warned { warning: "decided_late".into(), event: 0, reason: reason.into() }];
        let wire = v1::Submission { warned, ..of_households(events.clone()) };
        assert_eq!(recordable(&wire.encode_to_vec().into(), wire.clone()).is_ok(), new, "{reason:?}");
        assert_eq!(convert(&wire).is_ok(), recorded, "{reason:?}");
    }
}
