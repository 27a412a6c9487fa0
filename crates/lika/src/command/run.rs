//! `lika run SERVICE`: one service of a county, in a process of its own.

use super::nats::NatsArgs;
use super::serve::{LISTEN_DEFAULT, Signals};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::Args;
use lika_domain::language::Language;
use lika_ledger::Clock;
use lika_runtime::{Distributed, DistributedConfig, Failed, ServiceKind};
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Runs a service.
#[derive(Debug, Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Run {
    /// The service to run
    service: Service,
    /// Folder of this process, for its copy of the log and the data of its service; it must hold `log.vkey`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address the gateway listens on; to serve other machines, put a proxy with TLS in front
    #[arg(long, value_name = "ADDR", default_value = LISTEN_DEFAULT)]
    listen: SocketAddr,
    /// Only for a log opened for testing: record each submission at the time at which it says it was composed, so that
    /// a demonstration can load years of history
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
    /// Records events of villages and households
    Households,
    /// Records events of officials
    Officials,
    /// Records events of funds and aid
    Aid,
    /// Shows the progress of areas
    Progress,
    /// Copies the log, signs its checkpoints, and proves its entries
    Audit,
}

/// The running service, printed once it has started.
#[derive(Debug, Serialize)]
struct Started {
    service: &'static str,
    instance: String,
    origin: String,
    entries: u64,
    url: Option<String>,
}

impl Run {
    /// Runs the service until it is told to stop.
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
        printer.result(&started(&running), |started| started.text(printer.language()))?;
        let failed = tokio::select! {
            () = signals.wait() => None,
            failed = running.failed() => Some(failed),
        };
        let Some(failed) = failed else {
            running.stop().await?;
            return Ok(Exit::Done);
        };
        running.give_back().await;
        // The process ends at once: nothing may wait for a part that has stopped.
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
    fn text(&self, language: Language) -> String {
        let Self { service, origin, instance, entries, .. } = self;
        let at = self.url.as_ref().map(|url| language.of(format!("，地址 {url}"), format!(" at {url}")));
        let at = at.unwrap_or_default();
        language.of(
            format!("{origin} 的 {service} 服务正在运行{at}，实例 {instance}，共 {entries} 条。\n"),
            format!("{service} of {origin} runs{at} as {instance}, with {entries} entries.\n"),
        )
    }
}
