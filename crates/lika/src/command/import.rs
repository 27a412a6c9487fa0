//! `lika import`: tables saved as CSV, turned into submissions.

mod report;

use super::client::{Client, ClientArgs, block_on, now_s};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::{Subcommand, ValueEnum};
use lika_client::import::{self, Options, Plan, TABLE_BYTES_MAX};
use lika_client::{ApiError, Random};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::official::Mode;
use report::Report;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Tables of households, assignments and aid.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Check a table and show its problems; nothing is signed
    Check(Table),
    /// Submit the rows of a table; rows with problems are shown, and all others are sent
    Apply(Table),
}

/// A table, and values for all its rows.
#[derive(Debug, clap::Args)]
pub(crate) struct Table {
    /// The table, saved as CSV (UTF-8, UTF-16 or GBK)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Kind of table
    #[arg(long, value_enum)]
    kind: Kind,
    /// The village, 12 digits, if the table does not name one
    #[arg(long, value_name = "CODE", value_parser = village)]
    village: Option<Area>,
    /// The day, if the table does not name one
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    #[command(flatten)]
    client: ClientArgs,
}

/// Kinds of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Households, a row for each person
    Households,
    /// Officials who answer for households
    Assignments,
    /// Aid that reached households
    Aid,
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let (table, is_applied) = match self {
            Self::Check(table) => (table, false),
            Self::Apply(table) => (table, true),
        };
        let client = table.client.open()?;
        let bytes = read(&table.file)?;
        let report = block_on(async {
            let mode = mode(&client).await?;
            let plan = table.plan(&client, mode, &bytes)?;
            if is_applied { apply(&client, plan, printer).await } else { Ok(Report::planned(plan)) }
        })?;
        printer.result(&report, Report::text)?;
        Ok(report.exit())
    }
}

impl Table {
    fn plan(&self, client: &Client, mode: Option<Mode>, bytes: &[u8]) -> anyhow::Result<Plan> {
        let origin = client.key.origin.clone();
        let options = Options { origin, mode, village: self.village, date: self.happened };
        Ok(match self.kind {
            Kind::Households => import::households(bytes, &options, &mut Random::system())?,
            Kind::Assignments => import::assignments(bytes, &options)?,
            Kind::Aid => import::deliveries(bytes, &options)?,
        })
    }
}

/// The log's mode, which decides whose citizen IDs it takes; `None` if the node cannot be reached, which then checks
/// them itself.
async fn mode(client: &Client) -> anyhow::Result<Option<Mode>> {
    match client.api.log().await {
        Ok(info) => Ok(Mode::ALL.iter().copied().find(|mode| mode.name() == info.mode)),
        Err(ApiError::Unreachable { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn apply(client: &Client, mut plan: Plan, printer: Printer) -> anyhow::Result<Report> {
    let planned = std::mem::take(&mut plan.planned);
    let bar = printer.bar(planned.len() as u64, "submitting");
    let told = |step: lika_client::outbox::Step| {
        bar.set_length(step.of as u64);
        bar.set_position(step.answered as u64);
    };
    let mut random = Random::system();
    let applied = import::apply(&client.home, &client.api, &client.key, planned, &mut random, now_s(), told).await;
    bar.finish_and_clear();
    Report::applied(&client.home, plan, &applied?)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::new("file_unreadable", format!("{}: {error}", file.display()));
    let mut bytes = Vec::new();
    let limit = TABLE_BYTES_MAX as u64 + 1;
    let file = std::fs::File::open(file).map_err(unreadable)?;
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Reads the code of a village.
fn village(text: &str) -> Result<Area, String> {
    let area: Option<Area> = text.parse().ok();
    let village = area.filter(|area| area.level() == Level::Village);
    village.ok_or_else(|| "the division code of a village has 12 digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_village_is_one() {
        assert!(village("130624100200").is_ok());
        for text in ["130624", "130624100000", "", "x"] {
            assert!(village(text).is_err(), "{text}");
        }
    }
}
