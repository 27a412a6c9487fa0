//! The monitoring of a household starts, and ends.

use super::cards;
use super::facts::are_distinct;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{Cause, MonitoringKind, MonitoringOutcome, RISKS_MAX};
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::household::{Household, Monitoring};
use crate::state::store::Store;

event! {
    /// The household is monitored for falling (back) into poverty.
    MonitoringStarted "monitoring_started", "纳入监测", "monitoring started" {
        about: "该户因有返贫致贫风险而纳入监测。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: Some(Procedure::Monitoring),
        source: "2021 guidance on monitoring (关于健全防止返贫动态监测和帮扶机制的指导意见)",
    }
    /// Kind of monitored household.
    kind: MonitoringKind = Value::Choice(&MonitoringKind::LIST), "监测对象类别", "监测对象属于哪一类。";
    /// One to five risks.
    risks: Vec<Cause> = Value::Choices { list: &Cause::LIST, max: Cause::ALL.len() }, "风险", "返贫致贫风险，一至五项。";
}

event! {
    /// The monitoring ends.
    MonitoringEnded "monitoring_ended", "监测结束", "monitoring ended" {
        about: "对该户的监测结束。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: Some(Procedure::MonitoringEnd),
        source: "2021 guidance on monitoring: risk eliminated by help or naturally",
    }
    /// How the risk ended.
    outcome: MonitoringOutcome = Value::Choice(&MonitoringOutcome::LIST), "结果", "风险如何结束。";
}

impl Rule<Envelope> for MonitoringStarted {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        judge.require(card.monitoring.is_none(), Code::MonitoredAlready, "household");
        let risks = (1..=RISKS_MAX).contains(&self.risks.len()) && are_distinct(&self.risks);
        judge.require(risks, Code::RisksInvalid, "risks");
        if card.monitoring.is_none() && !ended_in_error(card, event) {
            course::check_household(judge, store, event, Procedure::Monitoring);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        let risks = self.risks.clone();
        card.monitoring = Some(Monitoring { kind: self.kind, since: event.happened, entry: entry.index, risks });
        if ended_in_error(card, event) {
            course::take_back(&mut card.rounds, Procedure::MonitoringEnd);
            course::drop_open(&mut card.rounds, Some(Procedure::Monitoring));
        } else {
            course::conclude_household(store, entry, event, Procedure::Monitoring);
        }
    }
}

impl Rule<Envelope> for MonitoringEnded {
    /// Monitoring that was started in error ends without a procedure.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        match &card.monitoring {
            None => judge.refuse(Code::NotMonitored, "household", ""),
            Some(watch) if event.happened < watch.since => {
                judge.refuse(Code::OutOfOrder, "happened", watch.since.to_string());
            }
            Some(_) if self.outcome == MonitoringOutcome::Error => {}
            Some(_) => course::check_household(judge, store, event, Procedure::MonitoringEnd),
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        card.monitoring = None;
        if self.outcome == MonitoringOutcome::Error {
            course::drop_open(&mut card.rounds, Some(Procedure::MonitoringEnd));
            course::take_back(&mut card.rounds, Procedure::Monitoring);
        } else {
            course::conclude_household(store, entry, event, Procedure::MonitoringEnd);
        }
    }
}

/// Whether a start of monitoring corrects the last end: that end was recorded in error, and monitoring continues.
fn ended_in_error(card: &Household, event: &Envelope) -> bool {
    course::names_last(&card.rounds, event, Procedure::MonitoringEnd)
}
