//! The backend of a gateway in tests: a ledger and its views. The ledger is its only recorder, so sealed data is not
//! opened.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_eventlog::verify::Source;
use lika_gateway::Backend;
use lika_gateway::backend::{ReadError, Reading, Recording};
use lika_ledger::{Ledger, Received, SubmitError, prepare};
use lika_tlog::TilePath;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery, PolicyView,
    Progress, ProgressQuery, Views,
};
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct LedgerBackend {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) views: Arc<Views>,
}

impl Backend for LedgerBackend {
    fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    fn prepare(&self, received: Received) -> BoxFuture<'_, Result<Recording, SubmitError>> {
        ready(self.recording(received)).boxed()
    }

    fn progress(&self, query: ProgressQuery) -> Reading<'_, Option<Vec<Progress>>> {
        async move {
            if let Some(index) = query.index {
                self.views.wait_for(index, Duration::from_secs(2)).await.map_err(|_| ReadError::Behind)?;
            }
            let found = match query.by {
                Some(level) => self.views.children(query.area, level, query.at).map_err(ReadError::failed)?,
                None => self.views.progress(query.area, query.at).map_err(ReadError::failed)?.into_iter().collect(),
            };
            Ok(Some(found).filter(|found| !found.is_empty()))
        }
        .boxed()
    }

    fn figure(&self, query: FigureQuery) -> Reading<'_, Option<Explanation>> {
        ready(self.views.explain(query.area, query.figure).map_err(ReadError::failed)).boxed()
    }

    fn policy(&self, query: PolicyQuery) -> Reading<'_, Option<PolicyView>> {
        ready(Ok(self.views.policy(query.area, query.at))).boxed()
    }

    fn household(&self, query: HouseholdQuery) -> Reading<'_, Option<HouseholdView>> {
        ready(self.views.household(query.id).map_err(ReadError::failed)).boxed()
    }

    fn official(&self, query: OfficialQuery) -> Reading<'_, Option<OfficialView>> {
        ready(self.views.official(query.id).map_err(ReadError::failed)).boxed()
    }

    fn open_household(&self, _: OpenHousehold) -> Reading<'_, OpenedCard> {
        ready(Ok(OpenedCard::default())).boxed()
    }

    fn open_official(&self, _: OpenOfficial) -> Reading<'_, Option<OpenedOfficial>> {
        ready(Ok(Some(OpenedOfficial { name: "李".into(), phone: String::new() }))).boxed()
    }

    fn tile(&self, path: TilePath) -> Reading<'_, Option<Bytes>> {
        let tile = self.ledger.log().folder().tile(path);
        ready(tile.map(|tile| tile.map(Into::into)).map_err(ReadError::failed)).boxed()
    }

    fn proof(&self, index: Index) -> Reading<'_, Option<String>> {
        async move {
            if index >= self.ledger.log().checkpoint().size {
                return Ok(None);
            }
            let receipt = self.ledger.receipt(index, None, true).await;
            receipt.map(|receipt| Some(receipt.proof)).map_err(ReadError::failed)
        }
        .boxed()
    }
}

impl LedgerBackend {
    fn recording(&self, received: Received) -> Result<Recording, SubmitError> {
        let service = received.service();
        let prepared = prepare(received, service)?;
        // Like a recorder that stores data keys, it checks the signer before the ledger does.
        let opened = self.ledger.state().applied > 0;
        if opened && !self.ledger.state().keys.contains_key(&prepared.parsed.key) {
            return Err(Rejection::of(Code::KeyUnknown, "key", "").into());
        }
        let ledger = self.ledger.clone();
        Ok(async move { ledger.submit(prepared).await }.boxed())
    }
}
