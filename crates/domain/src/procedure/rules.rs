//! Whether a step may be taken, and a decision recorded, and what they change.

use super::machine::{Machine, Rule};
use super::{End, Outcome, Place, Procedure, ProcedureStepTaken, Round, Step, StepTaken, Subject};
use crate::admit::Judge;
use crate::date::Date;
use crate::household::{HouseholdEvent, Status};
use crate::ids::Index;
use crate::official::Role;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::{Entry, Evidence};

/// Who may take a step. A step that the procedure does not have is nobody's; that is judged as such.
pub(crate) fn roles(taken: &ProcedureStepTaken) -> &'static [Role] {
    taken.procedure.machine().rule(taken.step).map_or(Role::ALL, |rule| rule.roles)
}

/// Judges a step.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, taken: &ProcedureStepTaken) {
    let machine = taken.procedure.machine();
    let Some(rule) = machine.rule(taken.step) else {
        return judge.refuse(Code::StepInvalid, "step", taken.procedure.name());
    };
    check_evidence(judge, rule, &event.evidence);
    check_votes(judge, taken);
    check_publicity(judge, store, event, taken, rule);
    let Some(subject) = check_subject(judge, store, event, taken.procedure) else { return };
    let rounds = subject.rounds(store, judge.entry);
    let standing = Standing::of(rounds, event, taken);
    if !rule.after.contains(&standing.place) {
        return out_of_order(judge, machine, rule, standing.place);
    }
    let Some(last) = standing.last else {
        if standing.place == Place::Start {
            check_begins(judge, store, event, taken.procedure, rounds);
        }
        return;
    };
    check_day(judge, last, event.happened);
    let same = rule.apart && last.by == judge.entry.submission.author;
    judge.require(!same, Code::StepSamePerson, "author");
}

/// Keeps a step with what it concerns.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, taken: &ProcedureStepTaken) {
    let subject = match (taken.procedure, event.household) {
        (Procedure::CountyExit, _) => Subject::County,
        (Procedure::VillageExit, _) => Subject::Village,
        (_, Some(id)) => Subject::Household(id),
        (_, None) => return,
    };
    let policy = store.base().policy.seen_by(entry);
    let days = policy.deadline_days(taken.procedure, entry.submission.area, event.happened);
    subject.change(store, entry, |rounds| take(rounds, entry, event, taken, days));
    let Some(card) = event.card_mut(store, entry) else { return };
    card.follow_step(entry, event.happened, taken);
    // A listing is as old as the first step of its round, also when that one is put right.
    if card.status == Status::PreExit
        && let Some([first]) = open_round(&card.rounds, Procedure::HouseholdExit).map(|round| round.steps.as_slice())
    {
        (card.since, card.decided) = (first.happened, first.entry);
    }
}

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
pub(crate) fn conclude(store: &mut impl Store, entry: &Entry, subject: Subject, procedure: Procedure, happened: Date) {
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

/// The day and the entry of the last decision of a procedure that was not taken back.
pub(crate) fn last_decided(rounds: &[Round], procedure: Procedure) -> Option<(Date, Index)> {
    let mut decided = rounds.iter().rev().filter(|round| round.procedure == procedure);
    decided.find_map(|round| match round.end? {
        End::Decided { happened, entry, .. } => Some((happened, entry)),
        End::Failed { .. } | End::Dropped => None,
    })
}

/// Takes back the last decision of a procedure, which was recorded in error: its round counts as dropped. The day of the
/// decision.
pub(crate) fn take_back(rounds: &mut [Round], procedure: Procedure) -> Option<Date> {
    let decided = |round: &&mut Round| round.procedure == procedure && matches!(round.end, Some(End::Decided { .. }));
    let round = rounds.iter_mut().rev().find(decided)?;
    let Some(End::Decided { happened, .. }) = round.end.replace(End::Dropped) else { return None };
    Some(happened)
}

/// What a step would follow.
struct Standing<'r> {
    place: Place,
    /// The step before it in its round; `None` if it would be the first.
    last: Option<&'r StepTaken>,
}

impl<'r> Standing<'r> {
    /// A step that puts right the last one of the same kind is judged as if that one had not been taken.
    fn of(rounds: &'r [Round], event: &HouseholdEvent, taken: &ProcedureStepTaken) -> Self {
        let round = rounds.iter().rev().find(|round| round.procedure == taken.procedure);
        let Some(round) = round else { return Self { place: Place::Start, last: None } };
        if is_put_right(round, event, taken) {
            let last = round.steps.len().checked_sub(2).and_then(|position| round.steps.get(position));
            return Self { place: round.place_before_last(), last };
        }
        let place = round.place();
        // What is over can begin again; while it is under way it cannot.
        let begins = !round.is_open() && !follows(taken, place);
        if begins || place == Place::Start {
            return Self { place: if follows(taken, Place::Start) { Place::Start } else { place }, last: None };
        }
        Self { place, last: round.steps.last() }
    }
}

fn follows(taken: &ProcedureStepTaken, place: Place) -> bool {
    taken.procedure.machine().rule(taken.step).is_some_and(|rule| rule.after.contains(&place))
}

/// Whether the step takes the place of the last one, before the decision or after it. One that was not passed has ended
/// its round: what is wrong with it is put right by another round.
fn is_put_right(round: &Round, event: &HouseholdEvent, taken: &ProcedureStepTaken) -> bool {
    let last = round.steps.last().filter(|_| round.place() == Place::At(taken.step));
    last.is_some_and(|last| event.corrects.is_some_and(|earlier| earlier.entry == last.entry))
}

fn take(rounds: &mut Vec<Round>, entry: &Entry, event: &HouseholdEvent, taken: &ProcedureStepTaken, days: Option<u32>) {
    let ProcedureStepTaken { procedure, step, outcome, until, .. } = *taken;
    let kept =
        StepTaken { step, outcome, happened: event.happened, until, by: entry.submission.author, entry: entry.index };
    let position = rounds.iter().rposition(|round| round.procedure == procedure);
    let last = position.and_then(|position| rounds.get_mut(position));
    let round = match last {
        Some(round) if is_put_right(round, event, taken) => {
            round.steps.pop();
            round
        }
        Some(round) if round.place() != Place::Start && follows(taken, round.place()) => round,
        _ => {
            rounds.push(Round::new(procedure));
            let Some(round) = rounds.last_mut() else { return };
            round
        }
    };
    round.steps.push(kept);
    if outcome == Outcome::Failed && round.is_open() {
        round.end = Some(End::Failed { late: round.is_late_on(event.happened, days) });
    }
}

fn check_evidence(judge: &mut Judge<'_>, rule: &Rule, evidence: &[Evidence]) {
    for kind in rule.evidence {
        if !evidence.iter().any(|document| document.kind == *kind) {
            judge.refuse(Code::EvidenceMissing, "evidence", kind.name());
        }
    }
}

/// A village appraisal is a meeting that votes; it passes with more than half of those present.
fn check_votes(judge: &mut Judge<'_>, taken: &ProcedureStepTaken) {
    judge.require(taken.in_favour <= taken.present, Code::VotesInvalid, "in_favour");
    if taken.step == Step::Appraisal && taken.outcome == Outcome::Passed {
        let majority = u64::from(taken.in_favour) * 2 > u64::from(taken.present);
        judge.require(majority, Code::VotesInvalid, "in_favour");
    }
}

/// A publicity lasts from the day it happened to its last day, both counted.
fn check_publicity(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    taken: &ProcedureStepTaken,
    rule: &Rule,
) {
    judge.require(rule.is_publicity() || taken.objections == 0, Code::FieldInvalid, "objections");
    let until = match taken.until {
        Some(until) if rule.is_publicity() => until,
        Some(_) => return judge.refuse(Code::FieldInvalid, "until", "only a publicity has a last day"),
        None if rule.is_publicity() => return judge.refuse(Code::FieldMissing, "until", ""),
        None => return,
    };
    if until < event.happened {
        return judge.refuse(Code::PeriodInvalid, "until", "");
    }
    let policy = store.base().policy.seen_by(judge.entry);
    let days = policy.publicity_days(taken.procedure, judge.entry.submission.area, event.happened);
    let earliest = event.happened.plus_days(i32::try_from(days).unwrap_or(i32::MAX).saturating_sub(1));
    if until < earliest && taken.outcome == Outcome::Passed {
        judge.refuse(Code::PublicityTooShort, "until", format!("at least {days} days, until {earliest}"));
    }
}

/// What the procedure is about: a card or a household that is to get one, a poor village, or the jurisdiction.
fn check_subject(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    procedure: Procedure,
) -> Option<Subject> {
    match procedure {
        Procedure::CountyExit => {
            judge.no_card(event.household);
            judge.in_jurisdiction(store);
            Some(Subject::County)
        }
        Procedure::VillageExit => {
            judge.no_card(event.household);
            let poor = judge.village(store)?.poor;
            judge.require(poor, Code::VillageNotPoor, "area");
            Some(Subject::Village)
        }
        // It leads to the registration, so most of its steps lie before that.
        Procedure::Identification => {
            let Some(id) = event.household else {
                judge.refuse(Code::HouseholdIsMissing, "household", "");
                return None;
            };
            judge.village(store)?;
            match store.home(id) {
                Some(_) => judge.open_card(store, event.household).map(|_| Subject::Household(id)),
                None => Some(Subject::Household(id)),
            }
        }
        _ => event.card(judge, store).and(event.household).map(Subject::Household),
    }
}

/// Whether a round may begin at all.
fn check_begins(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    procedure: Procedure,
    rounds: &[Round],
) {
    let area = judge.entry.submission.area;
    let card = event.household.and_then(|id| store.household(area, id));
    let stands = card.map_or("", |card| card.status.name());
    let is = |allowed: &[Status]| card.is_some_and(|card| allowed.contains(&card.status));
    match procedure {
        Procedure::Identification => {
            // Every card has been decided on, if only by being made.
            judge.require(last_decided(rounds, procedure).is_none(), Code::StatusForbids, "household");
        }
        Procedure::HouseholdExit if !is(&[Status::Poor, Status::PreExit, Status::FellBack]) => {
            judge.refuse(Code::StatusForbids, "household", stands);
        }
        Procedure::FallBack if !is(&[Status::Exited]) => judge.refuse(Code::StatusForbids, "household", stands),
        // What lists the card is the very step that is put right: its day is no bound to it.
        Procedure::HouseholdExit if is(&[Status::PreExit]) => check_after_rounds(judge, rounds, event.happened),
        Procedure::HouseholdExit | Procedure::FallBack => {
            if let Some(card) = card {
                card.check_order(judge, event.happened);
            }
        }
        Procedure::Monitoring => {
            judge.require(card.is_none_or(|card| card.monitoring.is_none()), Code::MonitoredAlready, "household");
        }
        Procedure::MonitoringEnd => {
            judge.require(card.is_none_or(|card| card.monitoring.is_some()), Code::NotMonitored, "household");
        }
        Procedure::VillageExit => {
            let exited = store.village(area).and_then(|village| village.exited);
            judge.require(exited.is_none(), Code::VillageHasExited, "area");
        }
        Procedure::CountyExit => {
            let exited = store.jurisdiction().and_then(|jurisdiction| jurisdiction.exited);
            judge.require(exited.is_none(), Code::CountyHasExited, "area");
        }
    }
}

/// Not before an exit or a fall that has been decided, or given up.
fn check_after_rounds(judge: &mut Judge<'_>, rounds: &[Round], happened: Date) {
    let moves = |round: &&Round| matches!(round.procedure, Procedure::HouseholdExit | Procedure::FallBack);
    let over = rounds.iter().filter(moves).filter_map(|round| match round.end? {
        End::Decided { happened, .. } => Some(happened),
        End::Failed { .. } => round.steps.last().map(|step| step.happened),
        End::Dropped => None,
    });
    if let Some(last) = over.max().filter(|last| happened < *last) {
        judge.refuse(Code::OutOfOrder, "happened", last.to_string());
    }
}

/// Not before what it follows, and not while a publicity runs.
fn check_day(judge: &mut Judge<'_>, last: &StepTaken, happened: Date) {
    let from = last.followed_from();
    if happened < last.happened {
        judge.refuse(Code::OutOfOrder, "happened", last.happened.to_string());
    } else if happened < from {
        judge.refuse(Code::StepTooEarly, "happened", format!("allowed from {from}, when the publicity is over"));
    }
}

fn out_of_order(judge: &mut Judge<'_>, machine: &Machine, rule: &Rule, place: Place) {
    let detail = match machine.way(place, rule.after) {
        Some(missing) => format!("{} missing", names(&missing)),
        None => match place {
            Place::At(step) => format!("the procedure is past it, at {}", step.name()),
            Place::Decided => "the procedure is past it".to_owned(),
            Place::Start => format!("it follows {} only", machine.decision),
        },
    };
    judge.refuse(Code::StepOutOfOrder, "step", detail);
}

fn names(steps: &[Step]) -> String {
    steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(", ")
}

fn open_round(rounds: &[Round], procedure: Procedure) -> Option<&Round> {
    rounds.iter().rev().find(|round| round.procedure == procedure && round.is_open())
}
