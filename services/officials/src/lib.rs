//! The service of officials: decides about who may sign, who answers for which household and who visited it.
//!
//! What it is not: it does not judge the rules, which are the domain's, or keep the log, which the ledger does. What it
//! adds is what only somebody with the data keys can see: that sealed data opens and that telephone numbers are ones.
//!
//! In reading order:
//! * [`Officials`]: the service
//! * `unseal`: finds and opens the boxes of a submission
//! * `personal`: an official's personal data, opened for a reader

mod personal;
mod service;
mod unseal;

pub use service::{Deps, Officials};
