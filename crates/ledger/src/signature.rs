//! Signatures of submissions: Ed25519.
//!
//! Two questions are asked. A replay asks whether a recorded signature is valid by ZIP-215, under which checking one
//! by one and checking in batches always agree, so every replay reaches the same verdict however it forms batches. A
//! recorder asks more: whether **everyone** calls the signature valid. Whoever has a key can sign so that ZIP-215
//! agrees while OpenSSL, Go and node say no, because the signature has a component of small order, which the equation
//! of ZIP-215 multiplies away and theirs (RFC 8032, section 5.1.7, without the cofactor) does not. A court would throw
//! that entry out. What is good for a recorder is good for a replay.

use bytes::Bytes;
use ed25519_zebra::{Signature, VerificationKeyBytes, batch};
use lika_proto::convert::signing_bytes;

/// A signed submission, with the public key that it claims.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Public key.
    pub key: [u8; 32],
    /// Signature.
    pub signature: [u8; 64],
    /// Submission bytes.
    pub submission: Bytes,
}

/// Checks signatures; returns for each, in the same order, whether it is valid.
pub fn verify(signed: &[Signed]) -> Vec<bool> {
    if signed.len() > 1 && all_good(signed) {
        return vec![true; signed.len()];
    }
    signed.iter().map(is_good).collect()
}

/// Checks signatures that are about to be recorded; returns for each, in the same order, whether every verifier calls
/// it valid. The equation without the cofactor cannot be checked in batches.
pub fn recordable(signed: &[Signed]) -> Vec<bool> {
    signed.iter().map(is_recordable).collect()
}

/// Whether every verifier calls the signature valid.
pub fn is_recordable(signed: &Signed) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&signed.key);
    let signature = ed25519_dalek::Signature::from_bytes(&signed.signature);
    key.is_ok_and(|key| key.verify_strict(&signing_bytes(&signed.submission), &signature).is_ok())
}

fn all_good(signed: &[Signed]) -> bool {
    let mut verifier = batch::Verifier::new();
    for one in signed {
        verifier.queue(item(one));
    }
    verifier.verify(rand::rng()).is_ok()
}

fn is_good(signed: &Signed) -> bool {
    item(signed).verify_single().is_ok()
}

fn item(signed: &Signed) -> batch::Item {
    let (key, signature) = (VerificationKeyBytes::from(signed.key), Signature::from(signed.signature));
    batch::Item::from((key, signature, &signing_bytes(&signed.submission)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;
    use curve25519_dalek::edwards::EdwardsPoint;
    use curve25519_dalek::scalar::Scalar;
    use ed25519_zebra::{SigningKey, VerificationKey};
    use sha2::{Digest, Sha512};

    fn signed(number: u8) -> Signed {
        let key = SigningKey::from([number; 32]);
        let submission = Bytes::from(vec![number; 100]);
        let signature = key.sign(&signing_bytes(&submission)).into();
        Signed { key: VerificationKey::from(&key).into(), signature, submission }
    }

    /// Of the order 8: the equation with the cofactor does not see it.
    fn with_torsion(number: u8) -> Signed {
        let secret = ed25519_dalek::SigningKey::from_bytes(&[number; 32]);
        let key = secret.verifying_key().to_bytes();
        let submission = Bytes::from(vec![number; 100]);
        let nonce = Scalar::from(1_000_003u32);
        let r = (EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[1]).compress().to_bytes();
        let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(signing_bytes(&submission));
        let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let s = nonce + challenge * secret.to_scalar();
        let signature: [u8; 64] = [r, s.to_bytes()].concat().try_into().unwrap();
        Signed { key, signature, submission }
    }

    #[test]
    fn a_signature_that_others_call_invalid_is_replayed_and_not_recorded() {
        let batch: Vec<_> = (1..4).map(signed).chain((4..6).map(with_torsion)).collect();
        assert_eq!(verify(&batch), [true; 5]);
        assert_eq!(batch.iter().map(is_good).collect::<Vec<_>>(), [true; 5]);
        assert_eq!(recordable(&batch), [true, true, true, false, false]);
        let mut spoilt = signed(1);
        spoilt.signature[40] ^= 1;
        assert!(!is_recordable(&spoilt));
    }

    #[test]
    fn one_bad_signature_does_not_taint_the_others() {
        let mut batch: Vec<_> = (1..20).map(signed).collect();
        assert_eq!(verify(&batch), [true; 19]);
        batch[7].signature[3] ^= 1;
        batch[9].submission = Bytes::from_static(b"something else");
        batch[11].key = [0xff; 32];
        let verdict = verify(&batch);
        let bad: Vec<_> = verdict.iter().enumerate().filter(|(_, good)| !**good).map(|(n, _)| n).collect();
        assert_eq!(bad, [7, 9, 11]);
    }
}
