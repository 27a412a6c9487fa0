//! One thing in the outbox, as the command line and the desk show it.

use super::drafts::KeptDraft;
use super::notes::Note;
use super::submission::Pending;
use crate::plain::snake;
use crate::problem::Problem;
use lika_domain::catalogue;
use lika_domain::describe::Event;
use lika_domain::ids::{HouseholdId, KeyId};
use lika_domain::submission::{Events, Submission};
use lika_proto::convert;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What has become of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is not signed yet.
    Draft,
    /// It is signed and waits to be sent.
    Queued,
    /// It is being sent.
    Sending,
    /// The log refused it, and will refuse it again until it is corrected.
    NeedsCorrection,
    /// The log refused it because of what is recorded.
    Conflict,
    /// It cannot be sent as it is: its key was revoked, or its file is damaged.
    Quarantined,
    /// The official gave it up; it is kept.
    Discarded,
    /// It is in the log, and the receipt is here.
    Receipted,
}

/// A kind of event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventName {
    /// Name as in the proto files.
    pub name: String,
    /// Label in Chinese.
    pub zh: String,
    /// Label in English.
    pub en: String,
}

/// A draft or a submission in the outbox. What cannot be read of it is empty or `None`. Times are in seconds since
/// 1970-01-01 UTC, by this device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id, 32 hexadecimal digits; for a file that cannot be read, the name of the file.
    pub id: String,
    /// Its state.
    pub state: State,
    /// The kinds of its events, each once, in their order.
    pub kinds: Vec<EventName>,
    /// How many events it has.
    pub events: usize,
    /// Households it concerns, each once.
    pub households: Vec<String>,
    /// Its village, township or county: the shortest prefix of the division code.
    pub area: Option<String>,
    /// The log it is for.
    pub origin: Option<String>,
    /// The official who signed it.
    pub author: Option<String>,
    /// Id of the key that signed it.
    pub key: Option<String>,
    /// Name of that key, if it is on this device.
    pub key_name: Option<String>,
    /// Its number among those of the key.
    pub sequence: Option<u64>,
    /// When it was composed; of a draft, when it was saved.
    pub composed_at_s: Option<u64>,
    /// Position of its entry in the log.
    pub index: Option<u64>,
    /// How often it was sent.
    pub tries: u32,
    /// When it was last sent.
    pub last_tried_s: Option<u64>,
    /// When it was last written to a file for another machine.
    pub exported_at_s: Option<u64>,
    /// It has no receipt, but may be in the log: an answer got lost, or another machine has it.
    pub may_be_recorded: bool,
    /// HTTP status of the last refusal, otherwise 0.
    pub status: u32,
    /// The last errors, the first one first; empty if there is none.
    pub problems: Vec<Problem>,
    /// Why it was discarded.
    pub reason: Option<String>,
}

impl State {
    /// Every state, in the order of the list.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Queued,
        Self::Sending,
        Self::NeedsCorrection,
        Self::Conflict,
        Self::Quarantined,
        Self::Discarded,
        Self::Receipted,
    ];

    /// Its name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What it is called in Chinese.
    pub fn zh(self) -> &'static str {
        self.words().1
    }

    /// What it is called in English.
    pub fn en(self) -> &'static str {
        self.words().2
    }

    /// Whether it waits to be sent, or is being sent.
    pub fn is_queued(self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }

    /// Whether something is left to do: everything but what is recorded or given up.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Receipted | Self::Discarded)
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "草稿", "draft"),
            Self::Queued => ("queued", "待发", "queued"),
            Self::Sending => ("sending", "发送中", "sending"),
            Self::NeedsCorrection => ("needs_correction", "需更正", "needs correction"),
            Self::Conflict => ("conflict", "冲突", "conflict"),
            Self::Quarantined => ("quarantined", "隔离", "quarantined"),
            Self::Discarded => ("discarded", "已放弃", "discarded"),
            Self::Receipted => ("receipted", "已受理", "receipted"),
        }
    }
}

impl Item {
    /// The last error; `None` if there is none.
    pub fn error(&self) -> Option<&Problem> {
        self.problems.first()
    }

    /// Its age in seconds at a time of this device's clock.
    pub fn age_s(&self, now_s: u64) -> Option<u64> {
        self.composed_at_s.map(|composed| now_s.saturating_sub(composed))
    }
}

impl Item {
    pub(super) fn named(id: &str, state: State, note: Note) -> Self {
        Self {
            id: id.to_owned(),
            state,
            kinds: Vec::new(),
            events: 0,
            households: Vec::new(),
            area: None,
            origin: None,
            author: None,
            key: None,
            key_name: None,
            sequence: None,
            composed_at_s: None,
            index: None,
            tries: note.tries,
            last_tried_s: note.last_tried_s,
            exported_at_s: note.exported_at_s,
            may_be_recorded: false,
            status: note.status,
            problems: note.problems,
            reason: note.reason,
        }
    }

    pub(super) fn with_pending(self, pending: &Pending, keys: &BTreeMap<KeyId, String>) -> Self {
        match convert::submission(&pending.signed.submission) {
            Ok(submission) => self.with_submission(&submission, keys),
            Err(_) => self,
        }
    }

    pub(super) fn with_submission(self, submission: &Submission, keys: &BTreeMap<KeyId, String>) -> Self {
        let (kinds, households) = contents(&submission.events);
        Self {
            kinds,
            households,
            events: submission.events.len(),
            area: Some(submission.area.prefix()),
            origin: Some(submission.origin.to_string()),
            author: Some(submission.author.to_string()),
            key: Some(submission.key.to_string()),
            key_name: keys.get(&submission.key).cloned(),
            sequence: Some(submission.sequence),
            composed_at_s: Some(submission.composed_at),
            ..self
        }
    }

    /// A draft may be incomplete: whatever can be read of it.
    pub(super) fn with_draft(self, draft: &KeptDraft) -> Self {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields = draft.report.as_object();
        let lists = fields.into_iter().flat_map(|fields| fields.values());
        let events: Vec<_> = lists.filter_map(|list| list.get("events")?.as_array()).flatten().collect();
        let names = events.iter().filter_map(|event| event.as_object()).flat_map(|event| event.keys());
        let mut households: Vec<_> = events.iter().filter_map(|event| event.get("household").map(text)).collect();
        households.sort();
        households.dedup();
        Self {
            kinds: each_once(names.filter_map(|name| catalogue::event(&snake(name)))),
            households,
            events: events.len(),
            area: draft.report.get("area").map(text),
            composed_at_s: Some(draft.saved_at_s),
            ..self
        }
    }
}

/// Kinds of events and households they concern.
fn contents(events: &Events) -> (Vec<EventName>, Vec<String>) {
    let (kinds, mut households): (Vec<EventName>, Vec<HouseholdId>) = match events {
        Events::Households(list) => (
            each_once(list.iter().map(|event| event.kind.event())),
            list.iter().filter_map(|event| event.household).collect(),
        ),
        Events::Officials(list) => (
            each_once(list.iter().map(|event| event.kind.event())),
            list.iter().filter_map(|event| event.household).collect(),
        ),
        Events::Aid(list) => (
            each_once(list.iter().map(|event| event.kind.event())),
            list.iter().filter_map(|event| event.household).collect(),
        ),
    };
    households.sort_unstable();
    households.dedup();
    (kinds, households.iter().map(ToString::to_string).collect())
}

fn each_once(events: impl Iterator<Item = &'static Event>) -> Vec<EventName> {
    let mut names: Vec<EventName> = Vec::new();
    for event in events {
        if names.iter().all(|known| known.name != event.name) {
            names.push(EventName { name: event.name.into(), zh: event.zh.into(), en: event.en.into() });
        }
    }
    names
}
