//! The vault: data keys under which personal data is sealed, and the key that makes tags of citizen IDs. It lies beside
//! the log and never in it: the log replays in full without any of it.
//!
//! What it is not: it keeps no personal data, and it does not know what a key opens.
//!
//! In reading order:
//! * [`Vault`]: the folder `vault/` of a data folder, and how keys get into it and out of it
//! * [`TagKey`]: keyed hashes of citizen IDs
//! * [`Keyring`]: the keys that come with one submission, laid over those the vault has
//! * [`OpenedCard`], [`OpenedOfficial`]: what a reader sees who may
//! * [`VaultError`], [`StoreError`]
//!
//! # The folder
//! `vault/` may be entered by its owner alone (0700), and its files read by its owner alone (0600).
//! * `tag.key`: 32 bytes, drawn once.
//! * `keys`: records of 64 bytes, each with its checksum, only ever added to. A key is given out for use only once its
//!   record is fsynced; records of all requests under way share one fsync.
//!
//! # The stream
//! Where services run apart, several processes share the keys: they lie in a JetStream stream, one message each, wrapped
//! under `wrap.key`, which with `tag.key` is all that the folder holds then. A key is created once and never overwritten:
//! the message is guarded as the first of its subject. Every process has all keys in memory and follows the stream. A stream
//! that was rolled back is given again what any process knows, at the latest as that process ends.
//!
//! # What has its place here and is not built yet
//! * **Erasure** destroys a key by writing over its record where it stands: records have a fixed size, lie inside one
//!   sector each, and carry a byte that says whether the key is still there. One value of it is known today; a record
//!   with another is refused as damage and not passed over. In the stream it leaves something under the key's name: a
//!   message that is merely gone would be given back.
//! * **Encryption at rest** wraps the 32 bytes of each record under a key of the machine or of a key service; subject
//!   and number stay in the clear, since they are what is looked up.
//! * **Access control**: [`Vault::key`] is the one door through which a key leaves. Who may read personal data is
//!   decided by the caller for now.

mod depositor;
mod error;
mod file;
mod keyring;
mod opened;
mod record;
mod stream;
mod tag;
mod vault;
mod writer;

pub use error::{StoreError, VaultError};
pub use keyring::{KEYS_MAX, Keyring};
pub use opened::{OpenedCard, OpenedHousehold, OpenedMember, OpenedOfficial};
pub use tag::TagKey;
pub use vault::Vault;
