//! Sending submissions.

use super::http::{PROTOBUF, Reply, in_time};
use super::problem;
use super::{ANSWER_BYTES_MAX, Api, ApiError};
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use lika_http::hyper::body::Incoming;
use lika_http::{complete, piece, stream};
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use prost::Message;

/// Most submissions sent in one piece when they are ready faster than the connection takes them.
const PIECE_SUBMISSIONS_MAX: usize = 64;
/// Longest length prefix of a message, in bytes.
const DELIMITER_BYTES_MAX: usize = 10;

/// Answers to a stream of submissions, in the order of the submissions.
#[derive(Debug)]
pub struct Answers {
    body: Incoming,
    received: BytesMut,
}

impl Api {
    /// Sends one submission and waits for its receipt. The caller must check the receipt, see [`crate::receipt`].
    ///
    /// # Errors
    /// [`ApiError::Refused`] if it is not in the log; after any other error it may be, and should be sent again.
    pub async fn submit(&self, signed: &v1::SignedSubmission) -> Result<v1::Receipt, ApiError> {
        let request = self.post(self.submissions.clone(), PROTOBUF, PROTOBUF, complete(signed.encode_to_vec()));
        let reply = self.exchange(request, ANSWER_BYTES_MAX).await?;
        if !reply.is(PROTOBUF) {
            let status = reply.status;
            return Err(match reply.accepted() {
                Ok(_) => ApiError::Protocol(format!("{status} without a receipt")),
                Err(error) => error,
            });
        }
        match v1::Answer::decode(reply.body).map_err(ApiError::protocol)?.outcome {
            Some(Outcome::Receipt(receipt)) if reply.status.is_success() => Ok(receipt),
            Some(Outcome::Refusal(refusal)) if !reply.status.is_success() => Err(problem::refused(refusal)),
            _ => Err(ApiError::Protocol(format!("{} with another outcome", reply.status))),
        }
    }

    /// Sends submissions as they come and returns their answers as they come, in the same order. Both directions run
    /// at the same time, so answers must be read while submissions are sent.
    ///
    /// # Errors
    /// If the stream as a whole is refused. A refused submission is an answer, not an error.
    pub async fn submit_stream<S>(&self, submissions: S) -> Result<Answers, ApiError>
    where
        S: Stream<Item = v1::SignedSubmission> + Send + 'static,
    {
        let pieces = submissions.ready_chunks(PIECE_SUBMISSIONS_MAX).map(|piece| {
            let mut bytes = BytesMut::new();
            for signed in piece {
                // A BytesMut grows as needed, so encoding does not fail.
                let _ = signed.encode_length_delimited(&mut bytes);
            }
            bytes.freeze()
        });
        let request = self.post(self.at("/v1/submissions:stream")?, PROTOBUF, PROTOBUF, stream(pieces));
        let response = in_time(self.send(request)).await?;
        if !response.status().is_success() {
            let reply = in_time(Reply::read(response, ANSWER_BYTES_MAX)).await?;
            return Err(problem::of(reply.status, &reply.body));
        }
        Ok(Answers { body: response.into_body(), received: BytesMut::new() })
    }

    /// Sends many submissions and collects their answers, in the same order.
    ///
    /// # Errors
    /// If the stream broke off: submissions without an answer may have been recorded or not.
    pub async fn submit_many(&self, submissions: Vec<v1::SignedSubmission>) -> Result<Vec<v1::Answer>, ApiError> {
        let count = submissions.len();
        let mut answers = self.submit_stream(futures::stream::iter(submissions)).await?;
        let mut list = Vec::with_capacity(count);
        while let Some(answer) = answers.next().await? {
            list.push(answer);
        }
        if list.len() == count {
            return Ok(list);
        }
        Err(ApiError::Protocol(format!("{} answers to {count} submissions", list.len())))
    }
}

impl Answers {
    /// The next answer; `None` after the last. A refusal in it is not always a decision, see [`super::is_decided`].
    ///
    /// # Errors
    /// If the stream broke off, or none came within [`super::ANSWER_TIMEOUT_S`].
    pub async fn next(&mut self) -> Result<Option<v1::Answer>, ApiError> {
        loop {
            if let Some(message) = split_message(&mut self.received)? {
                return v1::Answer::decode(message).map(Some).map_err(ApiError::protocol);
            }
            let broken = |error| ApiError::broken("the answers broke off", error);
            match in_time(async { piece(&mut self.body).await.map_err(broken) }).await? {
                Some(data) => self.received.extend_from_slice(&data),
                None if self.received.is_empty() => return Ok(None),
                None => return Err(ApiError::unreachable("the answers broke off")),
            }
        }
    }
}

/// Splits a length-prefixed message off the received bytes; `None` if it is not complete yet.
fn split_message(received: &mut BytesMut) -> Result<Option<Bytes>, ApiError> {
    let mut rest = &received[..];
    let length = match prost::decode_length_delimiter(&mut rest) {
        Ok(length) => length,
        Err(_) if received.len() < DELIMITER_BYTES_MAX => return Ok(None),
        Err(error) => return Err(ApiError::protocol(error)),
    };
    if length > ANSWER_BYTES_MAX {
        return Err(ApiError::Protocol(format!("an answer of more than {ANSWER_BYTES_MAX} bytes")));
    }
    if rest.len() < length {
        return Ok(None);
    }
    let delimiter = received.len() - rest.len();
    received.advance(delimiter);
    Ok(Some(received.split_to(length).freeze()))
}
