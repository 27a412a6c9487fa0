//! Input and output of a recorder.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::{PersonTag, Submission};
use lika_eventlog::error::{AppendError, LogError};
use lika_proto::convert::{self, Service};
use lika_proto::v1;

/// A signed submission as it was received, with its bytes decoded. Everything on its way to the recorder uses this
/// message, so that the bytes are decoded only once.
#[derive(Clone, Debug)]
pub struct Received {
    /// The message that was received.
    pub signed: v1::SignedSubmission,
    /// The submission in it, with fields that are not checked yet; or why it cannot be decoded.
    message: Result<v1::Submission, Rejection>,
}

/// A submission that could be read and is for the recorder that received it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The bytes that were signed.
    pub submission: Bytes,
    /// Their signature.
    pub signature: [u8; 64],
    /// The public key with which the signature was found good, if it had to be checked before the ledger judges the
    /// submission. The check counts only if this is the author's key then.
    pub verified: Option<[u8; 32]>,
    /// The parsed bytes.
    pub parsed: Submission,
    /// Why a new submission in this form is refused. One that is recorded already gets its receipt all the same.
    pub unfit: Option<Rejection>,
    /// Keyed hashes of the citizen IDs it registers.
    pub tags: Vec<PersonTag>,
    /// Number of entries that its device has seen published: a process with fewer entries does not decide about it.
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
    #[error("the device has seen {known} published entries, but there are only {found} here")]
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
pub fn prepare(received: Received, service: Service) -> Result<Prepared, Rejection> {
    let v1::SignedSubmission { submission, signature, known, .. } = received.signed;
    let signature = <[u8; 64]>::try_from(&signature[..])
        .map_err(|_| Rejection::of(Code::FieldInvalid, "signature", format!("{} bytes, not 64", signature.len())))?;
    let (parsed, unfit) = match convert::recordable(&submission, received.message?) {
        Ok(parsed) => (parsed, None),
        Err(why) => (convert::submission(&submission).map_err(|_| why.clone())?, Some(why)),
    };
    if Service::from(&parsed.events) != service {
        return Err(Rejection::of(Code::WrongService, "events", ""));
    }
    Ok(Prepared { submission, signature, verified: None, parsed, unfit, tags: Vec::new(), known })
}

impl From<v1::SignedSubmission> for Received {
    fn from(signed: v1::SignedSubmission) -> Self {
        let message = convert::submission_message(&signed.submission);
        Self { signed, message }
    }
}

impl Received {
    /// The decoded submission; `None` if its bytes are not a submission, and [`prepare`] will say why.
    pub fn message(&self) -> Option<&v1::Submission> {
        self.message.as_ref().ok()
    }

    /// The id under which it is answered; empty if it has none. A submission that cannot be decoded has one too if its
    /// bytes can be read as far as the id.
    pub fn id(&self) -> Bytes {
        match &self.message {
            Ok(message) if message.id.len() <= convert::ID_BYTES => message.id.clone(),
            Ok(_) => Bytes::new(),
            Err(_) => convert::submission_id(&self.signed.submission),
        }
    }

    /// The recorder that decides about it. A submission that cannot be decoded or holds no events may go to any of
    /// them: they all refuse it in the same words.
    pub fn service(&self) -> Service {
        self.message().and_then(|message| message.events.as_ref()).map_or(Service::Households, Service::from)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use lika_proto::v1::submission::Events;
    use prost::Message;

    fn received(submission: impl Into<Bytes>) -> Received {
        v1::SignedSubmission { submission: submission.into(), ..Default::default() }.into()
    }

    fn encoded(id: &'static [u8], events: Option<Events>) -> Vec<u8> {
        let id = Bytes::from_static(id);
        v1::Submission { id, origin: "o".into(), area: 5, key: 9, events, ..Default::default() }.encode_to_vec()
    }

    #[test]
    fn the_last_events_in_a_submission_name_its_recorder() {
        let officials = Events::Officials(Default::default());
        for (events, service) in [
            (None, Service::Households),
            (Some(Events::Households(Default::default())), Service::Households),
            (Some(officials.clone()), Service::Officials),
            (Some(Events::Aid(Default::default())), Service::Aid),
        ] {
            let found = received(encoded(&[7; 16], events));
            assert_eq!((found.id().as_ref(), found.service()), ([7; 16].as_slice(), service));
        }
        let both = [encoded(&[7; 16], Some(Events::Aid(Default::default()))), encoded(&[8; 16], Some(officials))];
        let both = received(both.concat());
        assert_eq!((both.id().as_ref(), both.service()), ([8; 16].as_slice(), Service::Officials));
    }

    #[test]
    fn an_undecodable_submission_is_answered_under_its_id() {
        let id: &[u8] = &[7; 16];
        let whole = encoded(&[7; 16], None);
        // Events that are not a message, before and after the id; then bytes that are not a field; then too many
        // bytes.
        let events = [&[0x4a, 2, 0xff, 0xff][..], &whole].concat();
        let after = [&whole[..], &[0x4a, 2, 0xff, 0xff]].concat();
        let broken = [&whole[..], &[0xff; 40]].concat();
        let long = [&whole[..], &[0x12, 0x80, 0x80, 4], &[b'o'; 65_536]].concat();
        for (bytes, code) in [
            (events, Code::Malformed),
            (after, Code::Malformed),
            (broken, Code::Malformed),
            (long, Code::EntryTooLarge),
        ] {
            let found = received(bytes);
            assert_eq!(found.id(), id);
            let signed = v1::SignedSubmission { signature: Bytes::from_static(&[0; 64]), ..found.signed.clone() };
            assert_eq!(prepare(signed.into(), found.service()).unwrap_err().code(), code);
        }
    }

    #[test]
    fn nonsense_and_ids_of_a_wrong_length_give_no_id() {
        for bytes in [&[][..], &[0xff; 40], &[0x4a, 0x7f], &[0x0a], b"nonsense", &[0x48, 0x01]] {
            let found = received(Bytes::copy_from_slice(bytes));
            assert_eq!((found.id(), found.service()), (Bytes::new(), Service::Households), "{bytes:?}");
        }
        assert_eq!(received(encoded(&[7; 17], None)).id(), Bytes::new());
    }
}
