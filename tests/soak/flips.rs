//! Flipped bits, anywhere in the log's folder: `lika audit verify` finds each, names the file and exits with 4.

use super::{rounds, seed};
use crate::support::county::County;
use crate::support::node::Node;
use crate::support::{create_log, files, path, run, told};
use lika_client::Random;

/// Entries in the log: a full tile, and partial ones after it.
const ENTRIES: u32 = 330;

#[tokio::test(flavor = "multi_thread")]
async fn flips_are_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    create_log(&data);
    let node = Node::start(&data);
    let api = node.api();
    let mut county = County::new(2);
    county.open(&api).await;
    let mut clerk = county.village(&api, 1).await;
    for _ in 0..ENTRIES {
        api.submit(&clerk.profile().signed).await.unwrap();
    }
    assert!(node.stop().success());
    let (log, key) = (data.join("log"), data.join("log.vkey"));
    let verify = || run(&["audit", "verify", path(&log), "--key", path(&key)]);
    assert!(verify().status.success(), "{}", told(&verify()));
    let mut chance = Random::seeded(seed());
    let mut draw = |below: usize| usize::from_be_bytes(chance.bytes().unwrap()) % below;
    let files = files(&log);
    for _ in 0..rounds(60, 2_000) {
        let file = &files[draw(files.len())];
        let sound = std::fs::read(file).unwrap();
        let mut flipped = sound.clone();
        let at = draw(flipped.len());
        flipped[at] ^= 1 << draw(8);
        std::fs::write(file, flipped).unwrap();
        let verdict = verify();
        let name = path(file.strip_prefix(&log).unwrap());
        assert_eq!(verdict.status.code(), Some(4), "{name} byte {at}: {}", told(&verdict));
        assert!(told(&verdict).contains(name), "{name} byte {at}: {}", told(&verdict));
        std::fs::write(file, sound).unwrap();
    }
    assert!(verify().status.success());
}
