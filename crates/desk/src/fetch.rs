//! Keeps the replica of the official's area open, and fetches it anew while somebody works with it.

use crate::copy::{Expected, Outage, Shown};
use crate::desk::{Desk, now_s};
use lika_client::Replica;
use lika_client::replica::{Known, ReplicaError};
use lika_domain::area::Area;
use std::sync::Arc;
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
            self.copy.want();
        }
        shown
    }

    /// The state as it will be when what this device has reported since is recorded.
    pub(crate) fn expected(&self, known: &Arc<Known>) -> Expected {
        let ahead = known.ahead(&self.home).unwrap_or_default();
        self.copy.expected(known, &ahead, now_s() * 1_000)
    }

    /// Whether the log has taken a report of this device that is not in what is known of the area.
    pub(crate) fn is_behind(&self, known: &Known) -> bool {
        let Some(checkpoint) = known.checkpoint() else { return true };
        self.home.known_size(checkpoint.origin.as_str()).is_ok_and(|size| size > checkpoint.size)
    }

    /// Fetches what is new into what is held.
    async fn fetch(&self, held: &mut Option<Replica>) -> Result<(), ReplicaError> {
        let (Ok(key), Some(area)) = (self.key(), self.own_area()) else { return Ok(()) };
        let Ok(signer) = self.home.signer_of(&key) else { return Ok(()) };
        if held.as_ref().is_none_or(|replica| replica.area() != area) {
            let Some(log) = self.home.log_key(&key.origin)? else { return Ok(()) };
            *held = None;
            let (dir, signer) = (self.home.dir().to_owned(), signer.clone());
            let open = move || match Replica::of(&dir, &log, area, &signer) {
                Err(ReplicaError::Damaged(_)) => Replica::renew(&dir, &log, area, &signer),
                opened => opened,
            };
            let opened = tokio::task::spawn_blocking(open).await;
            let opened = opened.map_err(|error| ReplicaError::Damaged(error.to_string()))?;
            *held = Some(opened?);
        }
        let Some(replica) = held.as_mut() else { return Ok(()) };
        self.copy.show(replica, None);
        let session = self.api.open_session(&signer).await?;
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
    let mut held = None;
    loop {
        desk.copy.begin();
        if desk.is_locked() {
            held = None;
            desk.copy.forget();
            desk.tables.forget();
        } else {
            let fetched = desk.fetch(&mut held).await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "the area could not be fetched");
            }
            desk.copy.shown().outage = fetched.err().as_ref().map(Outage::of);
        }
        desk.copy.end();
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
