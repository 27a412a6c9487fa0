//! The seed of a key, encrypted under a passphrase.
//!
//! The passphrase gives a key of 32 bytes by Argon2id 1.3 with the parameters in the file; new files have those that
//! RFC 9106 recommends second (64 MiB, 3 passes, 4 lanes, 16 bytes of salt). The key encrypts the seed with
//! ChaCha20-Poly1305 (RFC 8439) under a random nonce; the associated data is everything else in the file but its name,
//! so that neither owner nor log can be exchanged.

use crate::key::SEED_BYTES;
use crate::passphrase::Passphrase;
use crate::random::{Random, RandomError};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Memory of the derivation, in KiB.
const MEMORY_KIB: u32 = 64 * 1024;
/// Most memory that is used for a file from elsewhere, in KiB.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES: u32 = 3;
const PASSES_MAX: u32 = 16;
const LANES: u32 = 4;
const LANES_MAX: u32 = 16;
const SALT_BYTES: usize = 16;
/// The only derivation there is.
const ARGON2ID: &str = "argon2id";

/// A protected seed, as in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Protected {
    derivation: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// Why a protected seed cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    /// The passphrase is wrong, or the file was changed.
    Wrong,
    /// The file asks for what this program does not do.
    NotUnderstood,
}

impl Protected {
    /// Encrypts a seed. `around` is what the file says besides.
    pub(super) fn seal(
        seed: &[u8; SEED_BYTES],
        passphrase: &Passphrase,
        around: &str,
        random: &mut Random,
    ) -> Result<Self, RandomError> {
        let (salt, nonce) = (random.bytes::<SALT_BYTES>()?, random.nonce()?);
        let mut protected = Self {
            derivation: ARGON2ID.to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64_STANDARD.encode(salt),
            nonce: BASE64_STANDARD.encode(nonce),
            sealed: String::new(),
        };
        let bound = protected.bound(around);
        let sealed = protected.cipher(passphrase, &salt).and_then(|cipher| {
            let payload = Payload { msg: seed, aad: bound.as_bytes() };
            cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| Unopened::NotUnderstood)
        });
        protected.sealed = BASE64_STANDARD
            .encode(sealed.unwrap_or_else(|_| unreachable!("our own parameters and 32 bytes are in range")));
        Ok(protected)
    }

    /// The seed. A wrong passphrase takes as long as the right one: the derivation comes first, and always whole.
    pub(super) fn open(&self, passphrase: &Passphrase, around: &str) -> Result<Zeroizing<[u8; SEED_BYTES]>, Unopened> {
        let bytes = |text: &str| BASE64_STANDARD.decode(text).map_err(|_| Unopened::NotUnderstood);
        let (salt, nonce, sealed) = (bytes(&self.salt)?, bytes(&self.nonce)?, bytes(&self.sealed)?);
        let salt: [u8; SALT_BYTES] = salt.try_into().map_err(|_| Unopened::NotUnderstood)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| Unopened::NotUnderstood)?;
        let cipher = self.cipher(passphrase, &salt)?;
        let bound = self.bound(around);
        let payload = Payload { msg: &sealed, aad: bound.as_bytes() };
        let seed = Zeroizing::new(cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| Unopened::Wrong)?);
        seed.as_slice().try_into().map(Zeroizing::new).map_err(|_| Unopened::NotUnderstood)
    }

    fn cipher(&self, passphrase: &Passphrase, salt: &[u8]) -> Result<ChaCha20Poly1305, Unopened> {
        let allowed = self.derivation == ARGON2ID
            && self.memory_kib <= MEMORY_KIB_MAX
            && self.passes <= PASSES_MAX
            && self.lanes <= LANES_MAX;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok().filter(|_| allowed);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.ok_or(Unopened::NotUnderstood)?);
        let mut key = Zeroizing::new([0; 32]);
        let derived = argon2.hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice());
        derived.map_err(|_| Unopened::NotUnderstood)?;
        Ok(ChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// The associated data.
    fn bound(&self, around: &str) -> String {
        let Self { derivation, memory_kib, passes, lanes, .. } = self;
        format!("lika key v2\n{around}\n{derivation} {memory_kib} {passes} {lanes}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_opens_with_its_passphrase_and_in_its_file_alone() {
        let passphrase = Passphrase::new("枣树下三只白鹅过河");
        let seed = [7; SEED_BYTES];
        let protected = Protected::seal(&seed, &passphrase, "owner", &mut Random::seeded(1)).unwrap();
        assert_eq!(*protected.open(&passphrase, "owner").unwrap(), seed);
        let wrong = Passphrase::new("枣树下三只白鹅过江");
        for (passphrase, around) in [(&wrong, "owner"), (&passphrase, "other")] {
            assert_eq!(protected.open(passphrase, around).unwrap_err(), Unopened::Wrong);
        }
        let weaker = Protected { memory_kib: MEMORY_KIB / 2, ..protected.clone() };
        assert_eq!(weaker.open(&passphrase, "owner").unwrap_err(), Unopened::Wrong);
        let again = Protected::seal(&seed, &passphrase, "owner", &mut Random::seeded(2)).unwrap();
        assert_ne!(again.sealed, protected.sealed, "each time under another salt and nonce");
    }

    #[test]
    fn a_file_that_asks_for_too_much_is_not_computed() {
        let passphrase = Passphrase::new("x");
        let protected = Protected::seal(&[7; SEED_BYTES], &passphrase, "", &mut Random::seeded(1)).unwrap();
        for asked in [
            Protected { memory_kib: u32::MAX, ..protected.clone() },
            Protected { passes: u32::MAX, ..protected.clone() },
            Protected { lanes: 0, ..protected.clone() },
            Protected { derivation: "scrypt".into(), ..protected.clone() },
            Protected { salt: String::new(), ..protected.clone() },
            Protected { nonce: "AAAA".into(), ..protected },
        ] {
            assert_eq!(asked.open(&passphrase, "").unwrap_err(), Unopened::NotUnderstood, "{asked:?}");
        }
    }
}
