//! What is set aside without being recorded, and how it comes back.

use super::folders::{Folder, Kept};
use super::receipts::id;
use super::submission::{self, Pending};
use super::{Home, HomeError, KeyFile, Note};
use crate::problem::{KeptCode, Problem};
use lika_proto::{convert, v1};
use prost::Message;

/// What [`Home::retry`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It waits to be sent, signed again in its new place in the chain of that key.
    SignedAgain,
    /// It waits to be sent as it was: it is in its place.
    AsItWas,
    /// It is a draft again.
    Draft,
}

impl Home {
    /// Sets a refused submission aside, with the reasons: to be corrected, or in quarantine. Nothing happens if it
    /// waits no more.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(crate) fn keep_refusal(
        &self,
        pending: &Pending,
        refusal: &v1::Refusal,
        in_quarantine: bool,
    ) -> Result<(), HomeError> {
        let _held = self.writing()?;
        let name = pending.id.to_string();
        if !self.submission_path(Folder::Pending, &name).exists() {
            return Ok(());
        }
        let note = self.note(Folder::Pending, &name).with_problems(Problem::of_refusal(refusal), refusal.status);
        let note = Note { code: refusal.code.clone(), sending: false, undecided: false, ..note };
        let folder = if in_quarantine { Folder::Quarantine } else { Folder::Refused };
        self.put(folder, pending.id, &pending.signed.encode_to_vec(), &note)
    }

    /// Gives up a draft, or a submission that has no receipt: it is kept, with the reason, and no longer sent. What
    /// was composed after it is signed again when it is sent. If the log has recorded it all the same, its receipt
    /// comes the next time that something is sent with its key.
    ///
    /// # Errors
    /// [`HomeError::NotInState`] if there is nothing to give up, or the files cannot be moved.
    pub fn discard(&self, name: &str, reason: &str) -> Result<(), HomeError> {
        let _held = self.writing()?;
        let not = |code| HomeError::NotInState { id: name.to_owned(), code };
        let unknown = || not(KeptCode::Unknown);
        let Some(id) = id(name) else { return self.discard_damaged(name, reason)?.ok_or_else(unknown) };
        if self.receipt(id)?.is_some() {
            return Err(not(KeptCode::Recorded));
        }
        match self.kept(id) {
            Ok(Some(Kept { folder: Folder::Discarded, .. })) => Err(not(KeptCode::Discarded)),
            Ok(Some(Kept { note, submission, .. })) => {
                let note = Note { reason: Some(reason.to_owned()), sending: false, ..note };
                self.put(Folder::Discarded, id, &submission.signed.encode_to_vec(), &note)
            }
            Ok(None) if self.discard_draft(id, reason)? => Ok(()),
            Ok(None) => Err(unknown()),
            Err(error) => self.discard_damaged(name, reason)?.ok_or(error),
        }
    }

    /// Moves a file in quarantine that cannot be read to those discarded. `None` if there is none.
    fn discard_damaged(&self, name: &str, reason: &str) -> Result<Option<()>, HomeError> {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let from = self.submission_path(Folder::Quarantine, name);
        let to = self.submission_path(Folder::Discarded, name);
        if !is_plain || !from.exists() || to.exists() {
            return Ok(None);
        }
        let note = Note { reason: Some(reason.to_owned()), ..self.note(Folder::Quarantine, name) };
        self.put_note(Folder::Discarded, name, &note)?;
        super::file::rename(&from, &to).map(Some)
    }

    /// Puts what was set aside back into the queue: with its own key, or signed anew with another one of the same
    /// official. Its id and events stay, so the log records it at most once.
    ///
    /// # Errors
    /// [`HomeError::NotInState`] if it has a receipt, waits already, or is not known; [`HomeError::KeyDoesNotFit`] if
    /// the key is of another official or log; [`HomeError::SignerMissing`] if its own key is not here,
    /// [`HomeError::KeyLocked`] if the key is locked.
    pub fn retry(&self, name: &str, with: Option<&KeyFile>) -> Result<Retried, HomeError> {
        let _held = self.writing()?;
        let not = |code| HomeError::NotInState { id: name.to_owned(), code };
        let Some(id) = id(name) else {
            submission::read(&self.submission_path(Folder::Quarantine, name))?;
            return Err(not(KeptCode::Unknown));
        };
        if self.receipt(id)?.is_some() {
            return Err(not(KeptCode::Recorded));
        }
        let Some(Kept { folder, note, submission }) = self.kept(id)? else {
            return if self.restore_draft(id)? { Ok(Retried::Draft) } else { Err(not(KeptCode::Unknown)) };
        };
        if folder == Folder::Pending && with.is_none_or(|key| key.id() == submission.key) {
            return Err(not(KeptCode::Waits));
        }
        let note = Note { code: String::new(), status: 0, problems: Vec::new(), reason: None, ..note };
        let own = with.is_none_or(|key| key.id() == submission.key);
        if own && submission.follows(self.chain(submission.key)?) {
            self.put(Folder::Pending, id, &submission.signed.encode_to_vec(), &note)?;
            return Ok(Retried::AsItWas);
        }
        let key = with.map_or_else(|| Ok(self.signer(submission.key)?.0), |key| Ok::<_, HomeError>(key.clone()))?;
        check_fits(&key, &submission)?;
        let mut device = self.device(&key)?;
        let composed = device.compose_again(&submission.signed)?;
        self.put(Folder::Pending, id, &composed.signed.encode_to_vec(), &note)?;
        Ok(Retried::SignedAgain)
    }

    /// Submissions of a key without a receipt that follow its last recorded one, wherever they lie: what the log may
    /// have recorded although the device does not know it.
    pub(crate) fn may_follow(&self, of: &Pending) -> Result<Vec<Pending>, HomeError> {
        let taken = self.chain(of.key)?;
        let mut found = Vec::new();
        for folder in Folder::ALL {
            let read = self.files(folder)?.into_iter().filter_map(|path| submission::read(&path).ok().flatten());
            found.extend(read.filter(|one| one.key == of.key && one.id != of.id && one.follows(taken)));
        }
        Ok(found)
    }
}

fn check_fits(key: &KeyFile, submission: &Pending) -> Result<(), HomeError> {
    let does_not_fit = |what: String| HomeError::KeyDoesNotFit { name: key.name.clone(), id: submission.id, what };
    if key.origin != submission.origin {
        return Err(does_not_fit(format!("it is for {}, and the submission for {}", key.origin, submission.origin)));
    }
    let header = convert::submission(&submission.signed.submission);
    let author = header.map_err(crate::compose::ComposeError::Malformed)?.header.author;
    if key.official != author {
        return Err(does_not_fit(format!("it is of official {}, and the author is {author}", key.official)));
    }
    Ok(())
}
