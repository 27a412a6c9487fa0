//! The entries behind a figure.

use crate::numbers::{number, yuan};
use crate::table::Table;
use lika_domain::date::Month;
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
pub(super) fn text(explanation: &Explanation) -> String {
    let named = FigureRef::from_name(&explanation.figure);
    let money = explanation.unit == "fen";
    let unit = named.map_or("", |figure| figure.contribution_unit().zh());
    let shown = |amount: i64| if money { yuan(amount) } else { signed(amount) };
    let mut table = Table::new(&["行政村", "户编号", &format!(">数量 {unit}"), ">记录序号"]);
    for ground in &explanation.grounds {
        let (village, household) = (ground.village.as_deref(), ground.household.as_deref());
        table.row([&village.unwrap_or("本级"), &household.unwrap_or(""), &shown(ground.amount), &ground.entry]);
    }
    let head = format!(
        "{} {} {}：依据 {} 条记录，合计 {} {unit}",
        explanation.area,
        named.map(FigureRef::zh).unwrap_or_default(),
        explanation.figure,
        number(explanation.total),
        shown(explanation.amount),
    );
    let left = explanation.total.saturating_sub(explanation.grounds.len() as u64);
    let rest = if left > 0 {
        format!("另有 {} 条未列出；请按行政村查询\n", number(left))
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
