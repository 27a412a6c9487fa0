//! The service.

use crate::unseal::{boxes, elsewhere, unseal};
use lika_ledger::{Ledger, Prepared, Received, SubmitError};
use lika_proto::convert::Service;
use lika_vault::{Keyring, Vault};
use std::sync::Arc;

/// The officials service. Every method may be called from any task.
#[derive(Clone)]
pub struct Officials {
    pub(crate) ledger: Arc<Ledger>,
    /// Data keys.
    pub(crate) vault: Arc<Vault>,
}

impl Officials {
    /// The service on a log and its vault. It has no task of its own.
    pub fn new(ledger: Arc<Ledger>, vault: Arc<Vault>) -> Self {
        Self { ledger, vault }
    }

    /// Reads a submission, checks its sealed data, and stores its data keys; [`Ledger::submit`] records it.
    /// Submissions prepared in order may be given to the ledger in that order, many at once.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it; after any other error, send it again.
    pub async fn prepare(&self, mut received: Received) -> Result<Prepared, SubmitError> {
        let Self { ledger, vault } = self;
        let boxes = received.message().map(boxes).unwrap_or_default();
        let keys = std::mem::take(&mut received.signed.keys);
        let mut prepared = lika_ledger::prepare(received, Service::Officials)?;
        if ledger.state().submissions.contains_key(&prepared.parsed.id) {
            // It was decided before, and its keys are stored: the ledger answers with the first receipt, or refuses
            // an id that is used for something else.
            return Ok(prepared);
        }
        let mut keyring = Keyring::new(vault, &keys)?;
        let elsewhere = elsewhere(&ledger.state(), &prepared.parsed);
        unseal(&elsewhere, &mut keyring, &prepared.parsed, &boxes)?;
        keyring.keep(ledger, &mut prepared).await?;
        Ok(prepared)
    }
}
