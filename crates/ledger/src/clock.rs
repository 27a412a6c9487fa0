//! The node's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Gives the time in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The time as driven; `None` is the system's time.
    driven: Option<Arc<AtomicU64>>,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self { driven: None }
    }

    /// A time that stands still until it is set. Only for a log opened for testing: [`crate::Ledger::open`] refuses it
    /// otherwise.
    pub fn driven(start_ms: u64) -> Self {
        Self { driven: Some(Arc::new(AtomicU64::new(start_ms))) }
    }

    /// Whether the time is driven.
    pub fn is_driven(&self) -> bool {
        self.driven.is_some()
    }

    /// Sets a driven time; never back. Does nothing to the system's time.
    pub fn set(&self, ms: u64) {
        if let Some(driven) = &self.driven {
            driven.fetch_max(ms, Ordering::Relaxed);
        }
    }

    /// Now.
    pub fn now_ms(&self) -> u64 {
        match &self.driven {
            Some(driven) => driven.load(Ordering::Relaxed),
            None => system_ms(),
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
