//! What operators and machines ask of a node: is it alive, does it work, what does it count, what can it be asked.

use crate::files::file;
use crate::gateway::Gateway;
use crate::media::JSON;
use crate::metrics::CONTENT_TYPE;
use crate::problem::{Code, Problem};
use crate::reads::json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use serde::Serialize;
use std::sync::Arc;

/// The API's description; a test compares it with the routes.
pub(crate) const OPENAPI_JSON: &str = include_str!("openapi.json");

#[derive(Serialize)]
struct Status {
    status: &'static str,
}

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> Result<Response, Problem> {
    json(StatusCode::OK, &Status { status: "alive" })
}

/// `GET /readyz`: the log takes entries.
pub(crate) async fn readyz(State(gateway): State<Arc<Gateway>>) -> Result<Response, Problem> {
    if !gateway.is_ready() {
        return Err(Problem::of(Code::Unavailable, "", "the log has stopped"));
    }
    json(StatusCode::OK, &Status { status: "ready" })
}

/// `GET /metrics`
pub(crate) async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    let text = gateway.metrics.text(gateway.gauges());
    file(CONTENT_TYPE, "no-cache", text.into())
}

/// `GET /openapi.json`
pub(crate) async fn openapi() -> Response {
    file(JSON, "no-cache", Bytes::from_static(OPENAPI_JSON.as_bytes()))
}
