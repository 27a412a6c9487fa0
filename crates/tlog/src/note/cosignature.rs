//! Cosignatures of <https://c2sp.org/tlog-cosignature>, version 1 with Ed25519.
//!
//! By a cosignature a witness states: at this time I saw this checkpoint, and it extends every one of this log that I
//! saw before. The signature is over a header, the time and the text of the checkpoint; its line in the note holds
//! the time as well.

use super::NoteSignature;
use crate::key::{Algorithm, SIGNATURE_BYTES, SigningKey, VerifierKey};

/// Latest time of a cosignature, in seconds since 1970-01-01 UTC.
pub const TIME_SECONDS_MAX: u64 = i64::MAX as u64;

/// Bytes of the time before the signature.
const TIME_BYTES: usize = 8;

/// Why a checkpoint cannot be cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// The key signs notes as their author, not cosignatures.
    #[error("the key does not sign cosignatures")]
    WrongAlgorithm,
    /// The time is beyond [`TIME_SECONDS_MAX`].
    #[error("the time is beyond {TIME_SECONDS_MAX} seconds")]
    Time,
}

/// Cosigns the text of a checkpoint at a time in seconds since 1970-01-01 UTC.
///
/// The caller must have checked that the checkpoint extends every one cosigned before.
///
/// # Errors
/// [`CosignError`].
pub fn cosign(text: &str, key: &SigningKey, time_seconds: u64) -> Result<NoteSignature, CosignError> {
    if key.verifier().algorithm() != Algorithm::CosignatureV1 {
        return Err(CosignError::WrongAlgorithm);
    }
    if time_seconds > TIME_SECONDS_MAX {
        return Err(CosignError::Time);
    }
    let signature = key.sign(message(text, time_seconds).as_bytes());
    Ok(NoteSignature::new(key.verifier(), [&time_seconds.to_be_bytes()[..], &signature].concat()))
}

/// The time of a cosignature over this text, if its signature is valid.
pub(crate) fn time_if_valid(text: &str, key: &VerifierKey, cosignature: &[u8]) -> Option<u64> {
    let (time, signature) = cosignature.split_first_chunk::<TIME_BYTES>()?;
    let signature: &[u8; SIGNATURE_BYTES] = signature.try_into().ok()?;
    let time_seconds = u64::from_be_bytes(*time);
    let holds = time_seconds <= TIME_SECONDS_MAX && key.holds(message(text, time_seconds).as_bytes(), signature);
    holds.then_some(time_seconds)
}

fn message(text: &str, time_seconds: u64) -> String {
    format!("cosignature/v1\ntime {time_seconds}\n{text}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::tests::name;
    use crate::note::{SignedNote, Verified, VerifyError};

    const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn witness() -> SigningKey {
        SigningKey::cosigner(name("witness.example/w1"), [3; 32])
    }

    fn log() -> SigningKey {
        SigningKey::new(name("example.com/behind-the-sofa"), [4; 32])
    }

    #[test]
    fn the_signed_message_is_that_of_the_specification() {
        assert_eq!(message(TEXT, 1_679_315_147), format!("cosignature/v1\ntime 1679315147\n{TEXT}"));
    }

    #[test]
    fn a_cosigned_note_tells_the_time() {
        let mut note = SignedNote::sign(TEXT, &log()).unwrap();
        note.add(cosign(TEXT, &witness(), 1_679_315_147).unwrap()).unwrap();
        let note = SignedNote::parse(note.to_string().as_bytes()).unwrap();
        let keys = [log().verifier().clone(), witness().verifier().clone()];
        let verified = note.verify(&keys).unwrap();
        assert_eq!(verified[0], Verified { key: &keys[0], time_seconds: None });
        assert_eq!(verified[1], Verified { key: &keys[1], time_seconds: Some(1_679_315_147) });
        // A cosignature alone is a known key's signature too.
        assert_eq!(note.verify(&keys[1..]).unwrap().len(), 1);
    }

    #[test]
    fn keys_and_times_that_cannot_cosign() {
        assert_eq!(cosign(TEXT, &log(), 1), Err(CosignError::WrongAlgorithm));
        assert_eq!(cosign(TEXT, &witness(), TIME_SECONDS_MAX + 1), Err(CosignError::Time));
        assert!(cosign(TEXT, &witness(), TIME_SECONDS_MAX).is_ok());
    }

    #[test]
    fn a_time_beyond_the_limit_is_refused_even_when_signed() {
        let time = TIME_SECONDS_MAX + 1;
        let signature = witness().sign(message(TEXT, time).as_bytes());
        let cosignature = [&time.to_be_bytes()[..], &signature].concat();
        assert_eq!(time_if_valid(TEXT, witness().verifier(), &cosignature), None);
    }

    #[test]
    fn an_authors_signature_is_not_a_cosignature() {
        // The same bytes under the other type have another id, so the line is by an unknown key.
        let seed_twin = SigningKey::new(name("witness.example/w1"), [3; 32]);
        let note = SignedNote::sign(TEXT, &seed_twin).unwrap();
        assert_eq!(note.verify(&[witness().verifier().clone()]), Err(VerifyError::NoKnownKey));
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_refused(time in 0..=TIME_SECONDS_MAX, bit in 0usize..72 * 8) {
            let signature = witness().sign(message(TEXT, time).as_bytes());
            let mut cosignature = [&time.to_be_bytes()[..], &signature].concat();
            prop_assert_eq!(time_if_valid(TEXT, witness().verifier(), &cosignature), Some(time));
            cosignature[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(time_if_valid(TEXT, witness().verifier(), &cosignature), None);
        }

        #[test]
        fn verifying_nonsense_never_panics(cosignature: Vec<u8>) {
            prop_assert_eq!(time_if_valid(TEXT, witness().verifier(), &cosignature), None);
        }
    }
}
