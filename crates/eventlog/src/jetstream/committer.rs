//! Group commit: waiting entries are published as one atomic batch; the next batch gathers while the answer is
//! awaited. When a batch was not answered, or was refused without naming the message, its outcome is read back from
//! the stream.

use super::batch::{self, BATCH_MESSAGES_MAX, BatchError, Guarded};
use super::error::StreamError;
use super::outage::Outage;
use super::reader::Reader;
use super::shared::{EntryHash, hash};
use crate::error::{AppendError, LogError};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_retry::{BATCH, Waits};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, oneshot};

/// Most bytes of entries in a batch, unless a single entry is larger.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// After this many waits an entry that keeps being refused although nothing read explains it is examined by itself.
const STUCK_WAITS: u32 = 5;

/// Error codes with which the server refuses a batch whose guards do not hold, or not yet: another process has added
/// to an area, or is about to. Not worth a warning.
const GUARD_CODES: [u64; 6] = [10_071, 10_158, 10_163, 10_164, 10_193, 10_201];

/// An entry to be sequenced.
pub(crate) struct Append {
    pub(crate) area: Area,
    pub(crate) expected_last: Option<Index>,
    pub(crate) entry: Bytes,
    pub(crate) reply: oneshot::Sender<Result<Index, AppendError>>,
}

/// Publishes entries.
pub(crate) struct Committer {
    /// The stream, and what was read from it.
    pub(crate) reader: Reader,
    pub(crate) queue: mpsc::Receiver<Append>,
}

impl Committer {
    /// Works until the log is dropped or has stopped.
    pub(crate) async fn run(mut self) {
        let mut waiting = Vec::new();
        let (mut waits, mut outage) = (Waits::new(BATCH), Outage::new("the stream does not take entries"));
        loop {
            if waiting.is_empty() && self.queue.recv_many(&mut waiting, BATCH_MESSAGES_MAX).await == 0 {
                return;
            }
            while waiting.len() < BATCH_MESSAGES_MAX
                && let Ok(more) = self.queue.try_recv()
            {
                waiting.push(more);
            }
            let batch = take(&mut waiting);
            let left = match self.publish(&batch).await {
                Ok(first) => {
                    waits.reset();
                    self.reader.shared.batches.fetch_add(1, Ordering::Relaxed);
                    self.reader.shared.batched.fetch_add(batch.len() as u64, Ordering::Relaxed);
                    answer(batch, first);
                    continue;
                }
                Err(error) => self.resolve(batch, &error, waits.made() >= STUCK_WAITS, &mut outage).await,
            };
            match left {
                Ok(left) if left.is_empty() => waits.reset(),
                Ok(left) => {
                    waiting.splice(0..0, left);
                    waits.wait().await;
                }
                Err(error) => return self.reader.shared.fail(error),
            }
        }
    }

    async fn publish(&self, batch: &[Append]) -> Result<Index, BatchError> {
        let guarded = |append: &Append| Guarded {
            subject: self.reader.names.log_subject(self.reader.epoch, append.area),
            last: append.expected_last.map_or(0, |last| self.sequence(last)),
            payload: append.entry.clone(),
        };
        let batch: Vec<Guarded> = batch.iter().map(guarded).collect();
        let first = batch::publish(&self.reader.context.client(), &batch).await?;
        Ok(self.reader.base + first.saturating_sub(1))
    }

    /// The number of an entry's message; 0 for entries from before the stream.
    fn sequence(&self, index: Index) -> u64 {
        index.checked_sub(self.reader.base).map_or(0, |place| place + 1)
    }

    /// Reads back which entries of a batch were stored. Returns those that are not in the stream: they may be
    /// published again with the same guards, since at most one of the two attempts can succeed.
    async fn resolve(
        &self,
        batch: Vec<Append>,
        error: &BatchError,
        stuck: bool,
        outage: &mut Outage,
    ) -> Result<Vec<Append>, LogError> {
        match error {
            BatchError::Refused { code, description } if GUARD_CODES.contains(code) => {
                tracing::debug!(code, description, "a batch was refused");
            }
            BatchError::Refused { .. } => outage.tell(&StreamError::nats("publishing entries")(error.clone())),
            BatchError::Unknown(error) => tracing::warn!(%error, entries = batch.len(), "a batch was not answered"),
        }
        let Some(size) = self.size().await? else { return Ok(batch) };
        self.reader.shared.reached(size).await?;
        if stuck && matches!(error, BatchError::Refused { .. }) {
            self.look_at_heads(&batch).await?;
        }
        let mut left = Vec::new();
        for append in batch {
            let head = self.reader.shared.head(append.area);
            let own: EntryHash = hash(&append.entry);
            let outcome = match self.reader.shared.find(&own) {
                Some(index) => Ok(index),
                None if head == append.expected_last => {
                    left.push(append);
                    continue;
                }
                None => Err(AppendError::Conflict { last: head }),
            };
            // The caller may have gone away.
            let _ = append.reply.send(outcome);
        }
        Ok(left)
    }

    /// Asks the stream for the last entry of each area. Entries read from our own folder do not show the subject they
    /// were published under, and an entry whose area cannot be read is still its subject's last.
    async fn look_at_heads(&self, batch: &[Append]) -> Result<(), LogError> {
        let Reader { context, names, epoch, base, shared, .. } = &self.reader;
        let Ok(stream) = context.get_stream_no_info(names.log_stream(*epoch)).await else { return Ok(()) };
        for Append { area, .. } in batch {
            match stream.get_last_raw_message_by_subject(&names.log_subject(*epoch, *area)).await {
                Ok(message) => {
                    let index = base + message.sequence.saturating_sub(1);
                    shared.reached(index + 1).await?;
                    shared.set_head(*area, index);
                }
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                // No answer: the next attempt asks again.
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Number of entries up to the stream's end; `None` if it cannot be asked now.
    async fn size(&self) -> Result<Option<u64>, StreamError> {
        let name = self.reader.names.log_stream(self.reader.epoch);
        match self.reader.context.get_stream(&name).await {
            Ok(stream) => Ok(Some(self.reader.base + stream.cached_info().state.last_sequence)),
            Err(error) => {
                tracing::warn!(%error, "the stream cannot be asked for its end");
                Ok(None)
            }
        }
    }
}

/// The next batch: entries of different areas, in the order in which they wait.
fn take(waiting: &mut Vec<Append>) -> Vec<Append> {
    let (mut areas, mut bytes, mut batch, mut left) = (BTreeSet::new(), 0, Vec::new(), Vec::new());
    for append in waiting.drain(..) {
        bytes += append.entry.len();
        let fits = batch.is_empty() || (bytes <= BATCH_BYTES_MAX && batch.len() < BATCH_MESSAGES_MAX);
        if fits && areas.insert(append.area) { batch.push(append) } else { left.push(append) }
    }
    *waiting = left;
    batch
}

fn answer(batch: Vec<Append>, first: Index) {
    for (index, append) in (first..).zip(batch) {
        // The caller may have gone away; the entry is sequenced all the same.
        let _ = append.reply.send(Ok(index));
    }
}
