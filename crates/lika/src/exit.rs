//! Exit codes, and the exit code of each error.

mod client;
mod sentences;

pub(crate) use client::{exit_of, said_by_node};

use lika_county::LoadError;
use lika_domain::language::Bilingual;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::error::StreamError;
use lika_ledger::ledger::OpenError;
use std::borrow::Cow;
use std::process::ExitCode;

/// The exit code of the process. 2 means a wrong command line; it comes from the argument parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done as asked.
    Done = 0,
    /// Could not be done.
    Failed = 1,
    /// Done, with findings: void entries, or rows or submissions that were refused.
    Findings = 3,
    /// A log is not as it was signed, or a node serves figures that its log does not give.
    Broken = 4,
    /// The key may not do this.
    NotAuthorised = 5,
    /// Kept in the outbox; the node could not be reached.
    Queued = 6,
    /// Something else is in its place already.
    Conflict = 7,
}

/// An error that knows its exit code. Its message says what is wrong, where, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", message.en)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// Stable code, in lower case with underscores.
    pub(crate) code: Cow<'static, str>,
    /// The message for people.
    pub(crate) message: Bilingual,
}

impl Failure {
    /// A failure with exit code 1, said in both languages.
    pub(crate) fn told(code: impl Into<Cow<'static, str>>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, code: code.into(), message: Bilingual::new(zh, en) }
    }

    /// The same where the particulars are known in English alone, as from a library: the Chinese sentence of the code
    /// stands before them.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, en: impl Into<String>) -> Self {
        let (code, en) = (code.into(), en.into());
        let zh = sentences::zh(&code).map_or_else(|| en.clone(), |zh| format!("{zh}（{en}）"));
        Self::told(code, zh, en)
    }

    /// The same with another exit code.
    pub(crate) fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

impl Exit {
    /// Every code with its meaning, as in the help of `lika`.
    #[cfg(test)]
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Findings, "findings or something refused"),
        (Self::Broken, "integrity broken"),
        (Self::NotAuthorised, "not authorised"),
        (Self::Queued, "queued and not sent"),
        (Self::Conflict, "conflict"),
    ];
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The exit code and message of an error: the one place where errors become exit codes.
pub(crate) fn classify(error: &anyhow::Error) -> Failure {
    let mut around: Vec<String> = Vec::new();
    for cause in error.chain() {
        // Some errors contain the message of their cause, which is not repeated.
        let said = cause.to_string();
        if around.last().is_some_and(|last| last.ends_with(&said)) {
            continue;
        }
        if let Some(known) = known(cause) {
            // The contexts added on the way up say where it happened.
            let after =
                |message: &str| around.iter().map(String::as_str).chain([message]).collect::<Vec<_>>().join(": ");
            let message = Bilingual::new(after(&known.message.zh), after(&known.message.en));
            return Failure { message, ..known };
        }
        around.push(said);
    }
    Failure::new("failed", around.join(": "))
}

/// An error of ours, with what to do about it.
fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Failure> {
    let failure = cause.downcast_ref::<Failure>().cloned();
    let failure = failure.or_else(|| cause.downcast_ref::<LogError>().map(log)).or_else(|| client::known(cause));
    failure.or_else(|| cause.downcast_ref::<OpenError>().map(open)).or_else(|| below(cause))
}

/// An error of the crates that run services and load the county.
fn below(cause: &(dyn std::error::Error + 'static)) -> Option<Failure> {
    if let Some(lika_runtime::Failure { code, message, conflict }) = cause.downcast_ref() {
        let exit = if *conflict { Exit::Conflict } else { Exit::Failed };
        return Some(Failure::new(code.clone(), message.clone()).exit(exit));
    }
    let code = match cause.downcast_ref()? {
        LoadError::Refused(_) => "demo_refused",
        LoadError::Receipt(_) => "receipt_invalid",
    };
    Some(Failure::new(code, cause.to_string()))
}

fn open(error: &OpenError) -> Failure {
    match error {
        OpenError::Log(error) => log(error),
        OpenError::DrivenClock => Failure::new("driven_clock", error.to_string()),
    }
}

/// What to do about a log that cannot be opened or read.
pub(crate) fn log(error: &LogError) -> Failure {
    match error {
        LogError::Damaged(damage) => {
            let index = damage.index.map_or(String::new(), |index| format!(", entry {index}"));
            let message = format!(
                "the log is not as it was signed: {}{index}: {}. Keep the folder as it is, and compare it with a copy",
                damage.file, damage.reason
            );
            Failure::new("log_damaged", message).exit(Exit::Broken)
        }
        LogError::Locked(dir) => Failure::new(
            "data_in_use",
            format!(
                "{} is in use by another lika process: stop that one first, or take another folder",
                dir.display()
            ),
        )
        .exit(Exit::Conflict),
        LogError::Exists(dir) => Failure::new(
            "log_exists",
            format!(
                "{} holds a log already: serve it with `lika serve --data {0}`, or take another folder",
                dir.display()
            ),
        )
        .exit(Exit::Conflict),
        LogError::Missing(dir) => Failure::new(
            "log_missing",
            format!(
                "{0} holds no log. Make one with `lika log create --data {0} --origin NAME`; NAME is its name in \
                 checkpoints, such as lika.example/130624",
                dir.display()
            ),
        ),
        LogError::Key { path, reason } => {
            Failure::new("log_key", format!("the keys are not those of this log: {} {reason}", path.display()))
                .exit(Exit::Broken)
        }
        LogError::Stream(error) => stream(error),
        LogError::Stopped(cause) if matches!(**cause, LogError::Stream(_)) => log(cause),
        LogError::Stopped(cause) => {
            let message = format!(
                "the log has stopped: {cause}. Everything that has a receipt is on disk. Check the disk, then start \
                 the node again"
            );
            Failure::new("log_stopped", message)
        }
        other => Failure::new("log", other.to_string()),
    }
}

/// The same for the streams that order a log. Their messages say what to do.
fn stream(error: &StreamError) -> Failure {
    let (code, exit) = match error {
        StreamError::Gap { .. }
        | StreamError::Changed(_)
        | StreamError::RolledBack { .. }
        | StreamError::CheckpointRolledBack { .. }
        | StreamError::Ahead { .. }
        | StreamError::Fork { .. } => ("stream_damaged", Exit::Broken),
        StreamError::Exists(_) => ("stream_exists", Exit::Conflict),
        StreamError::Epoch { .. } => ("epoch_over", Exit::Conflict),
        StreamError::Missing(_) => ("stream_missing", Exit::Failed),
        StreamError::Setting { .. } => ("nats_setting", Exit::Failed),
        StreamError::NoHistory { .. } => ("history_missing", Exit::Failed),
        StreamError::NoCheckpoint(_) => ("seal_invalid", Exit::Failed),
        StreamError::Nats { .. } => ("nats_unanswered", Exit::Failed),
    };
    Failure::new(code, error.to_string()).exit(exit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use lika_client::import::Code as ImportCode;
    use lika_client::outbox::transfer::TransferCode;
    use lika_client::problem::{KeptCode, OutboxCode};
    use lika_domain::rejection;
    use lika_eventlog::error::Damage;
    use std::collections::BTreeMap;

    #[test]
    fn damage_is_exit_code_4_and_names_file_and_entry() {
        let damaged: anyhow::Error = LogError::from(Damage::new("tile/0/000", Some(7), "is cut short")).into();
        let failure = classify(&damaged);
        assert_eq!((failure.exit, failure.code.as_ref()), (Exit::Broken, "log_damaged"));
        assert!(failure.message.en.contains("tile/0/000, entry 7: is cut short"), "{failure}");
    }

    #[test]
    fn a_context_stands_before_what_is_known() {
        let refused = Err::<(), _>(Failure::new("busy", "come again").exit(Exit::Conflict)).context("submission 7");
        let failure = classify(&refused.unwrap_err());
        assert_eq!((failure.exit, failure.message.en.as_str()), (Exit::Conflict, "submission 7: come again"));
        let unknown = classify(&anyhow::anyhow!("cause").context("where"));
        assert_eq!((unknown.exit, unknown.message.en.as_str()), (Exit::Failed, "where: cause"));
    }

    /// The rules, the gateway and the import each declare codes. A name that two of them have means the same thing.
    #[test]
    fn codes_of_all_crates_are_distinct_and_have_both_messages() {
        let mut known = BTreeMap::new();
        let ours = [ImportCode::MESSAGES, OutboxCode::MESSAGES, KeptCode::MESSAGES, TransferCode::MESSAGES];
        for list in [rejection::Code::MESSAGES, lika_gateway::CODES].into_iter().chain(ours) {
            let mut names = Vec::new();
            for code in list {
                let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                assert!(!code.name.is_empty() && code.name.bytes().all(letter), "{code:?}");
                assert!(!code.zh.is_ascii() && code.en.is_ascii() && !code.en.is_empty(), "{code:?}");
                assert_eq!(*known.entry(code.name).or_insert(code.zh), code.zh, "{}", code.name);
                names.push(code.name);
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), list.len());
        }
    }
}
