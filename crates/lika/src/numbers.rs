//! Figures as people read them.

use crate::table::Table;
use lika_domain::language::Language;
use lika_domain::money::{self, Fen};
use lika_domain::progress::{
    Aid, Coverage, Description, IncomeFigure, MonthPart, Part, Poverty, Tally, Unit, Visited,
};
use lika_views::Progress;
use std::time::Duration;

/// Stands between groups of three digits.
const SEPARATOR: char = ',';

/// A number with its digits in groups of three.
pub(crate) fn number(number: u64) -> String {
    money::grouped(number, SEPARATOR)
}

/// How many in a second.
pub(crate) fn rate(count: u64, took: Duration) -> u64 {
    let rate = u128::from(count) * 1_000_000 / took.as_micros().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// An amount of fen in yuan.
pub(crate) fn yuan(fen: i64) -> String {
    Fen(fen).in_yuan(SEPARATOR)
}

/// A value as text, or a dash if it is not known.
pub(crate) fn known<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), text)
}

/// A share in 1 per 10,000, as a percentage.
pub(crate) fn share(per_10_000: u64) -> String {
    format!("{}.{:02}%", per_10_000 / 100, per_10_000 % 100)
}

/// The unit of a figure. Amounts are shown in yuan.
pub(crate) fn unit(unit: Unit, language: Language) -> &'static str {
    let en = if unit == Unit::Fen { "yuan" } else { unit.en() };
    language.of(unit.zh(), en)
}

/// A column of a table of areas: a figure, and how it is read from an area's document.
type Column = (&'static Description, fn(&Progress) -> String);

/// Areas under one another, with the main figures.
pub(crate) fn areas(areas: &[Progress], language: Language) -> String {
    let figures: [Column; 9] = [
        (Poverty::Now.description(), |area| number(area.households.poor_now())),
        (Tally::Exited.description(), |area| number(area.households.count(Tally::Exited))),
        (Tally::FallenBack.description(), |area| number(area.households.count(Tally::FallenBack))),
        (Tally::Monitored.description(), |area| number(area.households.count(Tally::Monitored))),
        (Poverty::Incidence.description(), |area| known(area.incidence, share)),
        (IncomeFigure::Mean.description(), |area| known(area.income.mean, yuan)),
        (Coverage::Unassigned.description(), |area| number(area.officials.coverage.count(Coverage::Unassigned))),
        (Visited::In90Days.description(), |area| number(area.officials.visits.count(Visited::In90Days))),
        (MonthPart::AidAmount.description(), |area| yuan(area.aid.iter().map(|aid| aid.sums.get(Aid::Amount)).sum())),
    ];
    let named = language.of(["区划", "名称", ">在册户", ">在册人"], ["area", "name", ">households", ">persons"]);
    let none = language.of("尚未登记行政村\n", "no village is registered yet\n");
    let label = |figure: &Description| format!(">{}", language.of(figure.zh, figure.en));
    let headings = figures.iter().map(|(figure, _)| label(figure));
    let mut table = Table::new(&named.map(str::to_owned).into_iter().chain(headings).collect::<Vec<_>>());
    for area in areas {
        let open = [number(area.households.open()), number(area.persons.open())];
        let first = [area.area.clone(), area.name.clone().unwrap_or_default()];
        table.texts(first.into_iter().chain(open).chain(figures.iter().map(|(_, figure)| figure(area))));
    }
    if table.is_empty() { none.to_owned() } else { table.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_views::document::Sums;

    /// The county of the recorded log, from its recorded answer.
    fn recorded() -> Progress {
        let answers = include_str!("../../../tests/golden/answers.jsonl").lines();
        let answers = answers.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let mut county = answers.filter(|answer| answer["get"] == "/v1/areas/130624/progress");
        serde_json::from_value(county.next().unwrap()["body"].take()).unwrap()
    }

    #[test]
    fn households_that_fell_back_are_poor_now() {
        let mut county = recorded();
        county.households = Sums::new(|part| match part {
            Tally::Poor => 4_001,
            Tally::PreExit => 30,
            Tally::FallenBack => 200,
            _ => 0,
        });
        let text = areas(&[county], Language::En);
        assert!(text.contains("poor now") && text.contains("4,231"), "{text}");
    }

    #[test]
    fn shares_are_percentages() {
        for (given, shown) in [(0, "0.00%"), (5, "0.05%"), (300, "3.00%"), (10_000, "100.00%")] {
            assert_eq!(share(given), shown);
        }
    }

    #[test]
    fn amounts_that_are_not_known_are_a_dash() {
        assert_eq!((known(Some(-123_456), yuan), known(None, yuan)), ("-1,234.56".into(), "-".into()));
    }
}
