//! The journal: entries that are signed for and not in tiles yet. Writing the growing tiles for every checkpoint
//! costs a dozen files and as many syncs, mostly for entries that were written before. A replicator therefore writes
//! tiles once a second, and an integrator appends to the journal meanwhile: one write and one sync.
//!
//! The file is restarted each time the tiles have caught up, so it holds records of two periods: those written since,
//! followed by the rest of earlier ones. A record names its first entry, and numbers only grow, so an older record is
//! never taken for the next one. Whether the entries read are those signed for is checked by the root of the tree.
//!
//! A record: index of its first entry (8 bytes), number of entries (4), length of the entries in bytes (4), all
//! big-endian; the entries as in a bundle; SHA-256 of all that (32).

use crate::error::{Damage, LogError};
use crate::folder;
use bytes::Bytes;
use lika_domain::ids::Index;
use lika_tlog::bundle::{BundleReader, push_entry};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// When the journal has this many bytes, the tiles are written at once.
const JOURNAL_BYTES_MAX: u64 = 32 * 1024 * 1024;
const HEAD_BYTES: usize = 16;
const SUM_BYTES: usize = 32;

/// The file, open for writing.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// Offset of the next record.
    at: u64,
    /// The entry that the next record must begin with; `None` when the journal is full, until the tiles have caught
    /// up.
    next: Option<Index>,
}

/// Why entries cannot be taken from a journal.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It does not begin where the tiles end: the tiles were written without it.
    Elsewhere,
    /// It begins there and breaks off.
    Damaged(LogError),
}

impl Journal {
    /// Opens or creates it, for a log whose first `size` entries are in tiles. Its name is durable on return: if the
    /// file vanished in a power cut, synced entries would go with it.
    pub(crate) fn open(path: &Path, size: u64) -> Result<Self, LogError> {
        let mut options = OpenOptions::new();
        let file =
            options.read(true).write(true).create(true).truncate(false).open(path).map_err(LogError::io(path))?;
        path.parent().map_or(Ok(()), folder::sync_dir)?;
        Ok(Self { file, path: path.to_owned(), at: 0, next: Some(size) })
    }

    /// Whether the journal and the tiles together hold everything before `size`.
    pub(crate) fn covers(&self, size: u64) -> bool {
        self.next == Some(size)
    }

    /// Adds entries and returns them as read back from the file; they are durable after the next
    /// [`sync`](Self::sync). Entries that do not fit are not taken, nor any after them.
    pub(crate) fn append(&mut self, first: Index, entries: &[Bytes]) -> Result<Vec<Bytes>, LogError> {
        let record = encode(first, entries);
        let length = record.len() as u64;
        if self.next != Some(first) || self.at + length > JOURNAL_BYTES_MAX {
            self.next = None;
            return Ok(Vec::new());
        }
        self.file.write_all_at(&record, self.at).map_err(LogError::io(&self.path))?;
        let written = read_record(&self.file, self.at).map_err(LogError::io(&self.path))?;
        let (_, written) = written.ok_or_else(|| damage(first, "the bytes read back are not those written"))?;
        self.at += length;
        self.next = Some(first + entries.len() as u64);
        Ok(written)
    }

    /// Syncs everything added.
    pub(crate) fn sync(&self) -> Result<(), LogError> {
        self.file.sync_data().map_err(LogError::io(&self.path))
    }

    /// Restarts the journal: the first `size` entries are durably in tiles.
    pub(crate) fn restart(&mut self, size: u64) {
        (self.at, self.next) = (0, Some(size));
    }
}

/// The entries `from..to`.
pub(crate) fn read(path: &Path, from: Index, to: Index) -> Result<Vec<Bytes>, Unread> {
    let file = File::open(path).map_err(|_| Unread::Elsewhere)?;
    let (mut found, mut at) = (Vec::new(), 0);
    while from + (found.len() as u64) < to {
        let next = from + found.len() as u64;
        let record = read_record(&file, at).map_err(|error| Unread::Damaged(LogError::io(path)(error)))?;
        match record.filter(|(first, _)| *first == next) {
            Some((_, entries)) => {
                at +=
                    entries.iter().map(|entry| entry.len() as u64 + 2).sum::<u64>() + (HEAD_BYTES + SUM_BYTES) as u64;
                found.extend(entries);
            }
            None if found.is_empty() => return Err(Unread::Elsewhere),
            None => return Err(Unread::Damaged(damage(next, "it ends before the last entry that was signed for"))),
        }
    }
    found.truncate(usize::try_from(to - from).unwrap_or(usize::MAX));
    Ok(found)
}

pub(crate) fn damage(index: Index, reason: &str) -> LogError {
    Damage::new("growing", Some(index), reason).into()
}

fn encode(first: Index, entries: &[Bytes]) -> Vec<u8> {
    let mut record = vec![0; HEAD_BYTES];
    for entry in entries {
        // Its length was checked when it was appended.
        let _ = push_entry(&mut record, entry);
    }
    let (count, bytes) = (entries.len() as u64, (record.len() - HEAD_BYTES) as u64);
    record[..8].copy_from_slice(&first.to_be_bytes());
    record[8..12].copy_from_slice(&count.to_be_bytes()[4..]);
    record[12..HEAD_BYTES].copy_from_slice(&bytes.to_be_bytes()[4..]);
    let sum = Sha256::digest(&record);
    record.extend_from_slice(&sum);
    record
}

/// The record at an offset: index of its first entry, and the entries; `None` if there is no complete one.
fn read_record(file: &File, at: u64) -> std::io::Result<Option<(Index, Vec<Bytes>)>> {
    let mut head = [0; HEAD_BYTES];
    if !fill(file, &mut head, at)? {
        return Ok(None);
    }
    let number = |range: std::ops::Range<usize>| head[range].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let (first, count, bytes) = (number(0..8), number(8..12), number(12..HEAD_BYTES));
    let (Ok(count), true) = (u16::try_from(count), bytes <= JOURNAL_BYTES_MAX) else { return Ok(None) };
    let length = HEAD_BYTES + usize::try_from(bytes).unwrap_or(0);
    let mut record = vec![0; length + SUM_BYTES];
    if !fill(file, &mut record, at)? {
        return Ok(None);
    }
    let sum = record.split_off(length);
    if Sha256::digest(&record)[..] != sum[..] {
        return Ok(None);
    }
    let record = Bytes::from(record);
    let entries =
        BundleReader::new(&record[HEAD_BYTES..], count).map(|entry| entry.map(|entry| record.slice_ref(entry)));
    Ok(entries.collect::<Result<_, _>>().ok().map(|entries| (first, entries)))
}

/// Fills `bytes` from the file; false if the file ends before.
fn fill(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<bool> {
    match file.read_exact_at(bytes, at) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(numbers: std::ops::Range<u64>) -> Vec<Bytes> {
        numbers.map(|number| Bytes::from(format!("entry {number}"))).collect()
    }

    fn journal(dir: &tempfile::TempDir, size: u64) -> (Journal, PathBuf) {
        let path = dir.path().join("growing");
        (Journal::open(&path, size).unwrap(), path)
    }

    #[test]
    fn added_entries_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, path) = journal(&dir, 7);
        assert_eq!(journal.append(7, &entries(7..9)).unwrap(), entries(7..9));
        assert_eq!(journal.append(9, &entries(9..300)).unwrap(), entries(9..300));
        assert!(journal.covers(300));
        assert_eq!(read(&path, 7, 300).unwrap(), entries(7..300));
        assert_eq!(read(&path, 7, 8).unwrap(), entries(7..8));
        assert!(matches!(read(&path, 8, 9), Err(Unread::Elsewhere)));
        assert!(matches!(read(&path, 7, 301), Err(Unread::Damaged(_))));
    }

    #[test]
    fn older_records_are_not_taken_for_newer_ones() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, path) = journal(&dir, 0);
        for first in 0..10 {
            journal.append(first, &entries(first..first + 1)).unwrap();
        }
        journal.restart(10);
        journal.append(10, &entries(10..11)).unwrap();
        assert_eq!(read(&path, 10, 11).unwrap(), entries(10..11));
        assert!(matches!(read(&path, 10, 12), Err(Unread::Damaged(_))));
        assert!(matches!(read(&path, 0, 1), Err(Unread::Elsewhere)));
    }

    #[test]
    fn a_full_journal_takes_no_entries_until_the_tiles_have_caught_up() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, path) = journal(&dir, 0);
        let large = vec![Bytes::from(vec![7; 60_000]); 400];
        journal.append(0, &large).unwrap();
        assert!(journal.append(400, &large).unwrap().is_empty());
        assert!(journal.append(400, &entries(400..401)).unwrap().is_empty());
        assert!(!journal.covers(400) && !journal.covers(401));
        journal.restart(401);
        journal.append(401, &entries(401..402)).unwrap();
        assert!(journal.covers(402));
        assert_eq!(read(&path, 401, 402).unwrap(), entries(401..402));
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, path) = journal(&dir, 0);
        journal.append(0, &entries(0..3)).unwrap();
        journal.append(3, &entries(3..5)).unwrap();
        let sound = std::fs::read(&path).unwrap();
        for at in 0..sound.len() * 8 {
            let mut flipped = sound.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            std::fs::write(&path, flipped).unwrap();
            assert!(read(&path, 0, 5).is_err(), "bit {at}");
        }
    }
}
