//! `lika bench`: what a node of this machine takes and replays, beside what the machine could do at best.
//!
//! Every figure stands beside references measured in the same run: the same bytes appended to a plain file with a sync
//! for every batch the log made, their SHA-256, and their signatures checked, each alone.

mod apart;
mod append;
mod county;
mod load;
mod reference;
mod replay;
mod rules;

use crate::exit::Exit;
use crate::printer::Printer;
use clap::{Args, Subcommand};

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Submissions over HTTP, each with its receipt
    Append(Append),
    /// The whole log judged again, with every check
    Replay(Replay),
    /// What the rules cost, by kind of event, on a log that is there
    Rules(Rules),
}

/// Submissions over HTTP.
#[derive(Debug, Args)]
pub(crate) struct Append {
    /// Clients that send single events at the same time, each waiting for its receipt
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    clients: u32,
    /// Submissions of one event
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    singles: u32,
    /// Submissions of 100 events
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    hundreds: u32,
    /// Services apart, ordered by NATS: by the servers named, or by one and then by three of its own
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", value_delimiter = ',')]
    nats: Option<Vec<String>>,
    /// Monitoring addresses of the servers named
    #[arg(long, value_name = "URL", value_delimiter = ',', requires = "nats")]
    monitor: Vec<String>,
    /// Copies of each message on the servers named
    #[arg(long, value_name = "N", default_value_t = 1, requires = "nats")]
    replicas: u8,
}

/// A replay.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Events in the log that is replayed, in submissions of 100
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100..=100_000_000))]
    events: u32,
}

/// A log whose entries are judged and applied.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// A node's data folder, for example a demonstration's; it is only read
    data: std::path::PathBuf,
}

impl Bench {
    /// Does it, but for the rules on a log of its own in a temporary folder.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match self {
            Self::Append(append) if append.nats.is_some() => {
                let measured = runtime.block_on(apart::run(&append, printer))?;
                printer.result(&measured, apart::text)?;
            }
            Self::Append(append) => {
                let measured = runtime.block_on(append::run(&append, printer))?;
                printer.result(&measured, append::text)?;
            }
            Self::Replay(replay) => {
                let measured = runtime.block_on(replay::run(&replay, printer))?;
                printer.result(&measured, replay::text)?;
            }
            Self::Rules(args) => printer.result(&rules::run(&args, printer)?, rules::text)?,
        }
        Ok(Exit::Done)
    }
}
