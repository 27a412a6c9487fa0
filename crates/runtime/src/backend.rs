//! Gives the gateway a handle on each service: in one process every question is a call.

use anyhow::Context;
use lika_audit::keeper::Keeper;
use lika_domain::progress::FigureRef;
use lika_gateway::ask::{OpenHousehold, PolicyQuery, ProgressQuery, Read, ReadError, Recording};
use lika_gateway::{Ask, Deps};
use lika_households::Households;
use lika_ledger::{Ledger, Prepared, SubmitError};
use lika_officials::Officials;
use lika_progress::{Progress, ProgressError, Query};
use lika_vault::Vault;
use lika_views::{Explanation, Follower, PolicyView, ViewError, document};
use std::path::Path;
use std::sync::Arc;

/// Threads that check the log when it is opened.
pub const OPENING_THREADS: usize = 2;

/// What the gateway asks, answered by the services of this process.
pub fn deps(ledger: &Arc<Ledger>, vault: &Arc<Vault>, progress: &Arc<Progress>) -> Deps {
    let households = Households::start(lika_households::Deps { ledger: ledger.clone(), vault: vault.clone() });
    let officials = Officials::start(lika_officials::Deps { ledger: ledger.clone(), vault: vault.clone() });
    let keeper = Keeper::start(ledger.clone());
    let (tiles, proofs) = (keeper.clone(), keeper);
    Deps {
        ledger: ledger.clone(),
        households: household_recorder(ledger, &households),
        officials: official_recorder(ledger, &officials),
        aid: aid_recorder(ledger),
        progress: progress_read(progress),
        explain: explain_read(progress),
        policy: policy_read(progress),
        household: view(progress, |progress, id| progress.views().household(id)),
        official: view(progress, |progress, id| progress.views().official(id)),
        open_household: blocking(move |OpenHousehold { id, entries, members }| {
            households.personal(id, &entries, members).map_err(ReadError::failed)
        }),
        open_official: blocking(move |id| officials.personal(id).map_err(ReadError::failed)),
        tile: Ask::new(move |path| {
            let tiles = tiles.clone();
            async move { tiles.tile(path).await.map_err(ReadError::failed) }
        }),
        proof: Ask::new(move |index| {
            let proofs = proofs.clone();
            async move { proofs.proof(index).await.map_err(ReadError::failed) }
        }),
    }
}

fn household_recorder(ledger: &Arc<Ledger>, service: &Households) -> lika_gateway::ask::Recorder {
    let (ledger, service) = (ledger.clone(), service.clone());
    Ask::new(move |signed| {
        let (ledger, service) = (ledger.clone(), service.clone());
        async move { service.prepare(signed).await.map(|prepared| recording(ledger, prepared)) }
    })
}

fn official_recorder(ledger: &Arc<Ledger>, service: &Officials) -> lika_gateway::ask::Recorder {
    let (ledger, service) = (ledger.clone(), service.clone());
    Ask::new(move |signed| {
        let (ledger, service) = (ledger.clone(), service.clone());
        async move { service.prepare(signed).await.map(|prepared| recording(ledger, prepared)) }
    })
}

fn aid_recorder(ledger: &Arc<Ledger>) -> lika_gateway::ask::Recorder {
    let ledger = ledger.clone();
    Ask::new(move |signed| {
        let ledger = ledger.clone();
        async move {
            let prepared = lika_aid::prepare(&signed).map_err(SubmitError::from)?;
            Ok(recording(ledger, prepared))
        }
    })
}

fn recording(ledger: Arc<Ledger>, prepared: Prepared) -> Recording {
    Box::pin(async move { ledger.submit(prepared).await })
}

/// Answers how far areas have come.
pub fn progress_read(progress: &Arc<Progress>) -> Read<ProgressQuery, Option<Vec<document::Progress>>> {
    let progress = progress.clone();
    Ask::new(move |ProgressQuery { area, by, at, recorded_by, index }| {
        let progress = progress.clone();
        async move { found(progress.read(Query { area, by, at, recorded_by, index }).await) }
    })
}

/// Answers what a figure is made of.
pub fn explain_read(progress: &Arc<Progress>) -> Read<(ProgressQuery, FigureRef), Option<Explanation>> {
    let progress = progress.clone();
    Ask::new(move |(ProgressQuery { area, by, at, recorded_by, index }, asked)| {
        let progress = progress.clone();
        async move { found(progress.explain(Query { area, by, at, recorded_by, index }, asked).await) }
    })
}

/// What the gateway is answered: an area that the log does not know is no failure.
fn found<T>(answer: Result<T, ProgressError>) -> Result<Option<T>, ReadError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(ProgressError::Unknown(_)) => Ok(None),
        Err(ProgressError::View(ViewError::Behind { .. })) => Err(ReadError::Behind),
        Err(error) => Err(ReadError::failed(error)),
    }
}

/// The policy waits for everything published: whoever has just set it reads what they set.
pub fn policy_read(progress: &Arc<Progress>) -> Read<PolicyQuery, Option<PolicyView>> {
    let progress = progress.clone();
    Ask::new(move |PolicyQuery { area, at }| {
        let progress = progress.clone();
        async move {
            match progress.policy(area, at).await {
                Err(ViewError::Behind { .. }) => Err(ReadError::Behind),
                read => read.map_err(ReadError::failed),
            }
        }
    })
}

/// A read of the views. It waits only for what they do not know.
pub fn view<Q: Copy + Send + 'static, A: Send + 'static>(
    progress: &Arc<Progress>,
    read: impl Fn(&Progress, Q) -> Result<Option<A>, ViewError> + Copy + Send + Sync + 'static,
) -> Read<Q, Option<A>> {
    let progress = progress.clone();
    Ask::new(move |question| {
        let progress = progress.clone();
        async move {
            if let Some(found) = read(&progress, question).map_err(ReadError::failed)? {
                return Ok(Some(found));
            }
            // What is not there may only not be there yet.
            match progress.catch_up().await {
                Ok(()) => read(&progress, question).map_err(ReadError::failed),
                Err(ViewError::Behind { .. }) => Err(ReadError::Behind),
                Err(error) => Err(ReadError::failed(error)),
            }
        }
    })
}

/// A read of the log, on a thread that serves nobody else.
pub fn blocking<Q: Send + 'static, A: Send + 'static>(
    read: impl Fn(Q) -> Result<A, ReadError> + Send + Sync + 'static,
) -> Read<Q, A> {
    let read = Arc::new(read);
    Ask::new(move |question| {
        let read = read.clone();
        async move { tokio::task::spawn_blocking(move || read(question)).await.map_err(ReadError::failed)? }
    })
}

/// Starts the service of progress. Views that were open when the machine lost its power are made anew at once: a node
/// that starts by itself then must not wait for somebody to delete them. Any other damage is for a person to see.
pub fn follow(ledger: &Arc<Ledger>, dir: &Path) -> anyhow::Result<(Progress, Follower)> {
    match Progress::start(ledger.clone(), dir) {
        Err(error @ ViewError::UncleanShutdown { .. }) => {
            tracing::warn!(%error, "the views are deleted and made anew");
            std::fs::remove_dir_all(dir).with_context(|| format!("{}", dir.display()))?;
            Ok(Progress::start(ledger.clone(), dir)?)
        }
        started => Ok(started?),
    }
}
