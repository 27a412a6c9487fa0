//! The submission client as a library: the work of an official's device.
//!
//! It makes and keeps keys, composes and signs submissions, seals personal data, sends submissions until it has their
//! receipts, and checks receipts without the log. It does not decide what may be recorded, and it prints nothing.
//!
//! In reading order:
//! * [`random`], [`key`]: randomness, and signing keys; [`passphrase`] and [`unlocked`]: what guards their files
//! * [`enrolment`]: a key is asked for, and two people compare a code
//! * [`compose`]: from events to a signed submission
//! * [`receipt`]: what a receipt proves
//! * [`home`]: the folder that stores all of it, safe against crashes
//! * [`api`]: the node over HTTP
//! * [`outbox`]: sends waiting submissions, and processes the answers; carries them on a stick where there is no line
//! * [`problem`]: what is wrong with something in the outbox
//! * [`mod@file`]: a submission written by hand
//! * [`plain`]: its values as people write them; [`example`]: a report of each event
//! * [`draft`], [`attachments`]: numbers for new households, hashes of attachments; [`summary`]: a report in words
//! * [`replica`]: what the log holds about the official's area, to work without a connection
//! * [`reopen`]: a submission as the report that it was made of
//! * [`import`]: spreadsheets turned into submissions

pub mod api;
pub mod attachments;
pub mod compose;
pub mod draft;
pub mod enrolment;
pub mod example;
pub mod file;
pub mod home;
pub mod import;
pub mod key;
#[cfg(test)]
mod node;
pub mod outbox;
pub mod passphrase;
pub mod plain;
pub mod problem;
pub mod random;
pub mod receipt;
pub mod reopen;
pub mod replica;
pub mod summary;
pub mod unlocked;

pub use api::{Api, ApiError};
pub use compose::{Chain, Composed, Device, Report};
pub use home::{Home, HomeError, KeyFile};
pub use key::Signer;
pub use passphrase::Passphrase;
pub use random::Random;
pub use replica::{Replica, ReplicaError};
pub use unlocked::Unlocked;
