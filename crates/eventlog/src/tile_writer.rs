//! Writes tiles: puts entries into files, signs a checkpoint over them and publishes it. Both sequencers use it.
//!
//! The steps of a batch, and what a crash right after each one leaves:
//! 1. new bundles and tiles, synced with their folders: files beyond the checkpoint, dropped at the next open;
//! 2. the entries read back and hashed again, the root computed and signed: the same;
//! 3. the signed checkpoint recorded in `signed`: the next open finds it, checks the files against it and publishes
//!    it;
//! 4. the checkpoint published in the folder, and only then receipts.
//!
//! A replicator ([`Keeping`]) writes growing tiles once a second. An integrator adds the entries to a [`Journal`]
//! meanwhile, and syncs that in step 1; in step 4 it answers waiters first and writes the folder later. The next open
//! finds the checkpoint in `signed`, and takes entries that the folder lacks from the journal.

use crate::Checkpoint;
use crate::error::{Damage, LogError};
use crate::folder::{self, Layout};
use crate::frontier::{Files, TileFrontier};
use crate::high_water::HighWater;
use crate::journal::{self, Journal};
use crate::published::{PublishedLog, Tiles};
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::BundleReader;
use lika_tlog::checkpoint::{Checkpoint as Body, SignedCheckpoint};
use lika_tlog::key::SigningKey;
use lika_tlog::tile::TILE_WIDTH;
use lika_tlog::{Hash, TileKind, TilePath, leaf_hash};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The data on disk when a checkpoint is published.
pub(crate) enum Keeping {
    /// Everything, in tiles.
    InTiles,
    /// Everything; new entries in a journal.
    InJournal(Journal),
    /// No new entries: the copy can be made again.
    Later,
}

/// The writing side of a folder of tiles.
pub(crate) struct TileWriter {
    pub(crate) layout: Layout,
    pub(crate) high_water: HighWater,
    pub(crate) frontier: TileFrontier,
    pub(crate) published: PublishedLog,
    pub(crate) keeping: Keeping,
    /// Published and not written yet.
    unwritten: Unwritten,
}

/// Files that are published and not written, or written and not synced.
#[derive(Debug, Default)]
struct Unwritten {
    checkpoint: Option<Checkpoint>,
    /// Tiles that became full; their partial ones are deleted when the checkpoint is written.
    full: Vec<TilePath>,
    /// Files to sync before the checkpoint is written.
    files: BTreeSet<PathBuf>,
}

impl TileWriter {
    pub(crate) fn new(
        layout: Layout,
        high_water: HighWater,
        frontier: TileFrontier,
        published: PublishedLog,
        keeping: Keeping,
    ) -> Self {
        Self { layout, high_water, frontier, published, keeping, unwritten: Unwritten::default() }
    }

    /// Writes entries after all others and checks that they were stored as given.
    pub(crate) fn write(&mut self, batch: &[Bytes]) -> Result<Files, LogError> {
        let (from, mut out) = (self.frontier.size(), Files::default());
        for entry in batch {
            self.frontier
                .push(entry.clone(), &mut out)
                .map_err(|error| Damage::new("tile/entries", Some(from), error.to_string()))?;
        }
        if let Keeping::InTiles = self.keeping {
            self.frontier.finish(&mut out);
        }
        self.put(&out, from)?;
        if let Keeping::InJournal(journal) = &mut self.keeping {
            let written = journal.append(from, batch)?;
            self.compare(&written, from, &out)?;
        }
        self.unwritten.full.extend(out.files.iter().map(|(path, _)| *path).filter(|path| !path.is_partial()));
        Ok(out)
    }

    /// Writes files and reads their entries back.
    fn put(&mut self, out: &Files, from: Index) -> Result<(), LogError> {
        let log = self.layout.log();
        let files: Vec<_> =
            out.files.iter().map(|(path, content)| (log.join(path.to_string()), content.as_slice())).collect();
        match self.keeping {
            Keeping::InTiles => folder::write_all(&files)?,
            Keeping::InJournal(_) | Keeping::Later => folder::write_unsynced(&files)?,
        }
        if let Keeping::InJournal(_) = self.keeping {
            self.unwritten.files.extend(files.into_iter().map(|(path, _)| path));
        }
        self.read_back(out, from)
    }

    /// Signs everything written, and records the checkpoint before anybody sees it.
    pub(crate) fn sign(&mut self, key: &SigningKey) -> Result<Checkpoint, LogError> {
        self.sync()?;
        sign(&self.layout, key, &mut self.high_water, &self.frontier)
    }

    /// Accepts a checkpoint for everything written that was signed elsewhere, and records it: at once, or with the
    /// files.
    pub(crate) fn accept(&mut self, checkpoint: &Checkpoint) -> Result<(), LogError> {
        if let Keeping::Later = self.keeping {
            return Ok(());
        }
        self.sync()?;
        self.high_water.record(&checkpoint.signed.to_string())
    }

    /// Syncs everything written, as `Keeping` demands.
    fn sync(&mut self) -> Result<(), LogError> {
        match &self.keeping {
            Keeping::InJournal(journal) if journal.covers(self.frontier.size()) => journal.sync(),
            Keeping::InJournal(_) => self.write_growing(),
            Keeping::InTiles | Keeping::Later => Ok(()),
        }
    }

    /// Hashes the new entries again from the files, so that a bit flipped in memory is not signed.
    fn read_back(&self, out: &Files, from: Index) -> Result<(), LogError> {
        for (path, _) in out.files.iter().filter(|(path, _)| path.kind() == TileKind::Entries) {
            let file = self.layout.log().join(path.to_string());
            let bytes = std::fs::read(&file).map_err(LogError::io(&file))?;
            let first = path.n() * u64::from(TILE_WIDTH);
            for (index, entry) in (first..).zip(BundleReader::new(&bytes, path.width())) {
                if index < from {
                    continue;
                }
                let hash = self.leaf(index, out);
                if entry.ok().map(leaf_hash) != hash || hash.is_none() {
                    return Err(Damage::new(path, Some(index), "the bytes read back are not those written").into());
                }
            }
        }
        Ok(())
    }

    /// Compares the journal's entries with those to be signed.
    fn compare(&self, written: &[Bytes], from: Index, out: &Files) -> Result<(), LogError> {
        for (index, entry) in (from..).zip(written) {
            if Some(leaf_hash(entry)) != self.leaf(index, out) {
                return Err(journal::damage(index, "the bytes read back are not those written"));
            }
        }
        Ok(())
    }

    /// Hash of an entry of the last batch.
    fn leaf(&self, index: Index, out: &Files) -> Option<Hash> {
        let (tile, place) = (index / u64::from(TILE_WIDTH), usize::try_from(index % u64::from(TILE_WIDTH)).ok()?);
        let full = out.full.iter().find(|((level, n), _)| (*level, *n) == (0, tile));
        full.map_or_else(|| self.frontier.node(0, index), |(_, tree)| tree.node(0, place))
    }

    /// Root of the tree of the first `size` entries written, published or not.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        if size == self.frontier.size() {
            return Ok(self.frontier.root());
        }
        Tiles::new(self.layout.log(), &self.frontier).root_at(size)
    }

    /// Publishes a checkpoint over everything written, and tells the waiters.
    pub(crate) fn publish(&mut self, checkpoint: Checkpoint, out: Files) -> Result<(), LogError> {
        for ((level, n), tree) in out.full {
            self.published.tiles.keep(level, n, tree);
        }
        self.unwritten.checkpoint = Some(checkpoint.clone());
        match &self.keeping {
            Keeping::InTiles => self.settle()?,
            Keeping::InJournal(journal) if !journal.covers(self.frontier.size()) => self.settle()?,
            Keeping::InJournal(_) | Keeping::Later => {}
        }
        *self.published.tiles.frontier.write() = Arc::new(self.frontier.clone());
        self.published.waiters.advance(checkpoint);
        Ok(())
    }

    /// Brings the folder to the latest checkpoint, unless more is written than that: the growing tiles then differ
    /// from what was signed.
    pub(crate) fn settle(&mut self) -> Result<(), LogError> {
        let Some(checkpoint) = self.unwritten.checkpoint.take_if(|checkpoint| checkpoint.size == self.frontier.size())
        else {
            return Ok(());
        };
        self.write_growing()?;
        if let Keeping::Later = self.keeping {
            self.high_water.record_unsynced(&checkpoint.signed.to_string())?;
        }
        publish_note(&self.layout, &checkpoint, !matches!(self.keeping, Keeping::Later))?;
        if let Keeping::InJournal(journal) = &mut self.keeping {
            // Not before the checkpoint itself is durable: an older one would need the journal.
            folder::sync_dir(&self.layout.log())?;
            journal.restart(checkpoint.size);
        }
        std::mem::take(&mut self.unwritten.full).into_iter().try_for_each(|path| self.drop_partials(path))
    }

    /// Writes growing tiles, and syncs them if `Keeping` demands it.
    fn write_growing(&mut self) -> Result<(), LogError> {
        let (size, mut out) = (self.frontier.size(), Files::default());
        self.frontier.finish(&mut out);
        self.put(&out, size - size % u64::from(TILE_WIDTH))?;
        folder::sync_files(&self.layout.log(), &std::mem::take(&mut self.unwritten.files))
    }

    /// Deletes partial tiles once the full one is under a checkpoint; readers fall back to it.
    fn drop_partials(&self, full: TilePath) -> Result<(), LogError> {
        let dir = self.layout.log().join(format!("{full}.p"));
        match std::fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(LogError::io(&dir)(error)),
            _ => Ok(()),
        }
    }
}

/// Signs the tree as it is and records the checkpoint.
pub(crate) fn sign(
    layout: &Layout,
    key: &SigningKey,
    high_water: &mut HighWater,
    frontier: &TileFrontier,
) -> Result<Checkpoint, LogError> {
    let (size, root) = (frontier.size(), frontier.root());
    let signed = SignedCheckpoint::sign(Body { origin: key.name().clone(), size, root }, key);
    let signed = signed.map_err(|error| LogError::Key { path: layout.signing_key(), reason: error.to_string() })?;
    high_water.record(&signed.to_string())?;
    Ok(Checkpoint { size, root, signed: Arc::new(signed) })
}

/// Publishes a checkpoint. Its temporary file is outside the log's folder, which holds nothing but the log.
pub(crate) fn publish_note(layout: &Layout, checkpoint: &Checkpoint, durable: bool) -> Result<(), LogError> {
    let temporary = layout.dir.join("checkpoint.new");
    let note = checkpoint.signed.to_string();
    if durable {
        folder::write_synced(&temporary, note.as_bytes())?;
    } else {
        std::fs::write(&temporary, note).map_err(LogError::io(&temporary))?;
    }
    let path = layout.checkpoint();
    std::fs::rename(&temporary, &path).map_err(LogError::io(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::{self, Known};
    use crate::verify::{self, Folder};
    use std::path::Path;
    use tempfile::TempDir;

    /// An integrator's writer and its key; the lock on the folder is released, as by a crash.
    fn integrator(dir: &Path) -> (TileWriter, SigningKey) {
        let opened = reopen(dir).unwrap();
        let log =
            PublishedLog::new(opened.layout.log(), opened.key.verifier().clone(), &opened.frontier, opened.waiters);
        let journal = Journal::open(&opened.layout.journal(), opened.frontier.size()).unwrap();
        let keeping = Keeping::InJournal(journal);
        (TileWriter::new(opened.layout, opened.high_water, opened.frontier, log, keeping), opened.key)
    }

    fn reopen(dir: &Path) -> Result<recovery::Opened, LogError> {
        recovery::open(dir, 1, |_| None, Known::default(), |_| (), |()| ())
    }

    fn created() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let key = SigningKey::new("lika.example/130624".parse().unwrap(), [7; 32]);
        recovery::create(dir.path(), &key).unwrap();
        dir
    }

    fn entry(number: u64) -> Bytes {
        Bytes::from(format!("entry {number}"))
    }

    fn checkpoint(writer: &mut TileWriter, key: &SigningKey, entries: &[Bytes]) -> Checkpoint {
        let files = writer.write(entries).unwrap();
        let checkpoint = writer.sign(key).unwrap();
        writer.publish(checkpoint.clone(), files).unwrap();
        checkpoint
    }

    /// Size of the checkpoint in the folder, before a start adds anything.
    fn published(dir: &Path) -> u64 {
        let key = recovery::verifier_key(dir).unwrap();
        verify::checkpoint(&Folder(dir.join("log")), &key).unwrap().size
    }

    /// Opens after a crash: exactly what was signed must be in tiles.
    fn check(dir: &Path, checkpoint: &Checkpoint) {
        let opened = reopen(dir).unwrap();
        assert_eq!((opened.frontier.size(), opened.frontier.root()), (checkpoint.size, checkpoint.root));
        assert_eq!(published(dir), checkpoint.size);
        let checked = verify::log(&Folder(dir.join("log")), checkpoint, 1, |_| (), |()| ()).unwrap();
        assert!(checked.unsigned.is_empty());
    }

    #[test]
    fn signed_entries_survive_a_crash_in_the_journal() {
        for sizes in [vec![1], vec![3, 252, 1], vec![255, 2], vec![300, 300], vec![10, 1_500, 1]] {
            let dir = created();
            let (mut writer, key) = integrator(dir.path());
            let mut last = checkpoint(&mut writer, &key, &[]);
            for size in sizes {
                let from = writer.frontier.size();
                let entries: Vec<Bytes> = (from..from + size).map(entry).collect();
                last = checkpoint(&mut writer, &key, &entries);
            }
            assert_eq!((published(dir.path()), writer.published.waiters.checkpoint().size), (0, last.size));
            for number in 0..last.size {
                assert_eq!(writer.published.read(number, 1).unwrap(), [entry(number)], "readers see it all the same");
            }
            drop(writer);
            check(dir.path(), &last);
        }
    }

    #[test]
    fn a_settled_folder_takes_more_entries() {
        let dir = created();
        let (mut writer, key) = integrator(dir.path());
        let mut last = None;
        for number in 0..700 {
            last = Some(checkpoint(&mut writer, &key, &[entry(number)]));
            if number % 97 == 0 {
                writer.settle().unwrap();
                assert_eq!(published(dir.path()), number + 1);
            }
        }
        drop(writer);
        check(dir.path(), &last.unwrap());
        let (mut writer, key) = integrator(dir.path());
        let last = checkpoint(&mut writer, &key, &[entry(700)]);
        drop(writer);
        check(dir.path(), &last);
    }

    /// A copy accepts checkpoints signed elsewhere, and may be killed before it has published its first.
    #[test]
    fn a_copy_without_a_published_checkpoint_opens_on_its_own_entries() {
        let (other, dir) = (created(), created());
        let (mut signer, key) = integrator(other.path());
        let entries: Vec<Bytes> = (0..300).map(entry).collect();
        let last = checkpoint(&mut signer, &key, &entries);
        let copy = || recovery::open_copy(dir.path(), 1, |_| None, Known::default(), |_| (), |()| ());
        let copied = copy().unwrap();
        let (found, waiters) = (copied.found, signer.published.waiters.clone());
        let log = PublishedLog::new(found.layout.log(), key.verifier().clone(), &found.frontier, waiters);
        let keeping = Keeping::InJournal(Journal::open(&found.layout.journal(), 0).unwrap());
        let mut writer = TileWriter::new(found.layout, found.high_water, found.frontier, log, keeping);
        writer.write(&entries).unwrap();
        writer.accept(&last).unwrap();
        drop((writer, copied.lock));
        assert!(!dir.path().join("log/checkpoint").exists());
        assert_eq!(copy().unwrap().found.frontier.root(), last.root);
        assert_eq!(published(dir.path()), 300);
        // The same crash, between the two steps that record fetched tiles, without a journal.
        std::fs::remove_file(dir.path().join("log/checkpoint")).unwrap();
        std::fs::remove_file(dir.path().join("growing")).unwrap();
        assert_eq!(copy().unwrap().found.frontier.root(), last.root);
        std::fs::remove_file(dir.path().join("log/checkpoint")).unwrap();
        assert!(reopen(dir.path()).map(|_| ()).unwrap_err().to_string().contains("is missing"), "it was its own log");
    }

    #[test]
    fn roots_are_known_of_everything_written() {
        let dir = created();
        let (mut writer, key) = integrator(dir.path());
        let mut roots = vec![checkpoint(&mut writer, &key, &[]).root];
        let shown = 300;
        for number in 0..shown {
            roots.push(checkpoint(&mut writer, &key, &[entry(number)]).root);
        }
        for number in shown..600 {
            writer.write(&[entry(number)]).unwrap();
            roots.push(writer.frontier.root());
        }
        for (size, root) in (0..).zip(roots) {
            assert_eq!(writer.root_at(size).unwrap(), root, "{size} entries");
        }
        assert!(writer.root_at(601).is_err());
    }

    #[test]
    fn entries_written_and_not_signed_are_dropped() {
        let dir = created();
        let (mut writer, key) = integrator(dir.path());
        let last = checkpoint(&mut writer, &key, &[entry(0), entry(1)]);
        let more: Vec<Bytes> = (2..400).map(entry).collect();
        writer.write(&more).unwrap();
        writer.settle().unwrap();
        assert_eq!(published(dir.path()), 0, "more is written than was signed for");
        drop(writer);
        check(dir.path(), &last);
    }

    #[test]
    fn entries_beyond_the_journal_go_into_tiles() {
        let dir = created();
        let (mut writer, key) = integrator(dir.path());
        let large = vec![Bytes::from(vec![7; 60_000]); 400];
        let first = checkpoint(&mut writer, &key, &large);
        assert_eq!(published(dir.path()), 0);
        checkpoint(&mut writer, &key, &large);
        assert_eq!(published(dir.path()), 800);
        checkpoint(&mut writer, &key, &large);
        // A crash right after signing: the journal has a part of the entries, the tiles have all.
        writer.write(&large).unwrap();
        let last = writer.sign(&key).unwrap();
        assert_eq!((first.size, published(dir.path()), last.size), (400, 800, 1_600));
        drop(writer);
        check(dir.path(), &last);
    }

    #[test]
    fn a_damaged_journal_is_named_and_nothing_is_opened_without_it() {
        let dir = created();
        let (mut writer, key) = integrator(dir.path());
        (0..5).for_each(|number| drop(checkpoint(&mut writer, &key, &[entry(number)])));
        drop(writer);
        let path = dir.path().join("growing");
        let sound = std::fs::read(&path).unwrap();
        let record = sound.len() / 5;
        for at in 0..sound.len() {
            let mut flipped = sound.clone();
            flipped[at] ^= 0x10;
            std::fs::write(&path, flipped).unwrap();
            let error = reopen(dir.path()).map(|_| ()).unwrap_err().to_string();
            assert!(at < record || error.starts_with("growing, entry "), "byte {at}: {error}");
        }
        for length in (0..sound.len()).step_by(7) {
            std::fs::write(&path, &sound[..length]).unwrap();
            assert!(reopen(dir.path()).is_err(), "{length} bytes");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(reopen(dir.path()).is_err());
        std::fs::write(&path, [sound, vec![0xff; 99]].concat()).unwrap();
        assert_eq!(reopen(dir.path()).unwrap().frontier.size(), 5, "a torn record behind the last checkpoint is none");
    }
}
