//! Starting a tool and waiting for it.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const POLL_MS: u64 = 50;

/// The cargo that runs this command, in `root` and without standard input, so that nothing can wait for it.
/// Environment variables about the xtask package are removed: build scripts that read them (such as ring's) would run
/// again, and their dependents be rebuilt, whenever xtask and a person take turns.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = tool(root, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Any other tool, in `root` and without standard input.
pub(crate) fn tool(root: &Path, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).stdin(Stdio::null());
    command
}

/// Runs to the end with the output passed through. Any exit code but 0 is an error that names the command.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Whether the command ends with exit code 0 within `limit`; its output is dropped, and it is killed at the limit.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let line = shown(command);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(POLL_MS));
    }
}

/// Prints a line to standard error; standard output is left to the tools.
#[expect(clippy::print_stderr, reason = "this is the printer of the chores")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// The command as one would type it, without the program's folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = tool(Path::new("."), "sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn failure_names_the_command() {
        assert!(succeed(&mut shell("exit 0")).is_ok());
        let error = succeed(&mut shell("exit 3")).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 3") && error.contains("exit status: 3"), "{error}");
        let missing = succeed(&mut tool(Path::new("."), "/no/such/tool")).unwrap_err().to_string();
        assert_eq!(missing, "cannot start `tool`");
    }

    #[test]
    fn slow_command_is_killed_at_the_limit() {
        let started = Instant::now();
        assert!(!succeeds_within(&mut shell("exec sleep 30"), Duration::from_millis(100)).unwrap());
        assert!(started.elapsed() < Duration::from_secs(20));
        assert!(succeeds_within(&mut shell("exit 0"), Duration::from_secs(20)).unwrap());
        assert!(!succeeds_within(&mut shell("exit 1"), Duration::from_secs(20)).unwrap());
    }
}
