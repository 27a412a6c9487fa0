//! Follows checkpoints as they are published.

use super::checkpoints::{Checkpoints, Position};
use super::error::StreamError;
use super::names::Names;
use super::outage::Outage;
use super::reader::silent;
use super::shared::Shared;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{DeliverPolicy, push::OrderedConfig};
use futures::StreamExt;
use lika_retry::{SERVER, Waits};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// After how long without a checkpoint the latest one is asked for, in milliseconds.
const SILENCE_MS: u64 = 3_000;

/// Follows the checkpoints that are published.
pub(super) async fn follow_checkpoints(
    context: Context,
    names: Names,
    checkpoints: Checkpoints,
    latest: watch::Sender<Position>,
    shared: Arc<Shared>,
) {
    let (mut waits, mut outage) = (Waits::new(SERVER), Outage::new("checkpoints are not followed"));
    loop {
        match follow_checkpoints_once(&context, &names, &checkpoints, &latest).await {
            Err(error @ StreamError::Nats { .. }) => outage.tell(&error),
            Err(error) => return shared.fail(error.into()),
            Ok(()) => {}
        }
        waits.wait().await;
    }
}

async fn follow_checkpoints_once(
    context: &Context,
    names: &Names,
    checkpoints: &Checkpoints,
    latest: &watch::Sender<Position>,
) -> Result<(), StreamError> {
    let config = OrderedConfig {
        deliver_subject: context.client().new_inbox(),
        deliver_policy: DeliverPolicy::LastPerSubject,
        filter_subject: names.checkpoint_subject(),
        ..OrderedConfig::default()
    };
    let consumer = context.create_consumer_on_stream(config, names.checkpoint_stream()).await;
    let consumer = consumer.map_err(StreamError::nats("following checkpoints"))?;
    let mut messages = consumer.messages().await.map_err(StreamError::nats("following checkpoints"))?;
    loop {
        let Ok(message) = tokio::time::timeout(Duration::from_millis(SILENCE_MS), messages.next()).await else {
            // The integrator publishes every second, but a subscription may go silent after the stream changes its
            // leader.
            if checkpoints.last().await?.sequence > latest.borrow().sequence {
                return Err(StreamError::nats("following checkpoints")(silent()));
            }
            continue;
        };
        let Some(message) = message else { return Ok(()) };
        let message = message.map_err(StreamError::nats("following checkpoints"))?;
        let sequence = message.info().map(|info| info.stream_sequence).unwrap_or_default();
        let empty = async_nats::HeaderMap::new();
        let headers = message.message.headers.as_ref().unwrap_or(&empty);
        let position = checkpoints.read(headers, &message.message.payload, sequence)?;
        latest.send_replace(position);
    }
}
