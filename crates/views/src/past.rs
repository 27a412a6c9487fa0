//! Figures of a state at hand: of a replayed log, or of a log as of an earlier day on either clock.
//!
//! Figures as of a day on which things happened are what is known now about that day: events that happened later are
//! left out, whenever they were recorded. Figures as of a day of recording are what was known then: entries recorded
//! later are left out. Both together are allowed.

use crate::document::{Progress, Standing};
use crate::explain::Explanation;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::evolve;
use lika_domain::progress::{FigureRef, Figures, MonthFigure, Months};
use lika_domain::state::State;
use lika_domain::submission::{Entry, Events};
use lika_ledger::Recorded;
use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, BTreeSet};

/// A state, and how much of the log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The fold.
    pub state: State,
    /// How much of the log it is, and the day its figures count back from.
    pub standing: Standing,
}

/// Folds entries as of a day on which things happened, a day on which they were recorded (that day included), both or
/// neither. Entries come in order from entry 0, with the verdict of a replay of all of them; the first error ends the
/// fold. One state is in memory, whatever the length of the log.
///
/// Events without which no other event can be read are never left out for their day (the opening of the log,
/// officials, keys, roles, villages, and policy, which has a first day of its own): a village that was entered in 2016
/// with cards from 2014 has them as of 2015.
///
/// # Errors
/// The first error among the entries.
pub fn as_of<R: Borrow<Recorded>, E>(
    entries: impl IntoIterator<Item = Result<R, E>>,
    happened: Option<Date>,
    recorded_by: Option<Date>,
) -> Result<Past, E> {
    let (mut state, mut recorded_at) = (State::default(), 0);
    for recorded in entries {
        let recorded = recorded?;
        let Recorded { entry, void, .. } = recorded.borrow();
        // Entries of different villages need not be in the order of their times, so later ones are skipped, and the
        // fold continues.
        if recorded_by.is_some_and(|day| Date::of_unix_ms(entry.recorded_at) > day) {
            continue;
        }
        recorded_at = recorded_at.max(entry.recorded_at);
        if *void {
            evolve::void(&mut state, entry.index);
        } else {
            let part = happened.map_or(Cow::Borrowed(entry), |day| up_to(entry, day));
            evolve::evolve(&mut state, part.as_ref());
        }
    }
    let today = happened.or(recorded_by).unwrap_or_else(|| Date::of_unix_ms(recorded_at));
    let standing = Standing { applied: state.applied, recorded_at, today };
    Ok(Past { state, standing })
}

impl Past {
    /// A state as a replay leaves it. `recorded_at` is when the latest of its entries was recorded, in milliseconds
    /// since 1970-01-01 UTC; figures count back from that day, as those of [`Views`](crate::Views) do.
    pub fn new(state: State, recorded_at: u64) -> Self {
        let standing = Standing { applied: state.applied, recorded_at, today: Date::of_unix_ms(recorded_at) };
        Self { state, standing }
    }

    /// The progress of an area; `None` if the state knows no village in it.
    pub fn progress(&self, area: Area) -> Option<Progress> {
        let jurisdiction = self.state.jurisdiction.as_ref();
        let known = self.state.villages.range(area.range()).next().is_some();
        let whole = jurisdiction.is_some_and(|jurisdiction| area.contains(jurisdiction.area));
        (known || whole).then(|| self.document(area))
    }

    /// The progress of every area of a level inside an area, in the order of their codes.
    pub fn children(&self, area: Area, level: Level) -> Vec<Progress> {
        let villages = self.state.villages.range(area.range());
        let areas: BTreeSet<Area> = villages.map(|(village, _)| village.at(level)).collect();
        areas.into_iter().filter(|child| area.contains(*child)).map(|child| self.document(child)).collect()
    }

    /// The contributions to a figure of an area; `None` if the state has no village in it. Counts of months have none
    /// here, see [`month`].
    pub fn explain(&self, area: Area, asked: FigureRef) -> Option<Explanation> {
        let year = self.progress(area)?.income.year;
        let (state, today) = (&self.state, self.standing.today);
        let mut explanation = Explanation::new(area, asked, &self.standing);
        for (place, village) in state.villages.range(area.range()) {
            explanation.add(Some(*place), &asked.of_village(state, *place, village, today, year));
        }
        if state.jurisdiction.as_ref().is_some_and(|jurisdiction| area.contains(jurisdiction.area)) {
            explanation.add(None, &asked.of_jurisdiction(state, today));
        }
        Some(explanation)
    }

    fn document(&self, area: Area) -> Progress {
        let figures = Figures::of_area(&self.state, area, self.standing.today);
        let village = self.state.villages.get(&area).map(|village| village.head.name.as_ref());
        let jurisdiction = self.state.jurisdiction.as_ref().filter(|jurisdiction| jurisdiction.area == area);
        let name = village.or(jurisdiction.map(|jurisdiction| jurisdiction.name.as_ref()));
        Progress::new(area, name, &figures, &self.state.policy, &self.standing)
    }
}

/// The contributions to a count of a month, from all entries of the log as [`as_of`] takes them; `None` if none of
/// them is of a village in the area.
///
/// # Errors
/// The first error among the entries.
pub fn month<R: Borrow<Recorded>, E>(
    entries: impl IntoIterator<Item = Result<R, E>>,
    (area, figure): (Area, MonthFigure),
    happened: Option<Date>,
    recorded_by: Option<Date>,
) -> Result<Option<Explanation>, E> {
    let mut villages: BTreeMap<Area, Months> = BTreeMap::new();
    let (mut applied, mut recorded_at) = (0, 0);
    for recorded in entries {
        let recorded = recorded?;
        let Recorded { entry, void, .. } = recorded.borrow();
        if recorded_by.is_some_and(|day| Date::of_unix_ms(entry.recorded_at) > day) {
            continue;
        }
        (applied, recorded_at) = (entry.index + 1, recorded_at.max(entry.recorded_at));
        let place = entry.submission.area;
        if *void || place.level() != Level::Village || !area.contains(place) {
            continue;
        }
        let part = happened.map_or(Cow::Borrowed(entry), |day| up_to(entry, day));
        villages.entry(place).or_insert_with(|| Months::new(figure)).look_at(part.as_ref());
    }
    let today = happened.or(recorded_by).unwrap_or_else(|| Date::of_unix_ms(recorded_at));
    let standing = Standing { applied, recorded_at, today };
    let known = !villages.is_empty();
    let mut explanation = Explanation::new(area, FigureRef::Month(figure), &standing);
    villages.into_iter().for_each(|(place, months)| explanation.add(Some(place), &months.contributions()));
    Ok(known.then_some(explanation))
}

/// An entry without the events that happened after a day.
fn up_to(entry: &Entry, day: Date) -> Cow<'_, Entry> {
    let events = match &entry.events {
        Events::Households(events) => {
            keep(events, |event| event.kind.event().ground || event.happened <= day).map(Events::Households)
        }
        Events::Officials(events) => {
            keep(events, |event| event.kind.event().ground || event.happened <= day).map(Events::Officials)
        }
        Events::Aid(events) => {
            keep(events, |event| event.kind.event().ground || event.happened <= day).map(Events::Aid)
        }
    };
    let Some(events) = events else { return Cow::Borrowed(entry) };
    let mut part = entry.clone();
    part.events = events;
    Cow::Owned(part)
}

/// The events that hold; `None` if all of them do.
fn keep<E: Clone>(events: &[E], holds: impl Fn(&E) -> bool) -> Option<Vec<E>> {
    if events.iter().all(&holds) { None } else { Some(events.iter().filter(|event| holds(event)).cloned().collect()) }
}
