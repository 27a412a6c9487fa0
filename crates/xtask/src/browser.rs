//! What the tests of the desk's pages need: Chromium, and axe-core, which finds what some people could not use.
//!
//! A browser is too large to fetch for one program's tests, so it is taken from the system: named in `LIKA_CHROMIUM`,
//! on PATH, or installed with apt where this may be done. axe-core comes in a wheel, under the Mozilla Public License
//! 2.0; it is run by tests alone and is part of nothing that is built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Result;

use crate::process::{say, succeeds_within, tool};
use crate::required_tools::{tools_folder, wheel};

/// Names the browser; the tests read it too.
const CHROMIUM: &str = "LIKA_CHROMIUM";
/// Names axe-core's script; the tests read it too.
const AXE: &str = "LIKA_AXE";
/// Names of the program.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// How long apt may take, in seconds.
const APT_SECONDS_MAX: u64 = 300;
/// The Python package whose wheel contains axe-core's script, its release and hash.
const AXE_WHEEL: (&str, &str, &str) =
    ("axe-playwright-python", "0.1.8", "fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8");
/// Where the script is in it.
const AXE_SCRIPT: &str = "axe_playwright_python/axe.min.js";

/// The variables that name both to the tests. The error says what is missing.
pub(crate) fn variables(root: &Path) -> Result<[(&'static str, PathBuf); 2]> {
    Ok([(CHROMIUM, chromium(root)?), (AXE, axe(root)?)])
}

fn chromium(root: &Path) -> Result<PathBuf> {
    if let Some(named) = env::var_os(CHROMIUM) {
        return Ok(named.into());
    }
    if let Some(found) = found() {
        return Ok(found);
    }
    say("installing Chromium with apt-get, for the tests of the desk's pages");
    let mut apt = tool(root, "apt-get");
    apt.args(["install", "--yes", "--no-install-recommends", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive");
    // It fails where only an administrator may install, or where there is no apt.
    let _ = succeeds_within(&mut apt, Duration::from_secs(APT_SECONDS_MAX));
    found().ok_or_else(|| anyhow::anyhow!("there is no Chromium; install one, or name it in {CHROMIUM}"))
}

fn found() -> Option<PathBuf> {
    let runs = |name: &&&str| {
        let mut version = Command::new(name);
        version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    };
    PROGRAMS.iter().find(runs).map(PathBuf::from)
}

fn axe(root: &Path) -> Result<PathBuf> {
    if let Some(named) = env::var_os(AXE) {
        return Ok(named.into());
    }
    let target = tools_folder()?.join("axe");
    let script = target.join(AXE_SCRIPT);
    if !script.exists() {
        let (name, version, hash) = AXE_WHEEL;
        say(&format!("fetching axe-core in {name} {version} into {}", target.display()));
        wheel(root, &target, name, version, &[hash])?;
    }
    Ok(script)
}
