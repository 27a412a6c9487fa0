//! Parameters of the rules, set by recorded events and in force from a day on.

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

/// Most parameters one event may set.
pub const POLICY_ITEMS_MAX: usize = 1_000;
/// Longest statement of a source, in characters.
pub const SOURCE_CHARS_MAX: usize = 200;
/// Longest code of a measure, in characters.
pub const MEASURE_CODE_CHARS_MAX: usize = 32;

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

/// Every parameter ever set, in order of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Policy {
    /// The rows.
    pub rows: Vec<PolicyRow>,
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
        Poverty = 1 "poverty",
        /// Monitoring line.
        Monitoring = 2 "monitoring",
    }
}

kinds! {
    /// Kinds of income.
    IncomeConcept {
        /// Net income per head (人均纯收入), to 2013.
        Net = 1 "net",
        /// Disposable income per head (人均可支配收入), from 2014.
        Disposable = 2 "disposable",
    }
}
