//! The made-up history against the rules: everything is admitted, and its figures match those of the country.

use super::clerk::Clerk;
use super::courses::{self, Courses, Fate, Subject};
use super::divisions::{County, FUPING};
use super::exits::{BASELINE, CURVE};
use super::history::History;
use super::household::{Home, Standing};
use super::mistakes::Fixes;
use super::plan::{Planned, Probe};
use super::planted::{Kind, Planted};
use super::village::{Staff, Village};
use bytes::Bytes;
use lika_client::{Device, Report};
use lika_domain::date::Date;
use lika_domain::evolve::replay;
use lika_domain::household::{HouseholdKind, Status};
use lika_domain::ids::SubmissionId;
use lika_domain::member::JoinReason;
use lika_domain::progress::{Figure, Figures};
use lika_domain::state::State;
use lika_domain::submission::{Entry, EntryHeader, Events, Submission};
use lika_proto::convert;
use lika_proto::seal::{DataKey, Place, open};
use lika_proto::v1;
use std::collections::{BTreeMap, BTreeSet};

const ORIGIN: &str = "lika.example/130624";

/// A recorder without a log.
#[derive(Default)]
struct Book {
    state: State,
    devices: Vec<Device>,
    entries: BTreeMap<usize, u64>,
    entry: u64,
    events: usize,
    largest: usize,
    judged: Counts,
    keys: BTreeMap<u64, DataKey>,
    citizens: BTreeSet<String>,
    members: usize,
    /// Incidence of villages with cards before the first exits, in poor persons per 10,000.
    incidences: Vec<u64>,
    /// Poor and all persons on open cards at the end of each year.
    years: Vec<(u32, usize, usize)>,
    /// Refusals by their code.
    refused: BTreeMap<&'static str, u64>,
    planted: Planted,
    /// Lines of the table of figures that were not 0 in some village or the county, looked at every ten days.
    counted: BTreeSet<(&'static str, &'static str)>,
    looked_at: u32,
}

/// Number of records that may be wrong, and of corrections.
#[derive(Default)]
struct Counts {
    records: usize,
    corrections: usize,
}

impl Book {
    fn keep(households: u32, seed: u64) -> Self {
        let (mut book, county) = (Self::default(), County::parse(FUPING).unwrap());
        let mut history = History::new(county, ORIGIN, households, seed).unwrap();
        let mut last = 0;
        while let Some(tick) = history.next_tick().unwrap() {
            assert!(tick.at_ms > last, "ticks go forward");
            last = tick.at_ms;
            let devices = tick.devices.iter().map(|new| Device::new(new.signer.clone(), new.official, ORIGIN));
            book.devices.extend(devices);
            // Different authors do not depend on each other: their order is reversed.
            let mut submissions = tick.submissions;
            submissions.sort_by_key(|planned| (std::cmp::Reverse(planned.author), planned.number));
            let base = book.entry;
            for planned in submissions {
                book.take(planned, tick.at_ms, base);
            }
            tick.probes.into_iter().for_each(|probe| book.refuse(probe, tick.at_ms));
            let day = Date::of_unix_ms(tick.at_ms);
            if day.yyyymmdd() / 10 > book.looked_at {
                book.looked_at = day.yyyymmdd() / 10;
                book.look_at_figures(day);
            }
            if day.yyyymmdd() == 20_141_126 {
                book.incidences = incidences(&book.state);
            }
            if day.yyyymmdd() % 10_000 == 1_226 {
                book.close_year(day.year());
            }
        }
        book.planted = history.planted().clone();
        book
    }

    fn take(&mut self, mut planned: Planned, at_ms: u64, base: u64) {
        let entries = &self.entries;
        planned.resolve(|number| entries.get(&number).copied().filter(|entry| *entry < base));
        let (index, number) = (self.entry, planned.number);
        let id = SubmissionId(u128::from(index).to_be_bytes());
        for key in &planned.keys {
            self.keys.insert(key.subject, DataKey::from_slice(&key.key).unwrap());
        }
        self.unseal(&planned);
        let report = Report { area: planned.area, events: planned.events, keys: planned.keys, warned: Vec::new() };
        let composed = self.devices[planned.author].compose(id, at_ms / 1_000, report).unwrap();
        let bytes: Bytes = composed.signed.submission;
        self.largest = self.largest.max(bytes.len());
        let Submission { header: submission, events } = convert::submission(&bytes).unwrap();
        self.judged.count(&events);
        self.events += events.len();
        let hash = composed.chain.previous.unwrap();
        let header = EntryHeader { index, submission, hash, recorded_at: at_ms, basis: index, tags: Vec::new() };
        let entry = Entry { header, events };
        let judged = replay(&mut self.state, &entry);
        assert!(judged.is_ok(), "{} {:?}: {}", Date::of_unix_ms(at_ms), entry.events, judged.unwrap_err());
        self.entries.insert(number, index);
        self.entry += 1;
    }

    /// The attempt is refused, with the expected code first.
    fn refuse(&mut self, probe: Probe, at_ms: u64) {
        let (index, expected, author) = (self.entry, probe.expected.name(), probe.author);
        let id = SubmissionId((u128::from(index) | 1 << 100).to_be_bytes());
        let report = Report { area: probe.area, events: probe.events(), keys: Vec::new(), warned: Vec::new() };
        let composed = self.devices[author].clone().compose(id, at_ms / 1_000, report).unwrap();
        let Submission { header: submission, events } = convert::submission(&composed.signed.submission).unwrap();
        let hash = composed.chain.previous.unwrap();
        let header = EntryHeader { index, submission, hash, recorded_at: at_ms, basis: index, tags: Vec::new() };
        let entry = Entry { header, events };
        let judged = lika_domain::admit::admit(&self.state, &entry);
        assert!(judged.is_err(), "{expected} was expected: {:?}", entry.events);
        let refused = judged.unwrap_err();
        assert_eq!(refused.code().name(), expected, "{refused}");
        *self.refused.entry(expected).or_default() += 1;
    }

    /// Opens the sealed data of members with the keys handed over, and checks that citizen IDs are unique.
    fn unseal(&mut self, planned: &Planned) {
        let v1::submission::Events::Households(list) = &planned.events else { return };
        for event in &list.events {
            let members = match event.kind.as_ref().unwrap() {
                v1::household_event::Kind::HouseholdRegistered(new) => new.members.clone(),
                v1::household_event::Kind::MemberAdded(added) => added.member.clone().into_iter().collect(),
                _ => continue,
            };
            let household = lika_domain::ids::HouseholdId::new(event.household).unwrap();
            for member in members {
                let number = lika_domain::ids::MemberNo::new(member.number).unwrap();
                let place = Place::member(ORIGIN, household, number);
                let private = open(&self.keys[&event.household], &place, &member.sealed.unwrap().r#box).unwrap();
                let id = lika_domain::citizen_id::CitizenId::parse(&private.citizen_id).unwrap();
                assert!(id.is_synthetic());
                assert_eq!(id.birth().month().yyyymm(), member.birth_month);
                assert_eq!(id.sex() as i32, member.sex);
                assert!(private.phone.is_empty() || lika_domain::citizen_id::is_mobile(&private.phone));
                assert!(self.citizens.insert(private.citizen_id), "a citizen ID comes twice");
                self.members += 1;
            }
        }
    }

    fn look_at_figures(&mut self, today: Date) {
        let villages = self.state.villages.iter();
        let villages = villages.map(|(area, village)| Figures::of_village(&self.state, *area, village, today));
        for figures in villages.chain([Figures::of_jurisdiction(&self.state, today)]) {
            self.counted.extend(Figure::all().filter(|one| figures.get(*one) != 0).map(part_of));
        }
    }

    fn close_year(&mut self, year: u32) {
        let cards = self.state.villages.values().flat_map(|village| village.households.values());
        let (mut poor, mut all) = (0, 0);
        for card in cards.filter(|card| card.status.is_live()) {
            all += card.members.len();
            poor += if card.status.is_poor() { card.members.len() } else { 0 };
        }
        self.years.push((year, poor, all));
    }
}

/// The line of a figure in the table of figures: its section and name.
fn part_of(figure: Figure) -> (&'static str, &'static str) {
    (figure.section().name(), figure.description().name)
}

fn incidences(state: &State) -> Vec<u64> {
    let villages = state.villages.values().filter(|village| village.households.len() > 3);
    let incidence = |village: &lika_domain::village::Village| {
        let poor: usize = village.households.values().filter(|c| c.status.is_poor()).map(|c| c.members.len()).sum();
        poor as u64 * 10_000 / u64::from(village.head.rural_persons)
    };
    villages.map(incidence).collect()
}

impl Counts {
    fn count(&mut self, events: &Events) {
        match events {
            Events::Households(events) => {
                for event in events {
                    let corrects = event.corrects.is_some();
                    let omitted =
                        matches!(&event.kind, HouseholdKind::MemberAdded(a) if a.reason == JoinReason::Omitted);
                    assert!(!omitted || corrects);
                    self.corrections += usize::from(corrects);
                    self.records += usize::from(!corrects && may_be_wrong(&event.kind));
                }
            }
            Events::Aid(events) => {
                self.corrections += events.iter().filter(|event| event.corrects.is_some()).count();
                let delivered = |event: &&lika_domain::aid::AidEvent| {
                    matches!(event.kind, lika_domain::aid::AidKind::AidDelivered(_))
                };
                self.records += events.iter().filter(delivered).count();
            }
            Events::Officials(_) => {}
        }
    }
}

fn may_be_wrong(kind: &HouseholdKind) -> bool {
    matches!(
        kind,
        HouseholdKind::HouseholdRegistered(_)
            | HouseholdKind::IncomeAssessed(_)
            | HouseholdKind::LivingConditionsAssessed(_)
            | HouseholdKind::HouseholdExited(_)
    )
}

fn check(households: u32, seed: u64) {
    let book = Book::keep(households, seed);
    let cards: Vec<_> = book.state.villages.values().flat_map(|village| village.households.values()).collect();
    assert_eq!(cards.len(), households as usize);
    for ((year, poor, all), (of, national)) in book.years.iter().zip(CURVE) {
        assert_eq!(*year, of);
        let (found, expected) = (poor * 1_000 / all, national as usize * 1_000 / BASELINE as usize);
        assert!(found.abs_diff(expected) <= 40, "{year}: {found} of 1,000 are poor, {expected} in the country");
    }
    assert!(book.incidences.iter().all(|incidence| (500..=4_000).contains(incidence)), "{:?}", book.incidences);
    assert!(cards.iter().all(|card| matches!(card.status, Status::Exited | Status::Deregistered)));
    assert!(book.state.jurisdiction.as_ref().unwrap().exited.is_some());
    assert!(book.state.villages.values().all(|village| !village.head.poor || village.head.exited.is_some()));
    let wrong = book.judged.corrections * 1_000 / book.judged.records;
    assert!((70..=130).contains(&wrong), "{wrong} of 1,000 records were put right");
    let per_household = book.events / households as usize;
    assert!((110..=150).contains(&per_household), "{per_household} events per household");
    assert!(book.largest < 60_000, "{} bytes in a submission", book.largest);
    assert_eq!(book.citizens.len(), book.members);
    check_planted(&book);
}

/// The counts of planted violations match the log and the refusals.
fn check_planted(book: &Book) {
    use lika_domain::procedure::{End, Procedure};
    let count = |kind| book.planted.counts().find(|(known, _)| *known == kind).map_or(0, |(_, count)| count);
    for (kind, count) in book.planted.counts().filter(|(kind, _)| kind.is_refused()) {
        assert_eq!(count, book.refused.get(kind.name()).copied().unwrap_or(0), "{}", kind.name());
    }
    let cards = || book.state.villages.values().flat_map(|village| village.households.values());
    let ends = |procedure| cards().flat_map(|card| &card.rounds).filter(move |round| round.procedure == procedure);
    let decided = |end: Option<End>, wanted: fn(bool, bool) -> bool| match end {
        Some(End::Decided { complete, late, .. }) => wanted(complete, late),
        _ => false,
    };
    let taken_over = ends(Procedure::Identification).filter(|round| decided(round.end, |complete, _| !complete));
    assert_eq!(taken_over.count() as u64, count(Kind::TakenOver));
    let late = ends(Procedure::Monitoring).filter(|round| decided(round.end, |_, late| late));
    assert_eq!(late.count() as u64, count(Kind::DecidedLate));
    let failed = cards().flat_map(|card| &card.rounds).filter(|round| matches!(round.end, Some(End::Failed { .. })));
    assert_eq!(failed.count() as u64, count(Kind::AppraisalFailed));
    let exits = cards().flat_map(|card| &card.rounds).filter(|round| round.procedure != Procedure::Identification);
    assert!(exits.filter_map(|round| round.end).all(|end| !decided(Some(end), |complete, _| !complete)));
}

#[test]
fn a_history_is_admitted_whole_and_follows_the_country() {
    for seed in [1, 2, 3] {
        check(240, seed);
    }
}

/// A household may fall back and be closed in reports of one day.
#[test]
fn a_card_is_closed_no_earlier_than_its_last_event() {
    let (county, village) = ("130624".parse().unwrap(), "130624100200".parse().unwrap());
    let mut clerk = Clerk::new(ORIGIN, county, 1, Date::new(2018, 6, 6).unwrap());
    let staff = Staff { officer: 0, township_officer: 0, county_officer: 0, finance: 0 };
    let village = Village::new(&mut clerk, village, "丙村", staff);
    for _ in 0..50 {
        let mut home = Home::new(&mut clerk, 0, &village, 0).unwrap();
        home.stand(Standing::Poor, clerk.today);
        home.close(&mut clerk, &village, v1::DeregisterReason::Moved, None);
    }
    for planned in clerk.tick().submissions {
        if let v1::submission::Events::Households(list) = planned.events {
            assert!(list.events.iter().all(|event| event.happened == 20_180_606));
        }
    }
}

/// A village may have more poor persons than expected when it applied to leave the list: the county's audit then ends
/// the round, so that it can apply again.
#[test]
fn a_village_that_is_not_ready_after_all_fails_the_audit_and_may_ask_again() {
    let (county, area) = ("130624".parse().unwrap(), "130624100200".parse().unwrap());
    let mut clerk = Clerk::new(ORIGIN, county, 1, Date::new(2019, 11, 26).unwrap());
    let staff = Staff { officer: 0, township_officer: 1, county_officer: 2, finance: 3 };
    let mut village = Village::new(&mut clerk, area, "丙村", staff);
    (village.poor, village.rural_persons) = (true, 10);
    let mut home = Home::new(&mut clerk, 0, &village, 0).unwrap();
    home.stand(Standing::Poor, clerk.today);
    let (mut homes, mut villages, mut rounds, mut fixes) = ([home], [village], Courses::default(), Fixes::default());
    let mut end_of = |homes: &mut [Home]| {
        rounds.begin(Subject::Village(0), v1::Procedure::VillageExit, Fate::Kept, clerk.today);
        let mut last = None;
        for _ in 0..10 {
            clerk.today = clerk.today.plus_days(20);
            let (clerk, villages, fixes) = (&mut clerk, &mut villages[..], &mut fixes);
            rounds.go_on(&mut courses::County { clerk, homes, villages, fixes });
            for event in clerk.tick().submissions.into_iter().flat_map(|planned| match planned.events {
                v1::submission::Events::Households(list) => list.events,
                _ => Vec::new(),
            }) {
                last = event.kind;
            }
        }
        last
    };
    use v1::household_event::Kind::{ProcedureStepTaken, VillageExited};
    match end_of(&mut homes) {
        Some(ProcedureStepTaken(taken)) => {
            assert_eq!((taken.step(), taken.outcome()), (v1::Step::CountyAudit, v1::Outcome::Failed));
        }
        other => panic!("{other:?}"),
    }
    homes[0].stand(Standing::Exited, Date::new(2020, 11, 1).unwrap());
    assert!(matches!(end_of(&mut homes), Some(VillageExited(_))));
}

/// A figure that nothing counts would stand at 0 in every document.
#[test]
fn every_figure_is_counted_and_every_kind_is_planted_in_a_county_of_some_size() {
    let book = Book::keep(900, 4);
    let silent: BTreeSet<_> = Figure::all().map(part_of).filter(|part| !book.counted.contains(part)).collect();
    assert_eq!(silent, BTreeSet::new());
    let missing: Vec<_> =
        book.planted.counts().filter(|(_, count)| *count == 0).map(|(kind, _)| kind.name()).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_few_households_make_a_history_too() {
    for (households, seed) in [(1, 1), (7, 2), (61, 3)] {
        let book = Book::keep(households, seed);
        assert_eq!(book.years.last().map(|(_, poor, _)| *poor), Some(0));
    }
}

#[test]
fn a_seed_makes_the_same_again() {
    let digest = |seed| {
        let book = Book::keep(20, seed);
        (book.events, book.state)
    };
    assert_eq!(digest(5), digest(5));
    assert_ne!(digest(5), digest(6));
}

#[test]
fn impossible_counties_are_refused() {
    let county = || County::parse(FUPING).unwrap();
    assert!(History::new(county(), ORIGIN, 0, 1).is_err());
    assert!(History::new(county(), ORIGIN, 500_001, 1).is_err());
}
