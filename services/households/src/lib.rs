//! The service of villages and households: decides about what is reported of them, and opens their personal data to
//! those who may read it.
//!
//! What it is not: it does not judge the rules, which are the domain's, or keep the log, which the ledger does. What it
//! adds is what only somebody with the data keys can see: that sealed data opens, and that citizen IDs are ones, fit the
//! facts and carry the right tags.
//!
//! In reading order:
//! * [`Households`]: the service
//! * `personal`: personal data of a card, opened for a reader
//! * `private`: what is checked of sealed data
//! * `unseal`: finds and opens the boxes of a submission

mod personal;
mod private;
mod service;
mod unseal;

pub use service::{Deps, Households};
