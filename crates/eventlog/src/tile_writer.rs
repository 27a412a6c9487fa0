//! Writes tiles: entries into files, a checkpoint over them, and the checkpoint published. Whoever orders entries writes
//! them by this.
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
use crate::sealed::Sealed;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::BundleReader;
use lika_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use lika_tlog::key::SigningKey;
use lika_tlog::tile::TILE_WIDTH;
use lika_tlog::{TileKind, TilePath, leaf_hash};
use std::sync::Arc;

/// The writing side of a folder of tiles.
pub(crate) struct TileWriter {
    pub(crate) layout: Layout,
    pub(crate) high_water: HighWater,
    pub(crate) edge: Edge,
    pub(crate) sealed: Sealed,
    /// Writes everything at once and waits until it is on disk. A copy that can be made again need not: it writes full
    /// tiles as they come, and what still grows, with the checkpoint, when it is told to.
    pub(crate) durable: bool,
    /// Published and not written yet.
    pub(crate) unwritten: Unwritten,
}

/// What a copy shows and has not written.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    seal: Option<Seal>,
    /// Tiles that became full; their partial ones go when the checkpoint is written.
    full: Vec<TilePath>,
}

impl TileWriter {
    pub(crate) fn new(layout: Layout, high_water: HighWater, edge: Edge, sealed: Sealed, durable: bool) -> Self {
        Self { layout, high_water, edge, sealed, durable, unwritten: Unwritten::default() }
    }

    /// Writes entries behind all others and checks that they lie there as they were given.
    pub(crate) fn write(&mut self, batch: &[Bytes]) -> Result<Files, LogError> {
        let (from, mut out) = (self.edge.size(), Files::default());
        for entry in batch {
            self.edge
                .push(entry.clone(), &mut out)
                .map_err(|error| Damage::new("tile/entries", Some(from), error.to_string()))?;
        }
        if self.durable {
            self.edge.finish(&mut out);
        }
        self.put(&out, from)?;
        self.unwritten.full.extend(out.files.iter().map(|(path, _)| *path).filter(|path| !path.is_partial()));
        Ok(out)
    }

    /// Writes files and reads the entries in them back.
    fn put(&self, out: &Files, from: Index) -> Result<(), LogError> {
        let log = self.layout.log();
        let files: Vec<_> =
            out.files.iter().map(|(path, content)| (log.join(path.to_string()), content.as_slice())).collect();
        let write = if self.durable { folder::write_all } else { folder::write_unsynced };
        write(&files)?;
        self.read_back(out, from)
    }

    /// Signs for everything written, and remembers that before anybody sees it.
    pub(crate) fn sign(&mut self, key: &SigningKey) -> Result<Seal, LogError> {
        sign(&self.layout, key, &mut self.high_water, &self.edge)
    }

    /// Takes a checkpoint that was signed elsewhere for everything written, and remembers it: at once, or with the files.
    pub(crate) fn accept(&mut self, seal: &Seal) -> Result<(), LogError> {
        if self.durable { self.high_water.record(&seal.signed.to_string()) } else { Ok(()) }
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

    /// Publishes a checkpoint over everything written; those who wait for it are told.
    pub(crate) fn publish(&mut self, seal: Seal, out: Files) -> Result<(), LogError> {
        for ((level, n), tree) in out.full {
            self.sealed.tiles.keep(level, n, tree);
        }
        self.unwritten.seal = Some(seal.clone());
        if self.durable {
            self.write_checkpoint()?;
        }
        *self.sealed.tiles.edge.write() = Arc::new(self.edge.clone());
        self.sealed.waiters.advance(seal);
        Ok(())
    }

    /// Writes what a copy shows and has not written.
    pub(crate) fn write_growing(&mut self) -> Result<(), LogError> {
        let Some(seal) = &self.unwritten.seal else { return Ok(()) };
        let note = seal.signed.to_string();
        let (size, mut out) = (seal.size, Files::default());
        self.edge.finish(&mut out);
        self.put(&out, size - size % u64::from(TILE_WIDTH))?;
        self.high_water.record_unsynced(&note)?;
        self.write_checkpoint()
    }

    /// Writes the checkpoint over files that are there, and drops those that it makes superfluous.
    fn write_checkpoint(&mut self) -> Result<(), LogError> {
        let Unwritten { seal, full } = std::mem::take(&mut self.unwritten);
        if let Some(seal) = seal {
            publish_note(&self.layout, &seal, self.durable)?;
        }
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
pub(crate) fn publish_note(layout: &Layout, seal: &Seal, durable: bool) -> Result<(), LogError> {
    let temporary = layout.dir.join("checkpoint.new");
    let note = seal.signed.to_string();
    if durable {
        folder::write_synced(&temporary, note.as_bytes())?;
    } else {
        std::fs::write(&temporary, note).map_err(LogError::io(&temporary))?;
    }
    let path = layout.checkpoint();
    std::fs::rename(&temporary, &path).map_err(LogError::io(&path))
}
