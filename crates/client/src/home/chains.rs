//! The chain positions of devices. A device is a key: sending needs its position, and no secret.

use super::keys::json;
use super::{Home, HomeError, KeyFile, file};
use crate::compose::{Chain, Device};
use lika_domain::ids::KeyId;
use lika_proto::convert;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The file of a device: its last submission that the log recorded.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredChain {
    sequence: u64,
    previous: String,
}

impl Home {
    /// The device of a key, positioned after everything that waits to be sent.
    ///
    /// # Errors
    /// [`HomeError::KeyLocked`], or if its files cannot be read.
    pub fn device(&self, key: &KeyFile) -> Result<Device, HomeError> {
        let mut device = Device::new(self.signer_of(key)?, key.official, key.origin.clone());
        let taken = self.chain(key.id())?;
        let waiting = self.pending()?.into_iter().rev().find(|pending| pending.key == key.id());
        let last = waiting.map(|pending| pending.chain).filter(|chain| chain.sequence > taken.sequence);
        device.set_chain(last.unwrap_or(taken));
        Ok(device)
    }

    /// Position of a device according to the log: after the last recorded submission. If its file is damaged, the
    /// receipts say it.
    pub(crate) fn chain(&self, key: KeyId) -> Result<Chain, HomeError> {
        let Some(bytes) = file::read(&self.device_path(key))? else { return Ok(Chain::default()) };
        match serde_json::from_slice::<StoredChain>(&bytes).ok().and_then(|stored| stored.chain()) {
            Some(chain) => Ok(chain),
            None => self.chain_of_receipts(key),
        }
    }

    /// Takes over a device from elsewhere, with its position in the log. Its key is not protected.
    ///
    /// # Errors
    /// [`HomeError::Exists`] if there is a key of that name, or a file cannot be written.
    pub fn adopt(&self, name: &str, device: &Device, created_at_s: u64) -> Result<(), HomeError> {
        self.add_key(&KeyFile::new(name, device.author(), device.origin(), created_at_s, device.signer()))?;
        match device.chain() {
            Chain { sequence: 0, .. } => Ok(()),
            chain => {
                let _held = self.writing()?;
                self.advance(device.signer().id(), chain)
            }
        }
    }

    /// Notes that the log recorded a submission. The caller has the right to change files.
    pub(super) fn advance(&self, key: KeyId, chain: Chain) -> Result<(), HomeError> {
        let previous = hex::encode(chain.previous.unwrap_or_default());
        file::write(&self.device_path(key), &json(&StoredChain { sequence: chain.sequence, previous }))
    }

    /// The position after the last submission of a key whose receipt is stored.
    fn chain_of_receipts(&self, key: KeyId) -> Result<Chain, HomeError> {
        let mut last = Chain::default();
        for path in file::list(&self.dir().join("receipts"), "entry")? {
            let Some(bytes) = file::read(&path)? else { continue };
            let Ok((entry, signed)) = convert::entry(0, &bytes.into()) else { continue };
            if entry.submission.key == key && entry.submission.sequence > last.sequence {
                let previous = Some(Sha256::digest(&signed.submission).into());
                last = Chain { sequence: entry.submission.sequence, previous };
            }
        }
        Ok(last)
    }

    fn device_path(&self, key: KeyId) -> std::path::PathBuf {
        self.path("devices", &format!("{key}.json"))
    }
}

impl StoredChain {
    fn chain(&self) -> Option<Chain> {
        let mut previous = [0; 32];
        hex::decode_to_slice(&self.previous, &mut previous).ok()?;
        Some(Chain { sequence: self.sequence, previous: Some(previous) })
    }
}
