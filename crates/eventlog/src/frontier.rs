//! The right frontier of the tree: the tiles and the bundle that still grow. Adding entries yields the files to
//! write.

use crate::tile_tree::TileTree;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::{ENTRY_BYTES_MAX, EntryTooLong, push_entry};
use lika_tlog::tile::{TILE_HEIGHT, TILE_WIDTH, width_at, write_hashes};
use lika_tlog::tree::root;
use lika_tlog::{EMPTY_ROOT, Hash, TileKind, TilePath, leaf_hash};
use std::convert::Infallible;
use std::sync::Arc;

/// The growing tile of each level and the entries of the growing bundle. A clone is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct TileFrontier {
    size: u64,
    levels: Vec<Level>,
    /// Entries of the growing bundle.
    tail: Vec<Bytes>,
}

/// The growing tile of a level.
#[derive(Clone, Debug, Default)]
struct Level {
    /// Full tiles before it.
    full: u64,
    tree: TileTree,
    /// Whether it has grown since its file was last given out.
    dirty: bool,
}

/// Files to write for a batch of entries, in the order in which they were completed.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) files: Vec<(TilePath, Vec<u8>)>,
    /// Hash tiles that became full, by level and number.
    pub(crate) full: Vec<((u8, u64), Arc<TileTree>)>,
}

impl TileFrontier {
    /// The frontier of a tree of `size` entries: for each level the number of full tiles and the growing tile, and
    /// the entries of the growing bundle.
    pub(crate) fn of(size: u64, levels: Vec<(u64, TileTree)>, tail: Vec<Bytes>) -> Self {
        let levels = levels.into_iter().map(|(full, tree)| Level { full, tree, dirty: false }).collect();
        Self { size, levels, tail }
    }

    /// Entries in the tree.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Entries of the growing bundle from `from` on; `None` if `from` lies in a full bundle.
    pub(crate) fn tail(&self, from: Index) -> Option<&[Bytes]> {
        let first = self.size - self.tail.len() as u64;
        self.tail.get(usize::try_from(from.checked_sub(first)?).ok()?..)
    }

    /// Adds an entry of at most 65,535 bytes.
    pub(crate) fn push(&mut self, entry: Bytes, out: &mut Files) -> Result<(), EntryTooLong> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(EntryTooLong { bytes: entry.len() });
        }
        self.size += 1;
        let hash = leaf_hash(&entry);
        self.tail.push(entry);
        if self.size.is_multiple_of(u64::from(TILE_WIDTH)) {
            let number = self.size / u64::from(TILE_WIDTH) - 1;
            out.put(TileKind::Entries, number, TILE_WIDTH, bundle(&self.tail));
            self.tail.clear();
        }
        self.push_hash(0, hash, out);
        Ok(())
    }

    /// Adds a full bundle that is stored already, by the root of its level 0 tile. The growing bundle must be empty.
    pub(crate) fn push_full_bundle(&mut self, root: Hash, out: &mut Files) {
        self.size += u64::from(TILE_WIDTH);
        self.level(0).full += 1;
        self.push_hash(1, root, out);
    }

    /// Adds to `out` the partial tiles and the partial bundle that have grown.
    pub(crate) fn finish(&mut self, out: &mut Files) {
        let width = width_at(0, self.size);
        if width > 0 && self.levels.first().is_some_and(|level| level.dirty) {
            out.put(TileKind::Entries, self.size / u64::from(TILE_WIDTH), width, bundle(&self.tail));
        }
        for (number, level) in (0u8..).zip(&mut self.levels) {
            let hashes = level.tree.hashes();
            if level.dirty && !hashes.is_empty() {
                let width = u16::try_from(hashes.len()).unwrap_or(TILE_WIDTH);
                out.put(TileKind::Hashes(number), level.full, width, write_hashes(hashes));
            }
            level.dirty = false;
        }
    }

    /// A growing tile or bundle, or the beginning of one; `None` for any other path.
    pub(crate) fn tile(&self, path: TilePath) -> Option<Vec<u8>> {
        let level = self.levels.get(usize::from(path.kind().level())).filter(|level| level.full == path.n())?;
        let width = usize::from(path.width());
        match path.kind() {
            TileKind::Hashes(_) => level.tree.hashes().get(..width).map(write_hashes),
            TileKind::Entries => self.tail.get(..width).map(bundle),
        }
    }

    /// Root of the tree.
    pub(crate) fn root(&self) -> Hash {
        if self.size == 0 {
            return EMPTY_ROOT;
        }
        // Every complete subtree of the tree's right frontier lies in a growing tile.
        let source = |level: u8, index: u64| Ok::<_, Infallible>(self.node(level, index).unwrap_or(EMPTY_ROOT));
        root(self.size, &source).unwrap_or_else(|never| match never {})
    }

    /// Root of a complete subtree, if it lies in a growing tile.
    pub(crate) fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let tile = self.levels.get(usize::from(level / TILE_HEIGHT))?;
        let height = level % TILE_HEIGHT;
        let first = tile.full << (TILE_HEIGHT - height);
        tile.tree.node(height, usize::try_from(index.checked_sub(first)?).ok()?)
    }

    fn push_hash(&mut self, number: u8, hash: Hash, out: &mut Files) {
        let level = self.level(number);
        level.tree.push(hash);
        level.dirty = true;
        let Some(root) = level.tree.root() else { return };
        let (tile, tree) = (level.full, Arc::new(std::mem::take(&mut level.tree)));
        level.full += 1;
        out.put(TileKind::Hashes(number), tile, TILE_WIDTH, write_hashes(tree.hashes()));
        out.full.push(((number, tile), tree));
        self.push_hash(number + 1, root, out);
    }

    fn level(&mut self, number: u8) -> &mut Level {
        let number = usize::from(number);
        if self.levels.len() <= number {
            self.levels.resize_with(number + 1, Level::default);
        }
        &mut self.levels[number]
    }
}

fn bundle(entries: &[Bytes]) -> Vec<u8> {
    let mut bundle = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 2).sum());
    for entry in entries {
        // Its length was checked in `push`.
        let _ = push_entry(&mut bundle, entry);
    }
    bundle
}

impl Files {
    /// Appends the files of the next batch.
    pub(crate) fn join(&mut self, next: Self) {
        self.files.extend(next.files);
        self.full.extend(next.full);
    }

    fn put(&mut self, kind: TileKind, n: u64, width: u16, content: Vec<u8>) {
        // Width and level are within bounds by construction; an invalid path would be a bug of this module.
        if let Ok(path) = TilePath::new(kind, n, width) {
            self.files.push((path, content));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_tlog::Frontier;
    use lika_tlog::tile::tiles_of;
    use std::collections::BTreeMap;

    #[test]
    fn a_frontier_gives_the_files_and_the_root_of_its_size() {
        for (size, batch) in [(1u64, 1), (255, 7), (256, 256), (257, 100), (70_000, 1_000), (65_536, 300)] {
            let (mut tiles, mut tree, mut stored) = (TileFrontier::default(), Frontier::new(), BTreeMap::new());
            for from in (0..size).step_by(batch) {
                let mut files = Files::default();
                for n in from..size.min(from + batch as u64) {
                    tiles.push(Bytes::copy_from_slice(&n.to_be_bytes()), &mut files).unwrap();
                    tree.push(leaf_hash(&n.to_be_bytes()));
                }
                tiles.finish(&mut files);
                stored.extend(files.files.into_iter().map(|(path, content)| (path.to_string(), content)));
            }
            assert_eq!((tiles.size(), tiles.root()), (tree.size(), tree.root()), "{size}");
            for path in tiles_of(size) {
                assert!(stored.contains_key(&path.to_string()), "{path} of {size}");
            }
        }
    }

    #[test]
    fn full_bundles_may_come_as_roots() {
        let (mut whole, mut parts, mut out) = (TileFrontier::default(), TileFrontier::default(), Files::default());
        (0..600u32).for_each(|n| whole.push(Bytes::copy_from_slice(&n.to_be_bytes()), &mut out).unwrap());
        for first in [0, 256] {
            let hashes: Vec<Hash> = (first..first + 256u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            parts.push_full_bundle(TileTree::of(&hashes).root().unwrap(), &mut out);
        }
        (512..600u32).for_each(|n| parts.push(Bytes::copy_from_slice(&n.to_be_bytes()), &mut out).unwrap());
        assert_eq!((parts.size(), parts.root()), (whole.size(), whole.root()));
    }
}
