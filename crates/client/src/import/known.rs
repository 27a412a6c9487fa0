//! What was imported from this folder before: which rows wait or are recorded, and under which numbers.
//!
//! The folder keeps keyed hashes only, so that nobody who sees its plans learns what they are about.

use crate::home::{Home, HomeError, ImportPlan, PlannedItem};
use crate::random::{Random, RandomError};
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, SubmissionId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A keyed hash.
pub(super) type Hash = [u8; 16];

/// What was imported before.
pub struct Known {
    secret: [u8; 32],
    items: BTreeMap<Hash, Sent>,
    people: BTreeMap<Hash, HouseholdId>,
}

/// An event that was imported before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) content: Hash,
    pub(super) submission: SubmissionId,
    pub(super) household: Option<HouseholdId>,
    /// Its receipt is here; else it waits.
    pub(super) is_recorded: bool,
}

/// Why it could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// The folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// No randomness for the secret.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Known {
    /// Reads it from the folder. Submissions that were refused or given up do not count: their rows may be sent again.
    ///
    /// # Errors
    /// If the folder cannot be read, or its secret not be written.
    pub fn load(home: &Home) -> Result<Self, KnownError> {
        let secret = match home.import_secret()? {
            Some(secret) => secret,
            None => home.keep_import_secret(Random::system().bytes()?)?,
        };
        let mut known = Self { secret, items: BTreeMap::new(), people: BTreeMap::new() };
        for ImportPlan { submissions } in home.import_plans()? {
            for (submission, items) in submissions {
                let Some(is_recorded) = home.is_recorded(submission)? else { continue };
                for item in items {
                    known.add(&item, submission, is_recorded);
                }
            }
        }
        Ok(known)
    }

    fn add(&mut self, item: &PlannedItem, submission: SubmissionId, is_recorded: bool) {
        let household = item.household.and_then(HouseholdId::new);
        let sent = Sent { content: item.content, submission, household, is_recorded };
        self.items.insert(item.key, sent);
        let people = item.people.iter().copied();
        self.people.extend(household.into_iter().flat_map(|household| people.clone().map(move |p| (p, household))));
    }

    /// The event that was imported of the same thing.
    pub(super) fn sent(&self, key: &Hash) -> Option<&Sent> {
        self.items.get(key)
    }

    /// The household that a person was registered in from here.
    pub(super) fn person(&self, person: &Hash) -> Option<HouseholdId> {
        self.people.get(person).copied()
    }

    /// The number of a household that was imported under that name in that village.
    pub(super) fn household(&self, village: Area, label: &str) -> Option<HouseholdId> {
        self.items.get(&self.household_key(village, label)).and_then(|sent| sent.household)
    }

    /// What a registration is about.
    pub(super) fn household_key(&self, village: Area, label: &str) -> Hash {
        self.hash(&["household", &village.to_string(), label])
    }

    /// A keyed hash of some texts.
    pub(super) fn hash(&self, texts: &[&str]) -> Hash {
        let mut hash = Sha256::new_with_prefix(self.secret);
        for text in texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        let mut short = Hash::default();
        short.copy_from_slice(&hash.finalize()[..16]);
        short
    }
}
