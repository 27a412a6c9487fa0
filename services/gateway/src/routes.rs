//! Every route, and the checks that hold for all of them.

use crate::gateway::Gateway;
use crate::limits::{HEADER_BYTES_MAX, URI_BYTES_MAX};
use crate::paths::{
    AREA_FIGURE, AREA_PAGE, AREA_PROGRESS, CHECKPOINT, FIGURE_PAGE, FRONT_PAGE, HEALTHZ, HOUSEHOLD, LOG, METRICS,
    OFFICIAL, OPENAPI, POLICY, PROOF, READYZ, REPLICA, REPLICA_PERSONAL, SESSIONS, STREAM, SUBMISSIONS, TILE,
    VILLAGE_PROGRESS,
};
use crate::problem::{Code, Problem};
use crate::{files, html, media, node, openapi, policy, reads, replica, stream, submissions};
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
        .route(REPLICA, get(replica::entries))
        .route(REPLICA_PERSONAL, get(replica::personal))
        .route(PROOF, get(files::proof))
        .route(CHECKPOINT, get(files::checkpoint))
        .route(TILE, get(files::tile))
        .route(HEALTHZ, get(node::healthz))
        .route(READYZ, get(node::readyz))
        .route(METRICS, get(node::metrics))
        .route(OPENAPI, get(openapi::get))
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
