//! Parameters of the rules, set by recorded events and in force from a day on.

mod defaults;
mod in_force;
mod listing;
mod rules;

use crate::aid::MeasureGroup;
use crate::area::Area;
use crate::date::Date;
use crate::household::Standard;
use crate::ids::Index;
use crate::kind::kinds;
use crate::money::Fen;
use crate::official::Capacity;
use crate::procedure::Procedure;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

pub use defaults::{
    BuiltIn, CASELOAD_FIRST_DEFAULT, CASELOAD_SECOND_DEFAULT, DECISION_DAYS_DEFAULT, DefaultLine,
    EXIT_THRESHOLD_DEFAULT, EXIT_THRESHOLD_WEST_DEFAULT, MONITORING_PUBLICITY_DAYS_DEFAULT, POVERTY_LINES,
    PUBLICITY_DAYS_DEFAULT, VISIT_DAYS_DEFAULT, built_in,
};
pub use in_force::InForce;
pub use listing::{Listed, Set};
pub(crate) use rules::{apply, check, is_measure_code};

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
/// Years a line or a budget may be for.
pub const YEARS: std::ops::RangeInclusive<u32> = 2010..=2100;

/// Parameters set from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySet {
    /// First day they hold.
    pub effective: Date,
    /// The parameters.
    pub items: Vec<PolicyItem>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PolicyItem {
    /// Area it holds for.
    pub area: Area,
    /// Where the figure comes from.
    pub source: Box<str>,
    /// The source could not be confirmed.
    pub unconfirmed: bool,
    /// The parameter.
    pub value: PolicyValue,
}

/// What may be set.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum PolicyValue {
    /// Fen per person and year.
    Line {
        /// What it divides.
        kind: LineKind,
        /// Whose standard.
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
        /// It is refused.
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

/// Every parameter ever set. What holds where and when is read through [`InForce`].
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Policy {
    rows: BTreeMap<Parameter, Vec<PolicyRow>>,
}

/// What a row sets a figure for: rows of one parameter stand beside each other, so that a rule need not read a whole
/// catalogue to find a limit.
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

/// A parameter as it was set.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PolicyRow {
    /// Entry that set it.
    pub since: Index,
    /// First day it holds.
    pub effective: Date,
    /// The parameter.
    pub item: PolicyItem,
}

kinds! {
    /// What a line divides.
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
    /// What it is a figure for.
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

impl Policy {
    /// Adds a row behind those recorded before it.
    pub fn add(&mut self, row: PolicyRow) {
        self.rows.entry(row.item.value.parameter()).or_default().push(row);
    }

    /// Every row, by parameter and in order of recording.
    pub fn rows(&self) -> impl Iterator<Item = &PolicyRow> {
        self.rows.values().flatten()
    }

    /// Rows of one parameter, in order of recording.
    fn rows_of(&self, parameter: &Parameter) -> &[PolicyRow] {
        self.rows.get(parameter).map_or(&[], Vec::as_slice)
    }
}
