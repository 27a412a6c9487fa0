//! The queue of one device: its submissions one after the other, each until it is decided.

use super::Sent;
use crate::api::{Api, ApiError};
use crate::home::{Home, HomeError, Pending};
use crate::problem::{OutboxCode, Problem};
use crate::receipt::Proven;
use lika_domain::rejection::Code;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;

/// Refusals about the device and not about the content: all further submissions of the device would be refused too,
/// so it waits until its key is enrolled or the device is repaired.
pub(super) const DEVICE_CODES: [Code; 5] =
    [Code::KeyUnknown, Code::KeyNotAuthors, Code::AuthorUnknown, Code::OriginMismatch, Code::NotOpened];
/// Refusals of a submission that is not the next one of its device. The device knows less than the log has recorded.
pub(super) const CHAIN_CODES: [Code; 2] = [Code::SequenceGap, Code::PreviousMismatch];
/// Refusals of what can never be sent as it was signed, whatever is corrected in it: it goes into quarantine.
pub const QUARANTINE_CODES: [Code; 2] = [Code::KeyIsRevoked, Code::SignatureInvalid];

/// Sends the queues of devices to one node.
pub(super) struct Queue<'a> {
    pub(super) home: &'a Home,
    pub(super) api: &'a Api,
    pub(super) log: &'a VerifierKey,
    pub(super) sent: Sent,
    /// How many of those given are decided.
    pub(super) decided: usize,
}

/// What a submission has become.
enum Became {
    /// It is decided, or waits no more.
    Done,
    /// It waits, and nothing of its device can be sent before it.
    Stopped,
}

impl Queue<'_> {
    /// Sends the submissions of one key in their order, until one of them must wait.
    pub(super) async fn send(&mut self, own: Vec<Pending>, mut told: impl FnMut(usize)) -> Result<(), HomeError> {
        let mut is_revoked = false;
        for pending in own {
            let refused = self.sent.refused.len();
            match self.send_one(pending, is_revoked).await? {
                Became::Done => self.decided += 1,
                Became::Stopped => break,
            }
            told(self.decided);
            let now = self.sent.refused.get(refused);
            is_revoked |= now.is_some_and(|(_, refusal)| refusal.code == Code::KeyIsRevoked.name());
        }
        Ok(())
    }

    /// With `as_is` it is not signed again, wherever its place would be: a revoked key signs nothing, and the log
    /// only says what it has of it.
    async fn send_one(&mut self, pending: Pending, as_is: bool) -> Result<Became, HomeError> {
        if !self.home.is_pending(pending.id)? {
            return Ok(Became::Done);
        }
        // A crash came after its receipt was stored.
        if let Some(proven) = self.home.settle_receipted(&pending, self.log)? {
            self.sent.recorded.push((proven, true));
            return Ok(Became::Done);
        }
        let placed = if as_is { Some(Some(pending)) } else { self.in_its_place(pending)? };
        let Some(pending) = placed else { return Ok(Became::Done) };
        let Some(pending) = pending else { return Ok(Became::Stopped) };
        match self.exchange(&pending).await? {
            None => Ok(Became::Done),
            Some(Ok(recorded)) => {
                self.sent.recorded.push(recorded);
                Ok(Became::Done)
            }
            Some(Err(ApiError::Refused(refusal))) if is_one_of(&refusal, &CHAIN_CODES) => {
                if self.catch_up(&pending).await? {
                    return Box::pin(self.send_one(pending, as_is)).await;
                }
                self.stop(&pending, ApiError::Refused(refusal))
            }
            Some(Err(ApiError::Refused(refusal))) if !is_one_of(&refusal, &DEVICE_CODES) => {
                self.home.keep_refusal(&pending, &refusal, is_quarantined(&refusal))?;
                self.sent.refused.push((pending.id, *refusal));
                Ok(Became::Done)
            }
            Some(Err(error)) => self.stop(&pending, error),
        }
    }

    /// Signs a submission again if it lost its place in the chain. The outer `None`: it waits no more; the inner one:
    /// its key cannot sign now.
    fn in_its_place(&mut self, pending: Pending) -> Result<Option<Option<Pending>>, HomeError> {
        let taken = self.home.chain(pending.key)?;
        if pending.follows(taken) {
            return Ok(Some(Some(pending)));
        }
        match self.home.sign_again(&pending, taken) {
            Ok(again) => Ok(again.map(Some)),
            Err(HomeError::SignerMissing(_) | HomeError::KeyLocked(_)) => {
                let key = pending.key;
                let problem = Problem::new(OutboxCode::KeyElsewhere, key.to_string());
                self.home.note_failure(pending.id, vec![problem], 0, false)?;
                self.sent.signers_missing.push(key);
                Ok(Some(None))
            }
            Err(error) => Err(error),
        }
    }

    /// Sends a submission and stores its receipt; `true` beside it if it had been recorded before. `None` if it waits
    /// no more.
    async fn exchange(&self, pending: &Pending) -> Result<Option<Result<(Proven, bool), ApiError>>, HomeError> {
        if !self.home.note_sending(pending)? {
            return Ok(None);
        }
        self.submit(pending).await.map(Some)
    }

    async fn submit(&self, pending: &Pending) -> Result<Result<(Proven, bool), ApiError>, HomeError> {
        let known = self.home.known_size(&pending.origin)?;
        let receipt = match self.api.submit(&v1::SignedSubmission { known, ..pending.signed.clone() }).await {
            Ok(receipt) => receipt,
            Err(error) => return Ok(Err(error)),
        };
        match self.home.keep_receipt(pending, &receipt, self.log) {
            Err(HomeError::Receipt(error)) => {
                let problem = Problem::new(OutboxCode::ReceiptInvalid, error.to_string());
                self.home.note_failure(pending.id, vec![problem], 0, true)?;
                Err(HomeError::Receipt(error))
            }
            kept => Ok(Ok((kept?, receipt.duplicate))),
        }
    }

    /// The log has recorded more of this device than the home knows: the answer to something got lost that was set
    /// aside afterwards. Whatever fits behind the last known submission is sent as it is; the log answers with the
    /// receipt of what it has, and refuses everything else. `true` if something was found.
    async fn catch_up(&mut self, behind: &Pending) -> Result<bool, HomeError> {
        for candidate in self.home.may_follow(behind)? {
            if let Ok(recorded) = self.submit(&candidate).await? {
                self.sent.recorded.push(recorded);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn stop(&mut self, pending: &Pending, error: ApiError) -> Result<Became, HomeError> {
        let (status, undecided) = (error.status().unwrap_or(0), error.is_worth_retrying());
        self.home.note_failure(pending.id, Problem::of_error(&error), status, undecided)?;
        self.sent.stopped.push(error);
        Ok(Became::Stopped)
    }
}

/// Whether what was refused so is in quarantine.
pub fn is_quarantined(refusal: &v1::Refusal) -> bool {
    is_one_of(refusal, &QUARANTINE_CODES)
}

pub(super) fn is_one_of(refusal: &v1::Refusal, codes: &[Code]) -> bool {
    codes.iter().any(|code| code.name() == refusal.code)
}
