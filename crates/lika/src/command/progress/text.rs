//! Progress as tables that county officials read.

mod duties;

use crate::numbers::{known, number, share, yuan};
use crate::table::Table;
use lika_domain::aid::MeasureGroup;
use lika_domain::living::Condition;
use lika_domain::progress::{Aid, Description, IncomeFigure, Known, Part, Tally, Unit};
use lika_views::Progress;
use lika_views::document::Sums;
use lika_views::forecast::forecast;
use lika_views::money::{ASIDE, Station, stations};

/// Everything about one area.
pub(super) fn area(area: &Progress) -> String {
    let parts = [
        head(area),
        counts(area),
        duties::procedures(area),
        duties::gap(area),
        duties::officials(area),
        income(area),
        conditions(area),
        aid(area),
        money(area),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The heading of a column of numbers: the figure's label.
fn heading(figure: &Description) -> String {
    format!(">{}", figure.zh)
}

/// A figure as people read it, in its unit.
fn shown(value: i64, figure: &Description) -> String {
    match figure.unit {
        Unit::Fen => yuan(value),
        _ => number(value.unsigned_abs()),
    }
}

/// A table with a column for each figure of a group, after one for names.
fn group<P: Part>(names: &str) -> Table {
    let figures = P::ALL.iter().map(|part| heading(part.description()));
    Table::new(&std::iter::once(names.to_owned()).chain(figures).collect::<Vec<_>>())
}

/// Adds the figures of a group as a row.
fn row<P: Part>(table: &mut Table, name: &str, sums: &Sums<P>) {
    let figures = sums.iter().map(|(part, value)| shown(value, part.description()));
    table.texts(std::iter::once(name.to_owned()).chain(figures));
}

/// A group as a table of one row.
fn one_row<P: Part>(names: &str, name: &str, sums: &Sums<P>) -> Table {
    let mut table = group::<P>(names);
    row(&mut table, name, sums);
    table
}

fn head(area: &Progress) -> String {
    let mut table = Table::pairs();
    table.row([&"区划", &format!("{} {}", area.area, area.name.as_deref().unwrap_or(""))]);
    table.row([&"截至", &area.as_of.happened]);
    table.row([&"最后记录", &area.as_of.recorded.as_deref().unwrap_or("-")]);
    table.row([&"末条序号", &known(area.index, number)]);
    table.row([&"贫困发生率", &known(area.incidence, share)]);
    table.row([&"退出标准", &format!("低于 {}", share(area.threshold.into()))]);
    if let Some(forecast) = forecast(area) {
        table.row([&"贫困村出列", &forecast]);
    }
    table.to_string()
}

fn counts(area: &Progress) -> String {
    let mut table = group::<Tally>("");
    row(&mut table, "户", &area.households);
    row(&mut table, "人", &area.persons);
    table.to_string()
}

fn income(area: &Progress) -> String {
    let Some(year) = area.income.year else { return String::new() };
    let income = &area.income;
    let figures = IncomeFigure::ALL.iter().map(|part| match part {
        IncomeFigure::Mean => known(income.mean, yuan),
        IncomeFigure::Median => known(income.median, yuan),
        IncomeFigure::BelowLine => known(income.below_line, number),
    });
    let headings = IncomeFigure::ALL.iter().map(|part| {
        let Description { zh, unit, .. } = part.description();
        format!(">{zh} {}", unit.zh())
    });
    let first = ["年度".to_owned(), ">贫困线 元".to_owned()];
    let mut table = Table::new(&first.into_iter().chain(headings).collect::<Vec<_>>());
    table.texts([year.to_string(), known(income.line, yuan)].into_iter().chain(figures));
    table.to_string()
}

fn conditions(area: &Progress) -> String {
    let mut table = group::<Known>("两不愁三保障 户");
    for (one, sums) in Condition::ALL.iter().filter_map(|one| Some((one, area.conditions.get(one.name())?))) {
        row(&mut table, one.zh(), sums);
    }
    table.to_string()
}

fn aid(area: &Progress) -> String {
    let mut table = group::<Aid>("帮扶措施 元");
    area.aid.iter().for_each(|aid| row(&mut table, MeasureGroup::LIST.zh(&aid.measure), &aid.sums));
    if table.is_empty() { String::new() } else { table.to_string() }
}

/// The money at each station on its way, with the part that was not passed on.
fn money(area: &Progress) -> String {
    let mut table = Table::new(&["资金 元", ">金额", ">未流转"]);
    for Station { at, reached, left, .. } in stations(&area.money) {
        table.row([&at.description().zh, &yuan(reached), &left.map(yuan).unwrap_or_default()]);
    }
    for part in ASIDE {
        table.row([&part.description().zh, &"", &yuan(area.money.get(part))]);
    }
    table.to_string()
}
