//! Serves the log itself: checkpoint, tiles and proofs, as in C2SP tlog-tiles.

use bytes::Bytes;
use lika_domain::ids::Index;
use lika_eventlog::error::LogError;
use lika_ledger::{Ledger, SubmitError};
use lika_tlog::TilePath;
use std::sync::Arc;

/// The serving side of the audit service. Every method may be called from any task.
#[derive(Clone)]
pub struct Keeper {
    ledger: Arc<Ledger>,
}

impl Keeper {
    /// Starts the service. It has no task of its own.
    pub fn start(ledger: Arc<Ledger>) -> Self {
        Self { ledger }
    }

    /// The latest signed checkpoint.
    pub fn checkpoint(&self) -> String {
        self.ledger.log().checkpoint().signed.to_string()
    }

    /// A tile or bundle; `None` if there is none. Never reaches beyond the latest checkpoint.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn tile(&self, path: TilePath) -> Result<Option<Bytes>, LogError> {
        let log = self.ledger.log().clone();
        let read = tokio::task::spawn_blocking(move || log.tile(path)).await;
        read.unwrap_or(Err(LogError::Closed)).map(|found| found.map(Bytes::from))
    }

    /// The proof of an entry under the latest checkpoint, as the text of a proof file; `None` if there is no such
    /// entry.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn proof(&self, index: Index) -> Result<Option<String>, LogError> {
        if index >= self.ledger.log().checkpoint().size {
            return Ok(None);
        }
        match self.ledger.receipt(index, None, false).await {
            Ok(receipt) => Ok(Some(receipt.proof)),
            Err(SubmitError::Unavailable(error)) => Err(error),
            Err(_) => Err(LogError::Closed),
        }
    }
}
