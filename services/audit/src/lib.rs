//! The service of auditors: what lets anyone check a log without trusting its keeper.
//!
//! In reading order:
//! * [`keeper`]: serves the log itself, as C2SP tlog-tiles says
//! * [`auditor`]: verify a log, judge it again, and compare a node with its log; for a folder or an address

pub mod auditor;
pub mod keeper;
