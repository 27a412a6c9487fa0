//! `lika import`: spreadsheets turned into submissions.

mod report;

use super::client::{Client, ClientArgs, block_on, now_s};
use crate::exit::{Exit, Failure, said_by_node};
use crate::new_file;
use crate::printer::Printer;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use lika_client::import::limits::TABLE_BYTES_MAX;
use lika_client::import::{self, Checked, FileForm, Finding, Judge, Kind, Known, Options};
use lika_client::replica::judged_on;
use lika_client::{ApiError, Random};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::official::Mode;
use report::{PlanReport, Report};
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Tables of households, their members, income, living conditions, officials, visits and aid.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Write an empty table with every column, its choices and its limits
    Template(Template),
    /// Check a table and show its problems, with their cells; nothing is signed
    Check(CheckArgs),
    /// Show what is new, changed, unchanged, twice or wrong in a table; nothing is signed
    Plan(Table),
    /// Submit what is new in a table; what has problems is shown, and all else is sent. It may be run again
    Apply(ApplyArgs),
}

/// An empty table.
#[derive(Debug, clap::Args)]
pub(crate) struct Template {
    /// File to write, .xlsx or .csv; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Kind of table
    #[arg(long, value_parser = kind())]
    kind: Kind,
}

/// A table, and values for all its rows.
#[derive(Debug, clap::Args)]
pub(crate) struct Table {
    /// The table: .xlsx, or text with commas or tabs (UTF-8, UTF-16 or GBK)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Kind of table [default: as its headings say]
    #[arg(long, value_parser = kind())]
    kind: Option<Kind>,
    /// The sheet, if several are tables
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The village, 12 digits, for rows that name none
    #[arg(long, value_name = "CODE", value_parser = village)]
    village: Option<Area>,
    /// The day, for rows that name none
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    /// Why to go on with rows in which an audit would find something; recorded with each of them, it must name nobody
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    client: ClientArgs,
}

/// A table to be checked.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    table: Table,
    /// Write the table again with what was found at its cells, as .xlsx or .csv
    #[arg(long, value_name = "OUT")]
    annotated: Option<PathBuf>,
}

/// A table to be submitted.
#[derive(Debug, clap::Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    table: Table,
    /// Send incomes and living conditions that differ from the register as corrections of what it has; look at the
    /// plan before
    #[arg(long)]
    correct: bool,
    /// Write the table again with what was found at its cells, refusals by the log included
    #[arg(long, value_name = "OUT")]
    annotated: Option<PathBuf>,
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Template(template) => template.run(printer),
            Self::Check(check) => check.run(printer),
            Self::Plan(table) => {
                let (_, checked) = block_on(table.check(&table.read()?, printer))?;
                let plan = PlanReport::new(&checked);
                printer.result(&plan, |plan| plan.text(printer.language()))?;
                Ok(plan.exit())
            }
            Self::Apply(apply) => apply.run(printer),
        }
    }
}

impl Template {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let bytes = import::template(self.kind, form(&self.file)?, printer.language())?;
        new_file::write(&self.file, &bytes)?;
        let written = json!({"file": self.file.display().to_string(), "kind": self.kind.name()});
        printer.result(&written, |_| {
            let shown = self.file.display();
            printer.language().of(format!("已写出 {shown}"), format!("{shown} is written"))
        })?;
        Ok(Exit::Done)
    }
}

impl CheckArgs {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        self.annotated.as_deref().map(may_be_annotated).transpose()?;
        let bytes = self.table.read()?;
        let (_, checked) = block_on(self.table.check(&bytes, printer))?;
        let (problems, warnings) = (&checked.problems, &checked.warnings);
        let report = Report::checked(&checked);
        printer.result(&report, |report| report.text(printer.language()))?;
        self.table.annotate(self.annotated.as_deref(), &bytes, (problems, warnings), printer)?;
        Ok(report.exit())
    }
}

impl ApplyArgs {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        self.annotated.as_deref().map(may_be_annotated).transpose()?;
        let bytes = self.table.read()?;
        let client = self.table.client.open()?;
        let (report, problems, warnings) = block_on(async {
            let options = self.table.options(mode(&client).await?);
            let mut checked = import::check(&bytes, &options, &Known::load(&client.home)?)?;
            compare_with_copies(&client, &mut checked, printer)?;
            if self.correct {
                checked.correct();
            }
            self.table.judge(&client, &mut checked)?;
            let applied = apply(&client, &checked, printer).await?;
            let report = Report::applied(&checked, &applied);
            let problems: Vec<Finding> = checked.problems.iter().chain(&applied.problems).cloned().collect();
            Ok((report, problems, checked.warnings))
        })?;
        // What was recorded is told whatever becomes of the file.
        printer.result(&report, |report| report.text(printer.language()))?;
        self.table.annotate(self.annotated.as_deref(), &bytes, (&problems, &warnings), printer)?;
        Ok(report.exit())
    }
}

impl Table {
    fn options(&self, mode: Option<Mode>) -> Options {
        Options { kind: self.kind, sheet: self.sheet.clone(), mode, village: self.village, date: self.happened }
    }

    /// Checks the table against itself, against what was imported from here, and, if the node answers, against the
    /// register.
    async fn check(&self, bytes: &[u8], printer: Printer) -> anyhow::Result<(Client, Checked)> {
        let client = self.client.open()?;
        let mode = mode(&client).await?;
        let mut checked = import::check(bytes, &self.options(mode), &Known::load(&client.home)?)?;
        let language = printer.language();
        compare_with_copies(&client, &mut checked, printer)?;
        self.judge(&client, &mut checked)?;
        let alone = language.of("没有与登记册比对：", "not compared with the register: ");
        match client.with_session().await {
            Ok(api) => {
                let bar = printer.bar(0, language.of("正在与登记册比对", "comparing with the register"));
                let told = |done: usize, of: usize| {
                    bar.set_length(of as u64);
                    bar.set_position(done as u64);
                };
                let compared = checked.compare_with_register(&api, told).await;
                bar.finish_and_clear();
                if let Err(error) = compared {
                    printer.note(format!("{alone}{}", said_by_node(&error).one(language)));
                }
            }
            Err(error) => printer.note(format!("{alone}{error}")),
        }
        Ok((client, checked))
    }

    /// Judges what is new by the rules, on the copies that cover it.
    fn judge(&self, client: &Client, checked: &mut Checked) -> anyhow::Result<()> {
        let areas = checked.villages();
        let mut judged: Vec<Area> = Vec::new();
        for village in areas {
            if judged.iter().any(|area| area.contains(village)) {
                continue;
            }
            // Without a copy the node judges; that nothing was compared has been said.
            let Ok(known) = judged_on(&client.home, &client.key, village) else { continue };
            let ahead = known.ahead(&client.home)?;
            let reason = self.reason.as_deref();
            let (home, key) = (&client.home, &client.key);
            let with = Judge { known: &known, ahead: &ahead, home, key, now_s: now_s(), reason };
            checked.judge(&with, &mut Random::system())?;
            judged.push(known.area());
        }
        Ok(())
    }

    fn annotate(
        &self,
        to: Option<&Path>,
        bytes: &[u8],
        (problems, warnings): (&[Finding], &[Finding]),
        printer: Printer,
    ) -> anyhow::Result<()> {
        let Some(to) = to else { return Ok(()) };
        let options = self.options(None);
        let copy = import::annotated(bytes, &options, problems, warnings, form(to)?, printer.language())?;
        new_file::write(to, &copy)?;
        let shown = to.display();
        printer.note(printer.language().of(format!("已写出 {shown}"), format!("{shown} is written")));
        Ok(())
    }

    fn read(&self) -> Result<Vec<u8>, Failure> {
        let unreadable = |error| Failure::new("file_unreadable", format!("{}: {error}", self.file.display()));
        let mut bytes = Vec::new();
        let limit = TABLE_BYTES_MAX as u64 + 1;
        let file = std::fs::File::open(&self.file).map_err(unreadable)?;
        file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }
}

/// Compares the table with the copies of areas on this device, and says what is not seen without one.
fn compare_with_copies(client: &Client, checked: &mut Checked, printer: Printer) -> anyhow::Result<()> {
    let language = printer.language();
    let copies = client.replicas(printer)?;
    let complete: Vec<_> = copies.iter().filter(|copy| copy.is_complete()).collect();
    for copy in &complete {
        checked.compare_with_area(copy);
        let (area, entries) = (copy.area().prefix(), copy.checkpoint().map_or(0, |checkpoint| checkpoint.size));
        printer.note(language.of(
            format!("已与本机的辖区副本比对（区划 {area}，日志前 {entries} 条）；辖区以外的重复在报送时才能发现"),
            format!(
                "compared with this device's copy of {area}, up to entry {entries}; duplicates outside that area are \
                 found when the table is sent"
            ),
        ));
    }
    if complete.is_empty() {
        printer.note(language.of(
            "本机没有辖区副本：与他人已登记内容的重复可能要到报送时才发现；`lika replica refresh` 可获取副本",
            "there is no copy of the area on this device: what others recorded may be found only when the table is \
             sent; `lika replica refresh` fetches one",
        ));
    }
    Ok(())
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

async fn apply(client: &Client, checked: &Checked, printer: Printer) -> anyhow::Result<import::Applied> {
    let bar = printer.bar(0, printer.language().of("正在报送", "submitting"));
    let told = |step: lika_client::outbox::Step| {
        bar.set_length(step.of as u64);
        bar.set_position(step.answered as u64);
    };
    let mut random = Random::system();
    let applied = import::apply(&client.home, &client.api, &client.key, checked, &mut random, now_s(), told).await;
    bar.finish_and_clear();
    Ok(applied?)
}

/// Whether a table can be written there, which is found before anything is read or sent.
fn may_be_annotated(file: &Path) -> Result<(), Failure> {
    form(file)?;
    new_file::check(file)
}

/// The form that the name of a file to be written says.
fn form(file: &Path) -> Result<FileForm, Failure> {
    let form = FileForm::of_name(&file.to_string_lossy());
    form.ok_or_else(|| {
        let shown = file.display();
        let zh = format!("{shown} 应以 .xlsx 或 .csv 结尾");
        Failure::told("form_unknown", zh, format!("{shown} must end in .xlsx or .csv"))
    })
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).map(|name| Kind::find(&name).unwrap_or(Kind::Households))
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
