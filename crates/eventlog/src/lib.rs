//! The event log: entries in one order, for ever, under signed checkpoints.
//!
//! It keeps bytes and does not know what an entry means.
//!
//! In reading order:
//! * [`Sequencer`]: the contract for giving entries their index; [`PublishedLog`]: the part of the log under a
//!   checkpoint
//! * [`tiles`]: the embedded sequencer, whose folder of C2SP tlog-tiles is the log
//! * [`jetstream`]: the distributed sequencer, a stream of NATS JetStream
//! * `tile_writer`, `journal`: used by both to write tiles; the journal holds what is signed and not in tiles yet
//! * [`verify`]: checks a log, or any part of one, against its checkpoint; used when opening the log and by auditors

pub mod error;
mod folder;
mod frontier;
mod high_water;
pub mod jetstream;
mod journal;
mod published;
mod recovery;
mod tile_tree;
mod tile_writer;
pub mod tiles;
pub mod verify;
mod waiters;
mod writer;

pub use published::PublishedLog;
pub use recovery::Known;

use bytes::Bytes;
use error::AppendError;
use futures::future::BoxFuture;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_tlog::Hash;
use lika_tlog::checkpoint::SignedCheckpoint;
use std::sync::Arc;

/// Entries of a bundle, the file in which they lie and are read together.
pub const BUNDLE_ENTRIES: u64 = lika_tlog::tile::TILE_WIDTH as u64;

/// A signed checkpoint and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Entries it covers.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// The signed note.
    pub signed: Arc<SignedCheckpoint>,
}

/// Sequences a log: gives every entry its index. Published entries are read from the implementation's
/// [`PublishedLog`].
///
/// * **Order**: `append` fixes an entry's index; indexes are contiguous from 0. An entry whose `expected_last` is not
///   the index of the area's last sequenced entry is refused and takes no index.
/// * **Durability**: an entry is durable only once it is published, which [`PublishedLog::published`] tells. Nothing
///   is ever acknowledged before. What was sequenced and not published may be gone after a crash.
/// * **Failure**: a failed write or fsync stops the log for good: every call fails with
///   [`LogError::Stopped`](error::LogError::Stopped) and nothing is retried, since a retried fsync may succeed on
///   data that is not on disk. The process must stop; the next open recovers.
/// * **Concurrency**: every method may be called from any thread at any time.
/// * **Retry**: an implementation does not retry. A caller that gets [`AppendError::Conflict`] reads and decides
///   again; one that gets no answer asks for the submission later by its id.
pub trait Sequencer: Send + Sync + 'static {
    /// Sequences the entry after all others.
    fn append(
        &self,
        area: Area,
        expected_last: Option<Index>,
        entry: Bytes,
    ) -> BoxFuture<'_, Result<Index, AppendError>>;

    /// Takes no more entries, waits until those that only this process can publish are published, and unlocks the
    /// folder. Blocks meanwhile.
    fn close(&self);
}
