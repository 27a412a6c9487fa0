//! The two assurances, the three guarantees and water (两不愁三保障), and the dwelling.

use crate::admit::Judge;
use crate::date::Date;
use crate::household::HouseholdEvent;
use crate::ids::Index;
use crate::kind::kinds;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
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
    /// Food, clothing, education, medical care, housing, water; with the day each was established and the entry that
    /// says so.
    pub met: [Option<(Met, Date, Index)>; CONDITIONS],
    /// Grade of the dwelling.
    pub dwelling: Option<DwellingGrade>,
}

kinds! {
    /// Whether an assurance or guarantee is met.
    Met {
        /// Met.
        Yes = 1 "yes" "达标",
        /// Not met.
        No = 2 "no" "未达标",
    }
}

kinds! {
    /// Grade of a dwelling (住房鉴定等级).
    DwellingGrade {
        /// Safe.
        A = 1 "a" "A级",
        /// Basically safe.
        B = 2 "b" "B级",
        /// Partly dangerous.
        C = 3 "c" "C级",
        /// Dangerous as a whole.
        D = 4 "d" "D级",
    }
}

/// Judges an assessment: it must say something.
pub(crate) fn check(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    assessed: &LivingConditionsAssessed,
) {
    if event.card(judge, store).is_some() {
        let some = assessed.dwelling.is_some() || assessed.conditions.iter().any(Option::is_some);
        judge.require(some, Code::NothingAssessed, "living_conditions_assessed");
    }
}

/// Keeps what was established. Of one condition the latest day counts, whichever was recorded last; a grade of the
/// dwelling has no day of its own, and the one recorded last counts.
pub(crate) fn apply(
    store: &mut impl Store,
    entry: &Entry,
    event: &HouseholdEvent,
    assessed: &LivingConditionsAssessed,
) {
    let Some(card) = event.card_mut(store, entry) else { return };
    for (known, found) in card.conditions.met.iter_mut().zip(assessed.conditions) {
        if let Some(found) = found
            && known.is_none_or(|(_, day, _)| day <= event.happened)
        {
            *known = Some((found, event.happened, entry.index));
        }
    }
    card.conditions.dwelling = assessed.dwelling.or(card.conditions.dwelling);
}
