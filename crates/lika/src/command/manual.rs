//! `lika completions` and `lika man`: what a shell and `man` know of the commands, made from the commands themselves.

use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::Command;
use clap_complete::Shell;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell that is to complete commands
    #[arg(value_enum)]
    shell: Shell,
}

/// The folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Folder for the pages; made if it does not exist
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Completions {
    /// Runs the command; `lika` is the command line.
    pub(crate) fn run(self, mut lika: Command, printer: Printer) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut lika, "lika", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        printer.result(&json!({"shell": self.shell.to_string(), "script": script}), |_| script.clone())?;
        Ok(Exit::Done)
    }
}

impl Man {
    /// Runs the command: a page for each command, as `lika-key-new.1`.
    pub(crate) fn run(self, lika: Command, printer: Printer) -> anyhow::Result<Exit> {
        let unwritable = |error: std::io::Error| {
            let dir = self.dir.display();
            let zh = format!("{dir} 无法写入：{error}");
            Failure::told("file_unwritable", zh, format!("{dir} cannot be written: {error}"))
        };
        std::fs::create_dir_all(&self.dir).map_err(unwritable)?;
        clap_mangen::generate_to(lika, &self.dir).map_err(unwritable)?;
        let pages = pages(&self.dir).map_err(unwritable)?;
        printer.result(&json!({"dir": self.dir, "pages": pages}), |_| {
            let (count, dir) = (pages.len(), self.dir.display());
            let zh = format!("{dir} 中已写入 {count} 页；`man -l {dir}/lika.1` 可阅读\n");
            printer.language().of(zh, format!("{count} pages are in {dir}; `man -l {dir}/lika.1` shows the first\n"))
        })?;
        Ok(Exit::Done)
    }
}

/// The names of the pages, in order.
fn pages(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut pages = Vec::new();
    for file in std::fs::read_dir(dir)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if name.starts_with("lika") && name.ends_with(".1") {
            pages.push(name);
        }
    }
    pages.sort();
    Ok(pages)
}
