//! `lika whoami`: the official of the key, with their role, their area, and what these allow.

use super::client::{ClientArgs, block_on};
use super::household::not_understood;
use super::official::Shown;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::table::Table;
use lika_domain::catalogue;
use lika_domain::describe::{Event, Reporters};
use lika_domain::language::Language;
use lika_domain::official::Role;
use serde_json::json;

/// Show the official of the key: role, area, and the events they may report
#[derive(Debug, clap::Args)]
pub(crate) struct Whoami {
    #[command(flatten)]
    client: ClientArgs,
}

impl Whoami {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let id = client.key.official;
        let document = block_on(async { Ok(client.with_session().await?.official(id).await?) })?;
        let shown: Shown = serde_json::from_value(document.clone()).map_err(|error| not_understood(&error))?;
        let role = Role::ALL.iter().find(|role| shown.role() == Some(role.name()));
        let events: Vec<_> = role.into_iter().flat_map(|role| catalogue::reportable(*role)).collect();
        let names: Vec<_> = events.iter().map(|event| event.name).collect();
        printer.result(&json!({"official": document, "may_report": names}), |_| {
            let language = printer.language();
            let heading = language.of("可报送事项，限于管辖区划内", "events they may report, in their area");
            format!("{}\n{heading}\n{}", shown.facts(language), table(&events, language))
        })?;
        Ok(Exit::Done)
    }
}

fn table(events: &[&'static Event], language: Language) -> String {
    let mut table = Table::new(&language.of(["事项", "名称", "条件"], ["event", "meaning", "condition"]));
    for event in events {
        let when = match event.reporters {
            Reporters::Roles(_) => "",
            Reporters::ByContent(how) => how.one(language),
        };
        table.row([&event.name, &language.of(event.zh, event.en), &when]);
    }
    if table.is_empty() { language.of("无\n", "none\n").to_owned() } else { table.to_string() }
}
