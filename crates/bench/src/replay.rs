//! A log judged again with every check, compared with its hashes and signatures alone.

use crate::Note;
use crate::load::{Bed, log_bytes, peak_memory_bytes};
use crate::reference;
use anyhow::ensure;
use lika_eventlog::verify;
use lika_ledger::{digest, replay};
use serde::Serialize;
use std::time::Instant;

/// Clients that fill the log.
const CLIENTS: u32 = 64;
/// Threads that read, hash and decode.
const THREADS: usize = 2;

/// Results.
#[derive(Debug, Serialize)]
pub struct Measured {
    submissions: u64,
    events: u64,
    seconds: f64,
    events_per_second: f64,
    log_bytes_per_event: f64,
    /// All of it hashed on one core.
    sha256_events_per_second: f64,
    /// All signatures checked on one core.
    signature_events_per_second: f64,
    ratio_to_hashes_and_signatures: f64,
    /// The node, its load and the replay together.
    peak_memory_bytes: u64,
}

/// Runs the measurement.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub async fn run(events: u32, note: Note<'_>) -> anyhow::Result<Measured> {
    note("a node of its own, filled over HTTP …");
    let mut bed = Bed::make(CLIENTS).await?;
    let each = events.div_ceil(100).div_ceil(CLIENTS);
    let officers = bed.county.officers.iter_mut();
    let clients = officers.map(|officer| (0..each).map(|_| officer.hundred()).collect());
    let clients = clients.collect::<anyhow::Result<Vec<Vec<_>>>>()?;
    bed.send(clients).await?;
    note("the whole log, judged again …");
    let ledger = bed.node.ledger().clone();
    let (folder, key) = (ledger.log().folder(), ledger.verifier_key().clone());
    let begun = Instant::now();
    let checkpoint = verify::checkpoint(&folder, &key)?;
    let replayed = tokio::task::spawn_blocking(move || replay::run(&folder, &checkpoint, THREADS, &mut ())).await??;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(replayed.voids.is_empty(), "the replay refuses entries that the node took");
    ensure!(
        digest::of(&replayed.state) == digest::of(&ledger.state()),
        "the replay gives another state than the node's"
    );
    let reference = reference::measure(&ledger, &[0, replayed.submissions], &bed.dir)?;
    let bytes = log_bytes(&bed.dir.join("log"), replayed.submissions)?;
    let events = replayed.events as f64;
    let measured = Measured {
        submissions: replayed.submissions,
        events: replayed.events,
        seconds,
        events_per_second: events / seconds,
        log_bytes_per_event: bytes as f64 / events,
        sha256_events_per_second: events / reference.sha256_s,
        signature_events_per_second: events / reference.signatures_s,
        ratio_to_hashes_and_signatures: (reference.sha256_s + reference.signatures_s) / seconds,
        peak_memory_bytes: peak_memory_bytes(),
    };
    drop(ledger);
    bed.node.stop().await?;
    Ok(measured)
}

/// The results as text.
pub fn text(measured: &Measured) -> String {
    format!(
        "{} events in {} submissions: root, every signature, key, role and rule\n  \
         {:>10.0} events/s in {:.2} s\n  \
         {:>10.0} events/s  hashes alone, one core;  {:.0} signatures alone\n  \
         {:>10.0} bytes of log per event\n\
         peak memory {} MiB, node and clients together\n",
        measured.events,
        measured.submissions,
        measured.events_per_second,
        measured.seconds,
        measured.sha256_events_per_second,
        measured.signature_events_per_second,
        measured.log_bytes_per_event,
        measured.peak_memory_bytes >> 20,
    )
}
