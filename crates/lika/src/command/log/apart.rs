//! What is done by hand to a log that NATS orders: made, begun again after damage, moved there.

use crate::apart::connection::{self, NatsArgs};
use crate::exit::{Exit, Failure};
use anyhow::Context as _;
use async_nats::jetstream::Context;
use lika_eventlog::EventLog;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::error::StreamError;
use lika_eventlog::jetstream::{Names, Seals, Standing, settings};
use lika_eventlog::tiles::TileLog;
use lika_vault::Vault;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Threads that check the log.
const THREADS: usize = 2;

/// A new stream.
#[derive(Debug, Serialize)]
pub(super) struct Begun {
    data: PathBuf,
    stream: String,
    epoch: u32,
    /// Entries before the stream.
    entries: u64,
    /// Data keys that were handed over.
    keys: u64,
}

/// A log at NATS, as a command sees it.
struct Apart {
    context: Context,
    names: Names,
    seals: Seals,
}

/// A log may be made at NATS: its name tells its area, the servers are set as they must be, and it is not there yet.
pub(super) async fn ensure_new(nats: &NatsArgs, origin: &str) -> anyhow::Result<()> {
    let names = Names::new(connection::area(origin)?);
    let context = nats.connect("lika log").await?;
    match settings::check(&context, &settings::seal_stream(&names, 1)).await {
        Err(StreamError::Missing(_)) => Ok(()),
        Ok(_) => Err(LogError::from(StreamError::Exists(names.seal_stream())).into()),
        Err(error) => Err(LogError::from(error).into()),
    }
}

/// Makes the streams of a log whose folder has just been made. Gives the name of the one that orders it.
pub(crate) async fn create(nats: &NatsArgs, data: &Path, replicas: u8) -> anyhow::Result<String> {
    let apart = Apart::new(nats, data).await?;
    Vault::wrap(data)?;
    let standing = standing(data, 0)?;
    let made = settings::create(&apart.context, &apart.names, &apart.seals, &standing, replicas.into()).await;
    made.map_err(LogError::from)?;
    Ok(apart.names.log_stream(0))
}

/// Begins the next epoch after the last entry that is sealed in a folder.
pub(super) async fn recover(nats: &NatsArgs, data: &Path, replicas: u8) -> anyhow::Result<Begun> {
    let apart = Apart::new(nats, data).await?;
    let last = apart.seals.last().await.map_err(LogError::from)?;
    let mut standing = standing(data, last.epoch + 1)?;
    if standing.seal.size < last.seal.size {
        let message = format!(
            "{} holds {} entries and {} are sealed: take the folder of the audit service that signed last, or let this \
             one catch up from it",
            data.display(),
            standing.seal.size,
            last.seal.size
        );
        return Err(Failure::new("copy_behind", message).exit(Exit::Conflict).into());
    }
    standing.sequence = last.sequence;
    let begun = settings::begin_epoch(&apart.context, &apart.names, &apart.seals, &standing, replicas.into()).await;
    Ok(apart.begun(data, &begun.map_err(LogError::from)?, 0))
}

/// Hands an embedded log over to streams.
pub(super) async fn migrate(nats: &NatsArgs, data: &Path, replicas: u8) -> anyhow::Result<Begun> {
    let apart = Apart::new(nats, data).await?;
    let standing = standing(data, 0)?;
    match settings::create(&apart.context, &apart.names, &apart.seals, &standing, replicas.into()).await {
        // A move that was cut off is taken up where it stopped, if nothing has been recorded since.
        Err(StreamError::Exists(_)) if apart.seals.last().await.is_ok_and(|last| last.seal == standing.seal) => {}
        made => made.map_err(LogError::from)?,
    }
    let keys = Vault::hand_over(data, apart.context.clone(), apart.names.clone()).await?;
    Ok(apart.begun(data, &standing, keys))
}

impl Apart {
    async fn new(nats: &NatsArgs, data: &Path) -> anyhow::Result<Self> {
        let key = connection::verifier_key(data)?;
        let names = connection::names(&key)?;
        let context = nats.connect("lika log").await?;
        let seals = Seals::new(context.clone(), names.clone(), key);
        Ok(Self { context, names, seals })
    }

    fn begun(&self, data: &Path, standing: &Standing, keys: u64) -> Begun {
        Begun {
            data: data.to_owned(),
            stream: self.names.log_stream(standing.epoch),
            epoch: standing.epoch,
            entries: standing.seal.size,
            keys,
        }
    }
}

/// Where the log in a folder stands, after all of it has been checked.
fn standing(data: &Path, epoch: u32) -> anyhow::Result<Standing> {
    let log =
        TileLog::open(data, THREADS, lika_proto::convert::entry_area).with_context(|| data.display().to_string())?;
    let seal = log.checkpoint().as_ref().clone();
    let base = seal.size;
    Ok(Standing { seal, epoch, base, integrator: String::new(), sequence: 0 })
}

impl Begun {
    pub(super) fn text(&self) -> String {
        let Self { data, stream, entries, .. } = self;
        format!(
            "{stream} orders the log from entry {entries} on. {} holds what is before, and is the folder of the audit \
             service.\nNext, start the services again: audit first, on this folder.\n",
            data.display()
        )
    }
}
