//! Submissions to distributed services: all six run in this process, each with its own copy of the log, connected by
//! NATS as on separate machines. The reference, in the same run, is raw JetStream: the same bytes in batches of the
//! same size, with the same guards, into a stream with the same settings, one batch after the other.

use crate::append::{HUNDRED_CLIENTS, Kind, composed};
use crate::county::{County, ORIGIN, Officer};
use crate::load::{Temporary, peak_memory_bytes, send};
use crate::reference;
use crate::{Append, Note};
use anyhow::Context as _;
use async_nats::jetstream::Context;
use bytes::Bytes;
use lika_client::Api;
use lika_domain::area::Area;
use lika_eventlog::jetstream::batch::{BATCH_MESSAGES_MAX, Guarded, publish};
use lika_eventlog::jetstream::{Names, settings};
use lika_ledger::{Clock, Ledger};
use lika_local_nats::Server;
use lika_runtime::nats::connection::Servers as Named;
use lika_runtime::nats::streams;
use lika_runtime::{Distributed, DistributedConfig, ServiceKind, log};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Number of reporting villages: one entry of a village is under way at a time.
const VILLAGES: u64 = 256;
/// Number of villages for measuring the server's memory.
const SUBJECTS: u64 = 100_000;
/// An area of no county, for messages that must not be in the county's log.
const ELSEWHERE: &str = "9901";

/// Results.
#[derive(Debug, Serialize)]
pub struct Measured {
    runs: Vec<Measurement>,
    /// For submissions of a hundred events, with the number of replicas of the last run.
    ratio_to_raw_jetstream: f64,
}

/// Results for one number of replicas.
#[derive(Debug, Serialize)]
struct Measurement {
    replicas: u8,
    single: Phase,
    batch100: Phase,
    /// The stream read from the beginning, hashed, written into tiles and compared with the checkpoint.
    replay_entries_per_second: f64,
    replay_events_per_second: f64,
    /// Memory that a server needs for one subject for each of 100,000 villages, as the server reports it.
    server_bytes_per_100000_villages: u64,
    peak_memory_bytes: u64,
}

/// Result for one kind of submission.
#[derive(Debug, Serialize)]
struct Phase {
    clients: u32,
    submissions: u64,
    events: u64,
    submissions_per_second: f64,
    events_per_second: f64,
    /// Time until the receipt.
    p50_ms: f64,
    p99_ms: f64,
    checkpoints: u64,
    /// Average number of entries in a published batch.
    batch_entries: f64,
    raw_jetstream_submissions_per_second: f64,
    ratio_to_raw_jetstream: f64,
}

/// All six services, and the folder they share.
struct Site {
    running: Vec<Distributed>,
    context: Context,
    dir: PathBuf,
    url: String,
    ledger: Arc<Ledger>,
    _guard: Temporary,
}

/// The bench's own servers, deleted when dropped.
struct Servers {
    servers: Vec<Server>,
    _guard: Temporary,
}

/// Runs the measurement: on its own servers once with one replica and once with three, or on the named servers.
pub async fn run(args: &Append, note: Note<'_>) -> anyhow::Result<Measured> {
    let named: Vec<String> = args.nats.iter().flatten().filter(|url| !url.is_empty()).cloned().collect();
    let mut runs = Vec::new();
    if named.is_empty() {
        for count in [1u8, 3] {
            note(&format!("{count} nats-server of its own …"));
            // Fresh servers: memory released by earlier work would distort the result.
            let servers = Servers::start("lika-bench-villages", count)?;
            let memory = village_memory(&servers.args(), count).await?;
            drop(servers);
            let servers = Servers::start("lika-bench-nats", count)?;
            runs.push(measure(args, &servers.args(), count, memory, note).await?);
        }
    } else {
        let nats = Named::plain(named, args.monitor.clone());
        let memory = village_memory(&nats, args.replicas).await?;
        runs.push(measure(args, &nats, args.replicas, memory, note).await?);
    }
    let ratio_to_raw_jetstream = runs.last().map_or(0.0, |run| run.batch100.ratio_to_raw_jetstream);
    Ok(Measured { runs, ratio_to_raw_jetstream })
}

async fn measure(
    args: &Append,
    nats: &Named,
    replicas: u8,
    memory: u64,
    note: Note<'_>,
) -> anyhow::Result<Measurement> {
    let site = Site::start(nats, replicas).await?;
    let mut county = County::begin(&Api::new(&site.url)?, VILLAGES, args.clients.max(HUNDRED_CLIENTS)).await?;
    let single = Kind { clients: args.clients, submissions: args.singles, events: 1, compose: Officer::single };
    let hundred =
        Kind { clients: HUNDRED_CLIENTS, submissions: args.hundreds, events: 100, compose: Officer::hundred };
    note("single events …");
    let single = site.phase(&mut county, &single, replicas, "1").await?;
    note("submissions of a hundred …");
    let batch100 = site.phase(&mut county, &hundred, replicas, "2").await?;
    note("a copy from the beginning …");
    let (entries, events) = (site.ledger.log().checkpoint().size, single.events + batch100.events);
    let seconds = site.copy(nats).await?;
    let peak_memory_bytes = peak_memory_bytes();
    site.stop().await?;
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    let (entries, events) = (entries as f64, events as f64);
    Ok(Measurement {
        replicas,
        single,
        batch100,
        replay_entries_per_second: entries / seconds,
        replay_events_per_second: events / seconds,
        server_bytes_per_100000_villages: memory,
        peak_memory_bytes,
    })
}

impl Site {
    async fn start(nats: &Named, replicas: u8) -> anyhow::Result<Self> {
        let dir = std::env::current_dir()?.join(format!("lika-bench-{}-{replicas}", std::process::id()));
        let guard = Temporary(dir.clone());
        let audit = dir.join(ServiceKind::Audit.name());
        let (made, origin) = (audit.clone(), ORIGIN);
        tokio::task::spawn_blocking(move || log::create(&made, origin)).await??;
        streams::create(nats, &audit, replicas).await?;
        let context = nats.connect("lika bench").await?;
        let mut running = Vec::new();
        for service in [
            ServiceKind::Audit,
            ServiceKind::Households,
            ServiceKind::Officials,
            ServiceKind::Aid,
            ServiceKind::Progress,
            ServiceKind::Gateway,
        ] {
            let data = dir.join(service.name());
            prepare(&audit, &data, service)?;
            let context = nats.connect(service.name()).await?;
            let listen = ([127, 0, 0, 1], 0).into();
            running.push(
                Distributed::start(DistributedConfig { service, context, data, listen, clock: Clock::composed() })
                    .await?,
            );
        }
        let url = running.iter().find_map(|running| running.url.clone()).context("a gateway")?;
        let ledger = running.first().context("an audit service")?.ledger.clone();
        Ok(Self { running, context, dir, url, ledger, _guard: guard })
    }

    async fn phase(&self, county: &mut County, kind: &Kind, replicas: u8, scratch: &str) -> anyhow::Result<Phase> {
        let clients = composed(county, kind)?;
        let submissions = clients.iter().map(Vec::len).sum::<usize>() as u64;
        let (from, before) = (self.ledger.log().checkpoint().size, self.batches());
        let load = send(&self.url, &self.ledger, clients).await?;
        let after = self.batches();
        let entries = reference::read(&self.ledger, from, from + submissions)?;
        let mean = (after.1 - before.1).div_ceil((after.0 - before.0).max(1)).max(1);
        let raw = self.raw(&entries, usize::try_from(mean)?, replicas, scratch).await?;
        #[allow(clippy::cast_precision_loss, reason = "figures for people")]
        let (count, seconds) = (submissions as f64, load.took.as_secs_f64());
        #[allow(clippy::cast_precision_loss, reason = "figures for people")]
        let batch_entries = (after.1 - before.1) as f64 / (after.0 - before.0).max(1) as f64;
        #[allow(clippy::cast_precision_loss, reason = "figures for people")]
        let events = kind.events as f64;
        Ok(Phase {
            clients: kind.clients,
            submissions,
            events: submissions * kind.events,
            submissions_per_second: count / seconds,
            events_per_second: count * events / seconds,
            p50_ms: load.wait_ms(500),
            p99_ms: load.wait_ms(990),
            checkpoints: load.sizes.len().saturating_sub(1) as u64,
            batch_entries,
            raw_jetstream_submissions_per_second: count / raw,
            ratio_to_raw_jetstream: raw / seconds,
        })
    }

    /// Publishes the same entries with nothing else around; returns the seconds taken.
    async fn raw(&self, entries: &[Bytes], batch: usize, replicas: u8, scratch: &str) -> anyhow::Result<f64> {
        let names = Names::new(format!("{ELSEWHERE}{replicas}{scratch}").parse()?);
        let stream = settings::log_stream(&names, 0, replicas.into());
        self.context.create_stream(stream).await?;
        let client = self.context.client();
        let mut heads: BTreeMap<Area, u64> = BTreeMap::new();
        let begun = Instant::now();
        let mut sequence = 0;
        for part in entries.chunks(batch.min(BATCH_MESSAGES_MAX)) {
            // A subject can be guarded only once per batch, so a village's next entry goes into another batch.
            for some in distinct(part) {
                let guarded = some.iter().map(|(area, entry)| Guarded {
                    subject: names.log_subject(0, *area),
                    last: heads.get(area).copied().unwrap_or(0),
                    payload: (*entry).clone(),
                });
                publish(&client, &guarded.collect::<Vec<_>>()).await?;
                for (area, _) in &some {
                    sequence += 1;
                    heads.insert(*area, sequence);
                }
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        self.context.delete_stream(names.log_stream(0)).await?;
        Ok(seconds)
    }

    /// Opens a copy of the log in an empty folder; returns the seconds until it holds everything published.
    async fn copy(&self, nats: &Named) -> anyhow::Result<f64> {
        let data = self.dir.join("copy");
        prepare(&self.dir.join(ServiceKind::Audit.name()), &data, ServiceKind::Aid)?;
        let config = lika_eventlog::jetstream::Config {
            context: nats.connect("lika bench").await?,
            names: Names::new(lika_runtime::nats::connection::area(ORIGIN)?),
            dir: data,
            threads: 2,
            area_of: lika_proto::convert::entry_area,
            instance: "copy".into(),
            // Forces reading from the stream, which is to be measured.
            far_behind: u64::MAX,
        };
        let begun = Instant::now();
        let (log, mut ordered) =
            lika_eventlog::jetstream::JetStreamLog::open_with(config, Default::default(), |_| (), |()| ()).await?;
        let drained = tokio::spawn(async move { while ordered.recv().await.is_some() {} });
        log.caught_up().await?;
        let seconds = begun.elapsed().as_secs_f64();
        drained.abort();
        tokio::task::spawn_blocking(move || drop(log)).await?;
        Ok(seconds)
    }

    fn batches(&self) -> (u64, u64) {
        let all = self.running.iter().map(|running| running.ledger.batches());
        all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    async fn stop(self) -> anyhow::Result<()> {
        for running in self.running.into_iter().rev() {
            running.stop().await?;
        }
        Ok(())
    }
}

impl Servers {
    fn start(name: &str, count: u8) -> anyhow::Result<Self> {
        let dir = std::env::current_dir()?.join(format!("{name}-{}", std::process::id()));
        let guard = Temporary(dir.clone());
        let servers = if count == 1 { vec![Server::start(&dir)?] } else { Server::cluster(&dir, count.into())? };
        Ok(Self { servers, _guard: guard })
    }

    fn args(&self) -> Named {
        let all = |of: fn(&Server) -> String| self.servers.iter().map(of).collect();
        Named::plain(all(Server::url), all(Server::monitor))
    }
}

/// Growth in memory of the server that needs most, when this many villages get an entry.
async fn village_memory(nats: &Named, replicas: u8) -> anyhow::Result<u64> {
    let names = Names::new(format!("{ELSEWHERE}{replicas}3").parse()?);
    let context = nats.connect("lika bench").await?;
    context.create_stream(settings::log_stream(&names, 0, replicas.into())).await?;
    let before = nats.memory().await?;
    let client = context.client();
    let payload = Bytes::from(vec![7; 250]);
    let villages: Vec<u64> = (0..SUBJECTS).collect();
    for some in villages.chunks(BATCH_MESSAGES_MAX) {
        let guarded = some.iter().map(|village| Guarded {
            subject: names.log_subjects(0).replace('*', &format!("{:012}", 130_000_000_000 + village)),
            last: 0,
            payload: payload.clone(),
        });
        publish(&client, &guarded.collect::<Vec<_>>()).await?;
    }
    let after = nats.memory().await?;
    context.delete_stream(names.log_stream(0)).await?;
    Ok(after.saturating_sub(before))
}

/// Entries of different villages, in order.
type Group<'e> = Vec<(Area, &'e Bytes)>;

/// Entries in order, in groups that contain every area at most once.
fn distinct(entries: &[Bytes]) -> Vec<Group<'_>> {
    let (mut groups, mut group): (Vec<Group<'_>>, Group<'_>) = (Vec::new(), Vec::new());
    for entry in entries {
        let Some(area) = lika_proto::convert::entry_area(entry) else { continue };
        if group.iter().any(|(other, _)| *other == area) {
            groups.push(std::mem::take(&mut group));
        }
        group.push((area, entry));
    }
    groups.push(group);
    groups
}

/// Prepares the folder of a service as described in deploy/README.md.
fn prepare(from: &Path, to: &Path, service: ServiceKind) -> anyhow::Result<()> {
    if service == ServiceKind::Audit {
        return Ok(());
    }
    std::fs::create_dir_all(to.join("vault"))?;
    std::fs::copy(from.join("log.vkey"), to.join("log.vkey"))?;
    for name in ["tag.key", "wrap.key"] {
        std::fs::copy(from.join("vault").join(name), to.join("vault").join(name))?;
    }
    Ok(())
}

/// The results as text.
pub fn text(measured: &Measured) -> String {
    let mut text = String::new();
    for run in &measured.runs {
        for (name, phase) in [("single events", &run.single), ("submissions of 100", &run.batch100)] {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "{name}, {} copies, {} clients, every one with its receipt\n  \
                 {:>10.0} submissions/s  {:>10.0} events/s   receipt after {:.1} ms (median), {:.1} ms (99 %)\n  \
                 {:>10.0} submissions/s  raw JetStream in batches of {:.0}: {:.0} % of it\n",
                run.replicas,
                phase.clients,
                phase.submissions_per_second,
                phase.events_per_second,
                phase.p50_ms,
                phase.p99_ms,
                phase.raw_jetstream_submissions_per_second,
                phase.batch_entries,
                phase.ratio_to_raw_jetstream * 100.0,
            );
        }
        let _ = writeln!(
            text,
            "a copy from the beginning {:.0} entries/s, {:.0} events/s\n\
             server memory for 100,000 villages {} MiB; peak memory {} MiB, services and clients together",
            run.replay_entries_per_second,
            run.replay_events_per_second,
            run.server_bytes_per_100000_villages >> 20,
            run.peak_memory_bytes >> 20,
        );
    }
    text
}
