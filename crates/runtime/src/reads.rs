//! The reads of every service, answered where that service runs: for a gateway in the same process, and for one that
//! asks over NATS. Errors are those that the gateway knows.

use lika_gateway::backend::ReadError;
use lika_households::Households;
use lika_officials::Officials;
use lika_progress::{Progress, ProgressError};
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery, PolicyView,
    ProgressQuery, ViewError, document,
};
use std::sync::Arc;

/// The answer to a read; `None` if there is nothing of that name.
pub(crate) type Found<T> = Result<Option<T>, ReadError>;

/// The progress of areas.
pub(crate) async fn progress(service: Arc<Progress>, query: ProgressQuery) -> Found<Vec<document::Progress>> {
    found(service.read(query).await)
}

/// The contributions of a figure.
pub(crate) async fn figure(service: Arc<Progress>, query: FigureQuery) -> Found<Explanation> {
    found(service.explain(query).await)
}

/// The policy. It waits for everything published, so that an official who has just set it reads the new one.
pub(crate) async fn policy(service: Arc<Progress>, query: PolicyQuery) -> Found<PolicyView> {
    service.policy(query).await.map_err(unread)
}

/// A card.
pub(crate) async fn household(service: Arc<Progress>, query: HouseholdQuery) -> Found<HouseholdView> {
    view(&service, || service.views().household(query.id)).await
}

/// An official.
pub(crate) async fn official(service: Arc<Progress>, query: OfficialQuery) -> Found<OfficialView> {
    view(&service, || service.views().official(query.id)).await
}

/// Personal data of a card. The log is read on a thread of its own, since that blocks.
pub(crate) async fn open_household(service: Households, query: OpenHousehold) -> Result<OpenedCard, ReadError> {
    let OpenHousehold { id, entries, members } = query;
    let opened = tokio::task::spawn_blocking(move || service.personal(id, &entries, members)).await;
    opened.map_err(ReadError::failed)?.map_err(ReadError::failed)
}

/// Personal data of an official. The log is read on a thread of its own, since that blocks.
pub(crate) async fn open_official(service: Officials, query: OpenOfficial) -> Found<OpenedOfficial> {
    let opened = tokio::task::spawn_blocking(move || service.personal(query.id)).await;
    opened.map_err(ReadError::failed)?.map_err(ReadError::failed)
}

/// A read of the views. It waits only if they do not know the name yet.
async fn view<T>(service: &Progress, read: impl Fn() -> Result<Option<T>, ViewError>) -> Found<T> {
    if let Some(found) = read().map_err(ReadError::failed)? {
        return Ok(Some(found));
    }
    // It may be on its way: the views can be behind the log.
    service.catch_up().await.map_err(unread)?;
    read().map_err(ReadError::failed)
}

/// The answer to the gateway: an area that the log does not know is not an error.
fn found<T>(answer: Result<T, ProgressError>) -> Found<T> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(ProgressError::Unknown(_)) => Ok(None),
        Err(ProgressError::View(error)) => Err(unread(error)),
        Err(error) => Err(ReadError::failed(error)),
    }
}

fn unread(error: ViewError) -> ReadError {
    match error {
        ViewError::Behind { .. } => ReadError::Behind,
        error => ReadError::failed(error),
    }
}
