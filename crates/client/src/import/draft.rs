//! An event made from rows, before its personal data is sealed.

use super::differing::Difference;
use super::known::Hash;
use lika_domain::area::Area;
use lika_domain::ids::{EventRef, HouseholdId};
use serde_json::{Map, Value, json};

/// One event with its rows.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) village: Area,
    /// The household: its number, or its name in the table if it is being registered.
    pub(super) label: String,
    /// Its number, as far as it is known before it is sent.
    pub(super) household: Option<HouseholdId>,
    /// Its rows; those of a registration are in the order of the members.
    pub(super) rows: Vec<usize>,
    /// In the form of a report's file; without the household's number if that is still to be drawn.
    pub(super) event: Map<String, Value>,
    /// What it is about: the same in another table for the same household, year, delivery.
    pub(super) key: Hash,
    /// What it says of it.
    pub(super) content: Hash,
    /// The persons it registers.
    pub(super) people: Vec<Hash>,
    pub(super) state: State,
    /// What it states otherwise than the register.
    pub(super) differences: Vec<Difference>,
    /// The event of the register that states the same thing.
    pub(super) corrects: Option<EventRef>,
    /// Warnings about it, each with why the official goes on.
    pub(super) warned: Vec<(&'static str, String)>,
}

impl Draft {
    /// The report of this event alone, in the form of a file, for that household.
    pub(super) fn file(&self, service: &str, household: Value) -> Map<String, Value> {
        let mut event = self.event.clone();
        event.insert("household".to_owned(), household);
        let mut file = Map::new();
        file.insert("area".to_owned(), self.village.to_string().into());
        file.insert(service.to_owned(), json!({ "events": [Value::Object(event)] }));
        file
    }
}

/// What has become of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It was never sent from here.
    New,
    /// It waits in the outbox.
    Waiting,
    /// It is in the log.
    Unchanged,
    /// Something else was sent of the same thing.
    Changed,
    /// The same thing stands in another row, or in the register.
    Duplicate,
    /// Its rows have problems.
    Refused,
}

impl State {
    /// Every state, in the order of a plan.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Waiting, Self::Unchanged, Self::Changed, Self::Duplicate, Self::Refused];

    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
        }
    }

    /// Its Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::New => "新增",
            Self::Waiting => "待发",
            Self::Unchanged => "未变",
            Self::Changed => "有变",
            Self::Duplicate => "重复",
            Self::Refused => "有误",
        }
    }
}
