//! What may go wrong between a log and the streams that order it.

use lika_domain::ids::Index;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long NATS may leave questions unanswered while a service starts, in milliseconds. Servers that have lost their
/// leader need seconds; after this a person should hear of it.
const PATIENCE_MS: u64 = 60_000;
/// Between two attempts, in milliseconds.
const RETRY_MS: u64 = 500;

/// A log cannot be ordered by its streams.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StreamError {
    /// NATS did not answer, or not with yes.
    #[error("NATS, {doing}: {source}")]
    Nats {
        /// What was asked of it.
        doing: &'static str,
        /// Why not.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such stream.
    #[error("NATS has no stream {0}: `lika log create --nats` makes the streams of a new log")]
    Missing(String),
    /// There is a stream already.
    #[error("NATS has a stream {0} already; nothing of it was changed")]
    Exists(String),
    /// A setting is not what the log rests on. It is never changed by us.
    #[error(
        "{of}: {name} is {found} and must be {wanted}; nothing was changed, mend the configuration and start again"
    )]
    Setting {
        /// Which server or stream.
        of: String,
        /// Which setting.
        name: &'static str,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// Numbers of messages are not contiguous: the stream has lost some, or gives some again.
    #[error(
        "the stream is damaged: message {found} came where {wanted} was due, so entries were lost or repeated. Stop all \
         services, keep the stream for inquiry, and begin a new one with `lika log recover`"
    )]
    Gap {
        /// The number that was due.
        wanted: u64,
        /// The number that came; 0 if there is none.
        found: u64,
    },
    /// A message is not what it was.
    #[error(
        "the stream is damaged: message {0} is not the one that was there before. Stop all services, keep the stream for \
         inquiry, and begin a new one with `lika log recover`"
    )]
    Changed(u64),
    /// The stream ends before what was read from it.
    #[error(
        "the stream was rolled back: it ends at message {found}, and {known} were there before. Stop all services, keep the \
         stream for inquiry, and begin a new one with `lika log recover`"
    )]
    RolledBack {
        /// The last message it has.
        found: u64,
        /// How many were read or sealed.
        known: u64,
    },
    /// The published checkpoint is older than the one accepted here.
    #[error(
        "the published checkpoint is of {found} entries, and one of {known} was seen before: the stream of checkpoints \
         was rolled back. Stop all services, keep the streams for inquiry, and begin a new one with `lika log recover`"
    )]
    SealRolledBack {
        /// Its size.
        found: u64,
        /// The size accepted before.
        known: u64,
    },
    /// A published checkpoint is not of the entries seen here.
    #[error(
        "the checkpoint of {size} entries is not one of the entries read here: the streams were changed, or two logs are \
         signed with one key. Stop all services, compare their copies with `lika audit verify`, keep the streams for \
         inquiry, and begin a new one with `lika log recover`"
    )]
    Fork {
        /// Its size.
        size: u64,
    },
    /// This folder was signed for further than the stream goes, or otherwise than it goes on.
    #[error(
        "this folder holds entry {index}, signed for here, and the stream has not got it there: it was replaced after another \
         folder that had signed for less. If nothing was published since, stop all services and run `lika log recover` on this \
         one; it refuses otherwise, and says what to do"
    )]
    Ahead {
        /// First such entry.
        index: Index,
    },
    /// What is published as a checkpoint is none.
    #[error("what is published as a checkpoint is none: {0}")]
    NoSeal(String),
    /// The log is ordered by another stream now.
    #[error("the log has begun epoch {now}, after epoch {known}: start again")]
    Epoch {
        /// What this process was started in.
        known: u32,
        /// What is published.
        now: u32,
    },
    /// No service gives the older entries.
    #[error("entries below {base} are no longer in the stream, and no audit service gave them: {reason}")]
    NoHistory {
        /// First entry of the stream.
        base: Index,
        /// What was tried.
        reason: String,
    },
}

impl StreamError {
    pub(crate) fn nats<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Nats { doing, source: Arc::new(source) }
    }
}

/// Asks again as long as NATS does not answer, within reason.
///
/// # Errors
/// What the last attempt gave.
pub async fn patiently<T>(ask: impl AsyncFn() -> Result<T, StreamError>) -> Result<T, StreamError> {
    let begun = Instant::now();
    loop {
        match ask().await {
            Err(error @ StreamError::Nats { .. }) if begun.elapsed() < Duration::from_millis(PATIENCE_MS) => {
                tracing::warn!(%error, "not yet; asking again");
                tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
            }
            asked => return asked,
        }
    }
}
