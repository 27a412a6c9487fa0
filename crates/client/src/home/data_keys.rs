//! Data keys of households and officials that this client made or received.
//!
//! A table registers thousands of households at once. Their keys are written in bundles, one for each submission: a
//! file for each household takes longer to write safely than everything else together.

use super::keys::json;
use super::sealed::Sealer;
use super::{Home, HomeError, file};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_proto::seal::DataKey;
use lika_proto::v1;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// The data keys of one household or official, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataKeys(BTreeMap<u32, Opaque>);

/// A key without an order of its own; the map orders keys by number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opaque(DataKey);

/// A key in a file.
#[derive(Serialize, Deserialize)]
struct Stored {
    number: u32,
    #[serde(flatten)]
    key: StoredKey,
}

/// A key in a bundle.
#[derive(Serialize, Deserialize)]
struct Bundled {
    subject: u64,
    number: u32,
    #[serde(flatten)]
    key: StoredKey,
}

/// Base64 of a key, or what [`Sealer`] makes of it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredKey {
    Key(String),
    Sealed(String),
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

/// How a key in the clear shows in a file.
const IN_THE_CLEAR: &[u8] = b"\"key\":";

/// From this many households and officials on, keys that are given at once are a bundle.
const BUNDLE_FROM: usize = 4;

impl StoredKey {
    fn new(of: (u64, u32), key: &[u8], sealer: Option<&mut Sealer>) -> Result<Self, HomeError> {
        match sealer {
            Some(sealer) => Ok(Self::Sealed(sealer.seal(&name_of(of), key)?)),
            None => Ok(Self::Key(BASE64_STANDARD.encode(key))),
        }
    }

    /// The same encrypted.
    fn seal(self, of: (u64, u32), sealer: &mut Sealer) -> Result<Self, HomeError> {
        match self {
            Self::Key(key) => match BASE64_STANDARD.decode(&key) {
                Ok(bytes) => Self::new(of, &Zeroizing::new(bytes), Some(sealer)),
                Err(_) => Ok(Self::Key(key)),
            },
            sealed @ Self::Sealed(_) => Ok(sealed),
        }
    }
}

/// What a key is encrypted as.
fn name_of((subject, number): (u64, u32)) -> String {
    format!("data key {number} of {subject}")
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
    /// The data keys of a household (10 digits) or an official (8 digits), without those that were stored with a key
    /// which is locked now.
    ///
    /// # Errors
    /// If their file cannot be read.
    pub fn data_keys(&self, subject: u64) -> Result<DataKeys, HomeError> {
        let path = self.path("datakeys", &format!("{subject}.json"));
        let mut keys = self.bundled(|bundles| bundles.get(&subject).cloned())?.unwrap_or_default();
        for Stored { number, key } in stored::<Stored>(&path)?.unwrap_or_default() {
            if let Some(key) = self.opened(&path, (subject, number), &key)? {
                keys.0.insert(number, key);
            }
        }
        Ok(keys)
    }

    /// A stored key; `None` if the key that it was encrypted with is locked.
    fn opened(&self, path: &Path, of: (u64, u32), stored: &StoredKey) -> Result<Option<Opaque>, HomeError> {
        let bytes = match stored {
            StoredKey::Key(key) => BASE64_STANDARD.decode(key).ok().map(Zeroizing::new),
            StoredKey::Sealed(sealed) => match self.unseal(path, &name_of(of), sealed) {
                Err(HomeError::KeyLocked(_)) => return Ok(None),
                opened => Some(opened?),
            },
        };
        let key = bytes.and_then(|key| DataKey::from_slice(&key)).map(Opaque);
        key.map(Some).ok_or_else(|| HomeError::damaged(path, format!("key {} is not 32 bytes", of.1)))
    }

    /// Encrypts keys that lie in the clear. The caller has the right to change files.
    pub(super) fn seal_former_data_keys(&self, sealer: &mut Sealer) -> Result<(), HomeError> {
        let folder = self.dir().join("datakeys");
        for path in file::list(&folder, "json")? {
            let Some(subject) = file::stem(&path).parse().ok() else { continue };
            let Some(stored) = in_the_clear::<Stored>(&path)? else { continue };
            let seal = |stored: Stored| {
                let key = stored.key.seal((subject, stored.number), sealer)?;
                Ok(Stored { key, ..stored })
            };
            file::write(&path, &json(&stored.into_iter().map(seal).collect::<Result<Vec<_>, HomeError>>()?))?;
        }
        for path in file::list(&folder, "bundle")? {
            let Some(stored) = in_the_clear::<Bundled>(&path)? else { continue };
            let seal = |stored: Bundled| {
                let key = stored.key.seal((stored.subject, stored.number), sealer)?;
                Ok(Bundled { key, ..stored })
            };
            file::write(&path, &json(&stored.into_iter().map(seal).collect::<Result<Vec<_>, HomeError>>()?))?;
        }
        Ok(())
    }

    /// Asks the bundles. They are read at the first question, and those that others added since at the next.
    fn bundled<T>(&self, ask: impl FnOnce(&BTreeMap<u64, DataKeys>) -> T) -> Result<T, HomeError> {
        let folder = self.dir().join("datakeys");
        let mut held = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        let changed =
            std::fs::metadata(&folder).and_then(|folder| folder.modified()).map_err(HomeError::at(&folder))?;
        if held.changed != Some(changed) {
            let is_settled = changed.elapsed().is_ok_and(|since| since > Duration::from_millis(TICK_MS));
            let mut all_open = true;
            for path in file::list(&folder, "bundle")? {
                if held.files.contains(&path) {
                    continue;
                }
                let Some(stored) = stored::<Bundled>(&path)? else { continue };
                let mut is_whole = true;
                for Bundled { subject, number, key } in stored {
                    match self.opened(&path, (subject, number), &key)? {
                        Some(key) => drop(held.keys.entry(subject).or_default().0.insert(number, key)),
                        None => is_whole = false,
                    }
                }
                // What is locked now is asked for again.
                all_open &= is_whole;
                if is_whole {
                    held.files.insert(path);
                }
            }
            held.changed = (is_settled && all_open).then_some(changed);
        }
        Ok(ask(&held.keys))
    }

    /// Writes the first keys of many households as one file, named by its content.
    fn add_bundle(&self, given: &[v1::DataKey]) -> Result<(), HomeError> {
        let folder = self.dir().join("datakeys");
        let mut sealer = self.sealer()?;
        let mut bundled = |key: &v1::DataKey| {
            let (subject, number) = (key.subject, key.number);
            let key = StoredKey::new((subject, number), &key.key, sealer.as_mut())?;
            Ok(Bundled { subject, number, key })
        };
        let bytes = json(&given.iter().map(&mut bundled).collect::<Result<Vec<_>, HomeError>>()?);
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
        let mut new = BTreeMap::new();
        for v1::DataKey { number, key, .. } in given.iter().copied().cloned() {
            let key = DataKey::from_slice(&key).ok_or_else(|| HomeError::damaged(&path, "a key is not 32 bytes"))?;
            match kept.get(number).or(new.get(&number)) {
                Some(known) if *known != key => return Err(HomeError::DataKeyChanged { subject, number }),
                Some(_) => {}
                None => drop(new.insert(number, key)),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        // What was stored with a key that is locked now stays as it is.
        let mut stored = stored::<Stored>(&path)?.unwrap_or_default();
        let mut sealer = self.sealer()?;
        for (number, key) in new {
            let key = StoredKey::new((subject, number), key.as_bytes(), sealer.as_mut())?;
            stored.push(Stored { number, key });
        }
        file::write(&path, &json(&stored))
    }
}

/// The keys in a file; `None` if there is none.
fn stored<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>, HomeError> {
    let Some(bytes) = file::read(path)?.map(Zeroizing::new) else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| HomeError::damaged(path, error))
}

/// The same if one of them lies in the clear; `None` too for a file that is damaged, which stays as it is.
fn in_the_clear<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>, HomeError> {
    let Some(bytes) = file::read(path)? else { return Ok(None) };
    let is_clear = bytes.windows(IN_THE_CLEAR.len()).any(|part| part == IN_THE_CLEAR);
    if is_clear { Ok(stored(path).ok().flatten()) } else { Ok(None) }
}
