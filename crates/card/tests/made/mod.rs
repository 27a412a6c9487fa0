//! The code of a card, over an entry of a log that is made up.

use bytes::Bytes;
use lika_card::{Candidate, Code, CodeError};
use lika_domain::ids::HouseholdId;
use lika_proto::v1;
use lika_testkit::county::ORIGIN;
use lika_testkit::device::{admin, sign};
use lika_testkit::events;
use lika_tlog::tree::{inclusion_proof, root};
use lika_tlog::{Checkpoint, Hash, SignedCheckpoint, SigningKey, VerifierKey, leaf_hash, node_hash};
use prost::Message;

pub(crate) const HOUSEHOLD: u64 = 1_234_567_890;
pub(crate) const PLACE: &str = "130624100201";

fn log_key(seed: u8) -> SigningKey {
    SigningKey::new(ORIGIN.parse().unwrap(), [seed; 32])
}

pub(crate) fn household() -> HouseholdId {
    HouseholdId::new(HOUSEHOLD).unwrap()
}

/// An entry that registers a household, with as many bytes of sealed data as wanted.
pub(crate) fn entry(household: u64, sealed: usize) -> Bytes {
    let sealed = v1::Sealed { key: 1, r#box: vec![5; sealed].into() };
    let signed = sign(&mut admin(), PLACE, events::registration(household, events::head(), Some(sealed)));
    let entry = v1::Entry {
        submission: signed.submission,
        signature: signed.signature,
        recorded_at: 1_500_000_000_000,
        basis: 1,
        tags: Vec::new(),
    };
    entry.encode_to_vec().into()
}

/// A code over the last of these entries in a log of as many as 700.
pub(crate) fn code(entry: &Bytes) -> Result<Code, CodeError> {
    let mut leaves: Vec<_> = (0..699_u32).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    leaves.push(leaf_hash(entry));
    let source = |level: u8, index: u64| {
        let first = usize::try_from(index << level).unwrap();
        let mut row: Vec<Hash> = leaves[first..first + (1 << level)].to_vec();
        while row.len() > 1 {
            row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        Ok::<_, ()>(row[0])
    };
    let root = root(700, &source).unwrap();
    let hashes = inclusion_proof(699, 700, &source).unwrap();
    let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), size: 700, root };
    let checkpoint = SignedCheckpoint::sign(checkpoint, &log_key(1)).unwrap();
    Code::new(household(), &checkpoint, &[Candidate { index: 699, entry: entry.clone(), hashes }])
}

pub(crate) fn verifier(seed: u8) -> VerifierKey {
    log_key(seed).verifier().clone()
}
