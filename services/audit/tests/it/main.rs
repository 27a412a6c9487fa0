//! The auditor against proper and forged logs, on a folder and over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod served;
mod world;

use lika_audit::auditor::{Against, CompareError, Remote, Watch, replay, verify};
use lika_domain::area::Level;
use lika_domain::rejection::Code;
use lika_eventlog::error::LogError;
use lika_eventlog::verify::Folder;
use lika_ledger::digest;
use lika_testkit::county::{ORIGIN, VILLAGE};
use lika_testkit::log::key;
use lika_tlog::SigningKey;
use served::Served;
use tokio::task::block_in_place;
use world::{DISTANT_VILLAGE, World, folder};

/// The last progress reported.
#[derive(Default)]
struct Last(u64, u64);

impl Watch for Last {
    fn at(&mut self, entries: u64, of: u64) {
        *self = Self(entries, of);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_verified_and_replayed_to_the_state_of_its_node() {
    let world = World::begun().await;
    let mut told = Last::default();
    let verified = verify(&world.folder(), key().verifier(), 2, &mut told).unwrap();
    assert_eq!((verified.origin().as_str(), verified.checkpoint.size), (ORIGIN, 3));
    assert_eq!((told.0, told.1), (3, 3));
    let replayed = replay(&world.folder(), key().verifier(), 2, &mut told).unwrap();
    assert_eq!(replayed.state_digest, digest::hex(&world.ledger.state()));
    assert_eq!((replayed.events, replayed.voids.len(), replayed.forged()), (3, 0, None));
    assert_eq!(replayed.checkpoint.root, verified.checkpoint.root);
    let names = |level| replayed.areas(level).into_iter().map(|area| area.area).collect::<Vec<_>>();
    assert_eq!(names(Level::County), ["130624"]);
    assert_eq!(names(Level::Township), ["130624100", "130624101"]);
    assert_eq!(names(Level::Village), [VILLAGE, DISTANT_VILLAGE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gives_the_same_findings_as_the_folder() {
    let world = World::begun().await;
    let remote = Served::start(&world).remote();
    let there = block_in_place(|| replay(&remote, key().verifier(), 4, &mut ())).unwrap();
    let here = replay(&world.folder(), key().verifier(), 4, &mut ()).unwrap();
    assert_eq!((there.state_digest, there.checkpoint.root), (here.state_digest, here.checkpoint.root));
    assert_eq!(there.checked.files, 0, "files behind an address cannot be listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_and_a_damaged_bundle_are_named() {
    let world = World::begun().await;
    let other = SigningKey::new(ORIGIN.parse().unwrap(), [8; 32]);
    let LogError::Damaged(damage) = verify(&world.folder(), other.verifier(), 2, &mut ()).unwrap_err() else {
        panic!()
    };
    assert_eq!(damage.file, "checkpoint");
    let bundle = world.folder().0.join("tile/entries/000.p/3");
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let LogError::Damaged(damage) = replay(&world.folder(), key().verifier(), 2, &mut ()).unwrap_err() else {
        panic!()
    };
    assert_eq!((damage.file.as_str(), damage.index), ("tile/entries/000.p/3", Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_a_valid_signature_is_found_although_the_log_is_sound() {
    let dir = World::begun().await.forge().await;
    verify(&folder(&dir), key().verifier(), 2, &mut ()).unwrap();
    let replayed = replay(&folder(&dir), key().verifier(), 2, &mut ()).unwrap();
    assert_eq!(replayed.forged(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_the_rules_refuse_is_void_and_not_forged() {
    let dir = World::begun().await.append_refused().await;
    let replayed = replay(&folder(&dir), key().verifier(), 2, &mut ()).unwrap();
    let voids: Vec<_> = replayed.voids.iter().map(|(index, rejection)| (*index, rejection.code())).collect();
    assert_eq!((voids, replayed.forged()), (vec![(3, Code::VillageExists)], None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_serves_the_figures_of_its_log_compares_equal() {
    let world = World::begun().await;
    let log = replay(&world.folder(), key().verifier(), 2, &mut ()).unwrap();
    let node = Served::start(&world).remote();
    let compared = against(&node, &log).unwrap();
    // The county, two townships, two villages.
    assert_eq!((compared.areas, compared.entries), (5, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_figure_that_differs_is_named() {
    let world = World::begun().await;
    let log = replay(&world.folder(), key().verifier(), 2, &mut ()).unwrap();
    let node = Served::start(&world).lying(DISTANT_VILLAGE, "/households/poor", 7).remote();
    let CompareError::Differs(difference) = against(&node, &log).unwrap_err() else { panic!() };
    assert_eq!((difference.area.as_str(), difference.field.as_str()), (DISTANT_VILLAGE, "households.poor"));
    assert_eq!((difference.log, difference.node), (0.into(), 7.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_behind_is_compared_at_the_nodes_own_checkpoint() {
    let mut world = World::begun().await;
    let copy = world.copy();
    let behind = replay(&Folder(copy.path().to_owned()), key().verifier(), 2, &mut ()).unwrap();
    world.register("130624100202").await;
    let compared = against(&Served::start(&world).remote(), &behind).unwrap();
    assert_eq!((compared.areas, compared.entries), (6, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_log_and_a_forked_one_are_told_apart() {
    let mut world = World::begun().await;
    let copy = world.copy();
    let mut fork = World::begun().await;
    // One key has signed two histories, which differ in one village.
    world.register("130624100202").await;
    fork.register("130624100203").await;
    let ahead = replay(&world.folder(), key().verifier(), 2, &mut ()).unwrap();
    let short = Served::of(copy.path()).remote();
    let error = against(&short, &ahead).unwrap_err();
    assert!(matches!(error, CompareError::Shorter { node: 3, log: 4 }), "{error}");
    let error = against(&Served::start(&fork).remote(), &ahead).unwrap_err();
    assert!(matches!(error, CompareError::Forked { entries: 4 }), "{error}");
}

fn against(node: &Remote, log: &lika_audit::auditor::Replay) -> Result<lika_audit::auditor::Compared, CompareError> {
    // Reading a remote log blocks.
    block_in_place(|| Against { node, key: key().verifier(), threads: 2 }.compare(log, &mut ()))
}
