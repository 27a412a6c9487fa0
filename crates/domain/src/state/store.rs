//! The storage behind checks and changes: the state itself, or a draft over it.

use crate::facts::area::Area;
use crate::facts::date::{Date, Month};
use crate::facts::header::EntryHeader;
use crate::facts::ids::{HouseholdId, Index, KeyId, OfficialId, Tag};
use crate::state::aid::{Allocation, Measure, Release};
use crate::state::fold::{Holding, Jurisdiction, State};
use crate::state::household::Household;
use crate::state::official::{Key, Official};
use crate::state::policy::PolicyRow;
use crate::state::village::{MonthCounts, Village, VillageHead};

/// The storage behind checks and changes: the state itself, or a draft over it while a submission is judged. A change
/// to a missing record does nothing, so that no entry can make [`evolve`](crate::evolve::evolve) fail.
pub trait Store {
    /// The state before the submission, for facts that do not change within one submission.
    fn base(&self) -> &State;
    /// A village's own facts.
    fn village(&self, area: Area) -> Option<&VillageHead>;
    /// A village's own facts, to change them.
    fn village_mut(&mut self, area: Area) -> Option<&mut VillageHead>;
    /// Enters a village.
    fn put_village(&mut self, area: Area, head: VillageHead);
    /// A card of the village.
    fn household(&self, area: Area, id: HouseholdId) -> Option<&Household>;
    /// A card of the village, to change it.
    fn household_mut(&mut self, area: Area, id: HouseholdId) -> Option<&mut Household>;
    /// Enters a card.
    fn put_household(&mut self, area: Area, id: HouseholdId, household: Household);
    /// The village of a card.
    fn home(&self, id: HouseholdId) -> Option<Area>;
    /// An allocation of the village.
    fn allocation(&self, area: Area, number: u64) -> Option<&Allocation>;
    /// An allocation of the village, to change it.
    fn allocation_mut(&mut self, area: Area, number: u64) -> Option<&mut Allocation>;
    /// Enters an allocation.
    fn put_allocation(&mut self, area: Area, number: u64, allocation: Allocation);
    /// A measure of the village.
    fn measure(&self, area: Area, number: u64) -> Option<&Measure>;
    /// Enters a measure, in place of an earlier one of that number.
    fn put_measure(&mut self, area: Area, number: u64, measure: Measure);
    /// An official.
    fn official(&self, id: OfficialId) -> Option<&Official>;
    /// An official, to change them.
    fn official_mut(&mut self, id: OfficialId) -> Option<&mut Official>;
    /// Numbers of all officials, in no set order.
    fn official_numbers(&self) -> impl Iterator<Item = OfficialId>;
    /// Enters an official.
    fn put_official(&mut self, id: OfficialId, official: Official);
    /// A key.
    fn key(&self, id: KeyId) -> Option<&Key>;
    /// A key, to change it.
    fn key_mut(&mut self, id: KeyId) -> Option<&mut Key>;
    /// Enters a key.
    fn put_key(&mut self, id: KeyId, key: Key);
    /// Present and former holders of a citizen ID.
    fn holdings(&self, tag: Tag) -> &[Holding];
    /// Present and former holders of a citizen ID, to be changed.
    fn holdings_mut(&mut self, tag: Tag) -> &mut Vec<Holding>;
    /// A release.
    fn release(&self, number: u64) -> Option<&Release>;
    /// A release, to change it.
    fn release_mut(&mut self, number: u64) -> Option<&mut Release>;
    /// Enters a release.
    fn put_release(&mut self, number: u64, release: Release);
    /// A village's counts of a month; `None` in a draft, since no rule reads them.
    fn month_mut(&mut self, area: Area, month: Month) -> Option<&mut MonthCounts>;
    /// Notes a visit on the card, with the official and in the village's month; does nothing if there is no such
    /// card. A visit that corrects the card's last one replaces it. A draft skips this: a second visit in a
    /// submission that corrects the first is refused.
    fn note_visit(
        &mut self,
        entry: &EntryHeader,
        household: HouseholdId,
        official: OfficialId,
        day: Date,
        corrects: Option<Index>,
    );
    /// The jurisdiction opened by entry 0.
    fn jurisdiction(&self) -> Option<&Jurisdiction>;
    /// Opens the jurisdiction, or changes it.
    fn set_jurisdiction(&mut self, jurisdiction: Jurisdiction);
    /// Adds a parameter.
    fn add_policy(&mut self, row: PolicyRow);
}

impl Store for State {
    fn base(&self) -> &State {
        self
    }
    fn village(&self, area: Area) -> Option<&VillageHead> {
        self.villages.get(&area).map(|village| &village.head)
    }
    fn village_mut(&mut self, area: Area) -> Option<&mut VillageHead> {
        self.villages.get_mut(&area).map(|village| &mut village.head)
    }
    fn put_village(&mut self, area: Area, head: VillageHead) {
        self.villages.entry(area).or_insert_with(|| Village::new(head));
    }
    fn household(&self, area: Area, id: HouseholdId) -> Option<&Household> {
        self.villages.get(&area)?.households.get(&id)
    }
    fn household_mut(&mut self, area: Area, id: HouseholdId) -> Option<&mut Household> {
        self.villages.get_mut(&area)?.households.get_mut(&id)
    }
    fn put_household(&mut self, area: Area, id: HouseholdId, household: Household) {
        if let Some(village) = self.villages.get_mut(&area) {
            village.households.entry(id).or_insert(household);
            self.homes.entry(id).or_insert(area);
        }
    }
    fn home(&self, id: HouseholdId) -> Option<Area> {
        self.homes.get(&id).copied()
    }
    fn allocation(&self, area: Area, number: u64) -> Option<&Allocation> {
        self.villages.get(&area)?.allocations.get(&number)
    }
    fn allocation_mut(&mut self, area: Area, number: u64) -> Option<&mut Allocation> {
        self.villages.get_mut(&area)?.allocations.get_mut(&number)
    }
    fn put_allocation(&mut self, area: Area, number: u64, allocation: Allocation) {
        if let Some(village) = self.villages.get_mut(&area) {
            village.allocations.entry(number).or_insert(allocation);
        }
    }
    fn measure(&self, area: Area, number: u64) -> Option<&Measure> {
        self.villages.get(&area)?.measures.get(&number)
    }
    fn put_measure(&mut self, area: Area, number: u64, measure: Measure) {
        if let Some(village) = self.villages.get_mut(&area) {
            village.measures.insert(number, measure);
        }
    }
    fn official(&self, id: OfficialId) -> Option<&Official> {
        self.officials.get(&id)
    }
    fn official_mut(&mut self, id: OfficialId) -> Option<&mut Official> {
        self.officials.get_mut(&id)
    }
    fn official_numbers(&self) -> impl Iterator<Item = OfficialId> {
        self.officials.keys().copied()
    }
    fn put_official(&mut self, id: OfficialId, official: Official) {
        self.officials.entry(id).or_insert(official);
    }
    fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(&id)
    }
    fn key_mut(&mut self, id: KeyId) -> Option<&mut Key> {
        self.keys.get_mut(&id)
    }
    fn put_key(&mut self, id: KeyId, key: Key) {
        self.keys.entry(id).or_insert(key);
    }
    fn holdings(&self, tag: Tag) -> &[Holding] {
        self.tags.get(&tag).map_or(&[], Vec::as_slice)
    }
    fn holdings_mut(&mut self, tag: Tag) -> &mut Vec<Holding> {
        self.tags.entry(tag).or_default()
    }
    fn release(&self, number: u64) -> Option<&Release> {
        self.releases.get(&number)
    }
    fn release_mut(&mut self, number: u64) -> Option<&mut Release> {
        self.releases.get_mut(&number)
    }
    fn put_release(&mut self, number: u64, release: Release) {
        self.releases.entry(number).or_insert(release);
    }
    fn month_mut(&mut self, area: Area, month: Month) -> Option<&mut MonthCounts> {
        Some(self.villages.get_mut(&area)?.months.entry(month).or_default())
    }
    fn note_visit(
        &mut self,
        entry: &EntryHeader,
        household: HouseholdId,
        official: OfficialId,
        day: Date,
        corrects: Option<Index>,
    ) {
        let Some(village) = self.villages.get_mut(&entry.submission.area) else { return };
        let Some(card) = village.households.get_mut(&household) else { return };
        let put_right = card.visited.filter(|_| corrects == Some(card.visited_in));
        if let Some(wrong) = put_right {
            card.visited = card.visited_before.take();
            let month = village.months.entry(wrong.month()).or_default();
            month.visits = month.visits.saturating_sub(1);
        }
        if card.visited.is_none_or(|last| last <= day) {
            card.visited_before = card.visited;
            card.visited = Some(day);
            card.visited_in = entry.index;
        }
        let month = village.months.entry(day.month()).or_default();
        month.visits = month.visits.saturating_add(1);
        if put_right.is_some() {
            return;
        }
        card.visits = card.visits.saturating_add(1);
        if let Some(visitor) = self.officials.get_mut(&official) {
            visitor.visits = visitor.visits.saturating_add(1);
        }
    }
    fn jurisdiction(&self) -> Option<&Jurisdiction> {
        self.jurisdiction.as_ref()
    }
    fn set_jurisdiction(&mut self, jurisdiction: Jurisdiction) {
        self.jurisdiction = Some(jurisdiction);
    }
    fn add_policy(&mut self, row: PolicyRow) {
        self.policy.add(row);
    }
}
