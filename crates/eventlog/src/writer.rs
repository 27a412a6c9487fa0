//! The one thread that writes. It takes what has been ordered by then as one batch, makes it durable and signs it.
//!
//! The order of a batch, and what a crash right after each step leaves:
//! 1. new bundles and tiles, synced with their folders: files beyond the checkpoint, dropped at the next open;
//! 2. the entries read back and hashed again, the root computed and signed: the same;
//! 3. the signed checkpoint recorded in `signed`: the next open finds it, checks the files against it and publishes it;
//! 4. the checkpoint published in the folder, and only then receipts.

use crate::Seal;
use crate::edge::{Edge, Files};
use crate::error::{Damage, LogError};
use crate::folder::{self, Layout};
use crate::high_water::HighWater;
use crate::tile_tree::TileTree;
use crate::waiters::Waiters;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::bundle::BundleReader;
use lika_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use lika_tlog::key::SigningKey;
use lika_tlog::tile::TILE_WIDTH;
use lika_tlog::{TileKind, TilePath, leaf_hash};
use parking_lot::{Condvar, Mutex, RwLock};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most entries under one new checkpoint.
pub(crate) const BATCH_ENTRIES_MAX: usize = 2_048;
/// Most bytes of entries under one new checkpoint, unless a single entry is larger.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most bytes of entries that wait to be written.
pub(crate) const PENDING_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Full tiles kept in memory for proofs.
const CACHED_TILES: usize = 512;

/// What has been ordered and not yet written.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) inner: Mutex<Pending>,
    pub(crate) wake: Condvar,
}

/// Entries in order, and the last index of each area.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) next: Index,
    pub(crate) entries: VecDeque<Bytes>,
    pub(crate) bytes: usize,
    pub(crate) heads: BTreeMap<Area, Index>,
    pub(crate) closed: bool,
    pub(crate) failed: Option<LogError>,
}

/// What readers need of the tree: the sealed edge and full tiles lately used.
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

/// The writing side of a log.
pub(crate) struct Writer {
    pub(crate) layout: Layout,
    pub(crate) key: SigningKey,
    pub(crate) high_water: HighWater,
    pub(crate) edge: Edge,
    pub(crate) queue: Arc<Queue>,
    pub(crate) tiles: Arc<Tiles>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Tiles {
    pub(crate) fn full(&self, level: u8, n: u64) -> Option<Arc<TileTree>> {
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

impl Queue {
    /// Waits for entries; `None` once the log is closed and everything is written.
    fn take(&self) -> Option<Vec<Bytes>> {
        let mut pending = self.inner.lock();
        while pending.entries.is_empty() {
            if pending.closed {
                return None;
            }
            self.wake.wait(&mut pending);
        }
        let mut bytes = 0;
        let fits = |entry: &&Bytes| {
            bytes += entry.len();
            bytes <= BATCH_BYTES_MAX
        };
        let count = pending.entries.iter().take(BATCH_ENTRIES_MAX).take_while(fits).count().max(1);
        let batch: Vec<Bytes> = pending.entries.drain(..count).collect();
        pending.bytes -= batch.iter().map(Bytes::len).sum::<usize>();
        Some(batch)
    }
}

impl Writer {
    /// Writes until the log is closed or a write fails; after a failure nothing is written any more.
    pub(crate) fn run(mut self) {
        let end = loop {
            let Some(batch) = self.queue.take() else { break LogError::Closed };
            if let Err(error) = self.commit(&batch) {
                tracing::error!(%error, "the log cannot be written; no receipt was given for what is not on disk");
                break LogError::Stopped(Arc::new(error));
            }
        };
        let mut pending = self.queue.inner.lock();
        pending.failed = Some(end.clone());
        pending.entries.clear();
        drop(pending);
        self.waiters.fail(&end);
    }

    fn commit(&mut self, batch: &[Bytes]) -> Result<(), LogError> {
        let (from, mut out) = (self.edge.size(), Files::default());
        for entry in batch {
            self.edge
                .push(entry, &mut out)
                .map_err(|error| Damage::new("tile/entries", Some(from), error.to_string()))?;
        }
        self.edge.finish(&mut out);
        let log = self.layout.log();
        let files: Vec<_> =
            out.files.iter().map(|(path, content)| (log.join(path.to_string()), content.as_slice())).collect();
        folder::write_all(&files)?;
        self.read_back(&out, from)?;
        let seal = sign(&self.layout, &self.key, &mut self.high_water, &self.edge)?;
        self.publish(seal, out)
    }

    /// Hashes the new entries again from the files, so that a bit that flipped in memory is not signed.
    fn read_back(&self, out: &Files, from: Index) -> Result<(), LogError> {
        for (path, _) in out.files.iter().filter(|(path, _)| path.kind() == TileKind::Entries) {
            let file = self.layout.log().join(path.to_string());
            let bytes = std::fs::read(&file).map_err(LogError::io(&file))?;
            let first = path.n() * u64::from(TILE_WIDTH);
            let full = out.full.iter().find(|((level, n), _)| (*level, *n) == (0, path.n())).map(|(_, tree)| tree);
            for (index, entry) in (first..).zip(BundleReader::new(&bytes, path.width())) {
                if index < from {
                    continue;
                }
                let place = usize::try_from(index - first).unwrap_or(0);
                let hash = full.map_or_else(|| self.edge.node(0, index), |tree| tree.node(0, place));
                if entry.ok().map(leaf_hash) != hash || hash.is_none() {
                    return Err(Damage::new(path, Some(index), "what was read back is not what was written").into());
                }
            }
        }
        Ok(())
    }

    fn publish(&mut self, seal: Seal, out: Files) -> Result<(), LogError> {
        publish_note(&self.layout, &seal)?;
        let full: Vec<TilePath> = out.files.iter().map(|(path, _)| *path).filter(|path| !path.is_partial()).collect();
        for ((level, n), tree) in out.full {
            self.tiles.keep(level, n, tree);
        }
        *self.tiles.edge.write() = Arc::new(self.edge.hashes_only());
        self.waiters.advance(seal);
        full.into_iter().try_for_each(|path| self.drop_partials(path))
    }

    /// Partial tiles may go once the full one stands under a checkpoint; readers fall back to it.
    fn drop_partials(&self, full: TilePath) -> Result<(), LogError> {
        let dir = self.layout.log().join(format!("{full}.p"));
        match std::fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(LogError::io(&dir)(error)),
            _ => Ok(()),
        }
    }
}

/// Signs for the tree as it stands and records that.
pub(crate) fn sign(
    layout: &Layout,
    key: &SigningKey,
    high_water: &mut HighWater,
    edge: &Edge,
) -> Result<Seal, LogError> {
    let (size, root) = (edge.size(), edge.root());
    let signed = SignedCheckpoint::sign(Checkpoint { origin: key.name().clone(), size, root }, key);
    let signed = signed.map_err(|error| LogError::Key { path: layout.signing_key(), reason: error.to_string() })?;
    high_water.record(&signed.to_string())?;
    Ok(Seal { size, root, signed: Arc::new(signed) })
}

/// Publishes a checkpoint. Its temporary file lies outside the log's folder, which holds nothing but the log.
pub(crate) fn publish_note(layout: &Layout, seal: &Seal) -> Result<(), LogError> {
    let temporary = layout.dir.join("checkpoint.new");
    folder::write_synced(&temporary, seal.signed.to_string().as_bytes())?;
    let path = layout.checkpoint();
    std::fs::rename(&temporary, &path).map_err(LogError::io(&path))
}
