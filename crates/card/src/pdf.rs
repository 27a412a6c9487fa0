//! Prints a page to PDF with a browser of this machine.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The variable that names a browser.
pub const BROWSER_VARIABLE: &str = "LIKA_BROWSER";
/// Names under which browsers that print without a window are installed.
const NAMES: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge"];
/// Places where Windows has one.
const WINDOWS: [&str; 2] = [
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];
/// Longest time that printing may take.
const TIME_MAX: Duration = Duration::from_secs(60);
/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// This machine has no browser that prints without a window.
    #[error("a PDF needs Chromium, Chrome or Edge")]
    NoBrowser,
    /// The browser printed nothing.
    #[error("{}: {what}", browser.display())]
    NotPrinted {
        /// The browser.
        browser: PathBuf,
        /// What became of it.
        what: String,
    },
    /// A file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A browser that prints.
///
/// # Errors
/// [`PdfError::NoBrowser`].
pub fn find_browser() -> Result<PathBuf, PdfError> {
    if let Some(named) = std::env::var_os(BROWSER_VARIABLE).filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    installed.chain(WINDOWS.map(PathBuf::from)).find(|file| file.is_file()).ok_or(PdfError::NoBrowser)
}

/// Prints a page; the PDF. The browser gets a profile of its own, which is deleted afterwards with the page.
///
/// # Errors
/// If it does not print within a minute.
pub fn print(browser: &Path, page: &str) -> Result<Vec<u8>, PdfError> {
    let dir = tempfile::tempdir()?;
    let (html, printed) = (dir.path().join("card.html"), dir.path().join("card.pdf"));
    std::fs::write(&html, page)?;
    let failed = |what: String| PdfError::NotPrinted { browser: browser.to_owned(), what };
    let status = run(command(browser, dir.path(), &printed).arg(&html)).map_err(|error| failed(error.to_string()))?;
    if !status.success() || !printed.is_file() {
        return Err(failed(status.to_string()));
    }
    Ok(std::fs::read(&printed)?)
}

fn command(browser: &Path, dir: &Path, printed: &Path) -> Command {
    let option = |name: &str, path: &Path| {
        let mut option = OsString::from(name);
        option.push(path);
        option
    };
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    command.args(["--disable-sync", "--disable-component-update", "--no-pdf-header-footer"]);
    // A browser does not run with its sandbox as the administrator of a Unix system; the page is our own.
    if std::env::var_os("USER").is_some_and(|user| user == "root")
        || std::env::var_os("HOME").is_some_and(|home| home == "/root")
    {
        command.arg("--no-sandbox");
    }
    command.arg(option("--user-data-dir=", &dir.join("profile"))).arg(option("--print-to-pdf=", printed));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Waits for the browser to end, and ends it after the longest time.
fn run(command: &mut Command) -> io::Result<ExitStatus> {
    let mut child = command.spawn()?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() > TIME_MAX {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} s", TIME_MAX.as_secs())));
        }
        std::thread::sleep(LOOK);
    }
}
