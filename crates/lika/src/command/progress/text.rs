//! Progress as tables that county officials read.

mod duties;

use crate::numbers::{known, number, share, unit, yuan};
use crate::table::Table;
use lika_domain::aid::MeasureGroup;
use lika_domain::language::Language;
use lika_domain::living::Condition;
use lika_domain::progress::{Aid, Description, IncomeFigure, Known, Part, Tally, Unit};
use lika_views::Progress;
use lika_views::document::Sums;
use lika_views::forecast::{forecast, forecast_en};
use lika_views::money::{ASIDE, Station, stations};

/// Everything about one area.
pub(super) fn area(area: &Progress, language: Language) -> String {
    let parts = [
        head(area, language),
        counts(area, language),
        duties::procedures(area, language),
        duties::gap(area, language),
        duties::officials(area, language),
        income(area, language),
        conditions(area, language),
        aid(area, language),
        money(area, language),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The heading of a column of numbers: the figure's label.
fn heading(figure: &Description, language: Language) -> String {
    format!(">{}", language.of(figure.zh, figure.en))
}

/// A figure as people read it, in its unit.
fn shown(value: i64, figure: &Description) -> String {
    match figure.unit {
        Unit::Fen => yuan(value),
        _ => number(value.unsigned_abs()),
    }
}

/// A table with a column for each figure of a group, after one for names.
fn group<P: Part>(names: &str, language: Language) -> Table {
    let figures = P::ALL.iter().map(|part| heading(part.description(), language));
    Table::new(&std::iter::once(names.to_owned()).chain(figures).collect::<Vec<_>>())
}

/// Adds the figures of a group as a row.
fn row<P: Part>(table: &mut Table, name: &str, sums: &Sums<P>) {
    let figures = sums.iter().map(|(part, value)| shown(value, part.description()));
    table.texts(std::iter::once(name.to_owned()).chain(figures));
}

/// A group as a table of one row.
fn one_row<P: Part>(names: &str, name: &str, sums: &Sums<P>, language: Language) -> Table {
    let mut table = group::<P>(names, language);
    row(&mut table, name, sums);
    table
}

fn head(area: &Progress, language: Language) -> String {
    let mut table = Table::pairs();
    table.row([&language.of("区划", "area"), &format!("{} {}", area.area, area.name.as_deref().unwrap_or(""))]);
    table.row([&language.of("截至", "as of"), &area.as_of.happened]);
    table.row([&language.of("最后记录", "last recorded"), &area.as_of.recorded.as_deref().unwrap_or("-")]);
    table.row([&language.of("末条序号", "last entry"), &known(area.index, number)]);
    table.row([&language.of("贫困发生率", "incidence"), &known(area.incidence, share)]);
    table.row([
        &language.of("退出标准", "threshold"),
        &format!("{} {}", language.of("低于", "below"), share(area.threshold.into())),
    ]);
    if let Some(forecast) = language.of(forecast(area), forecast_en(area)) {
        table.row([&language.of("贫困村出列", "poor villages"), &forecast]);
    }
    table.to_string()
}

fn counts(area: &Progress, language: Language) -> String {
    let mut table = group::<Tally>("", language);
    row(&mut table, language.of("户", "households"), &area.households);
    row(&mut table, language.of("人", "persons"), &area.persons);
    table.to_string()
}

fn income(area: &Progress, language: Language) -> String {
    let Some(year) = area.income.year else { return String::new() };
    let income = &area.income;
    let figures = IncomeFigure::ALL.iter().map(|part| match part {
        IncomeFigure::Mean => known(income.mean, yuan),
        IncomeFigure::Median => known(income.median, yuan),
        IncomeFigure::BelowLine => known(income.below_line, number),
    });
    let headings = IncomeFigure::ALL.iter().map(|part| {
        let figure = part.description();
        let unit = unit(figure.unit, language);
        language.of(format!(">{} {unit}", figure.zh), format!(">{}, {unit}", figure.en))
    });
    let first = language.of(["年度", ">贫困线 元"], ["year", ">line, yuan"]).map(str::to_owned);
    let mut table = Table::new(&first.into_iter().chain(headings).collect::<Vec<_>>());
    table.texts([year.to_string(), known(income.line, yuan)].into_iter().chain(figures));
    table.to_string()
}

fn conditions(area: &Progress, language: Language) -> String {
    let mut table = group::<Known>(language.of("两不愁三保障 户", "conditions, households"), language);
    for (one, sums) in Condition::ALL.iter().filter_map(|one| Some((one, area.conditions.get(one.name())?))) {
        row(&mut table, &Condition::LIST.label(one.name(), language), sums);
    }
    table.to_string()
}

fn aid(area: &Progress, language: Language) -> String {
    let mut table = group::<Aid>(language.of("帮扶措施 元", "aid, yuan"), language);
    area.aid.iter().for_each(|aid| row(&mut table, &MeasureGroup::LIST.label(&aid.measure, language), &aid.sums));
    if table.is_empty() { String::new() } else { table.to_string() }
}

/// The money at each station on its way, with the part that was not passed on.
fn money(area: &Progress, language: Language) -> String {
    let mut table =
        Table::new(&language.of(["资金 元", ">金额", ">未流转"], ["money, yuan", ">amount", ">not passed on"]));
    for Station { at, reached, left, .. } in stations(&area.money) {
        table.row([
            &language.of(at.description().zh, at.description().en),
            &yuan(reached),
            &left.map(yuan).unwrap_or_default(),
        ]);
    }
    for part in ASIDE {
        table.row([&language.of(part.description().zh, part.description().en), &"", &yuan(area.money.get(part))]);
    }
    table.to_string()
}
