//! Attachments: files that the desk keeps until they are signed, each as `attachments/HASH/NAME` in the client's
//! folder.
//!
//! A form names its files by these paths, and a form may say anything. So a path is taken apart, and only what the
//! desk itself stored under that hash is a file of the report. A file is hashed once, while it is stored; later its
//! hash is the name of its folder, so that a page about a film of 256 MB takes no longer than any other.

use lika_client::attachments::{AttachmentError, Pinned, pin_with};
use lika_domain::language::Bilingual;
use serde_json::Value;
use std::path::Path;

/// The folder of attachments, in the client's folder.
pub(crate) const ATTACHMENTS: &str = "attachments";
/// Bytes of a SHA-256.
const SHA256_BYTES: usize = 32;
/// Longest name of an attachment that is kept, in characters.
const NAME_CHARS_MAX: usize = 80;

/// Replaces every file in the evidence of a report by its hash and size. `home` is the client's folder.
///
/// # Errors
/// If something is named that the desk did not store, or an empty file.
pub(crate) fn pin(report: &mut Value, home: &Path) -> Result<(), AttachmentError> {
    pin_with(report, |path| look_up(path, home))
}

/// The hash and the size of an attachment, by its path.
fn look_up(path: &str, home: &Path) -> Result<Pinned, AttachmentError> {
    let (hash, name) = parts(path).ok_or_else(|| unknown(path))?;
    let folder = home.join(ATTACHMENTS).join(hex::encode(hash));
    // Not even a link that leads elsewhere.
    let is_folder = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
    if !is_folder(&home.join(ATTACHMENTS)) || !is_folder(&folder) {
        return Err(unknown(path));
    }
    let found = folder.join(name).symlink_metadata().ok().filter(std::fs::Metadata::is_file);
    match found.ok_or_else(|| unknown(path))?.len() {
        0 => Err(AttachmentError {
            code: "evidence_empty",
            what: Bilingual::new(format!("{name} 是空文件"), format!("{name} is empty")),
        }),
        size => Ok((hash, size)),
    }
}

/// Hash and name of an attachment, from `attachments/HASH/NAME`.
fn parts(path: &str) -> Option<([u8; SHA256_BYTES], &str)> {
    let (hexadecimal, name) = path.strip_prefix(ATTACHMENTS)?.strip_prefix('/')?.split_once('/')?;
    let mut hash = [0; SHA256_BYTES];
    hex::decode_to_slice(hexadecimal, &mut hash).ok()?;
    (plain_name(name) == name && hex::encode(hash) == hexadecimal).then_some((hash, name))
}

fn unknown(path: &str) -> AttachmentError {
    let zh = format!("{path} 不是在本工作台选择的文件，请重新选择");
    let what = Bilingual::new(zh, format!("{path} is no file that was chosen at this desk; choose it again"));
    AttachmentError { code: "evidence_unreadable", what }
}

/// The name of a file without the folders that some browsers send, and without what could lead out of a folder.
pub(crate) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    let name = name.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end();
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_attachment_leads_nowhere() {
        for (given, kept) in [
            ("会议记录.jpg", "会议记录.jpg"),
            ("C:\\fotos\\a.jpg", "a.jpg"),
            ("../../etc/passwd", "passwd"),
            ("..", "file"),
            (".. .a", "a"),
            ("a\u{0}b", "ab"),
        ] {
            assert_eq!((plain_name(given).as_str(), plain_name(kept).as_str()), (kept, kept));
        }
        assert_eq!(plain_name(&"长".repeat(300)).chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn only_what_the_desk_stored_under_its_hash_is_an_attachment() {
        let home = tempfile::tempdir().unwrap();
        let (home, hash) = (home.path(), "ab".repeat(SHA256_BYTES));
        let folder = home.join(ATTACHMENTS).join(&hash);
        std::fs::create_dir_all(folder.join("folder")).unwrap();
        std::fs::write(folder.join("公示.jpg"), "abc").unwrap();
        std::fs::write(folder.join("empty"), "").unwrap();
        std::fs::write(home.join("desk.json"), "abc").unwrap();
        let kept = |name: &str| format!("{ATTACHMENTS}/{hash}/{name}");
        // The hash is that of the folder: nothing is read.
        assert_eq!(look_up(&kept("公示.jpg"), home), Ok(([0xab; SHA256_BYTES], 3)));
        assert_eq!(look_up(&kept("empty"), home).unwrap_err().code, "evidence_empty");
        let mut others =
            vec![kept("folder"), kept(""), kept("nowhere"), kept("../../desk.json"), kept(".."), kept("公示.jpg/")];
        others.extend([format!("/{}", kept("公示.jpg")), kept("公示.jpg").to_uppercase()]);
        others
            .extend([format!("{ATTACHMENTS}/{}/公示.jpg", hash.to_uppercase()), format!("{ATTACHMENTS}/00/公示.jpg")]);
        others.extend(["/etc/hostname", "desk.json", "", ".", ATTACHMENTS].map(str::to_owned));
        #[cfg(unix)]
        {
            let elsewhere = home.join(ATTACHMENTS).join("cd".repeat(SHA256_BYTES));
            std::os::unix::fs::symlink("/etc/hostname", folder.join("link")).unwrap();
            std::os::unix::fs::symlink(&folder, elsewhere).unwrap();
            others.extend([kept("link"), format!("{ATTACHMENTS}/{}/公示.jpg", "cd".repeat(SHA256_BYTES))]);
        }
        for path in others {
            assert_eq!(look_up(&path, home).unwrap_err().code, "evidence_unreadable", "{path}");
        }
    }
}
