//! What was found at the cells of a table.

use crate::labels::{self, Label, capital};
use crate::page::Page;
use lika_client::import::Finding;
use lika_domain::detail;
use maud::{Markup, html};

/// Most findings of a page; the annotated table has all of them.
const SHOWN_MAX: usize = 200;

/// Findings, each with its cell, its words and its code; `title` says how many there are.
pub(super) fn listed(page: &Page, title: Label, class: &str, found: &[&Finding]) -> Markup {
    html! {
        @if !found.is_empty() {
            section.findings.(class) {
                h2 { (title.with(page.language, [&found.len()])) }
                ul.items { @for finding in found.iter().take(SHOWN_MAX) { li { (one(page, finding)) } } }
                @if found.len() > SHOWN_MAX {
                    p.soft { (labels::TABLE_MORE.with(page.language, [&(found.len() - SHOWN_MAX)])) }
                }
            }
        }
    }
}

fn one(page: &Page, finding: &Finding) -> Markup {
    let language = page.language;
    let detail = detail::told(&finding.code, &finding.detail, language);
    let place = match (finding.cell.as_str(), finding.row) {
        ("", 0) => page.say(labels::TABLE_WHOLE).to_owned(),
        ("", row) => labels::TABLE_ROW.with(language, [&row]),
        (cell, _) => cell.to_owned(),
    };
    html! {
        span.state { (place) } " "
        (capital(language.of(&finding.zh, &finding.en)))
        @if !detail.is_empty() { (language.of("：", ": ")) (detail) }
        " " code.soft { (finding.code) }
    }
}
