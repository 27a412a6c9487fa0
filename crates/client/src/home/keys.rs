//! Signing keys in files, and the chain positions of their devices.

use super::{Home, HomeError, file};
use crate::compose::{Chain, Device};
use crate::key::{SEED_BYTES, Signer};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::ids::OfficialId;
use serde::{Deserialize, Serialize};

/// Longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A signing key and its owner.
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
    /// The key itself.
    pub signer: Signer,
}

/// The file of a key. Name and public key follow from the seed and are included for human readers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    name: String,
    official: u32,
    origin: String,
    created_at_s: u64,
    key: String,
    public_key: String,
    seed: String,
}

/// The file of a device: its last submission that the log recorded.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredChain {
    sequence: u64,
    previous: String,
}

impl Home {
    /// Stores a new key. Never overwrites: a lost key cannot be made again.
    ///
    /// # Errors
    /// If the name is invalid or taken, or the file cannot be written.
    pub fn add_key(&self, key: &KeyFile) -> Result<(), HomeError> {
        check_name(&key.name)?;
        let stored = Stored {
            name: key.name.clone(),
            official: key.official.get(),
            origin: key.origin.clone(),
            created_at_s: key.created_at_s,
            key: key.signer.id().to_string(),
            public_key: BASE64_STANDARD.encode(key.signer.public()),
            seed: BASE64_STANDARD.encode(key.signer.seed()),
        };
        let path = self.path("keys", &format!("{}.key", key.name));
        file::write_new(&path, &json(&stored))
    }

    /// The key of that name.
    ///
    /// # Errors
    /// [`HomeError::KeyUnknown`] if there is none, [`HomeError::Damaged`] if the file contradicts itself.
    pub fn key(&self, name: &str) -> Result<KeyFile, HomeError> {
        check_name(name)?;
        let path = self.path("keys", &format!("{name}.key"));
        let bytes = file::read(&path)?.ok_or_else(|| HomeError::KeyUnknown(name.to_owned()))?;
        let damaged = |what: &str| HomeError::damaged(&path, what);
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
        let official = OfficialId::new(stored.official).ok_or_else(|| damaged("its official number is not valid"))?;
        let seed = BASE64_STANDARD.decode(&stored.seed).ok();
        let seed = seed.and_then(|seed| <[u8; SEED_BYTES]>::try_from(seed).ok());
        let signer = Signer::from_seed(seed.ok_or_else(|| damaged("the seed is not 32 bytes of base64"))?);
        if stored.key != signer.id().to_string() || stored.name != name {
            return Err(damaged("its key is not that of the seed, or its name is not that of the file"));
        }
        let Stored { name, origin, created_at_s, .. } = stored;
        Ok(KeyFile { name, official, origin, created_at_s, signer })
    }

    /// Every key, by name.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn keys(&self) -> Result<Vec<KeyFile>, HomeError> {
        file::list(&self.dir().join("keys"), "key")?.iter().map(|path| self.key(&file::stem(path))).collect()
    }

    /// The device of a key, positioned after everything that waits to be sent.
    ///
    /// # Errors
    /// If its files cannot be read.
    pub fn device(&self, key: &KeyFile) -> Result<Device, HomeError> {
        let mut device = Device::new(key.signer.clone(), key.official, key.origin.clone());
        let taken = self.chain(&device)?;
        let waiting = self.pending()?.into_iter().rev().find(|pending| pending.key == device.signer().id());
        let last = waiting.map(|pending| pending.chain).filter(|chain| chain.sequence > taken.sequence);
        device.set_chain(last.unwrap_or(taken));
        Ok(device)
    }

    /// Position of the device according to the log: after the last recorded submission.
    pub(crate) fn chain(&self, device: &Device) -> Result<Chain, HomeError> {
        let path = self.path("devices", &format!("{}.json", device.signer().id()));
        let Some(bytes) = file::read(&path)? else { return Ok(Chain::default()) };
        let stored: StoredChain = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
        let mut previous = [0; 32];
        hex::decode_to_slice(&stored.previous, &mut previous).map_err(|error| HomeError::damaged(&path, error))?;
        Ok(Chain { sequence: stored.sequence, previous: Some(previous) })
    }

    /// Notes that the log recorded a submission.
    pub(crate) fn advance(&self, device: &Device, chain: Chain) -> Result<(), HomeError> {
        let path = self.path("devices", &format!("{}.json", device.signer().id()));
        let previous = hex::encode(chain.previous.unwrap_or_default());
        file::write(&path, &json(&StoredChain { sequence: chain.sequence, previous }))
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
