//! The one binary of Lika: `lika help` lists what it does.
//!
//! In reading order:
//! * [`cli`]: the command line, a file per subcommand below [`command`]; [`examples`] in the help of each
//! * [`printer`], [`table`], [`numbers`]: the only places that write to the terminal, and how; [`questions`]: the only
//!   one that asks there
//! * [`new_file`]: the only place that writes a file where its user says
//! * [`exit`]: the exit code of each error, and its words; [`language`]: in which language they are
//!
//! `version.rs` is part of `build.rs`: the version that `lika --version` prints.

mod cli;
mod command;
mod examples;
mod exit;
mod language;
mod logging;
mod new_file;
mod numbers;
mod printer;
mod questions;
mod table;
#[cfg(test)]
mod version;

use crate::printer::Printer;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A node allocates many short-lived buffers on several threads: this takes 5 to 8 % more submissions a second than
/// the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    logging::start(cli.json);
    language::speak(language::chosen(cli.lang));
    let printer = Printer::new(cli.json, language::of_run());
    match cli::run(cli.command, printer) {
        Ok(exit) => exit.into(),
        Err(error) => printer.failure(&exit::classify(&error)).into(),
    }
}
