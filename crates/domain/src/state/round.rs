//! A round: one run of a procedure, as the state keeps it.

use crate::facts::date::Date;
use crate::facts::ids::{Index, OfficialId};
use crate::facts::procedure::{Outcome, Place, Procedure, Step};

use borsh::{BorshDeserialize, BorshSerialize};

/// One run of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Round {
    /// The procedure.
    pub procedure: Procedure,
    /// Its steps in order, including those after the decision; none if the decision came without steps.
    pub steps: Vec<StepTaken>,
    /// How it ended; `None` while it is under way.
    pub end: Option<End>,
}

/// A step, as far as the state needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StepTaken {
    /// The step.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// The day.
    pub happened: Date,
    /// Last day of a publicity.
    pub until: Option<Date>,
    /// The official who recorded it.
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
    /// The card was closed, the round's subject was settled in another way, or its decision was taken back.
    Dropped,
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

    /// The place that it is at.
    pub fn place(&self) -> Place {
        self.place_after(self.steps.len())
    }

    /// The place before its last step.
    pub(crate) fn place_before_last(&self) -> Place {
        self.place_after(self.steps.len().saturating_sub(1))
    }

    /// The place after its first `taken` steps, which are all of them or all but the last.
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
        let decided =
            self.steps.iter().find(|step| step.step == Step::Decision).map_or(happened, |step| step.happened);
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
