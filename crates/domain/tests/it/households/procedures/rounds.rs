//! Procedures in the state: listing for exit, rounds that end or are dropped, and candidates.

use super::after;
use super::walk::{Walk, taken};
use crate::households::{close, correcting, fall_back};
use lika_domain::household::Status;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Step};
use lika_testkit::county::{HOUSEHOLD, NEW_HOUSEHOLD, household};
use lika_testkit::rules::{Report, World, steps_required};

#[test]
fn a_round_of_the_exit_lists_a_card_until_it_is_decided() {
    let begun = Walk::begin(Procedure::HouseholdExit);
    let way = Procedure::HouseholdExit.machine().way_to_decision(Place::Start).unwrap();
    for taken in 1..=way.len() {
        let walk = way[..taken].iter().fold(begun.clone(), |walk, step| walk.take(*step));
        let world = after(&walk.reports);
        assert_eq!((world.status(), world.card().since), (Status::PreExit, begun.day));
        assert!(walk.round(&world).is_open());
    }
    let done = begun.until_decision();
    let world = after(&done.decided());
    assert_eq!((world.status(), world.card().since), (Status::Exited, done.day));
}

#[test]
fn a_failed_step_takes_a_card_off_the_list_and_the_procedure_may_begin_again() {
    let way = Procedure::HouseholdExit.machine().way_to_decision(Place::Start).unwrap();
    for taken_before in 1..way.len() {
        let walk =
            way[..taken_before].iter().fold(Walk::begin(Procedure::HouseholdExit), |walk, step| walk.take(*step));
        let failed = walk.step(way[taken_before], |event| taken(event).outcome = Outcome::Failed);
        let world = after(&walk.with(failed.clone()));
        assert_eq!((world.status(), world.card().since), (Status::Poor, walk.day));
        let round = walk.round(&world);
        assert_eq!((round.end, round.place()), (Some(End::Failed { late: false }), Place::Start));
        let again = Walk { reports: walk.with(failed), day: walk.day.plus_days(9), last: None, ..walk };
        let done = again.until_decision();
        let world = after(&done.decided());
        let rounds = world.card().rounds.iter().filter(|round| round.procedure == Procedure::HouseholdExit);
        assert_eq!((world.status(), rounds.count()), (Status::Exited, 2));
    }
}

/// A first step that fails is a round of its own; the card was never listed.
#[test]
fn a_procedure_may_fail_at_its_first_step() {
    for procedure in Procedure::ALL {
        let walk = Walk::begin(*procedure);
        let before = walk.reports.clone();
        let first = super::subjects::first_step(*procedure);
        let failed = walk.step(first, |event| taken(event).outcome = Outcome::Failed);
        let world = after(&walk.with(failed.clone()));
        assert_eq!(walk.round(&world).end, Some(End::Failed { late: false }), "{}", procedure.name());
        assert_eq!(world.status(), after(&before).status());
        let again = Walk { reports: walk.with(failed), ..walk };
        assert!(again.round(&after(&again.with(again.after_days(1).next(first)))).is_open());
    }
}

/// A fallen-back card is listed, and is fallen back again when a step fails.
#[test]
fn a_fallen_back_card_is_fallen_back_again_once_off_the_list() {
    let fallen = Walk::begin(Procedure::FallBack).to(Place::Decided);
    let exit = Walk { procedure: Procedure::HouseholdExit, last: None, ..fallen };
    let listed = exit.take(Step::Appraisal);
    assert_eq!(after(&listed.reports).status(), Status::PreExit);
    let failed = listed.step(Step::Verification, |event| taken(event).outcome = Outcome::Failed);
    assert_eq!(after(&listed.with(failed)).status(), Status::FellBack);
}

#[test]
fn a_candidates_steps_go_over_to_its_card() {
    let walk = Walk::begin(Procedure::Identification).until_decision();
    let world = after(&walk.reports);
    let candidates = &world.village().head.candidates;
    assert_eq!(candidates[&household(NEW_HOUSEHOLD)][0].steps.len(), 7);
    assert!(!world.state.homes.contains_key(&household(NEW_HOUSEHOLD)));
    let planned = Walk::begin(Procedure::Identification).to(Place::Decided).take(Step::Pairing).take(Step::HelpPlan);
    let world = after(&planned.reports);
    assert!(world.village().head.candidates.is_empty());
    let card = world.card_of(NEW_HOUSEHOLD);
    assert_eq!((card.rounds.len(), card.status), (1, Status::Poor));
    let round = planned.round(&world);
    assert_eq!((round.steps.len(), round.place()), (9, Place::At(Step::HelpPlan)));
    assert!(matches!(round.end, Some(End::Decided { steps: 7, complete: true, late: false, .. })));
}

/// Rounds of a candidate that failed before go over too.
#[test]
fn a_candidate_may_be_refused_at_first() {
    let walk = Walk::begin(Procedure::Identification).take(Step::Application);
    let failed = walk.step(Step::Verification, |event| taken(event).outcome = Outcome::Failed);
    let again = Walk { reports: walk.with(failed), day: walk.day.plus_days(300), last: None, ..walk };
    let done = again.until_decision();
    let world = after(&done.decided());
    let ends: Vec<_> = world.card_of(NEW_HOUSEHOLD).rounds.iter().map(|round| round.end).collect();
    assert!(matches!(ends[..], [Some(End::Failed { .. }), Some(End::Decided { complete: true, .. })]));
}

#[test]
fn a_closed_card_leaves_no_round_under_way() {
    let exit = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal);
    let clue = Walk { reports: exit.reports.clone(), ..Walk::begin(Procedure::Monitoring) }.take(Step::Clue);
    let world = after(&clue.with(close(20_160_401)));
    assert_eq!(exit.round(&world).end, Some(End::Dropped));
    assert_eq!(clue.round(&world).end, Some(End::Dropped));
    assert!(world.card().rounds.iter().all(|round| !round.is_open()));
}

/// Taking a decision back drops the round that it ended.
#[test]
fn taking_a_decision_back_drops_the_round_that_it_ended() {
    let exited = Walk::begin(Procedure::FallBack).take(Step::Clue);
    let exit_entry = World::open().state.applied + u64::try_from(exited.reports.len()).unwrap() - 2;
    let world = after(&exited.with(correcting(fall_back(20_160_701, true), exit_entry)));
    assert_eq!((world.status(), exited.round(&world).end), (Status::Poor, Some(End::Dropped)));
}

#[test]
fn an_exit_keeps_the_facts_that_an_audit_looks_at() {
    let begun = Walk::begin(Procedure::HouseholdExit);
    let world = after(&begun.with_all([steps_required(20_140_101, false), begun.decision()]));
    assert_eq!(world.status(), Status::Exited);
    // 3,000 yuan a head are above the line of 2015; nothing is known of housing, schooling and water.
    assert!(world.card().exit.is_some_and(|exit| !exit.below_line && exit.guarantee_missing));
}

/// Several steps may be in one submission, each judged after the one before.
#[test]
fn one_submission_may_hold_several_steps() {
    let walk = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal).take(Step::Verification);
    let events = |report: &Report| match &report.events {
        lika_domain::submission::Events::Households(events) => events.clone(),
        _ => Vec::new(),
    };
    let acceptance = walk.next(Step::Acceptance);
    let publicity = walk.clone().take(Step::Acceptance).next(Step::Publicity);
    let both = Report::households([events(&acceptance), events(&publicity)].concat());
    let world = after(&walk.with(both));
    assert_eq!(walk.round(&world).place(), Place::At(Step::Publicity));
    let backwards = Report::households([events(&publicity), events(&acceptance)].concat());
    let refused = [(lika_domain::rejection::Code::StepOutOfOrder, Some(0), "step")];
    lika_testkit::rules::check_on(World::open(), &walk.reports, &backwards, &refused);
    assert_eq!(world.village().households[&household(HOUSEHOLD)].rounds.len(), 1 + 1, "its registration and its exit");
}
