//! Compares the figures that a node serves with those from its log.

use super::{Remote, RemoteError, Replay, Watch, replay};
use lika_domain::area::{Area, Level};
use lika_eventlog::Checkpoint;
use lika_eventlog::error::{Damage, LogError};
use lika_eventlog::verify::{self, Source};
use lika_tlog::key::VerifierKey;
use lika_tlog::tile::{TileCoordinates, read_hashes};
use lika_tlog::{Hash, TileKind, TilePath, tree};
use lika_views::Progress;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// How often a comparison is started with a node whose log keeps growing.
const ATTEMPTS: usize = 3;

/// A node to compare with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The node.
    pub node: &'a Remote,
    /// The key that must have signed the node's log: that of the local log.
    pub key: &'a VerifierKey,
    /// Threads for reading the node's log if it is ahead.
    pub threads: usize,
}

/// Result of a comparison without differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Areas compared: the whole, its townships and its villages.
    pub areas: u64,
    /// Size of the log they were compared at, in entries.
    pub entries: u64,
}

/// The first figure that differs between node and log.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Prefix of the area.
    pub area: String,
    /// The figure, such as `households.poor` or `months[3].visits`.
    pub field: String,
    /// The value from the log; null if the log gives no such field.
    pub log: Value,
    /// The value from the node; null if it leaves the field out.
    pub node: Value,
}

/// Why a comparison failed.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A figure differs.
    #[error("the node serves {} = {} for {}, but its log gives {}", .0.field, .0.node, .0.area, .0.log)]
    Differs(Box<Difference>),
    /// The node has fewer entries than the local log.
    #[error("the node has {node} entries, but the given log has {log}: the node's log was shortened")]
    Shorter {
        /// Entries of the node.
        node: u64,
        /// Entries of the local log.
        log: u64,
    },
    /// Neither of the two logs is a beginning of the other.
    #[error("the first {entries} entries of the node's log differ from those of the given log, under the same key")]
    Forked {
        /// Entries of the shorter one.
        entries: u64,
    },
    /// The node serves nothing for an area in which the log has villages.
    #[error("the node serves nothing for {0}, although its log has villages there")]
    AreaMissing(Area),
    /// The node records faster than its figures can be compared.
    #[error("the node's log grew during each of {ATTEMPTS} comparisons: compare when less is submitted")]
    Moving,
    /// The node's log is damaged or cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The node cannot be read.
    #[error(transparent)]
    Node(#[from] RemoteError),
}

impl Against<'_> {
    /// Compares every area at the same size of the log. If the node is ahead, its log is replayed, after checking
    /// that it continues the local log.
    ///
    /// # Errors
    /// The first difference, or why the comparison could not be made.
    pub fn compare(&self, log: &Replay, watch: &mut impl Watch) -> Result<Compared, CompareError> {
        for _ in 0..ATTEMPTS {
            let checkpoint = verify::checkpoint(self.node, self.key)?;
            let compared = if checkpoint.size == log.checkpoint.size {
                self.same_root(&checkpoint, &log.checkpoint)?;
                self.figures(log)?
            } else {
                self.goes_on_from(log, &checkpoint)?;
                let ahead = replay(self.node, self.key, self.threads, watch)?;
                self.figures(&ahead)?
            };
            if let Some(compared) = compared {
                return Ok(compared);
            }
        }
        Err(CompareError::Moving)
    }

    fn same_root(&self, node: &Checkpoint, log: &Checkpoint) -> Result<(), CompareError> {
        if node.root == log.root { Ok(()) } else { Err(CompareError::Forked { entries: log.size }) }
    }

    /// Checks that the node's log begins with the local log. Its tiles are checked by the replay.
    fn goes_on_from(&self, log: &Replay, node: &Checkpoint) -> Result<(), CompareError> {
        let size = log.checkpoint.size;
        if node.size < size {
            return Err(CompareError::Shorter { node: node.size, log: size });
        }
        let hash = |level: u8, index: u64| self.subtree(level, index, node.size);
        let beginning = tree::root(size, &hash)?;
        if beginning == log.checkpoint.root { Ok(()) } else { Err(CompareError::Forked { entries: size }) }
    }

    fn subtree(&self, level: u8, index: u64, size: u64) -> Result<Hash, LogError> {
        let place = TileCoordinates::of(level, index);
        let path = TilePath::at(TileKind::Hashes(place.level), place.n, size);
        let path = path.ok_or(LogError::OutOfRange { index: index << level, size })?;
        let missing = || Damage::new(path, path.first_entry(), "is missing");
        let bytes = self.node.tile(path)?.ok_or_else(missing)?;
        let hashes = read_hashes(&bytes, path.width());
        let hashes = hashes.map_err(|error| Damage::new(path, path.first_entry(), error.to_string()))?;
        Ok(place.hash_in(&hashes).map_err(|error| Damage::new(path, path.first_entry(), error.to_string()))?)
    }

    /// Compares all areas; `None` if the node's log has grown meanwhile.
    fn figures(&self, log: &Replay) -> Result<Option<Compared>, CompareError> {
        let Some(last) = log.checkpoint.size.checked_sub(1) else {
            return Ok(Some(Compared { areas: 0, entries: 0 }));
        };
        let areas = areas(log);
        for area in &areas {
            let Some(ours) = log.past.progress(*area) else { continue };
            let path = format!("v1/areas/{}/progress?index={last}", area.prefix());
            let served = self.node.document(&path)?.ok_or(CompareError::AreaMissing(*area))?;
            let served: Value = serde_json::from_slice(&served).unwrap_or_default();
            if served["index"].as_u64().is_some_and(|index| index > last) {
                return Ok(None);
            }
            if let Some(difference) = first_difference(&ours, &served) {
                return Err(CompareError::Differs(Box::new(difference)));
            }
        }
        Ok(Some(Compared { areas: areas.len() as u64, entries: log.checkpoint.size }))
    }
}

/// The whole, its townships and its villages.
fn areas(log: &Replay) -> BTreeSet<Area> {
    let state = &log.past.state;
    let whole = state.jurisdiction.iter().map(|jurisdiction| jurisdiction.area);
    let villages = state.villages.keys().filter(|area| area.level() == Level::Village);
    let parts = villages.flat_map(|village| [village.at(Level::Township), *village]);
    whole.chain(parts).collect()
}

/// The first figure in which a node's document of an area differs from the log's.
pub fn first_difference(log: &Progress, node: &Value) -> Option<Difference> {
    // A document of names and numbers always has a JSON form.
    let ours = serde_json::to_value(log).unwrap_or_default();
    let (field, ours, theirs) = differs(String::new(), &ours, node)?;
    Some(Difference { area: log.area.clone(), field, log: ours, node: theirs })
}

fn differs(path: String, log: &Value, node: &Value) -> Option<(String, Value, Value)> {
    match (log, node) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            names.into_iter().find_map(|name| differs(below(&path, name), &log[name], &node[name]))
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            let mut both = ours.iter().zip(theirs).enumerate();
            both.find_map(|(place, (ours, theirs))| differs(format!("{path}[{place}]"), ours, theirs))
        }
        (ours, theirs) => (ours != theirs).then(|| (path, ours.clone(), theirs.clone())),
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::date::Date;
    use lika_domain::policy::Policy;
    use lika_domain::progress::Figures;
    use lika_domain::village::MonthCounts;
    use lika_views::Standing;

    fn progress() -> Progress {
        let mut figures = Figures::default();
        let day = Date::from_yyyymmdd(20_170_601).unwrap();
        figures.months.insert(day.month(), MonthCounts { visits: 2, ..MonthCounts::default() });
        let standing = Standing { applied: 9, recorded_at: 0, today: day };
        Progress::new("130624".parse().unwrap(), None, &figures, &Policy::default(), &standing)
    }

    #[test]
    fn a_figure_that_differs_is_named_with_both_values() {
        let served = serde_json::to_value(progress()).unwrap();
        assert_eq!(first_difference(&progress(), &served), None);
        let changed = |pointer: &str, value: Value| {
            let mut served = served.clone();
            *served.pointer_mut(pointer).unwrap() = value;
            first_difference(&progress(), &served).unwrap()
        };
        let poor = changed("/households/poor", 7.into());
        assert_eq!((poor.area.as_str(), poor.field.as_str()), ("130624", "households.poor"));
        assert_eq!((poor.log, poor.node), (0.into(), 7.into()));
        assert_eq!(changed("/months/0/visits", 3.into()).field, "months[0].visits");
        assert_eq!(changed("/months", Value::Array(vec![])).field, "months");
    }

    #[test]
    fn a_field_too_many_and_one_too_few_differ() {
        let mut served = serde_json::to_value(progress()).unwrap();
        served["more"] = 1.into();
        assert_eq!(first_difference(&progress(), &served).unwrap().field, "more");
        assert_eq!(first_difference(&progress(), &Value::Null).unwrap().field, "");
    }
}
