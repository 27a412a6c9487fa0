//! Reads and writes files of a data folder, so that a crash leaves either the old file or the new one.

use crate::error::LogError;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Paths below the data folder.
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
    /// The last checkpoint signed here.
    pub(crate) fn high_water(&self) -> PathBuf {
        self.dir.join("signed")
    }
    /// Entries that are signed for and not in tiles yet.
    pub(crate) fn journal(&self) -> PathBuf {
        self.dir.join("growing")
    }
    /// Lock file, held while a process uses the folder.
    pub(crate) fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }
}

/// Locks the folder for this process until the returned file is dropped.
pub(crate) fn lock(layout: &Layout) -> Result<File, LogError> {
    let path = layout.lock();
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(LogError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(LogError::Locked(layout.dir.clone())),
        Err(fs::TryLockError::Error(error)) => Err(LogError::io(&path)(error)),
    }
}

/// Replaces a file atomically: a reader sees the old or the new content, and the new is durable on return.
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

/// Writes a file and syncs its content, but not its name in the folder.
pub(crate) fn write_synced(path: &Path, content: &[u8]) -> Result<(), LogError> {
    let mut file = File::create(path).map_err(LogError::io(path))?;
    file.write_all(content).and_then(|()| file.sync_data()).map_err(LogError::io(path))
}

/// Syncs the names in a folder.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), LogError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(LogError::io(dir))
}

/// Makes a folder and its parents, and syncs their names.
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

/// Writes new files and syncs contents and names.
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

/// Writes new files without syncing them: after a power cut they may be missing or torn. For a copy that can be made
/// again.
pub(crate) fn write_unsynced(files: &[(PathBuf, &[u8])]) -> Result<(), LogError> {
    for (path, content) in files {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(LogError::io(dir))?;
        }
        fs::write(path, content).map_err(LogError::io(path))?;
    }
    Ok(())
}

/// Syncs files that were written by [`write_unsynced`], with their names and the names of their folders.
pub(crate) fn sync_files(root: &Path, files: &BTreeSet<PathBuf>) -> Result<(), LogError> {
    let mut dirs = BTreeSet::new();
    for path in files {
        File::open(path).and_then(|file| file.sync_data()).map_err(LogError::io(path))?;
        dirs.extend(path.ancestors().skip(1).take_while(|dir| dir.starts_with(root)));
    }
    dirs.into_iter().try_for_each(sync_dir)
}

/// Every file below a folder, as sorted paths relative to it. Anything that is neither file nor folder is listed like
/// a file.
pub(crate) fn list(dir: &Path) -> Result<Vec<PathBuf>, LogError> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(next) = open.pop() {
        let items = match fs::read_dir(&next) {
            // A running log has just deleted it.
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
