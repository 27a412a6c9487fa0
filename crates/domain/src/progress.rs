//! What the cards of a village amount to: figures that can be summed. A township, a county or any other prefix is the
//! sum of its villages, in whatever order and grouping they are added: nothing is rounded before the end, so means,
//! medians and incidences of a sum are exact.
//!
//! Figures are counted from a state and a day. What depends on the day (visits of the last 30 days, idle money) counts
//! back from it; what happened is what the state holds. To read the past, fold the log up to it first.

mod count;
mod income;

pub use income::Incomes;

use crate::aid::MeasureGroup;
use crate::area::Area;
use crate::date::{Date, Month};
use crate::household::Status;
use crate::living::CONDITIONS;
use crate::money::Fen;
use crate::state::State;
use crate::village::{MonthCounts, Village};
use std::collections::BTreeMap;

/// Days that the shorter of the two counts of visits looks back, today included.
pub const VISITED_LATELY_DAYS: i32 = 30;
/// Days that the longer of the two counts of visits looks back, today included.
pub const VISITED_DAYS: i32 = 90;

/// The figures of a village, or of any sum of villages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Cards.
    pub households: Tally,
    /// Persons on the cards, each counted where its card is.
    pub persons: Tally,
    /// Rural registered persons, as the villages last stated them: what incidence is measured against.
    pub rural_persons: u64,
    /// Income of the latest year assessed.
    pub incomes: Incomes,
    /// Open cards by food, clothing, education, medical care, housing, water.
    pub conditions: [ConditionTally; CONDITIONS],
    /// Who answers for the open cards and visits them.
    pub officials: Coverage,
    /// Procedures of open cards.
    pub procedures: Procedures,
    /// Aid by group, to cards open or closed. A group without any is absent.
    pub aid: BTreeMap<MeasureGroup, AidTally>,
    /// Money from the county's account to the households.
    pub money: Money,
    /// What happened in each month.
    pub months: BTreeMap<Month, MonthCounts>,
}

/// Counts by status. `registered` is every card ever registered: the sum of all but `monitored`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ever registered, closed ones included.
    pub registered: u64,
    /// Poor and never exited.
    pub poor: u64,
    /// Listed for exit, still counted as poor.
    pub pre_exit: u64,
    /// Out of poverty.
    pub exited: u64,
    /// Poor again.
    pub fallen_back: u64,
    /// Of the open ones, those under watch.
    pub monitored: u64,
    /// Closed for good.
    pub deregistered: u64,
}

/// Open cards by what is known of one assurance or guarantee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConditionTally {
    /// Met.
    pub met: u64,
    /// Not met.
    pub unmet: u64,
    /// Never assessed.
    pub unknown: u64,
}

/// Open cards by who answers for them and when they were last visited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// With a responsible official.
    pub assigned: u64,
    /// Without.
    pub unassigned: u64,
    /// Visited in the last [`VISITED_LATELY_DAYS`].
    pub visited_30_days: u64,
    /// Visited in the last [`VISITED_DAYS`].
    pub visited_90_days: u64,
    /// With an official who answers for more households, here or elsewhere, than the limit in force for the village
    /// allows in that capacity.
    pub over_caseload: u64,
}

/// Procedures of open cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Procedures {
    /// Begun and neither failed, announced nor decided.
    pub under_way: u64,
    /// Of these, monitoring that has waited for its decision longer than the policy in force allows. Other procedures
    /// have no limit of time in policy and are never late.
    pub late: u64,
}

/// Aid of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AidTally {
    /// Deliveries, those taken back included.
    pub events: u64,
    /// Delivered, less what was taken back.
    pub amount: Fen,
    /// Of the amount, what households have acknowledged.
    pub acknowledged: Fen,
}

/// Money on its way. Released money belongs to the jurisdiction and enters only there, see
/// [`Figures::of_jurisdiction`]; everything else belongs to a village.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// Reached the county.
    pub released: Fen,
    /// Set aside for villages.
    pub allocated: Fen,
    /// Delivered from allocations, what was taken back included.
    pub delivered: Fen,
    /// Of what was delivered from allocations and not taken back, what households have acknowledged.
    pub acknowledged: Fen,
    /// Of what was delivered from allocations, what was taken back.
    pub reversed: Fen,
    /// Not passed on for 12 months or more: released and not allocated, or allocated and not delivered.
    pub idle_12_months: Fen,
    /// Of this, for 24 months or more.
    pub idle_24_months: Fen,
}

impl Figures {
    /// Of one village on a day. The rest of the state gives the policy and the officials' caseloads; the village
    /// itself need not be in it.
    pub fn of_village(state: &State, area: Area, village: &Village, today: Date) -> Self {
        count::village(state, area, village, today)
    }

    /// What holds for the jurisdiction and for no village of it: money released, and of it what lies idle unallocated.
    pub fn of_jurisdiction(state: &State, today: Date) -> Self {
        let mut figures = Self::default();
        for release in state.releases.values() {
            figures.money.released += release.amount;
            let allocated = release.allocated.iter().map(|(_, amount)| *amount).sum();
            figures.money.idle(release.amount - allocated, release.happened, today);
        }
        figures
    }

    /// Of all villages in an area, and of the jurisdiction if the area contains all of it.
    pub fn of_area(state: &State, area: Area, today: Date) -> Self {
        let villages = state.villages.range(area.range());
        let mut parts: Vec<Self> =
            villages.map(|(area, village)| count::village(state, *area, village, today)).collect();
        if state.jurisdiction.as_ref().is_some_and(|jurisdiction| area.contains(jurisdiction.area)) {
            parts.push(Self::of_jurisdiction(state, today));
        }
        parts.iter().sum()
    }

    /// Adds those of other villages.
    pub fn add(&mut self, other: &Self) {
        self.add_all_but_incomes(other);
        self.incomes.add(&other.incomes);
    }

    /// Persons counted as poor: not out of poverty, or poor again.
    pub fn poor_persons(&self) -> u64 {
        self.persons.poor + self.persons.pre_exit + self.persons.fallen_back
    }

    /// Poor persons per 10,000 rural registered persons, rounded down; `None` where no rural person is stated.
    pub fn incidence(&self) -> Option<u64> {
        (self.poor_persons() * 10_000).checked_div(self.rural_persons)
    }

    fn add_all_but_incomes(&mut self, other: &Self) {
        self.households.add(&other.households);
        self.persons.add(&other.persons);
        self.rural_persons += other.rural_persons;
        for (own, more) in self.conditions.iter_mut().zip(&other.conditions) {
            own.met += more.met;
            own.unmet += more.unmet;
            own.unknown += more.unknown;
        }
        self.officials.add(&other.officials);
        self.procedures.under_way += other.procedures.under_way;
        self.procedures.late += other.procedures.late;
        for (group, more) in &other.aid {
            let own = self.aid.entry(*group).or_default();
            own.events += more.events;
            own.amount += more.amount;
            own.acknowledged += more.acknowledged;
        }
        self.money.add(&other.money);
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

impl Tally {
    /// Counts `number` more with that status.
    fn count(&mut self, status: Status, monitored: bool, number: u64) {
        self.registered += number;
        if monitored && status.is_live() {
            self.monitored += number;
        }
        match status {
            Status::Poor => self.poor += number,
            Status::PreExit => self.pre_exit += number,
            Status::Exited => self.exited += number,
            Status::FellBack => self.fallen_back += number,
            Status::Deregistered => self.deregistered += number,
        }
    }

    fn add(&mut self, other: &Self) {
        self.registered += other.registered;
        self.poor += other.poor;
        self.pre_exit += other.pre_exit;
        self.exited += other.exited;
        self.fallen_back += other.fallen_back;
        self.monitored += other.monitored;
        self.deregistered += other.deregistered;
    }
}

impl Coverage {
    fn add(&mut self, other: &Self) {
        self.assigned += other.assigned;
        self.unassigned += other.unassigned;
        self.visited_30_days += other.visited_30_days;
        self.visited_90_days += other.visited_90_days;
        self.over_caseload += other.over_caseload;
    }
}

impl Money {
    /// Counts what is left of a sum that was to be passed on since a day. Nothing is left of one that was overdrawn.
    fn idle(&mut self, left: Fen, since: Date, today: Date) {
        let left = left.max(Fen::ZERO);
        if full_years(since, today) >= 1 {
            self.idle_12_months += left;
        }
        if full_years(since, today) >= 2 {
            self.idle_24_months += left;
        }
    }

    fn add(&mut self, other: &Self) {
        self.released += other.released;
        self.allocated += other.allocated;
        self.delivered += other.delivered;
        self.acknowledged += other.acknowledged;
        self.reversed += other.reversed;
        self.idle_12_months += other.idle_12_months;
        self.idle_24_months += other.idle_24_months;
    }
}

/// Years of the calendar that are over between two days, 0 if `since` is later. What began on 29 February has its
/// year on 1 March.
fn full_years(since: Date, today: Date) -> u32 {
    let (then, now) = (since.ymd(), today.ymd());
    let begun = now.0.saturating_sub(then.0);
    if (now.1, now.2) < (then.1, then.2) { begun.saturating_sub(1) } else { begun }
}

#[cfg(test)]
mod tests;
