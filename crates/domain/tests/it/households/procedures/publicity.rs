//! How long a publicity lasts. No step may follow while it does.

use super::walk::{Walk, publicity_days, taken};
use super::{after, detail};
use lika_domain::policy::PolicyValue;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{Outcome, Place, Procedure, Step};
use lika_domain::rejection::Code;
use lika_testkit::rules::{Case, Report, policy};

pub(super) fn cases(procedure: Procedure) -> Vec<Case> {
    let publicities = publicities(procedure);
    let mut cases: Vec<Case> =
        publicities.flat_map(|rule| [lasting(procedure, rule), over(procedure, rule)]).flatten().collect();
    cases.extend(not_of_others(procedure));
    cases
}

fn publicities(procedure: Procedure) -> impl Iterator<Item = &'static StepRule> {
    procedure.machine().rules.iter().filter(|rule| rule.is_publicity())
}

/// Ten days, from a day on.
fn ten_days(procedure: Procedure, from: u32) -> Report {
    policy(from, vec![PolicyValue::PublicityDays { procedure, days: 10 }])
}

/// Its first and last day count; the policy of its first day decides the number of days.
fn lasting(procedure: Procedure, rule: &'static StepRule) -> Vec<Case> {
    let walk = Walk::begin(procedure).to(rule.after[0]);
    let days = publicity_days(procedure);
    let until = |days: i32| walk.day.plus_days(days - 1);
    let lasting = |days| walk.step(rule.step, |event| taken(event).until = Some(until(days)));
    let refused = |name, report, code| Case::refused(name, &walk.reports, report, code, "until");
    let longer = walk.with(ten_days(procedure, walk.day.yyyymmdd()));
    let later = walk.with(ten_days(procedure, walk.day.plus_days(1).yyyymmdd()));
    let failed = walk.step(rule.step, |event| {
        (taken(event).until, taken(event).outcome) = (Some(until(2)), Outcome::Failed);
    });
    let objections = walk.step(rule.step, |event| taken(event).objections = 3);
    vec![
        Case::accepted("the required days", &walk.reports, lasting(days)),
        refused("not a day less", lasting(days - 1), Code::PublicityTooShort),
        Case::refused("fewer days than the county set", &longer, lasting(9), Code::PublicityTooShort, "until"),
        Case::accepted("the days that the county set", &longer, lasting(10)),
        Case::accepted("a policy of a later day", &later, lasting(days)),
        refused("not until a day before", lasting(0), Code::PeriodInvalid),
        refused(
            "a publicity has a last day",
            walk.step(rule.step, |event| taken(event).until = None),
            Code::FieldMissing,
        ),
        Case::accepted("one that failed may end sooner", &walk.reports, failed),
        Case::accepted("objections are reported", &walk.reports, objections),
    ]
}

/// No step may follow on its last day, and every step that the table allows may on the day after. A policy for later
/// publicities changes nothing.
fn over(procedure: Procedure, rule: &'static StepRule) -> Vec<Case> {
    let shown = Walk::begin(procedure).to(rule.after[0]).take(rule.step);
    let longer = shown.with(ten_days(procedure, 20_140_101));
    let mut cases = Vec::new();
    for next in following(procedure, rule.step) {
        let early = shown.after_days(-1).next(next.step);
        cases.extend([
            Case::refused("not yet over", &shown.reports, early, Code::StepTooEarly, "happened"),
            Case::accepted("over", &shown.reports, shown.next(next.step)),
            Case::accepted("a policy set afterwards changes nothing", &longer, shown.next(next.step)),
        ]);
    }
    cases
}

/// No other step has a last day, or objections.
fn not_of_others(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in procedure.machine().rules.iter().filter(|rule| !rule.is_publicity()) {
        let walk = Walk::begin(procedure).to(rule.after[0]);
        let last_day = walk.step(rule.step, |event| taken(event).until = Some(event.happened.plus_days(30)));
        let objections = walk.step(rule.step, |event| taken(event).objections = 1);
        cases.extend([
            Case::refused("only a publicity", &walk.reports, last_day, Code::FieldInvalid, "until"),
            Case::refused("only a publicity", &walk.reports, objections, Code::FieldInvalid, "objections"),
        ]);
    }
    cases
}

fn following(procedure: Procedure, step: Step) -> impl Iterator<Item = &'static StepRule> {
    procedure.machine().rules.iter().filter(move |next| next.after.contains(&Place::At(step)))
}

#[test]
fn a_refusal_names_the_day_from_which_it_is_allowed() {
    for procedure in Procedure::ALL {
        for rule in publicities(*procedure) {
            let before = Walk::begin(*procedure).to(rule.after[0]);
            let days = publicity_days(*procedure);
            let last = before.day.plus_days(days - 1);
            let one_day = before.step(rule.step, |event| taken(event).until = Some(event.happened));
            assert_eq!(detail(&before.reports, &one_day), format!("at least {days} days, until {last}"));
            let shown = before.take(rule.step);
            for next in following(*procedure, rule.step) {
                let early = shown.after_days(-1).next(next.step);
                let expected = format!("allowed from {}, when the publicity is over", last.plus_days(1));
                assert_eq!(detail(&shown.reports, &early), expected, "{}", procedure.name());
            }
        }
    }
}

#[test]
fn a_publicity_may_last_longer_than_it_must() {
    let walk = Walk::begin(Procedure::HouseholdExit).to(Place::At(Step::Acceptance));
    let month = walk.step(Step::Publicity, |event| taken(event).until = Some(event.happened.plus_days(29)));
    let shown = Walk { reports: walk.with(month), last: None, ..walk };
    let from = shown.after_days(30);
    let world = after(&shown.with(from.next(Step::TownshipAudit)));
    assert_eq!(from.round(&world).steps.last().map(|step| step.happened), Some(from.day));
    let early = shown.after_days(29).next(Step::TownshipAudit);
    assert_eq!(detail(&shown.reports, &early), format!("allowed from {}, when the publicity is over", from.day));
}
