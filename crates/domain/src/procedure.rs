//! Steps of the procedures. Which step follows which is not judged yet; each is recorded with its date.

use crate::admit::Judge;
use crate::date::Date;
use crate::household::HouseholdEvent;
use crate::kind::kinds;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
use borsh::{BorshDeserialize, BorshSerialize};

/// One step was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcedureStepTaken {
    /// Which procedure.
    pub procedure: Procedure,
    /// Which step of it.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// Persons present at a meeting.
    pub present: u32,
    /// Of these, in favour.
    pub in_favour: u32,
    /// Last day of a publicity.
    pub until: Option<Date>,
    /// Objections received during a publicity.
    pub objections: u32,
}

/// What the state keeps of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StepTaken {
    /// Which procedure.
    pub procedure: Procedure,
    /// Which step of it.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// The day.
    pub happened: Date,
    /// Last day of a publicity.
    pub until: Option<Date>,
}

kinds! {
    /// Procedures.
    Procedure {
        /// Identification of a poor household (贫困识别).
        Identification = 1 "identification",
        /// Exit of a household (贫困户退出).
        HouseholdExit = 2 "household_exit",
        /// Falling back (返贫).
        FallBack = 3 "fall_back",
        /// Taking a household under monitoring (监测对象纳入).
        Monitoring = 4 "monitoring",
        /// Ending the monitoring (风险消除).
        MonitoringEnd = 5 "monitoring_end",
        /// Exit of a village (贫困村出列).
        VillageExit = 6 "village_exit",
        /// Exit of a county (贫困县摘帽).
        CountyExit = 7 "county_exit",
    }
}

kinds! {
    /// Steps; which of them a procedure has, and in what order, is a rule.
    Step {
        /// Application of the household.
        Application = 1 "application",
        /// Clue or early warning received.
        Clue = 2 "clue",
        /// Village appraisal (民主评议).
        Appraisal = 3 "appraisal",
        /// Verification by village committee and resident team.
        Verification = 4 "verification",
        /// Acceptance by the household (农户认可).
        Acceptance = 5 "acceptance",
        /// First publicity, or the only one (公示).
        Publicity = 6 "publicity",
        /// Township audit.
        TownshipAudit = 7 "township_audit",
        /// Second publicity.
        SecondPublicity = 8 "second_publicity",
        /// County re-audit.
        CountyAudit = 9 "county_audit",
        /// Announcement (公告).
        Announcement = 10 "announcement",
        /// Pairing with an official (结对帮扶).
        Pairing = 11 "pairing",
        /// Help plan.
        HelpPlan = 12 "help_plan",
        /// Prefecture or provincial check.
        SuperiorCheck = 13 "superior_check",
        /// Decision.
        Decision = 14 "decision",
    }
}

kinds! {
    /// How a step ended.
    Outcome {
        /// Passed.
        Passed = 1 "passed",
        /// Not passed: the procedure ends here.
        Failed = 2 "failed",
    }
}

impl Procedure {
    /// The steps it has, in the order in which they usually follow.
    pub fn steps(self) -> &'static [Step] {
        match self {
            Self::Identification => IDENTIFICATION,
            Self::HouseholdExit => HOUSEHOLD_EXIT,
            Self::FallBack => FALL_BACK,
            Self::Monitoring => MONITORING,
            Self::MonitoringEnd => MONITORING_END,
            Self::VillageExit => VILLAGE_EXIT,
            Self::CountyExit => COUNTY_EXIT,
        }
    }
}

/// Identification of poor households, 2014: application to help plan, publicity in the village and in the township.
const IDENTIFICATION: &[Step] = &[
    Step::Application,
    Step::Verification,
    Step::Appraisal,
    Step::Publicity,
    Step::TownshipAudit,
    Step::SecondPublicity,
    Step::CountyAudit,
    Step::Announcement,
    Step::Pairing,
    Step::HelpPlan,
];
/// Exit of poor households (2016 rules on exit): appraised, verified, accepted by the household, made public.
const HOUSEHOLD_EXIT: &[Step] = &[
    Step::Appraisal,
    Step::Verification,
    Step::Acceptance,
    Step::Publicity,
    Step::TownshipAudit,
    Step::CountyAudit,
    Step::Announcement,
];
/// A household that is poor again goes the way it came in, begun by itself or by a clue.
const FALL_BACK: &[Step] = &[
    Step::Application,
    Step::Clue,
    Step::Verification,
    Step::Appraisal,
    Step::Publicity,
    Step::TownshipAudit,
    Step::SecondPublicity,
    Step::CountyAudit,
    Step::Decision,
    Step::Announcement,
    Step::Pairing,
    Step::HelpPlan,
];
/// Taking under monitoring (2021 rules on monitoring): from the clue to the decision.
const MONITORING: &[Step] = &[
    Step::Application,
    Step::Clue,
    Step::Verification,
    Step::Appraisal,
    Step::Publicity,
    Step::TownshipAudit,
    Step::CountyAudit,
    Step::Decision,
    Step::Announcement,
    Step::Pairing,
    Step::HelpPlan,
];
/// Ending the monitoring.
const MONITORING_END: &[Step] = &[
    Step::Application,
    Step::Verification,
    Step::Appraisal,
    Step::Acceptance,
    Step::Publicity,
    Step::TownshipAudit,
    Step::CountyAudit,
    Step::Decision,
    Step::Announcement,
];
/// Exit of a village: asked for by the village, audited above it, made public in the township.
const VILLAGE_EXIT: &[Step] = &[
    Step::Application,
    Step::Verification,
    Step::TownshipAudit,
    Step::Publicity,
    Step::CountyAudit,
    Step::Decision,
    Step::Announcement,
];
/// Exit of a county: asked for by the county, checked by the prefecture and the province, made public by the province.
const COUNTY_EXIT: &[Step] =
    &[Step::Application, Step::CountyAudit, Step::SuperiorCheck, Step::Publicity, Step::Decision, Step::Announcement];

/// Judges a step.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, step: &ProcedureStepTaken) {
    check_place(judge, store, event, step.procedure);
    judge.require(step.procedure.steps().contains(&step.step), Code::StepInvalid, "step");
    judge.require(step.in_favour <= step.present, Code::VotesInvalid, "in_favour");
    let publicity = matches!(step.step, Step::Publicity | Step::SecondPublicity);
    match step.until {
        Some(until) if publicity => judge.require(until >= event.happened, Code::PeriodInvalid, "until"),
        None if publicity => judge.refuse(Code::FieldMissing, "until", ""),
        Some(_) => judge.refuse(Code::FieldInvalid, "until", "only a publicity has a last day"),
        None => {}
    }
    judge.require(publicity || step.objections == 0, Code::FieldInvalid, "objections");
}

/// Keeps a step on the card it concerns. Steps of villages and of the county stay in the log alone: nothing is judged
/// by them.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, step: &ProcedureStepTaken) {
    if let Some(card) = event.card_mut(store, entry) {
        let ProcedureStepTaken { procedure, step: taken, outcome, until, .. } = *step;
        card.steps.push(StepTaken { procedure, step: taken, outcome, happened: event.happened, until });
        card.follow_step(entry, event.happened, step);
    }
}

/// The procedure must fit what the event concerns: a card, a poor village, or the jurisdiction.
fn check_place(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, procedure: Procedure) {
    match procedure {
        Procedure::CountyExit => {
            judge.no_card(event.household);
            judge.in_jurisdiction(store);
        }
        Procedure::VillageExit => {
            judge.no_card(event.household);
            let poor = judge.village(store).is_none_or(|village| village.poor);
            judge.require(poor, Code::VillageNotPoor, "area");
        }
        // It leads to the registration, so its steps lie before that.
        Procedure::Identification => {
            judge.open_card(store, event.household);
        }
        _ => {
            event.card(judge, store);
        }
    }
}
