//! Pages for people: the progress of an area and of what lies in it, rendered here, without scripts.
//!
//! What they show is the same document that the API serves; nothing is counted here.

mod chart;
mod duties;
mod grounds;
mod money;
mod words;

use lika_domain::aid::MeasureGroup;
use lika_domain::living::Condition as Guarantee;
use lika_proto::v1;
use lika_views::Explanation;
use lika_views::document::{Condition, Progress};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use words::{amount, level, people, share};

/// The style of every page; small enough to travel with each of them over a bad line.
const STYLE: &str = include_str!("style.css");

/// Digits of a township's code.
const TOWNSHIP_DIGITS: usize = 9;

/// What a page says of the log it stands on.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Name of the log.
    pub origin: String,
    /// Opened for tests: what it shows is made up.
    pub testing: bool,
    /// Entries under the latest checkpoint.
    pub size: u64,
}

/// The page of an area: its own progress, then that of the areas in it.
pub fn area(log: &LogLine, progress: &Progress, children: &[Progress]) -> String {
    let title = name(progress);
    page(log, &title, &html! {
        (heading(progress))
        (tiles(progress))
        (duties::exit(progress))
        section { h2 { "脱贫进程 " small { "by month" } } (chart::poor_by_month(progress)) }
        div.columns {
            section { h2 { "两不愁三保障 " small { "assurances and guarantees, households" } } (conditions(progress)) }
            section { h2 { "程序 " small { "procedures" } } (duties::procedures(progress)) }
            section { h2 { "应享未享 " small { "entitlements, households" } } (duties::gap(progress)) }
            section { h2 { "帮扶责任 " small { "responsible officials, households" } } (duties::officials(progress)) }
            section { h2 { "资金 " small { "money" } } (money::money(progress)) }
            section { h2 { "帮扶措施 " small { "aid, yuan" } } (aid(progress)) }
            section { h2 { "收入 " small { "income per head" } } (income(progress)) }
        }
        @if !children.is_empty() {
            section { h2 { "各地进度 " small { (children.len()) " areas" } } (table(children)) }
        }
    })
    .into_string()
}

/// The page of what a figure rests on.
pub fn figure(log: &LogLine, explanation: &Explanation) -> String {
    page(log, &format!("{} {}", explanation.area, explanation.figure), &grounds::list(explanation)).into_string()
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

/// The page of what went wrong. `again_s` is when it tries again by itself, in seconds.
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
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · 立卡" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href="/" { strong { "立卡" } " Lika" } span { "建档立卡 · 精准帮扶" } }
                @if log.testing { p.notice { "演示数据，均为虚构。 Made-up data: this log was opened for testing." } }
                main { (body) }
                footer {
                    "日志 log " code { (log.origin) } " · " (log.size) " 条 entries · "
                    a href="/checkpoint" { "签名检查点 signed checkpoint" } " · " a href="/openapi.json" { "API" }
                }
            }
        }
    }
}

fn name(progress: &Progress) -> String {
    progress.name.clone().unwrap_or_else(|| progress.area.clone())
}

/// What the area is and its code; a place without a name goes by its level.
fn named(progress: &Progress) -> Markup {
    let place = level(&progress.level);
    match &progress.name {
        Some(name) => html! { (name) " " small { (place) " " (progress.area) } },
        None => html! { (place) " " small { (progress.area) } },
    }
}

/// The way up: from a village to its township, from a township to all that the log covers.
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
            @if let Some(recorded) = &progress.as_of.recorded { " · 记录至 recorded by " (recorded.get(..16).unwrap_or(recorded)) }
            @if let Some(index) = progress.index { " · 日志序号 log index " (index) }
        }
    }
}

fn tiles(progress: &Progress) -> Markup {
    let (households, persons) = (&progress.households, &progress.persons);
    html! {
        div.tiles {
            (tile(progress, "households.registered", ("建档立卡户", "registered"), households.registered, persons.registered))
            (tile(progress, "households.poor_now", ("现有贫困户", "poor now"), households.poor_now(), persons.poor_now()))
            (tile(progress, "households.exited", ("已脱贫户", "exited"), households.exited, persons.exited))
            (tile(progress, "households.fallen_back", ("返贫户", "fallen back"), households.fallen_back, persons.fallen_back))
            (tile(progress, "households.monitored", ("监测户", "monitored"), households.monitored, persons.monitored))
            div.tile {
                span { "贫困发生率 " small { "incidence" } }
                b { (share(progress.incidence)) }
                small { "退出标准 threshold " (share(Some(u64::from(progress.threshold)))) }
            }
        }
    }
}

fn tile(progress: &Progress, figure: &str, (zh, en): (&str, &str), households: u64, persons: u64) -> Markup {
    let linked = grounds::count(progress, figure, households);
    html! {
        div.tile { span { (zh) " " small { (en) } } b { (linked) } small { (people(persons)) } }
    }
}

fn conditions(progress: &Progress) -> Markup {
    let row = |name: &str| progress.conditions.get(name).copied();
    html! {
        table {
            tr { th {} th.n { "达标 met" } th.n { "未达标 unmet" } th.n { "未评估 unknown" } }
            @for (name, zh) in Guarantee::ALL.iter().map(|one| (one.name(), one.zh())) {
                @if let Some(Condition { met, unmet, unknown }) = row(name) {
                    tr { td { (zh) " " small { (name) } } td.n { (met) } td.n.bad[unmet > 0] { (grounds::count(progress, &format!("conditions.{name}.unmet"), unmet)) } td.n { (unknown) } }
                }
            }
        }
    }
}

fn income(progress: &Progress) -> Markup {
    let income = &progress.income;
    let yuan = |fen: Option<i64>| fen.map_or_else(|| "—".to_owned(), amount);
    html! {
        table {
            tr { td { "年度 " small { "year" } } td.n { (income.year.map_or_else(|| "—".to_owned(), |year| year.to_string())) } }
            tr { td { "人均纯收入 " small { "mean, yuan" } } td.n { (yuan(income.mean)) } }
            tr { td { "中位数 " small { "median, yuan" } } td.n { (yuan(income.median)) } }
            tr { td { "贫困线 " small { "line, yuan" } } td.n { (yuan(income.line)) } }
            tr { td { "低于贫困线人数 " small { "persons below it" } } td.n { (income.below_line.unwrap_or(0)) } }
        }
    }
}

fn aid(progress: &Progress) -> Markup {
    html! {
        table {
            tr { th { "措施" } th.n { "次数 times" } th.n { "金额 yuan" } th.n { "已签收 acknowledged" } }
            @for aid in &progress.aid {
                tr { td { (MeasureGroup::LIST.zh(&aid.measure)) " " small { (aid.measure) } } td.n { (aid.events) } td.n { (amount(aid.amount)) } td.n { (amount(aid.acknowledged)) } }
            }
        }
    }
}

fn table(children: &[Progress]) -> Markup {
    html! {
        div.wide { table {
            tr {
                th { "名称 area" } th.n { "建档户 registered" } th.n { "贫困户 poor" } th.n { "脱贫户 exited" }
                th.n { "返贫户 fallen back" } th { "发生率 incidence" } th.n { "无责任人 no official" } th.n { "90天走访 visited" }
            }
            @for child in children {
                tr {
                    td { a href={ "/areas/" (child.area) } { (child.name.as_deref().unwrap_or(level(&child.level))) } " " small { (child.area) } }
                    td.n { (child.households.registered) }
                    td.n { (child.households.poor_now()) }
                    td.n { (child.households.exited) }
                    td.n { (child.households.fallen_back) }
                    td.whole { (chart::incidence(child)) }
                    td.n.bad[child.officials.unassigned > 0] { (child.officials.unassigned) }
                    td.n { (child.officials.visited_90_days) }
                }
            }
        } }
    }
}
