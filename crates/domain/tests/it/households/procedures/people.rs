//! Which officials may take a step, with which documents, and with how many votes.

use super::walk::{Walk, officials, taken};
use lika_domain::official::Authority;
use lika_domain::official::Role;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{Outcome, Place, Procedure, Step};
use lika_domain::rejection::Code;
use lika_testkit::county::official;
use lika_testkit::rules::{Case, Expected, World};

pub(super) fn cases(procedure: Procedure) -> Vec<Case> {
    let rules = || procedure.machine().rules.iter();
    let papers = rules().flat_map(move |rule| papers(procedure, rule));
    let roles = rules().flat_map(move |rule| roles(procedure, rule));
    let same_person = rules().filter(|rule| rule.by_another).flat_map(move |rule| same_person(procedure, rule));
    papers.chain(roles).chain(same_person).collect()
}

/// Each document that is missing, and all of them.
fn papers(procedure: Procedure, rule: &'static StepRule) -> Vec<Case> {
    let walk = Walk::begin(procedure).to(rule.after[0]);
    let missing = |walk: &Walk, report, kinds: usize| {
        let expected = vec![(Code::EvidenceMissing, Some(0), "evidence"); kinds];
        Case::refused_for("a document is missing", &walk.reports, report, &expected)
    };
    let without = |kind| walk.step(rule.step, |event| event.evidence.retain(|paper| paper.kind != kind));
    let mut cases: Vec<Case> = rule.evidence.iter().map(|kind| missing(&walk, without(*kind), 1)).collect();
    if !rule.evidence.is_empty() {
        let none = walk.step(rule.step, |event| event.evidence.clear());
        cases.push(missing(&walk, none, rule.evidence.len()));
    }
    cases
}

/// Every official whose role is not in the rule.
fn roles(procedure: Procedure, rule: &'static StepRule) -> Vec<Case> {
    let walk = Walk::begin(procedure).to(rule.after[0]);
    let ground = World::open();
    let others = Role::ALL.iter().filter(|role| !rule.roles.contains(role)).flat_map(|role| officials(*role));
    let case = |author: &u32| {
        let mut expected: Vec<Expected> = vec![(Code::RoleForbids, Some(0), "author")];
        let (_, place) = Authority::current(&ground.state).role(&ground.state.officials[&official(*author)]).unwrap();
        if !place.contains(walk.area()) {
            expected.insert(0, (Code::AreaForbids, None, "area"));
        }
        if rule.by_another && walk.last == Some(*author) {
            expected.push((Code::StepSamePerson, Some(0), "author"));
        }
        Case::refused_for(
            "not by an official of another role",
            &walk.reports,
            walk.next(rule.step).by(*author),
            &expected,
        )
    };
    others.map(case).collect()
}

/// For steps that need another person: an official who took the previous step is refused even if their role allows
/// both; every other official with an allowed role is accepted.
fn same_person(procedure: Procedure, rule: &'static StepRule) -> Vec<Case> {
    let mut cases = Vec::new();
    let machine = procedure.machine();
    let allowed = |rule: &StepRule| rule.roles.iter().flat_map(|role| officials(*role)).copied().collect::<Vec<_>>();
    for place in rule.after.iter().filter(|place| **place != Place::Start) {
        let way = machine.way(Place::Start, &[*place]).unwrap();
        let (last, steps) = way.split_last().unwrap();
        let before = steps.iter().fold(Walk::begin(procedure), |walk, step| walk.take(*step));
        let drafting = machine.rule(*last).unwrap();
        for one in allowed(drafting).into_iter().filter(|one| !drafting.by_another || before.last != Some(*one)) {
            let walk = before.clone().take_by(*last, one);
            for other in allowed(rule) {
                let report = walk.next(rule.step).by(other);
                cases.push(if other == one {
                    Case::refused("only by another official", &walk.reports, report, Code::StepSamePerson, "author")
                } else {
                    Case::accepted("by another official", &walk.reports, report)
                });
            }
        }
    }
    cases
}

/// An appraisal is a meeting: more than half of those present are in favour.
pub(super) fn votes() -> Vec<Case> {
    let appraised = Procedure::ALL.iter().filter(|procedure| procedure.machine().rule(Step::Appraisal).is_some());
    appraised.flat_map(|procedure| votes_of(*procedure)).collect()
}

fn votes_of(procedure: Procedure) -> Vec<Case> {
    let after = procedure.machine().rule(Step::Appraisal).unwrap().after[0];
    let walk = Walk::begin(procedure).to(after);
    let votes = |present, in_favour, outcome| {
        walk.step(Step::Appraisal, |event| {
            let taken = taken(event);
            (taken.present, taken.in_favour, taken.outcome) = (present, in_favour, outcome);
        })
    };
    let refused = |name, present, in_favour, outcome| {
        let report = votes(present, in_favour, outcome);
        Case::refused(name, &walk.reports, report, Code::VotesInvalid, "in_favour")
    };
    vec![
        Case::accepted("more than half", &walk.reports, votes(31, 16, Outcome::Passed)),
        Case::accepted("the only one present", &walk.reports, votes(1, 1, Outcome::Passed)),
        refused("not by half", 30, 15, Outcome::Passed),
        refused("somebody is present", 0, 0, Outcome::Passed),
        refused("no more in favour than present", 30, 31, Outcome::Passed),
        Case::accepted("fewer, if it was not passed", &walk.reports, votes(30, 3, Outcome::Failed)),
        refused("no more than present even then", 3, 30, Outcome::Failed),
    ]
}

/// The tables above would show nothing if no official could take both of two steps that need different persons.
#[test]
fn an_official_could_take_both_of_two_steps_that_need_different_persons() {
    for procedure in Procedure::ALL {
        let refused = cases(*procedure).into_iter().filter(|case| case.codes().eq([Code::StepSamePerson])).count();
        // A village's exit goes from the village to the township and the county: roles separate these steps already.
        assert_eq!(refused > 0, *procedure != Procedure::VillageExit, "{}", procedure.name());
    }
}
