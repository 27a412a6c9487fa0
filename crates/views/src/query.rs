//! Questions to the read models: one query for each kind of answer.

use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, OfficialId};
use lika_domain::progress::FigureRef;

/// Asks for progress: one [`Progress`](crate::Progress) of the area, or one of each area of a level inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressQuery {
    /// The area.
    pub area: Area,
    /// The areas of this level inside it, instead of the area as a whole.
    pub by: Option<Level>,
    /// Only what had happened by this day.
    pub at: Option<Date>,
    /// Only what had been recorded by this day.
    pub recorded_by: Option<Date>,
    /// At least the entry of this index must be in it.
    pub index: Option<Index>,
}

/// Asks for the contributions to a figure of an area: an [`Explanation`](crate::Explanation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureQuery {
    /// The area.
    pub area: Area,
    /// The figure.
    pub figure: FigureRef,
    /// Only what had happened by this day.
    pub at: Option<Date>,
    /// Only what had been recorded by this day.
    pub recorded_by: Option<Date>,
    /// At least the entry of this index must be in it.
    pub index: Option<Index>,
}

/// Asks for the policy in force: a [`PolicyView`](crate::PolicyView).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyQuery {
    /// The area; `None` is all that the log covers.
    pub area: Option<Area>,
    /// The day; `None` is the day that the latest entry was recorded on.
    pub at: Option<Date>,
}

/// Asks for a card: a [`HouseholdView`](crate::HouseholdView).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdQuery {
    /// The household.
    pub id: HouseholdId,
}

/// Asks for an official: an [`OfficialView`](crate::OfficialView).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficialQuery {
    /// The official.
    pub id: OfficialId,
}

impl ProgressQuery {
    /// The present progress of the area as a whole.
    pub fn of(area: Area) -> Self {
        Self { area, by: None, at: None, recorded_by: None, index: None }
    }

    /// Whether the log must be folded anew for the answer, because it is about an earlier day.
    pub fn folds(&self) -> bool {
        self.at.is_some() || self.recorded_by.is_some()
    }
}

impl FigureQuery {
    /// The present contributions to a figure.
    pub fn of(area: Area, figure: FigureRef) -> Self {
        Self { area, figure, at: None, recorded_by: None, index: None }
    }

    /// Whether the log must be folded anew for the answer: for an earlier day, and for any month.
    pub fn folds(&self) -> bool {
        self.at.is_some() || self.recorded_by.is_some() || matches!(self.figure, FigureRef::Month(_))
    }
}
