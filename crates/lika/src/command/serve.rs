//! `lika serve`: all services of a county in one process.

use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::Args;
use lika_ledger::Clock;
use lika_runtime::{Embedded, EmbeddedConfig, listen};
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Default address of a node, for the node itself and for clients.
pub(crate) const LISTEN_DEFAULT: &str = "127.0.0.1:7130";

/// Serves a log.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Data folder, made by `lika log create`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on; to serve other machines, put a proxy with TLS in front
    #[arg(long, value_name = "ADDR", default_value = LISTEN_DEFAULT)]
    listen: SocketAddr,
}

/// The served log, printed once the node answers.
#[derive(Debug, Serialize)]
struct Serving {
    url: String,
    origin: String,
    entries: u64,
    data: PathBuf,
}

/// The signals by which a process is told to stop. From here on they no longer end it at once.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Begins to listen for the signals.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Resolves when the process is told to stop.
    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

impl Serve {
    /// Serves the log until the process is told to stop.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let served = runtime.block_on(self.serve(printer));
        runtime.shutdown_background();
        served
    }

    async fn serve(self, printer: Printer) -> anyhow::Result<Exit> {
        let data = self.data.clone();
        // Before anything is served: a stop signal may come as soon as somebody sees that the node answers.
        let signals = Signals::listen()?;
        let node = Embedded::start(EmbeddedConfig {
            data: self.data,
            listener: listen(self.listen).await?,
            clock: Clock::system(),
        })
        .await?;
        printer.result(&serving(&node, data), |serving| {
            let Serving { url, origin, entries, data } = serving;
            let data = data.display();
            printer.language().of(
                format!("{origin} 共 {entries} 条，在 {url} 提供服务，数据在 {data}。\n按 Ctrl-C 停止。\n"),
                format!("{origin} with {entries} entries is served at {url} from {data}.\nCtrl-C stops it.\n"),
            )
        })?;
        until_stopped(node, signals).await
    }
}

/// Serves until a signal to stop, and then stops in order; or until the node cannot go on.
pub(crate) async fn until_stopped(mut node: Embedded, mut signals: Signals) -> anyhow::Result<Exit> {
    tokio::select! {
        () = signals.wait() => {}
        failed = node.failed() => {
            // After a failed write nothing more is written, and nothing may wait for it: the process ends at once.
            std::mem::forget(node);
            return Err(Failure::new("node_stopped", failed.to_string()).into());
        }
    }
    node.stop().await?;
    Ok(Exit::Done)
}

fn serving(node: &Embedded, data: PathBuf) -> Serving {
    let ledger = node.ledger();
    Serving {
        url: format!("http://{}", node.addr()),
        origin: ledger.verifier_key().name().to_string(),
        entries: ledger.state().applied,
        data,
    }
}
