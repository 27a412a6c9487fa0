//! Composes a submission, keeps it, sends it, and reads the answer.

use super::super::client::{Client, now_s};
use crate::exit::{Exit, Failure, exit_of, said_by_node};
use crate::printer::Printer;
use crate::table::Table;
use lika_client::compose::ComposeError;
use lika_client::home::Item;
use lika_client::outbox::{self, QUARANTINE_CODES, Sent};
use lika_client::problem::{OutboxCode, Problem};
use lika_client::receipt::Proven;
use lika_client::{ApiError, HomeError, Report};
use lika_domain::detail;
use lika_domain::ids::SubmissionId;
use lika_domain::language::{Bilingual, Language};
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
    #[serde(serialize_with = "english")]
    reason: Bilingual,
    /// The code of the node's answer, if it answered.
    code: Option<String>,
    status: Option<u32>,
}

impl Client {
    /// Signs a report, keeps it, sends it with everything of the key that waits before it, and prints the outcome.
    ///
    /// # Errors
    /// If a file cannot be read or written, or the node shows another key than before.
    pub(crate) async fn submit(&self, printer: Printer, outgoing: Outgoing) -> anyhow::Result<Exit> {
        let outcome = self.outcome(outgoing).await?;
        printer.result(&outcome, |outcome| outcome.text(printer.language()))?;
        Ok(outcome.exit())
    }

    /// Whether a submission with that id was sent before or waits to be sent.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(crate) fn knows(&self, id: SubmissionId) -> anyhow::Result<bool> {
        Ok(self.home.receipt(id)?.is_some() || self.home.is_pending(id)?)
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
            // From here on it is safe to send it: a crash leaves it in the outbox.
            match self.home.compose(&self.key, id, now_s(), report) {
                Ok(_) => {}
                Err(HomeError::Compose(ComposeError::Malformed(rejection))) => {
                    return Ok(Outcome::Refused(Refused::new(id, &convert::refusal(&rejection, 400))));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let sent = outbox::send_of(&self.home, &self.api, self.key.id(), |_| ()).await?;
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
        // Another process that watches the folder may have been faster.
        if let Some(proven) = self.home.verify_receipt(id, &self.key.origin)? {
            return self.recorded(&proven, false);
        }
        match self.home.item(&id.to_string())? {
            Some(item) if !item.state.is_queued() => Ok(Outcome::Refused(Refused::of_item(item))),
            _ => Ok(self.queued(id, sent)),
        }
    }

    fn queued(&self, id: SubmissionId, sent: &Sent) -> Outcome {
        Outcome::Queued(Queued::new(id, sent, &self.key.origin))
    }

    fn recorded(&self, proven: &Proven, duplicate: bool) -> anyhow::Result<Outcome> {
        let missing = || {
            let id = proven.id;
            Failure::told("receipt_missing", format!("{id} 的回执缺失"), format!("the receipt of {id} is missing"))
        };
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
    pub(crate) fn text(&self, language: Language) -> String {
        match self {
            Self::Recorded(recorded) => recorded.text(language),
            Self::Refused(refused) => refused.text(language),
            Self::Queued(queued) => queued.text(language),
        }
    }
}

impl Recorded {
    fn text(&self, language: Language) -> String {
        let again = if self.duplicate {
            language.of("，此前已记录，没有重复记录", " earlier; nothing was recorded twice")
        } else {
            ""
        };
        let households = match self.households.as_slice() {
            [] => String::new(),
            several => format!("{} {}\n", language.of("户编号", "household"), several.join(" ")),
        };
        let Self { id, index, origin, .. } = self;
        language.of(
            format!(
                "已受理，为 {origin} 第 {index} 条{again}\n报送 {id}\n{households}回执已核验并保存；`lika receipt \
                 verify {id}` 可随时离线再核验。\n"
            ),
            format!(
                "recorded as entry {index} of {origin}{again}\nsubmission {id}\n{households}The receipt is checked \
                 and kept; `lika receipt verify {id}` checks it again, off line.\n"
            ),
        )
    }
}

impl Refused {
    pub(crate) fn new(id: SubmissionId, refusal: &v1::Refusal) -> Self {
        Self {
            id: id.to_string(),
            code: refusal.code.clone(),
            status: refusal.status,
            problems: refusal.problems.iter().map(Problem::from).collect(),
        }
    }

    /// HTTP status of the refusal.
    pub(crate) fn status(&self) -> u32 {
        self.status
    }

    /// What another process was told.
    fn of_item(item: Item) -> Self {
        let code = item.error().map(|problem| problem.code.clone()).unwrap_or_default();
        Self { id: item.id, code, status: item.status, problems: item.problems }
    }

    /// Every problem in a row of its own. Events are counted from 1, as in the report shown to the official.
    pub(crate) fn text(&self, language: Language) -> String {
        let headings = language.of([">事项", "字段", "代码", "", "说明"], [">event", "field", "code", "", "detail"]);
        let mut table = Table::new(&headings);
        for problem in &self.problems {
            let event = problem.event.map_or_else(|| "-".to_owned(), |event| (u64::from(event) + 1).to_string());
            let said = language.of(&problem.zh, &problem.en);
            let detail = detail::told(&problem.code, &problem.detail, language);
            table.row([&event, &problem.field, &problem.code, said, &detail]);
        }
        let Self { id, code, .. } = self;
        let (zh, en) = if QUARANTINE_CODES.iter().any(|known| known.name() == code) {
            (
                format!("已隔离保存。`lika outbox retry {id} --key 密钥名` 用另一把密钥重新签名。"),
                format!(
                    "It is kept in quarantine. `lika outbox retry {id} --key NAME` signs it anew with another key."
                ),
            )
        } else {
            ("请改正后重新报送。".to_owned(), "Correct it and submit it again.".to_owned())
        };
        language.of(
            format!("拒收：报送 {id}\n{table}没有记录任何内容。{zh}\n"),
            format!("refused: submission {id}\n{table}None of it is recorded. {en}\n"),
        )
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
            reason: stopped.map_or_else(|| not_sent(sent, origin), said_by_node),
            code: refusal.map(|refusal| refusal.code.clone()),
            status: refusal.map(|refusal| refusal.status),
        }
    }

    fn text(&self, language: Language) -> String {
        let Self { id, reason, waiting, .. } = self;
        let reason = reason.one(language);
        language.of(
            format!(
                "未发送，已保存：报送 {id}\n{reason}\n发件箱待发 {waiting} 件。`lika outbox send` 发送，`lika outbox discard \
                 ID` 放弃其一。\n"
            ),
            format!(
                "not sent, but kept: submission {id}\n{reason}\nWaiting in the outbox: {waiting}. `lika outbox send` \
                 sends them, `lika outbox discard ID` gives one up.\n"
            ),
        )
    }
}

/// JSON is the same in every language.
fn english<S: serde::Serializer>(text: &Bilingual, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text.en)
}

/// The same of a text that may be missing.
pub(crate) fn english_if_any<S: serde::Serializer>(text: &Option<Bilingual>, to: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| &text.en).serialize(to)
}

/// Why something waits although the node answered; `origin` is the log that it is for.
pub(crate) fn not_sent(sent: &Sent, origin: &str) -> Bilingual {
    if sent.is_sent_elsewhere {
        let zh = "另一进程正在发送，会一并发出";
        return Bilingual::new(zh, "another process is sending, and will send this too");
    }
    if let Some(key) = sent.signers_missing.first() {
        let code = OutboxCode::KeyElsewhere;
        return Bilingual::new(format!("{}：{key}", code.zh()), format!("{}: {key}", code.en()));
    }
    let zh = format!("该节点提供的不是 {origin}，请检查 --url");
    Bilingual::new(zh, format!("the node serves another log than {origin}; check --url"))
}

/// Households that events concern, each once, in order of their numbers.
pub(crate) fn households(events: &Events) -> Vec<String> {
    let households: BTreeSet<_> = events.households().into_iter().flatten().collect();
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
    fn a_refusal_shows_every_problem_in_one_language() {
        let refused = Refused::new(SubmissionId([1; 16]), &refusal(409));
        let (zh, en) = (refused.text(Language::Zh), refused.text(Language::En));
        for word in ["3", "household_unknown", "1234567890"] {
            assert!(zh.contains(word) && en.contains(word), "{zh}{en}");
        }
        assert!(zh.contains("户卡不存在") && !zh.contains("there is no such household"), "{zh}");
        assert!(en.contains("there is no such household") && !en.contains("户卡不存在"), "{en}");
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
        assert!(other.text(Language::En).contains("another log than lika.example/130624"));
    }
}
