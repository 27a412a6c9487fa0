//! What a request sends and what it asks for.

use crate::problem::{Code, Problem};
use hyper::HeaderMap;
use hyper::header::{ACCEPT, CONTENT_TYPE};

/// Media type of protobuf.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
/// Media type of bytes of which nothing is said; a stream of submissions is taken as that too, since many tools know no
/// media type of protobuf.
const BYTES: &str = "application/octet-stream";
/// Media type of pages.
const PAGE: &str = "text/html";
/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// How a submission is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    Json,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Protobuf => PROTOBUF,
            Self::Json => JSON,
        }
    }

    /// How the body is written, by its content type.
    ///
    /// # Errors
    /// 415 for another content type than those two, or none.
    pub(crate) fn sent(headers: &HeaderMap) -> Result<Self, Problem> {
        let essence = essence(headers);
        let format = [Self::Protobuf, Self::Json]
            .into_iter()
            .find(|format| essence.eq_ignore_ascii_case(format.name().as_bytes()));
        format.ok_or_else(|| {
            let detail = format!("{PROTOBUF} or {JSON}");
            Problem::of(Code::MediaTypeUnsupported, "content-type", detail).closing()
        })
    }

    /// How the answer is to be written; as the request is, if it does not care.
    ///
    /// # Errors
    /// 406 if neither is acceptable.
    pub(crate) fn wanted(headers: &HeaderMap, sent: Self) -> Result<Self, Problem> {
        let other = if sent == Self::Json { Self::Protobuf } else { Self::Json };
        let (sent_weight, other_weight) = (weight(headers, sent.name()), weight(headers, other.name()));
        if sent_weight == 0 && other_weight == 0 {
            let detail = format!("{PROTOBUF} or {JSON}");
            return Err(Problem::of(Code::NotAcceptable, "accept", detail).closing());
        }
        Ok(if other_weight > sent_weight { other } else { sent })
    }
}

/// Whether a person looks at the answer: a page is wanted more than JSON.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    weight(headers, PAGE) > weight(headers, JSON)
}

/// Checks that the body is a stream of protobuf messages.
///
/// # Errors
/// 415 for another content type, or none.
pub(crate) fn check_stream(headers: &HeaderMap) -> Result<(), Problem> {
    let essence = essence(headers);
    if [PROTOBUF, BYTES].iter().any(|name| essence.eq_ignore_ascii_case(name.as_bytes())) {
        return Ok(());
    }
    Err(Problem::of(Code::MediaTypeUnsupported, "content-type", PROTOBUF).closing())
}

/// The content type without its parameters, such as a charset: they change nothing.
fn essence(headers: &HeaderMap) -> &[u8] {
    let sent = headers.get(CONTENT_TYPE).map(hyper::header::HeaderValue::as_bytes).unwrap_or_default();
    sent.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

/// How much a media type is wanted, from 0 (not at all) to 1000: the weight of the narrowest range it falls into.
fn weight(headers: &HeaderMap, wanted: &str) -> u32 {
    let mut best: Option<(u8, u32)> = None;
    let kind = wanted.split('/').next().unwrap_or_default();
    for value in headers.get_all(ACCEPT) {
        for range in value.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let narrow = match parts.next().unwrap_or_default() {
                name if name.eq_ignore_ascii_case(wanted) => 2,
                "*/*" => 0,
                name if name.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(kind)) => 1,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            if best.is_none_or(|(narrowest, _)| narrow >= narrowest) {
                best = Some((narrow, weight));
            }
        }
    }
    // Who asks for nothing takes everything.
    if headers.contains_key(ACCEPT) { best.map_or(0, |(_, weight)| weight) } else { 1000 }
}

/// A weight such as `0.8` in thousandths; 0 if it is none.
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    match (whole, rest) {
        ("1", _) => 1000,
        ("0", rest) if rest.len() <= 3 => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: hyper::header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn the_content_type_tells_the_format() {
        let sent = |value: &str| Format::sent(&headers(CONTENT_TYPE, value)).ok();
        assert_eq!(sent("application/x-protobuf"), Some(Format::Protobuf));
        assert_eq!(sent("Application/JSON ; charset=utf-8"), Some(Format::Json));
        for other in ["", "text/plain", "application/json2", "application/protobuf", ";", "application/jso"] {
            assert_eq!(sent(other), None, "{other}");
        }
        assert!(Format::sent(&HeaderMap::new()).is_err());
    }

    #[test]
    fn the_answer_is_in_the_format_wanted() {
        let wanted = |value: &str| Format::wanted(&headers(ACCEPT, value), Format::Json).ok();
        for (value, format) in [
            ("*/*", Some(Format::Json)),
            ("application/*;q=0.1", Some(Format::Json)),
            ("application/x-protobuf", Some(Format::Protobuf)),
            ("application/json;q=0.5, application/x-protobuf", Some(Format::Protobuf)),
            ("application/json;q=0.5, application/x-protobuf;q=0.45", Some(Format::Json)),
            ("application/json;q=0, */*", Some(Format::Protobuf)),
            ("text/html, */*;q=0.8", Some(Format::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
        ] {
            assert_eq!(wanted(value), format, "{value}");
        }
        assert_eq!(Format::wanted(&HeaderMap::new(), Format::Protobuf).ok(), Some(Format::Protobuf));
    }

    #[test]
    fn a_browser_wants_a_page_and_a_program_does_not() {
        for (value, page) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("text/*", true),
            ("*/*", false),
            ("application/json", false),
            ("text/html;q=0.5, application/json", false),
            ("", false),
        ] {
            assert_eq!(wants_page(&headers(ACCEPT, value)), page, "{value}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
