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
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

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

/// Keys of the bundles that were read. Another process may add one at any time, which shows in the folder's time.
pub(super) type Bundles = Mutex<Read>;

/// What was read of the bundles.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// When the folder was last changed before they were listed; `None` if they must be listed again.
    changed: Option<SystemTime>,
    files: BTreeSet<PathBuf>,
    keys: BTreeMap<u64, DataKeys>,
}

/// A folder changed so short before it was listed may have been changed again within the same tick of its clock, in
/// milliseconds.
const TICK_MS: u64 = 20;

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

    /// Asks the bundles. They are read at the first question, and those that others added since at the next.
    fn bundled<T>(&self, ask: impl FnOnce(&BTreeMap<u64, DataKeys>) -> T) -> Result<T, HomeError> {
        let folder = self.dir().join("datakeys");
        let mut held = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        let changed =
            std::fs::metadata(&folder).and_then(|folder| folder.modified()).map_err(HomeError::at(&folder))?;
        if held.changed != Some(changed) {
            let is_settled = changed.elapsed().is_ok_and(|since| since > Duration::from_millis(TICK_MS));
            for path in file::list(&folder, "bundle")? {
                if held.files.contains(&path) {
                    continue;
                }
                let Some(bytes) = file::read(&path)? else { continue };
                let stored: Vec<Bundled> =
                    serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
                for Bundled { subject, number, key } in stored {
                    held.keys.entry(subject).or_default().0.insert(number, opaque(&key, number, &path)?);
                }
                held.files.insert(path);
            }
            held.changed = is_settled.then_some(changed);
        }
        Ok(ask(&held.keys))
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
        let path = folder.join(format!("{name}.bundle"));
        file::write(&path, &bytes)?;
        // It need not be read back.
        let mut held = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        for key in given {
            let kept = DataKey::from_slice(&key.key).map(Opaque);
            held.keys.entry(key.subject).or_default().0.extend(kept.map(|kept| (key.number, kept)));
        }
        held.files.insert(path);
        Ok(())
    }

    /// Stores data keys. A key that is stored already may be given again.
    ///
    /// # Errors
    /// [`HomeError::DataKeyChanged`] if another key with that number is stored, or the file cannot be written.
    pub fn add_data_keys(&self, given: &[v1::DataKey]) -> Result<(), HomeError> {
        let _held = self.writing()?;
        self.put_data_keys(given)
    }

    /// The same for a caller that has the right to change files.
    pub(super) fn put_data_keys(&self, given: &[v1::DataKey]) -> Result<(), HomeError> {
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
