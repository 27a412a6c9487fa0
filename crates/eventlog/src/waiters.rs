//! Callers that wait for an entry to be published.

use crate::Checkpoint;
use crate::error::LogError;
use lika_domain::ids::Index;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

type Outcome = Result<Arc<Checkpoint>, LogError>;

/// The latest checkpoint and the callers that wait for later ones.
#[derive(Debug)]
pub(crate) struct Waiters {
    inner: Mutex<Inner>,
    /// The published size, for followers; dropped when the log stops, which closes their channels.
    size: Mutex<Option<watch::Sender<u64>>>,
}

#[derive(Debug)]
struct Inner {
    checkpoint: Arc<Checkpoint>,
    failed: Option<LogError>,
    waiting: BTreeMap<Index, Vec<oneshot::Sender<Outcome>>>,
    stopped: Vec<oneshot::Sender<LogError>>,
}

impl Waiters {
    pub(crate) fn new(checkpoint: Checkpoint) -> Self {
        let size = Mutex::new(Some(watch::Sender::new(checkpoint.size)));
        let inner =
            Inner { checkpoint: Arc::new(checkpoint), failed: None, waiting: BTreeMap::new(), stopped: Vec::new() };
        Self { inner: Mutex::new(inner), size }
    }

    pub(crate) fn checkpoint(&self) -> Arc<Checkpoint> {
        self.inner.lock().checkpoint.clone()
    }

    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        match self.size.lock().as_ref() {
            Some(size) => size.subscribe(),
            None => watch::Sender::new(self.checkpoint().size).subscribe(),
        }
    }

    /// Resolves once `index` is published or the log has stopped.
    pub(crate) async fn published(&self, index: Index) -> Outcome {
        let waiting = {
            let mut inner = self.inner.lock();
            if inner.checkpoint.size > index {
                return Ok(inner.checkpoint.clone());
            }
            if let Some(failed) = &inner.failed {
                return Err(failed.clone());
            }
            let (sender, receiver) = oneshot::channel();
            inner.waiting.entry(index).or_default().push(sender);
            receiver
        };
        waiting.await.unwrap_or(Err(LogError::Closed))
    }

    /// Resolves once the log has stopped.
    pub(crate) async fn stopped(&self) -> LogError {
        let waiting = {
            let mut inner = self.inner.lock();
            if let Some(failed) = &inner.failed {
                return failed.clone();
            }
            let (sender, receiver) = oneshot::channel();
            inner.stopped.push(sender);
            receiver
        };
        waiting.await.unwrap_or(LogError::Closed)
    }

    /// Publishes a new checkpoint: wakes the callers whose entry it covers, and nobody else.
    pub(crate) fn advance(&self, checkpoint: Checkpoint) {
        let size = checkpoint.size;
        let checkpoint = Arc::new(checkpoint);
        let told = {
            let mut inner = self.inner.lock();
            inner.checkpoint = checkpoint.clone();
            let later = inner.waiting.split_off(&size);
            std::mem::replace(&mut inner.waiting, later)
        };
        for sender in told.into_values().flatten() {
            // The caller may have gone away; the entry is published all the same.
            let _ = sender.send(Ok(checkpoint.clone()));
        }
        if let Some(sender) = self.size.lock().as_ref() {
            sender.send_replace(size);
        }
    }

    /// The log has stopped: tells all waiters why.
    pub(crate) fn fail(&self, error: &LogError) {
        let (waiting, stopped) = {
            let mut inner = self.inner.lock();
            inner.failed.get_or_insert_with(|| error.clone());
            (std::mem::take(&mut inner.waiting), std::mem::take(&mut inner.stopped))
        };
        for sender in waiting.into_values().flatten() {
            let _ = sender.send(Err(error.clone()));
        }
        for sender in stopped {
            let _ = sender.send(error.clone());
        }
        self.size.lock().take();
    }
}
