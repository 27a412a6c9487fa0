//! The watch over households that might fall back, from 2020 on.

use super::clerk::Clerk;
use super::exits::step_taken;
use super::household::{Home, Standing};
use super::village::Village;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{Cause, MonitoringKind, MonitoringOutcome, Procedure, Step};

/// Of a thousand exited households, those that come under the watch, per month.
const STARTED_PER_MILLE: u32 = 9;
/// Of a thousand households under the watch, those whose risk is gone, per month.
const ENDED_PER_MILLE: u32 = 240;

/// A month in which an exited household may come under the watch.
pub(crate) fn start(clerk: &mut Clerk, home: &mut Home, village: &Village) {
    let fits = home.standing == Standing::Exited && !home.monitored;
    if !fits || !clerk.dice.per_mille(STARTED_PER_MILLE) {
        return;
    }
    for (step, before) in [(Step::Clue, 14), (Step::Verification, 11), (Step::Publicity, 9), (Step::Decision, 2)] {
        step_taken(clerk, village.officer, home, Procedure::Monitoring, step, before);
    }
    let kind = clerk.dice.weigh(&[(MonitoringKind::Unstable, 60), (MonitoringKind::Hardship, 40)]);
    let mut risks = vec![clerk.dice.pick(&[Cause::Illness, Cause::Disaster, Cause::Schooling]).into()];
    if clerk.dice.per_mille(300) {
        risks.push(Cause::Labour.into());
    }
    let day = clerk.days_ago(1);
    let started = v1::MonitoringStarted { kind: kind.into(), risks };
    clerk.card_event(village.officer, &home.card, day, Kind::MonitoringStarted(started), None);
    home.monitored = true;
}

/// A month in which the risk of a household may be gone.
pub(crate) fn end(clerk: &mut Clerk, home: &mut Home, village: &Village) {
    if !home.monitored || !home.is_open() || !clerk.dice.per_mille(ENDED_PER_MILLE) {
        return;
    }
    for (step, before) in [(Step::Verification, 9), (Step::Acceptance, 8), (Step::Decision, 2)] {
        step_taken(clerk, village.officer, home, Procedure::MonitoringEnd, step, before);
    }
    let outcome = clerk.dice.weigh(&[(MonitoringOutcome::Helped, 85), (MonitoringOutcome::Natural, 15)]);
    let day = clerk.days_ago(1);
    let ended = v1::MonitoringEnded { outcome: outcome.into() };
    clerk.card_event(village.officer, &home.card, day, Kind::MonitoringEnded(ended), None);
    home.monitored = false;
}
