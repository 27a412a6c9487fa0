//! What may go wrong with a log.

use crate::jetstream::error::StreamError;
use lika_domain::ids::Index;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An entry was not ordered.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The area has another last entry than the caller thought.
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
    /// More waits to be written than is kept in memory.
    #[error("too much waits to be written")]
    Busy,
    /// The log has stopped.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// A log cannot be opened, read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// What is stored is not what was signed.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// Another process has the folder.
    #[error("{0} is in use by another process")]
    Locked(PathBuf),
    /// The folder holds a log already.
    #[error("{0} holds a log already")]
    Exists(PathBuf),
    /// There is no log.
    #[error("{0} holds no log")]
    Missing(PathBuf),
    /// A key file is not one, or belongs to another log.
    #[error("{path}: {reason}")]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Asked for what is not published.
    #[error("entry {index} of {size} is out of range")]
    OutOfRange {
        /// Asked for.
        index: Index,
        /// PublishedLog.
        size: u64,
    },
    /// The log has stopped after a failure.
    #[error("the log has stopped: {0}")]
    Stopped(Arc<LogError>),
    /// The streams that order the log.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The log was closed in good order.
    #[error("the log is closed")]
    Closed,
}

/// Something in a log is not what its checkpoint says: which file, which entry, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", match index { Some(index) => format!(", entry {index}"), None => String::new() })]
pub struct Damage {
    /// Path below the log's folder or address.
    pub file: String,
    /// First entry concerned.
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
    /// Of a file, from an entry on.
    pub fn new(file: impl std::fmt::Display, index: Option<Index>, reason: impl Into<String>) -> Self {
        Self { file: file.to_string(), index, reason: reason.into() }
    }
}
