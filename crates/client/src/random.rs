//! Randomness from the system, or from a seed for made-up data that must be reproducible.

use lika_domain::ids::{HouseholdId, OfficialId, SubmissionId};
use lika_proto::seal::{DataKey, NONCE_BYTES};
use sha2::{Digest, Sha256};

/// Draws ids, keys and nonces.
pub struct Random(Source);

/// The system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness: {0}")]
pub struct RandomError(getrandom::Error);

enum Source {
    System,
    Seeded { seed: u64, blocks: u64 },
}

const FIRST_HOUSEHOLD: u64 = 1_000_000_000;
const HOUSEHOLDS: u64 = 9_000_000_000;
const FIRST_OFFICIAL: u64 = 10_000_000;
const OFFICIALS: u64 = 90_000_000;

impl Random {
    /// From the system: for real use.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// From a seed: for demonstrations and tests. Anyone who knows the seed knows every key drawn from it.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, blocks: 0 })
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// If the system has none.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], RandomError> {
        let mut bytes = [0; N];
        match &mut self.0 {
            Source::System => getrandom::fill(&mut bytes).map_err(RandomError)?,
            Source::Seeded { seed, blocks } => {
                for chunk in bytes.chunks_mut(32) {
                    let block = Sha256::new_with_prefix(seed.to_be_bytes()).chain_update(blocks.to_be_bytes());
                    chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
                    *blocks += 1;
                }
            }
        }
        Ok(bytes)
    }

    /// An id for a submission.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn submission_id(&mut self) -> Result<SubmissionId, RandomError> {
        self.bytes().map(SubmissionId)
    }

    /// A household number. The log refuses a number that is taken, so it need not be asked beforehand.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn household_id(&mut self) -> Result<HouseholdId, RandomError> {
        loop {
            if let Some(household) = HouseholdId::new(FIRST_HOUSEHOLD + self.below(HOUSEHOLDS)?) {
                return Ok(household);
            }
        }
    }

    /// An official number.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn official_id(&mut self) -> Result<OfficialId, RandomError> {
        loop {
            let number = u32::try_from(FIRST_OFFICIAL + self.below(OFFICIALS)?).ok();
            if let Some(official) = number.and_then(OfficialId::new) {
                return Ok(official);
            }
        }
    }

    /// A data key.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn data_key(&mut self) -> Result<DataKey, RandomError> {
        self.bytes().map(DataKey::new)
    }

    /// A nonce for sealing.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn nonce(&mut self) -> Result<[u8; NONCE_BYTES], RandomError> {
        self.bytes()
    }

    /// The bias of the remainder is below 2^-30 for the ranges used here.
    fn below(&mut self, end: u64) -> Result<u64, RandomError> {
        Ok(u64::from_be_bytes(self.bytes()?) % end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_again_and_the_system_does_not() {
        let drawn = |mut random: Random| {
            (random.bytes::<40>().unwrap(), random.household_id().unwrap(), random.official_id().unwrap())
        };
        assert_eq!(drawn(Random::seeded(7)), drawn(Random::seeded(7)));
        assert_ne!(drawn(Random::seeded(7)), drawn(Random::seeded(8)));
        assert_ne!(drawn(Random::system()), drawn(Random::system()));
    }

    #[test]
    fn blocks_do_not_repeat() {
        let bytes = Random::seeded(7).bytes::<64>().unwrap();
        assert_ne!(bytes[..32], bytes[32..]);
    }
}
