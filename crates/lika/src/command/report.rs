//! `lika report`: which events there are, a complete example of each, and a report made by answering questions.

mod prompts;
mod terminal;

use super::client::{ClientArgs, today};
use super::submit::sign_and_send;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::Table;
use lika_client::{Random, example};
use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::describe::{Event, Reporters};
use lika_domain::official::Role;
use prompts::Form;
use serde_json::json;
use std::path::{Path, PathBuf};
use terminal::Terminal;

/// The area of an example when none is given.
const EXAMPLE_AREA: &str = "130624100201";

/// Make a report by answering questions, or learn how to write one
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// The event, such as household_visited [default: chosen from a list]
    #[arg(value_parser = event, value_name = "EVENT", conflicts_with_all = ["list", "example"])]
    event: Option<&'static Event>,
    /// List the events, with who may report them
    #[arg(long, conflicts_with = "example")]
    list: bool,
    /// With --list: only what this role may report
    #[arg(long, value_parser = role, requires = "list")]
    role: Option<Role>,
    /// Print a complete report of the event, to be changed and submitted with `lika submit`
    #[arg(long, value_parser = event, value_name = "EVENT")]
    example: Option<&'static Event>,
    /// Division code of the village, or of the county for its own events, 2 to 12 digits
    #[arg(long, value_name = "CODE")]
    area: Option<Area>,
    /// Write the report to this file, and sign and send nothing
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    client: ClientArgs,
}

impl Report {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        if self.list {
            list(printer, self.role)?;
            return Ok(Exit::Done);
        }
        if let Some(event) = self.example {
            let area = self.area.or_else(|| EXAMPLE_AREA.parse().ok());
            let area = area.ok_or_else(|| Failure::new("area_invalid", "the area is not a division code"))?;
            printer.result(&example::report(event, area, today()), pretty)?;
            printer
                .note("Change it and send it with `lika submit FILE`. An event may also have evidence and corrects.");
            return Ok(Exit::Done);
        }
        // What would lose the answers is found before anything is asked. The folder is not held meanwhile.
        match &self.save {
            Some(file) if file.exists() => return Err(there(file).into()),
            Some(_) => {}
            None => drop(self.client.open()?),
        }
        let mut terminal = Terminal::open()?;
        let event = match self.event {
            Some(event) => event,
            None => prompts::event(&mut terminal)?,
        };
        let text = pretty(&Form::new(&mut terminal, today()).report(event, self.area)?);
        match self.save {
            Some(file) => save(printer, &file, &text),
            None => {
                let id = Random::system().submission_id()?;
                sign_and_send(printer, &self.client.open()?, id, &text, Path::new(""), false)
            }
        }
    }
}

fn pretty(report: &example::Node) -> String {
    // Texts and numbers always make JSON.
    serde_json::to_string_pretty(report).unwrap_or_default()
}

fn there(file: &Path) -> Failure {
    Failure::new("exists", format!("{} exists; nothing was overwritten. Take another name", file.display()))
}

/// Writes a report; a file that is there stays.
fn save(printer: Printer, file: &Path, text: &str) -> anyhow::Result<Exit> {
    let unwritable = |error: std::io::Error| Failure::new("file_unwritable", format!("{}: {error}", file.display()));
    let mut to = std::fs::File::create_new(file).map_err(unwritable)?;
    std::io::Write::write_all(&mut to, text.as_bytes()).and_then(|()| to.sync_all()).map_err(unwritable)?;
    printer.note(format!("{} is written and not signed; send it with `lika submit`", file.display()));
    Ok(Exit::Done)
}

fn list(printer: Printer, role: Option<Role>) -> Result<(), Failure> {
    let events: Vec<&Event> = match role {
        Some(role) => catalogue::reportable(role).collect(),
        None => catalogue::events().collect(),
    };
    let object = |event: &&Event| {
        json!({
            "name": event.name, "zh": event.zh, "en": event.en, "meaning": event.meaning.trim(),
            "reported_by": reporters(event, Role::name),
            "procedure": event.procedure.map(|procedure| procedure.name()),
            "service": example::service(event), "source": event.source,
        })
    };
    printer.result(&events.iter().map(object).collect::<Vec<_>>(), |_| {
        let mut table = Table::new(&["event", "事项", "meaning", "reported by", "procedure"]);
        for event in &events {
            let by = reporters(event, Role::zh);
            let by = by.unwrap_or_else(|| vec!["depends on the content"]).join("、");
            let procedure = event.procedure.map_or("", |procedure| procedure.zh());
            table.row([&event.name, &event.zh, &event.en, &by, &procedure]);
        }
        table
    })
}

/// The roles that may report it; `None` if it depends on its content.
fn reporters(event: &Event, name: fn(Role) -> &'static str) -> Option<Vec<&'static str>> {
    match event.reporters {
        Reporters::Roles(roles) => Some(roles.iter().map(|role| name(*role)).collect()),
        Reporters::ByContent(_) => None,
    }
}

fn event(name: &str) -> Result<&'static Event, String> {
    let found =
        catalogue::event(&lika_client::plain::snake(name)).or_else(|| catalogue::events().find(|e| e.zh == name));
    found.ok_or_else(|| "there is no such event; `lika report --list` lists them".to_owned())
}

fn role(name: &str) -> Result<Role, String> {
    let found = Role::ALL.iter().find(|role| role.name() == name || role.zh() == name);
    let known = || Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    found.copied().ok_or_else(|| format!("there is no such role; there are {}", known()))
}
