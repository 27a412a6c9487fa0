//! Approving an enrolment: what a device asks for, compared over the telephone by its code.

use super::administer::{event, new_id, not_yours, sign};
use super::{id, moment};
use crate::desk::Desk;
use crate::labels::{self, Label};
use crate::page::{Page, PageError, Visit};
use crate::posted::Posted;
use axum::extract::{Multipart, State};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_client::enrolment::{EnrolmentRequest, REQUEST_CHARS_MAX};
use lika_domain::area::Area;
use lika_domain::official::Role;
use lika_proto::convert::key_id;
use maud::{Markup, html};
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest text of a field, in characters.
const TEXT_CHARS_MAX: usize = 100;
/// What is wrong, by field.
type Faults = Vec<(&'static str, Label)>;

/// `GET /enrol`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    Ok(asking(&desk, &desk.page(&visit), "", None))
}

/// `POST /enrol`: shows the request; approves it once its code was typed.
pub(crate) async fn post(State(desk): State<Arc<Desk>>, visit: Visit, form: Multipart) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    let page = desk.page(&Visit { language: visit.language, here: "/enrol".to_owned() });
    let text = posted.get("request").unwrap_or_default();
    let request = match EnrolmentRequest::parse(text) {
        Ok(request) if request.origin == desk.key()?.origin => request,
        Ok(_) => return Ok(asking(&desk, &page, text, Some(labels::ENROL_OTHER_LOG))),
        Err(_) => return Ok(asking(&desk, &page, text, Some(labels::ENROL_NO_REQUEST))),
    };
    if posted.get("do") != Some("approve") {
        return show(&desk, &page, &request, &posted, &Vec::new());
    }
    let mut faults = faults(&desk, &request, &posted);
    let typed = posted.get("code").unwrap_or_default().to_owned();
    let compared = request.clone();
    // The code is slow to derive, as it must.
    let same = tokio::task::spawn_blocking(move || compared.code().is(&typed)).await;
    if !same.unwrap_or(false) {
        faults.push(("code", labels::ENROL_CODE_DIFFERS));
    }
    if !faults.is_empty() {
        return show(&desk, &page, &request, &posted, &faults);
    }
    sign(&desk, id(posted.get("id").unwrap_or_default())?, events(&request, &posted)).await
}

/// What will be signed: the official, if a role was chosen, and the key.
fn events(request: &EnrolmentRequest, posted: &Posted) -> Vec<Value> {
    let mut events = Vec::new();
    if let Some(role) = given(posted, "role") {
        let mut enrolled = json!({
            "role": role, "area": given(posted, "area"), "unit": text(posted, "unit"), "post": text(posted, "post"),
        });
        let (name, phone) = (text(posted, "name"), text(posted, "phone"));
        if !name.is_empty() || !phone.is_empty() {
            enrolled["private"] = json!({"name": name, "phone": phone});
        }
        events.push(event(request.official, "official_enrolled", enrolled));
    }
    let key = json!({"public_key": BASE64_STANDARD.encode(request.public), "device": text(posted, "device")});
    events.push(event(request.official, "key_enrolled", key));
    events
}

fn given<'p>(posted: &'p Posted, name: &str) -> Option<&'p str> {
    posted.get(name).map(str::trim).filter(|text| !text.is_empty())
}

fn text(posted: &Posted, name: &str) -> String {
    given(posted, name).unwrap_or_default().chars().take(TEXT_CHARS_MAX).collect()
}

fn faults(desk: &Desk, request: &EnrolmentRequest, posted: &Posted) -> Faults {
    let mut faults = Vec::new();
    let role = given(posted, "role");
    if role.is_some_and(|role| Role::LIST.find(role).is_none()) || role.is_none() && is_unknown(desk, request) {
        faults.push(("role", labels::ENROL_ROLE_MISSING));
    }
    if role.is_some() && given(posted, "area").is_none_or(|area| area.parse::<Area>().is_err()) {
        faults.push(("area", labels::ENROL_AREA_INVALID));
    }
    faults
}

/// Whether the official is not enrolled, as far as is known here.
fn is_unknown(desk: &Desk, request: &EnrolmentRequest) -> bool {
    let known = desk.area().known.filter(|known| known.is_complete());
    known.is_some_and(|known| !known.state().officials.contains_key(&request.official))
}

/// The page that asks for the request.
fn asking(desk: &Desk, page: &Page, typed: &str, fault: Option<Label>) -> Response {
    let title = page.say(labels::ENROL_TITLE);
    let body = html! {
        h1 { (title) }
        (not_yours(desk, page))
        p { (page.say(labels::ENROL_WHY)) }
        form method="post" action="/enrol" enctype="multipart/form-data" {
            (page.hidden())
            div.field.bad[fault.is_some()] {
                label for="request" { (page.say(labels::ENROL_REQUEST)) }
                p.hint id="request-hint" { (page.say(labels::ENROL_REQUEST_HINT)) }
                textarea id="request" name="request" rows="5" required maxlength=(REQUEST_CHARS_MAX)
                    autocomplete="off" spellcheck="false" aria-describedby="request-hint request-fault"
                    aria-invalid=[fault.map(|_| "true")] { (typed) }
                p.fault id="request-fault" { @if let Some(fault) = fault { (page.say(fault)) } }
            }
            button { (page.say(labels::ENROL_READ)) }
        }
    };
    page.draw(title, &body)
}

/// The request, and what an administrator adds to it.
fn show(
    desk: &Desk,
    page: &Page,
    request: &EnrolmentRequest,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, PageError> {
    let id = match posted.get("id") {
        Some(drawn) => id(drawn)?,
        None => new_id()?,
    };
    let title = page.say(labels::ENROL_TITLE);
    let body = html! {
        h1 { (title) }
        (not_yours(desk, page))
        section {
            dl.facts {
                dt { (page.say(labels::OFFICIAL)) } dd { (request.official) }
                dt { (page.say(labels::ENROL_SAID_NAME)) } dd { (request.name) }
                dt { (page.say(labels::KEY)) } dd { code { (key_id(&request.public)) } }
                dt { (page.say(labels::ENROL_MADE)) } dd { (moment(request.made_at_s)) }
                dt { (page.say(labels::LOG)) } dd { (request.origin) }
                dt { (page.say(labels::ENROL_KNOWN)) } dd { (standing(desk, page, request)) }
            }
        }
        p { (page.say(labels::ENROL_CALL)) }
        form method="post" action="/enrol" enctype="multipart/form-data" {
            (page.hidden())
            input type="hidden" name="request" value=(request);
            input type="hidden" name="id" value=(id);
            (field(page, posted, faults, ("code", labels::ENROL_CODE, labels::ENROL_CODE_HINT), None))
            (role(page, posted, faults))
            (field(page, posted, faults, ("area", labels::ENROL_AREA, labels::ENROL_AREA_HINT), None))
            (field(page, posted, faults, ("name", labels::NAME, labels::ENROL_NAME_HINT), Some(&request.name)))
            (field(page, posted, faults, ("phone", labels::PHONE, labels::PRIVATE_HINT), None))
            (field(page, posted, faults, ("unit", labels::ENROL_UNIT, labels::OPTIONAL), None))
            (field(page, posted, faults, ("post", labels::ENROL_POST, labels::OPTIONAL), None))
            (field(page, posted, faults, ("device", labels::ENROL_DEVICE, labels::ENROL_DEVICE_HINT), None))
            p { (labels::ENROL_SIGNS.with(page.language, [&request.official])) " " (page.say(labels::SIGN_WHY)) }
            div.actions {
                button name="do" value="approve" { (page.say(labels::ENROL_APPROVE)) } " "
                a.button.plain href="/enrol" { (page.say(labels::ENROL_ANOTHER)) }
            }
        }
    };
    Ok(page.draw(title, &body))
}

/// What the log says of the official and the key, as far as is known here.
fn standing(desk: &Desk, page: &Page, request: &EnrolmentRequest) -> String {
    let language = page.language;
    let Some(known) = desk.area().known.filter(|known| known.is_complete()) else {
        return page.say(labels::ENROL_NOT_KNOWN).to_owned();
    };
    let state = known.state();
    if state.keys.get(&key_id(&request.public)).is_some_and(|key| key.until.is_none()) {
        return page.say(labels::ENROL_BEFORE).to_owned();
    }
    match state.officials.get(&request.official).map(|official| official.roles.last()) {
        None => page.say(labels::ENROL_NEW).to_owned(),
        Some(Some((_, Some((role, area))))) => format!("{} · {area}", Role::LIST.label(role.name(), language)),
        Some(_) => page.say(labels::NO_ROLE).to_owned(),
    }
}

fn fault(faults: &Faults, name: &str) -> Option<Label> {
    faults.iter().find(|(field, _)| *field == name).map(|(_, fault)| *fault)
}

fn field(
    page: &Page,
    posted: &Posted,
    faults: &Faults,
    (name, label, hint): (&str, Label, Label),
    proposed: Option<&str>,
) -> Markup {
    let fault = fault(faults, name);
    html! {
        div.field.bad[fault.is_some()] {
            label for=(name) { (page.say(label)) }
            p.hint id={ (name) "-hint" } { (page.say(hint)) }
            input id=(name) name=(name) value=(posted.get(name).or(proposed).unwrap_or_default())
                maxlength=(TEXT_CHARS_MAX) autocomplete="off" required[name == "code"]
                aria-describedby={ (name) "-hint " (name) "-fault" } aria-invalid=[fault.map(|_| "true")];
            p.fault id={ (name) "-fault" } { @if let Some(fault) = fault { (page.say(fault)) } }
        }
    }
}

fn role(page: &Page, posted: &Posted, faults: &Faults) -> Markup {
    let fault = fault(faults, "role");
    html! {
        div.field.bad[fault.is_some()] {
            label for="role" { (page.say(labels::ROLE)) }
            p.hint id="role-hint" { (page.say(labels::ENROL_ROLE_HINT)) }
            select id="role" name="role" aria-describedby="role-hint role-fault"
                aria-invalid=[fault.map(|_| "true")] {
                option value="" { (page.say(labels::ENROL_KEY_ALONE)) }
                @for role in Role::ALL {
                    option value=(role.name()) selected[posted.get("role") == Some(role.name())] {
                        (labels::capital(&Role::LIST.label(role.name(), page.language)))
                    }
                }
            }
            p.fault id="role-fault" { @if let Some(fault) = fault { (page.say(fault)) } }
        }
    }
}
