//! How long to wait before something that failed is tried again: one rule, and a few policies that follow it.
//!
//! The rule: the first wait is short, each further one is twice as long up to a limit, and each is lengthened by a
//! random part of itself (jitter), so that all who lost one server do not come back at the same moment. `backon` does
//! the arithmetic and retries calls that return a `Result` ([`Retryable`], [`BlockingRetryable`]); [`Waits`] is for
//! loops that never end.
//!
//! Not here: when to give up. A caller that does has a deadline, which includes the time that attempts take; `backon`
//! would count the waits alone, and where requests time out it would go on for many times as long. Polling is not
//! here either: a thread that looks every two seconds whether there is work retries nothing.
//!
//! Why `backon` and not a dozen lines of our own: we would also need the loop around each call, once async and once
//! blocking. It adds one crate; its dependencies, `tokio` and `fastrand`, were in the workspace before.

pub use backon::{BlockingRetryable, Retryable};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;
use tokio::time::Instant;

/// A lock on this machine that its holder, a thread about to end, releases in a moment.
pub const LOCK: Policy = Policy::new(5, 10);
/// A batch that the server refused. Usually another process was faster and the next attempt succeeds; if a server is
/// lost it takes seconds.
pub const BATCH: Policy = Policy::new(2, 1_000);
/// A service without any instance that answers: it is starting, or reconnecting after its server came back.
pub const SERVICE: Policy = Policy::new(25, 50);
/// A server, a node or the operating system fails. After a change of leader it works again within seconds.
pub const SERVER: Policy = Policy::new(100, 400);
/// A node that an official's device reports to, over a line that may be gone for hours.
pub const NODE: Policy = Policy::new(2_000, 60_000);
/// A file of a remote log. Three attempts in all, because a person waits for the answer.
pub const SOURCE: Policy = Policy::new(250, 500).attempts(3);

/// How long to wait between attempts, and how many to make.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    first: Duration,
    longest: Duration,
    attempts: Option<usize>,
}

impl Policy {
    const fn new(first_ms: u64, longest_ms: u64) -> Self {
        Self { first: Duration::from_millis(first_ms), longest: Duration::from_millis(longest_ms), attempts: None }
    }

    /// Limits the attempts, including the first.
    const fn attempts(self, attempts: usize) -> Self {
        Self { attempts: Some(attempts), ..self }
    }

    const fn rule(self) -> ExponentialBuilder {
        let rule = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_factor(2.0)
            .with_jitter()
            .without_max_times();
        match self.attempts {
            Some(attempts) => rule.with_max_times(attempts.saturating_sub(1)),
            None => rule,
        }
    }
}

impl BackoffBuilder for Policy {
    type Backoff = ExponentialBackoff;

    fn build(self) -> ExponentialBackoff {
        self.rule().build()
    }
}

/// The waits of a loop that never ends. After an attempt that took longer than the longest wait they start again with
/// the first: a subscription that worked for an hour is renewed at once, and a request that timed out has waited
/// already.
#[derive(Debug)]
pub struct Waits {
    policy: Policy,
    waits: ExponentialBackoff,
    made: u32,
    ended: Instant,
}

impl Waits {
    /// Starts with the first attempt.
    pub fn new(policy: Policy) -> Self {
        Self { policy, waits: policy.build(), made: 0, ended: Instant::now() }
    }

    /// The number of waits since the last [`reset`](Self::reset).
    pub fn made(&self) -> u32 {
        self.made
    }

    /// Call this when an attempt succeeded: the next wait is the first one again.
    pub fn reset(&mut self) {
        *self = Self::new(self.policy);
    }

    /// Waits before the next attempt.
    pub async fn wait(&mut self) {
        if self.ended.elapsed() > self.policy.longest {
            self.waits = self.policy.build();
        }
        self.made += 1;
        tokio::time::sleep(self.waits.next().unwrap_or(self.policy.longest)).await;
        self.ended = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_jitter_at_most_doubles_them() {
        for policy in [LOCK, BATCH, SERVICE, SERVER] {
            let mut due = policy.first;
            for wait in policy.build().take(20) {
                assert!((due..due * 2 + Duration::from_millis(1)).contains(&wait), "{policy:?}: {wait:?} for {due:?}");
                due = (due * 2).min(policy.longest);
            }
        }
        assert_eq!(SOURCE.build().count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_start_again_after_a_long_attempt() {
        let mut waits = Waits::new(SERVER);
        for made in 1..=5 {
            waits.wait().await;
            assert_eq!(waits.made(), made);
        }
        tokio::time::advance(Duration::from_secs(3)).await;
        let begun = Instant::now();
        waits.wait().await;
        assert_eq!(waits.made(), 6);
        assert!(begun.elapsed() <= SERVER.first * 2 + Duration::from_millis(1));
        waits.reset();
        assert_eq!(waits.made(), 0);
    }
}
