//! Creates and opens the folder of an embedded log. Opening checks everything against the last checkpoint signed
//! here. It repairs only what a crash leaves: files beyond that checkpoint, and a checkpoint that was signed and not
//! yet published.

use crate::error::{Damage, LogError};
use crate::folder::{self, Layout};
use crate::frontier::{Files, TileFrontier};
use crate::high_water::HighWater;
use crate::journal::{self, Unread};
use crate::tile_writer::{publish_note, sign};
use crate::verify::{self, Bundle, Folder};
use crate::{Checkpoint, waiters};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::Hash;
use lika_tlog::TilePath;
use lika_tlog::key::{SigningKey, VerifierKey};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A log as it was found, ready to be written to.
pub(crate) struct Opened {
    pub(crate) layout: Layout,
    pub(crate) lock: File,
    pub(crate) key: SigningKey,
    pub(crate) high_water: HighWater,
    pub(crate) frontier: TileFrontier,
    pub(crate) heads: BTreeMap<Area, Index>,
    pub(crate) waiters: Arc<waiters::Waiters>,
}

/// Contents of a folder, checked against the last checkpoint recorded in it.
pub(crate) struct Found {
    pub(crate) layout: Layout,
    pub(crate) high_water: HighWater,
    /// `None` if none is recorded yet.
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) frontier: TileFrontier,
    pub(crate) heads: BTreeMap<Area, Index>,
}

/// The copy of a log that is ordered elsewhere.
pub(crate) struct Copied {
    pub(crate) found: Found,
    pub(crate) lock: File,
    pub(crate) key: Option<SigningKey>,
    pub(crate) verifier_key: VerifierKey,
}

/// Creates the folder of a new log with its keys. After a crash in between it can be called again.
pub(crate) fn create(dir: &Path, key: &SigningKey) -> Result<(), LogError> {
    let layout = Layout { dir: dir.to_owned() };
    folder::make_dir(dir)?;
    let _lock = folder::lock(&layout)?;
    if layout.checkpoint().exists() || layout.signing_key().exists() {
        return Err(LogError::Exists(dir.to_owned()));
    }
    folder::make_dir(&layout.log())?;
    folder::make_dir(&dir.join("keys"))?;
    if !layout.high_water().exists() {
        HighWater::create(&layout.high_water())?;
    }
    folder::replace(&layout.verifier_key(), format!("{}\n", key.verifier()).as_bytes())?;
    // The signing key comes last: with it the folder is a log.
    folder::write_secret(&layout.signing_key(), format!("{}\n", key.secret_text()).as_bytes())
}

/// Reads the area of an entry; `None` if it cannot be read: such an entry guards nothing.
pub type AreaOf = fn(&Bytes) -> Option<Area>;

/// A prefix of a log whose contents the caller knows from elsewhere (a snapshot), so opening need not read it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    size: u64,
    heads: BTreeMap<Area, Index>,
}

impl Known {
    /// The first `size` entries of the log in a folder; `None` unless they have this root. `heads` is the last entry
    /// of each area. When the log is opened, only their hashes are read: have the entries checked afterwards.
    ///
    /// # Errors
    /// [`LogError`] if the folder holds no log.
    pub fn new(dir: &Path, size: u64, root: Hash, heads: BTreeMap<Area, Index>) -> Result<Option<Self>, LogError> {
        let layout = Layout { dir: dir.to_owned() };
        let source = Folder(layout.log());
        let published = verify::checkpoint(&source, &read_verifier_key(&layout)?)?.size;
        if size == 0 || published < size {
            return Ok(None);
        }
        let found = verify::root_at(&source, size, published)?;
        Ok((found == root).then_some(Self { size, heads }))
    }
}

/// Opens a log that is ordered and signed here.
pub(crate) fn open<T: Send>(
    dir: &Path,
    threads: usize,
    area_of: AreaOf,
    known: Known,
    map: impl Fn(&Bundle) -> T + Sync,
    each: impl FnMut(T),
) -> Result<Opened, LogError> {
    let layout = Layout { dir: dir.to_owned() };
    if !layout.signing_key().exists() {
        return Err(LogError::Missing(dir.to_owned()));
    }
    let lock = folder::lock(&layout)?;
    let key = read_keys(&layout)?;
    let published = layout.checkpoint().exists();
    let found = find(layout, key.verifier(), threads, area_of, known, map, each)?;
    let Found { layout, mut high_water, checkpoint, frontier, heads } = found;
    // Only the very first checkpoint can be signed and missing here: later ones are replaced, never removed.
    if !published && frontier.size() > 0 {
        return Err(Damage::new("checkpoint", None, "is missing").into());
    }
    let checkpoint = match checkpoint {
        Some(checkpoint) => checkpoint,
        None => sign(&layout, &key, &mut high_water, &frontier)?,
    };
    publish_again(&layout, &checkpoint)?;
    Ok(Opened { layout, lock, key, high_water, frontier, heads, waiters: Arc::new(waiters::Waiters::new(checkpoint)) })
}

/// Opens the copy of a log that is ordered elsewhere; an empty one if there is no copy yet. The folder needs only the
/// verifier key; only integrators have the signing key.
pub(crate) fn open_copy<T: Send>(
    dir: &Path,
    threads: usize,
    area_of: AreaOf,
    known: Known,
    map: impl Fn(&Bundle) -> T + Sync,
    each: impl FnMut(T),
) -> Result<Copied, LogError> {
    let layout = Layout { dir: dir.to_owned() };
    if !layout.verifier_key().exists() {
        return Err(LogError::Missing(dir.to_owned()));
    }
    let lock = folder::lock(&layout)?;
    folder::make_dir(&layout.log())?;
    if !layout.high_water().exists() && !layout.checkpoint().exists() {
        HighWater::create(&layout.high_water())?;
    }
    let key = if layout.signing_key().exists() { Some(read_keys(&layout)?) } else { None };
    if key.is_some() && !layout.journal().exists() {
        // Tiles copied before the folder had a signing key were not synced.
        let log = layout.log();
        let files = folder::list(&log)?.iter().map(|file| log.join(file)).collect();
        folder::sync_files(&log, &files)?;
    }
    let verifier_key = read_verifier_key(&layout)?;
    let found = find(layout, &verifier_key, threads, area_of, known, map, each)?;
    if let Some(checkpoint) = &found.checkpoint {
        publish_again(&found.layout, checkpoint)?;
    }
    Ok(Copied { found, lock, key, verifier_key })
}

/// The verifier key in a folder.
pub(crate) fn verifier_key(dir: &Path) -> Result<VerifierKey, LogError> {
    let layout = Layout { dir: dir.to_owned() };
    if layout.verifier_key().exists() { read_verifier_key(&layout) } else { Err(LogError::Missing(dir.to_owned())) }
}

/// Size of the checkpoint recorded last in a folder; 0 if there is none.
pub(crate) fn recorded_size(layout: &Layout) -> Result<u64, LogError> {
    if !layout.high_water().exists() {
        return Ok(0);
    }
    let (_, signed) = HighWater::open(&layout.high_water())?;
    let checkpoint = signed_checkpoint(layout, &read_verifier_key(layout)?, signed)?;
    Ok(checkpoint.map_or(0, |checkpoint| checkpoint.size))
}

/// Records a checkpoint whose tiles have been put into the folder; the next open checks them against it.
pub(crate) fn record(layout: &Layout, checkpoint: &Checkpoint) -> Result<(), LogError> {
    let path = layout.high_water();
    let mut high_water = if path.exists() { HighWater::open(&path)?.0 } else { HighWater::create(&path)? };
    high_water.record(&checkpoint.signed.to_string())?;
    publish_note(layout, checkpoint, true)
}

/// Moves everything signed for into tiles and drops the rest. Faults of the folder are reported when it is opened.
pub(crate) fn settle(layout: &Layout) -> Result<(), LogError> {
    let recorded = recorded_size(layout)?;
    if recorded > 0 {
        let key = read_verifier_key(layout)?;
        let (_, signed) = HighWater::open(&layout.high_water())?;
        if let Some(checkpoint) = signed_checkpoint(layout, &key, signed)?
            && let Err(error) = finish(layout, &key, &checkpoint)
        {
            tracing::warn!(%error, "entries that are signed for could not be written into tiles");
        }
    }
    drop_tail(layout, recorded)
}

/// Reads the folder's contents and checks them.
fn find<T: Send>(
    layout: Layout,
    key: &VerifierKey,
    threads: usize,
    area_of: AreaOf,
    known: Known,
    map: impl Fn(&Bundle) -> T + Sync,
    each: impl FnMut(T),
) -> Result<Found, LogError> {
    let (high_water, signed) = HighWater::open(&layout.high_water())?;
    let checkpoint = signed_checkpoint(&layout, key, signed)?;
    let (frontier, heads) = match &checkpoint {
        Some(checkpoint) => {
            let finished = finish(&layout, key, checkpoint);
            // Entries that are not in the journal may be in tiles already. If they are not, the journal is at fault.
            check(&layout, checkpoint, threads, area_of, known, map, each)
                .map_err(|error| finished.err().unwrap_or(error))?
        }
        None => {
            drop_tail(&layout, 0)?;
            (TileFrontier::default(), BTreeMap::new())
        }
    };
    Ok(Found { layout, high_water, checkpoint, frontier, heads })
}

/// Writes entries that are signed for and only in the journal into tiles, and publishes the checkpoint.
fn finish(layout: &Layout, key: &VerifierKey, checkpoint: &Checkpoint) -> Result<(), LogError> {
    let source = Folder(layout.log());
    if !layout.journal().exists() {
        return Ok(());
    }
    // A copy may be killed between accepting its first checkpoint and publishing one.
    let published = if layout.checkpoint().exists() { verify::checkpoint(&source, key)?.size } else { 0 };
    if published >= checkpoint.size {
        return Ok(());
    }
    let entries = match journal::read(&layout.journal(), published, checkpoint.size) {
        Ok(entries) => entries,
        Err(Unread::Elsewhere) => return Ok(()),
        Err(Unread::Damaged(error)) => return Err(error),
    };
    tracing::info!(from = published, to = checkpoint.size, "writing signed entries from the journal into tiles");
    let (mut frontier, mut out) = (verify::frontier_at(&source, published)?, Files::default());
    for entry in entries {
        let pushed = frontier.push(entry, &mut out);
        pushed.map_err(|error| Damage::new("growing", Some(published), error.to_string()))?;
    }
    if frontier.root() != checkpoint.root {
        return Err(journal::damage(published, "its entries are not those that were signed for"));
    }
    frontier.finish(&mut out);
    let files: Vec<_> =
        out.files.iter().map(|(path, content)| (source.0.join(path.to_string()), content.as_slice())).collect();
    folder::write_all(&files)?;
    publish_note(layout, checkpoint, true)?;
    folder::sync_dir(&source.0)
}

fn read_keys(layout: &Layout) -> Result<SigningKey, LogError> {
    let path = layout.signing_key();
    let bad = |path: &Path, reason: String| LogError::Key { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(&path).map_err(LogError::io(&path))?;
    let key = SigningKey::from_secret_text(text.trim_end()).map_err(|_| bad(&path, "is not a signing key".into()))?;
    if read_verifier_key(layout)? != *key.verifier() {
        return Err(bad(&layout.verifier_key(), "is not the verifier key of this log's signing key".into()));
    }
    Ok(key)
}

fn read_verifier_key(layout: &Layout) -> Result<VerifierKey, LogError> {
    let path = layout.verifier_key();
    let text = std::fs::read_to_string(&path).map_err(LogError::io(&path))?;
    let key = text.trim_end().parse::<VerifierKey>();
    key.map_err(|_| LogError::Key { path, reason: "is not a verifier key".into() })
}

/// The last checkpoint signed here, compared with the published one.
fn signed_checkpoint(
    layout: &Layout,
    key: &VerifierKey,
    signed: Option<String>,
) -> Result<Option<Checkpoint>, LogError> {
    let published = layout.checkpoint().exists();
    let Some(note) = signed else {
        let reason = "was published, but nothing was signed here: `signed` is missing its record";
        return if published { Err(Damage::new("checkpoint", None, reason).into()) } else { Ok(None) };
    };
    let bad = |reason| LogError::Key { path: layout.high_water(), reason };
    let checkpoint = verify::open_note(note.as_bytes(), key).map_err(bad)?;
    if !published {
        return Ok(Some(checkpoint));
    }
    let public = verify::checkpoint(&Folder(layout.log()), key)?;
    let reason = match public.size.cmp(&checkpoint.size) {
        std::cmp::Ordering::Greater => "is ahead of the last one signed here: `signed` is an older copy",
        std::cmp::Ordering::Equal if public.root != checkpoint.root => "is not the one signed here for that size",
        _ => return Ok(Some(checkpoint)),
    };
    Err(Damage::new("checkpoint", Some(public.size), reason).into())
}

fn check<T: Send>(
    layout: &Layout,
    checkpoint: &Checkpoint,
    threads: usize,
    area_of: AreaOf,
    known: Known,
    map: impl Fn(&Bundle) -> T + Sync,
    mut each: impl FnMut(T),
) -> Result<(TileFrontier, BTreeMap<Area, Index>), LogError> {
    let source = Folder(layout.log());
    drop_tail(layout, checkpoint.size)?;
    let Known { size, mut heads } = known;
    let areas = |bundle: &Bundle| {
        let entries = bundle.entries.iter().map(|range| area_of(&bundle.bytes.slice(range.clone())));
        ((bundle.first..).zip(entries).collect::<Vec<_>>(), map(bundle))
    };
    let frontier = verify::tree(&source, checkpoint, size, threads, areas, |(areas, mapped)| {
        heads.extend(areas.into_iter().filter_map(|(index, area)| area.map(|area| (area, index))));
        each(mapped);
    })?;
    Ok((frontier, heads))
}

/// Publishes a checkpoint that was signed before a crash, if it is not the published one.
fn publish_again(layout: &Layout, checkpoint: &Checkpoint) -> Result<(), LogError> {
    let published = std::fs::read(layout.checkpoint()).unwrap_or_default();
    if published == checkpoint.signed.to_string().as_bytes() {
        return Ok(());
    }
    tracing::info!(size = checkpoint.size, "publishing the last checkpoint signed");
    publish_note(layout, checkpoint, true)
}

/// Drops what a crash left beyond the last checkpoint. None of it was signed, so it has no receipts.
fn drop_tail(layout: &Layout, size: u64) -> Result<(), LogError> {
    let log = layout.log();
    for file in folder::list(&log)? {
        let name = file.to_string_lossy();
        if name == "checkpoint" {
            continue;
        }
        let Ok(path) = name.parse::<TilePath>() else {
            return Err(Damage::new(name, None, "is not a file of a log").into());
        };
        if verify::is_beyond(path, size) {
            tracing::warn!(file = %name, size, "dropping a file beyond the last checkpoint");
            let path = log.join(&file);
            std::fs::remove_file(&path).map_err(LogError::io(&path))?;
        }
    }
    Ok(())
}
