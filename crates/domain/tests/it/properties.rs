//! Properties of every log, whatever its contents.

mod whole;

use crate::random::{self, Manner, Seed, Steps, VILLAGES};
use lika_domain::admit::admit;
use lika_domain::evolve::{evolve, replay};
use lika_domain::money::Fen;
use lika_domain::procedure::{End, Procedure, Round};
use lika_domain::rejection::Rejection;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_domain::village::Village;
use lika_testkit::county::area;
use lika_testkit::rules::{Report, World};
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

    /// Independent villages have the same result however their entries are interleaved.
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
        let (one, other) = (live(&grouped, Manner::Separate).0, live(&interleaved, Manner::Separate).0);
        for village in VILLAGES {
            prop_assert_eq!(without_places(&one, village), without_places(&other, village));
        }
    }

    /// Judging and applying any entry terminates, whether it is admitted or not.
    #[test]
    fn nothing_makes_the_rules_fail(seeds in seeds(40)) {
        let mut world = random::ground(Steps::Free);
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
    fn admitted_entries_keep_the_state_whole(seeds in seeds(90), wild in any::<bool>()) {
        let (world, _) = live(&seeds, if wild { Manner::Wild } else { Manner::Shared });
        whole::check(&world.state)?;
    }

    /// If the policy requires steps, no decision is made without all of them, or before them.
    #[test]
    fn where_steps_are_required_all_of_them_are_there(seeds in seeds(90)) {
        let ground = random::ground(Steps::Required);
        let asked_from = ground.state.applied;
        let (world, _) = live_on(ground, &seeds, Manner::Shared);
        whole::check(&world.state)?;
        random::rounds(&world.state).flatten().try_for_each(|round| whole::check_complete(round, asked_from))?;
    }
}

/// The properties above would prove little if hardly anything were admitted.
#[test]
fn made_up_reports_are_often_admitted_and_often_refused() {
    let mut bytes = 1_u32;
    let mut next = || {
        bytes = bytes.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.to_be_bytes()[0]
    };
    let mut rows = || (0..240).map(|n| (n % VILLAGES.len(), (0..REPORT_BYTES).map(|_| next()).collect())).collect();
    let logs: Vec<_> = (0..80).map(|_| live(&in_order(rows()), Manner::Shared)).collect();
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
    check_variety(logs.iter().map(|(world, _)| &world.state));
}

/// Rounds of every procedure end in every possible way.
fn check_variety<'s>(states: impl Iterator<Item = &'s State>) {
    let rounds: Vec<&Round> = states.flat_map(random::rounds).flatten().collect();
    for procedure in Procedure::ALL {
        let ends = || rounds.iter().filter(|round| round.procedure == *procedure).map(|round| round.end);
        let name = procedure.name();
        let complete = ends().any(|end| matches!(end, Some(End::Decided { complete: true, .. })));
        assert!(complete, "{name}: decided with all steps");
        assert!(ends().any(|end| matches!(end, Some(End::Failed { .. }))), "{name}: failed");
        assert!(ends().any(|end| end.is_none()), "{name}: under way");
    }
    let ends = || rounds.iter().map(|round| round.end);
    assert!(ends().any(|end| matches!(end, Some(End::Decided { complete: false, .. }))), "without its steps");
    assert!(ends().any(|end| matches!(end, Some(End::Decided { late: true, .. }))), "late");
    assert!(ends().any(|end| matches!(end, Some(End::Dropped))), "dropped");
    let after = |round: &&&Round| match round.end {
        Some(End::Decided { steps, .. }) => usize::from(steps) < round.steps.len(),
        _ => false,
    };
    assert!(rounds.iter().any(|round| after(&round)), "followed up");
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    vec((0..VILLAGES.len(), vec(any::<u8>(), REPORT_BYTES)), 0..most).prop_map(in_order)
}

fn in_order(rows: Vec<(usize, Vec<u8>)>) -> Vec<Seed> {
    rows.into_iter().enumerate().map(|(number, (village, bytes))| Seed { village, number, bytes }).collect()
}

/// Records the reports that the rules admit and skips the rest; also returns the outcome of each entry.
fn live(seeds: &[Seed], manner: Manner) -> (World, Vec<bool>) {
    live_on(random::ground(Steps::Free), seeds, manner)
}

fn live_on(mut world: World, seeds: &[Seed], manner: Manner) -> (World, Vec<bool>) {
    let mut judged = vec![true; world.entries.len()];
    for seed in seeds {
        let report = random::report(seed, manner, &world.state);
        judged.push(offer(&mut world, &report).is_ok());
    }
    (world, judged)
}

/// Puts a report into the log whether the rules admit it or not.
fn offer(world: &mut World, report: &Report) -> Result<(), Rejection> {
    let entry: Entry = report.entry(&world.state);
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
