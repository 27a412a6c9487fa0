//! Villages enter the log, change, and leave the list; the county too.

use super::{card_event, village};
use lika_domain::household::HouseholdKind;
use lika_domain::money::Fen;
use lika_domain::rejection::Code;
use lika_domain::village::{
    CountyExited, RURAL_PERSONS_MAX, Service, VillageExited, VillageProfileUpdated, VillageRegistered,
};
use lika_testkit::county::{ADMINISTRATOR, COUNTY, COUNTY_OFFICER, OTHER_VILLAGE, TOWNSHIP, VILLAGE_OFFICER, area};
use lika_testkit::facts::village_event;
use lika_testkit::rules::{Case, Expected, Report, check};

pub(super) fn cases() -> Vec<Case> {
    [registration_cases(), profile_cases(), exit_cases(), county_cases()].concat()
}

fn registration_cases() -> Vec<Case> {
    let elsewhere = || register(|_| {}).on(OTHER_VILLAGE);
    let with_card = Report::households([card_event(20_140_101, registered(|_| {}))]).by(ADMINISTRATOR);
    vec![
        Case::accepted("a village", &[], elsewhere()),
        Case::accepted(
            "without numbers yet",
            &[],
            register(|v| (v.rural_households, v.rural_persons) = (0, 0)).on(OTHER_VILLAGE),
        ),
        Case::refused("a village is registered once", &[], register(|_| {}), Code::VillageExists, "area"),
        Case::refused("a township is not a village", &[], register(|_| {}).on(TOWNSHIP), Code::AreaWrongLevel, "area"),
        Case::refused("only by an administrator", &[], elsewhere().by(COUNTY_OFFICER), Code::RoleForbids, "author"),
        Case::refused("names no card", &[], with_card.on(OTHER_VILLAGE), Code::HouseholdNotConcerned, "household"),
        Case::refused(
            "no more households than persons",
            &[],
            register(|v| v.rural_households = v.rural_persons + 1).on(OTHER_VILLAGE),
            Code::CountInconsistent,
            "rural_households",
        ),
        Case::refused(
            "no more persons than any village has",
            &[],
            register(|v| v.rural_persons = RURAL_PERSONS_MAX + 1).on(OTHER_VILLAGE),
            Code::FieldInvalid,
            "rural_persons",
        ),
    ]
}

fn profile_cases() -> Vec<Case> {
    vec![
        Case::accepted("a profile", &[], profile(|_| {})),
        Case::accepted("of a village registered just now", &[], register_and_profile()),
        Case::refused(
            "only of a registered village",
            &[],
            profile(|_| {}).on(OTHER_VILLAGE).by(COUNTY_OFFICER),
            Code::VillageUnknown,
            "area",
        ),
        Case::refused(
            "only of a village",
            &[],
            profile(|_| {}).on(TOWNSHIP).by(COUNTY_OFFICER),
            Code::AreaWrongLevel,
            "area",
        ),
        Case::refused(
            "no more households than persons in it",
            &[],
            profile(|p| p.rural_persons = p.rural_households - 1),
            Code::CountInconsistent,
            "rural_households",
        ),
        Case::refused(
            "each service once",
            &[],
            profile(|p| p.services = vec![Service::Road, Service::Water, Service::Road]),
            Code::FieldInvalid,
            "services",
        ),
    ]
}

fn exit_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let twice = Case::refused("a village exits once", &[exit(10, 600)], exit(5, 600), Code::VillageHasExited, "area");
    let rich = [register(|v| v.poor = false).on(OTHER_VILLAGE)];
    vec![
        Case::accepted("a village exits", &[], exit(10, 600)),
        Case::refused("not on the list", &rich, exit(10, 600).on(OTHER_VILLAGE), Code::VillageNotPoor, "area"),
        twice,
        refused("only by the county", exit(10, 600).by(VILLAGE_OFFICER), Code::RoleForbids, "author"),
        refused("only a registered village", exit(10, 600).on(OTHER_VILLAGE), Code::VillageUnknown, "area"),
        refused("among the persons in its profile", exit(9, 500), Code::CountInconsistent, "rural_persons"),
        refused("no more poor than persons", exit(601, 600), Code::CountInconsistent, "poor_persons"),
    ]
}

fn county_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let twice = Report::households([county_exited(|_| {}), county_exited(|_| {})]).by(COUNTY_OFFICER).on(COUNTY);
    let share =
        |change, field| refused("a share is at most 100 %", county_exit(change), Code::CountInconsistent, field);
    vec![
        Case::accepted("the county exits", &[], county_exit(|_| {})),
        Case::refused("exits once", &[county_exit(|_| {})], county_exit(|_| {}), Code::CountyHasExited, "area"),
        Case::refused_for("exits once in a submission", &[], twice, &[(Code::CountyHasExited, Some(1), "area")]),
        refused("not a village", county_exit(|_| {}).on(lika_testkit::county::VILLAGE), Code::AreaWrongLevel, "area"),
        refused("without persons", county_exit(|e| e.rural_persons = 0), Code::CountInconsistent, "poor_persons"),
        share(|exit| exit.wrong_exit = 10_001, "wrong_exit"),
        share(|exit| exit.missed = 10_001, "missed"),
        share(|exit| exit.satisfaction = 10_001, "satisfaction"),
    ]
}

#[test]
fn a_village_and_the_county_remember_when_they_exited() {
    let none: &[Expected] = &[];
    let world = check(&[profile(|_| {}), exit(10, 620)], &county_exit(|_| {}), none);
    let head = &world.village().head;
    assert_eq!((head.rural_households, head.rural_persons, head.collective_income), (210, 620, Fen::yuan(50_000)));
    assert_eq!(head.services, [Service::Road, Service::Clinic]);
    assert_eq!(head.exited.map(|day| day.yyyymmdd()), Some(20_171_201));
    assert_eq!(head.last, super::FIRST + 1, "the county's exit is no entry of the village");
    assert_eq!(world.state.jurisdiction.unwrap().exited.map(|day| day.yyyymmdd()), Some(20_190_501));
    assert!(!world.state.villages.contains_key(&area(OTHER_VILLAGE)));
}

fn registered(change: fn(&mut VillageRegistered)) -> HouseholdKind {
    let mut new = VillageRegistered { name: "Shunping".into(), poor: true, rural_households: 200, rural_persons: 600 };
    change(&mut new);
    HouseholdKind::VillageRegistered(new)
}

fn register(change: fn(&mut VillageRegistered)) -> Report {
    village(20_140_101, registered(change)).by(ADMINISTRATOR)
}

fn updated(change: fn(&mut VillageProfileUpdated)) -> HouseholdKind {
    let mut profile = VillageProfileUpdated {
        rural_households: 210,
        rural_persons: 620,
        collective_income: Fen::yuan(50_000),
        services: vec![Service::Road, Service::Clinic],
    };
    change(&mut profile);
    HouseholdKind::VillageProfileUpdated(profile)
}

fn profile(change: fn(&mut VillageProfileUpdated)) -> Report {
    village(20_160_101, updated(change))
}

fn register_and_profile() -> Report {
    let events = [village_event(20_140_101, registered(|_| {})), village_event(20_160_101, updated(|_| {}))];
    Report::households(events).by(ADMINISTRATOR).on(OTHER_VILLAGE)
}

fn exit(poor_persons: u32, rural_persons: u32) -> Report {
    village(20_171_201, HouseholdKind::VillageExited(VillageExited { poor_persons, rural_persons })).by(COUNTY_OFFICER)
}

fn county_exited(change: fn(&mut CountyExited)) -> lika_domain::household::HouseholdEvent {
    let mut exit =
        CountyExited { poor_persons: 1_500, rural_persons: 190_000, wrong_exit: 40, missed: 35, satisfaction: 9_600 };
    change(&mut exit);
    village_event(20_190_501, HouseholdKind::CountyExited(exit))
}

fn county_exit(change: fn(&mut CountyExited)) -> Report {
    Report::households([county_exited(change)]).by(COUNTY_OFFICER).on(COUNTY)
}
