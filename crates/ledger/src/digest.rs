//! The state in one hash: SHA-256 over its canonical encoding. Two nodes with equal digests hold equal states.

use borsh::BorshSerialize;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_domain::state::State;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;

/// Digest of a state.
pub fn of(state: &State) -> [u8; 32] {
    encoded(state)
}

/// Digest of the last entries of each area.
pub(crate) fn of_heads(heads: &BTreeMap<Area, Index>) -> [u8; 32] {
    encoded(heads)
}

fn encoded(value: &impl BorshSerialize) -> [u8; 32] {
    let mut hasher = Hasher(Sha256::new());
    // Writing into a hash cannot fail.
    let _ = borsh::to_writer(&mut hasher, value);
    hasher.0.finalize().into()
}

/// Digest of a state, in hexadecimal.
pub fn hex(state: &State) -> String {
    hex::encode(of(state))
}

/// A writer that hashes what is written to it.
pub(crate) struct Hasher(pub(crate) Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
