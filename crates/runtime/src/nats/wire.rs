//! Answers as messages between services: receipts and refusals as protobuf, everything else as JSON.

use async_nats::{HeaderMap, Message};
use bytes::Bytes;
use lika_eventlog::error::LogError;
use lika_gateway::backend::ReadError;
use lika_ledger::{Receipt, SubmitError};
use lika_proto::{convert, v1};
use prost::Message as _;
use serde::{Deserialize, Serialize};

/// Header that says what kind of answer a submission got.
pub(crate) const OUTCOME: &str = "Lika-Outcome";
const RECEIPT: &str = "receipt";
const REFUSED: &str = "refused";
const BUSY: &str = "busy";
const UNAVAILABLE: &str = "unavailable";
const BEHIND: &str = "behind";
/// Headers of an answer from an instance that is behind: the number of entries that the device has seen, and of those
/// that the instance has.
const KNOWN: &str = "Lika-Known";
const FOUND: &str = "Lika-Found";

/// An answer to a question, `None` if there is nothing of that name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer<T> {
    Found(Option<T>),
    Behind,
    Busy,
    Failed,
}

impl<T> Answer<T> {
    pub(crate) fn of(answer: Result<Option<T>, ReadError>) -> Self {
        match answer {
            Ok(found) => Self::Found(found),
            Err(ReadError::Behind) => Self::Behind,
            Err(ReadError::Busy) => Self::Busy,
            Err(error) => {
                tracing::error!(%error, "a question cannot be answered");
                Self::Failed
            }
        }
    }

    pub(crate) fn read(self) -> Result<Option<T>, ReadError> {
        match self {
            Self::Found(found) => Ok(found),
            Self::Behind => Err(ReadError::Behind),
            Self::Busy => Err(ReadError::Busy),
            Self::Failed => Err(ReadError::failed(std::io::Error::other("the service that was asked has logged why"))),
        }
    }
}

/// Writes the outcome of a submission.
pub(crate) fn outcome(outcome: Result<Receipt, SubmitError>) -> (HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    let (kind, payload) = match outcome {
        Ok(Receipt { index, entry, proof, duplicate }) => {
            (RECEIPT, v1::Receipt { index, entry, proof, duplicate }.encode_to_vec())
        }
        // The gateway sets the status.
        Err(SubmitError::Rejected(rejection)) => (REFUSED, convert::refusal(&rejection, 0).encode_to_vec()),
        Err(SubmitError::Busy) => (BUSY, Vec::new()),
        Err(SubmitError::Behind { known, found }) => {
            headers.insert(KNOWN, known.to_string());
            headers.insert(FOUND, found.to_string());
            (BEHIND, Vec::new())
        }
        Err(SubmitError::Unanswered(_) | SubmitError::Unavailable(_)) => (UNAVAILABLE, Vec::new()),
    };
    headers.insert(OUTCOME, kind);
    (headers, payload.into())
}

/// Reads the outcome of a submission. A message that cannot be understood counts as no answer: the submission may be
/// sent again.
pub(crate) fn read_outcome(message: Message, service: &'static str) -> Result<Receipt, SubmitError> {
    let headers = message.headers.unwrap_or_default();
    let kind = headers.get(OUTCOME).map(|kind| kind.as_str().to_owned());
    let unanswered = SubmitError::Unanswered(service);
    match kind.as_deref() {
        Some(RECEIPT) => {
            let v1::Receipt { index, entry, proof, duplicate } =
                v1::Receipt::decode(message.payload).map_err(|_| unanswered)?;
            Ok(Receipt { index, entry, proof, duplicate })
        }
        Some(REFUSED) => {
            let refusal = v1::Refusal::decode(message.payload).ok().and_then(convert::rejection);
            Err(refusal.map_or(unanswered, SubmitError::Rejected))
        }
        Some(BUSY) => Err(SubmitError::Busy),
        Some(BEHIND) => {
            let number = |name: &str| headers.get(name).and_then(|value| value.as_str().parse().ok());
            match (number(KNOWN), number(FOUND)) {
                (Some(known), Some(found)) => Err(SubmitError::Behind { known, found }),
                _ => Err(unanswered),
            }
        }
        Some(UNAVAILABLE) => Err(SubmitError::Unavailable(LogError::Closed)),
        _ => Err(unanswered),
    }
}
