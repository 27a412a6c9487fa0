//! Any change in the log's folder is found and named, by the auditor's check and by the next open.

use super::{audit, checkpoint, filled, open};
use lika_eventlog::error::{Damage, LogError};
use std::fs;
use std::path::{Path, PathBuf};

/// Every file below the log's folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![dir.join("log")]);
    while let Some(next) = open.pop() {
        for item in fs::read_dir(next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn damage<T: std::fmt::Debug>(result: Result<T, LogError>) -> Damage {
    match result {
        Err(LogError::Damaged(damage)) => damage,
        other => panic!("damage expected, got {other:?}"),
    }
}

#[tokio::test]
async fn a_sound_log_passes_and_accounts_for_every_file() {
    for size in [0, 1, 255, 256, 257, 700] {
        let dir = filled(size).await;
        let checked = audit(dir.path()).unwrap();
        assert_eq!((checked.entries, checked.files), (size, files(dir.path()).len() as u64 - 1), "{size}");
        assert!(checked.unsigned.is_empty());
    }
}

#[tokio::test]
async fn a_flipped_bit_in_any_file_is_found_and_its_file_named() {
    let dir = filled(600).await;
    for file in files(dir.path()) {
        let sound = fs::read(&file).unwrap();
        let name = file.strip_prefix(dir.path().join("log")).unwrap().to_string_lossy().into_owned();
        for at in (0..sound.len()).step_by(sound.len() / 9 + 1).chain([sound.len() - 1]) {
            let mut flipped = sound.clone();
            flipped[at] ^= 0x10;
            fs::write(&file, &flipped).unwrap();
            let found = damage(audit(dir.path()));
            assert_eq!(found.file, name, "bit flipped at byte {at}: {found}");
        }
        fs::write(&file, sound).unwrap();
    }
    audit(dir.path()).unwrap();
}

#[tokio::test]
async fn truncated_missing_and_foreign_files_are_found_and_the_log_does_not_open() {
    let dir = filled(600).await;
    for file in files(dir.path()) {
        let sound = fs::read(&file).unwrap();
        let name = file.strip_prefix(dir.path().join("log")).unwrap().to_string_lossy().into_owned();
        let needed = name == "checkpoint" || lika_tlog::tile::tiles_of(600).any(|path| path.to_string() == name);
        fs::write(&file, &sound[..sound.len() - 1]).unwrap();
        damage(audit(dir.path()));
        fs::remove_file(&file).unwrap();
        if needed {
            damage(audit(dir.path()));
            damage(open(dir.path()).map(|_| ()));
        } else {
            audit(dir.path()).unwrap();
        }
        fs::write(&file, sound).unwrap();
    }
    let foreign = dir.path().join("log/tile/0/notes.txt");
    fs::write(&foreign, "hello").unwrap();
    assert_eq!(damage(audit(dir.path())).file, "tile/0/notes.txt");
    damage(open(dir.path()).map(|_| ()));
    fs::remove_file(foreign).unwrap();
    open(dir.path()).unwrap();
}

#[tokio::test]
async fn a_swapped_entry_with_its_tiles_made_to_fit_is_found() {
    let dir = filled(600).await;
    let other = filled(600).await;
    // The other log's first bundle and tile match each other but not this checkpoint.
    let bundle = other.path().join("log/tile/entries/000");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[2..10].copy_from_slice(b"ENTRY 0 ");
    fs::write(dir.path().join("log/tile/entries/000"), &bytes).unwrap();
    let hashes = lika_tlog::bundle::leaf_hashes(&bytes, 256).unwrap();
    fs::write(dir.path().join("log/tile/0/000"), lika_tlog::tile::write_hashes(&hashes)).unwrap();
    let found = damage(audit(dir.path()));
    assert_eq!((found.file.as_str(), found.index), ("tile/entries/000", Some(0)), "{found}");
    damage(open(dir.path()).map(|_| ()));
}

#[tokio::test]
async fn an_older_copy_of_the_log_is_refused() {
    let dir = filled(300).await;
    let old = tempfile::tempdir().unwrap();
    copy(&dir.path().join("log"), &old.path().join("log"));
    super::fill(dir.path(), 600).await;
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    copy(&old.path().join("log"), &dir.path().join("log"));
    audit(dir.path()).unwrap();
    let found = damage(open(dir.path()).map(|_| ()));
    assert!(found.reason.contains("missing"), "{found}");
}

#[tokio::test]
async fn an_older_high_water_mark_is_refused() {
    let dir = filled(300).await;
    let old = fs::read(dir.path().join("signed")).unwrap();
    super::fill(dir.path(), 600).await;
    fs::write(dir.path().join("signed"), old).unwrap();
    assert!(damage(open(dir.path()).map(|_| ())).reason.contains("ahead"));
}

#[tokio::test]
async fn another_key_is_refused() {
    let dir = filled(10).await;
    let other = lika_tlog::key::SigningKey::new("lika.example/130624".parse().unwrap(), [8; 32]);
    fs::write(dir.path().join("keys/log.skey"), other.secret_text()).unwrap();
    assert!(matches!(open(dir.path()), Err(LogError::Key { .. })));
    fs::write(dir.path().join("log.vkey"), other.verifier().to_string()).unwrap();
    assert!(open(dir.path()).is_err());
    checkpoint(dir.path()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
