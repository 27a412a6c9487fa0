//! The engine of distributed services. Several processes add to one log, so a decision made here holds only if the
//! village has not changed meanwhile: the append is guarded by the village's last entry, and on a conflict the
//! submission is decided again, after the entries in between are applied.
//!
//! Only the stream advances the state, even by this process's own entries. A submission is decided on the entries
//! applied by then, and its entry records how many these were (*basis*). While an entry of a village or of a device is
//! under way, later submissions of the same village or device wait, since they may depend on it. All others go ahead,
//! and the log groups them into batches.
//!
//! A submission is decided only when every entry that its device has seen published is applied. A process that lacks
//! some of them waits a little. If they do not come, perhaps because the streams have lost published entries, it
//! answers that it is behind, and does not refuse a valid submission.
//!
//! A refusal is final for the device that receives it, so it must not rest on an old state: first every entry is
//! applied that was sequenced when the submission came.

use super::applied::Applied;
use super::{WAITING_MAX, sent};
use crate::clock::Clock;
use crate::judge::{self, Judged, Ordered, Task, Verdict};
use crate::keeper::spawn;
use crate::submission::{Prepared, SubmitError};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::{Index, KeyId};
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::Sequencer;
use lika_eventlog::error::{AppendError, LogError};
use lika_eventlog::jetstream::JetStreamLog;
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Most jobs taken in one pass.
const BATCH_MAX: usize = 1_000;
/// How long a submission waits for the previous one of its device, which may be coming through another process, or for
/// the entries that its device has seen, in milliseconds.
const GAP_WAIT_MS: u64 = 2_000;

/// Messages to the deciding thread.
pub(crate) enum Job {
    /// A submission has come.
    New(Task),
    /// A submission is to be decided again.
    Again(Waiting),
    /// An entry is applied or given up: later submissions of its village and device may go ahead.
    Free(Area, KeyId),
    /// The thread is to end.
    Stop,
}

/// A submission that has not been decided yet.
pub(crate) struct Waiting {
    task: Task,
    verdict: Verdict,
    /// Number of entries that must be applied before the submission may be refused; `None` until the stream was asked
    /// where it ends.
    fresh: Option<u64>,
    came: Instant,
}

/// The engine.
pub(crate) struct Distributed {
    pub(crate) log: Arc<JetStreamLog>,
    pub(crate) applied: Arc<Applied>,
    /// `None` once it is stopped.
    jobs: RwLock<Option<mpsc::Sender<Job>>>,
    pub(crate) thread: Mutex<Option<JoinHandle<()>>>,
}

/// The deciding thread.
struct Decider {
    log: Arc<JetStreamLog>,
    applied: Arc<Applied>,
    clock: Clock,
    jobs: mpsc::Receiver<Job>,
    sender: mpsc::Sender<Job>,
    handle: Handle,
    busy_areas: BTreeSet<Area>,
    busy_keys: BTreeSet<KeyId>,
}

impl Distributed {
    /// Starts the engine. Must be called in the runtime that carries the log.
    pub(crate) fn start(log: Arc<JetStreamLog>, applied: Arc<Applied>, clock: &Clock) -> Result<Self, LogError> {
        let (sender, jobs) = mpsc::channel(WAITING_MAX);
        let decider = Decider {
            log: log.clone(),
            applied: applied.clone(),
            clock: clock.clone(),
            jobs,
            sender: sender.clone(),
            handle: Handle::current(),
            busy_areas: BTreeSet::new(),
            busy_keys: BTreeSet::new(),
        };
        let thread = Mutex::new(Some(spawn("ledger", move || decider.run())?));
        Ok(Self { log, applied, jobs: RwLock::new(Some(sender)), thread })
    }

    pub(crate) fn hand_over(&self, task: Task) -> Result<(), SubmitError> {
        let jobs = self.jobs.read();
        let jobs = jobs.as_ref().ok_or(SubmitError::Unavailable(LogError::Closed))?;
        sent(jobs.try_send(Job::New(task)))
    }

    /// Takes no more submissions and ends the thread.
    pub(crate) fn stop(&self) {
        if let Some(jobs) = self.jobs.write().take() {
            while let Err(mpsc::error::TrySendError::Full(_)) = jobs.try_send(Job::Stop) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

impl Decider {
    /// Works until it is told to stop.
    fn run(mut self) {
        let (mut jobs, mut waiting) = (Vec::new(), Vec::new());
        while self.jobs.blocking_recv_many(&mut jobs, BATCH_MAX) > 0 {
            let mut new = Vec::new();
            for job in jobs.drain(..) {
                match job {
                    Job::New(task) => new.push(task),
                    Job::Again(again) => waiting.push(again),
                    Job::Free(area, key) => {
                        self.busy_areas.remove(&area);
                        self.busy_keys.remove(&key);
                    }
                    Job::Stop => return,
                }
            }
            waiting.extend(self.look_through(new));
            waiting = self.pass(waiting);
        }
    }

    fn look_through(&self, new: Vec<Task>) -> Vec<Waiting> {
        let state = self.applied.state.read();
        let checks: Vec<_> = new.iter().map(|task| judge::check(&state, &task.prepared)).collect();
        drop(state);
        let came = Instant::now();
        let verdicts = judge::verify(&checks);
        new.into_iter().zip(verdicts).map(|(task, verdict)| Waiting { task, verdict, fresh: None, came }).collect()
    }

    /// Decides the submissions that depend on nothing under way; returns the others, in order.
    fn pass(&mut self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let (mut left, mut areas, mut keys) = (Vec::new(), self.busy_areas.clone(), self.busy_keys.clone());
        for one in waiting {
            let (area, key) = (one.task.prepared.parsed.area, one.task.prepared.parsed.key);
            // A waiting submission holds back those after it, so that each device and village keeps its order.
            if areas.contains(&area) || keys.contains(&key) {
                areas.insert(area);
                keys.insert(key);
                left.push(one);
            } else if self.decide(one) {
                areas.insert(area);
                keys.insert(key);
            }
        }
        left
    }

    /// Decides one submission. Returns whether its entry is now on its way into the log.
    fn decide(&mut self, one: Waiting) -> bool {
        let (known, came) = (one.task.prepared.known, one.came);
        let state = self.applied.state.clone();
        let state = state.read();
        let applied = state.applied;
        if applied < known {
            drop(state);
            if came.elapsed() < Duration::from_millis(GAP_WAIT_MS) {
                self.wait_for_more(one, applied);
            } else {
                answer(one, Err(SubmitError::Behind { known, found: applied }));
            }
            return false;
        }
        let Waiting { task: Task { prepared, reply }, verdict, fresh, came } = one;
        let judged = judge::judge(&state, &self.clock, prepared.clone(), verdict);
        // Read under the state's lock: the guard must be the entry that the decision depends on.
        let expected = self.applied.heads.read().get(&prepared.parsed.area).copied();
        let ahead = is_ahead(&state, &prepared);
        drop(state);
        let again = |fresh| Waiting { task: Task { prepared, reply }, verdict, fresh, came };
        match judged {
            Ok(Judged::Before { index }) => answer(again(None), Ok(Ordered::Before { index })),
            Ok(Judged::New { entry, bytes }) => {
                self.record(again(None), *entry, expected, bytes);
                return true;
            }
            Err(rejection) => match fresh {
                None => self.freshen(again(None)),
                Some(size) if applied < size => self.freshen(again(fresh)),
                Some(_) if ahead && came.elapsed() < Duration::from_millis(GAP_WAIT_MS) => {
                    self.wait_for_more(again(fresh), applied);
                }
                Some(_) => answer(again(None), Err(rejection.into())),
            },
        }
        false
    }

    /// Appends an entry to the log, in a task of its own.
    fn record(&mut self, one: Waiting, entry: Entry, expected: Option<Index>, bytes: Bytes) {
        let (area, key) = (entry.submission.area, entry.submission.key);
        self.busy_areas.insert(area);
        self.busy_keys.insert(key);
        self.applied.own.sent(bytes.clone(), entry);
        let (log, applied, sender) = (self.log.clone(), self.applied.clone(), self.sender.clone());
        self.handle.spawn(async move {
            let appended = log.append(area, expected, bytes.clone()).await;
            let again = settle(one, appended, bytes.clone(), &log, &applied).await;
            applied.own.forget(&bytes);
            // If the thread has ended, no submission waits any more.
            let _ = sender.send(Job::Free(area, key)).await;
            if let Some(again) = again {
                let _ = sender.send(Job::Again(again)).await;
            }
        });
    }

    /// Lets a submission be decided again once everything sequenced by now is applied.
    fn freshen(&self, one: Waiting) {
        let (log, applied, sender) = (self.log.clone(), self.applied.clone(), self.sender.clone());
        self.handle.spawn(async move {
            let asked = match one.fresh {
                Some(size) => Ok(size),
                None => log.ordered().await,
            };
            match asked {
                Ok(size) => {
                    applied.reached(size).await;
                    let _ = sender.send(Job::Again(Waiting { fresh: Some(size), ..one })).await;
                }
                Err(error) => answer(one, Err(SubmitError::Unavailable(error))),
            }
        });
    }

    /// Lets a submission be decided again once more entries are applied, or after a while.
    fn wait_for_more(&self, one: Waiting, applied: u64) {
        let (state, sender) = (self.applied.clone(), self.sender.clone());
        let left = Duration::from_millis(GAP_WAIT_MS).saturating_sub(one.came.elapsed());
        self.handle.spawn(async move {
            // The submission is judged again whether more entries came or the time is over.
            let _ = tokio::time::timeout(left, state.reached(applied + 1)).await;
            let _ = sender.send(Job::Again(one)).await;
        });
    }
}

/// Finds out what became of an entry; returns the submission if it must be decided again.
async fn settle(
    one: Waiting,
    appended: Result<Index, AppendError>,
    bytes: Bytes,
    log: &JetStreamLog,
    applied: &Applied,
) -> Option<Waiting> {
    match appended {
        Ok(index) => {
            tokio::select! {
                () = applied.reached(index + 1) => {}
                error = log.published().stopped() => {
                    answer(one, Err(SubmitError::Unavailable(error)));
                    return None;
                }
            }
            let void = applied.voids.write().remove(&index);
            match void {
                None => answer(one, Ok(Ordered::New { index, entry: bytes })),
                // Something it depends on changed between decision and sequencing: the entry is in the log and
                // changes nothing.
                Some(rejection) => answer(one, Err(rejection.into())),
            }
            None
        }
        Err(AppendError::Conflict { last }) => {
            applied.reached(last.map_or(0, |last| last + 1)).await;
            if let Some(last) = last {
                // Only the log knows which area's subject an entry is under.
                let mut heads = applied.heads.write();
                let head = heads.entry(one.task.prepared.parsed.area).or_insert(last);
                *head = last.max(*head);
            }
            Some(Waiting { fresh: None, ..one })
        }
        Err(error) => {
            answer(one, Err(error.into()));
            None
        }
    }
}

/// Whether the device's previous submission is still missing.
fn is_ahead(state: &State, prepared: &Prepared) -> bool {
    let submission = &prepared.parsed;
    let sequence = state.keys.get(&submission.key).map_or(0, |key| key.sequence);
    submission.sequence > sequence.saturating_add(1)
}

fn answer(one: Waiting, outcome: Result<Ordered, SubmitError>) {
    // The caller may have gone away; what was recorded stays recorded.
    let _ = one.task.reply.send(outcome);
}
