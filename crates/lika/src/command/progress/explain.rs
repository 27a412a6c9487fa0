//! The entries behind a figure.

use crate::numbers::{number, unit, yuan};
use crate::table::Table;
use lika_domain::date::Month;
use lika_domain::language::Language;
use lika_domain::progress::{FigureRef, Section};
use lika_views::Explanation;

/// Reads the name of a figure. The error for an unknown name lists similar ones.
pub(super) fn figure(name: &str) -> Result<FigureRef, String> {
    FigureRef::from_name(name).ok_or_else(|| {
        let group = name.split('.').next().unwrap_or(name);
        let known: Vec<_> = names().filter(|known| known.split('.').next() == Some(group)).collect();
        if known.is_empty() {
            let groups: Vec<_> = Section::ALL.iter().map(|section| section.name()).collect();
            return format!("there is no such figure; their names begin with {}", groups.join(", "));
        }
        format!("there is no such figure; {group} has {}", known.join(", "))
    })
}

/// The contributions to a figure, by village and card.
pub(super) fn text(explanation: &Explanation, language: Language) -> String {
    let named = FigureRef::from_name(&explanation.figure);
    let money = explanation.unit == "fen";
    let unit = named.map_or("", |figure| unit(figure.contribution_unit(), language));
    let shown = |amount: i64| if money { yuan(amount) } else { signed(amount) };
    let amount = format!(">{} {unit}", language.of("数量", "amount,"));
    let headings =
        language.of(["行政村", "户编号", &amount, ">记录序号"], ["village", "household", &amount, ">entry"]);
    let mut table = Table::new(&headings);
    for ground in &explanation.grounds {
        let (village, household) = (ground.village.as_deref(), ground.household.as_deref());
        table.row([
            &village.unwrap_or(language.of("本级", "own")),
            &household.unwrap_or(""),
            &shown(ground.amount),
            &ground.entry,
        ]);
    }
    let label = named.map(|figure| figure.label(language)).unwrap_or_default();
    let Explanation { area, figure, .. } = explanation;
    let (total, sum) = (number(explanation.total), shown(explanation.amount));
    let head = language.of(
        format!("{area} {label} {figure}：依据 {total} 条记录，合计 {sum} {unit}"),
        format!("{area} {label} {figure}: rests on {total} entries, {sum} {unit} together"),
    );
    let left = explanation.total.saturating_sub(explanation.grounds.len() as u64);
    let rest = if left > 0 {
        let left = number(left);
        language.of(
            format!("另有 {left} 条未列出；请按行政村查询\n"),
            format!("{left} more are not listed; ask for a village\n"),
        )
    } else {
        String::new()
    };
    if table.is_empty() { format!("{head}\n") } else { format!("{head}\n\n{table}{rest}") }
}

fn signed(amount: i64) -> String {
    let count = number(amount.unsigned_abs());
    if amount < 0 { format!("-{count}") } else { count }
}

/// Every name, with an example of a month for those that contain one.
fn names() -> impl Iterator<Item = String> {
    let months = Month::from_yyyymm(201_605).into_iter().flat_map(FigureRef::of_month);
    FigureRef::all().chain(months).map(|figure| figure.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_offered_is_a_figure_and_others_are_answered_with_those() {
        for name in names() {
            assert!(figure(&name).is_ok(), "{name}");
        }
        assert!(figure("money").is_err_and(|answer| answer.contains("money.released")));
        assert!(figure("monney.released").is_err_and(|answer| answer.contains("incidence, households, persons")));
        assert!(figure("months.2016.visits").is_err_and(|answer| answer.contains("months.2016-05.visits")));
    }
}
