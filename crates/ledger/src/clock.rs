//! The clock of a node.

use lika_domain::submission::Submission;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Gives the time, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// A time set by the caller.
    Driven(Arc<AtomicU64>),
    /// The time that each submission states.
    Composed,
}

impl Clock {
    /// The system clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is set. Only for a log opened for testing; for any other
    /// [`crate::Ledger::open`] refuses it.
    pub fn driven(start_ms: u64) -> Self {
        Self(Source::Driven(Arc::new(AtomicU64::new(start_ms))))
    }

    /// Uses the time at which each submission says it was composed, so that distributed services can record years of
    /// made-up history. Only for a log opened for testing, like a driven clock.
    pub fn composed() -> Self {
        Self(Source::Composed)
    }

    /// Whether it is not the system clock.
    pub fn is_driven(&self) -> bool {
        !matches!(self.0, Source::System)
    }

    /// Sets a driven clock forward; an earlier time is ignored. Does nothing to other clocks.
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

    /// The time at which a submission is recorded.
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
