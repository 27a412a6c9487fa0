//! A device fetches the replica of its area from a real log.

use crate::node::Node;
use lika_client::compose::Report;
use lika_client::replica::{Ahead, Draft, ReplicaError, Warning};
use lika_client::{Api, Device, Replica, Signer};
use lika_domain::ids::OfficialId;
use lika_proto::v1;
use lika_proto::v1::official_event;
use lika_proto::v1::submission::Events;
use lika_testkit::county::{
    COUNTY, NOW_MS, OTHER_VILLAGE, TOWNSHIP, VILLAGE, VILLAGE_OFFICER, area, household, official,
};
use lika_testkit::device::{device, sign};
use lika_testkit::events::{card, enrolments, official_event, village};
use serde_json::Value;
use std::path::Path;

const OWN: u64 = 1_234_567_890;
const OTHER: u64 = 1_234_567_891;

/// Two villages with a card each, and the officer of the first.
async fn county() -> (Node, Device, Device) {
    let (node, mut admin) = Node::opened().await;
    let api = node.api();
    let mut clerk = device(VILLAGE_OFFICER);
    for events in enrolments(&clerk, v1::Role::VillageOfficer, VILLAGE) {
        api.submit(&sign(&mut admin, COUNTY, events)).await.unwrap();
    }
    for (place, number) in [(VILLAGE, OWN), (OTHER_VILLAGE, OTHER)] {
        api.submit(&sign(&mut admin, place, village("村"))).await.unwrap();
        let signer = if place == VILLAGE { &mut clerk } else { &mut admin };
        let signed = sign(signer, place, card(number));
        api.submit(&signed).await.unwrap();
    }
    node.caught_up().await;
    (node, admin, clerk)
}

async fn session(node: &Node, device: &Device) -> Api {
    let token = node.api().open_session(device.signer()).await.unwrap().token;
    node.api().with_token(&token).unwrap()
}

/// The key whose copies these are.
fn signer() -> Signer {
    Signer::from_seed([4; 32])
}

fn open(dir: &Path, node: &Node, place: &str) -> Replica {
    Replica::of(dir, node.ledger.verifier_key(), area(place), &signer()).unwrap()
}

fn visit(number: u64) -> Events {
    let visited = v1::HouseholdVisited { place: 1, ..Default::default() };
    let mut events = official_event(VILLAGE_OFFICER, official_event::Kind::HouseholdVisited(visited));
    let Events::Officials(list) = &mut events else { panic!("officials") };
    list.events[0].household = number;
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_has_the_entries_of_its_area_and_of_the_jurisdiction() {
    let (node, _, mut clerk) = county().await;
    let (api, dir) = (session(&node, &clerk).await, tempfile::tempdir().unwrap());
    let mut replica = open(dir.path(), &node, VILLAGE);
    assert!(!replica.is_complete());
    let mut told = Vec::new();
    replica.refresh(&api, |progress| told.push(progress)).await.unwrap();
    assert!(replica.is_complete() && told.last().is_some_and(|last| last.passed == last.of), "{told:?}");
    assert!(replica.state().villages.contains_key(&area(VILLAGE)));
    assert!(!replica.state().villages.contains_key(&area(OTHER_VILLAGE)));
    assert_eq!(replica.entries_of(household(OWN)).len(), 1);
    assert_eq!((replica.gaps(), replica.personal().official(official(VILLAGE_OFFICER))), (&[][..], None));

    // It goes on where it was, also after it was closed.
    drop(replica);
    api.submit(&sign(&mut clerk, VILLAGE, visit(OWN))).await.unwrap();
    let mut replica = open(dir.path(), &node, VILLAGE);
    assert!(replica.is_complete());
    replica.refresh(&api, |_| {}).await.unwrap();
    assert_eq!(replica.entries_of(household(OWN)).len(), 2);
    let whole = node.ledger.state().villages[&area(VILLAGE)].clone();
    assert_eq!(replica.state().villages[&area(VILLAGE)], whole, "the same functions give the same village");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_replica_of_an_area_that_is_not_theirs() {
    let (node, admin, clerk) = county().await;
    let dir = tempfile::tempdir().unwrap();
    for place in [OTHER_VILLAGE, TOWNSHIP, COUNTY] {
        let refused = open(dir.path(), &node, place).refresh(&session(&node, &clerk).await, |_| {}).await.unwrap_err();
        let ReplicaError::Api(error) = refused else { panic!("{refused}") };
        assert_eq!(error.status(), Some(403), "{place}");
    }
    assert_eq!(node.get("/v1/replica/130624").await.problem(), (401, "token_missing".into()));
    assert_eq!(node.get("/v1/replica/130624/personal").await.problem(), (401, "token_missing".into()));
    let mut whole = open(dir.path(), &node, COUNTY);
    whole.refresh(&session(&node, &admin).await, |_| {}).await.unwrap();
    assert_eq!(whole.state().villages.len(), 2);
    let digest = lika_ledger::digest::of(whole.state());
    assert_eq!(digest, lika_ledger::digest::of(&node.ledger.state()), "the whole area gives the recorder's state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_judged_without_a_connection() {
    let (node, _, clerk) = county().await;
    let (api, dir) = (session(&node, &clerk).await, tempfile::tempdir().unwrap());
    let mut replica = open(dir.path(), &node, VILLAGE);
    replica.refresh(&api, |_| {}).await.unwrap();
    let judge = |events: Events, author: OfficialId, key| {
        let report = Report { area: area(VILLAGE), events, keys: Vec::new(), warned: Vec::new() };
        let draft = Draft { report: &report, written: &Value::Null, author, key, now_ms: NOW_MS };
        replica.judge(&draft, &Ahead::default())
    };
    let (author, key) = (clerk.author(), clerk.signer().id());
    assert_eq!(judge(visit(OWN), author, key), lika_client::replica::Judged::default());
    let code = |events| judge(events, author, key).refused.map(|rejection| rejection.code().name());
    assert_eq!(code(visit(OTHER)), Some("household_unknown"));
    assert_eq!(code(village("村")), Some("role_forbids"));
    let ended = v1::AssignmentEnded { reason: 1 };
    let mut ending = official_event(VILLAGE_OFFICER, official_event::Kind::AssignmentEnded(ended));
    let Events::Officials(list) = &mut ending else { panic!("officials") };
    list.events[0].household = OWN;
    assert_eq!(code(ending), Some("not_assigned"));
    assert!(Warning::ALL.iter().all(|warning| !warning.zh().is_empty() && !warning.en().is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_opens_only_as_it_was_written() {
    let (node, _, clerk) = county().await;
    let (api, dir) = (session(&node, &clerk).await, tempfile::tempdir().unwrap());
    let mut replica = open(dir.path(), &node, VILLAGE);
    replica.refresh(&api, |_| {}).await.unwrap();
    let entries = replica.entry_count();
    drop(replica);
    let key = node.ledger.verifier_key();
    let opened = |signer: &Signer| Replica::of(dir.path(), key, area(VILLAGE), signer);
    let file_of = |signer: &Signer| {
        let name = format!("{VILLAGE}-{}.entries", signer.id());
        dir.path().join("replicas").join("lika.example%2f130624").join(name)
    };
    let (file, other) = (file_of(&signer()), Signer::from_seed([5; 32]));
    std::fs::copy(&file, file_of(&other)).unwrap();
    assert!(matches!(opened(&other), Err(ReplicaError::Damaged(_))), "another key");
    let good = std::fs::read(&file).unwrap();
    assert!(!good.windows(6).any(|six| six == b"130624"), "it is not readable");
    for place in [4, 20, good.len() / 2, good.len() - 1] {
        let mut flipped = good.clone();
        flipped[place] ^= 1;
        std::fs::write(&file, &flipped).unwrap();
        assert!(matches!(opened(&signer()), Err(ReplicaError::Damaged(_))), "byte {place}");
    }
    // The beginning of the file comes into being as a whole, so that no crash cuts it.
    for length in [0, 3] {
        std::fs::write(&file, &good[..length]).unwrap();
        assert!(matches!(opened(&signer()), Err(ReplicaError::Damaged(_))), "{length} bytes left");
    }
    // A crash cuts off the end: what is whole stays, and the rest is fetched again.
    for length in [good.len() / 3, good.len() / 2, good.len() - 1] {
        std::fs::write(&file, &good[..length]).unwrap();
        let mut replica = opened(&signer()).unwrap();
        replica.refresh(&api, |_| {}).await.unwrap();
        assert_eq!((replica.entry_count(), replica.is_complete()), (entries, true), "{length} bytes left");
    }
    Replica::discard(dir.path(), key.name().as_str(), area(VILLAGE), signer().id()).unwrap();
    assert_eq!(opened(&signer()).unwrap().entry_count(), 0);
}
