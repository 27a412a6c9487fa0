//! Money and aid, as the state keeps them.

use crate::facts::aid::{FundsSource, MeasureGroup};
use crate::facts::date::Date;
use crate::facts::header::EntryHeader;
use crate::facts::ids::{HouseholdId, Index};
use crate::facts::money::Fen;
use borsh::{BorshDeserialize, BorshSerialize};

/// A release as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Release {
    /// Source of the funds.
    pub source: FundsSource,
    /// How much.
    pub amount: Fen,
    /// When it reached the county.
    pub happened: Date,
    /// Entry that recorded it.
    pub since: Index,
    /// Previous amounts, each with the entry that corrected it, in order.
    pub put_right: Vec<(Index, Fen)>,
    /// Amounts allocated from it, with their entries; negative for corrections downwards.
    pub allocated: Vec<(Index, Fen)>,
}

/// An allocation as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Allocation {
    /// Release that it is taken from.
    pub release: u64,
    /// How much.
    pub amount: Fen,
    /// Group of measures it is for.
    pub group: MeasureGroup,
    /// When.
    pub happened: Date,
    /// Entry that set it aside.
    pub entry: Index,
    /// Amount delivered from it, less reversals.
    pub delivered: Fen,
}

/// A planned measure as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Measure {
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Household it is for; `None` for the village.
    pub household: Option<HouseholdId>,
    /// Planned amount.
    pub amount: Fen,
    /// Planned last day.
    pub until: Option<Date>,
    /// Entry that planned it.
    pub entry: Index,
}

/// A delivery as the card shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Delivery {
    /// Its number in the household.
    pub number: u32,
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Allocation that paid for it.
    pub allocation: Option<u64>,
    /// How much.
    pub amount: Fen,
    /// When.
    pub happened: Date,
    /// When the household confirmed it.
    pub acknowledged: Option<Date>,
    /// Amount reversed.
    pub reversed: Fen,
    /// Entry that recorded it.
    pub entry: Index,
}

impl Release {
    /// Entries that state its amount; the last one is in force.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Index> + '_ {
        std::iter::once(self.since).chain(self.put_right.iter().map(|(entry, _)| *entry))
    }

    /// Its amount as the recorder of `entry` knew it.
    pub fn amount_as_seen_by(&self, entry: &EntryHeader) -> Fen {
        let unseen = self.put_right.iter().find(|(since, _)| !entry.sees(*since));
        unseen.map_or(self.amount, |(_, before)| *before)
    }

    /// Amount allocated from it, as far as the recorder of `entry` knew.
    pub fn allocated_as_seen_by(&self, entry: &EntryHeader) -> Fen {
        let seen = |(since, _): &&(Index, Fen)| entry.sees(*since);
        self.allocated.iter().filter(seen).map(|(_, amount)| *amount).sum()
    }
}
