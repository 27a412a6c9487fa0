//! An exited household is poor again.

use super::cards;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{Cause, Status};
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// An exited household is poor again (返贫).
    HouseholdFellBack "household_fell_back", "返贫", "household fell back" {
        about: "已脱贫的户再次贫困。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: Some(Procedure::FallBack),
        source: "2014 plan for identification and cards: a household that falls back is identified again",
    }
    /// Main cause.
    cause: Cause = Value::Choice(&Cause::LIST), "原因", "返贫的主要原因。";
    /// The exit had been recorded in error; the event named by `corrects` is that exit.
    exit_in_error: bool = Value::Flag, "误脱贫", "原脱贫记录有误时选“是”，并在“更正”中指明该次脱贫。";
}

impl Rule<Envelope> for HouseholdFellBack {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        judge.in_status(card, card.status == Status::Exited);
        judge.follows_status(card, event.happened);
        if self.exit_in_error && card.status == Status::Exited {
            let names_the_exit = event.corrects.is_some_and(|earlier| earlier.entry == card.decided);
            judge.require(names_the_exit, Code::CorrectionInvalid, "corrects");
        } else if card.status == Status::Exited {
            course::check_household(judge, store, event, Procedure::FallBack);
        }
    }

    /// An exit recorded in error is subtracted from its own month; a true fall is counted in the month when it
    /// happened.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        let exited = card.since.month();
        card.facts.other_causes.retain(|cause| *cause != self.cause);
        card.facts.main_cause = self.cause;
        if !self.exit_in_error {
            card.fell_back = Some(event.happened);
        }
        card.set_status(card.poor_as(), event.happened, entry.index);
        card.exit = None;
        if self.exit_in_error {
            course::drop_open(&mut card.rounds, Some(Procedure::FallBack));
            course::take_back(&mut card.rounds, Procedure::HouseholdExit);
        } else {
            course::conclude_household(store, entry, event, Procedure::FallBack);
        }
        let month = if self.exit_in_error { exited } else { event.happened.month() };
        if let Some(month) = store.month_mut(entry.submission.area, month) {
            if self.exit_in_error {
                month.exited = month.exited.saturating_sub(1);
            } else {
                month.fallen_back = month.fallen_back.saturating_add(1);
            }
        }
    }
}
