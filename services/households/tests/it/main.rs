//! The service with a real log and a real vault: its own checks, and sealed data opened for readers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod keys;
mod personal;
mod private;
mod world;
