//! References: the best the machine could do with the same bytes.

use anyhow::Context;
use bytes::Bytes;
use lika_ledger::Ledger;
use lika_ledger::signature::{self, Signed};
use lika_proto::convert;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Signatures checked together, as by a recorder under load.
const SIGNATURE_BATCH: usize = 64;

/// The time each step alone takes for some entries.
pub(crate) struct Reference {
    /// Appending them to a plain file with a sync for every batch, in seconds.
    pub append_s: f64,
    /// Hashing them, in seconds.
    pub sha256_s: f64,
    /// Checking their signatures, in seconds.
    pub signatures_s: f64,
}

/// Measures the entries between the first and the last of the sizes, in batches given by the sizes.
pub(crate) fn measure(ledger: &Ledger, sizes: &[u64], dir: &Path) -> anyhow::Result<Reference> {
    let (from, to) = (sizes.first().copied().unwrap_or(0), sizes.last().copied().unwrap_or(0));
    let entries = read(ledger, from, to)?;
    Ok(Reference {
        append_s: append(&entries, from, sizes, &dir.join("reference"))?,
        sha256_s: sha256(&entries),
        signatures_s: signatures(ledger, &entries)?,
    })
}

/// The entries `from..to` of the log.
pub(crate) fn read(ledger: &Ledger, from: u64, to: u64) -> anyhow::Result<Vec<Bytes>> {
    let mut entries = Vec::new();
    while from + (entries.len() as u64) < to {
        entries.extend(ledger.log().read(from + entries.len() as u64, 256)?);
    }
    entries.truncate(usize::try_from(to - from)?);
    Ok(entries)
}

fn append(entries: &[Bytes], from: u64, sizes: &[u64], path: &Path) -> anyhow::Result<f64> {
    let mut file = File::create(path)?;
    let begun = Instant::now();
    for pair in sizes.windows(2) {
        let [start, end] = pair else { continue };
        let range = usize::try_from(start - from)?..usize::try_from(end - from)?;
        let batch = entries.get(range).context("sizes beyond the entries")?.concat();
        file.write_all(&batch)?;
        file.sync_data()?;
    }
    let took = begun.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(took)
}

fn sha256(entries: &[Bytes]) -> f64 {
    let begun = Instant::now();
    for entry in entries {
        std::hint::black_box(Sha256::digest(entry));
    }
    begun.elapsed().as_secs_f64()
}

fn signatures(ledger: &Ledger, entries: &[Bytes]) -> anyhow::Result<f64> {
    let mut signed = Vec::with_capacity(entries.len());
    for entry in entries {
        let (entry, parts) = convert::entry(0, entry)?;
        let state = ledger.state();
        let key = state.keys.get(&entry.submission.key).context("a key of the county")?.bytes;
        signed.push(Signed { key, signature: parts.signature, submission: parts.submission });
    }
    let begun = Instant::now();
    for batch in signed.chunks(SIGNATURE_BATCH) {
        std::hint::black_box(signature::verify(batch));
    }
    Ok(begun.elapsed().as_secs_f64())
}
