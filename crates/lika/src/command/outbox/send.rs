//! `lika outbox send`: once, or for as long as it runs.

use super::super::client::{HomeArgs, NodeArgs, block_on};
use super::super::passphrase::PassphraseArgs;
use super::super::serve::Signals;
use super::super::submit::{Refused, english_if_any, not_sent};
use super::stick;
use crate::exit::{Exit, classify, exit_of, said_by_node};
use crate::printer::Printer;
use lika_client::outbox::{self, Sent};
use lika_client::{Api, ApiError, Home, HomeError};
use lika_domain::language::{Bilingual, Language};
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tokio::sync::Notify;

/// The node to send to.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// Go on until interrupted: send whatever comes to wait, and try again while the node does not answer
    #[arg(long, conflicts_with = "file")]
    watch: bool,
    /// Send what another device exported to this file; none of its keys is needed here
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Where to write the answers, for that device to import [default: beside the file, ending in .answers]
    #[arg(long, value_name = "FILE", requires = "file")]
    answers: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// The result for all waiting submissions.
#[derive(Debug, Serialize)]
struct Report {
    recorded: Vec<Recorded>,
    refused: Vec<Refused>,
    waiting: usize,
    /// Why sending stopped before the end.
    #[serde(serialize_with = "english_if_any")]
    stopped: Option<Bilingual>,
}

#[derive(Debug, Serialize)]
struct Recorded {
    id: String,
    index: u64,
    duplicate: bool,
}

impl Send {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        if let Some(file) = self.file {
            return stick::send(printer, &self.node, &file, self.answers);
        }
        if self.watch {
            return block_on(self.watch(printer));
        }
        let (home, api) = (self.home.open()?, self.node.api()?);
        let mut sent = round(printer, &home, &api)?;
        // A passphrase is asked for only when something must be signed again.
        let locked = home.keys()?.into_iter().filter(|key| sent.signers_missing.contains(&key.id()));
        let mut is_unlocked = false;
        for key in locked {
            match self.passphrase.unlock(&home, &key) {
                Ok(()) => is_unlocked = true,
                Err(error) => printer.note(classify(&error).message.one(printer.language())),
            }
        }
        if is_unlocked {
            let again = round(printer, &home, &api)?;
            sent = Sent {
                recorded: sent.recorded.into_iter().chain(again.recorded).collect(),
                refused: sent.refused.into_iter().chain(again.refused).collect(),
                ..again
            };
        }
        printer.result(&Report::new(&sent, &home), |report| report.text(printer.language()))?;
        Ok(exit(&sent))
    }

    /// Sends as soon as something waits and the node answers.
    async fn watch(self, printer: Printer) -> anyhow::Result<Exit> {
        let (home, api, wake) = (self.home.open()?, self.node.api()?, Notify::new());
        self.unlock_given(&home)?;
        let mut signals = Signals::listen()?;
        let mut last = None;
        let mut told = |round: Result<Sent, HomeError>| -> Result<(), anyhow::Error> {
            let report = match round {
                Ok(sent) => Report::new(&sent, &home),
                // Another command may hold the folder for long; everything else a person has to look at.
                Err(HomeError::Locked { .. }) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            if !report.recorded.is_empty() || !report.refused.is_empty() || report.stopped != last {
                printer.result(&report, |report| report.text(printer.language()))?;
            }
            last = report.stopped;
            Ok(())
        };
        let told = |round| match told(round) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        };
        tokio::select! {
            () = signals.wait() => Ok(Exit::Done),
            error = outbox::watch(&home, &api, &wake, told) => Err(error),
        }
    }
}

impl Send {
    /// Unlocks the keys that the passphrase in the file opens: what waits may have to be signed again at any time, and
    /// nobody is asked while this runs.
    ///
    /// # Errors
    /// If the file cannot be read, or opens none of the keys that need one.
    fn unlock_given(&self, home: &Home) -> anyhow::Result<()> {
        let Some(given) = self.passphrase.given()? else { return Ok(()) };
        let mut refused = None;
        let mut is_open = false;
        for key in home.keys()?.iter().filter(|key| key.is_protected()) {
            match home.unlock(key, &given) {
                Ok(_) => is_open = true,
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if !is_open => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Sends once, with a progress bar.
fn round(printer: Printer, home: &Home, api: &Api) -> anyhow::Result<Sent> {
    let bar = printer.bar(home.pending()?.len() as u64, printer.language().of("正在发送", "sending"));
    let told = |step: outbox::Step| bar.set_position(step.answered as u64);
    let sent = block_on(async { Ok(outbox::send(home, api, told).await?) });
    bar.finish_and_clear();
    sent
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

impl Report {
    fn new(sent: &Sent, home: &Home) -> Self {
        let recorded = sent.recorded.iter().map(|(proven, duplicate)| Recorded {
            id: proven.id.to_string(),
            index: proven.index,
            duplicate: *duplicate,
        });
        let waits = || {
            let logs: BTreeSet<_> =
                home.pending().unwrap_or_default().into_iter().map(|pending| pending.origin).collect();
            not_sent(sent, &logs.into_iter().collect::<Vec<_>>().join(", "))
        };
        let waits = (sent.waiting > 0).then(waits);
        Self {
            recorded: recorded.collect(),
            refused: sent.refused.iter().map(|(id, refusal)| Refused::new(*id, refusal)).collect(),
            waiting: sent.waiting,
            stopped: sent.stopped.first().map(said_by_node).or(waits),
        }
    }

    fn text(&self, language: Language) -> String {
        let (recorded, refused, waiting) = (self.recorded.len(), self.refused.len(), self.waiting);
        let mut text = language.of(
            format!("已受理 {recorded} 件，拒收 {refused} 件，待发 {waiting} 件\n"),
            format!("{recorded} recorded, {refused} refused, {waiting} waiting\n"),
        );
        for refused in &self.refused {
            text.push_str(&format!("\n{}", refused.text(language)));
        }
        if let Some(reason) = &self.stopped {
            let reason = reason.one(language);
            text.push_str(&format!("\n{}{reason}\n", language.of("未能全部发送：", "sending stopped: ")));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::ids::SubmissionId;
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
}
