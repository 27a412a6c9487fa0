//! Everything that the log has taken from this device, the last first.

use super::outbox::rows;
use crate::desk::Desk;
use crate::labels;
use crate::page::{PageError, Visit};
use axum::extract::State;
use axum::response::Response;
use maud::html;
use std::sync::Arc;

/// Most receipts on the page.
const ROWS_MAX: usize = 200;

/// `GET /receipts`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let page = desk.page(&visit);
    let mut items = desk.home.receipted()?;
    items.reverse();
    let more = items.len() > ROWS_MAX;
    items.truncate(ROWS_MAX);
    let title = page.say(labels::RECEIPTS);
    let body = html! {
        h1 { (title) }
        @if items.is_empty() { p { (page.say(labels::RECEIPTS_EMPTY)) } } @else { section { (rows(&page, &items)) } }
        @if more { p.soft { (labels::RECEIPTS_MORE.with(page.language, [&ROWS_MAX])) } }
    };
    Ok(page.draw(title, &body))
}
