//! Villages, and the exit of villages and of the county.

mod rules;

use crate::aid::{Allocation, Measure};
use crate::date::{Date, Month};
use crate::household::Household;
use crate::ids::{HouseholdId, Index, OfficialId};
use crate::kind::kinds;
use crate::money::Fen;
use crate::official::VillagePost;
use crate::procedure::Round;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

pub(crate) use rules::{
    apply_county_exited, apply_exited, apply_profile, apply_registered, check_county_exited, check_exited,
    check_profile, check_registered,
};

/// Longest name of a village, project, unit, post or device, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// Most rural persons a village may state.
pub const RURAL_PERSONS_MAX: u32 = 1_000_000;
/// A county exits when fewer than so many of 10,000 households sampled had exited wrongly, and fewer had been missed
/// (2016 rules on exit: below two percent each).
pub const COUNTY_ERRORS_BELOW: u32 = 200;
/// A county exits when more than so many of 10,000 asked are satisfied (2016 rules on exit: above ninety percent).
pub const COUNTY_SATISFACTION_ABOVE: u32 = 9_000;

/// A village enters the log; its code is the submission's area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageRegistered {
    /// Name.
    pub name: Box<str>,
    /// On the list of poor villages.
    pub poor: bool,
    /// Rural registered households.
    pub rural_households: u32,
    /// Rural registered persons.
    pub rural_persons: u32,
}

/// A village's facts as they stand from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageProfileUpdated {
    /// Rural registered households.
    pub rural_households: u32,
    /// Rural registered persons.
    pub rural_persons: u32,
    /// Income of the village collective in the year.
    pub collective_income: Fen,
    /// Infrastructure and services there are.
    pub services: Vec<Service>,
}

/// The village leaves the list of poor villages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageExited {
    /// Poor persons counted.
    pub poor_persons: u32,
    /// Rural registered persons counted.
    pub rural_persons: u32,
}

/// The county leaves the list of poor counties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountyExited {
    /// Poor persons counted.
    pub poor_persons: u32,
    /// Rural registered persons counted.
    pub rural_persons: u32,
    /// Wrong exits per 10,000 households sampled.
    pub wrong_exit: u32,
    /// Missed households per 10,000 sampled.
    pub missed: u32,
    /// Satisfied per 10,000 asked.
    pub satisfaction: u32,
}

/// A village and everything in it: the unit of consistency.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Village {
    /// What is known of the village itself.
    pub head: VillageHead,
    /// Its cards, closed ones included.
    pub households: BTreeMap<HouseholdId, Household>,
    /// Money set aside for it, by number.
    pub allocations: BTreeMap<u64, Allocation>,
    /// Measures planned in it, by number.
    pub measures: BTreeMap<u64, Measure>,
    /// What happened in each month.
    pub months: BTreeMap<Month, MonthCounts>,
}

/// What is known of the village itself.
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
    /// Entry by which it did.
    pub exited_in: Option<Index>,
    /// Its exit procedures, in the order in which they began.
    pub rounds: Vec<Round>,
    /// Identification of households that have no card yet, or never got one.
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
    /// Who.
    pub official: OfficialId,
    /// As what.
    pub post: VillagePost,
    /// First day.
    pub from: Date,
    /// Last day foreseen.
    pub until: Option<Date>,
    /// Entry that recorded it.
    pub entry: Index,
}

/// What happened in a village in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MonthCounts {
    /// Households registered.
    pub registered: u32,
    /// Households that exited.
    pub exited: u32,
    /// Households that fell back.
    pub fallen_back: u32,
    /// Aid delivered, less what was reversed.
    pub aid: Fen,
    /// Visits.
    pub visits: u32,
}

kinds! {
    /// Infrastructure and services of a village.
    Service {
        /// Hardened road.
        Road = 1 "road" "道路",
        /// Safe drinking water.
        Water = 2 "water" "饮水",
        /// Electricity for production.
        Electricity = 3 "electricity" "用电",
        /// Clinic.
        Clinic = 4 "clinic" "卫生室",
        /// Broadband.
        Broadband = 5 "broadband" "宽带",
        /// School or kindergarten.
        School = 6 "school" "学校",
        /// Place for culture and meetings.
        Culture = 7 "culture" "文化场所",
    }
}
