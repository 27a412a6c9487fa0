//! Figures as people read them.

use crate::table::Table;
use lika_views::Progress;
use std::time::Duration;

/// A number with its thousands set apart.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many of something in a second.
pub(crate) fn rate(count: u64, took: Duration) -> u64 {
    let rate = u128::from(count) * 1_000_000 / took.as_micros().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// An amount of fen in yuan.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", number(fen.unsigned_abs() / 100), fen.unsigned_abs() % 100)
}

/// What is known, or a dash.
pub(crate) fn known<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), text)
}

/// Areas under one another, with the figures one looks at first.
pub(crate) fn areas(areas: &[Progress]) -> String {
    let headings = [
        "area",
        "name",
        ">households",
        ">poor now",
        ">exited",
        ">fallen back",
        ">monitored",
        ">poor persons/10,000",
        ">income/head",
        ">assigned",
        ">visited 90 d",
        ">aid",
    ];
    let mut table = Table::new(&headings);
    for area in areas {
        let households = &area.households;
        let aid = area.aid.iter().map(|aid| aid.amount).sum();
        table.row([
            &area.area,
            &area.name.as_deref().unwrap_or(""),
            &number(households.open()),
            &number(households.poor_now()),
            &number(households.exited),
            &number(households.fallen_back),
            &number(households.monitored),
            &known(area.incidence, number),
            &known(area.income.mean, yuan),
            &number(area.officials.assigned),
            &number(area.officials.visited_90_days),
            &yuan(aid),
        ]);
    }
    if table.is_empty() { "no village is registered yet\n".to_owned() } else { table.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The county of the recorded log, as it was answered for.
    fn recorded() -> Progress {
        let answers = include_str!("../../../tests/golden/answers.jsonl").lines();
        let answers = answers.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let mut county = answers.filter(|answer| answer["get"] == "/v1/areas/130624/progress");
        serde_json::from_value(county.next().unwrap()["body"].take()).unwrap()
    }

    #[test]
    fn households_that_fell_back_are_poor_now() {
        let mut county = recorded();
        (county.households.poor, county.households.pre_exit, county.households.fallen_back) = (4_001, 30, 200);
        let text = areas(&[county]);
        assert!(text.contains("poor now") && text.contains("4,231"), "{text}");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (given, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(given), shown);
        }
    }

    #[test]
    fn amounts_are_in_yuan() {
        for (fen, shown) in
            [(0, "0.00"), (5, "0.05"), (-123_456, "-1,234.56"), (i64::MIN, "-92,233,720,368,547,758.08")]
        {
            assert_eq!(yuan(fen), shown);
        }
        assert_eq!(known(None, yuan), "-");
    }
}
