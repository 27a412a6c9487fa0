//! The two assurances, the three guarantees and water (两不愁三保障), and the dwelling.

use crate::date::Date;
use crate::kind::kinds;
use borsh::{BorshDeserialize, BorshSerialize};

/// How many assurances and guarantees there are.
pub const CONDITIONS: usize = 6;
/// Their names, in the order in which arrays hold them.
pub const CONDITION_NAMES: [&str; CONDITIONS] = ["food", "clothing", "education", "medical", "housing", "water"];

/// What was established; `None` leaves what was known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivingConditionsAssessed {
    /// Food, clothing, education, medical care, housing, water.
    pub conditions: [Option<Met>; CONDITIONS],
    /// Grade of the dwelling.
    pub dwelling: Option<DwellingGrade>,
}

/// What is known of a household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Conditions {
    /// Food, clothing, education, medical care, housing, water; with the day each was established.
    pub met: [Option<(Met, Date)>; CONDITIONS],
    /// Grade of the dwelling.
    pub dwelling: Option<DwellingGrade>,
}

kinds! {
    /// Whether an assurance or guarantee is met.
    Met {
        /// Met.
        Yes = 1 "yes",
        /// Not met.
        No = 2 "no",
    }
}

kinds! {
    /// Grade of a dwelling (住房鉴定等级).
    DwellingGrade {
        /// Safe.
        A = 1 "a",
        /// Basically safe.
        B = 2 "b",
        /// Partly dangerous.
        C = 3 "c",
        /// Dangerous as a whole.
        D = 4 "d",
    }
}
