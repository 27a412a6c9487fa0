//! What is kept of replicas: for each key its own, by several processes at once, and with damage.

use super::*;
use crate::home::{Home, KeyFile};
use crate::replica::judged_on;
use lika_testkit::county::official;
use std::path::PathBuf;

/// A node that gives a log, as far as it has come; `size` is set by tests.
async fn serve_log(log: Log) -> (crate::Api, Arc<Mutex<u64>>) {
    let size = Arc::new(Mutex::new(6));
    let now = size.clone();
    let api = node::start(move |asked| {
        if asked.head.contains("/personal") {
            let empty = br#"{"households": [], "officials": [], "next": null}"#;
            return node::http("200 OK", "application/json", empty);
        }
        let number = |name: &str| {
            let (_, after) = asked.head.split_once(name).unwrap();
            after.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap()
        };
        let part = log.part(number("from="), number("known="), *now.lock().unwrap());
        node::http("200 OK", "application/x-protobuf", &part.encode_to_vec())
    })
    .await;
    (api, size)
}

fn of(dir: &Path, seed: u8) -> Result<Replica, ReplicaError> {
    Replica::of(dir, node::key().verifier(), area(VILLAGE), &Signer::from_seed([seed; 32]))
}

fn entries_file(dir: &Path) -> PathBuf {
    let folder = dir.join("replicas").join(crate::home::file::escape(node::ORIGIN));
    crate::home::file::list(&folder, "entries").unwrap().remove(0)
}

fn areas(dir: &Path, seed: u8) -> Vec<Area> {
    Replica::kept(dir, node::ORIGIN, Signer::from_seed([seed; 32]).id()).unwrap()
}

#[tokio::test]
async fn each_key_of_an_official_has_a_replica_of_its_own() {
    let (dir, (api, _)) = (tempfile::tempdir().unwrap(), serve_log(log().0).await);
    for seed in [4, 5] {
        of(dir.path(), seed).unwrap().refresh(&api, |_| {}).await.unwrap();
    }
    for seed in [4, 5] {
        assert!(of(dir.path(), seed).unwrap().is_complete());
    }
    Replica::discard(dir.path(), node::ORIGIN, area(VILLAGE), Signer::from_seed([4; 32]).id()).unwrap();
    assert_eq!((areas(dir.path(), 4), areas(dir.path(), 5)), (vec![], vec![area(VILLAGE)]));
    assert!(of(dir.path(), 5).unwrap().is_complete());
}

#[tokio::test]
async fn processes_that_fetch_side_by_side_keep_every_entry_once() {
    let (dir, (api, size)) = (tempfile::tempdir().unwrap(), serve_log(log().0).await);
    let (mut desk, mut terminal) = (of(dir.path(), 4).unwrap(), of(dir.path(), 4).unwrap());
    desk.refresh(&api, |_| {}).await.unwrap();
    terminal.refresh(&api, |_| {}).await.unwrap();
    *size.lock().unwrap() = 8;
    terminal.refresh(&api, |_| {}).await.unwrap();
    // The desk still has what it had, until it looks again.
    assert_eq!(desk.checkpoint().unwrap().size, 6);
    desk.refresh(&api, |_| {}).await.unwrap();
    let read = of(dir.path(), 4).unwrap();
    for replica in [&desk, &terminal, &read] {
        assert!(replica.is_complete());
        assert_eq!((replica.entry_count(), replica.checkpoint().unwrap().size), (7, 8));
        assert_eq!(replica.state(), read.state());
    }
}

#[tokio::test]
async fn what_another_process_removes_or_begins_anew_is_fetched_again() {
    let (dir, (api, size)) = (tempfile::tempdir().unwrap(), serve_log(log().0).await);
    let mut desk = of(dir.path(), 4).unwrap();
    desk.refresh(&api, |_| {}).await.unwrap();
    let discard = || {
        Replica::discard(dir.path(), node::ORIGIN, area(VILLAGE), Signer::from_seed([4; 32]).id()).unwrap();
        assert_eq!(areas(dir.path(), 4), []);
    };
    discard();
    *size.lock().unwrap() = 7;
    desk.refresh(&api, |_| {}).await.unwrap();
    assert!(desk.is_complete() && of(dir.path(), 4).unwrap().is_complete());
    discard();
    of(dir.path(), 4).unwrap().refresh(&api, |_| {}).await.unwrap();
    *size.lock().unwrap() = 8;
    desk.refresh(&api, |_| {}).await.unwrap();
    assert_eq!((desk.entry_count(), desk.state()), (7, of(dir.path(), 4).unwrap().state()));
}

#[test]
fn looking_for_a_replica_leaves_none_behind() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(of(dir.path(), 4).unwrap().entry_count(), 0);
    Replica::discard(dir.path(), node::ORIGIN, area(VILLAGE), Signer::from_seed([4; 32]).id()).unwrap();
    assert_eq!(areas(dir.path(), 4), []);
    assert!(!dir.path().join("replicas").exists());
}

#[tokio::test]
async fn what_a_crash_cut_off_is_neither_read_nor_in_the_way() {
    let (dir, (api, size)) = (tempfile::tempdir().unwrap(), serve_log(log().0).await);
    of(dir.path(), 4).unwrap().refresh(&api, |_| {}).await.unwrap();
    let path = entries_file(dir.path());
    let first = std::fs::read(&path).unwrap();
    *size.lock().unwrap() = 8;
    of(dir.path(), 4).unwrap().refresh(&api, |_| {}).await.unwrap();
    let both = std::fs::read(&path).unwrap();
    for end in first.len()..both.len() {
        std::fs::write(&path, &both[..end]).unwrap();
        let mut replica = of(dir.path(), 4).unwrap();
        assert_eq!(replica.checkpoint().unwrap().size, 6, "cut after {end} bytes");
        if end % 16 == 0 {
            replica.refresh(&api, |_| {}).await.unwrap();
            assert_eq!(of(dir.path(), 4).unwrap().entry_count(), 7, "cut after {end} bytes");
        }
    }
}

#[tokio::test]
async fn a_damaged_replica_is_named_and_fetched_anew() {
    let (dir, (api, _)) = (tempfile::tempdir().unwrap(), serve_log(log().0).await);
    let (home, signer) = (Home::open(dir.path()).unwrap(), Signer::from_seed([4; 32]));
    let key = KeyFile::new("phone", official(VILLAGE_OFFICER), node::ORIGIN, 0, &signer);
    home.add_key(&key).unwrap();
    let judged = || judged_on(&home, &key, area(VILLAGE)).map(|known| known.entry_count());
    assert_eq!(judged(), Err(NotJudged::NoCopy));
    home.meet_log(node::ORIGIN, &node::key().verifier().to_string()).unwrap();
    assert_eq!(judged(), Err(NotJudged::NoCopy));
    of(dir.path(), 4).unwrap().refresh(&api, |_| {}).await.unwrap();
    assert_eq!(judged(), Ok(5));
    assert_eq!(judged_on(&home, &key, area(OTHER_VILLAGE)).unwrap_err(), NotJudged::NoCopy);
    assert!(judged_on(&home, &key, area(COUNTY)).is_ok(), "every replica has the entries of the jurisdiction");

    let path = entries_file(dir.path());
    let good = std::fs::read(&path).unwrap();
    for at in [0, 16, 40, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(of(dir.path(), 4), Err(ReplicaError::Damaged(_))), "byte {at}");
        assert_eq!(judged(), Err(NotJudged::Damaged), "byte {at}");
    }
    let mut replica = Replica::renew(dir.path(), node::key().verifier(), area(VILLAGE), &signer).unwrap();
    replica.refresh(&api, |_| {}).await.unwrap();
    assert_eq!(judged(), Ok(5));
    std::fs::write(path.with_extension("personal"), b"\0\0\0\x20").unwrap();
    assert_eq!(judged(), Err(NotJudged::Damaged));
}

#[tokio::test]
async fn pages_of_personal_data_without_an_end_are_refused() {
    let (log, dir) = (log().0, tempfile::tempdir().unwrap());
    let api = node::start(move |asked| {
        if asked.head.contains("/personal") {
            let page = br#"{"households": [], "officials": [], "next": "1234567890"}"#;
            return node::http("200 OK", "application/json", page);
        }
        node::http("200 OK", "application/x-protobuf", &log.part(0, 0, 6).encode_to_vec())
    })
    .await;
    let mut replica = of(dir.path(), 4).unwrap();
    let refused = replica.refresh(&api, |_| {}).await;
    assert!(matches!(refused, Err(ReplicaError::NotProven(_))), "{refused:?}");
    assert!(!replica.is_complete(), "names are missing");
}
