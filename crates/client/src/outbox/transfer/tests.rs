use super::*;
use crate::compose::Chain;
use crate::home::{KeyFile, State};
use crate::node::{self, Log, ORIGIN, report};
use crate::outbox;
use crate::{Api, Signer};
use lika_domain::rejection::{Code, Rejection};
use lika_proto::v1::answer::Outcome;
use lika_tlog::SigningKey;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A device without a line, and the node that another machine reaches.
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
        home.meet_log(ORIGIN, &node::key().verifier().to_string()).unwrap();
        let world = Self { dir, home, api, log };
        (1..=3).for_each(|id| world.compose(id));
        world
    }

    fn compose(&self, id: u8) {
        let key = self.home.key("phone").unwrap();
        self.home.compose(&key, SubmissionId([id; 16]), 1_650_000_000, report(id)).unwrap();
    }

    fn refuse(&self, refused: u8, code: Code) {
        self.log.lock().unwrap().refuse = Box::new(move |submission| {
            (submission.id[0] == refused).then(|| node::refusal(&Rejection::of(code, "household", "")))
        });
    }

    /// The answers that come back.
    async fn carried(&self) -> Vec<Answered> {
        let (answers, stopped) = send(&self.api, &export(&self.home).unwrap().0, Vec::new(), |_| ()).await.unwrap();
        assert!(stopped.is_none());
        answers
    }

    fn state(&self, id: u8) -> State {
        self.home.item(&hex::encode([id; 16])).unwrap().unwrap().state
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }
}

fn code(result: Result<Transfer, TransferError>) -> &'static str {
    match result {
        Err(TransferError::Content { code, .. }) => code.name(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_waits_is_sent_by_another_machine_and_its_receipts_come_back() {
    let world = World::new().await;
    let (submissions, left) = export(&world.home).unwrap();
    assert_eq!((submissions.waiting.len(), left), (3, 0));
    let item = world.home.item(&hex::encode([1; 16])).unwrap().unwrap();
    assert!(item.may_be_recorded && item.exported_at_s.is_some() && item.state == State::Queued);
    submissions.write(&world.file("stick")).unwrap();
    let Transfer::Submissions(read) = Transfer::read(&world.file("stick")).unwrap() else { panic!() };
    assert_eq!(read, submissions);
    let (answers, _) = send(&world.api, &read, Vec::new(), |_| ()).await.unwrap();
    write_answers(&answers, &world.file("answers")).unwrap();
    let Transfer::Answers(read) = Transfer::read(&world.file("answers")).unwrap() else { panic!() };
    assert_eq!(read, answers);
    let imported = import(&world.home, &read).unwrap();
    assert_eq!((imported.recorded.len(), imported.known), (3, 0));
    assert!((1..=3).all(|id| world.state(id) == State::Receipted));
    // Twice is once, here and there.
    assert_eq!(import(&world.home, &read).unwrap().known, 3);
    let (again, _) = send(&world.api, &submissions, answers.clone(), |_| panic!("sent again")).await.unwrap();
    assert_eq!(again, answers);
    // The device goes on where the stick ended.
    world.compose(4);
    let sent = outbox::send(&world.home, &world.api, |_| ()).await.unwrap();
    assert_eq!((sent.recorded.len(), world.log.lock().unwrap().taken.len()), (1, 4));
}

#[tokio::test]
async fn a_stick_holds_the_data_keys_and_never_a_signing_key() {
    let world = World::new().await;
    let submissions = export(&world.home).unwrap().0;
    submissions.write(&world.file("stick")).unwrap();
    let bytes = std::fs::read(world.file("stick")).unwrap();
    let seed = *world.home.signer_of(&world.home.key("phone").unwrap()).unwrap().seed();
    for secret in [seed.to_vec(), hex::encode(seed).into_bytes(), BASE64_STANDARD.encode(seed).into_bytes()] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    let kept = |pending: &Pending| pending.signed.keys.clone();
    let Transfer::Submissions(read) = Transfer::parse(&bytes).unwrap() else { panic!() };
    assert!(read.waiting.iter().map(kept).eq(world.home.pending().unwrap().iter().map(kept)));
}

/// Nothing after a refused submission can be recorded before the device has signed it again.
#[tokio::test]
async fn a_refusal_comes_back_and_what_follows_is_sent_another_time() {
    let world = World::new().await;
    world.refuse(2, Code::NotMonitored);
    let answers = world.carried().await;
    assert_eq!(answers.len(), 2);
    let imported = import(&world.home, &answers).unwrap();
    assert_eq!((imported.recorded.len(), imported.refused.len()), (1, 1));
    let states = [1, 2, 3].map(|id| world.state(id));
    assert_eq!(states, [State::Receipted, State::Conflict, State::Queued]);
    let sent = outbox::send(&world.home, &world.api, |_| ()).await.unwrap();
    assert_eq!((sent.recorded.len(), world.state(3)), (1, State::Receipted));
    // The answer is old by now.
    assert_eq!(import(&world.home, &answers).unwrap().foreign, [SubmissionId([2; 16])]);
}

/// The stick was on its way, and the device signed anew with another key: what is recorded is recorded once.
#[tokio::test]
async fn a_receipt_of_what_was_signed_again_meanwhile_is_taken() {
    let world = World::new().await;
    let answers = world.carried().await;
    let phone = world.home.key("phone").unwrap();
    let signer = Signer::from_seed([99; 32]);
    let other = KeyFile::new("other", phone.official, &phone.origin, phone.created_at_s, &signer);
    world.home.add_key(&other).unwrap();
    world.home.retry(&hex::encode([1; 16]), Some(&other)).unwrap();
    let imported = import(&world.home, &answers).unwrap();
    assert_eq!((imported.recorded.len(), imported.invalid.len()), (3, 0));
    assert_eq!(world.home.chain(other.id()).unwrap(), Chain::default());
    assert!(world.home.pending().unwrap().is_empty());
}

#[tokio::test]
async fn a_receipt_that_does_not_hold_is_not_taken() {
    let world = World::new().await;
    let good = world.carried().await;
    let waiting = world.home.pending().unwrap();
    let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]);
    let forged = Outcome::Receipt(node::receipt(ORIGIN, &stranger, &waiting[0].signed, false));
    let swapped = good[1].outcome.clone();
    for outcome in [forged, swapped] {
        let imported = import(&world.home, &[Answered { outcome, ..good[0].clone() }]).unwrap();
        assert_eq!((imported.recorded.len(), imported.invalid[0].1.code.as_str()), (0, "receipt_invalid"));
    }
    // Out of order: the first one would lose its place.
    let imported = import(&world.home, &good[1..]).unwrap();
    assert!(imported.invalid.iter().all(|(_, problem)| problem.code == "answer_out_of_order"));
    assert_eq!(world.home.pending().unwrap(), waiting);
    let foreign = Answered { id: SubmissionId([9; 16]), ..good[0].clone() };
    assert_eq!(import(&world.home, &[foreign]).unwrap().foreign, [SubmissionId([9; 16])]);
    assert_eq!(import(&world.home, &good).unwrap().recorded.len(), 3);
}

/// The machine with the line sends nothing, data keys above all, to a node that is not the device's.
#[tokio::test]
async fn a_stick_is_not_sent_to_a_node_with_another_key() {
    let world = World::new().await;
    let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]).verifier().to_string();
    let submissions = Submissions { logs: vec![stranger], ..export(&world.home).unwrap().0 };
    let refused = send(&world.api, &submissions, Vec::new(), |_| ()).await;
    assert!(matches!(refused, Err(TransferError::Content { code: TransferCode::LogKeyChanged, .. })));
    assert!(world.log.lock().unwrap().taken.is_empty());
}

#[tokio::test]
async fn a_device_that_never_met_the_log_cannot_check_its_receipts() {
    let world = World::new().await;
    let answers = world.carried().await;
    std::fs::remove_dir_all(world.file("logs")).unwrap();
    let refused = import(&world.home, &answers);
    assert!(matches!(refused, Err(TransferError::Content { code: TransferCode::LogUnknown, .. })), "{refused:?}");
    assert_eq!(world.home.pending().unwrap().len(), 3);
}

#[tokio::test]
async fn a_file_that_is_cut_or_altered_is_refused_with_a_code() {
    let world = World::new().await;
    let submissions = export(&world.home).unwrap().0;
    submissions.write(&world.file("stick")).unwrap();
    write_answers(&world.carried().await, &world.file("answers")).unwrap();
    for name in ["stick", "answers"] {
        let whole = std::fs::read(world.file(name)).unwrap();
        for length in 0..whole.len() {
            let code = code(Transfer::parse(&whole[..length]));
            assert!(["not_an_outbox_file", "outbox_file_truncated"].contains(&code), "{code} at {length}");
        }
        assert_eq!(code(Transfer::parse(&[&whole[..], b"more\n"].concat())), "outbox_file_truncated");
        let altered = String::from_utf8(whole).unwrap().replacen("\"id\":\"01", "\"id\":\"zz", 1);
        assert_eq!(code(Transfer::parse(altered.as_bytes())), "outbox_file_damaged");
    }
    for foreign in ["", "{}", "PK\u{3}\u{4}", r#"{"format":"lika outbox 2","kind":"answers","count":0,"logs":[]}"#] {
        assert_eq!(code(Transfer::parse(foreign.as_bytes())), "not_an_outbox_file");
    }
    let many = r#"{"format":"lika outbox 1","kind":"answers","count":4000000000,"logs":[]}"#;
    assert_eq!(code(Transfer::parse(many.as_bytes())), "outbox_file_too_large");
    assert!(submissions.write(&world.file("stick")).is_err(), "overwritten");
}
