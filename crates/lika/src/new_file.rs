//! Files that a command writes where its user says. They may hold personal data: they are readable by their user
//! alone, and never take the place of another file.

use crate::exit::{Exit, Failure};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Whether the file can be written, before anything is done whose result goes into it.
///
/// # Errors
/// `exists` if something is there, `file_unwritable` if its folder is missing or takes no files.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() {
        return Err(failure(path, &io::ErrorKind::AlreadyExists.into()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let (path, folder) = (path.display(), folder.display());
        let zh = format!("文件夹 {folder} 不存在，无法写入 {path}；请先建文件夹，或换一个位置");
        let en = format!("{path} cannot be written: there is no folder {folder}. Make it, or take another place");
        return Err(Failure::told("file_unwritable", zh, en));
    }
    // A file without a name, which is gone when it is closed.
    tempfile::tempfile_in(folder).map(drop).map_err(|error| failure(path, &error))
}

/// Writes a file that must not exist. What could not be written to its end is removed.
///
/// # Errors
/// As [`check`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    check(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failure(path, &error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        // The failure to write is what the user must know.
        let _ = fs::remove_file(path);
        failure(path, &error)
    })
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        let zh = format!("{path} 已存在，没有覆盖；请换一个名称");
        let en = format!("{path} exists, and nothing was overwritten; take another name");
        return Failure::told("exists", zh, en).exit(Exit::Conflict);
    }
    let zh = format!("{path} 无法写入，请检查磁盘和权限：{error}");
    Failure::told("file_unwritable", zh, format!("{path} cannot be written; check the disk and its rights: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_users_alone_and_is_written_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("card.html");
        check(&file).unwrap();
        assert!(!file.exists(), "to look leaves nothing behind");
        write(&file, b"first").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        for refused in [check(&file), write(&file, b"second")] {
            let refused = refused.unwrap_err();
            assert_eq!((refused.code.as_ref(), refused.exit), ("exists", Exit::Conflict));
        }
        assert_eq!(fs::read(&file).unwrap(), b"first");
    }

    #[test]
    fn a_folder_that_is_missing_is_named_before_anything_is_done() {
        let dir = tempfile::tempdir().unwrap();
        let refused = check(&dir.path().join("missing/card.html")).unwrap_err();
        assert_eq!(refused.code, "file_unwritable");
        assert!(refused.message.en.contains("there is no folder"), "{refused}");
    }

    /// Every file that a command writes for its user goes through here: a second way is a second set of rights.
    #[test]
    fn nothing_else_in_this_crate_writes_a_file_of_the_user() {
        fn walk(dir: &Path, found: &mut Vec<String>) {
            for item in fs::read_dir(dir).unwrap() {
                let path = item.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                let ways = ["fs::write(", "fs::copy(", "File::create", "create_new(", "OpenOptions"];
                if !path.ends_with("tests.rs") && ways.iter().any(|way| text.contains(way)) {
                    found.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        let mut found = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found.sort();
        assert_eq!(found, ["new_file.rs"]);
    }
}
