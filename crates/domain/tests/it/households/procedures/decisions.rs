//! Decisions: after their steps, not before, and without them if the policy does not require them.

use super::walk::Walk;
use super::{after, detail};
use lika_domain::procedure::{End, Place, Procedure, Step};
use lika_domain::rejection::Code;
use lika_testkit::rules::{Case, Report, steps_required};

/// A day before all other events.
const FROM_THE_BEGINNING: u32 = 20_140_101;

pub(super) fn cases(procedure: Procedure) -> Vec<Case> {
    [walked(procedure), missing(procedure), not_asked_for(procedure)].concat()
}

/// A decision is accepted after every step that it may follow, and the steps that may follow it are too.
fn walked(procedure: Procedure) -> Vec<Case> {
    let (name, machine) = (procedure.name(), procedure.machine());
    let mut cases = Vec::new();
    for step in machine.decided_after {
        let walk = Walk::begin(procedure).to(Place::At(*step));
        cases.push(Case::accepted(name, &walk.reports, walk.decision()));
        let asked_for = walk.with(steps_required(FROM_THE_BEGINNING, true));
        let early = walk.after_days(-2).decision();
        cases.push(Case::refused("not before its steps", &asked_for, early, Code::OutOfOrder, "happened"));
    }
    let decided = Walk::begin(procedure).to(Place::Decided);
    let follow_ups = machine.rules.iter().filter(|rule| rule.after.contains(&Place::Decided));
    cases.extend(follow_ups.map(|rule| Case::accepted(name, &decided.reports, decided.next(rule.step))));
    cases
}

/// A decision is refused at every place before that, from the start on.
fn missing(procedure: Procedure) -> Vec<Case> {
    let machine = procedure.machine();
    let required = steps_required(FROM_THE_BEGINNING, true);
    let places = machine.rules.iter().map(|rule| Place::At(rule.step)).chain([Place::Start]);
    let reached = places.filter(|place| machine.way(Place::Start, &[*place]).is_some());
    let before = reached.filter(|place| machine.way_to_decision(*place).is_some_and(|way| !way.is_empty()));
    let case = |place| {
        let walk = Walk::begin(procedure).to(place);
        let given = walk.with(required.clone());
        Case::refused("steps are missing", &given, walk.decision(), Code::ProcedureIncomplete, "happened")
    };
    before.map(case).collect()
}

/// The policy of the day of the decision says whether steps are required; later policy changes nothing.
fn not_asked_for(procedure: Procedure) -> Vec<Case> {
    let begun = Walk::begin(procedure);
    let steps_required = |day: i32, required| steps_required(begun.day.plus_days(day).yyyymmdd(), required);
    let never = begun.with(steps_required(0, false));
    let until_then = begun.with_all([steps_required(0, false), steps_required(1, true)]);
    let since_then = begun.with_all([steps_required(0, true), steps_required(1, false)]);
    let incomplete = |given: &[Report], report| {
        Case::refused("steps are required", given, report, Code::ProcedureIncomplete, "happened")
    };
    vec![
        Case::accepted("steps are not required", &never, begun.decision()),
        Case::accepted("steps were not required then", &until_then, begun.decision()),
        incomplete(&until_then, begun.after_days(1).decision()),
        incomplete(&since_then, begun.decision()),
        Case::accepted("steps are no longer required", &since_then, begun.after_days(1).decision()),
    ]
}

#[test]
fn a_refusal_names_the_steps_that_are_missing() {
    for procedure in Procedure::ALL {
        let machine = procedure.machine();
        let required = steps_required(FROM_THE_BEGINNING, true);
        let way = machine.way_to_decision(Place::Start).unwrap();
        for taken in 0..way.len() {
            let walk = way[..taken].iter().fold(Walk::begin(*procedure), |walk, step| walk.take(*step));
            let names: Vec<&str> = way[taken..].iter().map(|step| step.name()).collect();
            let expected = format!("{}: {} missing", procedure.name(), names.join(", "));
            assert_eq!(detail(&walk.with(required.clone()), &walk.decision()), expected);
        }
    }
}

#[test]
fn a_round_says_whether_all_its_steps_were_on_record() {
    for procedure in Procedure::ALL {
        let way = procedure.machine().way_to_decision(Place::Start).unwrap();
        for taken in 0..=way.len() {
            let walk = way[..taken].iter().fold(Walk::begin(*procedure), |walk, step| walk.take(*step));
            // Required again afterwards, which does not change earlier decisions.
            let not_asked_for = steps_required(FROM_THE_BEGINNING, false);
            let later = steps_required(FROM_THE_BEGINNING, true);
            let world = after(&walk.with_all([not_asked_for, walk.decision(), later]));
            let round = walk.round(&world);
            let (steps, complete) = (u8::try_from(taken).unwrap(), taken == way.len());
            let entry = world.state.applied - 2;
            let expected = End::Decided { happened: walk.day, entry, steps, complete, late: false };
            assert_eq!((round.end, round.place()), (Some(expected), Place::Decided), "{}", procedure.name());
            assert_eq!(round.begun(), Some(Walk::begin(*procedure).day));
        }
    }
}

#[test]
fn monitoring_decided_after_fifteen_days_is_late_and_admitted() {
    let late = |days: i32, announced_later: bool| {
        let begun = Walk::begin(Procedure::Monitoring);
        let mut walk = begun.clone().to(Place::At(Step::TownshipAudit));
        walk.day = begun.day.plus_days(days);
        let decided = walk.take(Step::Decision);
        let decided = if announced_later { decided.after_days(20).take(Step::Announcement) } else { decided };
        let world = after(&decided.decided());
        match decided.round(&world).end {
            Some(End::Decided { late, complete, .. }) => (late, complete),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(late(15, false), (false, true));
    assert_eq!(late(16, false), (true, true));
    // The day of the decision counts, not the day on which it is announced and entered.
    assert_eq!(late(15, true), (false, true));
    assert_eq!(late(16, true), (true, true));
}

/// The county may ask for less time, and only monitoring has a deadline.
#[test]
fn the_days_until_a_decision_are_set_by_policy() {
    use lika_domain::policy::PolicyValue::DecisionDays;
    let late = |procedure, from: u32| {
        let walk = Walk::begin(procedure).until_decision();
        let shorter = lika_testkit::rules::policy(from, vec![DecisionDays(3)]);
        let world = after(&walk.with_all([shorter, walk.decision()]));
        matches!(walk.round(&world).end, Some(End::Decided { late: true, .. }))
    };
    assert!(late(Procedure::Monitoring, FROM_THE_BEGINNING));
    assert!(!late(Procedure::Monitoring, 20_300_101));
    for procedure in Procedure::ALL.iter().filter(|procedure| **procedure != Procedure::Monitoring) {
        assert!(!late(*procedure, FROM_THE_BEGINNING), "{}", procedure.name());
    }
}
