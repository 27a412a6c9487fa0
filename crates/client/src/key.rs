//! Signing keys of officials.

use crate::random::{Random, RandomError};
use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use lika_domain::ids::KeyId;
use lika_proto::convert::{key_id, signing_bytes};
use std::fmt;

/// Bytes of the secret seed of a key.
pub const SEED_BYTES: usize = 32;

/// An Ed25519 key that signs submissions. Its secret is never shown.
#[derive(Clone)]
pub struct Signer {
    signing: SigningKey,
    public: [u8; 32],
    id: KeyId,
}

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate(random: &mut Random) -> Result<Self, RandomError> {
        random.bytes().map(Self::from_seed)
    }

    /// The key with this secret seed.
    pub fn from_seed(seed: [u8; SEED_BYTES]) -> Self {
        let signing = SigningKey::from(seed);
        let public = VerificationKeyBytes::from(&signing).into();
        Self { signing, public, id: key_id(&public) }
    }

    /// Its secret seed, to be stored in a file.
    pub fn seed(&self) -> [u8; SEED_BYTES] {
        self.signing.to_bytes()
    }

    /// The public key, for enrolment.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Its id in the log.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Signs a submission.
    pub fn sign_submission(&self, submission: &[u8]) -> [u8; 64] {
        self.signing.sign(&signing_bytes(submission)).to_bytes()
    }

    /// Signs the challenge of a session.
    pub fn sign_session(&self, challenge: &str) -> [u8; 64] {
        self.signing.sign(&[SESSION_PREFIX, challenge.as_bytes()].concat()).to_bytes()
    }
}

/// Distinguishes the signature of a challenge from all others.
pub const SESSION_PREFIX: &[u8] = b"lika session v1\n";

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_zebra::{Signature, VerificationKey};

    #[test]
    fn signatures_hold_over_the_prefixed_bytes_only() {
        let signer = Signer::from_seed([3; SEED_BYTES]);
        let public = VerificationKey::try_from(*signer.public()).unwrap();
        let signature = Signature::from_bytes(&signer.sign_submission(b"bytes"));
        assert!(public.verify(&signature, b"lika submission v1\nbytes").is_ok());
        assert!(public.verify(&signature, b"bytes").is_err());
        let signature = Signature::from_bytes(&signer.sign_session("challenge"));
        assert!(public.verify(&signature, b"lika session v1\nchallenge").is_ok());
    }

    #[test]
    fn a_key_comes_back_from_its_seed_and_hides_it() {
        let signer = Signer::generate(&mut Random::system()).unwrap();
        let again = Signer::from_seed(signer.seed());
        assert_eq!((again.public(), again.id()), (signer.public(), signer.id()));
        assert_eq!(format!("{signer:?}"), format!("Signer({})", signer.id()));
    }
}
