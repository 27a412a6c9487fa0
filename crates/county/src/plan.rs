//! Submissions to be made, tick by tick.

use super::planted::Kind;
use lika_client::Signer;
use lika_domain::area::Area;
use lika_domain::ids::OfficialId;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use prost::Message;
use std::collections::BTreeMap;

/// Most events in one submission. The log allows ten times as many, but people report fewer at once.
const BATCH_EVENTS_MAX: usize = 100;
/// A submission of this many bytes takes no further event, so that with its tags it fits into an entry.
const BATCH_BYTES_FULL: usize = 40_000;

/// Everything recorded at one moment. Submissions of one author keep their order; those of different authors do not
/// depend on each other and may be sent concurrently. Later ticks may depend on all of them.
#[derive(Debug)]
pub struct Tick {
    /// Time, in milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// New devices; authors are numbered in the order of their devices.
    pub devices: Vec<NewDevice>,
    /// Submissions, in order.
    pub submissions: Vec<Planned>,
    /// Attempts made after them, all of which must be refused.
    pub probes: Vec<Probe>,
}

/// A submission of one event that must be refused. It changes neither the log nor the device.
#[derive(Debug)]
pub struct Probe {
    /// Number of the author's device.
    pub author: usize,
    /// Its area.
    pub area: Area,
    /// Its event.
    pub event: Event,
    /// The code it must be refused with.
    pub expected: Kind,
}

/// An official's device.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its official.
    pub official: OfficialId,
    /// Its key.
    pub signer: Signer,
}

/// A submission before it is signed.
#[derive(Debug)]
pub struct Planned {
    /// Its number among all submissions, from 0.
    pub number: usize,
    /// Number of the author's device.
    pub author: usize,
    /// Its area.
    pub area: Area,
    /// Its events.
    pub events: Events,
    /// Data keys for the vault.
    pub keys: Vec<v1::DataKey>,
    /// Which of its events correct which earlier ones.
    pub corrects: Vec<(usize, Target)>,
    bytes: usize,
}

/// Refers to an event by the number of its submission, until the receipt tells the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Number of the submission.
    pub submission: usize,
    /// Number of the event in it.
    pub event: u32,
}

/// An event of any service.
#[derive(Debug)]
pub enum Event {
    /// Of the households service.
    Household(v1::HouseholdEvent),
    /// Of the officials service.
    Official(v1::OfficialEvent),
    /// Of the aid service.
    Aid(v1::AidEvent),
}

/// Gathers events into submissions: one for each author, area and service, and a further one when it is full.
#[derive(Default)]
pub(crate) struct Desk {
    open: BTreeMap<(usize, Area, u8), usize>,
    submissions: Vec<Planned>,
    taken: usize,
}

impl Planned {
    /// Number of events.
    pub fn len(&self) -> usize {
        match &self.events {
            Events::Households(list) => list.events.len(),
            Events::Officials(list) => list.events.len(),
            Events::Aid(list) => list.events.len(),
        }
    }

    /// Writes the entries of corrected events into this submission. `entry_of` gives the entry of a submission by its
    /// number; a correction whose entry is unknown stays without a reference.
    pub fn resolve(&mut self, entry_of: impl Fn(usize) -> Option<u64>) {
        for (event, target) in std::mem::take(&mut self.corrects) {
            let Some(entry) = entry_of(target.submission) else { continue };
            let reference = v1::EventRef { entry, event: target.event };
            let place = match &mut self.events {
                Events::Households(list) => list.events.get_mut(event).map(|event| &mut event.corrects),
                Events::Officials(list) => list.events.get_mut(event).map(|event| &mut event.corrects),
                Events::Aid(list) => list.events.get_mut(event).map(|event| &mut event.corrects),
            };
            if let Some(place) = place {
                *place = Some(reference);
            }
        }
    }

    fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES_FULL || self.len() >= BATCH_EVENTS_MAX
    }

    fn push(&mut self, event: Event) {
        match (&mut self.events, event) {
            (Events::Households(list), Event::Household(event)) => list.events.push(event),
            (Events::Officials(list), Event::Official(event)) => list.events.push(event),
            (Events::Aid(list), Event::Aid(event)) => list.events.push(event),
            // Events are grouped by service, so this does not happen.
            _ => {}
        }
    }
}

impl Probe {
    /// Its events in the form of a submission.
    pub fn events(self) -> Events {
        match self.event {
            Event::Household(event) => Events::Households(v1::HouseholdEvents { events: vec![event] }),
            Event::Official(event) => Events::Officials(v1::OfficialEvents { events: vec![event] }),
            Event::Aid(event) => Events::Aid(v1::AidEvents { events: vec![event] }),
        }
    }
}

impl Event {
    fn service(&self) -> u8 {
        match self {
            Self::Household(_) => 0,
            Self::Official(_) => 1,
            Self::Aid(_) => 2,
        }
    }

    fn encoded_len(&self) -> usize {
        match self {
            Self::Household(event) => event.encoded_len(),
            Self::Official(event) => event.encoded_len(),
            Self::Aid(event) => event.encoded_len(),
        }
    }
}

impl Desk {
    /// Adds an event to the author's submission for the area.
    pub(crate) fn put(
        &mut self,
        author: usize,
        area: Area,
        event: Event,
        corrects: Option<Target>,
        key: Option<v1::DataKey>,
    ) -> Target {
        let batch = self.batch(author, area, &event);
        let position = batch.len();
        batch.bytes += event.encoded_len();
        batch.keys.extend(key);
        batch.corrects.extend(corrects.map(|target| (position, target)));
        batch.push(event);
        Target { submission: batch.number, event: u32::try_from(position).unwrap_or(u32::MAX) }
    }

    /// Closes the submissions gathered.
    pub(crate) fn take(&mut self) -> Vec<Planned> {
        self.open.clear();
        self.taken += self.submissions.len();
        std::mem::take(&mut self.submissions)
    }

    fn batch(&mut self, author: usize, area: Area, event: &Event) -> &mut Planned {
        let place = (author, area, event.service());
        let open = self.open.get(&place).copied().filter(|n| self.submissions.get(*n).is_some_and(|b| !b.is_full()));
        let position = open.unwrap_or_else(|| {
            let number = self.taken + self.submissions.len();
            let events = match event {
                Event::Household(_) => Events::Households(v1::HouseholdEvents::default()),
                Event::Official(_) => Events::Officials(v1::OfficialEvents::default()),
                Event::Aid(_) => Events::Aid(v1::AidEvents::default()),
            };
            let (keys, corrects) = (Vec::new(), Vec::new());
            self.submissions.push(Planned { number, author, area, events, keys, corrects, bytes: 0 });
            self.open.insert(place, self.submissions.len() - 1);
            self.submissions.len() - 1
        });
        &mut self.submissions[position]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(day: u32) -> Event {
        Event::Official(v1::OfficialEvent { happened: day, ..Default::default() })
    }

    #[test]
    fn events_are_gathered_by_author_area_and_service() {
        let (mut desk, village) = (Desk::default(), "130624100200".parse().unwrap());
        let first = desk.put(0, village, visit(1), None, None);
        let other = desk.put(1, village, visit(2), None, None);
        let second = desk.put(0, village, visit(3), Some(first), None);
        assert_eq!([first, other, second].map(|target| (target.submission, target.event)), [(0, 0), (1, 0), (0, 1)]);
        let mut taken = desk.take();
        taken[0].resolve(|submission| (submission == 0).then_some(77));
        let Events::Officials(list) = &taken[0].events else { panic!("another service") };
        assert_eq!(list.events[1].corrects, Some(v1::EventRef { entry: 77, event: 0 }));
        assert_eq!(desk.put(0, village, visit(4), None, None).submission, 2);
    }

    #[test]
    fn a_full_submission_is_followed_by_another() {
        let (mut desk, village) = (Desk::default(), "130624100200".parse().unwrap());
        for day in 0..250 {
            desk.put(0, village, visit(day), None, None);
        }
        assert_eq!(desk.take().iter().map(Planned::len).collect::<Vec<_>>(), [100, 100, 50]);
    }
}
