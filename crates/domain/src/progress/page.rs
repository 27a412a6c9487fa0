//! Every figure as a text: `FIGURES.md`, which a test compares with the table.

use super::part::groups;
use super::{Description, Figure, FigureRef, Section, Tone};
use crate::facts::date::Month;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Where the text is kept, from the crate's folder.
const FILE: &str = "FIGURES.md";
const HEAD: &str = "# Figures

This page is written from the table in `src/progress/part.rs`; a test compares them. The name of a figure is its path
in the document of an area; `lika progress AREA --explain NAME` takes it. Money is in fen (分) in documents and in yuan
(元) on pages. Figures marked ⚠ are shown as a warning when they are above zero.
";

fn text() -> String {
    let mut text = HEAD.to_owned();
    let month = Month::from_yyyymm(201_605).unwrap();
    let all = || FigureRef::all().chain(FigureRef::of_month(month));
    for section in Section::ALL {
        write!(text, "\n## {} {}: `{section}`\n\n", section.zh(), section.en()).unwrap();
        write!(text, "{}\n\n* Source: {}.\n\n", section.meaning().trim(), section.source()).unwrap();
        text.push_str("| name | label | unit | definition |\n|---|---|---|---|\n");
        let mut seen = BTreeSet::new();
        for figure in all().filter(|figure| figure.section() == *section) {
            let Description { zh, en, tone, definition, .. } = figure.description();
            let (name, what) = general(figure);
            if !seen.insert(name.clone()) {
                continue;
            }
            let (mark, unit) = (if *tone == Tone::Warning { " ⚠" } else { "" }, figure.unit());
            let definition = if what.is_empty() { definition.trim() } else { what };
            writeln!(text, "| `{name}` | {zh} {en}{mark} | {} {} | {definition} |", unit.en(), unit.zh()).unwrap();
        }
    }
    text
}

/// The name of a figure with placeholders for its variable parts, and a definition if the table's is not enough.
fn general(figure: FigureRef) -> (String, &'static str) {
    let name = figure.description().name;
    match figure {
        FigureRef::Sum(Figure::Condition(..)) => (format!("conditions.CONDITION.{name}"), ""),
        FigureRef::Sum(Figure::At(..)) => {
            ("procedures.PROCEDURE.STEP".to_owned(), "Rounds under way whose last step was this one.")
        }
        FigureRef::Sum(Figure::Entitled(..)) => (format!("gap.ENTITLEMENT.{name}"), ""),
        FigureRef::Sum(Figure::Aid(..)) => (format!("aid.MEASURE.{name}"), ""),
        FigureRef::Month(_) => (format!("months.YYYY-MM.{name}"), ""),
        other => (other.to_string(), ""),
    }
}

#[test]
fn the_page_is_that_of_the_table() {
    crate::facts::drawn::check(FILE, &text());
}

#[test]
fn every_figure_has_its_own_name_and_is_found_by_it() {
    let month = Month::from_yyyymm(201_605).unwrap();
    let all: Vec<FigureRef> = FigureRef::all().chain(FigureRef::of_month(month)).collect();
    let names: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), all.len());
    for figure in all {
        assert_eq!(FigureRef::from_name(&figure.to_string()), Some(figure));
    }
    for none in ["", "households", "households.poor_", "months.2016.visits", "conditions.food"] {
        assert_eq!(FigureRef::from_name(none), None, "{none}");
    }
}

/// Figures of one group stand side by side on a page: each needs a label of its own, in both languages.
#[test]
fn a_group_has_no_label_twice_and_every_figure_a_definition() {
    for (group, lines) in groups() {
        for of in [|one: &Description| one.zh, |one: &Description| one.en, |one: &Description| one.name] {
            let labels: BTreeSet<_> = lines.iter().map(|line| of(line)).collect();
            assert_eq!(labels.len(), lines.len(), "{group}: {labels:?}");
        }
        let undefined = lines.iter().find(|line| !line.definition.trim().ends_with('.'));
        assert_eq!(undefined, None, "{group}");
    }
}

/// A group that no figure is made of would be in the table and in no document.
#[test]
fn every_line_of_the_table_is_a_figure() {
    let month = Month::from_yyyymm(201_605).unwrap();
    let figures: Vec<_> = FigureRef::all().chain(FigureRef::of_month(month)).map(FigureRef::description).collect();
    for (group, lines) in groups() {
        let forgotten = lines.iter().find(|line| !figures.iter().any(|figure| std::ptr::eq(*figure, **line)));
        assert_eq!(forgotten, None, "{group}");
    }
}
