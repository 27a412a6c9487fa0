//! The log of services apart, on a real nats-server.

use crate::{area_of, key};
use lika_eventlog::EventLog;
use lika_eventlog::conformance::{self, Fixture};
use lika_eventlog::jetstream::server::Server;
use lika_eventlog::jetstream::{Config, JetStreamLog, Names, Ordering, Seals, Standing, settings};
use lika_eventlog::tiles::TileLog;
use std::path::Path;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::block_in_place;

/// A server, and the folder of an integrator.
pub(crate) struct Apart {
    pub(crate) server: Server,
    pub(crate) dir: TempDir,
}

impl Apart {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(&dir.path().join("nats")).unwrap();
        let apart = Self { server, dir };
        let folder = apart.folder("audit");
        TileLog::create(&folder, &key()).unwrap();
        let log = TileLog::open(&folder, 1, area_of).unwrap();
        let seal = log.checkpoint().as_ref().clone();
        drop(log);
        let standing = Standing { seal, epoch: 0, base: 0, integrator: String::new(), sequence: 0 };
        let context = apart.context().await;
        settings::create(&context, &names(), &apart.seals().await, &standing, 1).await.unwrap();
        apart
    }

    pub(crate) fn folder(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) async fn context(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(self.server.url()).await.unwrap())
    }

    pub(crate) async fn seals(&self) -> Seals {
        Seals::new(self.context().await, names(), key().verifier().clone())
    }

    /// A log on a folder; one that has not been used yet gets the verifier key.
    pub(crate) async fn open(&self, name: &str) -> JetStreamLog {
        let dir = self.folder(name);
        if !dir.exists() {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(dir.join("log.vkey"), format!("{}\n", key().verifier())).unwrap();
        }
        let (log, ordered) = open(self.context().await, &dir, name).await;
        tokio::spawn(drain(ordered));
        log.caught_up().await.unwrap();
        log
    }
}

pub(crate) fn names() -> Names {
    Names::new("130624".parse().unwrap())
}

async fn drain(mut ordered: mpsc::Receiver<Ordering>) {
    while ordered.recv().await.is_some() {}
}

async fn open(
    context: async_nats::jetstream::Context,
    dir: &Path,
    instance: &str,
) -> (JetStreamLog, mpsc::Receiver<Ordering>) {
    let config =
        Config { context, names: names(), dir: dir.to_owned(), threads: 2, area_of, instance: instance.to_owned() };
    JetStreamLog::open_with(config, |_| (), |()| ()).await.unwrap()
}

impl Fixture for Apart {
    type Log = JetStreamLog;
    fn open(&mut self) -> JetStreamLog {
        block_in_place(|| Handle::current().block_on(Self::open(self, "audit")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_services_apart_keeps_the_contract() {
    conformance::check(Apart::new().await).await;
}
