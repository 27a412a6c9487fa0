//! Shared by the rules on deliveries: the card, a delivery, and spending.

use crate::facts::date::Date;
use crate::facts::header::EntryHeader;
use crate::facts::ids::{HouseholdId, MemberNo};
use crate::facts::money::Fen;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::aid::Delivery;
use crate::state::household::Household;
use crate::state::store::Store;

pub(super) fn check_member(judge: &mut Judge<'_>, card: &Household, member: MemberNo) {
    if card.member(member).is_none() {
        judge.refuse(Code::MemberUnknown, "member", member.to_string());
    }
}

/// The card's delivery with that number, which must not be after `happened`.
pub(super) fn check_delivery<'s>(
    judge: &mut Judge<'_>,
    card: &'s Household,
    number: u32,
    happened: Date,
) -> Option<&'s Delivery> {
    let delivery = card.delivery(number);
    match delivery {
        Some(delivery) => judge.require(happened >= delivery.happened, Code::OutOfOrder, "happened"),
        None => judge.refuse(Code::DeliveryUnknown, "delivery", number.to_string()),
    }
    delivery
}

pub(super) fn card_mut<'s>(
    store: &'s mut impl Store,
    entry: &EntryHeader,
    named: Option<HouseholdId>,
) -> Option<&'s mut Household> {
    store.household_mut(entry.submission.area, named?)
}

pub(super) fn delivery_mut(card: &mut Household, number: u32) -> Option<&mut Delivery> {
    card.deliveries.iter_mut().rev().find(|delivery| delivery.number == number)
}

/// Adds an amount to the village's aid of the month and to the spending of the allocation.
pub(super) fn add_spent(
    store: &mut impl Store,
    entry: &EntryHeader,
    happened: Date,
    allocation: Option<u64>,
    amount: Fen,
) {
    let village = entry.submission.area;
    if let Some(allocation) = allocation.and_then(|number| store.allocation_mut(village, number)) {
        allocation.delivered += amount;
    }
    if let Some(month) = store.month_mut(village, happened.month()) {
        month.aid += amount;
    }
}
