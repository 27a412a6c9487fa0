//! A hash tile in memory with its inner nodes, so that a proof needs only look-ups and no hashing.

use lika_tlog::tile::TILE_HEIGHT;
use lika_tlog::{Hash, node_hash};

/// Up to 256 hashes and the roots of the complete subtrees over them.
#[derive(Clone, Debug, Default)]
pub(crate) struct TileTree {
    /// `rows[h]` holds the roots of the complete subtrees over 2^h of the tile's hashes.
    rows: [Vec<Hash>; TILE_HEIGHT as usize + 1],
}

impl TileTree {
    pub(crate) fn of(hashes: &[Hash]) -> Self {
        let mut tree = Self::default();
        hashes.iter().for_each(|hash| tree.push(*hash));
        tree
    }

    /// Adds a hash; the tile must not be full.
    pub(crate) fn push(&mut self, hash: Hash) {
        let mut hash = hash;
        for row in &mut self.rows {
            row.push(hash);
            match row.as_slice() {
                [.., left, right] if row.len() % 2 == 0 => hash = node_hash(left, right),
                _ => break,
            }
        }
    }

    /// The tile's hashes.
    pub(crate) fn hashes(&self) -> &[Hash] {
        &self.rows[0]
    }

    /// Root of the subtree number `index` over 2^height of the tile's hashes.
    pub(crate) fn node(&self, height: u8, index: usize) -> Option<Hash> {
        self.rows.get(usize::from(height))?.get(index).copied()
    }

    /// Root of a full tile.
    pub(crate) fn root(&self) -> Option<Hash> {
        self.node(TILE_HEIGHT, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_tlog::leaf_hash;
    use lika_tlog::tile::full_tile_root;

    #[test]
    fn nodes_are_those_of_the_tile() {
        let hashes: Vec<Hash> = (0..=255u8).map(|n| leaf_hash(&[n])).collect();
        let tree = TileTree::of(&hashes);
        assert_eq!(tree.root(), full_tile_root(&hashes).ok());
        assert_eq!(tree.hashes(), hashes);
        assert_eq!(tree.node(1, 3), Some(node_hash(&hashes[6], &hashes[7])));
        assert_eq!(TileTree::of(&hashes[..255]).root(), None);
    }
}
