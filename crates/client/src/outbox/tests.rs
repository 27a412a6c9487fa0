use super::device::{CHAIN_CODES, DEVICE_CODES};
use super::*;
use crate::compose::Report;
use crate::home::{KeyFile, Retried, State};
use crate::node::{self, Log, ORIGIN, report};
use lika_domain::rejection::{Code, Rejection};
use lika_proto::convert;
use lika_tlog::SigningKey;
use prost::Message;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

mod crash;
mod line;

struct World {
    dir: TempDir,
    home: Home,
    api: Api,
    log: Arc<Mutex<Log>>,
}

impl World {
    async fn new() -> Self {
        let (api, log) = Log::start().await;
        let (dir, home) = node::home_in_memory();
        Self { dir, home, api, log }
    }

    fn enqueue(&self, id: u8) {
        let mut device = self.home.device(&self.home.key("phone").unwrap()).unwrap();
        let composed = device.compose(SubmissionId([id; 16]), 1_650_000_000, report(id)).unwrap();
        self.home.enqueue(&composed).unwrap();
    }

    /// Makes the log refuse these from now on.
    fn refuse(&self, refused: &[(u8, Code)]) {
        let refused = refused.to_vec();
        self.log.lock().unwrap().refuse = Box::new(move |submission| {
            let (_, code) = refused.iter().find(|(id, _)| submission.id[0] == *id)?;
            Some(node::refusal(&Rejection::of(*code, "household", "")))
        });
    }

    /// Another key of the same official.
    fn another_key(&self) -> KeyFile {
        let phone = self.home.key("phone").unwrap();
        let signer = crate::Signer::from_seed([99; 32]);
        let other = KeyFile::new("other", phone.official, &phone.origin, phone.created_at_s, &signer);
        self.home.add_key(&other).unwrap();
        other
    }

    /// Adds a waiting submission of another key.
    fn enqueue_of_another_key(&self, id: u8) -> KeyId {
        let other = self.another_key();
        let pending = self.home.pending().unwrap().remove(0);
        let mut device = self.home.device(&other).unwrap();
        let message = convert::submission_message(&pending.signed.submission).unwrap();
        let report = Report {
            area: lika_domain::area::Area::from_code(message.area).unwrap(),
            events: message.events.unwrap(),
            keys: Vec::new(),
            warned: Vec::new(),
        };
        self.home.enqueue(&device.compose(SubmissionId([id; 16]), 1_650_000_000, report).unwrap()).unwrap();
        other.id()
    }

    async fn send(&self) -> Sent {
        send(&self.home, &self.api, |_| ()).await.unwrap()
    }

    fn item(&self, id: u8) -> crate::home::Item {
        self.home.item(&hex::encode([id; 16])).unwrap().unwrap()
    }

    fn states(&self) -> Vec<(String, State)> {
        let mut items = self.home.outbox().unwrap();
        items.extend(self.home.receipted().unwrap());
        items.into_iter().map(|item| (item.id[..2].to_owned(), item.state)).collect()
    }

    fn taken(&self) -> Vec<u8> {
        let id = |signed: &v1::SignedSubmission| convert::submission(&signed.submission).unwrap().id.0[0];
        self.log.lock().unwrap().taken.iter().map(id).collect()
    }
}

fn counts(sent: &Sent) -> (usize, usize, usize, usize) {
    (sent.recorded.len(), sent.refused.len(), sent.waiting, sent.stopped.len())
}

#[tokio::test]
async fn waiting_submissions_are_sent_in_order_and_receipts_kept() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let mut steps = Vec::new();
    let sent = send(&world.home, &world.api, |step| steps.push(step)).await.unwrap();
    assert_eq!((counts(&sent), world.taken()), ((3, 0, 0, 0), vec![1, 2, 3]));
    assert_eq!(steps.last(), Some(&Step { answered: 3, of: 3 }));
    assert_eq!(world.home.receipts().unwrap().len(), 3);
    // Each states how many entries the device had seen published by then; this log proves everything under its first
    // checkpoint.
    let known: Vec<u64> = world.log.lock().unwrap().taken.iter().map(|signed| signed.known).collect();
    assert_eq!((known, world.home.known_size(ORIGIN).unwrap()), (vec![0, 1, 1], 1));
    world.enqueue(4);
    assert_eq!(counts(&world.send().await), (1, 0, 0, 0));
    assert_eq!(counts(&world.send().await), (0, 0, 0, 0));
}

#[tokio::test]
async fn submissions_after_a_refused_one_are_signed_again() {
    let world = World::new().await;
    (1..=4).for_each(|id| world.enqueue(id));
    world.refuse(&[(1, Code::NotMonitored), (3, Code::NotMonitored)]);
    let sent = world.send().await;
    assert_eq!((counts(&sent), world.taken()), ((2, 2, 0, 0), vec![2, 4]));
    let item = world.home.item(&hex::encode([3; 16])).unwrap().unwrap();
    assert_eq!((item.state, item.error().unwrap().code.as_str()), (State::Conflict, "not_monitored"));
}

#[tokio::test]
async fn submissions_after_a_discarded_one_are_signed_again() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    world.home.discard(&hex::encode([2; 16]), "twice").unwrap();
    assert_eq!((counts(&world.send().await), world.taken()), ((2, 0, 0, 0), vec![1, 3]));
}

#[tokio::test]
async fn a_node_that_cannot_answer_leaves_everything_waiting() {
    let world = World::new().await;
    (1..=2).for_each(|id| world.enqueue(id));
    let before = world.home.pending().unwrap();
    world.log.lock().unwrap().is_down = true;
    assert_eq!(counts(&world.send().await), (0, 0, 2, 1));
    assert_eq!(world.home.pending().unwrap(), before);
    world.log.lock().unwrap().is_down = false;
    assert_eq!((counts(&world.send().await), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
}

#[tokio::test]
async fn a_fault_of_one_key_does_not_stop_another() {
    let world = World::new().await;
    world.enqueue(1);
    let other = world.enqueue_of_another_key(2);
    world.refuse(&[(2, Code::KeyUnknown)]);
    let phone = world.home.key("phone").unwrap().id();
    let sent = send_of(&world.home, &world.api, phone, |_| ()).await.unwrap();
    assert_eq!((counts(&sent), world.taken()), ((1, 0, 0, 0), vec![1]));
    let sent = send_of(&world.home, &world.api, other, |_| ()).await.unwrap();
    assert_eq!(counts(&sent), (0, 0, 1, 1));
    assert_eq!(counts(&world.send().await), (0, 0, 1, 1));
}

#[tokio::test]
async fn a_key_that_is_not_enrolled_yet_loses_nothing() {
    let world = World::new().await;
    (1..=2).for_each(|id| world.enqueue(id));
    for code in DEVICE_CODES.into_iter().chain(CHAIN_CODES) {
        world.refuse(&[(1, code)]);
        let sent = world.send().await;
        assert_eq!((counts(&sent), sent.stopped[0].status()), ((0, 0, 2, 1), Some(409)), "{code:?}");
    }
    world.refuse(&[]);
    assert_eq!(counts(&world.send().await), (2, 0, 0, 0));
}

#[tokio::test]
async fn an_answer_that_got_lost_comes_again() {
    let world = World::new().await;
    (1..=2).for_each(|id| world.enqueue(id));
    let first = world.home.pending().unwrap().remove(0);
    assert_eq!(world.log.lock().unwrap().judge(&first.signed), Ok(false));
    let sent = world.send().await;
    assert_eq!((counts(&sent), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
    assert_eq!(sent.recorded.iter().map(|(_, duplicate)| *duplicate).collect::<Vec<_>>(), [true, false]);
}

/// The crash came after the log's answer was noted and before the waiting file was removed.
#[tokio::test]
async fn recorded_submissions_are_never_signed_again() {
    let world = World::new().await;
    world.enqueue(1);
    let first = world.home.pending().unwrap().remove(0);
    assert_eq!(counts(&world.send().await), (1, 0, 0, 0));
    let path = world.dir.path().join(format!("pending/{}.submission", first.id));
    std::fs::write(path, first.signed.encode_to_vec()).unwrap();
    world.enqueue(2);
    let sent = world.send().await;
    assert_eq!((counts(&sent), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
    assert!(sent.recorded[0].1 && !sent.recorded[1].1);
}

#[tokio::test]
async fn nothing_is_sent_to_a_node_with_another_key() {
    let world = World::new().await;
    world.enqueue(1);
    let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]).verifier().to_string();
    world.home.meet_log(ORIGIN, &stranger).unwrap();
    let refused = send(&world.home, &world.api, |_| ()).await;
    assert!(matches!(refused, Err(HomeError::LogKeyChanged { .. })), "{refused:?}");
    assert!(world.taken().is_empty());
}

/// What was signed before its key was revoked is not lost: it is signed anew with another key, and recorded once.
#[tokio::test]
async fn what_a_revoked_key_signed_is_quarantined_and_signed_anew_with_another() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let phone = world.home.key("phone").unwrap().id();
    world.log.lock().unwrap().refuse = Box::new(move |submission| {
        (submission.key == phone.0).then(|| node::refusal(&Rejection::of(Code::KeyIsRevoked, "key", "")))
    });
    assert_eq!(counts(&world.send().await), (0, 3, 0, 0));
    assert_eq!((world.item(1).state, world.item(3).state), (State::Quarantined, State::Quarantined));
    assert_eq!(world.item(2).error().unwrap().code, "key_revoked");
    let other = world.another_key();
    for id in [1, 2, 3] {
        assert_eq!(world.home.retry(&hex::encode([id; 16]), Some(&other)).unwrap(), Retried::SignedAgain);
    }
    assert_eq!((counts(&world.send().await), world.taken()), ((3, 0, 0, 0), vec![1, 2, 3]));
}

#[tokio::test]
async fn a_refused_submission_that_is_put_back_takes_the_next_place_in_the_chain() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    world.refuse(&[(1, Code::NotMonitored), (2, Code::RoleForbids)]);
    world.send().await;
    assert_eq!((world.item(1).state, world.item(1).tries), (State::Conflict, 1));
    world.refuse(&[]);
    for id in [1, 2] {
        world.home.retry(&hex::encode([id; 16]), None).unwrap();
        assert_eq!(world.item(id).state, State::Queued);
    }
    assert!(matches!(world.home.retry(&hex::encode([3; 16]), None), Err(HomeError::NotInState { .. })));
    assert_eq!((counts(&world.send().await), world.taken()), ((2, 0, 0, 0), vec![3, 1, 2]));
}

/// The answer got lost, and then the official gave it up: the log has it all the same, and what follows is sent.
#[tokio::test]
async fn a_discarded_submission_that_the_log_has_gets_its_receipt() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let first = world.home.pending().unwrap().remove(0);
    assert_eq!(world.log.lock().unwrap().judge(&first.signed), Ok(false));
    world.home.discard(&hex::encode([1; 16]), "a mistake").unwrap();
    let sent = world.send().await;
    assert_eq!((counts(&sent), world.taken()), ((3, 0, 0, 0), vec![1, 2, 3]));
    assert_eq!(world.item(1).state, State::Receipted);
}

#[tokio::test]
async fn a_damaged_file_goes_into_quarantine_and_blocks_nothing() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let damaged = world.dir.path().join(format!("pending/{}.submission", hex::encode([2; 16])));
    let bytes = std::fs::read(&damaged).unwrap();
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(world.dir.path().join("pending/note.submission"), "not one").unwrap();
    // What is said of it does not depend on whether something was sent meanwhile.
    let states = [("02", State::Quarantined), ("no", State::Quarantined)];
    assert!(states.iter().all(|(id, state)| world.states().contains(&((*id).to_owned(), *state))));
    assert_eq!((counts(&world.send().await), world.taken()), ((2, 0, 0, 0), vec![1, 3]));
    assert!(states.iter().all(|(id, state)| world.states().contains(&((*id).to_owned(), *state))));
    assert_eq!(world.item(2).error().unwrap().code, "file_damaged");
    assert_eq!(std::fs::read(world.dir.path().join("quarantine/note.submission")).unwrap(), b"not one");
    assert!(matches!(world.home.retry("note", None), Err(HomeError::Damaged { .. })));
    world.home.discard("note", "nothing in it").unwrap();
    assert!(world.states().contains(&("no".into(), State::Discarded)));
}

/// A signature needs the key; sending what is in its place needs none.
#[tokio::test]
async fn a_key_that_is_not_here_stops_only_what_must_be_signed_again() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let key = world.dir.path().join("keys/phone.key");
    std::fs::rename(&key, world.dir.path().join("away")).unwrap();
    world.refuse(&[(2, Code::NotMonitored)]);
    let sent = world.send().await;
    assert_eq!((counts(&sent), sent.signers_missing.len(), world.taken()), ((1, 1, 1, 0), 1, vec![1]));
    assert_eq!((world.item(3).state, world.item(3).error().unwrap().code.as_str()), (State::Queued, "key_not_here"));
    std::fs::rename(world.dir.path().join("away"), &key).unwrap();
    assert_eq!((counts(&world.send().await), world.taken()), ((1, 0, 0, 0), vec![1, 3]));
}

#[tokio::test]
async fn the_position_of_a_device_is_found_again_in_its_receipts() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    world.send().await;
    for file in std::fs::read_dir(world.dir.path().join("devices")).unwrap() {
        std::fs::write(file.unwrap().path(), "{").unwrap();
    }
    world.enqueue(4);
    assert_eq!((counts(&world.send().await), world.taken()), ((1, 0, 0, 0), vec![1, 2, 3, 4]));
}

/// One process at a time sends; the folder stays open to others, and what they add is sent by the next round.
#[tokio::test(start_paused = true)]
async fn a_second_sender_waits_for_the_first_and_then_says_who_sends() {
    let world = World::new().await;
    world.enqueue(1);
    let held = world.home.sending(Duration::ZERO).await.unwrap().unwrap();
    let sent = world.send().await;
    assert!(sent.is_sent_elsewhere && sent.waiting == 1 && world.taken().is_empty());
    drop(held);
}

#[tokio::test]
async fn what_is_watched_is_sent_when_it_arrives_and_when_the_node_answers_again() {
    let world = World::new().await;
    world.log.lock().unwrap().is_down = true;
    world.enqueue(1);
    let (home, api, log) = (world.home.clone(), world.api.clone(), world.log.clone());
    let wake = Arc::new(tokio::sync::Notify::new());
    let woken = wake.clone();
    let watching = tokio::spawn(async move {
        let mut failed = 0;
        watch(&home, &api, &woken, |round| {
            let sent = round.unwrap();
            failed += sent.stopped.len();
            log.lock().unwrap().is_down = false;
            woken.notify_one();
            if sent.recorded.is_empty() {
                std::ops::ControlFlow::Continue(())
            } else {
                std::ops::ControlFlow::Break(failed)
            }
        })
        .await
    });
    assert_eq!(watching.await.unwrap(), 1);
    assert_eq!(world.taken(), [1]);
}

/// A draft becomes the submission of its id, and is gone from then on.
#[tokio::test]
async fn a_draft_is_kept_until_it_is_signed() {
    let world = World::new().await;
    let id = SubmissionId([7; 16]);
    let text = serde_json::json!({
        "area": "130624100200",
        "households": {"events": [{"happened": "2022-03-01", "household": 1_234_567_890, "monitoring_ended": {}}]}
    });
    world.home.save_draft(id, &text).unwrap();
    let item = world.item(7);
    assert_eq!((item.state, item.events, item.households), (State::Draft, 1, vec!["1234567890".to_owned()]));
    assert_eq!((item.kinds[0].name.as_str(), item.area.as_deref()), ("monitoring_ended", Some("130624100200")));
    world.home.discard(&id.to_string(), "not today").unwrap();
    assert_eq!((world.item(7).state, world.home.drafts().unwrap()), (State::Discarded, vec![]));
    assert_eq!(world.home.retry(&id.to_string(), None).unwrap(), Retried::Draft);
    assert_eq!(world.home.draft(id).unwrap().unwrap().report, text);
    world.enqueue(7);
    assert_eq!((world.item(7).state, world.home.drafts().unwrap()), (State::Queued, vec![]));
    assert!(world.home.save_draft(id, &text).is_err());
}

/// A folder of version 0.1.0: what was refused has lines of English, what was discarded lies among it without a note.
#[tokio::test]
async fn a_folder_of_the_version_before_opens() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    let path = |folder: &str, id: u8, extension: &str| {
        world.dir.path().join(format!("{folder}/{}.{extension}", hex::encode([id; 16])))
    };
    for id in [1, 2] {
        std::fs::rename(path("pending", id, "submission"), path("refused", id, "submission")).unwrap();
    }
    let note = r#"{"code": "not_monitored", "problems": ["event 0: household: it is not [not_monitored]"]}"#;
    std::fs::write(path("refused", 1, "json"), note).unwrap();
    assert_eq!((world.item(1).state, world.item(2).state), (State::Conflict, State::Discarded));
    assert_eq!(world.item(1).error().unwrap().zh, Code::NotMonitored.zh());
    assert_eq!((counts(&world.send().await), world.taken()), ((1, 0, 0, 0), vec![3]));
}
