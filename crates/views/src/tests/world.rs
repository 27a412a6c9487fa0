//! A made-up log, judged by the same rules as a real one, with some entries that the rules refuse.

use lika_domain::admit::admit;
use lika_domain::aid::{
    AidAcknowledged, AidDelivered, AidEvent, AidKind, AidReversed, FundsAllocated, FundsReleased, FundsSource,
    MeasureGroup, MeasurePlanned, ReversalReason,
};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::evolve;
use lika_domain::household::{
    Cause, DeregisterReason, Facts, HouseholdDeregistered, HouseholdEvent, HouseholdExited, HouseholdFellBack,
    HouseholdKind, HouseholdRegistered, MonitoringEnded, MonitoringKind, MonitoringOutcome, MonitoringStarted,
    Standard,
};
use lika_domain::ids::{EventRef, HouseholdId, Tag};
use lika_domain::income::IncomeAssessed;
use lika_domain::living::{CONDITIONS, LivingConditionsAssessed, Met};
use lika_domain::member::{LeaveReason, Member, MemberRemoved, Relation, Sex};
use lika_domain::money::Fen;
use lika_domain::official::{
    AssignmentEnd, AssignmentEnded, Capacity, HouseholdVisited, OfficialAssigned, OfficialKind, Role, VisitPlace,
};
use lika_domain::policy::PolicyValue;
use lika_domain::procedure::{Outcome, Procedure, ProcedureStepTaken, Step};
use lika_domain::state::{State, Store};
use lika_domain::submission::{Envelope, Events, Evidence, EvidenceKind, PersonTag};
use lika_domain::village::VillageRegistered;
use lika_ledger::Recorded;
use lika_testkit::county::{ADMINISTRATOR, COUNTY, area, date, household, member_no, official};
use lika_testkit::facts::{around, enrolled, facts, key_enrolled, member, official_event, village_event};
use lika_testkit::rules::{self, Report, opening, steps_required};
use sha2::{Digest, Sha256};
use std::sync::Arc;

pub(crate) use lika_testkit::county::ORIGIN;

/// Village officer of the whole county.
const CLERK: u32 = 10_000_020;
const OFFICIALS: u32 = 12;
/// One refused entry in so many is in the log nevertheless.
const VOID_SHARE: u64 = 3;

pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) log: Vec<Arc<Recorded>>,
    pub(crate) recorded_at: u64,
    villages: Vec<Area>,
    random: u64,
    today: Date,
    day: u64,
}

impl World {
    /// An opened log with twelve officials, two townships of so many villages each, and money.
    pub(crate) fn open(seed: u64, villages_each: u64) -> Self {
        let today = date(20_140_601);
        let codes =
            (1..=2).flat_map(|township| (1..=villages_each).map(move |n| 130_624_000_000 + township * 1_000 + n));
        let villages = codes.map(|code| Area::from_code(code).unwrap()).collect();
        let mut world =
            Self { state: State::default(), log: Vec::new(), recorded_at: 0, villages, random: seed, today, day: 0 };
        world.ground();
        world
    }

    /// Adds so many entries.
    pub(crate) fn grow(&mut self, entries: usize) {
        let goal = self.log.len() + entries;
        while self.log.len() < goal {
            self.step();
        }
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(borsh::to_vec(&self.state).unwrap()).into()
    }

    pub(crate) fn households(&self) -> impl Iterator<Item = HouseholdId> + '_ {
        self.state.homes.keys().copied()
    }

    pub(crate) fn pick(&mut self, below: u64) -> u64 {
        // splitmix64
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn ground(&mut self) {
        self.take(&opening().recorded(self.today.yyyymmdd()), Vec::new());
        // Cards exit and fall back without their steps here; steps are taken all the same.
        let required = steps_required(self.today.yyyymmdd(), false);
        self.take(&required.recorded(self.today.yyyymmdd()), Vec::new());
        self.officials(area(COUNTY), CLERK, None, enrolled(Role::VillageOfficer, COUNTY));
        self.officials(area(COUNTY), CLERK, None, key_enrolled(CLERK));
        for number in 1..=OFFICIALS {
            self.officials(area(COUNTY), ADMINISTRATOR + number, None, enrolled(Role::Responsible, COUNTY));
        }
        let released = FundsReleased {
            release: 1,
            source: FundsSource::Central,
            amount: Fen::yuan(1_000_000),
            year: 2014,
            document: "".into(),
        };
        self.aid(area(COUNTY), None, AidKind::FundsReleased(released));
        let each = 90_000_000 / i64::try_from(self.villages.len()).unwrap();
        for area in self.villages.clone() {
            let (name, rural_households, rural_persons) = (format!("村{area}").into(), 100, 300);
            let registered = VillageRegistered { name, poor: true, rural_households, rural_persons };
            self.household(area, None, HouseholdKind::VillageRegistered(registered), Vec::new());
            let (amount, group) = (Fen(each), MeasureGroup::Housing);
            let allocated = FundsAllocated { allocation: 1, release: 1, amount, group, project: "".into() };
            self.aid(area, None, AidKind::FundsAllocated(allocated));
            let planned =
                MeasurePlanned { measure: 1, group, code: "roof".into(), allocation: Some(1), amount, until: None };
            self.aid(area, None, AidKind::MeasurePlanned(planned));
        }
        assert!(self.state.voids.is_empty(), "the ground stands");
        assert_eq!(self.state.villages.len(), self.villages.len());
    }

    /// One random entry, or none if the rules refuse it.
    fn step(&mut self) {
        self.day += self.pick(2);
        if self.day % 8 == 7 {
            self.today = self.today.plus_days(1);
        }
        let at = usize::try_from(self.pick(self.villages.len() as u64)).unwrap();
        let area = self.villages[at];
        // A long log would collect more of it than any county sets.
        if self.log.len() < 3_000 && self.pick(40) == 0 {
            return self.policy();
        }
        let cards = &self.state.villages[&area].households;
        let (count, ids) = (cards.len() as u64, cards.keys().copied().collect::<Vec<_>>());
        if count == 0 || self.pick(count * 2) == 0 {
            return self.register(area);
        }
        let id = ids[usize::try_from(self.pick(count)).unwrap()];
        match self.pick(3) {
            0 => self.report(area, id),
            1 => self.attend(area, id),
            _ => self.help(area, id),
        }
    }

    fn register(&mut self, area: Area) {
        let id = household(1_000_000_000 + self.pick(9_000_000_000));
        let persons = u32::try_from(1 + self.pick(5)).unwrap();
        let members: Vec<Member> = (1..=persons).map(sister).collect();
        let tags = members.iter().map(|member| PersonTag {
            person: id.person(member.number),
            tag: Tag(u128::from(self.random ^ u64::from(member.number.get())).to_be_bytes()),
        });
        let tags = tags.collect();
        let standard = if self.pick(4) == 0 { Standard::Provincial } else { Standard::National };
        let facts = Facts { standard, ..facts() };
        let kind = HouseholdKind::HouseholdRegistered(Box::new(HouseholdRegistered { facts, members }));
        self.household(area, Some(id), kind, tags);
    }

    /// Something about the card itself.
    fn report(&mut self, area: Area, id: HouseholdId) {
        let kind = match self.pick(9) {
            0 | 1 => self.income(area, id),
            2 => {
                let met = if self.pick(2) == 0 { Met::Yes } else { Met::No };
                let conditions = LivingConditionsAssessed::of([Some(met); CONDITIONS], None);
                HouseholdKind::LivingConditionsAssessed(conditions)
            }
            3 => {
                HouseholdKind::HouseholdExited(HouseholdExited { income_year: self.today.year() - 1, accepted: true })
            }
            4 => return self.fall_back(area, id),
            5 => HouseholdKind::MonitoringStarted(MonitoringStarted {
                kind: MonitoringKind::Unstable,
                risks: vec![Cause::Illness],
            }),
            6 => HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: MonitoringOutcome::Helped }),
            7 => return self.step_taken(area, id),
            _ => self.departure(),
        };
        self.household(area, Some(id), kind, Vec::new());
    }

    /// In half of the cases because the exit was recorded in error.
    fn fall_back(&mut self, area: Area, id: HouseholdId) {
        let exit_in_error = self.pick(2) == 0;
        let exit = self.state.household(area, id).map_or(0, |card| card.decided);
        let corrects = exit_in_error.then_some(EventRef { entry: exit, event: 0 });
        let kind = HouseholdKind::HouseholdFellBack(HouseholdFellBack { cause: Cause::Disaster, exit_in_error });
        let event = around(self.event(Some(id), kind), |event| event.corrects = corrects);
        self.submit(area, Events::Households(vec![event]), Vec::new());
    }

    fn step_taken(&mut self, area: Area, id: HouseholdId) {
        let (procedure, step) = match self.pick(3) {
            0 => (Procedure::HouseholdExit, Step::Appraisal),
            1 => (Procedure::Monitoring, Step::Clue),
            _ => (Procedure::Identification, Step::Application),
        };
        let kind = HouseholdKind::ProcedureStepTaken(ProcedureStepTaken {
            procedure,
            step,
            outcome: if self.pick(3) == 0 { Outcome::Failed } else { Outcome::Passed },
            present: 20,
            in_favour: 15,
            until: None,
            objections: 0,
        });
        // Some are candidates for a card.
        let id = if self.pick(4) == 0 { household(2_000_000_000 + self.pick(9)) } else { id };
        let document = |kind| Evidence { kind, sha256: [1; 32], size: 1 };
        let evidence = vec![document(EvidenceKind::Minutes), document(EvidenceKind::Application)];
        let event = around(self.event(Some(id), kind), |event| event.evidence = evidence);
        let report = Report { area, ..Report::new(CLERK, Events::Households(vec![event])) };
        self.take(&report.recorded(self.today.yyyymmdd()), Vec::new());
    }

    fn departure(&mut self) -> HouseholdKind {
        if self.pick(6) == 0 {
            let closed = HouseholdDeregistered { reason: DeregisterReason::Moved, merged_into: None };
            return HouseholdKind::HouseholdDeregistered(closed);
        }
        let member = member_no(u32::try_from(2 + self.pick(4)).unwrap());
        HouseholdKind::MemberRemoved(MemberRemoved { member, reason: LeaveReason::Moved, new_head: None })
    }

    fn income(&mut self, area: Area, id: HouseholdId) -> HouseholdKind {
        let members = i64::try_from(self.state.villages[&area].households[&id].members.len()).unwrap();
        let net = Fen(i64::try_from(self.pick(1_500_000)).unwrap());
        let zero = Fen::ZERO;
        HouseholdKind::IncomeAssessed(Box::new(IncomeAssessed {
            year: self.today.year() - 1,
            wage: net,
            production: zero,
            production_cost: zero,
            property: zero,
            family_planning: zero,
            dibao: zero,
            wubao: zero,
            pension: zero,
            ecological: zero,
            other_transfer: zero,
            net,
            per_head: Fen(net.0 / members),
        }))
    }

    /// Something an official does for the household.
    fn attend(&mut self, area: Area, id: HouseholdId) {
        let number = ADMINISTRATOR + 1 + u32::try_from(self.pick(u64::from(OFFICIALS))).unwrap();
        let kind = match self.pick(4) {
            0 => OfficialKind::OfficialAssigned(OfficialAssigned { capacity: Capacity::First }),
            1 => OfficialKind::AssignmentEnded(AssignmentEnded { reason: AssignmentEnd::Left }),
            _ => {
                let companions = vec![official(ADMINISTRATOR)];
                let visited = HouseholdVisited { place: VisitPlace::Home, minute: None, companions, sealed: None };
                OfficialKind::HouseholdVisited(visited)
            }
        };
        self.officials(area, number, Some(id), kind);
    }

    fn help(&mut self, area: Area, id: HouseholdId) {
        let delivery = u32::try_from(1 + self.pick(8)).unwrap();
        let kind = match self.pick(4) {
            0 => AidKind::AidAcknowledged(AidAcknowledged { delivery, member: member_no(1) }),
            1 => {
                let (amount, reason) = (Fen(i64::try_from(1 + self.pick(9_000)).unwrap()), ReversalReason::Error);
                AidKind::AidReversed(AidReversed { delivery, amount, reason })
            }
            _ => AidKind::AidDelivered(AidDelivered {
                delivery,
                group: MeasureGroup::Housing,
                measure: None,
                allocation: (self.pick(2) == 0).then_some(1),
                amount: Fen(i64::try_from(1 + self.pick(50_000)).unwrap()),
                member: None,
            }),
        };
        self.aid(area, Some(id), kind);
    }

    fn policy(&mut self) {
        let value = match self.pick(2) {
            0 => PolicyValue::ExitThreshold(u32::try_from(self.pick(500)).unwrap()),
            _ => PolicyValue::CaseloadLimit {
                capacity: Capacity::First,
                households: u32::try_from(1 + self.pick(6)).unwrap(),
            },
        };
        let today = self.today.yyyymmdd();
        self.take(&rules::policy(today, vec![value]).recorded(today), Vec::new());
    }

    fn household(&mut self, area: Area, household: Option<HouseholdId>, kind: HouseholdKind, tags: Vec<PersonTag>) {
        let event = self.event(household, kind);
        self.submit(area, Events::Households(vec![event]), tags);
    }

    fn event(&self, household: Option<HouseholdId>, kind: HouseholdKind) -> HouseholdEvent {
        around(village_event(self.today.yyyymmdd(), kind), |event| event.household = household)
    }

    fn officials(&mut self, area: Area, official: u32, household: Option<HouseholdId>, kind: OfficialKind) {
        let event = official_event(self.today.yyyymmdd(), official, kind);
        let event = around(event, |event| event.household = household);
        self.submit(area, Events::Officials(vec![event]), Vec::new());
    }

    fn aid(&mut self, area: Area, household: Option<HouseholdId>, kind: AidKind) {
        let happened = self.today;
        let event =
            AidEvent { envelope: Envelope { happened, household, evidence: Vec::new(), corrects: None }, kind };
        self.submit(area, Events::Aid(vec![event]), Vec::new());
    }

    /// By the administrator, today.
    fn submit(&mut self, area: Area, events: Events, tags: Vec<PersonTag>) {
        let report = Report { area, ..Report::new(ADMINISTRATOR, events) };
        self.take(&report.recorded(self.today.yyyymmdd()), tags);
    }

    /// Records it; if the rules refuse it, only now and then, as a void entry.
    fn take(&mut self, report: &Report, tags: Vec<PersonTag>) {
        let mut entry = report.entry(&self.state);
        entry.header.tags = tags;
        let void = admit(&self.state, &entry).is_err();
        if void && self.pick(VOID_SHARE * 4) != 0 {
            return;
        }
        if void {
            evolve::void(&mut self.state, entry.index);
        } else {
            evolve::evolve(&mut self.state, &entry);
        }
        self.recorded_at = self.recorded_at.max(entry.recorded_at);
        self.log.push(Arc::new(Recorded { entry, void, bytes: 0 }));
    }
}

/// Areas of every level that hold villages of a world.
pub(crate) fn areas(world: &World) -> Vec<Area> {
    let levels = [Level::Province, Level::Prefecture, Level::County, Level::Township, Level::Village];
    let villages = || world.villages.iter();
    let mut areas: Vec<Area> = levels.into_iter().flat_map(|level| villages().map(move |v| v.at(level))).collect();
    areas.sort();
    areas.dedup();
    areas
}

/// The head of a household, or a sister of hers.
fn sister(number: u32) -> Member {
    member(number, if number == 1 { Relation::Head } else { Relation::Sibling }, Sex::Female, 198_001 + number)
}
