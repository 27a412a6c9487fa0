//! Keeps the replica of the official's area open, and fetches it anew while somebody works with it.

use crate::copy::{Outage, Shown};
use crate::desk::{Desk, now_s};
use lika_client::Replica;
use lika_client::replica::{Known, ReplicaError};
use lika_domain::area::Area;
use lika_domain::state::State;
use std::borrow::Cow;
use std::time::Duration;

/// How long what was fetched counts as new, in seconds.
const FRESH_S: u64 = 60;
/// How often to look whether the key was locked, in seconds.
const LOOK_S: u64 = 20;

impl Desk {
    /// What is known of the area. Asks for what is new if that was long ago.
    pub(crate) fn area(&self) -> Shown {
        let shown = self.copy.shown().clone();
        if shown.fetched_s.is_none_or(|fetched| now_s() > fetched + FRESH_S) {
            self.copy.wanted.notify_one();
        }
        shown
    }

    /// The state as it will be when what waits is recorded.
    pub(crate) fn expected<'k>(&self, known: &'k Known) -> Cow<'k, State> {
        match self.home.pending() {
            Ok(waiting) if !waiting.is_empty() => Cow::Owned(known.expected(&waiting, now_s() * 1_000)),
            _ => Cow::Borrowed(known.state()),
        }
    }

    /// Fetches what is new now, and waits for it.
    pub(crate) async fn refresh(&self) {
        let outage = match self.fetch().await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "the area could not be fetched");
                Some(Outage::of(&error))
            }
        };
        self.copy.shown().outage = outage;
    }

    async fn fetch(&self) -> Result<(), ReplicaError> {
        let (Ok(key), Some(area)) = (self.key(), self.own_area()) else { return Ok(()) };
        let Ok(signer) = self.home.signer_of(&key) else { return Ok(()) };
        let mut held = self.copy.replica.lock().await;
        if held.as_ref().is_none_or(|replica| replica.area() != area) {
            let Some(log) = self.home.log_key(&key.origin)? else { return Ok(()) };
            let dir = self.home.dir().to_owned();
            let opened = tokio::task::spawn_blocking(move || Replica::of(&dir, &log, area, &signer)).await;
            let opened = opened.map_err(|error| ReplicaError::Damaged(error.to_string()))?;
            *held = Some(opened?);
        }
        let Some(replica) = held.as_mut() else { return Ok(()) };
        self.copy.show(replica, None);
        if self.seen().reachable == Some(false) {
            return Ok(());
        }
        let session = self.api.open_session(&self.home.signer_of(&key)?).await?;
        let fetched = replica.refresh(&self.api.with_token(&session.token)?, |_| ()).await;
        self.copy.show(replica, fetched.is_ok().then(now_s));
        fetched
    }

    /// The area of the official's role; that of the log for a role in the whole of it.
    fn own_area(&self) -> Option<Area> {
        self.seen().who.area.and_then(|area| area.parse().ok())
    }
}

/// Fetches whenever a page wants it, and forgets when the key is locked.
pub(crate) async fn keep(desk: &Desk) {
    loop {
        if desk.is_locked() {
            desk.copy.forget().await;
        } else {
            desk.refresh().await;
        }
        let locked = async {
            // Nothing tells when the key locks by itself.
            loop {
                tokio::time::sleep(Duration::from_secs(LOOK_S)).await;
                if desk.is_locked() && desk.copy.shown().known.is_some() {
                    break;
                }
            }
        };
        tokio::select! {
            () = desk.copy.wanted.notified() => {}
            () = locked => {}
        }
    }
}
