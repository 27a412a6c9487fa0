//! Properties of the state after any admitted entries.

use crate::random::{self, VILLAGES};
use lika_domain::area::Area;
use lika_domain::household::{Household, Status};
use lika_domain::ids::{HouseholdId, Index, PersonId, Tag};
use lika_domain::member::Relation;
use lika_domain::money::Fen;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Round, StepTaken};
use lika_domain::progress::{Exit, Figure, Figures, Gap, Money, Part, Tally};
use lika_domain::state::State;
use lika_domain::village::Village;
use lika_testkit::county::area;
use proptest::prelude::*;
use std::collections::BTreeSet;

type Checked = Result<(), TestCaseError>;

/// All properties.
pub(super) fn check(state: &State) -> Checked {
    check_money(state)?;
    check_tags(state)?;
    check_officials(state)?;
    cards(state).try_for_each(|(_, _, card)| check_card(card))?;
    state.villages.values().try_for_each(check_village)?;
    check_homes(state)?;
    random::rounds(state).try_for_each(check_rounds)?;
    check_figures(state)
}

/// A round decided by an entry from `asked_from` on, when its steps were asked for.
pub(super) fn check_complete(round: &Round, asked_from: Index) -> Checked {
    let Some(End::Decided { happened, entry, steps, complete, .. }) = round.end else { return Ok(()) };
    if entry < asked_from {
        return Ok(());
    }
    prop_assert!(complete, "{round:?}");
    let last = usize::from(steps).checked_sub(1).and_then(|last| round.steps.get(last));
    prop_assert!(last.is_some_and(|last| last.followed_from() <= happened), "{round:?}");
    Ok(())
}

/// Allocated funds were released, and delivered funds were allocated: in every village and in the county.
fn check_money(state: &State) -> Checked {
    for (number, release) in &state.releases {
        let allocated: Fen = release.allocated.iter().map(|(_, amount)| *amount).sum();
        prop_assert!(Fen::ZERO <= allocated && allocated <= release.amount);
        let allocations = state.villages.values().flat_map(|village| village.allocations.values());
        let of_release = allocations.filter(|allocation| allocation.release == *number);
        prop_assert_eq!(of_release.map(|allocation| allocation.amount).sum::<Fen>(), allocated);
    }
    for village in state.villages.values() {
        for (number, allocation) in &village.allocations {
            prop_assert!(Fen::ZERO <= allocation.delivered && allocation.delivered <= allocation.amount);
            let deliveries = village.households.values().flat_map(|card| &card.deliveries);
            let paid = deliveries.filter(|delivery| delivery.allocation == Some(*number));
            let paid: Fen = paid.map(|delivery| delivery.amount - delivery.reversed).sum();
            prop_assert_eq!(paid, allocation.delivered);
        }
        let deliveries = village.households.values().flat_map(|card| &card.deliveries);
        let given: Fen = deliveries.map(|delivery| delivery.amount - delivery.reversed).sum();
        prop_assert_eq!(given, village.months.values().map(|month| month.aid).sum());
    }
    Ok(())
}

/// No citizen ID is held twice; every living member of an open card who has one holds it, and no other person does. So
/// no person is in two live households.
fn check_tags(state: &State) -> Checked {
    let mut held: BTreeSet<(Tag, PersonId)> = BTreeSet::new();
    for (tag, holdings) in &state.tags {
        let open = holdings.iter().filter(|holding| holding.until.is_none()).map(|holding| (*tag, holding.person));
        let before = held.len();
        held.extend(open);
        prop_assert!(held.len() <= before + 1);
    }
    let live = cards(state).filter(|(_, _, card)| card.status.is_live());
    let on_cards: Vec<(Tag, PersonId)> = live
        .flat_map(|(_, id, card)| {
            card.members.iter().filter_map(move |member| Some((member.tag?, id.person(member.number))))
        })
        .collect();
    let tags: BTreeSet<Tag> = on_cards.iter().map(|(tag, _)| *tag).collect();
    prop_assert_eq!(tags.len(), on_cards.len());
    prop_assert_eq!(on_cards.into_iter().collect::<BTreeSet<_>>(), held);
    Ok(())
}

/// Every card is in the one village that the index of homes names.
fn check_homes(state: &State) -> Checked {
    let on_cards: Vec<(HouseholdId, Area)> = cards(state).map(|(place, id, _)| (id, place)).collect();
    prop_assert_eq!(on_cards.len(), state.homes.len());
    prop_assert!(on_cards.iter().all(|(id, place)| state.homes.get(id) == Some(place)));
    Ok(())
}

/// Assignments on cards match officials' caseloads; no limit is exceeded.
fn check_officials(state: &State) -> Checked {
    let on_cards = cards(state)
        .flat_map(|(_, id, card)| card.officials.iter().map(move |held| (held.official, id, held.capacity)));
    let mut on_cards: Vec<_> = on_cards.collect();
    let charges = state.officials.iter().flat_map(|(id, official)| official.charges().map(|charge| (*id, charge)));
    let mut charges: Vec<_> = charges.map(|(id, charge)| (id, charge.household, charge.capacity)).collect();
    on_cards.sort_unstable();
    charges.sort_unstable();
    prop_assert_eq!(on_cards, charges);
    Ok(())
}

fn check_card(card: &Household) -> Checked {
    let heads = card.members.iter().filter(|member| member.relation == Relation::Head);
    prop_assert_eq!(heads.count(), 1);
    prop_assert!(card.since >= card.registered);
    prop_assert!(card.incomes.is_sorted_by_key(|income| income.year));
    prop_assert!(card.deliveries.iter().all(|delivery| delivery.reversed <= delivery.amount));
    let unassigned = card.status.is_live() && card.officials.is_empty();
    prop_assert_eq!(card.unassigned.is_some(), unassigned);
    check_status(card)
}

/// A card's status and monitoring follow from its rounds, and every round under way can still reach its decision.
fn check_status(card: &Household) -> Checked {
    let open = |procedure| card.rounds.iter().any(|round| round.procedure == procedure && round.is_open());
    let decided = |procedure| card.rounds.iter().any(|round| round.procedure == procedure && is_decided(round));
    prop_assert!(decided(Procedure::Identification), "a card is a decision");
    prop_assert_eq!(open(Procedure::HouseholdExit), card.status == Status::PreExit);
    prop_assert!(!open(Procedure::FallBack) || card.status == Status::Exited);
    prop_assert!(!open(Procedure::MonitoringEnd) || card.monitoring.is_some());
    prop_assert!(card.status.is_live() || card.rounds.iter().all(|round| !round.is_open()));
    prop_assert!(card.status != Status::Exited || decided(Procedure::HouseholdExit));
    prop_assert!(card.status != Status::Exited || card.exit.is_some());
    prop_assert!(card.status != Status::FellBack || card.fell_back.is_some());
    prop_assert!(card.fell_back.is_none() || decided(Procedure::FallBack));
    prop_assert!(card.monitoring.is_none() || decided(Procedure::Monitoring));
    prop_assert!(card.monitoring.is_none() || card.status.is_live());
    let of_areas = [Procedure::VillageExit, Procedure::CountyExit];
    prop_assert!(card.rounds.iter().all(|round| !of_areas.contains(&round.procedure)));
    Ok(())
}

/// A village's rounds are of its exit; candidates have no card in it, and are being identified.
fn check_village(village: &Village) -> Checked {
    let head = &village.head;
    prop_assert!(head.rounds.iter().all(|round| round.procedure == Procedure::VillageExit));
    prop_assert_eq!(head.exited.is_some(), head.exited_in.is_some());
    prop_assert!(head.exited.is_none() || head.rounds.iter().any(is_decided));
    prop_assert!(head.exited.is_none() || head.rounds.iter().all(|round| !round.is_open()));
    for (id, rounds) in &head.candidates {
        prop_assert!(!village.households.contains_key(id) && !rounds.is_empty());
        prop_assert!(rounds.iter().all(|round| round.procedure == Procedure::Identification && !is_decided(round)));
    }
    Ok(())
}

/// A subject has at most one round of a procedure under way.
fn check_rounds(rounds: &[Round]) -> Checked {
    for procedure in Procedure::ALL {
        let open = rounds.iter().filter(|round| round.procedure == *procedure && round.is_open());
        prop_assert!(open.count() <= 1);
    }
    rounds.iter().try_for_each(check_round)
}

/// Its steps follow its table, their days are in order and not inside a publicity, and only its last one may have
/// failed, unless that came after the decision.
fn check_round(round: &Round) -> Checked {
    let machine = round.procedure.machine();
    let until_decision = match round.end {
        Some(End::Decided { steps, .. }) => usize::from(steps),
        _ => usize::MAX,
    };
    let mut place = Place::Start;
    for (number, step) in round.steps.iter().enumerate() {
        place = if number == until_decision { Place::Decided } else { place };
        let rule = machine.rule(step.step);
        // Nothing tells the place of a decision that was taken back; a step that follows decisions came after it.
        let taken_back = round.end == Some(End::Dropped);
        let follows =
            |rule: &StepRule| rule.after.contains(&place) || (taken_back && rule.after.contains(&Place::Decided));
        prop_assert!(rule.is_some_and(follows), "{round:?}");
        prop_assert_eq!(rule.is_some_and(|rule| rule.is_publicity()), step.until.is_some());
        let ends_it = number + 1 == round.steps.len() && matches!(round.end, Some(End::Failed { .. }));
        prop_assert_eq!(step.outcome == Outcome::Failed && number < until_decision, ends_it, "{:?}", round);
        place = Place::At(step.step);
    }
    let in_order = |pair: &[StepTaken]| pair[0].followed_from() <= pair[1].happened && pair[0].entry <= pair[1].entry;
    prop_assert!(round.steps.windows(2).all(in_order), "{round:?}");
    let as_ruled = |pair: &[StepTaken]| {
        machine.rule(pair[1].step).is_some_and(|rule| !rule.by_another) || pair[0].by != pair[1].by
    };
    prop_assert!(round.steps.windows(2).all(as_ruled), "{round:?}");
    // A decision without steps that was taken back leaves a round without steps.
    prop_assert!(!round.steps.is_empty() || is_decided(round) || round.end == Some(End::Dropped));
    check_end(round)
}

/// The end of a round matches its steps.
fn check_end(round: &Round) -> Checked {
    let Some(End::Decided { happened, steps, complete, late, .. }) = round.end else { return Ok(()) };
    let before = &round.steps[..usize::from(steps)];
    let place = before.last().map_or(Place::Start, |step| Place::At(step.step));
    let way = round.procedure.machine().way_to_decision(place);
    prop_assert_eq!(way.is_some_and(|way| way.is_empty()), complete, "{:?}", round);
    let decision = before.iter().find(|step| step.step == lika_domain::procedure::Step::Decision);
    let decided = decision.map_or(happened, |step| step.happened);
    let waited = before.first().map_or(0, |first| decided.days_since(first.happened));
    prop_assert_eq!(round.procedure == Procedure::Monitoring && waited > 15, late, "{:?}", round);
    Ok(())
}

/// Figures of every area: sums of funds agree, shares are between zero and everything, and each card has one status.
fn check_figures(state: &State) -> Checked {
    let today = lika_testkit::county::date(lika_testkit::county::TODAY);
    for code in VILLAGES.iter().copied().chain(["130624100", "130624", "13"]) {
        let figures = Figures::of_area(state, area(code), today);
        let money = |part| figures.get(Figure::Money(part));
        prop_assert_eq!(
            money(Money::Allocated),
            money(Money::Delivered) - money(Money::Reversed) + money(Money::Undelivered)
        );
        prop_assert!(money(Money::Acknowledged) <= money(Money::Delivered) - money(Money::Reversed));
        prop_assert!(money(Money::IdleTwoYears) <= money(Money::IdleYear));
        if code.len() <= 6 {
            prop_assert_eq!(money(Money::Released), money(Money::Allocated) + money(Money::Unallocated));
        }
        for of in [Figure::Households, Figure::Persons] {
            let parts = Tally::ALL.iter().filter(|part| !matches!(part, Tally::Registered | Tally::Monitored));
            let sum: i64 = parts.map(|part| figures.get(of(*part))).sum();
            prop_assert_eq!(sum, figures.get(of(Tally::Registered)));
        }
        prop_assert!(figures.get(Figure::Gap(Gap::Households)) <= figures.get(Figure::Households(Tally::Registered)));
        let exit = |part| figures.get(Figure::Villages(part));
        prop_assert!(exit(Exit::Ready) + exit(Exit::Exited) <= exit(Exit::Poor));
        prop_assert!(exit(Exit::HouseholdsToGo) <= exit(Exit::PersonsToGo));
        // Every village keeps the 600 rural persons of its registration, and far fewer have cards. Nothing in the
        // rules stops a village from having more poor persons than its profile states rural ones.
        prop_assert!(figures.incidence().is_none_or(|incidence| incidence <= 10_000));
    }
    Ok(())
}

fn cards(state: &State) -> impl Iterator<Item = (Area, HouseholdId, &Household)> {
    let villages = state.villages.iter();
    villages.flat_map(|(place, village)| village.households.iter().map(|(id, card)| (*place, *id, card)))
}

fn is_decided(round: &Round) -> bool {
    matches!(round.end, Some(End::Decided { .. }))
}
