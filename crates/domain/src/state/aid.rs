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
    /// Where it comes from.
    pub source: FundsSource,
    /// How much.
    pub amount: Fen,
    /// When it reached the county.
    pub happened: Date,
    /// Entry that recorded it.
    pub since: Index,
    /// The amount before each entry that put it right, in order.
    pub put_right: Vec<(Index, Fen)>,
    /// What was set aside from it, with the entry that did so; less than nothing where that was put right.
    pub allocated: Vec<(Index, Fen)>,
}

/// An allocation as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Allocation {
    /// Release it is taken from.
    pub release: u64,
    /// How much.
    pub amount: Fen,
    /// What for.
    pub group: MeasureGroup,
    /// When.
    pub happened: Date,
    /// Entry that set it aside.
    pub entry: Index,
    /// How much was delivered from it, less what was reversed.
    pub delivered: Fen,
}

/// A planned measure as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Measure {
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Household it is for; `None` the village.
    pub household: Option<HouseholdId>,
    /// How much is foreseen.
    pub amount: Fen,
    /// Last day foreseen.
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
    /// How much was taken back.
    pub reversed: Fen,
    /// Entry that recorded it.
    pub entry: Index,
}

impl Release {
    /// Entries that state its amount, the last one in force last.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Index> + '_ {
        std::iter::once(self.since).chain(self.put_right.iter().map(|(entry, _)| *entry))
    }

    /// Its amount as the recorder of `entry` knew it.
    pub fn amount_as_seen_by(&self, entry: &EntryHeader) -> Fen {
        let unseen = self.put_right.iter().find(|(since, _)| !entry.sees(*since));
        unseen.map_or(self.amount, |(_, before)| *before)
    }

    /// What was set aside from it as the recorder of `entry` knew it.
    pub fn allocated_as_seen_by(&self, entry: &EntryHeader) -> Fen {
        let seen = |(since, _): &&(Index, Fen)| entry.sees(*since);
        self.allocated.iter().filter(seen).map(|(_, amount)| *amount).sum()
    }
}
