//! `lika audit`: checks that anyone can make of a log without trusting its operator.

mod replay;
mod source;
mod verify;

use crate::exit::Exit;
use crate::printer::Printer;
use clap::Subcommand;
use indicatif::ProgressBar;
use lika_audit::auditor::Watch;

/// Audits a log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check that a log is as it was signed: checkpoint, every bundle of entries, every tile, the root
    Verify(verify::Verify),
    /// Verify a log, then judge every entry again (signature, key, role and rule) and count its figures
    Replay(replay::Replay),
}

impl Audit {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Verify(verify) => verify.run(printer),
            Self::Replay(replay) => replay.run(printer),
        }
    }
}

/// A bar over the entries of a log, whose number is known once its checkpoint has been read.
struct EntryBar(ProgressBar);

impl EntryBar {
    fn new(printer: Printer, what: &'static str) -> Self {
        Self(printer.bar(0, what))
    }
}

impl Watch for EntryBar {
    fn at(&mut self, entries: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(entries);
    }
}

impl Drop for EntryBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
