//! The tables: the steps of each procedure, what each may follow, who may take it, and the evidence it needs.
//!
//! Sources: the 2014 plan for identification and cards (扶贫开发建档立卡工作方案), the 2016 opinions on the mechanism
//! of exit (关于建立贫困退出机制的意见), the 2021 guidance on monitoring
//! (关于健全防止返贫动态监测和帮扶机制的指导意见). Where they leave the order of two steps open, the table lets
//! either come first or leaves one out. Evidence and roles follow the practice of counties; no national text fixes
//! them.

use crate::facts::evidence::EvidenceKind;
use crate::facts::official::Role;
use crate::facts::procedure::{Place, Procedure, Step};

use std::collections::VecDeque;

/// A procedure's table.
#[derive(Debug)]
pub struct Machine {
    /// The procedure.
    pub procedure: Procedure,
    /// Its steps.
    pub rules: &'static [StepRule],
    /// Name of the event it leads to, as in the proto files.
    pub decision: &'static str,
    /// The event must follow one of these steps.
    pub decided_after: &'static [Step],
}

/// One step of a procedure.
#[derive(Debug)]
pub struct StepRule {
    /// The step.
    pub step: Step,
    /// Places of the round after which it may come.
    pub after: &'static [Place],
    /// Roles that may take it, inside their area.
    pub roles: &'static [Role],
    /// It must not be taken by the official who took the previous step: the person who drafts does not approve.
    pub by_another: bool,
    /// Kinds of evidence; it needs at least one document of each.
    pub evidence: &'static [EvidenceKind],
}

use Place::{At, Decided, Start};

const VILLAGE: &[Role] = &[Role::VillageOfficer];
/// The village committee, the responsible official, and the resident team, which townships lead.
const NEAR: &[Role] = &[Role::VillageOfficer, Role::Responsible, Role::TownshipOfficer];
const TOWNSHIP: &[Role] = &[Role::TownshipOfficer];
const COUNTY: &[Role] = &[Role::CountyOfficer];
const OFFICES: &[Role] = &[Role::TownshipOfficer, Role::CountyOfficer];
const ANYBODY: &[Role] = &[Role::VillageOfficer, Role::Responsible, Role::TownshipOfficer, Role::CountyOfficer];

const fn rule(
    step: Step,
    after: &'static [Place],
    roles: &'static [Role],
    evidence: &'static [EvidenceKind],
) -> StepRule {
    StepRule { step, after, roles, by_another: false, evidence }
}

impl StepRule {
    const fn by_another(self) -> Self {
        Self { by_another: true, ..self }
    }

    /// Whether it is a publicity, which has a last day; no step may follow before that day is over.
    pub fn is_publicity(&self) -> bool {
        matches!(self.step, Step::Publicity | Step::SecondPublicity)
    }
}

const APPLICATION: &[EvidenceKind] = &[EvidenceKind::Application];
const MINUTES: &[EvidenceKind] = &[EvidenceKind::Minutes];
const FORM: &[EvidenceKind] = &[EvidenceKind::Form];
const NOTICE: &[EvidenceKind] = &[EvidenceKind::Notice];
const DECISION: &[EvidenceKind] = &[EvidenceKind::Decision];
const NOTHING: &[EvidenceKind] = &[];

/// Identification: from the application to the announcement; then the card is made, and help begins.
const IDENTIFICATION: Machine = Machine {
    procedure: Procedure::Identification,
    decision: "HouseholdRegistered",
    decided_after: &[Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], NEAR, APPLICATION),
        rule(Step::Verification, &[At(Step::Application)], NEAR, FORM).by_another(),
        rule(Step::Appraisal, &[At(Step::Application), At(Step::Verification)], VILLAGE, MINUTES),
        rule(Step::Publicity, &[At(Step::Appraisal)], VILLAGE, NOTICE),
        rule(Step::TownshipAudit, &[At(Step::Publicity)], TOWNSHIP, DECISION).by_another(),
        rule(Step::SecondPublicity, &[At(Step::TownshipAudit)], OFFICES, NOTICE),
        rule(Step::CountyAudit, &[At(Step::SecondPublicity)], COUNTY, DECISION).by_another(),
        rule(Step::Announcement, &[At(Step::CountyAudit)], OFFICES, NOTICE),
        rule(Step::Pairing, &[Decided], NEAR, NOTHING),
        rule(Step::HelpPlan, &[Decided, At(Step::Pairing)], NEAR, FORM),
    ],
};

/// Exit of a household: appraised, verified, accepted by the household, made public, audited, announced.
const HOUSEHOLD_EXIT: Machine = Machine {
    procedure: Procedure::HouseholdExit,
    decision: "HouseholdExited",
    decided_after: &[Step::Announcement],
    rules: &[
        rule(Step::Appraisal, &[Start], VILLAGE, MINUTES),
        rule(Step::Verification, &[At(Step::Appraisal)], NEAR, FORM).by_another(),
        rule(Step::Acceptance, &[At(Step::Verification)], NEAR, FORM),
        rule(Step::Publicity, &[At(Step::Acceptance)], VILLAGE, NOTICE),
        rule(Step::TownshipAudit, &[At(Step::Publicity)], TOWNSHIP, DECISION).by_another(),
        rule(Step::CountyAudit, &[At(Step::TownshipAudit)], COUNTY, DECISION).by_another(),
        rule(Step::Announcement, &[At(Step::TownshipAudit), At(Step::CountyAudit)], OFFICES, NOTICE),
    ],
};

/// Falling back: a household that is poor again is identified again; its application or a clue begins the round.
const FALL_BACK: Machine = Machine {
    procedure: Procedure::FallBack,
    decision: "HouseholdFellBack",
    decided_after: &[Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], NEAR, APPLICATION),
        rule(Step::Clue, &[Start], ANYBODY, NOTHING),
        rule(Step::Verification, &[At(Step::Application), At(Step::Clue)], NEAR, FORM).by_another(),
        rule(Step::Appraisal, &[At(Step::Verification)], VILLAGE, MINUTES),
        rule(Step::Publicity, &[At(Step::Appraisal)], VILLAGE, NOTICE),
        rule(Step::TownshipAudit, &[At(Step::Publicity)], TOWNSHIP, DECISION).by_another(),
        rule(Step::SecondPublicity, &[At(Step::TownshipAudit)], OFFICES, NOTICE),
        rule(Step::CountyAudit, &[At(Step::TownshipAudit), At(Step::SecondPublicity)], COUNTY, DECISION).by_another(),
        rule(Step::Announcement, &[At(Step::CountyAudit)], OFFICES, NOTICE),
        rule(Step::Pairing, &[Decided], NEAR, NOTHING),
        rule(Step::HelpPlan, &[Decided, At(Step::Pairing)], NEAR, FORM),
    ],
};

/// Taking under monitoring: from the clue to the county's decision, which is due within a number of days set by
/// policy.
const MONITORING: Machine = Machine {
    procedure: Procedure::Monitoring,
    decision: "MonitoringStarted",
    decided_after: &[Step::Decision, Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], NEAR, APPLICATION),
        rule(Step::Clue, &[Start], ANYBODY, NOTHING),
        rule(Step::Verification, &[At(Step::Application), At(Step::Clue)], NEAR, FORM).by_another(),
        rule(Step::Appraisal, &[At(Step::Verification)], VILLAGE, MINUTES),
        rule(Step::Publicity, &[At(Step::Appraisal)], VILLAGE, NOTICE),
        rule(Step::TownshipAudit, &[At(Step::Publicity)], TOWNSHIP, DECISION).by_another(),
        rule(Step::CountyAudit, &[At(Step::TownshipAudit)], COUNTY, NOTHING).by_another(),
        rule(Step::Decision, &[At(Step::TownshipAudit), At(Step::CountyAudit)], COUNTY, DECISION),
        rule(Step::Announcement, &[At(Step::Decision)], OFFICES, NOTICE),
        rule(Step::Pairing, &[Decided], NEAR, NOTHING),
        rule(Step::HelpPlan, &[Decided, At(Step::Pairing)], NEAR, FORM),
    ],
};

/// Ending the monitoring: the risk is found to be gone and the household agrees.
const MONITORING_END: Machine = Machine {
    procedure: Procedure::MonitoringEnd,
    decision: "MonitoringEnded",
    decided_after: &[Step::Decision, Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], NEAR, NOTHING),
        rule(Step::Verification, &[Start, At(Step::Application)], NEAR, FORM).by_another(),
        rule(Step::Appraisal, &[At(Step::Verification)], VILLAGE, MINUTES),
        rule(Step::Acceptance, &[At(Step::Verification), At(Step::Appraisal)], NEAR, FORM),
        rule(Step::Publicity, &[At(Step::Acceptance)], VILLAGE, NOTICE),
        rule(Step::TownshipAudit, &[At(Step::Publicity)], TOWNSHIP, DECISION).by_another(),
        rule(Step::CountyAudit, &[At(Step::TownshipAudit)], COUNTY, NOTHING).by_another(),
        rule(Step::Decision, &[At(Step::TownshipAudit), At(Step::CountyAudit)], COUNTY, DECISION),
        rule(Step::Announcement, &[At(Step::Decision)], OFFICES, NOTICE),
    ],
};

/// Exit of a village: the village applies, the township verifies and publishes, the county decides.
const VILLAGE_EXIT: Machine = Machine {
    procedure: Procedure::VillageExit,
    decision: "VillageExited",
    decided_after: &[Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], VILLAGE, APPLICATION),
        rule(Step::Verification, &[At(Step::Application)], TOWNSHIP, FORM).by_another(),
        rule(Step::TownshipAudit, &[At(Step::Application), At(Step::Verification)], TOWNSHIP, DECISION),
        rule(Step::Publicity, &[At(Step::TownshipAudit)], TOWNSHIP, NOTICE),
        rule(Step::CountyAudit, &[At(Step::Publicity)], COUNTY, DECISION).by_another(),
        rule(Step::Decision, &[At(Step::CountyAudit)], COUNTY, DECISION),
        rule(Step::Announcement, &[At(Step::CountyAudit), At(Step::Decision)], COUNTY, NOTICE),
    ],
};

/// Exit of a county: the county applies; the prefecture and the province check, publish and decide. The county
/// records what they did; their documents are the evidence.
const COUNTY_EXIT: Machine = Machine {
    procedure: Procedure::CountyExit,
    decision: "CountyExited",
    decided_after: &[Step::Announcement],
    rules: &[
        rule(Step::Application, &[Start], COUNTY, APPLICATION),
        rule(Step::CountyAudit, &[At(Step::Application)], COUNTY, FORM).by_another(),
        rule(Step::SuperiorCheck, &[At(Step::Application), At(Step::CountyAudit)], COUNTY, DECISION),
        rule(Step::Publicity, &[At(Step::SuperiorCheck)], COUNTY, NOTICE),
        rule(Step::Decision, &[At(Step::Publicity)], COUNTY, DECISION),
        rule(Step::Announcement, &[At(Step::Decision)], COUNTY, NOTICE),
    ],
};

impl Procedure {
    /// Its table.
    pub fn machine(self) -> &'static Machine {
        match self {
            Self::Identification => &IDENTIFICATION,
            Self::HouseholdExit => &HOUSEHOLD_EXIT,
            Self::FallBack => &FALL_BACK,
            Self::Monitoring => &MONITORING,
            Self::MonitoringEnd => &MONITORING_END,
            Self::VillageExit => &VILLAGE_EXIT,
            Self::CountyExit => &COUNTY_EXIT,
        }
    }
}

impl Machine {
    /// The rule of a step; `None` if the procedure has no such step.
    pub fn rule(&self, step: Step) -> Option<&'static StepRule> {
        self.rules.iter().find(|rule| rule.step == step)
    }

    /// The shortest sequence of steps that takes a round from `from` to one of `goals`; `None` if there is none.
    pub fn way(&self, from: Place, goals: &[Place]) -> Option<Vec<Step>> {
        let mut ways = VecDeque::from([(from, Vec::new())]);
        // A place reached a second time is not followed again, so the search ends.
        let mut reached = vec![from];
        while let Some((place, way)) = ways.pop_front() {
            if goals.contains(&place) {
                return Some(way);
            }
            for rule in self.rules.iter().filter(|rule| rule.after.contains(&place)) {
                if !reached.contains(&At(rule.step)) {
                    reached.push(At(rule.step));
                    ways.push_back((At(rule.step), [way.as_slice(), &[rule.step]].concat()));
                }
            }
        }
        None
    }

    /// The fewest steps until the decision may be recorded.
    pub fn way_to_decision(&self, from: Place) -> Option<Vec<Step>> {
        let goals: Vec<Place> = self.decided_after.iter().map(|step| At(*step)).collect();
        self.way(from, &goals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_lies_on_a_way_from_the_start() {
        for procedure in Procedure::ALL {
            let machine = procedure.machine();
            assert_eq!(machine.procedure, *procedure);
            assert!(machine.way_to_decision(Start).is_some_and(|way| way.len() > 3), "{}", procedure.name());
            for rule in machine.rules {
                let known = rule.after.iter().all(|place| match place {
                    At(step) => machine.rule(*step).is_some(),
                    Start | Decided => true,
                });
                assert!(known && !rule.after.is_empty(), "{} {}", procedure.name(), rule.step.name());
                let reached = [Start, Decided].iter().any(|from| machine.way(*from, &[At(rule.step)]).is_some());
                assert!(reached, "{} {}", procedure.name(), rule.step.name());
                assert!(!rule.roles.is_empty());
            }
            let mut steps: Vec<_> = machine.rules.iter().map(|rule| rule.step).collect();
            steps.sort_unstable();
            steps.dedup();
            assert_eq!(steps.len(), machine.rules.len(), "one rule for each step of {}", procedure.name());
        }
    }

    /// In an earlier version of the tables a round could go in circles; a procedure must come to an end.
    #[test]
    fn no_step_comes_round_again() {
        for procedure in Procedure::ALL {
            let machine = procedure.machine();
            for rule in machine.rules {
                for next in machine.rules.iter().filter(|next| next.after.contains(&At(rule.step))) {
                    let back = machine.way(At(next.step), &[At(rule.step)]);
                    assert_eq!(back, None, "{} {}", procedure.name(), rule.step.name());
                }
            }
        }
    }

    #[test]
    fn the_way_is_the_shortest() {
        let machine = Procedure::HouseholdExit.machine();
        assert_eq!(
            machine.way_to_decision(At(Step::Verification)).unwrap_or_default(),
            [Step::Acceptance, Step::Publicity, Step::TownshipAudit, Step::Announcement]
        );
        assert_eq!(machine.way_to_decision(At(Step::Announcement)), Some(vec![]));
        assert_eq!(machine.way(At(Step::Publicity), &[At(Step::Appraisal)]), None);
    }
}
