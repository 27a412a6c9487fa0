//! The last checkpoint signed here, stored next to the log and fsynced before a checkpoint is published. If the log
//! is shorter than this, entries with receipts are lost, and the log must not be signed again.
//!
//! The file has two slots of fixed size, written in turn, so that a crash during a write leaves the other slot
//! intact.

use crate::error::LogError;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const SLOT_BYTES: usize = 2048;
const HEAD_BYTES: usize = 10;
const SUM_BYTES: usize = 32;
/// Longest note a slot holds.
const NOTE_BYTES_MAX: usize = SLOT_BYTES - HEAD_BYTES - SUM_BYTES;

/// The file that remembers the last signed checkpoint.
#[derive(Debug)]
pub(crate) struct HighWater {
    file: File,
    path: PathBuf,
    /// Number of the last record written; its parity says which slot.
    count: u64,
}

impl HighWater {
    /// Makes the file; it must not exist.
    pub(crate) fn create(path: &Path) -> Result<Self, LogError> {
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).open(path).map_err(LogError::io(path))?;
        file.set_len(2 * SLOT_BYTES as u64).map_err(LogError::io(path))?;
        file.sync_all().map_err(LogError::io(path))?;
        Ok(Self { file, path: path.to_owned(), count: 0 })
    }

    /// Opens the file and reads the last note, if one was recorded.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<String>), LogError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(LogError::io(path))?;
        // A process that was killed may have written the last record without syncing it, and we rely on it from here
        // on.
        file.sync_data().map_err(LogError::io(path))?;
        let mut best: Option<(u64, String)> = None;
        let mut blank = true;
        for slot in 0..2 {
            let mut bytes = [0; SLOT_BYTES];
            file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64).map_err(LogError::io(path))?;
            blank &= bytes.iter().all(|byte| *byte == 0);
            best = best.max(read_slot(&bytes));
        }
        match best {
            Some((count, note)) => Ok((Self { file, path: path.to_owned(), count }, Some(note))),
            None if blank => Ok((Self { file, path: path.to_owned(), count: 0 }, None)),
            None => Err(LogError::Key {
                path: path.to_owned(),
                reason: "neither record of the last checkpoint is whole".into(),
            }),
        }
    }

    /// Records a note; durable on return.
    pub(crate) fn record(&mut self, note: &str) -> Result<(), LogError> {
        self.record_unsynced(note)?;
        self.file.sync_data().map_err(LogError::io(&self.path))
    }

    /// Records a note without syncing it: it survives a killed process, but maybe not a power cut. For a copy that
    /// can be made again.
    pub(crate) fn record_unsynced(&mut self, note: &str) -> Result<(), LogError> {
        let count = self.count + 1;
        let bytes = write_slot(count, note);
        let bytes = bytes
            .ok_or_else(|| LogError::Key { path: self.path.clone(), reason: "the checkpoint is too long".into() })?;
        self.file.write_all_at(&bytes, count % 2 * SLOT_BYTES as u64).map_err(LogError::io(&self.path))?;
        self.count = count;
        Ok(())
    }
}

fn write_slot(count: u64, note: &str) -> Option<[u8; SLOT_BYTES]> {
    let mut bytes = [0; SLOT_BYTES];
    let length = u16::try_from(note.len()).ok().filter(|_| note.len() <= NOTE_BYTES_MAX)?;
    bytes[..8].copy_from_slice(&count.to_be_bytes());
    bytes[8..HEAD_BYTES].copy_from_slice(&length.to_be_bytes());
    bytes[HEAD_BYTES..HEAD_BYTES + note.len()].copy_from_slice(note.as_bytes());
    let sum = Sha256::digest(&bytes[..SLOT_BYTES - SUM_BYTES]);
    bytes[SLOT_BYTES - SUM_BYTES..].copy_from_slice(&sum);
    Some(bytes)
}

fn read_slot(bytes: &[u8; SLOT_BYTES]) -> Option<(u64, String)> {
    let (body, sum) = bytes.split_at(SLOT_BYTES - SUM_BYTES);
    if Sha256::digest(body)[..] != *sum {
        return None;
    }
    let (count, rest) = body.split_first_chunk::<8>()?;
    let (length, note) = rest.split_first_chunk::<2>()?;
    let note = note.get(..usize::from(u16::from_be_bytes(*length)))?;
    Some((u64::from_be_bytes(*count), String::from_utf8(note.to_vec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_record_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signed");
        let mut mark = HighWater::create(&path).unwrap();
        assert_eq!(HighWater::open(&path).unwrap().1, None);
        for note in ["one", "two", "three"] {
            mark.record(note).unwrap();
            assert_eq!(HighWater::open(&path).unwrap().1.as_deref(), Some(note));
        }
        // A torn write of the fourth record hits the slot of the second.
        mark.file.write_all_at(&[7; 100], 0).unwrap();
        assert_eq!(HighWater::open(&path).unwrap().1.as_deref(), Some("three"));
        mark.file.write_all_at(&[7; 100], SLOT_BYTES as u64).unwrap();
        assert!(HighWater::open(&path).is_err());
    }

    #[test]
    fn a_note_over_the_limit_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut mark = HighWater::create(&dir.path().join("signed")).unwrap();
        assert!(mark.record(&"x".repeat(NOTE_BYTES_MAX + 1)).is_err());
    }
}
