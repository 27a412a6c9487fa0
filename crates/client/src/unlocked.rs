//! Keys that were unlocked in this process. They are held in memory alone, and forgotten when nobody has used one for
//! a while: whoever leaves the desk leaves it locked.

use crate::key::Signer;
use lika_domain::ids::KeyId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The keys, shared by everything in the process that signs.
#[derive(Clone, Debug)]
pub struct Unlocked(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    idle: Duration,
    keys: BTreeMap<KeyId, Held>,
}

#[derive(Debug)]
struct Held {
    signer: Signer,
    used: Instant,
}

impl Default for Unlocked {
    /// Keys that stay until the end of the process.
    fn default() -> Self {
        Self::new(Duration::MAX)
    }
}

impl Unlocked {
    /// No keys yet. A key that was not used for `idle` is locked.
    pub fn new(idle: Duration) -> Self {
        Self(Arc::new(Mutex::new(Inner { idle, keys: BTreeMap::new() })))
    }

    /// Adds a key.
    pub fn add(&self, signer: Signer) {
        self.with(|inner, now| inner.keys.insert(signer.id(), Held { signer, used: now }));
    }

    /// The key, if it is unlocked. This counts as a use.
    pub fn get(&self, id: KeyId) -> Option<Signer> {
        self.with(|inner, now| {
            let held = inner.keys.get_mut(&id)?;
            held.used = now;
            Some(held.signer.clone())
        })
    }

    /// The key, if it is unlocked, to read with it. No use of it: pages that read by themselves keep nothing unlocked.
    pub(crate) fn peek(&self, id: KeyId) -> Option<Signer> {
        self.with(|inner, _| inner.keys.get(&id).map(|held| held.signer.clone()))
    }

    /// The unlocked key that was used last. No use of it.
    pub(crate) fn last_used(&self) -> Option<Signer> {
        self.with(|inner, _| inner.keys.values().max_by_key(|held| held.used).map(|held| held.signer.clone()))
    }

    /// How long the key stays unlocked unless it is used; `None` if it is locked. No use of it.
    pub fn remaining(&self, id: KeyId) -> Option<Duration> {
        self.with(|inner, now| Some(inner.idle.saturating_sub(now.duration_since(inner.keys.get(&id)?.used))))
    }

    /// Locks every key at once.
    pub fn lock(&self) {
        self.with(|inner, _| inner.keys.clear());
    }

    /// Keys whose time is over are forgotten before anything else is done.
    fn with<T>(&self, work: impl FnOnce(&mut Inner, Instant) -> T) -> T {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, idle) = (Instant::now(), inner.idle);
        inner.keys.retain(|_, held| now.duration_since(held.used) < idle);
        work(&mut inner, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_locked_when_nobody_used_it_for_a_while() {
        let signer = Signer::from_seed([3; 32]);
        let unlocked = Unlocked::new(Duration::from_millis(400));
        unlocked.add(signer.clone());
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(200));
            assert!(unlocked.clone().get(signer.id()).is_some(), "each use begins the time anew");
        }
        assert!(unlocked.remaining(signer.id()).is_some_and(|left| left <= Duration::from_millis(400)));
        std::thread::sleep(Duration::from_millis(450));
        assert!(unlocked.remaining(signer.id()).is_none() && unlocked.get(signer.id()).is_none());
    }

    #[test]
    fn locking_forgets_every_key_at_once() {
        let unlocked = Unlocked::default();
        let ids = [1, 2].map(|seed| {
            let signer = Signer::from_seed([seed; 32]);
            unlocked.add(signer.clone());
            signer.id()
        });
        assert!(ids.iter().all(|id| unlocked.get(*id).is_some()));
        unlocked.lock();
        assert!(ids.iter().all(|id| unlocked.get(*id).is_none()));
    }
}
