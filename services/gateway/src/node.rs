//! Reads for operators and programs: whether the node is alive, whether it takes entries, and its metrics.

use crate::files::file;
use crate::gateway::Gateway;
use crate::metrics::CONTENT_TYPE;
use crate::problem::{Code, Problem};
use crate::reads::json;
use axum::extract::State;
use axum::response::Response;
use hyper::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// State of the node.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Status {
    #[schemars(extend("enum" = ["alive", "ready"]))]
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
