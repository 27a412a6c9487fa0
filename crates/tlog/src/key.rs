//! Names and keys of signed notes (<https://c2sp.org/signed-note>), in the text forms of Go's note package.
//!
//! A key is identified by its name and a key id, the first four bytes of SHA-256(name ⏎ algorithm ‖ public key). The
//! same Ed25519 key used in two ways thus has two ids, and a signature of one kind never passes for the other.

use std::fmt;
use std::str::FromStr;

use ed25519_zebra::{Signature, SigningKey as Ed25519Secret, VerificationKey};
use sha2::{Digest, Sha256};

use crate::text;

/// Longest key name, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 255;

/// Longest text form of a key, in bytes.
pub const KEY_TEXT_BYTES_MAX: usize = 512;

/// Length of an Ed25519 seed and of a public key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Length of an Ed25519 signature, in bytes.
pub const SIGNATURE_BYTES: usize = 64;

/// Prefix of a signing key's text form.
const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// Name of a key, and of the log that signs with it: not empty, without white space, control characters or plus
/// signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The text cannot be the name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// The name is empty.
    #[error("a key name must not be empty")]
    Empty,
    /// Longer than [`KEY_NAME_BYTES_MAX`].
    #[error("a key name has at most {KEY_NAME_BYTES_MAX} bytes")]
    TooLong,
    /// White space, a control character or a plus sign.
    #[error("a key name must not contain {character:?}")]
    Character {
        /// The first such character.
        character: char,
    },
}

/// Short identifier of a key; shown as eight hexadecimal digits. It tells keys apart but proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

/// What a key signs, and how: the signature types of signed notes that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Type 0x01: Ed25519 over the text of the note. Used by logs.
    Ed25519,
    /// Type 0x04: Ed25519 over a time and the text of the note. Used by witnesses; see [`crate::cosignature`].
    CosignatureV1,
}

/// A public key with its name: shown and parsed as `name+hex8(key id)+base64(type ‖ key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    algorithm: Algorithm,
    id: KeyId,
    key: VerificationKey,
}

/// A secret key with its name. Its text form holds the seed, so it comes only from [`SigningKey::secret_text`].
#[derive(Clone)]
pub struct SigningKey {
    secret: Ed25519Secret,
    verifier: VerifierKey,
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Longer than [`KEY_TEXT_BYTES_MAX`].
    #[error("a key has at most {KEY_TEXT_BYTES_MAX} bytes of text")]
    TooLong,
    /// Not three parts joined by plus signs, or, for a signing key, without the prefix `PRIVATE+KEY+`.
    #[error("not of the form name+keyid+base64")]
    Form,
    /// The name is invalid.
    #[error("the key's name is wrong")]
    Name(#[from] KeyNameError),
    /// The key material is not the base64 of one type byte and 32 more.
    #[error("the key is not the base64 of a type and {KEY_BYTES} bytes")]
    Material,
    /// An unknown signature type.
    #[error("signature type {kind:#04x} is unknown")]
    Algorithm {
        /// The type byte.
        kind: u8,
    },
    /// The key id does not belong to this name and key: one of the three has been altered.
    #[error("the key id is not that of the name and key")]
    Id,
    /// The bytes are not a point of the curve.
    #[error("the bytes are not an Ed25519 public key")]
    Point,
}

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(name: &str) -> Result<Self, KeyNameError> {
        if name.is_empty() {
            return Err(KeyNameError::Empty);
        }
        if name.len() > KEY_NAME_BYTES_MAX {
            return Err(KeyNameError::TooLong);
        }
        let unfit = |character: &char| character.is_whitespace() || character.is_control() || *character == '+';
        match name.chars().find(unfit) {
            Some(character) => Err(KeyNameError::Character { character }),
            None => Ok(Self(name.to_owned())),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl Algorithm {
    /// The type byte that key ids and text forms hold.
    pub fn kind(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    fn of(kind: u8) -> Result<Self, KeyError> {
        [Self::Ed25519, Self::CosignatureV1]
            .into_iter()
            .find(|algorithm| algorithm.kind() == kind)
            .ok_or(KeyError::Algorithm { kind })
    }
}

impl VerifierKey {
    /// Names a public key of 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Point`] if the bytes are not a point of the curve.
    pub fn new(name: KeyName, algorithm: Algorithm, public: [u8; KEY_BYTES]) -> Result<Self, KeyError> {
        let key = VerificationKey::try_from(public).map_err(|_| KeyError::Point)?;
        Ok(Self { id: key_id(&name, algorithm, &public), name, algorithm, key })
    }

    /// Name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// How the key signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Short identifier of the key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The Ed25519 public key.
    pub fn public_bytes(&self) -> [u8; KEY_BYTES] {
        self.key.into()
    }

    /// Whether the Ed25519 signature is valid for exactly this message.
    pub(crate) fn holds(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        self.key.verify(&Signature::from_bytes(signature), message).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, material(self.algorithm, &self.public_bytes()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(key: &str) -> Result<Self, KeyError> {
        let (name, id, algorithm, public) = parts(key)?;
        let key = Self::new(name, algorithm, public)?;
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

impl SigningKey {
    /// The key with which a log of this name signs its checkpoints, from a secret seed that the caller has drawn.
    pub fn new(name: KeyName, seed: [u8; KEY_BYTES]) -> Self {
        Self::with_algorithm(name, Algorithm::Ed25519, seed)
    }

    /// The key with which a witness of this name cosigns checkpoints.
    pub fn cosigner(name: KeyName, seed: [u8; KEY_BYTES]) -> Self {
        Self::with_algorithm(name, Algorithm::CosignatureV1, seed)
    }

    /// Reads the form that [`SigningKey::secret_text`] writes.
    ///
    /// # Errors
    /// [`KeyError`] with the fault; it never contains any part of the text.
    pub fn from_secret_text(key: &str) -> Result<Self, KeyError> {
        let (name, id, algorithm, seed) = parts(key.strip_prefix(SECRET_PREFIX).ok_or(KeyError::Form)?)?;
        let key = Self::with_algorithm(name, algorithm, seed);
        if key.verifier.id.to_string() == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// `PRIVATE+KEY+name+hex8(key id)+base64(type ‖ seed)`. Whoever has this text can sign: keep it out of logs.
    pub fn secret_text(&self) -> String {
        let VerifierKey { name, algorithm, id, .. } = &self.verifier;
        format!("{SECRET_PREFIX}{name}+{id}+{}", material(*algorithm, self.secret.as_bytes()))
    }

    /// Name of the key.
    pub fn name(&self) -> &KeyName {
        &self.verifier.name
    }

    /// The public half, with which others verify.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The Ed25519 signature of exactly this message.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.secret.sign(message).to_bytes()
    }

    fn with_algorithm(name: KeyName, algorithm: Algorithm, seed: [u8; KEY_BYTES]) -> Self {
        let secret = Ed25519Secret::from(seed);
        let key = secret.verification_key();
        let id = key_id(&name, algorithm, &key.into());
        Self { secret, verifier: VerifierKey { name, algorithm, id, key } }
    }
}

impl fmt::Debug for SigningKey {
    /// Shows the public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

fn key_id(name: &KeyName, algorithm: Algorithm, public: &[u8; KEY_BYTES]) -> KeyId {
    let hash = Sha256::new().chain_update(&name.0).chain_update([b'\n', algorithm.kind()]).chain_update(public);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    KeyId([a, b, c, d])
}

fn material(algorithm: Algorithm, key: &[u8; KEY_BYTES]) -> String {
    text::base64_of(&[&[algorithm.kind()], &key[..]].concat())
}

/// Splits `name+id+base64`. The base64 may contain plus signs itself.
fn parts(key: &str) -> Result<(KeyName, &str, Algorithm, [u8; KEY_BYTES]), KeyError> {
    if key.len() > KEY_TEXT_BYTES_MAX {
        return Err(KeyError::TooLong);
    }
    let (name, rest) = key.split_once('+').ok_or(KeyError::Form)?;
    let (id, material) = rest.split_once('+').ok_or(KeyError::Form)?;
    let material = text::base64_bytes(material).ok_or(KeyError::Material)?;
    let (kind, bytes) = material.split_first().ok_or(KeyError::Material)?;
    let algorithm = Algorithm::of(*kind)?;
    Ok((name.parse()?, id, algorithm, bytes.try_into().map_err(|_| KeyError::Material)?))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example key of Go's note package.
    pub(crate) const PETER_SECRET: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    pub(crate) const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    pub(crate) fn name(text: &str) -> KeyName {
        text.parse().unwrap()
    }

    #[test]
    fn the_example_of_the_go_package() {
        let secret = SigningKey::from_secret_text(PETER_SECRET).unwrap();
        assert_eq!(secret.secret_text(), PETER_SECRET);
        assert_eq!(secret.verifier().to_string(), PETER);
        assert_eq!(PETER.parse::<VerifierKey>().as_ref(), Ok(secret.verifier()));
        assert_eq!(secret.verifier().id(), KeyId([0xc7, 0x4f, 0x20, 0xa3]));
    }

    #[test]
    fn the_two_uses_of_one_seed_have_two_ids() {
        let log = SigningKey::new(name("a.example"), [7; 32]);
        let witness = SigningKey::cosigner(name("a.example"), [7; 32]);
        assert_eq!(log.verifier().public_bytes(), witness.verifier().public_bytes());
        assert_ne!(log.verifier().id(), witness.verifier().id());
        assert_eq!(witness.verifier().to_string().parse(), Ok(witness.verifier().clone()));
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let secret = SigningKey::from_secret_text(PETER_SECRET).unwrap();
        assert_eq!(format!("{secret:?}"), format!("SigningKey({PETER})"));
    }

    #[test]
    fn invalid_names_are_refused() {
        for (text, error) in [
            ("", KeyNameError::Empty),
            (&"x".repeat(256), KeyNameError::TooLong),
            ("a b", KeyNameError::Character { character: ' ' }),
            ("a+b", KeyNameError::Character { character: '+' }),
            ("a\nb", KeyNameError::Character { character: '\n' }),
            ("a\u{3000}b", KeyNameError::Character { character: '\u{3000}' }),
            ("a\u{0}b", KeyNameError::Character { character: '\0' }),
        ] {
            assert_eq!(text.parse::<KeyName>(), Err(error), "{text:?}");
        }
        assert_eq!(name("lika.example/130624").as_str(), "lika.example/130624");
        assert_eq!(name("立卡.example").to_string(), "立卡.example");
    }

    #[test]
    fn texts_that_are_no_keys() {
        let material = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let no_point = text::base64_of(&[&[1u8; 1][..], &[0x02; 1], &[0; 31]].concat());
        for (text, error) in [
            (String::new(), KeyError::Form),
            ("PeterNeumann+c74f20a3".into(), KeyError::Form),
            (format!("PeterNeumann+C74F20A3+{material}"), KeyError::Id),
            (format!("PeterNeumann+c74f20a4+{material}"), KeyError::Id),
            (format!("PeterNeumann+c74f20a+{material}"), KeyError::Id),
            (format!("PeterNeumanm+c74f20a3+{material}"), KeyError::Id),
            (format!("+c74f20a3+{material}"), KeyError::Name(KeyNameError::Empty)),
            ("PeterNeumann+c74f20a3+".into(), KeyError::Material),
            ("PeterNeumann+c74f20a3+AQ==".into(), KeyError::Material),
            (format!("PeterNeumann+c74f20a3+{material}\n"), KeyError::Material),
            (format!("PeterNeumann+c74f20a3+Ahpc{}", &material[4..]), KeyError::Algorithm { kind: 2 }),
            (format!("PeterNeumann+c74f20a3+{no_point}"), KeyError::Point),
            ("x".repeat(513), KeyError::TooLong),
        ] {
            assert_eq!(text.parse::<VerifierKey>(), Err(error), "{text:?}");
        }
        assert_eq!(SigningKey::from_secret_text(PETER).unwrap_err(), KeyError::Form);
    }

    proptest! {
        #[test]
        fn keys_roundtrip(name in "[^\\s+\\p{Cc}]{1,40}", seed: [u8; 32], cosigner: bool) {
            let name: KeyName = name.parse().unwrap();
            let make = if cosigner { SigningKey::cosigner } else { SigningKey::new };
            let key = make(name, seed);
            prop_assert_eq!(key.verifier().to_string().parse(), Ok(key.verifier().clone()));
            let read = SigningKey::from_secret_text(&key.secret_text()).unwrap();
            prop_assert_eq!(read.secret_text(), key.secret_text());
        }

        #[test]
        fn an_altered_key_is_refused(at in 0..PETER.len(), bit in 0u8..7) {
            let mut bytes = PETER.as_bytes().to_vec();
            bytes[at] ^= 1u8 << bit;
            prop_assert!(String::from_utf8(bytes).unwrap().parse::<VerifierKey>().is_err());
        }

        #[test]
        fn parsing_never_panics(text in ".{0,90}") {
            prop_assert!(text.parse::<VerifierKey>().is_err());
            prop_assert!(SigningKey::from_secret_text(&text).is_err());
        }
    }
}
