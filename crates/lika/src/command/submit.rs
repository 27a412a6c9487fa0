//! `lika submit`: a report that an official has written as JSON, shown back before it is signed.

mod foreseen;
mod send;

pub(crate) use send::{Outcome, Outgoing, Refused, english_if_any, not_sent};

use super::client::{Client, ClientArgs, block_on};
use super::describe;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use lika_client::draft::{Draft, DraftError};
use lika_client::import::decode;
use lika_client::{Random, attachments, file, plain};
use lika_domain::ids::SubmissionId;
use lika_domain::language::Language;
use lika_proto::json::JSON_BYTES_MAX;
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Distinguishes the ids of files from all other hashes.
const ID_PREFIX: &[u8] = b"lika submit v1\n";

/// A report to be signed and sent.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMAT)]
pub(crate) struct Submit {
    /// File with the report; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Sign without asking
    #[arg(long)]
    yes: bool,
    /// Send as a new submission although the same file was submitted before
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    client: ClientArgs,
}

const FORMAT: &str = r#"A report is JSON: an area and events of one service (households, officials or aid).
`lika report --list` lists the events, and `lika report --example EVENT` prints a complete report of one:

    {"area": "130624100201",
     "households": {"events": [
       {"happened": "2016-07-01", "household": "new-1", "household_registered": {
          "attribute": "general", "standard": "national", "main_cause": "因病",
          "private": {"address": "村东"},
          "members": [{"number": 1, "relation": "head", "sex": "male", "birth_month": "1970-05",
             "ethnicity": 1, "education": "primary", "health": "healthy",
             "labour": "ordinary", "private": {"name": "张三", "citizen_id": "…"}}]}}]}}

Days are "2016-07-01" or 20160701, months "2016-07" or 201607. An amount is given in yuan under a name that ends in
_yuan ("wage_yuan": "1200.00"), or in fen without it ("wage": 120000). A choice is given by its name, its Chinese label
or its name in the proto files ("CAUSE_ILLNESS"). Personal data is written under "private" instead of "sealed"; it is
sealed before anything is signed and never leaves this device in the clear. Give a household without a number a name
of your own, such as "new-1"; a number is drawn for it. Attachments are named in the event that rests on them:

    "evidence": [{"kind": "minutes", "file": "minutes.jpg"}]

The file stays where it is, beside the report; its SHA-256 and size are recorded.

With a copy of the area on this device (`lika replica refresh`) you are warned before signing of what the rules allow
and an audit would find. Going on needs a reason of 1 to 200 characters, which names nobody and is recorded for ever:
it is asked for once for each kind of warning, or stands in the report, with events numbered from 0:

    "warned": [{"warning": "decided_late", "event": 0, "reason": "the publicity had to be repeated"}]

Submitting the same file once more
returns the same receipt."#;

impl Submit {
    /// Runs the command.
    pub(crate) fn run(&self, printer: Printer) -> anyhow::Result<Exit> {
        let text = read(&self.file)?;
        let client = self.client.open()?;
        let id = if self.again { Random::system().submission_id()? } else { id_of(&text, &client) };
        sign_and_send(printer, &client, id, &text, self.file.parent().unwrap_or(Path::new("")), self.yes)
    }
}

/// Shows a report in words, asks whether to sign it unless `yes`, and sends it. Attachments are named from `folder`.
pub(super) fn sign_and_send(
    printer: Printer,
    client: &Client,
    id: SubmissionId,
    text: &str,
    folder: &Path,
    yes: bool,
) -> anyhow::Result<Exit> {
    let mut random = Random::system();
    let mut draft = Draft::read(text, &mut random).map_err(unreadable)?;
    attachments::pin(&mut draft.file, folder)
        .map_err(|error| Failure::told(error.code, error.what.zh, error.what.en))?;
    let mut report = file::read(&draft.file.to_string(), &client.home, &client.key.origin, &mut random)?;
    // A report that was signed before is only sent again, so there is nothing to ask.
    if !client.knows(id)? {
        // Personal data may be shown at a terminal, but must not go into a file.
        let in_clear = Printer::shows_on_a_terminal();
        printer.note(describe::report(&client.key, &draft, in_clear, printer.language()));
        foreseen::foresee(printer, client, &draft.file, &mut report)?;
        confirm(printer, yes)?;
    }
    block_on(client.submit(printer, Outgoing { id, report }))
}

/// Everything that is wrong with a report, a line for each.
fn unreadable(error: DraftError) -> anyhow::Error {
    match error {
        DraftError::Json(_) => Failure::new("report_invalid", error.to_string()).into(),
        DraftError::Faults(faults) => {
            let code = faults.first().map_or("report_invalid", |fault| fault.code);
            let lines = |language| -> String {
                let line = |fault: &plain::Fault| format!("\n  {}: {}", fault.place, fault.what.one(language));
                faults.iter().map(line).collect()
            };
            let (zh, en) = (lines(Language::Zh), lines(Language::En));
            Failure::told(code, format!("没有签名{zh}"), format!("nothing was signed{en}")).into()
        }
        DraftError::Random(error) => error.into(),
    }
}

fn confirm(printer: Printer, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    match printer.ask(printer.language().of("签名并发送？", "Sign and send it?")) {
        Ok(Some(true)) => Ok(()),
        Ok(Some(false)) => Err(Failure::told("not_confirmed", "没有签名", "nothing was signed")),
        Ok(None) => Err(Failure::told(
            "not_confirmed",
            "没有签名：没有终端可供确认；加 --yes 则不询问即签名",
            "nothing was signed: there is no terminal to ask on; give --yes to sign without asking",
        )),
        Err(error) => {
            Err(Failure::told("not_confirmed", format!("没有签名：{error}"), format!("nothing was signed: {error}")))
        }
    }
}

/// The same file from the same key to the same log is the same submission, however often it is sent.
fn id_of(text: &str, client: &Client) -> SubmissionId {
    let hash = Sha256::new_with_prefix(ID_PREFIX)
        .chain_update(client.key.public())
        .chain_update(client.key.origin.as_bytes())
        .chain_update([0])
        .chain_update(text.as_bytes())
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    SubmissionId(id)
}

fn read(file: &Path) -> Result<String, Failure> {
    let limit = JSON_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::new("file_unreadable", format!("{}: {error}", file.display())))?;
    if bytes.len() > JSON_BYTES_MAX {
        let message = format!("{}: a report has at most {JSON_BYTES_MAX} bytes", file.display());
        return Err(Failure::new("file_too_large", message));
    }
    // Editors and shells of Windows write UTF-16, GBK, and marks of the byte order.
    let text =
        decode(&bytes).map_err(|error| Failure::new("file_encoding", format!("{}: {error}", file.display())))?;
    Ok(text.into_owned())
}
