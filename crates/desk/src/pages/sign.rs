//! What will be signed, in words, and the signing of it.

use super::draft::{Kept, kept};
use super::{foreseen, go, id, summary};
use crate::attached;
use crate::check::check;
use crate::desk::{Desk, now_s};
use crate::labels;
use crate::page::{PageError, Visit};
use crate::posted::Posted;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use lika_client::draft::Draft;
use lika_client::example::service;
use lika_client::replica::Judged;
use lika_client::{Random, file};
use lika_domain::ids::SubmissionId;
use maud::html;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for the answer of the node before the page says that it is on its way, in milliseconds.
const ANSWER_WAIT_MS: u64 = 4_000;
/// How often to look for it, in milliseconds.
const ANSWER_POLL_MS: u64 = 50;

/// `GET /drafts/{id}/sign`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, PageError> {
    show(&desk, id(&name)?, &visit, None).await
}

/// The report in words, what the rules say of it, and the button that signs; `posted` holds reasons typed before.
async fn show(desk: &Desk, id: SubmissionId, visit: &Visit, posted: Option<&Posted>) -> Result<Response, PageError> {
    let page = desk.page(visit);
    let Some(Kept { event, answers, report, .. }) = kept(desk, id)? else {
        return Ok(go(&format!("/submissions/{id}")));
    };
    let key = desk.key()?;
    if !check(event, &answers, &desk.home, &key).is_empty() {
        return Ok(go(&format!("/drafts/{id}?checked=1#faults")));
    }
    let (draft, mut random) = ready(desk, &report)?;
    let mut file = draft.file;
    let read = file::read(&file.to_string(), &desk.home, &key.origin, &mut random);
    let read = read.map_err(|error| PageError::Unsigned(error.to_string()))?;
    let (judged, unjudged) = match foreseen::judge(desk, &key, &read, &file).await? {
        Ok(judged) => (judged, None),
        Err(why) => (Judged::default(), Some(why)),
    };
    // Its number is drawn when it is signed; the one drawn now would be another.
    if let (Some(place), false) =
        (file.pointer_mut(&format!("/{}/events/0/household", service(event))), draft.drawn.is_empty())
    {
        *place = page.say(labels::NEW_NUMBER).into();
    }
    let events = file.as_object().map(|file| lika_client::summary::events(file, true)).unwrap_or_default();
    let title = page.say(labels::SIGN_TITLE);
    let body = html! {
        h1 { (title) }
        p { (page.say(labels::SIGN_WHY)) }
        section {
            dl.facts {
                dt { (page.say(labels::SIGNED_BY)) }
                dd { (labels::SIGNED_AS.with(page.language, [&key.official, &key.name])) }
                dt { (page.say(labels::PLACE)) } dd { (answers.text("area")) }
            }
        }
        @if let Some(why) = unjudged { (foreseen::unjudged(&page, why)) }
        (foreseen::refusal(&page, &judged))
        (summary::events(&page, &events))
        form method="post" action={ "/drafts/" (id) "/sign" } enctype="multipart/form-data" {
            (page.hidden())
            (foreseen::reasons(&page, &judged.warnings, posted))
            div.actions {
                @let doubted = judged.refused.is_some() || !judged.warnings.is_empty();
                button.plain[judged.refused.is_some()] {
                    (page.say(if doubted { labels::SIGN_NEVERTHELESS } else { labels::SIGN }))
                }
                " " a.button.plain href={ "/drafts/" (id) } { (page.say(labels::EDIT)) }
            }
        }
    };
    Ok(page.draw(title, &body))
}

/// The draft with its numbers and the hashes of its attachments.
fn ready(desk: &Desk, report: &Value) -> Result<(Draft, Random), PageError> {
    let mut random = Random::system();
    let unsigned = |error: String| PageError::Unsigned(error);
    let mut draft = Draft::read(&report.to_string(), &mut random).map_err(|error| unsigned(error.to_string()))?;
    attached::pin(&mut draft.file, desk.home.dir()).map_err(|error| unsigned(error.to_string()))?;
    Ok((draft, random))
}

/// `POST /drafts/{id}/sign`: signs it, keeps it, and sends it.
pub(crate) async fn post(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    visit: Visit,
    form: Multipart,
) -> Result<Response, PageError> {
    let id = id(&name)?;
    let posted = desk.posted(form).await?;
    // Pressed twice, or in two windows: the first one signed it.
    if let Some(Kept { event, answers, report, .. }) = kept(&desk, id)? {
        let key = desk.key()?;
        if !check(event, &answers, &desk.home, &key).is_empty() {
            return Ok(go(&format!("/drafts/{id}?checked=1#faults")));
        }
        let (draft, mut random) = ready(&desk, &report)?;
        let read = file::read(&draft.file.to_string(), &desk.home, &key.origin, &mut random);
        let mut read = read.map_err(|error| PageError::Unsigned(error.to_string()))?;
        let judged = foreseen::judge(&desk, &key, &read, &draft.file).await?.unwrap_or_default();
        if foreseen::add_reasons(&mut read, &judged.warnings, &posted) {
            return show(&desk, id, &visit, Some(&posted)).await;
        }
        desk.home.compose(&key, id, now_s(), read)?;
        sent(&desk, id).await?;
    }
    Ok(go(&format!("/submissions/{id}")))
}

/// Waits a moment for what comes of it.
pub(super) async fn sent(desk: &Desk, id: SubmissionId) -> Result<(), PageError> {
    desk.wake.notify_one();
    if desk.seen().reachable == Some(false) {
        return Ok(());
    }
    for _ in 0..ANSWER_WAIT_MS / ANSWER_POLL_MS {
        if !desk.home.is_pending(id)? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(ANSWER_POLL_MS)).await;
    }
    Ok(())
}
