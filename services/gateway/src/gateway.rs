//! The gateway itself: the parts that every handler uses.

use crate::areas::Areas;
use crate::backend::Backend;
use crate::limits::{FOLD_WAIT_MS, FOLDS_MAX, PUBLISH_WAIT_ENTRIES, PUBLISH_WAIT_MS, SUBMISSIONS_MAX};
use crate::metrics::{Gauges, Metrics};
use crate::problem::{Code, Problem};
use crate::sessions::Sessions;
use futures::FutureExt;
use lika_domain::ids::Index;
use lika_ledger::Ledger;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The gateway. It has no task of its own; [`crate::serve`] gives it a socket.
pub struct Gateway {
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) sessions: Sessions,
    pub(crate) metrics: Metrics,
    /// A place for each submission under way.
    pub(crate) submissions: Arc<Semaphore>,
    /// Which entries belong to which area, for replicas.
    pub(crate) areas: Mutex<Areas>,
    /// A place for each read that folds the log anew.
    folds: Semaphore,
}

/// The gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The system gives no random bytes.
    #[error("a key for sessions cannot be made")]
    Random(#[source] getrandom::Error),
}

impl Gateway {
    /// Starts the gateway with a backend that calls the services.
    ///
    /// # Errors
    /// [`StartError::Random`].
    pub fn start(backend: impl Backend) -> Result<Arc<Self>, StartError> {
        Ok(Arc::new(Self {
            backend: Box::new(backend),
            sessions: Sessions::new().map_err(StartError::Random)?,
            metrics: Metrics::new(),
            submissions: Arc::new(Semaphore::new(SUBMISSIONS_MAX)),
            areas: Mutex::default(),
            folds: Semaphore::new(FOLDS_MAX),
        }))
    }

    /// The ledger: keys and roles are looked up in its state.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        self.backend.ledger()
    }

    /// Waits for a turn to fold the log.
    ///
    /// # Errors
    /// 503 if no turn comes soon.
    pub(crate) async fn fold_turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let turn = tokio::time::timeout(Duration::from_millis(FOLD_WAIT_MS), self.folds.acquire()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| Problem::of(Code::Overloaded, "", ""))
    }

    /// Waits until this process knows that an entry is published. A client may already hold the entry's receipt, from
    /// a process that knew earlier.
    ///
    /// # Errors
    /// 404 if the index is far beyond the end of the log, or the entry is not published soon.
    pub(crate) async fn published(&self, index: Index) -> Result<(), Problem> {
        let log = self.ledger().log();
        let near = index < log.checkpoint().size.saturating_add(PUBLISH_WAIT_ENTRIES);
        let mut published = log.follow();
        let published =
            tokio::time::timeout(Duration::from_millis(PUBLISH_WAIT_MS), published.wait_for(|size| *size > index));
        if near && matches!(published.await, Ok(Ok(_))) {
            return Ok(());
        }
        let size = log.checkpoint().size;
        Err(Problem::of(Code::EntryUnknown, "index", format!("the log has {size} entries")))
    }

    /// The answer about an area in which the log has nothing. If the log is not opened yet, the answer says so.
    pub(crate) fn no_records(&self, field: &'static str) -> Problem {
        let opened = self.ledger().state().jurisdiction.is_some();
        let detail = if opened { "" } else { "the log is not opened yet: `lika open` opens it" };
        Problem::of(Code::AreaUnknown, field, detail)
    }

    /// Whether the log still takes entries.
    pub(crate) fn is_ready(&self) -> bool {
        self.ledger().log().stopped().now_or_never().is_none()
    }

    pub(crate) fn gauges(&self) -> Gauges {
        Gauges {
            log_entries: self.ledger().log().checkpoint().size,
            submissions: SUBMISSIONS_MAX - self.submissions.available_permits(),
        }
    }
}
