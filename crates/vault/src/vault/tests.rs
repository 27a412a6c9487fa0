use super::*;
use crate::record::RECORD_BYTES;
use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use tempfile::TempDir;

pub(super) const CARD: u64 = 1_234_567_890;

fn fresh() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path()).unwrap();
    dir
}

pub(super) fn key(n: u8) -> DataKey {
    DataKey::new([n; 32])
}

async fn filled(numbers: std::ops::RangeInclusive<u32>) -> TempDir {
    let dir = fresh();
    let vault = Vault::open(dir.path()).unwrap();
    for number in numbers {
        vault.store(&[(CARD, number, key(7))]).await.unwrap();
    }
    dir
}

fn keys_file(dir: &TempDir) -> fs::File {
    fs::OpenOptions::new().read(true).write(true).open(dir.path().join("vault/keys")).unwrap()
}

fn overwrite(dir: &TempDir, record: u64, bytes: &[u8]) {
    keys_file(dir).write_all_at(bytes, record * RECORD_BYTES as u64).unwrap();
}

fn refusal(dir: &TempDir) -> (u32, &'static str) {
    match Vault::open(dir.path()) {
        Err(VaultError::Damaged { record, reason, .. }) => (record, reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_survive_closing_and_opening() {
    let dir = fresh();
    let vault = Vault::open(dir.path()).unwrap();
    vault.store(&[(CARD, 1, key(1)), (CARD, 2, key(2)), (10_000_001, 1, key(3))]).await.unwrap();
    vault.store(&[]).await.unwrap();
    let tag = vault.tag_key().tag("901624195803071228");
    drop(vault);
    let vault = Vault::open(dir.path()).unwrap();
    assert_eq!(vault.key(CARD, 2), Some(key(2)));
    assert_eq!(vault.key(10_000_001, 1), Some(key(3)));
    assert_eq!(vault.key(CARD, 3), None);
    assert_eq!(vault.tag_key().tag("901624195803071228"), tag);
}

#[tokio::test]
async fn a_stored_key_cannot_be_changed() {
    let dir = fresh();
    let vault = Vault::open(dir.path()).unwrap();
    vault.store(&[(CARD, 1, key(1))]).await.unwrap();
    vault.store(&[(CARD, 1, key(1))]).await.unwrap();
    let other = vault.store(&[(CARD, 2, key(2)), (CARD, 1, key(9))]).await;
    assert!(matches!(other, Err(StoreError::Changed { subject: CARD, number: 1 })));
    assert_eq!(vault.key(CARD, 2), None, "a refused set leaves nothing behind");
    let twice = vault.store(&[(CARD, 3, key(3)), (CARD, 3, key(4))]).await;
    assert!(matches!(twice, Err(StoreError::Changed { number: 3, .. })));
    assert_eq!(keys_file(&dir).metadata().unwrap().len(), RECORD_BYTES as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_stored_at_the_same_time_are_all_kept() {
    let dir = fresh();
    let vault = Arc::new(Vault::open(dir.path()).unwrap());
    let store = |number: u32| {
        let vault = vault.clone();
        // Each number is stored three times at once, as by retries of one submission.
        tokio::spawn(async move { vault.store(&[(CARD, number / 3 + 1, key(5))]).await })
    };
    for stored in (0..600).map(store).collect::<Vec<_>>() {
        stored.await.unwrap().unwrap();
    }
    vault.close();
    assert!(matches!(vault.store(&[(CARD, 900, key(1))]).await, Err(StoreError::Vault(VaultError::Closed))));
    assert!(matches!(vault.stopped().await, VaultError::Closed));
    drop(vault);
    let vault = Vault::open(dir.path()).unwrap();
    assert!((1..=200).all(|number| vault.key(CARD, number).is_some()));
    assert_eq!(keys_file(&dir).metadata().unwrap().len(), 200 * RECORD_BYTES as u64);
}

#[tokio::test]
async fn a_torn_tail_is_cut_off() {
    let dir = filled(1..=3).await;
    let whole = keys_file(&dir).metadata().unwrap().len();
    let unfinished = Record { batch: 3, name: (CARD, 5), key: key(8) }.encode();
    for tail in [&[1; 20][..], &[0; 64], &[0; 130], &[[0; 64], unfinished].concat()] {
        overwrite(&dir, 3, tail);
        let vault = Vault::open(dir.path()).unwrap();
        assert_eq!((vault.key(CARD, 3), vault.key(CARD, 5)), (Some(key(7)), None));
        assert_eq!(keys_file(&dir).metadata().unwrap().len(), whole);
    }
    let vault = Vault::open(dir.path()).unwrap();
    vault.store(&[(CARD, 5, key(9))]).await.unwrap();
    drop(vault);
    assert_eq!(Vault::open(dir.path()).unwrap().key(CARD, 5), Some(key(9)));
}

#[tokio::test]
async fn other_faults_of_the_file_are_damage() {
    let dir = filled(1..=4).await;
    overwrite(&dir, 1, &[0; RECORD_BYTES]);
    assert_eq!(refusal(&dir), (2, "a record before it is blank"));
    let dir = filled(1..=4).await;
    overwrite(&dir, 3, &[1]);
    assert_eq!(refusal(&dir), (3, "the checksum does not hold"));
    let dir = filled(1..=4).await;
    overwrite(&dir, 4, &Record { batch: 4, name: (CARD, 2), key: key(9) }.encode());
    assert_eq!(refusal(&dir), (4, "there are two data keys with that subject and number"));
    let dir = filled(1..=4).await;
    overwrite(&dir, 4, &Record { batch: 5, name: (CARD, 5), key: key(9) }.encode());
    assert_eq!(refusal(&dir), (4, "it claims to be written together with later records"));
    fs::write(dir.path().join("vault/tag.key"), [1; 31]).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::TagKey(_))));
}

#[test]
fn a_vault_is_created_once_and_used_by_one_process() {
    let dir = fresh();
    assert!(matches!(Vault::create(dir.path()), Err(VaultError::Exists(_))));
    let vault = Vault::open(dir.path()).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Locked(_))));
    drop(vault);
    fs::remove_file(dir.path().join("vault/keys")).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Missing(_))));
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Vault::open(empty.path()), Err(VaultError::Missing(_))));
    fs::create_dir(empty.path().join("vault.new")).unwrap();
    Vault::create(empty.path()).unwrap();
    assert!(!empty.path().join("vault.new").exists());
}

#[test]
fn only_the_owner_may_read_the_vault() {
    let dir = fresh();
    let mode = |path: &str| fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("vault"), mode("vault/tag.key"), mode("vault/keys")), (0o700, 0o600, 0o600));
    let other = fresh();
    let tag = |dir: &TempDir| Vault::open(dir.path()).unwrap().tag_key().tag("901624195803071228");
    assert_ne!(tag(&dir), tag(&other), "each log has a tag key of its own");
}

#[tokio::test]
async fn a_failed_write_stops_the_vault() {
    let dir = fresh();
    let folder = dir.path().join("vault");
    let path = folder.join("keys");
    // A file opened for reading cannot be written, like a failed disk.
    let file = KeyFile { file: fs::File::open(&path).unwrap(), path, records: 0 };
    let written = watch::Sender::new(Written { records: 0, stopped: None });
    let inner = Inner { keys: Default::default(), next: 0, pending: Vec::new(), closed: false };
    let shared = Arc::new(Shared { inner: Mutex::new(inner), wake: Condvar::new(), written });
    let writer = Mutex::new(Some(Local::start(file, shared.clone()).unwrap()));
    let store = Store::File(Local { shared, writer });
    let vault = Vault { tag_key: TagKey::new([0; TAG_KEY_BYTES]), store };
    let first = vault.store(&[(CARD, 1, key(1))]).await;
    assert!(matches!(first, Err(StoreError::Vault(VaultError::Io { .. }))), "{first:?}");
    assert!(matches!(vault.stopped().await, VaultError::Io { .. }));
    assert!(vault.store(&[(CARD, 1, key(1))]).await.is_err(), "a key that was not written does not count as stored");
}
