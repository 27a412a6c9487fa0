//! Times of day and places on the earth. Anything that could be another of them is none.

use super::values::{compact, has_gaps};

/// Degrees of the country, with those of other countries around it left out: a latitude is never a longitude.
pub(super) const LATITUDES: (i64, i64) = (3, 54);
pub(super) const LONGITUDES: (i64, i64) = (73, 136);
/// Units in a degree.
const DEGREE: i64 = 100_000;

/// Minutes since midnight: 09:30, 9点30分. A number alone may be hours, minutes, or both.
pub(super) fn minute(text: &str) -> Option<u16> {
    if has_gaps(text) {
        return None;
    }
    let text = compact(text);
    let (hour, minute) = match text.split_once(['点', '时']) {
        Some((hour, "")) => (hour, "00".to_owned()),
        Some((hour, minute)) => (hour, format!("{:0>2}", minute.strip_suffix('分').unwrap_or(minute))),
        None => {
            let (hour, minute) = text.split_once(':')?;
            // Seconds are not kept.
            (hour, minute.strip_suffix(":00").unwrap_or(minute).to_owned())
        }
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(hour) || !are_digits(&minute) || !(1..=2).contains(&hour.len()) || minute.len() != 2 {
        return None;
    }
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// A latitude or longitude in degrees with decimals, in units of 0.00001 degree.
pub(super) fn degrees(text: &str, (least, most): (i64, i64)) -> Option<i64> {
    if has_gaps(text) {
        return None;
    }
    let text = compact(text);
    let (whole, decimals) = text.split_once('.')?;
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(decimals) || whole.len() > 3 || decimals.len() > 12 {
        return None;
    }
    let decimals: String = format!("{decimals:0<5}").chars().take(5).collect();
    let units = format!("{whole}{decimals}").parse::<i64>().ok()?;
    (least * DEGREE..most * DEGREE).contains(&units).then_some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_minutes() {
        for (text, expected) in
            [("09:30", 570), ("9点30分", 570), ("9点5分", 545), ("14:00:00", 840), ("9时", 540), ("9：30", 570)]
        {
            assert_eq!(minute(text), Some(expected), "{text}");
        }
        for text in
            ["", "24:00", "9:60", "上午", "570", "0930", "930", "9", "9:3", "9:30:15", "9 30", "09:3 0", "9.30"]
        {
            assert_eq!(minute(text), None, "{text}");
        }
    }

    #[test]
    fn a_latitude_is_no_longitude() {
        assert_eq!(degrees("38.84512", LATITUDES), Some(3_884_512));
        assert_eq!(degrees("114.2", LONGITUDES), Some(11_420_000));
        assert_eq!((degrees("114.2", LATITUDES), degrees("38.84512", LONGITUDES)), (None, None));
        for text in ["38", "0.0", "-38.8", "38.8 114.5", "38.8.1", "北纬38.8"] {
            assert_eq!(degrees(text, LATITUDES), None, "{text}");
        }
    }
}
