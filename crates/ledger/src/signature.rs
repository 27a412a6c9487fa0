//! Signatures of submissions: Ed25519 by the rules of ZIP-215, under which checking one by one and checking in
//! batches always agree. So a recorder and every replay reach the same verdict, however they form batches.

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
    use ed25519_zebra::{SigningKey, VerificationKey};

    fn signed(number: u8) -> Signed {
        let key = SigningKey::from([number; 32]);
        let submission = Bytes::from(vec![number; 100]);
        let signature = key.sign(&signing_bytes(&submission)).into();
        Signed { key: VerificationKey::from(&key).into(), signature, submission }
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
