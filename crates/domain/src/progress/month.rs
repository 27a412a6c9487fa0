//! What the counts of a month rest on. The state keeps a month's counts and not their entries, so whoever explains one
//! gives the village's entries again.

use super::Ground;
use crate::aid::AidKind;
use crate::date::{Date, Month};
use crate::household::{HouseholdEvent, HouseholdKind};
use crate::ids::{HouseholdId, Index};
use crate::official::OfficialKind;
use crate::submission::{Entry, Events};
use std::collections::BTreeSet;
use std::fmt;

/// A count of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFigure {
    /// The month.
    pub month: Month,
    /// What of it.
    pub part: MonthPart,
}

/// What is counted of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthPart {
    /// Households registered.
    Registered,
    /// Households that exited, without those whose exit was recorded in error.
    Exited,
    /// Households that fell back.
    FallenBack,
    /// Fen delivered, less what was taken back.
    AidAmount,
    /// Visits.
    Visits,
}

/// Explains a count of a month from a village's entries, given in order.
#[derive(Debug)]
pub struct Months {
    figure: MonthFigure,
    grounds: Vec<Ground>,
    /// Exits of the month by their entry: one recorded in error is taken out of its own month.
    exits: BTreeSet<(Index, HouseholdId)>,
}

impl MonthPart {
    /// Every part.
    pub const ALL: &'static [Self] = &[Self::Registered, Self::Exited, Self::FallenBack, Self::AidAmount, Self::Visits];

    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Exited => "exited",
            Self::FallenBack => "fallen_back",
            Self::AidAmount => "aid_amount",
            Self::Visits => "visits",
        }
    }
}

impl MonthFigure {
    /// From its name, as in `months.2016-05.exited`; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        let (month, part) = name.strip_prefix("months.")?.split_once('.')?;
        let (year, number) = month.split_once('-')?;
        let month = Month::from_yyyymm(year.parse::<u32>().ok()? * 100 + number.parse::<u32>().ok()?)?;
        let part = MonthPart::ALL.iter().copied().find(|known| known.name() == part)?;
        Some(Self { month, part }).filter(|figure| figure.to_string() == name)
    }
}

impl fmt::Display for MonthFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "months.{}.{}", self.month, self.part.name())
    }
}

impl Months {
    /// Before the first entry.
    pub fn new(figure: MonthFigure) -> Self {
        Self { figure, grounds: Vec::new(), exits: BTreeSet::new() }
    }

    /// Looks at the next admitted entry of the village.
    pub fn look_at(&mut self, entry: &Entry) {
        match &entry.submission.events {
            Events::Households(events) => events.iter().for_each(|event| self.household_event(entry, event)),
            Events::Officials(events) => {
                let visits = events.iter().filter(|event| matches!(event.kind, OfficialKind::HouseholdVisited(_)));
                for visit in visits {
                    self.add(MonthPart::Visits, entry, visit.happened, visit.household, 1);
                }
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

    /// What the count is the sum of.
    pub fn grounds(self) -> Vec<Ground> {
        self.grounds
    }

    fn household_event(&mut self, entry: &Entry, event: &HouseholdEvent) {
        let Some(id) = event.household else { return };
        match &event.kind {
            HouseholdKind::HouseholdRegistered(_) => {
                self.add(MonthPart::Registered, entry, event.happened, Some(id), 1);
            }
            HouseholdKind::HouseholdExited(_) => {
                if self.add(MonthPart::Exited, entry, event.happened, Some(id), 1) {
                    self.exits.insert((entry.index, id));
                }
            }
            HouseholdKind::HouseholdFellBack(fall) if fall.exit_in_error => {
                let exit = event.corrects.map(|earlier| (earlier.entry, id));
                if exit.is_some_and(|exit| self.exits.remove(&exit)) {
                    self.grounds.push(Ground { amount: -1, entry: entry.index, household: Some(id) });
                }
            }
            HouseholdKind::HouseholdFellBack(_) => {
                self.add(MonthPart::FallenBack, entry, event.happened, Some(id), 1);
            }
            _ => {}
        }
    }

    fn add(&mut self, part: MonthPart, entry: &Entry, day: Date, household: Option<HouseholdId>, amount: i64) -> bool {
        let counts = self.figure == MonthFigure { month: day.month(), part };
        if counts {
            self.grounds.push(Ground { amount, entry: entry.index, household });
        }
        counts
    }
}
