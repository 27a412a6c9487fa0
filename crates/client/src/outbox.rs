//! Sends the waiting submissions of a home in the order of composing, and processes the answers.
//!
//! Each key sends one submission at a time, since the log records them only in their order. Before a submission is
//! sent, this is noted on disk; after an answer that decides nothing the same bytes are sent again, and the log
//! answers with the same receipt. A refused submission is set aside, and those composed after it are signed again,
//! because they have lost their place in the chain. That is safe: nothing after a refused submission in a chain can
//! have been recorded.
//!
//! * [`send`], [`send_of`]: one round
//! * [`watch`]: rounds for as long as a process runs
//! * [`transfer`]: the same over a file, where there is no line

mod device;
pub mod transfer;
mod watch;

pub use device::{QUARANTINE_CODES, is_quarantined};
pub use watch::watch;

use crate::api::{Api, ApiError, LogInfo};
use crate::home::{Home, HomeError, Pending};
use crate::receipt::Proven;
use device::Queue;
use lika_domain::ids::{KeyId, SubmissionId};
use lika_proto::v1;
use std::collections::BTreeSet;
use std::time::Duration;

/// Longest wait for another process that sends, in seconds.
const SENDING_WAIT_S: u64 = 10;

/// The outcome for all waiting submissions.
#[derive(Debug, Default)]
pub struct Sent {
    /// In the log, proven by stored receipts; `true` for those that had been recorded before.
    pub recorded: Vec<(Proven, bool)>,
    /// Refused and set aside.
    pub refused: Vec<(SubmissionId, v1::Refusal)>,
    /// Still waiting, of those that waited when the round began.
    pub waiting: usize,
    /// Why sending stopped before the end, for each key that it stopped for.
    pub stopped: Vec<ApiError>,
    /// Keys that must sign something again, and are not in the home or are locked.
    pub signers_missing: Vec<KeyId>,
    /// Another process was sending all the while, and goes on.
    pub is_sent_elsewhere: bool,
}

/// Progress, reported after each answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Answered so far.
    pub answered: usize,
    /// Total.
    pub of: usize,
}

/// Sends everything that waits for the log of this node. `told` is called after each answer, for a progress bar. May
/// be dropped at any time: what was not answered is sent again by the next round.
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
    let Some(_sending) = home.sending(Duration::from_secs(SENDING_WAIT_S)).await? else {
        let waiting = home.pending()?.into_iter().filter(concerned).count();
        return Ok(Sent { waiting, is_sent_elsewhere: true, ..Sent::default() });
    };
    let waiting: Vec<_> = home.pending_without_damage()?.into_iter().filter(concerned).collect();
    if waiting.is_empty() {
        return Ok(Sent::default());
    }
    // Nothing is sent to a node whose key differs from the stored one.
    let LogInfo { origin, verifier_key, .. } = match api.log().await {
        Ok(info) => info,
        Err(error) => return Ok(Sent { waiting: waiting.len(), stopped: vec![error], ..Sent::default() }),
    };
    let log = home.meet_log(&origin, &verifier_key)?;
    let all = waiting.len();
    let here: Vec<_> = waiting.into_iter().filter(|pending| pending.origin == origin).collect();
    let keys: BTreeSet<KeyId> = here.iter().map(|pending| pending.key).collect();
    let mut queue = Queue { home, api, log: &log, sent: Sent::default(), decided: 0 };
    let of = here.len();
    for key in keys {
        let own: Vec<_> = here.iter().filter(|pending| pending.key == key).cloned().collect();
        queue.send(own, |answered| told(Step { answered, of })).await?;
    }
    Ok(Sent { waiting: all - queue.decided, ..queue.sent })
}

#[cfg(test)]
mod tests;
