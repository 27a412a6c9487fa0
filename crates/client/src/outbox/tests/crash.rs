//! The process is killed, or the power cut, between any two operations on files.

use super::*;
use crate::home::file::crash::{self, Cut};
use crate::outbox::transfer::{self, Transfer};
use std::path::Path;
use std::process::Command;

const HOME: &str = "LIKA_TEST_HOME";
const URL: &str = "LIKA_TEST_URL";
const CRASH_AT: &str = "LIKA_TEST_CRASH_AT";
/// Ids of what an official was told is kept.
const ACKNOWLEDGED: &str = "acknowledged";
/// Set if the power is cut.
const CUT: &str = "LIKA_TEST_CUT";
/// Walks side by side, each over every so many points.
const WALKS: usize = 4;

/// An official's work, which begins with whatever an earlier process left: a draft is signed, reports are composed and
/// sent; what is quarantined is signed anew with another key, what conflicts is given up, and the last report travels
/// on a stick.
async fn work(home: &Home, api: &Api) {
    let (phone, other) = (home.key("phone").unwrap(), home.key("other").unwrap());
    let draft = SubmissionId([1; 16]);
    if home.item(&draft.to_string()).unwrap().is_none() {
        home.save_draft(draft, &serde_json::json!({"area": "130624100200"})).unwrap();
        acknowledge(home, 1);
    }
    compose(home, &phone, &[1, 2, 3, 4, 5]);
    send(home, api, |_| ()).await.unwrap();
    if state(home, 3) == State::Quarantined {
        home.retry(&hex::encode([3; 16]), Some(&other)).unwrap();
    }
    if state(home, 4) == State::Conflict {
        home.discard(&hex::encode([4; 16]), "recorded by the village").unwrap();
    }
    compose(home, &phone, &[6]);
    if state(home, 6) == State::Queued {
        carry(home, api).await;
    }
    send(home, api, |_| ()).await.unwrap();
}

/// Over a stick, as another machine would send it.
async fn carry(home: &Home, api: &Api) {
    let path = home.dir().join("stick");
    let (submissions, left) = transfer::export(home).unwrap();
    let _ = std::fs::remove_file(&path);
    submissions.write(&path).unwrap();
    let Transfer::Submissions(read) = Transfer::read(&path).unwrap() else { panic!("answers") };
    assert_eq!((&read, left), (&submissions, 0));
    let (answers, stopped) = transfer::send(api, &read, Vec::new(), |_| ()).await.unwrap();
    assert!(stopped.is_none());
    transfer::write_answers(&answers, &path).unwrap();
    let Transfer::Answers(answers) = Transfer::read(&path).unwrap() else { panic!("submissions") };
    transfer::import(home, &answers).unwrap();
}

fn compose(home: &Home, key: &KeyFile, ids: &[u8]) {
    for id in ids {
        let known = home.item(&hex::encode([*id; 16])).unwrap().is_some_and(|item| item.state != State::Draft);
        if !known {
            home.compose(key, SubmissionId([*id; 16]), 1_650_000_000, report(*id)).unwrap();
            acknowledge(home, *id);
        }
    }
}

/// Notes what an official was told is kept: from here on nothing may take it.
fn acknowledge(home: &Home, id: u8) {
    let path = home.dir().join(ACKNOWLEDGED);
    let mut known = std::fs::read(&path).unwrap_or_default();
    known.push(id);
    std::fs::write(path, known).unwrap();
}

fn state(home: &Home, id: u8) -> State {
    home.item(&hex::encode([id; 16])).unwrap().unwrap().state
}

/// The work with nothing in its way. Started by the test below it is the process that is killed; if that comes to its
/// end, it says how many points it passed.
#[tokio::test]
async fn an_official_at_work() {
    let Some(home) = std::env::var_os(HOME) else {
        let world = World::at_work().await;
        work(&world.home, &world.api).await;
        return world.check(0);
    };
    let home = Home::open(Path::new(&home)).unwrap();
    let point = std::env::var(CRASH_AT).unwrap().parse().unwrap();
    let cut = std::env::var(CUT).ok().map(|cut| if cut == "content" { Cut::Content } else { Cut::All });
    crash::at(point, cut);
    work(&home, &Api::new(&std::env::var(URL).unwrap()).unwrap()).await;
    std::fs::write(home.dir().join("passed"), (point - crash::left()).to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_at_any_step_is_continued_by_the_next() {
    walk(None, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_power_cut_takes_at_any_step_is_done_again() {
    walk(Some("all"), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_without_their_content_after_a_power_cut_lose_nothing() {
    walk(Some("content"), 3).await;
}

/// Ends the process at the first operation on files, at the one `every` so many later, and so on to the last, and each
/// time another process goes on. What an official was told is kept is kept; everything is recorded once, in the order
/// of the device, with its receipt; what was given up and what is damaged is still there.
async fn walk(cut: Option<&'static str>, every: usize) {
    let world = World::at_work().await;
    assert!(world.start_and_kill(u64::MAX, cut).await);
    world.check(u64::MAX);
    let points: u64 = std::fs::read_to_string(world.dir.path().join("passed")).unwrap().parse().unwrap();
    assert!(points > 200, "only {points} steps");
    let mut walks = tokio::task::JoinSet::new();
    for first in (1..=points).take(WALKS) {
        walks.spawn(async move {
            for point in (first..=points).step_by(WALKS * every) {
                let world = World::at_work().await;
                assert!(!world.start_and_kill(point, cut).await, "it ended before point {point}");
                world.check_acknowledged(point);
                work(&world.home, &world.api).await;
                world.check(point);
            }
        });
    }
    while let Some(walked) = walks.join_next().await {
        walked.unwrap();
    }
}

impl World {
    async fn at_work() -> Self {
        let world = Self::new().await;
        world.another_key();
        world.refuse_some();
        std::fs::write(world.dir.path().join("pending/note.submission"), "not one").unwrap();
        world
    }

    /// One that must be signed by another key, and one that conflicts.
    fn refuse_some(&self) {
        let phone = self.home.key("phone").unwrap().id();
        self.log.lock().unwrap().refuse = Box::new(move |submission| {
            let code = match submission.id[0] {
                3 if submission.key == phone.0 => Code::SignatureInvalid,
                4 => Code::NotMonitored,
                _ => return None,
            };
            Some(node::refusal(&Rejection::of(code, "household", "")))
        });
    }

    /// Whether the process ended by itself.
    async fn start_and_kill(&self, point: u64, cut: Option<&str>) -> bool {
        let mut process = Command::new(std::env::current_exe().unwrap());
        process
            .args(["outbox::tests::crash::an_official_at_work", "--exact"])
            .env(HOME, self.dir.path())
            .env(URL, self.api.address())
            .env(CRASH_AT, point.to_string());
        if let Some(cut) = cut {
            process.env(CUT, cut);
        }
        let output = tokio::task::spawn_blocking(move || process.output().unwrap()).await.unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.code() != Some(101), "it panicked before point {point}:\n{told}");
        output.status.success()
    }

    fn check_acknowledged(&self, point: u64) {
        for id in std::fs::read(self.dir.path().join(ACKNOWLEDGED)).unwrap_or_default() {
            let item = self.home.item(&hex::encode([id; 16])).unwrap();
            assert!(item.is_some(), "{id} was lost at point {point}");
        }
    }

    fn check(&self, point: u64) {
        let other = self.home.key("other").unwrap().id();
        let read = |signed: &v1::SignedSubmission| convert::submission(&signed.submission).unwrap().header;
        let taken: Vec<_> = self.log.lock().unwrap().taken.iter().map(read).collect();
        let of = |own: bool| taken.iter().filter(|one| (one.key != other) == own).map(|one| one.id.0[0]).collect();
        let (own, others): (Vec<u8>, Vec<u8>) = (of(true), of(false));
        assert_eq!((own, others), (vec![1, 2, 5, 6], vec![3]), "killed at {point}");
        for id in [1, 2, 3, 5, 6] {
            let proven = self.home.verify_receipt(SubmissionId([id; 16]), ORIGIN).unwrap();
            assert!(proven.is_some(), "no receipt of {id}, killed at {point}");
        }
        let open: Vec<_> = self.home.outbox().unwrap().into_iter().map(|item| (item.id, item.state)).collect();
        let expected = [("note".to_owned(), State::Quarantined), (hex::encode([4; 16]), State::Discarded)];
        assert_eq!(open, expected, "killed at {point}");
        assert_eq!(self.item(4).reason.as_deref(), Some("recorded by the village"));
        assert_eq!(std::fs::read(self.dir.path().join("quarantine/note.submission")).unwrap(), b"not one");
        assert_eq!((self.home.pending().unwrap(), self.home.drafts().unwrap()), (vec![], vec![]), "killed at {point}");
        for key in self.home.keys().unwrap() {
            let id = key.id();
            assert_eq!(self.home.chain(id).unwrap(), self.log.lock().unwrap().chain(id), "killed at {point}");
        }
    }
}
