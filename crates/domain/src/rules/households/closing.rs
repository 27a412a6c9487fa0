//! A card is closed for good.

use super::{cards, tags};
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{DeregisterReason, Status};
use crate::facts::ids::HouseholdId;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// The card is closed for good.
    HouseholdDeregistered "household_deregistered", "户卡注销", "household deregistered" {
        about: "户卡永久注销。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: cards are withdrawn by dynamic management",
    }
    /// Why.
    reason: DeregisterReason = Value::Choice(&DeregisterReason::LIST), "原因", "为什么。";
    /// Household it was merged into; 0 otherwise.
    merged_into: Option<HouseholdId> = Value::HouseholdOrNone, "并入户", "并入哪一户，填该户10位编号。", when reason is ["merged"];
}

impl Rule<Envelope> for HouseholdDeregistered {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        judge.follows_status(card, event.happened);
        let fits = match (self.reason, self.merged_into) {
            (DeregisterReason::Merged, Some(other)) => {
                let other_card = store.household(judge.entry.submission.area, other);
                event.household != Some(other) && other_card.is_some_and(|card| card.status.is_live())
            }
            (DeregisterReason::Merged, None) => false,
            (_, merged_into) => merged_into.is_none(),
        };
        judge.require(fits, Code::MergeTargetInvalid, "merged_into");
    }

    /// A closed card keeps its members for the record, but releases their citizen IDs, so that they can be registered
    /// elsewhere.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let (Some(id), Some(card)) = (event.household, cards::to_change(store, entry, event)) else { return };
        card.set_status(Status::Deregistered, event.happened, entry.index);
        card.monitoring = None;
        card.unassigned = None;
        course::drop_open(&mut card.rounds, None);
        let held: Vec<_> =
            card.members.iter().filter_map(|member| Some((id.person(member.number), member.tag?))).collect();
        for (person, tag) in held {
            tags::give_up(store, entry, person, tag);
        }
    }
}
