//! How a replica is stored: encrypted, and safe against crashes.
//!
//! `ORIGIN/AREA.entries` holds frames one after another, each the parts that came in one answer:
//!
//! ```text
//! 4 bytes   length of what follows, big-endian
//! 12 bytes  nonce
//! rest      ChaCha20-Poly1305 (RFC 8439) of an encoded ReplicaBatch without its proofs
//! ```
//!
//! The associated data names the format, the log, the area and the number of the frame, so that frames can be neither
//! exchanged nor left out. A frame that a crash cut off is dropped: the node gives it again. `ORIGIN/AREA.personal` is
//! one frame of JSON, replaced as a whole.

use super::ReplicaError;
use super::personal::Personal;
use crate::home::{HomeError, file};
use crate::random::Random;
use bytes::{Buf, Bytes};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use lika_domain::area::Area;
use lika_proto::v1;
use prost::Message;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const NONCE_BYTES: usize = 12;
/// Longest frame that is read, in bytes: an answer with its entries and their overhead.
const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest file of entries that is read, in bytes.
const ENTRIES_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Largest file of personal data, in bytes.
const PERSONAL_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Number of the frame of personal data in its associated data.
const PERSONAL_FRAME: u64 = u64::MAX;

/// The files of a replica, locked.
pub(super) struct Frames {
    file: File,
    path: PathBuf,
    cipher: ChaCha20Poly1305,
    /// What every frame is bound to.
    bound: String,
    /// Frames written.
    count: u64,
    /// Where the next begins.
    end: u64,
    random: Random,
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frames({}, {} frames)", self.path.display(), self.count)
    }
}

impl Frames {
    /// Opens the files and reads all whole frames.
    pub(super) fn open(
        dir: &Path,
        origin: &str,
        area: Area,
        secret: &[u8; 32],
    ) -> Result<(Self, Vec<v1::ReplicaBatch>), ReplicaError> {
        let (file, path) = locked(dir, origin, area)?;
        let mut bytes = Vec::new();
        (&file).take(ENTRIES_BYTES_MAX).read_to_end(&mut bytes).map_err(HomeError::at(&path))?;
        let bound = format!("lika replica v1\0{origin}\0{area}\0");
        let cipher = ChaCha20Poly1305::new(secret.into());
        let mut frames = Self { file, path, cipher, bound, count: 0, end: 0, random: Random::system() };
        let (mut rest, mut batches) = (Bytes::from(bytes), Vec::new());
        while let Some(frame) = next_frame(&mut rest)? {
            let plain = frames.open_frame(frames.count, &frame)?;
            let batch = v1::ReplicaBatch::decode(Bytes::from(plain));
            batches.push(batch.map_err(|error| ReplicaError::Damaged(error.to_string()))?);
            frames.count += 1;
            frames.end += 4 + frame.len() as u64;
        }
        // What a crash left of a frame would stand between this frame and the next.
        frames.file.set_len(frames.end).map_err(HomeError::at(&frames.path))?;
        Ok((frames, batches))
    }

    /// Removes the files of a replica.
    pub(super) fn discard(dir: &Path, origin: &str, area: Area) -> Result<(), ReplicaError> {
        let (file, path) = locked(dir, origin, area)?;
        file.set_len(0).map_err(HomeError::at(&path))?;
        file::remove(&path.with_extension("personal"))?;
        Ok(())
    }

    /// Areas that have files.
    pub(super) fn areas(dir: &Path, origin: &str) -> Result<Vec<Area>, HomeError> {
        let folder = dir.join(file::escape(origin));
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let files = file::list(&folder, "entries")?;
        Ok(files.iter().filter_map(|path| file::stem(path).parse().ok()).collect())
    }

    /// Adds a part. It is on disk when this returns.
    pub(super) fn append(&mut self, batch: &v1::ReplicaBatch) -> Result<(), ReplicaError> {
        let kept = v1::ReplicaBatch { proof: Bytes::new(), growth: Bytes::new(), ..batch.clone() };
        let frame = self.seal_frame(self.count, &kept.encode_to_vec())?;
        let at = HomeError::at;
        self.file.seek(SeekFrom::Start(self.end)).map_err(at(&self.path))?;
        self.file.write_all(&frame).map_err(at(&self.path))?;
        self.file.sync_data().map_err(at(&self.path))?;
        self.count += 1;
        self.end += frame.len() as u64;
        Ok(())
    }

    /// The stored personal data; `None` before the first.
    pub(super) fn personal(&self) -> Result<Option<Personal>, ReplicaError> {
        let Some(bytes) = file::read_up_to(&self.personal_path(), PERSONAL_BYTES_MAX)? else { return Ok(None) };
        let mut bytes = Bytes::from(bytes);
        let cut = || ReplicaError::Damaged("the personal data is cut off".to_owned());
        if bytes.len() < 4 {
            return Err(cut());
        }
        bytes.advance(4);
        let plain = self.open_frame(PERSONAL_FRAME, &bytes)?;
        serde_json::from_slice(&plain).map(Some).map_err(|error| ReplicaError::Damaged(error.to_string()))
    }

    /// Replaces the personal data.
    pub(super) fn keep_personal(&mut self, personal: &Personal) -> Result<(), ReplicaError> {
        let plain = serde_json::to_vec(personal).map_err(|error| ReplicaError::Damaged(error.to_string()))?;
        let frame = self.seal_frame(PERSONAL_FRAME, &plain)?;
        Ok(file::write(&self.personal_path(), &frame)?)
    }

    /// Size of the files, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let personal = std::fs::metadata(self.personal_path()).map_or(0, |file| file.len());
        self.end + personal
    }

    fn personal_path(&self) -> PathBuf {
        self.path.with_extension("personal")
    }

    fn seal_frame(&mut self, number: u64, plain: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let nonce: [u8; NONCE_BYTES] = self.random.bytes()?;
        let aad = self.aad(number);
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad });
        let sealed = sealed.map_err(|_| ReplicaError::Damaged("a part is too large to be sealed".to_owned()))?;
        let length = u32::try_from(NONCE_BYTES + sealed.len());
        let length = length.map_err(|_| ReplicaError::Damaged("a part is too large to be stored".to_owned()))?;
        Ok([&length.to_be_bytes()[..], &nonce, &sealed].concat())
    }

    fn open_frame(&self, number: u64, frame: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let damaged = || ReplicaError::Damaged(format!("{} does not open", self.path.display()));
        let (nonce, sealed) = frame.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let aad = self.aad(number);
        self.cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &aad }).map_err(|_| damaged())
    }

    fn aad(&self, number: u64) -> Vec<u8> {
        [self.bound.as_bytes(), &number.to_be_bytes()].concat()
    }
}

/// The next whole frame; `None` at the end, or if the rest is not a whole frame.
fn next_frame(rest: &mut Bytes) -> Result<Option<Bytes>, ReplicaError> {
    let Some(length) = rest.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize) else {
        return Ok(None);
    };
    if length > FRAME_BYTES_MAX {
        return Err(ReplicaError::Damaged(format!("a part of {length} bytes")));
    }
    if rest.len() < 4 + length {
        return Ok(None);
    }
    rest.advance(4);
    Ok(Some(rest.split_to(length)))
}

/// The file of entries, created if necessary, and locked.
fn locked(dir: &Path, origin: &str, area: Area) -> Result<(File, PathBuf), ReplicaError> {
    let folder = dir.join(file::escape(origin));
    file::make_folder(&folder)?;
    let path = folder.join(format!("{area}.entries"));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(HomeError::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok((file, path)),
        Err(TryLockError::WouldBlock) => Err(HomeError::Locked { path }.into()),
        Err(TryLockError::Error(error)) => Err(HomeError::at(&path)(error).into()),
    }
}
