//! What an auditor does with a log, be it a folder or a node: verify it, judge it again, and compare what a node serves
//! with what its log gives.
//!
//! The code is that of the node itself: the log opens by the same verification, the rules are the same functions, and
//! the figures are counted by the same views.

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

/// Is told, on the way, how many entries are done, and of how many.
pub trait Watch {
    /// So many are done.
    fn at(&mut self, entries: u64, of: u64);
}

/// Nobody is told.
impl Watch for () {
    fn at(&mut self, _entries: u64, _of: u64) {}
}

/// A log whose bytes are what its checkpoint says.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The checkpoint; its signature is good.
    pub checkpoint: Checkpoint,
    /// What was looked at.
    pub checked: Checked,
}

/// A log judged again.
#[derive(Debug)]
pub struct Replay {
    /// The checkpoint; its signature is good.
    pub checkpoint: Checkpoint,
    /// What was looked at.
    pub checked: Checked,
    /// Entries that change nothing, and why; by index.
    pub voids: Vec<(Index, Rejection)>,
    /// Events in all entries.
    pub events: u64,
    /// Digest of the state, in hexadecimal; a node with the same log has the same.
    pub state_digest: String,
    /// The state, and what its figures stand for.
    pub past: Past,
}

/// Verifies a log: signature of the checkpoint, every bundle, every tile, and the root from the entries.
///
/// # Errors
/// [`LogError::Damaged`] with the first thing that is not what was signed; any other if the source cannot be read.
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

    /// The first entry that nobody with an enrolled key has signed. The rules void what officials should not have
    /// reported; this is what the keeper of the log should not have written.
    pub fn forged(&self) -> Option<Index> {
        let forged = |rejection: &Rejection| rejection.code() == Code::SignatureInvalid;
        self.voids.iter().find(|(_, rejection)| forged(rejection)).map(|(index, _)| *index)
    }

    /// The progress of every area of a level, in the order of their codes.
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
