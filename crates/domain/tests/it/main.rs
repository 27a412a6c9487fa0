//! Tests of the rules through their public functions: entries in, a state or a refusal out.
//!
//! Each file has a table of cases for the events of one noun; `lika_testkit::rules` provides their log.

#![allow(clippy::unwrap_used, reason = "a test stops where its ground gives way")]

mod aid;
mod correcting;
mod header;
mod households;
mod officials;
mod properties;
mod random;

use lika_domain::rejection::Code;
use lika_testkit::rules;
use std::collections::BTreeSet;

/// Codes of problems that are found before the rules see a submission, with where they are raised.
const RAISED_ELSEWHERE: &[(Code, &str)] = &[
    (Code::Malformed, "reading the submission's bytes"),
    (Code::TextTooLong, "reading the submission's bytes"),
    (Code::AmountTooLarge, "reading the submission's bytes"),
    (Code::DateInvalid, "reading the submission's bytes"),
    (Code::WrongService, "the service that is asked"),
    (Code::EntryTooLarge, "the recorder, before it appends"),
    (Code::SignatureInvalid, "the recorder and every replay, with the key that the state holds"),
    (Code::OfficialIsMissing, "reading the submission's bytes"),
    (Code::KeyInvalid, "reading the submission's bytes"),
    (Code::CitizenIdInvalid, "the households service, which sees what is sealed"),
    (Code::CitizenIdContradicts, "the households service, which sees what is sealed"),
    (Code::CitizenIdSynthetic, "the households service, which sees what is sealed"),
    (Code::CitizenIdReal, "the households service, which sees what is sealed"),
    (Code::CertificateContradicts, "the households service, which sees what is sealed"),
    (Code::PhoneInvalid, "the households service, which sees what is sealed"),
    (Code::SealedUnreadable, "the households service, which sees what is sealed"),
    (Code::ComposedBeforeRevocation, "the ledger, which says when a key was revoked"),
    (Code::FieldUnknown, "the wire mapping"),
    (Code::EncodingAmbiguous, "the wire mapping"),
    (Code::DataKeyMissing, "the vault"),
    (Code::DataKeyChanged, "the vault"),
];

#[test]
fn every_code_is_refused_by_some_case() {
    let tables = [header::tables(), households::tables(), officials::tables(), aid::tables()];
    let seen: BTreeSet<Code> = tables.iter().flatten().flat_map(rules::Case::codes).collect();
    let elsewhere: BTreeSet<Code> = RAISED_ELSEWHERE.iter().map(|(code, _)| *code).collect();
    let untested: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !seen.contains(code) && !elsewhere.contains(code))
        .map(|code| code.name())
        .collect();
    assert_eq!(untested, [""; 0], "no case is refused with these");
    let both: Vec<&str> = seen.intersection(&elsewhere).map(|code| code.name()).collect();
    assert_eq!(both, [""; 0], "the rules do raise these");
}

#[test]
fn every_event_is_admitted_by_some_case_and_refused_by_another() {
    let tables = [header::tables(), households::tables(), officials::tables(), aid::tables()];
    let of = |refused: bool| -> BTreeSet<&str> {
        let cases = tables.iter().flatten().filter(|case| case.expected.is_empty() != refused);
        cases.flat_map(rules::Case::events).collect()
    };
    let (admitted, refused) = (of(false), of(true));
    for event in lika_domain::catalogue::events() {
        assert!(admitted.contains(event.name), "no case admits {}", event.name);
        assert!(refused.contains(event.name), "no case refuses {}", event.name);
    }
}
