//! Questions and answers as they travel between services: submissions and receipts as protobuf, everything else as JSON.

use async_nats::{HeaderMap, Message};
use bytes::Bytes;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::progress::FigureRef;
use lika_eventlog::error::LogError;
use lika_gateway::ask::{PolicyQuery, ProgressQuery, ReadError};
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
/// Headers of an answer from who is behind: what the device has seen, and what is there.
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

/// A question about progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProgressQuestion {
    area: String,
    by: Option<String>,
    at: Option<u32>,
    recorded_by: Option<u32>,
    index: Option<u64>,
    figure: Option<String>,
}

/// A question about policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PolicyQuestion {
    area: Option<String>,
    at: Option<u32>,
}

/// Whose personal data is to be opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenQuestion {
    pub household: u64,
    pub entries: Vec<u64>,
    pub members: Vec<u32>,
}

impl ProgressQuestion {
    pub(crate) fn new(query: ProgressQuery, asked: Option<FigureRef>) -> Self {
        Self {
            area: query.area.to_string(),
            by: query.by.map(|level| level.name().to_owned()),
            at: query.at.map(Date::yyyymmdd),
            recorded_by: query.recorded_by.map(Date::yyyymmdd),
            index: query.index,
            figure: asked.map(|asked| asked.to_string()),
        }
    }

    /// What it asks; `None` if that cannot be understood.
    pub(crate) fn read(&self) -> Option<(ProgressQuery, Option<FigureRef>)> {
        let by = match &self.by {
            Some(name) => Some(*Level::ALL.iter().find(|level| level.name() == name)?),
            None => None,
        };
        let asked = match &self.figure {
            Some(name) => Some(FigureRef::from_name(name)?),
            None => None,
        };
        let (at, recorded_by) = (day(self.at)?, day(self.recorded_by)?);
        Some((ProgressQuery { area: self.area.parse().ok()?, by, at, recorded_by, index: self.index }, asked))
    }
}

impl PolicyQuestion {
    pub(crate) fn new(query: PolicyQuery) -> Self {
        Self { area: query.area.map(|area| area.to_string()), at: query.at.map(Date::yyyymmdd) }
    }

    pub(crate) fn read(&self) -> Option<PolicyQuery> {
        let area = match &self.area {
            Some(area) => Some(area.parse::<Area>().ok()?),
            None => None,
        };
        Some(PolicyQuery { area, at: day(self.at)? })
    }
}

/// A day that may be left out; `None` if it is no day.
fn day(yyyymmdd: Option<u32>) -> Option<Option<Date>> {
    match yyyymmdd {
        Some(day) => Date::from_yyyymmdd(day).map(Some),
        None => Some(None),
    }
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

/// What became of a submission.
pub(crate) fn outcome(outcome: Result<Receipt, SubmitError>) -> (HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    let (kind, payload) = match outcome {
        Ok(Receipt { index, entry, proof, duplicate }) => {
            (RECEIPT, v1::Receipt { index, entry, proof, duplicate }.encode_to_vec())
        }
        // The status is the gateway's affair.
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

/// The same, read. What cannot be understood is taken for no answer: the submission may be sent again.
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
