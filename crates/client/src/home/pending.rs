//! What waits to be sent.
//!
//! A submission is written here before it is sent for the first time, so that every further attempt sends the same
//! bytes and the log answers with the same receipt. There is no file of what was composed last: it follows from what
//! the log took and what waits, so no crash can set the two apart.

use super::{Home, HomeError, file};
use crate::compose::{Chain, Composed};
use lika_domain::ids::{KeyId, SubmissionId};
use lika_proto::{convert, v1};
use prost::Message;
use sha2::{Digest, Sha256};

/// A submission that waits to be sent or for its receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Names it.
    pub id: SubmissionId,
    /// The key that signed it.
    pub key: KeyId,
    /// The log it is for.
    pub origin: String,
    /// Where its device stands after it.
    pub chain: Chain,
    /// The hash of the submission before it, as it states.
    pub previous: Option<[u8; 32]>,
    /// What is sent.
    pub signed: v1::SignedSubmission,
}

impl Home {
    /// Keeps a submission and its data keys. From here on it is safe to send it.
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

    /// Gives up what waits and was never recorded: it stays in the folder of what was refused, and what was composed
    /// after it is signed anew when it is sent. Something that the log took, and only the receipt of which got lost,
    /// must not be given up, or the device falls behind the log.
    ///
    /// # Errors
    /// If the files cannot be moved. Something that does not wait is left alone: the answer is then `false`.
    pub fn discard(&self, id: SubmissionId) -> Result<bool, HomeError> {
        let path = self.path("pending", &format!("{id}.submission"));
        let Some(bytes) = file::read(&path)? else { return Ok(false) };
        file::write(&self.path("refused", &format!("{id}.submission")), &bytes)?;
        file::remove(&path)?;
        Ok(true)
    }

    /// Takes away what has been answered.
    pub(super) fn settle(&self, id: SubmissionId) -> Result<(), HomeError> {
        file::remove(&self.path("pending", &format!("{id}.submission")))
    }
}

fn read(path: &std::path::Path) -> Result<Pending, HomeError> {
    let bytes = file::read(path)?.ok_or_else(|| HomeError::damaged(path, "it is gone"))?;
    let signed = v1::SignedSubmission::decode(bytes.as_slice()).map_err(|error| HomeError::damaged(path, error))?;
    let submission = convert::submission(&signed.submission).map_err(|error| HomeError::damaged(path, error))?.header;
    if submission.id.to_string() != file::stem(path) {
        return Err(HomeError::damaged(path, "it holds another submission than its name says"));
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
