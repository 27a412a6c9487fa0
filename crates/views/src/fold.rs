//! The working set of a view: the fold of the entries applied so far, of which only the part in use is in memory.
//!
//! Officials, keys, policy and releases are always there. Villages are loaded from the store when an entry or a reader
//! needs them; when there are too many, those unchanged for longest are dropped from memory. Submissions, tags and
//! homes are needed by single entries only and are dropped with every batch. So memory grows with the villages in use
//! and not with the log, except for a few dozen bytes per village.

mod tracked;

use crate::error::ViewError;
use crate::keys::{FORMAT, Key, Kind};
use crate::rows::{Binding, LogIdentity, Rows};
use crate::trail::Trail;
use borsh::{BorshDeserialize, BorshSerialize};
use lika_domain::area::Area;
use lika_domain::evolve;
use lika_domain::household::Household;
use lika_domain::ids::{HouseholdId, Index, OfficialId, SubmissionId};
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_domain::village::Village;
use lika_ledger::Recorded;
use std::collections::{BTreeMap, BTreeSet};
use tracked::Tracked;

/// Cards of unchanged villages that stay in memory: those of a large county, at about 3 kB each. A village in use
/// stays whatever the number.
const RESIDENT_HOUSEHOLDS_MAX: usize = 50_000;

/// Submissions in one row: about 24 kB, well under what sled would put into a file of its own.
const SUBMISSIONS_PER_ROW: usize = 1_024;

/// The working set.
pub(crate) struct Fold {
    /// The part of the state that is in memory.
    pub(crate) state: State,
    /// Every village of the log.
    pub(crate) villages: BTreeMap<Area, Known>,
    /// How far the log was applied.
    pub(crate) position: Position,
    /// Index of the last entry that changed the policy, which all figures depend on.
    pub(crate) policy_changed: Index,
    /// Index of the last entry that changed releases.
    pub(crate) releases_changed: Index,
    /// Entries behind cards and officials that are not in the store yet.
    pub(crate) trail: Trail,
    binding: Binding,
    changed: BTreeSet<Key>,
    /// The row noted last: events in a row often touch the same.
    marked: Option<Key>,
}

/// The part of a village that is always in memory.
pub(crate) struct Known {
    /// Its name.
    pub(crate) name: Box<str>,
    /// Index of the last entry that can have changed its figures.
    pub(crate) changed: Index,
    /// Its cards if it is in memory.
    resident: Option<usize>,
}

/// How far the log was applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Position {
    /// How many entries, void ones included.
    pub(crate) applied: u64,
    /// SHA-256 of the submission in the last of them, by which the log is recognised.
    pub(crate) last: [u8; 32],
    /// When the latest of them was recorded, in milliseconds since 1970-01-01 UTC.
    pub(crate) recorded_at: u64,
}

impl Fold {
    /// The working set as the store has it, which must be of that log.
    ///
    /// # Errors
    /// [`ViewError::OtherLog`], [`ViewError::Ahead`], and failures of the store.
    pub(crate) fn load(rows: &Rows, log: &LogIdentity) -> Result<Self, ViewError> {
        let fresh = Binding { format: FORMAT, origin: log.origin.clone(), opening: None };
        let binding: Binding = rows.get(&Key::Binding)?.unwrap_or(fresh);
        let other_opening = binding.opening.zip(log.opening).is_some_and(|(own, other)| own != other);
        if binding.origin != log.origin || other_opening {
            let (found, expected) = (binding.origin.to_string(), log.origin.to_string());
            return Err(ViewError::OtherLog { path: rows.path().to_owned(), found, expected });
        }
        let position: Position = rows.get(&Key::Position)?.unwrap_or_default();
        if position.applied > log.size {
            let path = rows.path().to_owned();
            return Err(ViewError::Ahead { path, applied: position.applied, size: log.size });
        }
        let last = position.applied.saturating_sub(1);
        let mut villages = BTreeMap::new();
        for (area, village) in rows.all::<_, Village>(Kind::Village, |key| match key {
            Key::Village(area) => Some(area),
            _ => None,
        })? {
            villages.insert(area, Known { name: village.head.name, changed: last, resident: None });
        }
        Ok(Self {
            state: jurisdiction_part(rows, position.applied)?,
            villages,
            position,
            policy_changed: 0,
            releases_changed: last,
            trail: Trail::default(),
            binding,
            changed: BTreeSet::new(),
            marked: None,
        })
    }

    /// Applies the entry that follows the last one. An entry that was applied before is skipped, so a feed may begin
    /// anywhere before the end.
    ///
    /// # Errors
    /// [`ViewError::Gap`]; [`ViewError::OtherEntry`] if the log has another entry where the view ends; failures of
    /// the store, after which the working set must not be used any more.
    pub(crate) fn apply(&mut self, rows: &Rows, recorded: &Recorded) -> Result<(), ViewError> {
        let entry = &recorded.entry;
        let applied = self.position.applied;
        if entry.index < applied {
            let differs = entry.index + 1 == applied && entry.hash != self.position.last;
            let path = rows.path().to_owned();
            return if differs { Err(ViewError::OtherEntry { path, index: entry.index }) } else { Ok(()) };
        }
        if entry.index > applied {
            return Err(ViewError::Gap { expected: applied, found: entry.index });
        }
        if recorded.void {
            evolve::void(&mut self.state, entry.index);
            self.mark(Key::Void(entry.index));
        } else {
            self.evolve(rows, entry)?;
        }
        if entry.index == 0 {
            self.binding.opening = Some(entry.hash);
        }
        let recorded_at = self.position.recorded_at.max(entry.recorded_at);
        self.position = Position { applied: applied + 1, last: entry.hash, recorded_at };
        Ok(())
    }

    /// Puts a village into memory, if there is one.
    pub(crate) fn fetch(&mut self, rows: &Rows, area: Area) -> Result<(), ViewError> {
        let Some(known) = self.villages.get_mut(&area).filter(|known| known.resident.is_none()) else { return Ok(()) };
        if let Some(village) = rows.village(area)? {
            known.resident = Some(village.households.len());
            self.state.villages.insert(area, village);
        }
        Ok(())
    }

    /// Notes that a row may have changed.
    pub(crate) fn mark(&mut self, key: Key) {
        if self.marked.replace(key) == Some(key) {
            return;
        }
        match key {
            Key::Policy | Key::Jurisdiction => self.policy_changed = self.position.applied,
            Key::Release(_) => self.releases_changed = self.position.applied,
            _ => {}
        }
        self.changed.insert(key);
    }

    /// How many rows wait to be written, trails and submissions not counted.
    pub(crate) fn unwritten(&self) -> usize {
        self.changed.len()
    }

    /// Everything that changed since the last batch, with the position it leads to.
    pub(crate) fn batch(&self) -> sled::Batch {
        let mut batch = sled::Batch::default();
        for key in &self.changed {
            if let Some(value) = value(&self.state, key) {
                batch.insert(key.encode(), value);
            }
        }
        for (key, value) in self.trail.rows().chain(submissions(&self.state)) {
            batch.insert(key.encode(), value);
        }
        batch.insert(Key::Binding.encode(), bytes_of(&self.binding));
        batch.insert(Key::Position.encode(), bytes_of(&self.position));
        batch
    }

    /// Drops from memory what the store now has.
    pub(crate) fn written(&mut self) {
        self.changed.clear();
        self.marked = None;
        self.trail.clear();
        self.state.submissions.clear();
        self.state.voids.clear();
        self.state.homes.clear();
        self.state.tags.clear();
        self.release_villages(RESIDENT_HOUSEHOLDS_MAX);
    }

    fn evolve(&mut self, rows: &Rows, entry: &Entry) -> Result<(), ViewError> {
        let area = entry.submission.area;
        self.fetch(rows, area)?;
        let mut tracked = Tracked::new(self, rows, area);
        entry.tags.iter().for_each(|tagged| tracked.fetch_tag(tagged.tag));
        evolve::evolve_events(&mut tracked, entry);
        let officials = tracked.finish()?;
        evolve::evolve_log(&mut self.state, entry);
        self.mark(Key::Signer(entry.submission.key));
        if let Some(village) = self.state.villages.get(&area) {
            let known = self.villages.entry(area).or_insert_with(|| Known {
                name: village.head.name.clone(),
                changed: entry.index,
                resident: None,
            });
            known.changed = entry.index;
            known.resident = Some(village.households.len());
            self.mark(Key::Village(area));
        }
        officials.iter().for_each(|official| self.note_caseload(*official, entry.index));
        self.trail.note(entry);
        Ok(())
    }

    /// An official's caseload counts in every village where they answer for somebody.
    fn note_caseload(&mut self, official: OfficialId, index: Index) {
        let Some(official) = self.state.officials.get(&official) else { return };
        let mut last = None;
        for charge in official.charges().filter(|charge| last.replace(charge.village) != Some(charge.village)) {
            if let Some(known) = self.villages.get_mut(&charge.village) {
                known.changed = index;
            }
        }
    }

    /// Drops villages from memory until at most so many cards are left, those unchanged for longest first. Call it
    /// only right after a batch was written: what is dropped must be in the store.
    fn release_villages(&mut self, households_max: usize) {
        let mut resident: usize = self.villages.values().filter_map(|known| known.resident).sum();
        if resident <= households_max {
            return;
        }
        let mut oldest: Vec<(Index, Area)> =
            self.villages.iter().filter(|(_, known)| known.resident.is_some()).map(|(a, k)| (k.changed, *a)).collect();
        oldest.sort_unstable();
        // A quarter more is dropped at once, so that not every batch has to choose again.
        let enough = households_max / 4 * 3;
        for (_, area) in oldest {
            if resident <= enough {
                break;
            }
            self.state.villages.remove(&area);
            let households = self.villages.get_mut(&area).and_then(|known| known.resident.take());
            resident -= households.unwrap_or_default();
        }
    }
}

/// The part of the state that is always in memory.
fn jurisdiction_part(rows: &Rows, applied: u64) -> Result<State, ViewError> {
    Ok(State {
        applied,
        jurisdiction: rows.get(&Key::Jurisdiction)?,
        policy: rows.get(&Key::Policy)?.unwrap_or_default(),
        officials: rows.all(Kind::Official, |key| match key {
            Key::Official(id) => Some(id),
            _ => None,
        })?,
        keys: rows.all(Kind::Signer, |key| match key {
            Key::Signer(id) => Some(id),
            _ => None,
        })?,
        releases: rows.all(Kind::Release, |key| match key {
            Key::Release(number) => Some(number),
            _ => None,
        })?,
        ..State::default()
    })
}

/// The value of a row; `None` if the state has no such record: a change to a missing record does nothing.
fn value(state: &State, key: &Key) -> Option<Vec<u8>> {
    match key {
        Key::Binding | Key::Position | Key::Submissions(_) | Key::VillageTrail(..) | Key::OfficialTrail(..) => None,
        Key::Jurisdiction => state.jurisdiction.as_ref().map(bytes_of),
        Key::Policy => Some(bytes_of(&state.policy)),
        Key::Void(_) => Some(Vec::new()),
        Key::Official(id) => state.officials.get(id).map(bytes_of),
        Key::Signer(id) => state.keys.get(id).map(bytes_of),
        Key::Home(id) => state.homes.get(id).map(bytes_of),
        Key::Tag(tag) => state.tags.get(tag).map(bytes_of),
        Key::Release(number) => state.releases.get(number).map(bytes_of),
        Key::Village(area) => state.villages.get(area).map(without_cards),
        Key::Cards(area, _) => {
            let cards = state.villages.get(area)?.households.iter();
            Some(bytes_of(&cards.filter(|(id, _)| Key::cards(*area, **id) == *key).collect::<Vec<_>>()))
        }
    }
}

/// The encoding of a village as if it had no cards.
fn without_cards(village: &Village) -> Vec<u8> {
    let Village { head, households: _, allocations, measures, months } = village;
    bytes_of(&(head, BTreeMap::<HouseholdId, Household>::new(), allocations, measures, months))
}

/// The submissions that no batch holds yet, in rows of at most [`SUBMISSIONS_PER_ROW`].
fn submissions(state: &State) -> impl Iterator<Item = (Key, Vec<u8>)> {
    let new: Vec<(SubmissionId, Index)> = state.submissions.iter().map(|(id, index)| (*id, *index)).collect();
    let rows =
        new.chunks(SUBMISSIONS_PER_ROW).filter_map(|row| Some((Key::Submissions(row.first()?.1), bytes_of(&row))));
    rows.collect::<Vec<_>>().into_iter()
}

/// The canonical encoding of a record. Writing to memory does not fail, and no record has 2^32 parts.
#[expect(clippy::expect_used, reason = "a Vec takes whatever is written to it")]
fn bytes_of(record: &impl BorshSerialize) -> Vec<u8> {
    borsh::to_vec(record).expect("encoding into memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest;
    use crate::sums::Sums;
    use crate::tests::world::{ORIGIN, World, areas};
    use lika_domain::date::Date;
    use lika_domain::progress::Figures;

    fn write(fold: &mut Fold, rows: &Rows, households_max: usize) {
        rows.write(fold.batch()).unwrap();
        fold.written();
        fold.release_villages(households_max);
    }

    #[test]
    fn villages_that_left_memory_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::open(folder.path()).unwrap();
        let mut world = World::open(20, 4);
        world.grow(600);
        let log = LogIdentity { origin: ORIGIN.into(), opening: None, size: world.log.len() as u64 };
        let mut fold = Fold::load(&rows, &log).unwrap();
        for entries in world.log.chunks(40) {
            entries.iter().for_each(|recorded| fold.apply(&rows, recorded).unwrap());
            write(&mut fold, &rows, 0);
            assert!(fold.state.villages.values().all(|village| village.households.is_empty()));
        }
        assert_eq!(digest(&rows, world.state.applied).unwrap(), world.digest());
        let (sums, today) = (Sums::default(), Date::from_yyyymmdd(20_141_231).unwrap());
        for area in areas(&world) {
            let figures = sums.of(&fold, &rows, area, today).unwrap();
            assert_eq!(*figures, Figures::of_area(&world.state, area, today), "{area}");
        }
    }

    #[test]
    fn the_longest_unchanged_villages_leave_first() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::open(folder.path()).unwrap();
        let mut world = World::open(21, 4);
        world.grow(600);
        let log = LogIdentity { origin: ORIGIN.into(), opening: None, size: world.log.len() as u64 };
        let mut fold = Fold::load(&rows, &log).unwrap();
        world.log.iter().for_each(|recorded| fold.apply(&rows, recorded).unwrap());
        let households = world.state.homes.len();
        write(&mut fold, &rows, households - 1);
        let left: usize = fold.state.villages.values().map(|village| village.households.len()).sum();
        assert!(left <= (households - 1) / 4 * 3 && left > 0, "{left} of {households}");
        let changed = |resident: bool| {
            let villages = fold.villages.values().filter(move |known| known.resident.is_some() == resident);
            villages.map(|known| known.changed)
        };
        // One entry may change several villages: those of an official's caseload.
        assert!(changed(false).max() <= changed(true).min());
    }
}
