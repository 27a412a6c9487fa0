//! Reports before they become entries, and those that every log begins with.

use crate::county::{
    ADMINISTRATOR, AUDITOR, COUNTY, COUNTY_DEPUTY, COUNTY_NAME, COUNTY_OFFICER, FINANCE, HOUSEHOLD, ORIGIN,
    RESPONSIBLE, TODAY, TOWNSHIP, TOWNSHIP_OFFICER, VILLAGE, VILLAGE_OFFICER, area, date, household, member_no,
    official,
};
use crate::facts::{
    enrolled, facts, family, household_event, key_enrolled, official_event, public_key, village_event,
};
use lika_domain::area::Area;
use lika_domain::household::{HouseholdEvent, HouseholdKind, HouseholdRegistered};
use lika_domain::ids::{KeyId, SubmissionId, Tag};
use lika_domain::official::{JurisdictionOpened, Mode, OfficialEvent, OfficialKind, Role};
use lika_domain::policy::{PolicyItem, PolicySet, PolicyValue};
use lika_domain::procedure::Procedure;
use lika_domain::state::State;
use lika_domain::submission::{Entry, EntryHeader, Events, PersonTag, SubmissionHeader};
use lika_domain::village::VillageRegistered;

/// One submission to be recorded.
#[derive(Clone, Debug)]
pub struct Report {
    /// The signer, with the key of the same number.
    pub author: u32,
    /// The area concerned.
    pub area: Area,
    /// The events.
    pub events: Events,
    /// Keyed hashes of citizen IDs: household, member, and a byte that represents the ID.
    pub tags: Vec<(u64, u32, u8)>,
    /// The day of recording, yyyymmdd.
    pub recorded: u32,
    /// A last change to the entry before it is judged, for entries that no honest recorder would build.
    pub twist: Option<fn(&mut Entry)>,
}

impl Report {
    /// A report on [`VILLAGE`], recorded on [`TODAY`].
    pub fn new(author: u32, events: Events) -> Self {
        Self { author, area: area(VILLAGE), events, tags: Vec::new(), recorded: TODAY, twist: None }
    }

    /// Events of the households service, by [`VILLAGE_OFFICER`] on [`VILLAGE`].
    pub fn households(events: impl Into<Vec<HouseholdEvent>>) -> Self {
        Self::new(VILLAGE_OFFICER, Events::Households(events.into()))
    }

    /// Events of the officials service, by [`ADMINISTRATOR`] on the county.
    pub fn officials(events: impl Into<Vec<OfficialEvent>>) -> Self {
        Self::new(ADMINISTRATOR, Events::Officials(events.into())).on(COUNTY)
    }

    /// The same by another author.
    pub fn by(mut self, author: u32) -> Self {
        self.author = author;
        self
    }

    /// The same on another area.
    pub fn on(mut self, text: &str) -> Self {
        self.area = area(text);
        self
    }

    /// The same with keyed hashes: household, member, and a byte that represents the citizen ID.
    pub fn tagged(mut self, tags: &[(u64, u32, u8)]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// The same recorded on another day, yyyymmdd.
    pub fn recorded(mut self, yyyymmdd: u32) -> Self {
        self.recorded = yyyymmdd;
        self
    }

    /// The same with a last change to the entry.
    pub fn twisted(mut self, twist: fn(&mut Entry)) -> Self {
        self.twist = Some(twist);
        self
    }

    /// The entry that an honest device and recorder would make of it, then twisted.
    pub fn entry(&self, state: &State) -> Entry {
        let index = state.applied;
        let key = KeyId(u64::from(self.author));
        let device = state.keys.get(&key);
        // Within a day, later entries are later by a millisecond each.
        let recorded_at = date(self.recorded).start_unix_ms().saturating_add(index);
        let submission = SubmissionHeader {
            id: SubmissionId((u128::from(index) + 1).to_be_bytes()),
            origin: ORIGIN.into(),
            area: self.area,
            author: official(self.author),
            key,
            sequence: device.map_or(0, |key| key.sequence).saturating_add(1),
            previous: device.and_then(|key| key.previous),
            composed_at: recorded_at / 1000,
        };
        let tags = self.tags.iter().map(|(home, no, byte)| PersonTag {
            person: household(*home).person(member_no(*no)),
            tag: Tag([*byte; 16]),
        });
        let hash = [u8::try_from(index % 251).unwrap(); 32];
        let header = EntryHeader { index, submission, hash, recorded_at, basis: index, tags: tags.collect() };
        let mut entry = Entry { header, events: self.events.clone() };
        if let Some(twist) = self.twist {
            twist(&mut entry);
        }
        entry
    }
}

/// Entry 0.
pub fn opening() -> Report {
    opening_of(COUNTY)
}

/// Entry 0 of a log of that area.
pub fn opening_of(place: &str) -> Report {
    let opened = JurisdictionOpened {
        origin: ORIGIN.into(),
        area: area(place),
        name: COUNTY_NAME.into(),
        mode: Mode::Testing,
        public_key: public_key(ADMINISTRATOR),
        unit: "county office".into(),
        post: "administrator".into(),
        sealed: Some(1),
    };
    let opened = OfficialKind::JurisdictionOpened(Box::new(opened));
    Report::officials([official_event(20_140_101, ADMINISTRATOR, opened)]).on(place)
}

/// Whether decisions need the steps of their procedures, from a day on.
pub fn steps_required(effective: u32, required: bool) -> Report {
    let values = Procedure::ALL.iter().map(|procedure| PolicyValue::StepsRequired { procedure: *procedure, required });
    policy(effective, values.collect())
}

/// Parameters of the county from a day on.
pub fn policy(effective: u32, values: Vec<PolicyValue>) -> Report {
    let item = |value| PolicyItem { area: area(COUNTY), source: "test".into(), unconfirmed: false, value };
    let set = PolicySet { effective: date(effective), items: values.into_iter().map(item).collect() };
    Report::households([village_event(20_140_102, HouseholdKind::PolicySet(set))]).by(ADMINISTRATOR).on(COUNTY)
}

/// An official of every other role, each with a key.
pub(super) fn enrolments() -> Report {
    let officials = [
        (COUNTY_OFFICER, Role::CountyOfficer, COUNTY),
        (TOWNSHIP_OFFICER, Role::TownshipOfficer, TOWNSHIP),
        (VILLAGE_OFFICER, Role::VillageOfficer, VILLAGE),
        (RESPONSIBLE, Role::Responsible, VILLAGE),
        (FINANCE, Role::Finance, COUNTY),
        (AUDITOR, Role::Auditor, COUNTY),
        (COUNTY_DEPUTY, Role::CountyOfficer, COUNTY),
    ];
    let events = officials.into_iter().flat_map(|(number, role, place)| {
        [
            official_event(20_140_101, number, enrolled(role, place)),
            official_event(20_140_101, number, key_enrolled(number)),
        ]
    });
    Report::officials(events.collect::<Vec<_>>())
}

/// [`VILLAGE`].
pub(super) fn village_registration() -> Report {
    let village = VillageRegistered { name: "Lianhua".into(), poor: true, rural_households: 200, rural_persons: 600 };
    Report::households([village_event(20_140_101, HouseholdKind::VillageRegistered(village))]).by(ADMINISTRATOR)
}

/// [`HOUSEHOLD`], registered on 2014-03-01: head 1, spouse 2, child 3.
pub(super) fn household_registration() -> Report {
    let registered = HouseholdRegistered { facts: facts(), members: family() };
    let kind = HouseholdKind::HouseholdRegistered(Box::new(registered));
    let tags = [(HOUSEHOLD, 1, 1), (HOUSEHOLD, 2, 2), (HOUSEHOLD, 3, 3)];
    Report::households([household_event(20_140_301, HOUSEHOLD, kind)]).tagged(&tags)
}
