//! A thread that applies a log to views as it grows.

use crate::error::ViewError;
use crate::views::Views;
use lika_eventlog::error::LogError;
use lika_ledger::Feed;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Entries applied at once, so that readers get their turn in between.
const APPLY_ENTRIES_MAX: usize = 256;

/// Views that follow a log until it closes or they are told to stop.
pub struct Follower {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), FollowError>>,
}

/// Why views stopped following before they were told to.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The views failed.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The thread itself failed.
    #[error("the follower of the views stopped without an error")]
    Lost(#[from] tokio::task::JoinError),
}

/// Starts to follow. The feed must begin at [`Views::resume`]. Must be called inside a tokio runtime.
pub fn follow(views: Arc<Views>, mut feed: Feed) -> Follower {
    let (stop, mut stopped) = watch::channel(false);
    let runtime = tokio::runtime::Handle::current();
    // Applying entries takes the processor for milliseconds at a time, which must not block the runtime's own threads.
    let task = tokio::task::spawn_blocking(move || {
        let mut wait = Duration::ZERO;
        loop {
            let next = runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = stopped.wait_for(|stop| *stop) => None,
                    next = feed.next(APPLY_ENTRIES_MAX) => Some(next),
                    () = tokio::time::sleep(wait) => Some(Ok(Vec::new())),
                }
            });
            match next {
                Some(Ok(entries)) => views.apply(&entries)?,
                Some(Err(LogError::Closed)) | None => break,
                Some(Err(error)) => return Err(error.into()),
            }
            wait = views.write_if_due()?;
        }
        Ok(views.close()?)
    });
    Follower { stop, task }
}

impl Follower {
    /// Resolves when the views have stopped following: because of [`Self::stop`], because the log closed, or because
    /// of an error. After an error the views never become newer. Everything applied is in the store unless there was
    /// an error.
    ///
    /// # Errors
    /// Why they stopped by themselves.
    pub async fn stopped(&mut self) -> Result<(), FollowError> {
        (&mut self.task).await?
    }

    /// Tells them to stop, and waits until everything applied is in the store.
    ///
    /// # Errors
    /// As [`Self::stopped`].
    pub async fn stop(mut self) -> Result<(), FollowError> {
        self.stop.send_replace(true);
        self.stopped().await
    }
}
