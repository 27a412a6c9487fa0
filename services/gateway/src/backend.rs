//! The calls of the gateway to other services. The gateway knows none of them: its backend finds the one that answers.

use bytes::Bytes;
use futures::future::BoxFuture;
use lika_domain::ids::Index;
use lika_ledger::{Ledger, Receipt, Received, SubmitError};
use lika_tlog::TilePath;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery, PolicyView,
    Progress, ProgressQuery,
};
use std::sync::Arc;

/// A submission on its way into the log: it is read and checked, and its data keys are stored. When it is first
/// polled, it queues behind those that were polled before it. It resolves with its receipt.
pub type Recording = BoxFuture<'static, Result<Receipt, SubmitError>>;

/// The answer to a read, to be awaited.
pub type Reading<'a, A> = BoxFuture<'a, Result<A, ReadError>>;

/// The services as the gateway calls them: directly in the same process, by messages in others.
///
/// Every method may be called from any task, any number at once. A read changes nothing and may be repeated. A
/// submission may be sent again too: it is recorded once, and gets the first receipt every time.
pub trait Backend: Send + Sync + 'static {
    /// The ledger: keys and roles are looked up in its state.
    fn ledger(&self) -> &Arc<Ledger>;

    /// Lets the service that decides about a submission read it and check what only that service can see. Submissions
    /// that are prepared in order and then polled in order are recorded in order.
    fn prepare(&self, received: Received) -> BoxFuture<'_, Result<Recording, SubmitError>>;

    /// The progress of an area, or of each area of a level inside it; `None` if the log has nothing in the area.
    fn progress(&self, query: ProgressQuery) -> Reading<'_, Option<Vec<Progress>>>;

    /// The contributions of a figure of an area; `None` if the log has nothing in the area.
    fn figure(&self, query: FigureQuery) -> Reading<'_, Option<Explanation>>;

    /// The policy of an area on a day; `None` if the log does not cover it.
    fn policy(&self, query: PolicyQuery) -> Reading<'_, Option<PolicyView>>;

    /// A card; `None` if the log has no such household.
    fn household(&self, query: HouseholdQuery) -> Reading<'_, Option<HouseholdView>>;

    /// An official; `None` if the log has no such official.
    fn official(&self, query: OfficialQuery) -> Reading<'_, Option<OfficialView>>;

    /// Personal data of a card.
    fn open_household(&self, query: OpenHousehold) -> Reading<'_, OpenedCard>;

    /// Personal data of an official; `None` if there is none, or no key for it any more.
    fn open_official(&self, query: OpenOfficial) -> Reading<'_, Option<OpenedOfficial>>;

    /// The bytes of a tile or bundle in the log's folder; `None` if there is no such tile.
    fn tile(&self, path: TilePath) -> Reading<'_, Option<Bytes>>;

    /// The tlog-proof of an entry; `None` if it is not published.
    fn proof(&self, index: Index) -> Reading<'_, Option<String>>;
}

/// A service cannot answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// The views have not caught up in time.
    #[error("the views have not caught up")]
    Behind,
    /// Too many requests for this come at the same time.
    #[error("too many requests for this at the same time")]
    Busy,
    /// No instance of that service answers.
    #[error("no {0} service answers")]
    Unanswered(&'static str),
    /// The read failed.
    #[error("cannot be read")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// Wraps the error of a read that failed.
    pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(error))
    }
}
