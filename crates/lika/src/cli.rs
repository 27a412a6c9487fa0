//! The command line: its subcommands and the code that runs each.

use crate::command::{
    audit, bench::Bench, demo::Demo, desk::Desk, household, import, key, log, manual, official, open, outbox, policy,
    progress, receipt, replica, report, run, serve, submit, whoami,
};
use crate::examples;
use crate::exit::{Exit, Failure};
use crate::language;
use crate::printer::Printer;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use lika_domain::language::Language;
use std::process::ExitCode;

/// A register of poverty households: officials submit signed reports, a verifiable log keeps them in order for ever,
/// and anyone can compute the figures again.
///
/// Results are on stdout, messages on stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 findings or something refused,
/// 4 integrity broken, 5 not authorised, 6 queued and not sent, 7 conflict.
#[derive(Debug, Parser)]
#[command(name = "lika", version = env!("LIKA_VERSION"))]
pub(crate) struct Cli {
    /// Print results as JSON, and an error as one JSON object on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of results, questions and errors [default: that of LC_ALL, LC_MESSAGES or LANG, else en]
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language::parser())]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make up a county, submit seven years of its history, and serve it
    ///
    /// With --nats it loads the county into distributed services instead, through any gateway found there. Their log
    /// must not be opened yet, and they must run with --composed-clock.
    Demo(Demo),
    /// Make a log, or a new stream for one
    #[command(subcommand)]
    Log(log::Log),
    /// Serve a log: all services in one process
    Serve(serve::Serve),
    /// Run one service of a county in a process of its own, over NATS
    Run(run::Run),
    /// Open a new log: its first entry, by its first administrator
    Open(open::Open),
    /// Make, show, enrol and revoke signing keys
    #[command(subcommand)]
    Key(key::Key),
    /// Report, look things up and keep receipts in the browser, on this machine and without a network
    ///
    /// The address opens the desk for one browser; a second start for the same folder finds the first and opens it
    /// again. Everything but sending works without a network. What is signed is sent by itself while the desk runs.
    Desk(Desk),
    /// Sign and send reports
    Submit(submit::Submit),
    /// Make a report by answering questions, list the events, or print an example of one
    Report(report::Report),
    /// Show, send or discard signed submissions that wait
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Check and show receipts, which prove that submissions are in the log
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Measure how fast this machine records and replays
    #[command(subcommand)]
    Bench(Bench),
    /// Make, check and submit tables: .xlsx or CSV
    #[command(subcommand)]
    Import(import::Import),
    /// Show the progress of an area
    Progress(progress::Progress),
    /// Show the parameters in force with their sources, or set them
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Show a household's card
    Household(household::Household),
    /// Show an official
    Official(official::Official),
    /// Keep a copy of your area on this device, to look up households and check reports without a connection
    #[command(subcommand)]
    Replica(replica::Replica),
    /// Show the official of the key, with their role, their area, and the events they may report
    Whoami(whoami::Whoami),
    /// Verify a log, or judge all of it again
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Print the script by which a shell completes commands
    Completions(manual::Completions),
    /// Write the manual: a page for each command
    Man(manual::Man),
}

/// The command line, with examples in the help of every command.
pub(crate) fn program() -> clap::Command {
    examples::added_to(Cli::command())
}

/// Reads the command line. When this returns an error, the user has already been told.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let read = program().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    read.map_err(|error| {
        let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        // An argument need not be text.
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        if !asked && std::env::args_os().any(|arg| arg == "--json") {
            Printer::new(true, language::chosen(language::of_words(words)))
                .failure(&Failure::new("usage", error.render().to_string().trim()));
        } else {
            // If help cannot be written, nothing else can.
            let _ = error.print();
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
    })
}

/// Runs the command.
///
/// # Errors The cause of the failure; [`crate::exit::classify`] turns it into an exit code.
pub(crate) fn run(command: Command, printer: Printer) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(demo) => demo.run(printer),
        Command::Log(command) => command.run(printer),
        Command::Serve(serve) => serve.run(printer),
        Command::Run(run) => run.run(printer),
        Command::Open(open) => open.run(printer),
        Command::Key(command) => command.run(printer),
        Command::Desk(desk) => desk.run(printer),
        Command::Submit(submit) => submit.run(printer),
        Command::Report(report) => report.run(printer),
        Command::Outbox(command) => command.run(printer),
        Command::Receipt(command) => command.run(printer),
        Command::Bench(command) => command.run(printer),
        Command::Import(command) => command.run(printer),
        Command::Progress(command) => command.run(printer),
        Command::Policy(command) => command.run(printer),
        Command::Household(command) => command.run(printer),
        Command::Official(command) => command.run(printer),
        Command::Replica(command) => command.run(printer),
        Command::Whoami(whoami) => whoami.run(printer),
        Command::Audit(command) => command.run(printer),
        Command::Completions(completions) => completions.run(program(), printer),
        Command::Man(man) => man.run(program(), printer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        program().debug_assert();
    }

    /// Exit codes are a promise to scripts: the help, the enum and the page of exit codes are one list.
    #[test]
    fn the_help_names_every_exit_code() {
        let help = Cli::command().get_long_about().unwrap().to_string();
        let named: Vec<_> = Exit::ALL.iter().map(|(exit, meaning)| format!("{} {meaning}", *exit as u8)).collect();
        let (usage, rest) = named.split_at(2);
        let named = format!("Exit codes: {}, 2 usage, {}.", usage.join(", "), rest.join(", "));
        assert!(help.contains(&named), "{named}\n{help}");
    }
}
