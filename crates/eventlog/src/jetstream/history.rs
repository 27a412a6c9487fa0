//! Fetches older entries when the folder is empty, ends before the stream begins, or is far behind: the tiles, from
//! any audit service. They are checked by the normal path: opening the folder.

use super::checkpoints::{Checkpoints, Position};
use super::chunks;
use super::error::{StreamError, patiently};
use super::names::Names;
use crate::error::LogError;
use crate::folder::{self, Layout};
use crate::recovery;
use async_nats::Client;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use lika_domain::ids::Index;
use lika_retry::{SERVER, Waits};
use lika_tlog::TilePath;
use lika_tlog::tile::tiles_of;
use std::time::{Duration, Instant};

/// Most tiles requested at the same time.
const ASKED_MAX: usize = 32;
/// How long to retry for entries that the stream no longer has, in milliseconds: after a new epoch all processes
/// start at once, and an audit service may take longest.
const NEEDED_WITHIN_MS: u64 = 60_000;
/// How long to retry for entries that could also be read from the stream, in milliseconds.
const SPARED_WITHIN_MS: u64 = 2_000;

/// Fetches the tiles under the latest checkpoint that the folder lacks, records that checkpoint and returns it.
pub(crate) async fn fetch(
    client: &Client,
    names: &Names,
    checkpoints: &Checkpoints,
    layout: &Layout,
    base: Index,
) -> Result<Position, LogError> {
    folder::make_dir(&layout.log())?;
    let _lock = folder::lock(layout)?;
    recovery::settle(layout)?;
    let needed = recovery::recorded_size(layout)? < base;
    let (begun, within) = (Instant::now(), if needed { NEEDED_WITHIN_MS } else { SPARED_WITHIN_MS });
    let mut waits = Waits::new(SERVER);
    loop {
        let position = patiently(async || checkpoints.last().await).await?;
        match fetch_tiles(client, names, layout, &position).await {
            Ok(()) => {
                recovery::record(layout, &position.checkpoint)?;
                return Ok(position);
            }
            Err(LogError::Stream(StreamError::NoHistory { reason, .. })) => {
                if begun.elapsed() > Duration::from_millis(within) {
                    return Err(StreamError::NoHistory { base, reason }.into());
                }
            }
            Err(error) => return Err(error),
        }
        waits.wait().await;
    }
}

/// Fetches tiles concurrently, each into its file. Nothing refers to them before all are there, so the next attempt
/// drops what an interrupted one left. They are not synced, since the copy can be made again.
async fn fetch_tiles(client: &Client, names: &Names, layout: &Layout, position: &Position) -> Result<(), LogError> {
    let log = layout.log();
    let missing = tiles_of(position.checkpoint.size).map(|path| (path, log.join(path.to_string())));
    let missing = missing.filter(|(_, file)| !file.exists());
    let fetched = stream::iter(missing).map(|(path, file)| async move {
        let bytes = tile(client, names, path).await?;
        let written = tokio::task::spawn_blocking(move || folder::write_unsynced(&[(file, bytes.as_ref())]));
        written.await.unwrap_or(Err(LogError::Closed))
    });
    fetched.buffer_unordered(ASKED_MAX).try_collect::<()>().await?;
    if !layout.signing_key().exists() {
        return Ok(());
    }
    // All files of the checkpoint, since an interrupted attempt may have written some of them.
    let files = tiles_of(position.checkpoint.size).map(|path| log.join(path.to_string())).collect();
    folder::sync_files(&log, &files)
}

async fn tile(client: &Client, names: &Names, path: TilePath) -> Result<Bytes, LogError> {
    let unanswered = |reason: String| StreamError::NoHistory { base: path.first_entry().unwrap_or(0), reason };
    let found = chunks::fetch_tile(client, &names.tile_subject(), path).await;
    let found = found.map_err(|error| unanswered(error.to_string()))?;
    found.ok_or_else(|| unanswered(format!("{path} is missing")).into())
}
