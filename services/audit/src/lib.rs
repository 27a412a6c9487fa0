//! The audit service: lets anyone check a log without trusting its operator.
//!
//! In reading order:
//! * [`keeper`]: serves the log itself, as in C2SP tlog-tiles
//! * [`auditor`]: verifies a log, judges it again, and compares a node with its log; for a folder or an address

pub mod auditor;
pub mod keeper;
