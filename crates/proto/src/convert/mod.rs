//! From the wire to the rules, and back for refusals: the only mapping between the two.
//!
//! It is strict: an unknown choice, a day that does not exist, a text that is too long and a missing required field
//! are refused here, with all faults and not only the first, so that the rules see only meaningful values. Whether
//! values fit each other is for the rules and not judged here.
//!
//! What is recorded is read as it is: fields that this version does not know are ignored, and since the bytes are kept
//! unchanged, nothing of them is lost. A **new** submission has to be more than readable ([`recordable`]): its bytes
//! have one form, every field in them is known, its texts hold no character that nobody sees, and its keys have one
//! encoding. None of this may be asked of what a log holds already, or its replay would change.
//!
//! A field inside a list is named by itself, its position is in the detail: `birth_month`, `members[2]`.

mod answer;
mod common;
mod entry;
mod events;
mod form;
mod reader;
mod special;
mod submission;

#[cfg(test)]
mod tests;

pub use answer::{problem, refusal, rejection};
pub use common::{SEALED_BYTES_MAX, SEALED_BYTES_MIN};
pub use entry::{Signed, encode_entry, entry, entry_area};
pub use reader::{key_id, subject};
pub use special::policy_item;
pub use submission::{
    ID_BYTES, Service, checked, recordable, signing_bytes, submission, submission_id, submission_message,
};

/// Most bytes of an entry: the limit of a log bundle.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Prefix of the signed bytes, so that a signature of something else is never one of a submission.
pub const SIGNING_PREFIX: &[u8] = b"lika submission v1\n";
