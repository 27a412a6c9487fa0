//! The vault: data keys under which personal data is sealed, and the key that makes tags of citizen IDs. It is stored
//! next to the log and never in it: the log replays in full without any of it.
//!
//! It holds no personal data, and does not know what a key opens.
//!
//! In reading order:
//! * [`Vault`]: the folder `vault/` of a data folder, and how keys are stored and read
//! * [`TagKey`]: keyed hashes of citizen IDs
//! * [`Keyring`]: the keys sent with one submission, together with those in the vault
//! * [`OpenedCard`], [`OpenedOfficial`]: personal data as authorised readers see it
//! * [`VaultError`], [`StoreError`]
//!
//! # The folder
//! Only its owner may enter `vault/` (0700) and read its files (0600).
//! * `tag.key`: 32 random bytes, made once.
//! * `keys`: records of 64 bytes, each with its checksum, only ever appended to. A key may be used only once its
//!   record is fsynced; concurrent requests share one fsync.
//!
//! # The stream
//! Distributed services share the keys: they are in a JetStream stream, one message each, wrapped under `wrap.key`;
//! the folder then holds only `wrap.key` and `tag.key`. A key is created once and never overwritten: the message is
//! guarded as the first of its subject. Every process has all keys in memory and follows the stream. If the stream was
//! rolled back, every process stores again the lost keys that it knows, at the latest when it ends.
//!
//! # Not built yet
//! * **Erasure** destroys a key by overwriting its record in place: records have a fixed size, lie inside one sector
//!   each, and carry a byte that says whether the key is still there. Only one value is defined today; a record with
//!   another is refused as damage and not skipped. In the stream, erasure must leave a message under the key's name:
//!   a key that is merely missing would be stored again.
//! * **Encryption at rest** wraps the 32 bytes of each record under a key of the machine or of a key service; subject
//!   and number stay in the clear, since keys are looked up by them.
//! * **Access control**: keys leave the vault only through [`Vault::key`]. For now the caller decides who may read
//!   personal data.

mod declaration;
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
pub use opened::{
    OpenHousehold, OpenOfficial, OpenedCard, OpenedHousehold, OpenedMember, OpenedOfficial, OpenedVisit, VISITS_MAX,
};
pub use tag::TagKey;
pub use vault::Vault;
