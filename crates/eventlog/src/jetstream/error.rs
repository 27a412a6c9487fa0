//! Errors between a log and the streams that order it.

use lika_domain::ids::Index;
use lika_retry::{Retryable, SERVER};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long NATS may leave requests unanswered while a service starts, in milliseconds. Servers that have lost their
/// leader need seconds; after this long the start fails, so that a person hears of it.
const PATIENCE_MS: u64 = 60_000;

/// A log cannot be ordered by its streams.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StreamError {
    /// NATS did not answer, or with an error.
    #[error("NATS, {doing}: {source}")]
    Nats {
        /// The request.
        doing: &'static str,
        /// The cause.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such stream.
    #[error("NATS has no stream {0}: `lika log create --nats` makes the streams of a new log")]
    Missing(String),
    /// The stream exists already.
    #[error("NATS has a stream {0} already; it was not changed")]
    Exists(String),
    /// A setting is not what the log requires. The program never changes it.
    #[error(
        "{of}: {name} is {found} and must be {wanted}; nothing was changed; correct the configuration and start again"
    )]
    Setting {
        /// The server or stream.
        of: String,
        /// The setting.
        name: &'static str,
        /// The required value.
        wanted: String,
        /// The present value.
        found: String,
    },
    /// Message numbers are not contiguous: the stream has lost messages or repeats some.
    #[error(
        "the stream is damaged: message {found} came instead of {wanted}, so entries were lost or repeated. Stop all \
         services, keep the stream for inquiry, and begin a new one with `lika log recover`"
    )]
    Gap {
        /// The number that was expected.
        wanted: u64,
        /// The number that came; 0 if there was none.
        found: u64,
    },
    /// A message differs from what was read before.
    #[error(
        "the stream is damaged: message {0} has changed since it was read. Stop all services, keep the stream for \
         inquiry, and begin a new one with `lika log recover`"
    )]
    Changed(u64),
    /// The stream ends before what was read from it.
    #[error(
        "the stream was rolled back: it ends at message {found}, but had {known} before. Stop all services, keep the \
         stream for inquiry, and begin a new one with `lika log recover`"
    )]
    RolledBack {
        /// Number of its last message.
        found: u64,
        /// Number of messages that were read or published.
        known: u64,
    },
    /// The published checkpoint is older than one that was accepted here.
    #[error(
        "the published checkpoint is of {found} entries, but one of {known} was seen before: the stream of \
         checkpoints was rolled back. Stop all services, keep the streams for inquiry, and begin a new one with `lika \
         log recover`"
    )]
    CheckpointRolledBack {
        /// Its size, in entries.
        found: u64,
        /// The size accepted before.
        known: u64,
    },
    /// A published checkpoint does not match the entries read here.
    #[error(
        "the checkpoint of {size} entries does not match the entries read here: the streams were changed, or one key \
         signs two logs. Stop all services, compare their copies with `lika audit verify`, keep the streams for \
         inquiry, and begin a new one with `lika log recover`"
    )]
    Fork {
        /// Its size, in entries.
        size: u64,
    },
    /// This folder has signed for more entries than the stream has, or for other ones.
    #[error(
        "this folder has signed for its entry {index}, and the stream does not have that entry: another folder, which \
         had signed for less, began this stream. If nothing was published since, stop all services and run `lika log \
         recover` on this folder; otherwise it refuses, and says what to do"
    )]
    Ahead {
        /// First such entry.
        index: Index,
    },
    /// The message on the stream of checkpoints is not a checkpoint.
    #[error("the message published as a checkpoint is not one: {0}")]
    NoCheckpoint(String),
    /// Another stream orders the log now.
    #[error("the log has begun epoch {now}, after epoch {known}: restart this service")]
    Epoch {
        /// The epoch in which this process started.
        known: u32,
        /// The published epoch.
        now: u32,
    },
    /// No audit service provides the entries from before the stream.
    #[error("entries below {base} are no longer in the stream, and no audit service provides them: {reason}")]
    NoHistory {
        /// First entry of the stream.
        base: Index,
        /// Why fetching failed.
        reason: String,
    },
}

impl StreamError {
    pub(crate) fn nats<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Nats { doing, source: Arc::new(source) }
    }
}

/// Repeats `ask` while NATS does not answer, for at most `PATIENCE_MS`.
///
/// # Errors
/// The error of the last attempt.
pub async fn patiently<T>(ask: impl AsyncFn() -> Result<T, StreamError>) -> Result<T, StreamError> {
    let begun = Instant::now();
    let soon = |error: &StreamError| {
        matches!(error, StreamError::Nats { .. }) && begun.elapsed() < Duration::from_millis(PATIENCE_MS)
    };
    let told = |error: &StreamError, _| tracing::warn!(%error, "not yet; asking again");
    (|| ask()).retry(SERVER).when(soon).notify(told).await
}
