//! What officials have to see to: procedures, entitlements, visits, posts.

use super::grounds;
use super::words::share;
use lika_domain::entitlement::Entitlement;
use lika_domain::procedure::{Procedure, Step};
use lika_views::document::{EntitlementCounts, ProcedureCounts, Progress, StandingAt};
use lika_views::forecast::{forecast, forecast_en};
use maud::{Markup, html};

/// Procedures under way by the step after which they stand, and what was not as it should be.
pub(super) fn procedures(progress: &Progress) -> Markup {
    let ProcedureCounts { under_way, late, decided_late, without_steps, standing } = &progress.procedures;
    let exits = &progress.exits;
    html! {
        table {
            tr { th { "程序 procedure" } th { "已办至 stands after" } th.n { "件 rounds" } }
            @for StandingAt { procedure: name, step: at, count } in standing {
                tr { td { (Procedure::LIST.zh(name)) } td { (Step::LIST.zh(at)) " " small { (at) } } td.n { (grounds::count(progress, &format!("procedures.{name}.{at}"), *count)) } }
            }
            tr { td { b { "办理中 " } small { "under way" } } td {} td.n { b { (grounds::count(progress, "procedures.under_way", *under_way)) } } }
            (row(progress, "procedures.late", ("超期未办结", "beyond the deadline"), *late))
            (row(progress, "procedures.decided_late", ("超期办结", "decided late"), *decided_late))
            (row(progress, "procedures.without_steps", ("程序不全", "decided without every step"), *without_steps))
            (row(progress, "exits.below_line", ("低于当年标准退出", "exited below the line"), exits.below_line))
            (row(progress, "exits.guarantee_missing", ("保障未达标退出", "exited without a guarantee"), exits.guarantee_missing))
        }
    }
}

fn row(progress: &Progress, figure: &str, (zh, en): (&str, &str), count: u64) -> Markup {
    let linked = grounds::count(progress, figure, count);
    html! { tr { td { (zh) " " small { (en) } } td {} td.n.bad[count > 0] { (linked) } } }
}

/// What households should get by their facts, and did.
pub(super) fn gap(progress: &Progress) -> Markup {
    html! {
        table {
            tr { th { "应享 entitlement" } th.n { "应享 due" } th.n { "已享 received" } th.n { "未享 missing" } }
            @for EntitlementCounts { entitlement: name, due, received, missing } in &progress.gap.entitlements {
                tr {
                    td { (Entitlement::LIST.zh(name)) " " small { (name) } } td.n { (due) } td.n { (received) }
                    td.n.bad[*missing > 0] { (grounds::count(progress, &format!("gap.{name}.missing"), *missing)) }
                }
            }
            tr {
                td { b { "有缺口户 " } small { "households with a gap" } } td {} td {}
                td.n { b { (grounds::count(progress, "gap.households", progress.gap.households)) } }
            }
        }
    }
}

/// Who answers for the households and visits them, and who is posted to the villages.
pub(super) fn officials(progress: &Progress) -> Markup {
    let (officials, posts) = (&progress.officials, &progress.posts);
    let since = officials.unassigned_since.as_deref();
    html! {
        table {
            (fact(progress, "officials.assigned", ("有帮扶责任人", "with a responsible official"), officials.assigned, false))
            tr {
                td {
                    "无帮扶责任人 " small { "without" }
                    @if let Some(since) = since { br; small { "最早自 longest since " (since) } }
                }
                td.n.bad[officials.unassigned > 0] {
                    (grounds::count(progress, "officials.unassigned", officials.unassigned))
                }
            }
            (fact(progress, "officials.unassigned_30_days", ("无责任人满30天", "without for 30 days"), officials.unassigned_30_days, true))
            (fact(progress, "officials.over_caseload", ("责任人超额", "official over the caseload limit"), officials.over_caseload, true))
            (fact(progress, "officials.handed_over", ("责任人交接", "hand-overs"), officials.handed_over, false))
            (fact(progress, "officials.visited_30_days", ("30天内走访", "visited in 30 days"), officials.visited_30_days, false))
            (fact(progress, "officials.visited_90_days", ("90天内走访", "visited in 90 days"), officials.visited_90_days, false))
            (fact(progress, "officials.visits_due", ("7天内应走访", "visit due in 7 days"), officials.visits_due, false))
            (fact(progress, "officials.visits_overdue", ("走访逾期", "visit overdue"), officials.visits_overdue, true))
            @if posts.villages > 0 {
                (fact(progress, "posts.villages", ("贫困村", "poor villages"), posts.villages, false))
                (fact(progress, "posts.first_secretary", ("有第一书记", "with a first secretary"), posts.first_secretary, false))
                (fact(progress, "posts.resident_team", ("有驻村工作队", "with a resident team"), posts.resident_team, false))
                (fact(progress, "posts.nobody", ("无人驻村", "with neither"), posts.nobody, true))
            }
        }
    }
}

fn fact(progress: &Progress, figure: &str, (zh, en): (&str, &str), count: u64, bad: bool) -> Markup {
    let linked = grounds::count(progress, figure, count);
    html! { tr { td { (zh) " " small { (en) } } td.n.bad[bad && count > 0] { (linked) } } }
}

/// What the village, or the villages of the area, lack to leave the list of poor villages.
pub(super) fn exit(progress: &Progress) -> Markup {
    let (zh, en) = (forecast(progress), forecast_en(progress));
    html! {
        @if let (Some(zh), Some(en)) = (zh, en) {
            p.forecast {
                b { "贫困村出列 " } "发生率 " (share(progress.incidence)) "，" (zh) " "
                small { "village exit: incidence " (share(progress.incidence)) ", " (en) }
            }
        }
    }
}
