//! Access control for storing keys. The ledger judges a submission only after its keys are stored; without a check
//! before that, anyone could fill the vault or use up the key numbers of others.

use lika_domain::official::Authority;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_ledger::Prepared;
use lika_ledger::signature::{self, Signed};

/// The submission must be signed by its author's key, the key must be in force, the author's area must contain the
/// submission's, and its form must be the one that is recorded. The ledger judges everything else. It gets the key
/// returned here, so that it need not verify the signature again.
pub(crate) fn check_depositor(state: &State, prepared: &Prepared) -> Result<[u8; 32], Rejection> {
    let submission = &prepared.parsed;
    let key = match &state.jurisdiction {
        Some(opened) if opened.origin != submission.origin => {
            return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
        }
        Some(_) => {
            let signer = Authority::current(state).author(submission.key, submission.author)?;
            if !signer.area.contains(submission.area) {
                return Err(Rejection::outside("area", signer.area, Some(submission.area)));
            }
            signer.key.bytes
        }
        None => {
            let opening = submission.events.opening();
            opening.ok_or_else(|| Rejection::of(Code::NotOpened, "events", ""))?.key.bytes
        }
    };
    let signed = Signed { key, signature: prepared.signature, submission: prepared.submission.clone() };
    if !signature::is_recordable(&signed) {
        return Err(Rejection::of(Code::SignatureInvalid, "signature", ""));
    }
    prepared.unfit.clone().map_or(Ok(key), Err)
}
