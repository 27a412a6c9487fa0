//! A node for the bench, and many clients that send to it at the same time.

use crate::county::{County, NOW_MS, ORIGIN, VILLAGES};
use anyhow::Context;
use lika_client::Api;
use lika_client::compose::Composed;
use lika_ledger::{Clock, Ledger};
use lika_runtime::{Embedded, EmbeddedConfig, listen, log};
use lika_tlog::TilePath;
use lika_tlog::tile::tiles_of;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A node on a temporary folder, with a county.
pub(crate) struct Bed {
    pub node: Embedded,
    pub county: County,
    pub dir: PathBuf,
    _guard: Temporary,
}

/// A folder that is deleted when dropped.
pub(crate) struct Temporary(pub PathBuf);

/// Result of a load.
pub(crate) struct Load {
    /// From the first to the last receipt.
    pub took: Duration,
    /// How long each submission waited for its receipt, sorted.
    pub waits: Vec<Duration>,
    /// Size of the log at each checkpoint seen, beginning with the one before the load.
    pub sizes: Vec<u64>,
}

impl Bed {
    /// Starts a node on the current folder's file system, so that a disk is measured and not memory.
    pub(crate) async fn make(officers: u32) -> anyhow::Result<Self> {
        let dir = std::env::current_dir()?.join(format!("lika-bench-{}", std::process::id()));
        let guard = Temporary(dir.clone());
        log::create(&dir, ORIGIN)?;
        let listener = listen(([127, 0, 0, 1], 0).into()).await?;
        let node =
            Embedded::start(EmbeddedConfig { data: dir.clone(), listener, clock: Clock::driven(NOW_MS) }).await?;
        let api = Api::new(&format!("http://{}", node.addr()))?;
        let county = County::begin(&api, VILLAGES, officers).await?;
        Ok(Self { node, county, dir, _guard: guard })
    }

    /// Number of published entries.
    pub(crate) fn size(&self) -> u64 {
        self.node.ledger().log().checkpoint().size
    }

    /// Sends the submissions of each client one after the other, all clients at the same time.
    pub(crate) async fn send(&self, clients: Vec<Vec<Composed>>) -> anyhow::Result<Load> {
        send(&format!("http://{}", self.node.addr()), self.node.ledger(), clients).await
    }
}

/// As [`Bed::send`], to a gateway; `ledger` provides the checkpoints.
pub(crate) async fn send(url: &str, ledger: &Ledger, clients: Vec<Vec<Composed>>) -> anyhow::Result<Load> {
    let apis = clients.iter().map(|_| Api::new(url)).collect::<Result<Vec<_>, _>>()?;
    let watching = watch_sizes(ledger.log().follow());
    let begun = Instant::now();
    let tasks = clients.into_iter().zip(apis).map(|(submissions, api)| tokio::spawn(client(api, submissions)));
    let mut waits = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        waits.extend(task.await??);
    }
    let took = begun.elapsed();
    waits.sort_unstable();
    let (stop, sizes) = watching;
    drop(stop);
    Ok(Load { took, waits, sizes: sizes.await? })
}

impl Load {
    /// The wait that `per_mille` of a thousand submissions stay below, in milliseconds.
    pub(crate) fn wait_ms(&self, per_mille: usize) -> f64 {
        let place = (self.waits.len() * per_mille / 1_000).min(self.waits.len().saturating_sub(1));
        self.waits.get(place).map_or(0.0, |wait| wait.as_secs_f64() * 1_000.0)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // If it cannot be deleted, it stays visible in the current folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn client(api: Api, submissions: Vec<Composed>) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::with_capacity(submissions.len());
    for submission in submissions {
        let begun = Instant::now();
        api.submit(&submission.signed).await.context("a submission of the load was not taken")?;
        waits.push(begun.elapsed());
    }
    Ok(waits)
}

type Watching = (tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<Vec<u64>>);

/// Collects the sizes of the log until told to stop.
fn watch_sizes(mut published: tokio::sync::watch::Receiver<u64>) -> Watching {
    let (stop, mut stopped) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let mut sizes = vec![*published.borrow_and_update()];
        loop {
            tokio::select! {
                _ = &mut stopped => {
                    sizes.push(*published.borrow_and_update());
                    return sizes;
                }
                changed = published.changed() => match changed {
                    Ok(()) => sizes.push(*published.borrow_and_update()),
                    Err(_) => return sizes,
                },
            }
        }
    });
    (stop, task)
}

/// Bytes of the files of a log of `size` entries, without partial ones that were replaced.
pub(crate) fn log_bytes(log: &Path, size: u64) -> anyhow::Result<u64> {
    let bytes = |path: TilePath| std::fs::metadata(log.join(path.to_string())).map(|file| file.len());
    Ok(tiles_of(size).map(bytes).sum::<Result<u64, _>>()?)
}

/// Peak memory of this process, in bytes; 0 if the system does not report it.
pub(crate) fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
