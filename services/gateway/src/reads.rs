//! Reads that are answered in JSON: the log, progress, cards and officials.

use crate::body;
use crate::gateway::Gateway;
use crate::limits::{CHALLENGE_S, SESSION_BYTES_MAX, SESSION_S};
use crate::media::{Format, JSON};
use crate::parameters::{self, ProgressParameters};
use crate::problem::{Code, Problem};
use crate::sessions::{Reader, signature};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::Request;
use axum::response::Response;
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, KeyId, PersonId};
use lika_domain::rejection::Rejection;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyView, Progress,
    ProgressQuery,
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

type Answer = Result<Response, Problem>;
type Parameter = Result<Path<String>, PathRejection>;
type ProgressQueryString = Result<Query<ProgressParameters>, QueryRejection>;

/// Facts about the log. Area, name and mode come from entry 0 and are empty before there is one.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Log")]
struct LogJson {
    /// Name of the log, as in its checkpoints.
    origin: String,
    /// The area it covers, as the shortest prefix.
    area: String,
    /// Name of the area.
    name: String,
    /// Its mode: `production`, `testing`, or empty before there is an entry 0.
    #[schemars(extend("enum" = ["production", "testing", ""]))]
    mode: &'static str,
    /// The key that checkpoints are verified with, as C2SP signed-note writes it.
    verifier_key: String,
    /// Entries under the latest checkpoint.
    size: u64,
}

/// Progress of each area of a level.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Areas")]
struct AreasJson {
    /// In the order of their codes.
    areas: Vec<Progress>,
}

/// First the key alone: the answer is a challenge. Then the key, the challenge and its signature.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionRequest {
    /// Name of an enrolled key: 16 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-fA-F]{16}$"))]
    key: String,
    /// The challenge as it was given.
    #[schemars(length(max = 200))]
    challenge: Option<String>,
    /// Ed25519 over `lika session v1`, a line feed and the challenge's text; 64 bytes in base64.
    #[schemars(regex(pattern = "^[A-Za-z0-9+/]{85}[AQgw]==$"), extend("contentEncoding" = "base64"))]
    signature: Option<String>,
}

/// A challenge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Challenge")]
struct ChallengeJson {
    /// To be signed and sent back.
    challenge: String,
    /// How long it may be answered, in seconds.
    expires_in_s: u64,
}

/// A session's token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Token")]
struct TokenJson {
    /// For the header `Authorization: Bearer`.
    token: String,
    /// How long it is good, in seconds.
    expires_in_s: u64,
}

/// A card with its personal data, as far as that could be opened.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Household")]
struct HouseholdJson {
    #[serde(flatten)]
    card: HouseholdView,
    personal: OpenedCard,
}

/// An official with their personal data, as far as that could be opened.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Official")]
struct OfficialJson {
    #[serde(flatten)]
    official: OfficialView,
    personal: Option<OpenedOfficial>,
}

/// Describes every document that is answered here.
pub(crate) fn describe(generator: &mut SchemaGenerator) {
    let _references = [
        generator.subschema_for::<LogJson>(),
        generator.subschema_for::<AreasJson>(),
        generator.subschema_for::<Explanation>(),
        generator.subschema_for::<PolicyView>(),
        generator.subschema_for::<ChallengeJson>(),
        generator.subschema_for::<TokenJson>(),
        generator.subschema_for::<HouseholdJson>(),
        generator.subschema_for::<OfficialJson>(),
    ];
}

/// `GET /v1/log`
pub(crate) async fn log(State(gateway): State<Arc<Gateway>>) -> Answer {
    let ledger = gateway.ledger();
    let (area, name, mode) = match &ledger.state().jurisdiction {
        Some(opened) => (opened.area.prefix(), opened.name.to_string(), opened.mode.name()),
        None => Default::default(),
    };
    let key = ledger.verifier_key();
    let (origin, verifier_key) = (key.name().to_string(), key.to_string());
    json(StatusCode::OK, &LogJson { origin, area, name, mode, verifier_key, size: ledger.log().checkpoint().size })
}

/// `GET /v1/areas/{prefix}/progress`
pub(crate) async fn area_progress(
    State(gateway): State<Arc<Gateway>>,
    path: Parameter,
    query: ProgressQueryString,
) -> Answer {
    progress(&gateway, parameters::area(path)?, parameters::query(query)?).await
}

/// `GET /v1/villages/{code}/progress`
pub(crate) async fn village_progress(
    State(gateway): State<Arc<Gateway>>,
    path: Parameter,
    query: ProgressQueryString,
) -> Answer {
    let query = parameters::query(query)?;
    if query.by.is_some() {
        return Err(Problem::of(Code::ParameterInvalid, "by", "a village has no areas below it"));
    }
    progress(&gateway, parameters::village(path)?, query).await
}

/// `GET /v1/areas/{prefix}/progress/{figure}`
pub(crate) async fn figure(
    State(gateway): State<Arc<Gateway>>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: ProgressQueryString,
) -> Answer {
    let (area, figure) = parameters::figure(path)?;
    let query = parameters::query(query)?;
    if query.by.is_some() {
        return Err(Problem::of(Code::ParameterInvalid, "by", "a figure is explained for one area only"));
    }
    let ProgressQuery { area, at, recorded_by, index, .. } = asked_for(&gateway, area, &query).await?;
    let query = FigureQuery { area, figure, at, recorded_by, index };
    let _turn = if query.folds() { Some(gateway.fold_turn().await?) } else { None };
    let found = gateway.backend.figure(query).await?;
    json(StatusCode::OK, &found.ok_or_else(|| gateway.no_records("prefix"))?)
}

/// `POST /v1/sessions`
pub(crate) async fn session(State(gateway): State<Arc<Gateway>>, request: Request<Body>) -> Answer {
    let (head, body) = request.into_parts();
    if Format::sent(&head.headers)? != Format::Json {
        return Err(Problem::of(Code::MediaTypeUnsupported, "content-type", JSON).closing());
    }
    let bytes = body::read(body, SESSION_BYTES_MAX).await?;
    let request: SessionRequest =
        serde_json::from_slice(&bytes).map_err(|error| Problem::of(Code::BodyMalformed, "", error.to_string()))?;
    let key = parameters::key(&request.key)?;
    match (request.challenge, request.signature) {
        (None, None) => challenge(&gateway, key),
        (Some(challenge), Some(text)) => {
            let token = gateway.sessions.token(&gateway.ledger().state(), key, &challenge, &signature(&text)?)?;
            private(StatusCode::CREATED, &TokenJson { token, expires_in_s: SESSION_S })
        }
        _ => Err(Problem::of(Code::BodyMalformed, "challenge", "challenge and signature must be given together")),
    }
}

/// `GET /v1/households/{id}`
pub(crate) async fn household(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, path: Parameter) -> Answer {
    let reader = reader(&gateway, &headers)?;
    let id = parameters::household(path)?;
    let card = gateway.backend.household(HouseholdQuery { id }).await?;
    let card = card.ok_or_else(|| Problem::of(Code::HouseholdUnknown, "id", ""))?;
    if !card.village.parse().is_ok_and(|village: Area| reader.area.contains(village)) {
        return Err(forbidden(&reader, None));
    }
    let personal = gateway.backend.open_household(opening(id, &card)).await?;
    private(StatusCode::OK, &HouseholdJson { card, personal })
}

/// What to open of a card.
pub(crate) fn opening(id: HouseholdId, card: &HouseholdView) -> OpenHousehold {
    let members = card.members.iter().filter_map(|member| member.id.parse().ok().and_then(PersonId::new));
    OpenHousehold { id, entries: card.entries.clone(), members: members.map(PersonId::member).collect() }
}

/// `GET /v1/officials/{id}`
pub(crate) async fn official(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, path: Parameter) -> Answer {
    let reader = reader(&gateway, &headers)?;
    let id = parameters::official(path)?;
    let official = gateway.backend.official(OfficialQuery { id }).await?;
    let official = official.ok_or_else(|| Problem::of(Code::OfficialUnknown, "id", ""))?;
    // An official who has lost their role belongs to the whole area of the log.
    let whole = || gateway.ledger().state().jurisdiction.as_ref().map(|opened| opened.area);
    let area = official.area.as_ref().and_then(|prefix| prefix.parse::<Area>().ok()).or_else(whole);
    if reader.official != id && !area.is_some_and(|area| reader.area.contains(area)) {
        return Err(forbidden(&reader, None));
    }
    let personal = gateway.backend.open_official(OpenOfficial { id }).await?;
    private(StatusCode::OK, &OfficialJson { official, personal })
}

/// Reads the query, and waits for the entry that it names.
async fn asked_for(gateway: &Gateway, area: Area, query: &ProgressParameters) -> Result<ProgressQuery, Problem> {
    let query = ProgressQuery {
        area,
        by: parameters::level(query.by.as_deref())?,
        at: parameters::day("at", query.at.as_deref())?,
        recorded_by: parameters::day("recorded_by", query.recorded_by.as_deref())?,
        index: query.index,
    };
    if let Some(index) = query.index {
        gateway.published(index).await?;
    }
    Ok(query)
}

async fn progress(gateway: &Gateway, area: Area, query: ProgressParameters) -> Answer {
    let query = asked_for(gateway, area, &query).await?;
    let _turn = if query.folds() { Some(gateway.fold_turn().await?) } else { None };
    let found = gateway.backend.progress(query).await?;
    let mut found = found.ok_or_else(|| gateway.no_records("prefix"))?;
    match (query.by, found.pop()) {
        (None, Some(one)) if found.is_empty() => json(StatusCode::OK, &one),
        (_, last) => {
            found.extend(last);
            json(StatusCode::OK, &AreasJson { areas: found })
        }
    }
}

fn challenge(gateway: &Gateway, key: KeyId) -> Answer {
    let challenge = gateway.sessions.challenge(&gateway.ledger().state(), key)?;
    private(StatusCode::OK, &ChallengeJson { challenge, expires_in_s: CHALLENGE_S })
}

/// The official whose token the request carries.
pub(crate) fn reader(gateway: &Gateway, headers: &HeaderMap) -> Result<Reader, Problem> {
    let missing = || Problem::of(Code::TokenMissing, "authorization", "");
    let value = headers.get(AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    gateway.sessions.reader(&gateway.ledger().state(), token.trim())
}

/// The refusal of what lies outside the reader's area; `asked` is named only if the reader named it.
pub(crate) fn forbidden(reader: &Reader, asked: Option<Area>) -> Problem {
    Rejection::outside(if asked.is_some() { "prefix" } else { "id" }, reader.area, asked).into()
}

/// A public document. It changes with the log, so a cache must ask again each time.
pub(crate) fn json(status: StatusCode, document: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(document).map_err(|error| {
        tracing::error!(%error, "a document cannot be written as JSON");
        Problem::of(Code::Internal, "", "")
    })?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// A document for one reader, which no cache may keep.
pub(crate) fn private(status: StatusCode, document: &impl Serialize) -> Answer {
    let mut response = json(status, document)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
