//! Checks whether a store is as its last process left it. After a kill the system still has everything that the
//! process wrote, and sled continues from there. After a power cut it may not: sled orders its writes by hints that
//! promise nothing. Sled hardly notices later damage either: it shows wrong figures, or ends the process.
//!
//! A file beside the store says in which boot of the machine the store was opened, or with which checksum it was
//! closed.

use crate::error::ViewError;
use lika_retry::{BlockingRetryable, LOCK};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file beside the store.
const FILE: &str = "power";
/// The file in which sled keeps everything.
const STORE: &str = "db";
/// Content of the file for a store that was closed and is completely on disk; the CRC-32 of the store follows.
const CLOSED: &str = "closed ";
/// Linux draws an id at each boot. Without one nothing can be checked, and nothing is reported.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// How long to wait until sled has let go of its file.
const CLOSE_WAIT_MS: u64 = 2_000;
/// Bytes of the store read at once for its checksum.
const READ_BYTES: usize = 1 << 20;

/// Notes that a store was closed when it is dropped; drop it after the store.
pub(crate) struct OpenStore {
    dir: PathBuf,
}

/// Refuses a store that was open when the machine stopped, and one that changed after it was closed.
pub(crate) fn check(dir: &Path) -> Result<(), ViewError> {
    let failed = |file: &str| {
        let path = dir.join(file);
        move |source| ViewError::File { path, source }
    };
    let noted = match fs::read_to_string(dir.join(FILE)) {
        Ok(noted) => noted,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(failed(FILE)(source)),
    };
    if let Some(sum) = noted.strip_prefix(CLOSED) {
        let same = File::open(dir.join(STORE)).and_then(checksum).map_err(failed(STORE))? == sum;
        return if same { Ok(()) } else { Err(ViewError::Changed { path: dir.to_owned() }) };
    }
    match boot_id() {
        Some(boot) if noted != boot => Err(ViewError::UncleanShutdown { path: dir.to_owned() }),
        _ => Ok(()),
    }
}

/// Notes on disk that the store is about to be opened: sled writes while it opens, and may be killed then.
pub(crate) fn note_open(dir: &Path) -> Result<(), ViewError> {
    let Some(boot) = boot_id() else { return Ok(()) };
    let noted = fs::create_dir_all(dir).and_then(|()| note(dir, &boot));
    noted.map_err(|source| ViewError::File { path: dir.join(FILE), source })
}

impl OpenStore {
    /// Notes once more that the store is open, since another process that was closing it may have noted that it is
    /// closed.
    pub(crate) fn on(dir: &Path) -> Result<Self, ViewError> {
        note_open(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// Notes that the store is closed, once nothing writes to it any more and all of it is on disk.
    fn off(&self) -> io::Result<()> {
        let store = File::open(self.dir.join(STORE))?;
        let begun = Instant::now();
        let soon = |_: &TryLockError| begun.elapsed() <= Duration::from_millis(CLOSE_WAIT_MS);
        if (|| store.try_lock()).retry(LOCK).when(soon).call().is_err() {
            return Ok(());
        }
        store.sync_all()?;
        // Under the lock, so that the next process notes its opening after this.
        let sum = checksum(store.try_clone()?)?;
        note(&self.dir, &format!("{CLOSED}{sum}"))
    }
}

impl Drop for OpenStore {
    fn drop(&mut self) {
        // If this fails, the store counts as open. That is safe, and matters only if the machine stops before the next
        // start.
        let _ = self.off();
    }
}

fn checksum(mut store: File) -> io::Result<String> {
    let (mut sum, mut bytes) = (crc32fast::Hasher::new(), vec![0; READ_BYTES]);
    loop {
        match store.read(&mut bytes)? {
            0 => return Ok(format!("{:08x}", sum.finalize())),
            read => sum.update(bytes.get(..read).unwrap_or_default()),
        }
    }
}

/// Replaces the file as a whole.
fn note(dir: &Path, text: &str) -> io::Result<()> {
    let (path, new) = (dir.join(FILE), dir.join(format!("{FILE}.new")));
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    File::open(dir)?.sync_all()
}

fn boot_id() -> Option<String> {
    let id = fs::read_to_string(BOOT_ID).ok()?;
    Some(id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_refused_only_if_the_machine_stopped_while_it_was_open() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let noted = || fs::read_to_string(dir.join(FILE)).unwrap();
        check(dir).unwrap();
        fs::write(dir.join(STORE), b"rows").unwrap();
        let open = OpenStore::on(dir).unwrap();
        assert_eq!(noted(), boot_id().unwrap());
        check(dir).unwrap(); // killed and begun again
        drop(open);
        assert_eq!(noted(), format!("closed {:08x}", crc32fast::hash(b"rows")));
        check(dir).unwrap();
        fs::write(dir.join(STORE), b"rowt").unwrap();
        assert!(matches!(check(dir), Err(ViewError::Changed { .. })));
        fs::remove_file(dir.join(STORE)).unwrap();
        assert!(matches!(check(dir), Err(ViewError::File { .. })));
        fs::write(dir.join(FILE), "11111111-2222-3333-4444-555555555555").unwrap();
        assert!(matches!(check(dir), Err(ViewError::UncleanShutdown { .. })));
    }

    #[test]
    fn a_store_that_is_still_written_is_not_noted_as_closed() {
        let folder = tempfile::tempdir().unwrap();
        let store = File::create(folder.path().join(STORE)).unwrap();
        store.lock().unwrap();
        drop(OpenStore::on(folder.path()).unwrap());
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), boot_id().unwrap());
    }
}
