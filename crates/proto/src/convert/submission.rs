//! Submissions.

use super::form::check_form;
use super::reader::Reader;
use super::{ENTRY_BYTES_MAX, SIGNING_PREFIX, events};
use crate::v1;
use bytes::Bytes;
use lika_domain::ids::SubmissionId;
use lika_domain::official::ORIGIN_CHARS_MAX;
use lika_domain::reason::{self, ReasonFault, WARNED_MAX};
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::{EVENTS_MAX, Events, Submission, SubmissionHeader};
use prost::Message;

/// Longest code of a warning, in characters.
const WARNING_CHARS_MAX: usize = 40;
/// Bytes of a submission's id.
pub const ID_BYTES: usize = 16;

/// The service that decides about a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Villages, households and policy.
    Households,
    /// Officials, their keys and duties.
    Officials,
    /// Money and aid.
    Aid,
}

/// Reads a submission.
///
/// # Errors
/// All faults of its fields; rules are not judged.
pub fn submission(bytes: &Bytes) -> Result<Submission, Rejection> {
    checked(submission_message(bytes)?)
}

/// Reads a submission that is decoded already.
///
/// # Errors
/// All faults of its fields; rules are not judged.
pub fn checked(message: v1::Submission) -> Result<Submission, Rejection> {
    let mut r = Reader::default();
    let read = read(&mut r, message);
    r.finish(read)
}

/// Reads a submission that is to be recorded: what [`checked`] asks, and what only new submissions must fulfil.
///
/// # Errors
/// All faults of its fields; `field_unknown` and `encoding_ambiguous` if its bytes are not in their one form.
pub fn recordable(bytes: &Bytes, message: v1::Submission) -> Result<Submission, Rejection> {
    check_form(bytes, &message)?;
    let mut r = Reader::for_new();
    let read = read(&mut r, message);
    r.finish(read)
}

/// Decodes a submission without checking its fields.
///
/// # Errors
/// `entry_too_large` above [`ENTRY_BYTES_MAX`], `malformed` if it is not such a message.
pub fn submission_message(bytes: &Bytes) -> Result<v1::Submission, Rejection> {
    if bytes.len() > ENTRY_BYTES_MAX {
        let detail = format!("{} bytes, at most {ENTRY_BYTES_MAX}", bytes.len());
        return Err(Rejection::of(Code::EntryTooLarge, "submission", detail));
    }
    // Decoding from `Bytes` shares the buffer with the sealed boxes instead of copying them.
    v1::Submission::decode(bytes.clone())
        .map_err(|error| Rejection::of(Code::Malformed, "submission", error.to_string()))
}

/// The id of a submission that cannot be decoded, if its bytes reach that far; empty if it has none or one that is too
/// long.
pub fn submission_id(bytes: &Bytes) -> Bytes {
    let mut found = IdOnly::default();
    // What came before the fault is kept.
    let _ = found.merge(bytes.clone());
    if found.id.len() > ID_BYTES { Bytes::new() } else { found.id }
}

/// [`v1::Submission`] reduced to its id.
#[derive(Clone, PartialEq, Message)]
struct IdOnly {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

impl From<&Events> for Service {
    fn from(events: &Events) -> Self {
        match events {
            Events::Households(_) => Self::Households,
            Events::Officials(_) => Self::Officials,
            Events::Aid(_) => Self::Aid,
        }
    }
}

impl From<&v1::submission::Events> for Service {
    fn from(events: &v1::submission::Events) -> Self {
        match events {
            v1::submission::Events::Households(_) => Self::Households,
            v1::submission::Events::Officials(_) => Self::Officials,
            v1::submission::Events::Aid(_) => Self::Aid,
        }
    }
}

/// The bytes to sign: a prefix that distinguishes them from anything else, then the submission.
pub fn signing_bytes(submission: &[u8]) -> Vec<u8> {
    [SIGNING_PREFIX, submission].concat()
}

fn read(r: &mut Reader, wire: v1::Submission) -> Option<Submission> {
    let id = id(r, &wire.id);
    let origin = r.required_text(wire.origin, ORIGIN_CHARS_MAX, "origin");
    let area = r.area(wire.area, "area");
    let author = r.official(wire.author, "author");
    let key = r.key(wire.key, "key");
    let sequence = r.number(wire.sequence, "sequence");
    let previous = previous(r, &wire.previous);
    let events = read_events(r, wire.events);
    let warned = warned(r, wire.warned, events.as_ref().map_or(0, Events::len));
    let header = SubmissionHeader {
        id: id?,
        origin: origin?,
        area: area?,
        author: author?,
        key: key?,
        sequence: sequence?,
        previous: previous?,
        composed_at: wire.composed_at,
    };
    warned?;
    Some(Submission { header, events: events? })
}

/// Checks the reasons for going on in spite of warnings. They are for people who read the entry: no rule depends on
/// them.
fn warned(r: &mut Reader, wire: Vec<v1::Warned>, events: usize) -> Option<()> {
    r.at_no_event();
    r.list(wire, WARNED_MAX, "warned", |r, one| {
        let event = usize::try_from(one.event).ok().filter(|event| *event < events);
        r.concerning(event);
        let code = r.required_text(one.warning, WARNING_CHARS_MAX, "warning");
        let code = code.and_then(|code| {
            let is_code = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if is_code { Some(()) } else { r.invalid("warning", "a code in lower case") }
        });
        let event = if event.is_some() { Some(()) } else { r.invalid("event", format!("{} of {events}", one.event)) };
        let reason = match reason::check(&one.reason) {
            Err(ReasonFault::Missing) => r.missing("reason"),
            // What is recorded stays readable.
            Err(ReasonFault::Hidden) if !r.is_new() && !one.reason.chars().any(char::is_control) => Some(()),
            Err(fault) => r.invalid("reason", fault.en()),
            Ok(()) => Some(()),
        };
        code?;
        event?;
        reason
    })
    .map(drop)
}

fn id(r: &mut Reader, bytes: &[u8]) -> Option<SubmissionId> {
    match <[u8; ID_BYTES]>::try_from(bytes) {
        Ok(id) => Some(SubmissionId(id)),
        Err(_) if bytes.is_empty() => r.missing("id"),
        Err(_) => r.invalid("id", format!("{} bytes, not {ID_BYTES}", bytes.len())),
    }
}

fn previous(r: &mut Reader, bytes: &[u8]) -> Option<Option<[u8; 32]>> {
    match <[u8; 32]>::try_from(bytes) {
        Ok(hash) => Some(Some(hash)),
        Err(_) if bytes.is_empty() => Some(None),
        Err(_) => r.invalid("previous", format!("{} bytes, not 32", bytes.len())),
    }
}

fn read_events(r: &mut Reader, wire: Option<v1::submission::Events>) -> Option<Events> {
    match wire {
        None => r.refuse(Code::NoEvents, "events", ""),
        Some(v1::submission::Events::Households(list)) => {
            each(r, list.events, events::household).map(Events::Households)
        }
        Some(v1::submission::Events::Officials(list)) => each(r, list.events, events::official).map(Events::Officials),
        Some(v1::submission::Events::Aid(list)) => each(r, list.events, events::aid).map(Events::Aid),
    }
}

/// Reads every event, so that all bad ones are listed.
fn each<W, T>(r: &mut Reader, events: Vec<W>, read: fn(&mut Reader, W) -> Option<T>) -> Option<Vec<T>> {
    if events.is_empty() {
        return r.refuse(Code::NoEvents, "events", "");
    }
    if events.len() > EVENTS_MAX {
        return r.refuse(Code::TooManyEvents, "events", format!("{}, at most {EVENTS_MAX}", events.len()));
    }
    let mut list = Vec::with_capacity(events.len());
    let mut whole = true;
    for (number, event) in events.into_iter().enumerate() {
        r.at_event(number);
        match read(r, event) {
            Some(event) => list.push(event),
            None => whole = false,
        }
    }
    whole.then_some(list)
}
