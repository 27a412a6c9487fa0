//! The report on a loaded county.

use super::officials;
use crate::exit::{self, Failure};
use crate::numbers;
use crate::printer::Printer;
use crate::table::Table;
use anyhow::ensure;
use lika_audit::auditor;
use lika_county::history::{FIRST_YEAR, LAST_YEAR};
use lika_county::planted::Kind;
use lika_county::{History, Loaded};
use lika_domain::area::Level;
use lika_domain::language::Language;
use lika_domain::official::Role;
use lika_eventlog::verify::Folder;
use lika_ledger::digest;
use lika_progress::ProgressError;
use lika_runtime::Embedded;
use lika_tlog::key::VerifierKey;
use lika_views::{Progress, ProgressQuery, ViewError};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the views may take to catch up with the load, in seconds.
const VIEWS_WITHIN_S: u64 = 120;

/// The county, its log, and how to check both.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    origin: String,
    /// Prefix of the county.
    area: String,
    villages: u64,
    households: u64,
    events: u64,
    entries: u64,
    /// As in the checkpoint: base64.
    root: String,
    /// Hexadecimal.
    state_digest: String,
    /// From the first submission to the last receipt.
    seconds: f64,
    events_per_second: u64,
    data: PathBuf,
    /// The folder of tiles.
    log: PathBuf,
    verifier_key: String,
    /// The log was verified and judged again, with this state.
    verified: bool,
    /// Where it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Submissions that were tried and refused, each with the code that was expected.
    refused: u64,
    /// Violations planted for auditors to find, and submissions tried and refused.
    planted: Vec<PlantedCount>,
    /// The county, then its townships.
    areas: Vec<Progress>,
    #[serde(skip)]
    key: VerifierKey,
}

/// How often one kind was planted.
#[derive(Debug, Serialize)]
struct PlantedCount {
    kind: &'static str,
    count: u64,
    /// It was refused, and is not in the log.
    refused: bool,
    #[serde(skip)]
    zh: &'static str,
}

impl PlantedCount {
    fn new((kind, count): (Kind, u64)) -> Self {
        Self { kind: kind.name(), count, refused: kind.is_refused(), zh: kind.zh() }
    }
}

impl Summary {
    /// The summary of a node after a history was loaded.
    ///
    /// # Errors
    /// If the node's figures cannot be read.
    pub(crate) async fn of(
        node: &Embedded,
        data: &Path,
        history: &History,
        loaded: Loaded,
        took: Duration,
    ) -> anyhow::Result<Self> {
        let ledger = node.ledger();
        let (checkpoint, key) = (ledger.log().checkpoint(), ledger.verifier_key().clone());
        ensure!(checkpoint.size == loaded.entries, "{} of {} entries are published", checkpoint.size, loaded.entries);
        let (data, state_digest) = (std::path::absolute(data)?, digest::hex(&ledger.state()));
        Ok(Self {
            origin: key.name().to_string(),
            area: history.area().prefix(),
            villages: history.villages() as u64,
            households: history.households() as u64,
            events: loaded.events,
            entries: loaded.entries,
            root: checkpoint.root.to_string(),
            state_digest,
            seconds: took.as_secs_f64(),
            events_per_second: numbers::rate(loaded.events, took),
            log: data.join("log"),
            data,
            verifier_key: key.to_string(),
            verified: false,
            url: None,
            refused: loaded.refused,
            planted: history.planted().counts().map(PlantedCount::new).collect(),
            areas: areas(node, history, checkpoint.size).await?,
            key,
        })
    }

    /// Verifies the log in its folder and judges all of it again, as an auditor would.
    ///
    /// # Errors If the log is not as it was signed, or gives another state than the node's.
    pub(crate) fn verify(&mut self, printer: Printer) -> anyhow::Result<()> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let bar = printer.bar(self.entries, printer.language().of("正在核验并重放", "verifying and replaying"));
        let mut watch = Bar(&bar);
        let replayed = auditor::replay(&Folder(self.log.clone()), &self.key, threads, &mut watch);
        bar.finish_and_clear();
        let replayed = replayed.map_err(|error| exit::log(&error))?;
        ensure!(replayed.voids.is_empty(), "{} entries are void when they are judged again", replayed.voids.len());
        if replayed.state_digest != self.state_digest {
            let message = format!("the log gives state {}, the node had {}", replayed.state_digest, self.state_digest);
            return Err(Failure::new("state_differs", message).exit(exit::Exit::Broken).into());
        }
        self.verified = true;
        Ok(())
    }

    /// The summary as text.
    pub(crate) fn text(&self, language: Language) -> String {
        let name = self.areas.first().and_then(|county| county.name.clone()).unwrap_or_default();
        let (households, villages) = (numbers::number(self.households), numbers::number(self.villages));
        let (speed, seconds) = (numbers::number(self.events_per_second), self.seconds);
        let mut facts = Table::pairs();
        facts.row([&language.of("日志", "log"), &self.origin]);
        facts.row([&language.of("条目", "entries"), &numbers::number(self.entries)]);
        facts.row([&language.of("事项", "events"), &numbers::number(self.events)]);
        let took = language.of(
            format!("{seconds:.1} 秒，每秒 {speed} 个事项，每件均有回执"),
            format!("{seconds:.1} s, {speed} events/s, each with its receipt"),
        );
        facts.row([&language.of("用时", "time"), &took]);
        facts.row([&language.of("树根", "root"), &self.root]);
        facts.row([&language.of("状态摘要", "state digest"), &self.state_digest]);
        facts.row([&language.of("数据文件夹", "data"), &self.data.display()]);
        facts.row([&language.of("日志文件", "tiles"), &self.log.display()]);
        facts.row([&language.of("验证密钥", "verifier key"), &self.verifier_key]);
        let head = language.of(
            format!("{name} {FIRST_YEAR}-{LAST_YEAR} 年，虚构：{villages} 个村 {households} 户，其中没有真实的人。"),
            format!(
                "{name} {FIRST_YEAR}-{LAST_YEAR}, made up: {households} households in {villages} villages. Nobody in \
                 it exists."
            ),
        );
        format!(
            "{head}\n\n{facts}\n{}\n{}\n{}",
            numbers::areas(&self.areas, language),
            self.planted(language),
            self.next(language)
        )
    }

    /// The planted violations, so that auditors can compare their findings.
    fn planted(&self, language: Language) -> String {
        let there = self.planted.iter().filter(|planted| planted.count > 0);
        let mut table = match language {
            Language::Zh => Table::new(&["埋设的问题", "代码", ">次数"]),
            Language::En => Table::new(&["planted", ">times"]),
        };
        for planted in there {
            let count = numbers::number(planted.count);
            match language {
                Language::Zh => table.row([&planted.zh, &planted.kind, &count]),
                Language::En => table.row([&planted.kind, &count]),
            }
        }
        table.to_string()
    }

    /// What to try next, the commands of each step together.
    fn next(&self, language: Language) -> String {
        let data = self.data.display();
        let mut text = String::new();
        if self.verified {
            text += language.of(
                "日志已核验并重新判定，状态相同。\n",
                "The log was verified and judged again: the state is the same.\n",
            );
        }
        text += language.of("自己核对：\n", "Check it yourself:\n");
        text += &format!("  lika audit verify {data}\n  lika audit replay {data} --by township\n");
        if let Some(url) = &self.url {
            text += &format!("  lika audit replay {data} --against {url}\n");
        }
        let home = officials::folder(&self.data, Role::VillageOfficer).display().to_string();
        text += language.of(
            "以其中一名干部的身份办理（每种角色一个文件夹）：\n",
            "Work as one of its officials, a folder for each role:\n",
        );
        text += &format!("  LIKA_HOME={home} lika replica refresh\n");
        text += &match &self.url {
            Some(url) => language.of(
                format!("在浏览器中查看：{url}\n按 Ctrl-C 停止；`lika serve --data {data}` 可再次提供服务。\n"),
                format!("Look at it: {url}\nCtrl-C stops it; `lika serve --data {data}` serves it again.\n"),
            ),
            None => language
                .of(format!("提供服务：lika serve --data {data}\n"), format!("Serve it: lika serve --data {data}\n")),
        };
        text
    }
}

/// The county and its townships, as of the last entry.
async fn areas(node: &Embedded, history: &History, size: u64) -> Result<Vec<Progress>, ProgressError> {
    let begun = Instant::now();
    // After a load without pauses the views of a large county are further behind than a reader would wait for.
    while let Err(ViewError::Behind { .. }) = node.progress().catch_up().await
        && begun.elapsed() < Duration::from_secs(VIEWS_WITHIN_S)
    {}
    let query = ProgressQuery { index: Some(size.saturating_sub(1)), ..ProgressQuery::of(history.area()) };
    let mut areas = node.progress().read(query).await?;
    for mut township in node.progress().read(ProgressQuery { by: Some(Level::Township), ..query }).await? {
        // The log does not name townships; the table of divisions does.
        township.name = township.area().and_then(|area| history.township(area)).map(str::to_owned);
        areas.push(township);
    }
    Ok(areas)
}

/// A bar over entries.
struct Bar<'b>(&'b indicatif::ProgressBar);

impl auditor::Watch for Bar<'_> {
    fn at(&mut self, entries: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(entries);
    }
}
