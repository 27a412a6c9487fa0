//! Which entries concern a card or an official, so that every figure drills down to what was signed.
//!
//! A batch writes one row for each of them, named by the first of its entries: nothing is read to be appended to, and a
//! burst of entries about the same card costs one row.

use crate::error::ViewError;
use crate::keys::{Key, Kind};
use crate::rows::Rows;
use lika_domain::household::{HouseholdEvent, HouseholdKind, Subject};
use lika_domain::ids::Index;
use lika_domain::official::{OfficialEvent, OfficialKind};
use lika_domain::submission::{Entry, Events};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that no batch holds yet.
#[derive(Default)]
pub(crate) struct Trail(BTreeMap<Subject, Vec<Index>>);

impl Trail {
    /// Notes an entry with all whom it concerns.
    pub(crate) fn note(&mut self, entry: &Entry) {
        for subject in concerned(entry) {
            self.0.entry(subject).or_default().push(entry.index);
        }
    }

    /// The rows of a batch.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Key, Vec<u8>)> {
        self.0.iter().filter_map(|(subject, indexes)| {
            let (first, rest) = indexes.split_first()?;
            Some((key(*subject, *first), encode(*first, rest)))
        })
    }

    /// Forgets what a batch now holds.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The last entries that concern a subject, at most so many, in order.
    pub(crate) fn last(&self, rows: &Rows, subject: Subject, max: usize) -> Result<Vec<Index>, ViewError> {
        let mut found: Vec<Index> = self.0.get(&subject).into_iter().flatten().rev().copied().collect();
        let prefix = match subject {
            Subject::Household(id) => Kind::HouseholdTrail.prefix(&id),
            Subject::Official(id) => Kind::OfficialTrail.prefix(&id),
        };
        let mut older = rows.scan(&prefix).rev();
        while found.len() < max {
            let Some(row) = older.next() else { break };
            let (key, value) = row?;
            if let Key::HouseholdTrail(_, first) | Key::OfficialTrail(_, first) = key {
                found.extend(decode(first, &value).rev());
            }
        }
        found.truncate(max);
        found.reverse();
        Ok(found)
    }
}

/// Whom an entry concerns: the cards and officials that its events name, and who signed it.
fn concerned(entry: &Entry) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::from([Subject::Official(entry.submission.author)]);
    match &entry.submission.events {
        Events::Aid(events) => {
            subjects.extend(events.iter().filter_map(|event| event.household).map(Subject::Household));
        }
        Events::Households(events) => events.iter().for_each(|event| subjects.extend(of_household(event))),
        Events::Officials(events) => events.iter().for_each(|event| subjects.extend(of_official(event))),
    }
    subjects
}

fn of_household(event: &HouseholdEvent) -> impl Iterator<Item = Subject> {
    let named = match &event.kind {
        HouseholdKind::HouseholdDeregistered(closed) => closed.merged_into.map(Subject::Household),
        HouseholdKind::PersonalDataErased(erased) => Some(erased.subject),
        _ => None,
    };
    event.household.map(Subject::Household).into_iter().chain(named)
}

fn of_official(event: &OfficialEvent) -> impl Iterator<Item = Subject> {
    let companions = match &event.kind {
        OfficialKind::HouseholdVisited(visit) => visit.companions.as_slice(),
        _ => &[],
    };
    let officials = std::iter::once(&event.official).chain(companions).map(|id| Subject::Official(*id));
    event.household.map(Subject::Household).into_iter().chain(officials)
}

fn key(subject: Subject, first: Index) -> Key {
    match subject {
        Subject::Household(id) => Key::HouseholdTrail(id, first),
        Subject::Official(id) => Key::OfficialTrail(id, first),
    }
}

/// The value of a row: how far each further entry lies behind the first, 4 bytes each. A batch never spans 2^32 entries.
fn encode(first: Index, rest: &[Index]) -> Vec<u8> {
    rest.iter().flat_map(|index| u32::try_from(index - first).unwrap_or(u32::MAX).to_le_bytes()).collect()
}

fn decode(first: Index, value: &[u8]) -> impl DoubleEndedIterator<Item = Index> + '_ {
    let rest = value
        .chunks_exact(4)
        .map(move |offset| first + u64::from(u32::from_le_bytes([offset[0], offset[1], offset[2], offset[3]])));
    std::iter::once(first).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::ids::OfficialId;

    #[test]
    fn the_last_entries_come_from_batches_and_from_memory() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::open(folder.path()).unwrap();
        let me = Subject::Official(OfficialId::new(10_000_001).unwrap());
        let other = Subject::Official(OfficialId::new(10_000_002).unwrap());
        let mut trail = Trail::default();
        for batch in [vec![1, 4, 5], vec![300], vec![70_000, 5_000_000_000 - 4_900_000_000]] {
            trail.0.insert(me, batch);
            trail.0.insert(other, vec![2]);
            let mut batch = sled::Batch::default();
            trail.rows().for_each(|(key, value)| batch.insert(key.encode(), value));
            rows.write(batch).unwrap();
            trail.clear();
        }
        trail.0.insert(me, vec![100_000_001, 100_000_002]);
        let all = trail.last(&rows, me, 100).unwrap();
        assert_eq!(all, [1, 4, 5, 300, 70_000, 100_000_000, 100_000_001, 100_000_002]);
        assert_eq!(trail.last(&rows, me, 4).unwrap(), all[4..]);
        assert!(trail.last(&rows, me, 0).unwrap().is_empty());
        assert_eq!(trail.last(&rows, other, 9).unwrap(), [2]);
    }
}
