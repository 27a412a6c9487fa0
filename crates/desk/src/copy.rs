//! What the desk has of the official's area, in memory.

use lika_client::replica::{Known, ReplicaError};
use lika_client::{ApiError, Replica};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, Notify};

/// What the desk has of the area.
#[derive(Default)]
pub(crate) struct Copy {
    /// Held while it is fetched.
    pub(crate) replica: AsyncMutex<Option<Replica>>,
    shown: Mutex<Shown>,
    /// Wakes what fetches.
    pub(crate) wanted: Notify,
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

impl Copy {
    /// Has it fetched anew.
    pub(crate) fn want(&self) {
        self.wanted.notify_one();
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

    /// Forgets everything in memory: the key was locked.
    pub(crate) async fn forget(&self) {
        *self.replica.lock().await = None;
        *self.shown() = Shown::default();
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
