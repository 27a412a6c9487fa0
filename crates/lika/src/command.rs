//! The subcommands, a file each.

pub(crate) mod audit;
pub(crate) mod bench;
mod browser;
mod card;
pub(crate) mod client;
pub(crate) mod demo;
mod describe;
pub(crate) mod desk;
pub(crate) mod household;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod manual;
pub(crate) mod nats;
pub(crate) mod official;
pub(crate) mod open;
pub(crate) mod outbox;
mod passphrase;
pub(crate) mod policy;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod replica;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod submit;
pub(crate) mod whoami;
