//! Steps that follow the place of a round, so that some procedures reach their end.

use super::{Dice, Manner, VILLAGES, clerk_of};
use lika_domain::date::Date;
use lika_domain::household::{
    Cause, HouseholdEvent, HouseholdExited, HouseholdFellBack, HouseholdKind, HouseholdRegistered, MonitoringEnded,
    MonitoringKind, MonitoringOutcome, MonitoringStarted, Status,
};
use lika_domain::ids::{EventRef, HouseholdId};
use lika_domain::member::{Relation, Sex};
use lika_domain::official::Role;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{Outcome, Place, Procedure, ProcedureStepTaken, Round, StepTaken};
use lika_domain::state::State;
use lika_domain::submission::{Events, Evidence};
use lika_domain::village::{CountyExited, VillageExited};
use lika_testkit::county;
use lika_testkit::facts::{self, around};
use lika_testkit::rules::Report;

/// Roles of the officers that every village has besides its clerk.
pub(super) const OFFICERS: [Role; 4] =
    [Role::VillageOfficer, Role::Responsible, Role::TownshipOfficer, Role::CountyOfficer];
/// The subject of a procedure.
#[derive(Clone, Copy)]
enum About {
    /// A card, or a household without one.
    Card(HouseholdId),
    Village,
    County,
}

/// A procedure to be continued, and its place.
struct Ahead<'s> {
    about: About,
    procedure: Procedure,
    round: Option<&'s Round>,
    place: Place,
    /// The step before, in the same round.
    last: Option<&'s StepTaken>,
}

/// The officer of that role of a village.
pub(super) fn officer_of(village: usize, role: Role) -> u32 {
    let position = OFFICERS.iter().position(|officer| *officer == role).unwrap_or(0);
    clerk_of(village) + 5 + u32::try_from(position).unwrap()
}

impl Dice<'_> {
    /// The next step of a procedure, its decision, or a correction of its last step; usually by the right officer,
    /// with the right documents and on an allowed day.
    pub(super) fn next_step(&mut self, state: &State) -> Report {
        let (about, drawn) = self.about(state);
        let ahead = Ahead::of(state, self.village, about, drawn);
        let slip = self.one_in(12);
        let delay = if slip { -1 } else { self.of(&[0, 0, 0, 1, 2, 9]) };
        let happened = ahead.last.map_or(self.day(), StepTaken::followed_from).plus_days(delay);
        let machine = ahead.procedure.machine();
        if machine.way_to_decision(ahead.place).is_some_and(|missing| missing.is_empty()) && !self.one_in(6) {
            let event = about.event(happened, self.decision(state, &ahead));
            return self.about_report(about, self.officer(about, Role::CountyOfficer), event);
        }
        if self.one_in(10)
            && let Some(report) = self.put_right(&ahead)
        {
            return report;
        }
        let follow: Vec<_> = machine.rules.iter().filter(|rule| rule.after.contains(&ahead.place)).collect();
        // At its end a procedure has no further step: the first one is tried again.
        let rule = follow.get(usize::from(self.byte()) % follow.len().max(1)).copied().unwrap_or(&machine.rules[0]);
        let mut event = self.step_event(&ahead, rule, happened);
        if self.one_in(24) {
            event.evidence.clear();
        }
        let author = self.author_of(about, rule, ahead.last);
        self.about_report(about, author, event)
    }

    /// A round under way, if there is one, or another subject; and the procedures that may begin there.
    fn about(&mut self, state: &State) -> (About, Procedure) {
        let open = self.under_way(state);
        if !open.is_empty() && !self.one_in(4) {
            return open[usize::from(self.byte()) % open.len()];
        }
        let id = self.card();
        let card = super::card_in(state, self.village, id);
        let of_card = match card.map(|card| card.status) {
            None => Procedure::Identification,
            Some(Status::Exited) => self.of(&[Procedure::FallBack, Procedure::FallBack, Procedure::Monitoring]),
            Some(_) if self.one_in(16) => self.of(Procedure::ALL),
            Some(_) => self.of(&[Procedure::HouseholdExit, Procedure::HouseholdExit, Procedure::Monitoring]),
        };
        let watched = card.is_some_and(|card| card.monitoring.is_some());
        let of_card = if watched && self.one_in(2) { Procedure::MonitoringEnd } else { of_card };
        match self.below(8) {
            0 => (About::Village, Procedure::VillageExit),
            1 if self.manner != Manner::Separate => (About::County, Procedure::CountyExit),
            _ => (About::Card(id), of_card),
        }
    }

    /// Rounds under way in the village, and the county's if villages share it.
    fn under_way(&self, state: &State) -> Vec<(About, Procedure)> {
        let village = state.villages.get(&county::area(VILLAGES[self.village]));
        let cards = village.iter().flat_map(|village| &village.households).map(|(id, card)| (*id, &card.rounds));
        let candidates = village.iter().flat_map(|village| &village.head.candidates);
        let cards = cards.chain(candidates.map(|(id, rounds)| (*id, rounds)));
        let cards = cards.flat_map(|(id, rounds)| rounds.iter().map(move |round| (About::Card(id), round)));
        let heads = village.iter().flat_map(|village| &village.head.rounds).map(|round| (About::Village, round));
        let county = state.jurisdiction.iter().filter(|_| self.manner != Manner::Separate);
        let county = county.flat_map(|county| &county.rounds).map(|round| (About::County, round));
        let all = cards.chain(heads).chain(county).filter(|(_, round)| round.is_open());
        all.map(|(about, round)| (about, round.procedure)).collect()
    }

    /// The last step again, a day off.
    fn put_right(&mut self, ahead: &Ahead<'_>) -> Option<Report> {
        let Place::At(step) = ahead.place else { return None };
        let rule = ahead.procedure.machine().rule(step)?;
        let happened = ahead.last?.happened.plus_days(self.of(&[-1, 0, 1]));
        let before = ahead.round?.steps.iter().rev().nth(1);
        let mut event = self.step_event(ahead, rule, happened);
        event.corrects = Some(EventRef { entry: ahead.last?.entry, event: 0 });
        let author = self.author_of(ahead.about, rule, before);
        Some(self.about_report(ahead.about, author, event))
    }

    fn step_event(&mut self, ahead: &Ahead<'_>, rule: &StepRule, happened: Date) -> HouseholdEvent {
        let publicity = rule.is_publicity();
        let taken = ProcedureStepTaken {
            procedure: ahead.procedure,
            step: rule.step,
            outcome: if self.one_in(16) { Outcome::Failed } else { Outcome::Passed },
            present: 30,
            in_favour: if self.one_in(24) { 15 } else { 16 },
            until: publicity.then(|| happened.plus_days(if self.one_in(24) { 3 } else { 6 })),
            objections: 0,
        };
        let mut event = ahead.about.event(happened, HouseholdKind::ProcedureStepTaken(taken));
        let papers = rule.evidence.iter().map(|kind| Evidence { kind: *kind, sha256: [1; 32], size: 1 });
        event.evidence = papers.collect();
        event
    }

    /// An official whom the rule allows, if there is one; sometimes the one who took the previous step.
    fn author_of(&mut self, about: About, rule: &StepRule, last: Option<&StepTaken>) -> u32 {
        let mut officers: Vec<u32> = rule.roles.iter().map(|role| self.officer(about, *role)).collect();
        if matches!(about, About::County) {
            officers.push(county::COUNTY_DEPUTY);
        }
        let heedless = self.one_in(16);
        let may = |officer: &u32| !rule.by_another || heedless || last.is_none_or(|last| last.by.get() != *officer);
        officers.into_iter().find(may).unwrap_or(clerk_of(self.village))
    }

    fn officer(&self, about: About, role: Role) -> u32 {
        match about {
            About::County => county::COUNTY_OFFICER,
            About::Card(_) | About::Village => officer_of(self.village, role),
        }
    }

    fn about_report(&self, about: About, author: u32, event: HouseholdEvent) -> Report {
        let report = Report::new(author, Events::Households(vec![event]));
        match about {
            About::County => report.on(county::COUNTY),
            About::Card(_) | About::Village => report.on(VILLAGES[self.village]),
        }
    }

    fn decision(&mut self, state: &State, ahead: &Ahead<'_>) -> HouseholdKind {
        match ahead.procedure {
            Procedure::Identification => {
                let members = vec![facts::member(1, Relation::Head, Sex::Female, 197_001)];
                HouseholdKind::HouseholdRegistered(Box::new(HouseholdRegistered { facts: facts::facts(), members }))
            }
            Procedure::HouseholdExit => {
                let card = ahead.about.card().and_then(|id| super::card_in(state, self.village, id));
                let assessed = card.and_then(|card| card.incomes.first()).map(|income| u32::from(income.year));
                let income_year = assessed.unwrap_or(2012);
                HouseholdKind::HouseholdExited(HouseholdExited { income_year, accepted: true })
            }
            Procedure::FallBack => {
                let fall = HouseholdFellBack { cause: self.of(Cause::ALL), exit_in_error: false };
                HouseholdKind::HouseholdFellBack(fall)
            }
            Procedure::Monitoring => HouseholdKind::MonitoringStarted(MonitoringStarted {
                kind: MonitoringKind::Hardship,
                risks: vec![Cause::Illness],
            }),
            Procedure::MonitoringEnd => {
                HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: MonitoringOutcome::Helped })
            }
            Procedure::VillageExit => {
                let poor_persons = self.of(&[0, 11, 12]);
                HouseholdKind::VillageExited(VillageExited { poor_persons, rural_persons: 600 })
            }
            Procedure::CountyExit => HouseholdKind::CountyExited(CountyExited {
                poor_persons: 100,
                rural_persons: 10_000,
                wrong_exit: self.of(&[0, 199, 200]),
                missed: 10,
                satisfaction: 9_500,
            }),
        }
    }
}

impl About {
    fn card(self) -> Option<HouseholdId> {
        match self {
            Self::Card(id) => Some(id),
            Self::Village | Self::County => None,
        }
    }

    fn event(self, happened: Date, kind: HouseholdKind) -> HouseholdEvent {
        let event = facts::village_event(happened.yyyymmdd(), kind);
        around(event, |event| event.household = self.card())
    }
}

impl<'s> Ahead<'s> {
    /// The place of the procedure; a finished one may begin again, or be followed by another.
    fn of(state: &'s State, village: usize, about: About, procedure: Procedure) -> Self {
        let head = state.villages.get(&county::area(VILLAGES[village])).map(|village| &village.head);
        let rounds = match about {
            About::Card(id) => match super::card_in(state, village, id) {
                Some(card) => Some(&card.rounds),
                None => head.and_then(|head| head.candidates.get(&id)),
            },
            About::Village => head.map(|head| &head.rounds),
            About::County => state.jurisdiction.as_ref().map(|county| &county.rounds),
        };
        let rounds = rounds.map_or(&[][..], Vec::as_slice);
        let round = rounds.iter().rev().find(|round| round.procedure == procedure);
        let stands = round.map_or(Place::Start, Round::place);
        let goes_on = procedure.machine().rules.iter().any(|rule| rule.after.contains(&stands));
        let place = if goes_on || round.is_some_and(Round::is_open) { stands } else { Place::Start };
        let last = round.filter(|_| place != Place::Start).and_then(|round| round.steps.last());
        Self { about, procedure, round, place, last }
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
