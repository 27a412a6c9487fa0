//! The client's folder: keys, submissions that wait to be sent, receipts.
//!
//! ```text
//! lock                     held while a command uses the folder
//! keys/NAME.key            a signing key, JSON, for the owner only; its seed under a passphrase, or not
//! devices/KEYID.json       the last submission of a key that the log took
//! logs/ORIGIN.vkey         verifier key of a log, as first seen
//! datakeys/NUMBER.json     data keys of a household or official; HASH.bundle has the first keys of many households
//! imports/ID.json          which rows of a table went into which submissions, by hashes keyed with imports/secret
//! pending/ID.submission    written and synced before it is sent; gone once its receipt is kept
//! refused/ID.submission    what the log refused, with the refusal beside it as ID.json
//! unfinished/KEYID-EVENT   answers to the questions of a report that was not finished, encrypted
//! receipts/ID.entry        the entry of the log, and beside it ID.tlog-proof, its proof
//! ```
//!
//! Every file is written under another name, synced, and renamed, so a crash leaves it whole or as it was.

pub(crate) mod file;

mod data_keys;
mod imports;
mod keys;
mod logs;
mod pending;
mod protected;
mod receipts;
mod unfinished;

pub use data_keys::DataKeys;
pub use imports::{ImportPlan, PlannedItem};
pub use keys::KeyFile;
pub use pending::Pending;
pub use receipts::{KeptReceipt, Refused};

use crate::compose::ComposeError;
use crate::random::RandomError;
use crate::receipt::ReceiptError;
use crate::unlocked::Unlocked;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The folder, locked for as long as this lives.
#[derive(Debug)]
pub struct Home {
    dir: PathBuf,
    unlocked: Unlocked,
    _lock: File,
    bundles: data_keys::Bundles,
}

/// Errors of the folder.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// An operating system call failed.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The error it gave.
        source: std::io::Error,
    },
    /// Another command uses the folder.
    #[error("{path} is in use by another command; wait for it to end", path = path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// A file is not what the client wrote.
    #[error("{path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file of that name exists and must not be overwritten.
    #[error("{path} exists already", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no key of that name.
    #[error("there is no key named {0}")]
    KeyUnknown(String),
    /// The key is protected, and its passphrase has not been given.
    #[error("the key {0} is locked")]
    KeyLocked(String),
    /// The passphrase does not open the key, or its file was changed.
    #[error("this is not the passphrase of the key {0}")]
    PassphraseWrong(String),
    /// The passphrase is too easy to guess.
    #[error("the passphrase is too easy to guess")]
    PassphraseWeak,
    /// The key is protected in a way that this program does not know.
    #[error("the key {0} is protected in a way that this version does not know")]
    KeyNotUnderstood(String),
    /// The system has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The name is not allowed for a key.
    #[error("{0:?} is not a name for a key: 1 to 64 letters, digits, - and _")]
    NameInvalid(String),
    /// Another data key with that number is stored already.
    #[error("another data key {number} of {subject} is kept already")]
    DataKeyChanged {
        /// Household or official.
        subject: u64,
        /// Number of the key.
        number: u32,
    },
    /// A log shows another verifier key than when it was first met.
    #[error("{origin} shows another verifier key than before: {shown} instead of {known}")]
    LogKeyChanged {
        /// The log.
        origin: String,
        /// The key stored at the first contact.
        known: String,
        /// The key shown now.
        shown: String,
    },
    /// The text is not a verifier key of that log.
    #[error("{origin} does not show a verifier key of its own: {what}")]
    LogKeyInvalid {
        /// The log.
        origin: String,
        /// What is wrong with it.
        what: String,
    },
    /// A submission could not be composed again.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// A receipt is not valid.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

const FOLDERS: [&str; 9] =
    ["keys", "devices", "logs", "datakeys", "imports", "pending", "refused", "receipts", "unfinished"];

impl Home {
    /// Opens the folder and creates it if necessary.
    ///
    /// # Errors
    /// [`HomeError::Locked`] if another process has it open, [`HomeError`] of the system otherwise.
    pub fn open(dir: &Path) -> Result<Self, HomeError> {
        Self::open_with(dir, Unlocked::default())
    }

    /// The same with keys that were unlocked before, as by a process that opens the folder again and again.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(dir: &Path, unlocked: Unlocked) -> Result<Self, HomeError> {
        for folder in FOLDERS {
            file::make_folder(&dir.join(folder))?;
        }
        let path = dir.join("lock");
        let lock = File::create(&path).map_err(HomeError::at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), unlocked, _lock: lock, bundles: data_keys::Bundles::default() }),
            Err(TryLockError::WouldBlock) => Err(HomeError::Locked { path: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(HomeError::at(&path)(error)),
        }
    }

    /// The default folder: `LIKA_HOME`, or `.lika` in the user's home; `None` if there is neither.
    pub fn default_dir() -> Option<PathBuf> {
        let named = std::env::var_os("LIKA_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        named.or_else(|| std::env::home_dir().map(|user| user.join(".lika")))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The keys that are unlocked.
    pub fn unlocked(&self) -> &Unlocked {
        &self.unlocked
    }

    fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.dir.join(folder).join(name)
    }
}

impl HomeError {
    /// Adds the file to an error of the system.
    pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }

    /// The error for a file that is not what the client wrote.
    pub(crate) fn damaged(path: &Path, what: impl std::fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), what: format!("{what}") }
    }
}

#[cfg(test)]
mod tests;
