//! The gateway over a socket, with a real log behind it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod api;
mod backend;
mod bad;
mod line;
mod node;
mod openapi;
mod pages;
mod replica;
mod stop;
