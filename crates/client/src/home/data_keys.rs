//! Data keys of households and officials that this client made or received.
//!
//! A table registers thousands of households at once. Their keys are written in bundles, one for each submission: a
//! file for each household takes longer to write safely than everything else together.

use super::keys::json;
use super::{Home, HomeError, file};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_proto::seal::DataKey;
use lika_proto::v1;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The data keys of one household or official, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataKeys(BTreeMap<u32, Opaque>);

/// A key without an order of its own; the map orders keys by number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opaque(DataKey);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    number: u32,
    key: String,
}

/// A key in a bundle.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundled {
    subject: u64,
    number: u32,
    key: String,
}

/// Keys of all bundles, read when the first of them is needed.
pub(super) type Bundles = Mutex<Option<BTreeMap<u64, DataKeys>>>;

/// From this many households and officials on, keys that are given at once are a bundle.
const BUNDLE_FROM: usize = 4;

fn opaque(key: &str, number: u32, path: &Path) -> Result<Opaque, HomeError> {
    let key = BASE64_STANDARD.decode(key).ok().and_then(|key| DataKey::from_slice(&key));
    key.map(Opaque).ok_or_else(|| HomeError::damaged(path, format!("key {number} is not 32 bytes")))
}

impl DataKeys {
    /// The key with that number.
    pub fn get(&self, number: u32) -> Option<&DataKey> {
        self.0.get(&number).map(|key| &key.0)
    }

    /// The newest key with its number.
    pub fn newest(&self) -> Option<(u32, &DataKey)> {
        self.0.last_key_value().map(|(number, key)| (*number, &key.0))
    }
}

impl Home {
    /// The data keys of a household (10 digits) or an official (8 digits).
    ///
    /// # Errors
    /// If their file cannot be read.
    pub fn data_keys(&self, subject: u64) -> Result<DataKeys, HomeError> {
        let path = self.path("datakeys", &format!("{subject}.json"));
        let mut keys = self.bundled(|bundles| bundles.get(&subject).cloned())?.unwrap_or_default();
        let Some(bytes) = file::read(&path)? else { return Ok(keys) };
        let stored: Vec<Stored> = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
        for Stored { number, key } in stored {
            keys.0.insert(number, opaque(&key, number, &path)?);
        }
        Ok(keys)
    }

    /// Asks the bundles, which are read at the first question.
    fn bundled<T>(&self, ask: impl FnOnce(&mut BTreeMap<u64, DataKeys>) -> T) -> Result<T, HomeError> {
        let mut held = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let mut bundles: BTreeMap<u64, DataKeys> = BTreeMap::new();
            for path in file::list(&self.dir().join("datakeys"), "bundle")? {
                let Some(bytes) = file::read(&path)? else { continue };
                let stored: Vec<Bundled> =
                    serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
                for Bundled { subject, number, key } in stored {
                    bundles.entry(subject).or_default().0.insert(number, opaque(&key, number, &path)?);
                }
            }
            *held = Some(bundles);
        }
        Ok(ask(held.get_or_insert_default()))
    }

    /// Writes the first keys of many households as one file, named by its content.
    fn add_bundle(&self, given: &[v1::DataKey]) -> Result<(), HomeError> {
        let folder = self.dir().join("datakeys");
        let bundled = |key: &v1::DataKey| Bundled {
            subject: key.subject,
            number: key.number,
            key: BASE64_STANDARD.encode(&key.key),
        };
        let bytes = json(&given.iter().map(bundled).collect::<Vec<_>>());
        let name = hex::encode(&Sha256::digest(&bytes)[..16]);
        file::write(&folder.join(format!("{name}.bundle")), &bytes)?;
        self.bundled(|bundles| {
            for key in given {
                let kept = DataKey::from_slice(&key.key).map(Opaque);
                bundles.entry(key.subject).or_default().0.extend(kept.map(|kept| (key.number, kept)));
            }
        })
    }

    /// Stores data keys. A key that is stored already may be given again.
    ///
    /// # Errors
    /// [`HomeError::DataKeyChanged`] if another key with that number is stored, or the file cannot be written.
    pub fn add_data_keys(&self, given: &[v1::DataKey]) -> Result<(), HomeError> {
        let mut subjects: BTreeMap<u64, Vec<&v1::DataKey>> = BTreeMap::new();
        for key in given {
            subjects.entry(key.subject).or_default().push(key);
        }
        let all_are_new = || -> Result<bool, HomeError> {
            for (subject, keys) in &subjects {
                let whole = keys.iter().all(|key| DataKey::from_slice(&key.key).is_some());
                if !whole || keys.len() > 1 || self.data_keys(*subject)? != DataKeys::default() {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        if subjects.len() >= BUNDLE_FROM && all_are_new()? {
            return self.add_bundle(given);
        }
        subjects.into_iter().try_for_each(|(subject, given)| self.add_data_keys_of(subject, &given))
    }

    fn add_data_keys_of(&self, subject: u64, given: &[&v1::DataKey]) -> Result<(), HomeError> {
        let path = self.path("datakeys", &format!("{subject}.json"));
        let kept = self.data_keys(subject)?;
        let mut keys = kept.clone();
        for v1::DataKey { number, key, .. } in given.iter().copied().cloned() {
            let key = DataKey::from_slice(&key).ok_or_else(|| HomeError::damaged(&path, "a key is not 32 bytes"))?;
            if keys.get(number).is_some_and(|known| *known != key) {
                return Err(HomeError::DataKeyChanged { subject, number });
            }
            keys.0.insert(number, Opaque(key));
        }
        if keys == kept {
            return Ok(());
        }
        let stored =
            |(number, key): (&u32, &Opaque)| Stored { number: *number, key: BASE64_STANDARD.encode(key.0.as_bytes()) };
        file::write(&path, &json(&keys.0.iter().map(stored).collect::<Vec<_>>()))
    }
}
