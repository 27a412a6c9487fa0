//! Checks made before anything is started: the streams, and that the folder belongs to them.

use super::checkpoints::{Checkpoints, Position};
use super::error::{StreamError, patiently};
use super::names::Names;
use super::reader::CHECKS_SHORT_MAX;
use super::{Config, history, majority, settings};
use crate::error::LogError;
use crate::folder::Layout;
use crate::published::Tiles;
use crate::recovery::{self, Found};
use async_nats::jetstream::Context;
use std::time::Duration;

/// Between two looks, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// How far behind a folder must be for fetching to pay: these entries take a few tenths of a second to read.
pub const FAR_BEHIND_ENTRIES: u64 = 20_000;

/// How many published entries the folder of a log lacks.
pub async fn behind(config: &Config) -> Result<u64, LogError> {
    let layout = Layout { dir: config.dir.clone() };
    let checkpoints = checkpoints(config)?;
    // A checkpoint older than one seen before is dealt with when the log is opened; here it just means that nothing
    // is lacking.
    let position = patiently(async || checkpoints.last().await).await?;
    Ok(position.checkpoint.size.saturating_sub(recovery::recorded_size(&layout)?))
}

/// Fetches what a folder that is far behind lacks, if an audit service answers. Opening the log does this too; call
/// it to read the folder before that.
pub async fn fetch(config: &Config) -> Result<(), LogError> {
    prepare(config, &checkpoints(config)?).await.map(|_| ())
}

fn checkpoints(config: &Config) -> Result<Checkpoints, LogError> {
    Ok(Checkpoints::new(config.context.clone(), config.names.clone(), recovery::verifier_key(&config.dir)?))
}

/// Checks the streams, and fetches entries from before the stream, or a large number of missing ones.
pub(super) async fn prepare(config: &Config, checkpoints: &Checkpoints) -> Result<Position, LogError> {
    let Config { context, names, dir, far_behind, .. } = config;
    let layout = Layout { dir: dir.clone() };
    let position = latest(checkpoints, &layout).await?;
    for stream in [settings::checkpoint_stream(names, 1), settings::log_stream(names, position.epoch, 1)] {
        patiently(async || settings::check(context, &stream).await).await?;
    }
    let (recorded, base) = (recovery::recorded_size(&layout)?, position.base);
    if recorded >= base && position.checkpoint.size.saturating_sub(recorded) < *far_behind {
        return Ok(position);
    }
    match history::fetch(&context.client(), names, checkpoints, &layout, base).await {
        Err(LogError::Stream(error @ StreamError::NoHistory { .. })) if recorded >= base => {
            tracing::info!(%error, "all entries are read from the stream");
            Ok(position)
        }
        fetched => fetched,
    }
}

/// The latest checkpoint. If it is older than one that this folder has accepted, it is asked for repeatedly before it
/// is believed. An integrator may have signed more than it published, so its folder may be ahead.
async fn latest(checkpoints: &Checkpoints, layout: &Layout) -> Result<Position, LogError> {
    let known = if layout.signing_key().exists() { 0 } else { recovery::recorded_size(layout)? };
    let mut looks = 0;
    loop {
        let position = patiently(async || checkpoints.last().await).await?;
        if position.checkpoint.size >= known || looks == CHECKS_SHORT_MAX {
            return Ok(position);
        }
        patiently(async || checkpoints.check_majority().await).await?;
        looks += 1;
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
    }
}

/// An integrator may have signed entries and been interrupted before anybody saw the checkpoint. The stream must hold
/// the same entries: if it was replaced since, going on would sign two different logs.
pub(super) async fn check_ahead(
    context: &Context,
    names: &Names,
    position: &Position,
    found: &Found,
) -> Result<(), LogError> {
    let (size, from) = (found.frontier.size(), position.checkpoint.size.max(position.base));
    if found.checkpoint.is_none() || size <= from {
        return Ok(());
    }
    let own = Tiles::new(found.layout.log(), &found.frontier);
    let name = names.log_stream(position.epoch);
    let ask = async || {
        let stream = context.get_stream(&name).await.map_err(StreamError::nats("looking for entries signed here"))?;
        if position.base + stream.cached_info().state.last_sequence < size {
            majority::check_majority(stream.cached_info().cluster.as_ref())?;
        }
        Ok(stream)
    };
    let mut stream = patiently(&ask).await?;
    for _ in 0..CHECKS_SHORT_MAX {
        if position.base + stream.cached_info().state.last_sequence >= size {
            break;
        }
        // A new leader may need a moment.
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        stream = patiently(&ask).await?;
    }
    let found = stream.cached_info().state.last_sequence;
    if position.base + found < size {
        return Err(StreamError::RolledBack { found, known: size - position.base }.into());
    }
    for index in from..size {
        let entry = own.read(index, 1, size)?.pop().unwrap_or_default();
        let ask = async || {
            let asked = stream.get_raw_message(index - position.base + 1).await;
            asked.map_err(StreamError::nats("looking for entries signed here"))
        };
        let same = patiently(ask).await?.payload == entry;
        if !same {
            return Err(StreamError::Ahead { index }.into());
        }
    }
    Ok(())
}
