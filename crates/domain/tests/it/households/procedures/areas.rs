//! The exits of villages and of the county: their subjects, and the standards they must reach.

use super::after;
use super::subjects::{first_step, second_village};
use super::walk::Walk;
use lika_domain::household::HouseholdKind;
use lika_domain::official::Role;
use lika_domain::policy::{PolicyItem, PolicySet, PolicyValue};
use lika_domain::procedure::{End, Place, Procedure};
use lika_domain::rejection::Code;
use lika_domain::submission::Events;
use lika_domain::village::{CountyExited, VillageExited, VillageRegistered};
use lika_testkit::county::{
    ADMINISTRATOR, COUNTY, COUNTY_OFFICER, HOUSEHOLD, OTHER_VILLAGE, TOWNSHIP, TOWNSHIP_OFFICER, VILLAGE, area,
    household,
};
use lika_testkit::facts::{enrolled, key_enrolled, official_event, village_event};
use lika_testkit::rules::{Case, Report, World, opening_of, policy};

/// A county in a western province, and one of its villages.
const WEST_COUNTY: &str = "522301";
const WEST_VILLAGE: &str = "522301100200";

pub(super) fn cases() -> Vec<Case> {
    [of_a_village(), of_the_county(), village_standard(), western_standard(), county_standards()].concat()
}

/// A poor village that has not exited.
fn of_a_village() -> Vec<Case> {
    let walk = Walk::begin(Procedure::VillageExit);
    let first = || walk.next(first_step(Procedure::VillageExit));
    let with_card =
        walk.step(first_step(Procedure::VillageExit), |event| event.household = Some(household(HOUSEHOLD)));
    let decided = Walk::begin(Procedure::VillageExit).to(Place::Decided);
    let again = decided.next(first_step(Procedure::VillageExit));
    // A village officer's area is one village, and only they may apply, so a later step is used instead.
    let audit = |place: &str| walk.next(lika_domain::procedure::Step::TownshipAudit).on(place).by(TOWNSHIP_OFFICER);
    let refused = |name, given: &[Report], report, code, field| Case::refused(name, given, report, code, field);
    vec![
        Case::accepted("a poor village", &[], first()),
        refused("names no card", &[], with_card, Code::HouseholdNotConcerned, "household"),
        refused("only a registered village", &[], audit(OTHER_VILLAGE), Code::VillageUnknown, "area"),
        refused("a township is refused", &[], audit(TOWNSHIP), Code::AreaWrongLevel, "area"),
        refused("exits once", &decided.reports, again, Code::VillageHasExited, "area"),
        Case::refused_for(
            "only a village on the list",
            &[second_village()],
            audit(OTHER_VILLAGE),
            &[(Code::VillageNotPoor, Some(0), "area"), (Code::StepOutOfOrder, Some(0), "step")],
        ),
    ]
}

/// The whole jurisdiction.
fn of_the_county() -> Vec<Case> {
    let walk = Walk::begin(Procedure::CountyExit);
    let step = first_step(Procedure::CountyExit);
    let with_card = walk.step(step, |event| event.household = Some(household(HOUSEHOLD)));
    let decided = Walk::begin(Procedure::CountyExit).to(Place::Decided);
    let refused = |name, given: &[Report], report, code, field| Case::refused(name, given, report, code, field);
    vec![
        Case::accepted("the county", &[], walk.next(step)),
        refused("names no card", &[], with_card, Code::HouseholdNotConcerned, "household"),
        refused("a village is refused", &[], walk.next(step).on(VILLAGE), Code::AreaWrongLevel, "area"),
        refused("a township is refused", &[], walk.next(step).on(TOWNSHIP), Code::AreaWrongLevel, "area"),
        refused("exits once", &decided.reports, decided.next(step), Code::CountyHasExited, "area"),
    ]
}

/// Below two percent, or the county's own threshold; of 600 persons that is 11.
fn village_standard() -> Vec<Case> {
    let walk = Walk::begin(Procedure::VillageExit).until_decision();
    let poor = |poor_persons| {
        let exited = VillageExited { poor_persons, rural_persons: 600 };
        exiting(walk.decision(), HouseholdKind::VillageExited(exited))
    };
    let unmet = |given: &[Report], poor_persons| {
        Case::refused("not below the threshold", given, poor(poor_persons), Code::ExitStandardUnmet, "poor_persons")
    };
    let threshold = |threshold, from: u32| walk.with(policy(from, vec![PolicyValue::ExitThreshold(threshold)]));
    let (stricter, looser) = (threshold(100, 20_140_101), threshold(300, 20_140_101));
    let later = threshold(100, 20_300_101);
    vec![
        Case::accepted("nobody is poor", &walk.reports, poor(0)),
        Case::accepted("1.83 %", &walk.reports, poor(11)),
        unmet(&walk.reports, 12),
        Case::accepted("below one percent", &stricter, poor(5)),
        unmet(&stricter, 6),
        Case::accepted("below three percent", &looser, poor(17)),
        unmet(&looser, 18),
        Case::accepted("from a later day", &later, poor(11)),
    ]
}

/// Below three in a hundred in the provinces of the west.
fn western_standard() -> Vec<Case> {
    let exited = |poor_persons| {
        let exited = VillageExited { poor_persons, rural_persons: 600 };
        let event = village_event(20_171_201, HouseholdKind::VillageExited(exited));
        Report::households([event]).by(COUNTY_OFFICER).on(WEST_VILLAGE)
    };
    let county = |poor_persons| {
        let exited = CountyExited { poor_persons, rural_persons: 600, wrong_exit: 0, missed: 0, satisfaction: 10_000 };
        let event = village_event(20_171_201, HouseholdKind::CountyExited(exited));
        Report::households([event]).by(COUNTY_OFFICER).on(WEST_COUNTY)
    };
    let unmet = |report| {
        Case::refused("not below three percent", &[], report, Code::ExitStandardUnmet, "poor_persons").on(western)
    };
    vec![
        Case::accepted("2.83 % in the west", &[], exited(17)).on(western),
        unmet(exited(18)),
        Case::accepted("the county too", &[], county(17)).on(western),
        unmet(county(18)),
    ]
}

/// Incidence, wrong exits, households missed, satisfaction: each can fail by itself.
fn county_standards() -> Vec<Case> {
    let walk = Walk::begin(Procedure::CountyExit).until_decision();
    let exit = |change: fn(&mut CountyExited)| {
        let mut exited = CountyExited {
            poor_persons: 199,
            rural_persons: 10_000,
            wrong_exit: 199,
            missed: 199,
            satisfaction: 9_001,
        };
        change(&mut exited);
        exiting(walk.decision(), HouseholdKind::CountyExited(exited))
    };
    let unmet = |change, field| {
        Case::refused("a standard is not reached", &walk.reports, exit(change), Code::ExitStandardUnmet, field)
    };
    let none = exit(|exit| {
        (exit.poor_persons, exit.wrong_exit, exit.missed, exit.satisfaction) = (200, 200, 200, 9_000);
    });
    let fields = ["poor_persons", "wrong_exit", "missed", "satisfaction"];
    let all = fields.map(|field| (Code::ExitStandardUnmet, Some(0), field));
    vec![
        Case::accepted("every standard is just reached", &walk.reports, exit(|_| {})),
        unmet(|exit| exit.poor_persons = 200, "poor_persons"),
        unmet(|exit| exit.wrong_exit = 200, "wrong_exit"),
        unmet(|exit| exit.missed = 200, "missed"),
        unmet(|exit| exit.satisfaction = 9_000, "satisfaction"),
        Case::refused_for("no standard is reached", &walk.reports, none, &all),
    ]
}

#[test]
fn villages_and_the_county_keep_their_rounds() {
    let walk = Walk::begin(Procedure::VillageExit).to(Place::Decided);
    let world = after(&walk.reports);
    assert!(matches!(walk.round(&world).end, Some(End::Decided { complete: true, .. })));
    let head = &world.village().head;
    assert_eq!((head.exited, head.exited_in), (Some(walk.day), Some(world.state.applied - 1)));
    assert_eq!(head.rounds.len(), 1);
    let walk = Walk::begin(Procedure::CountyExit).to(Place::Decided);
    let world = after(&walk.reports);
    assert!(matches!(walk.round(&world).end, Some(End::Decided { complete: true, .. })));
    let jurisdiction = world.state.jurisdiction.as_ref().unwrap();
    assert_eq!((jurisdiction.exited, jurisdiction.rounds.len()), (Some(walk.day), 1));
    assert_eq!(world.state.villages[&area(VILLAGE)].head.exited, None);
    assert_eq!(world.entries.last().unwrap().submission.area, area(COUNTY));
}

/// The report, with another event of the same day.
fn exiting(mut report: Report, kind: HouseholdKind) -> Report {
    if let Events::Households(events) = &mut report.events {
        events[0].kind = kind;
    }
    report
}

/// A county in the west with a county officer and a poor village, where decisions do not need their steps.
fn western() -> World {
    let enrol = [
        official_event(20_140_101, COUNTY_OFFICER, enrolled(Role::CountyOfficer, WEST_COUNTY)),
        official_event(20_140_101, COUNTY_OFFICER, key_enrolled(COUNTY_OFFICER)),
    ];
    let village = VillageRegistered { name: "Nahui".into(), poor: true, rural_households: 200, rural_persons: 600 };
    let village = village_event(20_140_101, HouseholdKind::VillageRegistered(village));
    let item = |procedure: &Procedure| {
        let value = PolicyValue::StepsRequired { procedure: *procedure, required: false };
        PolicyItem { area: area(WEST_COUNTY), source: "test".into(), unconfirmed: false, value }
    };
    let items = [Procedure::VillageExit, Procedure::CountyExit].iter().map(item).collect();
    let set = HouseholdKind::PolicySet(PolicySet { effective: lika_testkit::county::date(20_140_101), items });
    let set = village_event(20_140_102, set);
    let mut world = World::default();
    for report in [
        opening_of(WEST_COUNTY),
        Report::officials(enrol).on(WEST_COUNTY),
        Report::households([set]).by(ADMINISTRATOR).on(WEST_COUNTY),
        Report::households([village]).by(ADMINISTRATOR).on(WEST_VILLAGE),
    ] {
        world.take(&report).unwrap();
    }
    world
}
