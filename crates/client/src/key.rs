//! Signing keys of officials.

use crate::random::{Random, RandomError};
use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use hkdf::Hkdf;
use lika_domain::ids::KeyId;
use lika_proto::convert::{key_id, signing_bytes};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of the secret seed of a key.
pub const SEED_BYTES: usize = 32;

/// An Ed25519 key that signs submissions. Its secret is never shown, and is overwritten when the key is dropped.
#[derive(Clone)]
pub struct Signer {
    signing: Zeroizing<SigningKey>,
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
        Self { signing: Zeroizing::new(signing), public, id: key_id(&public) }
    }

    /// Its secret seed, to be stored in a file.
    pub fn seed(&self) -> Zeroizing<[u8; SEED_BYTES]> {
        Zeroizing::new(self.signing.to_bytes())
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
        self.sign(SESSION_PREFIX, challenge.as_bytes())
    }

    /// Signs anything else, after a prefix that no other kind of signature has.
    pub(crate) fn sign(&self, prefix: &[u8], content: &[u8]) -> [u8; 64] {
        self.signing.sign(&[prefix, content].concat()).to_bytes()
    }

    /// A secret of 32 bytes for another use, such as the encryption of a file: whoever can unlock the key can compute
    /// it, and nobody can get from it to the key or to the secret of another label.
    ///
    /// HKDF-SHA-256 (RFC 5869) with the seed as key material and the label as info. A label names one use for ever,
    /// such as `lika replica v1`: another label is another secret.
    pub fn derive_secret(&self, label: &str) -> [u8; 32] {
        let mut secret = [0; 32];
        let expanded = Hkdf::<Sha256>::new(Some(DERIVED_SALT), &*self.seed()).expand(label.as_bytes(), &mut secret);
        expanded.unwrap_or_else(|_| unreachable!("32 bytes are below the limit of 255 hashes"));
        secret
    }
}

/// Distinguishes derived secrets from all other uses of the seed.
const DERIVED_SALT: &[u8] = b"lika derived secret v1\n";

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

    /// The value was computed with Python's hmac: a secret that changed would leave files that nobody can open.
    #[test]
    fn a_derived_secret_belongs_to_one_key_and_one_label_for_ever() {
        let signer = Signer::from_seed([3; SEED_BYTES]);
        let replica = signer.derive_secret("lika replica v1");
        assert_eq!(hex::encode(replica), "eef396298f79b01ce2a7aaf0bea3ba9f84e96d15bc08f77a20986b872a768424");
        assert_ne!(replica, signer.derive_secret("lika replica v2"));
        assert_ne!(replica, Signer::from_seed([4; SEED_BYTES]).derive_secret("lika replica v1"));
        assert_ne!(replica, *signer.seed());
    }

    #[test]
    fn a_key_comes_back_from_its_seed_and_hides_it() {
        let signer = Signer::generate(&mut Random::system()).unwrap();
        let again = Signer::from_seed(*signer.seed());
        assert_eq!((again.public(), again.id()), (signer.public(), signer.id()));
        assert_eq!(format!("{signer:?}"), format!("Signer({})", signer.id()));
    }
}
