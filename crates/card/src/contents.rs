//! What is on a card.

use lika_domain::area::Area;
use lika_domain::ids::HouseholdId;

/// What is booked in the name of a household. Days are texts such as `2017-06-01`, names of choices are those of the
/// documents, amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Name of the log.
    pub origin: String,
    /// The household.
    pub household: HouseholdId,
    /// Name of its head, if it could be opened.
    pub head: Option<String>,
    /// Its village.
    pub village: Area,
    /// Name of the village.
    pub village_name: Option<String>,
    /// Number of members.
    pub persons: usize,
    /// Name of its status.
    pub status: String,
    /// Since when.
    pub since: String,
    /// Officials who answer for it.
    pub officials: Vec<Responsible>,
    /// Aid, in order of recording.
    pub aid: Vec<Booked>,
    /// What it should get by its facts.
    pub due: Vec<Due>,
    /// Entries of the log that the card was made from, counted from its first.
    pub entries: u64,
    /// The day on which it was made.
    pub made: String,
    /// Where else to object: words of the county, such as a telephone number.
    pub contact: Option<String>,
}

/// An official who answers for a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// Official number.
    pub official: String,
    /// Name of the capacity.
    pub capacity: String,
    /// Full name, if it could be opened.
    pub name: Option<String>,
    /// Phone, if it could be opened.
    pub phone: Option<String>,
}

/// Aid that was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Name of the group of measures.
    pub measure: String,
    /// Amount.
    pub amount: i64,
    /// Part of it that was taken back.
    pub reversed: i64,
    /// The day it reached the household.
    pub happened: String,
    /// The day on which the household confirmed it.
    pub acknowledged: Option<String>,
    /// Entry that recorded it.
    pub entry: u64,
}

/// Something that a household should get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Name of the entitlement.
    pub entitlement: String,
    /// The day on which it last got it; `None` if it is missing.
    pub received: Option<String>,
}
