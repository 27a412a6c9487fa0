//! Which page answers what, and the checks that hold for all of them.

use crate::desk::Desk;
use crate::form::hanging;
use crate::gate::{Closed, harden};
use crate::page::{Failed, Page, PageError, Visit, language};
use crate::pages::{
    area, back, card, draft, enrol, events, go, home, me, outbox, print, receipts, revoke, sign, submission, table,
    tables, unlock,
};
use crate::posted::BODY_BYTES_MAX;
use crate::watch::watch;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Multipart, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lika_client::HomeError;
use std::sync::{Arc, LazyLock};
use tokio::net::TcpListener;

/// Most open connections: one browser.
const CONNECTIONS_MAX: u32 = 64;
/// Longest path and query, in bytes.
const URI_BYTES_MAX: usize = 2 * 1024;
/// Forms that are taken while the key is locked: a draft, which is only saved, and the language. To unlock and to lock
/// are not asked for the passphrase at all.
const TAKEN_LOCKED: [&str; 2] = ["/drafts/{id}", "/language"];
/// The style of all pages, what the desk adds to it, and when the fields of its forms are shown.
static STYLE: LazyLock<String> =
    LazyLock::new(|| format!("{}{}{}", lika_pages::STYLE, include_str!("style.css"), hanging::style()));

/// Serves the desk until `stop` resolves, and sends what waits meanwhile.
pub async fn serve(desk: Arc<Desk>, listener: TcpListener, stop: impl Future<Output = ()>) {
    if let Err(error) = desk.resume_table() {
        tracing::warn!(%error, "whether a table was being sent could not be read");
    }
    let serving = lika_server::serve(router(desk.clone()), listener, CONNECTIONS_MAX, || (), stop);
    tokio::select! {
        () = serving => {}
        () = watch(&desk) => {}
    }
}

/// Every page, behind the gate.
fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(home::get))
        .route("/area", get(area::get))
        .route("/area/refresh", post(area::refresh))
        .route("/households/{id}", get(card::get))
        .route("/households/{id}/print", get(print::get))
        .route("/households/{id}/print/{file}", get(print::file))
        .route("/report", get(events::get))
        .route("/report/{event}", get(draft::new))
        .route("/drafts/{id}", get(draft::get).post(draft::post))
        .route("/drafts/{id}/sign", get(sign::get).post(sign::post))
        .route("/outbox", get(outbox::get))
        .route("/send", post(outbox::send))
        .route("/receipts", get(receipts::get))
        .route("/submissions/{id}", get(submission::get))
        .route("/submissions/{id}/{action}", post(submission::post))
        .route("/me", get(me::get))
        .route("/enrol", get(enrol::get).post(enrol::post))
        .route("/revoke", get(revoke::get).post(revoke::post))
        .route("/tables", get(tables::get).post(tables::post))
        .route("/tables/template/{file}", get(tables::template))
        .route("/tables/{id}", get(table::get))
        .route("/tables/{id}/{what}", get(table::copy).post(table::post))
        .route("/language", post(change_language))
        .layer(middleware::from_fn_with_state(desk.clone(), unlocked))
        .route("/unlock", get(unlock::get).post(unlock::post))
        .route("/lock", post(unlock::lock))
        .layer(middleware::from_fn_with_state(desk.clone(), known))
        .route("/enter/{secret}", get(enter))
        .route("/style.css", get(style))
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(desk.clone(), around))
        .with_state(desk)
}

/// Wraps every request: first checks where it comes from; at the end turns a error into a page, and adds what every
/// answer carries.
async fn around(State(desk): State<Arc<Desk>>, request: Request<Body>, next: Next) -> Response {
    let language = language(request.headers());
    let here = desk.gate.check_origin(request.headers());
    let long = request.uri().path_and_query().is_some_and(|path| path.as_str().len() > URI_BYTES_MAX);
    let mut response = match here {
        Err(closed) => PageError::Closed(closed).into_response(),
        Ok(()) if long => PageError::TooLarge.into_response(),
        Ok(()) => next.run(request).await,
    };
    if let Some(Failed(error)) = response.extensions_mut().remove::<Failed>() {
        let mut page = desk.page(&Visit { language, here: "/".to_owned() });
        if matches!(*error, PageError::Closed(_)) {
            // Nothing of the desk for whoever may not use it.
            page = Page { token: String::new(), testing: false, ..page };
        }
        response = page.error(&error);
    }
    harden(response.headers_mut());
    response
}

/// Lets only the browser pass in which the desk was opened.
async fn known(State(desk): State<Arc<Desk>>, request: Request<Body>, next: Next) -> Response {
    match desk.gate.check_cookie(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(closed) => PageError::Closed(closed).into_response(),
    }
}

/// Asks for the passphrase before anything is shown or done. Only the text of a form is taken without it, so that
/// what was typed is saved first.
async fn unlocked(State(desk): State<Arc<Desk>>, request: Request<Body>, next: Next) -> Response {
    let back = back_after_unlocking(&request);
    if desk.is_locked() && !is_taken_locked(&request) {
        return go(&unlock::address(&back));
    }
    desk.use_key();
    let response = next.run(request).await;
    match response.extensions().get::<Failed>() {
        Some(Failed(error)) if matches!(**error, PageError::Home(HomeError::KeyLocked(_))) => {
            go(&unlock::address(&back))
        }
        _ => response,
    }
}

/// Whether a form is taken while the key is locked.
fn is_taken_locked(request: &Request<Body>) -> bool {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    request.method() == Method::POST && route.is_some_and(|route| TAKEN_LOCKED.contains(&route))
}

/// The page on which a request goes on once the key is unlocked. A form is posted to its page (`/drafts/ID`), or to
/// what it does there (`/submissions/ID/retry`): it is shown again, and does nothing by itself.
fn back_after_unlocking(request: &Request<Body>) -> String {
    let uri = request.uri();
    if request.method() == Method::GET {
        return uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    }
    if is_taken_locked(request) {
        return uri.path().to_owned();
    }
    let page = uri.path().rsplit_once('/').map_or("", |(page, _)| page);
    if page.is_empty() { "/" } else { page }.to_owned()
}

/// `GET /enter/{secret}`: gives the browser its cookie.
async fn enter(State(desk): State<Arc<Desk>>, Path(secret): Path<String>) -> Result<Response, PageError> {
    if !desk.gate.opens(&secret) {
        return Err(PageError::Closed(Closed::Stranger));
    }
    let mut response = go("/");
    let cookie = HeaderValue::from_str(&desk.gate.cookie()).map_err(|_| PageError::NotFound)?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (StatusCode::OK, headers, STYLE.as_str()).into_response()
}

/// `POST /language`
async fn change_language(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    Ok(draft::change_language(back(&posted), posted.get("language").unwrap_or_default()))
}

async fn nothing() -> PageError {
    PageError::NotFound
}
