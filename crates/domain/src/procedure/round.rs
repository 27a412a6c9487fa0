//! A round: one run of a procedure, as the state keeps it.

use super::{Outcome, Procedure, Step};
use crate::date::Date;
use crate::ids::{HouseholdId, Index, OfficialId};
use crate::state::Store;
use crate::submission::Entry;
use borsh::{BorshDeserialize, BorshSerialize};

/// One run of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Round {
    /// Which.
    pub procedure: Procedure,
    /// Its steps in order, those after the decision too. A decision that came without steps has none.
    pub steps: Vec<StepTaken>,
    /// How it ended; `None` while it is under way.
    pub end: Option<End>,
}

/// What the state keeps of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StepTaken {
    /// Which.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// The day.
    pub happened: Date,
    /// Last day of a publicity.
    pub until: Option<Date>,
    /// Who recorded it.
    pub by: OfficialId,
    /// Entry that recorded it.
    pub entry: Index,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum End {
    /// With a step that was not passed.
    Failed {
        /// It came after its deadline.
        late: bool,
    },
    /// With the decision it leads to.
    Decided {
        /// The day.
        happened: Date,
        /// Entry that recorded it.
        entry: Index,
        /// How many steps there were by then.
        steps: u8,
        /// Every step that leads to the decision was on record.
        complete: bool,
        /// It came after its deadline.
        late: bool,
    },
    /// The card was closed, what the round was about came to pass another way, or its decision was taken back.
    Dropped,
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before its first step.
    Start,
    /// After a step that was passed.
    At(Step),
    /// After the decision.
    Decided,
}

/// What a procedure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A card, or a household that is to get one.
    Household(HouseholdId),
    /// The village of the submission.
    Village,
    /// The county.
    County,
}

impl Round {
    /// A round before its first step.
    pub(crate) fn new(procedure: Procedure) -> Self {
        Self { procedure, steps: Vec::new(), end: None }
    }

    /// Whether it is under way.
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        self.place_after(self.steps.len())
    }

    /// Where it stood before its last step.
    pub(super) fn place_before_last(&self) -> Place {
        self.place_after(self.steps.len().saturating_sub(1))
    }

    /// Where it stands after its first `taken` steps, of which only the last may be left out.
    fn place_after(&self, taken: usize) -> Place {
        let last = self.steps.get(..taken).and_then(<[StepTaken]>::last);
        let at = last.map_or(Place::Start, |step| Place::At(step.step));
        match self.end {
            None => at,
            Some(End::Failed { .. } | End::Dropped) => Place::Start,
            Some(End::Decided { steps, .. }) if usize::from(steps) == taken => Place::Decided,
            Some(End::Decided { .. }) => at,
        }
    }

    /// The day of its first step; for a decision without steps that of the decision.
    pub fn begun(&self) -> Option<Date> {
        let decided = match self.end {
            Some(End::Decided { happened, .. }) => Some(happened),
            _ => None,
        };
        self.steps.first().map(|step| step.happened).or(decided)
    }

    /// Whether its decision, or a step that ends it, comes later than `days` after the first step.
    pub fn is_late_on(&self, happened: Date, days: Option<u32>) -> bool {
        let decided = self.steps.iter().find(|step| step.step == Step::Decision).map_or(happened, |step| step.happened);
        let waited = self.begun().map_or(0, |begun| decided.days_since(begun));
        days.is_some_and(|days| i64::from(waited) > i64::from(days))
    }
}

impl StepTaken {
    /// The earliest day on which anything may follow it: that of the step itself, or the first one after a publicity.
    pub fn followed_from(&self) -> Date {
        self.until.map_or(self.happened, |until| until.plus_days(1))
    }
}

impl Subject {
    /// Its rounds, as far as there is such a thing.
    pub(crate) fn rounds<'s>(self, store: &'s impl Store, entry: &Entry) -> &'s [Round] {
        let area = entry.submission.area;
        let rounds = match self {
            Self::Household(id) => match store.household(area, id) {
                Some(card) => Some(&card.rounds),
                None => store.village(area).and_then(|village| village.candidates.get(&id)),
            },
            Self::Village => store.village(area).map(|village| &village.rounds),
            Self::County => store.jurisdiction().map(|jurisdiction| &jurisdiction.rounds),
        };
        rounds.map_or(&[], Vec::as_slice)
    }

    /// Changes its rounds; nothing if there is no such thing. A household without a card becomes a candidate.
    pub(crate) fn change(self, store: &mut impl Store, entry: &Entry, change: impl FnOnce(&mut Vec<Round>)) {
        let area = entry.submission.area;
        match self {
            Self::Household(id) => {
                if store.household(area, id).is_some() {
                    if let Some(card) = store.household_mut(area, id) {
                        change(&mut card.rounds);
                    }
                } else if let Some(village) = store.village_mut(area) {
                    change(village.candidates.entry(id).or_default());
                }
            }
            Self::Village => {
                if let Some(village) = store.village_mut(area) {
                    change(&mut village.rounds);
                }
            }
            Self::County => {
                if let Some(mut jurisdiction) = store.jurisdiction().cloned() {
                    change(&mut jurisdiction.rounds);
                    store.set_jurisdiction(jurisdiction);
                }
            }
        }
    }
}
