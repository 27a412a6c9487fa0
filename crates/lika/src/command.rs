//! The subcommands, a file each.

pub(crate) mod audit;
pub(crate) mod log;
