use super::*;
use crate::compose::Report;
use crate::node::{self, Log, ORIGIN, report};
use lika_domain::rejection::Rejection;
use lika_proto::convert;
use lika_tlog::SigningKey;
use prost::Message;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

struct World {
    dir: TempDir,
    home: Home,
    api: Api,
    log: Arc<Mutex<Log>>,
}

impl World {
    async fn new() -> Self {
        let (api, log) = Log::start().await;
        let (dir, home) = node::home();
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

    /// Adds a waiting submission of another key.
    fn enqueue_of_another_key(&self, id: u8) -> KeyId {
        let phone = self.home.key("phone").unwrap();
        let signer = crate::Signer::from_seed([99; 32]);
        let other = crate::KeyFile::new("other", phone.official, &phone.origin, phone.created_at_s, &signer);
        self.home.add_key(&other).unwrap();
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
    assert_eq!(world.home.refusal(SubmissionId([3; 16])).unwrap().unwrap().code, "not_monitored");
}

#[tokio::test]
async fn submissions_after_a_discarded_one_are_signed_again() {
    let world = World::new().await;
    (1..=3).for_each(|id| world.enqueue(id));
    assert!(world.home.discard(SubmissionId([2; 16])).unwrap());
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
    for code in DEVICE_CODES {
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
