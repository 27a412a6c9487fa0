//! The folders of submissions without a receipt, and how one moves between them.

use super::keys::json;
use super::notes::now_s;
use super::submission::{self, Pending};
use super::{Home, HomeError, Note, file};
use lika_domain::ids::SubmissionId;
use std::path::PathBuf;

/// Where a submission without a receipt lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folder {
    Pending,
    Refused,
    Quarantine,
    Discarded,
}

impl Folder {
    pub(super) const ALL: [Self; 4] = [Self::Pending, Self::Refused, Self::Quarantine, Self::Discarded];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Quarantine => "quarantine",
            Self::Discarded => "discarded",
        }
    }
}

/// A submission without a receipt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) folder: Folder,
    pub(super) note: Note,
    pub(super) submission: Pending,
}

impl Home {
    /// Files of submissions in a folder.
    pub(super) fn files(&self, folder: Folder) -> Result<Vec<PathBuf>, HomeError> {
        file::list(&self.dir().join(folder.name()), "submission")
    }

    /// The submission of that id, where it counts: in the queue, or else where it was set aside last. An error only
    /// if no copy of it can be read.
    pub(super) fn kept(&self, id: SubmissionId) -> Result<Option<Kept>, HomeError> {
        let (mut found, mut damaged): (Option<Kept>, _) = (None, None);
        for folder in Folder::ALL {
            let submission = match submission::read(&self.submission_path(folder, &id.to_string())) {
                Ok(Some(submission)) => submission,
                Ok(None) => continue,
                Err(error) => {
                    damaged = Some(error);
                    continue;
                }
            };
            let kept = Kept { folder, note: self.note(folder, &id.to_string()), submission };
            if found.as_ref().is_none_or(|before| before.yields_to(&kept)) {
                found = Some(kept);
            }
        }
        match damaged {
            Some(error) if found.is_none() => Err(error),
            _ => Ok(found),
        }
    }

    /// What is noted of a submission.
    pub(super) fn note(&self, folder: Folder, name: &str) -> Note {
        let bytes = file::read(&self.note_path(folder, name)).unwrap_or_else(|_| Some(Vec::new()));
        Note::read(bytes.as_deref())
    }

    /// Notes something of a submission. What is noted of the queue may be lost in a power cut: sending again finds
    /// out what it says. The caller has the right to change files.
    pub(super) fn put_note(&self, folder: Folder, name: &str, note: &Note) -> Result<(), HomeError> {
        let write = if folder == Folder::Pending { file::write_hint } else { file::write };
        write(&self.note_path(folder, name), &json(note))
    }

    /// Moves a submission to a folder, and completes what a crash left of an earlier move. The caller has the right
    /// to change files.
    pub(super) fn put(&self, folder: Folder, id: SubmissionId, bytes: &[u8], note: &Note) -> Result<(), HomeError> {
        let name = id.to_string();
        if folder != Folder::Pending {
            self.put_note(folder, &name, &Note { set_aside_at_s: Some(now_s()), ..note.clone() })?;
        } else if *note == Note::default() {
            file::remove_hint(&self.note_path(folder, &name))?;
        } else {
            self.put_note(folder, &name, note)?;
        }
        file::write(&self.submission_path(folder, &name), bytes)?;
        self.clear(id, Some(folder))
    }

    /// Removes a submission from every folder but one. The caller has the right to change files, and what is removed
    /// has its receipt or lies in that one.
    pub(super) fn clear(&self, id: SubmissionId, stays: Option<Folder>) -> Result<(), HomeError> {
        let name = id.to_string();
        for folder in Folder::ALL.into_iter().filter(|folder| Some(*folder) != stays) {
            file::remove_hint(&self.note_path(folder, &name))?;
            file::remove(&self.submission_path(folder, &name))?;
        }
        self.clear_draft(id)
    }

    pub(super) fn submission_path(&self, folder: Folder, name: &str) -> PathBuf {
        self.path(folder.name(), &format!("{name}.submission"))
    }

    fn note_path(&self, folder: Folder, name: &str) -> PathBuf {
        self.path(folder.name(), &format!("{name}.json"))
    }
}

impl Kept {
    /// Whether another copy counts instead of this one.
    pub(super) fn yields_to(&self, other: &Self) -> bool {
        self.folder != Folder::Pending
            && (other.folder == Folder::Pending || self.note.set_aside_at_s < other.note.set_aside_at_s)
    }
}
