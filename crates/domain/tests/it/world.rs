//! A log for tests: a county with an official of every role, a poor village and a household of three.

use lika_domain::admit::admit;
use lika_domain::area::Area;
use lika_domain::date::{Date, Month};
use lika_domain::evolve::{evolve, replay};
use lika_domain::household::{
    Attribute, Cause, Facts, HouseholdEvent, HouseholdKind, HouseholdRegistered, Standard, Status,
};
use lika_domain::ids::{HouseholdId, KeyId, MemberNo, OfficialId, SubmissionId, Tag};
use lika_domain::member::{Health, Labour, Member, Relation, Sex};
use lika_domain::official::{
    JurisdictionOpened, KeyEnrolled, Mode, OfficialEnrolled, OfficialEvent, OfficialKind, PublicKey, Role,
};
use lika_domain::policy::{PolicyItem, PolicySet, PolicyValue};
use lika_domain::procedure::Procedure;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::state::State;
use lika_domain::submission::EntryHeader;
use lika_domain::submission::Envelope;
use lika_domain::submission::OfficialEnvelope;
use lika_domain::submission::SubmissionHeader;
use lika_domain::submission::{Entry, Events, PersonTag, Reported};
use lika_domain::village::VillageRegistered;

/// Name of the log.
pub(crate) const ORIGIN: &str = "lika.example/130624";
/// The county.
pub(crate) const COUNTY: &str = "130624";
/// The township of both villages.
pub(crate) const TOWNSHIP: &str = "130624100";
/// The registered village.
pub(crate) const VILLAGE: &str = "130624100200";
/// A village of the county that is not registered.
pub(crate) const OTHER_VILLAGE: &str = "130624100201";

/// The household registered in [`VILLAGE`] on 2014-03-01: head 1, spouse 2, child 3.
pub(crate) const HOUSEHOLD: u64 = 1_000_000_001;
/// A household number nobody uses.
pub(crate) const NEW_HOUSEHOLD: u64 = 1_000_000_002;

/// Role: administrator of the county, who opened the log.
pub(crate) const ADMINISTRATOR: u32 = 10_000_001;
/// Role: county officer.
pub(crate) const COUNTY_OFFICER: u32 = 10_000_002;
/// Role: officer of [`TOWNSHIP`].
pub(crate) const TOWNSHIP_OFFICER: u32 = 10_000_003;
/// Role: officer of [`VILLAGE`].
pub(crate) const VILLAGE_OFFICER: u32 = 10_000_004;
/// Role: responsible official in [`VILLAGE`].
pub(crate) const RESPONSIBLE: u32 = 10_000_005;
/// Role: finance, of the county.
pub(crate) const FINANCE: u32 = 10_000_006;
/// Role: auditor, of the county.
pub(crate) const AUDITOR: u32 = 10_000_007;
/// Role: county officer, besides [`COUNTY_OFFICER`].
pub(crate) const COUNTY_DEPUTY: u32 = 10_000_008;
/// An official number nobody has.
pub(crate) const NOBODY: u32 = 10_000_099;

/// The day on which everything is recorded unless a report says otherwise.
pub(crate) const TODAY: u32 = 20_210_601;

/// A problem as a case expects it: code, number of the event, field.
pub(crate) type Expected = (Code, Option<u32>, &'static str);

/// One submission to be recorded.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The signer, with the key of the same number.
    pub(crate) author: u32,
    /// The area concerned.
    pub(crate) area: Area,
    /// The events.
    pub(crate) events: Events,
    /// Keyed hashes of citizen IDs: household, member, and a byte that represents the ID.
    pub(crate) tags: Vec<(u64, u32, u8)>,
    /// The day of recording, yyyymmdd.
    pub(crate) recorded: u32,
    /// A last change to the entry before it is judged, for entries that no honest recorder would build.
    pub(crate) twist: Option<fn(&mut Entry)>,
}

/// A row of a table: the log, the submission, and the expected problems.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The starting world: [`World::open`], or an empty log.
    pub(crate) ground: fn() -> World,
    /// Reports recorded first; all of them must be accepted.
    pub(crate) given: Vec<Report>,
    /// The submission to judge.
    pub(crate) submission: Report,
    /// Every problem in the order found; none if it is accepted.
    pub(crate) expected: Vec<Expected>,
}

/// A state and the entries that made it.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) entries: Vec<Entry>,
}

/// Records `given`, then judges the submission and compares. Returns the world after it. Decisions do not need their
/// steps.
pub(crate) fn check(given: &[Report], submission: &Report, expected: &[Expected]) -> World {
    check_on(World::lenient(), given, submission, expected)
}

/// The same on other ground.
pub(crate) fn check_on(mut world: World, given: &[Report], submission: &Report, expected: &[Expected]) -> World {
    for (number, report) in given.iter().enumerate() {
        let taken = world.take(report);
        assert!(taken.is_ok(), "given {number} was refused: {}", taken.unwrap_err());
    }
    let found: Vec<Expected> = match world.take(submission) {
        Ok(()) => Vec::new(),
        Err(rejection) => rejection.problems.into_iter().map(|p| (p.code, p.event, name(p.field))).collect(),
    };
    assert_eq!(found, expected);
    world.check_replay();
    world
}

/// The rules name fields by constants.
fn name(field: std::borrow::Cow<'static, str>) -> &'static str {
    match field {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(other) => unreachable!("{other}"),
    }
}

/// Runs a table, naming the case that fails.
pub(crate) fn run(table: &[Case]) {
    for case in table {
        let outcome =
            std::panic::catch_unwind(|| check_on((case.ground)(), &case.given, &case.submission, &case.expected));
        assert!(outcome.is_ok(), "case: {}: {:?}", case.name, case.submission.events);
    }
}

impl Case {
    /// The submission is recorded.
    pub(crate) fn accepted(name: &'static str, given: &[Report], submission: Report) -> Self {
        Self { name, ground: World::open, given: given.to_vec(), submission, expected: Vec::new() }
    }

    /// The submission is refused for one reason: its first event's `field`.
    pub(crate) fn refused(
        name: &'static str,
        given: &[Report],
        submission: Report,
        code: Code,
        field: &'static str,
    ) -> Self {
        Self::refused_for(name, given, submission, &[(code, Some(0), field)])
    }

    /// The submission is refused for exactly these reasons.
    pub(crate) fn refused_for(
        name: &'static str,
        given: &[Report],
        submission: Report,
        expected: &[Expected],
    ) -> Self {
        Self { name, ground: World::open, given: given.to_vec(), submission, expected: expected.to_vec() }
    }

    /// The same where decisions do not need their steps.
    pub(crate) fn without_steps(mut self) -> Self {
        self.ground = World::lenient;
        self
    }

    /// The same on other ground.
    pub(crate) fn on(mut self, ground: fn() -> World) -> Self {
        self.ground = ground;
        self
    }

    /// The same on an empty log.
    pub(crate) fn on_empty_log(mut self) -> Self {
        self.ground = World::default;
        self
    }

    /// The codes it is refused with.
    pub(crate) fn codes(&self) -> impl Iterator<Item = Code> {
        self.expected.iter().map(|(code, ..)| *code)
    }

    /// The events that are judged, by name.
    pub(crate) fn events(&self) -> Vec<&'static str> {
        match &self.submission.events {
            Events::Households(events) => events.iter().map(|event| event.kind.event().name).collect(),
            Events::Officials(events) => events.iter().map(|event| event.kind.event().name).collect(),
            Events::Aid(events) => events.iter().map(|event| event.kind.event().name).collect(),
        }
    }
}

impl Report {
    /// A report on [`VILLAGE`], recorded on [`TODAY`].
    pub(crate) fn new(author: u32, events: Events) -> Self {
        Self { author, area: area(VILLAGE), events, tags: Vec::new(), recorded: TODAY, twist: None }
    }

    /// Events of the households service, by [`VILLAGE_OFFICER`] on [`VILLAGE`].
    pub(crate) fn households(events: impl Into<Vec<HouseholdEvent>>) -> Self {
        Self::new(VILLAGE_OFFICER, Events::Households(events.into()))
    }

    /// Events of the officials service, by [`ADMINISTRATOR`] on the county.
    pub(crate) fn officials(events: impl Into<Vec<OfficialEvent>>) -> Self {
        Self::new(ADMINISTRATOR, Events::Officials(events.into())).on(COUNTY)
    }

    /// The same by another author.
    pub(crate) fn by(mut self, author: u32) -> Self {
        self.author = author;
        self
    }

    /// The same on another area.
    pub(crate) fn on(mut self, text: &str) -> Self {
        self.area = area(text);
        self
    }

    /// The same with keyed hashes: household, member, and a byte that represents the citizen ID.
    pub(crate) fn tagged(mut self, tags: &[(u64, u32, u8)]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// The same recorded on another day, yyyymmdd.
    pub(crate) fn recorded(mut self, yyyymmdd: u32) -> Self {
        self.recorded = yyyymmdd;
        self
    }

    /// The same with a last change to the entry.
    pub(crate) fn twisted(mut self, twist: fn(&mut Entry)) -> Self {
        self.twist = Some(twist);
        self
    }
}

impl World {
    /// A log opened for testing, with an official of every role, each with a key, the village and the household.
    pub(crate) fn open() -> Self {
        let mut world = Self::default();
        for report in [opening(), enrolments(), village_registration(), household_registration()] {
            world.take(&report).expect("the ground that all cases stand on");
        }
        world
    }

    /// The same, where decisions do not need their steps.
    pub(crate) fn lenient() -> Self {
        let mut world = Self::open();
        world.take(&steps_required(20_140_101, false)).expect("what the county may set");
        world
    }

    /// Builds the entry, judges it and applies it.
    pub(crate) fn take(&mut self, report: &Report) -> Result<(), Rejection> {
        let entry = self.entry(report);
        admit(&self.state, &entry)?;
        evolve(&mut self.state, &entry);
        self.entries.push(entry);
        Ok(())
    }

    /// The entry that an honest device and recorder would make of a report, then twisted.
    pub(crate) fn entry(&self, report: &Report) -> Entry {
        let index = self.state.applied;
        let key = KeyId(u64::from(report.author));
        let device = self.state.keys.get(&key);
        // Within a day, later entries are later by a millisecond each.
        let recorded_at = date(report.recorded).start_unix_ms().saturating_add(index);
        let submission = SubmissionHeader {
            id: SubmissionId((u128::from(index) + 1).to_be_bytes()),
            origin: ORIGIN.into(),
            area: report.area,
            author: official(report.author),
            key,
            sequence: device.map_or(0, |key| key.sequence).saturating_add(1),
            previous: device.and_then(|key| key.previous),
            composed_at: recorded_at / 1000,
        };
        let tags = report.tags.iter().map(|(home, no, byte)| PersonTag {
            person: household(*home).person(member_no(*no)),
            tag: Tag([*byte; 16]),
        });
        let hash = [u8::try_from(index % 251).unwrap(); 32];
        let header = EntryHeader { index, submission, hash, recorded_at, basis: index, tags: tags.collect() };
        let mut entry = Entry { header, events: report.events.clone() };
        if let Some(twist) = report.twist {
            twist(&mut entry);
        }
        entry
    }

    /// A replay of the whole log gives this state and finds no void entry.
    pub(crate) fn check_replay(&self) {
        let mut state = State::default();
        for entry in &self.entries {
            replay(&mut state, entry).expect("what was admitted is admitted again");
        }
        assert_eq!(state, self.state);
    }

    /// The card of [`HOUSEHOLD`].
    pub(crate) fn card(&self) -> &lika_domain::household::Household {
        self.card_of(HOUSEHOLD)
    }

    /// A card of [`VILLAGE`].
    pub(crate) fn card_of(&self, number: u64) -> &lika_domain::household::Household {
        &self.village().households[&household(number)]
    }

    /// [`VILLAGE`].
    pub(crate) fn village(&self) -> &lika_domain::village::Village {
        &self.state.villages[&area(VILLAGE)]
    }

    /// The status of the card of [`HOUSEHOLD`].
    pub(crate) fn status(&self) -> Status {
        self.card().status
    }
}

/// Entry 0.
pub(crate) fn opening() -> Report {
    opening_of(COUNTY)
}

/// Entry 0 of a log of that area.
pub(crate) fn opening_of(place: &str) -> Report {
    let opened = JurisdictionOpened {
        origin: ORIGIN.into(),
        area: area(place),
        name: "Fuping".into(),
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
pub(crate) fn steps_required(effective: u32, required: bool) -> Report {
    let values = Procedure::ALL.iter().map(|procedure| PolicyValue::StepsRequired { procedure: *procedure, required });
    policy(effective, values.collect())
}

/// Parameters of the county from a day on.
pub(crate) fn policy(effective: u32, values: Vec<PolicyValue>) -> Report {
    let item = |value| PolicyItem { area: area(COUNTY), source: "test".into(), unconfirmed: false, value };
    let set = PolicySet { effective: date(effective), items: values.into_iter().map(item).collect() };
    Report::households([village_event(20_140_102, HouseholdKind::PolicySet(set))]).by(ADMINISTRATOR).on(COUNTY)
}

/// An official of every other role, each with a key.
fn enrolments() -> Report {
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

fn village_registration() -> Report {
    let village = VillageRegistered { name: "Lianhua".into(), poor: true, rural_households: 200, rural_persons: 600 };
    Report::households([village_event(20_140_101, HouseholdKind::VillageRegistered(village))]).by(ADMINISTRATOR)
}

fn household_registration() -> Report {
    let registered = HouseholdRegistered { facts: facts(), members: family() };
    let kind = HouseholdKind::HouseholdRegistered(Box::new(registered));
    let tags = [(HOUSEHOLD, 1, 1), (HOUSEHOLD, 2, 2), (HOUSEHOLD, 3, 3)];
    Report::households([household_event(20_140_301, HOUSEHOLD, kind)]).tagged(&tags)
}

/// Enrols an official with a role in an area.
pub(crate) fn enrolled(role: Role, place: &str) -> OfficialKind {
    OfficialKind::OfficialEnrolled(OfficialEnrolled {
        role,
        area: area(place),
        unit: "unit".into(),
        post: "post".into(),
        sealed: Some(1),
    })
}

/// Enrols the key of that number.
pub(crate) fn key_enrolled(number: u32) -> OfficialKind {
    OfficialKind::KeyEnrolled(KeyEnrolled { public_key: public_key(number), device: "tablet".into() })
}

/// The key of that number; its name is the number itself.
pub(crate) fn public_key(number: u32) -> PublicKey {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    PublicKey { id: KeyId(u64::from(number)), bytes }
}

/// An event of an official.
pub(crate) fn official_event(happened: u32, number: u32, kind: OfficialKind) -> OfficialEvent {
    OfficialEvent {
        envelope: OfficialEnvelope {
            happened: date(happened),
            official: official(number),
            household: None,
            evidence: Vec::new(),
            corrects: None,
        },
        kind,
    }
}

/// An event of the village or the jurisdiction.
pub(crate) fn village_event(happened: u32, kind: HouseholdKind) -> HouseholdEvent {
    HouseholdEvent {
        envelope: Envelope { happened: date(happened), household: None, evidence: Vec::new(), corrects: None },
        kind,
    }
}

/// An event of a household.
pub(crate) fn household_event(happened: u32, number: u64, kind: HouseholdKind) -> HouseholdEvent {
    around(village_event(happened, kind), |event| event.household = Some(household(number)))
}

/// A card's own facts.
pub(crate) fn facts() -> Facts {
    Facts {
        group: 2,
        attribute: Attribute::General,
        standard: Standard::National,
        main_cause: Cause::Illness,
        other_causes: vec![Cause::Labour],
        willing_to_relocate: false,
        sealed: Some(1),
    }
}

/// Head, spouse and child.
pub(crate) fn family() -> Vec<Member> {
    vec![
        member(1, Relation::Head, Sex::Male, 197_002),
        member(2, Relation::Spouse, Sex::Female, 197_211),
        member(3, Relation::Child, Sex::Female, 200_109),
    ]
}

/// A healthy person who does not work away from home.
pub(crate) fn member(number: u32, relation: Relation, sex: Sex, birth_month: u32) -> Member {
    Member {
        number: member_no(number),
        relation,
        sex,
        birth_month: Month::from_yyyymm(birth_month).unwrap(),
        ethnicity: 1,
        education: None,
        school: None,
        health: Health::Healthy,
        labour: Labour::Ordinary,
        work_place: None,
        work_months: 0,
        medical_insurance: true,
        pension_insurance: false,
        disability: None,
        sealed: Some(1),
        tag: None,
    }
}

/// A date from yyyymmdd.
pub(crate) fn date(yyyymmdd: u32) -> Date {
    Date::from_yyyymmdd(yyyymmdd).unwrap()
}

/// An area from its digits.
pub(crate) fn area(text: &str) -> Area {
    text.parse().unwrap()
}

/// A household number.
pub(crate) fn household(number: u64) -> HouseholdId {
    HouseholdId::new(number).unwrap()
}

/// An official number.
pub(crate) fn official(number: u32) -> OfficialId {
    OfficialId::new(number).unwrap()
}

/// A member's number.
pub(crate) fn member_no(number: u32) -> MemberNo {
    MemberNo::new(number).unwrap()
}

/// An event with a changed envelope.
pub(crate) fn around<E, K>(mut event: Reported<E, K>, change: impl FnOnce(&mut E)) -> Reported<E, K> {
    change(&mut event.envelope);
    event
}
