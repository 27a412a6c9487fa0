//! A card's own facts change.

use super::cards;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{Cause, Facts, GROUP_MAX, OTHER_CAUSES_MAX};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// A card's own facts from now on; all of them are given.
    HouseholdUpdated "household_updated", "户卡信息更新", "household updated" {
        about: "户卡今后的信息；须全部填写。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: the household's form",
    }
    /// All of them.
    facts: Facts = Value::Flat(&Facts::RECORD), "户信息", "";
}

impl Rule<Envelope> for HouseholdUpdated {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        if cards::of_facts(judge, store, event).is_some() {
            check_facts(judge, &self.facts);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        if let Some(card) = cards::to_change(store, entry, event) {
            let sealed = self.facts.sealed.or(card.facts.sealed);
            card.facts = Facts { sealed, ..self.facts.clone() };
        }
    }
}

pub(super) fn check_facts(judge: &mut Judge<'_>, facts: &Facts) {
    judge.require(u32::from(facts.group) <= GROUP_MAX, Code::FieldInvalid, "group");
    let others = &facts.other_causes;
    let valid = others.len() <= OTHER_CAUSES_MAX && are_distinct(others) && !others.contains(&facts.main_cause);
    judge.require(valid, Code::CausesInvalid, "other_causes");
}

/// Only for short lists: callers check the length first.
pub(super) fn are_distinct(causes: &[Cause]) -> bool {
    causes.iter().enumerate().all(|(position, cause)| !causes.iter().take(position).any(|earlier| earlier == cause))
}
