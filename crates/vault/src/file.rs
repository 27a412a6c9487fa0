//! The file of keys on disk: created, read back after a crash, locked.
//!
//! A batch of records is appended and then fsynced; only after that may its keys be used and the next batch begin. A
//! record lies in one sector, so a crash leaves each record of the last batch either whole or blank. Blank records
//! and a partial record at the end are cut off; anything else is damage.

use crate::error::VaultError;
use crate::record::{KeyName, RECORD_BYTES, Record};
use lika_proto::seal::DataKey;
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes read at once.
const READ_BYTES: usize = 1 << 20;

/// The file of keys, open and locked for this process.
#[derive(Debug)]
pub(crate) struct KeyFile {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    /// Number of records in it.
    pub(crate) records: u32,
}

/// Keys by name, each with the number of its record.
pub(crate) type Keys = HashMap<KeyName, (DataKey, u32)>;

/// File of the key that wraps data keys in the stream.
const WRAP_KEY: &str = "wrap.key";

/// State of reading the file from front to end.
#[derive(Default)]
struct Scan {
    records: u32,
    first_blank: Option<u32>,
    keys: Keys,
}

/// Creates the folder of a new vault. It gets its name last, so there is a complete vault or none.
pub(crate) fn create(dir: &Path, tag_key: &[u8]) -> Result<(), VaultError> {
    if dir.exists() {
        return Err(VaultError::Exists(dir.to_owned()));
    }
    let making = dir.with_extension("new");
    if making.exists() {
        // Left by an interrupted creation; no vault was ever opened under this name.
        fs::remove_dir_all(&making).map_err(VaultError::io(&making))?;
    }
    DirBuilder::new().mode(0o700).create(&making).map_err(VaultError::io(&making))?;
    write_secret(&making.join("tag.key"), tag_key)?;
    write_secret(&making.join("keys"), &[])?;
    sync_dir(&making)?;
    fs::rename(&making, dir).map_err(VaultError::io(dir))?;
    dir.parent().map_or(Ok(()), sync_dir)
}

/// Creates the key that wraps data keys in a stream; an existing one is kept.
pub(crate) fn create_wrap_key(dir: &Path) -> Result<(), VaultError> {
    let path = dir.join(WRAP_KEY);
    if path.exists() {
        return Ok(());
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| VaultError::io(&path)(error.into()))?;
    let making = dir.join("wrap.new");
    if making.exists() {
        // Left by an interrupted creation; nothing was ever wrapped under it.
        fs::remove_file(&making).map_err(VaultError::io(&making))?;
    }
    write_secret(&making, &key)?;
    fs::rename(&making, &path).map_err(VaultError::io(&path))?;
    sync_dir(dir)
}

/// Reads `wrap.key`.
pub(crate) fn wrap_key(dir: &Path) -> Result<[u8; 32], VaultError> {
    let path = dir.join(WRAP_KEY);
    let bytes = fs::read(&path).map_err(missing_or_io(&path, &path))?;
    bytes.try_into().map_err(|_| VaultError::TagKey(path))
}

/// Opens and locks the file, and reads every key in it.
pub(crate) fn open(dir: &Path) -> Result<(KeyFile, Keys), VaultError> {
    let path = dir.join("keys");
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(missing_or_io(dir, &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(VaultError::Locked(dir.to_owned())),
        Err(fs::TryLockError::Error(error)) => return Err(VaultError::io(&path)(error)),
    }
    let scan = Scan::default().run(&file, &path)?;
    let records = scan.first_blank.unwrap_or(scan.records);
    cut(&file, &path, records)?;
    let keys = scan.keys.into_iter().filter(|(_, (_, at))| *at < records).collect();
    Ok((KeyFile { file, path, records }, keys))
}

/// Reads `tag.key`.
pub(crate) fn tag_key<const N: usize>(dir: &Path) -> Result<[u8; N], VaultError> {
    let path = dir.join("tag.key");
    let bytes = fs::read(&path).map_err(missing_or_io(dir, &path))?;
    bytes.try_into().map_err(|_| VaultError::TagKey(path))
}

impl Scan {
    fn run(mut self, file: &File, path: &Path) -> Result<Self, VaultError> {
        let mut reader = BufReader::with_capacity(READ_BYTES, file);
        let mut bytes = [0; RECORD_BYTES];
        loop {
            match reader.read_exact(&mut bytes) {
                Ok(()) => self.take(&bytes).map_err(|reason| VaultError::Damaged {
                    path: path.to_owned(),
                    record: self.records,
                    reason,
                })?,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(self),
                Err(error) => return Err(VaultError::io(path)(error)),
            }
            self.records = self.records.checked_add(1).ok_or(VaultError::Damaged {
                path: path.to_owned(),
                record: u32::MAX,
                reason: "the file is longer than a vault can be",
            })?;
        }
    }

    fn take(&mut self, bytes: &[u8; RECORD_BYTES]) -> Result<(), &'static str> {
        if bytes.iter().all(|byte| *byte == 0) {
            self.first_blank.get_or_insert(self.records);
            return Ok(());
        }
        let record = Record::decode(bytes)?;
        if record.batch > self.records {
            return Err("it claims to be written together with later records");
        }
        // A batch is written only when the one before it is on disk.
        if self.first_blank.is_some_and(|blank| record.batch > blank) {
            return Err("a record before it is blank");
        }
        match self.keys.insert(record.name, (record.key, self.records)) {
            None => Ok(()),
            Some(_) => Err("there are two data keys with that subject and number"),
        }
    }
}

/// Cuts off what a crash left after the last whole record.
fn cut(file: &File, path: &Path, records: u32) -> Result<(), VaultError> {
    let whole = u64::from(records) * RECORD_BYTES as u64;
    let length = file.metadata().map_err(VaultError::io(path))?.len();
    if length == whole {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), records, bytes = length - whole, "cut off a batch that was not whole");
    file.set_len(whole).and_then(|()| file.sync_all()).map_err(VaultError::io(path))
}

fn write_secret(path: &Path, content: &[u8]) -> Result<(), VaultError> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(VaultError::io(path))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(VaultError::io(path))
}

fn sync_dir(dir: &Path) -> Result<(), VaultError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(VaultError::io(dir))
}

fn missing_or_io(dir: &Path, path: &Path) -> impl FnOnce(std::io::Error) -> VaultError {
    let (dir, path) = (dir.to_owned(), path.to_owned());
    move |error| match error.kind() {
        std::io::ErrorKind::NotFound if dir.exists() => VaultError::Missing(path),
        std::io::ErrorKind::NotFound => VaultError::Missing(dir),
        _ => VaultError::io(&path)(error),
    }
}
