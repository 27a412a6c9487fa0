//! Prints a page to PDF with a browser of this machine.

use crate::exit::Failure;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Names under which browsers that print without a window are installed.
const NAMES: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge"];
/// Places where Windows has one.
const WINDOWS: [&str; 2] = [
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];
/// The variable that names another one.
const VARIABLE: &str = "LIKA_BROWSER";
/// Longest time that printing may take.
const TIME_MAX: Duration = Duration::from_secs(60);
/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(50);

/// A browser that prints.
pub(super) fn find() -> Result<PathBuf, Failure> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    installed.chain(WINDOWS.map(PathBuf::from)).find(|file| file.is_file()).ok_or_else(|| {
        Failure::told(
            "browser_missing",
            format!("生成 PDF 需要 Chromium、Chrome 或 Edge：请安装其一，或用 {VARIABLE} 指定；也可生成 .html 后由浏览器打印"),
            format!(
                "a PDF needs Chromium, Chrome or Edge: install one or name it in {VARIABLE}, or write an .html file \
                 and print it from any browser"
            ),
        )
    })
}

/// Prints a page. The browser gets a profile of its own, which is deleted afterwards with the page.
pub(super) fn print(browser: &Path, page: &str, pdf: &Path) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let (html, printed) = (dir.path().join("card.html"), dir.path().join("card.pdf"));
    std::fs::write(&html, page)?;
    let mut option = std::ffi::OsString::from("--print-to-pdf=");
    option.push(&printed);
    let mut profile = std::ffi::OsString::from("--user-data-dir=");
    profile.push(dir.path().join("profile"));
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    command.args(["--disable-sync", "--disable-component-update", "--no-pdf-header-footer"]);
    // A browser does not run with its sandbox as the administrator of a Unix system; the page is our own.
    if std::env::var_os("USER").is_some_and(|user| user == "root")
        || std::env::var_os("HOME").is_some_and(|home| home == "/root")
    {
        command.arg("--no-sandbox");
    }
    command.args([&profile, &option]).arg(&html);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let failed = |what: String| {
        let name = browser.display();
        let zh = format!("浏览器 {name} 没有生成 PDF：{what}；可生成 .html 后自行打印");
        Failure::told("browser_failed", zh, format!("the browser {name} printed no PDF: {what}; write an .html file"))
    };
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > TIME_MAX {
            child.kill()?;
            child.wait()?;
            return Err(failed(format!("{} s", TIME_MAX.as_secs())).into());
        }
        std::thread::sleep(LOOK);
    };
    if !status.success() || !printed.is_file() {
        return Err(failed(status.to_string()).into());
    }
    std::fs::copy(&printed, pdf)?;
    Ok(())
}
