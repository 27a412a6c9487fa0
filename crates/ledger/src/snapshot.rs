//! A snapshot: the state after an entry, in a file, so that an opening folds only later entries.
//!
//! It is used only with its own log, and only by the program that wrote it, since other rules give another state. So
//! it names the root of the tree and the hash of the program. Its content is checked against the log while the ledger
//! already works (see `keeper`). It can be deleted at any time. A process that starts far behind fetches a snapshot
//! from an audit service.

use crate::digest::Hasher;
use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_domain::state::State;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::{self, Config, chunks};
use lika_tlog::Hash;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const MAGIC: [u8; 8] = *b"lika st1";
const SUM_BYTES: usize = 32;
const FILE: &str = "state.snapshot";

/// The header of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Head {
    magic: [u8; 8],
    program: [u8; 32],
    /// Entries applied.
    pub(crate) size: u64,
    /// Root of the tree over them.
    pub(crate) root: [u8; 32],
    /// Digest of the state.
    pub(crate) digest: [u8; 32],
    /// Digest of the last entries of each area.
    pub(crate) heads: [u8; 32],
}

/// A state, and the last entry of each area.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) head: Head,
    pub(crate) state: State,
    pub(crate) heads: BTreeMap<Area, Index>,
}

/// An encoded state, before the root for its size is known.
pub(crate) struct Encoded {
    size: u64,
    state: Vec<u8>,
    heads: Vec<u8>,
}

impl Head {
    /// Whether the running program wrote it.
    fn is_ours(&self) -> io::Result<bool> {
        Ok(self.magic == MAGIC && self.program == program()?)
    }
}

/// Whether a file with this beginning is a snapshot that the running program could use.
fn begins_well(beginning: &[u8]) -> bool {
    let head = Head::deserialize(&mut &*beginning);
    head.is_ok_and(|head| head.is_ours().unwrap_or(false))
}

impl Encoded {
    pub(crate) fn of(state: &State, heads: &BTreeMap<Area, Index>) -> io::Result<Self> {
        Ok(Self { size: state.applied, state: borsh::to_vec(state)?, heads: borsh::to_vec(heads)? })
    }

    /// Entries applied.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Replaces the previous snapshot. A crash leaves one of the two; a torn one is not used.
    pub(crate) fn write(self, dir: &Path, root: Hash) -> io::Result<()> {
        let digest = Sha256::digest(&self.state).into();
        let (size, heads) = (self.size, Sha256::digest(&self.heads).into());
        let mut content =
            borsh::to_vec(&Head { magic: MAGIC, program: program()?, size, root: root.0, digest, heads })?;
        content.extend(self.heads);
        content.extend(self.state);
        let sum = Sha256::digest(&content);
        content.extend(sum);
        let new = dir.join(format!("{FILE}.new"));
        std::fs::write(&new, content)?;
        std::fs::rename(new, path(dir))
    }
}

/// The snapshot in a folder, if it is complete and this program wrote it.
pub(crate) fn read(dir: &Path) -> Option<Snapshot> {
    let read = std::fs::read(path(dir));
    match read.and_then(|content| decode(&content)) {
        Ok(snapshot) => Some(snapshot),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::info!(%error, "the snapshot of the state is not used; the whole log is read");
            None
        }
    }
}

/// If a folder is far behind, fetches a snapshot of the state, unless the folder has one, and the log at least up to
/// it. Both are checked like local ones.
pub(crate) async fn receive(config: &Config) -> Result<(), LogError> {
    if jetstream::behind(config).await? < config.far_behind {
        return Ok(());
    }
    let path = path(&config.dir);
    if !path.exists() {
        fetch(config, &path).await;
    }
    // The log is fetched last: a snapshot needs a log that reaches as far.
    jetstream::fetch(config).await
}

async fn fetch(config: &Config, path: &Path) {
    match chunks::fetch(&config.context.client(), &config.names.snapshot_subject(), path, begins_well).await {
        Ok(true) => tracing::info!("received a snapshot of the state"),
        Ok(false) => {
            tracing::warn!("no audit service has a snapshot of the state for this program; the whole log is judged");
        }
        Err(error) => tracing::warn!(%error, "no snapshot of the state was received; the whole log is judged"),
    }
}

/// Answers a request for a chunk of the snapshot in a data folder.
///
/// # Errors
/// If it cannot be read.
pub fn part(dir: &Path, question: &[u8]) -> io::Result<Bytes> {
    chunks::answer(&path(dir), question)
}

/// Sets aside a snapshot that does not match the log.
pub(crate) fn refuse(dir: &Path) -> io::Result<()> {
    std::fs::rename(path(dir), dir.join(format!("{FILE}.refused")))
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

fn decode(content: &[u8]) -> io::Result<Snapshot> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let (body, sum) = content.split_last_chunk::<SUM_BYTES>().ok_or_else(|| bad("it is cut off"))?;
    if Sha256::digest(body)[..] != *sum {
        return Err(bad("it is not whole"));
    }
    let mut rest = body;
    let head = Head::deserialize(&mut rest)?;
    if !head.is_ours()? {
        return Err(bad("another program wrote it"));
    }
    let behind = rest;
    let heads = BTreeMap::deserialize(&mut rest)?;
    let read = behind.get(..behind.len() - rest.len()).unwrap_or_default();
    if Sha256::digest(read)[..] != head.heads || Sha256::digest(rest)[..] != head.digest {
        return Err(bad("its digest does not match"));
    }
    Ok(Snapshot { head, heads, state: borsh::from_slice(rest)? })
}

/// Hash of the running program.
fn program() -> io::Result<[u8; 32]> {
    static PROGRAM: OnceLock<[u8; 32]> = OnceLock::new();
    if let Some(known) = PROGRAM.get() {
        return Ok(*known);
    }
    let mut hasher = Hasher(Sha256::new());
    io::copy(&mut std::fs::File::open(std::env::current_exe()?)?, &mut hasher)?;
    Ok(*PROGRAM.get_or_init(|| hasher.0.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_or_changed_snapshot_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(dir.path()).is_none());
        let state = State { applied: 7, voids: vec![3], ..State::default() };
        let heads = BTreeMap::from([(Area::from_code(130_624_000_000).unwrap(), 6)]);
        Encoded::of(&state, &heads).unwrap().write(dir.path(), Hash::from([9; 32])).unwrap();
        let found = read(dir.path()).unwrap();
        assert_eq!((found.head.size, found.head.root, &found.state, &found.heads), (7, [9; 32], &state, &heads));
        assert_eq!(found.head.digest, crate::digest::of(&state));
        let whole = std::fs::read(path(dir.path())).unwrap();
        for place in 0..whole.len() {
            let mut torn = whole.clone();
            torn[place] ^= 1;
            std::fs::write(path(dir.path()), torn).unwrap();
            assert!(read(dir.path()).is_none(), "byte {place}");
        }
        std::fs::write(path(dir.path()), &whole[..whole.len() / 2]).unwrap();
        assert!(read(dir.path()).is_none());
    }
}
