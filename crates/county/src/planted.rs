//! Planted violations: the rates at which rules are broken, and how often they were.

use std::collections::BTreeMap;

/// Month of the first year whose cards are taken over from an earlier register, without steps: the log begins in
/// January, and their documents are older.
pub const TAKEN_OVER_MONTH: u32 = 2;
/// Share of chosen exits that fail the appraisal, per mille.
pub const APPRAISAL_FAILED_PER_MILLE: u32 = 25;
/// Share of rounds whose first step is recorded with a wrong date and corrected, per mille.
pub const STEP_WRONG_PER_MILLE: u32 = 15;
/// Share of households to be monitored whose decision comes late, per mille.
pub const LATE_PER_MILLE: u32 = 150;
/// Share of households to be monitored whose case is abandoned, per mille.
pub const LYING_PER_MILLE: u32 = 60;
/// Share of exits with an income below the line, per mille.
pub const BELOW_LINE_PER_MILLE: u32 = 12;
/// Share of newly registered households without a responsible official until the next hand-over, if ever, per mille.
pub const UNASSIGNED_PER_MILLE: u32 = 15;
/// Share of villages without a posted officer, per mille.
pub const NOBODY_POSTED_PER_MILLE: u32 = 60;
/// Share of listed villages with a resident team, per mille.
pub const TEAM_PER_MILLE: u32 = 700;
/// Share of due measures that are never planned, per mille and year.
pub const FORGOTTEN_PER_MILLE: u32 = 20;
/// Share of legs followed by an attempt that must be refused, per mille.
pub const PROBE_PER_MILLE: u32 = 12;
/// Share of deliveries followed by an attempt to pay more than is left, per mille.
pub const OVERDRAFT_PER_MILLE: u32 = 1;
/// Most households of one official in the last month of the history, in the county's first township.
pub const LAST_CASELOAD: u32 = 4;

/// How often each kind was planted.
#[derive(Clone, Debug, Default)]
pub struct Planted(BTreeMap<Kind, u64>);

macro_rules! kinds {
    ($($kind:ident $name:literal $zh:literal;)+) => {
        /// Kinds of violations. Those that are refused are named like the code of the refusal.
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
    /// Whether it is refused, so that it is not in the log.
    pub fn is_refused(self) -> bool {
        self >= Self::StepOutOfOrder
    }
}

impl Planted {
    /// Counts one more.
    pub fn note(&mut self, kind: Kind) {
        self.add(kind, 1);
    }

    /// Counts `count` more.
    pub fn add(&mut self, kind: Kind, count: u64) {
        *self.0.entry(kind).or_default() += count;
    }

    /// How often each kind was planted, including those that never were.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        Kind::ALL.iter().map(|kind| (*kind, self.0.get(kind).copied().unwrap_or(0)))
    }
}
