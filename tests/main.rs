//! Tests of the real binary as officials, auditors and attackers use it: fresh folders, real processes, real sockets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod audit;
mod cli;
mod desk;
mod distributed;
mod golden;
mod node;
mod offline;
mod outputs;
mod policy;
mod procedures;
#[cfg(unix)]
mod prompts;
mod register;
mod soak;
mod support;
mod tables;
