//! Spreadsheets: empty ones to fill in, bringing one in, and those that are worked on.

use super::{go, moment, summary};
use crate::desk::{Desk, now_s};
use crate::labels::{self, Label};
use crate::page::{Page, PageError, Visit};
use crate::posted::Posted;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lika_client::home::KeptTable;
use lika_client::import::limits::TABLE_BYTES_MAX;
use lika_client::import::{self, FileForm, Kind};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use maud::{Markup, html};
use std::sync::Arc;

/// Longest answer of the form, in characters.
const ANSWER_CHARS_MAX: usize = 100;

/// `GET /tables`
pub(crate) async fn get(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, PageError> {
    show(&desk, &visit, &Posted::default(), &[])
}

/// `POST /tables`: keeps the table and begins to check it.
pub(crate) async fn post(State(desk): State<Arc<Desk>>, visit: Visit, form: Multipart) -> Result<Response, PageError> {
    let folder = desk.home.tables_dir();
    let folder = folder.file_name().unwrap_or_default().to_string_lossy();
    let posted = match desk.posted_with_files_up_to(form, &folder, TABLE_BYTES_MAX).await {
        Err(PageError::TooLarge) => {
            return show(&desk, &visit, &Posted::default(), &[("file", labels::TABLE_TOO_LARGE)]);
        }
        read => read?,
    };
    let faults = faults(&posted);
    if !faults.is_empty() {
        return show(&desk, &visit, &posted, &faults);
    }
    let table = table(&posted);
    desk.home.keep_table(&table)?;
    desk.tables.forget();
    desk.work_on(&table);
    Ok(go(&format!("/tables/{}", table.id)))
}

/// `GET /tables/template/{file}`: an empty table of a kind.
pub(crate) async fn template(Path(file): Path<String>, visit: Visit) -> Result<Response, PageError> {
    let kind = file.rsplit_once('.').and_then(|(kind, _)| Kind::find(kind)).ok_or(PageError::NotFound)?;
    let form = FileForm::of_name(&file).ok_or(PageError::NotFound)?;
    let language = visit.language;
    let made = tokio::task::spawn_blocking(move || import::template(kind, form, language)).await;
    let bytes = made.ok().and_then(Result::ok).ok_or(PageError::NotFound)?;
    Ok(download(&file, form, bytes))
}

/// A file that the browser saves. The name is of plain letters.
pub(super) fn download(name: &str, form: FileForm, bytes: Vec<u8>) -> Response {
    let media_type = match form {
        FileForm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileForm::Csv => "text/csv; charset=utf-8",
    };
    let name = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response()
}

/// What is wrong with the form, by field.
fn faults(posted: &Posted) -> Vec<(&'static str, Label)> {
    let given = |name: &str| posted.get(name).map(str::trim).filter(|text| !text.is_empty());
    let is_village = |text: &str| text.parse::<Area>().is_ok_and(|area| area.level() == Level::Village);
    let mut faults = Vec::new();
    if given("file").is_none() {
        faults.push(("file", labels::TABLE_FILE_MISSING));
    }
    if given("village").is_some_and(|village| !is_village(village)) {
        faults.push(("village", labels::TABLE_VILLAGE_INVALID));
    }
    if given("happened").is_some_and(|day| day.parse::<Date>().is_err()) {
        faults.push(("happened", labels::TABLE_DAY_INVALID));
    }
    faults
}

/// The table of a form without faults. Its file lies in a folder of its id already.
fn table(posted: &Posted) -> KeptTable {
    let given = |name: &str| {
        let text: String = posted.get(name).unwrap_or_default().trim().chars().take(ANSWER_CHARS_MAX).collect();
        (!text.is_empty()).then_some(text)
    };
    let path = std::path::Path::new(posted.get("file").unwrap_or_default());
    let part = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
    KeptTable {
        id: part(path.parent().and_then(std::path::Path::file_name)),
        name: part(path.file_name()),
        kind: given("kind"),
        sheet: given("sheet"),
        village: given("village"),
        happened: given("happened"),
        reason: None,
        brought_at_s: now_s(),
        is_wanted: false,
    }
}

fn show(desk: &Desk, visit: &Visit, posted: &Posted, faults: &[(&'static str, Label)]) -> Result<Response, PageError> {
    let page = desk.page(&Visit { language: visit.language, here: "/tables".to_owned() });
    let title = page.say(labels::TABLES_TITLE);
    let kept = desk.home.tables()?;
    let body = html! {
        h1 { (title) }
        p { (page.say(labels::TABLES_WHY)) }
        @if !kept.is_empty() {
            section {
                h2 { (page.say(labels::TABLES_HERE)) }
                ul.items { @for table in &kept { li { (listed(&page, table)) } } }
            }
        }
        section {
            h2 { (page.say(labels::TABLE_BRING)) }
            (form(&page, posted, faults))
        }
        section {
            h2 { (page.say(labels::TEMPLATES)) }
            p.hint { (page.say(labels::TEMPLATES_WHY)) }
            ul.items { @for kind in Kind::ALL { li { (templates(&page, kind)) } } }
        }
    };
    Ok(page.draw(title, &body))
}

fn listed(page: &Page, table: &KeptTable) -> Markup {
    html! {
        a href={ "/tables/" (table.id) } { (table.name) }
        span.soft { " · " (moment(table.brought_at_s)) }
        @if table.is_wanted { span.soft { " · " (page.say(labels::TABLE_SENDING)) } }
    }
}

fn templates(page: &Page, kind: Kind) -> Markup {
    let label = summary::title(kind.event(), page.language);
    html! {
        span { (label) } " "
        @for form in ["xlsx", "csv"] {
            a href={ "/tables/template/" (kind.name()) "." (form) } aria-label={ (label) " " (form) } download {
                "." (form)
            }
            " "
        }
    }
}

fn form(page: &Page, posted: &Posted, faults: &[(&'static str, Label)]) -> Markup {
    let language = page.language;
    let chosen = posted.get("kind").unwrap_or_default();
    html! {
        form method="post" action="/tables" enctype="multipart/form-data" {
            (page.hidden())
            (field(page, faults, "file", labels::TABLE_FILE, labels::TABLE_FILE_HINT, |described, invalid| html! {
                input id="file" name="file" type="file" accept=".xlsx,.csv,.txt,.tsv" required
                    aria-describedby=(described) aria-invalid=[invalid];
            }))
            (field(page, faults, "kind", labels::TABLE_KIND, labels::TABLE_KIND_HINT, |described, _| html! {
                select id="kind" name="kind" aria-describedby=(described) {
                    option value="" { (page.say(labels::TABLE_KIND_SAID)) }
                    @for kind in Kind::ALL {
                        option value=(kind.name()) selected[kind.name() == chosen] {
                            (summary::title(kind.event(), language))
                        }
                    }
                }
            }))
            @for (name, label, hint) in [
                ("village", labels::TABLE_VILLAGE, labels::TABLE_VILLAGE_HINT),
                ("happened", labels::TABLE_DAY, labels::TABLE_DAY_HINT),
                ("sheet", labels::TABLE_SHEET, labels::TABLE_SHEET_HINT),
            ] {
                (field(page, faults, name, label, hint, |described, invalid| html! {
                    input id=(name) name=(name) value=(posted.get(name).unwrap_or_default())
                        maxlength=(ANSWER_CHARS_MAX) autocomplete="off" aria-describedby=(described)
                        aria-invalid=[invalid];
                }))
            }
            button { (page.say(labels::TABLE_CHECK)) }
        }
    }
}

/// A field with its hint, and what is wrong with it.
fn field(
    page: &Page,
    faults: &[(&'static str, Label)],
    name: &str,
    label: Label,
    hint: Label,
    control: impl FnOnce(&str, Option<&'static str>) -> Markup,
) -> Markup {
    let fault = faults.iter().find(|(field, _)| *field == name).map(|(_, fault)| *fault);
    let described = if fault.is_some() { format!("{name}-hint {name}-fault") } else { format!("{name}-hint") };
    html! {
        div.field.bad[fault.is_some()] {
            label for=(name) { (page.say(label)) }
            p.hint id={ (name) "-hint" } { (page.say(hint)) }
            (control(&described, fault.map(|_| "true")))
            @if let Some(fault) = fault { p.fault id={ (name) "-fault" } role="alert" { (page.say(fault)) } }
        }
    }
}
