//! Who may leave keys in the vault. The ledger judges a submission after its keys are kept; without a check before that
//! anybody could fill the vault or take numbers away from others.

use lika_domain::official::OfficialKind;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::Events;
use lika_ledger::Prepared;
use lika_ledger::signature::{self, Signed};

/// The submission must be signed by a key that is in force, of its author, whose area contains the submission's. All
/// else is judged by the ledger.
pub(crate) fn check_depositor(state: &State, prepared: &Prepared) -> Result<(), Rejection> {
    let submission = &prepared.parsed;
    let key = match state.jurisdiction {
        Some(ref opened) if opened.origin != submission.origin => {
            return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
        }
        Some(_) => enrolled_key(state, prepared)?,
        None => opening_key(&submission.events).ok_or_else(|| Rejection::of(Code::NotOpened, "events", ""))?,
    };
    let signed = Signed { key, signature: prepared.signature, submission: prepared.submission.clone() };
    match signature::verify(&[signed]).as_slice() {
        [true] => Ok(()),
        _ => Err(Rejection::of(Code::SignatureInvalid, "signature", "")),
    }
}

fn enrolled_key(state: &State, prepared: &Prepared) -> Result<[u8; 32], Rejection> {
    let submission = &prepared.parsed;
    let named = |code, field| Rejection::of(code, field, submission.author.to_string());
    let key = state.keys.get(&submission.key);
    let key = key.ok_or_else(|| Rejection::of(Code::KeyUnknown, "key", submission.key.to_string()))?;
    if key.until.is_some() {
        return Err(Rejection::of(Code::KeyIsRevoked, "key", submission.key.to_string()));
    }
    if key.official != submission.author {
        return Err(named(Code::KeyNotAuthors, "author"));
    }
    let official = state.officials.get(&submission.author).ok_or_else(|| named(Code::AuthorUnknown, "author"))?;
    let (_, area) = official.current_role().ok_or_else(|| named(Code::RoleForbids, "author"))?;
    if !area.contains(submission.area) {
        return Err(Rejection::of(Code::AreaForbids, "area", ""));
    }
    Ok(key.bytes)
}

/// The key that a log is opened with.
fn opening_key(events: &Events) -> Option<[u8; 32]> {
    let Events::Officials(events) = events else { return None };
    events.iter().find_map(|event| match &event.kind {
        OfficialKind::JurisdictionOpened(opened) => Some(opened.key.bytes),
        _ => None,
    })
}
