//! What a device asks for when its key is to be enrolled, and the code by which two people compare it.
//!
//! A request is a line of text that fits into a message or a QR code: `lika-enrol-1:` and, in base64 for URLs,
//!
//! ```text
//! 1 byte    length of the log's name     n bytes   the name
//! 4 bytes   number of the official       32 bytes  public key
//! 8 bytes   when it was made, in seconds since 1970-01-01 UTC
//! 1 byte    length of the person's name  n bytes   the name; may be empty
//! 64 bytes  signature of the key over `lika enrolment v1\n` and everything before
//! ```
//!
//! Numbers are big-endian. The signature proves that the device has the key.
//!
//! It does not prove whose device it is. The official reads the code from their screen over the telephone, to an
//! administrator who knows their voice and types it in. Whoever wanted to put a request of their own in the place of
//! the real one would need one with the same code: 12 digits are 40 bits, and each try costs a derivation by Argon2id
//! of 64 MiB, 3 passes and 4 lanes. At 0.1 s each, 10^12 of them are 3,000 years of a core for one request. 12 digits
//! of a plain hash would be a year of a core at most, signatures included, or an hour of many.

pub mod approval;

use crate::key::Signer;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_zebra::{Signature, VerificationKey};
use lika_domain::ids::OfficialId;
use lika_domain::text::is_hidden;
use sha2::{Digest, Sha256};
use std::fmt;

/// What a request begins with.
pub const REQUEST_PREFIX: &str = "lika-enrol-1:";
/// Longest request that is read, in characters.
pub const REQUEST_CHARS_MAX: usize = 1_024;
/// Digits of a code.
pub const CODE_DIGITS: usize = 12;
/// Longest name of a log or a person in a request, in bytes.
const NAME_BYTES_MAX: usize = 255;
/// Distinguishes the signature of a request from all others.
const SIGNED_PREFIX: &[u8] = b"lika enrolment v1\n";
/// The salt of codes.
const CODE_SALT: &[u8] = b"lika enrolment code v1\n";

/// A request, whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentRequest {
    /// The log.
    pub origin: String,
    /// The official.
    pub official: OfficialId,
    /// Their name as they gave it; may be empty.
    pub name: String,
    /// The public key.
    pub public: [u8; 32],
    /// When it was made, in seconds since 1970-01-01 UTC, by the device's clock.
    pub made_at_s: u64,
    bytes: Vec<u8>,
}

/// Why a text is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// It was cut off or changed, or is something else.
    #[error("this is not an enrolment request, or a part of it is missing")]
    Malformed,
    /// The name of its log or of its person holds characters that nobody sees, or that turn the order of others.
    #[error("the enrolment request holds characters that nobody sees")]
    Hidden,
    /// The key did not sign it.
    #[error("the enrolment request is not signed by its key")]
    Forged,
}

/// The code of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentCode(u64);

impl EnrolmentRequest {
    /// A request of this device. A name that is too long is cut off, and what nobody sees in it is left out.
    pub fn new(signer: &Signer, official: OfficialId, origin: &str, name: &str, made_at_s: u64) -> Self {
        let name: String = name.chars().filter(|c| !is_hidden(*c)).collect();
        let (origin, name) = (cut(origin), cut(&name));
        let mut bytes = Vec::new();
        put(&mut bytes, origin);
        bytes.extend(official.get().to_be_bytes());
        bytes.extend(signer.public());
        bytes.extend(made_at_s.to_be_bytes());
        put(&mut bytes, name);
        bytes.extend(signer.sign(SIGNED_PREFIX, &bytes));
        let (origin, name) = (origin.to_owned(), name.to_owned());
        Self { origin, official, name, public: *signer.public(), made_at_s, bytes }
    }

    /// Reads a request. Blanks around it and inside it, as from a message, are left out.
    ///
    /// # Errors
    /// [`EnrolmentError`].
    pub fn parse(text: &str) -> Result<Self, EnrolmentError> {
        if text.len() > REQUEST_CHARS_MAX {
            return Err(EnrolmentError::Malformed);
        }
        let text: String = text.split_whitespace().collect();
        let encoded = text.strip_prefix(REQUEST_PREFIX).ok_or(EnrolmentError::Malformed)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| EnrolmentError::Malformed)?;
        let (request, signed, signature) = Self::read(&bytes).ok_or(EnrolmentError::Malformed)?;
        if [&request.origin, &request.name].into_iter().any(|text| text.chars().any(is_hidden)) {
            return Err(EnrolmentError::Hidden);
        }
        let key = VerificationKey::try_from(request.public).map_err(|_| EnrolmentError::Forged)?;
        let signature = Signature::from_bytes(&signature);
        key.verify(&signature, &[SIGNED_PREFIX, signed].concat()).map_err(|_| EnrolmentError::Forged)?;
        Ok(request)
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8], [u8; 64])> {
        let (origin, rest) = take(bytes)?;
        let (official, rest) = rest.split_first_chunk::<4>()?;
        let (public, rest) = rest.split_first_chunk::<32>()?;
        let (made_at, rest) = rest.split_first_chunk::<8>()?;
        let (name, signature) = take(rest)?;
        let signature = <[u8; 64]>::try_from(signature).ok()?;
        let request = Self {
            origin: origin.to_owned(),
            official: OfficialId::new(u32::from_be_bytes(*official))?,
            name: name.to_owned(),
            public: *public,
            made_at_s: u64::from_be_bytes(*made_at),
            bytes: bytes.to_vec(),
        };
        Some((request, &bytes[..bytes.len() - signature.len()], signature))
    }

    /// Its code.
    pub fn code(&self) -> EnrolmentCode {
        let params = Params::new(64 * 1024, 3, 4, Some(8));
        let mut derived = [0; 8];
        let hash = Sha256::digest(&self.bytes);
        let done = params.and_then(|params| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(&hash, CODE_SALT, &mut derived)
        });
        done.unwrap_or_else(|_| unreachable!("the parameters are constants in range"));
        EnrolmentCode(u64::from_be_bytes(derived) % 10_u64.pow(12))
    }
}

impl fmt::Display for EnrolmentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{REQUEST_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(&self.bytes))
    }
}

impl EnrolmentCode {
    /// Whether this is what somebody typed, with whatever stands between the digits.
    pub fn is(self, typed: &str) -> bool {
        let digits: String = typed.chars().filter_map(|c| c.to_digit(10)).map(|digit| digit.to_string()).collect();
        digits.len() == CODE_DIGITS && digits.parse() == Ok(self.0)
    }
}

/// In groups of four, as it is read out.
impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = (self.0 / 100_000_000, self.0 % 100_000_000);
        write!(f, "{first:04} {:04} {:04}", rest / 10_000, rest % 10_000)
    }
}

fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text.as_bytes());
}

fn take(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(NAME_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(seed: u8) -> EnrolmentRequest {
        let official = OfficialId::new(10_000_002).unwrap();
        EnrolmentRequest::new(&Signer::from_seed([seed; 32]), official, "lika.example/130624", "李四", 1_650_000_000)
    }

    #[test]
    fn a_request_comes_back_from_its_text_with_its_code() {
        let made = request(1);
        let text = made.to_string();
        assert!(text.len() < 300, "too long for a QR code on a telephone: {}", text.len());
        let read = EnrolmentRequest::parse(&format!("  {}\n{}\n", &text[..40], &text[40..])).unwrap();
        assert_eq!(read, made);
        let code = made.code();
        assert_eq!(read.code(), code);
        let shown = code.to_string();
        assert!(shown.len() == 14 && code.is(&shown) && code.is(&shown.replace(' ', "")), "{shown}");
        assert!(code.is(&shown.replace(' ', "-")) && !code.is("") && !code.is(&shown[..13]), "{shown}");
        assert_ne!(request(2).code(), code, "of another device");
    }

    #[test]
    fn a_request_whose_names_hide_characters_is_refused_and_never_made() {
        let (official, signer) = (OfficialId::new(10_000_002).unwrap(), Signer::from_seed([1; 32]));
        for hidden in ["\u{1b}[2J", "\u{9b}1A", "\n", "\u{202e}", "\u{200b}", "\u{e0041}"] {
            let name = format!("李{hidden}四");
            let made = EnrolmentRequest::new(&signer, official, "lika.example/130624", &name, 0);
            assert!(!made.name.chars().any(is_hidden), "{hidden:?}");
            assert_eq!(EnrolmentRequest::parse(&made.to_string()), Ok(made), "{hidden:?}");
            for (origin, name) in [("lika.example/130624", name.as_str()), (&format!("lika{hidden}.example/1"), "")] {
                let mut bytes = Vec::new();
                put(&mut bytes, origin);
                bytes.extend(official.get().to_be_bytes());
                bytes.extend(signer.public());
                bytes.extend(0_u64.to_be_bytes());
                put(&mut bytes, name);
                bytes.extend(signer.sign(SIGNED_PREFIX, &bytes));
                let text = format!("{REQUEST_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
                assert_eq!(EnrolmentRequest::parse(&text), Err(EnrolmentError::Hidden), "{hidden:?}");
            }
        }
    }

    #[test]
    fn a_request_that_was_changed_anywhere_is_refused() {
        let text = request(1).to_string();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.strip_prefix(REQUEST_PREFIX).unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let text = format!("{REQUEST_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(changed));
            assert!(EnrolmentRequest::parse(&text).is_err(), "byte {at}");
        }
        for length in 0..text.len() {
            assert!(EnrolmentRequest::parse(&text[..length]).is_err(), "{length} characters");
        }
        assert!(EnrolmentRequest::parse(&"x".repeat(REQUEST_CHARS_MAX + 1)).is_err());
    }
}
