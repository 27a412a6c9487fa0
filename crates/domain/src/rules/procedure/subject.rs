//! The subject of a procedure, and its rounds.

use crate::facts::header::EntryHeader;
use crate::facts::ids::HouseholdId;
use crate::state::round::Round;
use crate::state::store::Store;

/// The subject of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A card, or a household that is to get one.
    Household(HouseholdId),
    /// The village of the submission.
    Village,
    /// The county.
    County,
}

impl Subject {
    /// Its rounds; none if it does not exist.
    pub(crate) fn rounds<'s>(self, store: &'s impl Store, entry: &EntryHeader) -> &'s [Round] {
        let area = entry.submission.area;
        let rounds = match self {
            Self::Household(id) => match store.household(area, id) {
                Some(card) => Some(&card.rounds),
                None => store.village(area).and_then(|village| village.candidates.get(&id)),
            },
            Self::Village => store.village(area).map(|village| &village.rounds),
            Self::County => store.jurisdiction().map(|jurisdiction| &jurisdiction.rounds),
        };
        rounds.map_or(&[], Vec::as_slice)
    }

    /// Changes its rounds; does nothing if it does not exist. A household without a card becomes a candidate.
    pub(crate) fn change(self, store: &mut impl Store, entry: &EntryHeader, change: impl FnOnce(&mut Vec<Round>)) {
        let area = entry.submission.area;
        match self {
            Self::Household(id) => {
                if store.household(area, id).is_some() {
                    if let Some(card) = store.household_mut(area, id) {
                        change(&mut card.rounds);
                    }
                } else if let Some(village) = store.village_mut(area) {
                    change(village.candidates.entry(id).or_default());
                }
            }
            Self::Village => {
                if let Some(village) = store.village_mut(area) {
                    change(&mut village.rounds);
                }
            }
            Self::County => {
                if let Some(mut jurisdiction) = store.jurisdiction().cloned() {
                    change(&mut jurisdiction.rounds);
                    store.set_jurisdiction(jurisdiction);
                }
            }
        }
    }
}
