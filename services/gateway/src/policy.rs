//! The policy of an area on a day, which everyone may read.

use crate::gateway::Gateway;
use crate::parameters;
use crate::problem::{Code, Problem};
use crate::reads::json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use hyper::StatusCode;
use lika_domain::area::Area;
use lika_views::PolicyQuery;
use serde::Deserialize;
use std::sync::Arc;

/// The query. Any other parameter is refused: it would be a mistake in writing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyParameters {
    area: Option<String>,
    at: Option<String>,
}

/// `GET /v1/policy`
pub(crate) async fn policy(
    State(gateway): State<Arc<Gateway>>,
    query: Result<Query<PolicyParameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let invalid = |error: QueryRejection| Problem::of(Code::ParameterInvalid, "query", error.body_text());
    let Query(query) = query.map_err(invalid)?;
    let area = query.area.as_deref().map(area).transpose()?;
    let at = parameters::day("at", query.at.as_deref())?;
    let found = gateway.backend.policy(PolicyQuery { area, at }).await?;
    json(StatusCode::OK, &found.ok_or_else(|| gateway.no_records("area"))?)
}

fn area(prefix: &str) -> Result<Area, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "area", "2, 4, 6, 9 or 12 digits of a division code");
    prefix.parse().map_err(|_| refused())
}
