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
    fs::rename(&draft, path).map_err(HomeError::at(path))?;
    sync_folder_of(path)
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

/// Removes a file; does nothing if there is none.
pub(crate) fn remove(path: &Path) -> Result<(), HomeError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(HomeError::at(path)(error)),
        _ => sync_folder_of(path),
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

/// Makes a folder for the owner only.
pub(crate) fn make_folder(path: &Path) -> Result<(), HomeError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(HomeError::at(path))
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

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Without this a crash may lose the name although the content is on disk.
fn sync_folder_of(path: &Path) -> Result<(), HomeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(HomeError::at(folder))
}
