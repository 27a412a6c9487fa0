//! One desk for each folder: a second start finds the first and opens it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// The file that the running desk holds locked, with the address that opens it.
const FILE: &str = "desk.url";
/// Largest content of it that is read, in bytes.
const URL_BYTES_MAX: u64 = 1_024;

/// The right to be the desk of a folder, for as long as this lives.
#[derive(Debug)]
pub struct Single(File);

/// What a start finds.
#[derive(Debug)]
pub enum Start {
    /// No desk runs for the folder.
    First(Single),
    /// One runs already, and is opened by this address; empty if it is only just starting.
    Running(String),
}

/// Looks whether a desk runs for the folder.
///
/// # Errors
/// If the folder cannot be written or the file cannot be read.
pub fn start(dir: &Path) -> io::Result<Start> {
    let path = dir.join(FILE);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Start::First(Single(file))),
        Err(TryLockError::WouldBlock) => {
            let mut url = String::new();
            io::Read::read_to_string(&mut io::Read::take(&file, URL_BYTES_MAX), &mut url)?;
            Ok(Start::Running(url.trim().to_owned()))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Single {
    /// Tells later starts the address that opens this desk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn announce(&mut self, url: &str) -> io::Result<()> {
        self.0.set_len(0)?;
        writeln!(self.0, "{url}")?;
        self.0.sync_all()
    }
}

impl Drop for Single {
    fn drop(&mut self) {
        // The address of a desk that has ended opens nothing; that it stays after a kill does no harm.
        let _ = self.0.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_finds_the_first_and_the_next_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let Start::First(mut first) = start(dir.path()).unwrap() else { panic!("nothing runs") };
        assert!(matches!(start(dir.path()).unwrap(), Start::Running(url) if url.is_empty()));
        first.announce("http://127.0.0.1:1/enter/ab").unwrap();
        assert!(matches!(start(dir.path()).unwrap(), Start::Running(url) if url == "http://127.0.0.1:1/enter/ab"));
        drop(first);
        assert!(matches!(start(dir.path()).unwrap(), Start::First(_)));
    }
}
