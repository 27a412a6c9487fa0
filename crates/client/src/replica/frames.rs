//! How a replica is stored: encrypted, safe against crashes, and for several processes at once.
//!
//! `ORIGIN/AREA-KEY.entries` is for one area and one key, and begins with 32 bytes: the format, and a number drawn
//! when the file was made. Then come frames one after another, each the parts that came in one answer:
//!
//! ```text
//! 4 bytes   length of what follows, big-endian
//! 12 bytes  nonce
//! rest      ChaCha20-Poly1305 (RFC 8439) of an encoded ReplicaBatch without its proofs
//! ```
//!
//! The associated data names the log, the area, the key, the drawn number and the number of the frame, so that frames
//! can be neither exchanged nor left out. `ORIGIN/AREA-KEY.personal` is one frame of JSON, replaced as a whole.
//!
//! Readers take no lock: frames are only ever added, and one that is not whole yet, or that a crash cut off, does not
//! count. Writers hold `lock` for one write, and first look whether another process has added something or has made
//! the file anew, which the drawn number shows.

use super::ReplicaError;
use super::personal::Personal;
use crate::home::{HomeError, file, lock};
use crate::key::Signer;
use crate::random::Random;
use bytes::{Buf, Bytes};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use lika_domain::area::Area;
use lika_domain::ids::KeyId;
use lika_proto::v1;
use prost::Message;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How a file begins.
const FORMAT: &[u8; 16] = b"lika replica v2\n";
/// What distinguishes a file from an earlier one of its name, in bytes.
const DRAWN_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
/// Longest frame that is read, in bytes: an answer with its entries and their overhead.
const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest file of entries that is read, in bytes.
const ENTRIES_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Largest file of personal data, in bytes.
const PERSONAL_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Number of the frame of personal data in its associated data.
const PERSONAL_FRAME: u64 = u64::MAX;
/// The label of the secret that files are encrypted with.
const LABEL: &str = "lika replica v1";

/// The files of a replica, and how far they were read.
pub(super) struct Frames {
    path: PathBuf,
    cipher: ChaCha20Poly1305,
    /// What every frame is bound to.
    bound: String,
    random: Random,
    /// What distinguishes the file that was read; `None` if there was none.
    drawn: Option<[u8; DRAWN_BYTES]>,
    /// Frames read or written.
    count: u64,
    /// Where the next begins.
    end: u64,
}

/// What was read of the files.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) batches: Vec<v1::ReplicaBatch>,
    /// `None` before the first.
    pub(super) personal: Option<Personal>,
}

/// What became of something to be written.
pub(super) enum Written {
    /// It is on disk.
    Done,
    /// Another process has added these meanwhile; nothing was written.
    Overtaken(Vec<v1::ReplicaBatch>),
    /// Another process has removed the file, or made it anew; nothing was written.
    Replaced,
}

/// What came to a file since it was read.
enum More {
    Frames(Vec<v1::ReplicaBatch>),
    Replaced,
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frames({}, {} frames)", self.path.display(), self.count)
    }
}

impl Frames {
    /// Reads the files; there need be none.
    pub(super) fn open(dir: &Path, origin: &str, area: Area, signer: &Signer) -> Result<(Self, Stored), ReplicaError> {
        let mut frames = Self {
            path: path(dir, origin, area, signer.id()),
            cipher: ChaCha20Poly1305::new(&signer.derive_secret(LABEL).into()),
            bound: format!("lika replica v2\0{origin}\0{area}\0{}\0", signer.id()),
            random: Random::system(),
            drawn: None,
            count: 0,
            end: 0,
        };
        match frames.read() {
            // It may have been made anew between one file and the other.
            Err(ReplicaError::Damaged(_)) => {
                let _held = frames.writing()?;
                let stored = frames.read()?;
                Ok((frames, stored))
            }
            read => read.map(|stored| (frames, stored)),
        }
    }

    /// Removes the files of a replica.
    pub(super) fn discard(dir: &Path, origin: &str, area: Area, key: KeyId) -> Result<(), ReplicaError> {
        let path = path(dir, origin, area, key);
        if !path.exists() {
            return Ok(());
        }
        let _held = lock::wait_for(&lock_of(&path))?;
        file::remove(&path)?;
        Ok(file::remove(&path.with_extension("personal"))?)
    }

    /// Areas that a key has files of.
    pub(super) fn areas(dir: &Path, origin: &str, key: KeyId) -> Result<Vec<Area>, HomeError> {
        let folder = dir.join(file::escape(origin));
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let of_key = |path: &PathBuf| file::stem(path).strip_suffix(&format!("-{key}"))?.parse().ok();
        Ok(file::list(&folder, "entries")?.iter().filter_map(of_key).collect())
    }

    /// Adds a part, unless another process was faster. It is on disk when this returns.
    pub(super) fn append(&mut self, batch: &v1::ReplicaBatch) -> Result<Written, ReplicaError> {
        let _held = self.writing()?;
        match self.read_on()? {
            More::Replaced => return Ok(Written::Replaced),
            More::Frames(more) if !more.is_empty() => return Ok(Written::Overtaken(more)),
            More::Frames(_) => {}
        }
        if self.drawn.is_none() {
            self.begin()?;
        }
        let kept = v1::ReplicaBatch { proof: Bytes::new(), growth: Bytes::new(), ..batch.clone() };
        let frame = self.seal_frame(self.count, &kept.encode_to_vec())?;
        self.write_at_end(&frame).map_err(HomeError::at(&self.path))?;
        self.count += 1;
        self.end += frame.len() as u64;
        Ok(Written::Done)
    }

    /// Replaces the personal data.
    pub(super) fn keep_personal(&mut self, personal: &Personal) -> Result<Written, ReplicaError> {
        let _held = self.writing()?;
        match self.read_on()? {
            More::Replaced => return Ok(Written::Replaced),
            More::Frames(more) if !more.is_empty() => return Ok(Written::Overtaken(more)),
            More::Frames(_) => {}
        }
        if self.drawn.is_none() {
            // It would belong to no entries.
            return Ok(Written::Done);
        }
        let plain = serde_json::to_vec(personal).map_err(|error| ReplicaError::Damaged(error.to_string()))?;
        let frame = self.seal_frame(PERSONAL_FRAME, &plain)?;
        file::write(&self.personal_path(), &frame)?;
        Ok(Written::Done)
    }

    /// Size of the files, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let personal = std::fs::metadata(self.personal_path()).map_or(0, |file| file.len());
        self.end + personal
    }

    /// Reads everything from the beginning.
    pub(super) fn read(&mut self) -> Result<Stored, ReplicaError> {
        (self.drawn, self.count, self.end) = (None, 0, 0);
        let Some((mut file, drawn)) = self.file()? else { return Ok(Stored::default()) };
        (self.drawn, self.end) = (Some(drawn), (FORMAT.len() + DRAWN_BYTES) as u64);
        let batches = self.frames_of(&mut file)?;
        Ok(Stored { batches, personal: self.personal()? })
    }

    /// Reads what came to the file since.
    fn read_on(&mut self) -> Result<More, ReplicaError> {
        match self.file()? {
            None if self.drawn.is_none() => Ok(More::Frames(Vec::new())),
            Some((mut file, drawn)) if self.drawn == Some(drawn) => Ok(More::Frames(self.frames_of(&mut file)?)),
            _ => Ok(More::Replaced),
        }
    }

    /// The file of entries, and what distinguishes it; `None` if there is none.
    fn file(&self) -> Result<Option<(File, [u8; DRAWN_BYTES])>, ReplicaError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(HomeError::at(&self.path)(error).into()),
        };
        let mut begin = [0; FORMAT.len() + DRAWN_BYTES];
        let is_whole = file.read_exact(&mut begin).is_ok();
        let (format, drawn) = begin.split_at(FORMAT.len());
        let drawn = drawn.try_into().ok().filter(|_| is_whole && format == FORMAT);
        drawn.map(|drawn| Some((file, drawn))).ok_or_else(|| self.damaged("is not a replica"))
    }

    /// The whole frames after those that were read.
    fn frames_of(&mut self, file: &mut File) -> Result<Vec<v1::ReplicaBatch>, ReplicaError> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.end)).map_err(HomeError::at(&self.path))?;
        file.take(ENTRIES_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(HomeError::at(&self.path))?;
        if bytes.len() as u64 > ENTRIES_BYTES_MAX {
            return Err(self.damaged("is too large"));
        }
        let (mut rest, mut batches) = (Bytes::from(bytes), Vec::new());
        while let Some(frame) = next_frame(&mut rest)? {
            let plain = self.open_frame(self.count, &frame)?;
            let batch = v1::ReplicaBatch::decode(Bytes::from(plain));
            batches.push(batch.map_err(|error| ReplicaError::Damaged(error.to_string()))?);
            self.count += 1;
            self.end += 4 + frame.len() as u64;
        }
        Ok(batches)
    }

    /// The stored personal data; `None` before the first.
    fn personal(&self) -> Result<Option<Personal>, ReplicaError> {
        let Some(bytes) = file::read_up_to(&self.personal_path(), PERSONAL_BYTES_MAX)? else { return Ok(None) };
        let mut bytes = Bytes::from(bytes);
        let frame = next_frame_up_to(&mut bytes, PERSONAL_BYTES_MAX)?;
        let frame = frame.ok_or_else(|| self.damaged("has personal data that is cut off"))?;
        let plain = self.open_frame(PERSONAL_FRAME, &frame)?;
        Personal::from_json(&plain).map(Some).map_err(|error| ReplicaError::Damaged(error.to_string()))
    }

    /// Makes the file. What is personal of an earlier one would not open with it.
    fn begin(&mut self) -> Result<(), ReplicaError> {
        let drawn: [u8; DRAWN_BYTES] = self.random.bytes()?;
        file::remove(&self.personal_path())?;
        file::write(&self.path, &[FORMAT.as_slice(), &drawn].concat())?;
        (self.drawn, self.count, self.end) = (Some(drawn), 0, (FORMAT.len() + DRAWN_BYTES) as u64);
        Ok(())
    }

    fn write_at_end(&self, frame: &[u8]) -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        // What a crash left of a frame.
        file.set_len(self.end)?;
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(frame)?;
        file.sync_data()
    }

    /// The right to write.
    fn writing(&self) -> Result<lock::Held, ReplicaError> {
        if let Some(folder) = self.path.parent() {
            file::make_folder(folder)?;
        }
        Ok(lock::wait_for(&lock_of(&self.path))?)
    }

    fn personal_path(&self) -> PathBuf {
        self.path.with_extension("personal")
    }

    fn damaged(&self, what: &str) -> ReplicaError {
        ReplicaError::Damaged(format!("{} {what}", self.path.display()))
    }

    fn seal_frame(&mut self, number: u64, plain: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let nonce: [u8; NONCE_BYTES] = self.random.bytes()?;
        let aad = self.aad(number);
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad });
        let sealed = sealed.map_err(|_| self.damaged("cannot take a part that large"))?;
        let length = u32::try_from(NONCE_BYTES + sealed.len());
        let length = length.map_err(|_| self.damaged("cannot take a part that large"))?;
        Ok([&length.to_be_bytes()[..], &nonce, &sealed].concat())
    }

    fn open_frame(&self, number: u64, frame: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        let damaged = || self.damaged("does not open");
        let (nonce, sealed) = frame.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let aad = self.aad(number);
        self.cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &aad }).map_err(|_| damaged())
    }

    fn aad(&self, number: u64) -> Vec<u8> {
        [self.bound.as_bytes(), &self.drawn.unwrap_or_default(), &number.to_be_bytes()].concat()
    }
}

/// The next whole frame; `None` at the end, or if the rest is not a whole frame.
fn next_frame(rest: &mut Bytes) -> Result<Option<Bytes>, ReplicaError> {
    next_frame_up_to(rest, FRAME_BYTES_MAX as u64)
}

fn next_frame_up_to(rest: &mut Bytes, bytes_max: u64) -> Result<Option<Bytes>, ReplicaError> {
    let Some(length) = rest.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize) else {
        return Ok(None);
    };
    if length as u64 > bytes_max {
        return Err(ReplicaError::Damaged(format!("a part of {length} bytes")));
    }
    if rest.len() < 4 + length {
        return Ok(None);
    }
    rest.advance(4);
    Ok(Some(rest.split_to(length)))
}

fn path(dir: &Path, origin: &str, area: Area, key: KeyId) -> PathBuf {
    dir.join(file::escape(origin)).join(format!("{area}-{key}.entries"))
}

/// The lock of all files of a log.
fn lock_of(path: &Path) -> PathBuf {
    path.with_file_name("lock")
}
