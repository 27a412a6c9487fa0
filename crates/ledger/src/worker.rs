//! The one thread that judges submissions. It takes those that wait as one batch, checks their signatures together,
//! and then decides them one after the other, each on the state its forerunner left.

use crate::clock::Clock;
use crate::feed::{Recent, Recorded};
use crate::judge::{self, Judged, Ordered, Task, Verdict};
use crate::keeper::Heads;
use crate::submission::{Prepared, SubmitError};
use bytes::Bytes;
use futures::FutureExt;
use lika_domain::evolve::evolve;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::EventLog;
use lika_eventlog::error::LogError;
use parking_lot::RwLock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Most submissions judged as one batch.
const BATCH_MAX: usize = 512;
/// How long a batch of more than one submission waits for those right behind it. Signatures checked together cost less
/// than half of what they cost one by one; a client on its own never waits.
const GATHER: Duration = Duration::from_micros(500);

/// What the thread works on.
pub(crate) struct Worker {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) state: Arc<RwLock<State>>,
    pub(crate) recent: Arc<Recent>,
    pub(crate) clock: Clock,
    /// Last entry of each area that the state has applied: what an append is guarded with.
    pub(crate) heads: Heads,
    pub(crate) tasks: mpsc::Receiver<Task>,
}

impl Worker {
    /// Works until the ledger is dropped.
    pub(crate) fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.tasks.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            self.gather(&mut batch);
            let verdicts = self.verdicts(&batch);
            for (task, verdict) in batch.drain(..).zip(verdicts) {
                let outcome = self.decide(task.prepared, verdict);
                // Who no longer waits has gone away; what was recorded stays recorded.
                let _ = task.reply.send(outcome);
            }
        }
    }

    /// Under load, lets a batch grow for a moment.
    fn gather(&mut self, batch: &mut Vec<Task>) {
        if (2..BATCH_MAX).contains(&batch.len()) {
            std::thread::sleep(GATHER);
            let more = std::iter::from_fn(|| self.tasks.try_recv().ok());
            batch.extend(more.take(BATCH_MAX - batch.len()));
        }
    }

    fn verdicts(&self, batch: &[Task]) -> Vec<Verdict> {
        let state = self.state.read();
        let signed: Vec<_> = batch.iter().map(|task| judge::signed(&state, &task.prepared)).collect();
        drop(state);
        judge::verify(&signed)
    }

    fn decide(&mut self, prepared: Prepared, verdict: Verdict) -> Result<Ordered, SubmitError> {
        let judged = judge::judge(&self.state.read(), &self.clock, prepared, verdict)?;
        match judged {
            Judged::Before { index } => Ok(Ordered::Before { index }),
            Judged::New { entry, bytes } => self.record(*entry, bytes),
        }
    }

    fn record(&mut self, entry: Entry, bytes: Bytes) -> Result<Ordered, SubmitError> {
        let area = entry.submission.area;
        let appended = self.log.append(area, self.heads.read().get(&area).copied(), bytes.clone());
        // The embedded log orders at once; it never leaves this pending.
        let index = appended.now_or_never().unwrap_or_else(|| Err(LogError::Closed.into()))?;
        if index != entry.index {
            return Err(SubmitError::Unavailable(LogError::OutOfRange { index, size: entry.index }));
        }
        let mut state = self.state.write();
        self.heads.write().insert(area, index);
        evolve(&mut state, &entry);
        drop(state);
        self.recent.push(Arc::new(Recorded { entry, void: false, bytes: bytes.len() }));
        Ok(Ordered::New { index, entry: bytes })
    }
}
