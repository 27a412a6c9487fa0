//! Figures of villages and of areas, counted on request and kept until something changes them.

use crate::error::ViewError;
use crate::fold::Fold;
use crate::rows::Rows;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::Index;
use lika_domain::progress::Figures;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Figures that were counted before, of villages and of the areas above them.
#[derive(Default)]
pub(crate) struct Sums {
    kept: Mutex<BTreeMap<Area, Kept>>,
}

#[derive(Clone)]
struct Kept {
    /// Last entry that can have changed them.
    changed: Index,
    /// The day they count back from.
    today: Date,
    figures: Arc<Figures>,
}

impl Sums {
    /// The figures of an area: of its villages, and of the jurisdiction if the area contains all of it. An area is the
    /// sum of the areas one level below, so that a change in one village does not have all the others summed again.
    pub(crate) fn of(&self, fold: &Fold, rows: &Rows, area: Area, today: Date) -> Result<Arc<Figures>, ViewError> {
        let changed = last_change(fold, area);
        if let Some(figures) = self.get(area, changed, today) {
            return Ok(figures);
        }
        let figures = match area.level().below() {
            None => village(fold, rows, area, today)?,
            Some(level) => {
                let parts = parts(fold, area, level).into_iter().map(|part| self.of(fold, rows, part, today));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                let own = (opened(fold) == Some(area)).then(|| Figures::of_jurisdiction(&fold.state, today));
                parts.iter().map(Arc::as_ref).chain(&own).sum()
            }
        };
        Ok(self.keep(area, Kept { changed, today, figures: Arc::new(figures) }))
    }

    fn get(&self, area: Area, changed: Index, today: Date) -> Option<Arc<Figures>> {
        let kept = self.kept.lock();
        let found = kept.get(&area).filter(|kept| kept.changed == changed && kept.today == today)?;
        Some(found.figures.clone())
    }

    fn keep(&self, area: Area, kept: Kept) -> Arc<Figures> {
        let figures = kept.figures.clone();
        self.kept.lock().insert(area, kept);
        figures
    }
}

/// Whether an area contains all of the jurisdiction.
pub(crate) fn is_whole(fold: &Fold, area: Area) -> bool {
    opened(fold).is_some_and(|opened| area.contains(opened))
}

/// The area that the log covers.
fn opened(fold: &Fold) -> Option<Area> {
    fold.state.jurisdiction.as_ref().map(|jurisdiction| jurisdiction.area)
}

/// The last entry that can have changed the figures of an area.
fn last_change(fold: &Fold, area: Area) -> Index {
    let villages = fold.villages.range(area.range()).map(|(_, known)| known.changed);
    let releases = is_whole(fold, area).then_some(fold.releases_changed);
    villages.chain(releases).max().unwrap_or_default().max(fold.policy_changed)
}

/// The areas of the level below that have figures: those with villages, and the one on the way to the jurisdiction,
/// which has money before it has villages.
fn parts(fold: &Fold, area: Area, level: Level) -> BTreeSet<Area> {
    let villages = fold.villages.range(area.range()).map(|(village, _)| *village);
    let opened = opened(fold).filter(|opened| *opened != area && area.contains(*opened));
    villages.chain(opened).map(|inside| inside.at(level)).collect()
}

/// Counts a village, from memory or else from the store without loading it into memory.
fn village(fold: &Fold, rows: &Rows, area: Area, today: Date) -> Result<Figures, ViewError> {
    let state = &fold.state;
    if let Some(village) = state.villages.get(&area) {
        return Ok(Figures::of_village(state, area, village, today));
    }
    // A village that is not in memory has no unwritten changes, so the store has its present state.
    let village = rows.village(area)?;
    Ok(village.map(|village| Figures::of_village(state, area, &village, today)).unwrap_or_default())
}
