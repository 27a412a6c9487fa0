//! A report in words, as part of a page.

use crate::labels::{self, capital};
use crate::page::Page;
use lika_client::summary::{EventSummary, Line};
use lika_domain::describe::Event;
use lika_domain::language::Language;
use maud::{Markup, html};

/// The label of an event, as it begins a line.
pub(super) fn title(event: &Event, language: Language) -> String {
    capital(event.label().one(language))
}

/// Every event with all its values.
pub(super) fn events(page: &Page, events: &[EventSummary]) -> Markup {
    html! { @for event in events { (one(page, event)) } }
}

fn one(page: &Page, event: &EventSummary) -> Markup {
    let language = page.language;
    let label = event.event.map_or_else(|| event.label().one(language).to_owned(), |event| title(event, language));
    html! {
        section.summary {
            h2 { (label) }
            dl.facts {
                dt { (language.of("日期", "Day")) }
                dd { (event.day.as_deref().unwrap_or(page.say(labels::NO_DAY))) }
                @for (label, number) in &event.subjects { dt { (capital(label.one(language))) } dd { (number) } }
                @for line in &event.lines { dt { (path(line, language)) } dd { (line.value.one(language)) } }
            }
        }
    }
}

fn path(line: &Line, language: Language) -> String {
    line.path.iter().map(|label| capital(label.one(language))).collect::<Vec<_>>().join(" · ")
}
