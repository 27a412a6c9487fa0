//! Reports that are not signed yet.
//!
//! A draft has the id that its submission will have, so signing it twice makes one submission, and
//! [`Home::compose`] removes the draft when the submission is on disk. It is kept in the clear, readable by its owner
//! only: what is personal in it is sealed when it is signed.

use super::folders::Folder;
use super::keys::json;
use super::notes::now_s;
use super::receipts::id;
use super::{Home, HomeError, Note, file};
use crate::problem::KeptCode;
use lika_domain::ids::SubmissionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

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

#[derive(Serialize, Deserialize)]
struct Stored {
    saved_at_s: u64,
    report: Value,
}

impl KeptDraft {
    /// Reads the file of a draft; `None` if there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, HomeError> {
        let Some(bytes) = file::read(path)? else { return Ok(None) };
        let id = id(&file::stem(path)).ok_or_else(|| HomeError::damaged(path, "its name is not an id"))?;
        let read = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(path, error))?;
        let Stored { saved_at_s, report } = read;
        Ok(Some(Self { id, saved_at_s, report }))
    }
}

impl Home {
    /// Saves a draft, over its former version if there is one.
    ///
    /// # Errors
    /// [`HomeError::NotInState`] if a submission of that id is signed already, [`HomeError::Damaged`] if the report
    /// is larger than can be read again.
    pub fn save_draft(&self, id: SubmissionId, report: &Value) -> Result<(), HomeError> {
        let _held = self.writing()?;
        if self.kept(id)?.is_some() || self.receipt(id)?.is_some() {
            return Err(HomeError::NotInState { id: id.to_string(), code: KeptCode::Signed });
        }
        let bytes = json(&Stored { saved_at_s: now_s(), report: report.clone() });
        let path = self.draft_path(id);
        if bytes.len() as u64 > file::FILE_BYTES_MAX {
            return Err(HomeError::damaged(&path, format!("larger than {} bytes", file::FILE_BYTES_MAX)));
        }
        file::write(&path, &bytes)
    }

    /// A draft; `None` if there is none.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn draft(&self, id: SubmissionId) -> Result<Option<KeptDraft>, HomeError> {
        KeptDraft::read(&self.draft_path(id))
    }

    /// Every draft that can be read, the one saved last first. [`Self::outbox`] also lists damaged ones.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn drafts(&self) -> Result<Vec<KeptDraft>, HomeError> {
        let files = file::list(&self.dir().join("drafts"), "json")?;
        let mut drafts: Vec<_> = files.iter().filter_map(|path| KeptDraft::read(path).ok().flatten()).collect();
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
