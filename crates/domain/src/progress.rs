//! Figures of villages, and their sums. The figures of a township, a county or any other prefix are the sum of those
//! of its villages, in any order and grouping. Nothing is rounded before the end, so means, medians and incidences of
//! a sum are exact.
//!
//! Every [`Figure`] is a sum of [`Contribution`]s, each with the entry of the log that it rests on. The same
//! contributions count a figure and explain it.
//!
//! The table in `part.rs` has a line for each figure with its name, unit and definition; `FIGURES.md` is drawn from
//! it.
//!
//! Figures are counted from a state and a day. Those that depend on the day (visits of the last 30 days, idle money)
//! count back from it; all others are as the state holds them. For figures of the past, fold the log up to that time
//! first.

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
/// Days for which due visits are counted ahead, today included.
pub const VISITS_DUE_DAYS: i32 = 7;
/// Days without a responsible official after which a card counts as without one for long.
pub const UNASSIGNED_LONG_DAYS: i32 = 30;

/// One addend of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The amount it adds: a count, or fen.
    pub amount: i64,
    /// The entry that it rests on; for something missing, the entry that makes it due.
    pub entry: Index,
    /// The card that it concerns.
    pub household: Option<HouseholdId>,
}

/// The figures of a village, or of any sum of villages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    sums: Box<[i64; FIGURES]>,
    /// Rural registered persons, as the villages last stated them; incidence is measured against them.
    pub rural_persons: u64,
    /// Income of the latest year assessed.
    pub incomes: Incomes,
    /// The earliest day since which an open card has had no responsible official; `None` if each has one.
    pub unassigned_since: Option<Date>,
    /// Counts of each month.
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
    /// The figures of one village on a day. The rest of the state supplies the policy and the officials' caseloads;
    /// the village itself need not be in it.
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

    /// The figures of the jurisdiction that belong to no village: money released, unallocated and idle, and the
    /// county's own exit.
    pub fn of_jurisdiction(state: &State, today: Date) -> Self {
        let mut figures = Self::default();
        count::jurisdiction(state, today, &mut |figure, contribution| figures.count(figure, &contribution));
        figures
    }

    /// The figures of all villages in an area, and of the jurisdiction if the area contains all of it.
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

    /// Adds the figures of other villages.
    pub fn add(&mut self, other: &Self) {
        self.add_all_but_incomes(other);
        self.incomes.add(&other.incomes);
    }

    /// Persons who count as poor: not out of poverty, or poor again.
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
        // Incomes are sorted once for all parts: a sum of hundreds of villages spends most of its time on this.
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
