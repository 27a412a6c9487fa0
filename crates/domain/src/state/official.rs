//! Officials, their keys and their caseloads, as the state keeps them.

use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::header::EntryHeader;
use crate::facts::ids::{HouseholdId, Index, KeyId, OfficialId};
use crate::facts::official::{Capacity, Role};
use borsh::{BorshDeserialize, BorshSerialize};

/// An official as the state knows them.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Official {
    /// Entry that enrolled them.
    pub since: Index,
    /// Roles and areas with the entry of each; the last is in force; `None` means that the role was withdrawn.
    pub roles: Vec<(Index, Option<(Role, Area)>)>,
    /// Unit.
    pub unit: Box<str>,
    /// Post.
    pub post: Box<str>,
    /// Keys.
    pub keys: Vec<KeyId>,
    /// Households they answer or answered for, in order of recording.
    pub caseload: Vec<Charge>,
    /// Visits they made, companions not counted.
    pub visits: u32,
    /// Number of the data key the personal data is sealed under.
    pub sealed: Option<u32>,
    /// Their personal data was erased.
    pub erased: bool,
}

/// A household an official answers or answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Charge {
    /// The household.
    pub household: HouseholdId,
    /// Its village.
    pub village: Area,
    /// In which capacity.
    pub capacity: Capacity,
    /// First day.
    pub from: Date,
    /// Entry that began it.
    pub since: Index,
    /// Entry that ended it.
    pub until: Option<Index>,
}

/// A responsible official, as the card shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Assignment {
    /// The official.
    pub official: OfficialId,
    /// In which capacity.
    pub capacity: Capacity,
    /// First day.
    pub from: Date,
    /// Entry that began it.
    pub entry: Index,
}

/// A signing key as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Key {
    /// The official it belongs to.
    pub official: OfficialId,
    /// The Ed25519 public key.
    pub bytes: [u8; 32],
    /// Entry that enrolled it.
    pub since: Index,
    /// Entry that revoked it.
    pub until: Option<Index>,
    /// Number of its last submission; 0 before the first.
    pub sequence: u64,
    /// SHA-256 of its last submission.
    pub previous: Option<[u8; 32]>,
}

impl Official {
    /// Households they answer for now.
    pub fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.caseload.iter().filter(|charge| charge.until.is_none())
    }

    /// Households they answered for as the recorder of `entry` knew it.
    pub fn charges_seen_by(&self, entry: &EntryHeader) -> impl Iterator<Item = &Charge> {
        self.caseload.iter().filter(|charge| entry.sees(charge.since) && !charge.until.is_some_and(|u| entry.sees(u)))
    }
}
