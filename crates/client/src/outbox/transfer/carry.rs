//! What happens to the files: exported, sent by another machine, and imported again.

use super::{
    Answered, Submissions, TRANSFER_BYTES_MAX, TRANSFER_ITEMS_MAX, TransferCode, TransferError, error, hash_of,
    known_logs,
};
use crate::api::{Api, ApiError};
use crate::home::{Home, HomeError, Pending};
use crate::outbox::device::{CHAIN_CODES, DEVICE_CODES, QUARANTINE_CODES, is_one_of};
use crate::problem::{OutboxCode, Problem};
use crate::receipt::{self, Proven, ReceiptError};
use lika_domain::ids::{KeyId, SubmissionId};
use lika_proto::v1::answer::Outcome;
use lika_proto::{convert, v1};
use lika_tlog::key::VerifierKey;
use prost::Message;
use std::collections::BTreeSet;

/// What came of importing answers.
#[derive(Debug, Default)]
pub struct Imported {
    /// In the log, proven by receipts that are stored now.
    pub recorded: Vec<Proven>,
    /// Their receipts were stored before.
    pub known: usize,
    /// Refused, and set aside or noted.
    pub refused: Vec<(SubmissionId, v1::Refusal)>,
    /// Answers that concern nothing here: of another device, or about bytes that were replaced since.
    pub foreign: Vec<SubmissionId>,
    /// Answers that were not taken, each with what is wrong with it.
    pub invalid: Vec<(SubmissionId, Problem)>,
}

/// Everything that waits, as far as one file may hold it, and how many did not fit. Each is noted as possibly sent.
///
/// # Errors
/// If the folder cannot be read or written.
pub fn export(home: &Home) -> Result<(Submissions, usize), HomeError> {
    let (mut waiting, mut bytes) = (home.pending_without_damage()?, 0);
    let all = waiting.len();
    // A line is base64 of the message, and less than 100 bytes more; the head is small.
    let mut fits = |pending: &Pending| {
        bytes += pending.signed.encoded_len() as u64 * 4 / 3 + 100;
        bytes < TRANSFER_BYTES_MAX / 2
    };
    let count = waiting.iter().take(TRANSFER_ITEMS_MAX).take_while(|pending| fits(pending)).count();
    waiting.truncate(count);
    // Noted before the file exists: from then on another machine may send it.
    for pending in &waiting {
        home.note_export(pending.id)?;
    }
    let logs = known_logs(home, &waiting)?;
    Ok((Submissions { logs, waiting }, all - count))
}

/// Sends what a file holds, for a device that has no line; this machine needs none of its keys. `before` are the
/// answers of an earlier attempt: what has a receipt there is not sent again. Returns all answers, and why sending
/// stopped before the end.
///
/// # Errors
/// If the node shows another verifier key than the device knows, or gives a receipt that does not hold.
pub async fn send(
    api: &Api,
    file: &Submissions,
    before: Vec<Answered>,
    mut told: impl FnMut(usize),
) -> Result<(Vec<Answered>, Option<ApiError>), TransferError> {
    let is_receipt = |answered: &Answered| matches!(answered.outcome, Outcome::Receipt(_));
    let mut answers: Vec<_> = before.into_iter().filter(is_receipt).collect();
    let info = match api.log().await {
        Ok(info) => info,
        Err(error) => return Ok((answers, Some(error))),
    };
    let log = verifier_key(&info.verifier_key, file)?;
    // After a refusal the rest of a key's submissions have lost their place, and only the device can sign them again.
    let mut refused: BTreeSet<KeyId> = BTreeSet::new();
    for (number, pending) in file.waiting.iter().enumerate() {
        let hash = hash_of(pending);
        let is_answered = answers.iter().any(|answered| answered.id == pending.id && answered.hash == hash);
        if is_answered || pending.origin != info.origin || refused.contains(&pending.key) {
            continue;
        }
        let outcome = match api.submit(&pending.signed).await {
            Ok(receipt) => {
                receipt::verify_answer(&pending.signed, &receipt, &log).map_err(HomeError::Receipt)?;
                Outcome::Receipt(receipt)
            }
            Err(ApiError::Refused(refusal)) => {
                if !is_one_of(&refusal, &QUARANTINE_CODES) {
                    refused.insert(pending.key);
                }
                Outcome::Refusal(*refusal)
            }
            Err(error) => return Ok((answers, Some(error))),
        };
        answers.push(Answered { id: pending.id, hash, outcome });
        told(number + 1);
    }
    Ok((answers, None))
}

/// The key that the node shows, unless the device knows another one of that log.
fn verifier_key(shown: &str, file: &Submissions) -> Result<VerifierKey, TransferError> {
    let key: VerifierKey =
        shown.trim_end().parse().map_err(|_| error(TransferCode::LogKeyChanged, "it is not a key"))?;
    for known in file.logs.iter().filter_map(|known| known.parse::<VerifierKey>().ok()) {
        if known.name() == key.name() && known != key {
            return Err(error(TransferCode::LogKeyChanged, format!("{known} is known, {key} shown")));
        }
    }
    Ok(key)
}

/// Takes the answers that another machine brought. Each receipt is proved with the verifier key of the log that this
/// device knows. Harmless if repeated.
///
/// # Errors
/// [`TransferCode::LogUnknown`] if the device has never met the log; if a file cannot be read or written.
pub fn import(home: &Home, answers: &[Answered]) -> Result<Imported, TransferError> {
    let mut imported = Imported::default();
    for answered in answers {
        let id = answered.id;
        if home.receipt(id)?.is_some() && !home.is_pending(id)? {
            imported.known += 1;
            continue;
        }
        let Some(pending) = home.unreceipted(id)? else {
            imported.foreign.push(id);
            continue;
        };
        match &answered.outcome {
            Outcome::Receipt(receipt) => take_receipt(home, &pending, receipt, &mut imported)?,
            Outcome::Refusal(refusal) if hash_of(&pending) == answered.hash && home.is_pending(id)? => {
                take_refusal(home, &pending, refusal)?;
                imported.refused.push((id, refusal.clone()));
            }
            Outcome::Refusal(_) => imported.foreign.push(id),
        }
    }
    Ok(imported)
}

fn take_receipt(
    home: &Home,
    pending: &Pending,
    receipt: &v1::Receipt,
    imported: &mut Imported,
) -> Result<(), TransferError> {
    let log = home.log_key(&pending.origin)?;
    let log = log.ok_or_else(|| error(TransferCode::LogUnknown, pending.origin.clone()))?;
    let recorded = match receipt::verify_answer(&pending.signed, receipt, &log) {
        Ok(_) => Ok(pending.clone()),
        // It was signed again after it was exported, and what was exported is in the log.
        Err(ReceiptError::NotWhatWasSent) => as_exported(pending, receipt),
        Err(error) => Err(error),
    };
    let mut invalid = |problem| imported.invalid.push((pending.id, problem));
    match recorded {
        Ok(recorded) => {
            let taken = home.chain(recorded.key)?;
            if recorded.chain.sequence > taken.sequence && !recorded.follows(taken) {
                invalid(Problem::new(OutboxCode::AnswerTooEarly, format!("number {}", recorded.chain.sequence)));
                return Ok(());
            }
            imported.recorded.push(home.keep_receipt(&recorded, receipt, &log)?);
        }
        Err(error) => invalid(Problem::new(OutboxCode::ReceiptInvalid, error.to_string())),
    }
    Ok(())
}

/// The submission that a receipt proves, if it reports the same as the one that is kept.
fn as_exported(pending: &Pending, receipt: &v1::Receipt) -> Result<Pending, ReceiptError> {
    let (_, signed) = convert::entry(receipt.index, &receipt.entry).map_err(ReceiptError::EntryUnreadable)?;
    let signed = v1::SignedSubmission {
        submission: signed.submission,
        signature: signed.signature.to_vec().into(),
        ..pending.signed.clone()
    };
    let events = |signed: &v1::SignedSubmission| convert::submission(&signed.submission).map(|read| read.events);
    let same = events(&signed).is_ok_and(|found| events(&pending.signed).is_ok_and(|kept| kept == found));
    let recorded = Pending::read(signed).map_err(ReceiptError::EntryUnreadable)?;
    if same && recorded.id == pending.id { Ok(recorded) } else { Err(ReceiptError::NotWhatWasSent) }
}

fn take_refusal(home: &Home, pending: &Pending, refusal: &v1::Refusal) -> Result<(), HomeError> {
    // These say something of the device, and not of the submission: it waits on.
    if is_one_of(refusal, &DEVICE_CODES) || is_one_of(refusal, &CHAIN_CODES) {
        return home.note_failure(pending.id, Problem::of_refusal(refusal), refusal.status, false);
    }
    home.keep_refusal(pending, refusal, is_one_of(refusal, &QUARANTINE_CODES))
}
