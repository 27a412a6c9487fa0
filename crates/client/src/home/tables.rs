//! Tables that were brought in to be imported and are still worked on: each file as it came, and what was said of it.
//!
//! They are kept in the clear, readable by their owner only, until the official removes them: what is personal in them
//! is sealed when it is signed.

use super::keys::json;
use super::{Home, HomeError, file};
use crate::import::limits::TABLE_BYTES_MAX;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The folder.
const FOLDER: &str = "tables";

/// A table that was brought in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptTable {
    /// Its id: SHA-256 of its file, in hexadecimal, so that a file that comes twice is one table.
    #[serde(skip)]
    pub id: String,
    /// Name of its file.
    pub name: String,
    /// Name of its kind; `None` if its headings say it.
    pub kind: Option<String>,
    /// The sheet, if a workbook has several tables.
    pub sheet: Option<String>,
    /// The village of rows that name none.
    pub village: Option<String>,
    /// The day of rows that name none.
    pub happened: Option<String>,
    /// Why to go on with rows in which an audit would find something.
    pub reason: Option<String>,
    /// When it came, in seconds since 1970-01-01 UTC, by this device's clock.
    pub brought_at_s: u64,
    /// The official wants what is new in it to be signed, and that has not come to its end.
    pub is_wanted: bool,
}

impl Home {
    /// The folder of tables. The file of a table is in it as `ID/NAME`.
    pub fn tables_dir(&self) -> PathBuf {
        self.dir().join(FOLDER)
    }

    /// Keeps what was said of a table, in place of what was said before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_table(&self, table: &KeptTable) -> Result<(), HomeError> {
        let _held = self.writing()?;
        file::write(&self.path(FOLDER, &format!("{}.json", table.id)), &json(table))
    }

    /// Every table, the one that came last first.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn tables(&self) -> Result<Vec<KeptTable>, HomeError> {
        let files = file::list(&self.tables_dir(), "json")?;
        let read: Result<Vec<_>, _> = files.iter().map(|path| read(path)).collect();
        let mut tables: Vec<_> = read?.into_iter().flatten().collect();
        tables.sort_by(|a, b| (b.brought_at_s, &a.id).cmp(&(a.brought_at_s, &b.id)));
        Ok(tables)
    }

    /// A table; `None` if there is none of that id.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn table(&self, id: &str) -> Result<Option<KeptTable>, HomeError> {
        if !is_id(id) {
            return Ok(None);
        }
        read(&self.path(FOLDER, &format!("{id}.json")))
    }

    /// The file of a table.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn table_file(&self, table: &KeptTable) -> Result<Vec<u8>, HomeError> {
        let path = self.tables_dir().join(&table.id).join(&table.name);
        let read = file::read_up_to(&path, TABLE_BYTES_MAX as u64)?;
        read.ok_or_else(|| HomeError::damaged(&path, "the file is missing"))
    }

    /// Removes a table. What was signed of it stays.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove_table(&self, id: &str) -> Result<(), HomeError> {
        if !is_id(id) {
            return Ok(());
        }
        let _held = self.writing()?;
        // What was said of it goes last: a crash in between leaves a table that can be removed again.
        let folder = self.tables_dir().join(id);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(HomeError::at(&folder)(error))?,
            _ => {}
        }
        file::remove(&self.path(FOLDER, &format!("{id}.json")))
    }
}

fn read(path: &Path) -> Result<Option<KeptTable>, HomeError> {
    let Some(bytes) = file::read(path)? else { return Ok(None) };
    let table: KeptTable = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(path, error))?;
    Ok(Some(KeptTable { id: file::stem(path), ..table }))
}

/// Whether a text is an id, and so leads nowhere else.
fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_kept_until_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let id = "ab".repeat(32);
        let table = KeptTable { id: id.clone(), name: "户.csv".to_owned(), brought_at_s: 7, ..KeptTable::default() };
        std::fs::create_dir(home.tables_dir().join(&id)).unwrap();
        std::fs::write(home.tables_dir().join(&id).join("户.csv"), "a,b").unwrap();
        home.keep_table(&table).unwrap();
        let wanted = KeptTable { is_wanted: true, ..table };
        home.keep_table(&wanted).unwrap();
        assert_eq!(home.tables().unwrap(), std::slice::from_ref(&wanted));
        assert_eq!(home.table(&id).unwrap(), Some(wanted.clone()));
        assert_eq!(home.table_file(&wanted).unwrap(), b"a,b");
        home.remove_table(&id).unwrap();
        home.remove_table(&id).unwrap();
        assert!(home.tables().unwrap().is_empty() && !home.tables_dir().join(&id).exists());
    }

    #[test]
    fn an_id_leads_to_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        for id in ["", "..", "../keys", "../../etc/passwd"] {
            assert_eq!(home.table(id).unwrap(), None, "{id}");
            home.remove_table(id).unwrap();
        }
        assert!(dir.path().join("keys").exists());
    }
}
