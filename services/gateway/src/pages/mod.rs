//! Pages for people: the progress of an area and of the areas in it, rendered here, without scripts.
//!
//! They show the documents that the API serves; nothing is counted here.

mod chart;
mod contributions;
mod duties;
mod figures;
mod money;
mod numbers;

use figures::{cell, columns, label, section, value};
use lika_domain::aid::MeasureGroup;
use lika_domain::area::Level;
use lika_domain::language::Language;
use lika_domain::living::Condition;
use lika_domain::progress::{
    Aid, Coverage, Description, Figure, FigureRef, IncomeFigure, Known, Part, Poverty, Section, Tally, Tone, Visited,
};
use lika_pages::{Style, document};
use lika_proto::v1;
use lika_views::Explanation;
use lika_views::document::Progress;
use maud::{Markup, html};
use numbers::{amount, people, share};

/// What the board adds to the style of all pages; small enough to be sent with each of them over a slow connection.
const STYLE: &str = include_str!("style.css");

/// Digits of a township's code.
const TOWNSHIP_DIGITS: usize = 9;

/// What a page says about its log.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Name of the log.
    pub origin: String,
    /// Whether the log was opened for testing: then its data is made up.
    pub testing: bool,
    /// Entries under the latest checkpoint.
    pub size: u64,
}

/// The page of an area: its own progress, then that of the areas in it.
pub fn area(log: &LogLine, progress: &Progress, children: &[Progress]) -> String {
    let title = name(progress);
    page(
        log,
        &title,
        &html! {
            (heading(progress))
            (tiles(progress))
            (duties::exit(progress))
            section { h2 { "脱贫进程 " small { "by month" } } (chart::poor_by_month(progress)) }
            div.columns {
                section { (section(Section::Conditions)) (conditions(progress)) }
                section { (section(Section::Procedures)) (duties::procedures(progress)) }
                section { (section(Section::Gap)) (duties::gap(progress)) }
                section { (section(Section::Officials)) (duties::officials(progress)) }
                section { (section(Section::Money)) (money::money(progress)) }
                section { (section(Section::Aid)) (aid(progress)) }
                section { (section(Section::Income)) (income(progress)) }
            }
            @if !children.is_empty() {
                section { h2 { "各地进度 " small { (children.len()) " areas" } } (table(children)) }
            }
        },
    )
    .into_string()
}

/// The page of a figure: its contributions.
pub fn figure(log: &LogLine, explanation: &Explanation) -> String {
    page(log, &format!("{} {}", explanation.area, explanation.figure), &contributions::list(explanation)).into_string()
}

/// The page of a log in which nothing has been reported yet.
pub fn empty(log: &LogLine) -> String {
    page(
        log,
        "立卡",
        &html! {
            h1 { "尚无记录" }
            p { "本日志尚未启用，或尚未登记行政村。 No village has been registered in this log yet." }
        },
    )
    .into_string()
}

/// The page of an error. It tries again by itself after `again_s` seconds.
pub fn problem(log: &LogLine, problem: &v1::Problem, again_s: Option<u64>) -> String {
    let v1::Problem { code, field, detail, zh, en, .. } = problem;
    let body = html! {
        h1 { (zh) }
        p { (en) }
        @if let Some(seconds) = again_s {
            p { "本页 " (seconds) " 秒后自动重试。 This page tries again in " (seconds) " s." }
        }
        p.asof {
            code { (code) }
            @for part in [field, detail].into_iter().filter(|part| !part.is_empty()) { " · " (part) }
        }
        p { a href="/" { "返回首页 front page" } }
    };
    page(log, zh, &body).into_string()
}

fn page(log: &LogLine, title: &str, body: &Markup) -> Markup {
    let body = html! {
        header { a href="/" { strong { "立卡" } " Lika" } span { "建档立卡 · 精准帮扶" } }
        @if log.testing { p.notice { "演示数据，均为虚构。 Made-up data: this log was opened for testing." } }
        main { (body) }
        footer {
            "日志 log " code { (log.origin) } " · " (log.size) " 条 entries · "
            a href="/checkpoint" { "签名检查点 signed checkpoint" } " · " a href="/openapi.json" { "API" }
        }
    };
    document(Language::Zh, &format!("{title} · 立卡"), Style::Inline(STYLE), &html! {}, &body)
}

fn name(progress: &Progress) -> String {
    progress.name.clone().unwrap_or_else(|| progress.area.clone())
}

/// The name, level and code of an area; without a name, its level and code.
fn named(progress: &Progress) -> Markup {
    let place = progress.level().map_or("", Level::zh);
    match &progress.name {
        Some(name) => html! { (name) " " small { (place) " " (progress.area) } },
        None => html! { (place) " " small { (progress.area) } },
    }
}

/// Links upward: from a village to its township, from a township to the whole area of the log.
fn up(progress: &Progress) -> Markup {
    match progress.area.get(..TOWNSHIP_DIGITS) {
        Some(township) if progress.area.len() > TOWNSHIP_DIGITS => html! {
            p.up { a href="/" { "全部 all" } " › " a href={ "/areas/" (township) } { "乡镇 township " (township) } }
        },
        Some(_) => html! { p.up { a href="/" { "全部 all" } } },
        None => html! {},
    }
}

fn heading(progress: &Progress) -> Markup {
    html! {
        (up(progress))
        h1 { (named(progress)) }
        p.asof {
            "截至 as of " (progress.as_of.happened)
            @if let Some(recorded) = &progress.as_of.recorded {
                " · 记录至 recorded by " (recorded.get(..16).unwrap_or(recorded))
            }
            @if let Some(index) = progress.index { " · 日志序号 log index " (index) }
        }
    }
}

/// The figures to look at first: cards by status, households large, their persons below.
fn tiles(progress: &Progress) -> Markup {
    let (households, persons) = (&progress.households, &progress.persons);
    let tally = |part| (FigureRef::Sum(Figure::Households(part)), households.get(part), persons.count(part));
    let poor_now = (FigureRef::Poverty(Poverty::Now), households.poor_now().cast_signed(), persons.poor_now());
    html! {
        div.tiles {
            @for (figure, households, persons) in [
                tally(Tally::Registered),
                poor_now,
                tally(Tally::Exited),
                tally(Tally::FallenBack),
                tally(Tally::Monitored),
            ] {
                @let Description { zh, en, unit, .. } = figure.description();
                div.tile {
                    span { (zh) (unit.zh()) " " small { (en) } }
                    b { (value(progress, figure, households)) }
                    small { (people(persons)) }
                }
            }
            div.tile {
                span { (label(Poverty::Incidence.description())) }
                b { (share(progress.incidence)) }
                small { "退出标准 threshold " (share(Some(u64::from(progress.threshold)))) }
            }
        }
    }
}

fn conditions(progress: &Progress) -> Markup {
    let known = Condition::ALL.iter().filter_map(|one| Some((*one, progress.conditions.get(one.name())?)));
    html! {
        table {
            (columns::<Known>(""))
            @for (one, sums) in known {
                tr {
                    td { (one.zh()) " " small { (one.name()) } }
                    @for (part, sum) in sums.iter() { (cell(progress, Figure::Condition(one, part), sum)) }
                }
            }
        }
    }
}

fn income(progress: &Progress) -> Markup {
    let income = &progress.income;
    let yuan = |fen: Option<i64>| fen.map_or_else(|| "—".to_owned(), amount);
    let of = |part: IncomeFigure| match part {
        IncomeFigure::Mean => yuan(income.mean),
        IncomeFigure::Median => yuan(income.median),
        IncomeFigure::BelowLine => income.below_line.unwrap_or(0).to_string(),
    };
    html! {
        table {
            tr {
                td { "年度 " small { "year" } }
                td.n { (income.year.map_or_else(|| "—".to_owned(), |year| year.to_string())) }
            }
            tr { td { "贫困线 " small { "line, yuan" } } td.n { (yuan(income.line)) } }
            @for part in IncomeFigure::ALL { tr { td { (label(part.description())) } td.n { (of(*part)) } } }
        }
    }
}

fn aid(progress: &Progress) -> Markup {
    html! {
        table {
            (columns::<Aid>("措施 measure"))
            @for aid in &progress.aid {
                @if let Some(group) = MeasureGroup::ALL.iter().find(|group| group.name() == aid.measure) {
                    tr {
                        td { (group.zh()) " " small { (aid.measure) } }
                        @for (part, sum) in aid.sums.iter() { (cell(progress, Figure::Aid(*group, part), sum)) }
                    }
                }
            }
        }
    }
}

/// A column of a table of areas: a figure, and where it is in an area's document.
type Column = (&'static Description, fn(&Progress) -> i64);

/// A table of areas, with the figures to look at first.
fn table(children: &[Progress]) -> Markup {
    let columns: [Column; 6] = [
        (Tally::Registered.description(), |area| area.households.get(Tally::Registered)),
        (Poverty::Now.description(), |area| area.households.poor_now().cast_signed()),
        (Tally::Exited.description(), |area| area.households.get(Tally::Exited)),
        (Tally::FallenBack.description(), |area| area.households.get(Tally::FallenBack)),
        (Coverage::Unassigned.description(), |area| area.officials.coverage.get(Coverage::Unassigned)),
        (Visited::In90Days.description(), |area| area.officials.visits.get(Visited::In90Days)),
    ];
    html! {
        div.wide { table {
            tr {
                th { "名称 area" } th { (label(Poverty::Incidence.description())) }
                @for (Description { zh, en, unit, .. }, _) in columns { th.n { (zh) (unit.zh()) " " small { (en) } } }
            }
            @for child in children {
                @let place = child.level().map_or("", Level::zh);
                tr {
                    td {
                        a href={ "/areas/" (child.area) } { (child.name.as_deref().unwrap_or(place)) }
                        " " small { (child.area) }
                    }
                    td.whole { (chart::incidence(child)) }
                    @for (description, figure) in columns {
                        @let sum = figure(child);
                        td.n.bad[description.tone == Tone::Warning && sum > 0] { (sum) }
                    }
                }
            }
        } }
    }
}
