//! Files of a data folder, written so that a crash leaves either the old or the new.

use crate::error::LogError;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where things lie below the data folder.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The data folder.
    pub(crate) dir: PathBuf,
}

impl Layout {
    /// The C2SP tlog-tiles folder.
    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }
    /// The published checkpoint.
    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.log().join("checkpoint")
    }
    /// The verifier key, for auditors.
    pub(crate) fn verifier_key(&self) -> PathBuf {
        self.dir.join("log.vkey")
    }
    /// The signing key.
    pub(crate) fn signing_key(&self) -> PathBuf {
        self.dir.join("keys").join("log.skey")
    }
    /// The last checkpoint signed.
    pub(crate) fn high_water(&self) -> PathBuf {
        self.dir.join("signed")
    }
    /// Entries signed for that are not in tiles yet.
    pub(crate) fn journal(&self) -> PathBuf {
        self.dir.join("growing")
    }
    /// Held while a process has the folder.
    pub(crate) fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }
}

/// Takes the folder for this process until the file is dropped.
pub(crate) fn lock(layout: &Layout) -> Result<File, LogError> {
    let path = layout.lock();
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(LogError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(LogError::Locked(layout.dir.clone())),
        Err(fs::TryLockError::Error(error)) => Err(LogError::io(&path)(error)),
    }
}

/// Replaces a file as a whole: a reader sees the old or the new, and the new is durable on return.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), LogError> {
    let temporary = path.with_extension("new");
    write_synced(&temporary, content)?;
    fs::rename(&temporary, path).map_err(LogError::io(path))?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Writes a file that only its owner may read; durable on return.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> Result<(), LogError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(LogError::io(path))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(LogError::io(path))?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Writes a file and waits until its content is on disk; its name is not yet.
pub(crate) fn write_synced(path: &Path, content: &[u8]) -> Result<(), LogError> {
    let mut file = File::create(path).map_err(LogError::io(path))?;
    file.write_all(content).and_then(|()| file.sync_data()).map_err(LogError::io(path))
}

/// Waits until the names in a folder are on disk.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), LogError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(LogError::io(dir))
}

/// Makes a folder and those above it, and waits until their names are on disk.
pub(crate) fn make_dir(dir: &Path) -> Result<(), LogError> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().unwrap_or(Path::new("/"));
    make_dir(parent)?;
    match fs::create_dir(dir) {
        Ok(()) => sync_dir(parent),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(LogError::io(dir)(error)),
    }
}

/// Writes new files and waits until contents and names are on disk.
pub(crate) fn write_all(files: &[(PathBuf, &[u8])]) -> Result<(), LogError> {
    let mut dirs = BTreeSet::new();
    for (path, content) in files {
        if let Some(dir) = path.parent()
            && dirs.insert(dir)
        {
            make_dir(dir)?;
        }
        write_synced(path, content)?;
    }
    dirs.into_iter().try_for_each(sync_dir)
}

/// Writes new files of a copy that can be made again: after a power cut they may be missing or torn.
pub(crate) fn write_unsynced(files: &[(PathBuf, &[u8])]) -> Result<(), LogError> {
    for (path, content) in files {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(LogError::io(dir))?;
        }
        fs::write(path, content).map_err(LogError::io(path))?;
    }
    Ok(())
}

/// Waits until files below a folder that were written without waiting are on disk, with their names and those of the folders
/// they are in.
pub(crate) fn sync_files(root: &Path, files: &BTreeSet<PathBuf>) -> Result<(), LogError> {
    let mut dirs = BTreeSet::new();
    for path in files {
        File::open(path).and_then(|file| file.sync_data()).map_err(LogError::io(path))?;
        dirs.extend(path.ancestors().skip(1).take_while(|dir| dir.starts_with(root)));
    }
    dirs.into_iter().try_for_each(sync_dir)
}

/// Every file below a folder, as paths relative to it, in order. What is neither file nor folder is named like a file.
pub(crate) fn list(dir: &Path) -> Result<Vec<PathBuf>, LogError> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(next) = open.pop() {
        let items = match fs::read_dir(&next) {
            // A running log has just let go of it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && next != dir => continue,
            items => items.map_err(LogError::io(&next))?,
        };
        for item in items {
            let item = item.map_err(LogError::io(&next))?;
            let kind = item.file_type().map_err(LogError::io(&next))?;
            if kind.is_dir() {
                open.push(item.path());
            } else if let Ok(relative) = item.path().strip_prefix(dir) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
