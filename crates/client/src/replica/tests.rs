//! A node that lies: every part of its answer is changed, and nothing of it is kept.

use super::*;
use crate::node;
use lika_proto::convert::encode_entry;
use lika_testkit::county::{COUNTY, OTHER_VILLAGE, VILLAGE, VILLAGE_OFFICER, area};
use lika_testkit::device::{Device, admin, device, sign};
use lika_testkit::events::{card, enrolments, opening, village};
use lika_tlog::batch::batch_proof;
use lika_tlog::tree::{consistency_proof, root};
use lika_tlog::{Hash, leaf_hash, node_hash};
use prost::Message;
use std::sync::{Arc, Mutex};

mod judging;
mod kept;

/// A log in memory.
#[derive(Default)]
struct Log {
    entries: Vec<Bytes>,
}

impl Log {
    fn record(&mut self, device: &mut Device, place: &str, events: v1::submission::Events) {
        let signed = sign(device, place, events);
        let signature = signed.signature.as_ref().try_into().unwrap();
        let index = self.entries.len() as u64;
        let entry = encode_entry(&signed.submission, signature, 1_650_000_000_000 + index, index, &[]);
        self.entries.push(entry.into());
    }

    /// Root of a complete subtree.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, std::convert::Infallible> {
        let begin = usize::try_from(index << level).unwrap();
        let leaves = self.entries[begin..begin + (1 << level)].iter().map(|entry| leaf_hash(entry)).collect();
        let joined = |row: Vec<Hash>, _| row.chunks(2).map(|two| node_hash(&two[0], &two[1])).collect();
        Ok((0..level).fold(leaves, joined)[0])
    }

    fn part(&self, from: u64, known: u64, size: u64) -> v1::ReplicaBatch {
        let source = |level, index| self.hash(level, index);
        let checkpoint =
            lika_tlog::Checkpoint { origin: node::ORIGIN.parse().unwrap(), size, root: root(size, &source).unwrap() };
        let signed = SignedCheckpoint::sign(checkpoint, &node::key()).unwrap();
        let wanted = |entry: &Bytes| {
            let of = convert::entry_area(entry).unwrap();
            of == area(COUNTY) || of == area(VILLAGE)
        };
        let entries: Vec<_> = (0..).zip(&self.entries).take(usize::try_from(size).unwrap()).collect();
        let entries: Vec<_> = entries.into_iter().filter(|(index, entry)| *index >= from && wanted(entry)).collect();
        let indices: Vec<u64> = entries.iter().map(|(index, _)| *index).collect();
        let joined = |hashes: Vec<Hash>| hashes.iter().flat_map(|hash| *hash.as_bytes()).collect::<Bytes>();
        v1::ReplicaBatch {
            checkpoint: signed.to_string().into(),
            entries: entries
                .into_iter()
                .map(|(index, entry)| v1::ReplicaEntry { index, entry: entry.clone(), void: false })
                .collect(),
            proof: joined(batch_proof(&indices, size, &source).unwrap()),
            growth: joined(consistency_proof(known, size, &source).unwrap()),
            next: size,
        }
    }
}

/// A county with a village of its own and another one.
fn log() -> (Log, Device) {
    let (mut log, mut admin, mut clerk) = (Log::default(), admin(), device(VILLAGE_OFFICER));
    let opening = opening(&admin);
    log.record(&mut admin, COUNTY, opening);
    for events in enrolments(&clerk, v1::Role::VillageOfficer, VILLAGE) {
        log.record(&mut admin, COUNTY, events);
    }
    log.record(&mut admin, VILLAGE, village("村"));
    log.record(&mut admin, OTHER_VILLAGE, village("邻村"));
    (0..3).for_each(|n| log.record(&mut clerk, VILLAGE, card(1_234_567_890 + n)));
    (log, clerk)
}

/// A node that gives these answers, one after another, and no personal data.
async fn serve(parts: Vec<v1::ReplicaBatch>) -> crate::Api {
    let parts = Arc::new(Mutex::new(parts.into_iter()));
    node::start(move |asked| {
        if asked.head.contains("/personal") {
            let empty = br#"{"households": [], "officials": [], "next": null}"#;
            return node::http("200 OK", "application/json", empty);
        }
        let part = parts.lock().unwrap().next().unwrap();
        node::http("200 OK", "application/x-protobuf", &part.encode_to_vec())
    })
    .await
}

fn replica(dir: &Path) -> Replica {
    Replica::of(dir, node::key().verifier(), area(VILLAGE), &Signer::from_seed([4; 32])).unwrap()
}

#[tokio::test]
async fn a_changed_answer_is_not_kept() {
    type Change = fn(&mut v1::ReplicaBatch);
    let changes: [(&str, Change); 12] = [
        ("another checkpoint", |part| part.checkpoint = [part.checkpoint.as_ref(), b"x"].concat().into()),
        ("an entry left out", |part| drop(part.entries.remove(2))),
        ("an entry twice", |part| part.entries.push(part.entries[5].clone())),
        ("entries exchanged", |part| part.entries.swap(1, 2)),
        ("an entry at another index", |part| part.entries[5].index += 1),
        ("an index beyond the log", |part| part.entries[5].index = u64::MAX),
        ("an entry changed", |part| {
            let mut bytes = part.entries[4].entry.to_vec();
            *bytes.last_mut().unwrap() ^= 1;
            part.entries[4].entry = bytes.into();
        }),
        ("an empty entry", |part| part.entries[4].entry = Bytes::new()),
        ("a proof cut off", |part| part.proof.truncate(part.proof.len() - 1)),
        ("a longer proof", |part| part.proof = [part.proof.as_ref(), &[0; 32]].concat().into()),
        ("going on beyond the log", |part| part.next += 1),
        ("never an end", |part| part.next = 0),
    ];
    for (name, change) in changes {
        let ((log, _), dir) = (log(), tempfile::tempdir().unwrap());
        let mut part = log.part(0, 0, 8);
        change(&mut part);
        let mut replica = replica(dir.path());
        let refused = replica.refresh(&serve(vec![part]).await, |_| {}).await;
        assert!(matches!(refused, Err(ReplicaError::NotProven(_))), "{name}: {refused:?}");
        assert_eq!((replica.entry_count(), replica.checkpoint(), replica.stored_bytes()), (0, None, 0), "{name}");
    }
}

#[tokio::test]
async fn a_log_that_was_changed_since_is_noticed() {
    let ((log, mut clerk), dir) = (log(), tempfile::tempdir().unwrap());
    let mut replica = replica(dir.path());
    replica.refresh(&serve(vec![log.part(0, 0, 6)]).await, |_| {}).await.unwrap();
    // The same log goes on, another does not.
    let mut other = Log { entries: log.entries[..5].to_vec() };
    (0..3).for_each(|n| other.record(&mut clerk, VILLAGE, card(1_234_567_990 + n)));
    for answer in [other.part(6, 6, 8), log.part(6, 0, 8), log.part(0, 6, 8), log.part(4, 4, 5)] {
        let refused = replica.refresh(&serve(vec![answer]).await, |_| {}).await;
        assert!(matches!(refused, Err(ReplicaError::NotProven(_))), "{refused:?}");
    }
    replica.refresh(&serve(vec![log.part(6, 6, 8)]).await, |_| {}).await.unwrap();
    assert!(replica.is_complete() && replica.gaps().is_empty());
}

#[tokio::test]
async fn an_entry_that_was_kept_back_shows_in_the_numbers_of_its_device() {
    let ((log, clerk), dir) = (log(), tempfile::tempdir().unwrap());
    let mut replica = replica(dir.path());
    let mut part = log.part(0, 0, 8);
    // The node proves what it gives, and leaves out the second card.
    part.entries.remove(5);
    let indices: Vec<u64> = part.entries.iter().map(|entry| entry.index).collect();
    let proof = batch_proof(&indices, 8, &|level, index| log.hash(level, index)).unwrap();
    part.proof = proof.iter().flat_map(|hash| *hash.as_bytes()).collect();
    replica.refresh(&serve(vec![part]).await, |_| {}).await.unwrap();
    let gap = Gap { key: clerk.signer().id(), expected: 2, found: 3, index: 7 };
    assert_eq!(replica.gaps(), [gap]);
}

#[tokio::test]
async fn a_signature_that_is_not_the_officials_is_refused() {
    let ((mut log, mut clerk), dir) = (log(), tempfile::tempdir().unwrap());
    log.record(&mut clerk, VILLAGE, card(1_234_567_900));
    let entry = log.entries.pop().unwrap();
    let mut message = v1::Entry::decode(entry).unwrap();
    message.signature = vec![1; 64].into();
    log.entries.push(message.encode_to_vec().into());
    let refused = replica(dir.path()).refresh(&serve(vec![log.part(0, 0, 9)]).await, |_| {}).await;
    assert!(matches!(refused, Err(ReplicaError::NotProven(_))), "{refused:?}");
    // Marked as void it changes nothing, so its signature says nothing.
    let mut part = log.part(0, 0, 9);
    part.entries.last_mut().unwrap().void = true;
    let mut replica = replica(dir.path());
    replica.refresh(&serve(vec![part]).await, |_| {}).await.unwrap();
    assert_eq!(replica.state().voids, [8]);
}
