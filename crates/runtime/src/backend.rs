//! The backend of a gateway whose services all run in its own process: every question is a call.

use crate::reads;
use anyhow::Context;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use lika_audit::keeper::Keeper;
use lika_domain::ids::Index;
use lika_gateway::Backend;
use lika_gateway::backend::{ReadError, Reading, Recording};
use lika_households::Households;
use lika_ledger::{Ledger, Received, SubmitError};
use lika_officials::Officials;
use lika_progress::Progress;
use lika_proto::convert::Service;
use lika_tlog::TilePath;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial, Vault};
use lika_views::{
    Explanation, FigureQuery, Follower, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery,
    PolicyView, ProgressQuery, ViewError, document,
};
use std::path::Path;
use std::sync::Arc;

/// Threads that check the log when it is opened.
pub const OPENING_THREADS: usize = 2;

/// The services of one process on one log.
pub struct EmbeddedBackend {
    ledger: Arc<Ledger>,
    households: Households,
    officials: Officials,
    progress: Arc<Progress>,
    keeper: Keeper,
}

impl EmbeddedBackend {
    /// Starts every service except progress, which the caller has started and will stop.
    pub fn start(ledger: &Arc<Ledger>, vault: &Arc<Vault>, progress: &Arc<Progress>) -> Self {
        let (ledger, vault, progress) = (ledger.clone(), vault.clone(), progress.clone());
        let households = Households::new(ledger.clone(), vault.clone());
        let officials = Officials::new(ledger.clone(), vault);
        let keeper = Keeper::start(ledger.clone());
        Self { ledger, households, officials, progress, keeper }
    }
}

impl Backend for EmbeddedBackend {
    fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    fn prepare(&self, received: Received) -> BoxFuture<'_, Result<Recording, SubmitError>> {
        async move {
            let prepared = match received.service() {
                Service::Households => self.households.prepare(received).await?,
                Service::Officials => self.officials.prepare(received).await?,
                Service::Aid => lika_aid::prepare(received)?,
            };
            let ledger = self.ledger.clone();
            Ok(async move { ledger.submit(prepared).await }.boxed())
        }
        .boxed()
    }

    fn progress(&self, query: ProgressQuery) -> Reading<'_, Option<Vec<document::Progress>>> {
        reads::progress(self.progress.clone(), query).boxed()
    }

    fn figure(&self, query: FigureQuery) -> Reading<'_, Option<Explanation>> {
        reads::figure(self.progress.clone(), query).boxed()
    }

    fn policy(&self, query: PolicyQuery) -> Reading<'_, Option<PolicyView>> {
        reads::policy(self.progress.clone(), query).boxed()
    }

    fn household(&self, query: HouseholdQuery) -> Reading<'_, Option<HouseholdView>> {
        reads::household(self.progress.clone(), query).boxed()
    }

    fn official(&self, query: OfficialQuery) -> Reading<'_, Option<OfficialView>> {
        reads::official(self.progress.clone(), query).boxed()
    }

    fn open_household(&self, query: OpenHousehold) -> Reading<'_, OpenedCard> {
        reads::open_household(self.households.clone(), query).boxed()
    }

    fn open_official(&self, query: OpenOfficial) -> Reading<'_, Option<OpenedOfficial>> {
        reads::open_official(self.officials.clone(), query).boxed()
    }

    fn tile(&self, path: TilePath) -> Reading<'_, Option<Bytes>> {
        async move { self.keeper.tile(path).await.map_err(ReadError::failed) }.boxed()
    }

    fn proof(&self, index: Index) -> Reading<'_, Option<String>> {
        async move { self.keeper.proof(index).await.map_err(ReadError::failed) }.boxed()
    }
}

/// Starts the progress service. Views that were open when the machine lost its power are rebuilt at once: a node that
/// starts again by itself must not wait until a person deletes them. Any other damage is reported, for a person to
/// look at.
pub fn follow(ledger: &Arc<Ledger>, dir: &Path) -> anyhow::Result<(Progress, Follower)> {
    match Progress::start(ledger.clone(), dir) {
        Err(error @ ViewError::UncleanShutdown { .. }) => {
            tracing::warn!(%error, "the views are deleted and rebuilt");
            std::fs::remove_dir_all(dir).with_context(|| format!("{}", dir.display()))?;
            Ok(Progress::start(ledger.clone(), dir)?)
        }
        started => Ok(started?),
    }
}
