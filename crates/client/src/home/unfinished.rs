//! Answers to the questions of a report that was not finished. They hold names and citizen IDs: the file is encrypted
//! with a secret of the key (ChaCha20-Poly1305: 12 bytes of nonce, then ciphertext and tag), and opens for whoever can
//! sign with it.

use super::{Home, HomeError, file};
use crate::key::Signer;
use crate::random::Random;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use std::path::PathBuf;

/// The label of the secret.
const LABEL: &str = "lika unfinished report v1";
const NONCE_BYTES: usize = 12;

impl Home {
    /// Stores the answers given so far to the questions about an event, in place of those stored before.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_unfinished(&self, signer: &Signer, event: &str, answers: &[u8]) -> Result<(), HomeError> {
        let nonce: [u8; NONCE_BYTES] = Random::system().bytes()?;
        let path = self.unfinished_path(signer, event);
        let payload = Payload { msg: answers, aad: event.as_bytes() };
        let sealed = cipher(signer).encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| HomeError::damaged(&path, "the answers are too long"))?;
        let _held = self.writing()?;
        file::write(&path, &[nonce.as_slice(), &sealed].concat())
    }

    /// The answers that were stored; `None` if there are none.
    ///
    /// # Errors
    /// [`HomeError::Damaged`] if the file is not what this key stored.
    pub fn unfinished(&self, signer: &Signer, event: &str) -> Result<Option<Vec<u8>>, HomeError> {
        let path = self.unfinished_path(signer, event);
        let Some(bytes) = file::read(&path)? else { return Ok(None) };
        let opened = bytes.split_first_chunk::<NONCE_BYTES>().and_then(|(nonce, sealed)| {
            let payload = Payload { msg: sealed, aad: event.as_bytes() };
            cipher(signer).decrypt(&Nonce::from(*nonce), payload).ok()
        });
        opened.map(Some).ok_or_else(|| HomeError::damaged(&path, "it does not open with the key"))
    }

    /// Removes the answers.
    ///
    /// # Errors
    /// If the file cannot be removed.
    pub fn forget_unfinished(&self, signer: &Signer, event: &str) -> Result<(), HomeError> {
        let _held = self.writing()?;
        file::remove(&self.unfinished_path(signer, event))
    }

    fn unfinished_path(&self, signer: &Signer, event: &str) -> PathBuf {
        self.path("unfinished", &format!("{}-{event}", signer.id()))
    }
}

fn cipher(signer: &Signer) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(signer.derive_secret(LABEL)))
}

#[cfg(test)]
mod tests {
    use crate::home::{Home, HomeError};
    use crate::key::Signer;

    #[test]
    fn answers_are_kept_for_one_key_and_are_unreadable_without_it() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let (own, other) = (Signer::from_seed([1; 32]), Signer::from_seed([2; 32]));
        home.keep_unfinished(&own, "household_visited", "张三".as_bytes()).unwrap();
        assert_eq!(home.unfinished(&own, "household_visited").unwrap().unwrap(), "张三".as_bytes());
        assert_eq!(home.unfinished(&other, "household_visited").unwrap(), None);
        let path = home.unfinished_path(&own, "household_visited");
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|part| part == "张三".as_bytes()));
        std::fs::rename(&path, home.unfinished_path(&own, "aid_delivered")).unwrap();
        assert!(matches!(home.unfinished(&own, "aid_delivered"), Err(HomeError::Damaged { .. })));
        home.forget_unfinished(&own, "aid_delivered").unwrap();
        assert_eq!(home.unfinished(&own, "aid_delivered").unwrap(), None);
    }
}
