//! Errors of a vault.

use lika_domain::rejection::{Code, Rejection};
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::error::StreamError;
use lika_ledger::SubmitError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A vault cannot be created, opened or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VaultError {
    /// An operating system call failed.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// A stored record is not what was written.
    #[error("{path}, record {record}: {reason}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Number of the record, from 0.
        record: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A key file does not have 32 bytes.
    #[error("{0} is not a key of 32 bytes")]
    TagKey(PathBuf),
    /// Another process uses the vault.
    #[error("{0} is in use by another process")]
    Locked(PathBuf),
    /// There is a vault already.
    #[error("{0} is a vault already")]
    Exists(PathBuf),
    /// There is no vault. Without it personal data cannot be read, and a citizen who is registered already would not
    /// be recognised; so a new one is never created in its place.
    #[error("{0} is missing: the data keys of this log were kept there")]
    Missing(PathBuf),
    /// An error of the stream of data keys.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A message of the stream does not open with `wrap.key`: it is another vault's, or was changed.
    #[error("the data key {number} of {subject} in the stream does not open with this wrap.key")]
    Sealed {
        /// Household or official number.
        subject: u64,
        /// Number of the key.
        number: u32,
    },
    /// A message of the stream is not a data key.
    #[error("{0} in the stream of data keys is not a data key")]
    NoKey(String),
    /// The vault was closed normally.
    #[error("the vault is closed")]
    Closed,
}

/// Keys were not stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The subject has another key with this number.
    #[error("subject {subject} has another data key {number}")]
    Changed {
        /// Household or official number.
        subject: u64,
        /// Number of the key.
        number: u32,
    },
    /// Too many keys wait to be written.
    #[error("too many keys wait to be written")]
    Busy,
    /// The vault has stopped.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl VaultError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source: Arc::new(source) }
    }
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Changed { subject, number } => {
                Rejection::of(Code::DataKeyChanged, "keys", format!("key {number} of {subject}")).into()
            }
            StoreError::Busy => Self::Busy,
            StoreError::Vault(VaultError::Io { path, source }) => Self::Unavailable(LogError::Io { path, source }),
            StoreError::Vault(_) => Self::Unavailable(LogError::Closed),
        }
    }
}
