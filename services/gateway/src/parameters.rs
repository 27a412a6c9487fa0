//! Parameters of paths and queries, parsed into types.

use crate::problem::{Code, Problem};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, KeyId, OfficialId};
use lika_domain::progress::FigureRef;
use serde::Deserialize;

/// The query of progress. Any other parameter is refused: it would be a mistake in writing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProgressParameters {
    pub(crate) by: Option<String>,
    pub(crate) at: Option<String>,
    pub(crate) recorded_by: Option<String>,
    pub(crate) index: Option<Index>,
}

pub(crate) fn query(query: Result<Query<ProgressParameters>, QueryRejection>) -> Result<ProgressParameters, Problem> {
    query.map(|Query(query)| query).map_err(|error| Problem::of(Code::ParameterInvalid, "query", error.body_text()))
}

/// The prefix of an area: 2, 4, 6, 9 or 12 digits.
pub(crate) fn area(path: Result<Path<String>, PathRejection>) -> Result<Area, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "prefix", "2, 4, 6, 9 or 12 digits of a division code");
    text(path, "prefix")?.parse().map_err(|_| refused())
}

/// The prefix of an area and the name of a figure of its document.
pub(crate) fn figure(path: Result<Path<(String, String)>, PathRejection>) -> Result<(Area, FigureRef), Problem> {
    let Path((prefix, name)) = path.map_err(|error| Problem::of(Code::ParameterInvalid, "path", error.body_text()))?;
    let known = "a figure is named by its place in the document: households.poor, gap.housing.missing, \
                 months.2016-05.visits";
    let asked = FigureRef::from_name(&name).ok_or_else(|| Problem::of(Code::ParameterInvalid, "figure", known))?;
    Ok((area(Ok(Path(prefix)))?, asked))
}

/// The code of a village: 12 digits.
pub(crate) fn village(path: Result<Path<String>, PathRejection>) -> Result<Area, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "code", "the 12 digits of a village's code");
    let code = text(path, "code")?.parse::<Area>().ok();
    code.filter(|area| area.level() == Level::Village).ok_or_else(refused)
}

/// A household number: 10 digits.
pub(crate) fn household(path: Result<Path<String>, PathRejection>) -> Result<HouseholdId, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "id", "a household number has 10 digits");
    digits(&text(path, "id")?).and_then(HouseholdId::new).ok_or_else(refused)
}

/// An official number: 8 digits.
pub(crate) fn official(path: Result<Path<String>, PathRejection>) -> Result<OfficialId, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "id", "an official number has 8 digits");
    let number = digits(&text(path, "id")?).and_then(|number| u32::try_from(number).ok());
    number.and_then(OfficialId::new).ok_or_else(refused)
}

/// An index of the log.
pub(crate) fn index(path: Result<Path<String>, PathRejection>) -> Result<Index, Problem> {
    let refused = || Problem::of(Code::ParameterInvalid, "index", "an index is a number from 0");
    digits(&text(path, "index")?).ok_or_else(refused)
}

/// The name of a key: 16 hexadecimal digits.
pub(crate) fn key(text: &str) -> Result<KeyId, Problem> {
    let refused = || Problem::of(Code::BodyMalformed, "key", "a key's name has 16 hexadecimal digits");
    let hexadecimal = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u64::from_str_radix(text, 16).ok().filter(|_| hexadecimal);
    number.map(KeyId).ok_or_else(refused)
}

/// A level that areas are listed by.
pub(crate) fn level(name: Option<&str>) -> Result<Option<Level>, Problem> {
    match name {
        None => Ok(None),
        Some("county") => Ok(Some(Level::County)),
        Some("township") => Ok(Some(Level::Township)),
        Some("village") => Ok(Some(Level::Village)),
        Some(_) => Err(Problem::of(Code::ParameterInvalid, "by", "county, township or village")),
    }
}

/// A day such as `2017-06-01`. Days before 1900 and after 2199 are valid too: they count as the first or the last day
/// that the rules know.
pub(crate) fn day(field: &'static str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let refused = || Problem::of(Code::ParameterInvalid, field, "a day such as 2017-06-01");
    let (year, rest) = text.split_at_checked(4).ok_or_else(refused)?;
    let year = digits(year).and_then(|year| u32::try_from(year).ok()).ok_or_else(refused)?;
    let known = match year {
        1900..=2199 => text.parse().ok(),
        // The calendar of the rules does not reach this year, so the day is checked in a year of the same length.
        _ => {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let exists = format!("{}{rest}", if leap { 2000 } else { 2001 }).parse::<Date>().is_ok();
            Date::from_yyyymmdd(if year < 1900 { 19_000_101 } else { 21_991_231 }).filter(|_| exists)
        }
    };
    known.filter(|_| text.len() == 10).map(Some).ok_or_else(refused)
}

fn text(path: Result<Path<String>, PathRejection>, field: &'static str) -> Result<String, Problem> {
    path.map(|Path(text)| text).map_err(|error| Problem::of(Code::ParameterInvalid, field, error.body_text()))
}

/// A number written in digits alone.
fn digits(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_one_spelling() {
        let read = |text| day("at", Some(text)).ok().flatten().map(|date| date.to_string());
        for (text, expected) in [
            ("2017-06-01", Some("2017-06-01")),
            ("0001-01-01", Some("1900-01-01")),
            ("1896-02-29", Some("1900-01-01")),
            ("9999-12-31", Some("2199-12-31")),
            ("1899-02-29", None),
            ("2017-06-31", None),
            ("20170601", None),
            ("2017-6-1", None),
            ("2017-06-01T00:00", None),
            ("今天二零一七", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
        assert_eq!(day("at", None), Ok(None));
    }

    #[test]
    fn names_of_keys_have_16_digits() {
        assert_eq!(key("00000000000000ff"), Ok(KeyId(255)));
        for text in ["ff", "+0000000000000ff", "00000000000000fg", "0x000000000000ff", "00000000000000ff0"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
