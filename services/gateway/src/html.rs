//! Serves the pages: reads the data that they show, and lets [`crate::pages`] draw them.

use crate::files::file;
use crate::gateway::Gateway;
use crate::pages::{self, LogLine};
use crate::parameters;
use crate::problem::Problem;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use hyper::header::REFRESH;
use lika_domain::area::Area;
use lika_domain::official::Mode;
use lika_views::{FigureQuery, Progress, ProgressQuery};
use std::sync::Arc;

const HTML: &str = "text/html; charset=utf-8";

/// `GET /`: the area the log covers.
pub(crate) async fn front(State(gateway): State<Arc<Gateway>>) -> Result<Response, Problem> {
    let area = gateway.ledger().state().jurisdiction.as_ref().map(|opened| opened.area);
    let page = match area {
        Some(area) => page(&gateway, area).await?,
        None => None,
    };
    Ok(html(page.unwrap_or_else(|| pages::empty(&log_line(&gateway)))))
}

/// `GET /areas/{prefix}`
pub(crate) async fn area(
    State(gateway): State<Arc<Gateway>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let page = page(&gateway, parameters::area(path)?).await?;
    page.map(html).ok_or_else(|| gateway.no_records("prefix"))
}

/// `GET /areas/{prefix}/{figure}`: the contributions of a figure.
pub(crate) async fn figure(
    State(gateway): State<Arc<Gateway>>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let (area, figure) = parameters::figure(path)?;
    let query = FigureQuery::of(area, figure);
    let _turn = if query.folds() { Some(gateway.fold_turn().await?) } else { None };
    let found = gateway.backend.figure(query).await?;
    let found = found.ok_or_else(|| gateway.no_records("prefix"))?;
    Ok(html(pages::figure(&log_line(&gateway), &found)))
}

/// An error as a page. If the request may be tried again, the browser reloads the page by itself.
pub(crate) fn problem(gateway: &Gateway, problem: &Problem) -> Response {
    let (first, again_s) = problem.first();
    let page = first.map(|first| pages::problem(&log_line(gateway), first, again_s)).unwrap_or_default();
    let mut response = problem.respond(HTML, page.into());
    if let Some(seconds) = again_s {
        response.headers_mut().insert(REFRESH, seconds.into());
    }
    response
}

async fn page(gateway: &Gateway, area: Area) -> Result<Option<String>, Problem> {
    let query = ProgressQuery::of(area);
    let found = gateway.backend.progress(query).await?.and_then(|mut found| found.pop());
    let Some(progress) = found else { return Ok(None) };
    let children: Vec<Progress> = match area.level().below() {
        Some(level) => gateway.backend.progress(ProgressQuery { by: Some(level), ..query }).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Some(pages::area(&log_line(gateway), &progress, &children)))
}

fn log_line(gateway: &Gateway) -> LogLine {
    let ledger = &gateway.ledger();
    let testing = ledger.state().jurisdiction.as_ref().is_some_and(|opened| opened.mode == Mode::Testing);
    LogLine { origin: ledger.verifier_key().name().to_string(), testing, size: ledger.log().checkpoint().size }
}

fn html(page: String) -> Response {
    file(HTML, "no-cache", page.into())
}
