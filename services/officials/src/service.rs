//! The service itself.

use crate::unseal::{elsewhere, unseal};
use lika_ledger::{Ledger, Prepared, Receipt, SubmitError};
use lika_proto::convert::Service;
use lika_proto::v1;
use lika_vault::{Keyring, Vault};
use std::sync::Arc;

/// What the service works with.
#[derive(Clone)]
pub struct Deps {
    /// The log and the state it amounts to.
    pub ledger: Arc<Ledger>,
    /// Data keys.
    pub vault: Arc<Vault>,
}

/// The service of officials. Every method may be called from any task.
#[derive(Clone)]
pub struct Officials {
    pub(crate) deps: Deps,
}

impl Officials {
    /// Starts the service. It has no task of its own: it works when it is asked.
    pub fn start(deps: Deps) -> Self {
        Self { deps }
    }

    /// Records a submission; resolves once its receipt holds. Sent again, it gives the first receipt.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it; after any other error sending it again tells.
    pub async fn submit(&self, signed: v1::SignedSubmission) -> Result<Receipt, SubmitError> {
        let prepared = self.prepare(signed).await?;
        self.deps.ledger.submit(prepared).await
    }

    /// The first half of [`Self::submit`]: reads the submission, checks its sealed data, and keeps its data keys. What is
    /// prepared in order may be handed to the ledger in order, many at once.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn prepare(&self, signed: v1::SignedSubmission) -> Result<Prepared, SubmitError> {
        let Deps { ledger, vault } = &self.deps;
        let prepared = lika_ledger::prepare(&signed, Service::Officials)?;
        if ledger.state().submissions.contains_key(&prepared.parsed.id) {
            // It was decided before, and its keys with it: the ledger answers with the first receipt, or refuses an id
            // that is used for something else.
            return Ok(prepared);
        }
        let mut keyring = Keyring::new(vault, &signed.keys)?;
        let elsewhere = elsewhere(&ledger.state(), &prepared.parsed);
        unseal(&elsewhere, &mut keyring, &prepared)?;
        keyring.keep(ledger, &prepared).await?;
        Ok(prepared)
    }
}
