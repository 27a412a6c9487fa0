//! The outbox: drafts, what waits, and what came back.

use super::{go, moment};
use crate::desk::Desk;
use crate::labels::{self, capital};
use crate::page::{Page, PageError, Visit};
use axum::extract::{Multipart, State};
use axum::response::Response;
use lika_client::home::{Item, State as Stage};
use maud::{Markup, html};
use std::sync::Arc;
use std::time::Duration;

/// How long to let the sending begin before the page is shown again, in milliseconds.
const SENDING_MS: u64 = 1_500;

/// `GET /outbox`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let page = desk.page(&visit);
    let (open, given_up): (Vec<_>, Vec<_>) = desk.home.outbox()?.into_iter().partition(|item| item.state.is_open());
    let title = page.say(labels::OUTBOX);
    let body = html! {
        h1 { (title) }
        @if open.is_empty() { p { (page.say(labels::OUTBOX_EMPTY)) } } @else { section { (rows(&page, &open)) } }
        @if open.iter().any(|item| item.state.is_queued()) { (send_now(&page)) }
        p { a.button href="/report" { (page.say(labels::NEW_REPORT)) } }
        @if !given_up.is_empty() {
            details.part {
                summary { (page.say(labels::GIVEN_UP)) }
                (rows(&page, &given_up))
            }
        }
    };
    Ok(page.draw(title, &body))
}

/// `POST /send`: sends now, without waiting for the next try.
pub(crate) async fn send(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    desk.posted(form).await?;
    desk.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(SENDING_MS)).await;
    Ok(go("/outbox"))
}

/// The button that sends now.
pub(super) fn send_now(page: &Page) -> Markup {
    html! {
        form.inline method="post" action="/send" enctype="multipart/form-data" {
            (page.hidden())
            button { (page.say(labels::SEND_NOW)) }
        }
    }
}

/// Items, a card for each: on a narrow screen a table of so many columns could only be scrolled sideways.
pub(super) fn rows(page: &Page, items: &[Item]) -> Markup {
    html! { ul.items { @for item in items { li { (row(page, item)) } } } }
}

fn row(page: &Page, item: &Item) -> Markup {
    let language = page.language;
    let kinds: Vec<_> = item.kinds.iter().map(|kind| language.of(kind.zh.as_str(), kind.en.as_str())).collect();
    let kinds = kinds.join(language.of("、", ", "));
    let kinds = if kinds.is_empty() { item.id.clone() } else { capital(&kinds) };
    let (address, label) = match item.state {
        Stage::Draft => (format!("/drafts/{}", item.id), labels::FILL_ON),
        _ => (format!("/submissions/{}", item.id), labels::OPEN),
    };
    html! {
        span.state.(item.state.name()) { (capital(language.of(item.state.zh(), item.state.en()))) }
        " " a href=(address) aria-label={ (page.say(label)) ": " (kinds) } { (kinds) }
        span.soft {
            @for household in &item.households { " · " (page.say(labels::HOUSEHOLD)) " " (household) }
            @if let Some(area) = &item.area { " · " (area) }
            @if let Some(composed) = item.composed_at_s { " · " (moment(composed)) }
            @if let Some(index) = item.index { " · " (page.say(labels::ENTRY)) " " (index) }
            @if item.tries > 1 { " · " (labels::TRIES.with(language, [&item.tries])) }
        }
        @if let Some(error) = item.error() {
            p.fault { (capital(language.of(&error.zh, &error.en))) }
        }
    }
}
