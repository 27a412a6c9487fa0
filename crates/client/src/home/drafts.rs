//! Reports that are not signed yet.
//!
//! A draft has the id that its submission will have, so signing it twice makes one submission, and
//! [`Home::compose`] removes the draft when the submission is on disk. Names and citizen IDs are in it, so it is
//! encrypted: while the key is locked it is listed without its content.

use super::folders::Folder;
use super::keys::json;
use super::notes::now_s;
use super::receipts::id;
use super::sealed::Sealer;
use super::{Home, HomeError, Note, file};
use crate::problem::KeptCode;
use lika_domain::ids::SubmissionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A report that is not signed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptDraft {
    /// The id that its submission will have.
    pub id: SubmissionId,
    /// When it was last saved, in seconds since 1970-01-01 UTC, by this device's clock.
    pub saved_at_s: u64,
    /// The report in the form of [`mod@crate::file`], as far as it is filled in.
    pub report: Value,
}

/// The file of a draft: either the report as it is, or encrypted.
#[derive(Serialize, Deserialize)]
struct Stored {
    saved_at_s: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

impl Home {
    /// Saves a draft, over its former version if there is one. While every key is locked it is saved in the clear, and
    /// encrypted when one is unlocked.
    ///
    /// # Errors
    /// [`HomeError::NotInState`] if a submission of that id is signed already, [`HomeError::Damaged`] if the report
    /// is larger than can be read again.
    pub fn save_draft(&self, id: SubmissionId, report: &Value) -> Result<(), HomeError> {
        let _held = self.writing()?;
        if self.kept(id)?.is_some() || self.receipt(id)?.is_some() {
            return Err(HomeError::NotInState { id: id.to_string(), code: KeptCode::Signed });
        }
        let stored = Stored { saved_at_s: now_s(), report: Some(report.clone()), sealed: None };
        let stored = match self.sealer() {
            Ok(Some(mut sealer)) => stored.seal(id, &mut sealer)?,
            // A form was open when the key locked: what was typed is not lost, and the next unlocking encrypts it.
            Ok(None) | Err(HomeError::KeyLocked(_)) => stored,
            Err(error) => return Err(error),
        };
        let (bytes, path) = (json(&stored), self.draft_path(id));
        if bytes.len() as u64 > file::FILE_BYTES_MAX {
            return Err(HomeError::damaged(&path, format!("larger than {} bytes", file::FILE_BYTES_MAX)));
        }
        file::write(&path, &bytes)
    }

    /// A draft; `None` if there is none.
    ///
    /// # Errors
    /// [`HomeError::KeyLocked`] if the key that it was saved with is locked, or if its file cannot be read.
    pub fn draft(&self, id: SubmissionId) -> Result<Option<KeptDraft>, HomeError> {
        self.read_draft(&self.draft_path(id))
    }

    /// Reads the file of a draft; `None` if there is none.
    pub(super) fn read_draft(&self, path: &Path) -> Result<Option<KeptDraft>, HomeError> {
        let Some((id, Stored { saved_at_s, report, sealed })) = stored(path)? else { return Ok(None) };
        let damaged = |error: serde_json::Error| HomeError::damaged(path, error);
        let report = match (report, sealed) {
            (Some(report), None) => report,
            (None, Some(sealed)) => {
                let opened = self.unseal(path, &name_of(id), &sealed)?;
                serde_json::from_slice(&opened).map_err(damaged)?
            }
            _ => return Err(HomeError::damaged(path, "it has no report")),
        };
        Ok(Some(KeptDraft { id, saved_at_s, report }))
    }

    /// Encrypts drafts that lie in the clear. The caller has the right to change files.
    pub(super) fn seal_former_drafts(&self, sealer: &mut Sealer) -> Result<(), HomeError> {
        for path in self.draft_files()? {
            // One that is damaged stays as it is, and is shown as such.
            let Ok(Some((id, stored))) = stored(&path) else { continue };
            if stored.report.is_some() {
                file::write(&path, &json(&stored.seal(id, sealer)?))?;
            }
        }
        Ok(())
    }

    /// Every draft that can be read with the keys that are unlocked, the one saved last first. [`Self::outbox`] lists
    /// the others too.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn drafts(&self) -> Result<Vec<KeptDraft>, HomeError> {
        let files = file::list(&self.dir().join("drafts"), "json")?;
        let mut drafts: Vec<_> = files.iter().filter_map(|path| self.read_draft(path).ok().flatten()).collect();
        drafts.sort_by_key(|draft| (std::cmp::Reverse(draft.saved_at_s), draft.id));
        Ok(drafts)
    }

    /// Moves a draft to those discarded. `false` if there is none. The caller has the right to change files.
    pub(super) fn discard_draft(&self, id: SubmissionId, reason: &str) -> Result<bool, HomeError> {
        let (path, name) = (self.draft_path(id), id.to_string());
        if !path.exists() {
            return Ok(false);
        }
        let note = Note { reason: Some(reason.to_owned()), set_aside_at_s: Some(now_s()), ..Note::default() };
        self.put_note(Folder::Discarded, &name, &note)?;
        file::rename(&path, &self.discarded_draft_path(&name))?;
        Ok(true)
    }

    /// Moves a discarded draft back. `false` if there is none. The caller has the right to change files.
    pub(super) fn restore_draft(&self, id: SubmissionId) -> Result<bool, HomeError> {
        let from = self.discarded_draft_path(&id.to_string());
        if !from.exists() {
            return Ok(false);
        }
        file::rename(&from, &self.draft_path(id))?;
        Ok(true)
    }

    /// Removes a draft whose submission is on disk. The caller has the right to change files.
    pub(super) fn clear_draft(&self, id: SubmissionId) -> Result<(), HomeError> {
        file::remove(&self.draft_path(id))
    }

    pub(super) fn draft_path(&self, id: SubmissionId) -> PathBuf {
        self.path("drafts", &format!("{id}.json"))
    }

    fn discarded_draft_path(&self, name: &str) -> PathBuf {
        self.path("discarded", &format!("{name}.draft"))
    }
}

/// What is stored of a draft, and its id; `None` if there is no file.
fn stored(path: &Path) -> Result<Option<(SubmissionId, Stored)>, HomeError> {
    let Some(bytes) = file::read(path)? else { return Ok(None) };
    let id = id(&file::stem(path)).ok_or_else(|| HomeError::damaged(path, "its name is not an id"))?;
    let stored = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(path, error))?;
    Ok(Some((id, stored)))
}

/// What a draft is encrypted as: the same wherever it lies.
fn name_of(id: SubmissionId) -> String {
    format!("draft {id}")
}

impl Stored {
    fn seal(self, id: SubmissionId, sealer: &mut Sealer) -> Result<Self, HomeError> {
        let Some(report) = &self.report else { return Ok(self) };
        let content = Zeroizing::new(report.to_string().into_bytes());
        Ok(Self { report: None, sealed: Some(sealer.seal(&name_of(id), &content)?), ..self })
    }
}
