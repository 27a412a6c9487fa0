//! One submission: what was reported, what has become of it, and what can be done about it.

use super::draft::{Besides, save};
use super::sign::sent;
use super::{go, id, moment, summary};
use crate::desk::Desk;
use crate::labels::{self, Label, capital};
use crate::page::{Page, PageError, Visit};
use crate::posted::Posted;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use lika_client::home::{Item, State as Stage};
use lika_client::receipt::Proven;
use lika_client::summary::EventSummary;
use lika_client::{Random, plain, reopen};
use lika_domain::detail;
use lika_domain::ids::SubmissionId;
use lika_proto::convert;
use maud::{Markup, html};
use serde_json::Value;
use std::sync::Arc;

/// Longest reason for giving something up, in characters.
const REASON_CHARS_MAX: usize = 200;

/// `GET /submissions/{id}`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, PageError> {
    let page = desk.page(&visit);
    let item = desk.home.item(&name)?.ok_or(PageError::NotFound)?;
    if item.state == Stage::Draft {
        return Ok(go(&format!("/drafts/{name}")));
    }
    let id = id(&name)?;
    let (title, why) = told(item.state);
    let proven = match item.state {
        Stage::Receipted => desk.home.verify_receipt(id, item.origin.as_deref().unwrap_or_default())?,
        _ => None,
    };
    let report = reported(&desk, id)?;
    let events = report.map(in_words).unwrap_or_default();
    let body = html! {
        h1 { (page.say(title)) }
        p.node.(if item.state == Stage::Receipted { "good" } else { "off" }) role="status" { (page.say(why)) }
        (problems(&page, &item))
        (actions(&page, &item))
        (facts(&page, &item, proven.as_ref()))
        (summary::events(&page, &events))
        p.actions {
            a.button.plain href="/report" { (page.say(labels::ANOTHER)) }
            " " a.button.plain href="/" { (page.say(labels::BACK_HOME)) }
        }
    };
    Ok(page.draw(page.say(title), &body))
}

fn told(state: Stage) -> (Label, Label) {
    match state {
        Stage::Receipted => (labels::RECEIPT, labels::RECEIPT_GOOD),
        Stage::NeedsCorrection | Stage::Conflict => (labels::REFUSED_TITLE, labels::REFUSED_WHY),
        Stage::Quarantined => (labels::QUARANTINED_TITLE, labels::QUARANTINED_WHY),
        Stage::Discarded => (labels::DISCARDED_TITLE, labels::DISCARD_HINT),
        Stage::Draft | Stage::Queued | Stage::Sending => (labels::WAITS_TITLE, labels::WAITS_WHY),
    }
}

/// The report of a submission in the form of a file, with personal data as far as its keys are here; `None` if it
/// cannot be read.
fn reported(desk: &Desk, id: SubmissionId) -> Result<Option<Value>, PageError> {
    let bytes = match desk.home.receipt(id)? {
        Some(kept) => convert::entry(0, &kept.entry).ok().map(|(_, signed)| signed.submission),
        None => desk.home.unreceipted(id).ok().flatten().map(|pending| pending.signed.submission),
    };
    Ok(bytes.and_then(|bytes| reopen::report(&desk.home, &bytes).ok()))
}

/// Every event of a report that was signed, and so holds nothing that could not be read.
fn in_words(mut report: Value) -> Vec<EventSummary> {
    let Some(report) = report.as_object_mut() else { return Vec::new() };
    // What this program does not know of it stays as it is.
    let _ = plain::to_mapping(report);
    lika_client::summary::events(report, true)
}

fn problems(page: &Page, item: &Item) -> Markup {
    let language = page.language;
    html! {
        @if !item.problems.is_empty() {
            ul.problems {
                @for problem in &item.problems {
                    li.fault {
                        (capital(language.of(&problem.zh, &problem.en)))
                        @if !problem.detail.is_empty() {
                            span { "：" (detail::told(&problem.code, &problem.detail, language)) }
                        }
                    }
                }
            }
        }
        @if item.may_be_recorded && item.state.is_open() && item.tries > 0 {
            p.soft { (page.say(labels::MAY_BE_RECORDED)) }
        }
    }
}

/// What can be done, by its state. There is always something.
fn actions(page: &Page, item: &Item) -> Markup {
    let action = |name: &str, label: Label, plain: bool| {
        html! {
            form.inline method="post" action={ "/submissions/" (item.id) "/" (name) } enctype="multipart/form-data" {
                (page.hidden())
                button.plain[plain] { (page.say(label)) }
            }
        }
    };
    html! {
        div.actions {
            @match item.state {
                Stage::NeedsCorrection | Stage::Conflict => {
                    (action("correct", labels::CORRECT, false)) " " (action("retry", labels::RETRY, true))
                }
                Stage::Quarantined | Stage::Discarded => (action("retry", labels::RETRY, false)),
                Stage::Queued | Stage::Sending => (super::outbox::send_now(page)),
                Stage::Draft | Stage::Receipted => {}
            }
        }
        @if item.state.is_open() { (discard(page, item)) }
    }
}

fn discard(page: &Page, item: &Item) -> Markup {
    html! {
        details.part {
            summary { (page.say(labels::DISCARD)) }
            form method="post" action={ "/submissions/" (item.id) "/discard" } enctype="multipart/form-data" {
                (page.hidden())
                div.field {
                    label for="reason" { (page.say(labels::DISCARD_REASON)) }
                    p.hint id="reason-hint" { (page.say(labels::DISCARD_HINT)) }
                    input id="reason" name="reason" required maxlength=(REASON_CHARS_MAX)
                        aria-describedby="reason-hint";
                }
                button.plain { (page.say(labels::DISCARD)) }
            }
        }
    }
}

fn facts(page: &Page, item: &Item, proven: Option<&Proven>) -> Markup {
    let language = page.language;
    html! {
        section {
            dl.facts {
                dt { (page.say(labels::STATE)) } dd { (capital(language.of(item.state.zh(), item.state.en()))) }
                @if let Some(proven) = proven {
                    dt { (page.say(labels::ENTRY)) } dd { (proven.index) }
                    dt { (page.say(labels::RECORDED_AT)) } dd { (moment(proven.recorded_at_ms / 1_000)) }
                    dt { (page.say(labels::CHECKPOINT)) } dd { (labels::CHECKPOINT_OF.with(language, [&proven.size])) }
                }
                dt { (page.say(labels::SUBMISSION)) } dd { code { (item.id) } }
                @if let Some(origin) = &item.origin { dt { (page.say(labels::LOG)) } dd { (origin) } }
                @if let Some(area) = &item.area { dt { (page.say(labels::PLACE)) } dd { (area) } }
                @if let Some(reason) = &item.reason { dt { (page.say(labels::REASON)) } dd { (reason) } }
            }
        }
    }
}

/// `POST /submissions/{id}/{action}`
pub(crate) async fn post(
    State(desk): State<Arc<Desk>>,
    Path((name, action)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    let id = id(&name)?;
    match action.as_str() {
        "correct" => correct(&desk, id),
        "retry" => {
            // What was signed with a key that counts no more is signed anew with the one of this desk.
            desk.home.retry(&name, Some(&desk.key()?)).or_else(|_| desk.home.retry(&name, None))?;
            sent(&desk, id).await?;
            Ok(go(&format!("/submissions/{id}")))
        }
        "discard" => discarded(&desk, &name, &posted),
        _ => Err(PageError::NotFound),
    }
}

/// Makes a draft of what was refused, with its problems; what was refused stays, given up.
fn correct(desk: &Desk, id: SubmissionId) -> Result<Response, PageError> {
    let item = desk.home.item(&id.to_string())?.ok_or(PageError::NotFound)?;
    let report = reported(desk, id)?.ok_or(PageError::NotFound)?;
    let new = Random::system().submission_id().map_err(|error| PageError::Unsigned(error.to_string()))?;
    save(desk, new, report, &Besides { refused: item.problems })?;
    // First the draft: a crash in between leaves both.
    desk.home.discard(&id.to_string(), &format!("{new}"))?;
    Ok(go(&format!("/drafts/{new}")))
}

fn discarded(desk: &Desk, name: &str, posted: &Posted) -> Result<Response, PageError> {
    let reason: String = posted.get("reason").unwrap_or_default().trim().chars().take(REASON_CHARS_MAX).collect();
    if reason.is_empty() {
        return Ok(go(&format!("/submissions/{name}")));
    }
    desk.home.discard(name, &reason)?;
    Ok(go("/outbox"))
}
