//! The frame of every page, and what goes wrong as a page.

use crate::gate::{Closed, cookies};
use crate::labels::{self, Label};
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lika_client::HomeError;
use lika_domain::language::Language;
use lika_pages::{Style, document};
use maud::{Markup, html};
use std::convert::Infallible;

/// The cookie of the language that was chosen.
pub(crate) const LANGUAGE_COOKIE: &str = "lika_language";
/// Sections of the desk: the address and the label of each.
const SECTIONS: [(&str, Label); 6] = [
    ("/", labels::HOME),
    ("/area", labels::MY_AREA),
    ("/report", labels::REPORT),
    ("/tables", labels::TABLES),
    ("/outbox", labels::OUTBOX),
    ("/receipts", labels::RECEIPTS),
];

/// What a page is drawn with: the language, the token of its forms, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The language of this page.
    pub(crate) language: Language,
    /// What every form carries.
    pub(crate) token: String,
    /// Its path and query, to come back to.
    pub(crate) here: String,
    /// The form that a change of language would lose, by its id.
    pub(crate) form: Option<&'static str>,
    /// Whether the log was opened for testing.
    pub(crate) testing: bool,
}

/// The language of a request: the one that was chosen, or the one that the browser prefers.
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) here: String,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// The request may not be answered.
    #[error("not answered")]
    Closed(Closed),
    /// There is nothing at that address.
    #[error("not found")]
    NotFound,
    /// What was sent is above a limit.
    #[error("too large")]
    TooLarge,
    /// What was sent is not whole.
    #[error("broken off")]
    BrokenOff,
    /// There is no key, or none of that name, or several.
    #[error("{0}")]
    Key(String),
    /// The folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A file.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// What could not be signed, though it had been checked.
    #[error("{0}")]
    Unsigned(String),
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { language: language(&parts.headers), here })
    }
}

/// The language that was chosen, or the one that the browser prefers.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let chosen = cookies(headers).find(|(name, _)| *name == LANGUAGE_COOKIE).map(|(_, value)| value);
    let preferred = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let preferred = preferred.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    chosen.into_iter().chain(preferred).find_map(Language::from_tag).unwrap_or_default()
}

impl Page {
    /// A label in the language of the page.
    pub(crate) fn say(&self, label: Label) -> &'static str {
        label.of(self.language)
    }

    /// The page.
    pub(crate) fn draw(&self, title: &str, body: &Markup) -> Response {
        let desk = self.say(labels::DESK);
        let framed = html! {
            a.skip href="#main" { (self.say(labels::SKIP)) }
            // Enter in a field does what the first button of its form does: this one, and not that of the language.
            @if let Some(form) = self.form {
                button.unseen form=(form) name="do" value="check" tabindex="-1" aria-hidden="true" {
                    (self.say(labels::CONTINUE))
                }
            }
            header {
                div.bar {
                    a.brand href="/" { (desk) }
                    nav aria-label=(desk) {
                        @for (path, label) in SECTIONS {
                            a href=(path) aria-current=[self.is_in(path).then_some("page")] { (self.say(label)) }
                        }
                    }
                    (self.switch())
                }
                @if self.testing { p.notice { (self.say(labels::TESTING)) } }
            }
            main id="main" tabindex="-1" { (body) }
        };
        let page =
            document(self.language, &format!("{title} · {desk}"), Style::Linked("/style.css"), &html! {}, &framed);
        (StatusCode::OK, [(CONTENT_TYPE, HeaderValue::from_static(HTML))], page.into_string()).into_response()
    }

    fn is_in(&self, section: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        path == section || (section != "/" && path.starts_with(&format!("{section}/")))
    }

    /// The button that changes the language. Beside a form it saves the form first.
    fn switch(&self) -> Markup {
        let other = self.language.other();
        let tag = other.of("zh-CN", "en");
        let name = labels::OTHER_LANGUAGE.zh;
        let name = other.of("中文", name);
        match self.form {
            Some(form) => html! {
                button.plain form=(form) name="do" value={ "language:" (other.code()) } formnovalidate lang=(tag) {
                    (name)
                }
            },
            None => html! {
                form.inline method="post" action="/language" enctype="multipart/form-data" {
                    (self.hidden())
                    input type="hidden" name="back" value=(self.here);
                    button.plain name="language" value=(other.code()) lang=(tag) { (name) }
                }
            },
        }
    }

    /// What every form carries.
    pub(crate) fn hidden(&self) -> Markup {
        html! { input type="hidden" name="token" value=(self.token); }
    }

    /// The page of a error.
    pub(crate) fn error(&self, error: &PageError) -> Response {
        let (status, title, why) = error.told();
        let body = html! {
            h1 { (self.say(title)) }
            p { (self.say(why)) }
            @let detail = error.detail();
            @if !detail.is_empty() { p.soft { (detail) } }
            p { a.button href="/" { (self.say(labels::BACK_HOME)) } }
        };
        let mut response = self.draw(self.say(title), &body);
        *response.status_mut() = status;
        response
    }
}

const HTML: &str = "text/html; charset=utf-8";

impl PageError {
    fn told(&self) -> (StatusCode, Label, Label) {
        match self {
            Self::Closed(Closed::Stranger) => (StatusCode::FORBIDDEN, labels::CLOSED_TITLE, labels::CLOSED_WHY),
            Self::Closed(Closed::Elsewhere) => (StatusCode::FORBIDDEN, labels::ELSEWHERE_TITLE, labels::ELSEWHERE_WHY),
            Self::Closed(Closed::Token) => (StatusCode::FORBIDDEN, labels::TOKEN_TITLE, labels::TOKEN_WHY),
            Self::NotFound => (StatusCode::NOT_FOUND, labels::NOT_FOUND_TITLE, labels::NOT_FOUND_WHY),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, labels::TOO_LARGE_TITLE, labels::TOO_LARGE_WHY),
            Self::BrokenOff => (StatusCode::BAD_REQUEST, labels::BROKEN_OFF_TITLE, labels::BROKEN_OFF_WHY),
            Self::Key(_) => (StatusCode::CONFLICT, labels::KEY_TITLE, labels::KEY_WHY),
            Self::Home(_) | Self::Io(_) | Self::Unsigned(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, labels::FOLDER_TITLE, labels::FOLDER_WHY)
            }
        }
    }

    /// What is known besides, for whoever is asked for help.
    fn detail(&self) -> String {
        match self {
            Self::Key(detail) | Self::Unsigned(detail) => detail.clone(),
            Self::Home(error) => error.to_string(),
            Self::Io(error) => error.to_string(),
            _ => String::new(),
        }
    }
}

/// A error on its way out; the frame of all answers draws its page.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) std::sync::Arc<PageError>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if matches!(self, Self::Home(_) | Self::Io(_) | Self::Unsigned(_)) {
            tracing::warn!(error = %self, "a page could not be made");
        }
        let mut response = self.told().0.into_response();
        response.extensions_mut().insert(Failed(std::sync::Arc::new(self)));
        response
    }
}
