//! The form of a report. Whatever is sent is saved as a draft first, so that a crash loses nothing that was typed.

use super::{go, id, summary, unlock};
use crate::answers::Answers;
use crate::attached::ATTACHMENTS;
use crate::check::{Fault, check, event_of, fault};
use crate::desk::{Desk, today};
use crate::form::computed::compute;
use crate::form::lists::Lists;
use crate::form::{FORM_ID, Form, is_of_village};
use crate::labels;
use crate::page::{Page, PageError, Visit};
use crate::posted::Posted;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use lika_client::Random;
use lika_client::problem::Problem;
use lika_domain::catalogue;
use lika_domain::describe::{Concerns, Event, Field, Value as Takes};
use lika_domain::ids::SubmissionId;
use lika_domain::language::{Bilingual, Language};
use maud::html;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most amounts that an event has before they begin with zero: most kinds of income are nothing for most households.
const AMOUNTS_OF_A_TABLE: usize = 4;
/// The field of a draft in which the desk keeps what is not part of the report.
const DESK: &str = "desk";

/// What the desk keeps with a draft besides its report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Besides {
    /// Problems for which an earlier version was refused.
    pub(crate) refused: Vec<Problem>,
}

/// A draft, read for its form.
pub(crate) struct Kept {
    pub(crate) event: &'static Event,
    pub(crate) answers: Answers,
    pub(crate) besides: Besides,
    /// The report, without what the desk keeps besides.
    pub(crate) report: Value,
}

/// `GET /report/{event}`: an empty form, with what the query names filled in: `village`, `household`, `official`, and
/// any field of the event.
pub(crate) async fn new(
    State(desk): State<Arc<Desk>>,
    Path(event): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let event = catalogue::event(&event).ok_or(PageError::NotFound)?;
    let id = Random::system().submission_id().map_err(|error| PageError::Unsigned(error.to_string()))?;
    let mut answers = Answers::default();
    answers.propose("area", &area(&desk, event, query.get("village")));
    answers.propose("around.happened", &today().to_string());
    let new = if event.name == "household_registered" { "new-1" } else { "" };
    answers.propose("around.household", query.get("household").map_or(new, String::as_str));
    let myself = desk.key()?.official.to_string();
    answers.propose("around.official", query.get("official").map_or(own(event, &myself), String::as_str));
    for (name, answer) in query.iter().filter(|(name, _)| event.fields.iter().any(|field| field.name == *name)) {
        answers.propose(&format!("event.{name}"), answer);
    }
    begin(event, &mut answers);
    let lists = lists(&desk, &answers, visit.language);
    lists.propose(event, &mut answers);
    draw(
        &desk,
        &visit,
        &View { id, event, answers: &answers, lists: &lists, faults: &[], refused: false, saved: false },
    )
}

/// What the desk knows, to choose from; nothing where the area has not been fetched.
fn lists(desk: &Desk, answers: &Answers, language: Language) -> Lists {
    let known = desk.area().known;
    known.map(|known| Lists::new(&known, &desk.expected(&known), answers, language)).unwrap_or_default()
}

/// The official whom the event most likely concerns.
fn own<'m>(event: &Event, myself: &'m str) -> &'m str {
    if event.concerns == Concerns::OfficialAndHousehold && event.name.contains("visit") { myself } else { "" }
}

/// The area that the report most likely concerns: the one named, the official's own village, or the log's area for
/// what concerns all of it.
fn area(desk: &Desk, event: &Event, named: Option<&String>) -> String {
    let who = desk.seen().who;
    if let Some(named) = named {
        return named.clone();
    }
    match (is_of_village(event), who.area, who.log) {
        (true, Some(area), _) if area.len() == 12 => area,
        (false, _, Some(log)) => log.area,
        _ => String::new(),
    }
}

/// What nearly always is the answer, as the questions on the command line propose it.
fn begin(event: &'static Event, answers: &mut Answers) {
    let amounts = event.fields.iter().filter(|field| field.value == Takes::Amount).count();
    begin_fields("event", event.fields, amounts >= AMOUNTS_OF_A_TABLE, answers);
}

fn begin_fields(way: &str, fields: &'static [Field], zero: bool, answers: &mut Answers) {
    for field in fields {
        let name = format!("{way}.{}", field.name);
        match field.value {
            Takes::Count { .. } => answers.propose(&name, "0"),
            Takes::Amount if zero => answers.propose(&format!("{name}_yuan"), "0.00"),
            Takes::Flat(record) => begin_fields(way, record.fields, zero, answers),
            Takes::Record(record) => begin_fields(&name, record.fields, zero, answers),
            Takes::Special { wire, .. } if !wire.is_empty() => begin_fields(way, wire, zero, answers),
            Takes::Records { record, .. } => {
                let place = answers.len(&name).saturating_sub(1);
                begin_fields(&format!("{name}.{place}"), record.fields, zero, answers);
                answers.propose(&format!("{name}.{place}.number"), &(place + 1).to_string());
            }
            _ => {}
        }
    }
}

/// What a query of a form's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    /// Show what is wrong.
    checked: Option<String>,
    /// Say that it was saved.
    saved: Option<String>,
}

/// `GET /drafts/{id}`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    Query(shown): Query<Shown>,
    visit: Visit,
) -> Result<Response, PageError> {
    let id = id(&name)?;
    // What was signed meanwhile, perhaps from another window, is shown as what it is now.
    let Some(Kept { event, mut answers, besides, .. }) = kept(&desk, id)? else {
        return Ok(go(&format!("/submissions/{id}")));
    };
    let lists = lists(&desk, &answers, visit.language);
    lists.propose(event, &mut answers);
    let checked = shown.checked.is_some();
    let mut faults = if checked { check(event, &answers, &desk.home, &desk.key()?) } else { Vec::new() };
    let refused = !checked && !besides.refused.is_empty();
    if refused {
        faults = besides.refused.iter().map(|problem| of_problem(event, &answers, problem)).collect();
    }
    let saved = shown.saved.is_some();
    draw(&desk, &visit, &View { id, event, answers: &answers, lists: &lists, faults: &faults, refused, saved })
}

/// A problem of a refusal, beside the answer that it concerns.
pub(crate) fn of_problem(event: &'static Event, answers: &Answers, problem: &Problem) -> Fault {
    let what = Bilingual::new(problem.zh.clone(), problem.en.clone());
    fault(event, answers, &problem.field, &problem.code, what, &problem.detail)
}

/// The draft of that id; `None` if there is none.
pub(crate) fn kept(desk: &Desk, id: SubmissionId) -> Result<Option<Kept>, PageError> {
    let Some(mut report) = desk.home.draft(id)?.map(|draft| draft.report) else { return Ok(None) };
    let besides = report.as_object_mut().and_then(|report| report.remove(DESK));
    let besides = besides.and_then(|besides| serde_json::from_value(besides).ok()).unwrap_or_default();
    let event = event_of(&report).ok_or(PageError::NotFound)?;
    Ok(Some(Kept { event, answers: Answers::of_report(event, &report), besides, report }))
}

/// Saves the report of a draft, with what the desk keeps besides.
pub(crate) fn save(desk: &Desk, id: SubmissionId, mut report: Value, besides: &Besides) -> Result<(), PageError> {
    if let (Some(object), false) = (report.as_object_mut(), besides.refused.is_empty()) {
        object.insert(DESK.to_owned(), serde_json::to_value(besides).unwrap_or_default());
    }
    Ok(desk.home.save_draft(id, &report)?)
}

/// What the page of a form shows.
struct View<'a> {
    id: SubmissionId,
    event: &'static Event,
    answers: &'a Answers,
    lists: &'a Lists,
    faults: &'a [Fault],
    /// The faults are those of an earlier refusal.
    refused: bool,
    saved: bool,
}

fn draw(desk: &Desk, visit: &Visit, view: &View<'_>) -> Result<Response, PageError> {
    let page = Page { form: Some(FORM_ID), ..desk.page(visit) };
    let View { id, event, answers, lists, faults, .. } = *view;
    let form = Form { page: &page, event, answers, faults, lists };
    let title = summary::title(event, page.language);
    let body = html! {
        h1 { (title) }
        p.soft { (event.meaning.one(page.language)) }
        @if view.refused { p.notice role="status" { (page.say(labels::REFUSED_BEFORE)) } }
        @if view.saved { p.node.good role="status" { (page.say(labels::SAVED)) } }
        (form.draw(&format!("/drafts/{id}")))
    };
    Ok(page.draw(&title, &body))
}

/// `POST /drafts/{id}`: saves the draft, and does what the button says. While the key is locked it only saves.
pub(crate) async fn post(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    form: Multipart,
) -> Result<Response, PageError> {
    let id = id(&name)?;
    let posted = desk.posted_with_files(form, ATTACHMENTS).await?;
    let event = posted.get("event_name").and_then(catalogue::event).ok_or(PageError::NotFound)?;
    let mut answers = Answers::posted(&posted.answers);
    let lists = lists(&desk, &answers, Language::default());
    lists.propose(event, &mut answers);
    compute(event, &mut answers, lists.members_count());
    let (action, at) = action(&posted);
    match action {
        "add" if is_way(at) => {
            answers.add(at);
            begin(event, &mut answers);
        }
        "remove" if is_way(at) => answers.remove(at),
        _ => {}
    }
    // The problems of an earlier refusal stand there until the answers are checked again.
    let besides = match action {
        "check" => Besides::default(),
        _ => kept(&desk, id)?.map(|kept| kept.besides).unwrap_or_default(),
    };
    save(&desk, id, answers.report(event), &besides)?;
    let form = format!("/drafts/{id}");
    let key = desk.key()?;
    Ok(match action {
        "language" => change_language(&form, at),
        _ if desk.is_locked() => go(&unlock::address(&form)),
        "save" => go(&format!("{form}?saved=1")),
        "add" => go(&format!("{form}#{}", format!("{at}.{}", answers.len(at).saturating_sub(1)).replace('.', "-"))),
        "remove" => go(&format!("{form}#{}", at.rsplit_once('.').map_or("", |(list, _)| list).replace('.', "-"))),
        "refresh" => go(&form),
        _ if check(event, &answers, &desk.home, &key).is_empty() => go(&format!("{form}/sign")),
        _ => go(&format!("{form}?checked=1#faults")),
    })
}

/// The button that was pressed, and what it concerns.
fn action(posted: &Posted) -> (&str, &str) {
    let pressed = posted.get("do").unwrap_or("check");
    pressed.split_once(':').unwrap_or((pressed, ""))
}

/// Whether it can be the name of an answer, and so of an anchor.
fn is_way(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_')
}

/// Leads back in the other language.
pub(crate) fn change_language(to: &str, code: &str) -> Response {
    let mut response = go(to);
    if let Some(language) = Language::from_tag(code) {
        let cookie =
            format!("{}={}; Path=/; SameSite=Strict; Max-Age=31536000", crate::page::LANGUAGE_COOKIE, language.code());
        if let Ok(cookie) = cookie.parse() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}
