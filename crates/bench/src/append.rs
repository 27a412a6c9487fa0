//! Submissions over HTTP with receipts: single events from many clients, then submissions of a hundred events.

use crate::county::{County, Officer};
use crate::load::{Bed, Load, log_bytes, peak_memory_bytes};
use crate::reference;
use crate::{Append, Note};
use lika_client::compose::Composed;
use serde::Serialize;
use std::fmt::Write;

/// Clients that send submissions of a hundred events at the same time.
pub const HUNDRED_CLIENTS: u32 = 64;

/// Results.
#[derive(Debug, Serialize)]
pub struct Measured {
    single: Phase,
    batch100: Phase,
    peak_memory_bytes: u64,
}

/// Result for one kind of submission.
#[derive(Debug, Serialize)]
struct Phase {
    clients: u32,
    submissions: u64,
    events: u64,
    seconds: f64,
    submissions_per_second: f64,
    events_per_second: f64,
    /// Time until the receipt.
    p50_ms: f64,
    p99_ms: f64,
    /// Checkpoints signed during the phase.
    checkpoints: u64,
    log_bytes_per_event: f64,
    /// The same bytes in the same batches appended to a plain file and synced.
    raw_append_submissions_per_second: f64,
    ratio_to_raw_append: f64,
    sha256_submissions_per_second: f64,
    signature_submissions_per_second: f64,
    ratio_to_signatures: f64,
}

/// Runs the measurement.
pub async fn run(args: &Append, note: Note<'_>) -> anyhow::Result<Measured> {
    note("a node of its own, villages, cards and officials …");
    let mut bed = Bed::make(args.clients.max(HUNDRED_CLIENTS)).await?;
    let single = Kind { clients: args.clients, submissions: args.singles, events: 1, compose: Officer::single };
    let hundred =
        Kind { clients: HUNDRED_CLIENTS, submissions: args.hundreds, events: 100, compose: Officer::hundred };
    note("single events …");
    let single = phase(&mut bed, &single).await?;
    note("submissions of a hundred …");
    let batch100 = phase(&mut bed, &hundred).await?;
    let peak_memory_bytes = peak_memory_bytes();
    bed.node.stop().await?;
    Ok(Measured { single, batch100, peak_memory_bytes })
}

/// A kind of load.
pub struct Kind {
    /// Number of clients.
    pub clients: u32,
    /// Number of submissions of all clients together.
    pub submissions: u32,
    /// Events per submission.
    pub events: u64,
    /// Composes the next submission.
    pub compose: fn(&mut Officer) -> anyhow::Result<Composed>,
}

async fn phase(bed: &mut Bed, kind: &Kind) -> anyhow::Result<Phase> {
    let clients = composed(&mut bed.county, kind)?;
    let submissions = clients.iter().map(Vec::len).sum::<usize>() as u64;
    let (log, size) = (bed.dir.join("log"), bed.size());
    let before = log_bytes(&log, size)?;
    let load = bed.send(clients).await?;
    let bytes = log_bytes(&log, bed.size())?.saturating_sub(before);
    let reference = reference::measure(bed.node.ledger(), &load.sizes, &bed.dir)?;
    Ok(measured(kind, submissions, bytes, &load, &reference))
}

/// Composed and signed before the clock starts, since this is the work of officials' devices and not of the node.
pub fn composed(county: &mut County, kind: &Kind) -> anyhow::Result<Vec<Vec<Composed>>> {
    let each = kind.submissions.div_ceil(kind.clients);
    let officers = county.officers.iter_mut().take(kind.clients as usize);
    officers.map(|officer| (0..each).map(|_| (kind.compose)(officer)).collect()).collect()
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn measured(kind: &Kind, submissions: u64, bytes: u64, load: &Load, reference: &reference::Reference) -> Phase {
    let (seconds, count) = (load.took.as_secs_f64(), submissions as f64);
    Phase {
        clients: kind.clients,
        submissions,
        events: submissions * kind.events,
        seconds,
        submissions_per_second: count / seconds,
        events_per_second: count * kind.events as f64 / seconds,
        p50_ms: load.wait_ms(500),
        p99_ms: load.wait_ms(990),
        checkpoints: load.sizes.len().saturating_sub(1) as u64,
        log_bytes_per_event: bytes as f64 / (count * kind.events as f64),
        raw_append_submissions_per_second: count / reference.append_s,
        ratio_to_raw_append: reference.append_s / seconds,
        sha256_submissions_per_second: count / reference.sha256_s,
        signature_submissions_per_second: count / reference.signatures_s,
        ratio_to_signatures: reference.signatures_s / seconds,
    }
}

/// The results as text.
pub fn text(measured: &Measured) -> String {
    let mut text = String::new();
    for (name, phase) in [("single events", &measured.single), ("submissions of 100", &measured.batch100)] {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{name}, {} clients, every one with its receipt\n  \
             {:>10.0} submissions/s  {:>10.0} events/s   receipt after {:.1} ms (median), {:.1} ms (99 %)\n  \
             {:>10.0} submissions/s  appended to a plain file, synced in the same {} batches: {:.0} % of it\n  \
             {:>10.0} submissions/s  signatures alone on one core;  {:.0} SHA-256 alone\n  \
             {:>10.0} bytes of log per event\n",
            phase.clients,
            phase.submissions_per_second,
            phase.events_per_second,
            phase.p50_ms,
            phase.p99_ms,
            phase.raw_append_submissions_per_second,
            phase.checkpoints,
            phase.ratio_to_raw_append * 100.0,
            phase.signature_submissions_per_second,
            phase.sha256_submissions_per_second,
            phase.log_bytes_per_event,
        );
    }
    let _ = writeln!(text, "peak memory {} MiB, node and clients together", measured.peak_memory_bytes >> 20);
    text
}
