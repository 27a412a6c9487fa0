//! Tree hashes and proofs of RFC 6962 section 2.1 and RFC 9162 section 2.1, over any store of subtree hashes.
//!
//! A tree of n leaves is made of complete subtrees, one for each bit set in n, largest first. Everything here asks a
//! [`HashSource`] only for the roots of complete subtrees: they never change as the log grows, and tiles hold them.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// Most hashes in a proof accepted from outside: enough for 2^63 entries.
pub const PROOF_HASHES_MAX: usize = 63;

/// A store of the hashes of complete subtrees.
///
/// `hash(level, index)` is the root of the subtree over the 2^level leaves from `index · 2^level` on. It is asked
/// only for subtrees that lie wholly within the tree in question. The same request must always get the same answer.
pub trait HashSource {
    /// Why a hash could not be read.
    type Error;

    /// Root of the complete subtree number `index` (from 0) of height `level` (0 is a leaf).
    ///
    /// # Errors
    /// The store's own error, passed through unchanged.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<F, E> HashSource for F
where
    F: Fn(u8, u64) -> Result<Hash, E>,
{
    type Error = E;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, E> {
        self(level, index)
    }
}

/// Why a proof could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The entry lies beyond the tree.
    #[error("entry {index} is not in a tree of {size}")]
    IndexBeyondSize {
        /// Entry asked for, from 0.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {old} is not a prefix of a tree of {new}")]
    Shrinking {
        /// Size of the earlier tree.
        old: u64,
        /// Size of the later tree.
        new: u64,
    },
    /// The store of hashes failed.
    #[error("cannot read a tree hash")]
    Source(#[source] E),
}

/// Why a proof is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The entry lies beyond the tree.
    #[error("entry {index} is not in a tree of {size}")]
    IndexBeyondSize {
        /// Entry claimed, from 0.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {old} is not a prefix of a tree of {new}")]
    Shrinking {
        /// Size of the earlier tree.
        old: u64,
        /// Size of the later tree.
        new: u64,
    },
    /// More or fewer hashes than a proof between these sizes has.
    #[error("the proof has {actual} hashes, which is not the number needed")]
    WrongLength {
        /// Hashes given.
        actual: usize,
    },
    /// The proof leads to another root of the tree (in a consistency proof: of the later tree).
    #[error("the proof leads to root {actual}, not {expected}")]
    RootMismatch {
        /// Root that was to be proven.
        expected: Hash,
        /// Root that the proof leads to.
        actual: Hash,
    },
    /// A consistency proof leads to another root of the earlier tree.
    #[error("the proof leads to earlier root {actual}, not {expected}")]
    OldRootMismatch {
        /// Root of the earlier tree that was to be proven.
        expected: Hash,
        /// Root that the proof leads to.
        actual: Hash,
    },
}

/// Root of the tree over the first `size` leaves.
///
/// # Errors
/// The first error of the source.
pub fn root<S: HashSource>(size: u64, source: &S) -> Result<Hash, S::Error> {
    if size == 0 { Ok(EMPTY_ROOT) } else { range_root(0, size, source) }
}

/// Inclusion proof of entry `index` in the tree of `size` entries, the leaf's sibling first (RFC 6962 section 2.1.1).
///
/// # Errors
/// [`ProveError::IndexBeyondSize`], or the first error of the source.
pub fn inclusion_proof<S: HashSource>(index: u64, size: u64, source: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if index >= size {
        return Err(ProveError::IndexBeyondSize { index, size });
    }
    let (mut begin, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        let sibling = if index < middle {
            range_root(middle, std::mem::replace(&mut end, middle), source)
        } else {
            range_root(std::mem::replace(&mut begin, middle), middle, source)
        };
        proof.push(sibling.map_err(ProveError::Source)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Proof that the first `old` entries of the tree of `new` entries are the tree of `old` (RFC 6962 section 2.1.2).
///
/// Empty when the sizes are equal, and when `old` is 0: every tree extends the empty one.
///
/// # Errors
/// [`ProveError::Shrinking`], or the first error of the source.
pub fn consistency_proof<S: HashSource>(old: u64, new: u64, source: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if old > new {
        return Err(ProveError::Shrinking { old, new });
    }
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    let (mut begin, mut end) = (0, new);
    while end != old {
        let middle = begin + split(end - begin);
        let sibling = if old <= middle {
            range_root(middle, std::mem::replace(&mut end, middle), source)
        } else {
            range_root(std::mem::replace(&mut begin, middle), middle, source)
        };
        proof.push(sibling.map_err(ProveError::Source)?);
    }
    // The verifier knows the old root. Only when that root is not itself a node of the new tree does it need the
    // last subtree of the old tree to begin with.
    if begin != 0 {
        proof.push(range_root(begin, end, source).map_err(ProveError::Source)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is entry `index` of the tree of `size` entries with this root (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`ProofError`] with the first condition that fails.
pub fn verify_inclusion(proof: &[Hash], index: u64, size: u64, leaf: &Hash, root: &Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let mut climb = Climb { node: index, last: size - 1 };
    let mut actual = *leaf;
    for sibling in proof {
        actual = match climb.step(proof.len())? {
            Side::Left => node_hash(sibling, &actual),
            Side::Right => node_hash(&actual, sibling),
        };
    }
    climb.finish(proof.len())?;
    same_root(root, actual)
}

/// Checks that the tree of `new` entries with root `new_root` begins with the tree of `old` entries with root
/// `old_root` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// [`ProofError`] with the first condition that fails.
pub fn verify_consistency(
    proof: &[Hash],
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrinking { old, new });
    }
    if old == 0 || old == new {
        return verify_trivial_consistency(proof, old, new, old_root, new_root);
    }
    // If the old tree is one complete subtree, its root is the starting node, and the proof leaves it out.
    let (first, rest) = match proof {
        _ if old.is_power_of_two() => (old_root, proof),
        [first, rest @ ..] => (first, rest),
        [] => return Err(ProofError::WrongLength { actual: 0 }),
    };
    let levels = old.trailing_zeros();
    let mut climb = Climb { node: (old - 1) >> levels, last: (new - 1) >> levels };
    let (mut old_actual, mut new_actual) = (*first, *first);
    for sibling in rest {
        match climb.step(proof.len())? {
            Side::Left => {
                old_actual = node_hash(sibling, &old_actual);
                new_actual = node_hash(sibling, &new_actual);
            }
            Side::Right => new_actual = node_hash(&new_actual, sibling),
        }
    }
    climb.finish(proof.len())?;
    if old_actual != *old_root {
        return Err(ProofError::OldRootMismatch { expected: *old_root, actual: old_actual });
    }
    same_root(new_root, new_actual)
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
///
/// A log needs nothing more to grow: a push costs one hash on average, a root at most 63.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One root for each bit set in `size`, the highest bit first.
    peaks: Vec<Hash>,
}

/// A subtree was pushed where it does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subtree of level {level} cannot follow {size} leaves")]
pub struct Unaligned {
    /// Level of the subtree.
    pub level: u8,
    /// Leaves before it.
    pub size: u64,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frontier of the tree of `size` leaves that the source holds.
    ///
    /// # Errors
    /// The first error of the source.
    pub fn load<S: HashSource>(size: u64, source: &S) -> Result<Self, S::Error> {
        let mut peaks = Vec::new();
        for level in (0..64u8).rev().filter(|level| size >> level & 1 == 1) {
            peaks.push(source.hash(level, (size >> level) - 1)?);
        }
        Ok(Self { size, peaks })
    }

    /// Adds the hash of one leaf at the end.
    pub fn push(&mut self, leaf: Hash) {
        self.join(leaf, self.size.trailing_ones());
        self.size += 1;
    }

    /// Adds the root of a complete subtree of 2^level leaves at the end, as if each leaf had been pushed.
    ///
    /// # Errors
    /// [`Unaligned`] unless the size is a multiple of 2^level and the new size fits 64 bits; nothing is changed on
    /// error.
    pub fn push_subtree(&mut self, level: u8, subtree: Hash) -> Result<(), Unaligned> {
        let refused = Unaligned { level, size: self.size };
        let leaves = 1u64.checked_shl(level.into()).ok_or(refused)?;
        let grown = self.size.checked_add(leaves).ok_or(refused)?;
        if !self.size.is_multiple_of(leaves) {
            return Err(refused);
        }
        self.join(subtree, (self.size >> level).trailing_ones());
        self.size = grown;
        Ok(())
    }

    /// Leaves pushed so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree over all leaves pushed so far.
    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or(EMPTY_ROOT)
    }

    /// Adds a peak after joining it with the `joins` peaks before it, each its sibling at that level.
    fn join(&mut self, mut subtree: Hash, joins: u32) {
        for _ in 0..joins {
            if let Some(left) = self.peaks.pop() {
                subtree = node_hash(&left, &subtree);
            }
        }
        self.peaks.push(subtree);
    }
}

/// The side on which the next sibling stands.
enum Side {
    Left,
    Right,
}

/// A walk from a node up to the root, level by level, along with the last node of each level.
struct Climb {
    /// Number of the node within its level.
    node: u64,
    /// Number of the last node within the same level; 0 at the root.
    last: u64,
}

impl Climb {
    /// Goes up past one sibling, skipping the levels where the node is last and alone.
    fn step(&mut self, actual: usize) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::WrongLength { actual });
        }
        let on_left = self.node & 1 == 1 || self.node == self.last;
        // A node with a left sibling is not number 0, so this count is below 64; the step below may make it 64.
        let lonely = if on_left { self.node.trailing_zeros() } else { 0 };
        self.node = self.node >> lonely >> 1;
        self.last = self.last >> lonely >> 1;
        Ok(if on_left { Side::Left } else { Side::Right })
    }

    fn finish(&self, actual: usize) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::WrongLength { actual }) }
    }
}

fn verify_trivial_consistency(
    proof: &[Hash],
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::WrongLength { actual: proof.len() });
    }
    if old == 0 && *old_root != EMPTY_ROOT {
        return Err(ProofError::OldRootMismatch { expected: *old_root, actual: EMPTY_ROOT });
    }
    if old == new { same_root(new_root, *old_root) } else { Ok(()) }
}

fn same_root(expected: &Hash, actual: Hash) -> Result<(), ProofError> {
    if actual == *expected { Ok(()) } else { Err(ProofError::RootMismatch { expected: *expected, actual }) }
}

/// Leaves left of the root's split: the largest power of two below `leaves`, which is at least 2.
pub(crate) fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Root over the leaves `begin..end`, not empty. `begin` is a multiple of every complete subtree within the range.
pub(crate) fn range_root<S: HashSource>(begin: u64, end: u64, source: &S) -> Result<Hash, S::Error> {
    let mut rest = end - begin;
    let mut right = None;
    let mut position = end;
    loop {
        let level = rest.trailing_zeros();
        position -= 1 << level;
        #[expect(clippy::cast_possible_truncation, reason = "a u64 has at most 64 trailing zeros")]
        let left = source.hash(level as u8, position >> level)?;
        let joined = right.map_or(left, |right| node_hash(&left, &right));
        rest &= rest - 1;
        if rest == 0 {
            return Ok(joined);
        }
        right = Some(joined);
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "the trees of these tests are small")]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf_hash;
    use crate::hash::tests::from_hex;

    /// The inputs of the Certificate Transparency reference, and the root after each.
    const REFERENCE: [(&[u8], &str); 8] = [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (b"@ABC", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (b"PQRSTUVW", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (b"`abcdefghijklmno", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];

    /// Root by the recursive definition of RFC 6962, written exactly like the text.
    fn defined_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_ROOT,
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node_hash(&defined_root(left), &defined_root(right))
            }
        }
    }

    /// A source that computes each subtree by the definition and refuses subtrees beyond its leaves.
    fn source(leaves: &[Hash]) -> impl Fn(u8, u64) -> Result<Hash, String> + use<'_> {
        |level, index| {
            let begin = (index << level) as usize;
            let subtree = leaves.get(begin..begin + (1 << level)).ok_or_else(|| format!("no {level}/{index}"))?;
            Ok(defined_root(subtree))
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
    }

    fn reference_leaves() -> Vec<Hash> {
        REFERENCE.iter().map(|(input, _)| leaf_hash(input)).collect()
    }

    #[test]
    fn roots_of_the_reference() {
        let leaves = reference_leaves();
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), EMPTY_ROOT);
        assert_eq!(root(0, &source(&leaves)), Ok(EMPTY_ROOT));
        for (size, (input, expected)) in (1..).zip(REFERENCE) {
            frontier.push(leaf_hash(input));
            assert_eq!(frontier.root(), from_hex(expected), "size {size}");
            assert_eq!(root(size, &source(&leaves)), Ok(from_hex(expected)), "size {size}");
        }
    }

    #[test]
    fn inclusion_proofs_of_the_reference() {
        let leaves = reference_leaves();
        let check = |index, size, expected: &[&str]| {
            let expected: Vec<Hash> = expected.iter().map(|hash| from_hex(hash)).collect();
            assert_eq!(inclusion_proof(index, size, &source(&leaves)), Ok(expected), "{index} in {size}");
        };
        check(0, 1, &[]);
        check(2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]);
        check(
            1,
            5,
            &[
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        );
        check(
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        );
    }

    #[test]
    fn consistency_proofs_of_the_reference() {
        let leaves = reference_leaves();
        let check = |old, new, expected: &[&str]| {
            let expected: Vec<Hash> = expected.iter().map(|hash| from_hex(hash)).collect();
            assert_eq!(consistency_proof(old, new, &source(&leaves)), Ok(expected), "{old} in {new}");
        };
        check(0, 8, &[]);
        check(1, 1, &[]);
        check(
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        );
        check(
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        );
    }

    #[test]
    fn every_proof_of_every_small_tree_holds() {
        let leaves = leaves(40);
        let source = source(&leaves);
        let root_of = |size: u64| defined_root(&leaves[..size as usize]);
        for size in 0..=40u64 {
            for index in 0..size {
                let proof = inclusion_proof(index, size, &source).unwrap();
                let leaf = &leaves[index as usize];
                assert_eq!(verify_inclusion(&proof, index, size, leaf, &root_of(size)), Ok(()), "{index} in {size}");
            }
            for old in 0..=size {
                let proof = consistency_proof(old, size, &source).unwrap();
                let held = verify_consistency(&proof, old, size, &root_of(old), &root_of(size));
                assert_eq!(held, Ok(()), "{old} in {size}");
            }
        }
    }

    #[test]
    fn impossible_questions_are_errors() {
        let leaves = leaves(4);
        let source = source(&leaves);
        let leaf = leaves[0];
        assert_eq!(inclusion_proof(4, 4, &source), Err(ProveError::IndexBeyondSize { index: 4, size: 4 }));
        assert_eq!(consistency_proof(5, 4, &source), Err(ProveError::Shrinking { old: 5, new: 4 }));
        assert_eq!(inclusion_proof(0, 5, &source), Err(ProveError::Source("no 0/4".into())));
        assert_eq!(
            verify_inclusion(&[], 0, 0, &leaf, &EMPTY_ROOT),
            Err(ProofError::IndexBeyondSize { index: 0, size: 0 })
        );
        assert_eq!(verify_consistency(&[], 2, 1, &leaf, &leaf), Err(ProofError::Shrinking { old: 2, new: 1 }));
    }

    #[test]
    fn a_proof_of_another_length_or_root_is_refused() {
        let leaves = leaves(7);
        let source = source(&leaves);
        let (old_root, new_root) = (defined_root(&leaves[..3]), defined_root(&leaves));
        let inclusion = inclusion_proof(2, 7, &source).unwrap();
        let consistency = consistency_proof(3, 7, &source).unwrap();
        for (cut, added) in [(1, 0), (0, 1)] {
            let altered = |proof: &[Hash]| [&proof[..proof.len() - cut], &leaves[..added]].concat();
            let wrong = |proof: &[Hash]| Err(ProofError::WrongLength { actual: proof.len() - cut + added });
            assert_eq!(
                verify_inclusion(&altered(&inclusion), 2, 7, &leaves[2], &new_root),
                wrong(&inclusion),
                "cut {cut}, added {added}"
            );
            assert_eq!(
                verify_consistency(&altered(&consistency), 3, 7, &old_root, &new_root),
                wrong(&consistency),
                "cut {cut}, added {added}"
            );
        }
        assert_eq!(
            verify_inclusion(&inclusion, 2, 7, &leaves[2], &old_root),
            Err(ProofError::RootMismatch { expected: old_root, actual: new_root })
        );
        assert_eq!(
            verify_consistency(&consistency, 3, 7, &new_root, &new_root),
            Err(ProofError::OldRootMismatch { expected: new_root, actual: old_root })
        );
    }

    #[test]
    fn the_empty_and_the_equal_tree_need_no_hashes() {
        let [a, b] = [leaf_hash(b"a"), leaf_hash(b"b")];
        assert_eq!(verify_consistency(&[], 0, 5, &EMPTY_ROOT, &a), Ok(()));
        assert_eq!(verify_consistency(&[], 5, 5, &a, &a), Ok(()));
        assert_eq!(
            verify_consistency(&[], 0, 5, &b, &a),
            Err(ProofError::OldRootMismatch { expected: b, actual: EMPTY_ROOT })
        );
        assert_eq!(verify_consistency(&[], 5, 5, &b, &a), Err(ProofError::RootMismatch { expected: a, actual: b }));
        assert_eq!(verify_consistency(&[a], 0, 5, &EMPTY_ROOT, &a), Err(ProofError::WrongLength { actual: 1 }));
        assert_eq!(verify_consistency(&[a], 5, 5, &a, &a), Err(ProofError::WrongLength { actual: 1 }));
        assert_eq!(verify_consistency(&[], 3, 5, &a, &a), Err(ProofError::WrongLength { actual: 0 }));
    }

    #[test]
    fn the_largest_sizes_do_not_overflow() {
        let flat = |_: u8, _: u64| Ok::<_, Infallible>(EMPTY_ROOT);
        let mut largest = Frontier::load(u64::MAX, &flat).unwrap();
        assert_eq!(root(u64::MAX, &flat), Ok(largest.root()));
        assert_eq!(largest.push_subtree(0, EMPTY_ROOT), Err(Unaligned { level: 0, size: u64::MAX }));
        for index in [0, 1, 1 << 63, u64::MAX - 1] {
            let proof = inclusion_proof(index, u64::MAX, &flat).unwrap();
            let outcome = verify_inclusion(&proof, index, u64::MAX, &EMPTY_ROOT, &EMPTY_ROOT);
            assert!(matches!(outcome, Err(ProofError::RootMismatch { .. })), "{index}: {outcome:?}");
        }
        for old in [1, (1 << 63) - 1, 1 << 63, u64::MAX - 1] {
            let proof = consistency_proof(old, u64::MAX, &flat).unwrap();
            let outcome = verify_consistency(&proof, old, u64::MAX, &EMPTY_ROOT, &EMPTY_ROOT);
            assert!(!matches!(outcome, Err(ProofError::WrongLength { .. })), "{old}: {outcome:?}");
        }
    }

    #[test]
    fn a_frontier_takes_subtrees_only_where_they_fit() {
        let leaves = leaves(12);
        let mut frontier = Frontier::new();
        frontier.push_subtree(2, defined_root(&leaves[..4])).unwrap();
        frontier.push_subtree(2, defined_root(&leaves[4..8])).unwrap();
        assert_eq!(frontier.root(), defined_root(&leaves[..8]));
        frontier.push_subtree(1, defined_root(&leaves[8..10])).unwrap();
        for level in [2, 63, 64, 255] {
            let before = frontier.clone();
            assert_eq!(frontier.push_subtree(level, EMPTY_ROOT), Err(Unaligned { level, size: 10 }));
            assert_eq!(frontier, before);
        }
        frontier.push(leaves[10]);
        assert_eq!((frontier.size(), frontier.root()), (11, defined_root(&leaves[..11])));
    }

    #[test]
    fn a_loaded_frontier_goes_on_like_one_that_was_pushed() {
        let leaves = leaves(70);
        let mut pushed = Frontier::new();
        for (size, leaf) in (0..).zip(&leaves) {
            assert_eq!(Frontier::load(size, &source(&leaves)).unwrap(), pushed, "size {size}");
            pushed.push(*leaf);
        }
        assert_eq!(pushed.root(), defined_root(&leaves));
    }

    proptest! {
        #[test]
        fn a_flipped_bit_of_an_inclusion_proof_is_refused(
            size in 2u64..200, index: prop::sample::Index, hash: prop::sample::Index, bit in 0usize..256
        ) {
            let leaves = leaves(size);
            let index = index.index(leaves.len());
            let root = defined_root(&leaves);
            let mut proof = inclusion_proof(index as u64, size, &source(&leaves)).unwrap();
            let hash = hash.index(proof.len());
            proof[hash].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(&proof, index as u64, size, &leaves[index], &root).is_err());
        }

        #[test]
        fn a_flipped_bit_of_a_consistency_proof_is_refused(
            old in 1u64..150, added in 1u64..150, hash: prop::sample::Index, bit in 0usize..256
        ) {
            let leaves = leaves(old + added);
            let (old_root, new_root) = (defined_root(&leaves[..old as usize]), defined_root(&leaves));
            let mut proof = consistency_proof(old, old + added, &source(&leaves)).unwrap();
            let hash = hash.index(proof.len());
            proof[hash].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_consistency(&proof, old, old + added, &old_root, &new_root).is_err());
        }

        #[test]
        fn verifying_nonsense_never_panics(
            hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70), a: u64, b: u64
        ) {
            let proof: Vec<Hash> = hashes.into_iter().map(Hash).collect();
            prop_assert!(verify_inclusion(&proof, a, b, &EMPTY_ROOT, &EMPTY_ROOT).is_err());
            prop_assert!(a == 0 || a == b || verify_consistency(&proof, a, b, &EMPTY_ROOT, &EMPTY_ROOT).is_err());
        }
    }
}
