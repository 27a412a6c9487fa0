//! The log's answers: receipts and refusals.

use super::keys::json;
use super::{Home, HomeError, Pending, file};
use crate::compose::Device;
use crate::receipt::{self, Proven};
use bytes::Bytes;
use lika_domain::ids::SubmissionId;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use prost::Message;
use serde::{Deserialize, Serialize};

/// A stored receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReceipt {
    /// The entry as in the log.
    pub entry: Bytes,
    /// The proof, a text that other programs can check too.
    pub proof: String,
}

/// A stored refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Stable code of the first problem.
    pub code: String,
    /// Everything that was wrong, one line of English each.
    pub problems: Vec<String>,
}

impl Home {
    /// Accepts the receipt of a waiting submission: checks and stores it, and notes that the log recorded the
    /// submission.
    ///
    /// After a crash in between, the submission still waits; sending it again returns the same receipt.
    ///
    /// # Errors
    /// If the receipt is not valid (it is then not stored, and the submission still waits), or a file cannot be
    /// written.
    pub fn keep_receipt(
        &self,
        device: &Device,
        pending: &Pending,
        receipt: &v1::Receipt,
        log: &VerifierKey,
    ) -> Result<Proven, HomeError> {
        let proven = receipt::verify_answer(&pending.signed, receipt, log)?;
        file::write(&self.path("receipts", &format!("{}.entry", pending.id)), &receipt.entry)?;
        file::write(&self.path("receipts", &format!("{}.tlog-proof", pending.id)), receipt.proof.as_bytes())?;
        if self.chain(device)?.sequence < pending.chain.sequence {
            self.advance(device, pending.chain)?;
        }
        self.note_size(&proven.origin, proven.size)?;
        self.settle(pending.id)?;
        Ok(proven)
    }

    /// Accepts the refusal of a waiting submission: moves it aside, with the reasons.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn keep_refusal(&self, pending: &Pending, refusal: &v1::Refusal) -> Result<(), HomeError> {
        let refused = Refused { code: refusal.code.clone(), problems: refusal.problems.iter().map(line).collect() };
        file::write(&self.path("refused", &format!("{}.json", pending.id)), &json(&refused))?;
        let path = self.path("refused", &format!("{}.submission", pending.id));
        file::write(&path, &pending.signed.encode_to_vec())?;
        self.settle(pending.id)
    }

    /// The receipt of a submission; `None` if there is none.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn receipt(&self, id: SubmissionId) -> Result<Option<KeptReceipt>, HomeError> {
        let entry = file::read(&self.path("receipts", &format!("{id}.entry")))?;
        let path = self.path("receipts", &format!("{id}.tlog-proof"));
        let Some((entry, proof)) = entry.zip(file::read(&path)?) else { return Ok(None) };
        let proof = String::from_utf8(proof).map_err(|error| HomeError::damaged(&path, error))?;
        Ok(Some(KeptReceipt { entry: entry.into(), proof }))
    }

    /// Ids of the submissions whose receipts are stored, sorted.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn receipts(&self) -> Result<Vec<SubmissionId>, HomeError> {
        let files = file::list(&self.dir().join("receipts"), "tlog-proof")?;
        files.iter().map(|path| id(&file::stem(path)).ok_or_else(|| HomeError::damaged(path, "its name"))).collect()
    }

    /// Verifies a stored receipt without the log, with the verifier key stored at the first contact; `None` if there
    /// is no receipt or no key.
    ///
    /// # Errors
    /// If it is not valid.
    pub fn verify_receipt(&self, id: SubmissionId, origin: &str) -> Result<Option<Proven>, HomeError> {
        let Some((kept, log)) = self.receipt(id)?.zip(self.log_key(origin)?) else { return Ok(None) };
        Ok(Some(receipt::verify(&kept.entry, &kept.proof, &log)?))
    }

    /// Why a submission was refused; `None` if it was not.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn refusal(&self, id: SubmissionId) -> Result<Option<Refused>, HomeError> {
        let path = self.path("refused", &format!("{id}.json"));
        let Some(bytes) = file::read(&path)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| HomeError::damaged(&path, error))
    }
}

/// Reads a submission's id, 32 hexadecimal digits.
pub(crate) fn id(text: &str) -> Option<SubmissionId> {
    let mut id = [0; 16];
    hex::decode_to_slice(text, &mut id).ok().map(|()| SubmissionId(id))
}

fn line(problem: &v1::Problem) -> String {
    let event = problem.event.map(|event| format!("event {event}: ")).unwrap_or_default();
    let detail = if problem.detail.is_empty() { String::new() } else { format!(" ({})", problem.detail) };
    format!("{event}{}: {}{detail} [{}]", problem.field, problem.en, problem.code)
}
