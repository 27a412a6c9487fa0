//! The service of progress: figures of villages and of any sum of villages, now or as of an earlier day.
//!
//! It decides nothing and keeps nothing of its own. Its views follow the log and can be deleted at any time; figures
//! as of an earlier day are folded from the log again.

use lika_domain::area::Area;
use lika_domain::progress::{FigureRef, MonthFigure};
use lika_eventlog::error::LogError;
use lika_ledger::{Ledger, Recorded};
use lika_views::document::Progress as Document;
use lika_views::{
    Explanation, FigureQuery, Follower, LogIdentity, PolicyQuery, PolicyView, ProgressQuery, ViewError, Views, as_of,
    month,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a read waits for the entry it asks for, in milliseconds.
pub const CATCH_UP_MS: u64 = 2_000;
/// Entries read from the log at once for an earlier day.
const PAGE_ENTRIES: usize = 256;

/// The service of progress. Every method may be called from any task.
pub struct Progress {
    ledger: Arc<Ledger>,
    views: Arc<Views>,
}

/// Progress cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// The log knows no village in the area.
    #[error("the log has no village in {0}")]
    Unknown(Area),
    /// The views failed, or have not got as far as asked.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The thread that folded an earlier day failed.
    #[error("the fold of an earlier day was cut off")]
    Lost(#[from] tokio::task::JoinError),
}

impl Progress {
    /// Opens the views in a folder and begins to follow the log. The follower ends when the log closes; whoever
    /// starts the service watches it, since figures grow old without it.
    ///
    /// # Errors The fault of the views' folder.
    pub fn start(ledger: Arc<Ledger>, dir: &Path) -> Result<(Self, Follower), ViewError> {
        let origin = ledger.verifier_key().name().as_str().into();
        let identity = LogIdentity { origin, opening: None, size: ledger.log().checkpoint().size };
        let views = Arc::new(Views::open(dir, &identity)?);
        let follower = lika_views::follow(views.clone(), ledger.feed(views.resume()));
        Ok((Self { ledger, views }, follower))
    }

    /// The views, for services that show cards and officials.
    pub fn views(&self) -> &Arc<Views> {
        &self.views
    }

    /// Progress of an area, or of the areas of a level inside it in the order of their codes.
    ///
    /// # Errors
    /// [`ProgressError::Unknown`] for an area without villages; [`ViewError::Behind`] if an index is asked for that
    /// the views have not reached within [`CATCH_UP_MS`], or they have nothing of the area and are behind the log.
    pub async fn read(&self, query: ProgressQuery) -> Result<Vec<Document>, ProgressError> {
        if let Some(index) = query.index {
            self.views.wait_for(index, Duration::from_millis(CATCH_UP_MS)).await?;
        }
        if query.folds() {
            return some(query.area, self.past(query).await?);
        }
        let found = self.present(query)?;
        if !found.is_empty() {
            return Ok(found);
        }
        // An area that is missing may only be missing yet.
        self.catch_up().await?;
        some(query.area, self.present(query)?)
    }

    /// The policy of an area, or of all that the log covers, as everything published so far leaves it for a day;
    /// `None` for an area that the log does not cover.
    ///
    /// # Errors
    /// [`ViewError::Behind`] as [`Self::catch_up`].
    pub async fn policy(&self, query: PolicyQuery) -> Result<Option<PolicyView>, ViewError> {
        self.catch_up().await?;
        Ok(self.views.policy(query.area, query.at))
    }

    /// Waits until the views have everything that is published now, so that what they do not know does not exist.
    ///
    /// # Errors
    /// [`ViewError::Behind`] if they do not get so far within [`CATCH_UP_MS`].
    pub async fn catch_up(&self) -> Result<(), ViewError> {
        match self.ledger.log().checkpoint().size.checked_sub(1) {
            Some(last) => self.views.wait_for(last, Duration::from_millis(CATCH_UP_MS)).await,
            None => Ok(()),
        }
    }

    /// The contributions to a figure of an area.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn explain(&self, query: FigureQuery) -> Result<Explanation, ProgressError> {
        if let Some(index) = query.index {
            self.views.wait_for(index, Duration::from_millis(CATCH_UP_MS)).await?;
        }
        let found = match query.figure {
            FigureRef::Month(figure) => self.month(query, figure).await?,
            _ if query.folds() => self.past_contributions(query).await?,
            _ => {
                let views = self.views.clone();
                tokio::task::spawn_blocking(move || views.explain(query.area, query.figure)).await??
            }
        };
        found.ok_or(ProgressError::Unknown(query.area))
    }

    async fn month(&self, query: FigureQuery, figure: MonthFigure) -> Result<Option<Explanation>, ProgressError> {
        let ledger = self.ledger.clone();
        let fold = move || month(entries(&ledger), (query.area, figure), query.at, query.recorded_by);
        Ok(tokio::task::spawn_blocking(fold).await??)
    }

    async fn past_contributions(&self, query: FigureQuery) -> Result<Option<Explanation>, ProgressError> {
        let ledger = self.ledger.clone();
        let fold = move || Ok(as_of(entries(&ledger), query.at, query.recorded_by)?.explain(query.area, query.figure));
        tokio::task::spawn_blocking(fold).await?
    }

    fn present(&self, query: ProgressQuery) -> Result<Vec<Document>, ViewError> {
        match query.by {
            Some(level) => self.views.children(query.area, level, None),
            None => Ok(self.views.progress(query.area, None)?.into_iter().collect()),
        }
    }

    /// Folds the log again, which takes a second per million events, on a thread of its own.
    async fn past(&self, query: ProgressQuery) -> Result<Vec<Document>, ProgressError> {
        let ledger = self.ledger.clone();
        let fold = move || -> Result<Vec<Document>, LogError> {
            let past = as_of(entries(&ledger), query.at, query.recorded_by)?;
            Ok(match query.by {
                Some(level) => past.children(query.area, level),
                None => past.progress(query.area).into_iter().collect(),
            })
        };
        Ok(tokio::task::spawn_blocking(fold).await??)
    }
}

fn some(area: Area, found: Vec<Document>) -> Result<Vec<Document>, ProgressError> {
    if found.is_empty() { Err(ProgressError::Unknown(area)) } else { Ok(found) }
}

/// Every published entry, page by page. After an error it ends.
fn entries(ledger: &Ledger) -> impl Iterator<Item = Result<Arc<Recorded>, LogError>> + use<> {
    let feed = ledger.feed(0);
    let (mut next, mut done) = (0, false);
    let pages = std::iter::from_fn(move || {
        if done {
            return None;
        }
        let page = feed.read(next, PAGE_ENTRIES);
        match &page {
            Ok(found) => next += found.len() as u64,
            Err(_) => done = true,
        }
        match page {
            Ok(found) if found.is_empty() => None,
            Ok(found) => Some(found.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => Some(vec![Err(error)]),
        }
    });
    pages.flatten()
}
