//! Submits what is new in a table, and maps refusals back to its cells.
//!
//! A crash is safe at every point. Before the plan is on disk nothing was stored; after it, a submission that was not
//! stored was not sent, and its rows are new again; one that was stored waits and is sent unchanged.

use super::checked::Checked;
use super::draft::{Draft, State};
use super::error::ApplyError;
use super::pack::{Item, Planned, pack};
use super::problem::Finding;
use crate::api::{Api, ApiError};
use crate::example;
use crate::file;
use crate::home::{Home, ImportPlan, KeyFile, PlannedItem};
use crate::outbox::{self, Step};
use crate::random::Random;
use crate::receipt::Proven;
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, SubmissionId};
use lika_proto::v1;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Why a refused submission of a table is given up.
const REPLACED: &str = "导入：逐行结果见表 import: what became of each row stands in its report";

/// The outcome of a table.
#[derive(Debug, Default)]
pub struct Applied {
    /// In the log, proven by stored receipts.
    pub recorded: Vec<Proven>,
    /// Rows of the table that this run brought into the log.
    pub recorded_rows: usize,
    /// The log's refusals, by row.
    pub problems: Vec<Finding>,
    /// Submissions of the key that wait in the outbox, new and old.
    pub waiting: usize,
    /// Why sending stopped before the end.
    pub stopped: Vec<ApiError>,
    /// Numbers of the households that were registered or wait.
    pub households: Vec<NamedHousehold>,
}

/// A household of the table and its number in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHousehold {
    /// Its name in the table.
    pub label: String,
    /// Its village.
    pub village: Area,
    /// Its number.
    pub household: HouseholdId,
}

/// The work of one run.
pub(super) struct Run<'r> {
    home: &'r Home,
    key: &'r KeyFile,
    random: &'r mut Random,
    composed_at_s: u64,
    drafts: Vec<Draft>,
    service: &'static str,
    /// For each submission the drafts of its events, in their order.
    sent: BTreeMap<SubmissionId, Vec<Option<usize>>>,
}

/// Composes, stores and sends what is new in a table, together with everything else of the key that waits.
/// `composed_at_s` is the device's clock, in seconds since 1970-01-01 UTC.
///
/// # Errors
/// If the folder cannot be used or something cannot be composed. Refusals and an unreachable node are not errors:
/// they are in [`Applied`].
pub async fn apply(
    home: &Home,
    api: &Api,
    key: &KeyFile,
    checked: &Checked,
    random: &mut Random,
    composed_at_s: u64,
    mut told: impl FnMut(Step),
) -> Result<Applied, ApplyError> {
    let mut run = Run::of(home, key, checked, random, composed_at_s);
    run.remember_waiting()?;
    let mut applied = Applied::default();
    let mut new: Vec<usize> = (0..run.drafts.len()).filter(|draft| run.drafts[*draft].state == State::New).collect();
    loop {
        run.enqueue(&new)?;
        let sent = outbox::send_of(home, api, key.id(), &mut told).await?;
        applied.waiting = sent.waiting;
        applied.stopped = sent.stopped;
        for (proven, _) in sent.recorded {
            applied.recorded_rows += run.rows_of(proven.id);
            run.mark(proven.id, State::Unchanged);
            applied.recorded.push(proven);
        }
        // The log lists every bad event, so the second round is nearly always the last; and every round has fewer.
        new.clear();
        for (id, refusal) in sent.refused {
            let is_own = run.sent.contains_key(&id);
            new.extend(run.refused(id, &refusal, &mut applied.problems));
            // What can be sent goes out again in another submission, and what cannot is shown at its row.
            if is_own && !outbox::is_quarantined(&refusal) {
                home.discard(&id.to_string(), REPLACED)?;
            }
        }
        if new.is_empty() {
            break;
        }
    }
    applied.problems.sort_by_key(|problem| problem.row);
    applied.households = run.households();
    Ok(applied)
}

impl<'r> Run<'r> {
    pub(super) fn of(
        home: &'r Home,
        key: &'r KeyFile,
        checked: &Checked,
        random: &'r mut Random,
        composed_at_s: u64,
    ) -> Self {
        let (drafts, service) = (checked.drafts.clone(), example::service(checked.kind.event()));
        Self { home, key, random, composed_at_s, drafts, service, sent: BTreeMap::new() }
    }

    pub(super) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    /// These events as a report is written, with personal data in the clear.
    pub(super) fn written(&self, drafts: &[usize]) -> Value {
        let events = drafts.iter().map(|draft| Value::Object(self.drafts[*draft].event.clone()));
        json!({ self.service: { "events": events.collect::<Vec<_>>() } })
    }

    /// A refusal of an event, at the row of the member that it names.
    pub(super) fn at_row(&self, draft: usize, problem: &v1::Problem) -> Finding {
        at_row(&self.drafts[draft], problem)
    }

    /// Submissions of an earlier run that wait: which of the table's rows are in them.
    fn remember_waiting(&mut self) -> Result<(), ApplyError> {
        let waiting = |draft: &usize| self.drafts[*draft].state == State::Waiting;
        let places: BTreeMap<_, usize> =
            (0..self.drafts.len()).filter(waiting).map(|draft| (self.drafts[draft].key, draft)).collect();
        if places.is_empty() {
            return Ok(());
        }
        for (id, items) in self.home.import_plans()?.into_iter().flat_map(|plan| plan.submissions) {
            let found: Vec<_> = items.iter().map(|item| places.get(&item.key).copied()).collect();
            if found.iter().any(Option::is_some) && self.home.is_recorded(id)? == Some(false) {
                self.sent.insert(id, found);
            }
        }
        Ok(())
    }

    /// Seals, composes and stores these drafts before anything is sent: first the plan, then the submissions.
    fn enqueue(&mut self, new: &[usize]) -> Result<(), ApplyError> {
        let mut items = Vec::with_capacity(new.len());
        for draft in new {
            items.extend(self.item(*draft)?);
        }
        let mut device = self.home.device(self.key)?;
        let (mut plan, mut queue) = (ImportPlan::default(), Vec::new());
        for Planned { report, drafts } in pack(items) {
            let composed = device.compose(self.random.submission_id()?, self.composed_at_s, report)?;
            plan.submissions.push((composed.id, drafts.iter().map(|draft| planned(&self.drafts[*draft])).collect()));
            self.sent.insert(composed.id, drafts.into_iter().map(Some).collect());
            queue.push(composed);
        }
        self.home.keep_import_plan(&plan)?;
        for composed in queue {
            self.home.enqueue(&composed)?;
            self.mark(composed.id, State::Waiting);
        }
        Ok(())
    }

    /// The event of a draft, sealed; a household that has no number gets one.
    pub(super) fn item(&mut self, place: usize) -> Result<Option<Item>, ApplyError> {
        let household = match self.drafts[place].household {
            Some(household) => household,
            None => self.random.household_id()?,
        };
        let draft = &mut self.drafts[place];
        draft.household = Some(household);
        let file = draft.file(self.service, household.get().to_string().into());
        let report = file::of_map(file, self.home, &self.key.origin, self.random)?;
        let warned = self.drafts[place].warned.clone();
        Ok(Item::of(report, place, warned))
    }

    fn mark(&mut self, id: SubmissionId, state: State) {
        for draft in self.sent.get(&id).into_iter().flatten().flatten() {
            self.drafts[*draft].state = state;
        }
    }

    fn rows_of(&self, id: SubmissionId) -> usize {
        let drafts = self.sent.get(&id).into_iter().flatten().flatten();
        drafts.map(|draft| self.drafts[*draft].rows.len()).sum()
    }

    /// Notes a refusal at its rows. Returns the drafts that were sent together with the refused ones, to be sent again
    /// without them; none if the refusal is of the submission as a whole.
    fn refused(&mut self, id: SubmissionId, refusal: &v1::Refusal, problems: &mut Vec<Finding>) -> Vec<usize> {
        let Some(events) = self.sent.remove(&id) else { return Vec::new() };
        let event_of = |problem: &v1::Problem| problem.event.and_then(|event| usize::try_from(event).ok());
        let whole = refusal.problems.iter().any(|problem| problem.event.is_none());
        let mut left = Vec::new();
        for (number, draft) in events.into_iter().enumerate() {
            let Some(place) = draft else { continue };
            let of_this = refusal.problems.iter().filter(|problem| event_of(problem) == Some(number));
            let found: Vec<_> = of_this.map(|problem| at_row(&self.drafts[place], problem)).collect();
            let state = if whole || !found.is_empty() { State::Refused } else { State::New };
            self.drafts[place].state = state;
            if whole {
                let row = self.drafts[place].rows[0];
                let of_all = refusal.problems.iter().filter(|problem| problem.event.is_none());
                problems.extend(of_all.map(|problem| Finding::of_log(row, problem)));
            } else if found.is_empty() {
                left.push(place);
            }
            problems.extend(found);
        }
        left
    }

    fn households(&self) -> Vec<NamedHousehold> {
        let there = |draft: &&Draft| matches!(draft.state, State::Unchanged | State::Waiting);
        let named = |draft: &Draft| {
            let Draft { label, village, household, .. } = draft;
            household.map(|household| NamedHousehold { label: label.clone(), village: *village, household })
        };
        self.drafts.iter().filter(there).filter_map(named).collect()
    }
}

/// An event in a plan.
fn planned(draft: &Draft) -> PlannedItem {
    let household = draft.household.map(HouseholdId::get);
    PlannedItem { key: draft.key, content: draft.content, household, people: draft.people.clone() }
}

/// A refusal of an event, at the row of the member that it names.
fn at_row(draft: &Draft, problem: &v1::Problem) -> Finding {
    let mut problem = problem.clone();
    let mut row = draft.rows[0];
    let listed = problem.detail.strip_prefix("members[").and_then(|rest| rest.strip_suffix(']'));
    if let Some(found) = listed.and_then(|place| place.parse::<usize>().ok()).and_then(|place| draft.rows.get(place)) {
        row = *found;
        problem.detail.clear();
    }
    // A person is named by the household's number and two digits of the member.
    let person = draft.household.map(|household| household.get().to_string());
    let member = person.and_then(|person| problem.detail.strip_prefix(&person)?.get(..2)?.parse::<usize>().ok());
    if let Some(member) = member {
        row = draft.rows.get(member.saturating_sub(1)).copied().unwrap_or(row);
        problem.detail = problem.detail.split_once(": ").map_or("", |(_, detail)| detail).to_owned();
    }
    Finding::of_log(row, &problem)
}
