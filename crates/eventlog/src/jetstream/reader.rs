//! Reads the stream: every message once, in order, without a gap. Anything else means that the stream is damaged, and
//! stops the log.

use super::checkpoints::{Checkpoints, Position};
use super::error::StreamError;
use super::names::Names;
use super::outage::Outage;
use super::settings;
use super::shared::{EntryHash, Shared, hash};
use crate::error::LogError;
use crate::tiles::AreaOf;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use bytes::Bytes;
use futures::StreamExt;
use lika_domain::ids::Index;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Between two checks that the stream still ends where it was read to, in milliseconds.
const CHECK_MS: u64 = 1_000;
/// A stream that ends too early is damaged if it still does after so many checks. A leader that a cable was pulled from may
/// itself be behind what its followers have handed out, until another is elected; servers need ten seconds and more for
/// that. Waiting costs nothing: no receipt is given meanwhile.
pub(super) const CHECKS_SHORT_MAX: u32 = 15;
/// Before a reader is set up again that NATS has dropped, in milliseconds.
const RETRY_MS: u64 = 200;

/// How long nothing may come until it is asked whether something should have, in milliseconds.
const SILENCE_MS: u64 = 2_000;

/// An entry as it was ordered, published or not.
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
    /// Hands every entry to each of `to`, in order, until the log stops or nobody listens.
    pub(crate) async fn run(self, to: Vec<mpsc::Sender<Ordering>>) {
        let mut outage = Outage::new("the stream is not read");
        loop {
            match self.read(&to).await {
                Ok(()) => return,
                Err(LogError::Stream(error @ StreamError::Nats { .. })) => outage.tell(&error),
                Err(error) => return self.shared.fail(error),
            }
            if self.shared.failed().is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Checks for ever that the stream still holds what was read from it last, and that checkpoints have not gone back.
    pub(crate) async fn watch(self, checkpoints: Checkpoints, position: watch::Receiver<Position>) {
        let mut short = 0;
        // Whoever follows checkpoints is handed the latest there is, and that may be an older one.
        let mut known = position.borrow().clone();
        while self.shared.failed().is_none() {
            tokio::time::sleep(Duration::from_millis(CHECK_MS)).await;
            if position.borrow().sequence > known.sequence {
                known = position.borrow().clone();
            }
            match self.check(&checkpoints, &known).await {
                Ok(()) => short = 0,
                Err(StreamError::Nats { .. }) => {}
                Err(StreamError::RolledBack { .. } | StreamError::SealRolledBack { .. })
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
        // The messages lost may have been replaced in number by later ones, so that nothing else shows it.
        checkpoints.check_majority().await?;
        Err(StreamError::SealRolledBack { found: last.checkpoint.size, known: known.checkpoint.size })
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
                // The client has set the reader up anew and forgotten how far it was. Whether the stream itself went back
                // is for the check of its end to say.
                return Err(
                    StreamError::nats("reading the stream")(std::io::Error::other("the reader went back")).into()
                );
            }
            if sequence != self.next() {
                return Err(StreamError::Gap { wanted: self.next(), found: sequence }.into());
            }
            let entry = message.message.payload;
            let index = self.shared.size();
            // Noted last: who waits for an entry to be read finds it handed over.
            for sender in to {
                if sender.send((index, entry.clone())).await.is_err() {
                    return Ok(());
                }
            }
            let area = message.message.subject.rsplit('.').next().and_then(|area| area.parse().ok());
            // Guards are of the subject, whatever the entry says of itself.
            self.shared.note(area.or_else(|| (self.area_of)(&entry)), &entry);
        }
    }

    /// Whether the stream holds more than was read. After a change of leader a reader may be left without messages and
    /// without an error.
    async fn is_behind(&self) -> Result<bool, StreamError> {
        let stream = self.context.get_stream(self.names.log_stream(self.epoch)).await;
        let stream = stream.map_err(StreamError::nats("checking the stream"))?;
        Ok(stream.cached_info().state.last_sequence >= self.next())
    }

    /// Number of the message that is due.
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

    /// The stream must reach as far as it was read and published, with nothing taken out, and its last message read must still be what
    /// it was.
    async fn check_end(&self, published: u64) -> Result<(), StreamError> {
        let (size, last) = self.shared.last();
        let seen = size - self.base;
        // What is published was in the stream, whether it was read here yet or not.
        let known = seen.max(published.saturating_sub(self.base));
        let stream = self.context.get_stream(self.names.log_stream(self.epoch)).await;
        let stream = stream.map_err(StreamError::nats("checking the stream"))?;
        let info = stream.cached_info();
        let state = &info.state;
        if state.last_sequence < known {
            settings::check_majority(info.cluster.as_ref())?;
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

/// What a reader that gets nothing although there is something is called.
pub(crate) fn silent() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "nothing comes although there is more")
}
