//! Media types: the type that a request sends, and the types of answers that it accepts.

use crate::problem::{Code, Problem};
use hyper::HeaderMap;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams, names};

/// Media type of protobuf.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
/// Media type of any bytes. A stream of submissions may come under it too, since many tools do not know the media type
/// of protobuf.
pub(crate) const BYTES: &str = "application/octet-stream";
/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// [`PROTOBUF`] in parsed form, to compare with the types that a request accepts.
const PROTOBUF_TYPE: MediaType<'_> = MediaType::new(names::APPLICATION, Name::new_unchecked("x-protobuf"));
/// [`JSON`], likewise.
const JSON_TYPE: MediaType<'_> = MediaType::new(names::APPLICATION, names::JSON);
/// Media type of pages.
const PAGE_TYPE: MediaType<'_> = MediaType::new(names::TEXT, names::HTML);

/// The format of a submission.
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

    fn media_type(self) -> MediaType<'static> {
        match self {
            Self::Protobuf => PROTOBUF_TYPE,
            Self::Json => JSON_TYPE,
        }
    }

    /// The format of the body, by its content type.
    ///
    /// # Errors
    /// 415 if the content type is missing or not one of those two.
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

    /// The format of the answer: the one that the request prefers, or its own format if it has no preference.
    ///
    /// # Errors
    /// 406 if neither is acceptable.
    pub(crate) fn wanted(headers: &HeaderMap, sent: Self) -> Result<Self, Problem> {
        // Devices ask for the format that they send, in exactly these words. Reading the ranges of `Accept` costs as
        // much as decoding a submission.
        let mut accepted = headers.get_all(ACCEPT).iter();
        if (accepted.next().is_some_and(|only| only == sent.name()), accepted.next()) == (true, None) {
            return Ok(sent);
        }
        let other = if sent == Self::Json { Self::Protobuf } else { Self::Json };
        let (sent_weight, other_weight) = (weight(headers, &sent.media_type()), weight(headers, &other.media_type()));
        if sent_weight == 0 && other_weight == 0 {
            let detail = format!("{PROTOBUF} or {JSON}");
            return Err(Problem::of(Code::NotAcceptable, "accept", detail).closing());
        }
        Ok(if other_weight > sent_weight { other } else { sent })
    }
}

/// Whether a person looks at the answer: the request prefers a page to JSON.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    weight(headers, &PAGE_TYPE) > weight(headers, &JSON_TYPE)
}

/// Checks that the body is a stream of protobuf messages.
///
/// # Errors
/// 415 if the content type is missing or another one.
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

/// How much a media type is wanted, from 0 (not at all) to 1000: the weight of the narrowest range that it falls into
/// (RFC 9110 section 12.5.1). A range that cannot be read is left out. A request without `Accept` takes everything.
fn weight(headers: &HeaderMap, wanted: &MediaType<'_>) -> u32 {
    if !headers.contains_key(ACCEPT) {
        return 1000;
    }
    let values = headers.get_all(ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(MediaTypeList::new).filter_map(Result::ok);
    let fitting = ranges.filter_map(|range| narrowness(&range, wanted).map(|narrow| (narrow, range)));
    let narrowest = fitting.max_by_key(|(narrow, _)| *narrow);
    let weighed = |range: MediaType<'_>| range.get_param(names::Q).map_or(1000, |q| thousandths(q.as_str()));
    narrowest.map_or(0, |(_, range)| weighed(range))
}

/// How narrow a range is that holds a media type: 0 for `*/*`, 1 for `text/*`, 2 for `text/html`.
fn narrowness(range: &MediaType<'_>, wanted: &MediaType<'_>) -> Option<u8> {
    match (range.ty == names::_STAR, range.subty == names::_STAR) {
        (true, true) => Some(0),
        (false, true) => (range.ty == wanted.ty).then_some(1),
        _ => (range.essence() == *wanted).then_some(2),
    }
}

/// A weight such as `0.8` in thousandths; 0 if the text is not a weight.
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
        let mut both = headers(ACCEPT, "application/x-protobuf");
        assert_eq!(Format::wanted(&both, Format::Protobuf).ok(), Some(Format::Protobuf));
        both.append(ACCEPT, "application/x-protobuf;q=0".parse().unwrap());
        assert_eq!(Format::wanted(&both, Format::Protobuf).ok(), None, "a second line counts too");
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
