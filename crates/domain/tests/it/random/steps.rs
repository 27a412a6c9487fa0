//! Steps of procedures that follow where a round stands, so that some procedures come to their end.

use super::{Dice, clerk_of};
use crate::world;
use lika_domain::date::Date;
use lika_domain::household::{
    Cause, HouseholdEvent, HouseholdExited, HouseholdFellBack, HouseholdKind, MonitoringEnded, MonitoringKind,
    MonitoringOutcome, MonitoringStarted,
};
use lika_domain::official::Role;
use lika_domain::procedure::{Outcome, Place, Procedure, ProcedureStepTaken, Round, Step, StepTaken};
use lika_domain::state::State;
use lika_domain::submission::Evidence;

/// Roles whose officers every village has besides its clerk.
pub(super) const OFFICERS: [Role; 4] =
    [Role::VillageOfficer, Role::Responsible, Role::TownshipOfficer, Role::CountyOfficer];
/// Procedures of a card.
const OF_CARDS: [Procedure; 5] = [
    Procedure::HouseholdExit,
    Procedure::HouseholdExit,
    Procedure::FallBack,
    Procedure::Monitoring,
    Procedure::MonitoringEnd,
];

/// The officer of that role of a village.
pub(super) fn officer_of(village: usize, role: Role) -> u32 {
    let position = OFFICERS.iter().position(|officer| *officer == role).unwrap_or(0);
    clerk_of(village) + 5 + u32::try_from(position).unwrap()
}

impl Dice<'_> {
    /// The next step of a procedure of a card, or its decision, mostly by the right officer on the right day.
    pub(super) fn next_step(&mut self, state: &State) -> (u32, HouseholdEvent) {
        let (id, drawn) = (self.card(), self.of(&OF_CARDS));
        let rounds = super::card_in(state, self.village, id).map_or(&[][..], |card| card.rounds.as_slice());
        let under_way = rounds.iter().find(|round| round.is_open()).map(|round| round.procedure);
        let procedure = under_way.unwrap_or(drawn);
        let round = rounds.iter().rev().find(|round| round.procedure == procedure);
        let place = round.map_or(Place::Start, Round::place);
        let place = if place == Place::Decided { Place::Start } else { place };
        let last = round.filter(|_| place != Place::Start).and_then(|round| round.steps.last());
        let slip = self.one_in(12);
        let happened = last.map_or(self.day(), StepTaken::followed_from).plus_days(if slip { -1 } else { 0 });
        let machine = procedure.machine();
        if machine.way_to_decision(place).is_some_and(|missing| missing.is_empty()) {
            let event = world::household_event(happened.yyyymmdd(), id.get(), self.decision(procedure));
            return (officer_of(self.village, Role::VillageOfficer), event);
        }
        let follow: Vec<_> = machine.rules.iter().filter(|rule| rule.after.contains(&place)).collect();
        let rule = follow[usize::from(self.byte()) % follow.len()];
        let taken = self.taken(procedure, rule.step, happened);
        let mut event = world::household_event(happened.yyyymmdd(), id.get(), HouseholdKind::ProcedureStepTaken(taken));
        let papers = rule.evidence.iter().map(|kind| Evidence { kind: *kind, sha256: [1; 32], size: 1 });
        event.evidence = papers.collect();
        let officers = rule.roles.iter().map(|role| officer_of(self.village, *role));
        let apart = |officer: &u32| !rule.apart || last.is_none_or(|last| last.by.get() != *officer);
        let author = officers.into_iter().find(apart).unwrap_or(clerk_of(self.village));
        (author, event)
    }

    fn taken(&mut self, procedure: Procedure, step: Step, happened: Date) -> ProcedureStepTaken {
        let publicity = matches!(step, Step::Publicity | Step::SecondPublicity);
        ProcedureStepTaken {
            procedure,
            step,
            outcome: if self.one_in(16) { Outcome::Failed } else { Outcome::Passed },
            present: 30,
            in_favour: 16,
            until: publicity.then(|| happened.plus_days(6)),
            objections: 0,
        }
    }

    fn decision(&mut self, procedure: Procedure) -> HouseholdKind {
        match procedure {
            Procedure::HouseholdExit => {
                HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2012, accepted: true })
            }
            Procedure::FallBack => {
                let fall = HouseholdFellBack { cause: self.of(Cause::ALL), exit_in_error: false };
                HouseholdKind::HouseholdFellBack(fall)
            }
            Procedure::Monitoring => HouseholdKind::MonitoringStarted(MonitoringStarted {
                kind: MonitoringKind::Hardship,
                risks: vec![Cause::Illness],
            }),
            _ => HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: MonitoringOutcome::Helped }),
        }
    }
}

/// The rounds of all subjects of a state.
pub(crate) fn rounds(state: &State) -> impl Iterator<Item = &[Round]> {
    let villages = state.villages.values();
    let of_villages = villages.flat_map(|village| {
        let cards = village.households.values().map(|card| card.rounds.as_slice());
        let candidates = village.head.candidates.values().map(Vec::as_slice);
        cards.chain(candidates).chain([village.head.rounds.as_slice()])
    });
    of_villages.chain(state.jurisdiction.iter().map(|jurisdiction| jurisdiction.rounds.as_slice()))
}
