//! The course of a procedure: whether its decision may be recorded, and how a decision ends a round or is taken back.

use super::subject::Subject;
use crate::facts::date::Date;
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::Index;
use crate::facts::procedure::{Place, Procedure, Step};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::round::{End, Round, StepTaken};
use crate::state::store::Store;

/// Judges whether the event that a procedure leads to may be recorded: its steps must be on record, unless the policy
/// in force does not ask for them.
pub(crate) fn check_decided(
    judge: &mut Judge<'_>,
    store: &impl Store,
    subject: Subject,
    procedure: Procedure,
    happened: Date,
) {
    let entry = judge.entry;
    let open = open_round(subject.rounds(store, entry), procedure);
    let policy = store.base().policy.seen_by(entry);
    if !policy.steps_required(procedure, entry.submission.area, happened) {
        return;
    }
    let machine = procedure.machine();
    let place = open.map_or(Place::Start, Round::place);
    match machine.way_to_decision(place) {
        Some(missing) if missing.is_empty() => {
            if let Some(last) = open.and_then(|round| round.steps.last()) {
                check_day(judge, last, happened);
            }
        }
        missing => {
            let missing = missing.unwrap_or_default();
            judge.refuse(
                Code::ProcedureIncomplete,
                "happened",
                format!("{}: {} missing", procedure.name(), names(&missing)),
            );
        }
    }
}

/// Ends a procedure's round with the decision it leads to.
pub(crate) fn conclude(
    store: &mut impl Store,
    entry: &EntryHeader,
    subject: Subject,
    procedure: Procedure,
    happened: Date,
) {
    let days = store.base().policy.seen_by(entry).deadline_days(procedure, entry.submission.area, happened);
    subject.change(store, entry, |rounds| {
        if open_round(rounds, procedure).is_none() {
            rounds.push(Round::new(procedure));
        }
        let open = |round: &&mut Round| round.procedure == procedure && round.is_open();
        let Some(round) = rounds.iter_mut().rev().find(open) else { return };
        let complete = procedure.machine().way_to_decision(round.place()).is_some_and(|missing| missing.is_empty());
        let steps = u8::try_from(round.steps.len()).unwrap_or(u8::MAX);
        let late = round.is_late_on(happened, days);
        round.end = Some(End::Decided { happened, entry: entry.index, steps, complete, late });
    });
}

/// Ends a procedure's round, or every round, without a decision.
pub(crate) fn drop_open(rounds: &mut [Round], procedure: Option<Procedure>) {
    let concerned = |round: &&mut Round| round.is_open() && procedure.is_none_or(|one| round.procedure == one);
    rounds.iter_mut().filter(concerned).for_each(|round| round.end = Some(End::Dropped));
}

/// The day and the entry of a procedure's last decision that was not taken back.
pub(crate) fn last_decided(rounds: &[Round], procedure: Procedure) -> Option<(Date, Index)> {
    let mut decided = rounds.iter().rev().filter(|round| round.procedure == procedure);
    decided.find_map(|round| match round.end? {
        End::Decided { happened, entry, .. } => Some((happened, entry)),
        End::Failed { .. } | End::Dropped => None,
    })
}

/// Takes back the last decision of a procedure, which was recorded in error: its round counts as dropped. Returns the
/// day of the decision.
pub(crate) fn take_back(rounds: &mut [Round], procedure: Procedure) -> Option<Date> {
    let decided = |round: &&mut Round| round.procedure == procedure && matches!(round.end, Some(End::Decided { .. }));
    let round = rounds.iter_mut().rev().find(decided)?;
    let Some(End::Decided { happened, .. }) = round.end.replace(End::Dropped) else { return None };
    Some(happened)
}

/// As [`check_decided`], for the household that an event names.
pub(crate) fn check_household(judge: &mut Judge<'_>, store: &impl Store, event: &Envelope, procedure: Procedure) {
    if let Some(subject) = event.household.map(Subject::Household) {
        check_decided(judge, store, subject, procedure, event.happened);
    }
}

/// As [`conclude`], for the household that an event names.
pub(crate) fn conclude_household(store: &mut impl Store, entry: &EntryHeader, event: &Envelope, procedure: Procedure) {
    if let Some(subject) = event.household.map(Subject::Household) {
        conclude(store, entry, subject, procedure, event.happened);
    }
}

/// Whether an event corrects the last decision of a procedure.
pub(crate) fn names_last(rounds: &[Round], event: &Envelope, procedure: Procedure) -> bool {
    let last = last_decided(rounds, procedure);
    last.is_some_and(|(_, entry)| event.corrects.is_some_and(|earlier| earlier.entry == entry))
}

/// Checks that a step is not earlier than the one it follows, and not during a publicity.
pub(crate) fn check_day(judge: &mut Judge<'_>, last: &StepTaken, happened: Date) {
    let from = last.followed_from();
    if happened < last.happened {
        judge.refuse(Code::OutOfOrder, "happened", last.happened.to_string());
    } else if happened < from {
        judge.refuse(Code::StepTooEarly, "happened", format!("allowed from {from}, when the publicity is over"));
    }
}

pub(crate) fn names(steps: &[Step]) -> String {
    steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(", ")
}

pub(crate) fn open_round(rounds: &[Round], procedure: Procedure) -> Option<&Round> {
    rounds.iter().rev().find(|round| round.procedure == procedure && round.is_open())
}
