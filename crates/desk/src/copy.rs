//! What the desk has of the official's area, in memory.

use lika_client::ApiError;
use lika_client::Replica;
use lika_client::replica::{Ahead, Known, ReplicaError};
use lika_domain::ids::SubmissionId;
use lika_domain::state::State;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

/// What the desk has of the area.
#[derive(Default)]
pub(crate) struct Copy {
    shown: Mutex<Shown>,
    expected: Mutex<Option<Waiting>>,
    /// Wakes what fetches.
    pub(crate) wanted: Notify,
    rounds: watch::Sender<Rounds>,
}

/// How often it was fetched.
#[derive(Clone, Copy, Debug, Default)]
struct Rounds {
    begun: u64,
    ended: u64,
}

/// What pages show.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    /// `None` before the first time, and while the key is locked.
    pub(crate) known: Option<Arc<Known>>,
    /// When it was fetched last, by the device's clock.
    pub(crate) fetched_s: Option<u64>,
    /// Why the last try gave nothing.
    pub(crate) outage: Option<Outage>,
}

/// Why there is nothing newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    /// The node cannot be reached.
    Unreachable,
    /// The node refused.
    Refused,
    /// The node's answer is not what the log holds.
    NotProven,
    /// The file is damaged or in use.
    Stored,
}

/// The state with what waits, and what it was made of.
struct Waiting {
    known: Arc<Known>,
    ids: Vec<SubmissionId>,
    state: Arc<State>,
}

/// The state as it will be when what waits is recorded.
pub(crate) enum Expected {
    /// Nothing waits.
    Known(Arc<Known>),
    /// Something does.
    Waiting(Arc<State>),
}

impl Deref for Expected {
    type Target = State;

    fn deref(&self) -> &State {
        match self {
            Self::Known(known) => known.state(),
            Self::Waiting(state) => state,
        }
    }
}

impl Copy {
    /// Has it fetched anew.
    pub(crate) fn want(&self) {
        self.wanted.notify_one();
    }

    /// Has it fetched anew, and waits until that is done, but not longer than `limit`. Nothing breaks off then.
    pub(crate) async fn renewed(&self, limit: Duration) {
        let mut rounds = self.rounds.subscribe();
        let begun = rounds.borrow().begun;
        self.want();
        // What has not come until then comes later.
        let _ = timeout(limit, rounds.wait_for(|rounds| rounds.ended > begun)).await;
    }

    /// Notes that it is being fetched from here on.
    pub(crate) fn begin(&self) {
        self.rounds.send_modify(|rounds| rounds.begun += 1);
    }

    /// Notes that this is over.
    pub(crate) fn end(&self) {
        self.rounds.send_modify(|rounds| rounds.ended = rounds.begun);
    }

    /// Shows what the replica knows now; `fetched_s` is when that was the latest, if now.
    pub(crate) fn show(&self, replica: &Replica, fetched_s: Option<u64>) {
        let mut shown = self.shown();
        shown.known = Some(replica.known()).filter(|known| known.checkpoint().is_some());
        shown.fetched_s = fetched_s.or(shown.fetched_s);
    }

    /// What pages show, to be read or replaced.
    pub(crate) fn shown(&self) -> MutexGuard<'_, Shown> {
        // What is shown is replaced field by field, each good by itself.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state as it will be when what is ahead is recorded. It is kept until something else is known or ahead: a
    /// state is as large as the area.
    pub(crate) fn expected(&self, known: &Arc<Known>, ahead: &Ahead, now_ms: u64) -> Expected {
        if ahead.is_empty() {
            return Expected::Known(known.clone());
        }
        let ids: Vec<_> = ahead.ids().collect();
        let mut kept = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| Arc::ptr_eq(&kept.known, known) && kept.ids == ids) {
            return Expected::Waiting(kept.state.clone());
        }
        let state = Arc::new(known.expected(ahead, now_ms).into_owned());
        *kept = Some(Waiting { known: known.clone(), ids, state: state.clone() });
        Expected::Waiting(state)
    }

    /// Forgets everything in memory: the key was locked.
    pub(crate) fn forget(&self) {
        *self.shown() = Shown::default();
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Outage {
    /// Why an error leaves things as they are.
    pub(crate) fn of(error: &ReplicaError) -> Self {
        match error {
            ReplicaError::Api(ApiError::Refused(_)) => Self::Refused,
            ReplicaError::Api(_) => Self::Unreachable,
            ReplicaError::NotProven(_) => Self::NotProven,
            ReplicaError::Home(_) | ReplicaError::Damaged(_) | ReplicaError::Random(_) => Self::Stored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_round_that_was_under_way_already_does_not_count_as_renewed() {
        let copy = Arc::new(Copy::default());
        copy.begin();
        let waiting = tokio::spawn({
            let copy = copy.clone();
            async move { copy.renewed(Duration::from_secs(60)).await }
        });
        copy.wanted.notified().await;
        copy.end();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        copy.begin();
        copy.end();
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_the_limit() {
        Copy::default().renewed(Duration::from_millis(1)).await;
    }
}
