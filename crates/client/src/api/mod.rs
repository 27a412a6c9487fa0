//! The gateway's HTTP API, seen from a client.
//!
//! Every answer has a limit in time and size. A refusal, a missing answer and an answer that makes no sense are three
//! different things. After the last two it is unknown whether the submission was recorded, and the only right move is
//! to send the same bytes again.

mod http;
mod problem;
mod proofs;
mod reads;
mod replica;
mod sessions;
mod submissions;

#[cfg(test)]
mod tests;

pub use http::Api;
pub use problem::is_decided;
pub use proofs::EntryProof;
pub use reads::{LogInfo, ProgressQuery};
pub use sessions::Session;
pub use submissions::Answers;

use lika_proto::v1;
use std::error::Error;

/// Longest wait for a connection, in seconds.
pub const CONNECT_TIMEOUT_S: u64 = 10;
/// Longest wait for a complete answer, and for the next one of a stream, in seconds.
pub const ANSWER_TIMEOUT_S: u64 = 60;
/// Largest answer to one submission, in bytes: an entry with its proof, or a refusal that lists every event.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest document accepted, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The node refused. A refused submission is not in the log.
    #[error("{}", problem::summary(.0))]
    Refused(Box<v1::Refusal>),
    /// No answer: no connection, a timeout, or the node cannot answer now. The submission may have been recorded or
    /// not.
    #[error("the node cannot be reached: {what}")]
    Unreachable {
        /// The failure.
        what: String,
        /// The error of the system or the connection.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The answer is not one of this API. The submission may have been recorded or not.
    #[error("the node's answer cannot be understood: {0}")]
    Protocol(String),
    /// The address is malformed.
    #[error("{0:?} is not the address of a node, such as http://127.0.0.1:8080")]
    Address(String),
}

impl ApiError {
    /// The status of a refusal: 401 and 403 mean not authorised, 404 not found, 409 a conflict.
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

    fn broken(what: &str, error: lika_http::Error) -> Self {
        Self::Unreachable { what: what.to_owned(), source: Some(error) }
    }

    fn protocol(error: impl std::fmt::Display) -> Self {
        Self::Protocol(error.to_string())
    }
}
