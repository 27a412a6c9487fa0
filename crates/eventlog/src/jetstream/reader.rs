//! Reads the stream: every message once, in order, without a gap. Anything else means that the stream is damaged, and
//! stops the log.

use super::checkpoints::{Checkpoints, Position};
use super::error::StreamError;
use super::majority;
use super::names::Names;
use super::outage::Outage;
use super::shared::{EntryHash, Shared, hash};
use crate::error::LogError;
use crate::tiles::AreaOf;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use bytes::Bytes;
use futures::StreamExt;
use lika_domain::ids::Index;
use lika_retry::{SERVER, Waits};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Between two checks that the stream still reaches as far as it was read, in milliseconds.
const CHECK_MS: u64 = 1_000;
/// After this many checks a stream that ends too early counts as damaged. A leader that was cut off from the network
/// may be behind what its followers have delivered until another is elected, which takes servers ten seconds and
/// more. Waiting costs nothing: no receipt is given meanwhile.
pub(super) const CHECKS_SHORT_MAX: u32 = 15;

/// After how long without a message the stream is asked whether there are more, in milliseconds.
const SILENCE_MS: u64 = 2_000;

/// A sequenced entry with its index, published or not.
pub type Ordering = (Index, Bytes);

/// Reads one stream.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) context: Context,
    pub(crate) names: Names,
    pub(crate) epoch: u32,
    pub(crate) base: Index,
    pub(crate) area_of: AreaOf,
    pub(crate) shared: Arc<Shared>,
}

impl Reader {
    /// Sends every entry to each of `to`, in order, until the log stops or all receivers are gone.
    pub(crate) async fn run(self, to: Vec<mpsc::Sender<Ordering>>) {
        let (mut waits, mut outage) = (Waits::new(SERVER), Outage::new("the stream is not read"));
        loop {
            match self.read(&to).await {
                Ok(()) => return,
                Err(LogError::Stream(error @ StreamError::Nats { .. })) => outage.tell(&error),
                Err(error) => return self.shared.fail(error),
            }
            if self.shared.failed().is_some() {
                return;
            }
            waits.wait().await;
        }
    }

    /// Checks for ever that the stream still holds what was read from it last, and that checkpoints have not gone
    /// back.
    pub(crate) async fn watch(self, checkpoints: Checkpoints, position: watch::Receiver<Position>) {
        let mut short = 0;
        // `position` follows the stream, so it may go back to an older checkpoint.
        let mut known = position.borrow().clone();
        while self.shared.failed().is_none() {
            tokio::time::sleep(Duration::from_millis(CHECK_MS)).await;
            if position.borrow().sequence > known.sequence {
                known = position.borrow().clone();
            }
            match self.check(&checkpoints, &known).await {
                Ok(()) => short = 0,
                Err(StreamError::Nats { .. }) => {}
                Err(StreamError::RolledBack { .. } | StreamError::CheckpointRolledBack { .. })
                    if short < CHECKS_SHORT_MAX =>
                {
                    short += 1;
                }
                Err(error) => return self.shared.fail(error.into()),
            }
        }
    }

    async fn check(&self, checkpoints: &Checkpoints, known: &Position) -> Result<(), StreamError> {
        self.check_end(known.checkpoint.size).await?;
        let last = checkpoints.last().await?;
        if last.sequence >= known.sequence {
            return Ok(());
        }
        // Later messages may have taken the numbers of lost ones, and then nothing else shows the loss.
        checkpoints.check_majority().await?;
        Err(StreamError::CheckpointRolledBack { found: last.checkpoint.size, known: known.checkpoint.size })
    }

    async fn read(&self, to: &[mpsc::Sender<Ordering>]) -> Result<(), LogError> {
        let mut messages = self.consumer().await?;
        loop {
            let Ok(message) = tokio::time::timeout(Duration::from_millis(SILENCE_MS), messages.next()).await else {
                if self.is_behind().await? {
                    return Err(StreamError::nats("reading the stream")(silent()).into());
                }
                continue;
            };
            if self.shared.failed().is_some() {
                return Ok(());
            }
            let ended = || StreamError::nats("reading the stream")(std::io::Error::other("the reader was closed"));
            let message = message.ok_or_else(ended)?.map_err(StreamError::nats("reading the stream"))?;
            let sequence =
                message.info().map_err(|_| StreamError::Gap { wanted: self.next(), found: 0 })?.stream_sequence;
            if sequence < self.next() {
                // The client has created its consumer again and lost its position. Whether the stream itself went
                // back is for `check_end` to find out.
                return Err(
                    StreamError::nats("reading the stream")(std::io::Error::other("the reader went back")).into()
                );
            }
            if sequence != self.next() {
                return Err(StreamError::Gap { wanted: self.next(), found: sequence }.into());
            }
            let entry = message.message.payload;
            let index = self.shared.size();
            // Noted last: when `reached` resolves, the entry has been sent.
            for sender in to {
                if sender.send((index, entry.clone())).await.is_err() {
                    return Ok(());
                }
            }
            let area = message.message.subject.rsplit('.').next().and_then(|area| area.parse().ok());
            // Guards depend on the subject, whatever area the entry names.
            self.shared.note(area.or_else(|| (self.area_of)(&entry)), &entry);
        }
    }

    /// Whether the stream holds more than was read. After a change of leader a consumer may get neither messages nor
    /// an error.
    async fn is_behind(&self) -> Result<bool, StreamError> {
        let stream = self.context.get_stream(self.names.log_stream(self.epoch)).await;
        let stream = stream.map_err(StreamError::nats("checking the stream"))?;
        Ok(stream.cached_info().state.last_sequence >= self.next())
    }

    /// Number of the next message.
    fn next(&self) -> u64 {
        self.shared.size() - self.base + 1
    }

    async fn consumer(&self) -> Result<Ordered, LogError> {
        let stream = self.names.log_stream(self.epoch);
        let config = OrderedConfig {
            deliver_subject: self.context.client().new_inbox(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.next() },
            ..OrderedConfig::default()
        };
        let consumer = self.context.create_consumer_on_stream(config, stream).await;
        let consumer = consumer.map_err(StreamError::nats("reading the stream"))?;
        Ok(consumer.messages().await.map_err(StreamError::nats("reading the stream"))?)
    }

    /// Checks that the stream reaches as far as it was read and published, with nothing removed, and that the last
    /// message read is unchanged.
    async fn check_end(&self, published: u64) -> Result<(), StreamError> {
        let (size, last) = self.shared.last();
        let seen = size - self.base;
        // Published entries were in the stream, whether they were read here yet or not.
        let known = seen.max(published.saturating_sub(self.base));
        let stream = self.context.get_stream(self.names.log_stream(self.epoch)).await;
        let stream = stream.map_err(StreamError::nats("checking the stream"))?;
        let info = stream.cached_info();
        let state = &info.state;
        if state.last_sequence < known {
            majority::check_majority(info.cluster.as_ref())?;
            return Err(StreamError::RolledBack { found: state.last_sequence, known });
        }
        if state.messages != state.last_sequence {
            return Err(StreamError::Gap { wanted: state.last_sequence, found: state.messages });
        }
        match last {
            Some(last) => self.compare(&stream, seen, last).await,
            None => Ok(()),
        }
    }

    async fn compare<I>(
        &self,
        stream: &async_nats::jetstream::stream::Stream<I>,
        seen: u64,
        last: EntryHash,
    ) -> Result<(), StreamError> {
        let found = stream.get_raw_message(seen).await.map_err(StreamError::nats("checking the stream"))?;
        if hash(&found.payload) == last { Ok(()) } else { Err(StreamError::Changed(seen)) }
    }
}

/// The error of a consumer that gets nothing although there is more.
pub(crate) fn silent() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "no message comes although there are more")
}
