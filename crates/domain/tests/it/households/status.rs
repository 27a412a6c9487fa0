//! Cards leave poverty, fall back, and are monitored.

use super::{FIRST, card, card_event, close, correcting, exit, fall_back, income_of_2015};
use lika_domain::household::{
    Cause, HouseholdExited, HouseholdFellBack, HouseholdKind, MonitoringEnded, MonitoringKind, MonitoringOutcome,
    MonitoringStarted, Status,
};
use lika_domain::rejection::Code;
use lika_testkit::county::AUDITOR;
use lika_testkit::rules::{Case, Report, check};

pub(super) fn cases() -> Vec<Case> {
    [exit_cases(), fall_cases(), watch_cases()].concat()
}

fn exit_cases() -> Vec<Case> {
    let given = [income_of_2015()];
    let unaccepted = HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: false });
    let fallen = [income_of_2015(), exit(20_160_301), fall_back(20_170_301, false)];
    vec![
        Case::accepted("an exit on an income", &given, exit(20_160_301)),
        Case::accepted("an exit after a fall", &fallen, exit(20_180_301)),
        Case::refused("the income is on record", &[], exit(20_160_301), Code::IncomeMissing, "income_year"),
        Case::refused("the household accepts it", &given, card(20_160_301, unaccepted), Code::NotAccepted, "accepted"),
        Case::refused("a card exits once", &fallen[..2], exit(20_180_301), Code::StatusForbids, "household"),
        Case::refused("not before the fall", &fallen, exit(20_170_228), Code::OutOfOrder, "happened"),
        Case::refused("not before its card", &given, exit(20_140_228), Code::BeforeRegistration, "happened"),
        Case::refused(
            "only of an open card",
            &[close(20_150_101)],
            exit(20_160_301),
            Code::HouseholdDeregistered,
            "household",
        ),
        Case::refused("only by officers", &given, exit(20_160_301).by(AUDITOR), Code::RoleForbids, "author"),
        Case::refused_for(
            "twice in a submission",
            &given,
            Report::households([exited_event(), exited_event()]),
            &[(Code::StatusForbids, Some(1), "household")],
        ),
    ]
}

fn fall_cases() -> Vec<Case> {
    let given = [income_of_2015(), exit(20_160_301)];
    let error = |entry| correcting(fall_back(20_170_301, true), entry);
    vec![
        Case::accepted("poor again", &given, fall_back(20_170_301, false)),
        Case::refused("without exit", &given[..1], fall_back(20_170_301, false), Code::StatusForbids, "household"),
        Case::refused("not before the exit", &given, fall_back(20_160_229, false), Code::OutOfOrder, "happened"),
        Case::accepted("a wrong exit is corrected", &given, error(FIRST + 1)),
        Case::refused("names its exit", &given, fall_back(20_170_301, true), Code::CorrectionInvalid, "corrects"),
        Case::refused("no other entry", &given, error(FIRST), Code::CorrectionInvalid, "corrects"),
    ]
}

fn watch_cases() -> Vec<Case> {
    let of = |risks: &[Cause]| watch_for(20_210_301, risks);
    let refused = |name, report| Case::refused(name, &[], report, Code::RisksInvalid, "risks");
    let six = [Cause::Illness, Cause::Disability, Cause::Schooling, Cause::Disaster, Cause::Land, Cause::Water];
    let given = [watch(20_210_301)];
    vec![
        Case::accepted("five risks", &[], of(&six[..5])),
        refused("at most five risks", of(&six)),
        refused("at least one risk", of(&[])),
        refused("each risk once", of(&[Cause::Illness, Cause::Land, Cause::Illness])),
        Case::refused("a card is monitored once", &given, watch(20_210_401), Code::MonitoredAlready, "household"),
        Case::accepted("monitoring ends", &given, unwatch(20_210_501)),
        Case::accepted("monitoring begins again", &[watch(20_210_301), unwatch(20_210_401)], watch(20_210_501)),
        Case::refused("not before it began", &given, unwatch(20_210_228), Code::OutOfOrder, "happened"),
        Case::refused("only what has begun", &[], unwatch(20_210_501), Code::NotMonitored, "household"),
        Case::refused("before the card", &[], watch(20_140_228), Code::BeforeRegistration, "happened"),
    ]
}

#[test]
fn exits_and_falls_are_counted_in_their_months() {
    let given = [income_of_2015(), exit(20_160_301)];
    let counts = |given: &[Report], report: Report| {
        let world = check(given, &report, &[]);
        let months: Vec<_> = world
            .village()
            .months
            .iter()
            .map(|(month, counts)| (month.yyyymm(), counts.exited, counts.fallen_back))
            .collect();
        (world.status(), world.card().since.yyyymmdd(), months)
    };
    assert_eq!(
        counts(&given[..1], exit(20_160_301)),
        (Status::Exited, 20_160_301, vec![(201_403, 0, 0), (201_603, 1, 0)])
    );
    assert_eq!(
        counts(&given, fall_back(20_170_401, false)),
        (Status::FellBack, 20_170_401, vec![(201_403, 0, 0), (201_603, 1, 0), (201_704, 0, 1)])
    );
    assert_eq!(
        counts(&given, correcting(fall_back(20_170_401, true), FIRST + 1)),
        (Status::Poor, 20_170_401, vec![(201_403, 0, 0), (201_603, 0, 0)])
    );
}

#[test]
fn a_wrong_exit_of_a_card_that_had_fallen_back_leaves_it_fallen_back() {
    let given = [income_of_2015(), exit(20_160_301), fall_back(20_170_301, false), exit(20_180_301)];
    let world = check(&given, &correcting(fall_back(20_180_601, true), FIRST + 3), &[]);
    assert_eq!(
        (world.status(), world.card().fell_back.map(|day| day.yyyymmdd())),
        (Status::FellBack, Some(20_170_301))
    );
}

#[test]
fn a_fall_states_the_main_cause_from_then_on() {
    // The open world's card has illness as its main cause and labour as a further one.
    let given = [income_of_2015(), exit(20_160_301)];
    let facts = |cause| {
        let fall = HouseholdKind::HouseholdFellBack(HouseholdFellBack { cause, exit_in_error: false });
        let world = check(&given, &card(20_170_301, fall), &[]);
        (world.card().facts.main_cause, world.card().facts.other_causes.clone())
    };
    assert_eq!(facts(Cause::Labour), (Cause::Labour, vec![]));
    assert_eq!(facts(Cause::Disaster), (Cause::Disaster, vec![Cause::Labour]));
}

fn exited_event() -> lika_domain::household::HouseholdEvent {
    card_event(20_160_301, HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: true }))
}

pub(super) fn watch(happened: u32) -> Report {
    watch_for(happened, &[Cause::Illness])
}

fn watch_for(happened: u32, risks: &[Cause]) -> Report {
    let started = MonitoringStarted { kind: MonitoringKind::Hardship, risks: risks.to_vec() };
    card(happened, HouseholdKind::MonitoringStarted(started))
}

fn unwatch(happened: u32) -> Report {
    let ended = MonitoringEnded { outcome: MonitoringOutcome::Helped };
    card(happened, HouseholdKind::MonitoringEnded(ended))
}
