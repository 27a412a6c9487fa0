//! The contributions to the counts of a month. The state keeps a month's counts but not their entries, so the caller
//! supplies the village's entries again to explain one.

use super::Contribution;
use super::part::{MonthPart, Part};
use crate::facts::date::{Date, Month};
use crate::facts::ids::{HouseholdId, Index};
use crate::rules::aid::AidKind;
use crate::rules::households::{HouseholdEvent, HouseholdKind};
use crate::rules::officials::{OfficialEvent, OfficialKind};
use crate::rules::submission::{Entry, Events};
use crate::state::village::MonthCounts;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A count of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFigure {
    /// The month.
    pub month: Month,
    /// The count.
    pub part: MonthPart,
}

/// Explains a count of a month from a village's entries, given in order.
#[derive(Debug)]
pub struct Months {
    figure: MonthFigure,
    contributions: Vec<Contribution>,
    /// Exits of the month by their entry: one recorded in error is taken out of its own month.
    exits: BTreeSet<(Index, HouseholdId)>,
    /// Falls of the month by their entry, for the same reason.
    falls: BTreeSet<(Index, HouseholdId)>,
    /// The last visit of each card: a corrected one is taken out of its own month.
    visits: BTreeMap<HouseholdId, LastVisit>,
}

/// A card's last visit, as the state keeps it.
#[derive(Clone, Copy, Debug)]
struct LastVisit {
    entry: Index,
    day: Date,
    before: Option<Date>,
}

impl MonthFigure {
    /// From its name, as in `months.2016-05.exited`; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        let (month, part) = name.strip_prefix("months.")?.split_once('.')?;
        let (year, number) = month.split_once('-')?;
        let month = Month::from_yyyymm(year.parse::<u32>().ok()? * 100 + number.parse::<u32>().ok()?)?;
        let part = MonthPart::from_name(part)?;
        Some(Self { month, part }).filter(|figure| figure.to_string() == name)
    }
}

impl fmt::Display for MonthFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "months.{}.{}", self.month, self.part.name())
    }
}

impl MonthPart {
    /// Its count among those of a month.
    pub fn of(self, counts: &MonthCounts) -> i64 {
        match self {
            Self::Registered => counts.registered.into(),
            Self::Exited => counts.exited.into(),
            Self::FallenBack => counts.fallen_back.into(),
            Self::AidAmount => counts.aid.0,
            Self::Visits => counts.visits.into(),
        }
    }
}

impl Months {
    /// An explanation before the first entry.
    pub fn new(figure: MonthFigure) -> Self {
        Self {
            figure,
            contributions: Vec::new(),
            exits: BTreeSet::new(),
            falls: BTreeSet::new(),
            visits: BTreeMap::new(),
        }
    }

    /// Looks at the next admitted entry of the village.
    pub fn look_at(&mut self, entry: &Entry) {
        match &entry.events {
            Events::Households(events) => events.iter().for_each(|event| self.household_event(entry, event)),
            Events::Officials(events) => {
                let visits = events.iter().filter(|event| matches!(event.kind, OfficialKind::HouseholdVisited(_)));
                visits.for_each(|visit| self.visit(entry, visit));
            }
            Events::Aid(events) => {
                for event in events {
                    let amount = match &event.kind {
                        AidKind::AidDelivered(delivered) => delivered.amount.0,
                        AidKind::AidReversed(reversed) => -reversed.amount.0,
                        _ => continue,
                    };
                    self.add(MonthPart::AidAmount, entry, event.happened, event.household, amount);
                }
            }
        }
    }

    /// The contributions that the count is the sum of.
    pub fn contributions(self) -> Vec<Contribution> {
        self.contributions
    }

    fn household_event(&mut self, entry: &Entry, event: &HouseholdEvent) {
        let Some(id) = event.household else { return };
        match &event.kind {
            HouseholdKind::HouseholdRegistered(_) => {
                self.add(MonthPart::Registered, entry, event.happened, Some(id), 1);
            }
            HouseholdKind::HouseholdExited(_) if event.corrects.is_some() => {
                let fall = event.corrects.map(|earlier| (earlier.entry, id));
                if fall.is_some_and(|fall| self.falls.remove(&fall)) {
                    self.take_back(entry, id);
                }
            }
            HouseholdKind::HouseholdExited(_) => {
                let counted = self.add(MonthPart::Exited, entry, event.happened, Some(id), 1);
                self.exits.extend(counted.then_some((entry.index, id)));
            }
            HouseholdKind::HouseholdFellBack(fall) if fall.exit_in_error => {
                let exit = event.corrects.map(|earlier| (earlier.entry, id));
                if exit.is_some_and(|exit| self.exits.remove(&exit)) {
                    self.take_back(entry, id);
                }
            }
            HouseholdKind::HouseholdFellBack(_) => {
                let counted = self.add(MonthPart::FallenBack, entry, event.happened, Some(id), 1);
                self.falls.extend(counted.then_some((entry.index, id)));
            }
            _ => {}
        }
    }

    fn visit(&mut self, entry: &Entry, visit: &OfficialEvent) {
        let Some(id) = visit.household else { return };
        let mut last = self.visits.get(&id).copied();
        let wrong = last.filter(|last| visit.corrects.is_some_and(|earlier| earlier.entry == last.entry));
        if let Some(wrong) = wrong {
            if self.figure == (MonthFigure { month: wrong.day.month(), part: MonthPart::Visits }) {
                self.take_back(entry, id);
            }
            last = wrong.before.map(|day| LastVisit { day, before: None, ..wrong });
        }
        if last.is_none_or(|last| last.day <= visit.happened) {
            let before = last.map(|last| last.day);
            self.visits.insert(id, LastVisit { entry: entry.index, day: visit.happened, before });
        } else if let Some(last) = last {
            self.visits.insert(id, last);
        }
        self.add(MonthPart::Visits, entry, visit.happened, Some(id), 1);
    }

    fn take_back(&mut self, entry: &Entry, household: HouseholdId) {
        self.contributions.push(Contribution { amount: -1, entry: entry.index, household: Some(household) });
    }

    fn add(&mut self, part: MonthPart, entry: &Entry, day: Date, household: Option<HouseholdId>, amount: i64) -> bool {
        let counts = self.figure == MonthFigure { month: day.month(), part };
        if counts {
            self.contributions.push(Contribution { amount, entry: entry.index, household });
        }
        counts
    }
}
