//! The service.

use crate::unseal::{Ground, unseal};
use lika_ledger::{Ledger, Prepared, Receipt, SubmitError};
use lika_proto::convert::Service;
use lika_proto::v1;
use lika_vault::{Keyring, Vault};
use std::sync::Arc;

/// The service's dependencies.
#[derive(Clone)]
pub struct Deps {
    /// The log and its state.
    pub ledger: Arc<Ledger>,
    /// Data keys and the tag key.
    pub vault: Arc<Vault>,
}

/// The households service. Every method may be called from any task.
#[derive(Clone)]
pub struct Households {
    pub(crate) deps: Deps,
}

impl Households {
    /// Starts the service. It has no task of its own.
    pub fn start(deps: Deps) -> Self {
        Self { deps }
    }

    /// Records a submission; resolves once its receipt is valid. A repeated submission gets its first receipt.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it; after any other error, send it again to find
    /// out.
    pub async fn submit(&self, signed: v1::SignedSubmission) -> Result<Receipt, SubmitError> {
        let prepared = self.prepare(signed).await?;
        self.deps.ledger.submit(prepared).await
    }

    /// The first half of [`Self::submit`]: reads the submission, checks its sealed data, and stores its data keys.
    /// Submissions prepared in order may be given to the ledger in that order, many at once.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn prepare(&self, signed: v1::SignedSubmission) -> Result<Prepared, SubmitError> {
        let Deps { ledger, vault } = &self.deps;
        let mut prepared = lika_ledger::prepare(&signed, Service::Households)?;
        if ledger.state().submissions.contains_key(&prepared.parsed.id) {
            // It was decided before, and its keys are stored: the ledger answers with the first receipt, or refuses
            // an id that is used for something else.
            return Ok(prepared);
        }
        let mut keyring = Keyring::new(vault, &signed.keys)?;
        let ground = Ground::new(&ledger.state(), &prepared.parsed);
        prepared.tags = unseal(&ground, vault.tag_key(), &mut keyring, &prepared)?;
        keyring.keep(ledger, &prepared).await?;
        Ok(prepared)
    }
}
