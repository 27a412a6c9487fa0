//! What a figure rests on, and the way there from the figure.

use super::words::amount;
use lika_views::Explanation;
use lika_views::document::Progress;
use lika_views::explain::GroundView;
use maud::{Markup, html};

/// Grounds that a page shows; all of them are in the API.
const SHOWN_MAX: usize = 1_000;

/// A count that leads to what it rests on; nothing rests on none.
pub(super) fn count(progress: &Progress, figure: &str, count: u64) -> Markup {
    html! { @if count > 0 { a href={ "/areas/" (progress.area) "/" (figure) } { (count) } } @else { "0" } }
}

/// An amount in fen that does.
pub(super) fn fen(progress: &Progress, figure: &str, fen: i64) -> Markup {
    html! { @if fen != 0 { a href={ "/areas/" (progress.area) "/" (figure) } { (amount(fen)) } } @else { "0" } }
}

/// The grounds of a figure.
pub(super) fn list(explanation: &Explanation) -> Markup {
    let money = explanation.unit == "fen";
    let shown = |value: i64| if money { amount(value) } else { value.to_string() };
    let Explanation { area, figure, total, grounds, as_of, .. } = explanation;
    let left = total.saturating_sub(grounds.len().min(SHOWN_MAX) as u64);
    html! {
        p.up { a href="/" { "全部 all" } " › " a href={ "/areas/" (area) } { (area) } }
        h1 { "依据 " small { "what the figure rests on" } }
        p.asof { code { (figure) } " · 截至 as of " (as_of.happened) }
        p { b { (shown(explanation.amount)) } @if money { " 元 yuan" } "，" (total) " 条 grounds" }
        div.wide { table {
            tr {
                th { "行政村 village" } th { "户编号 household" }
                th.n { @if money { "金额 yuan" } @else { "数量 count" } } th.n { "日志序号 log entry" }
            }
            @for GroundView { village, household, amount, entry } in grounds.iter().take(SHOWN_MAX) {
                tr {
                    td {
                        @if let Some(village) = village { a href={ "/areas/" (village) } { (village) } }
                        @else { "本级 the jurisdiction" }
                    }
                    td { (household.as_deref().unwrap_or("")) }
                    td.n { (shown(*amount)) }
                    td.n { (entry) }
                }
            }
        } }
        @if left > 0 { p { "另有 " (left) " 条，见 " a href={ "/v1/areas/" (area) "/progress/" (figure) } { "API" } " · and " (left) " more" } }
    }
}
