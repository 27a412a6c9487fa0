//! A draft over the state, for a submission that is being judged: later events see the changes of earlier ones, and
//! the state itself is not changed. Only changed records are copied.

use crate::facts::area::Area;
use crate::facts::date::{Date, Month};
use crate::facts::header::EntryHeader;
use crate::facts::ids::{HouseholdId, Index, KeyId, OfficialId, Tag};
use crate::state::aid::{Allocation, Measure, Release};
use crate::state::fold::{Holding, Jurisdiction, State};
use crate::state::household::Household;
use crate::state::official::{Key, Official};
use crate::state::policy::PolicyRow;
use crate::state::store::Store;
use crate::state::village::{MonthCounts, VillageHead};

use std::collections::BTreeMap;

/// A state and the changes of one submission, which concerns one area.
pub struct Draft<'s> {
    base: &'s State,
    area: Area,
    jurisdiction: Option<Jurisdiction>,
    head: Option<VillageHead>,
    households: Layer<'s, HouseholdId, Household>,
    allocations: Layer<'s, u64, Allocation>,
    measures: Layer<'s, u64, Measure>,
    officials: Layer<'s, OfficialId, Official>,
    keys: Layer<'s, KeyId, Key>,
    tags: Layer<'s, Tag, Vec<Holding>>,
    releases: Layer<'s, u64, Release>,
}

/// A map and the changes to it.
struct Layer<'s, K, V> {
    base: Option<&'s BTreeMap<K, V>>,
    changed: BTreeMap<K, V>,
}

impl<'s, K: Ord + Copy, V: Clone> Layer<'s, K, V> {
    fn over(base: Option<&'s BTreeMap<K, V>>) -> Self {
        Self { base, changed: BTreeMap::new() }
    }

    fn get(&self, key: K) -> Option<&V> {
        self.changed.get(&key).or_else(|| self.base?.get(&key))
    }

    fn get_mut(&mut self, key: K) -> Option<&mut V> {
        if !self.changed.contains_key(&key) {
            let value = self.base?.get(&key)?.clone();
            self.changed.insert(key, value);
        }
        self.changed.get_mut(&key)
    }

    fn put(&mut self, key: K, value: V) {
        if self.get(key).is_none() {
            self.changed.insert(key, value);
        }
    }
}

impl<'s> Draft<'s> {
    /// A draft for a submission that concerns `area`.
    pub fn new(base: &'s State, area: Area) -> Self {
        let village = base.villages.get(&area);
        Self {
            base,
            area,
            jurisdiction: None,
            head: None,
            households: Layer::over(village.map(|village| &village.households)),
            allocations: Layer::over(village.map(|village| &village.allocations)),
            measures: Layer::over(village.map(|village| &village.measures)),
            officials: Layer::over(Some(&base.officials)),
            keys: Layer::over(Some(&base.keys)),
            tags: Layer::over(Some(&base.tags)),
            releases: Layer::over(Some(&base.releases)),
        }
    }
}

impl Store for Draft<'_> {
    fn base(&self) -> &State {
        self.base
    }
    fn village(&self, area: Area) -> Option<&VillageHead> {
        if area == self.area {
            self.head.as_ref().or_else(|| self.base.village(area))
        } else {
            self.base.village(area)
        }
    }
    fn village_mut(&mut self, area: Area) -> Option<&mut VillageHead> {
        if area != self.area {
            return None;
        }
        if self.head.is_none() {
            self.head = self.base.village(area).cloned();
        }
        self.head.as_mut()
    }
    fn put_village(&mut self, area: Area, head: VillageHead) {
        if area == self.area && self.village(area).is_none() {
            self.head = Some(head);
        }
    }
    fn household(&self, area: Area, id: HouseholdId) -> Option<&Household> {
        if area == self.area { self.households.get(id) } else { self.base.household(area, id) }
    }
    fn household_mut(&mut self, area: Area, id: HouseholdId) -> Option<&mut Household> {
        if area == self.area { self.households.get_mut(id) } else { None }
    }
    fn put_household(&mut self, area: Area, id: HouseholdId, household: Household) {
        if area == self.area && self.village(area).is_some() {
            self.households.put(id, household);
        }
    }
    fn home(&self, id: HouseholdId) -> Option<Area> {
        if self.households.changed.contains_key(&id) { Some(self.area) } else { self.base.home(id) }
    }
    fn allocation(&self, area: Area, number: u64) -> Option<&Allocation> {
        if area == self.area { self.allocations.get(number) } else { self.base.allocation(area, number) }
    }
    fn allocation_mut(&mut self, area: Area, number: u64) -> Option<&mut Allocation> {
        if area == self.area { self.allocations.get_mut(number) } else { None }
    }
    fn put_allocation(&mut self, area: Area, number: u64, allocation: Allocation) {
        if area == self.area {
            self.allocations.put(number, allocation);
        }
    }
    fn measure(&self, area: Area, number: u64) -> Option<&Measure> {
        if area == self.area { self.measures.get(number) } else { self.base.measure(area, number) }
    }
    fn put_measure(&mut self, area: Area, number: u64, measure: Measure) {
        if area == self.area {
            self.measures.changed.insert(number, measure);
        }
    }
    fn official(&self, id: OfficialId) -> Option<&Official> {
        self.officials.get(id)
    }
    fn official_mut(&mut self, id: OfficialId) -> Option<&mut Official> {
        self.officials.get_mut(id)
    }
    fn official_numbers(&self) -> impl Iterator<Item = OfficialId> {
        let new = self.officials.changed.keys().filter(|id| !self.base.officials.contains_key(id));
        self.base.officials.keys().chain(new).copied()
    }
    fn put_official(&mut self, id: OfficialId, official: Official) {
        self.officials.put(id, official);
    }
    fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(id)
    }
    fn key_mut(&mut self, id: KeyId) -> Option<&mut Key> {
        self.keys.get_mut(id)
    }
    fn put_key(&mut self, id: KeyId, key: Key) {
        self.keys.put(id, key);
    }
    fn holdings(&self, tag: Tag) -> &[Holding] {
        self.tags.get(tag).map_or(&[], Vec::as_slice)
    }
    fn holdings_mut(&mut self, tag: Tag) -> &mut Vec<Holding> {
        let base = self.base;
        self.tags.changed.entry(tag).or_insert_with(|| base.holdings(tag).to_vec())
    }
    fn release(&self, number: u64) -> Option<&Release> {
        self.releases.get(number)
    }
    fn release_mut(&mut self, number: u64) -> Option<&mut Release> {
        self.releases.get_mut(number)
    }
    fn put_release(&mut self, number: u64, release: Release) {
        self.releases.put(number, release);
    }
    fn month_mut(&mut self, _area: Area, _month: Month) -> Option<&mut MonthCounts> {
        None
    }
    fn note_visit(
        &mut self,
        _entry: &EntryHeader,
        _household: HouseholdId,
        _official: OfficialId,
        _day: Date,
        _corrects: Option<Index>,
    ) {
    }
    fn jurisdiction(&self) -> Option<&Jurisdiction> {
        self.jurisdiction.as_ref().or(self.base.jurisdiction.as_ref())
    }
    fn set_jurisdiction(&mut self, jurisdiction: Jurisdiction) {
        self.jurisdiction = Some(jurisdiction);
    }
    fn add_policy(&mut self, _row: PolicyRow) {}
}
