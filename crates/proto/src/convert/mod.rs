//! From the wire to the rules, and back for refusals: the only mapping between the two.
//!
//! Strict: a number that no list knows, a day that does not exist, a text that is too long, a required field that is
//! empty are refused here, with everything that is wrong and not only the first of it, so that inside there are only
//! values that mean something. What a value may be in the light of others is a rule, and not judged here. Fields this
//! version does not know are passed over; since the bytes are kept and never written anew, nothing of them is lost.
//!
//! A field inside a list is named by itself, the place in the list stands in the detail: `birth_month`, `members[2]`.

mod answer;
mod common;
mod entry;
mod events;
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
pub use submission::{Service, service, signing_bytes, submission, submission_message};

/// Most bytes an entry may have: what an entry of a log bundle can hold.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// What the signed bytes begin with, so that a signature of something else is never one of a submission.
pub const SIGNING_PREFIX: &[u8] = b"lika submission v1\n";
