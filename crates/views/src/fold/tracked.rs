//! The working set of a view while the rules change it. Every change goes through here, so the view knows which rows
//! to write. Records that are not in memory are fetched from the store first.

use super::Fold;
use crate::error::ViewError;
use crate::keys::Key;
use crate::rows::Rows;
use lika_domain::aid::{Allocation, Measure, Release};
use lika_domain::area::Area;
use lika_domain::date::{Date, Month};
use lika_domain::household::Household;
use lika_domain::ids::{HouseholdId, Index, KeyId, OfficialId, Tag};
use lika_domain::official::{Key as SigningKey, Official};
use lika_domain::policy::PolicyRow;
use lika_domain::state::{Holding, Jurisdiction, State, Store};
use lika_domain::submission::EntryHeader;
use lika_domain::village::{MonthCounts, VillageHead};
use std::cell::RefCell;

/// A working set while one entry is applied to it.
pub(crate) struct Tracked<'f> {
    fold: &'f mut Fold,
    rows: &'f Rows,
    /// The area of the entry, which was fetched.
    here: Area,
    officials: Vec<OfficialId>,
    /// The first failure of the store. A [`Store`] cannot report it, so the caller asks for it afterwards.
    failed: RefCell<Option<ViewError>>,
}

impl<'f> Tracked<'f> {
    /// Over a working set, which has the area of the entry, and the store behind it.
    pub(crate) fn new(fold: &'f mut Fold, rows: &'f Rows, here: Area) -> Self {
        Self { fold, rows, here, officials: Vec::new(), failed: RefCell::new(None) }
    }

    /// The officials that were changed.
    ///
    /// # Errors The store failed: the state may be wrong, and the view must stop.
    pub(crate) fn finish(self) -> Result<Vec<OfficialId>, ViewError> {
        match self.failed.into_inner() {
            Some(error) => Err(error),
            None => Ok(self.officials),
        }
    }

    /// Fetches the holders of a citizen ID, if they are not in memory.
    pub(crate) fn fetch_tag(&mut self, tag: Tag) {
        if self.fold.state.tags.contains_key(&tag) {
            return;
        }
        if let Some(holdings) = self.try_get(self.rows.get(&Key::Tag(tag))) {
            self.fold.state.tags.insert(tag, holdings);
        }
    }

    fn fetch(&mut self, area: Area) {
        if area == self.here {
            return;
        }
        let fetched = self.fold.fetch(self.rows, area).map(Some);
        self.try_get(fetched);
    }

    fn try_get<T>(&self, got: Result<Option<T>, ViewError>) -> Option<T> {
        got.unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            None
        })
    }

    fn mark(&mut self, key: Key) {
        self.fold.mark(key);
    }

    fn mark_official(&mut self, id: OfficialId) {
        self.mark(Key::Official(id));
        if self.officials.last() != Some(&id) {
            self.officials.push(id);
        }
    }
}

impl Store for Tracked<'_> {
    fn base(&self) -> &State {
        &self.fold.state
    }
    fn village(&self, area: Area) -> Option<&VillageHead> {
        self.fold.state.village(area)
    }
    fn village_mut(&mut self, area: Area) -> Option<&mut VillageHead> {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.village_mut(area)
    }
    fn put_village(&mut self, area: Area, head: VillageHead) {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.put_village(area, head);
    }
    fn household(&self, area: Area, id: HouseholdId) -> Option<&Household> {
        self.fold.state.household(area, id)
    }
    fn household_mut(&mut self, area: Area, id: HouseholdId) -> Option<&mut Household> {
        self.fetch(area);
        self.mark(Key::cards(area, id));
        self.fold.state.household_mut(area, id)
    }
    fn put_household(&mut self, area: Area, id: HouseholdId, household: Household) {
        self.fetch(area);
        self.mark(Key::cards(area, id));
        self.mark(Key::Home(id));
        self.fold.state.put_household(area, id, household);
    }
    fn home(&self, id: HouseholdId) -> Option<Area> {
        self.fold.state.home(id).or_else(|| self.try_get(self.rows.get(&Key::Home(id))))
    }
    fn allocation(&self, area: Area, number: u64) -> Option<&Allocation> {
        self.fold.state.allocation(area, number)
    }
    fn allocation_mut(&mut self, area: Area, number: u64) -> Option<&mut Allocation> {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.allocation_mut(area, number)
    }
    fn put_allocation(&mut self, area: Area, number: u64, allocation: Allocation) {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.put_allocation(area, number, allocation);
    }
    fn measure(&self, area: Area, number: u64) -> Option<&Measure> {
        self.fold.state.measure(area, number)
    }
    fn put_measure(&mut self, area: Area, number: u64, measure: Measure) {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.put_measure(area, number, measure);
    }
    fn official(&self, id: OfficialId) -> Option<&Official> {
        self.fold.state.official(id)
    }
    fn official_mut(&mut self, id: OfficialId) -> Option<&mut Official> {
        self.mark_official(id);
        self.fold.state.official_mut(id)
    }
    fn official_numbers(&self) -> impl Iterator<Item = OfficialId> {
        self.fold.state.official_numbers()
    }
    fn put_official(&mut self, id: OfficialId, official: Official) {
        self.mark_official(id);
        self.fold.state.put_official(id, official);
    }
    fn key(&self, id: KeyId) -> Option<&SigningKey> {
        self.fold.state.key(id)
    }
    fn key_mut(&mut self, id: KeyId) -> Option<&mut SigningKey> {
        self.mark(Key::Signer(id));
        self.fold.state.key_mut(id)
    }
    fn put_key(&mut self, id: KeyId, key: SigningKey) {
        self.mark(Key::Signer(id));
        self.fold.state.put_key(id, key);
    }
    fn holdings(&self, tag: Tag) -> &[Holding] {
        self.fold.state.holdings(tag)
    }
    fn holdings_mut(&mut self, tag: Tag) -> &mut Vec<Holding> {
        self.fetch_tag(tag);
        self.mark(Key::Tag(tag));
        self.fold.state.holdings_mut(tag)
    }
    fn release(&self, number: u64) -> Option<&Release> {
        self.fold.state.release(number)
    }
    fn release_mut(&mut self, number: u64) -> Option<&mut Release> {
        self.mark(Key::Release(number));
        self.fold.state.release_mut(number)
    }
    fn put_release(&mut self, number: u64, release: Release) {
        self.mark(Key::Release(number));
        self.fold.state.put_release(number, release);
    }
    fn month_mut(&mut self, area: Area, month: Month) -> Option<&mut MonthCounts> {
        self.fetch(area);
        self.mark(Key::Village(area));
        self.fold.state.month_mut(area, month)
    }
    fn note_visit(
        &mut self,
        entry: &EntryHeader,
        household: HouseholdId,
        official: OfficialId,
        day: Date,
        corrects: Option<Index>,
    ) {
        let area = entry.submission.area;
        self.fetch(area);
        self.mark(Key::cards(area, household));
        self.mark(Key::Village(area));
        self.mark_official(official);
        self.fold.state.note_visit(entry, household, official, day, corrects);
    }
    fn jurisdiction(&self) -> Option<&Jurisdiction> {
        self.fold.state.jurisdiction()
    }
    fn set_jurisdiction(&mut self, jurisdiction: Jurisdiction) {
        self.mark(Key::Jurisdiction);
        self.fold.state.set_jurisdiction(jurisdiction);
    }
    fn add_policy(&mut self, row: PolicyRow) {
        self.mark(Key::Policy);
        self.fold.state.add_policy(row);
    }
}
