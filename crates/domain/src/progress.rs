//! What the cards of a village amount to: figures that can be summed. A township, a county or any other prefix is the
//! sum of its villages, in whatever order and grouping they are added: nothing is rounded before the end, so means,
//! medians and incidences of a sum are exact.
//!
//! Every [`Figure`] is a sum of [`Contribution`]s, each with the entry of the log that it rests on, and is counted
//! from them: what a figure is explained by is what it was counted from.
//!
//! What a figure is called, its unit and its definition are a line in the table of `part.rs`; `FIGURES.md` is drawn
//! from it.
//!
//! Figures are counted from a state and a day. What depends on the day (visits of the last 30 days, idle money)
//! counts back from it; what happened is what the state holds. To read the past, fold the log up to it first.

mod count;
pub mod entitlement;
mod explain;
mod figure;
mod income;
mod month;
#[cfg(test)]
mod page;
mod part;
mod section;

pub use explain::FigureRef;
pub use figure::Figure;
pub use income::Incomes;
pub use month::{MonthFigure, Months};
pub use part::{
    Aid, Coverage, Description, Entitled, Exit, Exits, Gap, IncomeFigure, Known, Money, MonthPart, Part, Posts,
    Poverty, Procedures, Tally, Visited,
};
pub use section::{Section, Tone, Unit};

use crate::facts::area::Area;
use crate::facts::date::{Date, Month};
use crate::facts::ids::{HouseholdId, Index};
use crate::state::fold::State;
use crate::state::village::{MonthCounts, Village};
use figure::FIGURES;
use std::collections::BTreeMap;

/// Days that the shorter of the two counts of visits looks back, today included.
pub const VISITED_LATELY_DAYS: i32 = 30;
/// Days that the longer of the two counts of visits looks back, today included.
pub const VISITED_DAYS: i32 = 90;
/// Days that visits to come are looked forward to, today included.
pub const VISITS_DUE_DAYS: i32 = 7;
/// Days after which a card without a responsible official has been without one for long.
pub const UNASSIGNED_LONG_DAYS: i32 = 30;

/// One of the things that a figure is the sum of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// What it adds: a number of things, or fen.
    pub amount: i64,
    /// The entry that it rests on; of something that is missing, the one that calls for it.
    pub entry: Index,
    /// The card that it concerns.
    pub household: Option<HouseholdId>,
}

/// The figures of a village, or of any sum of villages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    sums: Box<[i64; FIGURES]>,
    /// Rural registered persons, as the villages last stated them: what incidence is measured against.
    pub rural_persons: u64,
    /// Income of the latest year assessed.
    pub incomes: Incomes,
    /// Since when an open card has been without a responsible official, the longest; `None` if each has one.
    pub unassigned_since: Option<Date>,
    /// What happened in each month.
    pub months: BTreeMap<Month, MonthCounts>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            sums: Box::new([0; FIGURES]),
            rural_persons: 0,
            incomes: Incomes::default(),
            unassigned_since: None,
            months: BTreeMap::new(),
        }
    }
}

impl Figures {
    /// Of one village on a day. The rest of the state gives the policy and the officials' caseloads; the village
    /// itself need not be in it.
    pub fn of_village(state: &State, area: Area, village: &Village, today: Date) -> Self {
        let mut figures = Self {
            rural_persons: u64::from(village.head.rural_persons),
            incomes: count::incomes(state, area, village, today),
            unassigned_since: count::unassigned_since(village),
            months: village.months.clone(),
            ..Self::default()
        };
        count::village(state, area, village, today, &mut |figure, contribution| figures.count(figure, &contribution));
        figures
    }

    /// What holds for the jurisdiction and for no village of it: money released, and of it what lies idle
    /// unallocated; and the county's own exit.
    pub fn of_jurisdiction(state: &State, today: Date) -> Self {
        let mut figures = Self::default();
        count::jurisdiction(state, today, &mut |figure, contribution| figures.count(figure, &contribution));
        figures
    }

    /// Of all villages in an area, and of the jurisdiction if the area contains all of it.
    pub fn of_area(state: &State, area: Area, today: Date) -> Self {
        let villages = state.villages.range(area.range());
        let mut parts: Vec<Self> =
            villages.map(|(area, village)| Self::of_village(state, *area, village, today)).collect();
        if state.jurisdiction.as_ref().is_some_and(|jurisdiction| area.contains(jurisdiction.area)) {
            parts.push(Self::of_jurisdiction(state, today));
        }
        parts.iter().sum()
    }

    /// A figure: a count, or fen.
    pub fn get(&self, figure: Figure) -> i64 {
        self.sums.get(figure.place()).copied().unwrap_or(0)
    }

    /// Adds those of other villages.
    pub fn add(&mut self, other: &Self) {
        self.add_all_but_incomes(other);
        self.incomes.add(&other.incomes);
    }

    /// Persons counted as poor: not out of poverty, or poor again.
    pub fn poor_persons(&self) -> u64 {
        Tally::POOR.iter().map(|part| self.get(Figure::Persons(*part)).unsigned_abs()).sum()
    }

    /// Poor persons per 10,000 rural registered persons, rounded down; `None` where no rural person is stated.
    pub fn incidence(&self) -> Option<u64> {
        (self.poor_persons() * 10_000).checked_div(self.rural_persons)
    }

    fn count(&mut self, figure: Figure, contribution: &Contribution) {
        if let Some(sum) = self.sums.get_mut(figure.place()) {
            *sum += contribution.amount;
        }
    }

    fn add_all_but_incomes(&mut self, other: &Self) {
        self.sums.iter_mut().zip(other.sums.iter()).for_each(|(own, more)| *own += more);
        self.rural_persons += other.rural_persons;
        self.unassigned_since = [self.unassigned_since, other.unassigned_since].into_iter().flatten().min();
        for (month, more) in &other.months {
            let own = self.months.entry(*month).or_default();
            own.registered += more.registered;
            own.exited += more.exited;
            own.fallen_back += more.fallen_back;
            own.aid += more.aid;
            own.visits += more.visits;
        }
    }
}

impl<'f> std::iter::Sum<&'f Figures> for Figures {
    fn sum<I: Iterator<Item = &'f Self>>(parts: I) -> Self {
        let mut total = Self::default();
        // Incomes are put in order once for all parts: this is what a sum of hundreds of villages spends its time on.
        let mut incomes = Vec::new();
        for part in parts {
            total.add_all_but_incomes(part);
            incomes.push(&part.incomes);
        }
        total.incomes = Incomes::sum(&incomes);
        total
    }
}

#[cfg(test)]
mod tests;
