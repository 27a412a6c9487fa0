//! Help that reached a household: delivered, confirmed, taken back.

use super::{AidAcknowledged, AidDelivered, AidEvent, AidReversed, Delivery};
use crate::admit::Judge;
use crate::date::Date;
use crate::household::Household;
use crate::ids::{HouseholdId, MemberNo};
use crate::money::Fen;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

pub(super) fn check_delivered(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, delivered: &AidDelivered) {
    judge.require(delivered.amount > Fen::ZERO, Code::AmountMissing, "amount");
    if let Some(card) = judge.open_card(store, event.household) {
        judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
        if card.delivery(delivered.delivery).is_some() {
            judge.refuse(Code::DeliveryExists, "delivery", delivered.delivery.to_string());
        }
        if let Some(member) = delivered.member {
            check_member(judge, card, member);
        }
    }
    check_measure(judge, store, event, delivered);
    check_allocation(judge, store, event, delivered);
}

pub(super) fn check_acknowledged(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &AidEvent,
    acknowledged: &AidAcknowledged,
) {
    let Some(card) = judge.card(store, event.household) else { return };
    check_member(judge, card, acknowledged.member);
    let Some(delivery) = check_delivery(judge, card, acknowledged.delivery, event.happened) else { return };
    judge.require(delivery.acknowledged.is_none(), Code::AcknowledgedAlready, "delivery");
}

pub(super) fn check_reversed(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, reversed: &AidReversed) {
    judge.require(reversed.amount > Fen::ZERO, Code::AmountMissing, "amount");
    let Some(card) = judge.card(store, event.household) else { return };
    let Some(delivery) = check_delivery(judge, card, reversed.delivery, event.happened) else { return };
    let left = delivery.amount - delivery.reversed;
    if reversed.amount > left {
        judge.refuse(Code::ReversalExceeds, "amount", format!("{left} yuan left"));
    }
}

pub(super) fn apply_delivered(store: &mut impl Store, entry: &Entry, event: &AidEvent, delivered: &AidDelivered) {
    let AidDelivered { delivery: number, group, allocation, amount, .. } = *delivered;
    let Some(card) = card_mut(store, entry, event.household) else { return };
    if card.delivery(number).is_some() {
        return;
    }
    let (acknowledged, reversed) = (None, Fen::ZERO);
    card.highest_delivery = card.highest_delivery.max(number);
    card.deliveries.push(Delivery {
        number,
        group,
        allocation,
        amount,
        happened: event.happened,
        acknowledged,
        reversed,
        entry: entry.index,
    });
    add_spent(store, entry, event.happened, allocation, amount);
}

pub(super) fn apply_acknowledged(
    store: &mut impl Store,
    entry: &Entry,
    event: &AidEvent,
    acknowledged: &AidAcknowledged,
) {
    let Some(card) = card_mut(store, entry, event.household) else { return };
    if let Some(delivery) = delivery_mut(card, acknowledged.delivery) {
        delivery.acknowledged = delivery.acknowledged.or(Some(event.happened));
    }
}

/// What is taken back lowers the month in which that happened: a month that is over stays as it was reported.
pub(super) fn apply_reversed(store: &mut impl Store, entry: &Entry, event: &AidEvent, reversed: &AidReversed) {
    let Some(card) = card_mut(store, entry, event.household) else { return };
    let Some(delivery) = delivery_mut(card, reversed.delivery) else { return };
    delivery.reversed += reversed.amount;
    let allocation = delivery.allocation;
    add_spent(store, entry, event.happened, allocation, Fen::ZERO - reversed.amount);
}

fn check_member(judge: &mut Judge<'_>, card: &Household, member: MemberNo) {
    if card.member(member).is_none() {
        judge.refuse(Code::MemberUnknown, "member", member.to_string());
    }
}

/// The card's delivery of that number, which must not lie after `happened`.
fn check_delivery<'s>(judge: &mut Judge<'_>, card: &'s Household, number: u32, happened: Date) -> Option<&'s Delivery> {
    let delivery = card.delivery(number);
    match delivery {
        Some(delivery) => judge.require(happened >= delivery.happened, Code::OutOfOrder, "happened"),
        None => judge.refuse(Code::DeliveryUnknown, "delivery", number.to_string()),
    }
    delivery
}

/// The measure it carries out is of the same group, and for this household or for the whole village.
fn check_measure(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, delivered: &AidDelivered) {
    let Some(number) = delivered.measure else { return };
    let Some(measure) = store.measure(judge.entry.submission.area, number) else {
        return judge.refuse(Code::MeasureUnknown, "measure", number.to_string());
    };
    let for_this = measure.household.is_none() || measure.household == event.household;
    judge.require(for_this && measure.group == delivered.group, Code::MeasureMismatch, "measure");
}

/// What is paid out of an allocation is at most what is left of it.
fn check_allocation(judge: &mut Judge<'_>, store: &impl Store, event: &AidEvent, delivered: &AidDelivered) {
    let Some(number) = delivered.allocation else { return };
    let Some(allocation) = store.allocation(judge.entry.submission.area, number) else {
        return judge.refuse(Code::AllocationUnknown, "allocation", number.to_string());
    };
    judge.require(event.happened >= allocation.happened, Code::OutOfOrder, "happened");
    let left = allocation.amount - allocation.delivered;
    if delivered.amount > left {
        judge.refuse(Code::AllocationExceeded, "amount", format!("{left} yuan left"));
    }
}

fn card_mut<'s>(store: &'s mut impl Store, entry: &Entry, named: Option<HouseholdId>) -> Option<&'s mut Household> {
    store.household_mut(entry.submission.area, named?)
}

fn delivery_mut(card: &mut Household, number: u32) -> Option<&mut Delivery> {
    card.deliveries.iter_mut().rev().find(|delivery| delivery.number == number)
}

/// Adds to what the village was given in the month, and to what was paid out of the allocation.
fn add_spent(store: &mut impl Store, entry: &Entry, happened: Date, allocation: Option<u64>, amount: Fen) {
    let village = entry.submission.area;
    if let Some(allocation) = allocation.and_then(|number| store.allocation_mut(village, number)) {
        allocation.delivered += amount;
    }
    if let Some(month) = store.month_mut(village, happened.month()) {
        month.aid += amount;
    }
}
