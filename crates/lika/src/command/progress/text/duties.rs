//! What officials have to see to: procedures, entitlements, visits, posts.

use crate::numbers::number;
use crate::table::Table;
use lika_domain::entitlement::Entitlement;
use lika_domain::procedure::{Procedure, Step};
use lika_views::Progress;

/// Procedures under way by where they stand, and what was not as it should be.
pub(super) fn procedures(area: &Progress) -> String {
    let (procedures, exits) = (&area.procedures, &area.exits);
    let mut standing = Table::new(&["办理中程序", "已办至", ">件"]);
    for at in &procedures.standing {
        standing.row([&Procedure::LIST.zh(&at.procedure), &Step::LIST.zh(&at.step), &number(at.count)]);
    }
    let mut table =
        Table::new(&["程序", ">办理中", ">超期未办结", ">超期办结", ">程序不全", ">低于标准退出", ">保障未达标退出"]);
    table.row([
        &"件",
        &number(procedures.under_way),
        &number(procedures.late),
        &number(procedures.decided_late),
        &number(procedures.without_steps),
        &number(exits.below_line),
        &number(exits.guarantee_missing),
    ]);
    if standing.is_empty() { table.to_string() } else { format!("{table}\n{standing}") }
}

/// What households should get by their facts, and did.
pub(super) fn gap(area: &Progress) -> String {
    if area.gap.entitlements.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["应享政策", ">应享户", ">已享户", ">未享户"]);
    for one in &area.gap.entitlements {
        table.row([
            &Entitlement::LIST.zh(&one.entitlement),
            &number(one.due),
            &number(one.received),
            &number(one.missing),
        ]);
    }
    table.row([&"有缺口户", &"", &"", &number(area.gap.households)]);
    table.to_string()
}

/// Who answers for the households and visits them, and who is posted to the villages.
pub(super) fn officials(area: &Progress) -> String {
    let (officials, posts) = (&area.officials, &area.posts);
    let mut charge = Table::new(&["帮扶责任", ">已结对", ">未结对", ">满30天", "最早自", ">责任人超限", ">交接次数"]);
    charge.row([
        &"户",
        &number(officials.assigned),
        &number(officials.unassigned),
        &number(officials.unassigned_30_days),
        &officials.unassigned_since.as_deref().unwrap_or("-"),
        &number(officials.over_caseload),
        &number(officials.handed_over),
    ]);
    let mut visits = Table::new(&["走访", ">30天内", ">90天内", ">7天内应访", ">逾期"]);
    visits.row([
        &"户",
        &number(officials.visited_30_days),
        &number(officials.visited_90_days),
        &number(officials.visits_due),
        &number(officials.visits_overdue),
    ]);
    let mut text = format!("{charge}\n{visits}");
    if posts.villages > 0 {
        let mut table = Table::new(&["驻村", ">贫困村", ">第一书记", ">工作队", ">无人驻村"]);
        let counts = [posts.villages, posts.first_secretary, posts.resident_team, posts.nobody].map(number);
        table.row([&"村", &counts[0], &counts[1], &counts[2], &counts[3]]);
        text.push_str(&format!("\n{table}"));
    }
    text
}
