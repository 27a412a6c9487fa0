//! `lika outbox`: submissions that are signed and wait for their receipts.

use super::client::{HomeArgs, NodeArgs, block_on};
use super::describe;
use super::serve::Signals;
use super::submit::{Refused, reason};
use crate::exit::{Exit, Failure, exit_of};
use crate::printer::Printer;
use crate::table::Table;
use clap::Subcommand;
use lika_client::home::Pending;
use lika_client::outbox::{self, Sent};
use lika_client::{Api, ApiError, Home, HomeError};
use lika_domain::ids::SubmissionId;
use lika_domain::language::Language;
use lika_proto::convert;
use lika_retry::{NODE, Waits};
use serde::Serialize;

/// Lists, shows, sends or discards waiting submissions.
#[derive(Debug, Subcommand)]
pub(crate) enum Outbox {
    /// Show the submissions that wait
    List(HomeArgs),
    /// Show everything that is reported in a submission that waits
    Show(One),
    /// Send them
    Send(Send),
    /// Give up a submission that was never recorded; it is kept in the folder `refused`
    Discard(One),
}

/// The node to send to.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// Go on until interrupted: send whatever comes to wait, and try again while the node does not answer
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    node: NodeArgs,
}

/// A submission that waits.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The submission, 32 hexadecimal digits as `lika outbox list` shows it
    #[arg(value_parser = submission)]
    id: SubmissionId,
    #[command(flatten)]
    home: HomeArgs,
}

#[derive(Debug, Serialize)]
struct Waiting {
    id: String,
    origin: String,
    area: String,
    events: usize,
    key: String,
    sequence: u64,
}

/// The result for all waiting submissions.
#[derive(Debug, Serialize)]
struct Report {
    recorded: Vec<Recorded>,
    refused: Vec<Refused>,
    waiting: usize,
    /// Why sending stopped before the end.
    stopped: Option<String>,
}

#[derive(Debug, Serialize)]
struct Recorded {
    id: String,
    index: u64,
    duplicate: bool,
}

impl Outbox {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::List(home) => list(printer, &home),
            Self::Show(shown) => shown.show(printer),
            Self::Send(send) => send.run(printer),
            Self::Discard(discarded) => discarded.discard(printer),
        }
    }
}

fn list(printer: Printer, home: &HomeArgs) -> anyhow::Result<Exit> {
    let waiting: Vec<Waiting> = home.open()?.pending()?.iter().map(Waiting::new).collect::<Result<_, _>>()?;
    printer.result(&waiting, |waiting| {
        let mut table = Table::new(&["submission", "log", "area", ">events", "key", ">number"]);
        for one in waiting {
            table.row([&one.id, &one.origin, &one.area, &one.events, &one.key, &one.sequence]);
        }
        if table.is_empty() { "nothing waits\n".to_owned() } else { table.to_string() }
    })?;
    Ok(Exit::Done)
}

impl Send {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        if self.watch {
            return block_on(self.watch(printer));
        }
        let (home, api) = (self.home.open()?, self.node.api()?);
        let bar = printer.bar(home.pending()?.len() as u64, "sending");
        let sent =
            block_on(async { Ok(outbox::send(&home, &api, |step| bar.set_position(step.answered as u64)).await?) });
        bar.finish_and_clear();
        let sent = sent?;
        printer.result(&Report::new(&sent), |report| report.text(printer.language()))?;
        Ok(exit(&sent))
    }
}

impl Send {
    /// Sends as soon as something waits and the node answers. The folder is open only while something is sent, so
    /// that others can report meanwhile.
    async fn watch(self, printer: Printer) -> anyhow::Result<Exit> {
        let api = self.node.api()?;
        let mut signals = Signals::listen()?;
        let (mut waits, mut last) = (Waits::new(NODE), None);
        loop {
            let reached = match self.round(&api).await? {
                Round::Sent(sent) => {
                    let report = Report::new(&sent);
                    if !report.recorded.is_empty() || !report.refused.is_empty() || report.stopped != last {
                        printer.result(&report, |report| report.text(printer.language()))?;
                    }
                    last = report.stopped;
                    sent.stopped.is_empty()
                }
                Round::Nothing => true,
                Round::Unreachable(error) => {
                    let reason = Some(reason(&error));
                    if reason != last {
                        printer.note(reason.as_deref().unwrap_or_default());
                    }
                    last = reason;
                    false
                }
            };
            if reached {
                waits.reset();
            }
            tokio::select! {
                () = signals.wait() => return Ok(Exit::Done),
                () = waits.wait() => {}
            }
        }
    }

    async fn round(&self, api: &Api) -> anyhow::Result<Round> {
        if self.waiting()?.is_none_or(|waiting| waiting == 0) {
            return Ok(Round::Nothing);
        }
        // Asked before the folder is opened: an answer that does not come may take long.
        if let Err(error) = api.log().await {
            return Ok(Round::Unreachable(error));
        }
        match self.open()? {
            Some(home) => Ok(Round::Sent(outbox::send(&home, api, |_| {}).await?)),
            None => Ok(Round::Nothing),
        }
    }

    /// How many wait; `None` while another process uses the folder.
    fn waiting(&self) -> anyhow::Result<Option<usize>> {
        Ok(self.open()?.map(|home| home.pending()).transpose()?.map(|pending| pending.len()))
    }

    /// The folder; `None` while another process uses it.
    fn open(&self) -> anyhow::Result<Option<Home>> {
        match self.home.open() {
            Ok(home) => Ok(Some(home)),
            Err(error) if matches!(error.downcast_ref(), Some(HomeError::Locked { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What came of one look at the folder.
enum Round {
    Sent(Sent),
    Nothing,
    Unreachable(ApiError),
}

impl One {
    fn show(self, printer: Printer) -> anyhow::Result<Exit> {
        let pending = self.home.open()?.pending()?.into_iter().find(|pending| pending.id == self.id);
        let pending = pending.ok_or_else(|| self.not_waiting())?;
        let words = describe::submission(&pending.signed.submission, printer.language())?;
        let json = lika_proto::json::to_json("Submission", &pending.signed.submission)?;
        printer.result(&json, |_| format!("submission {} waits to be sent\n{words}", self.id))?;
        Ok(Exit::Done)
    }

    fn not_waiting(&self) -> Failure {
        let zh = format!("没有待发的报送 {}；`lika outbox list` 列出全部待发", self.id);
        let en = format!("no submission {} is waiting; `lika outbox list` lists those that are", self.id);
        Failure::told("not_waiting", zh, en)
    }

    fn discard(self, printer: Printer) -> anyhow::Result<Exit> {
        if !self.home.open()?.discard(self.id)? {
            return Err(self.not_waiting().into());
        }
        printer.result(&serde_json::json!({"discarded": self.id.to_string()}), |_| {
            format!("{} was given up; submissions after it are signed again when they are sent", self.id)
        })?;
        Ok(Exit::Done)
    }
}

/// The exit code: the reason why something still waits comes before refusals.
fn exit(sent: &Sent) -> Exit {
    match (sent.stopped.first(), sent.refused.as_slice()) {
        (Some(ApiError::Refused(refusal)), _) => exit_of(refusal.status),
        (Some(_), _) => Exit::Queued,
        (None, [(_, refusal)]) => exit_of(refusal.status),
        (None, [_, ..]) => Exit::Findings,
        (None, []) if sent.waiting > 0 => Exit::Queued,
        (None, []) => Exit::Done,
    }
}

impl Waiting {
    fn new(pending: &Pending) -> anyhow::Result<Self> {
        let submission = convert::submission(&pending.signed.submission)?;
        Ok(Self {
            id: pending.id.to_string(),
            origin: pending.origin.clone(),
            area: submission.area.prefix(),
            events: submission.events.len(),
            key: pending.key.to_string(),
            sequence: pending.chain.sequence,
        })
    }
}

impl Report {
    fn new(sent: &Sent) -> Self {
        let recorded = sent.recorded.iter().map(|(proven, duplicate)| Recorded {
            id: proven.id.to_string(),
            index: proven.index,
            duplicate: *duplicate,
        });
        Self {
            recorded: recorded.collect(),
            refused: sent.refused.iter().map(|(id, refusal)| Refused::new(*id, refusal)).collect(),
            waiting: sent.waiting,
            stopped: sent.stopped.first().map(reason),
        }
    }

    fn text(&self, language: Language) -> String {
        let (recorded, refused) = (self.recorded.len(), self.refused.len());
        let mut text = format!("{recorded} recorded, {refused} refused, {} waiting\n", self.waiting);
        for refused in &self.refused {
            text.push_str(&format!("\n{}", refused.text(language)));
        }
        match &self.stopped {
            Some(reason) => text.push_str(&format!("\nsending stopped: {reason}\n")),
            None if self.waiting > 0 => {
                text.push_str("the waiting submissions are for another log, or their keys are not on this device\n");
            }
            None => {}
        }
        text
    }
}

/// Reads the id of a submission.
pub(crate) fn submission(text: &str) -> Result<SubmissionId, String> {
    let mut id = [0; 16];
    let read = hex::decode_to_slice(text, &mut id).map(|()| SubmissionId(id));
    read.map_err(|_| "a submission is named by 32 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_proto::v1;

    fn refusal(status: u32) -> v1::Refusal {
        v1::Refusal { status, ..Default::default() }
    }

    #[test]
    fn the_exit_code_is_that_of_what_stopped_it_then_of_what_was_refused() {
        let sent = |stopped: Option<ApiError>, refused: &[u32], waiting| Sent {
            refused: refused.iter().map(|status| (SubmissionId([1; 16]), refusal(*status))).collect(),
            stopped: stopped.into_iter().collect(),
            waiting,
            ..Sent::default()
        };
        let unreachable = || Some(ApiError::Unreachable { what: String::new(), source: None });
        assert_eq!(exit(&sent(None, &[], 0)), Exit::Done);
        assert_eq!(exit(&sent(None, &[], 2)), Exit::Queued);
        assert_eq!(exit(&sent(unreachable(), &[422], 2)), Exit::Queued);
        assert_eq!(exit(&sent(Some(ApiError::Refused(Box::new(refusal(403)))), &[], 1)), Exit::NotAuthorised);
        assert_eq!(exit(&sent(None, &[409], 0)), Exit::Conflict);
        assert_eq!(exit(&sent(None, &[409, 403], 0)), Exit::Findings);
    }

    #[test]
    fn a_submission_is_named_by_32_digits() {
        assert_eq!(submission(&"ab".repeat(16)), Ok(SubmissionId([0xab; 16])));
        for text in ["", "ab", &"ab".repeat(17), &"xy".repeat(16)] {
            assert!(submission(text).is_err(), "{text}");
        }
    }
}
