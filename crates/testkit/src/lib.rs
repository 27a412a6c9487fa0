//! The county that all tests use: its log, its officials and their reports.
//!
//! Only tests use it; `cargo xtask tidy` refuses any other dependency on it. A layer is a feature, so that the tests
//! of a crate compile no more than they need.
//!
//! In reading order:
//! * [`county`]: the county: its areas, its officials, its time
//! * [`facts`]: events as the rules see them
//! * [`rules`]: a log judged by the rules alone, in memory; tables of cases
//! * `events`, `device`: events as officials send them, and the devices that sign them (feature `signed`)
//! * `log`: a log in a folder, and the ledger that judges what it records
//! * `conformance`: the suite that every kind of log must pass (feature `log`)
//! * `vault`: a log with its vault of data keys, and data sealed under them
//! * `nats`: a log that a real nats-server orders

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[cfg(feature = "log")]
pub mod conformance;
pub mod county;
#[cfg(feature = "signed")]
pub mod device;
#[cfg(feature = "signed")]
pub mod events;
pub mod facts;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "nats")]
pub mod nats;
pub mod rules;
#[cfg(feature = "vault")]
pub mod vault;
