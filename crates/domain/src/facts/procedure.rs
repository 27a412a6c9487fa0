//! Procedures, their steps, and the places that a round can be at.

use crate::facts::kind::kinds;

kinds! {
    /// Procedures.
    Procedure {
        /// Identification of a poor household (贫困识别).
        Identification = 1 "identification" "贫困识别",
        /// Exit of a household (贫困户退出).
        HouseholdExit = 2 "household_exit" "贫困户退出",
        /// Falling back (返贫).
        FallBack = 3 "fall_back" "返贫",
        /// Taking a household under monitoring (监测对象纳入).
        Monitoring = 4 "monitoring" "监测对象纳入",
        /// Ending the monitoring (风险消除).
        MonitoringEnd = 5 "monitoring_end" "风险消除",
        /// Exit of a village (贫困村出列).
        VillageExit = 6 "village_exit" "贫困村出列",
        /// Exit of a county (贫困县摘帽).
        CountyExit = 7 "county_exit" "贫困县摘帽",
    }
}

kinds! {
    /// Steps; each procedure's [`machine`](crate::rules::procedure::machine) defines which of them it has, and their
    /// order.
    Step {
        /// Application of the household.
        Application = 1 "application" "申请",
        /// Clue or early warning received.
        Clue = 2 "clue" "线索",
        /// Village appraisal (民主评议).
        Appraisal = 3 "appraisal" "民主评议",
        /// Verification by village committee and resident team.
        Verification = 4 "verification" "核实",
        /// Acceptance by the household (农户认可).
        Acceptance = 5 "acceptance" "农户认可",
        /// First publicity, or the only one (公示).
        Publicity = 6 "publicity" "公示",
        /// Township audit.
        TownshipAudit = 7 "township_audit" "乡镇审核",
        /// Second publicity.
        SecondPublicity = 8 "second_publicity" "二次公示",
        /// County re-audit.
        CountyAudit = 9 "county_audit" "县级复审",
        /// Announcement (公告).
        Announcement = 10 "announcement" "公告",
        /// Pairing with an official (结对帮扶).
        Pairing = 11 "pairing" "结对帮扶",
        /// Help plan.
        HelpPlan = 12 "help_plan" "帮扶计划",
        /// Prefecture or provincial check.
        SuperiorCheck = 13 "superior_check" "上级核查",
        /// Decision.
        Decision = 14 "decision" "认定",
    }
}

kinds! {
    /// How a step ended.
    Outcome {
        /// Passed.
        Passed = 1 "passed" "通过",
        /// Not passed: the procedure ends here.
        Failed = 2 "failed" "未通过",
    }
}

/// The place that a round is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before its first step.
    Start,
    /// After a step that was passed.
    At(Step),
    /// After the decision.
    Decided,
}
