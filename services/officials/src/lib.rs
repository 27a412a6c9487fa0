//! The officials service: decides about submissions on officials, their keys, their assignments to households, and
//! visits.
//!
//! It does not judge the rules, which the domain does, or keep the log, which the ledger does. It adds the checks
//! that need the data keys: that sealed data opens and that telephone numbers are valid.
//!
//! In reading order:
//! * [`Officials`]: the service
//! * `unseal`: finds and opens the boxes of a submission
//! * `personal`: an official's personal data, opened for a reader

mod personal;
mod service;
mod unseal;

pub use service::Officials;
