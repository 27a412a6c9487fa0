//! The C2SP formats of a transparency log, as pure functions and types over bytes.
//!
//! It contains RFC 6962 hashes and tree proofs, for one entry and for many, tile and entry bundle files, signed notes,
//! checkpoints, witness cosignatures and the self-contained proof file that serves as a receipt. Each module names its
//! specification.
//!
//! It does without files, sockets, clocks and random numbers: the caller passes the bytes, the time and the seed of a
//! key, so that a log writer, a client checking a receipt and an auditor run the same code.
//!
//! Everything read is untrusted. A parser accepts only the one canonical spelling of a value, has a named limit, and
//! returns an error for anything else; none panics. An accepted value is written back byte for byte.

pub mod batch;
pub mod hash;
pub mod tree;

pub mod tile;

pub mod bundle;

pub mod key;
pub mod note;

pub mod checkpoint;
pub mod proof;

mod text;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use key::{KeyName, SigningKey, VerifierKey};
pub use note::{SignedNote, cosignature};
pub use proof::TlogProof;
pub use tile::{TileKind, TilePath};
pub use tree::{Frontier, HashSource};
