//! Errors of views, and what to do about them. A view is never repaired or cleared here: a person who has seen the
//! error deletes the folder, and it is rebuilt from the log. Only after a power cut does a node do so by itself.

use lika_domain::ids::Index;
use std::path::PathBuf;

/// Why a view does not open, does not continue, or cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Another process has the store open.
    #[error("the views in {path} are in use by another process")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The machine stopped while the store was open. Unlike all other damage this has a known cause: a node deletes
    /// the folder by itself then, and says so.
    #[error(
        "the views in {path} were open when the machine stopped, and may have lost or damaged anything. They hold \
         nothing that the log does not: delete that folder, and they are rebuilt at the next start"
    )]
    UncleanShutdown {
        /// The folder.
        path: PathBuf,
    },
    /// The store is not as it was closed.
    #[error(
        "the views in {path} were damaged or changed since they were closed. They hold nothing that the log does not: \
         delete that folder, and they are rebuilt at the next start"
    )]
    Changed {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the store, or beside it, cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// The store does not open: it is damaged or not readable.
    #[error(
        "the views in {path} do not open: {source}. They hold nothing that the log does not: delete that folder, and \
         they are rebuilt at the next start"
    )]
    Open {
        /// The folder.
        path: PathBuf,
        /// The error of the store.
        source: sled::Error,
    },
    /// The store failed while it was read or written.
    #[error("the views in {path} cannot be read or written: {source}. If that lasts, delete that folder and restart")]
    Store {
        /// The folder.
        path: PathBuf,
        /// The error of the store.
        source: sled::Error,
    },
    /// A row is not what this version writes.
    #[error(
        "the views in {path} hold a damaged row ({key}): delete that folder, and they are rebuilt at the next start"
    )]
    Row {
        /// The folder.
        path: PathBuf,
        /// Its key, in hexadecimal digits.
        key: String,
    },
    /// The store was written by a version with another layout.
    #[error(
        "the views in {path} have format {found}, this version has {known}: delete that folder, and they are rebuilt \
         at the next start"
    )]
    Format {
        /// The folder.
        path: PathBuf,
        /// The format of the store; 0 if it states none.
        found: u16,
        /// The format of this version.
        known: u16,
    },
    /// The store was made from another log.
    #[error(
        "the views in {path} are of another log ({found}), not of {expected}: if the folder is in the right place, \
         delete it, and the views are rebuilt at the next start"
    )]
    OtherLog {
        /// The folder.
        path: PathBuf,
        /// The origin of the log they were made from.
        found: String,
        /// The origin of this log.
        expected: String,
    },
    /// The store has applied entries that the log does not have.
    #[error(
        "the views in {path} have applied {applied} entries, which this log of {size} does not have: first find out \
         whether the log was shortened or exchanged; only then delete that folder"
    )]
    Ahead {
        /// The folder.
        path: PathBuf,
        /// How many entries the views have applied.
        applied: u64,
        /// How many entries the log has.
        size: u64,
    },
    /// The log has another entry where the views end.
    #[error(
        "the views in {path} have applied another entry {index} than the one in this log: first find out whether the \
         log was exchanged; only then delete that folder"
    )]
    OtherEntry {
        /// The folder.
        path: PathBuf,
        /// The entry.
        index: Index,
    },
    /// An entry came that does not follow the last one.
    #[error("entry {found} came instead of entry {expected}: entries are applied one after the other")]
    Gap {
        /// The entry that was expected.
        expected: Index,
        /// The entry that came.
        found: Index,
    },
    /// The views did not reach the requested entry in time.
    #[error("the views have applied {applied} entries, but not yet entry {index}")]
    Behind {
        /// The entry asked for.
        index: Index,
        /// How many entries were applied.
        applied: u64,
    },
}
