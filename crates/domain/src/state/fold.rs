//! The state: a fold of the log with everything that the rules need. It is kept by village, the unit of consistency,
//! next to the records of the whole jurisdiction.

use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::ids::{HouseholdId, Index, KeyId, OfficialId, PersonId, SubmissionId, Tag};
use crate::facts::official::Mode;
use crate::state::aid::Release;
use crate::state::official::{Key, Official};
use crate::state::policy::Policy;
use crate::state::round::Round;
use crate::state::village::Village;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;

/// The state after some number of entries. Its borsh encoding is canonical: equal states have equal bytes, and the
/// state digest is the SHA-256 of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct State {
    /// How many entries were applied, void ones included.
    pub applied: u64,
    /// Entries that changed nothing because the rules refused them.
    pub voids: Vec<Index>,
    /// The jurisdiction opened by entry 0.
    pub jurisdiction: Option<Jurisdiction>,
    /// Officials by number.
    pub officials: BTreeMap<OfficialId, Official>,
    /// Keys, revoked ones included.
    pub keys: BTreeMap<KeyId, Key>,
    /// Parameters.
    pub policy: Policy,
    /// The entry of each submission.
    pub submissions: BTreeMap<SubmissionId, Index>,
    /// Village of every household ever registered.
    pub homes: BTreeMap<HouseholdId, Area>,
    /// Present and former holders of a citizen ID, by its keyed hash.
    pub tags: BTreeMap<Tag, Vec<Holding>>,
    /// Money that reached the county, by number.
    pub releases: BTreeMap<u64, Release>,
    /// Villages by code.
    pub villages: BTreeMap<Area, Village>,
}

/// The jurisdiction opened by entry 0.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Jurisdiction {
    /// Name of the log.
    pub origin: Box<str>,
    /// Area it covers.
    pub area: Area,
    /// Name of the area.
    pub name: Box<str>,
    /// Production or testing.
    pub mode: Mode,
    /// When the county left the list of poor counties.
    pub exited: Option<Date>,
    /// Its exit procedures, in the order in which they began.
    pub rounds: Vec<Round>,
}

/// A present or former holder of a citizen ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Holding {
    /// The person.
    pub person: PersonId,
    /// Entry that registered it.
    pub since: Index,
    /// Entry by which it was given up.
    pub until: Option<Index>,
}
