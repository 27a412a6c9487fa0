//! Single values of a report: numbers, keys and their limits.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::describe::Value as Takes;
use serde_json::Value;

/// Decimals of a degree that are recorded.
const DECIMALS: usize = 5;

/// A number or a text, as it stands.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

/// The least and the most of a number; `None` for what is no number. Numbers of seats that may stay empty begin at 0.
pub(super) fn range(takes: &Takes) -> Option<(i64, i64)> {
    Some(match takes {
        Takes::Year => (1900, 2199),
        Takes::YearByRule | Takes::NumberOrNone => (0, i64::MAX),
        Takes::Number => (1, i64::MAX),
        Takes::Count { max } => (0, i64::from(*max)),
        Takes::Signed => (i64::MIN, i64::MAX),
        Takes::Member => (1, 99),
        Takes::MemberOrNone => (0, 99),
        Takes::Official | Takes::Officials { .. } => (10_000_000, 99_999_999),
        _ => return None,
    })
}

/// Whether the value is a number that the check accepts.
pub(super) fn names(value: &Value, check: fn(u64) -> bool) -> bool {
    plain(value).parse().is_ok_and(check)
}

/// A key's id as people are shown it, or its number as in the mapping. Sixteen digits without a letter are a number,
/// unless `0x` stands before them.
pub(super) fn key(text: &str) -> Option<u64> {
    let shown =
        text.strip_prefix("0x").or_else(|| text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(text));
    let number = match shown {
        Some(digits) if digits.len() == 16 => u64::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    };
    number.filter(|number| *number > 0)
}

pub(super) fn is_public_key(value: &Value) -> bool {
    value.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()).is_some_and(|bytes| bytes.len() == 32)
}

pub(super) fn is_whole(value: &Value) -> bool {
    let digits = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    value.is_i64() || value.is_u64() || value.as_str().is_some_and(digits)
}

/// A time of day as its minute, counted from 1.
pub(super) fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute + 1)
}

/// Degrees as units of 0.00001 degree.
pub(super) fn degrees(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.')?;
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = all(whole) && whole.len() <= 3 && all(part) && part.len() <= DECIMALS;
    let units: i64 = fits.then(|| format!("{whole}{part:0<DECIMALS$}").parse().ok())??;
    (units <= 180 * 100_000).then_some(sign * units)
}
