//! The log itself, for auditors: checkpoint, tiles and proofs, as C2SP tlog-tiles specifies them.

use crate::gateway::Gateway;
use crate::parameters;
use crate::problem::{Code, Problem};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use lika_tlog::TilePath;
use std::sync::Arc;

const TEXT: &str = "text/plain; charset=utf-8";
const BINARY: &str = "application/octet-stream";
/// A full tile never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// A partial tile does not change either, but is soon replaced by a wider one.
const PARTIAL: &str = "public, max-age=3600, immutable";
const NO_CACHE: &str = "no-cache";

/// `GET /checkpoint`
pub(crate) async fn checkpoint(State(gateway): State<Arc<Gateway>>) -> Response {
    let checkpoint = gateway.ledger().log().checkpoint();
    file(TEXT, NO_CACHE, checkpoint.signed.to_string().into())
}

/// `GET /tile/…`
pub(crate) async fn tile(State(gateway): State<Arc<Gateway>>, uri: Uri) -> Result<Response, Problem> {
    let unknown = || Problem::of(Code::TileUnknown, "path", "");
    // The path as it was sent: a tile has one spelling, without anything escaped.
    let path = uri.path().strip_prefix('/').and_then(|path| path.parse::<TilePath>().ok()).ok_or_else(unknown)?;
    let bytes = gateway.backend.tile(path).await?.ok_or_else(unknown)?;
    Ok(file(BINARY, if path.is_partial() { PARTIAL } else { IMMUTABLE }, bytes))
}

/// `GET /v1/entries/{index}/proof`
pub(crate) async fn proof(
    State(gateway): State<Arc<Gateway>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let index = parameters::index(path)?;
    let proof = gateway.backend.proof(index).await?;
    let proof = proof.ok_or_else(|| Problem::of(Code::EntryUnknown, "index", ""))?;
    Ok(file(TEXT, NO_CACHE, proof.into()))
}

pub(crate) fn file(media_type: &'static str, cache: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
