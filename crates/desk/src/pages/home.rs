//! The first page: who I am, whether the node can be reached, and what is left to do.

use super::outbox::rows;
use crate::desk::{Desk, Seen};
use crate::labels;
use crate::page::{Page, PageError, Visit};
use axum::extract::State;
use axum::response::Response;
use lika_client::home::State as Stage;
use lika_domain::official::Role;
use maud::{Markup, html};
use std::sync::Arc;

/// `GET /`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let (page, seen) = (desk.page(&visit), desk.seen());
    let key = desk.key()?;
    let open: Vec<_> = desk.home.outbox()?.into_iter().filter(|item| item.state.is_open()).collect();
    let waits = open.iter().any(|item| item.state == Stage::Queued);
    let body = html! {
        h1 { (page.say(labels::HOME)) }
        (reached(&page, &seen))
        p { a.button href="/report" { (page.say(labels::NEW_REPORT)) } }
        section {
            h2 { (page.say(labels::TO_DO)) }
            @if open.is_empty() { p { (page.say(labels::NOTHING_TO_DO)) } } @else { (rows(&page, &open)) }
            @if waits { (super::outbox::send_now(&page)) }
        }
        section {
            h2 { (page.say(labels::ME)) }
            (who(&page, &seen, &format!("{}（{}）", key.name, key.id())))
            dl.facts {
                dt { (page.say(labels::OFFICIAL)) } dd { (key.official) }
                dt { (page.say(labels::KEY)) } dd { (key.name) " " code { (key.id()) } }
                dt { (page.say(labels::LOG)) } dd { (key.origin) }
            }
            p { a href="/me" { (page.say(labels::ME_MORE)) } }
            @if key.is_protected() {
                form.actions method="post" action="/lock" enctype="multipart/form-data" {
                    (page.hidden())
                    button.plain { (page.say(labels::LOCK)) }
                }
            }
        }
    };
    Ok(page.draw(page.say(labels::HOME), &body))
}

fn reached(page: &Page, seen: &Seen) -> Markup {
    let (class, label) = match seen.reachable {
        Some(true) => ("good", labels::REACHABLE),
        Some(false) => ("off", labels::UNREACHABLE),
        None => ("off", labels::CHECKING),
    };
    html! { p.node.(class) role="status" { (page.say(label)) } }
}

/// The official as the node said last; `key` is shown to the administrator who is to enrol it.
fn who(page: &Page, seen: &Seen, key: &str) -> Markup {
    let who = &seen.who;
    match who.enrolled {
        None => html! { p { (page.say(labels::WHO_UNKNOWN)) } },
        Some(false) => html! { p { (labels::NOT_ENROLLED.with(page.language, [&key])) } },
        Some(true) => html! {
            dl.facts {
                @if !who.name.is_empty() { dt { (page.say(labels::NAME)) } dd { (who.name) } }
                dt { (page.say(labels::ROLE)) }
                dd {
                    @match &who.role {
                        Some(role) => (Role::LIST.label(role, page.language)),
                        None => (page.say(labels::NO_ROLE)),
                    }
                    @for more in [&who.unit, &who.post].into_iter().filter(|text| !text.is_empty()) { " · " (more) }
                }
                @if let Some(area) = &who.area { dt { (page.say(labels::AREA)) } dd { (area) } }
            }
            p { a href="/report" { (page.say(labels::MAY_REPORT)) } }
        },
    }
}
