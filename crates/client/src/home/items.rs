//! Everything in the outbox, read from its folders.

use super::folders::Folder;
use super::item::{Item, State};
use super::notes::Note;
use super::submission;
use super::{Home, HomeError, file};
use crate::problem::{OutboxCode, Problem};
use lika_domain::ids::KeyId;
use lika_domain::rejection::{Class, Code};
use lika_proto::convert;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// HTTP status of a refusal for what is recorded already.
const STATUS_CONFLICT: u32 = 409;

impl Home {
    /// Everything that is not recorded yet, and what was given up: drafts first, then by state, then in the order of
    /// composing. What has a receipt is in [`Self::receipted`].
    ///
    /// # Errors
    /// If a folder cannot be read. A file that cannot be read is an item.
    pub fn outbox(&self) -> Result<Vec<Item>, HomeError> {
        let keys = self.key_names();
        let is_sending = self.is_sending()?;
        let mut found: BTreeMap<String, (Option<Folder>, Item)> = BTreeMap::new();
        for path in self.draft_files()? {
            let item = self.draft_item(&path);
            found.insert(item.id.clone(), (None, item));
        }
        let mut noted: BTreeMap<String, Option<u64>> = BTreeMap::new();
        for folder in Folder::ALL {
            for path in self.files(folder)? {
                let note = self.note(folder, &file::stem(&path));
                let set_aside = note.set_aside_at_s;
                let Some(item) = item_of(&path, folder, note, &keys, is_sending) else { continue };
                // The queue comes first in the list of folders; of the others the last one counts.
                let counts = match found.get(&item.id) {
                    Some((Some(Folder::Pending), _)) => false,
                    Some((Some(_), _)) => noted.get(&item.id).is_none_or(|before| *before < set_aside),
                    Some((None, _)) | None => true,
                };
                if counts {
                    noted.insert(item.id.clone(), set_aside);
                    found.insert(item.id.clone(), (Some(folder), item));
                }
            }
        }
        let mut items = Vec::with_capacity(found.len());
        for (_, item) in found.into_values() {
            // A receipt counts, although a crash left the submission where it was.
            if !self.path("receipts", &format!("{}.tlog-proof", item.id)).exists() {
                items.push(item);
            }
        }
        items.sort_by(|a, b| (a.state, &a.key, a.sequence, &a.id).cmp(&(b.state, &b.key, b.sequence, &b.id)));
        Ok(items)
    }

    /// Everything that has a receipt, in the order of the log.
    ///
    /// # Errors
    /// If the folder cannot be read. A receipt that cannot be read is left out; `lika receipt list` names it.
    pub fn receipted(&self) -> Result<Vec<Item>, HomeError> {
        let keys = self.key_names();
        let mut items = Vec::new();
        for id in self.receipts()? {
            let Ok(Some(kept)) = self.receipt(id) else { continue };
            let index = kept.index();
            let Ok((_, signed)) = convert::entry(index.unwrap_or(0), &kept.entry) else { continue };
            let Ok(submission) = convert::submission(&signed.submission) else { continue };
            let item = Item { index, ..Item::named(&id.to_string(), State::Receipted, Note::default()) };
            items.push(item.with_submission(&submission, &keys));
        }
        items.sort_by(|a, b| (&a.origin, a.index).cmp(&(&b.origin, b.index)));
        Ok(items)
    }

    /// One item, in whatever state; `None` if there is none of that id.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn item(&self, id: &str) -> Result<Option<Item>, HomeError> {
        let open = self.outbox()?.into_iter().find(|item| item.id == id);
        Ok(open.or(self.receipted()?.into_iter().find(|item| item.id == id)))
    }

    /// Names of keys by their ids. A damaged file of a key is left out.
    fn key_names(&self) -> BTreeMap<KeyId, String> {
        let files = file::list(&self.dir().join("keys"), "key").unwrap_or_default();
        let keys = files.iter().filter_map(|path| self.key(&file::stem(path)).ok());
        keys.map(|key| (key.id(), key.name)).collect()
    }

    pub(super) fn draft_files(&self) -> Result<Vec<PathBuf>, HomeError> {
        let mut files = file::list(&self.dir().join("drafts"), "json")?;
        files.extend(file::list(&self.dir().join("discarded"), "draft")?);
        Ok(files)
    }

    fn draft_item(&self, path: &Path) -> Item {
        let name = file::stem(path);
        let is_discarded = path.extension().is_some_and(|extension| extension == "draft");
        let (state, note) = match is_discarded {
            true => (State::Discarded, self.note(Folder::Discarded, &name)),
            false => (State::Draft, Note::default()),
        };
        match self.read_draft(path) {
            Ok(Some(draft)) => Item::named(&name, state, note).with_draft(&draft),
            Ok(None) | Err(HomeError::KeyLocked(_)) => Item::named(&name, state, note),
            Err(error) => Item::named(&name, State::Quarantined, note.of_damage(&error)),
        }
    }
}

/// The item of a file; `None` if it has moved on meanwhile.
fn item_of(path: &Path, folder: Folder, note: Note, keys: &BTreeMap<KeyId, String>, is_sending: bool) -> Option<Item> {
    let name = file::stem(path);
    let (sending, may_be_recorded) = (note.sending && is_sending, note.may_be_recorded());
    let state = match folder {
        Folder::Pending if sending => State::Sending,
        Folder::Pending => State::Queued,
        Folder::Refused if note.is_unexplained() => State::Discarded,
        Folder::Refused if note.is_conflict() => State::Conflict,
        Folder::Refused => State::NeedsCorrection,
        Folder::Quarantine => State::Quarantined,
        Folder::Discarded => State::Discarded,
    };
    match submission::read(path) {
        Ok(Some(pending)) => {
            let item = Item { may_be_recorded, ..Item::named(&name, state, note) };
            Some(item.with_pending(&pending, keys))
        }
        Ok(None) => None,
        Err(error) => {
            let state = if state == State::Discarded { state } else { State::Quarantined };
            Some(Item::named(&name, state, note.of_damage(&error)))
        }
    }
}

impl Note {
    /// Version 0.1.0 kept what was discarded among what was refused, without a note.
    fn is_unexplained(&self) -> bool {
        self.code.is_empty()
    }

    /// Whether what is recorded stands in the way.
    fn is_conflict(&self) -> bool {
        let known = Code::ALL.iter().find(|code| code.name() == self.code);
        self.status == STATUS_CONFLICT || self.status == 0 && known.is_some_and(|code| code.class() == Class::Conflict)
    }

    fn of_damage(self, error: &HomeError) -> Self {
        match self.problems.is_empty() {
            true => self.with_problems(vec![Problem::new(OutboxCode::FileDamaged, error.to_string())], 0),
            false => self,
        }
    }
}
