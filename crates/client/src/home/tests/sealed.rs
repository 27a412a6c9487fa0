//! What lies on the disk of a stolen laptop, and what opens it.

use super::*;
use crate::home::file;
use serde_json::{Value, json};
use std::time::Duration;

const PASSPHRASE: &str = "枣树下三只白鹅过河";
const CITIZEN_ID: &str = "900000197005010019";

/// The home of a key under a passphrase, which is unlocked.
fn protected() -> World {
    let world = World::new();
    protect(&world, "phone");
    let world = world.reopen();
    unlock(&world, "phone");
    world
}

fn protect(world: &World, name: &str) {
    world.home.protect(name, &Passphrase::new(PASSPHRASE), &mut Random::system()).unwrap();
}

fn unlock(world: &World, name: &str) {
    world.home.unlock(&world.home.key(name).unwrap(), &Passphrase::new(PASSPHRASE)).unwrap();
}

fn draft() -> Value {
    json!({"area": "130624100200", "households": {"events": [{"household": "1234567890",
        "member_added": {"member": {"private": {"name": "张三", "citizen_id": CITIZEN_ID}}}}]}})
}

fn given(subject: u64, number: u32, byte: u8) -> v1::DataKey {
    v1::DataKey { subject, number, key: Bytes::from(vec![byte; 32]) }
}

/// One household's keys, and a bundle of the first keys of five.
fn add_keys(world: &World) {
    world.home.add_data_keys(&[given(1_234_567_890, 1, 41), given(1_234_567_890, 2, 42)]).unwrap();
    let many: Vec<_> = (0..5).map(|n| given(1_234_567_800 + n, 1, 43)).collect();
    world.home.add_data_keys(&many).unwrap();
}

fn opens(world: &World) -> bool {
    let key = |subject, number| world.home.data_keys(subject).unwrap().get(number).map(|key| key.as_bytes()[0]);
    let keys = [key(1_234_567_890, 1), key(1_234_567_890, 2), key(1_234_567_803, 1)];
    match world.home.draft(SubmissionId([1; 16])) {
        Ok(Some(kept)) => {
            assert_eq!((kept.report, keys), (draft(), [Some(41), Some(42), Some(43)]));
            true
        }
        Err(HomeError::KeyLocked(name)) => {
            assert_eq!((name.as_str(), keys), ("phone", [None; 3]));
            false
        }
        other => panic!("{other:?}"),
    }
}

/// Whether anything personal can be read in any file of the home.
fn lies_in_the_clear(world: &World) -> bool {
    let base64 = |byte: u8| {
        use base64::Engine;
        base64::prelude::BASE64_STANDARD.encode([byte; 32]).into_bytes()
    };
    let secrets = ["张三".as_bytes().to_vec(), CITIZEN_ID.into(), base64(41), base64(42), base64(43)];
    let folders = ["drafts", "datakeys", "discarded", "pending"];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(world.dir.path().join(folder)).unwrap());
    let mut contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    contents.any(|bytes| secrets.iter().any(|secret| bytes.windows(secret.len()).any(|part| part == secret)))
}

#[test]
fn drafts_and_data_keys_open_only_while_their_key_is_unlocked() {
    let world = protected();
    world.home.save_draft(SubmissionId([1; 16]), &draft()).unwrap();
    add_keys(&world);
    assert!(opens(&world) && !lies_in_the_clear(&world));
    assert_eq!(world.item(SubmissionId([1; 16])).households, ["1234567890"]);

    let world = world.reopen();
    assert!(!opens(&world));
    let item = world.item(SubmissionId([1; 16]));
    assert_eq!((item.state, item.households.len(), item.problems), (State::Draft, 0, vec![]));
    assert_eq!(world.home.drafts().unwrap(), []);
    // A form that was open when the key locked: what was typed is kept, until somebody unlocks it in the clear.
    world.home.save_draft(SubmissionId([2; 16]), &draft()).unwrap();
    assert!(lies_in_the_clear(&world));
    assert!(matches!(world.home.add_data_keys(&[given(7_000_000_001, 1, 1)]), Err(HomeError::KeyLocked(_))));
    unlock(&world, "phone");
    assert!(opens(&world) && !lies_in_the_clear(&world));
    assert_eq!(world.home.draft(SubmissionId([2; 16])).unwrap().unwrap().report, draft());
    world.home.discard(&hex::encode([1; 16]), "x").unwrap();
    assert!(!lies_in_the_clear(&world));
    world.home.retry(&hex::encode([1; 16]), None).unwrap();
    assert!(opens(&world));
}

/// What an earlier version left, and what was stored before the key had a passphrase.
#[test]
fn what_lies_in_the_clear_is_encrypted_when_a_key_is_unlocked() {
    let world = World::new();
    world.home.save_draft(SubmissionId([1; 16]), &draft()).unwrap();
    world.home.save_draft(SubmissionId([2; 16]), &draft()).unwrap();
    world.home.discard(&hex::encode([2; 16]), "x").unwrap();
    add_keys(&world);
    std::fs::write(world.dir.path().join("drafts/damaged.json"), "{").unwrap();
    std::fs::write(world.dir.path().join("datakeys/99.json"), "{\"key\": ").unwrap();
    assert!(opens(&world) && lies_in_the_clear(&world), "a key without a passphrase protects nothing");
    protect(&world, "phone");
    let world = world.reopen();
    unlock(&world, "phone");
    assert!(opens(&world) && !lies_in_the_clear(&world));
    let world = world.reopen();
    assert!(!opens(&world));
    unlock(&world, "phone");
    world.home.retry(&hex::encode([2; 16]), None).unwrap();
    assert_eq!(world.home.draft(SubmissionId([2; 16])).unwrap().unwrap().report, draft());
    assert!(world.dir.path().join("drafts/damaged.json").exists());
}

#[test]
fn what_is_encrypted_cannot_be_exchanged_or_changed() {
    let world = protected();
    world.home.save_draft(SubmissionId([1; 16]), &draft()).unwrap();
    let path = |id: u8| world.dir.path().join(format!("drafts/{}.json", hex::encode([id; 16])));
    std::fs::copy(path(1), path(2)).unwrap();
    assert!(matches!(world.home.draft(SubmissionId([2; 16])), Err(HomeError::Damaged { .. })));
    world.home.add_data_keys(&[given(1_234_567_890, 1, 41)]).unwrap();
    let keys = |subject: u64| world.dir.path().join(format!("datakeys/{subject}.json"));
    std::fs::copy(keys(1_234_567_890), keys(1_234_567_891)).unwrap();
    assert!(matches!(world.home.data_keys(1_234_567_891), Err(HomeError::Damaged { .. })));
}

/// Two keys of one official, each with its own passphrase: neither loses what the other stored.
#[test]
fn a_key_that_is_locked_loses_nothing_to_another_one() {
    let world = protected();
    world.home.add_data_keys(&[given(1_234_567_890, 1, 41)]).unwrap();
    let phone = world.home.key("phone").unwrap();
    let tablet = Signer::from_seed([8; 32]);
    world.home.add_key(&KeyFile::new("tablet", phone.official, ORIGIN, 1_650_000_000, &tablet)).unwrap();
    protect(&world, "tablet");
    let world = world.reopen();
    unlock(&world, "tablet");
    assert_eq!(world.home.data_keys(1_234_567_890).unwrap().newest(), None);
    world.home.add_data_keys(&[given(1_234_567_890, 7, 47)]).unwrap();
    unlock(&world, "phone");
    let keys = world.home.data_keys(1_234_567_890).unwrap();
    let bytes = |number| keys.get(number).map(|key| key.as_bytes()[0]);
    assert_eq!([bytes(1), bytes(7)], [Some(41), Some(47)]);
}

/// A page that looks at drafts by itself keeps no key unlocked.
#[test]
fn reading_is_no_use_of_a_key() {
    let world = protected();
    world.home.save_draft(SubmissionId([1; 16]), &draft()).unwrap();
    let unlocked = crate::Unlocked::new(Duration::from_millis(600));
    let home = Home::open_with(world.dir.path(), unlocked).unwrap();
    home.unlock(&home.key("phone").unwrap(), &Passphrase::new(PASSPHRASE)).unwrap();
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(200));
        drop(home.outbox().unwrap());
    }
    assert!(matches!(home.draft(SubmissionId([1; 16])), Err(HomeError::KeyLocked(_))));
    assert!(file::read(&world.dir.path().join("keys/phone.key")).unwrap().is_some());
}
