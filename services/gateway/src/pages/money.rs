//! Money on its way: what reached each station, and what is left there.

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
            @if released > 0 { (station("下达", "released to the county", released, unallocated)) }
            (station("安排到村", "allocated to villages", allocated, undelivered))
            (station("发放到户", "delivered, less what was taken back", delivered - reversed, unacknowledged))
            (station("农户签收", "acknowledged", acknowledged, 0))
            (aside("其中冲回", "taken back", reversed))
            (aside("闲置满12个月", "idle for 12 months", money.idle_12_months))
            (aside("闲置满24个月", "idle for 24 months", money.idle_24_months))
        }
    }
}

fn station(zh: &str, en: &str, fen: i64, left: i64) -> Markup {
    html! { tr { td { (zh) " " small { (en) } } td.n { (amount(fen)) } td.n { (amount(left)) } } }
}

fn aside(zh: &str, en: &str, fen: i64) -> Markup {
    html! { @if fen != 0 { tr { td { (zh) " " small { (en) } } td {} td.n.bad { (amount(fen)) } } } }
}
