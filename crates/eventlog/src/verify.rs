//! Checks a log against its checkpoint: rehashes every bundle, compares every tile with the entries, and the root
//! with the signed one. The same code opens the embedded log and serves auditors, on a folder or over the network.
//!
//! The tree is rebuilt from the entries. If its root is the signed one, the entries are right, and a tile that
//! differs is itself damaged. Otherwise the entries are damaged, and the first tile that differs tells where.

mod partial;

pub use partial::tile;
pub(crate) use partial::{frontier_at, root_at};

use crate::error::{Damage, LogError};
use crate::frontier::{Files, TileFrontier};
use crate::tile_tree::TileTree;
use crate::{Checkpoint, folder};
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::BundleReader;
use lika_tlog::checkpoint::SignedCheckpoint;
use lika_tlog::key::VerifierKey;
use lika_tlog::tile::{TILE_WIDTH, full_tiles, read_hashes, width_at, write_hashes};
use lika_tlog::{TileKind, TilePath, leaf_hash};
use partial::fetch;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

/// Checked bundles that wait between a checking thread and the one that takes them in order.
const QUEUE_BUNDLES: usize = 16;

/// A place that a log can be read from.
pub trait Source: Sync {
    /// The checkpoint's bytes.
    ///
    /// # Errors
    /// If it cannot be read.
    fn checkpoint(&self) -> Result<Vec<u8>, LogError>;

    /// A tile's or bundle's bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// If it cannot be read.
    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError>;

    /// Relative paths of all files; `None` if the source cannot list them.
    ///
    /// # Errors
    /// If the folder cannot be read.
    fn list(&self) -> Result<Option<Vec<PathBuf>>, LogError>;
}

/// A folder of tlog-tiles.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

/// A bundle cut into entries, and their hashes.
#[derive(Debug)]
pub struct Bundle {
    /// Index of its first entry.
    pub first: Index,
    /// The bundle's bytes, cut to the checkpoint's size.
    pub bytes: Bytes,
    /// Position of each entry in `bytes`.
    pub entries: Vec<Range<usize>>,
    tree: TileTree,
    differs: Option<Damage>,
}

/// Result of a successful check of a whole log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Entries.
    pub entries: u64,
    /// Tiles and bundles, older partial ones included.
    pub files: u64,
    /// Files beyond the checkpoint, which no signature covers: a writer was at work or has crashed.
    pub unsigned: Vec<PathBuf>,
}

impl Source for Folder {
    fn checkpoint(&self) -> Result<Vec<u8>, LogError> {
        let path = self.0.join("checkpoint");
        read(&path)?.ok_or_else(|| Damage::new("checkpoint", None, "is missing").into())
    }

    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        read(&self.0.join(path.to_string()))
    }

    fn list(&self) -> Result<Option<Vec<PathBuf>>, LogError> {
        folder::list(&self.0).map(Some)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, LogError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LogError::io(path)(error)),
    }
}

/// Reads a source's checkpoint and checks its signature.
///
/// # Errors
/// [`LogError::Damaged`] if it is not a checkpoint signed by that key.
pub fn checkpoint(source: &impl Source, key: &VerifierKey) -> Result<Checkpoint, LogError> {
    open_note(&source.checkpoint()?, key).map_err(|reason| Damage::new("checkpoint", None, reason).into())
}

/// Reads a signed checkpoint.
pub(crate) fn open_note(note: &[u8], key: &VerifierKey) -> Result<Checkpoint, String> {
    let opened = SignedCheckpoint::open(note, key).map_err(|error| chain(&error))?;
    let checkpoint = opened.checkpoint();
    Ok(Checkpoint { size: checkpoint.size, root: checkpoint.root, signed: Arc::new(opened) })
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Checks a whole log: the tree and, if the source can list them, all files.
///
/// # Errors
/// [`LogError::Damaged`] with the first fault.
pub fn log<T: Send>(
    source: &impl Source,
    checkpoint: &Checkpoint,
    threads: usize,
    map: impl Fn(&Bundle) -> T + Sync,
    each: impl FnMut(T),
) -> Result<Checked, LogError> {
    tree(source, checkpoint, 0, threads, map, each)?;
    files(source, checkpoint.size)
}

/// Checks that entries and tiles match the checkpoint. `map` runs for each bundle on one of `threads` threads, and
/// its results are given to `each` in order; both see bundles before the root is checked, so their results count only
/// if this succeeds. Returns the right frontier.
///
/// Of bundles whose entries all lie below `from` only the hashes are read, and `map` does not see them: the caller
/// knows their contents and has them checked later.
pub(crate) fn tree<T: Send>(
    source: &impl Source,
    checkpoint: &Checkpoint,
    from: Index,
    threads: usize,
    map: impl Fn(&Bundle) -> T + Sync,
    mut each: impl FnMut(T),
) -> Result<TileFrontier, LogError> {
    let bundles = checkpoint.size.div_ceil(u64::from(TILE_WIDTH));
    let mut rebuilt = Rebuilt { source, frontier: TileFrontier::default(), suspect_entries: None, suspect_tile: None };
    in_order(
        bundles,
        threads,
        |n| {
            if (n + 1) * u64::from(TILE_WIDTH) <= from.min(checkpoint.size) {
                return hashes(source, n).map(|bundle| (None, bundle));
            }
            bundle(source, n, checkpoint.size).map(|bundle| (Some(map(&bundle)), bundle))
        },
        |result| {
            let (mapped, bundle) = result?;
            rebuilt.add(bundle)?;
            mapped.into_iter().for_each(&mut each);
            Ok(())
        },
    )?;
    rebuilt.finish(checkpoint)
}

/// Runs `work` for 0..count on several threads and gives the results to `take` in order.
fn in_order<T: Send>(
    count: u64,
    threads: usize,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let threads = threads.max(1);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let queues: Vec<mpsc::Receiver<T>> = (0..threads as u64)
            .map(|thread| {
                let (sender, receiver) = mpsc::sync_channel(QUEUE_BUNDLES);
                let (work, stop) = (&work, &stop);
                scope.spawn(move || {
                    for n in (thread..count).step_by(threads) {
                        if stop.load(Ordering::Relaxed) || sender.send(work(n)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        let result = (0..count).try_for_each(|n| {
            let queue = &queues[usize::try_from(n % threads as u64).unwrap_or(0)];
            queue.recv().map_or(Err(LogError::Closed), &mut take)
        });
        stop.store(true, Ordering::Relaxed);
        drop(queues);
        result
    })
}

/// Reads bundle `n` of a log of `size` entries, hashes its entries and compares them with their tile.
///
/// # Errors
/// [`LogError::Damaged`] if it is missing or cannot be cut into entries.
pub fn bundle(source: &impl Source, n: u64, size: u64) -> Result<Bundle, LogError> {
    let first = n * u64::from(TILE_WIDTH);
    let path = path_at(TileKind::Entries, n, size)?;
    let bytes = Bytes::from(fetch(source, path, first)?);
    let mut tree = TileTree::default();
    let mut entries = Vec::with_capacity(usize::from(path.width()));
    let mut at = 0;
    for entry in BundleReader::new(&bytes, path.width()) {
        let entry = entry.map_err(|error| Damage::new(path, Some(first + entries.len() as u64), error.to_string()))?;
        entries.push(at + 2..at + 2 + entry.len());
        at += 2 + entry.len();
        tree.push(leaf_hash(entry));
    }
    let hashes = path_at(TileKind::Hashes(0), n, size)?;
    let stored = fetch(source, hashes, first)?;
    let differs = difference(&stored, &write_hashes(tree.hashes()))
        .map(|place| Damage::new(hashes, Some(first + place), "the tile does not hold the hash of the entry"));
    Ok(Bundle { first, bytes, entries, tree, differs })
}

/// A full bundle, from its hashes alone.
fn hashes(source: &impl Source, n: u64) -> Result<Bundle, LogError> {
    let tree = full_tile(source, 0, n)?;
    Ok(Bundle { first: n * u64::from(TILE_WIDTH), bytes: Bytes::new(), entries: Vec::new(), tree, differs: None })
}

/// Bundle `n` of a log of `size` entries, checked against its hash tile.
///
/// # Errors
/// [`LogError::Damaged`] if entries and hashes do not match.
pub(crate) fn entries(source: &impl Source, n: u64, size: u64) -> Result<Bundle, LogError> {
    let bundle = bundle(source, n, size)?;
    match bundle.differs {
        Some(damage) => Err(damage.into()),
        None => Ok(bundle),
    }
}

/// Full hash tile `n` of a level.
pub(crate) fn full_tile(source: &impl Source, level: u8, n: u64) -> Result<TileTree, LogError> {
    let path = TilePath::new(TileKind::Hashes(level), n, TILE_WIDTH);
    let path = path.map_err(|error| Damage::new(format!("tile/{level}"), None, error.to_string()))?;
    let first = path.first_entry().unwrap_or(0);
    let hashes = read_hashes(&fetch(source, path, first)?, TILE_WIDTH);
    Ok(TileTree::of(&hashes.map_err(|error| Damage::new(path, Some(first), error.to_string()))?))
}

/// The hash at which two tiles of the same width first differ.
fn difference(stored: &[u8], right: &[u8]) -> Option<u64> {
    let place = stored.iter().zip(right).position(|(a, b)| a != b);
    let place = place.or_else(|| (stored.len() != right.len()).then(|| stored.len().min(right.len())))?;
    Some(place as u64 / 32)
}

fn path_at(kind: TileKind, n: u64, size: u64) -> Result<TilePath, LogError> {
    TilePath::at(kind, n, size).ok_or(LogError::OutOfRange { index: n * u64::from(TILE_WIDTH), size })
}

/// The tree rebuilt from the entries, and the first place where a stored tile differs.
struct Rebuilt<'s, S> {
    source: &'s S,
    frontier: TileFrontier,
    suspect_entries: Option<Damage>,
    suspect_tile: Option<Damage>,
}

impl<S: Source> Rebuilt<'_, S> {
    fn add(&mut self, bundle: Bundle) -> Result<(), LogError> {
        if let Some(differs) = bundle.differs {
            let file = differs.file.replacen("tile/0/", "tile/entries/", 1);
            let entries = Damage::new(file, differs.index, "the entry is not the one that was signed");
            self.suspect_entries.get_or_insert(entries);
            self.suspect_tile.get_or_insert(differs);
        }
        let mut out = Files::default();
        if let Some(root) = bundle.tree.root() {
            self.frontier.push_full_bundle(root, &mut out);
        } else {
            for range in bundle.entries {
                let pushed = self.frontier.push(bundle.bytes.slice(range), &mut out);
                pushed.map_err(|error| Damage::new("tile/entries", Some(bundle.first), error.to_string()))?;
            }
        }
        self.compare(&out)
    }

    /// Compares the tiles above level 0 that have just become full, or at the end the partial ones.
    fn compare(&mut self, out: &Files) -> Result<(), LogError> {
        for (path, right) in &out.files {
            if path.kind().level() == 0 {
                continue;
            }
            let stored = fetch(self.source, *path, path.first_entry().unwrap_or(0))?;
            if let Some(place) = difference(&stored, right) {
                let below = 1u64 << (8 * u32::from(path.kind().level()));
                let index = path.first_entry().unwrap_or(0) + place * below;
                let what = "the tile does not hold the hash of the tile below it";
                self.suspect_tile.get_or_insert_with(|| Damage::new(path, Some(index), what));
                let bundle = TilePath::new(TileKind::Entries, index / u64::from(TILE_WIDTH), TILE_WIDTH);
                let file = bundle.map_or_else(|_| "tile/entries".into(), |path| path.to_string());
                let what = "an entry from here on is not the one that was signed";
                self.suspect_entries.get_or_insert_with(|| Damage::new(file, Some(index), what));
            }
        }
        Ok(())
    }

    fn finish(mut self, checkpoint: &Checkpoint) -> Result<TileFrontier, LogError> {
        let mut out = Files::default();
        self.frontier.clone().finish(&mut out);
        self.compare(&out)?;
        if self.frontier.root() == checkpoint.root {
            return self.suspect_tile.map_or(Ok(self.frontier), |damage| Err(damage.into()));
        }
        let root = Damage::new("checkpoint", None, "its root is not that of the entries");
        Err(self.suspect_entries.unwrap_or(root).into())
    }
}

/// Checks that every file belongs to a log of `size` entries. The files of its tree have been checked by then; the
/// others must be older partial tiles, each the beginning of the tile that replaced it.
fn files(source: &impl Source, size: u64) -> Result<Checked, LogError> {
    let mut checked = Checked { entries: size, ..Checked::default() };
    for file in source.list()?.unwrap_or_default() {
        let name = file.to_string_lossy().into_owned();
        if name == "checkpoint" {
            continue;
        }
        let Ok(path) = name.parse::<TilePath>() else {
            return Err(Damage::new(name, None, "is not a file of a log").into());
        };
        if is_beyond(path, size) {
            checked.unsigned.push(file);
            continue;
        }
        checked.files += 1;
        if path.is_partial() && TilePath::partial(path.kind(), size) != Some(path) {
            older_partial(source, path, size)?;
        }
    }
    Ok(checked)
}

/// Whether a file holds anything beyond the first `size` entries.
pub fn is_beyond(path: TilePath, size: u64) -> bool {
    let level = path.kind().level();
    let full = full_tiles(level, size);
    path.n() > full || (path.n() == full && path.width() > width_at(level, size))
}

fn older_partial(source: &impl Source, path: TilePath, size: u64) -> Result<(), LogError> {
    let first = path.first_entry().unwrap_or(0);
    let today = fetch(source, path_at(path.kind(), path.n(), size)?, first)?;
    // A running log deletes partial tiles once the full one is there.
    let Some(older) = source.tile(path)? else { return Ok(()) };
    let whole = match path.kind() {
        TileKind::Hashes(_) => older.len() == usize::from(path.width()) * 32,
        TileKind::Entries => BundleReader::new(&older, path.width()).all(|entry| entry.is_ok()),
    };
    if whole && today.starts_with(&older) {
        return Ok(());
    }
    Err(Damage::new(path, Some(first), "the older partial tile is not the beginning of the tile that replaced it")
        .into())
}

/// A shared source.
impl<S: Source + Send> Source for Arc<S> {
    fn checkpoint(&self) -> Result<Vec<u8>, LogError> {
        self.as_ref().checkpoint()
    }
    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        self.as_ref().tile(path)
    }
    fn list(&self) -> Result<Option<Vec<PathBuf>>, LogError> {
        self.as_ref().list()
    }
}
