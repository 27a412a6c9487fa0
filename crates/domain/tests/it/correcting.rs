//! Every line of the table of mistakes: the mistake, its correction, and the result.

use lika_domain::aid::{
    AidDelivered, AidEvent, AidKind, AidReversed, FundsAllocated, FundsReleased, FundsSource, MeasureGroup,
    MeasurePlanned, ReversalReason,
};
use lika_domain::household::{
    Cause, DeregisterReason, HouseholdDeregistered, HouseholdExited, HouseholdFellBack, HouseholdKind,
    HouseholdRegistered, HouseholdUpdated, MonitoringEnded, MonitoringKind, MonitoringOutcome, MonitoringStarted,
    Status,
};
use lika_domain::ids::{EventRef, KeyId};
use lika_domain::income::IncomeAssessed;
use lika_domain::living::{LivingConditionsAssessed, Met};
use lika_domain::member::{JoinReason, LeaveReason, MemberAdded, MemberRemoved, MemberUpdated, Relation, Sex};
use lika_domain::money::Fen;
use lika_domain::official::Authority;
use lika_domain::official::{
    AssignmentEnd, AssignmentEnded, Capacity, HouseholdVisited, KeyRevoked, OfficialAssigned, OfficialKind,
    RevokeReason, Role, RoleChanged, VillagePost, VillagePostEnded, VillageTeamPosted, VisitPlace,
};
use lika_domain::policy::PolicyValue;
use lika_domain::procedure::{Outcome, Procedure, ProcedureStepTaken, Step};
use lika_domain::submission::Envelope;
use lika_domain::submission::{Events, Evidence, EvidenceKind};
use lika_domain::village::{VillageExited, VillageProfileUpdated, VillageRegistered};
use lika_testkit::county::{
    ADMINISTRATOR, COUNTY, COUNTY_OFFICER, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, RESPONSIBLE, TOWNSHIP_OFFICER,
    VILLAGE_OFFICER, date, household, member_no, official,
};
use lika_testkit::facts::{
    around, facts, family, household_event, key_enrolled, member, official_event, village_event,
};
use lika_testkit::rules::{Report, World, policy};

/// The table as the docs show it.
const TABLE: &str = include_str!("../../src/correcting.md");
/// Index of the first entry of a case, after the common ground and the policy.
const FIRST: u64 = 5;
const DAY: u32 = 20_160_301;
const LATER: u32 = 20_160_402;

/// A line of the table.
struct Mistake {
    name: &'static str,
    /// Reports recorded first, the mistake last.
    given: Vec<Report>,
    right: Report,
    holds: fn(&World) -> bool,
}

#[test]
fn every_mistake_in_the_table_is_corrected_as_the_table_says() {
    let lines = TABLE.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let names: Vec<&str> = lines.filter(|name| *name != "mistake").collect();
    let mistakes = mistakes();
    assert_eq!(mistakes.iter().map(|mistake| mistake.name).collect::<Vec<_>>(), names);
    for Mistake { name, given, right, holds } in mistakes {
        // Decisions do not need their steps here: only the corrections are tested.
        let mut world = World::lenient();
        for report in &given {
            let taken = world.take(report);
            assert!(taken.is_ok(), "{name}: {}", taken.unwrap_err());
        }
        assert!(!holds(&world), "{name}: it is wrong at first");
        let taken = world.take(&right);
        assert!(taken.is_ok(), "{name}: {}", taken.unwrap_err());
        assert!(holds(&world), "{name}");
        world.check_replay();
    }
}

fn mistakes() -> Vec<Mistake> {
    let parts = [villages(), cards(), members(), facts_assessed(), procedures(), statuses(), officials(), money()];
    parts.into_iter().flatten().collect()
}

fn villages() -> Vec<Mistake> {
    let registered = |name: &str| {
        let new = VillageRegistered { name: name.into(), poor: true, rural_households: 200, rural_persons: 600 };
        let event = village_event(20_140_101, HouseholdKind::VillageRegistered(new));
        Report::households([event]).by(ADMINISTRATOR)
    };
    let profile = |rural_persons| {
        let services = Vec::new();
        let (rural_households, collective_income) = (200, Fen::ZERO);
        let profile = VillageProfileUpdated { rural_households, rural_persons, collective_income, services };
        Report::households([village_event(DAY, HouseholdKind::VillageProfileUpdated(profile))])
    };
    let exit = VillageExited { poor_persons: 3, rural_persons: 600 };
    let exit = Report::households([village_event(DAY, HouseholdKind::VillageExited(exit))]).by(COUNTY_OFFICER);
    vec![
        // The ground registers it in entry 2.
        Mistake {
            name: "village facts wrong",
            given: vec![],
            right: naming(registered("Longwang"), 2),
            holds: |world| &*world.village().head.name == "Longwang",
        },
        Mistake {
            name: "village exit in error",
            given: vec![exit],
            right: naming(registered("Lianhua"), FIRST),
            holds: |world| world.entries.len() > 6 && world.village().head.exited.is_none(),
        },
        Mistake {
            name: "rural persons wrong",
            given: vec![profile(6_000)],
            right: profile(610),
            holds: |world| world.village().head.rural_persons == 610,
        },
    ]
}

fn cards() -> Vec<Mistake> {
    let new = HouseholdRegistered { facts: facts(), members: family() };
    let new = household_event(20_140_401, NEW_HOUSEHOLD, HouseholdKind::HouseholdRegistered(Box::new(new)));
    let tags = [(NEW_HOUSEHOLD, 1, 11), (NEW_HOUSEHOLD, 2, 12), (NEW_HOUSEHOLD, 3, 13)];
    let closed = |reason, merged_into: Option<u64>| {
        let merged_into = merged_into.map(household);
        card(DAY, HouseholdKind::HouseholdDeregistered(HouseholdDeregistered { reason, merged_into }))
    };
    let mut right = facts();
    right.main_cause = Cause::Schooling;
    vec![
        Mistake {
            name: "household registered in error",
            given: vec![],
            right: closed(DeregisterReason::Error, None),
            holds: |world| {
                let holdings = world.state.tags.values().flatten();
                world.status() == Status::Deregistered && holdings.into_iter().all(|holding| holding.until.is_some())
            },
        },
        Mistake {
            name: "household registered twice",
            given: vec![Report::households([new]).tagged(&tags)],
            right: closed(DeregisterReason::Merged, Some(NEW_HOUSEHOLD)),
            holds: |world| {
                let open = world.village().households.values().filter(|card| card.status.is_live());
                open.count() == 1
            },
        },
        Mistake {
            name: "card facts wrong",
            given: vec![],
            right: card(DAY, HouseholdKind::HouseholdUpdated(HouseholdUpdated { facts: right })),
            holds: |world| world.card().facts.main_cause == Cause::Schooling,
        },
    ]
}

fn members() -> Vec<Mistake> {
    let add = |number| {
        let member = member(number, Relation::Child, Sex::Male, 200_305);
        let kind = HouseholdKind::MemberAdded(Box::new(MemberAdded { member, reason: JoinReason::Omitted }));
        card(LATER, kind).tagged(&[(HOUSEHOLD, number, 9)])
    };
    let remove = |number| {
        let (member, reason) = (member_no(number), LeaveReason::Error);
        card(DAY, HouseholdKind::MemberRemoved(MemberRemoved { member, reason, new_head: None }))
    };
    let child = member(3, Relation::Child, Sex::Male, 200_109);
    let update = HouseholdKind::MemberUpdated(Box::new(MemberUpdated { member: child }));
    let three = |world: &World| world.card().members.len() == 3;
    vec![
        Mistake {
            name: "member left out",
            given: vec![],
            right: add(4),
            holds: |world| world.card().member(member_no(4)).is_some(),
        },
        Mistake {
            name: "member entered in error",
            given: vec![],
            right: remove(3),
            holds: |world| world.card().members.len() == 2,
        },
        Mistake { name: "member removed in error", given: vec![remove(3)], right: add(4), holds: three },
        Mistake {
            name: "member facts wrong",
            given: vec![],
            right: card(DAY, update),
            holds: |world| world.card().member(member_no(3)).is_some_and(|child| child.sex == Sex::Male),
        },
    ]
}

fn facts_assessed() -> Vec<Mistake> {
    let housing = |met| {
        let mut conditions = [None; 6];
        conditions[4] = Some(met);
        card(DAY, HouseholdKind::LivingConditionsAssessed(LivingConditionsAssessed::of(conditions, None)))
    };
    vec![
        Mistake {
            name: "income wrong",
            given: vec![income(9_000)],
            right: naming(income(8_000), FIRST),
            holds: |world| world.card().incomes.iter().any(|income| income.net == Fen::yuan(8_000)),
        },
        Mistake {
            name: "condition wrong",
            given: vec![housing(Met::Yes)],
            right: housing(Met::No),
            holds: |world| matches!(world.card().conditions.met[4], Some((Met::No, ..))),
        },
    ]
}

fn procedures() -> Vec<Mistake> {
    let appraised = |happened, outcome| {
        let taken = ProcedureStepTaken {
            procedure: Procedure::HouseholdExit,
            step: Step::Appraisal,
            outcome,
            present: 30,
            in_favour: 20,
            until: None,
            objections: 0,
        };
        let mut event = household_event(happened, HOUSEHOLD, HouseholdKind::ProcedureStepTaken(taken));
        event.evidence = vec![Evidence { kind: EvidenceKind::Minutes, sha256: [1; 32], size: 1 }];
        Report::households([event])
    };
    let verified = ProcedureStepTaken {
        procedure: Procedure::HouseholdExit,
        step: Step::Verification,
        outcome: Outcome::Failed,
        present: 0,
        in_favour: 0,
        until: None,
        objections: 0,
    };
    let mut failed = household_event(LATER, HOUSEHOLD, HouseholdKind::ProcedureStepTaken(verified));
    failed.evidence = vec![Evidence { kind: EvidenceKind::Form, sha256: [1; 32], size: 1 }];
    vec![
        Mistake {
            name: "step wrong",
            given: vec![appraised(DAY, Outcome::Passed)],
            right: naming(appraised(LATER, Outcome::Passed), FIRST),
            holds: |world| {
                let round = world.card().rounds.last();
                round.is_some_and(|round| round.steps.len() == 1 && round.steps[0].happened == date(LATER))
            },
        },
        Mistake {
            name: "procedure begun in error",
            given: vec![appraised(DAY, Outcome::Passed)],
            right: Report::households([failed]).by(RESPONSIBLE),
            holds: |world| world.status() == Status::Poor && world.card().rounds.iter().all(|round| !round.is_open()),
        },
    ]
}

fn statuses() -> Vec<Mistake> {
    let exit = || card(DAY, HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: true }));
    let again =
        || card(20_160_801, HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: true }));
    let fall = |exit_in_error| {
        card(LATER, HouseholdKind::HouseholdFellBack(HouseholdFellBack { cause: Cause::Illness, exit_in_error }))
    };
    let watch = |happened| {
        let (kind, risks) = (MonitoringKind::Hardship, vec![Cause::Illness]);
        card(happened, HouseholdKind::MonitoringStarted(MonitoringStarted { kind, risks }))
    };
    let unwatch = |outcome| card(LATER, HouseholdKind::MonitoringEnded(MonitoringEnded { outcome }));
    vec![
        Mistake {
            name: "exit in error",
            given: vec![income(9_000), exit()],
            right: naming(fall(true), FIRST + 1),
            holds: |world| world.status() == Status::Poor && world.village().months.values().all(|m| m.exited == 0),
        },
        Mistake {
            name: "fall in error",
            given: vec![income(9_000), exit(), fall(false)],
            right: naming(again(), FIRST + 2),
            holds: |world| {
                let fell: u32 = world.village().months.values().map(|month| month.fallen_back).sum();
                let exited: u32 = world.village().months.values().map(|month| month.exited).sum();
                (world.status(), world.card().since, fell, exited) == (Status::Exited, date(DAY), 0, 1)
            },
        },
        Mistake {
            name: "monitoring started in error",
            given: vec![watch(DAY)],
            right: unwatch(MonitoringOutcome::Error),
            holds: |world| world.card().monitoring.is_none(),
        },
        Mistake {
            name: "monitoring ended in error",
            given: vec![watch(DAY), unwatch(MonitoringOutcome::Helped)],
            right: naming(watch(20_160_801), FIRST + 1),
            holds: |world| world.card().monitoring.is_some(),
        },
    ]
}

fn officials() -> Vec<Mistake> {
    let role = RoleChanged {
        role: Some((Role::VillageOfficer, lika_testkit::county::area(lika_testkit::county::VILLAGE))),
        unit: "unit".into(),
        post: "post".into(),
    };
    let revoked = KeyRevoked { key: KeyId(77), reason: RevokeReason::Lost };
    let assigned = || of_card(DAY, OfficialKind::OfficialAssigned(OfficialAssigned { capacity: Capacity::First }));
    let ended = |reason| of_card(DAY, OfficialKind::AssignmentEnded(AssignmentEnded { reason }));
    let posted = VillageTeamPosted { post: VillagePost::FirstSecretary, until: None };
    let post_ended = VillagePostEnded { post: VillagePost::FirstSecretary };
    let visited = |happened| {
        let visited = HouseholdVisited { place: VisitPlace::Home, minute: None, companions: Vec::new(), sealed: None };
        of_card(happened, OfficialKind::HouseholdVisited(visited))
    };
    let in_village =
        |kind| Report::new(TOWNSHIP_OFFICER, Events::Officials(vec![official_event(DAY, RESPONSIBLE, kind)]));
    vec![
        Mistake {
            name: "role wrong",
            given: vec![],
            right: Report::officials([official_event(DAY, RESPONSIBLE, OfficialKind::RoleChanged(role))]),
            holds: |world| {
                let role = Authority::current(&world.state).role(&world.state.officials[&official(RESPONSIBLE)]);
                role.is_some_and(|(role, _)| role == Role::VillageOfficer)
            },
        },
        Mistake {
            name: "key enrolled in error",
            given: vec![Report::officials([official_event(DAY, RESPONSIBLE, key_enrolled(77))])],
            right: Report::officials([official_event(DAY, RESPONSIBLE, OfficialKind::KeyRevoked(revoked))]),
            holds: |world| world.state.keys[&KeyId(77)].until.is_some(),
        },
        Mistake {
            name: "official assigned in error",
            given: vec![assigned()],
            right: ended(AssignmentEnd::Error),
            holds: |world| world.card().officials.is_empty(),
        },
        Mistake {
            name: "assignment ended in error",
            given: vec![assigned(), ended(AssignmentEnd::Left)],
            right: assigned(),
            holds: |world| world.card().officials.len() == 1,
        },
        Mistake {
            name: "post in error",
            given: vec![in_village(OfficialKind::VillageTeamPosted(posted))],
            right: in_village(OfficialKind::VillagePostEnded(post_ended)),
            holds: |world| world.village().head.postings.is_empty(),
        },
        Mistake {
            name: "visit on a wrong day",
            given: vec![visited(LATER)],
            right: naming(visited(DAY), FIRST),
            holds: |world| {
                let months = world.village().months.values().map(|month| month.visits);
                let card = world.card();
                (card.visited, card.visits, months.sum::<u32>()) == (Some(date(DAY)), 1, 1)
            },
        },
    ]
}

fn money() -> Vec<Mistake> {
    let released = |yuan| {
        let (source, document) = (FundsSource::Central, "1".into());
        let released = FundsReleased { release: 1, source, amount: Fen::yuan(yuan), year: 2016, document };
        aid(None, AidKind::FundsReleased(released)).on(COUNTY)
    };
    let allocated = |yuan| {
        let (group, project) = (MeasureGroup::Housing, "".into());
        let allocated = FundsAllocated { allocation: 1, release: 1, amount: Fen::yuan(yuan), group, project };
        aid(None, AidKind::FundsAllocated(allocated))
    };
    let planned = |yuan| {
        let (group, code, amount) = (MeasureGroup::Housing, "roof".into(), Fen::yuan(yuan));
        let planned = MeasurePlanned { measure: 1, group, code, allocation: None, amount, until: None };
        aid(Some(HOUSEHOLD), AidKind::MeasurePlanned(planned)).by(VILLAGE_OFFICER)
    };
    let delivered = AidDelivered {
        delivery: 1,
        group: MeasureGroup::Housing,
        measure: None,
        allocation: Some(1),
        amount: Fen::yuan(40),
        member: None,
    };
    let reversed = AidReversed { delivery: 1, amount: Fen::yuan(40), reason: ReversalReason::Error };
    let limit = |households| {
        let value = PolicyValue::CaseloadLimit { capacity: Capacity::First, households };
        policy(20_140_101, vec![value])
    };
    vec![
        Mistake {
            name: "release wrong",
            given: vec![released(900), allocated(100)],
            right: naming(released(100), FIRST),
            holds: |world| world.state.releases[&1].amount == Fen::yuan(100),
        },
        Mistake {
            name: "allocation wrong",
            given: vec![released(900), allocated(800)],
            right: naming(allocated(0), FIRST + 1),
            holds: |world| {
                let set_aside: Fen = world.state.releases[&1].allocated.iter().map(|(_, amount)| *amount).sum();
                world.village().allocations[&1].amount == Fen::ZERO && set_aside == Fen::ZERO
            },
        },
        Mistake {
            name: "plan wrong",
            given: vec![planned(10)],
            right: naming(planned(20), FIRST),
            holds: |world| world.village().measures[&1].amount == Fen::yuan(20),
        },
        Mistake {
            name: "delivery wrong",
            given: vec![released(900), allocated(100), aid(Some(HOUSEHOLD), AidKind::AidDelivered(delivered))],
            right: aid(Some(HOUSEHOLD), AidKind::AidReversed(reversed)),
            holds: |world| world.village().allocations[&1].delivered == Fen::ZERO,
        },
        Mistake {
            name: "parameter wrong",
            given: vec![limit(9)],
            right: limit(3),
            holds: |world| {
                let area = lika_testkit::county::area(COUNTY);
                world.state.policy.now().caseload_limit(Capacity::First, area, date(DAY)) == 3
            },
        },
    ]
}

/// The report; its event corrects the first one of an entry.
fn naming(mut report: Report, entry: u64) -> Report {
    let corrects = Some(EventRef { entry, event: 0 });
    match &mut report.events {
        Events::Households(events) => events.iter_mut().for_each(|event| event.corrects = corrects),
        Events::Officials(events) => events.iter_mut().for_each(|event| event.corrects = corrects),
        Events::Aid(events) => events.iter_mut().for_each(|event| event.corrects = corrects),
    }
    report
}

/// An event of the household.
fn card(happened: u32, kind: HouseholdKind) -> Report {
    Report::households([household_event(happened, HOUSEHOLD, kind)])
}

/// An event of the responsible official on the household.
fn of_card(happened: u32, kind: OfficialKind) -> Report {
    let event =
        around(official_event(happened, RESPONSIBLE, kind), |event| event.household = Some(household(HOUSEHOLD)));
    Report::new(VILLAGE_OFFICER, Events::Officials(vec![event]))
}

fn aid(of: Option<u64>, kind: AidKind) -> Report {
    let (evidence, household) = (Vec::new(), of.map(household));
    let event = AidEvent { envelope: Envelope { happened: date(DAY), household, evidence, corrects: None }, kind };
    Report::new(FINANCE, Events::Aid(vec![event]))
}

/// A net income in 2015, in yuan, for three members.
fn income(net: i64) -> Report {
    let zero = Fen::ZERO;
    let income = IncomeAssessed {
        year: 2015,
        wage: Fen::yuan(net),
        production: zero,
        production_cost: zero,
        property: zero,
        family_planning: zero,
        dibao: zero,
        wubao: zero,
        pension: zero,
        ecological: zero,
        other_transfer: zero,
        net: Fen::yuan(net),
        per_head: Fen(net * 100 / 3),
    };
    card(20_151_231, HouseholdKind::IncomeAssessed(Box::new(income)))
}
