//! What a person does to a log that NATS orders: create it, begin it again after damage, move a log there.

use super::connection::{self, Servers};
use crate::Failure;
use anyhow::Context as _;
use async_nats::jetstream::Context;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::error::StreamError;
use lika_eventlog::jetstream::{Checkpoints, Names, Position, settings};
use lika_eventlog::tiles::TileLog;
use lika_vault::Vault;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Threads that check the log.
const THREADS: usize = 2;

/// A new stream.
#[derive(Debug, Serialize)]
pub struct Begun {
    /// Folder of the audit service.
    pub data: PathBuf,
    /// Name of the stream.
    pub stream: String,
    /// Number of the epoch, from 0.
    pub epoch: u32,
    /// Entries before the stream.
    pub entries: u64,
    /// Data keys that were handed over.
    pub keys: u64,
}

/// A log at NATS, as a command sees it.
struct Streams {
    context: Context,
    names: Names,
    checkpoints: Checkpoints,
}

/// Checks that a log can be created at NATS: its name tells its area, the servers have the required settings, and
/// there is no log of that name yet. Streams without a checkpoint are left over from an interrupted creation.
pub async fn ensure_new(nats: &Servers, origin: &str) -> anyhow::Result<()> {
    let names = Names::new(connection::area(origin)?);
    let context = nats.connect("lika log").await?;
    match settings::check(&context, &settings::checkpoint_stream(&names, 1)).await {
        Err(StreamError::Missing(_)) => Ok(()),
        Ok(info) if info.state.last_sequence == 0 => Ok(()),
        Ok(_) => Err(LogError::from(StreamError::Exists(names.checkpoint_stream())).into()),
        Err(error) => Err(LogError::from(error).into()),
    }
}

/// Creates the streams of a log whose folder exists and has no entries. Returns the name of the stream that orders the
/// log.
pub async fn create(nats: &Servers, data: &Path, replicas: u8) -> anyhow::Result<String> {
    let streams = Streams::new(nats, data).await?;
    Vault::wrap(data)?;
    let (_, position) = position(data, 0)?;
    if position.checkpoint.size > 0 {
        return Err(LogError::Exists(data.to_owned()).into());
    }
    Vault::make_stream(&streams.context, &streams.names, replicas.into()).await.map_err(LogError::from)?;
    let made =
        settings::create(&streams.context, &streams.names, &streams.checkpoints, &position, replicas.into()).await;
    made.map_err(LogError::from)?;
    Ok(streams.names.log_stream(0))
}

/// Begins the next epoch after the last entry that is published in a folder; by default with as many replicas as
/// before.
pub async fn recover(nats: &Servers, data: &Path, replicas: Option<u8>) -> anyhow::Result<Begun> {
    let streams = Streams::new(nats, data).await?;
    let last = streams.checkpoints.last().await.map_err(LogError::from)?;
    let replicas = match replicas {
        Some(replicas) => replicas.into(),
        None => settings::replicas(&streams.context, &streams.names).await.map_err(LogError::from)?,
    };
    let (log, mut position) = position(data, last.epoch + 1)?;
    if position.checkpoint.size < last.checkpoint.size {
        let message = format!(
            "{} holds {} entries, but {} are published: take the folder of the audit service that signed last, or let \
             this one catch up from it",
            data.display(),
            position.checkpoint.size,
            last.checkpoint.size
        );
        return Err(Failure::new("copy_behind", message).conflict().into());
    }
    if log.published().root_at(last.checkpoint.size)? != last.checkpoint.root {
        let message = format!(
            "{} holds other entries than the {} that are published: it has signed for some that were never published, \
             and the log went on without them. Keep it for inquiry, take the folder of the audit service that signed \
             last, and give this one's service an empty folder with `log.vkey` and `keys`",
            data.display(),
            last.checkpoint.size
        );
        return Err(Failure::new("copy_forked", message).conflict().into());
    }
    drop(log);
    position.sequence = last.sequence;
    let begun =
        settings::begin_epoch(&streams.context, &streams.names, &streams.checkpoints, &position, replicas).await;
    Ok(streams.begun(data, &begun.map_err(LogError::from)?, 0))
}

/// Hands an embedded log over to streams.
pub async fn migrate(nats: &Servers, data: &Path, replicas: u8) -> anyhow::Result<Begun> {
    let streams = Streams::new(nats, data).await?;
    let (_, position) = position(data, 0)?;
    // This is checked first: no data key may get into the stream of another log.
    let moved = match streams.checkpoints.last().await {
        Ok(last) if last.checkpoint == position.checkpoint => true,
        Ok(_) => return Err(LogError::from(StreamError::Exists(streams.names.checkpoint_stream())).into()),
        Err(StreamError::Missing(_)) => false,
        Err(error) => return Err(LogError::from(error).into()),
    };
    // An interrupted move continues where it stopped. The checkpoint is written last: until then no service starts.
    Vault::make_stream(&streams.context, &streams.names, replicas.into()).await.map_err(LogError::from)?;
    settings::make_streams(&streams.context, &streams.names, replicas.into()).await.map_err(LogError::from)?;
    let keys = Vault::hand_over(data, streams.context.clone(), streams.names.clone()).await?;
    if !moved {
        settings::first_checkpoint(&streams.checkpoints, &position, 0).await.map_err(LogError::from)?;
    }
    Ok(streams.begun(data, &position, keys))
}

impl Streams {
    async fn new(nats: &Servers, data: &Path) -> anyhow::Result<Self> {
        let key = connection::verifier_key(data)?;
        let names = connection::names(&key)?;
        let context = nats.connect("lika log").await?;
        let checkpoints = Checkpoints::new(context.clone(), names.clone(), key);
        Ok(Self { context, names, checkpoints })
    }

    fn begun(&self, data: &Path, position: &Position, keys: u64) -> Begun {
        Begun {
            data: data.to_owned(),
            stream: self.names.log_stream(position.epoch),
            epoch: position.epoch,
            entries: position.checkpoint.size,
            keys,
        }
    }
}

/// Checks all of the log in a folder, and returns its position.
fn position(data: &Path, epoch: u32) -> anyhow::Result<(TileLog, Position)> {
    let log =
        TileLog::open(data, THREADS, lika_proto::convert::entry_area).with_context(|| data.display().to_string())?;
    let checkpoint = log.published().checkpoint().as_ref().clone();
    let base = checkpoint.size;
    Ok((log, Position { checkpoint, epoch, base, integrator: String::new(), sequence: 0 }))
}
