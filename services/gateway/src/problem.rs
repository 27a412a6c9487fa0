//! Errors as problem details (RFC 9457), all of the same shape; a browser gets them as a page.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use lika_domain::codes;
use lika_domain::facts::codes::Message;
use lika_domain::rejection::{Class, Rejection};
use lika_ledger::SubmitError;
use lika_proto::{convert, v1};
use schemars::JsonSchema;
use serde::Serialize;

use crate::backend::ReadError;

/// Media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";
/// How long to wait before asking a busy service again, in seconds.
const BUSY_RETRY_S: u64 = 1;
/// The same for a service that has stopped.
const STOPPED_RETRY_S: u64 = 5;

codes! {
    /// The gateway's own errors, besides the codes of the rules.
    pub(crate) enum Code;
    /// Status of the answer.
    status: u16;
    BodyIncomplete(400) "body_incomplete" "请求内容不完整" "the body ended too early";
    BodyMalformed(400) "body_malformed" "请求内容无法读取" "the body cannot be read";
    ParameterInvalid(400) "parameter_invalid" "参数无效" "a parameter is not valid";
    TokenMissing(401) "token_missing" "须先登录" "a session token is needed";
    TokenInvalid(401) "token_invalid" "登录已失效" "the session token is not valid, or has expired";
    ChallengeInvalid(403) "challenge_invalid" "登录质询无效或已过期" "the challenge is not valid, or has expired";
    NotFound(404) "not_found" "没有此资源" "there is nothing here";
    AreaUnknown(404) "area_without_records" "本日志没有该区划的记录" "the log has nothing in that area";
    HouseholdUnknown(404) "household_unknown" "户卡不存在" "there is no such household";
    OfficialUnknown(404) "official_unknown" "干部未登记" "there is no such official";
    EntryUnknown(404) "entry_unknown" "没有此记录" "the log has no such entry yet";
    TileUnknown(404) "tile_unknown" "没有此数据块" "the log has no such tile";
    MethodNotAllowed(405) "method_not_allowed" "不支持此方法" "this method is not allowed here";
    NotAcceptable(406) "not_acceptable" "无法提供所要求的格式" "the answer is not available in any of the requested media types";
    RequestTimeout(408) "request_timeout" "请求内容未及时送达" "the body did not arrive in time";
    BodyTooLarge(413) "body_too_large" "请求内容过大" "the body is too large";
    UriTooLong(414) "uri_too_long" "请求地址过长" "the path and query are too long";
    MediaTypeUnsupported(415) "media_type_unsupported" "不支持此内容类型" "this content type cannot be read";
    HeadersTooLarge(431) "headers_too_large" "请求头过大" "the header lines are too long";
    Internal(500) "internal" "服务器内部错误" "the node cannot answer this";
    Overloaded(503) "overloaded" "系统繁忙，请稍后重试" "the node is busy; try again soon";
    Unavailable(503) "unavailable" "系统暂不可用" "the node cannot do this at present";
    ServiceUnanswered(503) "service_unanswered" "该服务暂无应答，请稍后原样重试"
        "no service of that name answers; nothing is lost, try the same again soon";
    NotCaughtUp(503) "not_caught_up" "数据尚在更新" "the node has not read that far yet";
}

/// Every code of the gateway's own, with its messages.
pub const CODES: &[Message] = Code::MESSAGES;

/// An answer that says what is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    status: u16,
    refusal: v1::Refusal,
    retry_after_s: Option<u64>,
    /// The body was not read to its end, so the connection cannot be used any more.
    closes: bool,
}

/// Problem details (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Details<'a> {
    /// A URI for the code.
    #[schemars(extend("format" = "uri"))]
    r#type: String,
    /// The message of the first problem in English.
    title: &'a str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// The stable code of the first problem.
    #[schemars(regex(pattern = "^[a-z0-9_]+$"))]
    code: &'a str,
    /// Where the first problem is, and how many more there are; may be empty.
    detail: String,
    /// Everything that is wrong.
    #[schemars(length(min = 1))]
    problems: Vec<Item<'a>>,
}

/// One thing that is wrong.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProblemItem")]
struct Item<'a> {
    /// Stable code.
    #[schemars(regex(pattern = "^[a-z0-9_]+$"))]
    code: &'a str,
    /// Number of the event in the submission, from 0; `null` when the problem is not in an event.
    event: Option<u32>,
    /// The field or parameter; may be empty.
    field: &'a str,
    /// The valid value, or the obstacle; may be empty.
    detail: &'a str,
    /// The message in Chinese.
    zh: &'a str,
    /// The message in English.
    en: &'a str,
}

impl Problem {
    /// `field` names the parameter or field at fault, if there is one.
    pub(crate) fn of(code: Code, field: &str, detail: impl Into<String>) -> Self {
        let (status, name, zh, en) = (code.status(), code.name(), code.zh(), code.en());
        let problem = v1::Problem {
            code: name.to_owned(),
            event: None,
            field: field.to_owned(),
            detail: detail.into(),
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let refusal = v1::Refusal { code: name.to_owned(), status: status.into(), problems: vec![problem] };
        let retry_after_s = match code {
            Code::Overloaded | Code::NotCaughtUp => Some(BUSY_RETRY_S),
            Code::Unavailable | Code::ServiceUnanswered => Some(STOPPED_RETRY_S),
            _ => None,
        };
        Self { status, refusal, retry_after_s, closes: false }
    }

    /// The connection is closed after the answer, since the rest of the request was not read.
    pub(crate) fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    /// The same for clients of protobuf.
    pub(crate) fn into_refusal(self) -> v1::Refusal {
        self.refusal
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The first problem, and how long to wait before trying again, in seconds.
    pub(crate) fn first(&self) -> (Option<&v1::Problem>, Option<u64>) {
        (self.refusal.problems.first(), self.retry_after_s)
    }

    /// The answer when a read from another service has failed.
    pub(crate) fn unread(error: &ReadError) -> Self {
        match error {
            ReadError::Behind => Self::of(Code::NotCaughtUp, "index", ""),
            ReadError::Busy => Self::of(Code::Overloaded, "", ""),
            ReadError::Unanswered(service) => Self::of(Code::ServiceUnanswered, "", *service),
            ReadError::Failed(cause) => {
                tracing::error!(error = %cause, "a read failed");
                Self::of(Code::Internal, "", "")
            }
        }
    }

    /// An answer with this status and these headers, and another body.
    pub(crate) fn respond(&self, media_type: &'static str, body: Bytes) -> Response {
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn details(&self) -> Details<'_> {
        let problems = &self.refusal.problems;
        let first = problems.first();
        let title = first.map_or("", |problem| &problem.en);
        Details {
            r#type: format!("urn:problem-type:lika:{}", self.refusal.code),
            title,
            status: self.status,
            code: &self.refusal.code,
            detail: summary(problems),
            problems: problems.iter().map(Item::new).collect(),
        }
    }
}

impl<'a> Item<'a> {
    fn new(problem: &'a v1::Problem) -> Self {
        let v1::Problem { code, event, field, detail, zh, en } = problem;
        Self { code, event: *event, field, detail, zh, en }
    }
}

/// Where the first problem is, and how many more there are.
fn summary(problems: &[v1::Problem]) -> String {
    let Some(first) = problems.first() else { return String::new() };
    let event = first.event.map(|event| format!("event {event}"));
    let parts = [event.unwrap_or_default(), first.field.clone(), first.detail.clone()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let more = problems.len() - 1;
    if more > 0 { format!("{} (and {more} more)", parts.join(": ")) } else { parts.join(": ") }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Texts and numbers can always be written as JSON.
        let body = serde_json::to_vec(&self.details()).unwrap_or_default();
        let mut response = self.respond(PROBLEM_JSON, body.into());
        // For a browser, which gets a page of it instead.
        response.extensions_mut().insert(self);
        response
    }
}

/// The status of a refusal by the rules.
pub(crate) fn status_of(class: Class) -> u16 {
    match class {
        Class::Malformed => 400,
        Class::Forbidden => 403,
        Class::Conflict => 409,
        Class::TooLarge => 413,
        Class::Rule => 422,
    }
}

impl From<&Rejection> for Problem {
    fn from(rejection: &Rejection) -> Self {
        let status = status_of(rejection.code().class());
        let refusal = convert::refusal(rejection, status);
        Self { status, refusal, retry_after_s: None, closes: false }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::from(&rejection)
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Rejected(rejection) => rejection.into(),
            SubmitError::Busy => Self::of(Code::Overloaded, "", ""),
            SubmitError::Behind { .. } => Self::of(Code::NotCaughtUp, "known", error.to_string()),
            SubmitError::Unanswered(service) => Self::of(Code::ServiceUnanswered, "", service),
            // The stop of the log is logged once, where it happens; every later request ends here.
            SubmitError::Unavailable(_) => Self::of(Code::Unavailable, "", ""),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::unread(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::rejection;

    #[test]
    fn every_code_has_the_status_of_an_error() {
        assert!(Code::ALL.iter().all(|code| (400..600).contains(&code.status())));
    }

    #[test]
    fn a_rejection_lists_every_problem() {
        let mut rejection = Rejection::of(rejection::Code::VillageUnknown, "area", "130624100201");
        let second = rejection::Problem { event: Some(3), ..rejection.problems[0].clone() };
        rejection.problems.push(second);
        let problem = Problem::from(&rejection);
        let json = serde_json::to_value(problem.details()).unwrap();
        assert_eq!(json["status"], 409);
        assert_eq!(json["type"], "urn:problem-type:lika:village_unknown");
        assert_eq!(json["detail"], "area: 130624100201 (and 1 more)");
        assert_eq!((&json["problems"][0]["event"], &json["problems"][1]["event"]), (&().into(), &3.into()));
        assert_eq!(json["problems"][1]["zh"], "行政村未登记");
    }

    #[test]
    fn an_answer_to_try_again_says_when() {
        let response = Problem::of(Code::Overloaded, "", "").into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
        assert_eq!(Problem::of(Code::TokenMissing, "", "").into_response().headers()[WWW_AUTHENTICATE], "Bearer");
    }
}
