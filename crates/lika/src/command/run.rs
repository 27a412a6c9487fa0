//! `lika run SERVICE`: one service of a county, in a process of its own.

use super::nats::NatsArgs;
use super::serve::{LISTEN_DEFAULT, Signals};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::Args;
use lika_ledger::Clock;
use lika_runtime::{Distributed, DistributedConfig, Failed, ServiceKind};
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Runs a service.
#[derive(Debug, Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Run {
    /// Which one
    service: Service,
    /// Folder of this process: its copy of the log, and what its service keeps. It holds at least `log.vkey`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address the gateway listens on; beyond this machine put a proxy that speaks TLS in front
    #[arg(long, value_name = "ADDR", default_value = LISTEN_DEFAULT)]
    listen: SocketAddr,
    /// For a log opened for testing: records each submission as of the moment it says it was composed at, so that a
    /// demonstration can load years of history
    #[arg(long)]
    composed_clock: bool,
    #[command(flatten)]
    nats: NatsArgs,
}

/// One of the six services.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Service {
    /// HTTP: takes submissions, shows progress
    Gateway,
    /// Records what concerns villages and households
    Households,
    /// Records what concerns officials
    Officials,
    /// Records what concerns funds and aid
    Aid,
    /// Shows how far areas have come
    Progress,
    /// Copies the log, signs for it, and proves what is in it
    Audit,
}

/// What runs, printed once it does.
#[derive(Debug, Serialize)]
struct Started {
    service: &'static str,
    instance: String,
    origin: String,
    entries: u64,
    url: Option<String>,
}

impl Run {
    /// Does it, until it is told to stop.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ran = runtime.block_on(self.serve(printer));
        runtime.shutdown_background();
        ran
    }

    async fn serve(self, printer: Printer) -> anyhow::Result<Exit> {
        let mut signals = Signals::listen()?;
        let service = ServiceKind::from(self.service);
        let context = self.nats.servers().connect(&format!("lika {}", service.name())).await?;
        let clock = if self.composed_clock { Clock::composed() } else { Clock::system() };
        let config = DistributedConfig { service, context, data: self.data, listen: self.listen, clock };
        let mut running = tokio::select! {
            running = Distributed::start(config) => running?,
            () = signals.wait() => return Ok(Exit::Done),
        };
        printer.result(&started(&running), Started::text)?;
        let failed = tokio::select! {
            () = signals.wait() => None,
            failed = running.failed() => Some(failed),
        };
        let Some(failed) = failed else {
            running.stop().await?;
            return Ok(Exit::Done);
        };
        running.give_back().await;
        // Nothing may wait for what has stopped: the process ends as it is.
        std::mem::forget(running);
        Err(failure(failed).into())
    }
}

impl From<Service> for ServiceKind {
    fn from(service: Service) -> Self {
        match service {
            Service::Gateway => Self::Gateway,
            Service::Households => Self::Households,
            Service::Officials => Self::Officials,
            Service::Aid => Self::Aid,
            Service::Progress => Self::Progress,
            Service::Audit => Self::Audit,
        }
    }
}

/// Why the service cannot go on, with its code.
fn failure(failed: Failed) -> Failure {
    match failed {
        Failed::Log(error) => crate::exit::log(&error),
        Failed::Vault(_) => Failure::new("vault_stopped", failed.to_string()),
        Failed::Views(_) | Failed::Ended => Failure::new("views_stopped", failed.to_string()),
    }
}

fn started(running: &Distributed) -> Started {
    Started {
        service: running.service.name(),
        instance: running.instance.clone(),
        origin: running.ledger.verifier_key().name().to_string(),
        entries: running.ledger.log().checkpoint().size,
        url: running.url.clone(),
    }
}

impl Started {
    fn text(&self) -> String {
        let at = self.url.as_ref().map_or(String::new(), |url| format!(" at {url}"));
        format!("{} of {} runs{at} as {}, with {} entries.\n", self.service, self.origin, self.instance, self.entries)
    }
}
