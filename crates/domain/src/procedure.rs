//! Steps of the procedures. Which step follows which is not judged yet; each is recorded with its date.

use crate::date::Date;
use crate::kind::kinds;
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
