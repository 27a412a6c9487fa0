//! Parameters of the rules, as an administrator sets them.

use crate::facts::aid::MeasureGroup;
use crate::facts::area::Area;
use crate::facts::describe::{Field, Value, fields};
use crate::facts::household::Standard;
use crate::facts::kind::kinds;
use crate::facts::money::Fen;
use crate::facts::official::Capacity;
use crate::facts::procedure::Procedure;
use crate::facts::village::NAME_CHARS_MAX;
use borsh::{BorshDeserialize, BorshSerialize};

/// Most parameters one event may set.
pub const POLICY_ITEMS_MAX: usize = 1_000;

/// Longest statement of a source, in characters.
pub const SOURCE_CHARS_MAX: usize = 200;

/// Longest code of a measure, in characters.
pub const MEASURE_CODE_CHARS_MAX: usize = 32;

/// Highest threshold, in persons per 10,000.
pub const THRESHOLD_MAX: u32 = 10_000;

/// Longest period in days.
pub const DAYS_MAX: u32 = 366;

/// Highest caseload limit, in households.
pub const CASELOAD_LIMIT_MAX: u32 = 10_000;

/// Years for which a line or a budget may be set.
pub const YEARS: std::ops::RangeInclusive<u32> = 2010..=2100;

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PolicyItem {
    /// Area in which it is in force.
    pub area: Area,
    /// Source of the figure.
    pub source: Box<str>,
    /// The source could not be confirmed.
    pub unconfirmed: bool,
    /// The parameter.
    pub value: PolicyValue,
}

/// Values of parameters.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum PolicyValue {
    /// Fen per person and year.
    Line {
        /// Poverty line or monitoring line.
        kind: LineKind,
        /// National or provincial standard.
        standard: Standard,
        /// Year of the income it is compared with.
        year: u16,
        /// Kind of income it is compared with.
        concept: IncomeConcept,
        /// The line.
        amount: Fen,
    },
    /// Highest incidence at exit, in persons per 10,000.
    ExitThreshold(u32),
    /// Days a publicity must last.
    PublicityDays {
        /// Procedure.
        procedure: Procedure,
        /// Days.
        days: u32,
    },
    /// Days from clue to decision.
    DecisionDays(u32),
    /// Most households one official may answer for.
    CaseloadLimit {
        /// In which capacity.
        capacity: Capacity,
        /// Households.
        households: u32,
    },
    /// Days after which a household is due for a visit.
    VisitDays(u32),
    /// Whether the decision that a procedure leads to is refused without its steps.
    StepsRequired {
        /// Procedure.
        procedure: Procedure,
        /// Whether it is refused.
        required: bool,
    },
    /// A measure of the catalogue.
    Measure {
        /// Group it belongs to.
        group: MeasureGroup,
        /// Code.
        code: Box<str>,
        /// Name.
        name: Box<str>,
    },
}

/// The parameter that a row sets, without its value. Rows of one parameter are neighbours in the map, so a rule need
/// not read a whole catalogue to find a limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Parameter {
    /// The line of a year.
    Line(LineKind, Standard, u16),
    /// Highest incidence at exit.
    ExitThreshold,
    /// Days of publicity.
    PublicityDays(Procedure),
    /// Days from clue to decision.
    DecisionDays,
    /// Most households of an official.
    CaseloadLimit(Capacity),
    /// Days between visits.
    VisitDays,
    /// Whether decisions need their steps.
    StepsRequired(Procedure),
    /// The measure of that code.
    Measure(Box<str>),
}

kinds! {
    /// Kinds of line.
    LineKind {
        /// Poverty line.
        Poverty = 1 "poverty" "贫困线",
        /// Monitoring line.
        Monitoring = 2 "monitoring" "监测线",
    }
}

kinds! {
    /// Kinds of income.
    IncomeConcept {
        /// Net income per head (人均纯收入), to 2013.
        Net = 1 "net" "纯收入",
        /// Disposable income per head (人均可支配收入), from 2014.
        Disposable = 2 "disposable" "可支配收入",
    }
}

impl PolicyValue {
    /// The parameter that it sets.
    pub fn parameter(&self) -> Parameter {
        match self {
            Self::Line { kind, standard, year, .. } => Parameter::Line(*kind, *standard, *year),
            Self::ExitThreshold(_) => Parameter::ExitThreshold,
            Self::PublicityDays { procedure, .. } => Parameter::PublicityDays(*procedure),
            Self::DecisionDays(_) => Parameter::DecisionDays,
            Self::CaseloadLimit { capacity, .. } => Parameter::CaseloadLimit(*capacity),
            Self::VisitDays(_) => Parameter::VisitDays,
            Self::StepsRequired { procedure, .. } => Parameter::StepsRequired(*procedure),
            Self::Measure { code, .. } => Parameter::Measure(code.clone()),
        }
    }
}

impl PolicyItem {
    /// The name of the first field that is out of bounds, as in the proto files; `None` if any log would accept it
    /// for an area that it covers.
    pub fn fault(&self) -> Option<&'static str> {
        if !within(&self.source, SOURCE_CHARS_MAX) {
            return Some("source");
        }
        let (holds, field) = match &self.value {
            PolicyValue::Line { year, amount, .. } => {
                (YEARS.contains(&u32::from(*year)) && *amount > Fen::ZERO, "line")
            }
            PolicyValue::ExitThreshold(threshold) => (*threshold <= THRESHOLD_MAX, "exit_threshold"),
            PolicyValue::PublicityDays { days, .. } => ((1..=DAYS_MAX).contains(days), "publicity_days"),
            PolicyValue::DecisionDays(days) => ((1..=DAYS_MAX).contains(days), "decision_days"),
            PolicyValue::CaseloadLimit { households, .. } => {
                ((1..=CASELOAD_LIMIT_MAX).contains(households), "caseload_limit")
            }
            PolicyValue::VisitDays(days) => ((1..=DAYS_MAX).contains(days), "visit_days"),
            PolicyValue::StepsRequired { .. } => (true, "steps_required"),
            PolicyValue::Measure { code, name, .. } => {
                (is_measure_code(code) && within(name, NAME_CHARS_MAX), "measure")
            }
        };
        (!holds).then_some(field)
    }
}

/// Whether `code` may name a measure: 1 to 32 characters of a-z, 0-9 and underscore.
pub(crate) fn is_measure_code(code: &str) -> bool {
    (1..=MEASURE_CODE_CHARS_MAX).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Between 1 and `chars_max` characters.
fn within(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= chars_max
}

/// A parameter as the proto files have it: the area, the source, and one of the values.
pub const ITEM: &[Field] = fields! {
    /// Area it holds for.
    area = Value::Area, "区划", "参数适用的区划。";
    /// Where the figure comes from.
    source = Value::RequiredText { chars_max: SOURCE_CHARS_MAX }, "来源", "数值的出处，如文件名和文号。";
    /// The source could not be confirmed.
    unconfirmed = Value::Flag, "来源未经证实", "出处是否未能核实。";
    /// A poverty or monitoring line.
    line = Value::Special { wire: &[], inside: LINE }, "贫困线", "贫困线或监测线。";
    /// Highest incidence at exit, in persons per 10,000.
    exit_threshold = Value::Count { max: THRESHOLD_MAX }, "退出时的贫困发生率（万分比）", "退出时贫困发生率的上限，每万人的人数。";
    /// Days a publicity must last.
    publicity_days = Value::Special { wire: &[], inside: PUBLICITY }, "公示天数", "公示至少持续的天数。";
    /// Days from clue to decision.
    decision_days = Value::Count { max: DAYS_MAX }, "从线索到认定的天数", "从收到线索到认定的天数上限。";
    /// Most households one official may answer for.
    caseload_limit = Value::Special { wire: &[], inside: CASELOAD }, "结对户数上限", "一名干部最多负责的户数。";
    /// Days after which a household is due for a visit.
    visit_days = Value::Count { max: DAYS_MAX }, "走访间隔天数", "距上次走访多少天后应再走访。";
    /// Whether a decision is refused without its steps.
    steps_required = Value::Special { wire: &[], inside: STEPS }, "程序不全时的认定", "程序步骤不全时，认定是否不予记录。";
    /// A measure of the catalogue.
    measure = Value::Special { wire: &[], inside: MEASURE }, "帮扶措施", "帮扶措施目录中的一项。";
};

const LINE: &[Field] = fields! {
    /// Poverty line or monitoring line.
    kind = Value::Choice(&LineKind::LIST), "类别", "是贫困线还是监测线。";
    /// National or provincial standard.
    standard = Value::Choice(&Standard::LIST), "识别标准", "国家标准还是省定标准。";
    /// Year of the income it is compared with.
    year = Value::Year, "年度", "与哪一年的收入相比。";
    /// Kind of income it is compared with.
    concept = Value::Choice(&IncomeConcept::LIST), "收入口径", "与哪种口径的收入相比。";
    /// The line, in fen per person and year.
    amount = Value::Amount, "金额", "每人每年的金额。";
};

const PUBLICITY: &[Field] = fields! {
    /// Procedure.
    procedure = Value::Choice(&Procedure::LIST), "程序", "适用的程序。";
    /// Days.
    days = Value::Count { max: DAYS_MAX }, "天数", "";
};

const CASELOAD: &[Field] = fields! {
    /// In which capacity.
    capacity = Value::Choice(&Capacity::LIST), "责任人类别", "以何种责任人身份。";
    /// Households.
    households = Value::Count { max: CASELOAD_LIMIT_MAX }, "户数", "";
};

const STEPS: &[Field] = fields! {
    /// Procedure.
    procedure = Value::Choice(&Procedure::LIST), "程序", "适用的程序。";
    /// The decision is refused without its steps.
    required = Value::Flag, "不予记录", "程序步骤不全的认定，是否不予记录。";
};

const MEASURE: &[Field] = fields! {
    /// Group it belongs to.
    group = Value::Choice(&MeasureGroup::LIST), "措施类别", "所属的帮扶措施类别。";
    /// Code in the catalogue: a-z, 0-9 and _.
    code = Value::RequiredText { chars_max: MEASURE_CODE_CHARS_MAX }, "措施代码", "目录中的代码，由 a-z、0-9 和 _ 组成。";
    /// Name.
    name = Value::RequiredText { chars_max: NAME_CHARS_MAX }, "名称", "措施的名称。";
};
