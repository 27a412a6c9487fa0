//! Entries with their proofs under one checkpoint, worked out here from the log's own files.

use super::{Api, ApiError};
use bytes::Bytes;
use lika_tlog::bundle::BundleReader;
use lika_tlog::tile::{TILE_WIDTH, TileCoordinates, read_hashes};
use lika_tlog::tree::{ProveError, inclusion_proof};
use lika_tlog::{Hash, SignedCheckpoint, TileKind, TilePath, VerifierKey};
use std::collections::HashMap;

/// How often the newest checkpoint is taken anew because the log had grown beyond its partial tiles.
const ATTEMPTS: usize = 5;
/// Most tiles read for one proof.
const TILES_MAX: usize = 16;

/// An entry and the proof that it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    /// Its place in the log, from 0.
    pub index: u64,
    /// The entry.
    pub entry: Bytes,
    /// Its inclusion proof, the leaf's sibling first.
    pub hashes: Vec<Hash>,
}

/// The hash or entry tiles that were read, by path.
struct Tiles<'a> {
    api: &'a Api,
    size: u64,
    read: HashMap<String, Bytes>,
}

impl Api {
    /// The newest checkpoint, and these entries with their proofs under it; entries beyond it are left out.
    ///
    /// # Errors
    /// [`ApiError::Protocol`] if the checkpoint is not signed with the key, or a tile is damaged.
    pub async fn prove(
        &self,
        entries: &[u64],
        log: &VerifierKey,
    ) -> Result<(SignedCheckpoint, Vec<EntryProof>), ApiError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let checkpoint = SignedCheckpoint::open(&self.checkpoint().await?, log).map_err(ApiError::protocol)?;
            let mut tiles = Tiles { api: self, size: checkpoint.checkpoint().size, read: HashMap::new() };
            match tiles.prove(entries).await {
                Ok(proofs) => return Ok((checkpoint, proofs)),
                // A partial tile of a log that grows is soon replaced by a wider one.
                Err(error) if error.status() == Some(404) && attempt < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Tiles<'_> {
    async fn prove(&mut self, entries: &[u64]) -> Result<Vec<EntryProof>, ApiError> {
        let mut proofs = Vec::with_capacity(entries.len());
        let size = self.size;
        for &index in entries.iter().filter(|index| **index < size) {
            let (entry, hashes) = (self.entry(index).await?, self.hashes(index).await?);
            proofs.push(EntryProof { index, entry, hashes });
        }
        Ok(proofs)
    }

    async fn entry(&mut self, index: u64) -> Result<Bytes, ApiError> {
        let width = u64::from(TILE_WIDTH);
        let path = TilePath::at(TileKind::Entries, index / width, self.size);
        let path = path.ok_or_else(|| ApiError::protocol("an entry beyond the checkpoint"))?;
        let bundle = self.tile(path).await?;
        let place = usize::try_from(index % width).unwrap_or(usize::MAX);
        let entry = BundleReader::new(&bundle, path.width()).nth(place);
        let entry = entry.ok_or_else(|| ApiError::protocol("a bundle without the entry"))?;
        Ok(bundle.slice_ref(entry.map_err(ApiError::protocol)?))
    }

    async fn hashes(&mut self, index: u64) -> Result<Vec<Hash>, ApiError> {
        for _ in 0..TILES_MAX {
            // A proof is asked for until no tile is missing: there are a few for each level of the tree.
            match inclusion_proof(index, self.size, &|level, index| self.hash(level, index)) {
                Ok(hashes) => return Ok(hashes),
                Err(ProveError::Source(Some(missing))) => drop(self.tile(missing).await?),
                Err(_) => break,
            }
        }
        Err(ApiError::protocol("the tiles of the log do not make a proof"))
    }

    /// A hash of the tiles read so far; the error is the tile to read.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Option<TilePath>> {
        let place = TileCoordinates::of(level, index);
        let path = TilePath::at(TileKind::Hashes(place.level), place.n, self.size).ok_or(None)?;
        let tile = self.read.get(&path.to_string()).ok_or(Some(path))?;
        let hashes = read_hashes(tile, path.width()).map_err(|_| None)?;
        place.hash_in(&hashes).map_err(|_| None)
    }

    async fn tile(&mut self, path: TilePath) -> Result<Bytes, ApiError> {
        let name = path.to_string();
        if let Some(tile) = self.read.get(&name) {
            return Ok(tile.clone());
        }
        let tile = self.api.tile(path).await?;
        self.read.insert(name, tile.clone());
        Ok(tile)
    }
}
