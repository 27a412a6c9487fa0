//! What is said while something outside does not work: once, and again only when it has lasted or is another thing. A log
//! that repeats itself five times a second hides what matters.

use super::error::StreamError;
use std::time::{Duration, Instant};

/// The same thing is said again after so many seconds.
const AGAIN_S: u64 = 30;

/// What hinders one task.
pub(crate) struct Outage {
    what: &'static str,
    told: Option<(String, Instant)>,
}

impl Outage {
    /// `what` does not go on while there is outage.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, told: None }
    }

    /// Says it, unless it has just been said.
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
