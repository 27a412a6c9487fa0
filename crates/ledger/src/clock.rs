//! The node's time.

use lika_domain::submission::Submission;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Gives the time in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// The time as driven.
    Driven(Arc<AtomicU64>),
    /// Whatever a submission says of itself.
    Composed,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A time that stands still until it is set. Only for a log opened for testing: [`crate::Ledger::open`] refuses it
    /// otherwise.
    pub fn driven(start_ms: u64) -> Self {
        Self(Source::Driven(Arc::new(AtomicU64::new(start_ms))))
    }

    /// For each submission the moment at which it says it was composed, so that years of a made-up history can be
    /// recorded by services apart. Only for a log opened for testing, as a driven clock.
    pub fn composed() -> Self {
        Self(Source::Composed)
    }

    /// Whether it is any other than the system's time.
    pub fn is_driven(&self) -> bool {
        !matches!(self.0, Source::System)
    }

    /// Sets a driven time; never back. Does nothing to the system's time.
    pub fn set(&self, ms: u64) {
        if let Source::Driven(driven) = &self.0 {
            driven.fetch_max(ms, Ordering::Relaxed);
        }
    }

    /// Now.
    pub fn now_ms(&self) -> u64 {
        match &self.0 {
            Source::Driven(driven) => driven.load(Ordering::Relaxed),
            Source::System | Source::Composed => system_ms(),
        }
    }

    /// The moment at which a submission is recorded.
    pub(crate) fn of(&self, submission: &Submission) -> u64 {
        match self.0 {
            Source::Composed => submission.composed_at.saturating_mul(1_000),
            _ => self.now_ms(),
        }
    }
}

fn system_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driven_clock_only_goes_forward() {
        let clock = Clock::driven(5);
        let same = clock.clone();
        same.set(9);
        clock.set(7);
        assert_eq!(clock.now_ms(), 9);
        assert!(Clock::system().now_ms() > 1_700_000_000_000);
    }
}
