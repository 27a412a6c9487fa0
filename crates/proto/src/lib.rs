//! The wire shapes of Lika and their only mapping to the types of the rules.
//!
//! * [`v1`]: messages generated from `proto/lika/v1`. The comments there are their documentation.
//! * [`convert`]: from the wire to [`lika_domain`], with every check that a value is one at all.
//! * [`json`]: the same messages as JSON, for people and for clients without protobuf.
//! * [`seal`]: personal data, encrypted before it stands in a message.

pub mod convert;
pub mod json;
#[cfg(test)]
#[path = "../build/mapping.rs"]
mod mapping;
pub mod seal;

/// Messages of `proto/lika/v1`.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated; the proto files hold the comments")]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/lika.v1.rs"));
}

/// The compiled proto files, a FileDescriptorSet.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
