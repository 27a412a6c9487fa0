//! Incomes of many households, kept so that they can be summed exactly.

use crate::facts::money::Fen;

/// Income of the latest year for which an open card has an assessment. Only households assessed for that year count.
/// Every member of a household counts with the household's income per head.
///
/// A sum takes the latest year of all its parts. That is exact: a part whose own latest year is earlier has no
/// household assessed for the later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incomes {
    /// The year; `None` if no card has an assessment.
    pub year: Option<u16>,
    /// Households assessed for it.
    pub households: u64,
    /// Persons in them, as counted in the assessments.
    pub persons: u64,
    /// Of these, persons in households below the poverty line that holds for them. Households without a line are not
    /// counted.
    pub below_line: u64,
    /// Their net income.
    net: Fen,
    /// Incomes per head, each with the number of persons who have it, in order.
    heads: Vec<(Fen, u32)>,
}

impl Incomes {
    /// Net income per person, rounded down to the fen.
    pub fn mean(&self) -> Option<Fen> {
        let persons = i64::try_from(self.persons).ok().filter(|persons| *persons > 0)?;
        Some(Fen(self.net.0.div_euclid(persons)))
    }

    /// The median income per head: half of the persons have no more. Of two in the middle, the lower one.
    pub fn median(&self) -> Option<Fen> {
        let mut left = self.persons.div_ceil(2);
        for (income, persons) in &self.heads {
            if left <= u64::from(*persons) {
                return (left > 0).then_some(*income);
            }
            left -= u64::from(*persons);
        }
        None
    }

    /// Adds the incomes of other households.
    pub fn add(&mut self, other: &Self) {
        let own = std::mem::take(self);
        *self = Self::sum(&[&own, other]);
    }

    /// The incomes of all parts together.
    pub(super) fn sum(parts: &[&Self]) -> Self {
        let year = parts.iter().filter_map(|part| part.year).max();
        let mut total = Self { year, ..Self::default() };
        for part in parts.iter().filter(|part| part.year.is_some() && part.year == year) {
            total.households += part.households;
            total.persons += part.persons;
            total.below_line += part.below_line;
            total.net += part.net;
            total.heads.extend_from_slice(&part.heads);
        }
        total.settle();
        total
    }

    /// No incomes yet, of that year.
    pub(super) fn of(year: Option<u16>) -> Self {
        Self { year, ..Self::default() }
    }

    /// Counts one household; call [`Self::settle`] after the last.
    pub(super) fn push(&mut self, persons: u8, net: Fen, per_head: Fen, line: Option<Fen>) {
        self.households += 1;
        self.persons += u64::from(persons);
        self.net += net;
        self.heads.push((per_head, u32::from(persons)));
        if line.is_some_and(|line| per_head < line) {
            self.below_line += u64::from(persons);
        }
    }

    /// Sorts the incomes and joins equal ones, so that equal sums compare as equal in whatever order they were added.
    /// The sort finds the parts that are in order already and merges them.
    pub(super) fn settle(&mut self) {
        self.heads.sort();
        self.heads.dedup_by(|later, kept| {
            let equal = later.0 == kept.0;
            if equal {
                kept.1 += later.1;
            }
            equal
        });
    }
}
