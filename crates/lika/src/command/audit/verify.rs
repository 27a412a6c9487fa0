//! `lika audit verify`.

use super::EntryBar;
use super::source::SourceArgs;
use crate::exit::{Exit, log};
use crate::printer::Printer;
use lika_audit::auditor::{self, Verified};
use lika_domain::language::Language;
use serde::Serialize;
use std::time::Instant;

/// The log to verify.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    source: SourceArgs,
}

/// The result.
#[derive(Debug, Serialize)]
struct Report {
    source: String,
    origin: String,
    entries: u64,
    /// As in the checkpoint: base64.
    root: String,
    /// Tiles and bundles, older partial ones included; 0 if files cannot be listed.
    files: u64,
    /// Files beyond the checkpoint, which no signature covers.
    unsigned: Vec<String>,
    seconds: f64,
}

impl Verify {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let opened = self.source.open()?;
        let began = Instant::now();
        let mut bar = EntryBar::new(printer, printer.language().of("正在核验", "verifying"));
        let verified = auditor::verify(&opened.place, &opened.key, opened.threads, &mut bar);
        drop(bar);
        let verified = verified.map_err(|error| log(&error))?;
        let report = Report::new(self.source.name(), &verified, began.elapsed().as_secs_f64());
        printer.result(&report, |report| report.text(printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Report {
    fn new(source: &str, verified: &Verified, seconds: f64) -> Self {
        let unsigned = verified.checked.unsigned.iter().map(|path| path.display().to_string());
        Self {
            source: source.to_owned(),
            origin: verified.origin(),
            entries: verified.checkpoint.size,
            root: verified.checkpoint.root.to_string(),
            files: verified.checked.files,
            unsigned: unsigned.collect(),
            seconds,
        }
    }

    fn text(&self, language: Language) -> String {
        let Self { origin, entries, root, files, seconds, .. } = self;
        let checked = match files {
            0 => String::new(),
            files => language.of(format!("、{files} 个文件"), format!(", {files} files")),
        };
        let mut text = language.of(
            format!("{origin}：{entries} 条记录{checked}均与签名一致（{seconds:.2} 秒）\n  树根 {root}\n"),
            format!("{origin}: {entries} entries{checked} are as signed ({seconds:.2} s)\n  root {root}\n"),
        );
        if let Some(first) = self.unsigned.first() {
            let count = self.unsigned.len();
            text.push_str(&language.of(
                format!(
                    "  {count} 个文件在检查点之后，自 {first} 起：节点正在写入，或写入时被停止；其中的内容均未给过回执\n"
                ),
                format!(
                    "  {count} files are beyond the checkpoint, from {first} on: a node is writing them, or was \
                     stopped while it did; no receipt was given for anything in them\n"
                ),
            ));
        }
        text
    }
}
