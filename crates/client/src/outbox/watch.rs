//! Sends by itself, for as long as a process runs.

use super::{Sent, send};
use crate::api::Api;
use crate::home::{Home, HomeError};
use lika_retry::{NODE, Waits};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::Notify;

/// How often to look for something new in the folder, in milliseconds.
const ARRIVAL_POLL_MS: u64 = 2_000;

/// Sends whatever waits, whenever the node answers, and waits longer after each failure, up to a minute. `wake` ends
/// a wait at once: after something was signed, or when the official asks for it. What another process adds to the
/// folder is noticed within two seconds. `told` hears of every round, and may end it.
///
/// Any number of processes may watch the same folder; one of them at a time sends. May be dropped at any time: what
/// was not answered is sent again by the next round.
pub async fn watch<B>(
    home: &Home,
    api: &Api,
    wake: &Notify,
    mut told: impl FnMut(Result<Sent, HomeError>) -> ControlFlow<B>,
) -> B {
    let mut waits = Waits::new(NODE);
    loop {
        let seen = home.pending_names().unwrap_or_default();
        let round = if seen.is_empty() { Ok(Sent::default()) } else { send(home, api, |_| ()).await };
        let is_good = round.as_ref().is_ok_and(|sent| sent.stopped.is_empty());
        if let ControlFlow::Break(end) = told(round) {
            return end;
        }
        if is_good {
            waits.reset();
        }
        tokio::select! {
            () = waits.wait() => {}
            () = wake.notified() => {}
            () = arrival(home, &seen) => {}
        }
    }
}

/// Resolves when something waits that did not wait before.
async fn arrival(home: &Home, seen: &BTreeSet<String>) {
    loop {
        tokio::time::sleep(Duration::from_millis(ARRIVAL_POLL_MS)).await;
        if home.pending_names().is_ok_and(|names| !names.is_subset(seen)) {
            return;
        }
    }
}
