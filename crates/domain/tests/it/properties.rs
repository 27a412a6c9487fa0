//! What holds for every log, whatever it holds.

use crate::random::{self, Manner, Seed, VILLAGES};
use crate::world::{Report, World, area};
use lika_domain::admit::admit;
use lika_domain::evolve::{evolve, replay};
use lika_domain::household::Status;
use lika_domain::ids::Tag;
use lika_domain::money::Fen;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Round, StepTaken};
use lika_domain::progress::{Exit, Figure, Figures, Gap, Money, Tally};
use lika_domain::rejection::Rejection;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_domain::village::Village;
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes that one report is drawn from.
const REPORT_BYTES: usize = 96;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A log whose void entries are left out, and the same log replayed, give the state that was there live; and so
    /// does that state written and read back.
    #[test]
    fn a_replay_gives_the_live_state(seeds in seeds(90)) {
        let (world, judged) = live(&seeds, Manner::Shared);
        let mut replayed = State::default();
        let mut folded = State::default();
        for (entry, admitted) in world.entries.iter().zip(&judged) {
            prop_assert_eq!(replay(&mut replayed, entry).is_ok(), *admitted);
            if *admitted {
                evolve(&mut folded, entry);
            }
        }
        prop_assert_eq!(&replayed, &world.state);
        let (applied, voids) = (world.state.applied, world.state.voids.clone());
        prop_assert_eq!(&State { applied, voids, ..folded }, &world.state);

        let bytes = borsh::to_vec(&world.state).unwrap();
        let read: State = borsh::from_slice(&bytes).unwrap();
        prop_assert_eq!(&read, &world.state);
        prop_assert_eq!(borsh::to_vec(&read).unwrap(), bytes);
    }

    /// Villages that share nothing come out the same however their entries are interleaved.
    #[test]
    fn the_order_of_villages_does_not_matter(seeds in seeds(45), order in vec(0..VILLAGES.len(), 45)) {
        let mut grouped = seeds;
        grouped.sort_by_key(|seed| seed.village);
        let mut interleaved = Vec::new();
        let mut rest = grouped.clone();
        for next in order.into_iter().chain([0, 1, 2].repeat(45)) {
            if let Some(at) = rest.iter().position(|seed| seed.village == next) {
                interleaved.push(rest.remove(at));
            }
        }
        let (one, other) = (live(&grouped, Manner::Apart).0, live(&interleaved, Manner::Apart).0);
        for village in VILLAGES {
            prop_assert_eq!(without_places(&one, village), without_places(&other, village));
        }
    }

    /// Whatever an entry holds, judging and applying it comes to an end, admitted or not.
    #[test]
    fn nothing_makes_the_rules_fail(seeds in seeds(40)) {
        let mut world = random::ground();
        for seed in &seeds {
            let entry = random::wild_entry(seed, &world);
            let judged = admit(&world.state, &entry);
            prop_assert!(judged.is_ok() || judged.is_err_and(|rejection| !rejection.problems.is_empty()));
            evolve(&mut world.state, &entry);
        }
        let bytes = borsh::to_vec(&world.state).unwrap();
        prop_assert_eq!(borsh::from_slice::<State>(&bytes).unwrap(), world.state);
    }

    /// Wild entries that are judged break no more than tame ones do.
    #[test]
    fn what_is_admitted_keeps_the_state_whole(seeds in seeds(90), wild in any::<bool>()) {
        let (world, _) = live(&seeds, if wild { Manner::Wild } else { Manner::Shared });
        check_money(&world.state)?;
        check_tags(&world.state)?;
        check_officials(&world.state)?;
        check_cards(&world.state)?;
        random::rounds(&world.state).try_for_each(check_rounds)?;
        check_figures(&world.state)?;
    }
}

/// The properties above would hold for nothing if hardly anything were admitted.
#[test]
fn made_up_reports_are_often_admitted_and_often_refused() {
    let mut bytes = 1_u32;
    let mut next = || {
        bytes = bytes.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.to_be_bytes()[0]
    };
    let mut rows = || (0..90).map(|n| (n % VILLAGES.len(), (0..REPORT_BYTES).map(|_| next()).collect())).collect();
    let logs: Vec<_> = (0..40).map(|_| live(&in_order(rows()), Manner::Shared)).collect();
    let judged: Vec<bool> = logs.iter().flat_map(|(_, judged)| judged.clone()).collect();
    let admitted = judged.iter().filter(|admitted| **admitted).count();
    assert!((judged.len() / 4..judged.len() * 3 / 4).contains(&admitted), "{admitted} of {}", judged.len());

    let states = || logs.iter().map(|(world, _)| &world.state);
    let cards = || states().flat_map(villages).flat_map(|village| village.households.values());
    assert!(states().flat_map(villages).flat_map(|v| v.allocations.values()).any(|a| a.delivered > Fen::ZERO), "paid");
    assert!(cards().any(|card| card.fell_back.is_some()), "fell back");
    assert!(cards().any(|card| card.officials.len() > 1), "assigned");
    assert!(cards().any(|card| card.deliveries.iter().any(|d| d.reversed > Fen::ZERO)), "reversed");
    let mut holdings = states().flat_map(|state| state.tags.values().flatten());
    assert!(holdings.any(|holding| holding.until.is_some()), "given up");
    let ends = || states().flat_map(random::rounds).flatten().map(|round| round.end);
    assert!(ends().any(|end| matches!(end, Some(End::Decided { complete: true, .. }))), "decided with all steps");
    assert!(ends().any(|end| matches!(end, Some(End::Failed { .. }))), "failed");
    assert!(ends().any(|end| end.is_none()), "under way");
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    vec((0..VILLAGES.len(), vec(any::<u8>(), REPORT_BYTES)), 0..most).prop_map(in_order)
}

fn in_order(rows: Vec<(usize, Vec<u8>)>) -> Vec<Seed> {
    rows.into_iter().enumerate().map(|(number, (village, bytes))| Seed { village, number, bytes }).collect()
}

/// Records what the rules admit of the reports and passes over the rest; with what became of each entry.
fn live(seeds: &[Seed], manner: Manner) -> (World, Vec<bool>) {
    let mut world = random::ground();
    let mut judged = vec![true; world.entries.len()];
    for seed in seeds {
        let report = random::report(seed, manner, &world.state);
        judged.push(offer(&mut world, &report).is_ok());
    }
    (world, judged)
}

/// Puts a report into the log whether the rules admit it or not.
fn offer(world: &mut World, report: &Report) -> Result<(), Rejection> {
    let entry: Entry = world.entry(report);
    let judged = replay(&mut world.state, &entry);
    world.entries.push(entry);
    judged
}

fn villages(state: &State) -> impl Iterator<Item = &Village> {
    state.villages.values()
}

/// A village without the places of its entries in the log, which another order changes.
fn without_places(world: &World, code: &str) -> Village {
    let mut village = world.state.villages[&area(code)].clone();
    let head = &mut village.head;
    (head.last, head.recorded_at, head.registered_in) = (0, 0, 0);
    head.exited_in = head.exited_in.map(|_| 0);
    head.postings.iter_mut().for_each(|posting| posting.entry = 0);
    let candidates = head.candidates.values_mut().flatten();
    head.rounds.iter_mut().chain(candidates).for_each(without_entries);
    village.allocations.values_mut().for_each(|allocation| allocation.entry = 0);
    village.measures.values_mut().for_each(|measure| measure.entry = 0);
    for card in village.households.values_mut() {
        (card.decided, card.registered_in, card.visited_in) = (0, 0, 0);
        card.rounds.iter_mut().for_each(without_entries);
        card.monitoring.iter_mut().for_each(|watch| watch.entry = 0);
        card.incomes.iter_mut().for_each(|income| income.entry = 0);
        card.conditions.met.iter_mut().flatten().for_each(|known| known.2 = 0);
        card.officials.iter_mut().for_each(|held| held.entry = 0);
        card.deliveries.iter_mut().for_each(|delivery| delivery.entry = 0);
    }
    village
}

fn without_entries(round: &mut Round) {
    round.steps.iter_mut().for_each(|step| step.entry = 0);
    if let Some(End::Decided { entry, .. }) = &mut round.end {
        *entry = 0;
    }
}

fn check_money(state: &State) -> Result<(), TestCaseError> {
    for release in state.releases.values() {
        let allocated: Fen = release.allocated.iter().map(|(_, amount)| *amount).sum();
        prop_assert!(Fen::ZERO <= allocated && allocated <= release.amount);
    }
    for village in villages(state) {
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

/// Nobody's citizen ID is held twice, and each open holding is on the card of its person.
fn check_tags(state: &State) -> Result<(), TestCaseError> {
    for (tag, holdings) in &state.tags {
        let open: Vec<_> = holdings.iter().filter(|holding| holding.until.is_none()).collect();
        prop_assert!(open.len() <= 1);
        for holding in open {
            prop_assert_eq!(tag_on_card(state, holding.person), Some(*tag));
        }
    }
    Ok(())
}

fn tag_on_card(state: &State, person: lika_domain::ids::PersonId) -> Option<Tag> {
    let home = state.homes.get(&person.household())?;
    let card = state.villages.get(home)?.households.get(&person.household())?;
    card.member(person.member())?.tag
}

/// What cards say of who answers for them and what officials' caseloads say is the same; no limit is exceeded.
fn check_officials(state: &State) -> Result<(), TestCaseError> {
    let cards = villages(state).flat_map(|village| &village.households);
    let on_cards = cards.flat_map(|(id, card)| card.officials.iter().map(|held| (held.official, *id, held.capacity)));
    let mut on_cards: Vec<_> = on_cards.collect();
    let charges = state.officials.iter().flat_map(|(id, official)| official.charges().map(|charge| (*id, charge)));
    let mut charges: Vec<_> = charges.map(|(id, charge)| (id, charge.household, charge.capacity)).collect();
    on_cards.sort_unstable();
    charges.sort_unstable();
    prop_assert_eq!(on_cards, charges);
    Ok(())
}

/// A subject has at most one round of a procedure under way, and the steps of every round follow its table.
fn check_rounds(rounds: &[Round]) -> Result<(), TestCaseError> {
    for procedure in Procedure::ALL {
        let of = || rounds.iter().filter(|round| round.procedure == *procedure);
        prop_assert!(of().filter(|round| round.is_open()).count() <= 1);
        let decided = |round: &Round| match round.end {
            Some(End::Decided { steps, .. }) => Some(usize::from(steps)),
            _ => None,
        };
        for round in of() {
            let mut place = Place::Start;
            for (number, step) in round.steps.iter().enumerate() {
                if decided(round) == Some(number) {
                    place = Place::Decided;
                }
                let rule = procedure.machine().rule(step.step);
                prop_assert!(rule.is_some_and(|rule| rule.after.contains(&place)), "{round:?}");
                place = Place::At(step.step);
            }
            let in_order = |pair: &[StepTaken]| pair[0].followed_from() <= pair[1].happened;
            prop_assert!(round.steps.windows(2).all(in_order), "{round:?}");
            let failed = round.steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
            let after_decision = decided(round).is_some();
            let ended_by_it = matches!(round.end, Some(End::Failed { .. }));
            prop_assert!(failed == 0 || after_decision || ended_by_it, "{round:?}");
            prop_assert!(!round.steps.is_empty() || after_decision);
        }
    }
    Ok(())
}

/// Figures of every area: money is where it came from or where it went, shares lie between nothing and all, and each
/// card has one status.
fn check_figures(state: &State) -> Result<(), TestCaseError> {
    let today = crate::world::date(crate::world::TODAY);
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
        // The profile states 600 rural persons and wild ones any number; no more poor than persons have cards.
        prop_assert!(figures.incidence().is_none_or(|incidence| incidence <= 10_000));
    }
    Ok(())
}

fn check_cards(state: &State) -> Result<(), TestCaseError> {
    for card in villages(state).flat_map(|village| village.households.values()) {
        let heads = card.members.iter().filter(|member| member.relation == lika_domain::member::Relation::Head);
        prop_assert_eq!(heads.count(), 1);
        prop_assert!(card.since >= card.registered);
        prop_assert!(card.incomes.is_sorted_by_key(|income| income.year));
        prop_assert!(card.deliveries.iter().all(|delivery| delivery.reversed <= delivery.amount));
        let listing = card.rounds.iter().any(|round| round.procedure == Procedure::HouseholdExit && round.is_open());
        prop_assert_eq!(listing, card.status == Status::PreExit);
        prop_assert!(card.status != Status::Exited || card.exit.is_some());
        let unassigned = card.status.is_live() && card.officials.is_empty();
        prop_assert_eq!(card.unassigned.is_some(), unassigned);
    }
    Ok(())
}
