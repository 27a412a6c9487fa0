//! The contributions to a figure, each with its entry, so that anyone who doubts the figure can look them up in the
//! log.

use crate::document::{AsOf, Name, Standing};
use crate::schema;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_domain::progress::{Contribution, FigureRef, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most contributions in one answer; for all of a county's, ask village by village.
pub const CONTRIBUTIONS_MAX: usize = 10_000;

/// A figure and its contributions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// The shortest prefix that names the area.
    #[schemars(schema_with = "schema::prefix")]
    pub area: String,
    /// The figure, named by its place in the document of the area: `households.poor`, `gap.housing.missing`,
    /// `months.2016-05.visits`.
    pub figure: String,
    /// `fen` or `count`.
    #[schemars(extend("enum" = ["fen", "count"]))]
    pub unit: Name,
    /// Sum of the amounts of all contributions, including those left out.
    pub amount: i64,
    /// Index of the last entry that was applied; `null` before the first.
    pub index: Option<Index>,
    /// The time of the figure, on both clocks.
    pub as_of: AsOf,
    /// Number of contributions.
    pub total: u64,
    /// The contributions by village and card, the first [`CONTRIBUTIONS_MAX`] of them.
    pub grounds: Vec<ContributionView>,
}

/// One addend of a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Ground")]
pub struct ContributionView {
    /// The village; `null` if it belongs to the jurisdiction itself.
    #[schemars(schema_with = "schema::village_or_null")]
    pub village: Option<String>,
    /// The card that it concerns; `null` if it concerns none.
    #[schemars(schema_with = "schema::household_or_null")]
    pub household: Option<String>,
    /// The amount it adds: a count, or fen.
    pub amount: i64,
    /// The entry that it rests on; for something missing, the entry that makes it due.
    pub entry: Index,
}

impl Explanation {
    /// An explanation without contributions.
    pub(crate) fn new(area: Area, asked: FigureRef, standing: &Standing) -> Self {
        Self {
            area: area.prefix(),
            figure: asked.to_string(),
            unit: if asked.contribution_unit() == Unit::Fen { "fen" } else { "count" }.into(),
            amount: 0,
            index: standing.applied.checked_sub(1),
            as_of: AsOf::new(standing),
            total: 0,
            grounds: Vec::new(),
        }
    }

    /// Adds the contributions of a village, or of the jurisdiction itself.
    pub(crate) fn add(&mut self, village: Option<Area>, grounds: &[Contribution]) {
        for ground in grounds {
            self.amount = self.amount.saturating_add(ground.amount);
            self.total += 1;
            if self.grounds.len() < CONTRIBUTIONS_MAX {
                self.grounds.push(ContributionView {
                    village: village.map(|area| area.to_string()),
                    household: ground.household.map(|id| id.to_string()),
                    amount: ground.amount,
                    entry: ground.entry,
                });
            }
        }
    }
}
