//! SHA-256 tree hashes of RFC 6962 section 2.1.
//!
//! A leaf is hashed with the prefix 0x00 and an inner node with 0x01, so that an entry cannot pass for a node.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::text;

/// Length of a hash, in bytes.
pub const HASH_BYTES: usize = 32;

/// Root of the tree without entries: SHA-256 of the empty string.
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// Hash of a leaf, an inner node or a whole tree. Written as 44 characters of base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; HASH_BYTES]);

/// The text is not the base64 of exactly 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of a {HASH_BYTES} byte hash")]
pub struct ParseHashError;

/// Hash of one entry: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0).finalize().into())
}

impl Hash {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }
}

impl From<[u8; HASH_BYTES]> for Hash {
    fn from(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::base64_of(&self.0))
    }
}

impl fmt::Debug for Hash {
    /// The first four bytes in hexadecimal: enough to tell two hashes apart in a failed test.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({}…)", hex::encode(&self.0[..4]))
    }
}

impl FromStr for Hash {
    type Err = ParseHashError;

    fn from_str(line: &str) -> Result<Self, ParseHashError> {
        let bytes = text::base64_bytes(line).ok_or(ParseHashError)?;
        Ok(Self(bytes.try_into().map_err(|_| ParseHashError)?))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn from_hex(text: &str) -> Hash {
        let mut hash = [0; HASH_BYTES];
        hex::decode_to_slice(text, &mut hash).expect("64 digits");
        Hash(hash)
    }

    #[test]
    fn empty_root_is_the_hash_of_nothing() {
        assert_eq!(EMPTY_ROOT, Hash(Sha256::digest(b"").into()));
    }

    #[test]
    fn leaf_and_node_match_the_reference() {
        let empty_leaf = from_hex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let zero_leaf = from_hex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
        assert_eq!(leaf_hash(b""), empty_leaf);
        assert_eq!(leaf_hash(b"\x00"), zero_leaf);
        assert_eq!(
            node_hash(&empty_leaf, &zero_leaf),
            from_hex("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")
        );
    }

    #[test]
    fn text_form_is_base64_of_all_bytes() {
        assert_eq!(EMPTY_ROOT.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(format!("{EMPTY_ROOT:?}"), "Hash(e3b0c442…)");
        for bad in ["", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "47DE", &"A".repeat(44)] {
            assert_eq!(bad.parse::<Hash>(), Err(ParseHashError), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn text_form_roundtrips(bytes: [u8; 32]) {
            prop_assert_eq!(Hash(bytes).to_string().parse(), Ok(Hash(bytes)));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,60}") {
            if let Ok(hash) = text.parse::<Hash>() {
                prop_assert_eq!(hash.to_string(), text);
            }
        }
    }
}
