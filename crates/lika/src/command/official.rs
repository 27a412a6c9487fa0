//! `lika official`: an official, as far as the key gives access to their data.

use super::client::{ClientArgs, block_on};
use super::household::not_understood;
use crate::exit::Exit;
use crate::numbers::{known, number};
use crate::printer::Printer;
use crate::table::Table;
use lika_domain::ids::OfficialId;
use lika_domain::language::Language;
use lika_domain::official::{Capacity, Role};
use lika_views::OfficialView;
use serde::Deserialize;

/// The official.
#[derive(Debug, clap::Args)]
pub(crate) struct Official {
    /// Official number, 8 digits
    #[arg(value_parser = super::key::official)]
    id: OfficialId,
    #[command(flatten)]
    client: ClientArgs,
}

/// An official as the node shows them.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    official: OfficialView,
    #[serde(default)]
    personal: Option<Personal>,
}

/// The part of their personal data that could be opened.
#[derive(Deserialize)]
struct Personal {
    name: String,
    phone: String,
}

impl Official {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let document = block_on(async { Ok(client.with_session().await?.official(self.id).await?) })?;
        let shown: Shown = serde_json::from_value(document.clone()).map_err(|error| not_understood(&error))?;
        printer.result(&document, |_| shown.text(printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Shown {
    fn text(&self, language: Language) -> String {
        let keys = self.keys(language);
        let caseload = self.caseload(language);
        [self.facts(language), keys, caseload]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Their role's name; `None` for an official who has left.
    pub(super) fn role(&self) -> Option<&str> {
        self.official.role.as_deref()
    }

    pub(super) fn facts(&self, language: Language) -> String {
        let official = &self.official;
        let mut table = Table::pairs();
        table.row([&language.of("干部编号", "official"), &official.id]);
        if let Some(personal) = &self.personal {
            table.row([&language.of("姓名", "name"), &personal.name]);
            table.row([&language.of("联系电话", "phone"), &personal.phone]);
        }
        let left = || language.of("已离岗", "has left").to_owned();
        table.row([
            &language.of("角色", "role"),
            &official.role.as_deref().map_or_else(left, |role| Role::LIST.label(role, language)),
        ]);
        table.row([&language.of("管辖区划", "area"), &official.area.as_deref().unwrap_or("-")]);
        table.row([&language.of("单位", "unit"), &official.unit]);
        table.row([&language.of("职务", "post"), &official.post]);
        table.row([&language.of("走访次数", "visits"), &number(official.visits.into())]);
        if official.erased {
            table.row([&language.of("个人信息", "personal data"), &language.of("已擦除", "erased")]);
        }
        let entries: Vec<_> = official.entries.iter().map(u64::to_string).collect();
        table.row([&language.of("日志条目", "entries"), &entries.join(" ")]);
        table.to_string()
    }

    fn keys(&self, language: Language) -> String {
        let mut table = Table::new(
            &language
                .of(["密钥", ">登记条目", ">吊销条目", ">报送次数"], ["key", ">enrolled", ">revoked", ">submissions"]),
        );
        for key in &self.official.keys {
            table.row([&key.id, &key.since, &known(key.until, number), &number(key.submissions)]);
        }
        if table.is_empty() { String::new() } else { table.to_string() }
    }

    fn caseload(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            ["结对户", "行政村", "类别", "结对日期", ">终止条目"],
            ["household", "village", "capacity", "since", ">until entry"],
        ));
        for charge in &self.official.caseload {
            table.row([
                &charge.household,
                &charge.village,
                &Capacity::LIST.label(&charge.capacity, language),
                &charge.from,
                &known(charge.until, number),
            ]);
        }
        if table.is_empty() { String::new() } else { table.to_string() }
    }
}
