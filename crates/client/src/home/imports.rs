//! Plans of imported tables: which row went into which submission. A plan is on disk before the first of its
//! submissions, so a row is never put into a second one while the first may be in the log.

use super::keys::json;
use super::receipts::id;
use super::{Home, HomeError, file};
use lika_domain::ids::SubmissionId;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Most events of one file, which keeps it under the limit of files.
const ITEMS_MAX: usize = 8_000;

/// Submissions that are planned together, each with its events in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// In the order of sending.
    pub submissions: Vec<(SubmissionId, Vec<PlannedItem>)>,
}

/// An event of a plan. The hashes are keyed with the folder's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedItem {
    /// What it is about.
    pub key: [u8; 16],
    /// What it says.
    pub content: [u8; 16],
    /// The household's number.
    pub household: Option<u64>,
    /// The persons it registers.
    pub people: Vec<[u8; 16]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSubmission {
    id: String,
    items: Vec<StoredItem>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredItem {
    key: String,
    content: String,
    household: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
}

impl Home {
    /// The secret that hashes in plans are keyed with; `None` before the first plan.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn import_secret(&self) -> Result<Option<[u8; 32]>, HomeError> {
        let path = self.path("imports", "secret");
        let Some(bytes) = file::read(&path)? else { return Ok(None) };
        let secret = bytes.as_slice().try_into().map_err(|_| HomeError::damaged(&path, "it has not 32 bytes"))?;
        Ok(Some(secret))
    }

    /// Stores the secret, and returns it.
    ///
    /// # Errors
    /// If it is there already or cannot be written.
    pub fn keep_import_secret(&self, secret: [u8; 32]) -> Result<[u8; 32], HomeError> {
        let _held = self.writing()?;
        file::write_new(&self.path("imports", "secret"), &secret)?;
        Ok(secret)
    }

    /// Stores a plan. From here on its submissions may be stored and sent.
    ///
    /// # Errors
    /// If a file cannot be written; then none of them must be.
    pub fn keep_import_plan(&self, plan: &ImportPlan) -> Result<(), HomeError> {
        let _held = self.writing()?;
        let mut rest = plan.submissions.as_slice();
        while let Some((first, _)) = rest.first() {
            let (mut count, mut items) = (0, 0);
            while let Some((_, more)) =
                rest.get(count).filter(|(_, more)| count == 0 || items + more.len() <= ITEMS_MAX)
            {
                items += more.len();
                count += 1;
            }
            let (now, later) = rest.split_at(count);
            let stored: Vec<_> = now.iter().map(StoredSubmission::new).collect();
            file::write(&self.path("imports", &format!("{first}.json")), &json(&stored))?;
            rest = later;
        }
        Ok(())
    }

    /// Every plan.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn import_plans(&self) -> Result<Vec<ImportPlan>, HomeError> {
        file::list(&self.dir().join("imports"), "json")?.iter().map(|path| read(path)).collect()
    }

    /// Whether a submission is recorded (`true`), or waits or is in quarantine (`false`); `None` if it was refused,
    /// given up, or never stored.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn is_recorded(&self, id: SubmissionId) -> Result<Option<bool>, HomeError> {
        let there = |folder: &str, extension: &str| {
            let path = self.path(folder, &format!("{id}.{extension}"));
            path.try_exists().map_err(HomeError::at(&path))
        };
        // A receipt is stored before the submission stops waiting.
        if there("receipts", "tlog-proof")? && there("receipts", "entry")? {
            return Ok(Some(true));
        }
        // What is in quarantine is signed anew and sent, or discarded.
        Ok((there("pending", "submission")? || there("quarantine", "submission")?).then_some(false))
    }
}

fn read(path: &Path) -> Result<ImportPlan, HomeError> {
    let bytes = file::read(path)?.ok_or_else(|| HomeError::damaged(path, "the file is missing"))?;
    let stored: Vec<StoredSubmission> =
        serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(path, error))?;
    let read = |stored: StoredSubmission| {
        let items: Option<Vec<_>> = stored.items.into_iter().map(StoredItem::read).collect();
        id(&stored.id).zip(items).ok_or_else(|| HomeError::damaged(path, "a hash or an id"))
    };
    Ok(ImportPlan { submissions: stored.into_iter().map(read).collect::<Result<_, _>>()? })
}

impl StoredSubmission {
    fn new((id, items): &(SubmissionId, Vec<PlannedItem>)) -> Self {
        let items = items.iter().map(|item| StoredItem {
            key: hex::encode(item.key),
            content: hex::encode(item.content),
            household: item.household,
            people: item.people.iter().map(hex::encode).collect(),
        });
        Self { id: id.to_string(), items: items.collect() }
    }
}

impl StoredItem {
    fn read(self) -> Option<PlannedItem> {
        let hash = |text: &str| {
            let mut hash = [0; 16];
            hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
        };
        Some(PlannedItem {
            key: hash(&self.key)?,
            content: hash(&self.content)?,
            household: self.household,
            people: self.people.iter().map(|person| hash(person)).collect::<Option<_>>()?,
        })
    }
}
