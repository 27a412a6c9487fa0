//! The command line: what may be said, and who does it.

use crate::command::{audit, log};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Records of poverty-alleviation households: officials submit what they report, signed; a verifiable log keeps it in
/// order for ever; everyone can repeat what it amounts to.
///
/// Results are on stdout, messages on stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 findings or something refused,
/// 4 integrity broken, 5 not authorised, 6 queued and not sent, 7 conflict.
#[derive(Debug, Parser)]
#[command(name = "lika", version)]
pub(crate) struct Cli {
    /// Print results as JSON, and an error as one JSON object on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a log
    #[command(subcommand)]
    Log(log::Log),
    /// Verify a log, or judge all of it again
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Reads the command line. What cannot be understood has been answered when this returns an error.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if !asked && std::env::args_os().any(|arg| arg == "--json") {
            Printer::new(true).failure(&Failure::new("usage", error.render().to_string().trim()));
        } else {
            // Where help cannot be written, nothing else can.
            let _ = error.print();
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
    })
}

/// Does what was asked for.
///
/// # Errors
/// Whatever kept it from being done; [`crate::exit::classify`] makes an exit code of it.
pub(crate) fn run(command: Command, printer: Printer) -> anyhow::Result<Exit> {
    match command {
        Command::Log(command) => command.run(printer),
        Command::Audit(command) => command.run(printer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
