//! Signing keys in files.

use super::protected::{Protected, Unopened};
use super::{Home, HomeError, file};
use crate::key::{SEED_BYTES, Signer};
use crate::passphrase::Passphrase;
use crate::random::Random;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::ids::{KeyId, OfficialId};
use lika_proto::convert::key_id;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A signing key and its owner, as listed: everything but the secret.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// Name given by the user.
    pub name: String,
    /// Its official.
    pub official: OfficialId,
    /// The log it is for.
    pub origin: String,
    /// When it was made, in seconds since 1970-01-01 UTC.
    pub created_at_s: u64,
    public: [u8; 32],
    secret: Secret,
}

/// The secret of a key as in its file.
#[derive(Clone)]
enum Secret {
    Plain(Box<Signer>),
    Protected(Protected),
}

/// The file of a key. Without `version` it is a file of the first kind, whose seed is not protected; in version 2 it
/// is. Id and public key follow from the seed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    name: String,
    official: u32,
    origin: String,
    created_at_s: u64,
    key: String,
    public_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protected: Option<Protected>,
}

/// Version of a file whose seed is protected.
const PROTECTED_VERSION: u32 = 2;

impl Home {
    /// Stores a new key. Never overwrites: a lost key cannot be made again.
    ///
    /// # Errors
    /// If the name is invalid or taken, or the file cannot be written.
    pub fn add_key(&self, key: &KeyFile) -> Result<(), HomeError> {
        check_name(&key.name)?;
        let _held = self.writing()?;
        file::write_new(&self.key_path(&key.name), &Zeroizing::new(json(&key.stored())))
    }

    /// The key of that name.
    ///
    /// # Errors
    /// [`HomeError::KeyUnknown`] if there is none, [`HomeError::Damaged`] if the file contradicts itself.
    pub fn key(&self, name: &str) -> Result<KeyFile, HomeError> {
        check_name(name)?;
        let path = self.key_path(name);
        let bytes = Zeroizing::new(file::read(&path)?.ok_or_else(|| HomeError::KeyUnknown(name.to_owned()))?);
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
        KeyFile::read(stored, name).map_err(|what| HomeError::damaged(&path, what))
    }

    /// Every key, by name.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn keys(&self) -> Result<Vec<KeyFile>, HomeError> {
        file::list(&self.dir().join("keys"), "key")?.iter().map(|path| self.key(&file::stem(path))).collect()
    }

    /// The signer of a key: that of a file without protection, or one that was unlocked.
    ///
    /// # Errors
    /// [`HomeError::KeyLocked`] if its passphrase has not been given in this process, or was given too long ago.
    pub fn signer_of(&self, key: &KeyFile) -> Result<Signer, HomeError> {
        match &key.secret {
            Secret::Plain(signer) => Ok((**signer).clone()),
            Secret::Protected(_) => {
                self.unlocked().get(key.id()).ok_or_else(|| HomeError::KeyLocked(key.name.clone()))
            }
        }
    }

    /// Unlocks a key for everything that shares the home's [`Unlocked`](crate::Unlocked), and encrypts with it what
    /// lies in the clear and need not. A key without protection is never locked.
    ///
    /// # Errors
    /// As [`KeyFile::unlock`].
    pub fn unlock(&self, key: &KeyFile, passphrase: &Passphrase) -> Result<Signer, HomeError> {
        let signer = key.unlock(passphrase)?;
        if key.is_protected() {
            self.unlocked().add(signer.clone());
            // The next time will do too: nobody is kept from their work by a full disk.
            let _ = self.seal_former();
        }
        Ok(signer)
    }

    /// Puts a key, which is unlocked, under another passphrase. The new file is read back before it replaces the old
    /// one; a crash leaves one of the two. A disk may still hold what it held before: a key whose file somebody may
    /// have copied is revoked, and another one made.
    ///
    /// # Errors
    /// As [`KeyFile::protect`]; [`HomeError::KeyLocked`].
    pub fn protect(&self, name: &str, passphrase: &Passphrase, random: &mut Random) -> Result<KeyFile, HomeError> {
        let key = self.key(name)?;
        let signer = self.signer_of(&key)?;
        let key = key.protect(&signer, passphrase, random)?;
        key.unlock(passphrase)?;
        let _held = self.writing()?;
        file::write(&self.key_path(name), &json(&key.stored()))?;
        Ok(key)
    }

    fn key_path(&self, name: &str) -> PathBuf {
        self.path("keys", &format!("{name}.key"))
    }
}

impl KeyFile {
    /// A key whose file is not protected.
    pub fn new(name: &str, official: OfficialId, origin: &str, created_at_s: u64, signer: &Signer) -> Self {
        let (name, origin, secret) = (name.to_owned(), origin.to_owned(), Secret::Plain(Box::new(signer.clone())));
        Self { name, official, origin, created_at_s, public: *signer.public(), secret }
    }

    /// The same key under a passphrase.
    ///
    /// # Errors
    /// [`HomeError::PassphraseWeak`]; [`HomeError::Random`] if the system has no randomness.
    pub fn protect(self, signer: &Signer, passphrase: &Passphrase, random: &mut Random) -> Result<Self, HomeError> {
        if !passphrase.is_strong(&[&self.name, &self.official.get().to_string()]) {
            return Err(HomeError::PassphraseWeak);
        }
        let protected = Protected::seal(&signer.seed(), passphrase, &self.around(), random)?;
        Ok(Self { secret: Secret::Protected(protected), ..self })
    }

    /// The public key, for enrolment.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Its id in the log.
    pub fn id(&self) -> KeyId {
        key_id(&self.public)
    }

    /// Whether a passphrase is needed to sign with it.
    pub fn is_protected(&self) -> bool {
        matches!(self.secret, Secret::Protected(_))
    }

    /// The signer. A key without protection takes any passphrase.
    ///
    /// # Errors
    /// [`HomeError::PassphraseWrong`], after the same time as with the right one; [`HomeError::KeyNotUnderstood`].
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<Signer, HomeError> {
        let protected = match &self.secret {
            Secret::Plain(signer) => return Ok((**signer).clone()),
            Secret::Protected(protected) => protected,
        };
        let signer = protected.open(passphrase, &self.around()).map(|seed| Signer::from_seed(*seed));
        match signer {
            Ok(signer) if *signer.public() == self.public => Ok(signer),
            Ok(_) | Err(Unopened::Wrong) => Err(HomeError::PassphraseWrong(self.name.clone())),
            Err(Unopened::NotUnderstood) => Err(HomeError::KeyNotUnderstood(self.name.clone())),
        }
    }

    /// What the protection of the seed is bound to.
    fn around(&self) -> String {
        let Self { official, origin, created_at_s, public, .. } = self;
        format!("{official}\n{origin}\n{created_at_s}\n{}", hex::encode(public))
    }

    fn stored(&self) -> Stored {
        let (version, seed, protected) = match &self.secret {
            Secret::Plain(signer) => (None, Some(Zeroizing::new(BASE64_STANDARD.encode(*signer.seed()))), None),
            Secret::Protected(protected) => (Some(PROTECTED_VERSION), None, Some(protected.clone())),
        };
        Stored {
            version,
            name: self.name.clone(),
            official: self.official.get(),
            origin: self.origin.clone(),
            created_at_s: self.created_at_s,
            key: self.id().to_string(),
            public_key: BASE64_STANDARD.encode(self.public),
            seed,
            protected,
        }
    }

    fn read(stored: Stored, file_name: &str) -> Result<Self, String> {
        let official = OfficialId::new(stored.official).ok_or("its official number is not valid")?;
        let bytes = |text: &str| BASE64_STANDARD.decode(text).ok().map(Zeroizing::new);
        let public = bytes(&stored.public_key).and_then(|key| <[u8; 32]>::try_from(key.as_slice()).ok());
        let public = public.ok_or("its public key is not 32 bytes of base64")?;
        let secret = match (stored.version, stored.seed, stored.protected) {
            (None, Some(seed), None) => {
                let seed = bytes(&seed).and_then(|seed| <[u8; SEED_BYTES]>::try_from(seed.as_slice()).ok());
                Secret::Plain(Box::new(Signer::from_seed(seed.ok_or("the seed is not 32 bytes of base64")?)))
            }
            (Some(PROTECTED_VERSION), None, Some(protected)) => Secret::Protected(protected),
            (Some(version), ..) if version != PROTECTED_VERSION => {
                return Err(format!("it has version {version}, which a later version of this program wrote"));
            }
            _ => return Err("it has neither a seed nor a protected one".to_owned()),
        };
        let key = Self {
            name: stored.name,
            official,
            origin: stored.origin,
            created_at_s: stored.created_at_s,
            public,
            secret,
        };
        let of_seed = match &key.secret {
            Secret::Plain(signer) => *signer.public() == public,
            Secret::Protected(_) => true,
        };
        if !of_seed || stored.key != key.id().to_string() || key.name != file_name {
            return Err("its key is not that of the seed, or its name is not that of the file".to_owned());
        }
        Ok(key)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Protected(_) => "Protected",
        })
    }
}

/// The text of a file. The structures written here can always be encoded.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

fn check_name(name: &str) -> Result<(), HomeError> {
    let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(HomeError::NameInvalid(name.to_owned()))
    }
}
