//! `lika policy`: shows the parameters in force with their sources, and sets them.

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
    /// Show the parameters in force for an area on a day, with their sources
    Show(show::Show),
    /// Set the parameters in a file, as an administrator
    Apply(apply::Apply),
}

impl Policy {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Show(show) => show.run(printer),
            Self::Apply(apply) => apply.run(printer),
        }
    }
}
