//! Counting one village, contribution by contribution.

use super::figure::Figure;
use super::part::{Aid, Coverage, Entitled, Exit, Exits, Gap, Known, Money, Posts, Procedures, Tally, Visited};
use super::{Contribution, Incomes, UNASSIGNED_LONG_DAYS, VISITED_DAYS, VISITED_LATELY_DAYS, VISITS_DUE_DAYS};
use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::household::{Standard, Status};
use crate::facts::ids::{HouseholdId, Index, OfficialId};
use crate::facts::living::{Condition, Met};
use crate::facts::money::Fen;
use crate::facts::official::{Capacity, VillagePost};
use crate::facts::policy::LineKind;
use crate::progress::entitlement::Entitlement;
use crate::state::aid::{Allocation, Delivery};
use crate::state::fold::State;
use crate::state::household::Household;
use crate::state::household::YearIncome;
use crate::state::policy_in_force::InForce;
use crate::state::round::{End, Round};
use crate::state::village::{Village, VillageHead};
use std::collections::BTreeMap;

/// Incidence is counted in persons per this many.
const PARTS: u64 = 10_000;

/// Counts one village on a day.
pub(super) fn village(
    state: &State,
    area: Area,
    village: &Village,
    today: Date,
    sink: &mut impl FnMut(Figure, Contribution),
) {
    let mut caseloads = Caseloads::new(state, area, today);
    let mut count = Count { policy: state.policy.now(), area, today, household: None, sink };
    for (id, card) in &village.households {
        count.household = Some(*id);
        count.card(card);
        if card.status.is_live() {
            count.open_card(card, &mut caseloads);
        }
    }
    for (id, rounds) in &village.head.candidates {
        count.household = Some(*id);
        rounds.iter().for_each(|round| count.round(round));
    }
    count.household = None;
    village.head.rounds.iter().for_each(|round| count.round(round));
    village.allocations.values().for_each(|allocation| count.allocation(allocation));
    if village.head.poor {
        count.posts(&village.head);
        count.exit(village);
    }
}

/// Counts what belongs to the jurisdiction and to no village of it.
pub(super) fn jurisdiction(state: &State, today: Date, sink: &mut impl FnMut(Figure, Contribution)) {
    let Some(opened) = &state.jurisdiction else { return };
    let mut count = Count { policy: state.policy.now(), area: opened.area, today, household: None, sink };
    opened.rounds.iter().for_each(|round| count.round(round));
    for release in state.releases.values() {
        let entry = release.entries().next_back().unwrap_or(release.since);
        count.money(Money::Released, release.amount, entry);
        let allocated: Fen = release.allocated.iter().map(|(_, amount)| *amount).sum();
        count.money(Money::Unallocated, release.amount - allocated, entry);
        count.idle(release.amount - allocated, release.happened, entry);
    }
}

/// The earliest day since which an open card has had no responsible official.
pub(super) fn unassigned_since(village: &Village) -> Option<Date> {
    let open = village.households.values().filter(|card| card.status.is_live());
    open.filter_map(|card| card.unassigned).min()
}

/// Incomes of the open cards for the latest year that any of them was assessed for.
pub(super) fn incomes(state: &State, area: Area, village: &Village, today: Date) -> Incomes {
    let this_year = today.year();
    let live = || village.households.values().filter(|household| household.status.is_live());
    let assessed = |household: &Household| {
        household.incomes.iter().rev().map(|income| income.year).find(|year| u32::from(*year) <= this_year)
    };
    let Some(year) = live().filter_map(assessed).max() else { return Incomes::default() };
    let mut incomes = Incomes::of(Some(year));
    for (_, income, line) in self::assessed(state, area, village, year, today) {
        incomes.push(income.members, income.net, income.per_head, line);
    }
    incomes.settle();
    incomes
}

/// Open cards assessed for a year, with their income and the line that holds for them.
pub(super) fn assessed<'v>(
    state: &State,
    area: Area,
    village: &'v Village,
    year: u16,
    today: Date,
) -> impl Iterator<Item = (HouseholdId, &'v YearIncome, Option<Fen>)> + use<'v> {
    let policy = state.policy.now();
    let line = |standard| Some(policy.line(LineKind::Poverty, standard, area, u32::from(year), today)?.0);
    let (national, provincial) = (line(Standard::National), line(Standard::Provincial));
    let open = village.households.iter().filter(|(_, card)| card.status.is_live());
    open.filter_map(move |(id, card)| {
        let line = match card.facts.standard {
            Standard::National => national,
            Standard::Provincial => provincial,
        };
        let income = card.incomes.iter().rev().find(|income| income.year == year)?;
        Some((*id, income, line))
    })
}

/// One count of a village or of the jurisdiction.
struct Count<'c, S> {
    policy: InForce<'c>,
    area: Area,
    today: Date,
    /// The card that is being counted.
    household: Option<HouseholdId>,
    sink: &'c mut S,
}

impl<S: FnMut(Figure, Contribution)> Count<'_, S> {
    fn add(&mut self, figure: Figure, amount: u64, entry: Index) {
        self.add_signed(figure, i64::try_from(amount).unwrap_or(i64::MAX), entry);
    }

    fn add_signed(&mut self, figure: Figure, amount: i64, entry: Index) {
        if amount != 0 {
            (self.sink)(figure, Contribution { amount, entry, household: self.household });
        }
    }

    fn money(&mut self, part: Money, amount: Fen, entry: Index) {
        self.add_signed(Figure::Money(part), amount.0, entry);
    }

    fn card(&mut self, card: &Household) {
        let persons = card.members.len() as u64;
        let mut tally = |part, entry| {
            self.add(Figure::Households(part), 1, entry);
            self.add(Figure::Persons(part), persons, entry);
        };
        tally(Tally::Registered, card.registered_in);
        tally(
            match card.status {
                Status::Poor => Tally::Poor,
                Status::PreExit => Tally::PreExit,
                Status::Exited => Tally::Exited,
                Status::FellBack => Tally::FallenBack,
                Status::Deregistered => Tally::Deregistered,
            },
            card.decided,
        );
        if let Some(watch) = card.monitoring.as_ref().filter(|_| card.status.is_live()) {
            tally(Tally::Monitored, watch.entry);
        }
        card.deliveries.iter().for_each(|delivery| self.delivery(delivery));
    }

    fn delivery(&mut self, delivery: &Delivery) {
        let Delivery { group, amount, reversed, entry, .. } = *delivery;
        let kept = amount - reversed;
        let acknowledged = if delivery.acknowledged.is_some() { kept } else { Fen::ZERO };
        self.add(Figure::Aid(group, Aid::Events), 1, entry);
        self.add_signed(Figure::Aid(group, Aid::Amount), kept.0, entry);
        self.add_signed(Figure::Aid(group, Aid::Acknowledged), acknowledged.0, entry);
        // Help in kind or from others is aid, but not part of the money that was released.
        if delivery.allocation.is_some() {
            self.money(Money::Delivered, amount, entry);
            self.money(Money::Acknowledged, acknowledged, entry);
            self.money(Money::Reversed, reversed, entry);
        }
    }

    fn open_card(&mut self, card: &Household, caseloads: &mut Caseloads<'_>) {
        self.conditions(card);
        self.officials(card, caseloads);
        self.visits(card);
        self.gap(card);
        card.rounds.iter().for_each(|round| self.round(round));
        if let Some(exit) = card.exit.filter(|_| card.status == Status::Exited) {
            self.add(Figure::Exits(Exits::BelowLine), u64::from(exit.below_line), card.decided);
            self.add(Figure::Exits(Exits::GuaranteeMissing), u64::from(exit.guarantee_missing), card.decided);
        }
    }

    fn conditions(&mut self, card: &Household) {
        for (one, known) in Condition::ALL.iter().zip(&card.conditions.met) {
            let (part, entry) = match *known {
                Some((Met::Yes, _, entry)) => (Known::Met, entry),
                Some((Met::No, _, entry)) => (Known::Unmet, entry),
                None => (Known::Unknown, card.registered_in),
            };
            self.add(Figure::Condition(*one, part), 1, entry);
        }
    }

    fn officials(&mut self, card: &Household, caseloads: &mut Caseloads<'_>) {
        let mut add = |part, amount, entry| self.add(Figure::Officials(part), amount, entry);
        if let Some(held) = card.officials.last() {
            add(Coverage::Assigned, 1, held.entry);
            add(Coverage::HandedOver, u64::from(card.handed_over), held.entry);
        } else {
            add(Coverage::HandedOver, u64::from(card.handed_over), card.registered_in);
            add(Coverage::Unassigned, 1, card.registered_in);
        }
        let over = card.officials.iter().find(|held| caseloads.is_over(held.official, held.capacity));
        if let Some(held) = over {
            add(Coverage::OverCaseload, 1, held.entry);
        }
        let long = |since: Date| self.today.days_since(since) >= UNASSIGNED_LONG_DAYS;
        if card.unassigned.is_some_and(long) {
            self.add(Figure::Officials(Coverage::UnassignedLong), 1, card.registered_in);
        }
    }

    /// A visit is due a set number of days after the last one; the first visit, after the registration.
    fn visits(&mut self, card: &Household) {
        let today = self.today;
        let visited = |days| card.visited.is_some_and(|day| (0..days).contains(&today.days_since(day)));
        let lately = u64::from(visited(VISITED_LATELY_DAYS));
        let days = i32::try_from(self.policy.visit_days(self.area, today)).unwrap_or(i32::MAX);
        let due = card.visited.unwrap_or(card.registered).plus_days(days);
        let soon = (0..VISITS_DUE_DAYS).contains(&due.days_since(today));
        let mut add = |part, amount| self.add(Figure::Visits(part), amount, card.visited_in);
        add(Visited::Due, u64::from(soon));
        add(Visited::Overdue, u64::from(due < today));
        add(Visited::Lately, lately);
        add(Visited::In90Days, u64::from(visited(VISITED_DAYS)));
    }

    fn gap(&mut self, card: &Household) {
        let (mut lacks, today) = (false, self.today);
        for one in Entitlement::ALL.iter().filter(|one| one.is_due(card, today)) {
            self.add(Figure::Entitled(*one, Entitled::Due), 1, card.registered_in);
            if let Some(delivery) = one.received(card, today) {
                self.add(Figure::Entitled(*one, Entitled::Received), 1, delivery.entry);
            } else {
                lacks = true;
                self.add(Figure::Entitled(*one, Entitled::Missing), 1, card.registered_in);
                self.add(Figure::Gap(Gap::Measures), 1, card.registered_in);
            }
        }
        self.add(Figure::Gap(Gap::Households), u64::from(lacks), card.registered_in);
    }

    fn round(&mut self, round: &Round) {
        let mut add = |part, amount, entry| self.add(Figure::Procedures(part), amount, entry);
        match (round.end, round.steps.last()) {
            (None, Some(last)) => {
                add(Procedures::UnderWay, 1, last.entry);
                let days = self.policy.deadline_days(round.procedure, self.area, self.today);
                let late = round.is_late_on(self.today, days);
                self.add(Figure::Procedures(Procedures::Late), u64::from(late), last.entry);
                self.add(Figure::At(round.procedure, last.step), 1, last.entry);
            }
            (Some(End::Failed { late }), Some(last)) => add(Procedures::DecidedLate, u64::from(late), last.entry),
            (Some(End::Decided { late, complete, entry, .. }), _) => {
                add(Procedures::DecidedLate, u64::from(late), entry);
                add(Procedures::WithoutSteps, u64::from(!complete), entry);
            }
            (None | Some(End::Failed { .. }), None) | (Some(End::Dropped), _) => {}
        }
    }

    fn allocation(&mut self, allocation: &Allocation) {
        let left = allocation.amount - allocation.delivered;
        self.money(Money::Allocated, allocation.amount, allocation.entry);
        self.money(Money::Undelivered, left, allocation.entry);
        self.idle(left, allocation.happened, allocation.entry);
    }

    /// Counts the rest of a sum that could have been passed on since a day. An overdrawn sum has no rest.
    fn idle(&mut self, left: Fen, since: Date, entry: Index) {
        let (left, years) = (left.max(Fen::ZERO), full_years(since, self.today));
        if years >= 1 {
            self.money(Money::IdleYear, left, entry);
        }
        if years >= 2 {
            self.money(Money::IdleTwoYears, left, entry);
        }
    }

    fn posts(&mut self, head: &VillageHead) {
        let today = self.today;
        let held = |posts: &[VillagePost]| {
            let in_force = |from: Date, until: Option<Date>| from <= today && until.is_none_or(|until| today <= until);
            let mut postings = head.postings.iter().filter(|held| posts.contains(&held.post));
            postings.find(|held| in_force(held.from, held.until)).map(|held| held.entry)
        };
        let first = held(&[VillagePost::FirstSecretary]);
        let team = held(&[VillagePost::TeamLeader, VillagePost::TeamMember]);
        let mut add = |part, entry| self.add(Figure::Posts(part), 1, entry);
        add(Posts::Villages, head.registered_in);
        first.iter().for_each(|entry| add(Posts::FirstSecretary, *entry));
        team.iter().for_each(|entry| add(Posts::Team, *entry));
        if first.or(team).is_none() {
            add(Posts::Nobody, head.registered_in);
        }
    }

    /// What a village on the list lacks to leave it: how many persons must leave poverty, and the fewest households
    /// that together have as many.
    fn exit(&mut self, village: &Village) {
        let head = &village.head;
        self.add(Figure::Villages(Exit::Poor), 1, head.registered_in);
        if let Some(entry) = head.exited_in {
            return self.add(Figure::Villages(Exit::Exited), 1, entry);
        }
        let mut sizes: Vec<u64> = village.households.values().filter(|card| card.status.is_poor()).map(size).collect();
        let poor: u64 = sizes.iter().sum();
        let threshold = u64::from(self.policy.exit_threshold(self.area, self.today));
        // Below the threshold, not at it.
        let most = (threshold * u64::from(head.rural_persons)).div_ceil(PARTS).saturating_sub(1);
        let to_go = poor.saturating_sub(most);
        if to_go == 0 {
            return self.add(Figure::Villages(Exit::Ready), 1, head.registered_in);
        }
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let mut left = to_go;
        let households = sizes.iter().take_while(|size| {
            let needed = left > 0;
            left = left.saturating_sub(**size);
            needed
        });
        let households = households.count() as u64;
        self.add(Figure::Villages(Exit::PersonsToGo), to_go, head.registered_in);
        self.add(Figure::Villages(Exit::HouseholdsToGo), households, head.registered_in);
    }
}

fn size(card: &Household) -> u64 {
    card.members.len() as u64
}

/// Full calendar years between two days; 0 if `since` is later. A year that began on 29 February is full on 1 March.
pub(super) fn full_years(since: Date, today: Date) -> u32 {
    let (then, now) = (since.ymd(), today.ymd());
    let begun = now.0.saturating_sub(then.0);
    if (now.1, now.2) < (then.1, then.2) { begun.saturating_sub(1) } else { begun }
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
