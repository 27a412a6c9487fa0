//! Submissions that wait to be sent.
//!
//! A submission is written here before it is first sent, so that every retry sends the same bytes and the log answers
//! with the same receipt. There is no file for the submission composed last: it follows from what the log recorded
//! and what waits, so a crash cannot make the two disagree.

use super::folders::Folder;
use super::notes::now_s;
use super::submission::{self, Pending};
use super::{Home, HomeError, KeyFile, Note, file};
use crate::compose::{Chain, Composed, Device, Report};
use crate::key::Signer;
use crate::problem::{OutboxCode, Problem};
use lika_domain::ids::{KeyId, SubmissionId};
use prost::Message;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files that cannot be read, and why.
type Damaged = Vec<(PathBuf, HomeError)>;

impl Home {
    /// Composes, signs and stores the next submission of a key. From here on it is safe to send it. A draft of the
    /// same id is removed: it lives on in the submission. `composed_at_s` is the device's clock, in seconds since
    /// 1970-01-01 UTC.
    ///
    /// # Errors
    /// If the report is too large or malformed, or a file cannot be written; then nothing waits to be sent.
    pub fn compose(
        &self,
        key: &KeyFile,
        id: SubmissionId,
        composed_at_s: u64,
        report: Report,
    ) -> Result<Composed, HomeError> {
        let _held = self.writing()?;
        let composed = self.device(key)?.compose(id, composed_at_s, report)?;
        self.put_pending(&composed)?;
        Ok(composed)
    }

    /// Stores a submission and its data keys. From here on it is safe to send it. If another process composes with
    /// the same key meanwhile, two submissions have one number; one of them is signed again when they are sent, which
    /// [`Self::compose`] spares.
    ///
    /// # Errors
    /// If a file cannot be written; then it must not be sent.
    pub fn enqueue(&self, composed: &Composed) -> Result<(), HomeError> {
        let _held = self.writing()?;
        self.put_pending(composed)
    }

    fn put_pending(&self, composed: &Composed) -> Result<(), HomeError> {
        self.put_data_keys(&composed.signed.keys)?;
        self.put(Folder::Pending, composed.id, &composed.signed.encode_to_vec(), &Note::default())
    }

    /// Everything that waits, by key and in the order of composing. A file that cannot be read is left out; the next
    /// sending moves it into quarantine.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn pending(&self) -> Result<Vec<Pending>, HomeError> {
        Ok(self.read_pending()?.0)
    }

    /// The same, after every file that cannot be read was moved into quarantine, where it stays as it is.
    pub(crate) fn pending_without_damage(&self) -> Result<Vec<Pending>, HomeError> {
        let (pending, damaged) = self.read_pending()?;
        for (path, error) in damaged {
            self.quarantine_file(&path, &error.to_string())?;
        }
        Ok(pending)
    }

    fn read_pending(&self) -> Result<(Vec<Pending>, Damaged), HomeError> {
        let (mut pending, mut damaged) = (Vec::new(), Damaged::new());
        for path in self.files(Folder::Pending)? {
            match submission::read(&path) {
                Ok(read) => pending.extend(read),
                Err(error) => damaged.push((path, error)),
            }
        }
        pending.sort_by_key(|one| (one.key, one.chain.sequence, one.id));
        Ok((pending, damaged))
    }

    /// Names of what waits, without reading it.
    pub(crate) fn pending_names(&self) -> Result<BTreeSet<String>, HomeError> {
        Ok(self.files(Folder::Pending)?.iter().map(|path| file::stem(path)).collect())
    }

    fn quarantine_file(&self, path: &Path, why: &str) -> Result<(), HomeError> {
        let _held = self.writing()?;
        let stem = file::stem(path);
        // A file of that name may be there already; neither may be lost. After a power cut it may be this one.
        let numbered = |n: u32| if n == 0 { stem.clone() } else { format!("{stem}-{n}") };
        let content = std::fs::read(path).ok();
        let is_free = |name: &String| {
            let there = self.submission_path(Folder::Quarantine, name);
            !there.exists() || content.is_some() && std::fs::read(there).ok() == content
        };
        let Some(name) = (0..).map(numbered).find(is_free) else { return Ok(()) };
        let note = self.note(Folder::Pending, &stem);
        let note = note.with_problems(vec![Problem::new(OutboxCode::FileDamaged, why)], 0);
        self.put_note(Folder::Quarantine, &name, &Note { set_aside_at_s: Some(now_s()), ..note })?;
        file::rename(path, &self.submission_path(Folder::Quarantine, &name))
    }

    /// Notes that a submission is sent now. `false` if it waits no more: it must not be sent.
    pub(crate) fn note_sending(&self, pending: &Pending) -> Result<bool, HomeError> {
        self.change_note(pending.id, |note| Note {
            tries: note.tries.saturating_add(1),
            last_tried_s: Some(now_s()),
            sending: true,
            undecided: true,
            ..note
        })
    }

    /// Notes why a submission still waits; `undecided` if it may be in the log all the same.
    pub(crate) fn note_failure(
        &self,
        id: SubmissionId,
        problems: Vec<Problem>,
        status: u32,
        undecided: bool,
    ) -> Result<(), HomeError> {
        let failed = |note: Note| Note { sending: false, undecided, ..note.with_problems(problems, status) };
        self.change_note(id, failed).map(|_| ())
    }

    /// Notes that a submission was written to a file for another machine.
    pub(crate) fn note_export(&self, id: SubmissionId) -> Result<(), HomeError> {
        self.change_note(id, |note| Note { exported_at_s: Some(now_s()), ..note }).map(|_| ())
    }

    fn change_note(&self, id: SubmissionId, change: impl FnOnce(Note) -> Note) -> Result<bool, HomeError> {
        let _held = self.writing()?;
        let name = id.to_string();
        if !self.submission_path(Folder::Pending, &name).exists() {
            return Ok(false);
        }
        self.put_note(Folder::Pending, &name, &change(self.note(Folder::Pending, &name)))?;
        Ok(true)
    }

    /// Signs a submission again that lost its place in the chain of its key, and stores it before it is sent. `None`
    /// if it waits no more.
    ///
    /// # Errors
    /// [`HomeError::SignerMissing`] if the key is not in the folder, [`HomeError::KeyLocked`] if it is locked.
    pub(crate) fn sign_again(&self, pending: &Pending, taken: Chain) -> Result<Option<Pending>, HomeError> {
        let (key, signer) = self.signer(pending.key)?;
        let _held = self.writing()?;
        if !self.submission_path(Folder::Pending, &pending.id.to_string()).exists() {
            return Ok(None);
        }
        let mut device = Device::new(signer, key.official, key.origin);
        device.set_chain(taken);
        let composed = device.compose_again(&pending.signed)?;
        let note = self.note(Folder::Pending, &pending.id.to_string());
        self.put(Folder::Pending, composed.id, &composed.signed.encode_to_vec(), &note)?;
        Ok(Some(Pending {
            chain: composed.chain,
            previous: taken.previous,
            signed: composed.signed,
            ..pending.clone()
        }))
    }

    /// The key of that id, which is unlocked, and its signer.
    pub(super) fn signer(&self, id: KeyId) -> Result<(KeyFile, Signer), HomeError> {
        // A damaged file of another key does not stand in the way.
        let files = file::list(&self.dir().join("keys"), "key")?;
        let mut keys = files.iter().filter_map(|path| self.key(&file::stem(path)).ok());
        let key = keys.find(|key| key.id() == id).ok_or(HomeError::SignerMissing(id))?;
        let signer = self.signer_of(&key)?;
        Ok((key, signer))
    }
}
