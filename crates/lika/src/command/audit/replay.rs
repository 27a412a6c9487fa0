//! `lika audit replay`.

use super::EntryBar;
use super::source::{Opened, SourceArgs};
use crate::exit::{Exit, Failure, log};
use crate::numbers;
use crate::printer::Printer;
use crate::table::Table;
use clap::ValueEnum;
use lika_audit::auditor::{self, Against, Compared, Remote};
use lika_domain::area::Level;
use lika_domain::detail;
use lika_domain::ids::Index;
use lika_domain::language::{Bilingual, Language};
use lika_domain::rejection::Rejection;
use lika_views::Progress;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Most void entries that are listed; all of them are counted.
const VOIDS_LISTED_MAX: usize = 1_000;

/// The log to judge again.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    source: SourceArgs,
    /// Show the progress of every area of a level
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Compare with what the node at this address serves, for every area
    #[arg(long, value_name = "URL")]
    against: Option<String>,
}

/// Levels that progress is shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// 6 digits
    County,
    /// 9 digits
    Township,
    /// 12 digits
    Village,
}

/// The result.
#[derive(Debug, Serialize)]
struct Report {
    source: String,
    origin: String,
    /// Prefix of the area the log covers; null for one that is not opened yet.
    area: Option<String>,
    entries: u64,
    events: u64,
    /// How many entries change nothing.
    voids: usize,
    /// The first of them.
    void_entries: Vec<Void>,
    /// As in the checkpoint: base64.
    root: String,
    /// Hexadecimal.
    state_digest: String,
    seconds: f64,
    events_per_second: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Compared>,
    #[serde(skip_serializing_if = "Option::is_none")]
    areas: Option<Vec<Progress>>,
}

/// An entry that changes nothing.
#[derive(Debug, Serialize)]
struct Void {
    index: Index,
    code: &'static str,
    message: String,
    /// The message in words.
    #[serde(skip)]
    shown: Bilingual,
}

impl Replay {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let node = self.against.as_deref().map(Remote::new).transpose();
        let node = node.map_err(|error| Failure::new("against", error.to_string()))?;
        let opened = self.source.open()?;
        let began = Instant::now();
        let replay = replay(printer, &opened)?;
        let took = began.elapsed();
        let against = node.map(|node| compare(printer, &opened, &replay, &node)).transpose()?;
        let mut report = Report::new(self.source.name(), &replay, took);
        report.areas = self.by.map(|by| replay.areas(by.level()));
        report.against = against;
        printer.result(&report, |report| report.text(printer.language()))?;
        verdict(&replay)
    }
}

fn replay(printer: Printer, opened: &Opened) -> Result<auditor::Replay, Failure> {
    let mut bar = EntryBar::new(printer, printer.language().of("正在重放", "replaying"));
    auditor::replay(&opened.place, &opened.key, opened.threads, &mut bar).map_err(|error| log(&error))
}

/// Compares with a node. A difference ends the command: the node serves figures that its log does not give.
fn compare(printer: Printer, opened: &Opened, replay: &auditor::Replay, node: &Remote) -> Result<Compared, Failure> {
    let mut bar = EntryBar::new(printer, printer.language().of("正在比对", "comparing"));
    let compared = Against { node, key: &opened.key, threads: opened.threads }.compare(replay, &mut bar);
    drop(bar);
    compared.map_err(|error| match error {
        auditor::CompareError::Log(error) => log(&error),
        auditor::CompareError::Node(error) => Failure::new("node_unreadable", error.to_string()),
        auditor::CompareError::Moving => Failure::new("node_moving", error.to_string()),
        error => Failure::new("node_differs", error.to_string()).exit(Exit::Broken),
    })
}

/// A forged entry breaks the log's integrity; entries that the rules refuse are findings.
fn verdict(replay: &auditor::Replay) -> anyhow::Result<Exit> {
    if let Some(index) = replay.forged() {
        let message =
            format!("entry {index} is not signed by the key it names: the log's operator must have written it");
        return Err(Failure::new("entry_forged", message).exit(Exit::Broken).into());
    }
    Ok(if replay.voids.is_empty() { Exit::Done } else { Exit::Findings })
}

impl By {
    /// The level as the rules name it.
    pub(crate) fn level(self) -> Level {
        match self {
            Self::County => Level::County,
            Self::Township => Level::Township,
            Self::Village => Level::Village,
        }
    }
}

impl Report {
    fn new(source: &str, replay: &auditor::Replay, took: Duration) -> Self {
        let jurisdiction = replay.past.state.jurisdiction.as_ref();
        Self {
            source: source.to_owned(),
            origin: replay.origin(),
            area: jurisdiction.map(|jurisdiction| jurisdiction.area.prefix()),
            entries: replay.checkpoint.size,
            events: replay.events,
            voids: replay.voids.len(),
            void_entries: replay.voids.iter().take(VOIDS_LISTED_MAX).map(Void::new).collect(),
            root: replay.checkpoint.root.to_string(),
            state_digest: replay.state_digest.clone(),
            seconds: took.as_secs_f64(),
            events_per_second: numbers::rate(replay.events, took),
            against: None,
            areas: None,
        }
    }

    fn text(&self, language: Language) -> String {
        let mut facts = Table::pairs();
        facts.row([&language.of("日志", "log"), &self.origin]);
        facts.row([
            &language.of("区划", "area"),
            &self.area.as_deref().unwrap_or(language.of("尚未启用", "not opened yet")),
        ]);
        facts.row([&language.of("条目", "entries"), &numbers::number(self.entries)]);
        facts.row([&language.of("事项", "events"), &numbers::number(self.events)]);
        facts.row([&language.of("无效条目", "void entries"), &self.voids]);
        facts.row([&language.of("树根", "root"), &self.root]);
        facts.row([&language.of("状态摘要", "state digest"), &self.state_digest]);
        let speed = numbers::number(self.events_per_second);
        let time = language.of("秒", "s");
        let each = language.of("事项/秒", "events/s");
        facts.row([&language.of("用时", "time"), &format!("{:.2} {time}, {speed} {each}", self.seconds)]);
        let mut text = facts.to_string();
        for void in &self.void_entries {
            let Void { index, code, .. } = void;
            let message = void.shown.one(language);
            text.push_str(&language.of(
                format!("第 {index} 条无效：{message} [{code}]\n"),
                format!("entry {index} is void: {message} [{code}]\n"),
            ));
        }
        if let Some(compared) = &self.against {
            let Compared { areas, entries } = compared;
            text.push_str(&language.of(
                format!("节点在第 {entries} 条时，{areas} 个区划的数字与日志相同\n"),
                format!("the node serves the same figures for {areas} areas at {entries} entries\n"),
            ));
        }
        if let Some(areas) = &self.areas {
            text.push_str(&format!("\n{}", numbers::areas(areas, language)));
        }
        text
    }
}

impl Void {
    fn new((index, rejection): &(Index, Rejection)) -> Self {
        let code = rejection.code();
        let zh = rejection.problems.first().map_or_else(String::new, |first| {
            let detail = detail::told(code.name(), &first.detail, Language::Zh);
            let detail = if detail.is_empty() { detail } else { format!("（{detail}）") };
            format!("{}{detail}", code.zh())
        });
        let message = rejection.to_string();
        Self { index: *index, code: code.name(), shown: Bilingual::new(zh, message.clone()), message }
    }
}
