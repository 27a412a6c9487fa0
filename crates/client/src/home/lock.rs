//! Who may write to the folder, and who may send from it.
//!
//! There are two locks, both of the operating system, which a process that dies gives back:
//!
//! * `lock` is held while files are changed: milliseconds, never while the network is waited for. Every method that
//!   writes takes it for itself. So a desk that runs all day, `lika outbox send --watch` and a command line work side
//!   by side. Readers take no lock: every file is replaced as a whole, and one that has gone meanwhile has moved on.
//! * `sending.lock` is held while submissions are sent: one process at a time talks to the node about them, which
//!   keeps the order of each device. Others go on writing; what they add is sent by whoever sends next.

use super::{Home, HomeError, file};
use lika_retry::{BlockingRetryable, LOCK};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest wait for another process that changes files, in milliseconds.
const WRITING_WAIT_MS: u64 = 5_000;
/// How often to look whether another process has ended sending, in milliseconds.
const SENDING_POLL_MS: u64 = 50;

/// A lock, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held(#[allow(dead_code, reason = "the open file holds the lock")] File);

impl Home {
    /// The right to change files. Waits for another process that has it.
    pub(super) fn writing(&self) -> Result<Held, HomeError> {
        wait_for(&self.dir().join("lock"))
    }

    /// The right to send. `None` if another process still has it after that long.
    pub(crate) async fn sending(&self, wait: Duration) -> Result<Option<Held>, HomeError> {
        let begun = Instant::now();
        loop {
            match try_lock(&self.dir().join("sending.lock"))? {
                None if begun.elapsed() < wait => tokio::time::sleep(Duration::from_millis(SENDING_POLL_MS)).await,
                held => return Ok(held),
            }
        }
    }

    /// Whether some process is sending now.
    pub(super) fn is_sending(&self) -> Result<bool, HomeError> {
        Ok(try_lock(&self.dir().join("sending.lock"))?.is_none())
    }
}

/// A lock that is held for milliseconds at a time. Waits for another process that has it.
pub(crate) fn wait_for(path: &Path) -> Result<Held, HomeError> {
    let begun = Instant::now();
    let soon = |error: &HomeError| {
        matches!(error, HomeError::Locked { .. }) && begun.elapsed() < Duration::from_millis(WRITING_WAIT_MS)
    };
    let locked = || {
        let folder = path.parent().unwrap_or(path).to_owned();
        try_lock(path)?.ok_or(HomeError::Locked { path: folder })
    };
    locked.retry(LOCK).sleep(std::thread::sleep).when(soon).call()
}

/// The lock, unless another process has it.
fn try_lock(path: &Path) -> Result<Option<Held>, HomeError> {
    let file = file::owners_only().truncate(false).open(path).map_err(HomeError::at(path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(HomeError::at(path)(error)),
    }
}
