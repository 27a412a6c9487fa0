//! Proof files of <https://c2sp.org/tlog-proof>: a signed checkpoint and the inclusion proof of one entry under it.
//!
//! Together with the entry and the log's verifier key the file proves, off line, that the log recorded the entry. A
//! receipt is such a file. By convention its name ends in `.tlog-proof`.

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::hash::{Hash, leaf_hash};
use crate::key::VerifierKey;
use crate::note::{NOTE_BYTES_MAX, NoteError, SignedNote};
use crate::text;
use crate::tree::{PROOF_HASHES_MAX, ProofError, verify_inclusion};

/// Longest extra data, in bytes before base64.
pub const EXTRA_BYTES_MAX: usize = 65_535;

/// Longest proof file, in bytes: the longest note, and room for the longest extra data and 63 hashes in base64.
pub const PROOF_FILE_BYTES_MAX: usize = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX;

/// First line of the file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof that one entry is in a log. Nothing in it may be trusted before [`TlogProof::verify`].
///
/// Showing it gives back the bytes that were parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: SignedNote,
}

/// Why bytes are not a proof file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseProofError {
    /// Longer than [`PROOF_FILE_BYTES_MAX`].
    #[error("a proof file has at most {PROOF_FILE_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("a proof file must be UTF-8; byte {at} is not")]
    Encoding {
        /// Offset of the first wrong byte.
        at: usize,
    },
    /// The first line is not the header.
    #[error("the first line is not {HEADER}")]
    Header,
    /// No blank line ahead of the checkpoint.
    #[error("there is no blank line before the checkpoint")]
    NoCheckpoint,
    /// The extra data is empty, too long, or not base64.
    #[error("the extra data is not the base64 of 1 to {EXTRA_BYTES_MAX} bytes")]
    Extra,
    /// The index line is missing or is not a number in canonical form.
    #[error("the index line is missing or wrong")]
    Index,
    /// More than 63 hashes.
    #[error("a proof has at most {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// A line is not a hash.
    #[error("proof hash {number} is not a hash")]
    Hash {
        /// Its number, from 1.
        number: usize,
    },
    /// The checkpoint is not a signed note.
    #[error("the checkpoint of the proof is not a signed note")]
    Note(#[from] NoteError),
}

/// Why a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyProofError {
    /// The checkpoint is not signed by the log.
    #[error("the checkpoint of the proof is not signed by the log")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not under the checkpoint at this index.
    #[error("the log does not have the entry at the index that the proof states")]
    Inclusion(#[from] ProofError),
}

impl TlogProof {
    /// Builds a proof from the hashes of [`crate::tree::inclusion_proof`] at the checkpoint's size.
    ///
    /// # Errors
    /// [`ParseProofError::TooManyHashes`] beyond 63.
    pub fn new(index: u64, hashes: Vec<Hash>, checkpoint: &SignedCheckpoint) -> Result<Self, ParseProofError> {
        if hashes.len() > PROOF_HASHES_MAX {
            return Err(ParseProofError::TooManyHashes);
        }
        Ok(Self { extra: None, index, hashes, checkpoint: checkpoint.note().clone() })
    }

    /// Adds data for the reader. No signature covers it: anybody who passes the file on may change it.
    ///
    /// # Errors
    /// [`ParseProofError::Extra`] if it is empty or longer than [`EXTRA_BYTES_MAX`].
    pub fn with_extra(self, extra: Vec<u8>) -> Result<Self, ParseProofError> {
        if extra.is_empty() || extra.len() > EXTRA_BYTES_MAX {
            return Err(ParseProofError::Extra);
        }
        Ok(Self { extra: Some(extra), ..self })
    }

    /// Reads a proof file; only its form is checked.
    ///
    /// # Errors
    /// [`ParseProofError`] with the first fault.
    pub fn parse(file: &[u8]) -> Result<Self, ParseProofError> {
        if file.len() > PROOF_FILE_BYTES_MAX {
            return Err(ParseProofError::TooLong);
        }
        str::from_utf8(file).map_err(|error| ParseProofError::Encoding { at: error.valid_up_to() })?.parse()
    }

    /// Checks that this entry is in the log of this key; returns the checkpoint that proves it.
    ///
    /// # Errors
    /// [`VerifyProofError`] with the check that failed.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, VerifyProofError> {
        let signed = SignedCheckpoint::from_note(self.checkpoint.clone(), key)?;
        let Checkpoint { size, root, .. } = signed.checkpoint();
        verify_inclusion(&self.hashes, self.index, *size, &leaf_hash(entry), root)?;
        Ok(signed.checkpoint().clone())
    }

    /// Index of the entry in the log, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The inclusion proof, the leaf's sibling first.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Data for the reader, which no signature covers.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The signed checkpoint, not verified.
    pub fn note(&self) -> &SignedNote {
        &self.checkpoint
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::base64_of(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ParseProofError;

    fn from_str(file: &str) -> Result<Self, ParseProofError> {
        if file.len() > PROOF_FILE_BYTES_MAX {
            return Err(ParseProofError::TooLong);
        }
        let (head, checkpoint) = file.split_once("\n\n").ok_or(ParseProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ParseProofError::Header);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(parse_extra).transpose()?;
        let index = lines.next().and_then(|line| text::decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(ParseProofError::Index)?;
        Ok(Self { extra, index, hashes: parse_hashes(lines)?, checkpoint: SignedNote::parse(checkpoint.as_bytes())? })
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, ParseProofError> {
    let extra = line.strip_prefix("extra ").and_then(text::base64_bytes);
    let fits = |extra: &Vec<u8>| !extra.is_empty() && extra.len() <= EXTRA_BYTES_MAX;
    extra.filter(fits).ok_or(ParseProofError::Extra)
}

fn parse_hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, ParseProofError> {
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == PROOF_HASHES_MAX {
            return Err(ParseProofError::TooManyHashes);
        }
        hashes.push(line.parse().map_err(|_| ParseProofError::Hash { number: hashes.len() + 1 })?);
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::SigningKey;
    use crate::key::tests::name;
    use crate::note::VerifyError;
    use crate::tree::Frontier;

    fn log() -> SigningKey {
        SigningKey::new(name("lika.example/130624"), [4; 32])
    }

    fn signed(size: u64, root: Hash) -> SignedCheckpoint {
        SignedCheckpoint::sign(Checkpoint { origin: log().name().clone(), size, root }, &log()).unwrap()
    }

    /// Entry 1 of a log of three: its sibling is entry 0, and then comes entry 2.
    fn proof() -> TlogProof {
        let leaves = [b"a", b"b", b"c"].map(|entry| leaf_hash(entry));
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        TlogProof::new(1, vec![leaves[0], leaves[2]], &signed(3, frontier.root())).unwrap()
    }

    #[test]
    fn the_file_has_the_form_of_the_specification() {
        let proof = proof().with_extra(b"seen".to_vec()).unwrap();
        let [sibling, last] = [b"a", b"c"].map(|entry| leaf_hash(entry));
        let expected =
            format!("c2sp.org/tlog-proof@v1\nextra c2Vlbg==\nindex 1\n{sibling}\n{last}\n\n{}", proof.note());
        assert_eq!(proof.to_string(), expected);
        assert_eq!(TlogProof::parse(expected.as_bytes()).as_ref(), Ok(&proof));
        assert_eq!((proof.index(), proof.hashes().len(), proof.extra()), (1, 2, Some(&b"seen"[..])));
    }

    #[test]
    fn a_proof_holds_for_its_entry_and_log_only() {
        let proof = proof();
        let checkpoint = proof.verify(b"b", log().verifier()).unwrap();
        assert_eq!((checkpoint.size, checkpoint.origin.as_str()), (3, "lika.example/130624"));
        assert!(matches!(
            proof.verify(b"a", log().verifier()),
            Err(VerifyProofError::Inclusion(ProofError::RootMismatch { .. }))
        ));
        let other = SigningKey::new(log().name().clone(), [5; 32]);
        let unknown = CheckpointError::Signature(VerifyError::NoKnownKey);
        assert_eq!(proof.verify(b"b", other.verifier()), Err(VerifyProofError::Checkpoint(unknown)));
    }

    #[test]
    fn the_only_entry_of_a_log_needs_no_hashes() {
        let proof = TlogProof::new(0, vec![], &signed(1, leaf_hash(b"a"))).unwrap();
        let file = proof.to_string();
        assert!(file.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nlika.example/130624\n1\n"));
        assert_eq!(file.parse::<TlogProof>().unwrap().verify(b"a", log().verifier()).unwrap().size, 1);
    }

    #[test]
    fn files_that_are_no_proof() {
        let hash = leaf_hash(b"a").to_string();
        let note = proof().note().to_string();
        let header = "c2sp.org/tlog-proof@v1";
        for (file, error) in [
            (String::new(), ParseProofError::NoCheckpoint),
            (format!("{header}\nindex 0\n"), ParseProofError::NoCheckpoint),
            (format!("c2sp.org/tlog-proof@v2\nindex 0\n\n{note}"), ParseProofError::Header),
            (format!("{header}\r\nindex 0\n\n{note}"), ParseProofError::Header),
            (format!("\n\n{note}"), ParseProofError::Header),
            (format!("{header}\nextra \nindex 0\n\n{note}"), ParseProofError::Extra),
            (format!("{header}\nextra YQ\nindex 0\n\n{note}"), ParseProofError::Extra),
            (format!("{header}\nextra {}\nindex 0\n\n{note}", "AAAA".repeat(21_846)), ParseProofError::Extra),
            (format!("{header}\nextra\nindex 0\n\n{note}"), ParseProofError::Index),
            (format!("{header}\nindex 0\nextra YQ==\n\n{note}"), ParseProofError::Hash { number: 1 }),
            (format!("{header}\n\n{note}"), ParseProofError::Index),
            (format!("{header}\nindex 00\n\n{note}"), ParseProofError::Index),
            (format!("{header}\nindex -1\n\n{note}"), ParseProofError::Index),
            (format!("{header}\nindex  1\n\n{note}"), ParseProofError::Index),
            (format!("{header}\nindex 0\n{hash}\n{hash} \n\n{note}"), ParseProofError::Hash { number: 2 }),
            (format!("{header}\nindex 0\n{}\n{note}", format!("{hash}\n").repeat(64)), ParseProofError::TooManyHashes),
            (format!("{header}\nindex 0\n\n"), ParseProofError::Note(NoteError::NoSignatures)),
            (format!("{header}\nindex 0\n\n\0{note}"), ParseProofError::Note(NoteError::Control { at: 0 })),
            ("a".repeat(PROOF_FILE_BYTES_MAX + 1), ParseProofError::TooLong),
        ] {
            assert_eq!(TlogProof::parse(file.as_bytes()), Err(error), "{:?}", &file[..file.len().min(80)]);
        }
        assert_eq!(TlogProof::parse(b"\xff"), Err(ParseProofError::Encoding { at: 0 }));
    }

    #[test]
    fn proofs_that_do_not_fit_a_file_are_not_built() {
        let checkpoint = signed(1, leaf_hash(b"a"));
        let hashes = vec![leaf_hash(b"a"); 64];
        assert_eq!(TlogProof::new(0, hashes, &checkpoint), Err(ParseProofError::TooManyHashes));
        for bytes in [0, EXTRA_BYTES_MAX + 1] {
            assert_eq!(proof().with_extra(vec![0; bytes]), Err(ParseProofError::Extra));
        }
        let longest = proof().with_extra(vec![0; EXTRA_BYTES_MAX]).unwrap();
        assert_eq!(longest.to_string().parse(), Ok(longest));
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let file = proof().to_string();
        for bit in 0..file.len() * 8 {
            let mut bytes = file.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let held = TlogProof::parse(&bytes).is_ok_and(|proof| proof.verify(b"b", log().verifier()).is_ok());
            assert!(!held, "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn files_roundtrip(
            index: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..=63),
            extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..100)), size in 1u64..
        ) {
            let hashes: Vec<Hash> = hashes.into_iter().map(Hash).collect();
            let mut proof = TlogProof::new(index, hashes, &signed(size, Hash([1; 32]))).unwrap();
            if let Some(extra) = extra {
                proof = proof.with_extra(extra).unwrap();
            }
            prop_assert_eq!(proof.to_string().parse(), Ok(proof));
        }

        #[test]
        fn parsing_never_panics(
            bytes: Vec<u8>,
            text in "c2sp.org/tlog-proof@v1\n(extra .{0,8}\n)?index .{1,4}\n(.|\n){0,60}",
        ) {
            prop_assert!(TlogProof::parse(&bytes).is_err());
            if let Ok(proof) = text.parse::<TlogProof>() {
                prop_assert_eq!(proof.to_string(), text);
            }
        }
    }
}
