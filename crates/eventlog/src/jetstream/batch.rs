//! One atomic batch of guarded messages, as in NATS ADR-50: either all of them are stored, in order and next to each
//! other, or none.

use super::error::StreamError;
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::{Client, HeaderMap, Request};
use bytes::Bytes;
use std::time::Duration;

/// Most messages of a batch: the server's limit.
pub const BATCH_MESSAGES_MAX: usize = 1_000;
/// How long to wait for the answer to a batch, in milliseconds. The server abandons an idle batch after 10 s.
const ANSWER_MS: u64 = 5_000;
/// Length of a batch's id, in bytes before it is written in hexadecimal.
const ID_BYTES: usize = 16;

/// A message and the number that the last message of its subject must have: 0 if it must be the first.
#[derive(Clone, Debug)]
pub struct Guarded {
    /// Literal subject.
    pub subject: String,
    /// Expected number of the subject's last message.
    pub last: u64,
    /// Content.
    pub payload: Bytes,
}

/// A batch was not stored, or its fate is unknown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BatchError {
    /// The server refused: a guard did not hold, or it could not take the batch just now.
    #[error("the batch was refused: {description} ({code})")]
    Refused {
        /// The server's error code.
        code: u64,
        /// The server's text.
        description: String,
    },
    /// No answer came: the batch may be stored, be stored later, or never.
    #[error(transparent)]
    Unknown(#[from] StreamError),
}

/// Publishes messages of different subjects as one batch. Returns the number of the first; the others follow it.
///
/// # Errors
/// [`BatchError`]
pub async fn publish(client: &Client, batch: &[Guarded]) -> Result<u64, BatchError> {
    let Some((last, before)) = batch.split_last() else { return Ok(0) };
    let mut id = [0; ID_BYTES];
    getrandom::fill(&mut id).map_err(StreamError::nats("naming a batch"))?;
    let id = hex::encode(id);
    for (number, message) in (1..).zip(before) {
        let sent = client.publish_with_headers(
            message.subject.clone(),
            headers(message, &id, number),
            message.payload.clone(),
        );
        sent.await.map_err(StreamError::nats("publishing a batch"))?;
    }
    let mut headers = if before.is_empty() { guard(last) } else { headers(last, &id, batch.len()) };
    if !before.is_empty() {
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
    }
    let request =
        Request::new().headers(headers).payload(last.payload.clone()).timeout(Some(Duration::from_millis(ANSWER_MS)));
    let answer = client.send_request(last.subject.clone(), request).await;
    let answer = answer.map_err(StreamError::nats("publishing a batch"))?;
    let answer: Response<PublishAck> =
        serde_json::from_slice(&answer.payload).map_err(StreamError::nats("publishing a batch"))?;
    match answer {
        Response::Ok(ack) => Ok(ack.sequence.saturating_sub(before.len() as u64)),
        Response::Err { error } => {
            Err(BatchError::Refused { code: error.error_code().0, description: error.to_string() })
        }
    }
}

fn headers(message: &Guarded, id: &str, number: usize) -> HeaderMap {
    let mut headers = guard(message);
    headers.insert(NATS_BATCH_ID, id);
    headers.insert(NATS_BATCH_SEQUENCE, number.to_string());
    headers
}

fn guard(message: &Guarded) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, message.last.to_string());
    headers
}
