//! Packs events into submissions, each for one village and of limited size.

use super::problem::RowProblem;
use super::{REPORT_BYTES_MAX, REPORT_EVENTS_MAX};
use crate::compose::{ENTRY_OVERHEAD_BYTES_MAX, Report, TAG_BYTES_MAX, tag_count};
use lika_domain::area::Area;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use prost::Message;
use std::collections::BTreeMap;

/// Longest submission without its events, in bytes.
const HEADER_BYTES_MAX: usize = 320;

/// A submission to be composed, and the rows it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The content to compose.
    pub report: Report,
    /// The rows of each event.
    pub rows: Vec<Vec<usize>>,
}

/// One event with its rows and data keys.
pub(super) struct Item {
    pub(super) area: Area,
    pub(super) event: Event,
    pub(super) rows: Vec<usize>,
    pub(super) keys: Vec<v1::DataKey>,
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
            Some(last) if last.rows.len() < REPORT_EVENTS_MAX && *size + bytes <= REPORT_BYTES_MAX => {
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

impl Item {
    /// Whether it fits into a submission.
    pub(super) fn fits(&self) -> bool {
        overhead() + self.bytes() <= REPORT_BYTES_MAX
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
        event + FRAME
    }

    fn into_planned(self) -> Planned {
        let events = match self.event {
            Event::Household(event) => Events::Households(v1::HouseholdEvents { events: vec![event] }),
            Event::Official(event) => Events::Officials(v1::OfficialEvents { events: vec![event] }),
            Event::Aid(event) => Events::Aid(v1::AidEvents { events: vec![event] }),
        };
        Planned {
            report: Report { area: self.area, events, keys: self.keys, warned: Vec::new() },
            rows: vec![self.rows],
        }
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
        planned.rows.push(self.rows);
    }
}

impl Planned {
    /// Removes the events that the log refused, mapping the refusals to their rows. If the refusal does not name
    /// single events, nothing is left.
    pub fn without(mut self, refusal: &v1::Refusal) -> (Option<Self>, Vec<RowProblem>) {
        let rows_of = |event: Option<u32>| match event.and_then(|event| usize::try_from(event).ok()) {
            Some(event) => self.rows.get(event).cloned().unwrap_or_default(),
            None => self.rows.concat(),
        };
        let first = |problem: &v1::Problem| rows_of(problem.event).into_iter().min().unwrap_or(0);
        let problems = refusal.problems.iter().map(|problem| RowProblem::of_log(first(problem), problem)).collect();
        let bad =
            |number: usize| refusal.problems.iter().any(|p| p.event.is_some_and(|event| event as usize == number));
        let whole = refusal.problems.iter().any(|problem| problem.event.is_none());
        let keep: Vec<bool> = (0..self.rows.len()).map(|number| !whole && !bad(number)).collect();
        if !keep.contains(&true) || !keep.contains(&false) {
            return (None, problems);
        }
        match &mut self.report.events {
            Events::Households(list) => retain(&mut list.events, &keep),
            Events::Officials(list) => retain(&mut list.events, &keep),
            Events::Aid(list) => retain(&mut list.events, &keep),
        }
        retain(&mut self.rows, &keep);
        self.report.keys = keys_in_use(&self.report);
        (Some(self), problems)
    }
}

fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    list.retain(|_| keep.next().copied().unwrap_or(false));
}

/// The vault needs no keys of households that are not registered.
fn keys_in_use(report: &Report) -> Vec<v1::DataKey> {
    let Events::Households(list) = &report.events else { return report.keys.clone() };
    let used = |key: &&v1::DataKey| list.events.iter().any(|event| event.household == key.subject);
    report.keys.iter().filter(used).cloned().collect()
}

fn overhead() -> usize {
    HEADER_BYTES_MAX + ENTRY_OVERHEAD_BYTES_MAX
}
