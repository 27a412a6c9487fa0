//! Submissions that wait to be sent.
//!
//! A submission is written here before it is first sent, so that every retry sends the same bytes and the log answers
//! with the same receipt. There is no file for the submission composed last: it follows from what the log recorded
//! and what waits, so a crash cannot make the two disagree.

use super::{Home, HomeError, file};
use crate::compose::{Chain, Composed};
use lika_domain::ids::{KeyId, SubmissionId};
use lika_proto::{convert, v1};
use prost::Message;
use sha2::{Digest, Sha256};

/// A submission that waits to be sent or for its receipt.
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

impl Home {
    /// Stores a submission and its data keys. From here on it is safe to send it.
    ///
    /// # Errors
    /// If a file cannot be written; then it must not be sent.
    pub fn enqueue(&self, composed: &Composed) -> Result<(), HomeError> {
        self.add_data_keys(&composed.signed.keys)?;
        let path = self.path("pending", &format!("{}.submission", composed.id));
        file::write(&path, &composed.signed.encode_to_vec())
    }

    /// Everything that waits, by key and in the order of composing.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn pending(&self) -> Result<Vec<Pending>, HomeError> {
        let files = file::list(&self.dir().join("pending"), "submission")?;
        let mut pending = files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        pending.sort_by_key(|one| (one.key, one.chain.sequence, one.id));
        Ok(pending)
    }

    /// Gives up a waiting submission that was never recorded: it is moved to the refused ones, and submissions
    /// composed after it are signed again when they are sent. A submission that the log recorded, and only whose
    /// receipt is missing, must not be discarded, or the device falls behind the log.
    ///
    /// # Errors
    /// If the files cannot be moved. Returns `false`, and changes nothing, if the submission does not wait.
    pub fn discard(&self, id: SubmissionId) -> Result<bool, HomeError> {
        let path = self.path("pending", &format!("{id}.submission"));
        let Some(bytes) = file::read(&path)? else { return Ok(false) };
        file::write(&self.path("refused", &format!("{id}.submission")), &bytes)?;
        file::remove(&path)?;
        Ok(true)
    }

    /// Removes a submission that has been answered.
    pub(super) fn settle(&self, id: SubmissionId) -> Result<(), HomeError> {
        file::remove(&self.path("pending", &format!("{id}.submission")))
    }
}

fn read(path: &std::path::Path) -> Result<Pending, HomeError> {
    let bytes = file::read(path)?.ok_or_else(|| HomeError::damaged(path, "the file is missing"))?;
    let signed = v1::SignedSubmission::decode(bytes.as_slice()).map_err(|error| HomeError::damaged(path, error))?;
    let submission = convert::submission(&signed.submission).map_err(|error| HomeError::damaged(path, error))?.header;
    if submission.id.to_string() != file::stem(path) {
        return Err(HomeError::damaged(path, "it holds another submission than the one in its name"));
    }
    let hash = Sha256::digest(&signed.submission).into();
    Ok(Pending {
        id: submission.id,
        key: submission.key,
        origin: submission.origin.into(),
        chain: Chain { sequence: submission.sequence, previous: Some(hash) },
        previous: submission.previous,
        signed,
    })
}
