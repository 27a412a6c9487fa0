//! The engine of a process that is alone: one thread judges submissions and sequences them. It takes the waiting
//! submissions as one batch, checks their signatures together, and then decides them one after the other, each on the
//! state left by the one before.

use super::{WAITING_MAX, sent};
use crate::clock::Clock;

use crate::judge::{self, Judged, Ordered, Task, Verdict};
use crate::keeper::{Heads, spawn};
use crate::recent::{Recent, Recorded};
use crate::submission::{Prepared, SubmitError};
use bytes::Bytes;
use futures::FutureExt;
use lika_domain::evolve::evolve;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::Sequencer;
use lika_eventlog::error::LogError;
use lika_eventlog::tiles::TileLog;
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc;

/// Most submissions judged as one batch.
const BATCH_MAX: usize = 512;
/// How long a batch of more than one submission waits for further ones, to share a sync with them; a single client
/// never waits.
const GATHER: Duration = Duration::from_micros(500);

/// The engine.
pub(crate) struct Embedded {
    pub(crate) log: Arc<TileLog>,
    /// `None` once it is stopped.
    tasks: RwLock<Option<mpsc::Sender<Task>>>,
    pub(crate) thread: Mutex<Option<JoinHandle<()>>>,
}

/// State of the thread.
struct Worker {
    log: Arc<TileLog>,
    state: Arc<RwLock<State>>,
    recent: Arc<Recent>,
    clock: Clock,
    /// Last entry of each area that the state has applied: the guard of an append.
    heads: Heads,
    tasks: mpsc::Receiver<Task>,
}

impl Embedded {
    /// Starts the engine.
    pub(crate) fn start(
        log: TileLog,
        state: &Arc<RwLock<State>>,
        heads: &Heads,
        recent: &Arc<Recent>,
        clock: &Clock,
    ) -> Result<Self, LogError> {
        let log = Arc::new(log);
        let (sender, tasks) = mpsc::channel(WAITING_MAX);
        let worker = Worker {
            log: log.clone(),
            state: state.clone(),
            recent: recent.clone(),
            clock: clock.clone(),
            heads: heads.clone(),
            tasks,
        };
        let thread = Mutex::new(Some(spawn("ledger", move || worker.run())?));
        Ok(Self { log, tasks: RwLock::new(Some(sender)), thread })
    }

    pub(crate) fn hand_over(&self, task: Task) -> Result<(), SubmitError> {
        let (known, found) = (task.prepared.known, self.log.published().checkpoint().size);
        let tasks = self.tasks.read();
        let tasks = tasks.as_ref().ok_or(SubmitError::Unavailable(LogError::Closed))?;
        // A device with a receipt beyond the end of the log has discovered that the log was cut short.
        if known > found { Err(SubmitError::Behind { known, found }) } else { sent(tasks.try_send(task)) }
    }

    /// Takes no more submissions; the thread ends once it has decided those taken.
    pub(crate) fn stop(&self) {
        self.tasks.write().take();
    }
}

impl Worker {
    /// Works until the engine is stopped.
    fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.tasks.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            self.gather(&mut batch);
            let verdicts = self.verdicts(&batch);
            for (task, verdict) in batch.drain(..).zip(verdicts) {
                let outcome = self.decide(task.prepared, verdict);
                // The caller may have gone away; what was recorded stays recorded.
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
        let checks: Vec<_> = batch.iter().map(|task| judge::check(&state, &task.prepared)).collect();
        drop(state);
        judge::verify(&checks)
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
        // The embedded log sequences at once; the future is never pending.
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
