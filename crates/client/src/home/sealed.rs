//! What is personal in files, encrypted with a secret of the key that somebody works with.
//!
//! Base64 of 8 bytes of the key's id, 12 bytes of nonce, and ChaCha20-Poly1305 (RFC 8439) of the content; the
//! associated data says what it is the content of. The secret is derived from the key's seed, which its passphrase
//! protects, so it opens only while that key is unlocked. Where every key is without a passphrase it would protect
//! nothing, and things are stored as they are.

use super::{Home, HomeError, file};
use crate::key::Signer;
use crate::random::Random;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use lika_domain::ids::KeyId;
use std::path::Path;
use zeroize::Zeroizing;

/// The label of the secret.
const LABEL: &str = "lika sealed file v1";
const NONCE_BYTES: usize = 12;

/// Encrypts with the secret of one key.
pub(super) struct Sealer {
    key: KeyId,
    cipher: ChaCha20Poly1305,
    random: Random,
}

impl Home {
    /// What new content is encrypted with: the key used last among those that are unlocked. `None` if there is a key
    /// without a passphrase, or no key at all: then it is stored as it is.
    ///
    /// # Errors
    /// [`HomeError::KeyLocked`] if every key is locked.
    pub(super) fn sealer(&self) -> Result<Option<Sealer>, HomeError> {
        if let Some(signer) = self.unlocked().last_used() {
            return Ok(Some(Sealer::new(&signer)));
        }
        let files = file::list(&self.dir().join("keys"), "key")?;
        let mut locked = None;
        for key in files.iter().filter_map(|path| self.key(&file::stem(path)).ok()) {
            if !key.is_protected() {
                return Ok(None);
            }
            locked = Some(key.name);
        }
        locked.map_or(Ok(None), |name| Err(HomeError::KeyLocked(name)))
    }

    /// The content of something encrypted; `of` must be what it was encrypted as.
    ///
    /// # Errors
    /// [`HomeError::KeyLocked`], or [`HomeError::Damaged`] if it is not what was encrypted.
    pub(super) fn unseal(&self, path: &Path, of: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, HomeError> {
        let damaged = || HomeError::damaged(path, "what is encrypted in it does not open");
        let bytes = BASE64_STANDARD.decode(sealed).map_err(|_| damaged())?;
        let (key, rest) = bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (nonce, content) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let key = KeyId(u64::from_be_bytes(*key));
        let signer = self.unlocked().peek(key).ok_or_else(|| HomeError::KeyLocked(self.name_of(key)))?;
        let payload = Payload { msg: content, aad: of.as_bytes() };
        let opened = cipher(&signer).decrypt(&Nonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| damaged())
    }

    /// Encrypts what a former version, or a key before it had a passphrase, left as it was. What cannot be written now
    /// is left for the next time.
    pub(super) fn seal_former(&self) -> Result<(), HomeError> {
        let _held = self.writing()?;
        let Some(mut sealer) = self.sealer()? else { return Ok(()) };
        self.seal_former_drafts(&mut sealer)?;
        self.seal_former_data_keys(&mut sealer)
    }

    /// The name of a key; its id if its file cannot be read.
    fn name_of(&self, id: KeyId) -> String {
        let files = file::list(&self.dir().join("keys"), "key").unwrap_or_default();
        let mut keys = files.iter().filter_map(|path| self.key(&file::stem(path)).ok());
        keys.find(|key| key.id() == id).map_or_else(|| id.to_string(), |key| key.name)
    }
}

impl Sealer {
    fn new(signer: &Signer) -> Self {
        Self { key: signer.id(), cipher: cipher(signer), random: Random::system() }
    }

    /// Encrypts the content of something, `of`.
    pub(super) fn seal(&mut self, of: &str, content: &[u8]) -> Result<String, HomeError> {
        let nonce: [u8; NONCE_BYTES] = self.random.bytes()?;
        let payload = Payload { msg: content, aad: of.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.unwrap_or_else(|_| unreachable!("a file is below the limit of 256 GiB"));
        Ok(BASE64_STANDARD.encode([self.key.0.to_be_bytes().as_slice(), &nonce, &sealed].concat()))
    }
}

fn cipher(signer: &Signer) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(signer.derive_secret(LABEL)))
}
