//! One proof for many entries of a tree. It has each hash once that single inclusion proofs would repeat, so that a
//! device on a bad line can prove a thousand entries of its village in a few kilobytes.
//!
//! The order of the hashes follows from the walk: from the root of the tree (RFC 6962 section 2.1) to the left before
//! the right, a subtree without any of the entries gives its root and is not entered. Nothing else is in the proof.

use crate::hash::{Hash, node_hash};
use crate::tree::{HashSource, ProofError, ProveError, range_root, split};

/// The proof that the entries `indices` are in the tree of `size` entries. `indices` must ascend, without repeats.
///
/// # Errors
/// [`ProveError::IndexBeyondSize`] for an index that is beyond the tree or does not ascend, or the first error of the
/// source.
pub fn batch_proof<S: HashSource>(indices: &[u64], size: u64, source: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    let ascending = indices.is_sorted_by(|left, right| left < right);
    if let Some(&index) = indices.last().filter(|last| **last >= size || !ascending) {
        return Err(ProveError::IndexBeyondSize { index, size });
    }
    let mut proof = Vec::new();
    // The stack holds ranges still to be walked, the leftmost on top.
    let mut ranges = vec![(0, size, indices)];
    while let Some((begin, end, within)) = ranges.pop() {
        if begin == end || (end - begin == 1 && !within.is_empty()) {
            continue;
        }
        if within.is_empty() {
            proof.push(range_root(begin, end, source).map_err(ProveError::Source)?);
            continue;
        }
        let middle = begin + split(end - begin);
        let (left, right) = within.split_at(within.partition_point(|index| *index < middle));
        ranges.push((middle, end, right));
        ranges.push((begin, middle, left));
    }
    Ok(proof)
}

/// Checks that each of `leaves`, an index with its leaf hash, is in the tree of `size` entries with this root.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`] for an index that is beyond the tree or does not ascend, otherwise the first
/// condition that fails.
pub fn verify_batch(proof: &[Hash], leaves: &[(u64, Hash)], size: u64, root: &Hash) -> Result<(), ProofError> {
    let ascending = leaves.is_sorted_by(|left, right| left.0 < right.0);
    if let Some(&(index, _)) = leaves.last().filter(|(last, _)| *last >= size || !ascending) {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    if size == 0 {
        return if proof.is_empty() { Ok(()) } else { Err(ProofError::WrongLength { actual: proof.len() }) };
    }
    let mut rest = proof.iter();
    let actual = subtree(0, size, leaves, &mut rest).ok_or(ProofError::WrongLength { actual: proof.len() })?;
    if rest.next().is_some() {
        return Err(ProofError::WrongLength { actual: proof.len() });
    }
    if actual == *root { Ok(()) } else { Err(ProofError::RootMismatch { expected: *root, actual }) }
}

/// Root of the leaves `begin..end`, as the leaves within it and the next hashes of the proof give it; `None` if there
/// are too few hashes. It calls itself at most 64 deep, since each call halves the range.
fn subtree(begin: u64, end: u64, within: &[(u64, Hash)], proof: &mut std::slice::Iter<'_, Hash>) -> Option<Hash> {
    match within {
        [] => proof.next().copied(),
        [(_, leaf), ..] if end - begin == 1 => Some(*leaf),
        _ => {
            let middle = begin + split(end - begin);
            let (left, right) = within.split_at(within.partition_point(|(index, _)| *index < middle));
            let left = subtree(begin, middle, left, proof)?;
            Some(node_hash(&left, &subtree(middle, end, right, proof)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use crate::tree::{inclusion_proof, root};
    use proptest::prelude::*;
    use std::convert::Infallible;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
    }

    fn source(leaves: &[Hash]) -> impl Fn(u8, u64) -> Result<Hash, Infallible> + use<'_> {
        move |level, index| {
            let begin = usize::try_from(index << level).unwrap();
            let joined = leaves[begin..begin + (1 << level)].to_vec();
            Ok((0..level).fold(joined, |row, _| row.chunks(2).map(|two| node_hash(&two[0], &two[1])).collect())[0])
        }
    }

    fn chosen(leaves: &[Hash], indices: &[u64]) -> Vec<(u64, Hash)> {
        indices.iter().map(|index| (*index, leaves[usize::try_from(*index).unwrap()])).collect()
    }

    #[test]
    fn the_proof_of_one_entry_has_the_hashes_of_its_inclusion_proof() {
        for size in 1..40 {
            let leaves = leaves(size);
            for index in 0..size {
                let mut single = inclusion_proof(index, size, &source(&leaves)).unwrap();
                let mut batch = batch_proof(&[index], size, &source(&leaves)).unwrap();
                single.sort_by_key(|hash| *hash.as_bytes());
                batch.sort_by_key(|hash| *hash.as_bytes());
                assert_eq!(single, batch, "{index} of {size}");
            }
        }
    }

    #[test]
    fn no_entries_are_proven_by_the_root_and_all_by_nothing() {
        let leaves = leaves(11);
        let whole = root(11, &source(&leaves)).unwrap();
        assert_eq!(batch_proof(&[], 11, &source(&leaves)), Ok(vec![whole]));
        let all: Vec<u64> = (0..11).collect();
        assert_eq!(batch_proof(&all, 11, &source(&leaves)), Ok(vec![]));
        assert_eq!(verify_batch(&[], &chosen(&leaves, &all), 11, &whole), Ok(()));
        assert_eq!(verify_batch(&[], &[], 0, &whole), Ok(()));
        assert_eq!(batch_proof(&[], 0, &source(&leaves)), Ok(vec![]));
    }

    #[test]
    fn indices_must_ascend_and_lie_in_the_tree() {
        let leaves = leaves(5);
        for indices in [&[5][..], &[2, 1], &[2, 2], &[0, 9]] {
            let made = batch_proof(indices, 5, &source(&leaves));
            assert!(matches!(made, Err(ProveError::IndexBeyondSize { size: 5, .. })), "{indices:?}");
            let claimed: Vec<_> = indices.iter().map(|index| (*index, leaves[0])).collect();
            let checked = verify_batch(&[], &claimed, 5, &leaves[0]);
            assert!(matches!(checked, Err(ProofError::IndexBeyondSize { size: 5, .. })), "{indices:?}");
        }
    }

    proptest! {
        #[test]
        fn proofs_hold_and_nothing_else_does(
            size in 1..200u64,
            picks in prop::collection::btree_set(0..200u64, 0..40),
            (at, bit) in (any::<prop::sample::Index>(), 0..256usize),
        ) {
            let leaves = leaves(size);
            let indices: Vec<u64> = picks.into_iter().filter(|index| *index < size).collect();
            let whole = root(size, &source(&leaves)).unwrap();
            let proof = batch_proof(&indices, size, &source(&leaves)).unwrap();
            let proven = chosen(&leaves, &indices);
            prop_assert_eq!(verify_batch(&proof, &proven, size, &whole), Ok(()));
            // One hash less, one more, another bit, another leaf.
            if let Some((_, fewer)) = proof.split_last() {
                prop_assert!(verify_batch(fewer, &proven, size, &whole).is_err());
                let mut flipped = proof.clone();
                let place = at.index(flipped.len());
                let mut bytes = *flipped[place].as_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                flipped[place] = bytes.into();
                prop_assert!(verify_batch(&flipped, &proven, size, &whole).is_err());
            }
            let more = [proof.clone(), vec![whole]].concat();
            prop_assert!(verify_batch(&more, &proven, size, &whole).is_err());
            if !proven.is_empty() {
                let mut other = proven.clone();
                other[at.index(proven.len())].1 = leaf_hash(b"another");
                prop_assert!(verify_batch(&proof, &other, size, &whole).is_err());
            }
        }
    }
}
