//! Signed notes of <https://c2sp.org/signed-note>: a text, a blank line, and one line for each signature.
//!
//! A reader names the keys it knows. Lines of other keys are ignored, so that witnesses can be added without asking
//! every reader. If a known key's signature is invalid the whole note is refused, and at least one must be valid.
//!
//! Libraries disagree about some unusual Ed25519 signatures: those with points of small order, or with a second
//! encoding, may be valid in one library and not in another, or valid alone and not within a batch. We verify by the
//! rules of ZIP 215, which settle every case and are the same for single signatures and batches. So a replay that
//! verifies in batches decides exactly like the recorder that verified one at a time. Honest signatures are valid
//! under every set of rules.

use std::fmt;
use std::str::FromStr;

pub mod cosignature;

use crate::key::{Algorithm, KeyId, KeyName, KeyNameError, SIGNATURE_BYTES, SigningKey, VerifierKey};
use crate::text;

/// Longest note, in bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;

/// Most signature lines of a note.
pub const NOTE_SIGNATURES_MAX: usize = 100;

/// Prefix of each signature line: an em dash and a space.
const LINE_PREFIX: &str = "— ";

/// A note in canonical form, its signatures not yet verified. Showing it gives back the bytes that were parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line: `— <name> <base64(key id ‖ signature)>`, shown and parsed without its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// A known key whose signature is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The key, one of those that the reader passed.
    pub key: &'a VerifierKey,
    /// When a cosignature was made, in seconds since 1970-01-01 UTC; none for a plain signature.
    pub time_seconds: Option<u64>,
}

/// Why bytes are not a note, or a text cannot become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("a note has at most {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("a note must be UTF-8; byte {at} is not")]
    Encoding {
        /// Offset of the first wrong byte.
        at: usize,
    },
    /// A control character other than newline.
    #[error("a note must not have control characters; byte {at} is one")]
    Control {
        /// Its offset.
        at: usize,
    },
    /// The text is empty or does not end in a newline.
    #[error("the text of a note must end in a newline")]
    Text,
    /// No blank line, or nothing after the last one.
    #[error("a note must have signature lines after a blank line")]
    NoSignatures,
    /// More than [`NOTE_SIGNATURES_MAX`].
    #[error("a note has at most {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// A signature line is invalid.
    #[error("signature line {line} is wrong")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        #[source]
        error: LineError,
    },
    /// The key makes cosignatures only, so it cannot sign a note as its author.
    #[error("the key signs cosignatures only")]
    WrongAlgorithm,
}

/// Why a line is not a signature line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not an em dash, a space, a name, a space and more, or not ended by a newline.
    #[error("not of the form — <name> <base64>")]
    Form,
    /// The name is invalid.
    #[error("the key name is wrong")]
    Name(#[from] KeyNameError),
    /// Not base64, or no longer than the four bytes of the key id.
    #[error("the signature is not the base64 of a key id and a signature")]
    Signature,
}

/// Why the signatures of a note are not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A known key's signature is invalid: the text or the signature has been altered.
    #[error("the signature of {name} (key {id}) does not hold")]
    BadSignature {
        /// Name of the key.
        name: KeyName,
        /// Its id.
        id: KeyId,
    },
    /// No line is by a known key.
    #[error("no signature is by a known key")]
    NoKnownKey,
}

impl SignedNote {
    /// Signs a text, which must end in a newline.
    ///
    /// # Errors
    /// [`NoteError`] if the text cannot be that of a note, or the key signs cosignatures only.
    pub fn sign(text: &str, key: &SigningKey) -> Result<Self, NoteError> {
        check_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Text);
        }
        if key.verifier().algorithm() != Algorithm::Ed25519 {
            return Err(NoteError::WrongAlgorithm);
        }
        let signature = NoteSignature::new(key.verifier(), key.sign(text.as_bytes()).to_vec());
        let mut note = Self { text: text.to_owned(), signatures: Vec::new() };
        note.add(signature)?;
        Ok(note)
    }

    /// Reads a note; only its form is checked.
    ///
    /// # Errors
    /// [`NoteError`] with the first fault.
    pub fn parse(note: &[u8]) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let note = str::from_utf8(note).map_err(|error| NoteError::Encoding { at: error.valid_up_to() })?;
        check_characters(note)?;
        // The text may have blank lines of its own, the signatures have none: the last blank line divides them.
        let end = note.rfind("\n\n").ok_or(NoteError::NoSignatures)? + 1;
        let signatures = parse_lines(&note[end + 1..])?;
        Ok(Self { text: note[..end].to_owned(), signatures })
    }

    /// The text, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, at least one, in the order of their lines.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line at the end, such as a witness's.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] or [`NoteError::TooLong`]; the note is then unchanged.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.len() == NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        if self.to_string().len() > NOTE_BYTES_MAX {
            self.signatures.pop();
            return Err(NoteError::TooLong);
        }
        Ok(())
    }

    /// Verifies the signatures of all known keys and returns the valid ones, each key once.
    ///
    /// # Errors
    /// [`VerifyError::BadSignature`] for the first invalid line of a known key, [`VerifyError::NoKnownKey`] if no
    /// line is by a known key.
    pub fn verify<'a>(&self, known: &'a [VerifierKey]) -> Result<Vec<Verified<'a>>, VerifyError> {
        let mut verified: Vec<Verified<'a>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = known.iter().find(|key| signature.is_by(key)) else { continue };
            let holds = signature.verify(&self.text, key)?;
            if verified.iter().all(|earlier| earlier.key != key) {
                verified.push(holds);
            }
        }
        if verified.is_empty() { Err(VerifyError::NoKnownKey) } else { Ok(verified) }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl NoteSignature {
    pub(crate) fn new(key: &VerifierKey, signature: Vec<u8>) -> Self {
        Self { name: key.name().clone(), id: key.id(), signature }
    }

    /// Name of the key in the line.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key in the line.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether the line names this key. Name and id must both agree.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }

    /// Verifies the line as a signature of this key over the text of a note.
    ///
    /// # Errors
    /// [`VerifyError::NoKnownKey`] if the line is by another key, [`VerifyError::BadSignature`] if it is invalid.
    pub fn verify<'a>(&self, text: &str, key: &'a VerifierKey) -> Result<Verified<'a>, VerifyError> {
        if !self.is_by(key) {
            return Err(VerifyError::NoKnownKey);
        }
        let bad = VerifyError::BadSignature { name: self.name.clone(), id: self.id };
        let time_seconds = match key.algorithm() {
            Algorithm::Ed25519 => {
                let signature = <&[u8; SIGNATURE_BYTES]>::try_from(&self.signature[..]).map_err(|_| bad.clone())?;
                key.holds(text.as_bytes(), signature).then_some(None)
            }
            Algorithm::CosignatureV1 => cosignature::time_if_valid(text, key, &self.signature).map(Some),
        };
        Ok(Verified { key, time_seconds: time_seconds.ok_or(bad)? })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{LINE_PREFIX}{} {}", self.name, text::base64_of(&[&self.id.0, &self.signature[..]].concat()))
    }
}

impl FromStr for NoteSignature {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, LineError> {
        let line = line.strip_prefix(LINE_PREFIX).ok_or(LineError::Form)?;
        let (name, signature) = line.split_once(' ').ok_or(LineError::Form)?;
        let bytes = text::base64_bytes(signature).ok_or(LineError::Signature)?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => {
                Ok(Self { name: name.parse()?, id: KeyId(*id), signature: signature.to_vec() })
            }
            _ => Err(LineError::Signature),
        }
    }
}

fn check_characters(note: &str) -> Result<(), NoteError> {
    match note.bytes().position(|byte| byte < b' ' && byte != b'\n') {
        Some(at) => Err(NoteError::Control { at }),
        None => Ok(()),
    }
}

/// Reads the lines after the blank line; each must end in a newline.
fn parse_lines(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    if lines.is_empty() {
        return Err(NoteError::NoSignatures);
    }
    let mut signatures = Vec::new();
    for (number, line) in lines.split_inclusive('\n').enumerate() {
        if number == NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        let line = line.strip_suffix('\n').ok_or(LineError::Form).and_then(str::parse);
        signatures.push(line.map_err(|error| NoteError::Line { line: number + 1, error })?);
    }
    Ok(signatures)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::tests::{PETER, PETER_SECRET, name};

    /// The example note of Go's note package.
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn peter() -> SigningKey {
        SigningKey::from_secret_text(PETER_SECRET).unwrap()
    }

    fn peters_key() -> [VerifierKey; 1] {
        [PETER.parse().unwrap()]
    }

    fn other(seed: u8) -> SigningKey {
        SigningKey::new(name("other.example"), [seed; 32])
    }

    fn text() -> &'static str {
        NOTE.split_inclusive("\n\n").next().unwrap().strip_suffix('\n').unwrap()
    }

    #[test]
    fn the_example_of_the_go_package() {
        let note = SignedNote::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(note.text(), text());
        assert_eq!(note.to_string(), NOTE);
        let keys = peters_key();
        assert_eq!(note.verify(&keys), Ok(vec![Verified { key: &keys[0], time_seconds: None }]));
        assert_eq!(SignedNote::sign(text(), &peter()), Ok(note));
    }

    #[test]
    fn texts_may_hold_blank_lines() {
        for text in ["\n", "a\n\n", "a\n\nb\n", "— a\n\n— b c\n"] {
            let note = SignedNote::sign(text, &peter()).unwrap();
            assert_eq!(SignedNote::parse(note.to_string().as_bytes()).as_ref(), Ok(&note), "{text:?}");
            assert!(note.verify(&peters_key()).is_ok());
        }
    }

    #[test]
    fn lines_of_unknown_keys_are_ignored() {
        let mut note = SignedNote::sign(text(), &peter()).unwrap();
        // Same name, another key: its id differs, so the line is by an unknown key; its signature is not even over
        // this text.
        let namesake = SigningKey::new(name("PeterNeumann"), [9; 32]);
        for key in [&other(1), &namesake] {
            note.add(SignedNote::sign("else\n", key).unwrap().signatures()[0].clone()).unwrap();
        }
        let keys = peters_key();
        assert_eq!(note.verify(&keys).unwrap().len(), 1);
        assert_eq!(note.verify(&[other(2).verifier().clone()]), Err(VerifyError::NoKnownKey));
        assert_eq!(note.verify(&[]), Err(VerifyError::NoKnownKey));
    }

    #[test]
    fn one_bad_signature_of_a_known_key_refuses_the_note() {
        let mut note = SignedNote::sign(text(), &peter()).unwrap();
        note.add(SignedNote::sign("else\n", &other(1)).unwrap().signatures()[0].clone()).unwrap();
        let known = [PETER.parse().unwrap(), other(1).verifier().clone()];
        let bad = VerifyError::BadSignature { name: name("other.example"), id: known[1].id() };
        assert_eq!(note.verify(&known), Err(bad));
    }

    #[test]
    fn a_signature_of_another_length_is_bad() {
        let short = NoteSignature::new(peter().verifier(), vec![0; 63]);
        assert!(matches!(short.verify(text(), &peters_key()[0]), Err(VerifyError::BadSignature { .. })));
        assert_eq!(short.verify(text(), other(1).verifier()), Err(VerifyError::NoKnownKey));
    }

    #[test]
    fn a_key_that_signed_twice_counts_once() {
        let mut note = SignedNote::sign(text(), &peter()).unwrap();
        note.add(note.signatures()[0].clone()).unwrap();
        assert_eq!(note.verify(&peters_key()).unwrap().len(), 1);
    }

    #[test]
    fn texts_that_are_not_notes_are_refused() {
        let line = NOTE.lines().last().unwrap();
        let wrong_line = |error| NoteError::Line { line: 1, error };
        for (bytes, error) in [
            (String::new(), NoteError::NoSignatures),
            ("a\n".into(), NoteError::NoSignatures),
            ("a\n\n".into(), NoteError::NoSignatures),
            (format!("a\n{line}\n"), NoteError::NoSignatures),
            (format!("\n{line}\n"), NoteError::NoSignatures),
            (format!("a\t\n\n{line}\n"), NoteError::Control { at: 1 }),
            (format!("a\r\n\r\n{line}\r\n"), NoteError::Control { at: 1 }),
            (format!("a\n\n{line}"), wrong_line(LineError::Form)),
            (format!("a\n\n{line} \n"), wrong_line(LineError::Signature)),
            (format!("a\n\n {line}\n"), wrong_line(LineError::Form)),
            ("a\n\n- b YWJjZGU=\n".into(), wrong_line(LineError::Form)),
            ("a\n\n— b\n".into(), wrong_line(LineError::Form)),
            ("a\n\n— b YWJjZA==\n".into(), wrong_line(LineError::Signature)),
            ("a\n\n— b YWJjZGV\n".into(), wrong_line(LineError::Signature)),
            ("a\n\n—  YWJjZGU=\n".into(), wrong_line(LineError::Name(KeyNameError::Empty))),
            (format!("a\n\n{line}\nb\n"), NoteError::Line { line: 2, error: LineError::Form }),
            (format!("a\n\n{}", "— b YWJjZGU=\n".repeat(101)), NoteError::TooManySignatures),
            ("a".repeat(NOTE_BYTES_MAX + 1), NoteError::TooLong),
        ] {
            assert_eq!(SignedNote::parse(bytes.as_bytes()), Err(error), "{:?}", &bytes[..bytes.len().min(80)]);
        }
        assert_eq!(SignedNote::parse(b"a\xff\n\n"), Err(NoteError::Encoding { at: 1 }));
    }

    #[test]
    fn texts_that_cannot_be_signed() {
        let cosigner = SigningKey::cosigner(name("w.example"), [1; 32]);
        assert_eq!(SignedNote::sign("", &peter()), Err(NoteError::Text));
        assert_eq!(SignedNote::sign("a", &peter()), Err(NoteError::Text));
        assert_eq!(SignedNote::sign("a\r\n", &peter()), Err(NoteError::Control { at: 1 }));
        assert_eq!(SignedNote::sign("a\n", &cosigner), Err(NoteError::WrongAlgorithm));
        let long = format!("{}\n", "a".repeat(NOTE_BYTES_MAX - 10));
        assert_eq!(SignedNote::sign(&long, &peter()), Err(NoteError::TooLong));
    }

    #[test]
    fn as_many_signatures_as_can_be_read_can_be_added() {
        let mut note = SignedNote::sign("a\n", &peter()).unwrap();
        for _ in 1..NOTE_SIGNATURES_MAX {
            note.add(note.signatures()[0].clone()).unwrap();
        }
        assert_eq!(SignedNote::parse(note.to_string().as_bytes()).as_ref(), Ok(&note));
        assert_eq!(note.add(note.signatures()[0].clone()), Err(NoteError::TooManySignatures));
    }

    proptest! {
        #[test]
        fn notes_roundtrip(text in "(\\PC|\n){0,60}", seed: u8) {
            let text = format!("{text}\n");
            let key = other(seed);
            let note = SignedNote::sign(&text, &key).unwrap();
            let read = SignedNote::parse(note.to_string().as_bytes());
            prop_assert_eq!(read.as_ref(), Ok(&note));
            prop_assert!(note.verify(std::slice::from_ref(key.verifier())).is_ok());
        }

        #[test]
        fn text_that_parses_is_canonical(note in "(a|\n){0,6}\n\n(— b(c| |\n|=){0,3} [A-Z]{8}(\n|=|Q==\n)){0,3}") {
            if let Ok(parsed) = SignedNote::parse(note.as_bytes()) {
                prop_assert_eq!(parsed.to_string(), note);
            }
        }

        #[test]
        fn parsing_never_panics(note: Vec<u8>, line in ".{0,40}") {
            prop_assert!(SignedNote::parse(&note).is_err());
            prop_assert!(line.parse::<NoteSignature>().is_err());
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let keys = peters_key();
        for bit in 0..NOTE.len() * 8 {
            let mut bytes = NOTE.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let held = SignedNote::parse(&bytes).is_ok_and(|note| note.verify(&keys).is_ok());
            assert!(!held, "bit {bit}");
        }
    }
}
