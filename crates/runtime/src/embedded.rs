//! A node: all services of a county in one process, on one folder.

use crate::backend::{self, EmbeddedBackend, OPENING_THREADS};
use anyhow::Context;
use lika_eventlog::error::LogError;
use lika_gateway::Gateway;
use lika_ledger::{Clock, Ledger};
use lika_progress::Progress;
use lika_vault::{Vault, VaultError};
use lika_views::{FollowError, Follower};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What a node is started with.
pub struct Config {
    /// The data folder, which holds a log.
    pub data: PathBuf,
    /// Where it answers; see [`listen`](crate::listen).
    pub listener: TcpListener,
    /// The node's time; driven only in a log opened for testing.
    pub clock: Clock,
}

/// A running node.
pub struct Embedded {
    addr: SocketAddr,
    ledger: Arc<Ledger>,
    vault: Arc<Vault>,
    progress: Arc<Progress>,
    follower: Follower,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Why a node cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The log has stopped.
    #[error("the log has stopped; everything that has a receipt is on disk: {0}")]
    Log(LogError),
    /// The vault has stopped.
    #[error("the vault has stopped; the data keys of every recorded submission are on disk: {0}")]
    Vault(VaultError),
    /// The views have stopped.
    #[error("the views have stopped: {0}")]
    Views(#[from] FollowError),
    /// The views ended without an error while the log went on.
    #[error("the views no longer follow the log")]
    Ended,
}

impl Embedded {
    /// Opens the folder, checking all of the log, and starts every service.
    ///
    /// # Errors
    /// If the log, the vault or the views in the folder cannot be opened.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let Config { data, listener, clock } = config;
        let addr = listener.local_addr()?;
        let (ledger, vault) = tokio::task::spawn_blocking({
            let data = data.clone();
            move || open(&data, clock)
        })
        .await??;
        let (progress, follower) = backend::follow(&ledger, &data.join("views"))?;
        let progress = Arc::new(progress);
        let gateway = Gateway::start(EmbeddedBackend::start(&ledger, &vault, &progress))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(lika_gateway::serve(gateway, listener, async move {
            // A node that is dropped stops like one that is told to.
            let _ = stopped.await;
        }));
        Ok(Self { addr, ledger, vault, progress, follower, stop, server })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its log and state.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Its figures.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Resolves with the reason when it cannot go on; if there are several reasons, the log's comes first.
    pub async fn failed(&mut self) -> Failed {
        tokio::select! {
            biased;
            error = self.ledger.stopped() => Failed::Log(error),
            error = self.vault.stopped() => Failed::Vault(error),
            ended = self.follower.stopped() => match ended {
                Ok(()) => Failed::Ended,
                Err(error) => Failed::Views(error),
            },
        }
    }

    /// Stops in order: takes no more connections, answers the requests under way, writes the views, publishes all
    /// sequenced entries.
    ///
    /// # Errors
    /// If the views could not be written; the log is closed all the same.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self { ledger, vault, progress, follower, stop, server, .. } = self;
        // The server may have ended already.
        let _ = stop.send(());
        server.await?;
        let views = follower.stop().await;
        drop(progress);
        tokio::task::spawn_blocking(move || {
            ledger.close();
            vault.close();
        })
        .await?;
        views.context("the views could not be written; they are rebuilt from the log at the next start")
    }
}

/// Opens the log and the vault, which every service needs.
fn open(data: &Path, clock: Clock) -> anyhow::Result<(Arc<Ledger>, Arc<Vault>)> {
    let ledger = Ledger::open(data, clock, OPENING_THREADS)?;
    Ok((ledger, Arc::new(Vault::open(data)?)))
}
