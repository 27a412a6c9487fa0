//! Parameters by what they set, in order of recording. [`InForce`](crate::state::policy_in_force::InForce) finds the
//! one that holds in an area on a day.

use crate::facts::date::Date;
use crate::facts::ids::Index;
use crate::facts::policy::{Parameter, PolicyItem};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

/// Every parameter ever set.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Policy {
    rows: BTreeMap<Parameter, Vec<PolicyRow>>,
}

/// A parameter as it was set.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PolicyRow {
    /// Entry that set it.
    pub since: Index,
    /// First day in force.
    pub effective: Date,
    /// The parameter.
    pub item: PolicyItem,
}

impl Policy {
    /// Adds a row after those recorded before it.
    pub fn add(&mut self, row: PolicyRow) {
        self.rows.entry(row.item.value.parameter()).or_default().push(row);
    }

    /// Every row, by parameter and in order of recording.
    pub fn rows(&self) -> impl Iterator<Item = &PolicyRow> {
        self.rows.values().flatten()
    }

    /// Rows of one parameter, in order of recording.
    pub(crate) fn rows_of(&self, parameter: &Parameter) -> &[PolicyRow] {
        self.rows.get(parameter).map_or(&[], Vec::as_slice)
    }
}
