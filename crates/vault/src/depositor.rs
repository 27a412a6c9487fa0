//! Who may leave keys in the vault. The ledger judges a submission after its keys are kept; without a check before that
//! anybody could fill the vault or take numbers away from others.

use lika_domain::official::Authority;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_ledger::Prepared;
use lika_ledger::signature::{self, Signed};

/// The submission must be signed by a key that is in force, of its author, whose area contains the submission's. All
/// else is judged by the ledger.
pub(crate) fn check_depositor(state: &State, prepared: &Prepared) -> Result<(), Rejection> {
    let submission = &prepared.parsed;
    let key = match &state.jurisdiction {
        Some(opened) if opened.origin != submission.origin => {
            return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
        }
        Some(_) => {
            let signer = Authority::current(state).author(submission.key, submission.author)?;
            if !signer.area.contains(submission.area) {
                return Err(Rejection::of(Code::AreaForbids, "area", ""));
            }
            signer.key.bytes
        }
        None => {
            let opening = submission.events.opening();
            opening.ok_or_else(|| Rejection::of(Code::NotOpened, "events", ""))?.key.bytes
        }
    };
    let signed = Signed { key, signature: prepared.signature, submission: prepared.submission.clone() };
    match signature::verify(&[signed]).as_slice() {
        [true] => Ok(()),
        _ => Err(Rejection::of(Code::SignatureInvalid, "signature", "")),
    }
}
