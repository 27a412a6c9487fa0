//! Money on its way: what reached each station, and what is left there.

use super::grounds;
use super::words::amount;
use lika_views::document::{Money, Progress};
use maud::{Markup, html};

/// Released, allocated, delivered, acknowledged; each with what was not passed on.
pub(super) fn money(progress: &Progress) -> Markup {
    let money = &progress.money;
    let Money { released, allocated, unallocated, delivered, undelivered, acknowledged, reversed, .. } = *money;
    let unacknowledged = delivered - reversed - acknowledged;
    html! {
        table {
            tr { th { "环节 station" } th.n { "金额 yuan" } th.n { "未流转 left there" } }
            @if released > 0 { (station("下达", "released to the county", &grounds::fen(progress, "money.released", released), &grounds::fen(progress, "money.unallocated", unallocated))) }
            (station("安排到村", "allocated to villages", &grounds::fen(progress, "money.allocated", allocated), &grounds::fen(progress, "money.undelivered", undelivered)))
            (station("发放到户", "delivered, less what was taken back", &html! { (amount(delivered - reversed)) }, &html! { (amount(unacknowledged)) }))
            (station("农户签收", "acknowledged", &grounds::fen(progress, "money.acknowledged", acknowledged), &html! {}))
            (aside(progress, "money.reversed", ("其中冲回", "taken back"), reversed))
            (aside(progress, "money.idle_12_months", ("闲置满12个月", "idle for 12 months"), money.idle_12_months))
            (aside(progress, "money.idle_24_months", ("闲置满24个月", "idle for 24 months"), money.idle_24_months))
        }
    }
}

fn station(zh: &str, en: &str, reached: &Markup, left: &Markup) -> Markup {
    html! { tr { td { (zh) " " small { (en) } } td.n { (reached) } td.n { (left) } } }
}

fn aside(progress: &Progress, figure: &str, (zh, en): (&str, &str), fen: i64) -> Markup {
    let linked = grounds::fen(progress, figure, fen);
    html! { @if fen != 0 { tr { td { (zh) " " small { (en) } } td {} td.n.bad { (linked) } } } }
}
