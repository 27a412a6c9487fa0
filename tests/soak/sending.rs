//! kill -9 at random moments of `lika outbox send --watch`, while reports are signed beside it. Nothing is lost, and
//! nothing is recorded twice.

use super::{rounds, seed};
use crate::support::desk::{Desk, Office, VILLAGE};
use lika_client::{Home, Random, Report};
use lika_domain::ids::SubmissionId;
use lika_testkit::county::{ORIGIN, area};
use lika_testkit::events;
use std::time::{Duration, Instant};

/// Reports that are signed in each round.
const REPORTS: u32 = 60;
/// The longest time between the start and the kill, in milliseconds.
const KILL_AFTER_MS_MAX: u64 = 1_500;
/// How long the last process may take for what is left, in seconds.
const REST_WITHIN_S: u64 = 120;

#[test]
fn killing_what_sends_loses_nothing_and_repeats_nothing() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_011, "village_officer", VILLAGE);
    let home = Home::open(clerk.home()).unwrap();
    let (mut chance, mut signed, mut partly) = (Random::seeded(seed()), Vec::new(), 0);
    for round in 0..rounds(8, 150) {
        (0..REPORTS).for_each(|_| signed.push(sign(&home, &mut chance, signed.len())));
        let before = home.pending().unwrap().len();
        let mut process = watch(&clerk);
        let delay = Duration::from_millis(draw(&mut chance) % KILL_AFTER_MS_MAX);
        // At a random moment, or once the first receipts are there: a kill by the clock alone seldom comes between.
        if round % 2 == 0 {
            std::thread::sleep(delay);
        } else {
            until_some_are_sent(&home, before);
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let left = home.pending().unwrap().len();
        partly += u32::from(0 < left && left < before);
        println!("round {round}: {before} waited, {left} are left");
    }
    assert!(partly > 0, "no kill came in the middle of anything");
    let mut process = watch(&clerk);
    let begun = Instant::now();
    while !home.pending().unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(REST_WITHIN_S), "{} wait still", home.pending().unwrap().len());
        std::thread::sleep(Duration::from_millis(50));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let receipt = |id: &SubmissionId| home.verify_receipt(*id, ORIGIN).unwrap().expect("a receipt").index;
    let indices: Vec<u64> = signed.iter().map(receipt).collect();
    // Nobody else reports meanwhile: one entry for each, in the order of signing.
    let first = indices[0];
    assert_eq!(indices, (first..first + signed.len() as u64).collect::<Vec<_>>());
    assert_eq!(home.receipts().unwrap().len(), signed.len());
}

fn sign(home: &Home, chance: &mut Random, number: usize) -> SubmissionId {
    let persons = 300 + u32::try_from(number).unwrap();
    let report =
        Report { area: area(VILLAGE), events: events::profile(persons), keys: Vec::new(), warned: Vec::new() };
    let (id, key) = (chance.submission_id().unwrap(), home.key("phone").unwrap());
    home.compose(&key, id, 1_600_000_000, report).unwrap();
    id
}

fn until_some_are_sent(home: &Home, before: usize) {
    let begun = Instant::now();
    while home.pending().unwrap().len() == before && begun.elapsed() < Duration::from_secs(REST_WITHIN_S) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn watch(clerk: &Desk) -> std::process::Child {
    clerk.start(&["outbox", "send", "--watch"])
}

fn draw(chance: &mut Random) -> u64 {
    u64::from_be_bytes(chance.bytes::<8>().unwrap())
}
