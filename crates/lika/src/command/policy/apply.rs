//! `lika policy apply`: shows what the parameters in a file would change, and sets them by one submission.

use super::super::client::{Client, ClientArgs, block_on, today};
use super::super::submit::{Outcome, Outgoing};
use super::change::{Change, Plan};
use super::file::{Fault, Item, PolicyFile};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use lika_client::{ApiError, Random, Report};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::SubmissionId;
use lika_domain::language::Language;
use lika_domain::rejection::Code;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::submission::Events;
use prost::Message;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Distinguishes the ids of policies from all other hashes.
const ID_PREFIX: &[u8] = b"lika policy v1\n";

/// A policy to be signed and sent.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMAT)]
pub(crate) struct Apply {
    /// File with the parameters; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// First day on which they hold [default: the file's "effective"]
    #[arg(long, value_name = "DATE")]
    effective: Option<Date>,
    /// The day it was decided [default: today]
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    /// Show what would change, and sign nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    client: ClientArgs,
}

const FORMAT: &str = r#"A policy is JSON: the first day, and parameters with the names of the proto files:

    {"effective": 20200101,
     "items": [
       {"area": "130624000000", "source": "县发〔2019〕12号", "visitDays": 45},
       {"area": "130624000000", "source": "县发〔2019〕12号",
        "caseloadLimit": {"capacity": "CAPACITY_FIRST", "households": 3}}]}

`lika policy show --json` prints such a file with everything in force; edit its "items". Items that are in force
already are left out. Decisions made under an older policy stay as they are. If the node cannot be reached, the policy
waits in the outbox; the file must then name the area that the log covers, as "area"."#;

/// The result of applying a policy.
#[derive(Debug, Serialize)]
struct Applied {
    effective: String,
    changes: Vec<Change>,
    /// Items that were in force already and were left out.
    unchanged: usize,
    #[serde(flatten)]
    became: Became,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Became {
    Sent(Outcome),
    Kept { outcome: &'static str },
}

/// A file that is refused for its faults.
#[derive(Debug, Serialize)]
struct Refused {
    outcome: &'static str,
    problems: Vec<Fault>,
}

impl Apply {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let file = PolicyFile::read(&self.file)?;
        let missing = || {
            let message = "the file names no first day: add \"effective\": 20200101, or give --effective";
            Failure::new("policy_effective_missing", message)
        };
        let effective = self.effective.or(file.effective).ok_or_else(missing)?;
        let items = match file.items() {
            Ok(items) => items,
            Err(faults) => return refused(printer, faults),
        };
        let client = self.client.open()?;
        block_on(async {
            let area = covered(&client, &file).await?;
            let faults = outside(area, &items);
            if !faults.is_empty() {
                return refused(printer, faults);
            }
            let id = id_of(&client, effective, &items);
            let held = client.held(effective, &items).await?;
            let plan = Plan::new(effective, items, held.as_ref());
            printer.note(plan.text(printer.language()));
            self.send(printer, &client, area, (id, plan)).await
        })
    }

    async fn send(
        &self,
        printer: Printer,
        client: &Client,
        area: Area,
        (id, plan): (SubmissionId, Plan),
    ) -> anyhow::Result<Exit> {
        let Plan { effective, changes, items, unchanged, .. } = plan;
        let became = if self.dry_run || items.is_empty() {
            Became::Kept { outcome: if items.is_empty() { "unchanged" } else { "planned" } }
        } else {
            let happened = self.happened.unwrap_or_else(today);
            let id = if client.home.receipt(id)?.is_some() { Random::system().submission_id()? } else { id };
            Became::Sent(client.outcome(Outgoing { id, report: report(area, happened, effective, items) }).await?)
        };
        let exit = became.exit();
        let applied = Applied { effective: effective.to_string(), changes, unchanged, became };
        printer.result(&applied, |applied| applied.became.text(printer.language()))?;
        Ok(exit)
    }
}

impl Became {
    fn exit(&self) -> Exit {
        match self {
            Self::Sent(outcome) => outcome.exit(),
            Self::Kept { .. } => Exit::Done,
        }
    }

    fn text(&self, language: Language) -> String {
        let said = match self {
            Self::Sent(outcome) => return outcome.text(language),
            Self::Kept { outcome: "planned" } => language.of("没有签名\n", "nothing was signed\n"),
            Self::Kept { .. } => language.of("没有变化，没有签名\n", "nothing changes; nothing was signed\n"),
        };
        said.to_owned()
    }
}

/// The area that the log covers: from the node, or from the file if the node cannot be reached.
async fn covered(client: &Client, file: &PolicyFile) -> anyhow::Result<Area> {
    match (client.jurisdiction().await, file.area) {
        (Err(error), Some(area)) if is_unreachable(&error) => Ok(area),
        (Err(error), None) if is_unreachable(&error) => {
            Err(error.context("the file does not name the area that the log covers (\"area\"), so the node is asked"))
        }
        (area, _) => area,
    }
}

fn is_unreachable(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ApiError::Unreachable { .. }))
}

/// Faults for items whose area the log does not cover: a node would refuse the whole policy because of them.
fn outside(covered: Area, items: &[Item]) -> Vec<Fault> {
    let items = (1..).zip(items).filter(|(_, item)| !covered.contains(item.read.area));
    items.map(|(number, item)| Fault::new(number, Code::AreaUnknown, "area", item.read.area.to_string())).collect()
}

fn refused(printer: Printer, problems: Vec<Fault>) -> anyhow::Result<Exit> {
    printer.result(&Refused { outcome: "refused", problems }, |refused| {
        let table = Fault::table(&refused.problems, printer.language());
        let words = ("没有签名。请改正文件后重新执行。", "Nothing was signed. Correct the file and apply it again.");
        format!("{table}{}\n", printer.language().of(words.0, words.1))
    })?;
    Ok(Exit::Findings)
}

fn report(area: Area, happened: Date, effective: Date, items: Vec<v1::PolicyItem>) -> Report {
    let set = v1::PolicySet { effective: effective.yyyymmdd(), items };
    let kind = Some(Kind::PolicySet(set));
    let event = v1::HouseholdEvent { happened: happened.yyyymmdd(), kind, ..Default::default() };
    Report {
        area,
        events: Events::Households(v1::HouseholdEvents { events: vec![event] }),
        keys: Vec::new(),
        warned: Vec::new(),
    }
}

/// The same items from the same key to the same log are the same submission as long as they wait to be sent, so that
/// applying a file twice sets it once. If they were recorded and other values are in force by now, they are set again.
fn id_of(client: &Client, effective: Date, items: &[Item]) -> SubmissionId {
    let items = items.iter().map(|item| item.message.clone()).collect();
    let set = v1::PolicySet { effective: effective.yyyymmdd(), items };
    let hash = Sha256::new_with_prefix(ID_PREFIX)
        .chain_update(client.key.public())
        .chain_update(client.key.origin.as_bytes())
        .chain_update([0])
        .chain_update(set.encode_to_vec())
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    SubmissionId(id)
}
