//! Data keys of households and officials that this client made or received.

use super::keys::json;
use super::{Home, HomeError, file};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_proto::seal::DataKey;
use lika_proto::v1;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
        let Some(bytes) = file::read(&path)? else { return Ok(DataKeys::default()) };
        let stored: Vec<Stored> = serde_json::from_slice(&bytes).map_err(|error| HomeError::damaged(&path, error))?;
        let mut keys = DataKeys::default();
        for Stored { number, key } in stored {
            let key = BASE64_STANDARD.decode(key).ok().and_then(|key| DataKey::from_slice(&key));
            let key = key.ok_or_else(|| HomeError::damaged(&path, format!("key {number} is not 32 bytes")))?;
            keys.0.insert(number, Opaque(key));
        }
        Ok(keys)
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
