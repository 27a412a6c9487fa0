//! Partial tiles are deleted when wider ones replace them: a reader that still asks for one gets the beginning of the
//! wider one.

use super::{Source, path_at};
use crate::error::{Damage, LogError};
use crate::frontier::TileFrontier;
use crate::tile_tree::TileTree;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::BundleReader;
use lika_tlog::tile::{TILE_HEIGHT, TileError, full_tiles, read_hashes, width_at};
use lika_tlog::{Hash, TileKind, TilePath};

/// A tile or bundle of a log that may have grown to `size` entries since the caller learnt of it: the file, or the
/// beginning of the one that replaced it; `None` if the log does not have it.
///
/// # Errors
/// If the source cannot be read, or the file is not a tile.
pub fn tile(source: &impl Source, path: TilePath, size: u64) -> Result<Option<Vec<u8>>, LogError> {
    let first = path.first_entry().unwrap_or(0);
    let Some(today) = TilePath::at(path.kind(), path.n(), size).filter(|today| today.width() >= path.width()) else {
        return Ok(None);
    };
    if let Some(bytes) = source.tile(path)? {
        return Ok(Some(bytes));
    }
    match source.tile(today)? {
        Some(bytes) => cut(bytes, path, today, first).map(Some),
        None => Ok(None),
    }
}

/// Reads a file of the log; a partial one that was deleted is cut from the full one that replaced it.
pub(super) fn fetch(source: &impl Source, path: TilePath, first: Index) -> Result<Vec<u8>, LogError> {
    if let Some(bytes) = source.tile(path)? {
        return Ok(bytes);
    }
    let missing = || LogError::from(Damage::new(path, Some(first), "is missing"));
    if !path.is_partial() {
        return Err(missing());
    }
    let bytes = source.tile(path.full())?.ok_or_else(missing)?;
    cut(bytes, path, path.full(), first)
}

/// The beginning of a wider tile or bundle.
fn cut(mut bytes: Vec<u8>, path: TilePath, from: TilePath, first: Index) -> Result<Vec<u8>, LogError> {
    let length = match path.kind() {
        TileKind::Hashes(_) => usize::from(path.width()) * 32,
        TileKind::Entries => {
            let entries = BundleReader::new(&bytes, from.width()).take(usize::from(path.width()));
            let lengths = entries.map(|entry| entry.map(|entry| entry.len() + 2)).sum::<Result<usize, _>>();
            lengths.map_err(|error| Damage::new(from, Some(first), error.to_string()))?
        }
    };
    bytes.truncate(length);
    Ok(bytes)
}

/// The right frontier of a log of `size` entries, read from its stored growing tiles.
///
/// # Errors
/// [`LogError::Damaged`] if one is missing or cut off.
pub(crate) fn frontier_at(source: &impl Source, size: u64) -> Result<TileFrontier, LogError> {
    let growing = |kind: TileKind| match TilePath::partial(kind, size) {
        Some(path) => fetch(source, path, path.first_entry().unwrap_or(0)).map(|bytes| (bytes, path.width())),
        None => Ok((Vec::new(), 0)),
    };
    let mut levels = Vec::new();
    for level in 0.. {
        let full = full_tiles(level, size);
        if full == 0 && width_at(level, size) == 0 {
            break;
        }
        let (bytes, width) = growing(TileKind::Hashes(level))?;
        let damage = |error: TileError| Damage::new(format!("tile/{level}"), Some(size), error.to_string());
        levels.push((full, TileTree::of(&read_hashes(&bytes, width).map_err(damage)?)));
    }
    let (bytes, width) = growing(TileKind::Entries)?;
    let bytes = Bytes::from(bytes);
    let entries = BundleReader::new(&bytes, width).map(|entry| entry.map(|entry| bytes.slice_ref(entry)));
    let entries = entries.collect::<Result<_, _>>();
    let entries = entries.map_err(|error| Damage::new("tile/entries", Some(size), error.to_string()))?;
    Ok(TileFrontier::of(size, levels, entries))
}

/// Root of the first `size` entries of a log of `of` entries, computed from its stored tiles.
///
/// # Errors
/// [`LogError::Damaged`] if a tile is missing or cut off.
pub(crate) fn root_at(source: &impl Source, size: u64, of: u64) -> Result<Hash, LogError> {
    lika_tlog::tree::root(size, &|level, index| {
        let (kind, height) = (TileKind::Hashes(level / TILE_HEIGHT), level % TILE_HEIGHT);
        let (n, place) = (index >> (TILE_HEIGHT - height), index & ((1u64 << (TILE_HEIGHT - height)) - 1));
        let path = path_at(kind, n, of)?;
        let first = path.first_entry().unwrap_or(0);
        let hashes = read_hashes(&fetch(source, path, first)?, path.width());
        let hashes = hashes.map_err(|error| Damage::new(path, Some(first), error.to_string()))?;
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        TileTree::of(&hashes).node(height, place).ok_or(LogError::OutOfRange { index, size: of })
    })
}
