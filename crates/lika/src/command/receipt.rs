//! `lika receipt`: checks and shows receipts, which prove that a submission is in the log without asking the log.

mod picture;

use super::card;
use super::client::HomeArgs;
use super::describe;
use super::outbox::submission;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::Table;
use anyhow::Context;
use clap::Subcommand;
use lika_card::{CODE_HEADER, Code, PICTURE_BYTES_MAX, is_picture};
use lika_client::Home;
use lika_client::home::KeptReceipt;
use lika_client::receipt::{self, Proven};
use lika_domain::language::Language;
use lika_proto::convert;
use lika_tlog::key::VerifierKey;
use lika_views::document::moment;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Largest file of a receipt that is read, in bytes: an entry, or a proof.
const FILE_BYTES_MAX: u64 = 65_536;

/// Receipts.
#[derive(Debug, Subcommand)]
pub(crate) enum Receipt {
    /// Check a receipt off line
    Verify(Verify),
    /// Check a receipt off line, and show everything that was reported with it
    Show(Verify),
    /// Check and show every receipt that is kept
    List(HomeArgs),
    /// Print the text of the code in a picture
    #[command(name = picture::COMMAND, hide = true)]
    ReadPicture {
        /// The picture
        file: PathBuf,
    },
}

/// The receipt to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The submission, 32 hexadecimal digits; the file of a proof, a tlog-proof; or a photograph of the code on a
    /// card, JPEG or PNG, or its text
    #[arg(value_name = "ID|FILE")]
    receipt: String,
    /// File of the entry [default: the file beside the proof that ends in .entry]
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
    /// Verifier key of the log, or a file with it [default: the one kept since the first contact]
    #[arg(long, value_name = "VKEY|FILE")]
    key: Option<String>,
    #[command(flatten)]
    home: HomeArgs,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    index: u64,
    recorded_at: String,
    origin: String,
    /// The key that signed it.
    key: String,
    /// Entries under the checkpoint that proves it.
    size: u64,
    /// The submission, in the JSON mapping of its message.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported: Option<serde_json::Value>,
}

impl Receipt {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Verify(verify) => verify.run(printer, false),
            Self::Show(verify) => verify.run(printer, true),
            Self::List(home) => list(printer, &home),
            Self::ReadPicture { file } => {
                picture::print(&read_up_to(&file, PICTURE_BYTES_MAX)?)?;
                Ok(Exit::Done)
            }
        }
    }
}

impl Verify {
    fn run(self, printer: Printer, reported: bool) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        if let Some(code) = self.code()? {
            let log = match &self.key {
                Some(key) => parse_key(key)?,
                None => key_of(&home, code.origin())?,
            };
            let proven =
                code.verify(&log).map_err(|error| Failure::new("card_not_proven", said(&error)).exit(Exit::Broken))?;
            return card::show(&proven, printer);
        }
        let kept = self.find(&home)?;
        let log = self.log_key(&home, &kept)?;
        let proven = receipt::verify(&kept.entry, &kept.proof, &log)?;
        let mut shown = Shown::new(&proven);
        if !reported {
            printer.result(&shown, |shown| shown.text(printer.language()))?;
            return Ok(Exit::Done);
        }
        let (_, signed) = convert::entry(proven.index, &kept.entry)?;
        shown.reported = Some(lika_proto::json::to_json("Submission", &signed.submission)?);
        let words = describe::submission(&signed.submission, printer.language())?;
        printer.result(&shown, |shown| format!("{}\n{words}", shown.text(printer.language())))?;
        Ok(Exit::Done)
    }

    /// The code of a card, if the file is a picture or the text of one.
    fn code(&self) -> anyhow::Result<Option<Code>> {
        let path = Path::new(&self.receipt);
        if submission(&self.receipt).is_ok() || !path.is_file() {
            return Ok(None);
        }
        let bytes = read_up_to(path, PICTURE_BYTES_MAX + 1)?;
        if is_picture(&bytes) {
            if bytes.len() as u64 > PICTURE_BYTES_MAX {
                let mebibytes = PICTURE_BYTES_MAX >> 20;
                let zh = format!("图片超过 {mebibytes} MiB");
                return Err(
                    Failure::told("picture_too_large", zh, format!("a picture has at most {mebibytes} MiB")).into()
                );
            }
            return Ok(Some(picture::code(path)?));
        }
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        if !text.trim_start().starts_with(CODE_HEADER) {
            return Ok(None);
        }
        Ok(Some(Code::parse(text).map_err(|error| Failure::new("card_unreadable", said(&error)))?))
    }

    fn find(&self, home: &Home) -> anyhow::Result<KeptReceipt> {
        if let Ok(id) = submission(&self.receipt) {
            let missing = || {
                Failure::told(
                    "receipt_missing",
                    format!("本机没有 {id} 的回执；`lika receipt list` 列出全部"),
                    format!("no receipt of {id} is kept; `lika receipt list` lists those that are"),
                )
            };
            return Ok(home.receipt(id)?.ok_or_else(missing)?);
        }
        let proof = Path::new(&self.receipt);
        let entry = read(&self.entry.clone().unwrap_or_else(|| proof.with_extension("entry")))?.into();
        let text = String::from_utf8(read(proof)?);
        let text = text.map_err(|_| {
            Failure::told(
                "receipt_invalid",
                format!("{} 不是回执证明文件", self.receipt),
                format!("{} is not text", self.receipt),
            )
        })?;
        Ok(KeptReceipt { entry, proof: text })
    }

    fn log_key(&self, home: &Home, kept: &KeptReceipt) -> anyhow::Result<VerifierKey> {
        if let Some(key) = &self.key {
            return parse_key(key);
        }
        kept_key(home, kept)
    }
}

/// Reads a verifier key, or a file with one.
fn parse_key(text: &str) -> anyhow::Result<VerifierKey> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let content = String::from_utf8_lossy(&read(Path::new(text))?).into_owned();
    let key = content.trim().parse::<VerifierKey>();
    Ok(key.map_err(|error| {
        Failure::told(
            "key_invalid",
            format!("{text} 中没有日志的验证密钥"),
            format!("{text} holds no verifier key: {error}"),
        )
    })?)
}

/// The verifier key that is kept for the log of a receipt.
fn kept_key(home: &Home, kept: &KeptReceipt) -> anyhow::Result<VerifierKey> {
    // The entry names the log; the proof is then checked to be from that log.
    let (entry, _) = convert::entry(0, &kept.entry).map_err(|rejection| {
        Failure::told("receipt_invalid", "条目无法读取", format!("the entry cannot be read: {rejection}"))
    })?;
    key_of(home, &entry.submission.origin)
}

/// The verifier key that is kept for a log.
fn key_of(home: &Home, origin: &str) -> anyhow::Result<VerifierKey> {
    let missing = || {
        let zh = format!("本机没有 {origin} 的验证密钥：请用 --key 指定");
        let en = format!("the verifier key of {origin} is not kept here: give it with --key");
        Failure::told("log_key_missing", zh, en)
    };
    Ok(home.log_key(origin)?.ok_or_else(missing)?)
}

fn list(printer: Printer, home: &HomeArgs) -> anyhow::Result<Exit> {
    let home = home.open()?;
    let mut shown = Vec::new();
    for id in home.receipts()? {
        let Some(kept) = home.receipt(id)? else { continue };
        let log = kept_key(&home, &kept)?;
        shown.push(Shown::new(
            &receipt::verify(&kept.entry, &kept.proof, &log).with_context(|| format!("receipt {id}"))?,
        ));
    }
    shown.sort_by(|a, b| (&a.origin, a.index).cmp(&(&b.origin, b.index)));
    printer.result(&shown, |shown| {
        let language = printer.language();
        let heads = language.of([">条目", "登记时间", "报送", "日志"], [">entry", "recorded", "submission", "log"]);
        let mut table = Table::new(&heads);
        for one in shown {
            table.row([&one.index, &one.recorded_at, &one.id, &one.origin]);
        }
        match table.is_empty() {
            true => language.of("本机没有回执\n", "no receipt is kept\n").to_owned(),
            false => table.to_string(),
        }
    })?;
    Ok(Exit::Done)
}

/// An error with all its causes.
fn said(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_up_to(path, FILE_BYTES_MAX)
}

fn read_up_to(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| {
        let path = path.display();
        Failure::told(
            "file_unreadable",
            format!("{path} 无法读取：{error}"),
            format!("{path} cannot be read: {error}"),
        )
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, bytes_max), &mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

impl Shown {
    fn new(proven: &Proven) -> Self {
        Self {
            id: proven.id.to_string(),
            index: proven.index,
            recorded_at: moment(proven.recorded_at_ms),
            origin: proven.origin.clone(),
            key: proven.key.to_string(),
            size: proven.size,
            reported: None,
        }
    }

    fn text(&self, language: Language) -> String {
        let Self { id, index, recorded_at, origin, key, size, .. } = self;
        let mut table = Table::pairs();
        let proven = language
            .of(format!("{origin} 第 {index} 条，{recorded_at}"), format!("entry {index} of {origin}, {recorded_at}"));
        table.row([&language.of("已证明", "proven"), &proven]);
        table.row([&language.of("报送", "submission"), id]);
        table.row([&language.of("签名密钥", "signed with"), key]);
        let checkpoint = language.of(format!("共 {size} 条"), format!("of {size} entries"));
        table.row([&language.of("检查点", "checkpoint"), &checkpoint]);
        table.to_string()
    }
}
