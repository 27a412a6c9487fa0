//! What a figure is the sum of.

use super::{Figure, Ground, MonthFigure, Tally, count};
use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::state::fold::State;
use crate::state::village::Village;
use std::fmt;

/// A figure of a document that can be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A sum.
    Sum(Figure),
    /// Cards counted as poor: poor, listed for exit, or poor again.
    PoorNow,
    /// The incidence: persons counted as poor.
    Incidence,
    /// A figure of the incomes of the latest year assessed.
    Income(IncomeFigure),
    /// A count of a month. A state has no grounds for it: they are in the entries, see [`Months`](super::Months).
    Month(MonthFigure),
}

/// Figures of incomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomeFigure {
    /// Each household's net income, in fen.
    Mean,
    /// Each household's net income, in fen.
    Median,
    /// Persons of each household under its line.
    BelowLine,
}

/// Statuses that count as poor.
const POOR: [Tally; 3] = [Tally::Poor, Tally::PreExit, Tally::FallenBack];

impl Asked {
    /// From its name; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "households.poor_now" => Some(Self::PoorNow),
            "incidence" => Some(Self::Incidence),
            "income.mean" => Some(Self::Income(IncomeFigure::Mean)),
            "income.median" => Some(Self::Income(IncomeFigure::Median)),
            "income.below_line" => Some(Self::Income(IncomeFigure::BelowLine)),
            _ => MonthFigure::from_name(name).map(Self::Month).or_else(|| Figure::from_name(name).map(Self::Sum)),
        }
    }

    /// Whether the amounts of its grounds are fen; otherwise they count things.
    pub fn is_money(self) -> bool {
        match self {
            Self::Sum(figure) => figure.is_money(),
            Self::PoorNow | Self::Incidence => false,
            Self::Income(figure) => figure != IncomeFigure::BelowLine,
            Self::Month(figure) => figure.is_money(),
        }
    }

    /// What it is the sum of in one village. `income_year` is the latest year that an open card of the area asked about
    /// was assessed for.
    pub fn of_village(
        self,
        state: &State,
        area: Area,
        village: &Village,
        today: Date,
        income_year: Option<u16>,
    ) -> Vec<Ground> {
        let mut grounds = Vec::new();
        match self {
            Self::Sum(_) | Self::PoorNow | Self::Incidence => {
                count::village(state, area, village, today, &mut |counted, ground| {
                    grounds.extend(self.counts(counted).then_some(ground));
                });
            }
            Self::Income(figure) => {
                let assessed =
                    income_year.into_iter().flat_map(|year| count::assessed(state, area, village, year, today));
                grounds.extend(assessed.filter_map(|(id, income, line)| {
                    let amount = match figure {
                        IncomeFigure::Mean | IncomeFigure::Median => income.net.0,
                        IncomeFigure::BelowLine if line.is_some_and(|line| income.per_head < line) => {
                            i64::from(income.members)
                        }
                        IncomeFigure::BelowLine => return None,
                    };
                    Some(Ground { amount, entry: income.entry, household: Some(id) })
                }));
            }
            Self::Month(_) => {}
        }
        grounds
    }

    /// What the jurisdiction's own part of it is the sum of.
    pub fn of_jurisdiction(self, state: &State, today: Date) -> Vec<Ground> {
        let mut grounds = Vec::new();
        count::jurisdiction(state, today, &mut |counted, ground| {
            grounds.extend(self.counts(counted).then_some(ground));
        });
        grounds
    }

    fn counts(self, counted: Figure) -> bool {
        match self {
            Self::Sum(figure) => figure == counted,
            Self::PoorNow => POOR.iter().any(|part| counted == Figure::Households(*part)),
            Self::Incidence => POOR.iter().any(|part| counted == Figure::Persons(*part)),
            Self::Income(_) | Self::Month(_) => false,
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum(figure) => figure.fmt(f),
            Self::PoorNow => f.write_str("households.poor_now"),
            Self::Incidence => f.write_str("incidence"),
            Self::Income(IncomeFigure::Mean) => f.write_str("income.mean"),
            Self::Income(IncomeFigure::Median) => f.write_str("income.median"),
            Self::Income(IncomeFigure::BelowLine) => f.write_str("income.below_line"),
            Self::Month(figure) => figure.fmt(f),
        }
    }
}
