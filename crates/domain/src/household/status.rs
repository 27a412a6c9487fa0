//! Where a card stands: out of poverty, back in it, and the watch it is under.
//!
//! Poor → listed for exit, by a step of the exit procedure → exited → fallen back, which is poor again. An exit may
//! follow without its steps being on record; that they are missing is for an audit to find.

use super::card::are_distinct;
use super::{
    Household, HouseholdEvent, HouseholdExited, HouseholdFellBack, Monitoring, MonitoringStarted, RISKS_MAX, Status,
};
use crate::admit::Judge;
use crate::date::Date;
use crate::procedure::{Outcome, Procedure, ProcedureStepTaken};
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

impl Household {
    /// A change of status cannot have happened before the one it follows.
    pub(super) fn check_order(&self, judge: &mut Judge<'_>, happened: Date) {
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

    /// A step of the exit procedure lists a poor household for exit; one that failed takes it off the list. A step
    /// that is recorded after the status moved on changes nothing.
    pub(crate) fn follow_step(&mut self, entry: &Entry, happened: Date, step: &ProcedureStepTaken) {
        if step.procedure != Procedure::HouseholdExit || happened < self.since {
            return;
        }
        match (step.outcome, self.status) {
            (Outcome::Passed, Status::Poor | Status::FellBack) => self.stand(Status::PreExit, happened, entry),
            (Outcome::Failed, Status::PreExit) => self.stand(self.poor_as(), happened, entry),
            _ => {}
        }
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
}

pub(super) fn apply_exited(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    let Some(card) = event.card_mut(store, entry) else { return };
    card.stand(Status::Exited, event.happened, entry);
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
}

pub(super) fn apply_monitoring_started(
    store: &mut impl Store,
    entry: &Entry,
    event: &HouseholdEvent,
    started: &MonitoringStarted,
) {
    if let Some(card) = event.card_mut(store, entry) {
        let watch = Monitoring { kind: started.kind, since: event.happened, risks: started.risks.clone() };
        card.monitoring = Some(watch);
    }
}

pub(super) fn check_monitoring_ended(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent) {
    let Some(card) = event.card(judge, store) else { return };
    match &card.monitoring {
        None => judge.refuse(Code::NotMonitored, "household", ""),
        Some(watch) if event.happened < watch.since => {
            judge.refuse(Code::OutOfOrder, "happened", watch.since.to_string());
        }
        Some(_) => {}
    }
}

pub(super) fn apply_monitoring_ended(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent) {
    if let Some(card) = event.card_mut(store, entry) {
        card.monitoring = None;
    }
}
