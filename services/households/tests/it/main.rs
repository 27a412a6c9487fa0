//! The service with a real log and a real vault: what only it can see is checked, and what is sealed opens for readers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod keys;
mod personal;
mod private;
mod world;
