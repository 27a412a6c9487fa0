//! The reading side of a log whose tiles lie in a folder: what is sealed, read, proved and waited for. Both logs read by
//! it; they differ in who orders and who signs.

use crate::edge::Edge;
use crate::error::LogError;
use crate::tile_tree::TileTree;
use crate::verify::{self, Folder};
use crate::waiters::Waiters;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::tile::{TILE_HEIGHT, TILE_WIDTH};
use lika_tlog::tree::{ProveError, inclusion_proof, root};
use lika_tlog::{Hash, TilePath};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

/// Full tiles kept in memory for proofs.
const CACHED_TILES: usize = 512;

/// What readers need of the tree: the edge as it was last sealed and full tiles lately used.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    pub(crate) edge: RwLock<Arc<Edge>>,
    full: Mutex<FullTiles>,
}

#[derive(Debug, Default)]
struct FullTiles {
    tiles: BTreeMap<(u8, u64), Arc<TileTree>>,
    order: VecDeque<(u8, u64)>,
}

/// What is sealed. Its clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    folder: PathBuf,
    pub(crate) tiles: Arc<Tiles>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Tiles {
    fn full(&self, level: u8, n: u64) -> Option<Arc<TileTree>> {
        self.full.lock().tiles.get(&(level, n)).cloned()
    }

    pub(crate) fn keep(&self, level: u8, n: u64, tree: Arc<TileTree>) {
        let mut full = self.full.lock();
        if full.tiles.insert((level, n), tree).is_none() {
            full.order.push_back((level, n));
        }
        if full.order.len() > CACHED_TILES
            && let Some(oldest) = full.order.pop_front()
        {
            full.tiles.remove(&oldest);
        }
    }
}

impl Sealed {
    pub(crate) fn new(folder: PathBuf, edge: &Edge, waiters: Arc<Waiters>) -> Self {
        let tiles = Tiles { edge: RwLock::new(Arc::new(edge.clone())), ..Tiles::default() };
        Self { folder, tiles: Arc::new(tiles), waiters }
    }

    /// The folder of tiles.
    pub(crate) fn folder(&self) -> Folder {
        Folder(self.folder.clone())
    }

    /// Sealed entries of the bundle that holds `from`, from there on. The growing bundle is in memory.
    pub(crate) fn read(&self, from: Index, max: usize) -> Result<Vec<Bytes>, LogError> {
        let seal = self.waiters.seal();
        if from >= seal.size || max == 0 {
            return Ok(Vec::new());
        }
        let edge = self.tiles.edge.read().clone();
        if let Some(tail) = edge.tail(from) {
            // The edge is shown a moment before the checkpoint over it.
            let sealed = usize::try_from(seal.size - from).unwrap_or(usize::MAX);
            return Ok(tail.iter().take(max.min(sealed)).cloned().collect());
        }
        let width = u64::from(TILE_WIDTH);
        let bundle = verify::entries(&self.folder(), from / width, seal.size)?;
        let skip = usize::try_from(from % width).unwrap_or(0);
        Ok(bundle.entries.iter().skip(skip).take(max).map(|range| bundle.bytes.slice(range.clone())).collect())
    }

    /// A tile or bundle; nothing beyond the latest checkpoint is given. What still grows is in memory.
    pub(crate) fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        if verify::is_beyond(path, self.waiters.seal().size) {
            return Ok(None);
        }
        let edge = self.tiles.edge.read().clone();
        match edge.tile(path) {
            Some(bytes) => Ok(Some(bytes)),
            // The edge may be a moment ahead of the checkpoint; what it does not hold is in a full tile.
            None => verify::tile(&self.folder(), path, edge.size()),
        }
    }

    /// Hashes that prove `index` in the tree of `size` entries, leaf side first.
    pub(crate) fn proof(&self, index: Index, size: u64) -> Result<Vec<Hash>, LogError> {
        let sealed = self.waiters.seal().size;
        if index >= size || size > sealed {
            return Err(LogError::OutOfRange { index, size: sealed.min(size) });
        }
        inclusion_proof(index, size, &|level, index| self.node(level, index)).map_err(|error| match error {
            ProveError::Source(error) => error,
            _ => LogError::OutOfRange { index, size },
        })
    }

    /// Root of the tree as it was with fewer entries; what is copied may be a moment ahead of what is sealed.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        let copied = self.tiles.edge.read().size();
        if size > copied {
            return Err(LogError::OutOfRange { index: size, size: copied });
        }
        root(size, &|level, index| self.node(level, index))
    }

    /// Root of a complete subtree, from the edge, from memory or from the full tile's file.
    fn node(&self, level: u8, index: u64) -> Result<Hash, LogError> {
        let edge = self.tiles.edge.read().clone();
        if let Some(hash) = edge.node(level, index) {
            return Ok(hash);
        }
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let n = index >> (TILE_HEIGHT - height);
        let tree = match self.tiles.full(tile_level, n) {
            Some(tree) => tree,
            None => self.load(tile_level, n)?,
        };
        let place = usize::try_from(index - (n << (TILE_HEIGHT - height))).unwrap_or(usize::MAX);
        let size = edge.size();
        tree.node(height, place).ok_or(LogError::OutOfRange { index: index << level, size })
    }

    fn load(&self, level: u8, n: u64) -> Result<Arc<TileTree>, LogError> {
        let tree = Arc::new(verify::full_tile(&self.folder(), level, n)?);
        self.tiles.keep(level, n, tree.clone());
        Ok(tree)
    }
}
