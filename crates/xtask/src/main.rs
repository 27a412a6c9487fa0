//! Chores of the repository: `cargo xtask test`, `tidy`, `nats`, `cluster` and `soak`.
//!
//! This file parses the arguments and calls:
//!
//! * [`mod@test`]: every check the project has, in order, each with its time;
//! * [`tidy`]: checks beyond the compiler's: dependency direction, lengths, README, leaked words, proto comments;
//! * [`soak`]: the long tests, with more rounds than in `test`;
//! * [`cluster`]: distributed services on this machine;
//! * [`nats`]: the nats-server for testing distributed services;
//! * [`required_tools`]: tools that the checks need and a machine may lack;
//! * [`process`]: starting a tool and waiting for it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use clap::{CommandFactory, Parser, Subcommand};

mod browser;
mod cluster;
mod nats;
mod process;
mod required_tools;
mod soak;
mod test;
mod tidy;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check and test everything; what continuous integration runs
    Test,
    /// Check beyond the compiler: dependency direction, lengths, README, leaked words, proto comments
    Tidy,
    /// Fetch the nats-server for testing distributed services, and print its path
    Nats,
    /// Start, stop and show three nats-servers and two instances of each service on this machine
    Cluster(cluster::Cluster),
    /// Run the long tests for longer than `test` does
    Soak(soak::Soak),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    match &arguments.chore {
        Chore::Test => test::run(&root, &chore_names()),
        Chore::Tidy => tidy::run(&root, &chore_names()),
        Chore::Nats => print_path(&nats::server(&root)?),
        Chore::Cluster(cluster) => cluster.run(&root),
        Chore::Soak(soak) => soak.run(&root),
    }
}

/// Prints the command's only result to standard output.
#[expect(clippy::print_stdout, reason = "a path for other commands to take")]
fn print_path(path: &std::path::Path) -> Result<()> {
    println!("{}", path.display());
    Ok(())
}

/// The folder of the root `Cargo.toml`, also when started in a folder below it.
fn workspace_root() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    Ok(metadata.workspace_root.into_std_path_buf())
}

/// Names of the commands, for checking README's `cargo xtask …` lines.
fn chore_names() -> Vec<String> {
    Arguments::command().get_subcommands().map(|chore| chore.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
        assert_eq!(chore_names(), ["test", "tidy", "nats", "cluster", "soak"]);
    }

    #[test]
    fn root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(workspace_root().unwrap().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }
}
