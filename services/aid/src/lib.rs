//! The service of funds and aid: decides about money that is released, allocated, delivered and acknowledged.
//!
//! What it is not: it does not judge the rules, which are the domain's, or keep the log, which the ledger does. Nothing
//! about aid is sealed, so there is nothing to add to them yet.

use lika_domain::rejection::{Code, Rejection};
use lika_ledger::{Ledger, Prepared, Receipt, SubmitError};
use lika_proto::convert::Service;
use lika_proto::v1;
use std::sync::Arc;

/// What the service works with.
#[derive(Clone)]
pub struct Deps {
    /// The log and the state it amounts to.
    pub ledger: Arc<Ledger>,
}

/// The service of funds and aid. Every method may be called from any task.
#[derive(Clone)]
pub struct Aid {
    deps: Deps,
}

impl Aid {
    /// Starts the service. It has no task of its own: it works when it is asked.
    pub fn start(deps: Deps) -> Self {
        Self { deps }
    }

    /// Records a submission; resolves once its receipt holds. Sent again, it gives the first receipt.
    ///
    /// # Errors
    /// [`SubmitError::Rejected`] with everything that is wrong with it; after any other error sending it again tells.
    pub async fn submit(&self, signed: v1::SignedSubmission) -> Result<Receipt, SubmitError> {
        let prepared = Self::prepare(&signed)?;
        self.deps.ledger.submit(prepared).await
    }

    /// The first half of [`Self::submit`]: reads the submission. What is prepared in order may be handed to the ledger
    /// in order, many at once.
    ///
    /// # Errors
    /// Everything that is wrong with its form; `field_invalid` if data keys came with it, since aid has none.
    pub fn prepare(signed: &v1::SignedSubmission) -> Result<Prepared, Rejection> {
        if !signed.keys.is_empty() {
            return Err(Rejection::of(Code::FieldInvalid, "keys", "nothing about aid is sealed"));
        }
        lika_ledger::prepare(signed, Service::Aid)
    }
}
