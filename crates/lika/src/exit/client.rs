//! What to do about errors of the client: its folder, the node, receipts, tables.

use super::{Exit, Failure};
use lika_client::compose::ComposeError;
use lika_client::file::FileError;
use lika_client::import::{ApplyError, ImportError};
use lika_client::receipt::ReceiptError;
use lika_client::{ApiError, HomeError};
use lika_proto::v1;
use std::error::Error;

/// An error of the client, with what to do about it.
pub(super) fn known(cause: &(dyn Error + 'static)) -> Option<Failure> {
    cause
        .downcast_ref::<HomeError>()
        .map(home)
        .or_else(|| cause.downcast_ref::<ApiError>().map(api))
        .or_else(|| cause.downcast_ref::<ComposeError>().map(compose))
        .or_else(|| cause.downcast_ref::<ReceiptError>().map(receipt))
        .or_else(|| cause.downcast_ref::<FileError>().map(file))
        .or_else(|| cause.downcast_ref::<ApplyError>().map(apply))
        .or_else(|| cause.downcast_ref::<ImportError>().map(import))
}

/// The exit code for a refusal by the node, by its HTTP status.
pub(crate) fn exit_of(status: u32) -> Exit {
    match status {
        401 | 403 => Exit::NotAuthorised,
        409 => Exit::Conflict,
        _ => Exit::Findings,
    }
}

fn home(error: &HomeError) -> Failure {
    match error {
        HomeError::Locked { .. } => Failure::new("home_in_use", error.to_string()).exit(Exit::Conflict),
        HomeError::Exists { .. } => {
            Failure::new("exists", format!("{error}; nothing was overwritten. Take another name")).exit(Exit::Conflict)
        }
        HomeError::KeyUnknown(_) => Failure::new("key_missing", format!("{error}; `lika key show` lists the keys")),
        HomeError::LogKeyChanged { .. } => {
            let message = format!(
                "{error}. Either another node answers at this address, or the log was made anew. Nothing was sent. \
                 Ask the operator of the node first"
            );
            Failure::new("log_key_changed", message).exit(Exit::Broken)
        }
        HomeError::LogKeyInvalid { .. } => Failure::new("log_key_invalid", error.to_string()).exit(Exit::Broken),
        HomeError::Damaged { .. } => {
            Failure::new("home_damaged", format!("{error}. Put the file back from a copy, or move it away"))
        }
        HomeError::Compose(error) => compose(error),
        HomeError::Receipt(error) => receipt(error),
        other => Failure::new("home", other.to_string()),
    }
}

fn api(error: &ApiError) -> Failure {
    match error {
        ApiError::Refused(refusal) => refused(refusal),
        ApiError::Unreachable { source, .. } => {
            let mut message = error.to_string();
            let mut cause = source.as_ref().map(|source| &**source as &dyn Error);
            while let Some(next) = cause {
                message.push_str(&format!(": {next}"));
                cause = next.source();
            }
            message.push_str(". Is it running, and is --url its address?");
            Failure::new("node_unreachable", message)
        }
        ApiError::Protocol(_) => {
            Failure::new("node_not_understood", format!("{error}. Is --url the address of a node?"))
        }
        ApiError::Address(_) => Failure::new("address_invalid", error.to_string()),
    }
}

/// A refusal of a request other than a submission.
fn refused(refusal: &v1::Refusal) -> Failure {
    let mut message = refusal.code.clone();
    if let Some(first) = refusal.problems.first() {
        let texts = [&first.field, &first.zh, &first.en, &first.detail];
        message = texts.into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(": ");
    }
    if refusal.status == 401 || refusal.status == 403 {
        message.push_str(". An administrator enrols keys with `lika key enrol`, and gives roles");
    }
    // A missing resource is not a finding: the command could not do its work.
    let exit = if refusal.status == 404 { Exit::Failed } else { exit_of(refusal.status) };
    Failure::new(refusal.code.clone(), message).exit(exit)
}

fn compose(error: &ComposeError) -> Failure {
    let code = match error {
        ComposeError::TooLarge { .. } => "entry_too_large",
        ComposeError::Malformed(rejection) => rejection.code().name(),
    };
    Failure::new(code, format!("{error}; nothing was signed")).exit(Exit::Findings)
}

fn receipt(error: &ReceiptError) -> Failure {
    let mut message = error.to_string();
    if let Some(cause) = error.source() {
        message.push_str(&format!(": {cause}"));
    }
    Failure::new("receipt_invalid", message).exit(Exit::Broken)
}

fn file(error: &FileError) -> Failure {
    match error {
        FileError::Home(error) => home(error),
        other => Failure::new("report_invalid", format!("{other}; `lika submit --help` shows the form")),
    }
}

fn apply(error: &ApplyError) -> Failure {
    match error {
        ApplyError::Home(error) => home(error),
        ApplyError::Compose(error) => compose(error),
        ApplyError::Random(error) => Failure::new("randomness", error.to_string()),
    }
}

fn import(error: &ImportError) -> Failure {
    let mut message = error.to_string();
    if let Some(cause) = error.source() {
        message.push_str(&format!(": {cause}"));
    }
    Failure::new("table_unreadable", format!("{message}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use super::super::classify;
    use super::*;

    fn of(status: u32, code: &str) -> ApiError {
        let problem = v1::Problem { code: code.into(), zh: "中".into(), en: "words".into(), ..Default::default() };
        ApiError::Refused(Box::new(v1::Refusal { code: code.into(), status, problems: vec![problem] }))
    }

    #[test]
    fn a_refusal_ends_with_its_exit_code_and_both_messages() {
        for (status, exit) in
            [(401, Exit::NotAuthorised), (403, Exit::NotAuthorised), (404, Exit::Failed), (409, Exit::Conflict)]
        {
            let failure = classify(&of(status, "some_code").into());
            assert_eq!((failure.exit, failure.code.as_ref()), (exit, "some_code"));
            assert!(failure.message.contains("中: words"), "{failure}");
        }
        assert_eq!(exit_of(422), Exit::Findings);
    }

    #[test]
    fn errors_inside_of_others_are_known_too() {
        let failure = classify(&ApplyError::Home(HomeError::KeyUnknown("x".into())).into());
        assert_eq!((failure.exit, failure.code.as_ref()), (Exit::Failed, "key_missing"));
        let broken = classify(&HomeError::Receipt(ReceiptError::NotWhatWasSent).into());
        assert_eq!(broken.exit, Exit::Broken);
    }
}
