//! Villages, as the state keeps them.

use crate::facts::date::{Date, Month};
use crate::facts::ids::{HouseholdId, Index, OfficialId};
use crate::facts::money::Fen;
use crate::facts::official::VillagePost;
use crate::facts::village::Service;
use crate::state::aid::{Allocation, Measure};
use crate::state::household::Household;
use crate::state::round::Round;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

/// A village and everything in it: the unit of consistency.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Village {
    /// Facts of the village itself.
    pub head: VillageHead,
    /// Its cards, closed ones included.
    pub households: BTreeMap<HouseholdId, Household>,
    /// Money set aside for it, by number.
    pub allocations: BTreeMap<u64, Allocation>,
    /// Measures planned in it, by number.
    pub measures: BTreeMap<u64, Measure>,
    /// Counts of each month.
    pub months: BTreeMap<Month, MonthCounts>,
}

/// Facts of the village itself.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct VillageHead {
    /// Name.
    pub name: Box<str>,
    /// On the list of poor villages.
    pub poor: bool,
    /// When it was registered.
    pub registered: Date,
    /// Entry that registered it.
    pub registered_in: Index,
    /// Rural registered households.
    pub rural_households: u32,
    /// Rural registered persons.
    pub rural_persons: u32,
    /// Income of the village collective as last stated.
    pub collective_income: Fen,
    /// Infrastructure and services as last stated.
    pub services: Vec<Service>,
    /// When it left the list of poor villages.
    pub exited: Option<Date>,
    /// Entry that recorded the exit.
    pub exited_in: Option<Index>,
    /// Its exit procedures, in the order in which they began.
    pub rounds: Vec<Round>,
    /// Rounds of identification for households that have no card yet, or never got one.
    pub candidates: BTreeMap<HouseholdId, Vec<Round>>,
    /// Officials posted to it.
    pub postings: Vec<Posting>,
    /// When its last entry was recorded, in milliseconds since 1970-01-01 UTC.
    pub recorded_at: u64,
    /// Index of its last entry.
    pub last: Index,
}

/// An official posted to a village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Posting {
    /// The official.
    pub official: OfficialId,
    /// Their post.
    pub post: VillagePost,
    /// First day.
    pub from: Date,
    /// Last day foreseen.
    pub until: Option<Date>,
    /// Entry that recorded it.
    pub entry: Index,
}

/// Counts of a village in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MonthCounts {
    /// Households registered.
    pub registered: u32,
    /// Households that exited.
    pub exited: u32,
    /// Households that fell back.
    pub fallen_back: u32,
    /// Aid delivered, less reversals.
    pub aid: Fen,
    /// Visits.
    pub visits: u32,
}

impl Village {
    /// A village without cards.
    pub fn new(head: VillageHead) -> Self {
        Self {
            head,
            households: BTreeMap::new(),
            allocations: BTreeMap::new(),
            measures: BTreeMap::new(),
            months: BTreeMap::new(),
        }
    }
}
