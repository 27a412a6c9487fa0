//! Submits a plan, and maps refusals back to rows.

use super::pack::Planned;
use super::problem::RowProblem;
use crate::api::{Api, ApiError};
use crate::compose::ComposeError;
use crate::home::{Home, HomeError, KeyFile};
use crate::outbox::{self, Step};
use crate::random::{Random, RandomError};
use crate::receipt::Proven;
use lika_domain::ids::SubmissionId;
use std::collections::BTreeMap;

/// The outcome of a plan.
#[derive(Debug, Default)]
pub struct Applied {
    /// In the log, proven by stored receipts.
    pub recorded: Vec<Proven>,
    /// Rows that are in the log.
    pub recorded_rows: usize,
    /// The log's refusals, by row.
    pub problems: Vec<RowProblem>,
    /// Submissions of the key that wait in the outbox, new and old.
    pub waiting: usize,
    /// Why sending stopped before the end.
    pub stopped: Vec<ApiError>,
}

/// Why a plan could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// An error of the folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A submission could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// No randomness for ids.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Composes, stores and sends a plan, together with everything else of the key that waits. `composed_at_s` is the
/// device's clock, in seconds since 1970-01-01 UTC.
///
/// # Errors
/// If the folder cannot be used or something cannot be composed. Refusals and an unreachable node are not errors:
/// they are in [`Applied`].
pub async fn apply(
    home: &Home,
    api: &Api,
    key: &KeyFile,
    mut planned: Vec<Planned>,
    random: &mut Random,
    composed_at_s: u64,
    mut told: impl FnMut(Step),
) -> Result<Applied, ApplyError> {
    let mut applied = Applied::default();
    // The log lists every bad event, so the second round is nearly always the last; and every round has fewer events.
    while !planned.is_empty() {
        let mut sent_rows = enqueue(home, key, planned, random, composed_at_s)?;
        let sent = outbox::send_of(home, api, key.id(), &mut told).await?;
        let rows_of = |proven: &Proven| sent_rows.get(&proven.id).map_or(0, |planned| planned.rows.concat().len());
        applied.recorded_rows += sent.recorded.iter().map(|(proven, _)| rows_of(proven)).sum::<usize>();
        applied.recorded.extend(sent.recorded.into_iter().map(|(proven, _)| proven));
        applied.waiting = sent.waiting;
        applied.stopped = sent.stopped;
        planned = Vec::new();
        for (id, refusal) in sent.refused {
            let Some(refused) = sent_rows.remove(&id) else { continue };
            let (left, problems) = refused.without(&refusal);
            applied.problems.extend(problems);
            planned.extend(left);
        }
    }
    applied.problems.sort_by_key(|problem| problem.row);
    Ok(applied)
}

/// Composes and stores all of them before anything is sent.
fn enqueue(
    home: &Home,
    key: &KeyFile,
    planned: Vec<Planned>,
    random: &mut Random,
    composed_at_s: u64,
) -> Result<BTreeMap<SubmissionId, Planned>, ApplyError> {
    let mut device = home.device(key)?;
    let mut queue = BTreeMap::new();
    for planned in planned {
        let composed = device.compose(random.submission_id()?, composed_at_s, planned.report.clone())?;
        home.enqueue(&composed)?;
        queue.insert(composed.id, planned);
    }
    Ok(queue)
}
