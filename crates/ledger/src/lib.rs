//! State from a log, and new entries for it: the shared part of the three recorders.
//!
//! In reading order:
//! * [`clock`]: the node's time, which may be driven in a log opened for testing
//! * [`submission`]: input and output of a recorder
//! * [`signature`]: signatures of submissions, one by one and in batches
//! * [`ledger`]: load, admit, append, evolve
//! * `judge`: how a submission is judged
//! * `revocation`: what a device is told whose key was revoked
//! * `engine`: decides about submissions: the embedded and the distributed engine
//! * `recent`, [`feed`]: published entries, decoded once, for followers
//! * `snapshot`, `keeper`: the state in a file, for a quick opening, and its check against the log
//! * [`replay`]: judges the whole log again, entry by entry
//! * [`digest`]: the state in one hash

pub mod clock;
pub mod digest;
mod engine;
pub mod feed;
mod judge;
mod keeper;
pub mod ledger;
mod recent;
pub mod replay;
mod revocation;
pub mod signature;
mod snapshot;
pub mod submission;

pub use clock::Clock;
pub use feed::Feed;
pub use keeper::Keeping;
pub use ledger::Ledger;
pub use recent::Recorded;
pub use snapshot::part as snapshot_part;
pub use submission::{Prepared, Receipt, Received, SubmitError, prepare};
