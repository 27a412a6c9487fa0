//! Errors of a log.

use crate::jetstream::error::StreamError;
use lika_domain::ids::Index;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An entry was not sequenced.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The caller expected another last entry of the area.
    #[error("the area's last entry is {last:?}")]
    Conflict {
        /// The area's last entry.
        last: Option<Index>,
    },
    /// The entry is over the limit of the bundle format.
    #[error("an entry of {bytes} bytes is over the limit of {} bytes", lika_tlog::bundle::ENTRY_BYTES_MAX)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Too many entries wait to be written.
    #[error("too many entries wait to be written")]
    Busy,
    /// The log has stopped.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// A log cannot be created, opened, read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// An operating system call failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error it gave.
        source: Arc<std::io::Error>,
    },
    /// The stored files are not the ones that were signed.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// Another process holds the folder's lock.
    #[error("{0} is in use by another process")]
    Locked(PathBuf),
    /// The folder holds a log already.
    #[error("{0} holds a log already")]
    Exists(PathBuf),
    /// The folder holds no log.
    #[error("{0} holds no log")]
    Missing(PathBuf),
    /// A key file cannot be read as a key, or belongs to another log.
    #[error("{path}: {reason}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The index or size is beyond what is published.
    #[error("entry {index} of {size} is out of range")]
    OutOfRange {
        /// The index asked for.
        index: Index,
        /// Entries that are published.
        size: u64,
    },
    /// The log has stopped after a failure.
    #[error("the log has stopped: {0}")]
    Stopped(Arc<LogError>),
    /// An error of the streams that order the log.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The log was closed normally.
    #[error("the log is closed")]
    Closed,
}

/// Something in a log contradicts its checkpoint: the file, the entry and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", match index { Some(index) => format!(", entry {index}"), None => String::new() })]
pub struct Damage {
    /// Path below the log's folder or address.
    pub file: String,
    /// First entry affected.
    pub index: Option<Index>,
    /// What is wrong with it.
    pub reason: String,
}

impl LogError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source: Arc::new(source) }
    }
}

impl Damage {
    /// Damage to a file, from entry `index` on.
    pub fn new(file: impl std::fmt::Display, index: Option<Index>, reason: impl Into<String>) -> Self {
        Self { file: file.to_string(), index, reason: reason.into() }
    }
}
