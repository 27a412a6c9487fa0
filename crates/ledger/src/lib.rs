//! State from a log, and new entries for it: what the three recorders share.
//!
//! In reading order:
//! * [`clock`]: the node's time, which in a log opened for testing may be driven
//! * [`submission`]: what a recorder hands in, and what it gets back
//! * [`signature`]: signatures of submissions, one by one and in batches
//! * [`ledger`]: load, admit, append, evolve
//! * `judge`: the way of a submission to a decision
//! * `engine`: who decides, where this process sequences the log and where a stream does
//! * [`feed`]: published entries, decoded once, for whoever follows
//! * `snapshot`, `keeper`: the state in a file, for a quick opening, and its check against the log
//! * [`replay`]: the whole log judged again, entry by entry
//! * [`digest`]: the state in one hash

pub mod clock;
pub mod digest;
mod engine;
pub mod feed;
mod judge;
mod keeper;
pub mod ledger;
pub mod replay;
pub mod signature;
mod snapshot;
pub mod submission;

pub use clock::Clock;
pub use feed::{Feed, Recorded};
pub use keeper::Keeping;
pub use ledger::Ledger;
pub use snapshot::part as snapshot_part;
pub use submission::{Prepared, Receipt, SubmitError, prepare};
