//! Officials, keys, roles, assignments, postings and visits.

use lika_domain::household::{DeregisterReason, HouseholdDeregistered, HouseholdKind, HouseholdRegistered};
use lika_domain::ids::KeyId;
use lika_domain::member::{Relation, Sex};
use lika_domain::official::Authority;
use lika_domain::official::{
    AssignmentEnd, AssignmentEnded, Capacity, HouseholdVisited, KEYS_MAX, KeyEnrolled, KeyRevoked, OfficialAssigned,
    OfficialEvent, OfficialKind, RevokeReason, Role, RoleChanged, SECONDS_MAX, VillagePost, VillagePostEnded,
    VillageTeamPosted, VisitPlace,
};
use lika_domain::policy::{PolicyItem, PolicySet, PolicyValue};
use lika_domain::rejection::Code;
use lika_domain::submission::{Entry, Events};
use lika_testkit::county::{
    ADMINISTRATOR, AUDITOR, COUNTY, COUNTY_OFFICER, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, NOBODY, RESPONSIBLE, TODAY,
    TOWNSHIP, TOWNSHIP_OFFICER, VILLAGE, VILLAGE_OFFICER, area, date, household, official,
};
use lika_testkit::facts::{
    around, enrolled, facts, household_event, key_enrolled, member, official_event, public_key, village_event,
};
use lika_testkit::rules::{Case, Report, check, run};

/// Numbers of officials that the cases enrol.
const FIRST_NEW: u32 = 20_000_001;
/// A day on which duties begin.
const DAY: u32 = 20_210_402;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    [
        enrolment_cases(),
        key_cases(),
        last_administrator_cases(),
        assignment_cases(),
        place_cases(),
        caseload_cases(),
        assignment_end_cases(),
        posting_cases(),
        visit_cases(),
    ]
    .concat()
}

#[test]
fn officials() {
    run(&tables());
}

#[test]
fn an_assignment_is_on_the_card_and_with_the_official_until_it_ends() {
    let world = check(&[], &assign(RESPONSIBLE, Capacity::First), &[]);
    let card = world.card().officials.clone();
    assert_eq!(card.iter().map(|a| (a.official, a.from)).collect::<Vec<_>>(), [(official(RESPONSIBLE), date(DAY))]);
    assert_eq!(world.state.officials[&official(RESPONSIBLE)].charges().count(), 1);

    let world = check(&[assign(RESPONSIBLE, Capacity::First)], &end(RESPONSIBLE, DAY), &[]);
    assert!(world.card().officials.is_empty());
    let caseload = &world.state.officials[&official(RESPONSIBLE)].caseload;
    assert_eq!(caseload.iter().map(|charge| charge.until).collect::<Vec<_>>(), [Some(6)]);
}

#[test]
fn a_visit_counts_for_card_official_and_month_in_any_order() {
    let earlier = village([visited(20_210_301, RESPONSIBLE, |_| {})]);
    let world = check(&[village([visited(20_210_501, RESPONSIBLE, |_| {})])], &earlier, &[]);
    assert_eq!((world.card().visited, world.card().visits), (Some(date(20_210_501)), 2));
    assert_eq!(world.state.officials[&official(RESPONSIBLE)].visits, 2);
    assert_eq!(world.village().months[&date(20_210_301).month()].visits, 1);
}

#[test]
fn a_changed_role_holds_from_the_next_entry() {
    let world = check(&[], &change(RESPONSIBLE, Some((Role::VillageOfficer, VILLAGE))), &[]);
    let official = &world.state.officials[&official(RESPONSIBLE)];
    assert_eq!(Authority::current(&world.state).role(official), Some((Role::VillageOfficer, area(VILLAGE))));
    assert_eq!((official.unit.as_ref(), official.roles.len()), ("new unit", 2));
}

fn enrolment_cases() -> Vec<Case> {
    let enrol = |number, place: &str| authority(number, enrolled(Role::VillageOfficer, place));
    let on_card = around(official_event(TODAY, NOBODY, enrolled(Role::Finance, COUNTY)), |event| {
        event.household = Some(household(HOUSEHOLD));
    });
    let changed = |role| change(RESPONSIBLE, role);
    vec![
        Case::accepted("a new official", &[], enrol(NOBODY, VILLAGE)),
        Case::refused("a number that is taken", &[], enrol(FINANCE, VILLAGE), Code::OfficialExists, "official"),
        Case::refused("outside the county", &[], enrol(NOBODY, "1307"), Code::AreaUnknown, "area"),
        Case::refused("around the county", &[], enrol(NOBODY, "1306"), Code::AreaUnknown, "area"),
        Case::refused("names no card", &[], Report::officials([on_card]), Code::HouseholdNotConcerned, "household"),
        Case::refused(
            "not by a county officer",
            &[],
            enrol(NOBODY, VILLAGE).by(COUNTY_OFFICER),
            Code::RoleForbids,
            "author",
        ),
        Case::refused("not in a village", &[], enrol(NOBODY, VILLAGE).on(VILLAGE), Code::AreaWrongLevel, "area"),
        Case::accepted("another role", &[], changed(Some((Role::TownshipOfficer, TOWNSHIP)))),
        Case::accepted("no role any more", &[], changed(None)),
        Case::refused("a role elsewhere", &[], changed(Some((Role::Finance, "14"))), Code::AreaUnknown, "area"),
        Case::refused("a stranger's role", &[], change(NOBODY, None), Code::OfficialUnknown, "official"),
        Case::refused("not by an auditor", &[], changed(None).by(AUDITOR), Code::RoleForbids, "author"),
    ]
}

fn key_cases() -> Vec<Case> {
    let enrol = |number, key| {
        authority(
            number,
            OfficialKind::KeyEnrolled(KeyEnrolled { public_key: public_key(key), device: "phone".into() }),
        )
    };
    let many = (1..KEYS_MAX).map(|key| official_event(TODAY, FINANCE, key_enrolled(u32::try_from(key).unwrap())));
    let many = Report::officials(many.collect::<Vec<_>>());
    let elsewhere = official_event(TODAY, FINANCE, OfficialKind::KeyRevoked(key_of(RESPONSIBLE)));
    vec![
        Case::accepted("a second key", &[], enrol(RESPONSIBLE, 77)),
        Case::refused("a key that is enrolled", &[], enrol(RESPONSIBLE, FINANCE), Code::KeyExists, "public_key"),
        Case::refused(
            "enrolled once and revoked",
            &[revoke(FINANCE)],
            enrol(FINANCE, FINANCE),
            Code::KeyExists,
            "public_key",
        ),
        Case::refused("a stranger's key", &[], enrol(NOBODY, 77), Code::OfficialUnknown, "official"),
        Case::refused(
            "for an official without a role",
            &[change(FINANCE, None)],
            enrol(FINANCE, 77),
            Code::OfficialInactive,
            "official",
        ),
        Case::refused("too many keys", &[many], enrol(FINANCE, 200), Code::TooManyKeys, "official"),
        Case::accepted("revoked", &[], revoke(RESPONSIBLE)),
        Case::refused("revoked twice", &[revoke(FINANCE)], revoke(FINANCE), Code::KeyRevokedAlready, "key"),
        Case::refused("another's key", &[], Report::officials([elsewhere]), Code::KeyNotOfficials, "key"),
        Case::refused(
            "revoked for a stranger",
            &[],
            authority(NOBODY, OfficialKind::KeyRevoked(key_of(FINANCE))),
            Code::OfficialUnknown,
            "official",
        ),
    ]
}

fn last_administrator_cases() -> Vec<Case> {
    let step_down = || change(ADMINISTRATOR, Some((Role::CountyOfficer, COUNTY)));
    let second_key = authority(ADMINISTRATOR, key_enrolled(77));
    let deputy = |role, place| {
        Report::officials([
            official_event(TODAY, FIRST_NEW, enrolled(role, place)),
            official_event(TODAY, FIRST_NEW, key_enrolled(FIRST_NEW)),
        ])
    };
    let keyless = authority(FIRST_NEW, enrolled(Role::Administrator, COUNTY));
    let whole = deputy(Role::Administrator, COUNTY);
    let handover = Report::officials([
        official_event(TODAY, FIRST_NEW, enrolled(Role::Administrator, COUNTY)),
        official_event(TODAY, FIRST_NEW, key_enrolled(FIRST_NEW)),
        official_event(TODAY, ADMINISTRATOR, OfficialKind::KeyRevoked(key_of(ADMINISTRATOR))),
    ]);
    let both = Report::officials([
        official_event(TODAY, ADMINISTRATOR, OfficialKind::KeyRevoked(key_of(ADMINISTRATOR))),
        official_event(TODAY, FIRST_NEW, OfficialKind::KeyRevoked(key_of(FIRST_NEW))),
    ]);
    let stuck =
        |name, given: &[Report], report| Case::refused(name, given, report, Code::LastAdministrator, "official");
    vec![
        stuck("the last one steps down", &[], step_down()),
        stuck("the last one leaves", &[], change(ADMINISTRATOR, None)),
        stuck("the last one keeps a township only", &[], change(ADMINISTRATOR, Some((Role::Administrator, TOWNSHIP)))),
        stuck("the last one's last key", &[], revoke(ADMINISTRATOR)),
        Case::accepted("another key remains", &[second_key], revoke(ADMINISTRATOR)),
        Case::accepted("another administrator remains", std::slice::from_ref(&whole), step_down()),
        stuck("the other has a township only", &[deputy(Role::Administrator, TOWNSHIP)], step_down()),
        stuck("the other has no key", &[keyless], step_down()),
        stuck("the other's key is revoked", &[whole.clone(), revoke(FIRST_NEW)], step_down()),
        Case::accepted("handed over in one submission", &[], handover),
        Case::refused_for(
            "both keys in one submission",
            &[whole],
            both,
            &[(Code::LastAdministrator, Some(1), "official")],
        ),
        Case::accepted("the same role again", &[], change(ADMINISTRATOR, Some((Role::Administrator, COUNTY)))),
    ]
}

fn assignment_cases() -> Vec<Case> {
    let first = assign(RESPONSIBLE, Capacity::First);
    let far = authority(FIRST_NEW, enrolled(Role::Responsible, "130624100999"));
    let inactive = change(RESPONSIBLE, None);
    let no_card = village([around(assigned(DAY, RESPONSIBLE, Capacity::First), |event| event.household = None)]);
    vec![
        Case::accepted("a first responsible official", &[], first.clone()),
        Case::accepted("from the day of registration", &[], assign_on(20_140_301, RESPONSIBLE)),
        Case::refused("the day before", &[], assign_on(20_140_228, RESPONSIBLE), Code::BeforeRegistration, "happened"),
        Case::refused("no card named", &[], no_card, Code::HouseholdIsMissing, "household"),
        Case::refused("no such card", &[], on_card(NEW_HOUSEHOLD, RESPONSIBLE), Code::HouseholdUnknown, "household"),
        Case::refused("a closed card", &[deregistered()], first.clone(), Code::HouseholdDeregistered, "household"),
        Case::refused("a stranger", &[], assign(NOBODY, Capacity::First), Code::OfficialUnknown, "official"),
        Case::refused("an official without a role", &[inactive], first.clone(), Code::OfficialInactive, "official"),
        Case::refused("not in their area", &[far], assign(FIRST_NEW, Capacity::First), Code::AreaForbids, "official"),
        Case::refused("not by themselves", &[], first.by(RESPONSIBLE), Code::RoleForbids, "author"),
    ]
}

fn place_cases() -> Vec<Case> {
    let first = assign(RESPONSIBLE, Capacity::First);
    let seconds = |count: usize| {
        let numbers = (FIRST_NEW..).take(count).collect::<Vec<_>>();
        let enrol = numbers.iter().map(|number| official_event(TODAY, *number, enrolled(Role::Responsible, VILLAGE)));
        let assign = numbers.iter().map(|number| assigned(DAY, *number, Capacity::Second));
        [Report::officials(enrol.collect::<Vec<_>>()), village(assign.collect::<Vec<_>>())]
    };
    let both = village([assigned(DAY, RESPONSIBLE, Capacity::First), assigned(DAY, VILLAGE_OFFICER, Capacity::First)]);
    vec![
        Case::refused(
            "another first",
            std::slice::from_ref(&first),
            assign(VILLAGE_OFFICER, Capacity::First),
            Code::CapacityTaken,
            "capacity",
        ),
        Case::refused_for("two firsts at once", &[], both, &[(Code::CapacityTaken, Some(1), "capacity")]),
        Case::accepted("a second one", std::slice::from_ref(&first), assign(VILLAGE_OFFICER, Capacity::Second)),
        Case::refused(
            "the same again",
            &[first],
            assign(RESPONSIBLE, Capacity::Second),
            Code::AssignedAlready,
            "official",
        ),
        Case::accepted("the most second officials", &seconds(SECONDS_MAX - 1), assign(RESPONSIBLE, Capacity::Second)),
        Case::refused(
            "one more",
            &seconds(SECONDS_MAX),
            assign(RESPONSIBLE, Capacity::Second),
            Code::CapacityTaken,
            "capacity",
        ),
    ]
}

fn caseload_cases() -> Vec<Case> {
    let limit = |capacity, place, effective| {
        let item = PolicyItem {
            area: area(place),
            source: "county rule 7".into(),
            unconfirmed: false,
            value: PolicyValue::CaseloadLimit { capacity, households: 1 },
        };
        let set = PolicySet { effective: date(effective), items: vec![item] };
        Report::households([village_event(TODAY, HouseholdKind::PolicySet(set))]).by(ADMINISTRATOR).on(COUNTY)
    };
    let one = || limit(Capacity::First, COUNTY, DAY);
    let full = || vec![second_card(), assign(RESPONSIBLE, Capacity::First)];
    let next = || on_card(NEW_HOUSEHOLD, RESPONSIBLE);
    let with = |report: Report| [full(), vec![report]].concat();
    let late = next().twisted(|entry: &mut Entry| entry.basis = entry.index - 1);
    vec![
        Case::accepted("a second household", &full(), next()),
        Case::refused("over the limit", &with(one()), next(), Code::CaseloadExceeded, "official"),
        Case::accepted("a limit for the other capacity", &with(limit(Capacity::Second, COUNTY, DAY)), next()),
        Case::accepted("a limit for another township", &with(limit(Capacity::First, "130624101", DAY)), next()),
        Case::accepted("a limit from tomorrow on", &with(limit(Capacity::First, COUNTY, DAY + 1)), next()),
        Case::accepted("a limit not known when it was decided", &with(one()), late),
        Case::accepted("after one has ended", &[full(), vec![one(), end(RESPONSIBLE, DAY)]].concat(), next()),
        Case::refused_for(
            "two in one submission",
            &[second_card(), one()],
            village([
                assigned(DAY, RESPONSIBLE, Capacity::First),
                around(assigned(DAY, RESPONSIBLE, Capacity::First), |event| {
                    event.household = Some(household(NEW_HOUSEHOLD));
                }),
            ]),
            &[(Code::CaseloadExceeded, Some(1), "official")],
        ),
    ]
}

fn assignment_end_cases() -> Vec<Case> {
    let first = [assign(RESPONSIBLE, Capacity::First)];
    let left = [assign(RESPONSIBLE, Capacity::First), change(RESPONSIBLE, None)];
    vec![
        Case::accepted("ended on the day it began", &first, end(RESPONSIBLE, DAY)),
        Case::refused("ended before it began", &first, end(RESPONSIBLE, DAY - 1), Code::OutOfOrder, "happened"),
        Case::refused("never begun", &[], end(RESPONSIBLE, DAY), Code::NotAssigned, "official"),
        Case::refused("another official's", &first, end(VILLAGE_OFFICER, DAY), Code::NotAssigned, "official"),
        Case::accepted("of an official who left", &left, end(RESPONSIBLE, DAY)),
        Case::accepted(
            "and begun again",
            &[first.to_vec(), vec![end(RESPONSIBLE, DAY)]].concat(),
            assign(RESPONSIBLE, Capacity::First),
        ),
    ]
}

fn posting_cases() -> Vec<Case> {
    let post = |number, post, until: Option<u32>| {
        let posted = VillageTeamPosted { post, until: until.map(date) };
        village([official_event(DAY, number, OfficialKind::VillageTeamPosted(posted))]).by(TOWNSHIP_OFFICER)
    };
    let secretary = || post(VILLAGE_OFFICER, VillagePost::FirstSecretary, None);
    let ended = |day, post| {
        let kind = OfficialKind::VillagePostEnded(VillagePostEnded { post });
        village([official_event(day, VILLAGE_OFFICER, kind)]).by(TOWNSHIP_OFFICER)
    };
    let ended_secretary = |day| ended(day, VillagePost::FirstSecretary);
    vec![
        Case::accepted("a first secretary", &[], secretary()),
        Case::accepted("leader as well", &[secretary()], post(VILLAGE_OFFICER, VillagePost::TeamLeader, None)),
        Case::refused("the same post again", &[secretary()], secretary(), Code::PostedAlready, "post"),
        Case::accepted("for a day", &[], post(VILLAGE_OFFICER, VillagePost::TeamMember, Some(DAY))),
        Case::refused(
            "until before it began",
            &[],
            post(VILLAGE_OFFICER, VillagePost::TeamMember, Some(DAY - 1)),
            Code::PeriodInvalid,
            "until",
        ),
        Case::refused(
            "a stranger",
            &[],
            post(NOBODY, VillagePost::TeamMember, None),
            Code::OfficialUnknown,
            "official",
        ),
        Case::refused("not by themselves", &[], secretary().by(VILLAGE_OFFICER), Code::RoleForbids, "author"),
        Case::refused(
            "not to the county",
            &[],
            secretary().by(ADMINISTRATOR).on(COUNTY),
            Code::AreaWrongLevel,
            "area",
        ),
        Case::accepted("ended", &[secretary()], ended_secretary(DAY)),
        Case::accepted("and begun again", &[secretary(), ended_secretary(DAY)], secretary()),
        Case::refused("ended before it began", &[secretary()], ended_secretary(DAY - 1), Code::OutOfOrder, "happened"),
        Case::refused("another post", &[secretary()], ended(DAY, VillagePost::TeamLeader), Code::NotPosted, "post"),
    ]
}

fn visit_cases() -> Vec<Case> {
    let visit = |change: fn(&mut HouseholdVisited)| village([visited(DAY, RESPONSIBLE, change)]);
    let plain = || visit(|_| {});
    let companions = |name, change, code| Case::refused(name, &[], visit(change), code, "companions");
    vec![
        Case::accepted("a visit", &[], plain().by(RESPONSIBLE)),
        Case::accepted("before the card was made", &[], village([visited(20_131_020, RESPONSIBLE, |_| {})])),
        Case::refused("not by finance", &[], plain().by(FINANCE), Code::RoleForbids, "author"),
        Case::refused("a closed card", &[deregistered()], plain(), Code::HouseholdDeregistered, "household"),
        Case::refused("a stranger", &[], village([visited(DAY, NOBODY, |_| {})]), Code::OfficialUnknown, "official"),
        Case::refused("has left", &[change(RESPONSIBLE, None)], plain(), Code::OfficialInactive, "official"),
        Case::accepted("in the last minute", &[], visit(|visit| visit.minute = Some(1_439))),
        Case::refused("too late", &[], visit(|visit| visit.minute = Some(1_440)), Code::FieldInvalid, "minute"),
        Case::accepted("with others", &[], visit(|visit| visit.companions = numbers(&[VILLAGE_OFFICER, FINANCE]))),
        companions("with themselves", |visit| visit.companions = numbers(&[RESPONSIBLE]), Code::VisitInvalid),
        companions("twice", |visit| visit.companions = numbers(&[FINANCE, FINANCE]), Code::VisitInvalid),
        companions(
            "with six others",
            |visit| visit.companions = (FIRST_NEW..).take(6).map(official).collect(),
            Code::VisitInvalid,
        ),
        Case::refused(
            "with a stranger",
            &[],
            visit(|visit| visit.companions = numbers(&[NOBODY])),
            Code::OfficialUnknown,
            "official",
        ),
    ]
}

/// Authority over an official, by the administrator.
fn authority(number: u32, kind: OfficialKind) -> Report {
    Report::officials([official_event(TODAY, number, kind)])
}

fn change(number: u32, role: Option<(Role, &str)>) -> Report {
    let role = role.map(|(role, place)| (role, area(place)));
    authority(number, OfficialKind::RoleChanged(RoleChanged { role, unit: "new unit".into(), post: "post".into() }))
}

fn key_of(number: u32) -> KeyRevoked {
    KeyRevoked { key: KeyId(u64::from(number)), reason: RevokeReason::Replaced }
}

fn revoke(number: u32) -> Report {
    authority(number, OfficialKind::KeyRevoked(key_of(number)))
}

/// Events in the village, by its officer.
fn village(events: impl Into<Vec<OfficialEvent>>) -> Report {
    Report::new(VILLAGE_OFFICER, Events::Officials(events.into()))
}

fn duty(day: u32, number: u32, kind: OfficialKind) -> OfficialEvent {
    around(official_event(day, number, kind), |event| event.household = Some(household(HOUSEHOLD)))
}

fn assigned(day: u32, number: u32, capacity: Capacity) -> OfficialEvent {
    duty(day, number, OfficialKind::OfficialAssigned(OfficialAssigned { capacity }))
}

fn assign(number: u32, capacity: Capacity) -> Report {
    village([assigned(DAY, number, capacity)])
}

fn assign_on(day: u32, number: u32) -> Report {
    village([assigned(day, number, Capacity::First)])
}

fn on_card(card: u64, number: u32) -> Report {
    village([around(assigned(DAY, number, Capacity::First), |event| event.household = Some(household(card)))])
}

fn end(number: u32, day: u32) -> Report {
    let kind = OfficialKind::AssignmentEnded(AssignmentEnded { reason: AssignmentEnd::HandedOver });
    village([duty(day, number, kind)])
}

fn visited(day: u32, visitor: u32, change: fn(&mut HouseholdVisited)) -> OfficialEvent {
    let mut visit =
        HouseholdVisited { place: VisitPlace::Home, minute: Some(600), companions: Vec::new(), sealed: None };
    change(&mut visit);
    duty(day, visitor, OfficialKind::HouseholdVisited(visit))
}

fn numbers(officials: &[u32]) -> Vec<lika_domain::ids::OfficialId> {
    officials.iter().map(|number| official(*number)).collect()
}

fn second_card() -> Report {
    let members = vec![member(1, Relation::Head, Sex::Male, 196_001)];
    let kind = HouseholdKind::HouseholdRegistered(Box::new(HouseholdRegistered { facts: facts(), members }));
    Report::households([household_event(20_140_301, NEW_HOUSEHOLD, kind)]).tagged(&[(NEW_HOUSEHOLD, 1, 9)])
}

fn deregistered() -> Report {
    let closed = HouseholdDeregistered { reason: DeregisterReason::Moved, merged_into: None };
    Report::households([household_event(20_210_101, HOUSEHOLD, HouseholdKind::HouseholdDeregistered(closed))])
        .by(COUNTY_OFFICER)
}
