//! Money before it reaches a household: released to the county, set aside for a village, planned for a measure.

use super::{AidEvent, Allocation, FundsAllocated, FundsReleased, Measure, MeasurePlanned, Release};
use crate::admit::Judge;
use crate::ids::Index;
use crate::money::Fen;
use crate::policy::{YEARS, is_measure_code};
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

pub(super) fn check_released(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, released: &FundsReleased) {
    judge.in_jurisdiction(store);
    judge.no_card(event.household);
    judge.require(released.amount > Fen::ZERO, Code::AmountMissing, "amount");
    judge.require(YEARS.contains(&released.year), Code::FieldInvalid, "year");
    let Some(release) = store.release(released.release) else { return };
    if !release.entries().any(|entry| puts_right(event, entry)) {
        return judge.refuse(Code::ReleaseExists, "release", released.release.to_string());
    }
    let allocated = release.allocated_as_seen_by(judge.entry);
    if released.amount < allocated {
        judge.refuse(Code::ReleaseExceeded, "amount", format!("{allocated} yuan are set aside"));
    }
}

pub(super) fn check_allocated(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, allocated: &FundsAllocated) {
    judge.no_card(event.household);
    if judge.village(store).is_none() {
        return;
    }
    let earlier = store.allocation(judge.entry.submission.area, allocated.allocation);
    // One made in error is put right to nothing; its money is free again.
    let least = if earlier.is_some() { Fen::ZERO } else { Fen(1) };
    if allocated.amount < least {
        return judge.refuse(Code::AmountMissing, "amount", "");
    }
    let before = match earlier {
        Some(earlier) if puts_right(event, earlier.entry) && earlier.release == allocated.release => earlier.amount,
        Some(_) => return judge.refuse(Code::AllocationExists, "allocation", allocated.allocation.to_string()),
        None => Fen::ZERO,
    };
    let delivered = earlier.map_or(Fen::ZERO, |earlier| earlier.delivered);
    if allocated.amount < delivered {
        judge.refuse(Code::AllocationExceeded, "amount", format!("{delivered} yuan are delivered"));
    }
    let release = store.release(allocated.release).filter(|release| judge.entry.sees(release.since));
    let Some(release) = release else {
        return judge.refuse(Code::ReleaseUnknown, "release", allocated.release.to_string());
    };
    judge.require(event.happened >= release.happened, Code::OutOfOrder, "happened");
    let left = release.amount_as_seen_by(judge.entry) - release.allocated_as_seen_by(judge.entry) + before;
    if allocated.amount > left {
        judge.refuse(Code::ReleaseExceeded, "amount", format!("{left} yuan left"));
    }
}

pub(super) fn check_planned(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, planned: &MeasurePlanned) {
    let village = judge.entry.submission.area;
    match event.household {
        None => {
            judge.village(store);
        }
        Some(_) => {
            judge.open_card(store, event.household);
        }
    }
    if store.measure(village, planned.measure).is_some_and(|earlier| !puts_right(event, earlier.entry)) {
        judge.refuse(Code::MeasureExists, "measure", planned.measure.to_string());
    }
    if let Some(number) = planned.allocation.filter(|number| store.allocation(village, *number).is_none()) {
        judge.refuse(Code::AllocationUnknown, "allocation", number.to_string());
    }
    judge.require(planned.amount >= Fen::ZERO, Code::FieldInvalid, "amount");
    judge.require(planned.until.is_none_or(|until| until >= event.happened), Code::PeriodInvalid, "until");
    check_catalogue(judge, store, event, planned);
}

pub(super) fn apply_released(store: &mut impl Store, entry: &Entry, event: &AidEvent, released: &FundsReleased) {
    let FundsReleased { source, amount, .. } = *released;
    match store.release_mut(released.release) {
        Some(release) => {
            release.put_right.push((entry.index, release.amount));
            (release.source, release.amount, release.happened) = (source, amount, event.happened);
        }
        None => {
            let (put_right, allocated) = (Vec::new(), Vec::new());
            let (happened, since) = (event.happened, entry.index);
            let release = Release { source, amount, happened, since, put_right, allocated };
            store.put_release(released.release, release);
        }
    }
}

pub(super) fn apply_allocated(store: &mut impl Store, entry: &Entry, event: &AidEvent, allocated: &FundsAllocated) {
    let village = entry.submission.area;
    let before = store.allocation(village, allocated.allocation).map_or(Fen::ZERO, |earlier| earlier.amount);
    if store.village(village).is_none() {
        return;
    }
    let Some(release) = store.release_mut(allocated.release) else { return };
    release.allocated.push((entry.index, allocated.amount - before));
    if let Some(earlier) = store.allocation_mut(village, allocated.allocation) {
        (earlier.amount, earlier.group) = (allocated.amount, allocated.group);
        (earlier.happened, earlier.entry) = (event.happened, entry.index);
        return;
    }
    let FundsAllocated { release, amount, group, .. } = *allocated;
    let (happened, delivered) = (event.happened, Fen::ZERO);
    let allocation = Allocation { release, amount, group, happened, entry: entry.index, delivered };
    store.put_allocation(village, allocated.allocation, allocation);
}

pub(super) fn apply_planned(store: &mut impl Store, entry: &Entry, event: &AidEvent, planned: &MeasurePlanned) {
    let MeasurePlanned { group, amount, until, .. } = *planned;
    if store.village(entry.submission.area).is_some() {
        let measure = Measure { group, household: event.household, amount, until, entry: entry.index };
        store.put_measure(entry.submission.area, planned.measure, measure);
    }
}

/// Whether the event names the one of that entry as what it puts right.
fn puts_right(event: &AidEvent, entry: Index) -> bool {
    event.corrects.is_some_and(|earlier| earlier.entry == entry)
}

/// A code that the catalogue lists stands for one group; one that it does not list is the village's own.
fn check_catalogue(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, planned: &MeasurePlanned) {
    if planned.code.is_empty() {
        return;
    }
    judge.require(is_measure_code(&planned.code), Code::FieldInvalid, "code");
    let catalogue = store.base().policy.seen_by(judge.entry);
    let listed = catalogue.measure(&planned.code, judge.entry.submission.area, event.happened);
    if let Some((group, _)) = listed.filter(|(group, _)| *group != planned.group) {
        judge.refuse(Code::MeasureMismatch, "group", group.name());
    }
}

impl Release {
    /// Entries that state its amount, the last one in force last.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Index> + '_ {
        std::iter::once(self.since).chain(self.put_right.iter().map(|(entry, _)| *entry))
    }

    /// Its amount as the recorder of `entry` knew it.
    fn amount_as_seen_by(&self, entry: &Entry) -> Fen {
        let unseen = self.put_right.iter().find(|(since, _)| !entry.sees(*since));
        unseen.map_or(self.amount, |(_, before)| *before)
    }

    /// What was set aside from it as the recorder of `entry` knew it.
    pub fn allocated_as_seen_by(&self, entry: &Entry) -> Fen {
        let seen = |(since, _): &&(Index, Fen)| entry.sees(*since);
        self.allocated.iter().filter(seen).map(|(_, amount)| *amount).sum()
    }
}
