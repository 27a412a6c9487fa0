//! The state digest of a view, computed from its rows: the SHA-256 of the canonical encoding of the state, which the
//! rows hold in pieces. At most one village or a part of the submissions is in memory at a time.

use crate::error::ViewError;
use crate::keys::{Key, Kind};
use crate::rows::Rows;
use borsh::BorshSerialize;
use lika_domain::ids::{Index, SubmissionId};
use lika_domain::policy::Policy;
use lika_domain::state::State;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Submissions sorted at once, at about 40 bytes each.
const SUBMISSIONS_PER_PART: u32 = 4_000_000;

/// The digest of the store, which must not be written meanwhile.
pub(crate) fn digest(rows: &Rows, applied: u64) -> Result<[u8; 32], ViewError> {
    let mut out = Encoder { rows, hash: Sha256::new() };
    // The fields of the state in their order; a new one has to be named here before this compiles again.
    let State {
        applied: _,
        voids: _,
        jurisdiction: _,
        officials: _,
        keys: _,
        policy: _,
        submissions: _,
        homes: _,
        tags: _,
        releases: _,
        villages: _,
    } = State::default();
    out.put(&applied);
    out.map(&[Kind::Void as u8])?;
    out.option(&Key::Jurisdiction)?;
    out.map(&[Kind::Official as u8])?;
    out.map(&[Kind::Signer as u8])?;
    out.or_default::<Policy>(&Key::Policy)?;
    out.submissions()?;
    for kind in [Kind::Home, Kind::Tag, Kind::Release] {
        out.map(&[kind as u8])?;
    }
    out.villages()?;
    Ok(out.hash.finalize().into())
}

struct Encoder<'r> {
    rows: &'r Rows,
    hash: Sha256,
}

impl Encoder<'_> {
    fn villages(&mut self) -> Result<(), ViewError> {
        self.length(&[Kind::Village as u8])?;
        for row in self.rows.scan_kind(Kind::Village) {
            let (Key::Village(area), _) = row? else { continue };
            if let Some(village) = self.rows.village(area)? {
                self.put(&(area, village));
            }
        }
        Ok(())
    }

    /// The store has submissions by entry, and the state by number. They are sorted a part at a time, so that memory
    /// stays bounded however many there are.
    fn submissions(&mut self) -> Result<(), ViewError> {
        let mut length: u32 = 0;
        self.each_submission(|_| length = length.saturating_add(1))?;
        self.put(&length);
        let parts = u64::from(length / SUBMISSIONS_PER_PART) + 1;
        for part in 0..parts {
            let mut found = BTreeMap::new();
            self.each_submission(|(id, index)| {
                let lead = u64::from(u32::from_be_bytes([id.0[0], id.0[1], id.0[2], id.0[3]]));
                if (lead * parts) >> 32 == part {
                    found.insert(id, index);
                }
            })?;
            found.iter().for_each(|submission| self.put(&submission));
        }
        Ok(())
    }

    fn each_submission(&self, mut take: impl FnMut((SubmissionId, Index))) -> Result<(), ViewError> {
        for row in self.rows.scan_kind(Kind::Submissions) {
            let (key, value) = row?;
            self.rows.decode::<Vec<_>>(&key, &value)?.into_iter().for_each(&mut take);
        }
        Ok(())
    }

    /// A map: its length, then each key and value. The store has the values in their encoding.
    fn map(&mut self, prefix: &[u8]) -> Result<(), ViewError> {
        self.length(prefix)?;
        for row in self.rows.scan(prefix) {
            let (key, value) = row?;
            self.id(&key);
            self.hash.update(&value);
        }
        Ok(())
    }

    /// The key of a row in the state's own map.
    fn id(&mut self, key: &Key) {
        match key {
            Key::Void(index) => self.put(index),
            Key::Official(id) => self.put(id),
            Key::Signer(id) => self.put(id),
            Key::Home(id) => self.put(id),
            Key::Tag(tag) => self.put(tag),
            Key::Release(number) => self.put(number),
            Key::Binding | Key::Position | Key::Jurisdiction | Key::Policy | Key::Village(_) | Key::Cards(..) => {}
            Key::Submissions(_) | Key::VillageTrail(..) | Key::OfficialTrail(..) => {}
        }
    }

    fn option(&mut self, key: &Key) -> Result<(), ViewError> {
        match self.rows.raw(key)? {
            Some(value) => {
                self.hash.update([1]);
                self.hash.update(&value);
            }
            None => self.hash.update([0]),
        }
        Ok(())
    }

    fn or_default<T: BorshSerialize + Default>(&mut self, key: &Key) -> Result<(), ViewError> {
        match self.rows.raw(key)? {
            Some(value) => self.hash.update(&value),
            None => self.put(&T::default()),
        }
        Ok(())
    }

    fn length(&mut self, prefix: &[u8]) -> Result<(), ViewError> {
        let mut length: u32 = 0;
        for row in self.rows.scan(prefix) {
            row?;
            length = length.saturating_add(1);
        }
        self.put(&length);
        Ok(())
    }

    fn put(&mut self, value: &impl BorshSerialize) {
        let mut bytes = Vec::new();
        if borsh::to_writer(&mut bytes, value).is_ok() {
            self.hash.update(&bytes);
        }
    }
}
