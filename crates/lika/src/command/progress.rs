//! `lika progress`: shows the progress of an area.

mod explain;
mod text;

use super::client::{NodeArgs, block_on};
use super::household::not_understood;
use crate::exit::{Exit, Failure};
use crate::numbers;
use crate::printer::Printer;
use clap::ValueEnum;
use lika_client::api::ProgressQuery;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::progress::FigureRef;
use lika_views::{Explanation, Progress as Document};
use serde_json::Value;

/// The area and the day.
#[derive(Debug, clap::Args)]
pub(crate) struct Progress {
    /// Division code of the area, 2 to 12 digits
    area: Area,
    /// A line for each area of that level
    #[arg(long, value_enum)]
    by: Option<By>,
    /// As it was on that day
    #[arg(long, value_name = "DATE")]
    at: Option<Date>,
    /// As it was known on that day
    #[arg(long, value_name = "DATE")]
    recorded_by: Option<Date>,
    /// List the entries behind a figure, named by its place in the document: households.poor, gap.housing.missing,
    /// months.2016-05.visits
    #[arg(long, value_name = "FIGURE", value_parser = explain::figure, conflicts_with = "by")]
    explain: Option<FigureRef>,
    /// Wait until this entry is counted
    #[arg(long, value_name = "ENTRY")]
    index: Option<u64>,
    #[command(flatten)]
    node: NodeArgs,
}

/// Levels below an area.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Prefecture,
    County,
    Township,
    Village,
}

impl Progress {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let api = self.node.api()?;
        let by = self.by.map(By::level);
        let query = ProgressQuery { by, at: self.at, recorded_by: self.recorded_by, index: self.index };
        if let Some(asked) = self.explain {
            let document = block_on(async { Ok(api.explain(self.area, &asked.to_string(), &query).await?) })?;
            let explanation: Explanation = read(&document)?;
            printer.result(&document, |_| explain::text(&explanation, printer.language()))?;
            return Ok(Exit::Done);
        }
        let document = block_on(async { Ok(api.progress(self.area, &query).await?) })?;
        let areas = areas(&document)?;
        printer.result(&document, |_| match areas.as_slice() {
            [only] if self.by.is_none() => text::area(only, printer.language()),
            areas => numbers::areas(areas, printer.language()),
        })?;
        Ok(Exit::Done)
    }
}

impl By {
    fn level(self) -> Level {
        match self {
            Self::Prefecture => Level::Prefecture,
            Self::County => Level::County,
            Self::Township => Level::Township,
            Self::Village => Level::Village,
        }
    }
}

/// One area, or those of a list.
fn areas(document: &Value) -> Result<Vec<Document>, Failure> {
    let list = document.get("areas").and_then(Value::as_array);
    let areas: Vec<_> = list.map_or_else(|| vec![document], |areas| areas.iter().collect());
    areas.into_iter().map(read).collect()
}

fn read<T: serde::de::DeserializeOwned>(document: &Value) -> Result<T, Failure> {
    serde_json::from_value(document.clone()).map_err(|error| not_understood(&error))
}
