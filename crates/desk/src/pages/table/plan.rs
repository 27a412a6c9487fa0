//! What becomes of every row, and what will be signed, in words.

use crate::labels::{self, capital};
use crate::page::Page;
use crate::pages::summary;
use lika_client::KeyFile;
use lika_client::home::KeptTable;
use lika_client::import::{Applied, Checked, Difference, Line, State};
use lika_domain::area::Area;
use lika_domain::language::{Bilingual, Language};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Most lines of a state on a page.
const LINES_MAX: usize = 200;
/// Most rows of a line that are named.
const ROWS_MAX: usize = 40;
/// How many of the reports that will be signed are shown in every word.
const REPORTS_MAX: usize = 10;
/// Most villages that are named.
const VILLAGES_MAX: usize = 10;

/// The counts of all states side by side, then the lines of each.
pub(super) fn states(page: &Page, checked: &Checked) -> Markup {
    let lines = checked.plan();
    let of = |state: State| lines.iter().filter(move |line| line.state == state);
    let label = |state: State| capital(page.language.of(state.zh(), state.name()));
    html! {
        section {
            h2 { (page.say(labels::TABLE_PLAN)) }
            dl.counts {
                @for state in State::ALL {
                    div { dt { (label(state)) } dd { (of(state).count()) } }
                }
            }
            @for state in State::ALL {
                @let count = of(state).count();
                @if count > 0 {
                    details.part {
                        summary { (label(state)) " · " (count) }
                        ul.items { @for line in of(state).take(LINES_MAX) { li { (one(page, line)) } } }
                        @if count > LINES_MAX {
                            p.soft { (labels::TABLE_MORE.with(page.language, [&(count - LINES_MAX)])) }
                        }
                    }
                }
            }
        }
    }
}

fn one(page: &Page, line: &Line) -> Markup {
    let language = page.language;
    let shown: Vec<_> = line.rows.iter().take(ROWS_MAX).map(ToString::to_string).collect();
    let shown = shown.join(language.of("、", ", "));
    html! {
        span.state { (labels::TABLE_ROW.with(language, [&shown])) } " " (line.label)
        span.soft {
            @if let Some(household) = line.household {
                @if household.to_string() != line.label { " · " (page.say(labels::HOUSEHOLD)) " " (household) }
            }
            @if let Some(village) = line.village { " · " (village) }
            @for code in &line.codes { " · " code { (code) } }
        }
        @if !line.differences.is_empty() {
            dl.facts {
                @for Difference { what, before, now } in &line.differences {
                    dt { (what.one(language)) }
                    dd { (labels::TABLE_DIFFERS.with(language, [&stated(before, language), &stated(now, language)])) }
                }
            }
        }
    }
}

fn stated(value: &Option<Bilingual>, language: Language) -> &str {
    value.as_ref().map_or("—", |value| value.one(language))
}

/// What will be signed, in words, and the button that signs.
pub(super) fn signed(page: &Page, key: &KeyFile, table: &KeptTable, checked: &Checked) -> Markup {
    let language = page.language;
    let lines = checked.plan();
    let new: Vec<_> = lines.iter().filter(|line| line.state == State::New).collect();
    let waiting = lines.iter().any(|line| line.state == State::Waiting);
    let rows: usize = new.iter().map(|line| line.rows.len()).sum();
    let villages: BTreeSet<Area> = new.iter().filter_map(|line| line.village).collect();
    let named: Vec<_> = villages.iter().take(VILLAGES_MAX).map(ToString::to_string).collect();
    let more = if villages.len() > VILLAGES_MAX { " …" } else { "" };
    let reports = checked.reports(REPORTS_MAX, page.say(labels::NEW_NUMBER));
    let kind = summary::title(checked.kind.event(), language);
    html! {
        section {
            h2 { (page.say(labels::TABLE_SIGNED)) }
            @if new.is_empty() {
                p { (page.say(if waiting { labels::TABLE_ONLY_WAITS } else { labels::TABLE_NOTHING_NEW })) }
            } @else {
                p { (labels::TABLE_SIGNS.with(language, [&new.len(), &kind, &rows])) }
                dl.facts {
                    dt { (page.say(labels::VILLAGE)) } dd { (named.join(language.of("、", ", "))) (more) }
                    dt { (page.say(labels::SIGNED_BY)) }
                    dd { (labels::SIGNED_AS.with(language, [&key.official, &key.name])) }
                }
                @if checked.has_problems() { p.node.off { (page.say(labels::TABLE_REST_STAYS)) } }
                p { (page.say(labels::SIGN_WHY)) }
                details.part {
                    summary { (labels::TABLE_WORDS.with(language, [&reports.len(), &new.len()])) }
                    @for report in &reports {
                        (summary::events(page, &lika_client::summary::events(report, true)))
                    }
                }
            }
            @if !new.is_empty() || waiting {
                form.actions method="post" action={ "/tables/" (table.id) "/apply" } enctype="multipart/form-data" {
                    (page.hidden())
                    button { (page.say(if new.is_empty() { labels::SEND_NOW } else { labels::SIGN })) }
                }
            }
        }
    }
}

/// The numbers of the households that were registered or wait.
pub(super) fn numbers(page: &Page, applied: Option<&Applied>) -> Markup {
    let households = applied.map(|applied| applied.households.as_slice()).unwrap_or_default();
    html! {
        @if !households.is_empty() {
            details.part {
                summary { (labels::TABLE_NUMBERS.with(page.language, [&households.len()])) }
                ul.items {
                    @for named in households.iter().take(LINES_MAX) {
                        li {
                            a href={ "/households/" (named.household) } { (named.household) }
                            span.soft { " · " (named.label) " · " (named.village) }
                        }
                    }
                }
                @if households.len() > LINES_MAX {
                    p.soft { (labels::TABLE_MORE.with(page.language, [&(households.len() - LINES_MAX)])) }
                }
            }
        }
    }
}
