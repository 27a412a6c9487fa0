//! Calendar dates and months. The day is the day in China (UTC+8); there is no time of day in the rules.

use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt;

/// A calendar date, kept as days since 1970-01-01, from 1900-01-01 to 2199-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Date(i32);

/// A calendar month, kept as months since year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Month(u16);

/// Julian day of 1970-01-01.
const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;
/// China has had one time zone without summer time since 1992.
const CHINA_OFFSET_MS: u64 = 8 * 3600 * 1000;
const DAY_MS: u64 = 24 * 3600 * 1000;
const YEAR_MIN: u32 = 1900;
const YEAR_MAX: u32 = 2199;

impl Date {
    /// 2010-01-01, before which the programme has no records.
    pub const PROGRAMME_BEGINS: Self = Self(14_610);

    /// From a number yyyymmdd; `None` if there is no such day or it lies outside 1900 to 2199.
    pub fn from_yyyymmdd(number: u32) -> Option<Self> {
        Self::new(number / 10_000, number / 100 % 100, number % 100)
    }

    /// From year, month 1 to 12 and day; `None` if there is no such day or it lies outside 1900 to 2199.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return None;
        }
        let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = time::Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
        Some(Self(date.to_julian_day() - UNIX_EPOCH_JULIAN_DAY))
    }

    /// The day in China at a moment given in milliseconds since 1970-01-01 UTC.
    pub fn of_unix_ms(ms: u64) -> Self {
        let days = ms.saturating_add(CHINA_OFFSET_MS) / DAY_MS;
        Self(i32::try_from(days).unwrap_or(i32::MAX).min(Self::last().0))
    }

    /// Midnight in China at the start of this day, in milliseconds since 1970-01-01 UTC; 0 before 1970-01-02.
    pub fn start_unix_ms(self) -> u64 {
        (u64::try_from(self.0).unwrap_or(0) * DAY_MS).saturating_sub(CHINA_OFFSET_MS)
    }

    /// As a number yyyymmdd.
    pub fn yyyymmdd(self) -> u32 {
        let (year, month, day) = self.ymd();
        year * 10_000 + month * 100 + day
    }

    /// Year, month 1 to 12, day 1 to 31.
    pub fn ymd(self) -> (u32, u32, u32) {
        let date = time::Date::from_julian_day(self.0 + UNIX_EPOCH_JULIAN_DAY).unwrap_or(time::Date::MIN);
        (date.year().unsigned_abs(), u32::from(u8::from(date.month())), u32::from(date.day()))
    }

    /// The month it lies in.
    pub fn month(self) -> Month {
        let (year, month, _) = self.ymd();
        Month::of(year, month)
    }

    /// The calendar year it lies in.
    pub fn year(self) -> u32 {
        self.ymd().0
    }

    /// The date `days` later (earlier if negative), kept within 1900 to 2199.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::first().0, Self::last().0))
    }

    /// Days from `earlier` to this day; below 0 if that day is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    const fn first() -> Self {
        Self(-25_567)
    }

    const fn last() -> Self {
        Self(84_005)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let plain = text.len() == 8 || (text.len() == 10 && text.bytes().filter(|b| *b == b'-').count() == 2);
        let dashes =
            text.len() == 8 || (text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-'));
        if !plain || !dashes || digits.len() != 8 {
            return Err(NotADate);
        }
        digits.parse().ok().and_then(Self::from_yyyymmdd).ok_or(NotADate)
    }
}

/// The text is not a date of the form 2017-06-01 or 20170601 between 1900 and 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form 2017-06-01 between 1900 and 2199")]
pub struct NotADate;

impl Month {
    /// From a number yyyymm; `None` if there is no such month or it lies outside 1900 to 2199.
    pub fn from_yyyymm(number: u32) -> Option<Self> {
        let (year, month) = (number / 100, number % 100);
        ((YEAR_MIN..=YEAR_MAX).contains(&year) && (1..=12).contains(&month)).then(|| Self::of(year, month))
    }

    /// As a number yyyymm.
    pub fn yyyymm(self) -> u32 {
        u32::from(self.0 / 12) * 100 + u32::from(self.0 % 12) + 1
    }

    /// The calendar year.
    pub fn year(self) -> u32 {
        u32::from(self.0 / 12)
    }

    /// Months from `earlier` to this month; below 0 if that month is later.
    pub fn months_since(self, earlier: Self) -> i32 {
        i32::from(self.0) - i32::from(earlier.0)
    }

    fn of(year: u32, month: u32) -> Self {
        Self(u16::try_from(year * 12 + month - 1).unwrap_or(u16::MAX))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A moment in China's time, to the millisecond.
pub fn moment(unix_ms: u64) -> String {
    let day = Date::of_unix_ms(unix_ms);
    let ms = unix_ms.saturating_sub(day.start_unix_ms());
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{day}T{:02}:{:02}:{:02}.{ms:03}+08:00", s / 3600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_come_back() {
        for number in [19_000_101, 19_691_231, 19_700_101, 20_000_229, 20_170_601, 21_991_231] {
            let date = Date::from_yyyymmdd(number).unwrap();
            assert_eq!(date.yyyymmdd(), number);
            assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        }
        assert_eq!(Date::PROGRAMME_BEGINS.yyyymmdd(), 20_100_101);
        assert_eq!(Date::first().yyyymmdd(), 19_000_101);
        assert_eq!(Date::last().yyyymmdd(), 21_991_231);
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for number in [0, 20_170_229, 20_171_301, 20_170_100, 18_991_231, 22_000_101] {
            assert_eq!(Date::from_yyyymmdd(number), None, "{number}");
        }
        for text in ["2017-6-1", "2017/06/01", "20170631", "", "2017-06-01x"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_is_the_day_in_china() {
        let evening_utc = 1_496_247_000_000; // 2017-05-31 16:10 UTC
        assert_eq!(Date::of_unix_ms(evening_utc).yyyymmdd(), 20_170_601);
        assert_eq!(Date::of_unix_ms(Date::of_unix_ms(evening_utc).start_unix_ms()).yyyymmdd(), 20_170_601);
        assert_eq!(Date::of_unix_ms(u64::MAX), Date::last());
    }

    #[test]
    fn moments_are_in_chinas_time() {
        assert_eq!(moment(1_496_247_030_007), "2017-06-01T00:10:30.007+08:00"); // 2017-05-31 16:10:30 UTC
    }

    #[test]
    fn months_count() {
        let month = Month::from_yyyymm(201_801).unwrap();
        assert_eq!(month.yyyymm(), 201_801);
        assert_eq!(month.months_since(Month::from_yyyymm(201_711).unwrap()), 2);
        assert_eq!(Month::from_yyyymm(201_713), None);
        assert_eq!(month.to_string(), "2018-01");
    }
}
