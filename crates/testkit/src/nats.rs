//! A log that a real nats-server orders, with a folder for each process.

use crate::log::key;
use async_nats::jetstream::Context;

use lika_eventlog::Known;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::{
    Checkpoints, Config, FAR_BEHIND_ENTRIES, JetStreamLog, Names, Ordering, Position, settings,
};
use lika_eventlog::tiles::{AreaOf, TileLog};
use lika_local_nats::Server;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Name of the process that signs checkpoints.
pub const INTEGRATOR: &str = "audit";

/// The server and the folders.
pub struct Distributed {
    /// It may be killed and started again.
    pub server: Server,
    /// Deleted when it is dropped. The integrator's log is in it, and a folder for each other process.
    pub dir: TempDir,
    /// Reads the area of an entry.
    pub area_of: AreaOf,
}

impl Distributed {
    /// Creates the streams for a log that is in a folder.
    pub async fn around(dir: TempDir, area_of: AreaOf) -> Self {
        let log = TileLog::open(dir.path(), 1, area_of).unwrap();
        let checkpoint = log.published().checkpoint().as_ref().clone();
        drop(log);
        let distributed = Self { server: Server::start(&dir.path().join("nats")).unwrap(), dir, area_of };
        let (context, base) = (distributed.context().await, checkpoint.size);
        let position = Position { checkpoint, epoch: 0, base, integrator: String::new(), sequence: 0 };
        settings::create(&context, &names(), &distributed.checkpoints().await, &position, 1).await.unwrap();
        distributed
    }

    /// A connection of its own.
    pub async fn context(&self) -> Context {
        async_nats::jetstream::new(async_nats::connect(self.server.url()).await.unwrap())
    }

    /// The checkpoints in their stream.
    pub async fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.context().await, names(), key().verifier().clone())
    }

    /// The folder of a process.
    pub fn folder(&self, name: &str) -> PathBuf {
        if name == INTEGRATOR { self.dir.path().to_owned() } else { self.dir.path().join(name) }
    }

    /// The folder of a process; a new folder gets the log's verifier key first.
    pub fn provided_folder(&self, name: &str) -> PathBuf {
        let dir = self.folder(name);
        if !dir.exists() {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::copy(self.folder(INTEGRATOR).join("log.vkey"), dir.join("log.vkey")).unwrap();
        }
        dir
    }

    /// How a process opens the log on its folder.
    pub async fn config(&self, name: &str) -> Config {
        Config {
            context: self.context().await,
            names: names(),
            dir: self.provided_folder(name),
            threads: 2,
            area_of: self.area_of,
            instance: name.into(),
            far_behind: FAR_BEHIND_ENTRIES,
        }
    }

    /// Opens the log as a process without a ledger and waits until it has every entry.
    pub async fn open(&self, name: &str) -> JetStreamLog {
        self.open_behind(name, FAR_BEHIND_ENTRIES).await
    }

    /// The same for a process that fetches from others if it lacks more than `far_behind` entries.
    pub async fn open_behind(&self, name: &str, far_behind: u64) -> JetStreamLog {
        let log = self.try_open(name, far_behind).await.unwrap();
        log.caught_up().await.unwrap();
        log
    }

    /// The same without waiting. The folder may still be held by a log that was dropped just now.
    ///
    /// # Errors
    /// Those of the log.
    pub async fn try_open(&self, name: &str, far_behind: u64) -> Result<JetStreamLog, LogError> {
        for _ in 0..100 {
            let config = Config { far_behind, ..self.config(name).await };
            match JetStreamLog::open_with(config, Known::default(), |_| (), |()| ()).await {
                Err(LogError::Locked(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => return Err(error),
                Ok((log, ordered)) => {
                    tokio::spawn(drain(ordered));
                    return Ok(log);
                }
            }
        }
        panic!("the folder stays locked");
    }
}

async fn drain(mut ordered: mpsc::Receiver<Ordering>) {
    while ordered.recv().await.is_some() {}
}

/// Names of the county's streams and subjects.
pub fn names() -> Names {
    Names::new(crate::county::area(crate::county::COUNTY))
}
