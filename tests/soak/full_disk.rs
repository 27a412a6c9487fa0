//! A disk that fills up: the node stops with a clear message, and every receipt it gave is on disk.

use crate::support::county::{Clerk, County};
use crate::support::create_log;
use crate::support::node::Node;
use lika_client::Api;
use lika_eventlog::verify::{self, Folder};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Size of the disk: room for the views' files and a few thousand entries.
const DISK: &str = "size=24m";

/// A small disk, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` if this user may not mount one.
    fn mount(dir: &Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "lika-test"]).arg(dir).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then(|| Self(dir.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // If this fails, the mount stays; the person who runs the tests can see it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_stops_the_node_and_breaks_no_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let said = dir.path().join("node.err");
    if let Some(said) = fill_under_a_node(&dir.path().join("disk"), &said).await {
        // Whichever component writes first meets the full disk first.
        assert!(
            said.contains("error: the log has stopped") || said.contains("error: the views have stopped"),
            "{said}"
        );
        assert!(said.contains("No space"), "{said}");
    }
}

/// A node whose log output goes to the same disk must not block on it.
#[tokio::test(flavor = "multi_thread")]
async fn full_disk_without_room_for_messages_stops_the_node() {
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fill_under_a_node(&disk, &disk.join("node.err")).await;
}

/// Fills the disk under a node, checks that it stops with every receipt's entry on disk, and returns its output;
/// `None` if this user may not mount a disk.
async fn fill_under_a_node(disk: &Path, said: &Path) -> Option<String> {
    std::fs::create_dir(disk).unwrap();
    let Some(_disk) = Disk::mount(disk) else {
        println!("this user may not mount a small disk, so this case is not tested");
        return None;
    };
    let data = disk.join("data");
    create_log(&data);
    let node = Node::start_saying(&data, said);
    let (api, mut county) = (node.api(), County::new(3));
    county.open(&api).await;
    let clerk = county.village(&api, 1).await;
    std::fs::write(disk.join("ballast"), vec![7; 12 << 20]).unwrap();
    fill(disk);
    let receipts = until_refused(&api, clerk).await;
    assert_eq!(node.wait().code(), Some(1), "the node stops when it cannot write");
    let last_words = std::fs::read_to_string(said).unwrap();
    std::fs::remove_file(disk.join("ballast")).unwrap();
    std::fs::remove_file(disk.join("more")).unwrap();
    check(&data, receipts);
    let again = Node::start_saying(&data, said).stop();
    assert_eq!(again.code(), Some(0), "with room again it serves\n{}", std::fs::read_to_string(said).unwrap());
    Some(last_words)
}

/// Every entry with a receipt is in the log.
fn check(data: &Path, receipts: Vec<(u64, bytes::Bytes)>) {
    let folder = Folder(data.join("log"));
    let key = std::fs::read_to_string(data.join("log.vkey")).unwrap().trim().parse().unwrap();
    let checkpoint = verify::checkpoint(&folder, &key).unwrap();
    for (index, entry) in receipts {
        let bundle = verify::bundle(&folder, index / 256, checkpoint.size).unwrap();
        let place = usize::try_from(index % 256).unwrap();
        assert_eq!(bundle.bytes.slice(bundle.entries[place].clone()), entry);
    }
}

/// Fills the disk except for a few pages.
fn fill(disk: &Path) {
    let mut more = Vec::new();
    for _ in 0..2_000 {
        more.extend([7; 16 << 10]);
        if std::fs::write(disk.join("more"), &more).is_err() {
            let keep = more.len().saturating_sub(256 << 10);
            std::fs::write(disk.join("more"), &more[..keep]).unwrap();
            return;
        }
    }
}

/// Reports until the node takes no more submissions.
async fn until_refused(api: &Api, mut clerk: Clerk) -> Vec<(u64, bytes::Bytes)> {
    let mut receipts = Vec::new();
    for _ in 0..20_000 {
        match api.submit(&clerk.profile().signed).await {
            Ok(receipt) => receipts.push((receipt.index, receipt.entry)),
            Err(error) => {
                assert!(error.is_worth_retrying(), "a full disk refuses nothing for good: {error}");
                return receipts;
            }
        }
    }
    panic!("the disk did not fill up");
}
