//! Where a card stands: out of poverty, back in it, and the watch it is under.
//!
//! Poor → listed for exit, by the first step of the exit procedure → exited → fallen back, which is poor again. Each of
//! these decisions ends a round of its [`procedure`], without which it is refused; unless it takes back one that
//! was recorded in error, or the policy in force does not ask for the steps.

use super::card::are_distinct;
use super::{
    ExitStanding, Household, HouseholdEvent, HouseholdExited, HouseholdFellBack, Monitoring, MonitoringEnded,
    MonitoringOutcome, MonitoringStarted, RISKS_MAX, Status,
};
use crate::admit::Judge;
use crate::date::Date;
use crate::living::Met;
use crate::policy::LineKind;
use crate::procedure::{self, Outcome, Procedure, ProcedureStepTaken, Subject};
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

impl Household {
    /// A change of status cannot have happened before the one it follows.
    pub(crate) fn check_order(&self, judge: &mut Judge<'_>, happened: Date) {
        // A day before the registration is noted as that already.
        if happened >= self.registered && happened < self.since {
            judge.refuse(Code::OutOfOrder, "happened", self.since.to_string());
        }
    }

    pub(super) fn stand(&mut self, status: Status, since: Date, entry: &Entry) {
        self.status = status;
        self.since = since;
        self.decided = entry.index;
    }

    /// A step of the exit procedure lists a poor household for exit; one that failed takes it off the list.
    pub(crate) fn follow_step(&mut self, entry: &Entry, happened: Date, step: &ProcedureStepTaken) {
        if step.procedure != Procedure::HouseholdExit {
            return;
        }
        match (step.outcome, self.status) {
            (Outcome::Passed, Status::Poor | Status::FellBack) => self.stand(Status::PreExit, happened, entry),
            (Outcome::Failed, Status::PreExit) => self.stand(self.poor_as(), happened, entry),
            _ => {}
        }
    }

    /// Whether an exit names the last fall: that fall was recorded in error, and the card is out of poverty as before.
    fn fell_in_error(&self, event: &HouseholdEvent) -> bool {
        self.status == Status::FellBack && self.names_last(event, Procedure::FallBack)
    }

    /// Whether a watch names the end of the last one: that end was recorded in error, and the watch goes on.
    fn ended_in_error(&self, event: &HouseholdEvent) -> bool {
        self.names_last(event, Procedure::MonitoringEnd)
    }

    /// Whether an event puts right the last decision of a procedure.
    fn names_last(&self, event: &HouseholdEvent, procedure: Procedure) -> bool {
        let last = procedure::last_decided(&self.rounds, procedure);
        last.is_some_and(|(_, entry)| event.corrects.is_some_and(|earlier| earlier.entry == entry))
    }

    /// Stands where it stood before it fell: out of poverty since its last exit, by the entry of that. The day of the
    /// fall that is taken back.
    fn take_back_fall(&mut self) -> Option<Date> {
        let fell = procedure::take_back(&mut self.rounds, Procedure::FallBack);
        if let Some((happened, entry)) = procedure::last_decided(&self.rounds, Procedure::HouseholdExit) {
            (self.since, self.decided) = (happened, entry);
        }
        self.status = Status::Exited;
        self.fell_back = procedure::last_decided(&self.rounds, Procedure::FallBack).map(|(happened, _)| happened);
        fell
    }

    /// How it is poor while it is neither listed nor exited.
    fn poor_as(&self) -> Status {
        if self.fell_back.is_some() { Status::FellBack } else { Status::Poor }
    }

    fn check_status(&self, judge: &mut Judge<'_>, allowed: bool) {
        if !allowed {
            judge.refuse(Code::StatusForbids, "household", self.status.name());
        }
    }
}

pub(super) fn check_exited(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, exit: &HouseholdExited) {
    let Some(card) = event.card(judge, store) else { return };
    card.check_status(judge, card.status.is_poor());
    card.check_order(judge, event.happened);
    judge.require(exit.accepted, Code::NotAccepted, "accepted");
    let known = card.incomes.iter().any(|income| u32::from(income.year) == exit.income_year);
    judge.require(known, Code::IncomeMissing, "income_year");
    if !card.status.is_poor() {
        return;
    }
    match event.corrects {
        Some(_) => judge.require(card.fell_in_error(event), Code::CorrectionInvalid, "corrects"),
        None => check_steps(judge, store, event, Procedure::HouseholdExit),
    }
}

/// That the exit is below the line or lacks a guarantee does not stop it: the log keeps what officials decided, and
/// shows it.
pub(super) fn apply_exited(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, exit: &HouseholdExited) {
    let standing = event.household.and_then(|id| store.household(entry.submission.area, id));
    let standing = standing.map(|card| ExitStanding::of(store, entry, card, (exit.income_year, event.happened)));
    let Some(card) = event.card_mut(store, entry) else { return };
    card.exit = standing;
    if card.fell_in_error(event) {
        let Some(fell) = card.take_back_fall() else { return };
        if let Some(month) = store.month_mut(entry.submission.area, fell.month()) {
            month.fallen_back = month.fallen_back.saturating_sub(1);
        }
        return;
    }
    card.stand(Status::Exited, event.happened, entry);
    conclude(store, entry, event, Procedure::HouseholdExit);
    if let Some(month) = store.month_mut(entry.submission.area, event.happened.month()) {
        month.exited = month.exited.saturating_add(1);
    }
}

pub(super) fn check_fell_back(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    fall: &HouseholdFellBack,
) {
    let Some(card) = event.card(judge, store) else { return };
    card.check_status(judge, card.status == Status::Exited);
    card.check_order(judge, event.happened);
    if fall.exit_in_error && card.status == Status::Exited {
        let names_the_exit = event.corrects.is_some_and(|earlier| earlier.entry == card.decided);
        judge.require(names_the_exit, Code::CorrectionInvalid, "corrects");
    } else if card.status == Status::Exited {
        check_steps(judge, store, event, Procedure::FallBack);
    }
}

/// An exit recorded in error is taken out of its month; a true fall is counted in its own.
pub(super) fn apply_fell_back(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, fall: &HouseholdFellBack) {
    let Some(card) = event.card_mut(store, entry) else { return };
    let exited = card.since.month();
    card.facts.other_causes.retain(|cause| *cause != fall.cause);
    card.facts.main_cause = fall.cause;
    if !fall.exit_in_error {
        card.fell_back = Some(event.happened);
    }
    card.stand(card.poor_as(), event.happened, entry);
    card.exit = None;
    if fall.exit_in_error {
        procedure::drop_open(&mut card.rounds, Some(Procedure::FallBack));
        procedure::take_back(&mut card.rounds, Procedure::HouseholdExit);
    } else {
        conclude(store, entry, event, Procedure::FallBack);
    }
    let month = if fall.exit_in_error { exited } else { event.happened.month() };
    if let Some(month) = store.month_mut(entry.submission.area, month) {
        if fall.exit_in_error {
            month.exited = month.exited.saturating_sub(1);
        } else {
            month.fallen_back = month.fallen_back.saturating_add(1);
        }
    }
}

pub(super) fn check_monitoring_started(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    started: &MonitoringStarted,
) {
    let Some(card) = event.card(judge, store) else { return };
    judge.require(card.monitoring.is_none(), Code::MonitoredAlready, "household");
    let risks = (1..=RISKS_MAX).contains(&started.risks.len()) && are_distinct(&started.risks);
    judge.require(risks, Code::RisksInvalid, "risks");
    if card.monitoring.is_none() && !card.ended_in_error(event) {
        check_steps(judge, store, event, Procedure::Monitoring);
    }
}

pub(super) fn apply_monitoring_started(
    store: &mut impl Store,
    entry: &Entry,
    event: &HouseholdEvent,
    started: &MonitoringStarted,
) {
    if let Some(card) = event.card_mut(store, entry) {
        let risks = started.risks.clone();
        card.monitoring = Some(Monitoring { kind: started.kind, since: event.happened, entry: entry.index, risks });
        if card.ended_in_error(event) {
            procedure::take_back(&mut card.rounds, Procedure::MonitoringEnd);
            procedure::drop_open(&mut card.rounds, Some(Procedure::Monitoring));
        } else {
            conclude(store, entry, event, Procedure::Monitoring);
        }
    }
}

/// A watch that was begun in error ends at once.
pub(super) fn check_monitoring_ended(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    ended: &MonitoringEnded,
) {
    let Some(card) = event.card(judge, store) else { return };
    match &card.monitoring {
        None => judge.refuse(Code::NotMonitored, "household", ""),
        Some(watch) if event.happened < watch.since => {
            judge.refuse(Code::OutOfOrder, "happened", watch.since.to_string());
        }
        Some(_) if ended.outcome == MonitoringOutcome::Error => {}
        Some(_) => check_steps(judge, store, event, Procedure::MonitoringEnd),
    }
}

pub(super) fn apply_monitoring_ended(
    store: &mut impl Store,
    entry: &Entry,
    event: &HouseholdEvent,
    ended: &MonitoringEnded,
) {
    let Some(card) = event.card_mut(store, entry) else { return };
    card.monitoring = None;
    if ended.outcome == MonitoringOutcome::Error {
        procedure::drop_open(&mut card.rounds, Some(Procedure::MonitoringEnd));
        procedure::take_back(&mut card.rounds, Procedure::Monitoring);
    } else {
        conclude(store, entry, event, Procedure::MonitoringEnd);
    }
}

impl ExitStanding {
    fn of(store: &impl Store, entry: &Entry, card: &Household, (year, happened): (u32, Date)) -> Self {
        let policy = store.base().policy.seen_by(entry);
        let line = policy.line(LineKind::Poverty, card.facts.standard, entry.submission.area, year, happened);
        let income = card.incomes.iter().find(|income| u32::from(income.year) == year);
        let below = |income: &crate::income::YearIncome| line.is_some_and(|(line, _)| income.per_head < line);
        let guaranteed = card.conditions.met.iter().all(|known| matches!(known, Some((Met::Yes, ..))));
        Self { below_line: income.is_some_and(below), guarantee_missing: !guaranteed }
    }
}

fn check_steps(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, procedure: Procedure) {
    if let Some(id) = event.household {
        procedure::check_decided(judge, store, Subject::Household(id), procedure, event.happened);
    }
}

fn conclude(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, procedure: Procedure) {
    if let Some(id) = event.household {
        procedure::conclude(store, entry, Subject::Household(id), procedure, event.happened);
    }
}
