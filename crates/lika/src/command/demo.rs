//! `lika demo`: a made-up county on real divisions, submitted as its officials would, then served.

mod officials;
mod summary;
#[cfg(test)]
mod tests;

use super::nats::NatsArgs;
use super::serve;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use anyhow::Context;
use clap::Args;
use lika_client::{Api, Device};
use lika_county::{County, DIVISIONS_BYTES_MAX, FUPING, HOUSEHOLDS_MAX, History, Loaded, Loader};
use lika_domain::date::Date;
use lika_domain::language::Language;
use lika_ledger::Clock;
use lika_runtime::nats::directory::instances;
use lika_runtime::{Embedded, EmbeddedConfig, listen, log};
use lika_tlog::key::VerifierKey;
use serde::Serialize;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Instant;
use summary::Summary;

/// Approximate number of events of a card, for the progress bar until the exact number is known.
const EVENTS_PER_HOUSEHOLD: u64 = 135;

/// Makes up a county, submits seven years of its history to a node of its own, and serves it.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Table of the county's divisions (code,level,name) [default: Fuping county]
    #[arg(long, value_name = "FILE")]
    divisions: Option<PathBuf>,
    /// Households to make up
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(HOUSEHOLDS_MAX)))]
    households: u32,
    /// Seed of the random numbers: the same seed makes the same county
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// New folder for the log [default: lika-demo-CODE in the current folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Verify and replay the log when it is loaded, then stop
    #[arg(long)]
    once: bool,
    /// Address to listen on [default: 127.0.0.1:7130, or with --once any free port]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    nats: Option<NatsArgs>,
}

/// The result of loading distributed services.
#[derive(Debug, Serialize)]
struct Distributed {
    gateways: Vec<String>,
    entries: u64,
    events: u64,
    refused: u64,
    seconds: f64,
}

/// How often gateways are looked for.
const GATEWAY_ATTEMPTS: u32 = 10;

impl Demo {
    /// Runs the demonstration; without `--once`, until it is told to stop.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.show(printer))
    }

    async fn show(self, printer: Printer) -> anyhow::Result<Exit> {
        let county = self.county()?;
        if let Some(nats) = &self.nats {
            return self.load_distributed(nats, county, printer).await;
        }
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from(format!("lika-demo-{}", county.area.prefix())));
        let origin = format!("lika.example/{}", county.area.prefix());
        ensure_new(&data)?;
        let listener = listen(self.listen()?).await?;
        std::fs::create_dir_all(&data).with_context(|| format!("{}", data.display()))?;
        log::create(&data, &origin)?;
        let clock = Clock::driven(Date::PROGRAMME_BEGINS.start_unix_ms());
        let mut node = Embedded::start(EmbeddedConfig { data: data.clone(), listener, clock: clock.clone() }).await?;
        let mut history = History::new(county, &origin, self.households, self.seed)?;
        let api = Api::new(&format!("http://{}", node.addr()))?;
        let loader = Loader::new(api, node.ledger().verifier_key().clone(), clock, self.seed);
        let began = Instant::now();
        let loaded = tokio::select! {
            loaded = self.load(loader, &mut history, printer) => loaded?,
            failed = node.failed() => return Err(Failure::new("node_stopped", failed.to_string()).into()),
        };
        let (loaded, devices) = loaded;
        officials::keep(&data, &node.ledger().state(), &devices)?;
        let mut summary = Summary::of(&node, &data, &history, loaded, began.elapsed()).await?;
        if !self.once {
            summary.url = Some(format!("http://{}", node.addr()));
            printer.result(&summary, |summary| summary.text(printer.language()))?;
            return serve::until_stopped(node, serve::Signals::listen()?).await;
        }
        node.stop().await?;
        summary.verify(printer)?;
        printer.result(&summary, |summary| summary.text(printer.language()))?;
        Ok(Exit::Done)
    }

    /// Loads the county through a gateway, which it finds by the name of the service.
    async fn load_distributed(&self, nats: &NatsArgs, county: County, printer: Printer) -> anyhow::Result<Exit> {
        let context = nats.servers().connect("lika demo").await?;
        let gateways = gateways(&context.client()).await?;
        let first = gateways.first().context("a gateway")?;
        let api = Api::new(first)?;
        let log = api.log().await?;
        let key: VerifierKey = log.verifier_key.parse().context("the gateway's verifier key")?;
        let mut history = History::new(county, key.name().as_str(), self.households, self.seed)?;
        let loader = Loader::new(api, key, Clock::composed(), self.seed);
        let began = Instant::now();
        let (loaded, _) = self.load(loader, &mut history, printer).await?;
        let loaded = Distributed {
            gateways,
            entries: loaded.entries,
            events: loaded.events,
            refused: loaded.refused,
            seconds: began.elapsed().as_secs_f64(),
        };
        printer.result(&loaded, |loaded| loaded.text(printer.language()))?;
        Ok(Exit::Done)
    }

    async fn load(
        &self,
        loader: Loader,
        history: &mut History,
        printer: Printer,
    ) -> anyhow::Result<(Loaded, Vec<Device>)> {
        let expected = u64::from(self.households) * EVENTS_PER_HOUSEHOLD;
        let bar = printer.bar(expected, printer.language().of("正在报送", "submitting events"));
        let loaded = loader.load(history, |loaded| {
            bar.set_length(expected.max(loaded.events));
            bar.set_position(loaded.events);
        });
        let loaded = loaded.await;
        bar.finish_and_clear();
        loaded
    }

    fn county(&self) -> anyhow::Result<County> {
        let Some(path) = &self.divisions else { return County::parse(FUPING) };
        let shown = || format!("{}", path.display());
        let file = std::fs::File::open(path).with_context(shown)?;
        let mut text = String::new();
        // Reading one byte beyond the limit shows whether the table is too large.
        file.take(DIVISIONS_BYTES_MAX as u64 + 1).read_to_string(&mut text).with_context(shown)?;
        County::parse(&text)
            .map_err(|error| Failure::new("divisions_invalid", format!("{}: {error:#}", shown())).into())
    }

    fn listen(&self) -> anyhow::Result<SocketAddr> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let usual = || serve::LISTEN_DEFAULT.parse().context("the address that is listened on");
        self.listen.map_or_else(|| if self.once { Ok(any) } else { usual() }, Ok)
    }
}

/// Addresses of the gateways there are.
async fn gateways(client: &async_nats::Client) -> anyhow::Result<Vec<String>> {
    for _ in 0..GATEWAY_ATTEMPTS {
        let found = instances(client, "lika-gateway").await;
        let mut urls: Vec<String> = found.into_iter().filter_map(|found| found.metadata.get("url").cloned()).collect();
        urls.sort();
        if !urls.is_empty() {
            return Ok(urls);
        }
    }
    let message = "no gateway answers at NATS: start one with `lika run gateway`";
    Err(Failure::new("gateway_missing", message).into())
}

impl Distributed {
    fn text(&self, language: Language) -> String {
        let Self { gateways, entries, events, refused, seconds } = self;
        language.of(
            format!(
                "{seconds:.1} 秒载入 {entries} 件报送、{events} 个事项，\
                 {refused} 件按预期被拒收。\n可在 {} 查看\n",
                gateways.join("、")
            ),
            format!(
                "{events} events in {entries} submissions were loaded in {seconds:.1} s, {refused} refused as they \
                 had to be.\nSee them at {}\n",
                gateways.join(" and ")
            ),
        )
    }
}

/// A demonstration never writes into an existing folder.
fn ensure_new(data: &Path) -> Result<(), Failure> {
    let empty = match std::fs::read_dir(data) {
        Ok(mut items) => items.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if empty {
        return Ok(());
    }
    let message = format!(
        "{0} exists already, and a demonstration needs a new folder: give another one with --data, or delete it. If \
         an earlier demonstration made it, `lika serve --data {0}` serves it again",
        data.display()
    );
    Err(Failure::new("data_exists", message).exit(Exit::Conflict))
}
