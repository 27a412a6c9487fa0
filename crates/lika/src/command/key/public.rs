//! Reads the public keys that administrators are given.

use super::not_a_key;
use crate::exit::Failure;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use std::io::Read;

/// Largest file with a public key, in bytes.
const FILE_BYTES_MAX: u64 = 4_096;

/// A public key, and its official if known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) public: [u8; 32],
    pub(super) official: Option<u32>,
}

/// What `lika key show --json` writes: one key, or a list of all.
#[derive(Deserialize)]
#[serde(untagged)]
enum Shown {
    One(File),
    All(Vec<File>),
}

#[derive(Deserialize)]
struct File {
    public_key: String,
    #[serde(default)]
    official: Option<u32>,
}

/// Reads a public key: base64, hexadecimal, what `lika key show --json` prints of one key, or a file of it.
pub(super) fn read(text: &str) -> Result<Given, Failure> {
    if let Some(given) = parse(text) {
        return Ok(given);
    }
    let mut content = String::new();
    std::fs::File::open(text)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut content))
        .map_err(|_| not_a_key(text))?;
    parse(&content).ok_or_else(|| not_a_key(text))
}

fn parse(content: &str) -> Option<Given> {
    let of = |file: &File| Some(Given { public: bytes(&file.public_key)?, official: file.official });
    match serde_json::from_str(content) {
        Ok(Shown::One(file)) => of(&file),
        // Among several keys nobody could tell which one is meant.
        Ok(Shown::All(files)) => {
            if let [file] = files.as_slice() {
                of(file)
            } else {
                None
            }
        }
        Err(_) => Some(Given { public: bytes(content.trim())?, official: None }),
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let bytes = if text.len() == 64 { hex::decode(text).ok() } else { BASE64_STANDARD.decode(text).ok() };
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_every_form_it_is_handed_over_in() {
        let public = [7; 32];
        let (base64, hex) = (BASE64_STANDARD.encode(public), hex::encode(public));
        let alone = Given { public, official: None };
        assert_eq!((read(&base64).unwrap(), read(&hex).unwrap()), (alone, alone));
        assert_eq!(parse(&format!("{base64}\n")), Some(alone));
        let json = format!(r#"{{"name": "phone", "official": 10000001, "public_key": "{base64}"}}"#);
        let with_official = Some(Given { public, official: Some(10_000_001) });
        assert_eq!((parse(&json), parse(&format!("[{json}]"))), (with_official, with_official));
        assert_eq!(parse(&format!("[{json}, {json}]")), None, "which of them?");
    }

    #[test]
    fn texts_that_are_not_keys_are_refused() {
        for text in ["", "AAAA", "no/such/file", &"0".repeat(63)] {
            assert_eq!(read(text).unwrap_err().code, "key_invalid", "{text}");
        }
        assert_eq!(parse(r#"{"public_key": "AAAA"}"#), None);
    }
}
