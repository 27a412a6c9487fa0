//! Our tree maths and tiles against two implementations that share no code with ours: `tlog_tiles`, a port of Go's
//! checksum database, and `ct-merkle`.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::cast_possible_truncation, reason = "the trees of these tests fit memory")]

use std::collections::BTreeMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use lika_tlog::tile::{TileCoordinates, full_tile_root, read_hashes, tiles_of, write_hashes};
use lika_tlog::tree::{consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion};
use lika_tlog::{Frontier, Hash, HashSource, TileKind, TilePath, leaf_hash, node_hash};
use sha2::Sha256;
use tlog_tiles::HashReader;

/// Sizes around which a tree gains a level, a tile or a tile level, and the example of the specification.
const EDGES: [u64; 24] = [
    1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 255, 256, 257, 511, 512, 513, 65_279, 65_535, 65_536, 65_537, 65_792,
    70_000, 131_073,
];

const SIZE_MAX: u64 = 140_000;

/// Number of random sizes besides the edges.
const DRAWN: u64 = 300;

#[test]
fn roots_and_proofs_agree_with_tlog_tiles() {
    let ours = Levels::new(SIZE_MAX);
    let theirs = Stored::new(SIZE_MAX);
    for size in sizes() {
        let tree_root = root(size, &ours).unwrap();
        assert_eq!(tree_root.0, tlog_tiles::tree_hash(size, &theirs).unwrap().0, "root of {size}");
        for index in places(size) {
            let proof = inclusion_proof(index, size, &ours).unwrap();
            let expected = tlog_tiles::prove_record(size, index, &theirs).unwrap();
            assert_eq!(proof, from_peer(&expected), "{index} in {size}");
            assert_eq!(verify_inclusion(&proof, index, size, &leaf(index), &tree_root), Ok(()), "{index} in {size}");
            assert!(verify_inclusion(&proof, index, size, &leaf(index + 1), &tree_root).is_err());
        }
        for old in places(size).map(|index| index + 1) {
            let proof = consistency_proof(old, size, &ours).unwrap();
            let expected = tlog_tiles::prove_tree(size, old, &theirs).unwrap();
            assert_eq!(proof, from_peer(&expected), "{old} in {size}");
            let old_root = root(old, &ours).unwrap();
            assert_eq!(verify_consistency(&proof, old, size, &old_root, &tree_root), Ok(()), "{old} in {size}");
        }
    }
}

#[test]
fn verdicts_on_altered_claims_agree_with_tlog_tiles() {
    let ours = Levels::new(SIZE_MAX);
    for (number, size) in (0..).zip(sizes()) {
        let index = drawn(number, size);
        let proof = inclusion_proof(index, size, &ours).unwrap();
        let peer_proof = proof.iter().map(|hash| tlog_tiles::Hash(hash.0)).collect();
        let tree_root = root(size, &ours).unwrap();
        // The same proof for neighbouring sizes and indexes; some of these claims are true because of the tree's
        // shape.
        for (size, index) in
            [(size, index), (size + 1, index), (size - 1, index), (size, index ^ 1), (size, index + 1)]
        {
            let peers = [tree_root, leaf(index)].map(|hash| tlog_tiles::Hash(hash.0));
            let expected = tlog_tiles::check_record(&peer_proof, size, peers[0], index, peers[1]);
            let verdict = verify_inclusion(&proof, index, size, &leaf(index), &tree_root);
            assert_eq!(verdict.is_ok(), expected.is_ok(), "{index} in {size}");
        }
    }
}

#[test]
fn roots_and_proofs_agree_with_ct_merkle() {
    let ours = Levels::new(SIZE_MAX);
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    let mut frontier = Frontier::new();
    let sizes = sizes();
    for size in 1..=SIZE_MAX {
        theirs.push(entry(size - 1));
        frontier.push(leaf(size - 1));
        if sizes.binary_search(&size).is_err() {
            continue;
        }
        assert_eq!(frontier.root().as_bytes()[..], theirs.root().as_bytes()[..], "root of {size}");
        assert_eq!(root(size, &ours), Ok(frontier.root()), "root of {size}");
        assert_eq!(Frontier::load(size, &ours).as_ref(), Ok(&frontier), "frontier of {size}");
        for index in places(size) {
            let proof = inclusion_proof(index, size, &ours).unwrap();
            assert_eq!(write_hashes(&proof), theirs.prove_inclusion(index as usize).as_bytes(), "{index} in {size}");
            let proof = consistency_proof(index + 1, size, &ours).unwrap();
            let expected = theirs.prove_consistency((size - index - 1) as usize);
            assert_eq!(write_hashes(&proof), expected.as_bytes(), "{} in {size}", index + 1);
        }
    }
}

#[test]
fn tiles_agree_with_tlog_tiles() {
    let theirs = Stored::new(SIZE_MAX);
    for size in EDGES {
        let served: BTreeMap<String, Vec<u8>> = tlog_tiles::Tile::new_tiles(8, 0, size)
            .into_iter()
            .map(|tile| (tile.path().replacen("tile/8/", "tile/", 1), tile.read_data(&theirs).unwrap()))
            .collect();
        let tiles = Tiles::new(size);
        let ours: BTreeMap<String, Vec<u8>> =
            tiles.0.iter().map(|(path, hashes)| (path.to_string(), write_hashes(hashes))).collect();
        assert_eq!(ours, served, "size {size}");
        let bundles: Vec<TilePath> = tiles_of(size).filter(|tile| tile.kind() == TileKind::Entries).collect();
        let leaf_tiles = tiles.0.keys().filter(|tile| tile.kind() == TileKind::Hashes(0));
        assert!(
            bundles.iter().map(|tile| (tile.n(), tile.width())).eq(leaf_tiles.map(|tile| (tile.n(), tile.width())))
        );
    }
}

#[test]
fn tiles_hold_all_that_proofs_need() {
    let levels = Levels::new(SIZE_MAX);
    for size in EDGES {
        let tiles = Tiles::new(size);
        let source = |level, index| tiles.hash(level, index, size);
        assert_eq!(root(size, &source).unwrap(), root(size, &levels).unwrap(), "root of {size}");
        for index in places(size) {
            let proof = inclusion_proof(index, size, &source).unwrap();
            assert_eq!(proof, inclusion_proof(index, size, &levels).unwrap(), "{index} in {size}");
            let proof = consistency_proof(index + 1, size, &source).unwrap();
            assert_eq!(proof, consistency_proof(index + 1, size, &levels).unwrap(), "{} in {size}", index + 1);
        }
    }
}

fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

fn leaf(index: u64) -> Hash {
    leaf_hash(&entry(index))
}

/// A number below `bound`, the same in every run.
fn drawn(number: u64, bound: u64) -> u64 {
    let bytes = leaf_hash(&number.to_le_bytes()).0;
    u64::from_be_bytes(*bytes.first_chunk().unwrap()) % bound
}

/// The edges and the drawn sizes, ascending.
fn sizes() -> Vec<u64> {
    let mut sizes: Vec<u64> = (0..DRAWN).map(|number| 1 + drawn(number, SIZE_MAX)).chain(EDGES).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Indexes within a tree of this size: its ends, its tile borders, and some drawn ones.
fn places(size: u64) -> impl Iterator<Item = u64> {
    let fixed = [0, 1, 254, 255, 256, 257, 65_535, 65_536, size / 2, size - 1];
    fixed.into_iter().chain((0..4).map(move |number| drawn(size + number, size))).filter(move |place| *place < size)
}

fn from_peer(hashes: &[tlog_tiles::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

/// The roots of all complete subtrees, by level.
struct Levels(Vec<Vec<Hash>>);

impl Levels {
    fn new(size: u64) -> Self {
        let mut levels = vec![(0..size).map(leaf).collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(levels)
    }
}

impl HashSource for Levels {
    type Error = String;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, String> {
        let row = self.0.get(usize::from(level));
        row.and_then(|row| row.get(index as usize)).copied().ok_or_else(|| format!("no subtree {level}/{index}"))
    }
}

/// The order in which the checksum database stores hashes, filled by its own code.
struct Stored(Vec<tlog_tiles::Hash>);

impl Stored {
    fn new(size: u64) -> Self {
        let mut stored = Self(Vec::new());
        for index in 0..size {
            let added = tlog_tiles::stored_hashes(index, &entry(index), &stored).unwrap();
            stored.0.extend(added);
        }
        stored
    }
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// The hash tiles of a log of one size, made as a log makes them: a full tile's root goes into the tile above.
struct Tiles(BTreeMap<TilePath, Vec<Hash>>);

impl Tiles {
    fn new(size: u64) -> Self {
        let mut tiles: BTreeMap<TilePath, Vec<Hash>> = BTreeMap::new();
        for path in tiles_of(size).filter(|path| path.kind() != TileKind::Entries) {
            let first = path.n() * 256;
            let hash = |index| match path.kind().level() {
                0 => leaf(index),
                level => {
                    let below = TilePath::new(TileKind::Hashes(level - 1), index, 256).unwrap();
                    full_tile_root(&tiles[&below]).unwrap()
                }
            };
            let hashes = (first..first + u64::from(path.width())).map(hash).collect();
            tiles.insert(path, hashes);
        }
        Self(tiles)
    }

    /// The root of a subtree, from the bytes of the one tile that a log of this size serves for it.
    fn hash(&self, level: u8, index: u64, size: u64) -> Result<Hash, lika_tlog::tile::TileError> {
        let place = TileCoordinates::of(level, index);
        let path = TilePath::at(TileKind::Hashes(place.level), place.n, size).unwrap();
        place.hash_in(&read_hashes(&write_hashes(&self.0[&path]), path.width())?)
    }
}
