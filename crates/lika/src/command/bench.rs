//! `lika bench`: measures how fast a node on this machine records and replays, compared with the best that the machine
//! could do.

use crate::exit::Exit;
use crate::numbers::number;
use crate::printer::Printer;
use crate::table::Table;
use clap::{Args, Subcommand};
use lika_bench::{append, distributed, replay, rules};
use lika_domain::language::Language;

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Submissions over HTTP, each with its receipt
    Append(Append),
    /// The whole log judged again, with every check
    Replay(Replay),
    /// Time that the rules take, by kind of event, on an existing log
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
    /// Measure distributed services, on the NATS servers named, or on one and then three of its own
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
    /// Runs the measurement: that of the rules on the given log, the others on a new log in a temporary folder.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let note = |what: &str| printer.note(what);
        match self {
            Self::Append(append) if append.nats.is_some() => {
                let measured = runtime.block_on(distributed::run(&append.into(), &note))?;
                printer.result(&measured, distributed::text)?;
            }
            Self::Append(append) => {
                let measured = runtime.block_on(append::run(&append.into(), &note))?;
                printer.result(&measured, append::text)?;
            }
            Self::Replay(replay) => {
                let measured = runtime.block_on(replay::run(replay.events, &note))?;
                printer.result(&measured, replay::text)?;
            }
            Self::Rules(args) => {
                printer
                    .result(&rules::run(&args.data, &note)?, |measured| rules_text(measured, printer.language()))?;
            }
        }
        Ok(Exit::Done)
    }
}

impl From<Append> for lika_bench::Append {
    fn from(append: Append) -> Self {
        let Append { clients, singles, hundreds, nats, monitor, replicas } = append;
        Self { clients, singles, hundreds, nats, monitor, replicas }
    }
}

/// The results as text.
fn rules_text(measured: &rules::Measured, language: Language) -> String {
    let mut table = Table::new(&language.of(
        ["事项", ">个数", ">判定 纳秒", ">应用 纳秒", ">占比 %"],
        ["kind", ">events", ">admit ns", ">evolve ns", ">share %"],
    ));
    for kind in &measured.kinds {
        let (admit, evolve, share) = (kind.admit_ns, kind.evolve_ns, kind.share);
        table.row([
            &kind.kind,
            &number(kind.events),
            &format_args!("{admit:.0}"),
            &format_args!("{evolve:.0}"),
            &format_args!("{share:.1}"),
        ]);
    }
    let (events, submissions) = (number(measured.events), number(measured.submissions));
    let (rate, seconds) = (measured.events_per_second, measured.seconds);
    language.of(
        format!(
            "{submissions} 件报送、{events} 个事项：只算规则，单核\n  {rate:>10.0} 事项/秒，用时 {seconds:.2} 秒\n\n{table}"
        ),
        format!(
            "{events} events in {submissions} submissions: rules alone, one core\n  {rate:>10.0} events/s in \
             {seconds:.2} s\n\n{table}"
        ),
    )
}
