//! Keyed hashes of citizen IDs.

use hmac::{Hmac, KeyInit, Mac};
use lika_domain::ids::Tag;
use sha2::Sha256;
use std::fmt;

/// Length of the key.
pub(crate) const TAG_KEY_BYTES: usize = 32;
/// Block of SHA-256; HMAC pads a shorter key to it with zeros.
const BLOCK_BYTES: usize = 64;

/// The key of a log's tags. With it one could try all possible citizen IDs, so it is never shown.
#[derive(Clone)]
pub struct TagKey([u8; BLOCK_BYTES]);

impl TagKey {
    pub(crate) fn new(bytes: [u8; TAG_KEY_BYTES]) -> Self {
        let mut block = [0; BLOCK_BYTES];
        block[..TAG_KEY_BYTES].copy_from_slice(&bytes);
        Self(block)
    }

    /// The first 16 bytes of HMAC-SHA-256 over a citizen ID of 18 characters, a final x taken as X.
    pub fn tag(&self, citizen_id: &str) -> Tag {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(citizen_id.to_ascii_uppercase().as_bytes());
        let mut tag = [0; 16];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Tag(tag)
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with another implementation: `hmac.new(bytes(range(32)), b"90000019800101001X", "sha256")` of Python.
    const EXPECTED: [u8; 16] =
        [0xe7, 0xa1, 0x32, 0x86, 0xe7, 0x08, 0x8e, 0x42, 0xe4, 0xa, 0x15, 0xe7, 0xaf, 0xad, 0xbe, 0x30];

    #[test]
    fn a_tag_is_the_beginning_of_an_hmac() {
        let key = TagKey::new(std::array::from_fn(|n| u8::try_from(n).unwrap()));
        assert_eq!(key.tag("90000019800101001X").0, EXPECTED);
        assert_eq!(key.tag("90000019800101001x").0, EXPECTED);
        assert_ne!(key.tag("900000198001010011").0, EXPECTED);
        assert_eq!(format!("{key:?}"), "TagKey(..)");
    }
}
