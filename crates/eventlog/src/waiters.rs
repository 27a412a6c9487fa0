//! Who waits for which entry to be sealed.

use crate::Seal;
use crate::error::LogError;
use lika_domain::ids::Index;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

type Outcome = Result<Arc<Seal>, LogError>;

/// The latest seal and those who wait for the next ones.
#[derive(Debug)]
pub(crate) struct Waiters {
    inner: Mutex<Inner>,
    /// The sealed size, for followers; gone once the log has stopped, by which they see that it has.
    size: Mutex<Option<watch::Sender<u64>>>,
}

#[derive(Debug)]
struct Inner {
    seal: Arc<Seal>,
    failed: Option<LogError>,
    waiting: BTreeMap<Index, Vec<oneshot::Sender<Outcome>>>,
    stopped: Vec<oneshot::Sender<LogError>>,
}

impl Waiters {
    pub(crate) fn new(seal: Seal) -> Self {
        let size = Mutex::new(Some(watch::Sender::new(seal.size)));
        let inner = Inner { seal: Arc::new(seal), failed: None, waiting: BTreeMap::new(), stopped: Vec::new() };
        Self { inner: Mutex::new(inner), size }
    }

    pub(crate) fn seal(&self) -> Arc<Seal> {
        self.inner.lock().seal.clone()
    }

    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        match self.size.lock().as_ref() {
            Some(size) => size.subscribe(),
            None => watch::Sender::new(self.seal().size).subscribe(),
        }
    }

    /// Resolves once `index` is sealed or the log has stopped.
    pub(crate) async fn sealed(&self, index: Index) -> Outcome {
        let waiting = {
            let mut inner = self.inner.lock();
            if inner.seal.size > index {
                return Ok(inner.seal.clone());
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

    /// A new seal: everyone whose entry it covers is told, and nobody else is woken.
    pub(crate) fn advance(&self, seal: Seal) {
        let size = seal.size;
        let seal = Arc::new(seal);
        let told = {
            let mut inner = self.inner.lock();
            inner.seal = seal.clone();
            let later = inner.waiting.split_off(&size);
            std::mem::replace(&mut inner.waiting, later)
        };
        for sender in told.into_values().flatten() {
            // Who no longer waits has gone away; the entry is sealed all the same.
            let _ = sender.send(Ok(seal.clone()));
        }
        if let Some(sender) = self.size.lock().as_ref() {
            sender.send_replace(size);
        }
    }

    /// The log has stopped: everyone is told.
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
