//! Reads the cells of one row and notes their faults.

use super::labels::{self, Labels};
use super::problem::{RowCode, RowProblem};
use super::table::{Row, Table};
use super::{CELL_CHARS_MAX, Options};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::money::Fen;
use std::str::FromStr;

/// A row, and the problems found in the table so far. A method that returns `None` has noted a problem.
pub(super) struct Cells<'t> {
    table: &'t Table,
    row: &'t Row,
    problems: &'t mut Vec<RowProblem>,
}

impl<'t> Cells<'t> {
    pub(super) fn new(table: &'t Table, row: &'t Row, problems: &'t mut Vec<RowProblem>) -> Self {
        Self { table, row, problems }
    }

    /// Notes a problem.
    pub(super) fn refuse<T>(&mut self, column: &'static str, code: RowCode, detail: impl Into<String>) -> Option<T> {
        self.problems.push(RowProblem::new(self.row.number, column, code, detail));
        None
    }

    /// The cell unchanged.
    pub(super) fn raw(&self, column: &'static str) -> &'t str {
        self.table.cell(self.row, column)
    }

    /// A text, which may be blank.
    pub(super) fn text(&mut self, column: &'static str, chars_max: usize) -> Option<String> {
        let text = self.raw(column);
        if text.chars().count() > chars_max.min(CELL_CHARS_MAX) {
            return self.refuse(column, RowCode::TooLong, format!("at most {chars_max} characters"));
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return self.refuse(column, RowCode::TextInvalid, "");
        }
        Some(text.to_owned())
    }

    /// A text that must not be blank.
    pub(super) fn required_text(&mut self, column: &'static str, chars_max: usize) -> Option<String> {
        if self.raw(column).is_empty() { self.missing(column) } else { self.text(column, chars_max) }
    }

    /// One of the choices; `Some(None)` if blank.
    pub(super) fn word<T: Copy>(&mut self, column: &'static str, words: &Labels<T>) -> Option<Option<T>> {
        match self.raw(column) {
            "" => Some(None),
            text => match words.find(text) {
                Some(word) => Some(Some(word)),
                None => self.refuse(column, RowCode::NotKnown, words.choices()),
            },
        }
    }

    /// One of the choices, which must not be blank.
    pub(super) fn required_word<T: Copy>(&mut self, column: &'static str, words: &Labels<T>) -> Option<T> {
        match self.word(column, words)? {
            Some(word) => Some(word),
            None => self.missing(column),
        }
    }

    /// Yes or no; blank is no.
    pub(super) fn yes(&mut self, column: &'static str) -> Option<bool> {
        self.word(column, &labels::YES_NO).map(|yes| yes.unwrap_or(false))
    }

    /// A day; if blank, the one given for the whole table.
    pub(super) fn date(&mut self, column: &'static str, options: &Options) -> Option<Date> {
        match (self.raw(column), options.date) {
            ("", Some(date)) => Some(date),
            ("", None) => self.missing(column),
            (text, _) => date(text).or_else(|| self.refuse(column, RowCode::NotADate, "such as 2016-07-01")),
        }
    }

    /// The village; if blank, the one given for the whole table.
    pub(super) fn village(&mut self, options: &Options) -> Option<Area> {
        let text = self.raw("village");
        match (text, options.village) {
            ("", Some(village)) => Some(village),
            ("", None) => self.missing("village"),
            _ if is_scientific(text) => self.refuse("village", RowCode::NumberTruncated, ""),
            _ => Area::from_str(text)
                .ok()
                .filter(|area| text.len() == 12 && area.level() == Level::Village)
                .or_else(|| self.refuse("village", RowCode::VillageInvalid, "")),
        }
    }

    /// The number of a household that is in the log already.
    pub(super) fn household(&mut self) -> Option<HouseholdId> {
        let text = self.raw("household");
        if text.is_empty() {
            return self.missing("household");
        }
        if is_scientific(text) {
            return self.refuse("household", RowCode::NumberTruncated, "");
        }
        digits::<10>(text)
            .and_then(HouseholdId::new)
            .or_else(|| self.refuse("household", RowCode::HouseholdInvalid, ""))
    }

    /// The number of an official.
    pub(super) fn official(&mut self) -> Option<OfficialId> {
        let text = self.raw("official");
        if text.is_empty() {
            return self.missing("official");
        }
        digits::<8>(text)
            .and_then(|number| OfficialId::new(u32::try_from(number).ok()?))
            .or_else(|| self.refuse("official", RowCode::OfficialInvalid, ""))
    }

    /// A whole number up to `max`; 0 if blank.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, column: &'static str, max: u64) -> Option<T> {
        let text = self.raw(column);
        let number = if text.is_empty() { Some(0) } else { whole(text) };
        number
            .filter(|number| *number <= max)
            .and_then(|number| T::try_from(number).ok())
            .or_else(|| self.refuse(column, RowCode::NotANumber, format!("0 to {max}")))
    }

    /// A whole number from 1 up to `max`, which must not be blank.
    pub(super) fn required_number<T: TryFrom<u64>>(&mut self, column: &'static str, max: u64) -> Option<T> {
        if self.raw(column).is_empty() {
            return self.missing(column);
        }
        match whole(self.raw(column)) {
            Some(1..) => self.number(column, max),
            _ => self.refuse(column, RowCode::NotANumber, format!("1 to {max}")),
        }
    }

    /// An amount in yuan, returned in fen.
    pub(super) fn yuan(&mut self, column: &'static str) -> Option<u64> {
        match self.raw(column) {
            "" => self.missing(column),
            text => fen(text).or_else(|| self.refuse(column, RowCode::NotAnAmount, "")),
        }
    }

    fn missing<T>(&mut self, column: &'static str) -> Option<T> {
        self.refuse(column, RowCode::Missing, "")
    }
}

/// Whether a spreadsheet has turned a long number into scientific notation, such as 1.3E+17.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    digits(mantissa) && digits(exponent.trim_start_matches('+'))
}

/// A number of exactly `N` digits.
pub(super) fn digits<const N: usize>(text: &str) -> Option<u64> {
    if text.len() == N && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn whole(text: &str) -> Option<u64> {
    // A spreadsheet may write 3 as 3.0.
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Year, month and day with any of the usual separators.
fn date(text: &str) -> Option<Date> {
    // Spreadsheets add a time of day, midnight.
    let text = text.split_once([' ', 'T']).map_or(text, |(day, _)| day).trim_end_matches('日');
    if let Some(number) = digits::<8>(text) {
        return Date::from_yyyymmdd(u32::try_from(number).ok()?);
    }
    let parts: Vec<_> = text.split(['-', '/', '.', '年', '月']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let part = |text: &str, length: usize| {
        let fits = (1..=length).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { text.parse::<u32>().ok() } else { None }
    };
    Date::new(part(year, 4)?, part(month, 2)?, part(day, 2)?)
}

fn fen(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches('元').replace([',', '，'], "");
    text.parse::<Fen>().ok().and_then(|fen| u64::try_from(fen.0).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_usual_ways() {
        for text in ["2016-07-01", "20160701", "2016/7/1", "2016.7.1", "2016年7月1日", "2016-7-1 00:00:00"] {
            assert_eq!(date(text).map(Date::yyyymmdd), Some(20_160_701), "{text}");
        }
        for text in ["", "2016", "2016-07", "2016-13-01", "2016-02-30", "1/7/2016", "2016-+7-1", "42552", "二〇一六"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_in_yuan() {
        let table =
            [("0", 0), ("3000", 300_000), ("1,234.5", 123_450), ("¥12.05", 1_205), ("12元", 1_200), ("7.", 700)];
        for (text, expected) in table {
            assert_eq!(fen(text), Some(expected), "{text}");
        }
        for text in ["", "-1", "1.234", "1e3", "abc", ".5", "100000000001", "999999999999999999999"] {
            assert_eq!(fen(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_a_spreadsheet_changed_are_known() {
        for text in ["1.3E+17", "1.30624E+17", "1e17", "9E+9"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["", "E", "130624", "E+17", "甲E1", "1E"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
