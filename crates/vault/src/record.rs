//! A record of the file `keys`: 64 bytes, so that none crosses a sector and each is either whole on disk or missing.
//!
//! ```text
//!  0  batch    4  number of the first record that was written together with this one
//!  4  number   4  number of the key among those of its subject, from 1
//!  8  state    1  1: the key is there
//!  9  subject  7  household or official number
//! 16  key     32
//! 48  sum     16  first half of SHA-256 over the 48 bytes before it
//! ```
//! All numbers are big-endian.

use lika_proto::seal::{DATA_KEY_BYTES, DataKey};
use sha2::{Digest, Sha256};

/// Length of a record.
pub(crate) const RECORD_BYTES: usize = 64;
const SUM_AT: usize = 48;
/// The key is there.
const STATE_KEPT: u8 = 1;
/// Largest subject that fits into a record.
const SUBJECT_MAX: u64 = (1 << 56) - 1;

/// The name of a key: household or official number, and number of the key from 1.
pub(crate) type KeyName = (u64, u32);

/// Content of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Number of the first record written together with this one.
    pub(crate) batch: u32,
    pub(crate) name: KeyName,
    pub(crate) key: DataKey,
}

impl Record {
    pub(crate) fn encode(&self) -> [u8; RECORD_BYTES] {
        let (subject, number) = self.name;
        assert!(subject <= SUBJECT_MAX, "household and official numbers have at most 10 digits");
        let mut bytes = [0; RECORD_BYTES];
        bytes[0..4].copy_from_slice(&self.batch.to_be_bytes());
        bytes[4..8].copy_from_slice(&number.to_be_bytes());
        bytes[8..16].copy_from_slice(&(u64::from(STATE_KEPT) << 56 | subject).to_be_bytes());
        bytes[16..SUM_AT].copy_from_slice(self.key.as_bytes());
        let sum = sum(&bytes);
        bytes[SUM_AT..].copy_from_slice(&sum);
        bytes
    }

    /// Decodes a record; the error says what is wrong with it.
    pub(crate) fn decode(bytes: &[u8; RECORD_BYTES]) -> Result<Self, &'static str> {
        if bytes[SUM_AT..] != sum(bytes) {
            return Err("the checksum does not hold");
        }
        let number = |at: usize| bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        let subject = u64::from(number(8)) << 32 | u64::from(number(12));
        if subject >> 56 != u64::from(STATE_KEPT) {
            return Err("the record is of a kind this version does not know");
        }
        let mut key = [0; DATA_KEY_BYTES];
        key.copy_from_slice(&bytes[16..SUM_AT]);
        Ok(Self { batch: number(0), name: (subject & SUBJECT_MAX, number(4)), key: DataKey::new(key) })
    }
}

fn sum(bytes: &[u8; RECORD_BYTES]) -> [u8; RECORD_BYTES - SUM_AT] {
    let mut sum = [0; RECORD_BYTES - SUM_AT];
    sum.copy_from_slice(&Sha256::digest(&bytes[..SUM_AT])[..RECORD_BYTES - SUM_AT]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_encoded_record_decodes_to_itself(batch: u32, subject in 0..=SUBJECT_MAX, number: u32, key: [u8; 32]) {
            let record = Record { batch, name: (subject, number), key: DataKey::new(key) };
            prop_assert_eq!(Record::decode(&record.encode()), Ok(record));
        }

        #[test]
        fn a_changed_byte_is_found(at in 0..RECORD_BYTES, change in 1..=255_u8) {
            let record = Record { batch: 7, name: (1_234_567_890, 1), key: DataKey::new([3; 32]) };
            let mut bytes = record.encode();
            bytes[at] ^= change;
            prop_assert_eq!(Record::decode(&bytes), Err("the checksum does not hold"));
        }
    }

    #[test]
    fn a_record_of_another_kind_is_not_taken_for_a_key() {
        let mut bytes = Record { batch: 0, name: (12_345_678, 1), key: DataKey::new([3; 32]) }.encode();
        bytes[8] = 2;
        let sum = sum(&bytes);
        bytes[SUM_AT..].copy_from_slice(&sum);
        assert!(Record::decode(&bytes).unwrap_err().contains("kind"));
    }
}
