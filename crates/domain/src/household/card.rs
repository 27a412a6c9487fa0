//! A card's own facts, and how it is closed.

use super::{
    Cause, DeregisterReason, Facts, GROUP_MAX, HouseholdDeregistered, HouseholdEvent, HouseholdUpdated,
    OTHER_CAUSES_MAX, Status, tags,
};
use crate::admit::Judge;
use crate::procedure;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

pub(super) fn check_facts(judge: &mut Judge<'_>, facts: &Facts) {
    judge.require(u32::from(facts.group) <= GROUP_MAX, Code::FieldInvalid, "group");
    let others = &facts.other_causes;
    let apart = others.len() <= OTHER_CAUSES_MAX && are_distinct(others) && !others.contains(&facts.main_cause);
    judge.require(apart, Code::CausesInvalid, "other_causes");
}

pub(super) fn check_updated(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    updated: &HouseholdUpdated,
) {
    if event.card(judge, store).is_some() {
        check_facts(judge, &updated.facts);
    }
}

pub(super) fn apply_updated(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, updated: &HouseholdUpdated) {
    if let Some(card) = event.card_mut(store, entry) {
        let sealed = updated.facts.sealed.or(card.facts.sealed);
        card.facts = Facts { sealed, ..updated.facts.clone() };
    }
}

pub(super) fn check_deregistered(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    closed: &HouseholdDeregistered,
) {
    let Some(card) = event.card(judge, store) else { return };
    card.check_order(judge, event.happened);
    let fits = match (closed.reason, closed.merged_into) {
        (DeregisterReason::Merged, Some(other)) => {
            let other_card = store.household(judge.entry.submission.area, other);
            event.household != Some(other) && other_card.is_some_and(|card| card.status.is_live())
        }
        (DeregisterReason::Merged, None) => false,
        (_, merged_into) => merged_into.is_none(),
    };
    judge.require(fits, Code::MergeTargetInvalid, "merged_into");
}

/// A closed card keeps its members for the record. They hold their citizen IDs no longer, so that they can be
/// registered elsewhere.
pub(super) fn apply_deregistered(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    let (Some(id), Some(card)) = (event.household, event.card_mut(store, entry)) else { return };
    card.stand(Status::Deregistered, event.happened, entry);
    card.monitoring = None;
    card.unassigned = None;
    procedure::drop_open(&mut card.rounds, None);
    let held: Vec<_> = card.members.iter().filter_map(|member| Some((id.person(member.number), member.tag?))).collect();
    for (person, tag) in held {
        tags::give_up(store, entry, person, tag);
    }
}

/// For short lists, which is judged first.
pub(super) fn are_distinct(causes: &[Cause]) -> bool {
    causes.iter().enumerate().all(|(position, cause)| !causes.iter().take(position).any(|earlier| earlier == cause))
}
