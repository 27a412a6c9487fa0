//! Reads the public keys that administrators are given.

use super::not_a_key;
use crate::exit::Failure;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_client::enrolment::{EnrolmentError, EnrolmentRequest};
use lika_client::import::decode;
use serde::Deserialize;
use std::io::Read;

/// Largest file with a public key, in bytes.
const FILE_BYTES_MAX: u64 = 4_096;

/// A public key, and its official if known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) public: [u8; 32],
    pub(super) official: Option<u32>,
    /// The request that asks for its enrolment.
    pub(super) request: Option<EnrolmentRequest>,
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

/// Reads a request, or a public key: base64, hexadecimal, what `lika key show --json` prints of one key; or a file of
/// it.
pub(super) fn read(text: &str) -> Result<Given, Failure> {
    if let Some(request) = request(text)? {
        return Ok(request);
    }
    if let Some(given) = parse(text) {
        return Ok(given);
    }
    let mut content = Vec::new();
    std::fs::File::open(text)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut content))
        .map_err(|_| not_a_key(text))?;
    // A shell of Windows that redirects what `lika key show` prints writes UTF-16.
    let content = decode(&content).map_err(|_| not_a_key(text))?;
    match request(&content)? {
        Some(request) => Ok(request),
        None => parse(&content).ok_or_else(|| not_a_key(text)),
    }
}

/// The request in a text, whatever stands around it; `None` if there is none.
fn request(text: &str) -> Result<Option<Given>, Failure> {
    let request = EnrolmentRequest::find(text).map_err(|error| {
        let zh = match error {
            EnrolmentError::Malformed => "登记请求不完整，请对方重新发送整行文字",
            EnrolmentError::Forged => "登记请求已被改动，与其密钥不符，请对方重新发送整行文字",
            EnrolmentError::Hidden => "登记请求的名称中有看不见的字符，请对方用 `lika key request --name` 重新生成",
        };
        let en = match error {
            EnrolmentError::Hidden => "let them make it anew with `lika key request --name`",
            EnrolmentError::Malformed | EnrolmentError::Forged => "let them send the whole line again",
        };
        Failure::told("request_invalid", zh, format!("{error}: {en}"))
    })?;
    let given = |request: EnrolmentRequest| Given {
        public: request.public,
        official: Some(request.official.get()),
        request: Some(request),
    };
    Ok(request.map(given))
}

fn parse(content: &str) -> Option<Given> {
    let of = |file: &File| Some(Given { public: bytes(&file.public_key)?, official: file.official, request: None });
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
        Err(_) => Some(Given { public: bytes(content.trim())?, official: None, request: None }),
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
        let alone = Given { public, official: None, request: None };
        assert_eq!((read(&base64).unwrap(), read(&hex).unwrap()), (alone.clone(), alone.clone()));
        assert_eq!(parse(&format!("{base64}\n")), Some(alone));
        let json = format!(r#"{{"name": "phone", "official": 10000001, "public_key": "{base64}"}}"#);
        let with_official = Some(Given { public, official: Some(10_000_001), request: None });
        assert_eq!((parse(&json), parse(&format!("[{json}]"))), (with_official.clone(), with_official));
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
