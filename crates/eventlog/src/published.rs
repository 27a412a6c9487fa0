//! The published log: reads, proves and waits for entries under a checkpoint, with either sequencer. It rests on this
//! process's own folder of tiles.

use crate::Checkpoint;
use crate::error::LogError;
use crate::frontier::TileFrontier;
use crate::tile_tree::TileTree;
use crate::verify::{self, Folder};
use crate::waiters::Waiters;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::batch::batch_proof;
use lika_tlog::key::VerifierKey;
use lika_tlog::tile::{TILE_HEIGHT, TILE_WIDTH};
use lika_tlog::tree::{ProveError, consistency_proof, inclusion_proof, root};
use lika_tlog::{Hash, TilePath};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// Number of full tiles cached for proofs.
const CACHED_TILES: usize = 512;

/// Parts of the tree in memory for readers: the frontier as last published, and full tiles used recently.
#[derive(Debug)]
pub(crate) struct Tiles {
    folder: PathBuf,
    pub(crate) frontier: RwLock<Arc<TileFrontier>>,
    full: Mutex<FullTiles>,
}

#[derive(Debug, Default)]
struct FullTiles {
    tiles: BTreeMap<(u8, u64), Arc<TileTree>>,
    order: VecDeque<(u8, u64)>,
}

/// The hashes of complete subtrees, as proofs read them.
type Hashes<'a> = dyn Fn(u8, u64) -> Result<Hash, LogError> + 'a;

/// The published part of the log. Clones share everything.
#[derive(Clone, Debug)]
pub struct PublishedLog {
    verifier_key: VerifierKey,
    pub(crate) tiles: Arc<Tiles>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Tiles {
    pub(crate) fn new(folder: PathBuf, frontier: &TileFrontier) -> Self {
        Self { folder, frontier: RwLock::new(Arc::new(frontier.clone())), full: Mutex::default() }
    }

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

    /// Entries of the bundle that holds `from`, from there on, in a log of `size` entries.
    pub(crate) fn read(&self, from: Index, max: usize, size: u64) -> Result<Vec<Bytes>, LogError> {
        if from >= size || max == 0 {
            return Ok(Vec::new());
        }
        let frontier = self.frontier.read().clone();
        if let Some(tail) = frontier.tail(from) {
            // The frontier is replaced a moment before its checkpoint.
            let published = usize::try_from(size - from).unwrap_or(usize::MAX);
            return Ok(tail.iter().take(max.min(published)).cloned().collect());
        }
        let width = u64::from(TILE_WIDTH);
        let bundle = verify::entries(&Folder(self.folder.clone()), from / width, size)?;
        let skip = usize::try_from(from % width).unwrap_or(0);
        Ok(bundle.entries.iter().skip(skip).take(max).map(|range| bundle.bytes.slice(range.clone())).collect())
    }

    /// Root of the tree of the first `size` entries.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        let copied = self.frontier.read().size();
        if size > copied {
            return Err(LogError::OutOfRange { index: size, size: copied });
        }
        root(size, &|level, index| self.node(level, index))
    }

    /// Root of a complete subtree, from the frontier, from memory or from the full tile's file.
    fn node(&self, level: u8, index: u64) -> Result<Hash, LogError> {
        let frontier = self.frontier.read().clone();
        if let Some(hash) = frontier.node(level, index) {
            return Ok(hash);
        }
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let n = index >> (TILE_HEIGHT - height);
        let tree = match self.full(tile_level, n) {
            Some(tree) => tree,
            None => self.load(tile_level, n)?,
        };
        let place = usize::try_from(index - (n << (TILE_HEIGHT - height))).unwrap_or(usize::MAX);
        let size = frontier.size();
        tree.node(height, place).ok_or(LogError::OutOfRange { index: index << level, size })
    }

    fn load(&self, level: u8, n: u64) -> Result<Arc<TileTree>, LogError> {
        let tree = Arc::new(verify::full_tile(&Folder(self.folder.clone()), level, n)?);
        self.keep(level, n, tree.clone());
        Ok(tree)
    }
}

impl PublishedLog {
    pub(crate) fn new(
        folder: PathBuf,
        verifier_key: VerifierKey,
        frontier: &TileFrontier,
        waiters: Arc<Waiters>,
    ) -> Self {
        Self { verifier_key, tiles: Arc::new(Tiles::new(folder, frontier)), waiters }
    }

    /// The key that checkpoints are verified with; its name is the origin.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.verifier_key
    }

    /// The latest checkpoint.
    pub fn checkpoint(&self) -> Arc<Checkpoint> {
        self.waiters.checkpoint()
    }

    /// Resolves with a checkpoint that covers the entry, once there is one: the entry is then fsynced, in the tiles
    /// or, in a distributed log, in the integrator's journal, from which the tiles are written once a second.
    ///
    /// # Errors
    /// The reason, if the log has stopped.
    pub async fn published(&self, index: Index) -> Result<Arc<Checkpoint>, LogError> {
        self.waiters.published(index).await
    }

    /// Published size as it grows; closes when the log stops.
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.waiters.follow()
    }

    /// The folder of tiles; its checkpoint may be a second behind.
    pub fn folder(&self) -> Folder {
        Folder(self.tiles.folder.clone())
    }

    /// Published entries of the bundle that holds `from`, from there on. The growing bundle is in memory.
    ///
    /// # Errors
    /// If a file cannot be read, or is not what was published.
    pub fn read(&self, from: Index, max: usize) -> Result<Vec<Bytes>, LogError> {
        self.tiles.read(from, max, self.waiters.checkpoint().size)
    }

    /// Resolves when the log has failed or was closed, with the reason.
    pub async fn stopped(&self) -> LogError {
        self.waiters.stopped().await
    }

    /// A tile or bundle of the latest or an earlier checkpoint, to be served unchanged; `None` if there is none.
    /// Growing tiles are taken from memory.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        if verify::is_beyond(path, self.waiters.checkpoint().size) {
            return Ok(None);
        }
        let frontier = self.tiles.frontier.read().clone();
        match frontier.tile(path) {
            Some(bytes) => Ok(Some(bytes)),
            // The frontier may be a moment ahead of the checkpoint; anything not in it is in a full tile.
            None => verify::tile(&self.folder(), path, frontier.size()),
        }
    }

    /// Hashes that prove entry `index` in the tree of `size` entries, leaf side first.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] unless `index < size` and `size` is published.
    pub fn proof(&self, index: Index, size: u64) -> Result<Vec<Hash>, LogError> {
        self.prove((index, size), |hashes| inclusion_proof(index, size, &hashes))
    }

    /// One proof for several entries of the tree of `size` entries, by [`batch_proof`]. `indices` must ascend.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] unless all are below `size` and `size` is published.
    pub fn batch_proof(&self, indices: &[Index], size: u64) -> Result<Vec<Hash>, LogError> {
        let last = indices.last().copied().unwrap_or(0);
        self.prove((last, size), |hashes| batch_proof(indices, size, &hashes))
    }

    /// Hashes that prove that the tree of `new` entries begins with that of `old`.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] unless `old <= new` and `new` is published.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, LogError> {
        self.prove((old, new), |hashes| consistency_proof(old, new, &hashes))
    }

    /// Root of the tree as it was with `size` entries. A replica may be a moment ahead of what is published.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] for more entries than there are here.
    pub fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.tiles.root_at(size)
    }

    /// A proof about `index` in the tree of `size` entries, which must be published.
    fn prove(
        &self,
        (index, size): (Index, u64),
        make: impl FnOnce(&Hashes<'_>) -> Result<Vec<Hash>, ProveError<LogError>>,
    ) -> Result<Vec<Hash>, LogError> {
        let published = self.waiters.checkpoint().size;
        if size > published {
            return Err(LogError::OutOfRange { index, size: published });
        }
        make(&|level, index| self.tiles.node(level, index)).map_err(|error| match error {
            ProveError::Source(error) => error,
            _ => LogError::OutOfRange { index, size },
        })
    }
}
