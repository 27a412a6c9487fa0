//! Composes a submission, keeps it, sends it, and reads the answer.

use super::super::client::{Client, now_s};
use crate::exit::{Exit, Failure, exit_of};
use crate::printer::Printer;
use crate::table::Table;
use lika_client::compose::ComposeError;
use lika_client::outbox::{self, Sent};
use lika_client::receipt::Proven;
use lika_client::{ApiError, Report};
use lika_domain::ids::SubmissionId;
use lika_domain::submission::Events;
use lika_proto::{convert, v1};
use serde::Serialize;
use std::collections::BTreeSet;

/// A report to be submitted, and its id.
pub(crate) struct Outgoing {
    /// Chosen before it is composed, so that the same report sent twice is one submission.
    pub(crate) id: SubmissionId,
    /// The report.
    pub(crate) report: Report,
}

/// The outcome of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is in the log.
    Recorded(Recorded),
    /// It is not in the log and will not be.
    Refused(Refused),
    /// It is kept; it may be in the log or not.
    Queued(Queued),
}

/// In the log, proven by a receipt that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Recorded {
    id: String,
    index: u64,
    origin: String,
    recorded_at_ms: u64,
    /// It had been recorded before; this is the first receipt.
    duplicate: bool,
    /// Households it concerns.
    households: Vec<String>,
}

/// Refused by the log, or never signed because every log would refuse it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    id: String,
    code: String,
    status: u32,
    problems: Vec<Problem>,
}

/// Kept in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Queued {
    id: String,
    /// Everything of the key that waits, this one included.
    waiting: usize,
    /// Why it was not sent.
    reason: String,
    /// The code of the node's answer, if it answered.
    code: Option<String>,
    status: Option<u32>,
}

/// One thing that is wrong with a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Problem {
    event: Option<u32>,
    field: String,
    code: String,
    zh: String,
    en: String,
    detail: String,
}

impl Client {
    /// Signs a report, keeps it, sends it with everything of the key that waits before it, and prints the outcome.
    ///
    /// # Errors
    /// If a file cannot be read or written, or the node shows another key than before.
    pub(crate) async fn submit(&self, printer: Printer, outgoing: Outgoing) -> anyhow::Result<Exit> {
        let outcome = self.outcome(outgoing).await?;
        printer.result(&outcome, Outcome::text)?;
        Ok(outcome.exit())
    }

    /// Whether a submission with that id was sent before or waits to be sent.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(crate) fn knows(&self, id: SubmissionId) -> anyhow::Result<bool> {
        Ok(self.home.receipt(id)?.is_some() || self.home.pending()?.iter().any(|pending| pending.id == id))
    }

    /// The same without printing anything.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub(crate) async fn outcome(&self, Outgoing { id, report }: Outgoing) -> anyhow::Result<Outcome> {
        if let Some(proven) = self.home.verify_receipt(id, &self.key.origin)? {
            return self.recorded(&proven, true);
        }
        if !self.knows(id)? {
            match self.home.device(&self.key)?.compose(id, now_s(), report) {
                // From here on it is safe to send it: a crash leaves it in the outbox.
                Ok(composed) => self.home.enqueue(&composed)?,
                Err(ComposeError::Malformed(rejection)) => {
                    return Ok(Outcome::Refused(Refused::new(id, &convert::refusal(&rejection, 400))));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let sent = outbox::send_of(&self.home, &self.api, self.key.signer.id(), |_| ()).await?;
        self.became(id, &sent)
    }

    /// The outcome of one of the submissions that were sent.
    fn became(&self, id: SubmissionId, sent: &Sent) -> anyhow::Result<Outcome> {
        if let Some((proven, duplicate)) = sent.recorded.iter().find(|(proven, _)| proven.id == id) {
            return self.recorded(proven, *duplicate);
        }
        if let Some((_, refusal)) = sent.refused.iter().find(|(refused, _)| *refused == id) {
            return Ok(Outcome::Refused(Refused::new(id, refusal)));
        }
        Ok(Outcome::Queued(Queued::new(id, sent, &self.key.origin)))
    }

    fn recorded(&self, proven: &Proven, duplicate: bool) -> anyhow::Result<Outcome> {
        let missing = || Failure::new("receipt_missing", format!("the receipt of {} is missing", proven.id));
        let kept = self.home.receipt(proven.id)?.ok_or_else(missing)?;
        let (entry, _) = convert::entry(proven.index, &kept.entry)?;
        Ok(Outcome::Recorded(Recorded {
            id: proven.id.to_string(),
            index: proven.index,
            origin: proven.origin.clone(),
            recorded_at_ms: proven.recorded_at_ms,
            duplicate,
            households: households(&entry.events),
        }))
    }
}

impl Outcome {
    /// The exit code after it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Recorded(_) => Exit::Done,
            Self::Refused(refused) => exit_of(refused.status),
            Self::Queued(queued) => queued.status.map_or(Exit::Queued, exit_of),
        }
    }

    /// The outcome as text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Recorded(recorded) => recorded.text(),
            Self::Refused(refused) => refused.text(),
            Self::Queued(queued) => queued.text(),
        }
    }
}

impl Recorded {
    fn text(&self) -> String {
        let again = if self.duplicate { " earlier; nothing was recorded twice" } else { "" };
        let households = match self.households.as_slice() {
            [] => String::new(),
            [only] => format!("household {only}\n"),
            several => format!("households {}\n", several.join(" ")),
        };
        format!(
            "recorded as entry {} of {}{again}\nsubmission {}\n{households}The receipt is checked and kept; \
             `lika receipt verify {}` checks it again, off line.\n",
            self.index, self.origin, self.id, self.id
        )
    }
}

impl Refused {
    pub(crate) fn new(id: SubmissionId, refusal: &v1::Refusal) -> Self {
        let problem = |problem: &v1::Problem| {
            let v1::Problem { code, event, field, detail, zh, en } = problem.clone();
            Problem { event, field, code, zh, en, detail }
        };
        Self {
            id: id.to_string(),
            code: refusal.code.clone(),
            status: refusal.status,
            problems: refusal.problems.iter().map(problem).collect(),
        }
    }

    /// Every problem in a row of its own. Events are counted from 1, as in the report shown to the official.
    pub(crate) fn text(&self) -> String {
        let mut table = Table::new(&[">event", "field", "code", "", "", "detail"]);
        for problem in &self.problems {
            let event = problem.event.map_or_else(|| "-".to_owned(), |event| (u64::from(event) + 1).to_string());
            table.row([&event, &problem.field, &problem.code, &problem.zh, &problem.en, &problem.detail]);
        }
        format!("refused: submission {}\n{table}None of it is recorded. Correct it and submit it again.\n", self.id)
    }
}

impl Queued {
    fn new(id: SubmissionId, sent: &Sent, origin: &str) -> Self {
        let stopped = sent.stopped.first();
        let refusal = match stopped {
            Some(ApiError::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        Self {
            id: id.to_string(),
            waiting: sent.waiting,
            reason: stopped.map_or_else(|| format!("the node serves another log than {origin}"), reason),
            code: refusal.map(|refusal| refusal.code.clone()),
            status: refusal.map(|refusal| refusal.status),
        }
    }

    fn text(&self) -> String {
        format!(
            "not sent, but kept: submission {}\n{}\nWaiting in the outbox: {}. `lika outbox send` sends them, `lika \
             outbox discard ID` gives one up.\n",
            self.id, self.reason, self.waiting
        )
    }
}

/// Why sending stopped, in a line.
pub(crate) fn reason(error: &ApiError) -> String {
    match error {
        ApiError::Refused(refusal) => {
            let zh = refusal.problems.first().map_or("", |problem| problem.zh.as_str());
            format!("{zh}: {error}")
        }
        other => other.to_string(),
    }
}

/// Households that events concern, each once, in order of their numbers.
pub(crate) fn households(events: &Events) -> Vec<String> {
    let households: BTreeSet<_> = match events {
        Events::Households(list) => list.iter().filter_map(|event| event.household).collect(),
        Events::Officials(list) => list.iter().filter_map(|event| event.household).collect(),
        Events::Aid(list) => list.iter().filter_map(|event| event.household).collect(),
    };
    households.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u32) -> v1::Refusal {
        let problem = v1::Problem {
            code: "household_unknown".into(),
            event: Some(2),
            field: "household".into(),
            detail: "1234567890".into(),
            zh: "户卡不存在".into(),
            en: "there is no such household".into(),
        };
        v1::Refusal { code: "household_unknown".into(), status, problems: vec![problem] }
    }

    #[test]
    fn a_refusal_shows_every_problem_in_both_languages() {
        let refused = Refused::new(SubmissionId([1; 16]), &refusal(409));
        let text = refused.text();
        for word in ["3", "household_unknown", "户卡不存在", "there is no such household", "1234567890"] {
            assert!(text.contains(word), "{text}");
        }
        assert_eq!(Outcome::Refused(refused).exit(), Exit::Conflict);
    }

    #[test]
    fn the_exit_code_of_waiting_submissions_is_that_of_the_cause() {
        let queued = |stopped: Option<ApiError>| {
            let sent = Sent { waiting: 2, stopped: stopped.into_iter().collect(), ..Sent::default() };
            Outcome::Queued(Queued::new(SubmissionId([1; 16]), &sent, "lika.example/130624"))
        };
        let unreachable = ApiError::Unreachable { what: "no connection".into(), source: None };
        assert_eq!(queued(Some(unreachable)).exit(), Exit::Queued);
        assert_eq!(queued(Some(ApiError::Refused(Box::new(refusal(403))))).exit(), Exit::NotAuthorised);
        let other = queued(None);
        assert_eq!(other.exit(), Exit::Queued);
        assert!(other.text().contains("another log than lika.example/130624"), "{}", other.text());
    }
}
