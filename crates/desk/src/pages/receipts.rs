//! Everything that the log has taken from this device, the last first.

use super::outbox::rows;
use crate::desk::Desk;
use crate::labels;
use crate::page::{PageError, Visit};
use axum::extract::State;
use axum::response::Response;
use maud::html;
use std::sync::Arc;

/// `GET /receipts`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let page = desk.page(&visit);
    let mut items = desk.home.receipted()?;
    items.reverse();
    let title = page.say(labels::RECEIPTS);
    let body = html! {
        h1 { (title) }
        @if items.is_empty() { p { (page.say(labels::RECEIPTS_EMPTY)) } } @else { section { (rows(&page, &items)) } }
    };
    Ok(page.draw(title, &body))
}
