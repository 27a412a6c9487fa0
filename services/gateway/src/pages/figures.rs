//! Figures as cells and rows, with the labels, units and tones of the domain's table.

use super::numbers::{amount, share};
use lika_domain::progress::{Description, Figure, FigureRef, Part, Section, Tone, Unit};
use lika_views::document::{Progress, Sums};
use maud::{Markup, html};

/// A number as people read it, in its unit.
pub(super) fn shown(value: i64, unit: Unit) -> String {
    match unit {
        Unit::Fen => amount(value),
        Unit::PerTenThousand => share(u64::try_from(value).ok()),
        _ => value.to_string(),
    }
}

/// The path of the page with the contributions of a figure of this area.
pub(super) fn way(progress: &Progress, figure: &str) -> String {
    format!("/areas/{}/{figure}", progress.area)
}

/// A text that links to the contributions of a figure.
pub(super) fn linked(progress: &Progress, figure: &str, text: impl maud::Render) -> Markup {
    html! { a href=(way(progress, figure)) { (text) } }
}

/// A figure that links to its contributions; 0 has none, and no link.
pub(super) fn value(progress: &Progress, figure: FigureRef, value: i64) -> Markup {
    match value {
        0 => html! { "0" },
        value => linked(progress, &figure.to_string(), shown(value, figure.unit())),
    }
}

/// The labels of a figure in Chinese and English.
pub(super) fn label(description: &Description) -> Markup {
    html! { (description.zh) " " small { (description.en) } }
}

/// The heading of a section.
pub(super) fn section(section: Section) -> Markup {
    html! { h2 { (section.zh()) " " small { (section.en()) } } }
}

/// A heading for a column of names, and one for each figure of a group.
pub(super) fn columns<P: Part>(names: &str) -> Markup {
    html! { tr { th { (names) } @for part in P::ALL { th.n { (label(part.description())) } } } }
}

/// A figure in a table.
pub(super) fn cell(progress: &Progress, figure: Figure, sum: i64) -> Markup {
    let warning = figure.description().tone == Tone::Warning && sum != 0;
    html! { td.n.bad[warning] { (value(progress, FigureRef::Sum(figure), sum)) } }
}

/// A figure on a row of its own; `strong` if the other rows are parts of it. `between` are cells between its label and
/// its value.
pub(super) fn row(progress: &Progress, figure: Figure, strong: bool, sum: i64, between: &Markup) -> Markup {
    let description = figure.description();
    html! {
        tr.strong[strong] { td { (label(description)) } (between) (cell(progress, figure, sum)) }
    }
}

/// Every figure of a group, on a row each.
pub(super) fn rows<P: Part>(progress: &Progress, sums: &Sums<P>, figure: impl Fn(P) -> Figure) -> Markup {
    html! { @for (part, sum) in sums.iter() { (row(progress, figure(part), false, sum, &html! {})) } }
}
