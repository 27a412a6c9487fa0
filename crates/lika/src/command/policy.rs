//! `lika policy`: what holds where, from when and by what source; and setting it.

mod apply;
mod change;
mod file;
mod show;

use super::household::not_understood;
use crate::exit::Exit;
use crate::printer::Printer;

/// Parameters of the rules: lines, thresholds, days of publicity, limits, intervals, measures.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Policy {
    /// Show what holds for an area on a day, with its sources
    Show(show::Show),
    /// Set what a file holds, as an administrator
    Apply(apply::Apply),
}

impl Policy {
    /// Does it.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Show(show) => show.run(printer),
            Self::Apply(apply) => apply.run(printer),
        }
    }
}
