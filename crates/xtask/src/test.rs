//! `cargo xtask test`: every check the project has, in order.
//!
//! A step that fails does not stop those after it, so that one run shows everything there is to fix. The tests come
//! last: their summary ends the output.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::{cargo, say, succeed, succeeds_within, tool};
use crate::tidy;
use crate::{browser, nats, required_tools};

/// How long to wait for the advisory database, in seconds, before the step continues without it.
const ADVISORIES_SECONDS_MAX: u64 = 60;

/// Beginning of the names of the tests that need a browser.
const BROWSER_TESTS: &str = "desk::browser::";

type Step<'a> = (&'static str, &'a dyn Fn(&Path) -> Result<()>);

/// Runs all steps and prints each with its time. The error names the failed ones.
pub(crate) fn run(root: &Path, chores: &[String]) -> Result<()> {
    let tidy = |root: &Path| tidy::run(root, chores);
    let steps: [Step<'_>; 7] = [
        ("tidy", &tidy),
        ("format", &format),
        ("clippy", &clippy),
        ("doc", &doc),
        ("deny", &deny),
        ("doc tests", &doc_tests),
        ("tests, with a share of soak", &tests),
    ];
    run_steps(root, &steps)
}

fn run_steps(root: &Path, steps: &[Step<'_>]) -> Result<()> {
    let all = Instant::now();
    let mut failed = Vec::new();
    for (index, (name, step)) in steps.iter().enumerate() {
        let place = format!("[{}/{}] {name}", index + 1, steps.len());
        say(&place);
        let started = Instant::now();
        let outcome = step(root);
        let seconds = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => say(&format!("{place}: passed, {seconds:.1} s")),
            Err(error) => {
                say(&format!("{place}: FAILED, {seconds:.1} s: {error:#}"));
                failed.push(*name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    say(&format!("all {} steps passed, {:.1} s", steps.len(), all.elapsed().as_secs_f64()));
    Ok(())
}

fn format(root: &Path) -> Result<()> {
    succeed(cargo(root).args(["fmt", "--all", "--check"]))
}

fn clippy(root: &Path) -> Result<()> {
    succeed(cargo(root).args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn doc(root: &Path) -> Result<()> {
    succeed(cargo(root).args(["doc", "--quiet", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-Dwarnings"))
}

/// Licences, bans and sources of the dependencies, and known advisories if their database can be fetched.
fn deny(root: &Path) -> Result<()> {
    let program = required_tools::cargo_deny(root)?;
    let mut fetch = tool(root, &program);
    // Without this git would ask for a name and password at the terminal.
    fetch.args(["fetch", "db"]).env("GIT_TERMINAL_PROMPT", "0");
    let mut check = tool(root, &program);
    check.args(["--log-level", "error", "check", "--hide-inclusion-graph"]);
    if succeeds_within(&mut fetch, Duration::from_secs(ADVISORIES_SECONDS_MAX))? {
        return succeed(check.arg("--disable-fetch"));
    }
    say("no network to the advisory database: advisories and yanked releases are NOT checked in this run");
    succeed(check.args(["bans", "licenses", "sources"]))
}

fn doc_tests(root: &Path) -> Result<()> {
    succeed(cargo(root).args(["test", "--quiet", "--workspace", "--doc"]))
}

/// All other tests. The soak cases are among them and run their small share, as none of their variables is set.
fn tests(root: &Path) -> Result<()> {
    let nats = nats::server(root)?;
    if !required_tools::has_nextest(root) {
        say("cargo-nextest is not installed: cargo test runs the same tests, without their time limits");
        let mut test = cargo(root);
        test.args(["test", "--workspace", "--tests", "--no-fail-fast"]).env(nats::PROGRAM_VARIABLE, nats);
        match browser::variables(root) {
            Ok(variables) => drop(test.envs(variables)),
            Err(error) => {
                say(&format!("{error:#}: the journeys in a browser are NOT tested in this run"));
                test.args(["--", "--skip", BROWSER_TESTS]);
            }
        }
        return succeed(&mut test);
    }
    let profile = if env::var_os("CI").is_some() { "ci" } else { "default" };
    let mut nextest = cargo(root);
    nextest.args(["nextest", "run", "--workspace", "--no-fail-fast", "--profile", profile]);
    match browser::variables(root) {
        Ok(variables) => drop(nextest.envs(variables)),
        Err(error) => {
            say(&format!("{error:#}: the journeys in a browser are NOT tested in this run"));
            nextest.args(["-E", &format!("not test({BROWSER_TESTS})")]);
        }
    }
    succeed(nextest.env(nats::PROGRAM_VARIABLE, nats))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn steps_go_on_after_a_failure_and_the_error_names_it() {
        let ran = Cell::new(0);
        let good = |_: &Path| {
            ran.set(ran.get() + 1);
            Ok(())
        };
        let bad = |_: &Path| bail!("broken");
        let outcome = run_steps(Path::new("."), &[("first", &good), ("second", &bad), ("third", &good)]);
        assert_eq!(outcome.unwrap_err().to_string(), "failed: second");
        assert_eq!(ran.get(), 2);
        assert!(run_steps(Path::new("."), &[("first", &good)]).is_ok());
    }
}
