//! Leaves of the log.

use super::ENTRY_BYTES_MAX;
use super::reader::Reader;
use super::submission::submission;
use crate::v1;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::{Index, PersonId, Tag};
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::{Entry, EntryHeader, PersonTag, Submission};
use prost::Message;
use sha2::{Digest, Sha256};

/// The signed bytes and their signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The submission exactly as received; shares its memory with the entry it was read from.
    pub submission: Bytes,
    /// Ed25519 over [`super::signing_bytes`] of it.
    pub signature: [u8; 64],
}

/// Reads a leaf of the log at its index. The signature is not checked.
///
/// # Errors
/// All faults of its fields and those of its submission; rules are not judged.
pub fn entry(index: Index, bytes: &Bytes) -> Result<(Entry, Signed), Rejection> {
    if bytes.len() > ENTRY_BYTES_MAX {
        let detail = format!("{} bytes, at most {ENTRY_BYTES_MAX}", bytes.len());
        return Err(Rejection::of(Code::EntryTooLarge, "entry", detail));
    }
    let wire = v1::Entry::decode(bytes.clone())
        .map_err(|error| Rejection::of(Code::Malformed, "entry", error.to_string()))?;
    let mut r = Reader::default();
    let signature = signature(&mut r, &wire.signature);
    let tags = r.list(&wire.tags, ENTRY_BYTES_MAX, "tags", tag);
    let (signature, tags) = r.finish(signature.zip(tags))?;
    let Submission { header, events } = submission(&wire.submission)?;
    let header = EntryHeader {
        index,
        submission: header,
        hash: Sha256::digest(&wire.submission).into(),
        recorded_at: wire.recorded_at,
        basis: wire.basis,
        tags,
    };
    let entry = Entry { header, events };
    Ok((entry, Signed { submission: wire.submission, signature }))
}

/// Writes a leaf of the log, its fields in the order of their numbers. The caller checks that it is not longer than
/// [`ENTRY_BYTES_MAX`].
pub fn encode_entry(
    submission: &Bytes,
    signature: &[u8; 64],
    recorded_at: u64,
    basis: u64,
    tags: &[PersonTag],
) -> Vec<u8> {
    let tag = |tag: &PersonTag| v1::Tag { person: tag.person.get(), tag: Bytes::copy_from_slice(&tag.tag.0) };
    let entry = v1::Entry {
        submission: submission.clone(),
        signature: Bytes::copy_from_slice(signature),
        recorded_at,
        basis,
        tags: tags.iter().map(tag).collect(),
    };
    entry.encode_to_vec()
}

/// The area of a leaf, read without the rest; `None` if it has none.
pub fn entry_area(bytes: &Bytes) -> Option<Area> {
    let entry = SubmissionOnly::decode(bytes.clone()).ok()?;
    let submission = AreaOnly::decode(entry.submission).ok()?;
    Area::from_code(submission.area)
}

/// [`v1::Entry`] reduced to its submission.
#[derive(Clone, PartialEq, Message)]
struct SubmissionOnly {
    #[prost(bytes = "bytes", tag = "1")]
    submission: Bytes,
}

/// [`v1::Submission`] reduced to its area.
#[derive(Clone, PartialEq, Message)]
struct AreaOnly {
    #[prost(uint64, tag = "3")]
    area: u64,
}

fn signature(r: &mut Reader, bytes: &[u8]) -> Option<[u8; 64]> {
    match <[u8; 64]>::try_from(bytes) {
        Ok(signature) => Some(signature),
        Err(_) if bytes.is_empty() => r.missing("signature"),
        Err(_) => r.invalid("signature", format!("{} bytes, not 64", bytes.len())),
    }
}

fn tag(r: &mut Reader, wire: &v1::Tag) -> Option<PersonTag> {
    let person = match PersonId::new(wire.person) {
        None => r.invalid("person", "not a person number of 12 digits"),
        person => person,
    };
    let tag = match <[u8; 16]>::try_from(wire.tag.as_ref()) {
        Ok(tag) => Some(Tag(tag)),
        Err(_) => r.invalid("tag", format!("{} bytes, not 16", wire.tag.len())),
    };
    Some(PersonTag { person: person?, tag: tag? })
}
