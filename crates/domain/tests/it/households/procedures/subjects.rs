//! The subjects of household procedures, and when these may begin.

use super::walk::Walk;
use crate::households::{close, income_of_2015};
use lika_domain::household::HouseholdKind;
use lika_domain::procedure::{Place, Procedure, Step};
use lika_domain::rejection::Code;
use lika_domain::village::VillageRegistered;
use lika_testkit::county::{
    ADMINISTRATOR, HOUSEHOLD, NEW_HOUSEHOLD, OTHER_VILLAGE, TOWNSHIP, TOWNSHIP_OFFICER, date, household,
};
use lika_testkit::facts::village_event;
use lika_testkit::rules::{Case, Report};

/// Procedures of a card that is there.
const OF_CARDS: [Procedure; 4] =
    [Procedure::HouseholdExit, Procedure::FallBack, Procedure::Monitoring, Procedure::MonitoringEnd];

pub(super) fn cases() -> Vec<Case> {
    let of_cards = OF_CARDS.into_iter().flat_map(of_a_card);
    of_cards.chain(candidates()).chain(beginnings()).chain(again()).collect()
}

/// A card of the village, open, and not older than the step.
fn of_a_card(procedure: Procedure) -> Vec<Case> {
    let walk = Walk::begin(procedure);
    let first = first_step(procedure);
    let of = |number: Option<u64>| walk.step(first, |event| event.household = number.map(household));
    let refused = |name, given: &[Report], report, code| Case::refused(name, given, report, code, "household");
    let closed = walk.with(close(walk.day.yyyymmdd()));
    // The township may take this step in both of its villages.
    let elsewhere = walk.next(Step::Verification).on(OTHER_VILLAGE).by(TOWNSHIP_OFFICER);
    let second_village = walk.with(second_village());
    vec![
        refused("a step names a card", &walk.reports, of(None), Code::HouseholdIsMissing),
        refused("the card exists", &walk.reports, of(Some(NEW_HOUSEHOLD)), Code::HouseholdUnknown),
        refused("the card is open", &closed, walk.next(first), Code::HouseholdDeregistered),
        refused("the card is in the village", &second_village, elsewhere, Code::HouseholdUnknown),
    ]
}

/// Households without a card yet.
fn candidates() -> Vec<Case> {
    let walk = Walk::begin(Procedure::Identification);
    let of = |number: Option<u64>| walk.step(Step::Application, |event| event.household = number.map(household));
    let elsewhere = || walk.next(Step::Application).on(OTHER_VILLAGE).by(TOWNSHIP_OFFICER);
    let in_township = walk.next(Step::Application).on(TOWNSHIP).by(TOWNSHIP_OFFICER);
    let card_elsewhere = of(Some(HOUSEHOLD)).on(OTHER_VILLAGE).by(TOWNSHIP_OFFICER);
    let refused = |name, given: &[Report], report, code, field| Case::refused(name, given, report, code, field);
    vec![
        Case::accepted("a household without a card", &[], of(Some(NEW_HOUSEHOLD))),
        Case::accepted("in any registered village", &[second_village()], elsewhere()),
        refused("not of a household that has its card", &[], of(Some(HOUSEHOLD)), Code::StatusForbids, "household"),
        refused("named by its number", &[], of(None), Code::HouseholdIsMissing, "household"),
        refused("only in a registered village", &[], elsewhere(), Code::VillageUnknown, "area"),
        refused("only in a village", &[], in_township, Code::AreaWrongLevel, "area"),
        refused(
            "not of a closed card",
            &[close(20_150_101)],
            of(Some(HOUSEHOLD)),
            Code::HouseholdDeregistered,
            "household",
        ),
        refused("not of a card elsewhere", &[second_village()], card_elsewhere, Code::HouseholdUnknown, "household"),
    ]
}

/// Statuses with which a procedure may begin.
fn beginnings() -> Vec<Case> {
    let exit = || Walk::begin(Procedure::HouseholdExit);
    let early = |procedure, day| Walk { day: date(day), ..Walk::begin(procedure) }.next(first_step(procedure));
    let poor = [income_of_2015()];
    let exited = Walk::begin(Procedure::HouseholdExit).to(Place::Decided);
    let fallen = Walk::begin(Procedure::FallBack).to(Place::Decided);
    let (exit_day, fall_day) = (exited.day, fallen.day);
    let before = |procedure, day: lika_domain::date::Date| early(procedure, day.plus_days(-1).yyyymmdd());
    let refused = |name, given: &[Report], report, code, field| Case::refused(name, given, report, code, field);
    vec![
        refused(
            "after its registration",
            &poor,
            early(Procedure::HouseholdExit, 20_140_228),
            Code::BeforeRegistration,
            "happened",
        ),
        refused("poor already", &poor, early(Procedure::FallBack, 20_160_601), Code::StatusForbids, "household"),
        refused("not monitored", &poor, early(Procedure::MonitoringEnd, 20_160_601), Code::NotMonitored, "household"),
        refused(
            "not before its exit",
            &exited.reports,
            before(Procedure::FallBack, exit_day),
            Code::OutOfOrder,
            "happened",
        ),
        refused(
            "not before its fall",
            &fallen.reports,
            before(Procedure::HouseholdExit, fall_day),
            Code::OutOfOrder,
            "happened",
        ),
        Case::accepted(
            "poor again, it exits again",
            &fallen.reports,
            Walk { day: fall_day, ..exit() }.next(Step::Appraisal),
        ),
        Case::accepted(
            "several procedures at once",
            &exit().take(Step::Appraisal).reports,
            Walk::begin(Procedure::Monitoring).next(Step::Clue),
        ),
    ]
}

/// A procedure that has succeeded does not begin again.
fn again() -> Vec<Case> {
    let case = |(procedure, code): (Procedure, Code)| {
        let walk = Walk::begin(procedure).to(Place::Decided);
        let report = walk.next(first_step(procedure));
        Case::refused("a procedure succeeds once", &walk.reports, report, code, "household")
    };
    let once = [
        (Procedure::Identification, Code::StatusForbids),
        (Procedure::HouseholdExit, Code::StatusForbids),
        (Procedure::FallBack, Code::StatusForbids),
        (Procedure::Monitoring, Code::MonitoredAlready),
        (Procedure::MonitoringEnd, Code::NotMonitored),
    ];
    once.into_iter().map(case).collect()
}

/// The first of the steps that may begin a round.
pub(super) fn first_step(procedure: Procedure) -> Step {
    let mut rules = procedure.machine().rules.iter();
    rules.find(|rule| rule.after.contains(&Place::Start)).unwrap().step
}

pub(super) fn second_village() -> Report {
    let new = VillageRegistered { name: "Shunping".into(), poor: false, rural_households: 200, rural_persons: 600 };
    let event = village_event(20_140_101, HouseholdKind::VillageRegistered(new));
    Report::households([event]).by(ADMINISTRATOR).on(OTHER_VILLAGE)
}
