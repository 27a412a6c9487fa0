//! A log in memory, judged by the rules alone.

use super::report::{Report, enrolments, household_registration, opening, steps_required, village_registration};
use crate::county::{HOUSEHOLD, VILLAGE, area, household};
use lika_domain::admit::admit;
use lika_domain::evolve::{evolve, replay};
use lika_domain::household::{Household, Status};
use lika_domain::rejection::Rejection;
use lika_domain::state::State;
use lika_domain::submission::Entry;
use lika_domain::village::Village;

/// A state and the entries that made it.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The state after the entries.
    pub state: State,
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

impl World {
    /// A log opened for testing, with an official of every role, each with a key, the village and the household.
    pub fn open() -> Self {
        let mut world = Self::default();
        for report in [opening(), enrolments(), village_registration(), household_registration()] {
            world.take(&report).expect("the rules accept the reports that every world begins with");
        }
        world
    }

    /// The same, where decisions do not need their steps.
    pub fn lenient() -> Self {
        let mut world = Self::open();
        world.take(&steps_required(20_140_101, false)).expect("the county may set this parameter");
        world
    }

    /// Builds the entry, judges it and applies it.
    pub fn take(&mut self, report: &Report) -> Result<(), Rejection> {
        let entry = report.entry(&self.state);
        admit(&self.state, &entry)?;
        evolve(&mut self.state, &entry);
        self.entries.push(entry);
        Ok(())
    }

    /// A replay of the whole log gives this state and finds no void entry.
    pub fn check_replay(&self) {
        let mut state = State::default();
        for entry in &self.entries {
            replay(&mut state, entry).expect("an admitted entry is admitted again");
        }
        assert_eq!(state, self.state);
    }

    /// The card of [`HOUSEHOLD`].
    pub fn card(&self) -> &Household {
        self.card_of(HOUSEHOLD)
    }

    /// A card of [`VILLAGE`].
    pub fn card_of(&self, number: u64) -> &Household {
        &self.village().households[&household(number)]
    }

    /// [`VILLAGE`].
    pub fn village(&self) -> &Village {
        &self.state.villages[&area(VILLAGE)]
    }

    /// The status of the card of [`HOUSEHOLD`].
    pub fn status(&self) -> Status {
        self.card().status
    }
}
