//! The event log: entries in one order, for ever, under signed checkpoints.
//!
//! What it is not: it knows nothing of what an entry means. It keeps bytes.
//!
//! In reading order:
//! * [`EventLog`]: the contract
//! * [`tiles`]: the embedded log, whose folder of C2SP tlog-tiles is the log
//! * [`jetstream`]: the log of services apart, ordered by NATS JetStream
//! * `tile_writer`, `journal`: what both write, and what an integrator has signed for and not yet written into tiles
//! * [`verify`]: checks a log, or any part of one, against its checkpoint; the embedded log opens by it and auditors use it
//! * [`conformance`]: what every implementation of the contract must pass

pub mod conformance;
mod edge;
pub mod error;
mod folder;
mod high_water;
pub mod jetstream;
mod journal;
mod recovery;
mod sealed;
mod tile_tree;
mod tile_writer;
pub mod tiles;
pub mod verify;
mod waiters;
mod writer;

pub use recovery::Known;

use bytes::Bytes;
use error::{AppendError, LogError};
use futures::future::BoxFuture;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::checkpoint::SignedCheckpoint;
use lika_tlog::key::VerifierKey;
use lika_tlog::{Hash, TilePath};
use std::sync::Arc;
use verify::Folder;

/// A signed checkpoint and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Entries it covers.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// The signed note.
    pub signed: Arc<SignedCheckpoint>,
}

/// An append-only log of one jurisdiction.
///
/// * **Order**: `append` fixes an entry's index; indexes are contiguous from 0. An entry whose `expected_last` is not the
///   index of the area's last ordered entry is refused and takes no index.
/// * **Durability**: an entry is durable only once `sealed` has resolved for it: it is then fsynced and under a signed
///   checkpoint, in the tiles or, where a stream orders, in the integrator's journal, from which they are written once a
///   second. Nothing is ever acknowledged before. What was ordered and not sealed may be gone after a crash.
/// * **Failure**: a failed write or fsync stops the log for good: every call fails with [`LogError::Stopped`] and nothing
///   is retried, since a retried fsync may succeed on data that is not on disk. The process must stop; the next open
///   recovers.
/// * **Concurrency**: every method may be called from any thread at any time.
/// * **Retry**: nobody retries inside. Who gets [`AppendError::Conflict`] reads and decides again; who gets no answer asks
///   for the submission later by its id.
pub trait EventLog: Send + Sync + 'static {
    /// Fixes the entry's place behind all others.
    fn append(
        &self,
        area: Area,
        expected_last: Option<Index>,
        entry: Bytes,
    ) -> BoxFuture<'_, Result<Index, AppendError>>;

    /// Resolves with a checkpoint that covers the entry, once there is one.
    fn sealed(&self, index: Index) -> BoxFuture<'_, Result<Arc<Seal>, LogError>>;

    /// The latest checkpoint.
    fn checkpoint(&self) -> Arc<Seal>;

    /// Sealed entries from `from` on: at least one if there is one, at most `max`.
    ///
    /// # Errors
    /// [`LogError::Damaged`] if what is stored is not what was sealed.
    fn read(&self, from: Index, max: usize) -> Result<Vec<Bytes>, LogError>;

    /// Hashes that prove `index` in the tree of `size` entries, leaf side first.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] unless `index < size` and `size` is sealed.
    fn proof(&self, index: Index, size: u64) -> Result<Vec<Hash>, LogError>;

    /// Root of the tree as it was with `size` entries.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] unless `size` is sealed.
    fn root_at(&self, size: u64) -> Result<Hash, LogError>;

    /// Sealed size as it grows; closes when the log stops.
    fn follow(&self) -> tokio::sync::watch::Receiver<u64>;

    /// Resolves when the log has failed or was closed, with the reason.
    fn stopped(&self) -> BoxFuture<'_, LogError>;

    /// The key that checkpoints are verified with; its name is the origin.
    fn verifier_key(&self) -> &VerifierKey;

    /// A tile or bundle of the latest checkpoint or an earlier one, to be served as it is; `None` if there is none. What
    /// still grows may not be in the folder yet.
    ///
    /// # Errors
    /// If a file cannot be read.
    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError>;

    /// The folder of tiles; its checkpoint may be a second behind.
    fn folder(&self) -> Folder;

    /// Takes no more entries, waits until those that this process alone can seal are sealed, and gives the folder back.
    /// Blocks meanwhile.
    fn close(&self);
}
