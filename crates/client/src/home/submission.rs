//! A submission in a file.

use super::{HomeError, file};
use crate::compose::Chain;
use lika_domain::ids::{KeyId, SubmissionId};
use lika_domain::rejection::Rejection;
use lika_proto::{convert, v1};
use prost::Message;
use sha2::{Digest, Sha256};
use std::path::Path;

/// A submission that has no receipt yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its id.
    pub id: SubmissionId,
    /// The key that signed it.
    pub key: KeyId,
    /// The log it is for.
    pub origin: String,
    /// Position of its device after it.
    pub chain: Chain,
    /// The hash of the previous submission, as stated in it.
    pub previous: Option<[u8; 32]>,
    /// The bytes to send.
    pub signed: v1::SignedSubmission,
}

/// Reads a submission; `None` if there is none: another process may have moved it on.
pub(super) fn read(path: &Path) -> Result<Option<Pending>, HomeError> {
    let Some(bytes) = file::read(path)? else { return Ok(None) };
    let damaged = |error: &dyn std::fmt::Display| HomeError::damaged(path, error);
    let signed = v1::SignedSubmission::decode(bytes.as_slice()).map_err(|error| damaged(&error))?;
    let pending = Pending::read(signed).map_err(|error| damaged(&error))?;
    if pending.id.to_string() != file::stem(path) {
        return Err(damaged(&"it holds another submission than the one in its name"));
    }
    Ok(Some(pending))
}

impl Pending {
    /// Reads the header of a submission.
    ///
    /// # Errors
    /// If the bytes are not a submission.
    pub fn read(signed: v1::SignedSubmission) -> Result<Self, Rejection> {
        let submission = convert::submission(&signed.submission)?.header;
        let hash = Sha256::digest(&signed.submission).into();
        Ok(Self {
            id: submission.id,
            key: submission.key,
            origin: submission.origin.into(),
            chain: Chain { sequence: submission.sequence, previous: Some(hash) },
            previous: submission.previous,
            signed,
        })
    }

    /// Whether it is the next one of its device after that position.
    pub(crate) fn follows(&self, taken: Chain) -> bool {
        (self.chain.sequence, self.previous) == (taken.sequence + 1, taken.previous)
    }
}
