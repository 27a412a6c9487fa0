//! Who I am: my role, my area, and what these allow; and what an administrator does with keys.

use super::summary;
use crate::desk::Desk;
use crate::labels;
use crate::page::{PageError, Visit};
use axum::extract::State;
use axum::response::Response;
use lika_domain::catalogue;
use lika_domain::describe::Reporters;
use lika_domain::official::Role;
use maud::html;
use std::sync::Arc;

/// `GET /me`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    let (page, who, key) = (desk.page(&visit), desk.seen().who, desk.key()?);
    let language = page.language;
    let role = Role::ALL.iter().copied().find(|role| who.role.as_deref() == Some(role.name()));
    let title = page.say(labels::ME_TITLE);
    let body = html! {
        h1 { (title) }
        @match who.enrolled {
            None => p.node.off role="status" { (page.say(labels::WHO_UNKNOWN)) },
            Some(false) => p.node.off role="status" {
                (labels::NOT_ENROLLED.with(language, [&format!("{} {}", key.name, key.id())]))
            },
            Some(true) => {},
        }
        section {
            dl.facts {
                @if !who.name.is_empty() { dt { (page.say(labels::NAME)) } dd { (who.name) } }
                dt { (page.say(labels::OFFICIAL)) } dd { (key.official) }
                @if who.enrolled == Some(true) {
                    dt { (page.say(labels::ROLE)) }
                    dd {
                        @match role {
                            Some(role) => (Role::LIST.label(role.name(), language)),
                            None => (page.say(labels::NO_ROLE)),
                        }
                    }
                }
                @if let Some(area) = &who.area { dt { (page.say(labels::AREA)) } dd { (area) } }
                dt { (page.say(labels::KEY)) } dd { (key.name) " " code { (key.id()) } }
                dt { (page.say(labels::LOG)) } dd { (key.origin) }
            }
        }
        @if role == Some(Role::Administrator) {
            p.actions {
                a.button href="/enrol" { (page.say(labels::ENROL_TITLE)) } " "
                a.button.plain href="/revoke" { (page.say(labels::REVOKE_TITLE)) }
            }
        }
        @if let (Some(role), Some(area)) = (role, &who.area) {
            section {
                h2 { (page.say(labels::ME_MAY)) }
                p { (labels::ME_MAY_WHERE.with(language, [area])) }
                ul.events {
                    @for event in catalogue::reportable(role) {
                        li {
                            a href={ "/report/" (event.name) } { (summary::title(event, language)) }
                            @if let Reporters::ByContent(how) = event.reporters { small { (how.one(language)) } }
                        }
                    }
                }
            }
        }
    };
    Ok(page.draw(title, &body))
}
