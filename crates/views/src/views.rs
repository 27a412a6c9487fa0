//! The views of one log: opened on a folder, fed with published entries, read by anyone.

use crate::card::HouseholdView;
use crate::digest;
use crate::document::{Progress, Standing};
use crate::error::ViewError;
use crate::explain::Explanation;
use crate::fold::Fold;
use crate::keys::Key;
use crate::official::OfficialView;
use crate::policy::PolicyView;
use crate::rows::{LogIdentity, Rows};
use crate::sums::{self, Sums};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, OfficialId};
use lika_domain::progress::FigureRef;
use lika_domain::state::Store;
use lika_ledger::Recorded;
use parking_lot::{Mutex, RwLock, RwLockUpgradableReadGuard, RwLockWriteGuard};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Longest time between two batches, in milliseconds, if there is anything to write.
const BATCH_AFTER_MS: u64 = 250;
/// Most entries of a batch.
const BATCH_ENTRIES_MAX: u64 = 4_096;
/// Most rows of a batch, so that its memory stays bounded: up to 10 kB each.
const BATCH_ROWS_MAX: usize = 16_384;
/// Under load batches are delayed so that writing them takes at most this fraction of the time, one part in so many:
/// rows that change repeatedly are then written once. After a crash the delayed entries are only read from the log
/// again.
const BATCH_TIME_SHARE: u32 = 8;
/// Most entries that a card or an official is shown with, the latest ones.
pub const ENTRIES_SHOWN_MAX: usize = 1_000;

/// The views of one log. Entries come from one thread in order; reads may come from any thread at the same time, and
/// each read sees the views as they are after some entry.
pub struct Views {
    fold: RwLock<Fold>,
    rows: Rows,
    sums: Sums,
    applied: watch::Sender<u64>,
    pace: Mutex<Pace>,
}

/// When the next batch is due.
struct Pace {
    /// How many entries the last batch had applied.
    applied: u64,
    /// When it was written.
    written: Instant,
    /// How long that took.
    took: Duration,
}

impl Views {
    /// Opens the views of a log in a folder, which is made if it does not exist.
    ///
    /// # Errors [`ViewError`] for a store that is damaged, has another format or belongs to another log. Nothing is
    /// repaired here.
    pub fn open(dir: &Path, log: &LogIdentity) -> Result<Self, ViewError> {
        let rows = Rows::open(dir)?;
        let fold = Fold::load(&rows, log)?;
        let applied = fold.position.applied;
        Ok(Self {
            fold: RwLock::new(fold),
            rows,
            sums: Sums::default(),
            applied: watch::Sender::new(applied),
            pace: Mutex::new(Pace { applied, written: Instant::now(), took: Duration::ZERO }),
        })
    }

    /// Where a feed should begin. That is the last entry applied, once more, so that a log which differs from the one
    /// behind the views is detected.
    pub fn resume(&self) -> Index {
        self.applied().saturating_sub(1)
    }

    /// How many entries are applied.
    pub fn applied(&self) -> u64 {
        *self.applied.borrow()
    }

    /// Applies entries in order; those applied before are skipped. They are in the store after the next batch.
    ///
    /// # Errors
    /// [`ViewError::Gap`], [`ViewError::OtherEntry`], or the store failed; the views must not be fed any more then.
    pub fn apply(&self, entries: &[Arc<Recorded>]) -> Result<(), ViewError> {
        let mut fold = self.fold.write();
        let done = entries.iter().try_for_each(|recorded| fold.apply(&self.rows, recorded));
        let applied = fold.position.applied;
        drop(fold);
        self.applied.send_replace(applied);
        done
    }

    /// Writes a batch if one is due, and says when to ask again.
    ///
    /// # Errors
    /// The store failed.
    pub fn write_if_due(&self) -> Result<Duration, ViewError> {
        let unwritten = self.fold.read().unwritten();
        let wait = self.pace.lock().wait(self.applied(), unwritten);
        if wait.is_zero() {
            self.write()?;
            return Ok(Duration::from_millis(BATCH_AFTER_MS));
        }
        Ok(wait)
    }

    /// Writes everything that was applied in one batch.
    ///
    /// # Errors
    /// The store failed.
    pub fn write(&self) -> Result<(), ViewError> {
        self.write_locked(self.fold.upgradable_read()).map(|_| ())
    }

    /// Writes everything and passes it to the system, before a stop.
    ///
    /// # Errors
    /// The store failed.
    pub fn close(&self) -> Result<(), ViewError> {
        self.write()?;
        self.rows.flush()
    }

    /// Waits until an entry is applied.
    ///
    /// # Errors
    /// [`ViewError::Behind`] if it is not within `timeout`.
    pub async fn wait_for(&self, index: Index, timeout: Duration) -> Result<(), ViewError> {
        let mut applied = self.applied.subscribe();
        let reached = tokio::time::timeout(timeout, applied.wait_for(|applied| *applied > index)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ViewError::Behind { index, applied: self.applied() }),
        }
    }

    /// The progress of an area after everything applied; `None` if the log has no village in it. Visits of the last
    /// days and idle money count back from `today`, or without it from the day on which the latest entry was recorded,
    /// so that every replay of the log finds the same figures. It does not go back in time: [`crate::as_of`] does.
    ///
    /// # Errors
    /// The store failed.
    pub fn progress(&self, area: Area, today: Option<Date>) -> Result<Option<Progress>, ViewError> {
        let fold = self.fold.read();
        if fold.villages.range(area.range()).next().is_none() && !sums::is_whole(&fold, area) {
            return Ok(None);
        }
        self.document(&fold, area, today).map(Some)
    }

    /// The progress of every area of a level inside an area, in the order of their codes.
    ///
    /// # Errors
    /// The store failed.
    pub fn children(&self, area: Area, level: Level, today: Option<Date>) -> Result<Vec<Progress>, ViewError> {
        let fold = self.fold.read();
        let areas: BTreeSet<Area> = fold.villages.range(area.range()).map(|(village, _)| village.at(level)).collect();
        areas
            .into_iter()
            .filter(|child| area.contains(*child))
            .map(|child| self.document(&fold, child, today))
            .collect()
    }

    /// The contributions to a figure of an area; `None` if the log has no village in it. Counts of months have none
    /// here, see [`crate::month`].
    ///
    /// # Errors
    /// The store failed.
    pub fn explain(&self, area: Area, asked: FigureRef) -> Result<Option<Explanation>, ViewError> {
        let Some(year) = self.progress(area, None)?.map(|progress| progress.income.year) else { return Ok(None) };
        let fold = self.fold.read();
        let (state, standing) = (&fold.state, standing(&fold, None));
        let mut explanation = Explanation::new(area, asked, &standing);
        for (place, _) in fold.villages.range(area.range()) {
            let stored = if state.villages.contains_key(place) { None } else { self.rows.village(*place)? };
            if let Some(village) = state.villages.get(place).or(stored.as_ref()) {
                explanation.add(Some(*place), &asked.of_village(state, *place, village, standing.today, year));
            }
        }
        if sums::is_whole(&fold, area) {
            explanation.add(None, &asked.of_jurisdiction(state, standing.today));
        }
        Ok(Some(explanation))
    }

    /// The policy of an area, or of all that the log covers, on a day; without a day, on the one that the latest
    /// entry was recorded on. `None` for an area that the log does not cover.
    pub fn policy(&self, area: Option<Area>, day: Option<Date>) -> Option<PolicyView> {
        let fold = self.fold.read();
        let covered = fold.state.jurisdiction.as_ref()?.area;
        let area = area.map_or(Some(covered), |area| covered.contains(area).then_some(area))?;
        Some(PolicyView::new(area, &fold.state.policy, &standing(&fold, day)))
    }

    /// A card with the entries behind it; `None` if there is none of that number.
    ///
    /// # Errors
    /// The store failed.
    pub fn household(&self, id: HouseholdId) -> Result<Option<HouseholdView>, ViewError> {
        let fold = self.fold.read();
        let home = match fold.state.home(id) {
            Some(home) => Some(home),
            None => self.rows.get(&Key::Home(id))?,
        };
        let Some(area) = home else { return Ok(None) };
        let entries = fold.trail.of_household(&self.rows, area, id, ENTRIES_SHOWN_MAX)?;
        if let Some(card) = fold.state.household(area, id) {
            let policy = fold.state.policy.now();
            return Ok(Some(HouseholdView::new((area, id), card, policy, entries, &standing(&fold, None))));
        }
        let card = self.rows.card(area, id)?;
        let policy = fold.state.policy.now();
        Ok(card.map(|card| HouseholdView::new((area, id), &card, policy, entries, &standing(&fold, None))))
    }

    /// An official with the entries that concern them or that they signed; `None` if there is none of that number.
    ///
    /// # Errors
    /// The store failed.
    pub fn official(&self, id: OfficialId) -> Result<Option<OfficialView>, ViewError> {
        let fold = self.fold.read();
        let Some(official) = fold.state.official(id) else { return Ok(None) };
        let entries = fold.trail.of_official(&self.rows, id, ENTRIES_SHOWN_MAX)?;
        Ok(Some(OfficialView::new(id, official, &fold.state, entries, &standing(&fold, None))))
    }

    /// The number of entries applied, and the SHA-256 of the state after them in its canonical encoding; a replay of
    /// the same entries must find the same. It reads every row.
    ///
    /// # Errors
    /// The store failed.
    pub fn digest(&self) -> Result<(u64, [u8; 32]), ViewError> {
        let fold = self.write_locked(self.fold.upgradable_read())?;
        let applied = fold.position.applied;
        Ok((applied, digest::digest(&self.rows, applied)?))
    }

    /// No entries are applied while the lock is held; readers continue.
    fn write_locked<'f>(
        &self,
        fold: RwLockUpgradableReadGuard<'f, Fold>,
    ) -> Result<RwLockUpgradableReadGuard<'f, Fold>, ViewError> {
        let applied = fold.position.applied;
        if self.pace.lock().applied == applied {
            return Ok(fold);
        }
        let begun = Instant::now();
        self.rows.write(fold.batch())?;
        let mut fold = RwLockUpgradableReadGuard::upgrade(fold);
        fold.written();
        let written = Instant::now();
        *self.pace.lock() = Pace { applied, written, took: written - begun };
        Ok(RwLockWriteGuard::downgrade_to_upgradable(fold))
    }

    fn document(&self, fold: &Fold, area: Area, today: Option<Date>) -> Result<Progress, ViewError> {
        let standing = standing(fold, today);
        let figures = self.sums.of(fold, &self.rows, area, standing.today)?;
        let village = fold.villages.get(&area).map(|known| known.name.as_ref());
        let jurisdiction = fold.state.jurisdiction.as_ref().filter(|jurisdiction| jurisdiction.area == area);
        let name = village.or(jurisdiction.map(|jurisdiction| jurisdiction.name.as_ref()));
        Ok(Progress::new(area, name, &figures, &fold.state.policy, &standing))
    }
}

impl Pace {
    /// How long the next batch may wait.
    fn wait(&self, applied: u64, unwritten: usize) -> Duration {
        if unwritten >= BATCH_ROWS_MAX {
            return Duration::ZERO;
        }
        let since = self.written.elapsed();
        let ahead = applied.saturating_sub(self.applied);
        let soonest = (self.took * BATCH_TIME_SHARE).saturating_sub(since);
        let latest = Duration::from_millis(BATCH_AFTER_MS).saturating_sub(since);
        if ahead >= BATCH_ENTRIES_MAX { soonest } else { latest.max(soonest) }
    }
}

fn standing(fold: &Fold, today: Option<Date>) -> Standing {
    let position = &fold.position;
    let today = today.unwrap_or_else(|| Date::of_unix_ms(position.recorded_at));
    Standing { applied: position.applied, recorded_at: position.recorded_at, today }
}
