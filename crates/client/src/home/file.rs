//! Files that survive a crash, and reading with a limit.

use super::HomeError;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Largest file of a home that is read, in bytes: many times what the client writes.
pub(crate) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Writes a file atomically and durably: after a crash it has the old or the new content. Readable by its owner only.
///
/// Its temporary name is fixed: the lock of the home allows one writer, and the next write overwrites what a crash
/// leaves.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let draft = path.with_added_extension("tmp");
    write_synced(&draft, bytes).map_err(HomeError::at(&draft))?;
    rename(&draft, path)
}

/// Writes a file atomically, but not durably: after a power cut it may have the old or the new content, or none. For
/// what is known again without it.
pub(crate) fn write_hint(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let draft = path.with_added_extension("tmp");
    crash::point();
    let written = open_new(&draft).and_then(|mut file| file.write_all(bytes));
    written.map_err(HomeError::at(&draft))?;
    crash::wrote(&draft);
    crash::point();
    crash::renames(&draft, path);
    fs::rename(&draft, path).map_err(HomeError::at(path))?;
    // Its content was not synced under that name either.
    crash::wrote(path);
    Ok(())
}

/// Writes a file that must not exist yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    match path.try_exists() {
        Ok(false) => write(path, bytes),
        Ok(true) => Err(HomeError::Exists { path: path.to_owned() }),
        Err(error) => Err(HomeError::at(path)(error)),
    }
}

/// Reads a file; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, HomeError> {
    read_up_to(path, FILE_BYTES_MAX)
}

/// As [`read`], with another limit.
pub(crate) fn read_up_to(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, HomeError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(HomeError::at(path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(HomeError::at(path))?;
    if bytes.len() as u64 > bytes_max {
        return Err(HomeError::damaged(path, format!("larger than {bytes_max} bytes")));
    }
    Ok(Some(bytes))
}

/// Moves a file, whatever is in it, to a name that is not taken. After a power cut it may be under both.
pub(crate) fn rename(path: &Path, to: &Path) -> Result<(), HomeError> {
    crash::point();
    crash::renames(path, to);
    fs::rename(path, to).map_err(HomeError::at(to))?;
    crash::point();
    sync_folder_of(to)?;
    if path.parent() == to.parent() {
        return Ok(());
    }
    crash::point();
    sync_folder_of(path)
}

/// Removes a file that was written with [`write_hint`]; does nothing if there is none.
pub(crate) fn remove_hint(path: &Path) -> Result<(), HomeError> {
    crash::point();
    crash::removes(path);
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(HomeError::at(path)(error)),
        _ => Ok(()),
    }
}

/// Removes a file; does nothing if there is none.
pub(crate) fn remove(path: &Path) -> Result<(), HomeError> {
    crash::point();
    crash::removes(path);
    match fs::remove_file(path) {
        Ok(()) => {
            crash::point();
            sync_folder_of(path)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(HomeError::at(path)(error)),
    }
}

/// Files of a folder with that extension, in order of their names.
pub(crate) fn list(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, HomeError> {
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(HomeError::at(folder))? {
        let path = file.map_err(HomeError::at(folder))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Makes a folder for the owner only, and those above it that are missing. It is on disk when this returns.
pub(crate) fn make_folder(path: &Path) -> Result<(), HomeError> {
    if path.is_dir() {
        return Ok(());
    }
    let missing: Vec<&Path> = path.ancestors().take_while(|above| !above.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(HomeError::at(path))?;
    missing.into_iter().try_for_each(sync_folder_of)
}

/// The file name without extension.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A safe file name, different for different origins: all but a few plain characters become `%` and two hexadecimal
/// digits.
pub(crate) fn escape(origin: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let written =
        |byte: u8| if plain(byte) || byte == b'.' { char::from(byte).to_string() } else { format!("%{byte:02x}") };
    let name: String = origin.bytes().map(written).collect();
    // A name that begins with a dot would be hidden, or lead out of the folder.
    match name.strip_prefix('.') {
        Some(rest) => format!("%2e{rest}"),
        None => name,
    }
}

/// How a file of the home is opened for writing, which is made if it is not there: for its owner only.
pub(crate) fn owners_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn open_new(path: &Path) -> std::io::Result<File> {
    owners_only().truncate(true).open(path)
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    crash::point();
    let mut file = open_new(path)?;
    crash::wrote(path);
    crash::point();
    // In two parts, so that a test may end the process between them.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    file.write_all(first)?;
    crash::point();
    file.write_all(second)?;
    crash::point();
    file.sync_all()?;
    crash::synced(path);
    Ok(())
}

/// Without this a power cut may lose the name although the content is on disk.
fn sync_folder_of(path: &Path) -> Result<(), HomeError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_folder(folder).map_err(HomeError::at(folder))?;
    crash::synced_folder(folder);
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems cannot open a folder as a file; NTFS writes names to its journal.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) mod crash;

/// Nothing, outside of tests.
#[cfg(not(test))]
mod crash {
    use std::path::Path;

    pub(super) fn point() {}
    pub(super) fn wrote(_: &Path) {}
    pub(super) fn synced(_: &Path) {}
    pub(super) fn renames(_: &Path, _: &Path) {}
    pub(super) fn removes(_: &Path) {}
    pub(super) fn synced_folder(_: &Path) {}
}
