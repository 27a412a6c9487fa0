//! What holds for every log, whatever it holds.

use crate::random::{self, Manner, Seed, VILLAGES};
use crate::world::{Report, World, area};
use lika_domain::admit::admit;
use lika_domain::evolve::{evolve, replay};
use lika_domain::ids::Tag;
use lika_domain::money::Fen;
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
    (village.head.last, village.head.recorded_at) = (0, 0);
    village.households.values_mut().for_each(|card| card.decided = 0);
    village
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

fn check_cards(state: &State) -> Result<(), TestCaseError> {
    for card in villages(state).flat_map(|village| village.households.values()) {
        let heads = card.members.iter().filter(|member| member.relation == lika_domain::member::Relation::Head);
        prop_assert_eq!(heads.count(), 1);
        prop_assert!(card.since >= card.registered);
        prop_assert!(card.incomes.is_sorted_by_key(|income| income.year));
        prop_assert!(card.deliveries.iter().all(|delivery| delivery.reversed <= delivery.amount));
    }
    Ok(())
}
