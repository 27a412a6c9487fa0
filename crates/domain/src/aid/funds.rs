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
    if store.release(released.release).is_some() {
        judge.refuse(Code::ReleaseExists, "release", released.release.to_string());
    }
}

pub(super) fn check_allocated(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, allocated: &FundsAllocated) {
    judge.no_card(event.household);
    judge.require(allocated.amount > Fen::ZERO, Code::AmountMissing, "amount");
    if judge.village(store).is_some() && store.allocation(judge.entry.submission.area, allocated.allocation).is_some() {
        judge.refuse(Code::AllocationExists, "allocation", allocated.allocation.to_string());
    }
    let release = store.release(allocated.release).filter(|release| judge.entry.sees(release.since));
    let Some(release) = release else {
        return judge.refuse(Code::ReleaseUnknown, "release", allocated.release.to_string());
    };
    judge.require(event.happened >= release.happened, Code::OutOfOrder, "happened");
    let left = release.amount - release.allocated_as_seen_by(judge.entry);
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
    if store.measure(village, planned.measure).is_some() {
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
    store.put_release(
        released.release,
        Release {
            source: released.source,
            amount: released.amount,
            happened: event.happened,
            since: entry.index,
            allocated: Vec::new(),
        },
    );
}

pub(super) fn apply_allocated(store: &mut impl Store, entry: &Entry, event: &AidEvent, allocated: &FundsAllocated) {
    let village = entry.submission.area;
    if store.village(village).is_none() || store.allocation(village, allocated.allocation).is_some() {
        return;
    }
    let Some(release) = store.release_mut(allocated.release) else { return };
    release.allocated.push((entry.index, allocated.amount));
    let FundsAllocated { release, amount, group, .. } = *allocated;
    let (happened, delivered) = (event.happened, Fen::ZERO);
    let allocation = Allocation { release, amount, group, happened, entry: entry.index, delivered };
    store.put_allocation(village, allocated.allocation, allocation);
}

pub(super) fn apply_planned(store: &mut impl Store, entry: &Entry, event: &AidEvent, planned: &MeasurePlanned) {
    let MeasurePlanned { group, amount, until, .. } = *planned;
    if store.village(entry.submission.area).is_some() {
        let measure = Measure { group, household: event.household, amount, until };
        store.put_measure(entry.submission.area, planned.measure, measure);
    }
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
    /// What was set aside from it as the recorder of `entry` knew it.
    pub fn allocated_as_seen_by(&self, entry: &Entry) -> Fen {
        let seen = |(since, _): &&(Index, Fen)| entry.sees(*since);
        self.allocated.iter().filter(seen).map(|(_, amount)| *amount).sum()
    }
}
