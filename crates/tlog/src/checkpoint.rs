//! Checkpoints of <https://c2sp.org/tlog-checkpoint>: the log's name, its size and its root, as a signed note.
//!
//! We are stricter than the specification: extension lines are refused, and the key's name must equal the origin.

use std::fmt;
use std::str::FromStr;

use crate::hash::{EMPTY_ROOT, Hash};
use crate::key::{Algorithm, KeyName, KeyNameError, SigningKey, VerifierKey};
use crate::note::{NoteError, NoteSignature, SignedNote, VerifyError};
use crate::text;

/// A log's statement about itself: shown and parsed as three lines, the text of a signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: KeyName,
    /// Number of entries.
    pub size: u64,
    /// Root hash of the tree over the entries.
    pub root: Hash,
}

/// A checkpoint with a verified signature of its log. Showing it gives the note, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseCheckpointError {
    /// Not three lines that each end in a newline.
    #[error("a checkpoint has exactly three lines")]
    Lines,
    /// The first line is not a valid name.
    #[error("the origin of the checkpoint is wrong")]
    Origin(#[source] KeyNameError),
    /// The second line is not a number in canonical form.
    #[error("the size of the checkpoint is not a decimal number in its shortest form")]
    Size,
    /// The third line is not a hash.
    #[error("the root of the checkpoint is not a hash")]
    Root,
    /// The size is 0 but the root is not that of the empty tree.
    #[error("the checkpoint has no entries, but its root is not that of the empty tree")]
    EmptyRoot,
}

/// Why a checkpoint cannot be signed or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are not a signed note.
    #[error("the checkpoint is not a signed note")]
    Note(#[from] NoteError),
    /// The log's signature is missing or does not hold.
    #[error("the checkpoint is not signed by the log")]
    Signature(#[from] VerifyError),
    /// The signed text is not a checkpoint.
    #[error("the signed text is not a checkpoint")]
    Text(#[from] ParseCheckpointError),
    /// The checkpoint names another log than the key.
    #[error("the key of {key} cannot sign for {origin}")]
    OtherLog {
        /// Origin of the checkpoint.
        origin: KeyName,
        /// Name of the key.
        key: KeyName,
    },
    /// The key makes cosignatures only: a witness cannot sign for a log.
    #[error("the key signs cosignatures only")]
    WrongAlgorithm,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = ParseCheckpointError;

    fn from_str(text: &str) -> Result<Self, ParseCheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(ParseCheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(ParseCheckpointError::Lines);
        };
        let origin = origin.parse().map_err(ParseCheckpointError::Origin)?;
        let size = text::decimal(size).ok_or(ParseCheckpointError::Size)?;
        let root = root.parse().map_err(|_| ParseCheckpointError::Root)?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(ParseCheckpointError::EmptyRoot);
        }
        Ok(Self { origin, size, root })
    }
}

impl SignedCheckpoint {
    /// Signs a checkpoint with the key of its log.
    ///
    /// The caller must have checked that the checkpoint extends every one signed before.
    ///
    /// # Errors
    /// [`CheckpointError`] if the key is not that log's, or the checkpoint contradicts itself.
    pub fn sign(checkpoint: Checkpoint, key: &SigningKey) -> Result<Self, CheckpointError> {
        check_key(&checkpoint.origin, key.verifier())?;
        if checkpoint.size == 0 && checkpoint.root != EMPTY_ROOT {
            return Err(ParseCheckpointError::EmptyRoot.into());
        }
        let note = SignedNote::sign(&checkpoint.to_string(), key)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a signed checkpoint and verifies the signature of its log.
    ///
    /// # Errors
    /// [`CheckpointError`] with the first fault.
    pub fn open(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::from_note(SignedNote::parse(note)?, key)
    }

    /// Verifies the signature of the log on a note that is already parsed.
    ///
    /// # Errors
    /// As [`SignedCheckpoint::open`].
    pub fn from_note(note: SignedNote, key: &VerifierKey) -> Result<Self, CheckpointError> {
        note.verify(std::slice::from_ref(key))?;
        let checkpoint: Checkpoint = note.text().parse()?;
        check_key(&checkpoint.origin, key)?;
        Ok(Self { checkpoint, note })
    }

    /// The verified checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with all its signature lines; only the log's own has been verified.
    pub fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Adds a cosignature line at the end.
    ///
    /// # Errors
    /// [`NoteError`] if the note has no room for it; the checkpoint is then unchanged.
    pub fn add(&mut self, cosignature: NoteSignature) -> Result<(), NoteError> {
        self.note.add(cosignature)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

fn check_key(origin: &KeyName, key: &VerifierKey) -> Result<(), CheckpointError> {
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(CheckpointError::WrongAlgorithm);
    }
    if origin != key.name() {
        return Err(CheckpointError::OtherLog { origin: origin.clone(), key: key.name().clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cosignature::cosign;
    use crate::key::tests::name;

    const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn log() -> SigningKey {
        SigningKey::new(name("example.com/behind-the-sofa"), [4; 32])
    }

    fn witness() -> SigningKey {
        SigningKey::cosigner(name("witness.example/w1"), [3; 32])
    }

    #[test]
    fn the_example_of_the_specification() {
        let checkpoint: Checkpoint = TEXT.parse().unwrap();
        assert_eq!(checkpoint.origin.as_str(), "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.to_string(), TEXT);
    }

    #[test]
    fn texts_that_are_no_checkpoint() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        let no_name = ParseCheckpointError::Origin(KeyNameError::Character { character: ' ' });
        for (text, error) in [
            (String::new(), ParseCheckpointError::Lines),
            (format!("a\n1\n{root}"), ParseCheckpointError::Lines),
            (format!("a\n1\n{root}\nextension\n"), ParseCheckpointError::Lines),
            (format!("a\n1\n{root}\n\n"), ParseCheckpointError::Lines),
            ("a\n1\n".into(), ParseCheckpointError::Lines),
            (format!("\n1\n{root}\n"), ParseCheckpointError::Origin(KeyNameError::Empty)),
            (format!("a b\n1\n{root}\n"), no_name),
            (format!("a\n01\n{root}\n"), ParseCheckpointError::Size),
            (format!("a\n+1\n{root}\n"), ParseCheckpointError::Size),
            (format!("a\n\n{root}\n"), ParseCheckpointError::Size),
            (format!("a\n18446744073709551616\n{root}\n"), ParseCheckpointError::Size),
            (format!("a\n1\n{}\n", &root[..43]), ParseCheckpointError::Root),
            (format!("a\n1\n{root} \n"), ParseCheckpointError::Root),
            (format!("a\n0\n{root}\n"), ParseCheckpointError::EmptyRoot),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(error), "{text:?}");
        }
        assert!(format!("a\n0\n{EMPTY_ROOT}\n").parse::<Checkpoint>().is_ok());
    }

    #[test]
    fn signed_cosigned_and_opened() {
        let mut signed = SignedCheckpoint::sign(TEXT.parse().unwrap(), &log()).unwrap();
        signed.add(cosign(TEXT, &witness(), 1_679_315_147).unwrap()).unwrap();
        let opened = SignedCheckpoint::open(signed.to_string().as_bytes(), log().verifier()).unwrap();
        assert_eq!(opened, signed);
        assert_eq!(opened.checkpoint().to_string(), TEXT);
        assert_eq!(opened.note().signatures().len(), 2);
    }

    #[test]
    fn only_the_logs_own_key_signs_and_verifies_a_checkpoint() {
        let checkpoint: Checkpoint = TEXT.parse().unwrap();
        let other = SigningKey::new(name("other.example"), [5; 32]);
        let not_the_log = CheckpointError::OtherLog { origin: checkpoint.origin.clone(), key: other.name().clone() };
        assert_eq!(SignedCheckpoint::sign(checkpoint.clone(), &other), Err(not_the_log.clone()));
        let cosigner = SigningKey::cosigner(checkpoint.origin.clone(), [5; 32]);
        assert_eq!(SignedCheckpoint::sign(checkpoint.clone(), &cosigner), Err(CheckpointError::WrongAlgorithm));

        let by_other = SignedNote::sign(TEXT, &other).unwrap().to_string();
        assert_eq!(SignedCheckpoint::open(by_other.as_bytes(), other.verifier()), Err(not_the_log));
        let unknown = Err(CheckpointError::Signature(VerifyError::NoKnownKey));
        assert_eq!(SignedCheckpoint::open(by_other.as_bytes(), log().verifier()), unknown);
        let mut cosigned = SignedCheckpoint::sign(checkpoint, &log()).unwrap();
        cosigned.add(cosign(TEXT, &cosigner, 1).unwrap()).unwrap();
        let opened = SignedCheckpoint::open(cosigned.to_string().as_bytes(), cosigner.verifier());
        assert_eq!(opened, Err(CheckpointError::WrongAlgorithm));
    }

    #[test]
    fn a_contradiction_is_not_signed() {
        let contradiction = Checkpoint { origin: log().name().clone(), size: 0, root: Hash([1; 32]) };
        let refused = Err(CheckpointError::Text(ParseCheckpointError::EmptyRoot));
        assert_eq!(SignedCheckpoint::sign(contradiction, &log()), refused);
    }

    #[test]
    fn a_signed_text_that_is_not_a_checkpoint_is_refused() {
        let note = SignedNote::sign("hello\n", &log()).unwrap().to_string();
        let refused = Err(CheckpointError::Text(ParseCheckpointError::Lines));
        assert_eq!(SignedCheckpoint::open(note.as_bytes(), log().verifier()), refused);
        let not_a_note = Err(CheckpointError::Note(NoteError::NoSignatures));
        assert_eq!(SignedCheckpoint::open(TEXT.as_bytes(), log().verifier()), not_a_note);
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let signed = SignedCheckpoint::sign(TEXT.parse().unwrap(), &log()).unwrap().to_string();
        for bit in 0..signed.len() * 8 {
            let mut bytes = signed.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(SignedCheckpoint::open(&bytes, log().verifier()).is_err(), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn checkpoints_roundtrip(origin in "[a-z0-9./:立卡-]{1,30}", size in 1u64.., root: [u8; 32]) {
            let checkpoint = Checkpoint { origin: origin.parse().unwrap(), size, root: Hash(root) };
            prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,90}") {
            prop_assert!(text.parse::<Checkpoint>().is_err());
        }
    }
}
