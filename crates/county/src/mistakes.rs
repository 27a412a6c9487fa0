//! Records that are wrong at first, and when that is found. About one in ten cards of the country was found
//! wrong at the look-back; the same share is used here.

use super::clerk::Clerk;
use super::people::Person;
use super::plan::Target;
use lika_domain::date::Date;
use lika_proto::v1;
use std::collections::BTreeMap;

/// Last month of the history, in months since year 0.
const LAST_MONTH: u32 = 2020 * 12 + 11;

/// A correction to be made.
#[derive(Debug)]
pub(crate) struct Fix {
    /// Index of the household.
    pub home: usize,
    /// The wrong event.
    pub target: Target,
    /// The correction.
    pub right: Right,
}

/// Kinds of correction.
#[derive(Debug)]
pub(crate) enum Right {
    /// A person had been left out.
    Omitted(Box<Person>),
    /// The household should not have got a card.
    Deregistered,
    /// The true income.
    Income(Box<v1::IncomeAssessed>),
    /// The true conditions.
    Conditions(v1::LivingConditionsAssessed),
    /// The household had not left poverty.
    StillPoor,
    /// A delivery is reversed.
    Reversed {
        /// Its number.
        delivery: u32,
        /// Fen.
        amount: u64,
    },
}

/// Corrections by the month in which the error is found.
#[derive(Default)]
pub(crate) struct Fixes(BTreeMap<u32, Vec<Fix>>);

impl Fixes {
    /// Adds an error to be found between `earliest` and `latest` months from now. If that is after the end of the
    /// history, it is found in the last month, or never if this is the last month.
    pub(crate) fn add(&mut self, clerk: &mut Clerk, fix: Fix, earliest: u32, latest: u32) {
        let (now, after) = (month_of(clerk.today), clerk.dice.between(earliest, latest));
        let due = (now + after).min(LAST_MONTH);
        if due > now {
            self.0.entry(due).or_default().push(fix);
        }
    }

    /// Errors found this month.
    pub(crate) fn due(&mut self, today: Date) -> Vec<Fix> {
        self.0.remove(&month_of(today)).unwrap_or_default()
    }
}

fn month_of(day: Date) -> u32 {
    let (year, month, _) = day.ymd();
    year * 12 + month - 1
}
