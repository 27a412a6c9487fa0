//! The gateway's HTTP API, as a client sees it.
//!
//! Every answer has a limit in time and size. An answer that refuses, one that does not come, and one that makes no
//! sense are three things: after the second it is unknown whether the submission was recorded, and the only right move
//! is to send the same bytes again.

mod http;
mod problem;
mod reads;
mod sessions;
mod submissions;

#[cfg(test)]
mod tests;

pub use http::Api;
pub use problem::is_decided;
pub use reads::{LogInfo, ProgressQuery};
pub use sessions::Session;
pub use submissions::Answers;

use lika_http::reqwest;
use lika_proto::v1;
use std::error::Error;

/// Longest wait for a connection, in seconds.
pub const CONNECT_TIMEOUT_S: u64 = 10;
/// Longest wait for a whole answer, and for the next one of a stream, in seconds.
pub const ANSWER_TIMEOUT_S: u64 = 60;
/// Largest answer to one submission, in bytes: an entry with its proof, or a refusal that lists every event.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest document that is read, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why a request brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The node answered, and refuses. For a submission: it is not in the log.
    #[error("{}", problem::summary(.0))]
    Refused(Box<v1::Refusal>),
    /// No answer: no connection, no time, or the node cannot answer now. Whether a submission was recorded is open.
    #[error("the node cannot be reached: {what}")]
    Unreachable {
        /// What happened.
        what: String,
        /// What the system or the connection says.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The node answered something that is not of this API. Whether a submission was recorded is open.
    #[error("the node answered what cannot be understood: {0}")]
    Protocol(String),
    /// The address is none.
    #[error("{0:?} is no address of a node; one looks like http://127.0.0.1:8080")]
    Address(String),
}

impl ApiError {
    /// The status of a refusal: 401 and 403 mean not authorised, 404 that there is no such thing, 409 a conflict.
    pub fn status(&self) -> Option<u32> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether the same bytes should be sent again later.
    pub fn is_worth_retrying(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Protocol(_))
    }

    fn unreachable(what: impl Into<String>) -> Self {
        Self::Unreachable { what: what.into(), source: None }
    }

    /// What a request failed with. Only the cause is kept: the layers above it would tell of the address once more.
    fn broken(what: &str, error: reqwest::Error) -> Self {
        Self::Unreachable { what: what.to_owned(), source: Some(Box::new(error.without_url())) }
    }

    fn protocol(error: impl std::fmt::Display) -> Self {
        Self::Protocol(error.to_string())
    }
}
