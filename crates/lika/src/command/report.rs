//! `lika report`: which events there are, a complete example of each, and a report made by answering questions.

mod prompts;
mod remembered;

use super::client::{ClientArgs, today};
use super::submit::sign_and_send;
use crate::exit::{Exit, Failure};
use crate::new_file;
use crate::printer::Printer;
use crate::questions::{Prompter, Stop, Terminal};
use crate::table::Table;
use lika_client::{Random, Signer, example};
use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::describe::{Event, Reporters};
use lika_domain::language::Language;
use lika_domain::official::Role;
use lika_domain::procedure::Procedure;
use prompts::Form;
use remembered::{Given, Remembered};
use serde_json::json;
use std::path::{Path, PathBuf};

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
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
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
        // What would lose the answers is found before anything is asked.
        self.save.as_deref().map(new_file::check).transpose()?;
        if let Some(event) = self.example {
            let area = self.area.or_else(|| EXAMPLE_AREA.parse().ok());
            let area = area.ok_or_else(|| Failure::new("area_invalid", "the area is not a division code"))?;
            let report = example::report(event, area, today());
            if let Some(file) = &self.save {
                return save(printer, file, &pretty(&report));
            }
            printer.result(&report, pretty)?;
            printer.note(printer.language().of(
                "请修改后用 `lika submit FILE` 发送。事项还可带 evidence（佐证）和 corrects（更正）。",
                "Change it and send it with `lika submit FILE`. An event may also have evidence and corrects.",
            ));
            return Ok(Exit::Done);
        }
        // The folder is not held while questions are asked.
        let signer = match &self.save {
            Some(_) => None,
            None => {
                let client = self.client.open()?;
                Some(client.home.signer_of(&client.key)?)
            }
        };
        let language = printer.language();
        let mut terminal = Terminal::open()?;
        let event = match self.event {
            Some(event) => event,
            None => prompts::event(&mut terminal, language).map_err(Stop::given_up)?,
        };
        let text = pretty(&self.ask(&mut terminal, event, signer.as_ref(), language)?);
        let Some(signer) = signer else {
            let saved = save(printer, self.save.as_deref().unwrap_or(Path::new("")), &text);
            if saved.is_err() {
                // The answers are not lost with the file.
                printer.note(&text);
            }
            return saved;
        };
        let id = Random::system().submission_id()?;
        let exit = sign_and_send(printer, &self.client.open()?, id, &text, Path::new(""), false)?;
        // A refusal keeps the answers: most of them are right.
        if exit == Exit::Done || exit == Exit::Queued {
            self.client.home()?.forget_unfinished(&signer, event.name)?;
        }
        Ok(exit)
    }

    /// Asks the questions of the event. With a signer the answers are kept after each of them.
    fn ask(
        &self,
        terminal: &mut Terminal,
        event: &'static Event,
        signer: Option<&Signer>,
        language: Language,
    ) -> anyhow::Result<example::Node> {
        let mut given = match signer {
            Some(signer) => self.client.home()?.unfinished(signer, event.name)?,
            None => None,
        }
        .and_then(|bytes| serde_json::from_slice::<Vec<Given>>(&bytes).ok())
        .unwrap_or_default();
        terminal.say(language.of(
            "输入 < 或按 Esc 回到上一项；按 Ctrl-C 离开，已答内容保留。",
            "< or Escape goes back to the question before. Ctrl-C leaves; what was answered is kept.",
        ));
        let question = language.of("上次没有填完，接着填？", "This report was begun before. Go on with it?");
        if !given.is_empty() && !terminal.yes(question, true).map_err(Stop::given_up)? {
            given.clear();
        }
        let mut keep = |given: &[Given]| {
            // Where the answers cannot be kept the report can still be made.
            if let (Some(signer), Ok(home)) = (signer, self.client.home()) {
                let _ = home.keep_unfinished(signer, event.name, &serde_json::to_vec(given).unwrap_or_default());
            }
        };
        let mut remembered = Remembered::new(terminal, given, &mut keep);
        loop {
            match Form::new(&mut remembered, today(), language).report(event, self.area) {
                Ok(report) => return Ok(report),
                Err(Stop::Back) => remembered.again(true),
                Err(Stop::Failed(failure)) => return Err(failure.into()),
            }
        }
    }
}

fn pretty(report: &example::Node) -> String {
    // Texts and numbers always make JSON.
    serde_json::to_string_pretty(report).unwrap_or_default()
}

/// Writes a report; a file that is there stays.
fn save(printer: Printer, file: &Path, text: &str) -> anyhow::Result<Exit> {
    new_file::write(file, text.as_bytes())?;
    let file = file.display().to_string();
    printer.result(&json!({"file": file}), |_| {
        printer.language().of(
            format!("已写入 {file}，尚未签名；用 `lika submit {file}` 发送\n"),
            format!("{file} is written and not signed; send it with `lika submit {file}`\n"),
        )
    })?;
    Ok(Exit::Done)
}

fn list(printer: Printer, role: Option<Role>) -> Result<(), Failure> {
    let events: Vec<&Event> = match role {
        Some(role) => catalogue::reportable(role).collect(),
        None => catalogue::events().collect(),
    };
    let object = |event: &&Event| {
        json!({
            "name": event.name, "zh": event.zh, "en": event.en, "meaning": event.meaning.one(Language::En),
            "about": event.meaning.zh,
            "reported_by": reporters(event, Role::name),
            "procedure": event.procedure.map(|procedure| procedure.name()),
            "service": example::service(event), "source": event.source,
        })
    };
    printer.result(&events.iter().map(object).collect::<Vec<_>>(), |_| {
        let language = printer.language();
        let headings =
            language.of(["事项", "名称", "可报送人", "程序"], ["event", "meaning", "reported by", "procedure"]);
        let mut table = Table::new(&headings);
        for event in &events {
            let by = reporters(event, Role::name).map(|roles| {
                let roles = roles.iter().map(|role| Role::LIST.label(role, language));
                roles.collect::<Vec<_>>().join(language.of("、", ", "))
            });
            let by = by.unwrap_or_else(|| language.of("视内容而定", "depends on the content").to_owned());
            let procedure = event.procedure.map(|procedure| Procedure::LIST.label(procedure.name(), language));
            table.row([&event.name, &language.of(event.zh, event.en), &by, &procedure.unwrap_or_default()]);
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
