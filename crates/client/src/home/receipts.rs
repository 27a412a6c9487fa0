//! Receipts.

use super::folders::Folder;
use super::{Home, HomeError, Pending, file};
use crate::receipt::{self, Proven, ReceiptError};
use bytes::Bytes;
use lika_domain::ids::SubmissionId;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use lika_tlog::proof::TlogProof;
use std::path::PathBuf;

/// A stored receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReceipt {
    /// The entry as in the log.
    pub entry: Bytes,
    /// The proof, a text that other programs can check too.
    pub proof: String,
}

impl Home {
    /// Accepts the receipt of a submission: checks and stores it, and notes that the log recorded the submission.
    ///
    /// After a crash in between, the submission still waits; sending it again returns the same receipt.
    ///
    /// # Errors
    /// If the receipt is not valid (it is then not stored, and the submission still waits), or a file cannot be
    /// written.
    pub fn keep_receipt(
        &self,
        pending: &Pending,
        receipt: &v1::Receipt,
        log: &VerifierKey,
    ) -> Result<Proven, HomeError> {
        let proven = receipt::verify_answer(&pending.signed, receipt, log)?;
        let _held = self.writing()?;
        file::write(&self.path("receipts", &format!("{}.entry", pending.id)), &receipt.entry)?;
        file::write(&self.path("receipts", &format!("{}.tlog-proof", pending.id)), receipt.proof.as_bytes())?;
        self.settle(pending, &proven)?;
        Ok(proven)
    }

    /// Completes what a crash left undone after a receipt was stored, without asking the log. `None` if there is no
    /// receipt of exactly these bytes.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub(crate) fn settle_receipted(&self, pending: &Pending, log: &VerifierKey) -> Result<Option<Proven>, HomeError> {
        let Ok(Some(kept)) = self.receipt(pending.id) else { return Ok(None) };
        let Ok(proven) = kept.verify_answer(pending, log) else { return Ok(None) };
        let _held = self.writing()?;
        self.settle(pending, &proven)?;
        Ok(Some(proven))
    }

    fn settle(&self, pending: &Pending, proven: &Proven) -> Result<(), HomeError> {
        if self.chain(pending.key)?.sequence < pending.chain.sequence {
            self.advance(pending.key, pending.chain)?;
        }
        self.note_size(&proven.origin, proven.size)?;
        self.clear(pending.id, None)
    }

    /// A submission without a receipt, whatever its state; `None` if there is none of that id.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn unreceipted(&self, id: SubmissionId) -> Result<Option<Pending>, HomeError> {
        Ok(self.kept(id)?.map(|kept| kept.submission))
    }

    /// Whether a submission of that id waits to be sent.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn is_pending(&self, id: SubmissionId) -> Result<bool, HomeError> {
        let path = self.submission_path(Folder::Pending, &id.to_string());
        path.try_exists().map_err(HomeError::at(&path))
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

    /// Entries with a stored receipt from an index on, in order. What cannot be read is left out.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(crate) fn entries_from(&self, from: u64) -> Result<Vec<(u64, Bytes)>, HomeError> {
        let index = |path: &PathBuf| TlogProof::parse(&file::read(path).ok()??).ok().map(|proof| proof.index());
        let mut entries = Vec::new();
        for path in file::list(&self.dir().join("receipts"), "tlog-proof")? {
            let Some(index) = index(&path).filter(|index| *index >= from) else { continue };
            let entry = file::read(&path.with_extension("entry")).ok().flatten();
            entries.extend(entry.map(|entry| (index, entry.into())));
        }
        entries.sort_by_key(|(index, _)| *index);
        Ok(entries)
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
}

impl KeptReceipt {
    /// Position of the entry in the log, as its proof states it.
    pub(super) fn index(&self) -> Option<u64> {
        TlogProof::parse(self.proof.as_bytes()).ok().map(|proof| proof.index())
    }

    /// As [`receipt::verify_answer`], from what is stored.
    fn verify_answer(self, pending: &Pending, log: &VerifierKey) -> Result<Proven, ReceiptError> {
        let proven = receipt::verify(&self.entry, &self.proof, log)?;
        let receipt = v1::Receipt { index: proven.index, entry: self.entry, proof: self.proof, duplicate: true };
        receipt::verify_answer(&pending.signed, &receipt, log)
    }
}

/// Reads a submission's id, 32 hexadecimal digits.
pub(crate) fn id(text: &str) -> Option<SubmissionId> {
    let mut id = [0; 16];
    hex::decode_to_slice(text, &mut id).ok().map(|()| SubmissionId(id))
}
