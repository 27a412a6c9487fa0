//! The official's area: its villages, and its households by name.

use super::{go, moment};
use crate::copy::{Outage, Shown};
use crate::desk::Desk;
use crate::labels;
use crate::page::{Page, PageError, Visit};
use axum::extract::{Multipart, Query, State};
use axum::response::Response;
use lika_client::replica::{Known, Personal};
use lika_domain::area::Area;
use lika_domain::household::{Household, Status};
use lika_domain::ids::{HouseholdId, MemberNo};
use lika_domain::official::Capacity;
use lika_domain::state;
use lika_domain::village::Village;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Most households on a page; a search finds the others.
const ROWS_MAX: usize = 200;
/// Longest text that is searched for, in characters.
const SEARCH_CHARS_MAX: usize = 40;

/// How long a page waits for what is new, in seconds. It goes on coming after that.
const REFRESH_WAIT_S: u64 = 10;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looking {
    /// A part of a name, a number, or its end.
    q: String,
    /// A village's code.
    village: String,
}

/// `GET /area`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Query(looking): Query<Looking>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, shown) = (desk.page(&visit), desk.area());
    let title = page.say(labels::MY_AREA);
    let body = html! {
        h1 { (title) }
        (standing(&page, &shown))
        @if let Some(known) = &shown.known {
            @let state = desk.expected(known);
            (search(&page, &looking))
            (found(&page, known, &state, &looking))
        }
    };
    Ok(page.draw(title, &body))
}

/// `POST /area/refresh`: fetches what is new.
pub(crate) async fn refresh(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    desk.posted(form).await?;
    desk.copy.renewed(Duration::from_secs(REFRESH_WAIT_S)).await;
    Ok(go("/area"))
}

/// As of when this is, and why there is nothing newer.
pub(super) fn standing(page: &Page, shown: &Shown) -> Markup {
    let outage = shown.outage.map(|outage| match outage {
        Outage::Unreachable => labels::AREA_UNREACHABLE,
        Outage::Refused => labels::AREA_REFUSED,
        Outage::NotProven => labels::AREA_NOT_PROVEN,
        Outage::Stored => labels::AREA_NOT_STORED,
    });
    let gaps = shown.known.as_ref().map_or(0, |known| known.gaps().len());
    html! {
        @if let Some(outage) = outage { p.node.off role="status" { (page.say(outage)) } }
        @if gaps > 0 { p.node.off role="status" { (labels::AREA_GAPS.with(page.language, [&gaps])) } }
        @match &shown.known {
            None => p { (page.say(labels::AREA_EMPTY)) },
            Some(known) => {
                p.soft {
                    (labels::AREA_AS_OF.with(page.language, [&recorded(known)]))
                    @if !known.is_complete() { " " (page.say(labels::AREA_INCOMPLETE)) }
                }
            }
        }
        form.inline method="post" action="/area/refresh" enctype="multipart/form-data" {
            (page.hidden())
            button.plain.small { (page.say(labels::AREA_REFRESH)) }
        }
    }
}

/// When the last entry that is known was recorded.
fn recorded(known: &Known) -> String {
    let last = known.state().villages.values().map(|village| village.head.recorded_at).max();
    last.map_or_else(|| "–".to_owned(), |ms| moment(ms / 1_000))
}

fn search(page: &Page, looking: &Looking) -> Markup {
    html! {
        form.search method="get" action="/area" role="search" {
            div.field {
                label for="q" { (page.say(labels::SEARCH)) }
                p.hint id="q-hint" { (page.say(labels::SEARCH_HINT)) }
                input id="q" name="q" type="search" value=(looking.q) maxlength=(SEARCH_CHARS_MAX) autocomplete="off"
                    aria-describedby="q-hint";
            }
            button { (page.say(labels::SEARCH_BUTTON)) }
        }
    }
}

/// The villages; or the households that are looked for, or of the only village.
fn found(page: &Page, known: &Known, state: &state::State, looking: &Looking) -> Markup {
    let text = looking.q.trim();
    let village = looking.village.parse::<Area>().ok();
    let only = state.villages.keys().filter(|area| known.area().contains(**area)).collect::<Vec<_>>();
    let only = if let [only] = only.as_slice() { Some(**only) } else { None };
    if text.is_empty() && village.or(only).is_none() {
        return villages(page, known, state);
    }
    let wanted = (!text.is_empty()).then(|| known.personal().search(text));
    let is_wanted = |id: &HouseholdId| {
        wanted.as_ref().is_none_or(|wanted| wanted.contains(id) || id.to_string().starts_with(text))
    };
    let within = if text.is_empty() { village.or(only) } else { village };
    let inside = state.villages.iter().filter(|(area, _)| within.is_none_or(|within| within == **area));
    let cards = inside.flat_map(|(area, village)| village.households.iter().map(move |card| (*area, village, card)));
    let cards: Vec<_> = cards.filter(|(_, _, (id, _))| is_wanted(id)).collect();
    let name = within.and_then(|area| state.villages.get(&area)).map(|village| village.head.name.to_string());
    html! {
        section {
            h2 { (name.unwrap_or_else(|| page.say(labels::FOUND).to_owned())) }
            p.soft { (labels::HOUSEHOLDS_COUNT.with(page.language, [&cards.len()])) }
            @if cards.is_empty() { p { (page.say(labels::FOUND_NOTHING)) } }
            ul.items {
                @for (_, village, (id, card)) in cards.iter().take(ROWS_MAX) {
                    li { (row(page, known.personal(), village, (**id, card))) }
                }
            }
            @if cards.len() > ROWS_MAX { p.soft { (labels::FOUND_MORE.with(page.language, [&ROWS_MAX])) } }
        }
        @if let Some(area) = within {
            p {
                a.button href={ "/report?village=" (area) } { (page.say(labels::REPORT_ON_VILLAGE)) }
            }
        }
        @if only.is_none() { p { a href="/area" { (page.say(labels::ALL_VILLAGES)) } } }
    }
}

fn villages(page: &Page, known: &Known, state: &state::State) -> Markup {
    let villages = state.villages.iter().filter(|(area, _)| known.area().contains(**area));
    html! {
        section {
            h2 { (page.say(labels::VILLAGES)) }
            ul.items {
                @for (area, village) in villages {
                    @let poor = village.households.values().filter(|card| is_poor(card)).count();
                    li {
                        a href={ "/area?village=" (area) } { (village.head.name) }
                        span.soft {
                            " · " (area) " · "
                            (labels::VILLAGE_COUNTS.with(page.language, [&village.households.len(), &poor]))
                        }
                    }
                }
            }
        }
    }
}

fn is_poor(card: &Household) -> bool {
    card.status.is_poor()
}

/// A household in a list.
fn row(page: &Page, personal: &Personal, village: &Village, (id, card): (HouseholdId, &Household)) -> Markup {
    let name = head_name(personal, id, card);
    let first = card.officials.iter().find(|assigned| assigned.capacity == Capacity::First);
    html! {
        span.state { (Status::LIST.label(card.status.name(), page.language)) }
        " " a href={ "/households/" (id) } { @if name.is_empty() { (id) } @else { (name) } }
        span.soft {
            " · " (id) " · " (village.head.name)
            " · " (labels::PERSONS_COUNT.with(page.language, [&card.members.len()]))
            @match first {
                Some(first) => {
                    @let person = personal.official(first.official);
                    " · " (page.say(labels::RESPONSIBLE)) " "
                    @match person.filter(|person| !person.name.is_empty()) {
                        Some(person) => { (person.name) " " (phone(&person.phone)) }
                        None => (first.official),
                    }
                }
                None if card.status.is_live() => { " · " (page.say(labels::NOBODY)) }
                None => {}
            }
            @if let Some(visited) = card.visited { " · " (labels::VISITED_ON.with(page.language, [&visited])) }
        }
    }
}

/// A telephone number that a telephone can dial.
pub(super) fn phone(number: &str) -> Markup {
    html! { @if !number.is_empty() { a href={ "tel:" (number) } { (number) } } }
}

/// Name of the head, or of the first member.
pub(crate) fn head_name<'p>(personal: &'p Personal, id: HouseholdId, card: &Household) -> &'p str {
    let head = card.members.iter().find(|member| member.relation.name() == "head").or(card.members.first());
    head.map(|member| member.number).or(MemberNo::new(1)).map_or("", |number| personal.name(id, number))
}
