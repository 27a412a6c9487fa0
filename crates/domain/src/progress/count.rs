//! Counting one village.

use super::{Figures, Incomes, VISITED_DAYS, VISITED_LATELY_DAYS};
use crate::aid::Delivery;
use crate::area::Area;
use crate::date::Date;
use crate::household::{Household, Standard, Status};
use crate::ids::OfficialId;
use crate::living::Met;
use crate::money::Fen;
use crate::official::Capacity;
use crate::policy::LineKind;
use crate::procedure::{Outcome, Procedure, Step};
use crate::state::State;
use crate::village::Village;
use std::collections::BTreeMap;

/// The figures of one village on a day.
pub(super) fn village(state: &State, area: Area, village: &Village, today: Date) -> Figures {
    let mut figures = Figures {
        rural_persons: u64::from(village.head.rural_persons),
        incomes: incomes(state, area, village, today),
        months: village.months.clone(),
        ..Figures::default()
    };
    let mut caseloads = Caseloads::new(state, area, today);
    let decision_days = state.policy.now().decision_days(area, today);
    for household in village.households.values() {
        let monitored = household.monitoring.is_some();
        figures.households.count(household.status, monitored, 1);
        figures.persons.count(household.status, monitored, household.members.len() as u64);
        household.deliveries.iter().for_each(|delivery| figures.delivery(delivery));
        if household.status.is_live() {
            figures.conditions(household);
            figures.coverage(household, &mut caseloads, today);
            figures.procedures(household, decision_days, today);
        }
    }
    for allocation in village.allocations.values() {
        figures.money.allocated += allocation.amount;
        figures.money.idle(allocation.amount - allocation.delivered, allocation.happened, today);
    }
    figures
}

/// Incomes of the open cards for the latest year that any of them was assessed for.
fn incomes(state: &State, area: Area, village: &Village, today: Date) -> Incomes {
    let this_year = today.year();
    let live = || village.households.values().filter(|household| household.status.is_live());
    let assessed = |household: &Household| {
        household.incomes.iter().rev().map(|income| income.year).find(|year| u32::from(*year) <= this_year)
    };
    let Some(year) = live().filter_map(assessed).max() else { return Incomes::default() };
    let policy = state.policy.now();
    let line = |standard| Some(policy.line(LineKind::Poverty, standard, area, u32::from(year))?.0);
    let (national, provincial) = (line(Standard::National), line(Standard::Provincial));
    let mut incomes = Incomes::of(Some(year));
    for household in live() {
        let line = match household.facts.standard {
            Standard::National => national,
            Standard::Provincial => provincial,
        };
        if let Some(income) = household.incomes.iter().rev().find(|income| income.year == year) {
            incomes.push(income.members, income.net, income.per_head, line);
        }
    }
    incomes.settle();
    incomes
}

impl Figures {
    fn delivery(&mut self, delivery: &Delivery) {
        let kept = delivery.amount - delivery.reversed;
        let acknowledged = if delivery.acknowledged.is_some() { kept } else { Fen::ZERO };
        let group = self.aid.entry(delivery.group).or_default();
        group.events += 1;
        group.amount += kept;
        group.acknowledged += acknowledged;
        // Help in kind or from others is aid and no part of the money that was released.
        if delivery.allocation.is_some() {
            self.money.delivered += delivery.amount;
            self.money.acknowledged += acknowledged;
            self.money.reversed += delivery.reversed;
        }
    }

    fn conditions(&mut self, household: &Household) {
        for (tally, known) in self.conditions.iter_mut().zip(household.conditions.met) {
            match known {
                Some((Met::Yes, _)) => tally.met += 1,
                Some((Met::No, _)) => tally.unmet += 1,
                None => tally.unknown += 1,
            }
        }
    }

    fn coverage(&mut self, household: &Household, caseloads: &mut Caseloads<'_>, today: Date) {
        let officials = &mut self.officials;
        if household.officials.is_empty() {
            officials.unassigned += 1;
        } else {
            officials.assigned += 1;
        }
        let visited = |days| household.visited.is_some_and(|day| (0..days).contains(&today.days_since(day)));
        officials.visited_30_days += u64::from(visited(VISITED_LATELY_DAYS));
        officials.visited_90_days += u64::from(visited(VISITED_DAYS));
        let over = household.officials.iter().any(|charge| caseloads.is_over(charge.official, charge.capacity));
        officials.over_caseload += u64::from(over);
    }

    fn procedures(&mut self, household: &Household, decision_days: u32, today: Date) {
        for (procedure, begun) in under_way(household) {
            self.procedures.under_way += 1;
            let waited = i64::from(today.days_since(begun));
            let late = procedure == Procedure::Monitoring && waited > i64::from(decision_days);
            self.procedures.late += u64::from(late);
        }
    }
}

/// Which procedures of a card are under way, with the day of the first step of the present round. A round begins with
/// any step and ends with one that failed, with the announcement or the decision, or with the change of the card that
/// the procedure is for.
fn under_way(household: &Household) -> impl Iterator<Item = (Procedure, Date)> {
    let mut rounds: [Option<(Date, Date)>; Procedure::ALL.len()] = [None; Procedure::ALL.len()];
    for step in &household.steps {
        let ends = step.outcome == Outcome::Failed || is_conclusion(step.step);
        if let Some(round) = rounds.get_mut(step.procedure as usize - 1) {
            let begun = round.map_or(step.happened, |(begun, _)| begun);
            *round = if ends { None } else { Some((begun, step.happened)) };
        }
    }
    Procedure::ALL.iter().zip(rounds).filter_map(move |(procedure, round)| {
        let (begun, last) = round?;
        (!has_reached(household, *procedure, last)).then_some((*procedure, begun))
    })
}

/// Steps after which there is nothing left to decide.
fn is_conclusion(step: Step) -> bool {
    matches!(step, Step::Announcement | Step::Pairing | Step::HelpPlan | Step::Decision)
}

/// Whether the card shows since the day of the last step what the procedure is to bring about.
fn has_reached(household: &Household, procedure: Procedure, last: Date) -> bool {
    let became = |status| household.status == status && household.since >= last;
    match procedure {
        Procedure::Identification => household.status != Status::Poor,
        Procedure::HouseholdExit => became(Status::Exited),
        Procedure::FallBack => became(Status::FellBack),
        Procedure::Monitoring => household.monitoring.as_ref().is_some_and(|watch| watch.since >= last),
        Procedure::MonitoringEnd => household.monitoring.is_none(),
        // Villages and counties have no card; their steps are not kept on one.
        Procedure::VillageExit | Procedure::CountyExit => true,
    }
}

/// Which officials answer for more households than the limit of a village allows. An official who answers for many
/// households of the village is counted once.
struct Caseloads<'s> {
    state: &'s State,
    first: u32,
    second: u32,
    known: BTreeMap<(OfficialId, Capacity), bool>,
}

impl<'s> Caseloads<'s> {
    fn new(state: &'s State, area: Area, today: Date) -> Self {
        let limit = |capacity| state.policy.now().caseload_limit(capacity, area, today);
        Self { state, first: limit(Capacity::First), second: limit(Capacity::Second), known: BTreeMap::new() }
    }

    fn is_over(&mut self, id: OfficialId, capacity: Capacity) -> bool {
        let limit = match capacity {
            Capacity::First => self.first,
            Capacity::Second => self.second,
        };
        let Some(official) = self.state.officials.get(&id) else { return false };
        *self.known.entry((id, capacity)).or_insert_with(|| {
            let charges = official.charges().filter(|charge| charge.capacity == capacity).count();
            charges > limit as usize
        })
    }
}
