//! What is to be submitted, moment by moment.

use super::planted::Kind;
use lika_client::Signer;
use lika_domain::area::Area;
use lika_domain::ids::OfficialId;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use prost::Message;
use std::collections::BTreeMap;

/// Most events the demonstration puts into one submission. The log takes ten times as many; people report less at once.
const BATCH_EVENTS_MAX: usize = 100;
/// A submission takes no further event once it has so many bytes, so that with its tags it stays below what an entry
/// can hold.
const BATCH_BYTES_FULL: usize = 40_000;

/// Everything that is recorded at one moment. Submissions of one author keep their order; those of different authors
/// do not rest on each other and may be sent side by side. Whatever comes later may rest on all of it.
#[derive(Debug)]
pub struct Tick {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// Devices that begin to report; authors are numbered in the order in which they begin.
    pub devices: Vec<NewDevice>,
    /// What is submitted, in order.
    pub submissions: Vec<Planned>,
    /// What is tried after all of that, and must be refused.
    pub probes: Vec<Probe>,
}

/// A submission of one event that must be refused. It leaves no trace in the log or on the device.
#[derive(Debug)]
pub struct Probe {
    /// Number of the author's device.
    pub author: usize,
    /// What it concerns.
    pub area: Area,
    /// Its event.
    pub event: Event,
    /// Why it must be refused: the code of that name.
    pub expected: Kind,
}

/// An official's device.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Whose.
    pub official: OfficialId,
    /// Its key.
    pub signer: Signer,
}

/// One submission before it is signed.
#[derive(Debug)]
pub struct Planned {
    /// Its number among all, from 0.
    pub number: usize,
    /// Number of the author's device.
    pub author: usize,
    /// What it concerns.
    pub area: Area,
    /// Its events.
    pub events: Events,
    /// Data keys for the vault.
    pub keys: Vec<v1::DataKey>,
    /// Which of its events put right which earlier ones.
    pub corrects: Vec<(usize, Target)>,
    bytes: usize,
}

/// Names an event by the number of its submission, until the receipt tells its entry.
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

/// Gathers events into submissions: one for each author, area and service, and another when it is full.
#[derive(Default)]
pub(crate) struct Desk {
    open: BTreeMap<(usize, Area, u8), usize>,
    submissions: Vec<Planned>,
    taken: usize,
}

impl Planned {
    /// How many events it has.
    pub fn len(&self) -> usize {
        match &self.events {
            Events::Households(list) => list.events.len(),
            Events::Officials(list) => list.events.len(),
            Events::Aid(list) => list.events.len(),
        }
    }

    /// Writes in which entry each event stands that an event of this submission puts right. `entry_of` knows it by the
    /// number of the submission; the correction of one it does not know is left without a reference.
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
            // A batch is looked up by the service of the event.
            _ => {}
        }
    }
}

impl Probe {
    /// Its events as a submission holds them.
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
    /// Puts an event into the author's submission for the area.
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

    /// Closes what was gathered.
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
