//! Decisions recorded in error and taken back: their effects are undone, and nothing else is.

use super::walk::{Walk, taken};
use crate::households::status::watch;
use crate::households::{FIRST, correcting, exit, fall_back, income_of_2015};
use lika_domain::household::{HouseholdKind, MonitoringEnded, MonitoringOutcome, Status};
use lika_domain::procedure::{End, Outcome, Procedure, Step};
use lika_domain::rejection::Code;
use lika_testkit::county::{HOUSEHOLD, date};
use lika_testkit::facts::household_event;
use lika_testkit::rules::{Report, World, check};

/// Where decisions do not need their steps.
fn after(given: &[Report], report: &Report) -> World {
    check(given, report, &[])
}

fn ended(happened: u32) -> Report {
    let kind = HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: MonitoringOutcome::Helped });
    Report::households([household_event(happened, HOUSEHOLD, kind)])
}

/// A failed step returns a card to its earlier status; it is not a fall, and cannot be taken back like one to leave
/// poverty.
#[test]
fn only_a_fall_is_taken_back_as_a_fall() {
    let walk = Walk::begin(Procedure::HouseholdExit);
    let failed = walk.after_days(600).step(Step::Appraisal, |event| taken(event).outcome = Outcome::Failed);
    let fallen = [income_of_2015(), exit(20_160_301), fall_back(20_160_601, false), failed];
    let again = |entry| correcting(exit(20_180_601), entry);
    check(&fallen, &again(FIRST + 3), &[(Code::CorrectionInvalid, Some(0), "corrects")]);
    let world = after(&fallen, &again(FIRST + 2));
    assert_eq!((world.status(), world.card().since), (Status::Exited, date(20_160_301)));
    let fallen_back: u32 = world.village().months.values().map(|month| month.fallen_back).sum();
    assert_eq!(fallen_back, 0);
}

#[test]
fn a_second_fall_taken_back_leaves_the_first() {
    let twice = [
        income_of_2015(),
        exit(20_160_301),
        fall_back(20_160_601, false),
        exit(20_170_301),
        fall_back(20_170_601, false),
    ];
    let world = after(&twice, &correcting(exit(20_180_601), FIRST + 4));
    assert_eq!((world.status(), world.card().since), (Status::Exited, date(20_170_301)));
    assert_eq!(world.card().fell_back, Some(date(20_160_601)));
    let given = [twice.to_vec(), vec![correcting(exit(20_180_601), FIRST + 4)]].concat();
    let world = after(&given, &correcting(fall_back(20_180_701, true), FIRST + 3));
    assert_eq!(world.status(), Status::FellBack, "as before the exit that is taken back");
}

#[test]
fn the_end_of_monitoring_is_taken_back_once_and_drops_the_round_begun_since() {
    let clue = Walk::begin(Procedure::Monitoring).after_days(900).next(Step::Clue);
    let given = [watch(20_170_301), ended(20_170_601), clue];
    let restarted = correcting(watch(20_190_601), FIRST + 1);
    let world = after(&given, &restarted);
    assert!(world.card().monitoring.is_some());
    assert!(world.card().rounds.iter().all(|round| !round.is_open()));
    let dropped = world.card().rounds.iter().filter(|round| round.end == Some(End::Dropped));
    assert_eq!(dropped.count(), 2, "the end that was wrong, and the round begun since");
    let error = MonitoringEnded { outcome: MonitoringOutcome::Error };
    let unwatched =
        Report::households([household_event(20_190_701, HOUSEHOLD, HouseholdKind::MonitoringEnded(error))]);
    let given = [given.to_vec(), vec![restarted, unwatched]].concat();
    let again = correcting(watch(20_190_801), FIRST + 1);
    let world = after(&given, &again);
    let decided = world.card().rounds.iter().rev().find(|round| round.procedure == Procedure::Monitoring);
    let complete = decided.and_then(|round| round.end);
    assert!(
        matches!(complete, Some(End::Decided { complete: false, .. })),
        "it is a decision of its own: {complete:?}"
    );
}
