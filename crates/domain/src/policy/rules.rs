//! What may be set, and how it is kept.

use super::{
    CASELOAD_LIMIT_MAX, DAYS_MAX, MEASURE_CODE_CHARS_MAX, POLICY_ITEMS_MAX, PolicyItem, PolicyRow, PolicySet,
    PolicyValue, SOURCE_CHARS_MAX, THRESHOLD_MAX, YEARS,
};
use crate::admit::Judge;
use crate::money::Fen;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
use crate::village::NAME_CHARS_MAX;

impl PolicyItem {
    /// The first field that is out of bounds, as the proto files name it; `None` if any log would take it for an area
    /// it covers.
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

/// Judges the parameters of one event. Who may set them and in which area is judged with the event around them.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, set: &PolicySet) {
    judge.require((1..=POLICY_ITEMS_MAX).contains(&set.items.len()), Code::PolicyInvalid, "items");
    for (number, item) in set.items.iter().take(POLICY_ITEMS_MAX).enumerate() {
        if !store.jurisdiction().is_some_and(|jurisdiction| jurisdiction.area.contains(item.area)) {
            judge.refuse(Code::AreaUnknown, "area", format!("item {number}: {}", item.area));
        }
        if let Some(field) = item.fault() {
            judge.refuse(Code::PolicyInvalid, field, format!("item {number}"));
        }
    }
}

/// Keeps the parameters of one event.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, set: &PolicySet) {
    for item in &set.items {
        store.add_policy(PolicyRow { since: entry.index, effective: set.effective, item: item.clone() });
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
