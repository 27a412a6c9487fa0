//! Fetches what is new, and checks it before it is kept.

use super::frames::Written;
use super::personal::Page;
use super::{Known, Replica, ReplicaError};
use crate::api::Api;
use ed25519_zebra::{VerificationKeyBytes, batch};
use lika_domain::evolve::evolve_events;
use lika_domain::ids::Index;
use lika_domain::official::Authority;
use lika_domain::state::State;
use lika_domain::submission::{Entry, Events};
use lika_proto::convert::{self, signing_bytes};
use lika_proto::v1;
use lika_tlog::batch::verify_batch;
use lika_tlog::hash::HASH_BYTES;
use lika_tlog::tree::verify_consistency;
use lika_tlog::{Checkpoint, Hash, SignedCheckpoint, leaf_hash};
use std::sync::Arc;

/// How far a refresh is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries of the log that were passed.
    pub passed: u64,
    /// Entries of the log.
    pub of: u64,
}

impl Replica {
    /// Fetches everything that is new: entries, then personal data. `api` needs a session of an official whose area
    /// contains this one. What came is kept when the connection breaks, and the next call goes on from there. `told`
    /// is called after each part.
    ///
    /// # Errors
    /// [`ReplicaError::NotProven`] if a part does not hold; nothing of it is kept. [`ReplicaError::Api`] if the node
    /// cannot be reached or refuses.
    pub async fn refresh(&mut self, api: &Api, mut told: impl FnMut(Progress)) -> Result<(), ReplicaError> {
        loop {
            let size = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
            let part = api.replica_entries(self.area, self.next, size).await?;
            let checkpoint = self.check(&part)?;
            let of = checkpoint.size;
            let is_new = !part.entries.is_empty() || of > size || part.next > self.next;
            if is_new {
                let written = self.frames.append(&part)?;
                if self.is_done(written)? {
                    Arc::make_mut(&mut self.known).take(&part, checkpoint);
                }
                told(Progress { passed: self.next, of });
            }
            if self.next >= of && self.refresh_personal(api).await? {
                return Ok(());
            }
        }
    }

    /// Whether something was written; otherwise what another process has written is read.
    fn is_done(&mut self, written: Written) -> Result<bool, ReplicaError> {
        match written {
            Written::Done => return Ok(true),
            Written::Overtaken(batches) => Arc::make_mut(&mut self.known).take_stored(&batches)?,
            Written::Replaced => {
                let stored = self.frames.read()?;
                let mut known = Known::new(self.area, self.log.clone(), stored.personal.unwrap_or_default());
                known.take_stored(&stored.batches)?;
                self.known = Arc::new(known);
            }
        }
        Ok(false)
    }

    /// Fetches personal data of households with new entries. `false` if there are newer entries than those.
    async fn refresh_personal(&mut self, api: &Api) -> Result<bool, ReplicaError> {
        let (since, upto) = (self.personal.fetched(), self.next);
        if since == upto && !self.personal.is_empty() {
            return Ok(true);
        }
        let mut after = None;
        loop {
            let page = api.replica_personal(self.area, since, after).await?;
            if page.next.is_some() && page.next <= after {
                return Err(ReplicaError::NotProven("its pages have no end".to_owned()));
            }
            after = page.next;
            Arc::make_mut(&mut self.known).take_personal(page);
            if after.is_none() {
                break;
            }
        }
        let known = Arc::make_mut(&mut self.known);
        known.forget_erased();
        known.personal.set_fetched(upto);
        let written = self.frames.keep_personal(&self.known.personal)?;
        self.is_done(written)
    }
}

impl Known {
    /// Personal data of households that are in the replica.
    pub(super) fn take_personal(&mut self, page: Page) {
        let homes = &self.state.homes;
        self.personal.take(page, |household| homes.contains_key(&household));
    }

    /// Checks a part against the log's key, the checkpoint before, and the keys of the officials.
    fn check(&self, part: &v1::ReplicaBatch) -> Result<Checkpoint, ReplicaError> {
        let not_proven = |what: &dyn std::fmt::Display| ReplicaError::NotProven(what.to_string());
        let signed = SignedCheckpoint::open(&part.checkpoint, &self.log).map_err(|error| not_proven(&error))?;
        let checkpoint = signed.checkpoint().clone();
        if let Some(before) = &self.checkpoint {
            let growth = hashes(&part.growth)?;
            verify_consistency(&growth, before.size, checkpoint.size, &before.root, &checkpoint.root)
                .map_err(|error| not_proven(&format!("the log was changed since the last time: {error}")))?;
        }
        let leaves: Vec<(Index, Hash)> =
            part.entries.iter().map(|entry| (entry.index, leaf_hash(&entry.entry))).collect();
        verify_batch(&hashes(&part.proof)?, &leaves, checkpoint.size, &checkpoint.root)
            .map_err(|error| not_proven(&error))?;
        let (first, last) = (leaves.first().map(|leaf| leaf.0), leaves.last().map(|leaf| leaf.0));
        let goes_on = part.next > self.next || part.next == checkpoint.size;
        let in_place = first.is_none_or(|first| first >= self.next) && last.is_none_or(|last| last < part.next);
        if !goes_on || !in_place || part.next > checkpoint.size {
            return Err(not_proven(&"its entries are not those that were asked for"));
        }
        self.check_signatures(part)?;
        Ok(checkpoint)
    }

    /// Checks the signature of every entry that is not void, with the key that the log enrolled. Keys that are
    /// enrolled in the same part count for the entries after them.
    fn check_signatures(&self, part: &v1::ReplicaBatch) -> Result<(), ReplicaError> {
        let State { jurisdiction, keys, officials, .. } = &self.state;
        let (jurisdiction, keys, officials) = (jurisdiction.clone(), keys.clone(), officials.clone());
        let mut authority = State { jurisdiction, keys, officials, ..State::default() };
        let mut verifier = batch::Verifier::new();
        for entry in part.entries.iter().filter(|entry| !entry.void) {
            let not_proven = |what: &str| ReplicaError::NotProven(format!("entry {}: {what}", entry.index));
            let (read, signed) =
                convert::entry(entry.index, &entry.entry).map_err(|error| not_proven(&error.to_string()))?;
            self.check_place(&read, &authority).map_err(not_proven)?;
            let key = Authority::current(&authority).public_key(read.submission.key, read.events.opening());
            let key = key.ok_or_else(|| not_proven("its key is not enrolled"))?;
            let key = VerificationKeyBytes::from(key);
            verifier.queue(batch::Item::from((key, signed.signature.into(), &signing_bytes(&signed.submission))));
            if matches!(read.events, Events::Officials(_)) {
                evolve_events(&mut authority, &read);
            }
        }
        verifier.verify(rand::rng()).map_err(|_| ReplicaError::NotProven("a signature is not good".to_owned()))
    }

    /// An entry must be of this log and of this area, or of the jurisdiction itself.
    fn check_place(&self, entry: &Entry, authority: &State) -> Result<(), &'static str> {
        let submission = &entry.submission;
        if submission.origin.as_ref() != self.log.name().as_str() {
            return Err("it was written for another log");
        }
        let opened = authority.jurisdiction.as_ref().map(|opened| opened.area);
        let opening = entry.events.opening().map(|opening| opening.area);
        let whole = opened.or(opening) == Some(submission.area);
        if whole || self.area.contains(submission.area) { Ok(()) } else { Err("it is of another area") }
    }
}

fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, ReplicaError> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() {
        return Err(ReplicaError::NotProven("a proof is cut off".to_owned()));
    }
    Ok(hashes.iter().map(|hash| Hash::from(*hash)).collect())
}
