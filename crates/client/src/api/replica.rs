//! What a replica is fetched with.

use super::http::{JSON, PROTOBUF};
use super::{Api, ApiError, DOCUMENT_BYTES_MAX};
use crate::replica::personal::Page;
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, Index};
use lika_proto::v1;
use prost::Message;

/// Largest part of a replica's entries, in bytes.
const PART_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Api {
    /// The next entries of an area from `from` on; `known` is the size of the checkpoint held already. Needs a
    /// session.
    ///
    /// # Errors
    /// [`ApiError::Refused`] without a session, or for an area outside that of the official.
    pub(crate) async fn replica_entries(
        &self,
        area: Area,
        from: Index,
        known: u64,
    ) -> Result<v1::ReplicaBatch, ApiError> {
        let path = format!("/v1/replica/{}?from={from}&known={known}", area.prefix());
        let reply = self.exchange(self.get(&path, PROTOBUF)?, PART_BYTES_MAX).await?;
        v1::ReplicaBatch::decode(reply.accepted()?).map_err(ApiError::protocol)
    }

    /// Personal data of the next households of an area that have entries from `since` on. Needs a session.
    ///
    /// # Errors
    /// As [`Self::replica_entries`].
    pub(crate) async fn replica_personal(
        &self,
        area: Area,
        since: Index,
        after: Option<HouseholdId>,
    ) -> Result<Page, ApiError> {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/v1/replica/{}/personal?since={since}{after}", area.prefix());
        let reply = self.exchange(self.get(&path, JSON)?, DOCUMENT_BYTES_MAX).await?;
        serde_json::from_slice(&reply.accepted()?).map_err(ApiError::protocol)
    }
}
