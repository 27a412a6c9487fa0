//! The households service: decides about submissions on villages and households, and opens their personal data to
//! authorised readers.
//!
//! It does not judge the rules, which the domain does, or keep the log, which the ledger does. It adds the checks
//! that need the data keys: that sealed data opens, and that citizen IDs are valid, fit the facts and carry the right
//! tags.
//!
//! In reading order:
//! * [`Households`]: the service
//! * `personal`: personal data of a card, opened for a reader
//! * `private`: checks of personal data
//! * `unseal`: finds and opens the boxes of a submission

mod personal;
mod private;
mod service;
mod unseal;

pub use service::Households;
