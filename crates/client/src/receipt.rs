//! Verifies receipts without the log: the entry, and the proof that it is under a signed checkpoint of the log.

use bytes::Bytes;
use ed25519_zebra::{Signature, VerificationKey};
use lika_domain::ids::{KeyId, SubmissionId};
use lika_domain::rejection::Rejection;
use lika_proto::convert::{self, key_id, signing_bytes};
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use lika_tlog::proof::{ParseProofError, TlogProof, VerifyProofError};

/// The facts that a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The submission.
    pub id: SubmissionId,
    /// Id of the key that signed it.
    pub key: KeyId,
    /// Position of its entry in the log, from 0.
    pub index: u64,
    /// When it was recorded, in milliseconds since 1970-01-01 UTC.
    pub recorded_at_ms: u64,
    /// Name of the log.
    pub origin: String,
    /// Number of entries under the checkpoint that proves it.
    pub size: u64,
}

/// Why a receipt is not valid.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The proof cannot be read.
    #[error("the proof cannot be read")]
    ProofUnreadable(#[source] ParseProofError),
    /// The proof does not show that entry in that log.
    #[error("the proof does not show this entry in the log")]
    NotProven(#[source] VerifyProofError),
    /// The entry cannot be read.
    #[error("the entry cannot be read: {0}")]
    EntryUnreadable(Rejection),
    /// The entry holds other bytes or another signature than the submission sent.
    #[error("the entry does not hold the submission that was sent")]
    NotWhatWasSent,
    /// The submission was written for another log than the one that proves it.
    #[error("the submission was written for {written_for}, the proof is of {proven_by}")]
    OtherLog {
        /// The origin in the submission.
        written_for: String,
        /// The origin in the checkpoint.
        proven_by: String,
    },
    /// The answer names another index than the proof.
    #[error("the answer names entry {named}, the proof shows entry {proven}")]
    OtherIndex {
        /// Index in the answer.
        named: u64,
        /// Index in the proof.
        proven: u64,
    },
    /// The signature in the entry is not by the key given.
    #[error("the entry is not signed by the key")]
    SignatureInvalid,
}

/// Checks an entry and its proof against the log's verifier key.
///
/// # Errors
/// If the proof is not valid, or the entry was written for another log.
pub fn verify(entry: &Bytes, proof: &str, log: &VerifierKey) -> Result<Proven, ReceiptError> {
    let proof = TlogProof::parse(proof.as_bytes()).map_err(ReceiptError::ProofUnreadable)?;
    let checkpoint = proof.verify(entry, log).map_err(ReceiptError::NotProven)?;
    let (entry, _) = convert::entry(proof.index(), entry).map_err(ReceiptError::EntryUnreadable)?;
    let proven_by = checkpoint.origin.to_string();
    if entry.submission.origin.as_ref() != proven_by {
        return Err(ReceiptError::OtherLog { written_for: entry.submission.origin.to_string(), proven_by });
    }
    Ok(Proven {
        id: entry.submission.id,
        key: entry.submission.key,
        index: entry.index,
        recorded_at_ms: entry.recorded_at,
        origin: proven_by,
        size: checkpoint.size,
    })
}

/// Verifies the receipt of a sent submission: as [`verify`], and that the entry holds exactly the bytes sent.
///
/// # Errors
/// As [`verify`], and if the entry or the index differ from those sent and named.
pub fn verify_answer(
    sent: &v1::SignedSubmission,
    receipt: &v1::Receipt,
    log: &VerifierKey,
) -> Result<Proven, ReceiptError> {
    let proven = verify(&receipt.entry, &receipt.proof, log)?;
    let (_, signed) = convert::entry(proven.index, &receipt.entry).map_err(ReceiptError::EntryUnreadable)?;
    if signed.submission != sent.submission || sent.signature != signed.signature.as_slice() {
        return Err(ReceiptError::NotWhatWasSent);
    }
    if receipt.index != proven.index {
        return Err(ReceiptError::OtherIndex { named: receipt.index, proven: proven.index });
    }
    Ok(proven)
}

/// Checks that an entry was signed with this public key.
///
/// # Errors
/// If it was not.
pub fn verify_signature(entry: &Bytes, public_key: &[u8; 32]) -> Result<(), ReceiptError> {
    let (entry, signed) = convert::entry(0, entry).map_err(ReceiptError::EntryUnreadable)?;
    let signature = Signature::from_bytes(&signed.signature);
    let holds = |key: VerificationKey| key.verify(&signature, &signing_bytes(&signed.submission)).is_ok();
    let by_key = entry.submission.key == key_id(public_key);
    if by_key && VerificationKey::try_from(*public_key).is_ok_and(holds) {
        Ok(())
    } else {
        Err(ReceiptError::SignatureInvalid)
    }
}
