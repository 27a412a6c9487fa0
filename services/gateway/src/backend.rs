//! What the gateway asks of the other services. It knows none of them: its backend finds who answers.

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

/// A submission that could be read and whose data keys are kept, on its way into the log. It takes its place behind
/// those polled before it when it is first polled, and resolves with its receipt.
pub type Recording = BoxFuture<'static, Result<Receipt, SubmitError>>;

/// An answer that is waited for.
pub type Reading<'a, A> = BoxFuture<'a, Result<A, ReadError>>;

/// The services as the gateway asks them: in the same process by a call, in others by a message.
///
/// Every method may be called from any task, any number at once. A read changes nothing and may be asked again. A
/// submission may be sent again too: it is recorded once, and gets the first receipt every time.
pub trait Backend: Send + Sync + 'static {
    /// The state that keys and roles are looked up in, and the log's own figures.
    fn ledger(&self) -> &Arc<Ledger>;

    /// Has the service that decides about a submission read it and check what only that service can see. What is
    /// prepared in order and then polled in order is recorded in order.
    fn prepare(&self, received: Received) -> BoxFuture<'_, Result<Recording, SubmitError>>;

    /// The progress of an area, or of those of a level inside it; `None` if the log knows nothing in it.
    fn progress(&self, query: ProgressQuery) -> Reading<'_, Option<Vec<Progress>>>;

    /// What a figure of an area rests on; `None` if the log knows nothing in it.
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

    /// A tile's or bundle's bytes as they lie in the log's folder; `None` if there is none.
    fn tile(&self, path: TilePath) -> Reading<'_, Option<Bytes>>;

    /// The tlog-proof of an entry; `None` if it is not published.
    fn proof(&self, index: Index) -> Reading<'_, Option<String>>;
}

/// A service cannot answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// The views have not come so far in time.
    #[error("the views have not caught up")]
    Behind,
    /// Too many ask at the same time.
    #[error("too many requests for this at the same time")]
    Busy,
    /// Nobody of that service answers.
    #[error("no {0} service answers")]
    Unanswered(&'static str),
    /// It failed.
    #[error("cannot be read")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// Of whatever failed.
    pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(error))
    }
}
