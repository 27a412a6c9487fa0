//! Figures of villages and of areas, counted when they are asked for and kept until something changes them.

use crate::error::ViewError;
use crate::fold::Fold;
use crate::rows::Rows;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::Index;
use lika_domain::progress::Figures;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Figures that were counted before.
#[derive(Default)]
pub(crate) struct Sums {
    /// Of a village alone, and of everything in an area with the jurisdiction's part. A village has the same either
    /// way, so one map does.
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
    /// The figures of an area: of its villages, and of the jurisdiction if all of that lies in it.
    pub(crate) fn of(&self, fold: &Fold, rows: &Rows, area: Area, today: Date) -> Result<Arc<Figures>, ViewError> {
        let whole = is_whole(fold, area);
        let villages = fold.villages.range(area.range()).map(|(_, known)| known.changed);
        let releases = whole.then_some(fold.releases_changed);
        let changed = villages.chain(releases).max().unwrap_or_default().max(fold.policy_changed);
        if let Some(figures) = self.get(area, changed, today) {
            return Ok(figures);
        }
        let figures = match fold.villages.get(&area) {
            Some(_) => village(fold, rows, area, today)?,
            None => {
                let inside = fold.villages.range(area.range());
                let parts = inside.map(|(village, _)| self.of(fold, rows, *village, today));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                let jurisdiction = whole.then(|| Figures::of_jurisdiction(&fold.state, today));
                parts.iter().map(Arc::as_ref).chain(&jurisdiction).sum()
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

/// Whether all of the jurisdiction lies in an area.
pub(crate) fn is_whole(fold: &Fold, area: Area) -> bool {
    fold.state.jurisdiction.as_ref().is_some_and(|jurisdiction| area.contains(jurisdiction.area))
}

/// Counts a village, from memory or, without putting it there, from the store.
fn village(fold: &Fold, rows: &Rows, area: Area, today: Date) -> Result<Figures, ViewError> {
    let state = &fold.state;
    if let Some(village) = state.villages.get(&area) {
        return Ok(Figures::of_village(state, area, village, today));
    }
    // A village that is not in memory has nothing unwritten, so the store has it as it is.
    let village = rows.village(area)?;
    Ok(village.map(|village| Figures::of_village(state, area, &village, today)).unwrap_or_default())
}
