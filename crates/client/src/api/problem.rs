//! Refusals as problem details (RFC 9457).

use super::ApiError;
use lika_http::hyper::StatusCode;
use lika_proto::v1;
use serde::Deserialize;

/// Longest excerpt shown of an answer that is not a problem document, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

#[derive(Deserialize)]
struct Details {
    code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    problems: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    code: String,
    #[serde(default)]
    event: Option<u32>,
    #[serde(default)]
    field: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    zh: String,
    #[serde(default)]
    en: String,
}

/// Whether a refusal is a decision about the submission. One whose status means that the node is overloaded, stopping
/// or broken (408, 429, 5xx) is not: the same bytes should be sent again.
pub fn is_decided(refusal: &v1::Refusal) -> bool {
    !matches!(refusal.status, 408 | 429 | 500..)
}

/// The error for an answer without a success status.
pub(super) fn of(status: StatusCode, body: &[u8]) -> ApiError {
    let details = serde_json::from_slice::<Details>(body).ok();
    match details {
        Some(details) if status.is_client_error() || status.is_server_error() => refused(details.refusal(status)),
        _ if status.is_server_error() => ApiError::unreachable(format!("it answers {status}: {}", excerpt(body))),
        _ => ApiError::Protocol(format!("{status}: {}", excerpt(body))),
    }
}

/// The error for a refusal.
pub(super) fn refused(refusal: v1::Refusal) -> ApiError {
    if is_decided(&refusal) {
        return ApiError::Refused(Box::new(refusal));
    }
    ApiError::unreachable(format!("it answers {}: {}", refusal.status, summary(&refusal)))
}

/// A refusal in one line.
pub(super) fn summary(refusal: &v1::Refusal) -> String {
    let Some(first) = refusal.problems.first() else { return refusal.code.clone() };
    let event = first.event.map(|event| format!("event {event}, ")).unwrap_or_default();
    let field = if first.field.is_empty() { String::new() } else { format!("{event}{}: ", first.field) };
    let detail = if first.detail.is_empty() { String::new() } else { format!(" ({})", first.detail) };
    let more = match refusal.problems.len() {
        0 | 1 => String::new(),
        all => format!(", and {} more", all - 1),
    };
    format!("{field}{}{detail} [{}]{more}", first.en, first.code)
}

impl Details {
    fn refusal(self, status: StatusCode) -> v1::Refusal {
        let mut problems: Vec<_> = self.problems.into_iter().map(Item::problem).collect();
        if problems.is_empty() {
            let code = self.code.clone();
            problems.push(v1::Problem { code, en: self.title, detail: self.detail, ..Default::default() });
        }
        v1::Refusal { code: self.code, status: u32::from(status.as_u16()), problems }
    }
}

impl Item {
    fn problem(self) -> v1::Problem {
        let Self { code, event, field, detail, zh, en } = self;
        v1::Problem { code, event, field, detail, zh, en }
    }
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS_MAX).collect()
}
