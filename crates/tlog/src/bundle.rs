//! Entry bundles of <https://c2sp.org/tlog-tiles>: up to 256 entries, each after its length in two big-endian bytes.

use std::iter::FusedIterator;

use crate::hash::{Hash, leaf_hash};

/// Longest entry, in bytes: the most that a length of two bytes can express.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Bytes of the length before each entry.
pub const ENTRY_LENGTH_BYTES: usize = 2;

/// An entry is longer than [`ENTRY_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of {bytes} bytes; the limit is {ENTRY_BYTES_MAX}")]
pub struct EntryTooLong {
    /// Its length.
    pub bytes: usize,
}

/// Why a bundle cannot be read. Entries count from 0 within the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bundle ends between two entries, before it has as many as its width says.
    #[error("the bundle ends before entry {entry} of {width}")]
    TooFew {
        /// First entry that is missing.
        entry: u16,
        /// Entries that the bundle must have.
        width: u16,
    },
    /// The bundle ends within an entry or its length.
    #[error("entry {entry} is cut off: {missing} bytes are missing")]
    Truncated {
        /// The entry.
        entry: u16,
        /// Bytes that are missing.
        missing: usize,
    },
    /// Bytes follow the last entry.
    #[error("{bytes} bytes follow the last of {width} entries")]
    Trailing {
        /// Entries that the bundle must have.
        width: u16,
        /// Bytes too many.
        bytes: usize,
    },
}

/// The entries of a bundle in order, borrowed from its bytes. After an error it ends.
#[derive(Clone, Debug)]
pub struct BundleReader<'a> {
    rest: &'a [u8],
    /// Number of the next entry.
    entry: u16,
    width: u16,
    failed: bool,
}

/// Adds an entry to the end of a bundle.
///
/// # Errors
/// [`EntryTooLong`]; the bundle is then unchanged.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), EntryTooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| EntryTooLong { bytes: entry.len() })?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// Leaf hashes of a bundle of `width` entries: the content of the level 0 tile of the same number.
///
/// # Errors
/// The first [`BundleError`].
pub fn leaf_hashes(bundle: &[u8], width: u16) -> Result<Vec<Hash>, BundleError> {
    BundleReader::new(bundle, width).map(|entry| entry.map(leaf_hash)).collect()
}

impl<'a> BundleReader<'a> {
    /// Reads a bundle that must have exactly `width` entries and not a byte more.
    pub fn new(bundle: &'a [u8], width: u16) -> Self {
        Self { rest: bundle, entry: 0, width, failed: false }
    }

    /// The next entry; an error if there is none.
    fn read(&mut self) -> Result<&'a [u8], BundleError> {
        let truncated = |missing| BundleError::Truncated { entry: self.entry, missing };
        let Some((length, rest)) = self.rest.split_first_chunk::<ENTRY_LENGTH_BYTES>() else {
            return Err(match self.rest.len() {
                0 => BundleError::TooFew { entry: self.entry, width: self.width },
                there => truncated(ENTRY_LENGTH_BYTES - there),
            });
        };
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or_else(|| truncated(length - rest.len()))?;
        self.rest = rest;
        self.entry += 1;
        Ok(entry)
    }
}

impl<'a> Iterator for BundleReader<'a> {
    type Item = Result<&'a [u8], BundleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let item = if self.entry < self.width {
            self.read()
        } else if self.rest.is_empty() {
            return None;
        } else {
            Err(BundleError::Trailing { width: self.width, bytes: self.rest.len() })
        };
        self.failed = item.is_err();
        Some(item)
    }
}

impl FusedIterator for BundleReader<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
        BundleReader::new(bundle, width).collect()
    }

    #[test]
    fn each_entry_follows_its_length() {
        let mut bundle = Vec::new();
        for entry in [&b"ab"[..], b"", b"c"] {
            push_entry(&mut bundle, entry).unwrap();
        }
        assert_eq!(bundle, b"\x00\x02ab\x00\x00\x00\x01c");
        assert_eq!(read(&bundle, 3), Ok(vec![&b"ab"[..], b"", b"c"]));
        assert_eq!(leaf_hashes(&bundle, 3), Ok(vec![leaf_hash(b"ab"), leaf_hash(b""), leaf_hash(b"c")]));
        assert_eq!(read(b"", 0), Ok(vec![]));
    }

    #[test]
    fn errors_name_the_entry() {
        let bundle = b"\x00\x02ab\x00\x03cde";
        for (bytes, width, error, text) in [
            (&bundle[..4], 2, BundleError::TooFew { entry: 1, width: 2 }, "the bundle ends before entry 1 of 2"),
            (
                &bundle[..5],
                2,
                BundleError::Truncated { entry: 1, missing: 1 },
                "entry 1 is cut off: 1 bytes are missing",
            ),
            (
                &bundle[..7],
                2,
                BundleError::Truncated { entry: 1, missing: 2 },
                "entry 1 is cut off: 2 bytes are missing",
            ),
            (&bundle[..], 1, BundleError::Trailing { width: 1, bytes: 5 }, "5 bytes follow the last of 1 entries"),
            (&bundle[..], 3, BundleError::TooFew { entry: 2, width: 3 }, "the bundle ends before entry 2 of 3"),
        ] {
            assert_eq!(read(bytes, width), Err(error));
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn no_entry_is_read_after_an_error() {
        let mut reader = BundleReader::new(b"\x00\x01a\x00", 3);
        assert_eq!(reader.next(), Some(Ok(&b"a"[..])));
        assert_eq!(reader.next(), Some(Err(BundleError::Truncated { entry: 1, missing: 1 })));
        assert_eq!(reader.next(), None);
    }

    #[test]
    fn the_longest_entry_fits_and_a_longer_one_changes_nothing() {
        let mut bundle = Vec::new();
        push_entry(&mut bundle, &[7; ENTRY_BYTES_MAX]).unwrap();
        assert_eq!(bundle.len(), ENTRY_LENGTH_BYTES + ENTRY_BYTES_MAX);
        assert_eq!(push_entry(&mut bundle, &[7; ENTRY_BYTES_MAX + 1]), Err(EntryTooLong { bytes: 65_536 }));
        assert_eq!(read(&bundle, 1).unwrap()[0].len(), ENTRY_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn bundles_roundtrip(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40)) {
            let mut bundle = Vec::new();
            for entry in &entries {
                push_entry(&mut bundle, entry).unwrap();
            }
            let width = u16::try_from(entries.len()).unwrap();
            prop_assert_eq!(read(&bundle, width), Ok(entries.iter().map(Vec::as_slice).collect()));
        }

        #[test]
        fn the_entries_read_are_every_byte(bytes: Vec<u8>, width in 0u16..8) {
            if let Ok(entries) = read(&bytes, width) {
                let mut bundle = Vec::new();
                for entry in entries {
                    push_entry(&mut bundle, entry).unwrap();
                }
                prop_assert_eq!(bundle, bytes);
            }
        }
    }
}
