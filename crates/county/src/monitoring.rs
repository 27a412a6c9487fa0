//! Monitoring of households that might fall back, from 2020 on.

use super::clerk::Clerk;
use super::household::{Home, Standing};
use super::planted;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{Cause, MonitoringKind, MonitoringOutcome};

/// Share of exited households with a clue, per mille and month.
const CLUE_PER_MILLE: u32 = 9;
/// Share of monitored households whose risk is gone, per mille and month.
const GONE_PER_MILLE: u32 = 240;

/// Whether an exited household shows a clue in a month.
pub(crate) fn has_clue(clerk: &mut Clerk, home: &Home) -> bool {
    home.standing == Standing::Exited && !home.monitored && clerk.dice.per_mille(CLUE_PER_MILLE)
}

/// Whether the risk of a monitored household is gone in a month.
pub(crate) fn is_gone(clerk: &mut Clerk, home: &Home) -> bool {
    home.monitored && home.is_open() && clerk.dice.per_mille(GONE_PER_MILLE)
}

/// The county begins to monitor a household.
pub(crate) fn start(clerk: &mut Clerk, home: &mut Home, (author, day): (usize, Date), late: bool) {
    let kind = clerk.dice.weigh(&[(MonitoringKind::Unstable, 60), (MonitoringKind::Hardship, 40)]);
    let mut risks = vec![clerk.dice.pick(&[Cause::Illness, Cause::Disaster, Cause::Schooling]).into()];
    if clerk.dice.per_mille(300) {
        risks.push(Cause::Labour.into());
    }
    let started = v1::MonitoringStarted { kind: kind.into(), risks };
    clerk.card_event(author, &home.card, day, Kind::MonitoringStarted(started), None);
    home.monitored = true;
    if late {
        clerk.planted.note(planted::Kind::DecidedLate);
    }
}

/// The county ends monitoring.
pub(crate) fn end(clerk: &mut Clerk, home: &mut Home, (author, day): (usize, Date)) {
    let outcome = clerk.dice.weigh(&[(MonitoringOutcome::Helped, 85), (MonitoringOutcome::Natural, 15)]);
    let ended = v1::MonitoringEnded { outcome: outcome.into() };
    clerk.card_event(author, &home.card, day, Kind::MonitoringEnded(ended), None);
    home.monitored = false;
}
