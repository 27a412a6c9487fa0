//! What was planted: at which rates rules are broken, and how often it came to that.

use std::collections::BTreeMap;

/// Month of the first year whose cards are taken over from an earlier register, without steps: the log begins in
/// January, and their papers are older.
pub const TAKEN_OVER_MONTH: u32 = 2;
/// Of a thousand exits chosen, those whose appraisal does not pass.
pub const APPRAISAL_FAILED_PER_MILLE: u32 = 25;
/// Of a thousand rounds, those in which the first step is recorded on a wrong day and put right.
pub const STEP_WRONG_PER_MILLE: u32 = 15;
/// Of a thousand households that are to be monitored, those whose decision comes late.
pub const LATE_PER_MILLE: u32 = 150;
/// Of a thousand, those whose clue is left lying.
pub const LYING_PER_MILLE: u32 = 60;
/// Of a thousand exits, those on an income below the line.
pub const BELOW_LINE_PER_MILLE: u32 = 12;
/// Of a thousand households with a new card, those that get no responsible official until the next hand-over, if ever.
pub const UNASSIGNED_PER_MILLE: u32 = 15;
/// Of a thousand villages, those to which nobody is posted.
pub const NOBODY_POSTED_PER_MILLE: u32 = 60;
/// Of a thousand villages on the list, those with a resident team.
pub const TEAM_PER_MILLE: u32 = 700;
/// Of a thousand measures due to a household in a year, those that nobody plans.
pub const FORGOTTEN_PER_MILLE: u32 = 20;
/// Of a thousand legs of a round, those after which a submission is tried that must be refused.
pub const PROBE_PER_MILLE: u32 = 12;
/// Of a thousand deliveries, those after which more is tried to be paid than is left.
pub const OVERDRAFT_PER_MILLE: u32 = 1;
/// Households of one official in the last month of the history, in the county's first township.
pub const LAST_CASELOAD: u32 = 4;

/// How often each kind was planted.
#[derive(Clone, Debug, Default)]
pub struct Planted(BTreeMap<Kind, u64>);

macro_rules! kinds {
    ($($kind:ident $name:literal $zh:literal;)+) => {
        /// Kinds of what is planted. What is refused is named as the code it is refused with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant is described by its name")]
        pub enum Kind { $($kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its name in documents.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// Its name in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$kind => $zh),+ }
            }
        }
    };
}

kinds! {
    TakenOver "identified_without_steps" "建档无程序记录";
    AppraisalFailed "appraisal_failed" "评议未通过";
    StepPutRight "step_put_right" "步骤更正";
    DecidedLate "monitoring_decided_late" "监测认定超期";
    LeftLying "monitoring_left_lying" "线索搁置";
    ExitBelowLine "exit_below_line" "低于标准退出";
    ExitWithoutGuarantee "exit_without_guarantee" "保障未达标退出";
    Unassigned "without_responsible_official" "未落实帮扶责任人";
    CaseloadLowered "over_caseload" "超结对上限户";
    NobodyPosted "village_without_post" "无人驻村";
    Forgotten "entitlement_forgotten" "应享未安排";
    StepOutOfOrder "step_out_of_order" "拒收：步骤顺序不符";
    StepTooEarly "step_too_early" "拒收：公示期未满";
    StepSamePerson "step_same_person" "拒收：同一人经办";
    PublicityTooShort "publicity_too_short" "拒收：公示天数不足";
    EvidenceMissing "evidence_missing" "拒收：缺少佐证";
    ProcedureIncomplete "procedure_incomplete" "拒收：程序未完成";
    AllocationExceeded "allocation_exceeded" "拒收：超过安排资金";
}

impl Kind {
    /// Whether it is refused, and so not in the log.
    pub fn is_refused(self) -> bool {
        self >= Self::StepOutOfOrder
    }
}

impl Planted {
    /// Notes one more.
    pub fn note(&mut self, kind: Kind) {
        self.add(kind, 1);
    }

    /// Notes so many more.
    pub fn add(&mut self, kind: Kind, count: u64) {
        *self.0.entry(kind).or_default() += count;
    }

    /// How often each kind was planted, those that never were too.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        Kind::ALL.iter().map(|kind| (*kind, self.0.get(kind).copied().unwrap_or(0)))
    }
}
