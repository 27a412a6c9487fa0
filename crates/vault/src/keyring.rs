//! The keys sent with one submission, together with those in the vault.

use crate::depositor::check_depositor;
use crate::record::KeyName;
use crate::vault::Vault;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::EVENTS_MAX;
use lika_ledger::{Ledger, Prepared, SubmitError};
use lika_proto::convert::subject;
use lika_proto::seal::{self, DataKey, Place, Private, SealError};
use lika_proto::v1;
use std::collections::BTreeMap;

/// Most keys that may come with one submission.
pub const KEYS_MAX: usize = EVENTS_MAX;

/// Opens the sealed boxes of one submission, and stores the keys that were needed for it.
#[derive(Debug)]
pub struct Keyring<'v> {
    vault: &'v Vault,
    sent: BTreeMap<KeyName, DataKey>,
    /// Keys that opened something.
    used: BTreeMap<KeyName, DataKey>,
}

impl<'v> Keyring<'v> {
    /// Reads the keys sent with a submission.
    ///
    /// # Errors
    /// `field_invalid` if one is not a key, has no subject or occurs twice.
    pub fn new(vault: &'v Vault, keys: &[v1::DataKey]) -> Result<Self, Rejection> {
        let invalid = |detail: String| Rejection::of(Code::FieldInvalid, "keys", detail);
        if keys.len() > KEYS_MAX {
            return Err(invalid(format!("{}, at most {KEYS_MAX}", keys.len())));
        }
        let mut sent = BTreeMap::new();
        for key in keys {
            if subject(key.subject).is_none() || key.number == 0 {
                return Err(invalid(format!("key {} of {}", key.number, key.subject)));
            }
            let data_key = DataKey::from_slice(&key.key);
            let data_key = data_key.ok_or_else(|| invalid(format!("{} bytes, not 32", key.key.len())))?;
            if sent.insert((key.subject, key.number), data_key).is_some() {
                return Err(invalid(format!("key {} of {} is given twice", key.number, key.subject)));
            }
        }
        Ok(Self { vault, sent, used: BTreeMap::new() })
    }

    /// Opens a box that is sealed under a key of `subject`.
    ///
    /// # Errors
    /// Code and detail of the fault; never personal data.
    pub fn open<M: Private>(
        &mut self,
        subject: u64,
        place: &Place<'_, M>,
        sealed: &v1::Sealed,
    ) -> Result<M, (Code, String)> {
        let name = (subject, sealed.key);
        let missing = || (Code::DataKeyMissing, format!("key {} of {subject}", sealed.key));
        let key = match self.sent.get(&name).or_else(|| self.used.get(&name)) {
            Some(key) => key.clone(),
            None => self.vault.key(subject, sealed.key).ok_or_else(missing)?,
        };
        let message = seal::open_new(&key, place, &sealed.r#box).map_err(|error| (code(error), error.to_string()))?;
        self.used.insert(name, key);
        Ok(message)
    }

    /// Stores the keys that opened something; resolves once they are on disk. Only then may the submission go into the
    /// log: otherwise a crash could leave personal data there that can never be read. New keys are accepted only from
    /// authors who may record in the submission's area, since a key number cannot be used twice.
    ///
    /// # Errors
    /// `field_invalid` if a sent key opens nothing, `data_key_changed` if the vault has another key of that number,
    /// the code of the refusal if the author may not sign, or [`SubmitError::Unavailable`] if the vault has stopped.
    pub async fn keep(self, ledger: &Ledger, prepared: &mut Prepared) -> Result<(), SubmitError> {
        if let Some((subject, number)) = self.sent.keys().find(|name| !self.used.contains_key(name)) {
            let detail = format!("nothing in the submission is sealed under key {number} of {subject}");
            return Err(Rejection::of(Code::FieldInvalid, "keys", detail).into());
        }
        if self.used.is_empty() {
            return Ok(());
        }
        if self.used.keys().any(|(subject, number)| self.vault.key(*subject, *number).is_none()) {
            prepared.verified = Some(check_depositor(&ledger.state(), prepared)?);
        }
        // Existing keys are included: their records may not be on disk yet.
        let keys: Vec<_> = self.used.into_iter().map(|((subject, number), key)| (subject, number, key)).collect();
        Ok(self.vault.store(&keys).await?)
    }
}

fn code(error: SealError) -> Code {
    match error {
        SealError::Unreadable | SealError::NotTheMessage => Code::SealedUnreadable,
        SealError::TextTooLong { .. } => Code::TextTooLong,
        SealError::TooLarge | SealError::Invalid { .. } => Code::FieldInvalid,
    }
}
