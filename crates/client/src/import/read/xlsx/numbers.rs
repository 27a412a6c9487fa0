//! Numbers of cells, written out.

use super::formats::{Format, Shown};
use crate::import::grid::CellKind;
use lika_domain::date::Date;

/// Digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;
/// From here on a number has more digits than are kept.
const TOO_LARGE: f64 = 1e15;
/// The day of serial number 0, counted from 1900; before serial 61 a day that never was is counted.
const FIRST_DAY: (u32, u32, u32) = (1899, 12, 30);
const FIRST_SERIAL: i32 = 61;
/// Days between both ways of counting.
const DAYS_TO_1904: i32 = 1_462;
const DAY_MINUTES: f64 = 1_440.0;

/// A number as a spreadsheet shows it: with at most 15 digits, or in scientific notation where it has more. Empty if
/// its format shows no zeros; with its unit if it shows one.
pub(super) fn written(text: &str, format: &Format, from_1904: bool) -> Option<(String, CellKind)> {
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    if format.is_day {
        return day(number, from_1904).map(|day| (day, CellKind::Day));
    }
    let shown = match number.abs() >= TOO_LARGE {
        true => format!("{number:.5E}"),
        // An integer is kept as it stands in the file.
        false if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => text.to_owned(),
        false => decimal(number),
    };
    Some(match format.number(number) {
        Shown::AsItIs => (shown, CellKind::Number),
        Shown::With(unit) => (shown + unit, CellKind::Number),
        Shown::NotAtAll if number == 0.0 => (String::new(), CellKind::Number),
        Shown::NotAtAll | Shown::Otherwise => (shown, CellKind::Otherwise),
    })
}

/// The 15 digits that are kept, without the noise of binary fractions after them.
fn decimal(number: f64) -> String {
    let places =
        if number == 0.0 { 0.0 } else { (DIGITS as f64 - 1.0 - number.abs().log10().floor()).clamp(0.0, 20.0) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 20")]
    let text = format!("{number:.*}", places as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The day of a serial number, with the time of day where it has one.
fn day(number: f64, from_1904: bool) -> Option<String> {
    let days = number.floor();
    let minutes = ((number - days) * DAY_MINUTES).round();
    if !(0.0..3_000_000.0).contains(&days) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within these limits")]
    let (days, minutes) = (days as i32 + if from_1904 { DAYS_TO_1904 } else { 0 }, minutes as u32);
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if days == 0 {
        return Some(time);
    }
    let (year, month, first) = FIRST_DAY;
    // The calendar here begins in 1900.
    let second = Date::new(year + 1, 1, 1)?;
    let offset = Date::new(year, month, first).map_or(2, |first| second.days_since(first));
    let date = (days >= FIRST_SERIAL).then(|| second.plus_days(days - offset))?;
    Some(if minutes == 0 { date.to_string() } else { format!("{date} {time}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> String {
        written(text, &Format::default(), false).unwrap().0
    }

    #[test]
    fn numbers_are_written_as_shown() {
        for (text, shown) in [
            ("12", "12"),
            ("012", "012"),
            ("1200.0999999999999", "1200.1"),
            ("0.1", "0.1"),
            ("-3.50", "-3.5"),
            ("1E2", "100"),
            ("130624100200", "130624100200"),
            ("0", "0"),
            ("0.10000000000000001", "0.1"),
        ] {
            assert_eq!(number(text), shown, "{text}");
        }
    }

    #[test]
    fn numbers_that_lost_digits_say_so() {
        assert_eq!(number("901624195803071200"), "9.01624E17");
        assert_eq!(number("9.0162419580307123E+17"), "9.01624E17");
        assert_eq!(written("x", &Format::default(), false), None);
        assert_eq!(written("inf", &Format::default(), false), None);
    }

    #[test]
    fn days_are_counted_from_1900_or_1904() {
        let format = Format::read("yyyy-mm-dd");
        let day = |text, from_1904| written(text, &format, from_1904).map(|(text, _)| text);
        assert_eq!(day("42552", false).as_deref(), Some("2016-07-01"));
        assert_eq!(day("41090", true).as_deref(), Some("2016-07-01"));
        assert_eq!(day("42552.5", false).as_deref(), Some("2016-07-01 12:00"));
        assert_eq!(day("0.375", false).as_deref(), Some("09:00"));
        assert_eq!((day("60", false), day("-1", false), day("9999999", false)), (None, None, None));
    }
}
