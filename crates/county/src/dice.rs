//! Reproducible random numbers: everything made up follows from one seed.
//!
//! The generator keeps its values across its versions, and the draws here are our own, so the same seed makes the
//! same county on every machine and with every later version of the libraries.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// Draws numbers.
pub(crate) struct Dice(Pcg64Mcg);

impl Dice {
    /// Dice for a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    /// A number in `0..end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or(u32::MAX)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True with a probability of `times` in a thousand.
    pub(crate) fn per_mille(&mut self, times: u32) -> bool {
        self.below(1_000) < times
    }

    /// One of the items; the default of the type if there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let position = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        items.get(position as usize).copied().unwrap_or_default()
    }

    /// One of the items by weight; the default of the type if there are none.
    pub(crate) fn weigh<T: Copy + Default>(&mut self, items: &[(T, u32)]) -> T {
        let total = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        T::default()
    }

    /// An amount that differs from `mean` by at most `percent` percent.
    pub(crate) fn around(&mut self, mean: u64, percent: u32) -> u64 {
        mean * u64::from(100 - percent + self.below(2 * percent + 1)) / 100
    }

    /// `N` bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These values must never change: the county of a seed would become another one.
    #[test]
    fn a_seed_falls_the_same_for_ever() {
        let mut dice = Dice::new(1);
        let drawn: Vec<u32> = (0..4).map(|_| dice.below(1_000)).collect();
        assert_eq!(drawn, [870, 199, 690, 260]);
    }

    #[test]
    fn draws_keep_to_their_bounds() {
        let mut dice = Dice::new(2);
        let (mut low, mut high) = (false, false);
        for _ in 0..1_000 {
            let drawn = dice.between(3, 5);
            assert!((3..=5).contains(&drawn));
            low |= drawn == 3;
            high |= drawn == 5;
            assert!((90..=110).contains(&dice.around(100, 10)));
            assert_ne!(dice.weigh(&[(1, 1), (2, 0), (3, 5)]), 2);
        }
        assert!(low && high);
        assert_eq!((dice.below(0), dice.pick::<u32>(&[])), (0, 0));
    }
}
