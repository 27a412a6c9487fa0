//! Checkpoints on their stream, which keeps only the latest message. A checkpoint is published with the number of the
//! previous one as guard, so only the publisher of the last checkpoint can publish the next: of two integrators one
//! is refused, and knows it. This is both the lease, kept by publishing in time, and the fence, which needs no clock.

use super::error::StreamError;
use super::majority;
use super::names::{BASE, EPOCH, INTEGRATOR, Names};
use crate::Checkpoint;
use crate::verify::open_note;
use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::Context;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use lika_domain::ids::Index;
use lika_retry::{SERVER, Waits};
use lika_tlog::key::VerifierKey;
use std::time::Duration;

/// How long to wait for an answer of NATS before asking again, in milliseconds.
const ANSWER_MS: u64 = 2_000;

/// The latest checkpoint of a log, and the stream that orders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Number of the stream that orders the log, from 0.
    pub epoch: u32,
    /// Index of the entry in that stream's first message.
    pub base: Index,
    /// Instance that published it.
    pub integrator: String,
    /// Number of its message.
    pub sequence: u64,
}

/// Publishes and reads the checkpoints of one log.
#[derive(Clone)]
pub struct Checkpoints {
    pub(super) context: Context,
    pub(super) names: Names,
    pub(super) key: VerifierKey,
}

/// Outcome of an attempt to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// It is published, under this number.
    As(u64),
    /// Another integrator has published in the meantime.
    Lost,
}

impl Checkpoints {
    /// For one log, whose checkpoints are verified with `key`.
    pub fn new(context: Context, names: Names, key: VerifierKey) -> Self {
        Self { context, names, key }
    }

    /// The latest checkpoint.
    ///
    /// # Errors
    /// [`StreamError::Missing`] if the log has no streams, [`StreamError::NoCheckpoint`] if the stream's message is
    /// not a checkpoint.
    pub async fn last(&self) -> Result<Position, StreamError> {
        let stream = self.names.checkpoint_stream();
        let found =
            self.context.get_stream_no_info(&stream).await.map_err(StreamError::nats("the stream of checkpoints"))?;
        let message = found.get_last_raw_message_by_subject(&self.names.checkpoint_subject()).await;
        let message = message.map_err(|error| match error.kind() {
            async_nats::jetstream::stream::LastRawMessageErrorKind::NoMessageFound => {
                StreamError::Missing(stream.clone())
            }
            async_nats::jetstream::stream::LastRawMessageErrorKind::JetStream(ref inner) if inner.code() == 404 => {
                StreamError::Missing(stream.clone())
            }
            _ => StreamError::nats("the latest checkpoint")(error),
        })?;
        self.read(&message.headers, &message.payload, message.sequence)
    }

    /// Checks that the stream's leader hears from most of its servers; an older checkpoint from one that does not
    /// means nothing.
    pub(super) async fn check_majority(&self) -> Result<(), StreamError> {
        let stream = self.context.get_stream(self.names.checkpoint_stream()).await;
        let stream = stream.map_err(StreamError::nats("looking for the latest checkpoint"))?;
        majority::check_majority(stream.cached_info().cluster.as_ref())
    }

    /// Reads a message of the stream.
    pub(crate) fn read(&self, headers: &HeaderMap, note: &[u8], sequence: u64) -> Result<Position, StreamError> {
        let text = |name: &str| headers.get(name).map(|value| value.as_str().to_owned());
        let number = |name: &'static str| {
            let value = text(name).and_then(|value| value.parse::<u64>().ok());
            value.ok_or_else(|| StreamError::NoCheckpoint(format!("header {name} is missing")))
        };
        let epoch = u32::try_from(number(EPOCH)?).map_err(|error| StreamError::NoCheckpoint(error.to_string()))?;
        let checkpoint = open_note(note, &self.key).map_err(StreamError::NoCheckpoint)?;
        Ok(Position {
            checkpoint,
            epoch,
            base: number(BASE)?,
            integrator: text(INTEGRATOR).unwrap_or_default(),
            sequence,
        })
    }

    /// Publishes a checkpoint after message `last`, 0 for the first. Retries for ever; when an attempt is not
    /// answered, it reads back whether it succeeded, so the outcome is always certain.
    pub(crate) async fn publish(&self, position: &Position, last: u64) -> Result<Published, StreamError> {
        let mut waits = Waits::new(SERVER);
        loop {
            match self.attempt(position, last).await {
                Ok(sequence) => return Ok(Published::As(sequence)),
                Err(error) => tracing::warn!(error = %error, "the checkpoint was not published at once"),
            }
            match self.last().await {
                Ok(found)
                    if found.checkpoint == position.checkpoint
                        && found.integrator == position.integrator
                        && found.sequence > last =>
                {
                    return Ok(Published::As(found.sequence));
                }
                Ok(found) if found.sequence != last => return Ok(Published::Lost),
                Err(StreamError::Missing(_)) if last == 0 => {}
                Err(error @ (StreamError::NoCheckpoint(_) | StreamError::Missing(_))) => return Err(error),
                Ok(_) | Err(_) => {}
            }
            waits.wait().await;
        }
    }

    async fn attempt(&self, position: &Position, last: u64) -> Result<u64, StreamError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, last.to_string());
        headers.insert(EPOCH, position.epoch.to_string());
        headers.insert(BASE, position.base.to_string());
        headers.insert(INTEGRATOR, position.integrator.as_str());
        let note = position.checkpoint.signed.to_string();
        let request = async_nats::Request::new()
            .headers(headers)
            .payload(note.into())
            .timeout(Some(Duration::from_millis(ANSWER_MS)));
        let answer = self.context.client().send_request(self.names.checkpoint_subject(), request).await;
        let answer = answer.map_err(StreamError::nats("publishing a checkpoint"))?;
        let answer: Response<PublishAck> =
            serde_json::from_slice(&answer.payload).map_err(StreamError::nats("publishing a checkpoint"))?;
        match answer {
            Response::Ok(ack) => Ok(ack.sequence),
            Response::Err { error } => Err(StreamError::nats("publishing a checkpoint")(error)),
        }
    }
}
