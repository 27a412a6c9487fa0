//! The list of events: those of the official's role first.

use crate::desk::Desk;
use crate::labels::{self, Label};
use crate::page::{Page, PageError, Visit};
use axum::extract::State;
use axum::response::Response;
use lika_client::example::service;
use lika_client::plain::SERVICES;
use lika_domain::catalogue;
use lika_domain::describe::{Event, Reporters};
use lika_domain::official::Role;
use maud::{Markup, html};
use std::sync::Arc;

/// Headings of the services, in the order of [`SERVICES`].
const HEADINGS: [Label; 3] = [labels::HOUSEHOLDS_EVENTS, labels::OFFICIALS_EVENTS, labels::AID_EVENTS];

/// `GET /report`: every event; a query goes on to the form that is chosen.
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let page = desk.page(&visit);
    let role = desk.seen().who.role;
    let role = role.and_then(|name| Role::ALL.iter().copied().find(|role| role.name() == name));
    let query = visit.here.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let mine: Vec<_> = match role {
        Some(role) => catalogue::reportable(role).collect(),
        None => catalogue::events().collect(),
    };
    let others: Vec<_> = catalogue::events().filter(|event| !mine.contains(event)).collect();
    let body = html! {
        h1 { (page.say(labels::MAY_REPORT)) }
        (listed(&page, &mine, &query, false))
        @if !others.is_empty() {
            details.part {
                summary { (page.say(labels::OTHER_EVENTS)) }
                p.hint { (page.say(labels::OTHER_EVENTS_WHY)) }
                (listed(&page, &others, &query, true))
            }
        }
    };
    Ok(page.draw(page.say(labels::MAY_REPORT), &body))
}

fn listed(page: &Page, events: &[&'static Event], query: &str, foreign: bool) -> Markup {
    html! {
        @for (name, heading) in SERVICES.into_iter().zip(HEADINGS) {
            @let of: Vec<_> = events.iter().filter(|event| service(event) == name).collect();
            @if !of.is_empty() {
                section {
                    h2 { (page.say(heading)) }
                    ul.events { @for event in of { (line(page, event, query, foreign)) } }
                }
            }
        }
    }
}

/// An event; of those that the official may not report, who may.
fn line(page: &Page, event: &Event, query: &str, foreign: bool) -> Markup {
    let more = match event.reporters {
        Reporters::Roles(roles) if foreign => {
            let roles: Vec<_> = roles.iter().map(|role| Role::LIST.label(role.name(), page.language)).collect();
            labels::REPORTED_BY.with(page.language, [&roles.join(page.language.of("、", ", "))])
        }
        Reporters::Roles(_) => event.meaning.one(page.language).to_owned(),
        Reporters::ByContent(how) => how.one(page.language).to_owned(),
    };
    html! {
        li {
            a href={ "/report/" (event.name) (query) } { (super::summary::title(event, page.language)) }
            @if !more.is_empty() { " " small { (more) } }
        }
    }
}
