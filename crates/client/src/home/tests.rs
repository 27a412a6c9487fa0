use super::*;
use crate::compose::{Chain, Device};
use crate::key::Signer;
use crate::node::{self, ORIGIN, report};
use crate::passphrase::Passphrase;
use crate::problem::{KeptCode, Problem};
use crate::random::Random;
use crate::receipt;
use bytes::Bytes;
use lika_domain::ids::SubmissionId;
use lika_proto::v1;
use lika_tlog::SigningKey;
use tempfile::TempDir;

mod sealed;

struct World {
    dir: TempDir,
    home: Home,
    log: SigningKey,
}

impl World {
    fn new() -> Self {
        let (dir, home) = node::home();
        let log = node::key();
        home.meet_log(ORIGIN, &log.verifier().to_string()).unwrap();
        Self { dir, home, log }
    }

    /// The home as the next command sees it.
    fn reopen(self) -> Self {
        let Self { dir, home, log } = self;
        drop(home);
        Self { home: Home::open(dir.path()).unwrap(), dir, log }
    }

    fn device(&self) -> Device {
        self.home.device(&self.home.key("phone").unwrap()).unwrap()
    }

    fn enqueue(&self, id: u8) -> SubmissionId {
        let composed = self.device().compose(SubmissionId([id; 16]), 1_650_000_000, report(id)).unwrap();
        self.home.enqueue(&composed).unwrap();
        composed.id
    }

    fn item(&self, id: SubmissionId) -> Item {
        self.home.item(&id.to_string()).unwrap().unwrap()
    }

    fn receipt(&self, signed: &v1::SignedSubmission) -> v1::Receipt {
        node::receipt(ORIGIN, &self.log, signed, false)
    }
}

/// A desk runs all day: the folder is locked only while something is written.
#[test]
fn two_processes_use_the_folder_side_by_side() {
    let world = World::new();
    let other = Home::open(world.dir.path()).unwrap();
    world.enqueue(1);
    let mut device = other.device(&other.key("phone").unwrap()).unwrap();
    other.enqueue(&device.compose(SubmissionId([2; 16]), 1_650_000_000, report(2)).unwrap()).unwrap();
    assert_eq!(world.home.pending().unwrap().len(), 2);
    let held = other.writing().unwrap();
    let begun = std::time::Instant::now();
    assert!(matches!(world.home.discard(&hex::encode([1; 16]), "no"), Err(HomeError::Locked { .. })));
    assert!(begun.elapsed().as_secs() >= 4, "it does not wait");
    drop(held);
    world.home.discard(&hex::encode([1; 16]), "no").unwrap();
}

#[test]
fn keys_come_back_and_are_never_overwritten() {
    let world = World::new().reopen();
    let kept = world.home.key("phone").unwrap();
    assert_eq!((kept.official.get(), kept.origin.as_str(), kept.created_at_s), (10_000_001, ORIGIN, 1_650_000_000));
    assert_eq!(*world.home.signer_of(&kept).unwrap().seed(), [9; 32]);
    let signer = Signer::generate(&mut Random::system()).unwrap();
    let other = |name| KeyFile::new(name, kept.official, ORIGIN, 1, &signer);
    assert!(matches!(world.home.add_key(&other("phone")), Err(HomeError::Exists { .. })));
    assert_eq!(world.home.key("phone").unwrap().public(), kept.public());
    world.home.add_key(&other("平板-2")).unwrap();
    let names: Vec<_> = world.home.keys().unwrap().into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["phone", "平板-2"]);
    assert!(matches!(world.home.key("none"), Err(HomeError::KeyUnknown(_))));
    for name in ["", "../phone", "a b", ".", &"a".repeat(65)] {
        assert!(matches!(world.home.key(name), Err(HomeError::NameInvalid(_))), "{name}");
    }
}

#[test]
fn a_key_file_that_was_altered_is_refused() {
    let world = World::new();
    let path = world.dir.path().join("keys/phone.key");
    let text = std::fs::read_to_string(&path).unwrap();
    let official = text.replace("10000001", "1");
    let name = text.replace("\"phone\"", "\"tablet\"");
    let seed = text.replace(&"CQkJ".repeat(2), &"AAAA".repeat(2));
    for altered in [official, name, seed, "{}".into(), "\u{0}".into()] {
        assert_ne!(altered, text);
        std::fs::write(&path, altered).unwrap();
        assert!(matches!(world.home.key("phone"), Err(HomeError::Damaged { .. })));
    }
}

/// A key that nothing protects yet is put under a passphrase, which is then changed; it stays the same key.
#[test]
fn a_key_under_a_passphrase_signs_only_after_it_was_unlocked() {
    let (first, second) = (Passphrase::new("枣树下三只白鹅过河"), Passphrase::new("correct horse battery staple"));
    let world = World::new();
    let public = *world.home.key("phone").unwrap().public();
    assert!(matches!(
        world.home.protect("phone", &Passphrase::new("phone10000001"), &mut Random::system()),
        Err(HomeError::PassphraseWeak)
    ));
    world.home.protect("phone", &first, &mut Random::system()).unwrap();
    let text = std::fs::read_to_string(world.dir.path().join("keys/phone.key")).unwrap();
    assert!(!text.contains("seed") && !text.contains("CQkJCQkJ"), "{text}");

    let world = world.reopen();
    let key = world.home.keys().unwrap().remove(0);
    assert!(key.is_protected() && *key.public() == public);
    assert!(matches!(world.home.device(&key), Err(HomeError::KeyLocked(_))));
    assert!(matches!(world.home.unlock(&key, &second), Err(HomeError::PassphraseWrong(_))));
    assert!(matches!(world.home.protect("phone", &second, &mut Random::system()), Err(HomeError::KeyLocked(_))));
    world.home.unlock(&key, &first).unwrap();
    world.enqueue(1);
    world.home.protect("phone", &second, &mut Random::system()).unwrap();

    let unlocked = world.home.unlocked().clone();
    let world = world.reopen();
    let key = world.home.key("phone").unwrap();
    assert!(matches!(world.home.unlock(&key, &first), Err(HomeError::PassphraseWrong(_))));
    assert_eq!(*world.home.unlock(&key, &second).unwrap().seed(), [9; 32]);
    // Another process has its own; the same process may hand it on.
    let World { dir, home, .. } = world;
    drop(home);
    assert!(Home::open(dir.path()).unwrap().signer_of(&key).is_err());
    assert!(Home::open_with(dir.path(), unlocked).unwrap().signer_of(&key).is_ok());
}

/// The owner, the log and the parameters cannot be exchanged in a protected file, and a later version is named.
#[test]
fn a_protected_key_file_that_was_altered_does_not_open() {
    let passphrase = Passphrase::new("枣树下三只白鹅过河");
    let world = World::new();
    world.home.protect("phone", &passphrase, &mut Random::system()).unwrap();
    let path = world.dir.path().join("keys/phone.key");
    let text = std::fs::read_to_string(&path).unwrap();
    for (from, to) in [("10000001", "10000002"), (ORIGIN, "lika.example/130625"), ("1650000000", "1650000001")] {
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let key = world.home.key("phone").unwrap();
        assert!(matches!(key.unlock(&passphrase), Err(HomeError::PassphraseWrong(_))), "{from}");
    }
    std::fs::write(&path, text.replace("\"version\": 2", "\"version\": 3")).unwrap();
    assert!(world.home.key("phone").is_err_and(|error| error.to_string().contains("later version")));
    std::fs::write(&path, text.replace("argon2id", "argon2x")).unwrap();
    let key = world.home.key("phone").unwrap();
    assert!(matches!(key.unlock(&passphrase), Err(HomeError::KeyNotUnderstood(_))));
}

#[cfg(unix)]
#[test]
fn secrets_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let mode = |path: &str| std::fs::metadata(world.dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("keys"), mode("datakeys"), mode("keys/phone.key")), (0o700, 0o700, 0o600));
}

#[test]
fn waiting_submissions_survive_a_crash_and_the_chain_continues() {
    let world = World::new();
    let first = world.enqueue(1);
    let before = world.home.pending().unwrap();
    let world = world.reopen();
    assert_eq!(world.home.pending().unwrap(), before);
    let second = world.enqueue(2);
    let pending = world.home.pending().unwrap();
    assert_eq!(pending.iter().map(|one| one.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!(pending[1].previous, pending[0].chain.previous);
    assert_eq!(pending[1].chain.sequence, 2);
}

#[test]
fn a_receipt_is_kept_and_can_be_checked_without_the_log() {
    let world = World::new();
    let id = world.enqueue(1);
    let pending = world.home.pending().unwrap().remove(0);
    let receipt = world.receipt(&pending.signed);
    let log = world.log.verifier().clone();
    let proven = world.home.keep_receipt(&pending, &receipt, &log).unwrap();
    assert_eq!((proven.index, proven.size, proven.id), (0, 1, id));
    let world = world.reopen();
    assert_eq!(world.home.pending().unwrap(), []);
    assert_eq!(world.device().chain(), pending.chain);
    assert_eq!(world.home.receipts().unwrap(), [id]);
    assert_eq!(world.home.verify_receipt(id, ORIGIN).unwrap(), Some(proven));
    let kept = world.home.receipt(id).unwrap().unwrap();
    let signer = world.device().signer().clone();
    assert!(receipt::verify_signature(&kept.entry, signer.public()).is_ok());
    let other = Signer::from_seed([8; 32]);
    assert!(matches!(receipt::verify_signature(&kept.entry, other.public()), Err(ReceiptError::SignatureInvalid)));
    assert_eq!(world.home.verify_receipt(SubmissionId([7; 16]), ORIGIN).unwrap(), None);
}

#[test]
fn a_receipt_that_does_not_hold_is_not_taken() {
    let world = World::new();
    world.enqueue(1);
    world.enqueue(2);
    let pending = world.home.pending().unwrap();
    let log = world.log.verifier().clone();
    let good = world.receipt(&pending[0].signed);
    let keep = |receipt: v1::Receipt, log| {
        let kept = world.home.keep_receipt(&pending[0], &receipt, log);
        match kept {
            Err(HomeError::Receipt(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let other_entry = world.receipt(&pending[1].signed);
    assert!(matches!(keep(other_entry, &log), ReceiptError::NotWhatWasSent));
    let mut entry = good.entry.to_vec();
    entry[3] ^= 1;
    assert!(matches!(keep(v1::Receipt { entry: entry.into(), ..good.clone() }, &log), ReceiptError::NotProven(_)));
    assert!(matches!(
        keep(v1::Receipt { proof: String::new(), ..good.clone() }, &log),
        ReceiptError::ProofUnreadable(_)
    ));
    let other_index = keep(v1::Receipt { index: 1, ..good.clone() }, &log);
    assert!(matches!(other_index, ReceiptError::OtherIndex { named: 1, proven: 0 }));
    let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]);
    assert!(matches!(keep(good, stranger.verifier()), ReceiptError::NotProven(_)));
    assert_eq!((world.home.pending().unwrap().len(), world.home.receipts().unwrap().len()), (2, 0));
}

#[test]
fn a_proof_of_another_log_is_not_taken() {
    let mut world = World::new();
    world.enqueue(1);
    let pending = world.home.pending().unwrap().remove(0);
    world.log = SigningKey::new("lika.example/130625".parse().unwrap(), [5; 32]);
    let entry = node::receipt("lika.example/130625", &world.log, &pending.signed, false);
    let kept = world.home.keep_receipt(&pending, &entry, world.log.verifier());
    assert!(matches!(kept, Err(HomeError::Receipt(ReceiptError::OtherLog { .. }))), "{kept:?}");
}

#[test]
fn a_crash_before_the_receipt_is_settled_does_no_harm() {
    let world = World::new();
    world.enqueue(1);
    let pending = world.home.pending().unwrap().remove(0);
    let receipt = world.receipt(&pending.signed);
    let log = world.log.verifier().clone();
    world.home.keep_receipt(&pending, &receipt, &log).unwrap();
    let path = world.dir.path().join(format!("pending/{}.submission", pending.id));
    std::fs::write(path, prost::Message::encode_to_vec(&pending.signed)).unwrap();
    let world = world.reopen();
    let again = v1::Receipt { duplicate: true, ..receipt };
    world.home.keep_receipt(&pending, &again, &log).unwrap();
    assert_eq!((world.home.pending().unwrap().len(), world.device().chain()), (0, pending.chain));
}

#[test]
fn refused_submissions_are_moved_aside_with_reasons() {
    let world = World::new();
    let id = world.enqueue(1);
    let pending = world.home.pending().unwrap().remove(0);
    let problem = v1::Problem {
        code: "not_monitored".into(),
        event: Some(0),
        field: "household".into(),
        detail: "1234567890".into(),
        zh: "该户不在监测中".into(),
        en: "the household is not monitored".into(),
    };
    let refusal = v1::Refusal { code: "not_monitored".into(), status: 409, problems: vec![problem] };
    world.home.keep_refusal(&pending, &refusal, false).unwrap();
    assert_eq!((world.home.pending().unwrap(), world.device().chain()), (vec![], Chain::default()));
    let item = world.item(id);
    let problem = Problem::from(&refusal.problems[0]);
    assert_eq!((item.state, item.error()), (State::Conflict, Some(&problem)));
}

#[test]
fn discarded_submissions_leave_the_queue_and_are_kept_with_the_reason() {
    let world = World::new();
    let id = world.enqueue(1);
    let before = world.home.pending().unwrap().remove(0).signed;
    world.home.discard(&id.to_string(), "写错了户").unwrap();
    let again = world.home.discard(&id.to_string(), "x");
    assert!(matches!(again, Err(HomeError::NotInState { code: KeptCode::Discarded, .. })), "{again:?}");
    assert_eq!((world.home.pending().unwrap(), world.device().chain()), (vec![], Chain::default()));
    let item = world.item(id);
    assert_eq!((item.state, item.reason.as_deref()), (State::Discarded, Some("写错了户")));
    assert_eq!(world.home.retry(&id.to_string(), None).unwrap(), Retried::AsItWas);
    assert_eq!(world.home.pending().unwrap().remove(0).signed, before);
}

#[test]
fn data_keys_are_added_and_never_replaced() {
    let world = World::new();
    let given = |subject, number, byte: u8| v1::DataKey { subject, number, key: Bytes::from(vec![byte; 32]) };
    world.home.add_data_keys(&[given(1_234_567_890, 1, 1), given(10_000_001, 1, 2)]).unwrap();
    world.home.add_data_keys(&[given(1_234_567_890, 1, 1), given(1_234_567_890, 2, 3)]).unwrap();
    let changed = world.home.add_data_keys(&[given(1_234_567_890, 2, 4)]);
    assert!(matches!(changed, Err(HomeError::DataKeyChanged { subject: 1_234_567_890, number: 2 })));
    let world = world.reopen();
    let keys = world.home.data_keys(1_234_567_890).unwrap();
    assert_eq!(keys.get(1).map(|key| *key.as_bytes()), Some([1; 32]));
    assert_eq!(keys.newest().map(|(number, key)| (number, *key.as_bytes())), Some((2, [3; 32])));
    assert_eq!(world.home.data_keys(99).unwrap().newest(), None);
    let short = v1::DataKey { subject: 5, number: 1, key: Bytes::from_static(b"short") };
    assert!(world.home.add_data_keys(&[short]).is_err());
}

#[test]
fn a_log_that_shows_another_key_is_noticed() {
    let world = World::new();
    let good = world.log.verifier().to_string();
    assert_eq!(world.home.meet_log(ORIGIN, &format!("{good}\n")).unwrap().to_string(), good);
    let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]).verifier().to_string();
    assert!(matches!(world.home.meet_log(ORIGIN, &stranger), Err(HomeError::LogKeyChanged { .. })));
    assert!(matches!(world.home.meet_log("other.example", &good), Err(HomeError::LogKeyInvalid { .. })));
    assert!(matches!(world.home.meet_log(ORIGIN, "nonsense"), Err(HomeError::LogKeyInvalid { .. })));
    assert_eq!(world.home.log_key("other.example").unwrap(), None);
    assert_eq!(world.home.log_key("../keys/phone").unwrap(), None);
}
