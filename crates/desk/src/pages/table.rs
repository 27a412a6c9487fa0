//! One table: how far the work on it is, what was found, what will become of each row, and what came of it.

mod found;
mod plan;

use super::tables::download;
use super::{go, summary};
use crate::desk::Desk;
use crate::labels::{self, Label};
use crate::page::{Page, PageError, Visit};
use crate::tables::{Comparison, Outcome, Stage};
use axum::extract::{Multipart, Path, Query, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;
use lika_client::ApiError;
use lika_client::home::KeptTable;
use lika_client::import::{self, Applied, FileForm};
use lika_domain::reason::{self as rule, ReasonFault};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// Code of a row that needs a reason.
const REASON_MISSING: &str = "reason_missing";
/// How often the page of a table that is worked on is loaded again, in seconds.
const AGAIN_S: &str = "2";

/// Whether the page is to stay as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refreshing {
    still: Option<String>,
}

/// `GET /tables/{id}`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Query(refreshing): Query<Refreshing>,
    visit: Visit,
) -> Result<Response, PageError> {
    let table = desk.home.table(&id)?.ok_or(PageError::NotFound)?;
    let page = desk.page(&visit);
    if desk.tables.stage(&id).is_none() {
        desk.work_on(&table);
    }
    Ok(match desk.tables.stage(&id) {
        Some(Stage::Done(outcome)) => done(&desk, &page, &table, &outcome)?,
        Some(Stage::Failed(failure)) => {
            let body = html! {
                h1 { (page.say(labels::TABLE_UNREAD)) }
                p.node.off role="alert" { (failure.said.one(page.language)) " " code { (failure.code) } }
                p { (table.name) }
                (actions(&page, &table))
            };
            page.draw(page.say(labels::TABLE_UNREAD), &body)
        }
        stage => working(&page, &table, stage.as_ref(), refreshing.still.is_some()),
    })
}

/// The page of a table that is worked on. It loads itself again, unless that was stopped.
fn working(page: &Page, table: &KeptTable, stage: Option<&Stage>, still: bool) -> Response {
    let language = page.language;
    let (label, progress) = match stage {
        Some(Stage::Comparing(done, of)) => (labels::TABLE_COMPARING, Some((*done, *of))),
        Some(Stage::Sending(done, of)) => (labels::TABLE_ANSWERED, Some((*done, *of))),
        Some(_) => (labels::TABLE_READING, None),
        None => (labels::TABLE_OTHER_FIRST, None),
    };
    let said = match progress {
        Some((done, of)) => label.with(language, [&done, &of]),
        None => page.say(label).to_owned(),
    };
    let body = html! {
        h1 { (table.name) }
        p.node.off role="status" { (said) }
        @match progress.filter(|(_, of)| *of > 0) {
            Some((done, of)) => progress aria-label=(said) value=(done) max=(of) {},
            None => progress aria-label=(said) {},
        }
        p.soft { (page.say(labels::TABLE_MAY_CLOSE)) }
        p.actions {
            a.button.plain href={ "/tables/" (table.id) } { (page.say(labels::LOOK_AGAIN)) }
            @if !still {
                " " a.button.plain href={ "/tables/" (table.id) "?still=1" } { (page.say(labels::STAY_STILL)) }
            }
        }
    };
    let mut response = page.draw(&table.name, &body);
    if !still {
        response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static(AGAIN_S));
    }
    response
}

fn done(desk: &Desk, page: &Page, table: &KeptTable, outcome: &Outcome) -> Result<Response, PageError> {
    let title = page.say(if outcome.applied.is_some() { labels::TABLE_SENT } else { labels::TABLE_CHECKED });
    let problems = outcome.problems();
    let problems: Vec<_> = problems.iter().filter(|problem| !problem.is_recorded()).collect();
    let warnings: Vec<_> = outcome.checked.warnings.iter().collect();
    let body = html! {
        h1 { (title) }
        (compared(page, outcome.compared))
        @if let Some(applied) = &outcome.applied { (came(page, applied)) }
        (facts(page, table, outcome))
        (found::listed(page, labels::TABLE_PROBLEMS, "problems", &problems))
        @if !problems.is_empty() || !warnings.is_empty() { (copies(page, table)) }
        @if problems.iter().any(|problem| problem.code == REASON_MISSING) { (reason(page, table, None)) }
        (found::listed(page, labels::TABLE_WARNINGS, "warnings", &warnings))
        @if outcome.applied.is_none() {
            (plan::states(page, &outcome.checked))
            (plan::signed(page, &desk.key()?, table, &outcome.checked))
        } @else {
            (plan::numbers(page, outcome.applied.as_ref()))
        }
        (actions(page, table))
    };
    Ok(page.draw(title, &body))
}

fn compared(page: &Page, compared: Comparison) -> Markup {
    let said = match compared {
        Comparison::Done(0) => return html! {},
        Comparison::Done(unseen) => labels::TABLE_UNSEEN.with(page.language, [&unseen]),
        Comparison::Copy => page.say(labels::TABLE_BY_COPY).to_owned(),
        Comparison::Unreachable => page.say(labels::TABLE_NOT_COMPARED).to_owned(),
        Comparison::Refused => page.say(labels::TABLE_NOT_SHOWN).to_owned(),
    };
    html! { p.node.off role="status" { (said) } }
}

/// What came of sending it.
fn came(page: &Page, applied: &Applied) -> Markup {
    let language = page.language;
    let entries = applied.recorded.len();
    let stopped = match applied.stopped.first() {
        None => None,
        Some(ApiError::Refused(refusal)) => Some(match refusal.problems.first() {
            Some(first) => format!("{} {}", language.of(&first.zh, &first.en), first.code),
            None => refusal.code.clone(),
        }),
        Some(_) => Some(page.say(labels::UNREACHABLE).to_owned()),
    };
    html! {
        p.node.good role="status" { (labels::TABLE_RECORDED.with(language, [&applied.recorded_rows, &entries])) }
        @if applied.waiting > 0 {
            p.node.off {
                (labels::TABLE_WAITING.with(language, [&applied.waiting])) " "
                @if let Some(stopped) = stopped { (stopped) " " }
                a href="/outbox" { (page.say(labels::OUTBOX)) }
            }
        }
    }
}

fn facts(page: &Page, table: &KeptTable, outcome: &Outcome) -> Markup {
    let checked = &outcome.checked;
    html! {
        section {
            dl.facts {
                dt { (page.say(labels::TABLE_FILE)) } dd { (table.name) }
                dt { (page.say(labels::TABLE_KIND)) } dd { (summary::title(checked.kind.event(), page.language)) }
                dt { (page.say(labels::TABLE_ROWS)) } dd { (checked.rows) }
                @for (label, value) in [
                    (labels::TABLE_VILLAGE, &table.village),
                    (labels::TABLE_DAY, &table.happened),
                    (labels::TABLE_SHEET, &table.sheet),
                ] {
                    @if let Some(value) = value { dt { (page.say(label)) } dd { (value) } }
                }
            }
        }
    }
}

/// Asks why to go on with rows in which an audit would find something.
fn reason(page: &Page, table: &KeptTable, wrong: Option<ReasonFault>) -> Markup {
    let described = if wrong.is_some() { "reason-hint reason-fault" } else { "reason-hint" };
    html! {
        form method="post" action={ "/tables/" (table.id) "/reason" } enctype="multipart/form-data" {
            (page.hidden())
            div.field.bad[wrong.is_some()] {
                label for="reason" { (page.say(labels::TABLE_REASON)) }
                p.hint id="reason-hint" { (page.say(labels::TABLE_REASON_HINT)) }
                textarea #reason name="reason" rows="2" aria-describedby=(described)
                    aria-invalid=[wrong.map(|_| "true")] { (table.reason.as_deref().unwrap_or_default()) }
                @if let Some(fault) = wrong {
                    p.fault id="reason-fault" { (page.language.of(fault.zh(), fault.en())) }
                }
            }
            p.actions { button.plain { (page.say(labels::TABLE_REASON_GIVE)) } }
        }
    }
}

/// The table again with what was found, to be saved.
fn copies(page: &Page, table: &KeptTable) -> Markup {
    html! {
        p.actions {
            @for (form, label) in [("xlsx", labels::TABLE_COPY_XLSX), ("csv", labels::TABLE_COPY_CSV)] {
                a.button.plain href={ "/tables/" (table.id) "/annotated." (form) } download { (page.say(label)) } " "
            }
        }
    }
}

fn actions(page: &Page, table: &KeptTable) -> Markup {
    let action = |name: &str, label: Label| {
        html! {
            form.inline method="post" action={ "/tables/" (table.id) "/" (name) } enctype="multipart/form-data" {
                (page.hidden())
                button.plain { (page.say(label)) }
            }
        }
    };
    html! {
        div.actions {
            a.button.plain href="/tables" { (page.say(labels::TABLE_ANOTHER)) } " "
            (action("check", labels::TABLE_CHECK_AGAIN)) " "
            (action("remove", labels::TABLE_REMOVE))
        }
        p.hint { (page.say(labels::TABLE_REMOVE_HINT)) }
    }
}

/// `GET /tables/{id}/{file}`: the table with what was found at its cells.
pub(crate) async fn copy(
    State(desk): State<Arc<Desk>>,
    Path((id, file)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, PageError> {
    let table = desk.home.table(&id)?.ok_or(PageError::NotFound)?;
    let form = FileForm::of_name(&file).filter(|_| file.starts_with("annotated.")).ok_or(PageError::NotFound)?;
    let Some(Stage::Done(outcome)) = desk.tables.stage(&id) else { return Ok(go(&format!("/tables/{id}"))) };
    let _one_at_a_time = desk.tables.copying.lock().await;
    let (behind, language) = (desk.clone(), visit.language);
    let made = tokio::task::spawn_blocking(move || {
        let bytes = behind.home.table_file(&table)?;
        let options = crate::importing::options(&behind, &table);
        let copy = import::annotated(&bytes, &options, &outcome.problems(), &outcome.checked.warnings, form, language);
        copy.map_err(|error| PageError::Unsigned(crate::tables::told(&error).said.one(language).to_owned()))
    });
    let bytes = made.await.map_err(|error| PageError::Unsigned(error.to_string()))??;
    Ok(download(&file, form, bytes))
}

/// `POST /tables/{id}/{action}`
pub(crate) async fn post(
    State(desk): State<Arc<Desk>>,
    Path((id, action)): Path<(String, String)>,
    visit: Visit,
    form: Multipart,
) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    let table = desk.home.table(&id)?.ok_or(PageError::NotFound)?;
    let is_worked_on = desk.tables.working().is_some_and(|working| working == id);
    match action.as_str() {
        "check" | "apply" | "remove" | "reason" if is_worked_on => Ok(go(&format!("/tables/{id}"))),
        "check" => {
            desk.tables.forget();
            Ok(go(&format!("/tables/{id}")))
        }
        "reason" => {
            let given = posted.get("reason").unwrap_or_default().trim().to_owned();
            let wrong = rule::check(&given).err();
            let table = KeptTable { reason: Some(given), ..table };
            if wrong.is_some() {
                let page = desk.page(&visit);
                let title = page.say(labels::TABLE_REASON);
                return Ok(page.draw(title, &html! { h1 { (title) } (reason(&page, &table, wrong)) }));
            }
            desk.home.keep_table(&table)?;
            desk.tables.forget();
            Ok(go(&format!("/tables/{id}")))
        }
        "apply" => {
            // On disk first: a desk that is killed from here on goes on by itself.
            let wanted = KeptTable { is_wanted: true, ..table };
            desk.home.keep_table(&wanted)?;
            desk.tables.forget();
            desk.work_on(&wanted);
            Ok(go(&format!("/tables/{id}")))
        }
        "remove" => {
            desk.tables.forget();
            desk.home.remove_table(&id)?;
            Ok(go("/tables"))
        }
        _ => Err(PageError::NotFound),
    }
}
