//! Reading from a node: its log, progress, cards, and the log's own files. Documents are returned as served.

use super::http::PROTOBUF;
use super::{Api, ApiError, DOCUMENT_BYTES_MAX};
use bytes::Bytes;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_tlog::note::NOTE_BYTES_MAX;
use lika_tlog::proof::PROOF_FILE_BYTES_MAX;
use lika_tlog::tile::TilePath;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const INFO_BYTES_MAX: usize = 64 * 1024;
const TEXT: &str = "text/plain";
const BINARY: &str = "application/octet-stream";

/// A node's description of its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInfo {
    /// Name of the log.
    pub origin: String,
    /// Area it covers, a division code or a prefix of one.
    pub area: String,
    /// Name of the area.
    pub name: String,
    /// `testing` or `production`.
    pub mode: String,
    /// Key that verifies its checkpoints, as text.
    pub verifier_key: String,
    /// Number of published entries.
    pub size: u64,
}

/// The progress to ask for. The default is the present, as one sum.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProgressQuery {
    /// One line for each area of this level.
    pub by: Option<Level>,
    /// As it was on that day.
    pub at: Option<Date>,
    /// As it was known on that day.
    pub recorded_by: Option<Date>,
    /// Wait until this entry is counted.
    pub index: Option<u64>,
}

impl Api {
    /// The node's description of its log.
    ///
    /// # Errors
    /// If the node cannot be reached or the answer is not understood.
    pub async fn log(&self) -> Result<LogInfo, ApiError> {
        self.get_json("/v1/log", INFO_BYTES_MAX).await
    }

    /// Progress of an area, or of the villages in it.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if there is no such area.
    pub async fn progress(&self, area: Area, query: &ProgressQuery) -> Result<Value, ApiError> {
        let path = match area.level() {
            Level::Village => format!("/v1/villages/{area}/progress"),
            _ => format!("/v1/areas/{}/progress", area.prefix()),
        };
        self.get_json(&format!("{path}{}", query.text()), DOCUMENT_BYTES_MAX).await
    }

    /// The entries behind a figure of an area, which is named by its path in the area's document, as
    /// `households.poor`.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if there is no such area or figure.
    pub async fn explain(&self, area: Area, figure: &str, query: &ProgressQuery) -> Result<Value, ApiError> {
        let path = format!("/v1/areas/{}/progress/{figure}", area.prefix());
        self.get_json(&format!("{path}{}", query.text()), DOCUMENT_BYTES_MAX).await
    }

    /// The policy of an area, or of all that the log covers, on a day, or on the day of the latest entry.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if the log does not cover the area.
    pub async fn policy(&self, area: Option<Area>, at: Option<Date>) -> Result<Value, ApiError> {
        let area = area.map(|area| format!("area={}", area.prefix()));
        let at = at.map(|date| format!("at={date}"));
        self.get_json(&format!("/v1/policy{}", query([area, at])), DOCUMENT_BYTES_MAX).await
    }

    /// A household's card. Needs a session.
    ///
    /// # Errors
    /// [`ApiError::Refused`] without a session or authority, or if there is no such household.
    pub async fn household(&self, household: HouseholdId) -> Result<Value, ApiError> {
        self.get_json(&format!("/v1/households/{household}"), DOCUMENT_BYTES_MAX).await
    }

    /// The record of an official. Needs a session.
    ///
    /// # Errors
    /// [`ApiError::Refused`] without a session or authority, or if there is no such official.
    pub async fn official(&self, official: OfficialId) -> Result<Value, ApiError> {
        self.get_json(&format!("/v1/officials/{official}"), DOCUMENT_BYTES_MAX).await
    }

    /// The latest signed checkpoint, a signed note.
    ///
    /// # Errors
    /// If the node cannot be reached.
    pub async fn checkpoint(&self) -> Result<Bytes, ApiError> {
        self.get_bytes("/checkpoint", TEXT, NOTE_BYTES_MAX).await
    }

    /// A tile or a bundle of entries.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if the log is not that large.
    pub async fn tile(&self, tile: TilePath) -> Result<Bytes, ApiError> {
        self.get_bytes(&format!("/{tile}"), BINARY, DOCUMENT_BYTES_MAX).await
    }

    /// The proof that an entry is in the log, a tlog-proof file.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if there is no such entry.
    pub async fn proof(&self, index: u64) -> Result<Bytes, ApiError> {
        self.get_bytes(&format!("/v1/entries/{index}/proof"), TEXT, PROOF_FILE_BYTES_MAX).await
    }

    async fn get_bytes(&self, path: &str, accept: &'static str, bytes_max: usize) -> Result<Bytes, ApiError> {
        let reply = self.exchange(self.get(path, accept)?, bytes_max).await?;
        if reply.is(PROTOBUF) {
            return Err(ApiError::Protocol("protobuf, which was not requested".to_owned()));
        }
        reply.accepted()
    }
}

impl ProgressQuery {
    fn text(&self) -> String {
        let by = self.by.map(|level| format!("by={}", level.name()));
        let at = self.at.map(|date| format!("at={date}"));
        let recorded_by = self.recorded_by.map(|date| format!("recorded_by={date}"));
        let index = self.index.map(|index| format!("index={index}"));
        query([by, at, recorded_by, index])
    }
}

fn query<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}
