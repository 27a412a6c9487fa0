//! An auditor's work on a log, in a folder or behind an address: verify it, judge it again, and compare the figures
//! that a node serves with its log.
//!
//! It uses the node's own code: the verification by which a log opens, the same rules, and the views that count the
//! figures.

mod compare;
mod remote;

pub use compare::{Against, CompareError, Compared, Difference, first_difference};
pub use remote::{Remote, RemoteError, is_address};

use lika_domain::area::Level;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_eventlog::Checkpoint;
use lika_eventlog::error::LogError;
use lika_eventlog::verify::{self, Bundle, Checked, Source};
use lika_ledger::{digest, replay};
use lika_tlog::key::VerifierKey;
use lika_views::{Past, Progress};

/// Follows the progress of a verification or replay.
pub trait Watch {
    /// `entries` of `of` are done.
    fn at(&mut self, entries: u64, of: u64);
}

/// Ignores everything.
impl Watch for () {
    fn at(&mut self, _entries: u64, _of: u64) {}
}

/// A log whose bytes match its checkpoint.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The checkpoint; its signature was verified.
    pub checkpoint: Checkpoint,
    /// What was checked.
    pub checked: Checked,
}

/// A log judged again.
#[derive(Debug)]
pub struct Replay {
    /// The checkpoint; its signature was verified.
    pub checkpoint: Checkpoint,
    /// What was checked.
    pub checked: Checked,
    /// Void entries by index, and why.
    pub voids: Vec<(Index, Rejection)>,
    /// Events in all entries.
    pub events: u64,
    /// Digest of the state, in hexadecimal; a node with the same log has the same.
    pub state_digest: String,
    /// The state, and the moment that its figures are as of.
    pub past: Past,
}

/// Verifies a log: signature of the checkpoint, every bundle, every tile, and the root from the entries.
///
/// # Errors
/// [`LogError::Damaged`] with the first fault; any other if the source cannot be read.
pub fn verify(
    source: &impl Source,
    key: &VerifierKey,
    threads: usize,
    watch: &mut impl Watch,
) -> Result<Verified, LogError> {
    let checkpoint = verify::checkpoint(source, key)?;
    let mut done = 0;
    let count = |bundle: &Bundle| bundle.entries.len() as u64;
    let checked = verify::log(source, &checkpoint, threads, count, |entries| {
        done += entries;
        watch.at(done, checkpoint.size);
    })?;
    Ok(Verified { checkpoint, checked })
}

/// Verifies a log and judges every entry again: signature, key, role and rule.
///
/// # Errors
/// As [`verify()`].
pub fn replay(
    source: &impl Source,
    key: &VerifierKey,
    threads: usize,
    watch: &mut impl Watch,
) -> Result<Replay, LogError> {
    let checkpoint = verify::checkpoint(source, key)?;
    let mut observer = Observer { watch, size: checkpoint.size, recorded_at: 0 };
    let replayed = replay::run(source, &checkpoint, threads, &mut observer)?;
    let recorded_at = observer.recorded_at;
    Ok(Replay {
        checked: replayed.checked,
        voids: replayed.voids,
        events: replayed.events,
        state_digest: digest::hex(&replayed.state),
        past: Past::new(replayed.state, recorded_at),
        checkpoint,
    })
}

impl Verified {
    /// Name of the log.
    pub fn origin(&self) -> String {
        origin(&self.checkpoint)
    }
}

impl Replay {
    /// Name of the log.
    pub fn origin(&self) -> String {
        origin(&self.checkpoint)
    }

    /// The first entry that is not signed with an enrolled key. Other void entries are mistakes of officials; this one
    /// only the operator of the log could have written.
    pub fn forged(&self) -> Option<Index> {
        let forged = |rejection: &Rejection| rejection.code() == Code::SignatureInvalid;
        self.voids.iter().find(|(_, rejection)| forged(rejection)).map(|(index, _)| *index)
    }

    /// The progress of every area of a level, ordered by code.
    pub fn areas(&self, level: Level) -> Vec<Progress> {
        let whole = self.past.state.jurisdiction.as_ref().map(|jurisdiction| jurisdiction.area);
        whole.map_or_else(Vec::new, |area| self.past.children(area, level))
    }
}

fn origin(checkpoint: &Checkpoint) -> String {
    checkpoint.signed.checkpoint().origin.to_string()
}

/// Watches a replay and notes when its latest entry was recorded.
struct Observer<'w, W> {
    watch: &'w mut W,
    size: u64,
    recorded_at: u64,
}

impl<W: Watch> replay::Observer for Observer<'_, W> {
    fn entry(&mut self, entry: &Entry, _void: bool, _state: &State) {
        self.recorded_at = self.recorded_at.max(entry.recorded_at);
        self.watch.at(entry.index + 1, self.size);
    }
}
