//! How far the work on a table is, and what came of it: what the pages show of `importing`.

mod told;

pub(crate) use told::told;

use lika_client::import::{Applied, Checked, Finding};
use lika_domain::language::Bilingual;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What the desk has of tables, in memory.
pub(crate) struct Tables {
    now: Mutex<Option<Now>>,
    /// Whether a table is being sent. Its refusals belong to its rows, so nothing else sends meanwhile.
    pub(crate) sending: watch::Sender<bool>,
    /// Held while an annotated copy is made.
    pub(crate) copying: tokio::sync::Mutex<()>,
}

/// The table that is worked on, or was last.
struct Now {
    id: String,
    stage: Stage,
}

/// How far the work has come.
#[derive(Clone)]
pub(crate) enum Stage {
    /// It is read and checked.
    Reading,
    /// It is compared with the register: households asked for, of all.
    Comparing(usize, usize),
    /// It is sent: submissions answered, of all.
    Sending(usize, usize),
    /// It came to its end.
    Done(Arc<Outcome>),
    /// It could not be done.
    Failed(Arc<Failure>),
}

/// What came of a table.
pub(crate) struct Outcome {
    pub(crate) checked: Checked,
    pub(crate) compared: Comparison,
    /// What came of sending it, if that was wanted.
    pub(crate) applied: Option<Applied>,
}

/// Whether the table was compared with the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// It was; of so many households the node showed nothing.
    Done(usize),
    /// The node could not be reached: only with the copy of the official's area.
    Copy,
    /// The node could not be reached, and there is no copy.
    Unreachable,
    /// The node refused.
    Refused,
}

/// Why nothing came of it.
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) said: Bilingual,
}

impl Default for Tables {
    fn default() -> Self {
        Self { now: Mutex::default(), sending: watch::Sender::new(false), copying: tokio::sync::Mutex::default() }
    }
}

impl Tables {
    /// How far the work on a table has come; `None` if it was not begun, or is forgotten.
    pub(crate) fn stage(&self, id: &str) -> Option<Stage> {
        self.locked().as_ref().filter(|now| now.id == id).map(|now| now.stage.clone())
    }

    /// The table that is being worked on.
    pub(crate) fn working(&self) -> Option<String> {
        self.locked().as_ref().filter(|now| now.stage.is_working()).map(|now| now.id.clone())
    }

    /// Forgets what came of a table, as when the key is locked or the table removed.
    pub(crate) fn forget(&self) {
        let mut now = self.locked();
        if now.as_ref().is_some_and(|now| !now.stage.is_working()) {
            *now = None;
        }
    }

    /// Notes how far it is.
    pub(crate) fn set(&self, stage: Stage) {
        if let Some(now) = self.locked().as_mut() {
            now.stage = stage;
        }
    }

    /// Takes the place of what is worked on; whether it was free.
    pub(crate) fn begin(&self, id: &str) -> bool {
        let mut now = self.locked();
        let free = now.as_ref().is_none_or(|now| !now.stage.is_working());
        if free {
            *now = Some(Now { id: id.to_owned(), stage: Stage::Reading });
        }
        free
    }

    fn locked(&self) -> MutexGuard<'_, Option<Now>> {
        // What came is replaced as a whole, so a panic elsewhere leaves it as it was.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    fn is_working(&self) -> bool {
        matches!(self, Self::Reading | Self::Comparing(..) | Self::Sending(..))
    }
}

impl Outcome {
    /// Everything that keeps a row from being sent, by the desk and by the log, in the order of rows.
    pub(crate) fn problems(&self) -> Vec<Finding> {
        let of_log = self.applied.iter().flat_map(|applied| &applied.problems);
        let mut all: Vec<_> = self.checked.problems.iter().chain(of_log).cloned().collect();
        all.sort_by_key(|finding| finding.row);
        all
    }
}
