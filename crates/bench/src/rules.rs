//! Cost of the rules: the entries of a log judged and applied, without reading, hashes or signatures.

use crate::Note;
use anyhow::{Context, ensure};
use lika_domain::admit::admit;
use lika_domain::evolve::evolve;
use lika_domain::state::State;
use lika_domain::submission::{Entry, Events};
use lika_eventlog::verify::{self, Folder};
use lika_proto::convert;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Results.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// Submissions in the log.
    pub submissions: u64,
    /// Events in them.
    pub events: u64,
    /// Time for judging and applying on one core.
    pub seconds: f64,
    /// Events judged and applied per second.
    pub events_per_second: f64,
    /// By kind of event, the highest total first.
    pub kinds: Vec<KindCost>,
}

/// Cost of events of one kind. The time of a submission is divided evenly among its events.
#[derive(Debug, Serialize)]
pub struct KindCost {
    /// Name of the kind.
    pub kind: &'static str,
    /// Number of events.
    pub events: u64,
    /// Nanoseconds to judge one.
    pub admit_ns: f64,
    /// Nanoseconds to apply one.
    pub evolve_ns: f64,
    /// Share of the total time, in percent.
    pub share: f64,
}

#[derive(Default)]
struct Cost {
    pub events: u64,
    pub admit: f64,
    pub evolve: f64,
}

/// Measures the log in a node's data folder.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn run(data: &Path, note: Note<'_>) -> anyhow::Result<Measured> {
    note("reading the log …");
    let entries = read(data)?;
    note("judging and applying its entries …");
    let mut state = State::default();
    let mut costs: BTreeMap<&'static str, Cost> = BTreeMap::new();
    let (mut events, mut seconds) = (0, 0.0);
    for entry in &entries {
        let (judging, applying) = judge(&mut state, entry)?;
        let kinds = kinds(&entry.events);
        let each = kinds.len().max(1) as f64;
        for kind in &kinds {
            let cost = costs.entry(kind).or_default();
            cost.events += 1;
            cost.admit += judging.as_secs_f64() / each;
            cost.evolve += applying.as_secs_f64() / each;
        }
        events += kinds.len() as u64;
        seconds += (judging + applying).as_secs_f64();
    }
    let mut kinds: Vec<KindCost> = costs.into_iter().map(|(kind, cost)| cost.of(kind, seconds)).collect();
    kinds.sort_by(|a, b| b.share.total_cmp(&a.share));
    let events_per_second = events as f64 / seconds;
    Ok(Measured { submissions: entries.len() as u64, events, seconds, events_per_second, kinds })
}

impl Cost {
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    fn of(&self, kind: &'static str, seconds: f64) -> KindCost {
        let per_event = |taken: f64| taken * 1e9 / self.events.max(1) as f64;
        let share = (self.admit + self.evolve) * 100.0 / seconds;
        KindCost {
            kind,
            events: self.events,
            admit_ns: per_event(self.admit),
            evolve_ns: per_event(self.evolve),
            share,
        }
    }
}

fn read(data: &Path) -> anyhow::Result<Vec<Entry>> {
    let key = data.join("log.vkey");
    let key = std::fs::read_to_string(&key).with_context(|| format!("{}", key.display()))?;
    let folder = Folder(data.join("log"));
    let checkpoint = verify::checkpoint(&folder, &key.trim().parse()?)?;
    let mut entries = Vec::new();
    let mut number = 0;
    while (entries.len() as u64) < checkpoint.size {
        let bundle = verify::bundle(&folder, number, checkpoint.size)?;
        ensure!(!bundle.entries.is_empty(), "bundle {number} is empty");
        for range in &bundle.entries {
            let (entry, _) = convert::entry(entries.len() as u64, &bundle.bytes.slice(range.clone()))?;
            entries.push(entry);
        }
        number += 1;
    }
    Ok(entries)
}

/// Judges and applies an entry; a void one is judged and skipped.
fn judge(state: &mut State, entry: &Entry) -> anyhow::Result<(Duration, Duration)> {
    let begun = Instant::now();
    let judged = admit(state, entry);
    let judging = begun.elapsed();
    ensure!(judged.is_ok(), "entry {} is void: the figures would not be those of a sound log", entry.index);
    let begun = Instant::now();
    evolve(state, entry);
    Ok((judging, begun.elapsed()))
}

/// The kind of each event.
fn kinds(events: &Events) -> Vec<&'static str> {
    match events {
        Events::Households(events) => events.iter().map(|event| event.kind.event().en).collect(),
        Events::Officials(events) => events.iter().map(|event| event.kind.event().en).collect(),
        Events::Aid(events) => events.iter().map(|event| event.kind.event().en).collect(),
    }
}
