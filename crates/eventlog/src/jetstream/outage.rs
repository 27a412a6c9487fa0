//! Logs a lasting fault once, and again only when it has lasted or the error changes. A log that repeats itself five
//! times a second hides what matters.

use super::error::StreamError;
use std::time::{Duration, Instant};

/// The same error is logged again after this many seconds.
const AGAIN_S: u64 = 30;

/// A fault that keeps one task from going on.
pub(crate) struct Outage {
    what: &'static str,
    told: Option<(String, Instant)>,
}

impl Outage {
    /// `what` says what the task cannot do.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, told: None }
    }

    /// Logs the error, unless it was logged just now.
    pub(crate) fn tell(&mut self, error: &StreamError) {
        let text = error.to_string();
        let said = self.told.as_ref();
        if said.is_some_and(|(said, at)| *said == text && at.elapsed() < Duration::from_secs(AGAIN_S)) {
            return;
        }
        tracing::warn!(error = %text, "{}; trying again", self.what);
        self.told = Some((text, Instant::now()));
    }
}
