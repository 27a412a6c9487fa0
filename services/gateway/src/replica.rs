//! What a device needs to work without a connection: the entries of its official's area under a signed checkpoint,
//! each proven, and the personal data that goes with them.

use crate::files::file;
use crate::gateway::Gateway;
use crate::limits::{REPLICA_BYTES_MAX, REPLICA_ENTRIES_MAX, REPLICA_HOUSEHOLDS_MAX, REPLICA_OPEN_MAX};
use crate::media::PROTOBUF;
use crate::parameters;
use crate::problem::{Code, Problem};
use crate::reads::{forbidden, opening, private, reader};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use hyper::{HeaderMap, StatusCode};
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, Index, OfficialId};
use lika_domain::state;
use lika_eventlog::error::LogError;
use lika_eventlog::{BUNDLE_ENTRIES, Checkpoint, PublishedLog};
use lika_ledger::Ledger;
use lika_proto::v1;
use lika_tlog::Hash;
use lika_vault::{OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::HouseholdQuery;
use prost::Message;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

type Parameter = Result<Path<String>, PathRejection>;

/// Where to go on with the entries of an area.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntriesParameters {
    /// First entry wanted.
    #[serde(default)]
    from: Index,
    /// Size of the checkpoint that the device holds already; 0 if it holds none.
    #[serde(default)]
    known: u64,
}

/// Where to go on with personal data.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonalParameters {
    /// Only households with entries from this one on.
    #[serde(default)]
    since: Index,
    after: Option<String>,
}

/// Personal data of households of an area, as far as it could be opened, and of the officials who answer for them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplicaPersonal")]
struct PersonalJson {
    /// In the order of their numbers.
    households: Vec<HouseholdPersonalJson>,
    /// Officials who answer for these households or are posted to their villages.
    officials: Vec<OfficialPersonalJson>,
    /// Household number to go on after; `null` if there are no more.
    next: Option<String>,
}

/// Personal data of a household.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplicaHousehold")]
struct HouseholdPersonalJson {
    /// Household number.
    id: String,
    personal: OpenedCard,
}

/// Personal data of an official.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplicaOfficial")]
struct OfficialPersonalJson {
    /// Official number.
    id: String,
    personal: OpenedOfficial,
}

/// Describes every document that is answered here.
pub(crate) fn describe(generator: &mut SchemaGenerator) {
    generator.subschema_for::<PersonalJson>();
}

/// `GET /v1/replica/{prefix}`
pub(crate) async fn entries(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    path: Parameter,
    query: Result<Query<EntriesParameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let (area, whole) = asked_for(&gateway, &headers, path)?;
    let Query(query) = query.map_err(|error| not_understood(&error))?;
    let log = gateway.ledger().log();
    let checkpoint = log.checkpoint();
    if query.known > checkpoint.size {
        // A device may hold a receipt from a process that has read more.
        gateway.published(query.known - 1).await?;
    }
    let read = tokio::task::spawn_blocking(move || Batch { gateway: &gateway, area, whole, query }.read()).await;
    let batch = read.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok(file(PROTOBUF, "no-store", batch.encode_to_vec().into()))
}

/// `GET /v1/replica/{prefix}/personal`
pub(crate) async fn personal(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    path: Parameter,
    query: Result<Query<PersonalParameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let (area, _) = asked_for(&gateway, &headers, path)?;
    let Query(PersonalParameters { since, after }) = query.map_err(|error| not_understood(&error))?;
    let after = after.map(|after| parameters::household(Ok(Path(after)))).transpose()?;
    let Page { households, officials, next } = Page::of(&gateway.ledger().state(), area, after);
    let opened = stream::iter(households).map(|id| household(&gateway, id, since)).buffered(REPLICA_OPEN_MAX);
    let households = opened.try_filter_map(|one| async { Ok(one) }).try_collect().await?;
    let opened = stream::iter(officials).map(|id| official(&gateway, id)).buffered(REPLICA_OPEN_MAX);
    let officials = opened.try_filter_map(|one| async { Ok(one) }).try_collect().await?;
    private(StatusCode::OK, &PersonalJson { households, officials, next: next.map(|id| id.to_string()) })
}

/// The area that is asked for, which the reader may see, and the area of the log.
fn asked_for(gateway: &Gateway, headers: &HeaderMap, path: Parameter) -> Result<(Area, Area), Problem> {
    let reader = reader(gateway, headers)?;
    let area = parameters::area(path)?;
    if !reader.area.contains(area) {
        return Err(forbidden(&reader, Some(area)));
    }
    let whole = gateway.ledger().state().jurisdiction.as_ref().map(|opened| opened.area);
    Ok((area, whole.ok_or_else(|| gateway.no_records("prefix"))?))
}

/// What a batch is made of.
struct Batch<'g> {
    gateway: &'g Gateway,
    area: Area,
    whole: Area,
    query: EntriesParameters,
}

impl Batch<'_> {
    /// Reads it. Blocks on reading the log.
    fn read(&self) -> Result<v1::ReplicaBatch, LogError> {
        let ledger: &Ledger = self.gateway.ledger();
        let (log, EntriesParameters { from, known }) = (ledger.log(), self.query);
        let checkpoint: Arc<Checkpoint> = log.checkpoint();
        let size = checkpoint.size;
        let indices = {
            let mut areas = self.gateway.areas.lock();
            areas.catch_up(log, size)?;
            areas.of(self.area, self.whole, from, size, REPLICA_ENTRIES_MAX)
        };
        let mut entries = Vec::new();
        let complete = read(log, &indices, &mut entries)? && indices.len() < REPLICA_ENTRIES_MAX;
        let next = if complete { size } else { entries.last().map_or(size, |last| last.index + 1) };
        let indices: Vec<Index> = entries.iter().map(|entry| entry.index).collect();
        let state = ledger.state();
        for entry in &mut entries {
            entry.void = state.voids.binary_search(&entry.index).is_ok();
        }
        drop(state);
        Ok(v1::ReplicaBatch {
            checkpoint: checkpoint.signed.to_string().into(),
            entries,
            proof: joined(&log.batch_proof(&indices, size)?),
            growth: joined(&log.consistency_proof(known.min(size), size)?),
            next,
        })
    }
}

/// Reads entries until the batch is full; whether it has all of them.
fn read(log: &PublishedLog, indices: &[Index], entries: &mut Vec<v1::ReplicaEntry>) -> Result<bool, LogError> {
    let mut bytes = 0;
    for bundle in indices.chunk_by(|one, other| one / BUNDLE_ENTRIES == other / BUNDLE_ENTRIES) {
        let Some(first) = bundle.first().copied() else { continue };
        let found = log.read(first, usize::MAX)?;
        for index in bundle.iter().copied() {
            let entry = usize::try_from(index - first).ok().and_then(|place| found.get(place));
            let entry = entry.ok_or(LogError::OutOfRange { index, size: first + found.len() as u64 })?.clone();
            bytes += entry.len();
            if bytes > REPLICA_BYTES_MAX && !entries.is_empty() {
                return Ok(false);
            }
            entries.push(v1::ReplicaEntry { index, entry, void: false });
        }
    }
    Ok(true)
}

fn joined(hashes: &[Hash]) -> Bytes {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// A page of personal data.
struct Page {
    households: Vec<HouseholdId>,
    officials: BTreeSet<OfficialId>,
    next: Option<HouseholdId>,
}

impl Page {
    /// The next households of an area after one of them.
    fn of(state: &state::State, area: Area, after: Option<HouseholdId>) -> Self {
        let homes = state.homes.iter().filter(|(id, home)| area.contains(**home) && after.is_none_or(|a| **id > a));
        let mut households: Vec<(HouseholdId, Area)> =
            homes.map(|(id, home)| (*id, *home)).take(REPLICA_HOUSEHOLDS_MAX + 1).collect();
        let more = households.len() > REPLICA_HOUSEHOLDS_MAX;
        households.truncate(REPLICA_HOUSEHOLDS_MAX);
        let mut officials = BTreeSet::new();
        for (id, home) in &households {
            let Some(village) = state.villages.get(home) else { continue };
            let card = village.households.get(id);
            officials.extend(card.into_iter().flat_map(|card| &card.officials).map(|assigned| assigned.official));
            officials.extend(village.head.postings.iter().map(|posting| posting.official));
        }
        let next = households.last().map(|(id, _)| *id).filter(|_| more);
        Self { households: households.into_iter().map(|(id, _)| id).collect(), officials, next }
    }
}

/// Personal data of a household; `None` if it has no entries since, or the views do not have the card yet.
async fn household(
    gateway: &Gateway,
    id: HouseholdId,
    since: Index,
) -> Result<Option<HouseholdPersonalJson>, Problem> {
    let Some(card) = gateway.backend.household(HouseholdQuery { id }).await? else { return Ok(None) };
    if card.entries.last().is_none_or(|last| *last < since) {
        return Ok(None);
    }
    let personal = gateway.backend.open_household(opening(id, &card)).await?;
    Ok(Some(HouseholdPersonalJson { id: id.to_string(), personal }))
}

async fn official(gateway: &Gateway, id: OfficialId) -> Result<Option<OfficialPersonalJson>, Problem> {
    let personal = gateway.backend.open_official(OpenOfficial { id }).await?;
    Ok(personal.map(|personal| OfficialPersonalJson { id: id.to_string(), personal }))
}

fn not_understood(error: &QueryRejection) -> Problem {
    Problem::of(Code::ParameterInvalid, "query", error.body_text())
}

fn failed(error: &impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the entries of an area cannot be read");
    Problem::of(Code::Internal, "", "")
}
