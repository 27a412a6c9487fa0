//! Decides about submissions. The embedded engine is alone on a log that its process sequences; the distributed
//! engine is one of several on a log that a stream sequences. [`Ledger`](crate::Ledger) uses both through the same
//! methods.

pub(crate) mod applied;
pub(crate) mod distributed;
pub(crate) mod embedded;
mod own;

use crate::judge::Task;
use crate::submission::SubmitError;
use distributed::Distributed;
use embedded::Embedded;
use lika_eventlog::error::LogError;
use lika_eventlog::{PublishedLog, Sequencer};
use tokio::sync::{mpsc, watch};

/// Most submissions that wait to be judged; further ones are answered "busy".
const WAITING_MAX: usize = 8_192;

/// The embedded or the distributed engine.
pub(crate) enum Engine {
    /// Only this process decides and sequences.
    Embedded(Embedded),
    /// Several processes decide, and a stream sequences.
    Distributed(Distributed),
}

impl Engine {
    pub(crate) fn published(&self) -> &PublishedLog {
        match self {
            Self::Embedded(engine) => engine.log.published(),
            Self::Distributed(engine) => engine.log.published(),
        }
    }

    /// Queues a submission; the outcome is sent to the task's waiting caller.
    pub(crate) fn hand_over(&self, task: Task) -> Result<(), SubmitError> {
        match self {
            Self::Embedded(engine) => engine.hand_over(task),
            Self::Distributed(engine) => engine.hand_over(task),
        }
    }

    /// Resolves once everything sequenced before the call is applied.
    pub(crate) async fn catch_up(&self) -> Result<(), SubmitError> {
        let Self::Distributed(engine) = self else { return Ok(()) };
        let size = engine.log.ordered().await.map_err(SubmitError::Unavailable)?;
        engine.applied.reached(size).await;
        Ok(())
    }

    /// Number of batches that this process has published, and number of entries in them.
    pub(crate) fn batches(&self) -> (u64, u64) {
        match self {
            Self::Embedded(_) => (0, 0),
            Self::Distributed(engine) => engine.log.batches(),
        }
    }

    /// Whether this process signs the log; the receiver is told of every change. `None` in an embedded log.
    pub(crate) fn leads(&self) -> Option<watch::Receiver<bool>> {
        match self {
            Self::Embedded(_) => None,
            Self::Distributed(engine) => Some(engine.log.leads()),
        }
    }

    /// Takes no more submissions.
    pub(crate) fn stop(&self) {
        match self {
            Self::Embedded(engine) => engine.stop(),
            Self::Distributed(engine) => engine.stop(),
        }
    }

    /// Closes the log, which publishes what was sequenced.
    pub(crate) fn close(&self) {
        match self {
            Self::Embedded(engine) => engine.log.close(),
            Self::Distributed(engine) => engine.log.close(),
        }
    }

    /// Waits until all submissions that were taken are decided.
    pub(crate) fn join(&self) {
        let thread = match self {
            Self::Embedded(engine) => engine.thread.lock().take(),
            Self::Distributed(engine) => engine.thread.lock().take(),
        };
        if let Some(thread) = thread {
            // If the thread panicked, its callers have got an error already; the log is closed all the same.
            let _ = thread.join();
        }
    }
}

fn sent<T>(sent: Result<(), mpsc::error::TrySendError<T>>) -> Result<(), SubmitError> {
    sent.map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
        mpsc::error::TrySendError::Closed(_) => SubmitError::Unavailable(LogError::Closed),
    })
}
