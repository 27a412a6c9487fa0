//! The entries that concern each card and each official, so that every figure leads to signed submissions.
//!
//! A batch writes a row for each village and each official that its entries concern, named by the first of them. So no
//! row is read in order to append to it, and a busy village costs one row and not one for each card.

use crate::error::ViewError;
use crate::keys::{Key, Kind};
use crate::rows::Rows;
use lika_domain::area::Area;
use lika_domain::household::{HouseholdEvent, HouseholdKind, Subject};
use lika_domain::ids::{HouseholdId, Index, OfficialId};
use lika_domain::official::{OfficialEvent, OfficialKind};
use lika_domain::submission::{Entry, Events};
use std::collections::{BTreeMap, BTreeSet};

/// Marks in one row: about 24 kB, well under what sled would put into a file of its own.
const MARKS_PER_ROW: usize = 2_048;
/// An entry, as its distance from the first of its row, and the card or official that it concerns.
const MARK_BYTES: usize = 4 + 8;

/// Entries that no batch holds yet.
#[derive(Default)]
pub(crate) struct Trail {
    villages: BTreeMap<Area, Vec<Mark>>,
    officials: BTreeMap<OfficialId, Vec<Mark>>,
}

/// An entry and the number of the card or official that it concerns.
type Mark = (Index, u64);

impl Trail {
    /// Notes an entry with all cards and officials that it concerns. Its cards belong to the village that it is about.
    pub(crate) fn note(&mut self, entry: &Entry) {
        for subject in concerned(entry) {
            let (marks, number) = match subject {
                Subject::Household(id) => (self.villages.entry(entry.submission.area).or_default(), id.get()),
                Subject::Official(id) => (self.officials.entry(id).or_default(), u64::from(id.get())),
            };
            marks.push((entry.index, number));
        }
    }

    /// The rows of a batch.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Key, Vec<u8>)> {
        let villages = self
            .villages
            .iter()
            .flat_map(|(area, marks)| encode(marks).map(|(first, row)| (Key::VillageTrail(*area, first), row)));
        let officials = self
            .officials
            .iter()
            .flat_map(|(id, marks)| encode(marks).map(|(first, row)| (Key::OfficialTrail(*id, first), row)));
        villages.chain(officials)
    }

    /// Forgets the entries that a batch now holds.
    pub(crate) fn clear(&mut self) {
        self.villages.clear();
        self.officials.clear();
    }

    /// The last entries that concern a card of a village, at most so many, in order.
    pub(crate) fn of_household(
        &self,
        rows: &Rows,
        area: Area,
        id: HouseholdId,
        max: usize,
    ) -> Result<Vec<Index>, ViewError> {
        last(self.villages.get(&area), rows, &Kind::VillageTrail.prefix(&area), id.get(), max)
    }

    /// The last entries that concern an official, at most so many, in order.
    pub(crate) fn of_official(&self, rows: &Rows, id: OfficialId, max: usize) -> Result<Vec<Index>, ViewError> {
        last(self.officials.get(&id), rows, &Kind::OfficialTrail.prefix(&id), u64::from(id.get()), max)
    }
}

fn last(
    unwritten: Option<&Vec<Mark>>,
    rows: &Rows,
    prefix: &[u8],
    number: u64,
    max: usize,
) -> Result<Vec<Index>, ViewError> {
    let wanted = |mark: Mark| (mark.1 == number).then_some(mark.0);
    let mut found: Vec<Index> = unwritten.into_iter().flatten().rev().copied().filter_map(wanted).collect();
    let mut older = rows.scan(prefix).rev();
    while found.len() < max {
        let Some(row) = older.next() else { break };
        let (key, value) = row?;
        if let Key::VillageTrail(_, first) | Key::OfficialTrail(_, first) = key {
            found.extend(decode(first, &value).rev().filter_map(wanted));
        }
    }
    found.truncate(max);
    found.reverse();
    Ok(found)
}

/// The cards and officials that an entry concerns: those that its events name, and its author.
fn concerned(entry: &Entry) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::from([Subject::Official(entry.submission.author)]);
    match &entry.events {
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

/// Marks as rows, each with its first entry. Two rows of a batch may begin with the same entry only if that entry
/// concerns more than fits into one; [`EVENTS_MAX`](lika_domain::submission::EVENTS_MAX) keeps that from happening.
fn encode(marks: &[Mark]) -> impl Iterator<Item = (Index, Vec<u8>)> {
    marks.chunks(MARKS_PER_ROW).filter_map(|row| {
        let (first, _) = *row.first()?;
        let mut bytes = Vec::with_capacity(row.len() * MARK_BYTES);
        for (index, number) in row {
            // A batch never spans 2^32 entries.
            bytes.extend_from_slice(&u32::try_from(index - first).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        Some((first, bytes))
    })
}

fn decode(first: Index, row: &[u8]) -> impl DoubleEndedIterator<Item = Mark> + '_ {
    row.as_chunks::<MARK_BYTES>().0.iter().map(move |[a, b, c, d, number @ ..]| {
        (first + u64::from(u32::from_be_bytes([*a, *b, *c, *d])), u64::from_be_bytes(*number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(trail: &mut Trail, rows: &Rows) {
        let mut batch = sled::Batch::default();
        trail.rows().for_each(|(key, value)| batch.insert(key.encode(), value));
        rows.write(batch).unwrap();
        trail.clear();
    }

    #[test]
    fn the_last_entries_come_from_batches_and_from_memory() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::open(folder.path()).unwrap();
        let area: Area = "130624100200".parse().unwrap();
        let (one, other) = (HouseholdId::new(1_000_000_001).unwrap(), HouseholdId::new(1_000_000_002).unwrap());
        let mut trail = Trail::default();
        for entries in [vec![1, 4, 5], vec![300], vec![70_000, 100_000_000]] {
            let marks = entries.iter().flat_map(|index| [(*index, one.get()), (*index, 7)]);
            trail.villages.insert(area, marks.collect());
            write(&mut trail, &rows);
        }
        trail
            .villages
            .insert(area, vec![(100_000_001, one.get()), (100_000_001, other.get()), (100_000_002, one.get())]);
        let all = trail.of_household(&rows, area, one, 100).unwrap();
        assert_eq!(all, [1, 4, 5, 300, 70_000, 100_000_000, 100_000_001, 100_000_002]);
        assert_eq!(trail.of_household(&rows, area, one, 4).unwrap(), all[4..]);
        assert!(trail.of_household(&rows, area, one, 0).unwrap().is_empty());
        assert_eq!(trail.of_household(&rows, area, other, 9).unwrap(), [100_000_001]);
    }

    #[test]
    fn a_busy_batch_takes_several_rows() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::open(folder.path()).unwrap();
        let id = OfficialId::new(10_000_001).unwrap();
        let entries: Vec<Index> = (0..10_000).map(|n| n * 3).collect();
        let mut trail = Trail::default();
        let marks = entries.iter().map(|index| (*index, u64::from(id.get())));
        trail.officials.insert(id, marks.collect());
        assert_eq!(trail.rows().count(), 5);
        write(&mut trail, &rows);
        assert_eq!(trail.of_official(&rows, id, 20_000).unwrap(), entries);
    }
}
