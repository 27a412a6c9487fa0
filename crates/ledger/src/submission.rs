//! Input and output of a recorder.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::{PersonTag, Submission};
use lika_eventlog::error::{AppendError, LogError};
use lika_proto::convert::{self, Service};
use lika_proto::v1;

/// A submission that could be read and is for the recorder that received it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The bytes that were signed.
    pub submission: Bytes,
    /// Their signature.
    pub signature: [u8; 64],
    /// The public key that the signature was found good with, if somebody had to check it before the recorder does.
    /// It counts only if it is the author's when the submission is judged.
    pub verified: Option<[u8; 32]>,
    /// The parsed bytes.
    pub parsed: Submission,
    /// Keyed hashes of the citizen IDs it registers.
    pub tags: Vec<PersonTag>,
    /// Number of entries that its device has seen published: it is not decided about on fewer.
    pub known: Index,
}

/// Proof that a submission is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Index of its entry.
    pub index: Index,
    /// The entry.
    pub entry: Bytes,
    /// A `c2sp.org/tlog-proof@v1` text.
    pub proof: String,
    /// Whether it had been recorded before.
    pub duplicate: bool,
}

/// Why a submission got no receipt.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmitError {
    /// It is refused; sending it again does not help.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The log takes no more at this moment; the submission may be sent again unchanged.
    #[error("the log is busy")]
    Busy,
    /// Its device holds a receipt of a later entry than this process has: either this process has not read that far
    /// yet, or the log was cut short. The submission may be sent again unchanged.
    #[error("the device has seen {known} entries sealed, and there are {found} here")]
    Behind {
        /// Number of entries that the device has seen.
        known: Index,
        /// Number of entries here.
        found: Index,
    },
    /// No instance of the responsible service answers; the submission may be sent again unchanged.
    #[error("no {0} service answers")]
    Unanswered(&'static str),
    /// The log has stopped; the submission may be sent again once the node is back.
    #[error("the log cannot record")]
    Unavailable(#[source] LogError),
}

/// Reads a submission for a recorder.
///
/// # Errors
/// Everything that is wrong with its form; `wrong_service` if it is for another recorder.
pub fn prepare(signed: &v1::SignedSubmission, service: Service) -> Result<Prepared, Rejection> {
    let v1::SignedSubmission { submission, signature, known, .. } = signed;
    let signature = <[u8; 64]>::try_from(&signature[..])
        .map_err(|_| Rejection::of(Code::FieldInvalid, "signature", format!("{} bytes, not 64", signature.len())))?;
    let parsed = convert::submission(submission)?;
    if convert::service(&parsed.events) != service {
        return Err(Rejection::of(Code::WrongService, "events", ""));
    }
    Ok(Prepared { submission: submission.clone(), signature, verified: None, parsed, tags: Vec::new(), known: *known })
}

impl Receipt {
    /// Refuses a submission that differs from the recorded one: an id names one submission for ever.
    pub(crate) fn check_same(&self, submission: &Bytes) -> Result<(), Rejection> {
        let same = convert::entry(self.index, &self.entry).is_ok_and(|(_, signed)| signed.submission == *submission);
        let reused = || Rejection::of(Code::SubmissionIdReused, "id", format!("entry {}", self.index));
        if same { Ok(()) } else { Err(reused()) }
    }
}

impl From<AppendError> for SubmitError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::TooLarge { bytes } => {
                Rejection::of(Code::EntryTooLarge, "entry", format!("{bytes} bytes")).into()
            }
            AppendError::Busy => Self::Busy,
            // The ledger is the only writer of its log: a conflict means that there is another.
            AppendError::Conflict { .. } => Self::Unavailable(LogError::Closed),
            AppendError::Log(error) => Self::Unavailable(error),
        }
    }
}
