//! Checks whether a step of a procedure may be taken now.

use super::cards;
use crate::rules::procedure::course::{last_decided, names};

use crate::facts::date::Date;
use crate::facts::envelope::Envelope;
use crate::facts::evidence::Evidence;
use crate::facts::household::Status;
use crate::facts::procedure::{Place, Procedure};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::machine::{Machine, StepRule};
use crate::rules::procedure::subject::Subject;
use crate::state::household::Household;
use crate::state::round::{End, Round};
use crate::state::store::Store;

pub(super) fn check_evidence(judge: &mut Judge<'_>, rule: &StepRule, evidence: &[Evidence]) {
    for kind in rule.evidence {
        if !evidence.iter().any(|document| document.kind == *kind) {
            judge.refuse(Code::EvidenceMissing, "evidence", kind.name());
        }
    }
}

/// Checks the subject of the procedure: a card or a household that is about to get one, a poor village, or the
/// jurisdiction.
pub(super) fn check_subject(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &Envelope,
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
        // Identification leads to the registration, so most of its steps come before that.
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
        _ => cards::open(judge, store, event).and(event.household).map(Subject::Household),
    }
}

/// Checks that the standing of a household lets a procedure begin; `None` is one without a card. Days and steps are
/// checked besides.
///
/// # Errors
/// The code of the rule that forbids it.
fn check_standing(procedure: Procedure, card: Option<&Household>) -> Result<(), Code> {
    let is = |allowed: &[Status]| card.is_some_and(|card| allowed.contains(&card.status));
    let monitored = card.map(|card| card.monitoring.is_some());
    match procedure {
        Procedure::HouseholdExit if !is(&[Status::Poor, Status::PreExit, Status::FellBack]) => {
            Err(Code::StatusForbids)
        }
        Procedure::FallBack if !is(&[Status::Exited]) => Err(Code::StatusForbids),
        Procedure::Monitoring if monitored == Some(true) => Err(Code::MonitoredAlready),
        Procedure::MonitoringEnd if monitored == Some(false) => Err(Code::NotMonitored),
        _ => Ok(()),
    }
}

/// The procedures of a card that its standing lets begin.
pub fn may_begin(card: &Household) -> impl Iterator<Item = Procedure> {
    use Procedure::{FallBack, HouseholdExit, Monitoring, MonitoringEnd};
    let of_cards = [HouseholdExit, FallBack, Monitoring, MonitoringEnd];
    let may = |procedure: &Procedure| card.status.is_live() && check_standing(*procedure, Some(card)).is_ok();
    of_cards.into_iter().filter(may)
}

/// Whether a round may begin.
pub(super) fn check_begins(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &Envelope,
    procedure: Procedure,
    rounds: &[Round],
) {
    let area = judge.entry.submission.area;
    let card = event.household.and_then(|id| store.household(area, id));
    if let Err(code) = check_standing(procedure, card) {
        let status = if code == Code::StatusForbids { card.map_or("", |card| card.status.name()) } else { "" };
        return judge.refuse(code, "household", status);
    }
    match procedure {
        Procedure::Identification => {
            // Every card counts as decided, even one that was registered without the steps.
            judge.require(last_decided(rounds, procedure).is_none(), Code::StatusForbids, "household");
        }
        // The corrected step itself listed the card, so the day of the listing does not limit it.
        Procedure::HouseholdExit if card.is_some_and(|card| card.status == Status::PreExit) => {
            check_after_rounds(judge, rounds, event.happened);
        }
        Procedure::HouseholdExit | Procedure::FallBack => {
            if let Some(card) = card {
                judge.follows_status(card, event.happened);
            }
        }
        Procedure::Monitoring | Procedure::MonitoringEnd => {}
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

/// The step must not be before an exit or a fall that was decided, or whose round failed.
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

pub(super) fn out_of_order(judge: &mut Judge<'_>, machine: &Machine, rule: &StepRule, place: Place) {
    let detail = match machine.way(place, rule.after) {
        Some(missing) => format!("{} missing", names(&missing)),
        None => match place {
            Place::At(step) => format!("the procedure is past this step, at {}", step.name()),
            Place::Decided => "the procedure is past this step".to_owned(),
            Place::Start => format!("this step may only follow {}", machine.decision),
        },
    };
    judge.refuse(Code::StepOutOfOrder, "step", detail);
}
