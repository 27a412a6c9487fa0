//! Progress as tables that county officials read.

mod duties;

use crate::numbers::{known, number, yuan};
use crate::table::Table;
use lika_domain::aid::MeasureGroup;
use lika_domain::living::Condition;
use lika_views::Progress;
use lika_views::document::Money;
use lika_views::forecast::forecast;

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
        money(&area.money),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Areas under one another, with the figures one looks at first.
pub(super) fn areas(areas: &[Progress]) -> String {
    let headings = [
        "区划",
        "名称",
        ">在册户",
        ">在册人",
        ">未脱贫户",
        ">脱贫户",
        ">返贫户",
        ">监测户",
        ">发生率",
        ">人均收入",
        ">未结对",
        ">90天走访",
        ">帮扶资金",
    ];
    let mut table = Table::new(&headings);
    for area in areas {
        table.row([
            &area.area,
            &area.name.as_deref().unwrap_or(""),
            &number(area.households.open()),
            &number(area.persons.open()),
            &number(area.households.poor_now()),
            &number(area.households.exited),
            &number(area.households.fallen_back),
            &number(area.households.monitored),
            &known(area.incidence, share),
            &known(area.income.mean, yuan),
            &number(area.officials.unassigned),
            &number(area.officials.visited_90_days),
            &yuan(area.aid.iter().map(|aid| aid.amount).sum()),
        ]);
    }
    table.to_string()
}

fn head(area: &Progress) -> String {
    let mut table = Table::pairs();
    table.row([&"区划", &format!("{} {}", area.area, area.name.as_deref().unwrap_or(""))]);
    table.row([&"截至", &area.as_of.happened]);
    table.row([&"最后记录", &area.as_of.recorded.as_deref().unwrap_or("-")]);
    table.row([&"日志条目", &known(area.index, number)]);
    table.row([&"贫困发生率", &known(area.incidence, share)]);
    table.row([&"退出标准", &format!("低于 {}", share(area.threshold.into()))]);
    if let Some(forecast) = forecast(area) {
        table.row([&"贫困村出列", &forecast]);
    }
    table.to_string()
}

fn counts(area: &Progress) -> String {
    let mut table = Table::new(&["", ">建档", ">未脱贫", ">预脱贫", ">脱贫", ">返贫", ">监测", ">注销"]);
    for (what, counts) in [("户", &area.households), ("人", &area.persons)] {
        table.row([
            &what,
            &number(counts.registered),
            &number(counts.poor),
            &number(counts.pre_exit),
            &number(counts.exited),
            &number(counts.fallen_back),
            &number(counts.monitored),
            &number(counts.deregistered),
        ]);
    }
    table.to_string()
}

fn income(area: &Progress) -> String {
    let Some(year) = area.income.year else { return String::new() };
    let mut table = Table::new(&["年度", ">人均收入 元", ">中位数 元", ">贫困线 元", ">低于贫困线 人"]);
    let income = &area.income;
    table.row([
        &year,
        &known(income.mean, yuan),
        &known(income.median, yuan),
        &known(income.line, yuan),
        &known(income.below_line, number),
    ]);
    table.to_string()
}

fn conditions(area: &Progress) -> String {
    let mut table = Table::new(&["两不愁三保障", ">达标户", ">未达标户", ">未认定户"]);
    for (name, zh) in Condition::ALL.iter().map(|one| (one.name(), one.zh())) {
        if let Some(condition) = area.conditions.get(name) {
            table.row([&zh, &number(condition.met), &number(condition.unmet), &number(condition.unknown)]);
        }
    }
    table.to_string()
}

fn aid(area: &Progress) -> String {
    if area.aid.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["帮扶措施", ">次数", ">金额 元", ">已签收 元"]);
    for aid in &area.aid {
        table.row([
            &MeasureGroup::LIST.zh(&aid.measure),
            &number(aid.events),
            &yuan(aid.amount),
            &yuan(aid.acknowledged),
        ]);
    }
    table.to_string()
}

/// Money from station to station, with what was not passed on.
fn money(money: &Money) -> String {
    let Money { released, allocated, unallocated, delivered, undelivered, acknowledged, reversed, .. } = *money;
    let kept = delivered - reversed;
    let mut table = Table::new(&["资金 元", ">金额", ">未流转"]);
    if released > 0 {
        table.row([&"下达", &yuan(released), &yuan(unallocated)]);
    }
    table.row([&"安排到村", &yuan(allocated), &yuan(undelivered)]);
    table.row([&"发放到户", &yuan(kept), &yuan(kept - acknowledged)]);
    table.row([&"农户签收", &yuan(acknowledged), &""]);
    table.row([&"其中冲回", &"", &yuan(reversed)]);
    table.row([&"闲置满12个月", &"", &yuan(money.idle_12_months)]);
    table.row([&"闲置满24个月", &"", &yuan(money.idle_24_months)]);
    table.to_string()
}

/// A share in 1 per 10,000, as a percentage.
fn share(per_10_000: u64) -> String {
    format!("{}.{:02}%", per_10_000 / 100, per_10_000 % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        for (given, shown) in [(0, "0.00%"), (5, "0.05%"), (300, "3.00%"), (10_000, "100.00%")] {
            assert_eq!(share(given), shown);
        }
    }
}
