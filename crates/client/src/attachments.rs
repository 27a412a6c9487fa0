//! Attachments of a report: a file named in it is pinned by its SHA-256 and size, and stays where it is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::language::Bilingual;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest file that is pinned; a film of a meeting fits.
const ATTACHMENT_BYTES_MAX: u64 = 4 << 30;
/// Bytes read at once.
const CHUNK_BYTES: usize = 64 << 10;
/// Bytes of a SHA-256.
const SHA256_BYTES: usize = 32;

/// Why an attachment cannot be pinned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", what.en)]
pub struct AttachmentError {
    /// Its code.
    pub code: &'static str,
    /// What is wrong.
    pub what: Bilingual,
}

/// SHA-256 and size in bytes of a file.
pub type Pinned = ([u8; SHA256_BYTES], u64);

/// Replaces every `file` in the evidence of a report by its hash and size, and reads hashes in hexadecimal. Files are
/// looked for in `folder`.
///
/// # Errors
/// If a file cannot be read, is none (a pipe, a device), is empty or too large.
pub fn pin(report: &mut Value, folder: &Path) -> Result<(), AttachmentError> {
    pin_with(report, |name| hash(&folder.join(name), name))
}

/// As [`pin`], with files that are looked up by their names in another way.
///
/// # Errors
/// Those of `look_up`.
pub fn pin_with(
    report: &mut Value,
    look_up: impl Fn(&str) -> Result<Pinned, AttachmentError>,
) -> Result<(), AttachmentError> {
    let lists = report.as_object_mut().into_iter().flat_map(|report| report.values_mut());
    let events = lists.filter_map(|list| list.get_mut("events")?.as_array_mut()).flatten();
    let attachments = events.filter_map(|event| event.get_mut("evidence")?.as_array_mut()).flatten();
    attachments.filter_map(Value::as_object_mut).try_for_each(|attachment| pin_one(attachment, &look_up))
}

fn pin_one(
    attachment: &mut Map<String, Value>,
    look_up: impl Fn(&str) -> Result<Pinned, AttachmentError>,
) -> Result<(), AttachmentError> {
    if let Some(name) = attachment.remove("file") {
        let name = name.as_str().map(str::to_owned);
        let name = name.ok_or_else(|| {
            failure("evidence_invalid", "佐证材料的文件名应为文字", "the file of an attachment must be a text")
        })?;
        let (sha256, size) = look_up(&name)?;
        attachment.insert("sha256".to_owned(), BASE64_STANDARD.encode(sha256).into());
        attachment.insert("size".to_owned(), size.to_string().into());
    } else if let Some(bytes) = attachment.get("sha256").and_then(Value::as_str).and_then(from_hexadecimal) {
        attachment.insert("sha256".to_owned(), BASE64_STANDARD.encode(bytes).into());
    }
    Ok(())
}

fn hash(path: &Path, name: &str) -> Result<Pinned, AttachmentError> {
    let unreadable = |error: std::io::Error| {
        let zh = format!("无法读取 {name}：{error}");
        failure("evidence_unreadable", &zh, &format!("{name} cannot be read: {error}"))
    };
    // Opening a pipe would wait for whoever writes to it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(failure("evidence_unreadable", &format!("{name} 不是文件"), &format!("{name} is not a file")));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut digest = Sha256::new();
    let mut size = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).map_err(unreadable)?;
        digest.update(chunk.get(..read).unwrap_or_default());
        size += read as u64;
        if size > ATTACHMENT_BYTES_MAX {
            let zh = format!("{name} 超过 {ATTACHMENT_BYTES_MAX} 字节");
            let en = format!("{name} is larger than {ATTACHMENT_BYTES_MAX} bytes");
            return Err(failure("evidence_too_large", &zh, &en));
        }
        if read == 0 {
            break;
        }
    }
    if size == 0 {
        return Err(failure("evidence_empty", &format!("{name} 是空文件"), &format!("{name} is empty")));
    }
    Ok((digest.finalize().into(), size))
}

fn from_hexadecimal(text: &str) -> Option<[u8; SHA256_BYTES]> {
    let mut hash = [0; SHA256_BYTES];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}

fn failure(code: &'static str, zh: &str, en: &str) -> AttachmentError {
    AttachmentError { code, what: Bilingual::new(zh, en) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(attachment: &Value) -> Value {
        json!({"area": "1", "households": {"events": [{"evidence": [attachment]}, {"happened": 1}]}})
    }

    fn pinned(folder: &Path, attachment: &Value) -> Result<Value, AttachmentError> {
        let mut report = report(attachment);
        pin(&mut report, folder)?;
        Ok(report["households"]["events"][0]["evidence"][0].clone())
    }

    #[test]
    fn a_file_is_pinned_and_other_attachments_stay() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("公示.jpg"), "abc").unwrap();
        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        let (hexadecimal, base64) = (
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        );
        let attachment = pinned(dir.path(), &json!({"kind": "EVIDENCE_KIND_NOTICE", "file": "公示.jpg"})).unwrap();
        assert_eq!(attachment, json!({"kind": "EVIDENCE_KIND_NOTICE", "sha256": base64, "size": "3"}));
        let attachment = pinned(dir.path(), &json!({"sha256": hexadecimal, "size": 3})).unwrap();
        assert_eq!(attachment, json!({"sha256": base64, "size": 3}));
        let other = json!({"sha256": base64, "size": 3});
        assert_eq!(pinned(dir.path(), &other).unwrap(), other);
    }

    #[test]
    fn attachments_that_are_not_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("empty"), "").unwrap();
        for (name, code) in [
            (json!("nowhere.jpg"), "evidence_unreadable"),
            (json!("."), "evidence_unreadable"),
            (json!("/dev/zero"), "evidence_unreadable"),
            (json!("empty"), "evidence_empty"),
            (json!(7), "evidence_invalid"),
        ] {
            assert_eq!(pinned(dir.path(), &json!({ "file": name })).unwrap_err().code, code);
        }
    }
}
