//! How a submission is judged, the same in both engines: signatures in batches, then each submission on a state.

use crate::clock::Clock;
use crate::signature::{self, Signed};
use crate::submission::{Prepared, SubmitError};
use bytes::Bytes;
use lika_domain::admit::admit;
use lika_domain::ids::Index;
use lika_domain::official::{Authority, Mode};
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::{Entry, EntryHeader, Events, Submission, SubmissionHeader};
use lika_proto::convert::{ENTRY_BYTES_MAX, encode_entry};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

/// A submission to be decided, and the channel for its outcome.
pub(crate) struct Task {
    pub(crate) prepared: Prepared,
    pub(crate) reply: oneshot::Sender<Result<Ordered, SubmitError>>,
}

/// The place of a submission in the log.
pub(crate) enum Ordered {
    /// It was recorded now.
    New { index: Index, entry: Bytes },
    /// An entry with its id is there already.
    Before { index: Index },
}

/// The result of checking a submission's signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad,
    /// Its key was not known when the batch was checked; an earlier submission may enrol it.
    Unknown,
}

/// The result of judging a submission on a state.
pub(crate) enum Judged {
    /// It may be recorded as this entry.
    New { entry: Box<Entry>, bytes: Bytes },
    /// An entry with its id is there already.
    Before { index: Index },
}

/// How a submission's signature is to be checked on a state.
pub(crate) enum Check {
    /// Not again: it was found good with the author's key before.
    Done,
    /// It must be verified.
    Open(Signed),
    /// The author's key is not enrolled.
    KeyUnknown,
}

/// Checks the signatures of a batch together.
pub(crate) fn verify(checks: &[Check]) -> Vec<Verdict> {
    let open: Vec<Signed> = checks
        .iter()
        .filter_map(|check| if let Check::Open(signed) = check { Some(signed.clone()) } else { None })
        .collect();
    let mut good = signature::recordable(&open).into_iter();
    let verdict = |check: &Check| match check {
        Check::Done => Verdict::Good,
        Check::KeyUnknown => Verdict::Unknown,
        Check::Open(_) if good.next().unwrap_or(false) => Verdict::Good,
        Check::Open(_) => Verdict::Bad,
    };
    checks.iter().map(verdict).collect()
}

/// Judges a submission on a state. If it may be recorded, the result is the entry to append after that state.
pub(crate) fn judge(state: &State, clock: &Clock, prepared: Prepared, verdict: Verdict) -> Result<Judged, Rejection> {
    let good = match verdict {
        Verdict::Unknown => match check(state, &prepared) {
            Check::Done => Some(true),
            Check::Open(signed) => Some(signature::is_recordable(&signed)),
            Check::KeyUnknown => None,
        },
        known => Some(known == Verdict::Good),
    };
    let key = prepared.parsed.key;
    match good {
        None => return Err(Rejection::of(Code::KeyUnknown, "key", key.to_string())),
        Some(false) => return Err(Rejection::of(Code::SignatureInvalid, "signature", key.to_string())),
        Some(true) => {}
    }
    if let Some(index) = state.submissions.get(&prepared.parsed.id) {
        return Ok(Judged::Before { index: *index });
    }
    if let Some(why) = prepared.unfit {
        return Err(why);
    }
    let (entry, bytes) = entry(state, clock, prepared)?;
    admit(state, &entry)?;
    Ok(Judged::New { entry: Box::new(entry), bytes })
}

/// The entry as it will be in the log.
fn entry(state: &State, clock: &Clock, prepared: Prepared) -> Result<(Entry, Bytes), Rejection> {
    let last = state.villages.get(&prepared.parsed.area).map_or(0, |village| village.head.recorded_at);
    let Prepared { submission, signature, parsed, tags, .. } = prepared;
    // If the clock was set back, the village keeps the time of its last entry until the clock has caught up. A
    // production log uses only the system clock, even if the node was started with another before the log's mode was
    // known.
    let testing = Authority::current(state).mode(parsed.events.opening()) == Some(Mode::Testing);
    let now = if testing { clock.of(&parsed) } else { clock.now_ms() };
    let recorded_at = now.max(last);
    let bytes = Bytes::from(encode_entry(&submission, &signature, recorded_at, state.applied, &tags));
    if bytes.len() > ENTRY_BYTES_MAX {
        let detail = format!("{} bytes, at most {ENTRY_BYTES_MAX}", bytes.len());
        return Err(Rejection::of(Code::EntryTooLarge, "entry", detail));
    }
    let hash = Sha256::digest(&submission).into();
    let Submission { header: submission, events } = parsed;
    let header = EntryHeader { index: state.applied, submission, hash, recorded_at, basis: state.applied, tags };
    Ok((Entry { header, events }, bytes))
}

/// How the submission's signature is to be checked, with the author's key on this state.
pub(crate) fn check(state: &State, prepared: &Prepared) -> Check {
    match public_key(state, &prepared.parsed, &prepared.parsed.events) {
        None => Check::KeyUnknown,
        Some(key) if prepared.verified == Some(key) => Check::Done,
        Some(key) => {
            Check::Open(Signed { key, signature: prepared.signature, submission: prepared.submission.clone() })
        }
    }
}

/// The public key of a submission; for entry 0 it is in the submission itself.
pub(crate) fn public_key(state: &State, submission: &SubmissionHeader, events: &Events) -> Option<[u8; 32]> {
    Authority::current(state).public_key(submission.key, events.opening())
}
