//! What the pages of keys have in common: who may use them, and signing what they made.

use super::go;
use super::sign::sent;
use crate::desk::{Desk, now_s, today};
use crate::labels;
use crate::page::{Page, PageError};
use axum::response::Response;
use lika_client::draft::Draft;
use lika_client::{Random, file};
use lika_domain::ids::{OfficialId, SubmissionId};
use lika_domain::official::Role;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// That the log will refuse it from anybody but an administrator.
pub(super) fn not_yours(desk: &Desk, page: &Page) -> Markup {
    let known = desk.seen().who;
    html! {
        @if known.enrolled.is_some() && known.role.as_deref() != Some(Role::Administrator.name()) {
            p.node.off role="status" { (page.say(labels::ADMINISTRATORS_ALONE)) }
        }
    }
}

/// An event about an official, of today.
pub(super) fn event(official: OfficialId, name: &str, content: Value) -> Value {
    let mut event = Map::new();
    event.insert("happened".to_owned(), today().to_string().into());
    event.insert("official".to_owned(), official.get().into());
    event.insert(name.to_owned(), content);
    event.into()
}

/// Signs these events of officials, unless a submission of that id was signed before, and leads to what comes of it.
pub(super) async fn sign(desk: &Desk, id: SubmissionId, events: Vec<Value>) -> Result<Response, PageError> {
    let unsigned = |error: String| PageError::Unsigned(error);
    // Pressed twice, or in two windows: the first one signed it.
    if desk.home.item(&id.to_string())?.is_none() {
        let key = desk.key()?;
        let mut random = Random::system();
        // Such reports belong to no village: their area is that of the log.
        let area = desk.seen().who.log.map(|log| log.area).ok_or_else(|| unsigned("the log's area".to_owned()))?;
        let report = json!({"area": area, "officials": {"events": events}}).to_string();
        let draft = Draft::read(&report, &mut random).map_err(|error| unsigned(error.to_string()))?;
        let read = file::read(&draft.file.to_string(), &desk.home, &key.origin, &mut random);
        let read = read.map_err(|error| unsigned(error.to_string()))?;
        desk.home.compose(&key, id, now_s(), read)?;
        sent(desk, id).await?;
    }
    Ok(go(&format!("/submissions/{id}")))
}

/// A new id for a form, so that sending it twice signs it once.
pub(super) fn new_id() -> Result<SubmissionId, PageError> {
    Random::system().submission_id().map_err(|error| PageError::Unsigned(error.to_string()))
}
