//! Revoking the keys of an official, as when a device was stolen: their number is enough.

use super::administer::{event, new_id, not_yours, sign};
use super::id;
use crate::desk::Desk;
use crate::labels::{self, capital};
use crate::page::{Page, PageError, Visit};
use axum::extract::{Multipart, Query, State};
use axum::response::Response;
use lika_client::replica::Known;
use lika_domain::ids::{KeyId, OfficialId};
use lika_domain::official::RevokeReason;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Whose keys to show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Whose {
    official: String,
}

/// `GET /revoke`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Query(whose): Query<Whose>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, known) = (desk.page(&visit), desk.area().known);
    let official = official(&whose.official);
    let title = page.say(labels::REVOKE_TITLE);
    let body = html! {
        h1 { (title) }
        (not_yours(&desk, &page))
        p { (page.say(labels::REVOKE_WHY)) }
        form.search method="get" action="/revoke" {
            div.field {
                label for="official" { (page.say(labels::OFFICIAL)) }
                input id="official" name="official" value=(whose.official) required inputmode="numeric" maxlength="8";
            }
            button.plain[official.is_some()] { (page.say(labels::REVOKE_FIND)) }
        }
        @match (official, known) {
            (None, _) => @if !whose.official.is_empty() {
                p.fault role="alert" { (page.say(labels::REVOKE_NO_NUMBER)) }
            },
            (Some(_), None) => p.node.off role="status" { (page.say(labels::AREA_EMPTY)) },
            (Some(official), Some(known)) => (keys(&desk, &page, official, &known)?),
        }
    };
    Ok(page.draw(title, &body))
}

/// The keys of the official, and the button that revokes those that are ticked: at first all of them.
fn keys(desk: &Desk, page: &Page, official: OfficialId, known: &Known) -> Result<Markup, PageError> {
    let held = held(official, known);
    let own = desk.key()?.id();
    let name = known.personal().official(official).map(|person| person.name.as_str()).unwrap_or_default();
    Ok(html! {
        @if held.is_empty() {
            p.node.off role="status" { (labels::REVOKE_NO_KEY.with(page.language, [&official])) }
        } @else {
            form method="post" action="/revoke" enctype="multipart/form-data" {
                (page.hidden())
                input type="hidden" name="official" value=(official);
                input type="hidden" name="id" value=(new_id()?);
                fieldset {
                    legend { (labels::REVOKE_KEYS.with(page.language, [&official, &name])) }
                    div.ticks {
                        @for (key, submissions) in &held {
                            label {
                                input type="checkbox" name="key" value=(key) checked;
                                span { code { (key) } " · " (labels::REVOKE_USED.with(page.language, [submissions])) }
                                @if *key == own { strong { (page.say(labels::REVOKE_OWN)) } }
                            }
                        }
                    }
                }
                div.field {
                    label for="reason" { (page.say(labels::REASON)) }
                    select id="reason" name="reason" {
                        @for reason in RevokeReason::ALL {
                            option value=(reason.name()) {
                                (capital(&RevokeReason::LIST.label(reason.name(), page.language)))
                            }
                        }
                    }
                }
                p { (page.say(labels::REVOKE_SIGNS)) " " (page.say(labels::SIGN_WHY)) }
                button { (page.say(labels::REVOKE_SIGN)) }
            }
        }
    })
}

/// Keys of an official that are not revoked, and how often each was used.
fn held(official: OfficialId, known: &Known) -> Vec<(KeyId, u64)> {
    let keys = known.state().keys.iter();
    let held = keys.filter(|(_, key)| key.official == official && key.until.is_none());
    held.map(|(id, key)| (*id, key.sequence)).collect()
}

fn official(text: &str) -> Option<OfficialId> {
    text.trim().parse().ok().and_then(OfficialId::new)
}

/// `POST /revoke`
pub(crate) async fn post(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    let official = official(posted.get("official").unwrap_or_default()).ok_or(PageError::NotFound)?;
    let reason = posted.get("reason").filter(|reason| RevokeReason::LIST.find(reason).is_some());
    let reason = reason.ok_or(PageError::NotFound)?;
    let ticked = posted.answers.iter().filter(|(name, _)| name == "key");
    let keys: Vec<u64> = ticked.filter_map(|(_, key)| u64::from_str_radix(key, 16).ok()).collect();
    if keys.is_empty() {
        return Ok(super::go(&format!("/revoke?official={official}")));
    }
    let revoked = |key: &u64| event(official, "key_revoked", json!({"key": key.to_string(), "reason": reason}));
    sign(&desk, id(posted.get("id").unwrap_or_default())?, keys.iter().map(revoked).collect()).await
}
