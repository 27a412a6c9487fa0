//! Sends the waiting submissions of a home in the order of composing, and processes the answers.
//!
//! Each key sends one submission at a time, since the log records them only in their order. A refused submission is
//! moved aside, and those composed after it are signed again, because they have lost their place in the chain. That
//! is safe: nothing after a refused submission in a chain can have been recorded.

use crate::api::{Api, ApiError, LogInfo};
use crate::compose::Device;
use crate::home::{Home, HomeError, Pending};
use crate::receipt::Proven;
use lika_domain::ids::{KeyId, SubmissionId};
use lika_domain::rejection::Code;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use std::collections::BTreeSet;

/// Refusals about the device and not about the content: all further submissions of the device would be refused too,
/// so it waits until its key is enrolled or the device is repaired.
const DEVICE_CODES: [Code; 9] = [
    Code::SignatureInvalid,
    Code::KeyUnknown,
    Code::KeyIsRevoked,
    Code::KeyNotAuthors,
    Code::AuthorUnknown,
    Code::OriginMismatch,
    Code::NotOpened,
    Code::SequenceGap,
    Code::PreviousMismatch,
];

/// The outcome for all waiting submissions.
#[derive(Debug, Default)]
pub struct Sent {
    /// In the log, proven by stored receipts; `true` for those that had been recorded before.
    pub recorded: Vec<(Proven, bool)>,
    /// Refused and moved aside.
    pub refused: Vec<(SubmissionId, v1::Refusal)>,
    /// Still waiting.
    pub waiting: usize,
    /// Why sending stopped before the end.
    pub stopped: Vec<ApiError>,
}

/// Progress, reported after each answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Answered so far.
    pub answered: usize,
    /// Total.
    pub of: usize,
}

/// Sends everything that waits for the log of this node. `told` is called after each answer, for a progress bar.
///
/// Refusals and a node that cannot be reached are not errors: they are in [`Sent`].
///
/// # Errors
/// If the node shows another verifier key than before, gives a receipt that does not hold, or a file cannot be read
/// or written.
pub async fn send(home: &Home, api: &Api, told: impl FnMut(Step)) -> Result<Sent, HomeError> {
    send_some(home, api, |_| true, told).await
}

/// As [`send`], but only what was signed with one key; [`Sent`] covers only that key.
///
/// # Errors
/// As [`send`].
pub async fn send_of(home: &Home, api: &Api, key: KeyId, told: impl FnMut(Step)) -> Result<Sent, HomeError> {
    send_some(home, api, |pending| pending.key == key, told).await
}

async fn send_some(
    home: &Home,
    api: &Api,
    concerned: impl Fn(&Pending) -> bool,
    mut told: impl FnMut(Step),
) -> Result<Sent, HomeError> {
    let waiting = || -> Result<Vec<_>, HomeError> { Ok(home.pending()?.into_iter().filter(&concerned).collect()) };
    let mut sent = Sent::default();
    let queue = waiting()?;
    if queue.is_empty() {
        return Ok(sent);
    }
    // Nothing is sent to a node whose key differs from the stored one.
    let LogInfo { origin, verifier_key, .. } = match api.log().await {
        Ok(info) => info,
        Err(error) => return Ok(Sent { waiting: queue.len(), stopped: vec![error], ..sent }),
    };
    let log = home.meet_log(&origin, &verifier_key)?;
    let queue: Vec<_> = queue.iter().filter(|pending| pending.origin == origin).collect();
    let keys: BTreeSet<KeyId> = queue.iter().map(|pending| pending.key).collect();
    let mut answered = 0;
    for key in keys {
        let Some(mut device) = device(home, key)? else { continue };
        for pending in queue.iter().filter(|pending| pending.key == key) {
            if !send_one(home, api, &log, &mut device, (*pending).clone(), &mut sent).await? {
                break;
            }
            answered += 1;
            told(Step { answered, of: queue.len() });
        }
    }
    sent.waiting = waiting()?.len();
    Ok(sent)
}

/// The device of a key, at its position in the log; `None` if the key is not in the home.
fn device(home: &Home, key: KeyId) -> Result<Option<Device>, HomeError> {
    let Some(key) = home.keys()?.into_iter().find(|kept| kept.id() == key) else { return Ok(None) };
    let mut device = Device::new(home.signer_of(&key)?, key.official, key.origin);
    device.set_chain(home.chain(&device)?);
    Ok(Some(device))
}

/// Sends one submission; `false` if the device should not send more for now.
async fn send_one(
    home: &Home,
    api: &Api,
    log: &VerifierKey,
    device: &mut Device,
    mut pending: Pending,
    sent: &mut Sent,
) -> Result<bool, HomeError> {
    let taken = device.chain();
    // A recorded submission whose removal a crash prevented is sent again unchanged.
    let recorded = pending.chain.sequence <= taken.sequence;
    let in_place = (pending.chain.sequence, pending.previous) == (taken.sequence + 1, taken.previous);
    if !recorded && !in_place {
        pending = compose_again(home, device, &pending)?;
    }
    pending.signed.known = home.known_size(&pending.origin)?;
    match api.submit(&pending.signed).await {
        Ok(receipt) => {
            let proven = home.keep_receipt(device, &pending, &receipt, log)?;
            device.set_chain(if recorded { taken } else { pending.chain });
            sent.recorded.push((proven, receipt.duplicate));
            Ok(true)
        }
        Err(ApiError::Refused(refusal)) if !concerns_the_device(&refusal) => {
            home.keep_refusal(&pending, &refusal)?;
            device.set_chain(taken);
            sent.refused.push((pending.id, *refusal));
            Ok(true)
        }
        Err(error) => {
            sent.stopped.push(error);
            Ok(false)
        }
    }
}

/// Signs a submission again that lost its place in the chain, and stores it before it is sent.
fn compose_again(home: &Home, device: &mut Device, pending: &Pending) -> Result<Pending, HomeError> {
    let previous = device.chain().previous;
    let composed = device.compose_again(&pending.signed)?;
    home.enqueue(&composed)?;
    Ok(Pending { chain: composed.chain, previous, signed: composed.signed, ..pending.clone() })
}

fn concerns_the_device(refusal: &v1::Refusal) -> bool {
    DEVICE_CODES.iter().any(|code| code.name() == refusal.code)
}

#[cfg(test)]
mod tests;
