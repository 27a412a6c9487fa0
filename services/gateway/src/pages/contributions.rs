//! The contributions of a figure.

use super::numbers::amount;
use lika_domain::progress::FigureRef;
use lika_views::Explanation;
use lika_views::explain::ContributionView;
use maud::{Markup, html};

/// Contributions that a page shows; all of them are in the API.
const SHOWN_MAX: usize = 1_000;

/// The contributions of a figure, under its name and definition.
pub(super) fn list(explanation: &Explanation) -> Markup {
    let money = explanation.unit == "fen";
    let shown = |value: i64| if money { amount(value) } else { value.to_string() };
    let Explanation { area, figure, total, grounds, as_of, .. } = explanation;
    let left = total.saturating_sub(grounds.len().min(SHOWN_MAX) as u64);
    let described = FigureRef::from_name(figure);
    let unit = described.map(FigureRef::contribution_unit);
    html! {
        p.up { a href="/" { "全部 all" } " › " a href={ "/areas/" (area) } { (area) } }
        @if let Some(described) = described {
            h1 { (described.zh()) " " small { (described.description().en) } }
            p { (described.description().definition) " " small { (described.section().source()) "." } }
        }
        h2 { "依据 " small { "contributions" } }
        p.asof { code { (figure) } " · 截至 as of " (as_of.happened) }
        p {
            b { (shown(explanation.amount)) }
            @if let Some(unit) = unit { " " (unit.zh()) " " small { (if money { "yuan" } else { unit.en() }) } }
            "，" (total) " 条 entries"
        }
        div.wide { table {
            tr {
                th { "行政村 village" } th { "户编号 household" }
                th.n { @if money { "金额 yuan" } @else { "数量 count" } } th.n { "日志序号 log entry" }
            }
            @for ContributionView { village, household, amount, entry } in grounds.iter().take(SHOWN_MAX) {
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
        @if left > 0 {
            p {
                "另有 " (left) " 条，见 " a href={ "/v1/areas/" (area) "/progress/" (figure) } { "API" }
                " · and " (left) " more"
            }
        }
    }
}
