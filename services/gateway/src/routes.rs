//! Every route, and the checks that hold for all of them.

use crate::gateway::Gateway;
use crate::limits::{HEADER_BYTES_MAX, URI_BYTES_MAX};
use crate::problem::{Code, Problem};
use crate::{files, html, media, node, policy, reads, stream, submissions};
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::{HeaderMap, Method};
use std::sync::Arc;
use std::time::Instant;

pub(crate) const SUBMISSIONS: &str = "/v1/submissions";
pub(crate) const STREAM: &str = "/v1/submissions:stream";
pub(crate) const SESSIONS: &str = "/v1/sessions";
pub(crate) const LOG: &str = "/v1/log";
pub(crate) const AREA_PROGRESS: &str = "/v1/areas/{prefix}/progress";
pub(crate) const AREA_FIGURE: &str = "/v1/areas/{prefix}/progress/{figure}";
pub(crate) const VILLAGE_PROGRESS: &str = "/v1/villages/{code}/progress";
pub(crate) const POLICY: &str = "/v1/policy";
pub(crate) const HOUSEHOLD: &str = "/v1/households/{id}";
pub(crate) const OFFICIAL: &str = "/v1/officials/{id}";
pub(crate) const PROOF: &str = "/v1/entries/{index}/proof";
pub(crate) const CHECKPOINT: &str = "/checkpoint";
pub(crate) const TILE: &str = "/tile/{*path}";
pub(crate) const HEALTHZ: &str = "/healthz";
pub(crate) const READYZ: &str = "/readyz";
pub(crate) const METRICS: &str = "/metrics";
pub(crate) const OPENAPI: &str = "/openapi.json";
pub(crate) const FRONT_PAGE: &str = "/";
pub(crate) const AREA_PAGE: &str = "/areas/{prefix}";
pub(crate) const FIGURE_PAGE: &str = "/areas/{prefix}/{figure}";

/// Patterns of all routes, in any order.
pub const ROUTES: [&str; 20] = [
    SUBMISSIONS,
    STREAM,
    SESSIONS,
    LOG,
    AREA_PROGRESS,
    AREA_FIGURE,
    VILLAGE_PROGRESS,
    POLICY,
    HOUSEHOLD,
    OFFICIAL,
    PROOF,
    CHECKPOINT,
    TILE,
    HEALTHZ,
    READYZ,
    METRICS,
    OPENAPI,
    FRONT_PAGE,
    AREA_PAGE,
    FIGURE_PAGE,
];

/// The whole API and the pages.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route(SUBMISSIONS, post(submissions::post))
        .route(STREAM, post(stream::post))
        .route(SESSIONS, post(reads::session))
        .route(LOG, get(reads::log))
        .route(AREA_PROGRESS, get(reads::area_progress))
        .route(AREA_FIGURE, get(reads::figure))
        .route(VILLAGE_PROGRESS, get(reads::village_progress))
        .route(POLICY, get(policy::policy))
        .route(HOUSEHOLD, get(reads::household))
        .route(OFFICIAL, get(reads::official))
        .route(PROOF, get(files::proof))
        .route(CHECKPOINT, get(files::checkpoint))
        .route(TILE, get(files::tile))
        .route(HEALTHZ, get(node::healthz))
        .route(READYZ, get(node::readyz))
        .route(METRICS, get(node::metrics))
        .route(OPENAPI, get(node::openapi))
        .route(FRONT_PAGE, get(html::front))
        .route(AREA_PAGE, get(html::area))
        .route(FIGURE_PAGE, get(html::figure))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(gateway.clone(), around))
        .with_state(gateway)
}

/// Wraps every request: first checks the limits of its head; at the end turns an error into a page for people, and
/// counts the answer.
async fn around(State(gateway): State<Arc<Gateway>>, request: Request<Body>, next: Next) -> Response {
    let begun = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let page = request.method() == Method::GET && media::wants_page(request.headers());
    let mut response = match check_head(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>()
        && page
    {
        response = html::problem(&gateway, &problem);
    }
    gateway.metrics.count(path.as_ref().map(MatchedPath::as_str), response.status(), begun.elapsed());
    response
}

fn check_head(request: &Request<Body>) -> Result<(), Problem> {
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if uri > URI_BYTES_MAX {
        return Err(Problem::of(Code::UriTooLong, "", format!("at most {URI_BYTES_MAX} bytes")).closing());
    }
    if header_bytes(request.headers()) > HEADER_BYTES_MAX {
        return Err(Problem::of(Code::HeadersTooLarge, "", format!("at most {HEADER_BYTES_MAX} bytes")).closing());
    }
    Ok(())
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

async fn not_found() -> Problem {
    Problem::of(Code::NotFound, "path", "")
}

async fn method_not_allowed() -> Problem {
    Problem::of(Code::MethodNotAllowed, "method", "")
}
