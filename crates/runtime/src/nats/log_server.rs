//! Answers for the audit service: tiles, proofs, and parts of its snapshot of the state.

use super::responder::Answering;
use bytes::Bytes;
use lika_audit::keeper::Keeper;
use lika_eventlog::jetstream::chunks;
use std::path::PathBuf;

/// Begins to answer.
pub(crate) async fn answer(answering: &Answering, keeper: Keeper, data: PathBuf) -> anyhow::Result<()> {
    let tiles = keeper.clone();
    let tile = move |path| {
        let tiles = tiles.clone();
        async move { tile(&tiles, &path).await }
    };
    answering.answer_bytes("tile", tile).await?;
    let part = move |question| {
        let data = data.clone();
        async move { snapshot(data, question).await }
    };
    answering.answer_bytes("snapshot", part).await?;
    let proof = move |index| {
        let keeper = keeper.clone();
        async move { proof(&keeper, &index).await }
    };
    answering.answer_bytes("proof", proof).await
}

async fn tile(keeper: &Keeper, question: &Bytes) -> Bytes {
    match chunks::answer_tile(question, async |path| keeper.tile(path).await).await {
        Ok(part) => part,
        Err(error) => {
            tracing::error!(%error, question = %question.escape_ascii(), "a tile cannot be read");
            Bytes::new()
        }
    }
}

/// A part of this process's snapshot of the state, for processes that start far behind.
async fn snapshot(data: PathBuf, question: Bytes) -> Bytes {
    let read = tokio::task::spawn_blocking(move || lika_ledger::snapshot_part(&data, &question)).await;
    match read.map_err(std::io::Error::other).flatten() {
        Ok(part) => part,
        Err(error) => {
            tracing::error!(%error, "the snapshot of the state cannot be read");
            Bytes::new()
        }
    }
}

async fn proof(keeper: &Keeper, index: &Bytes) -> Bytes {
    let index = std::str::from_utf8(index).ok().and_then(|text| text.parse().ok());
    let Some(index) = index else { return Bytes::new() };
    match keeper.proof(index).await {
        Ok(found) => found.map(Bytes::from).unwrap_or_default(),
        Err(error) => {
            tracing::error!(%error, index, "an entry cannot be proved");
            Bytes::new()
        }
    }
}
