//! `lika audit verify`.

use super::EntryBar;
use super::source::SourceArgs;
use crate::exit::{Exit, log};
use crate::printer::Printer;
use lika_audit::auditor::{self, Verified};
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
        let mut bar = EntryBar::new(printer, "verifying");
        let verified = auditor::verify(&opened.place, &opened.key, opened.threads, &mut bar);
        drop(bar);
        let verified = verified.map_err(|error| log(&error))?;
        let report = Report::new(self.source.name(), &verified, began.elapsed().as_secs_f64());
        printer.result(&report, Report::text)?;
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

    fn text(&self) -> String {
        let Self { origin, entries, root, files, seconds, .. } = self;
        let checked = if *files > 0 { format!(", {files} files") } else { String::new() };
        let mut text = format!("{origin}: {entries} entries{checked} are as signed ({seconds:.2} s)\n  root {root}\n");
        if let Some(first) = self.unsigned.first() {
            let count = self.unsigned.len();
            text.push_str(&format!(
                "  {count} files are beyond the checkpoint, from {first} on: a node is writing them, or was stopped \
                 while it did; no receipt was given for anything in them\n"
            ));
        }
        text
    }
}
