//! The client's folder: keys, drafts, submissions in every state, receipts.
//!
//! ```text
//! lock, sending.lock         held while files are changed, and while submissions are sent
//! keys/NAME.key              a signing key, JSON, for the owner only; its seed under a passphrase, or not
//! devices/KEYID.json         the last submission of a key that the log took
//! logs/ORIGIN.vkey           verifier key of a log, as first seen
//! datakeys/NUMBER.json       data keys of a household or official, encrypted; HASH.bundle: the first of many
//! imports/ID.json            which rows of a table went into which submissions, by hashes keyed with imports/secret
//! tables/ID.json             a table that is being imported, in the clear; its file is tables/ID/NAME
//! drafts/ID.json             草稿 draft: a report that is not signed yet, encrypted
//! pending/ID.submission      待发 queued and 发送中 sending: written and synced before it is first sent
//! refused/ID.submission      需更正 needs correction and 冲突 conflict: the log refused it
//! quarantine/NAME.submission 隔离 quarantined: its key was revoked, or the file cannot be read
//! discarded/ID.submission    已放弃 discarded by the official (a draft: ID.draft)
//! unfinished/KEYID-EVENT     answers to the questions of a report that was not finished, encrypted
//! receipts/ID.entry          已受理 receipted: the entry of the log, and beside it ID.tlog-proof, its proof
//! replicas/ORIGIN/           replicas of areas, encrypted, each for one key, with a lock of their own
//! ```
//!
//! Encrypted is what only an unlocked key opens (`home::sealed`); where there is a key without a passphrase, or none,
//! drafts and data keys are stored as they are. A submission without a receipt holds the data keys of what is personal
//! in it, in the clear: it is sent while every key is locked.
//!
//! The state of a submission is the folder it lies in, and beside it `ID.json` is a [`Note`]: tries, errors, reason.
//! What moves on is written to its new folder before it is removed from the old one, so a crash can leave it in two:
//! then the receipt counts, or else what is queued, or else what was set aside last. Every file is written under
//! another name, synced, and renamed, so a crash leaves it whole or as it was. Nothing without a receipt is ever
//! deleted. Whatever the client makes is for its owner only: folders 0700, files 0600.

pub(crate) mod file;
pub(crate) mod lock;

mod aside;
mod chains;
mod data_keys;
mod drafts;
mod folders;
mod imports;
mod item;
mod items;
mod keys;
mod logs;
mod notes;
mod pending;
mod protected;
mod receipts;
mod sealed;
mod submission;
mod tables;
mod unfinished;

pub use aside::Retried;
pub use data_keys::DataKeys;
pub use drafts::KeptDraft;
pub use imports::{ImportPlan, PlannedItem};
pub use item::{EventName, Item, State};
pub use keys::KeyFile;
pub use notes::Note;
pub use receipts::KeptReceipt;
pub use submission::Pending;
pub use tables::KeptTable;

pub(crate) use receipts::id;

use crate::compose::ComposeError;
use crate::problem::KeptCode;
use crate::random::RandomError;
use crate::receipt::ReceiptError;
use crate::unlocked::Unlocked;
use lika_domain::ids::{KeyId, SubmissionId};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder. Copies, and other processes, may use it at the same time: a method that writes locks it for as long as
/// that takes.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
    unlocked: Unlocked,
    bundles: Arc<data_keys::Bundles>,
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
    /// Another process is changing files of the folder, and did not end in time.
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
    /// There is nothing of that id in a state in which this can be done.
    #[error("{id}: {}", .code.en())]
    NotInState {
        /// The id that was given.
        id: String,
        /// Why not, with messages.
        code: KeptCode,
    },
    /// The key cannot sign this submission.
    #[error("the key {name} cannot sign {id}: {what}")]
    KeyDoesNotFit {
        /// Name of the key.
        name: String,
        /// The submission.
        id: SubmissionId,
        /// Why not.
        what: String,
    },
    /// The key that signed a submission is not in the folder, so it cannot sign it again.
    #[error("the key {0} is not on this device")]
    SignerMissing(KeyId),
    /// A submission could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// A receipt is not valid.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

const FOLDERS: [&str; 13] = [
    "keys",
    "devices",
    "logs",
    "datakeys",
    "imports",
    "tables",
    "drafts",
    "pending",
    "refused",
    "quarantine",
    "discarded",
    "receipts",
    "unfinished",
];

impl Home {
    /// Opens the folder and creates it if necessary.
    ///
    /// # Errors
    /// If a folder cannot be made.
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
        Ok(Self { dir: dir.to_owned(), unlocked, bundles: Arc::default() })
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

    /// Writes a file of another part of the client into the folder, whole or not at all, for its owner only. Only one
    /// process at a time may write it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_beside(&self, name: &str, bytes: &[u8]) -> Result<(), HomeError> {
        file::write(&self.dir.join(name), bytes)
    }

    /// Makes a folder of another part of the client in the folder, for its owner only; does nothing if it is there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn make_folder(&self, name: impl AsRef<Path>) -> Result<(), HomeError> {
        file::make_folder(&self.dir.join(name))
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
