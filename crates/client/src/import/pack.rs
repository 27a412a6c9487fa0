//! Packs events into submissions, each for one village and of limited size.

use super::limits::{REPORT_BYTES_MAX, REPORT_EVENTS_MAX};
use crate::compose::{ENTRY_OVERHEAD_BYTES_MAX, Report, TAG_BYTES_MAX, tag_count};
use lika_domain::area::Area;
use lika_domain::reason::WARNED_MAX;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};

/// Longest submission without its events, in bytes.
const HEADER_BYTES_MAX: usize = 320;

/// A submission to be composed, and the drafts of its events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Planned {
    /// The content to compose.
    pub(super) report: Report,
    /// For each event the position of its draft.
    pub(super) drafts: Vec<usize>,
}

/// One event with its draft and its data keys.
pub(super) struct Item {
    pub(super) area: Area,
    pub(super) event: Event,
    pub(super) draft: usize,
    pub(super) keys: Vec<v1::DataKey>,
    /// Warnings about the event, each with why the official goes on.
    pub(super) warned: Vec<(&'static str, String)>,
}

/// An event of one of the services.
pub(super) enum Event {
    Household(v1::HouseholdEvent),
    Official(v1::OfficialEvent),
    Aid(v1::AidEvent),
}

/// Packs events in their order; the events of a village keep theirs.
pub(super) fn pack(items: Vec<Item>) -> Vec<Planned> {
    let mut villages: BTreeMap<Area, Vec<Planned>> = BTreeMap::new();
    let mut sizes: BTreeMap<Area, usize> = BTreeMap::new();
    for item in items {
        let bytes = item.bytes();
        let planned = villages.entry(item.area).or_default();
        let size = sizes.entry(item.area).or_insert(0);
        match planned.last_mut() {
            Some(last) if last.has_room(&item) && *size + bytes <= REPORT_BYTES_MAX => {
                *size += bytes;
                item.add_to(last);
            }
            _ => {
                *size = overhead() + bytes;
                planned.push(item.into_planned());
            }
        }
    }
    villages.into_values().flatten().collect()
}

impl Planned {
    fn has_room(&self, item: &Item) -> bool {
        self.drafts.len() < REPORT_EVENTS_MAX && self.report.warned.len() + item.warned.len() <= WARNED_MAX
    }

    /// The same without some of its events.
    pub(super) fn without(mut self, bad: &BTreeSet<usize>) -> Self {
        fn left<T>(list: Vec<T>, bad: &BTreeSet<usize>) -> Vec<T> {
            (0..).zip(list).filter(|(place, _)| !bad.contains(place)).map(|(_, one)| one).collect()
        }
        match &mut self.report.events {
            Events::Households(list) => list.events = left(std::mem::take(&mut list.events), bad),
            Events::Officials(list) => list.events = left(std::mem::take(&mut list.events), bad),
            Events::Aid(list) => list.events = left(std::mem::take(&mut list.events), bad),
        }
        self.drafts = left(self.drafts, bad);
        self
    }
}

/// Warnings about the event of that number.
fn warned_of(warned: Vec<(&'static str, String)>, event: usize) -> Vec<v1::Warned> {
    let event = u32::try_from(event).unwrap_or(u32::MAX);
    warned.into_iter().map(|(warning, reason)| v1::Warned { warning: warning.into(), event, reason }).collect()
}

impl Item {
    /// The only event of a report.
    pub(super) fn of(report: Report, draft: usize, warned: Vec<(&'static str, String)>) -> Option<Self> {
        let event = match report.events {
            Events::Households(mut list) => list.events.pop().map(Event::Household),
            Events::Officials(mut list) => list.events.pop().map(Event::Official),
            Events::Aid(mut list) => list.events.pop().map(Event::Aid),
        };
        event.map(|event| Self { area: report.area, event, draft, keys: report.keys, warned })
    }

    /// Bytes that it adds to an entry of the log.
    fn bytes(&self) -> usize {
        // Field number and length before the event.
        const FRAME: usize = 4;
        let event = match &self.event {
            Event::Household(event) => {
                let list = Events::Households(v1::HouseholdEvents { events: vec![event.clone()] });
                event.encoded_len() + tag_count(&list) * TAG_BYTES_MAX
            }
            Event::Official(event) => event.encoded_len(),
            Event::Aid(event) => event.encoded_len(),
        };
        // The code, the number of the event and three lengths.
        let warned = self.warned.iter().map(|(code, reason)| code.len() + reason.len() + 3 * FRAME);
        event + FRAME + warned.sum::<usize>()
    }

    fn into_planned(self) -> Planned {
        let events = match self.event {
            Event::Household(event) => Events::Households(v1::HouseholdEvents { events: vec![event] }),
            Event::Official(event) => Events::Officials(v1::OfficialEvents { events: vec![event] }),
            Event::Aid(event) => Events::Aid(v1::AidEvents { events: vec![event] }),
        };
        let warned = warned_of(self.warned, 0);
        Planned { report: Report { area: self.area, events, keys: self.keys, warned }, drafts: vec![self.draft] }
    }

    /// Items of one table are all of one service, so the kinds always match.
    fn add_to(self, planned: &mut Planned) {
        match (&mut planned.report.events, self.event) {
            (Events::Households(list), Event::Household(event)) => list.events.push(event),
            (Events::Officials(list), Event::Official(event)) => list.events.push(event),
            (Events::Aid(list), Event::Aid(event)) => list.events.push(event),
            _ => return,
        }
        planned.report.keys.extend(self.keys);
        planned.report.warned.extend(warned_of(self.warned, planned.drafts.len()));
        planned.drafts.push(self.draft);
    }
}

fn overhead() -> usize {
    HEADER_BYTES_MAX + ENTRY_OVERHEAD_BYTES_MAX
}
