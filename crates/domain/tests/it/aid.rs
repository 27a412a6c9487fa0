//! Releases, allocations, measures, deliveries and parameters.

use lika_domain::aid::{
    AidAcknowledged, AidDelivered, AidEvent, AidKind, AidReversed, FundsAllocated, FundsReleased, FundsSource,
    MeasureGroup, MeasurePlanned, ReversalReason,
};
use lika_domain::household::{DeregisterReason, HouseholdDeregistered, HouseholdKind, Standard};
use lika_domain::money::Fen;
use lika_domain::policy::{IncomeConcept, LineKind, PolicyItem, PolicySet, PolicyValue};
use lika_domain::procedure::Procedure;
use lika_domain::rejection::Code;
use lika_domain::submission::Envelope;
use lika_domain::submission::Events;
use lika_testkit::county::{
    ADMINISTRATOR, COUNTY, COUNTY_OFFICER, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, RESPONSIBLE, TODAY, VILLAGE,
    VILLAGE_OFFICER, area, date, household, member_no,
};
use lika_testkit::facts::{around, household_event, village_event};
use lika_testkit::rules::{Case, Report, check, run};

/// A day on which money flows.
const DAY: u32 = 20_210_402;
/// The release, the allocation and the measures that the cases use.
const RELEASE: u64 = 1;
const ALLOCATION: u64 = 11;
const FOR_VILLAGE: u64 = 21;
const FOR_HOUSEHOLD: u64 = 22;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    [
        release_cases(),
        allocation_cases(),
        plan_cases(),
        delivery_cases(),
        paid_delivery_cases(),
        acknowledgement_cases(),
        reversal_cases(),
        policy_cases(),
    ]
    .concat()
}

#[test]
fn aid() {
    run(&tables());
}

#[test]
fn money_flows_from_release_to_household_and_back() {
    let given = [ground(), vec![deliver(|_| {}), acknowledge(1)]].concat();
    let world = check(&given, &reverse(1, Fen::yuan(30)), &[]);
    let village = world.village();
    assert_eq!(village.allocations[&ALLOCATION].delivered, Fen::yuan(70));
    assert_eq!(world.state.releases[&RELEASE].allocated, [(6, Fen::yuan(600))]);
    let delivery = world.card().deliveries[0];
    assert_eq!((delivery.amount, delivery.reversed), (Fen::yuan(100), Fen::yuan(30)));
    assert_eq!(delivery.acknowledged, Some(date(DAY + 1)));
    assert_eq!(village.months[&date(DAY).month()].aid, Fen::yuan(100));
    assert_eq!(village.months[&date(TODAY).month()].aid, Fen::yuan(-30));
}

fn release_cases() -> Vec<Case> {
    let taken = || Case::refused("in use", &[release(|_| {})], release(|_| {}), Code::ReleaseExists, "release");
    let on_card = county([around(released(|_| {}), |event| event.household = Some(household(HOUSEHOLD)))]);
    vec![
        Case::accepted("a release", &[], release(|_| {})),
        taken(),
        Case::refused("an amount of 0", &[], release(|r| r.amount = Fen::ZERO), Code::AmountMissing, "amount"),
        Case::refused("a year before 2010", &[], release(|r| r.year = 2009), Code::FieldInvalid, "year"),
        Case::refused("on a card", &[], on_card, Code::HouseholdNotConcerned, "household"),
        Case::refused("in a village", &[], release(|_| {}).on(VILLAGE), Code::AreaWrongLevel, "area"),
        Case::refused_for(
            "by a village officer",
            &[],
            release(|_| {}).by(VILLAGE_OFFICER),
            &[(Code::AreaForbids, None, "area"), (Code::RoleForbids, Some(0), "author")],
        ),
    ]
}

fn allocation_cases() -> Vec<Case> {
    let given = [release(|_| {})];
    let unseen = allocate(|_| {}).twisted(|entry| entry.basis -= 1);
    let twice = village([allocated(|_| {}), allocated(|a| a.allocation = ALLOCATION + 1)]);
    vec![
        Case::accepted("all of it", &given, allocate(|a| a.amount = Fen::yuan(1_000))),
        Case::refused("more", &given, allocate(|a| a.amount = Fen(100_001)), Code::ReleaseExceeded, "amount"),
        Case::refused_for("more in two events", &given, twice, &[(Code::ReleaseExceeded, Some(1), "amount")]),
        Case::refused("no such release", &[], allocate(|_| {}), Code::ReleaseUnknown, "release"),
        Case::refused("a release after the basis", &given, unseen, Code::ReleaseUnknown, "release"),
        Case::refused("a negative amount", &given, allocate(|a| a.amount = Fen(-1)), Code::AmountMissing, "amount"),
        Case::refused("in use", &ground(), allocate(|a| a.amount = Fen(1)), Code::AllocationExists, "allocation"),
        Case::refused(
            "before the release",
            &given,
            village([around(allocated(|_| {}), |event| event.happened = date(20_210_101))]),
            Code::OutOfOrder,
            "happened",
        ),
        Case::refused(
            "by a village officer",
            &given,
            allocate(|_| {}).by(VILLAGE_OFFICER),
            Code::RoleForbids,
            "author",
        ),
        Case::refused("to the county", &given, allocate(|_| {}).on(COUNTY), Code::AreaWrongLevel, "area"),
    ]
}

fn plan_cases() -> Vec<Case> {
    let ground = || ground();
    let catalogue = |group| {
        let value = PolicyValue::Measure { group, code: "goat_2".into(), name: "两只羊".into() };
        set(date(DAY), vec![item(value)])
    };
    let closed = || [ground(), vec![deregistered()]].concat();
    vec![
        Case::accepted("for the village", &ground(), plan(None, |_| {})),
        Case::accepted("for a household", &ground(), plan(Some(HOUSEHOLD), |_| {})),
        Case::refused(
            "no such card",
            &ground(),
            plan(Some(NEW_HOUSEHOLD), |_| {}),
            Code::HouseholdUnknown,
            "household",
        ),
        Case::refused(
            "a closed card",
            &closed(),
            plan(Some(HOUSEHOLD), |_| {}),
            Code::HouseholdDeregistered,
            "household",
        ),
        Case::refused("in use", &ground(), plan(None, |p| p.measure = FOR_VILLAGE), Code::MeasureExists, "measure"),
        Case::refused("unpaid", &[], plan(None, |p| p.allocation = Some(9)), Code::AllocationUnknown, "allocation"),
        Case::accepted("until its first day", &ground(), plan(None, |p| p.until = Some(date(DAY)))),
        Case::refused(
            "until a day before",
            &ground(),
            plan(None, |p| p.until = Some(date(DAY - 1))),
            Code::PeriodInvalid,
            "until",
        ),
        Case::refused(
            "a negative amount",
            &ground(),
            plan(None, |p| p.amount = Fen(-1)),
            Code::FieldInvalid,
            "amount",
        ),
        Case::refused(
            "a code with a space",
            &ground(),
            plan(None, |p| p.code = "a b".into()),
            Code::FieldInvalid,
            "code",
        ),
        Case::accepted(
            "a code of the catalogue",
            &[catalogue(MeasureGroup::Industry)],
            plan(None, |p| p.allocation = None),
        ),
        Case::refused(
            "a code of the catalogue in another group",
            &[catalogue(MeasureGroup::Housing)],
            plan(None, |p| p.allocation = None),
            Code::MeasureMismatch,
            "group",
        ),
        Case::refused("by finance", &ground(), plan(None, |_| {}).by(FINANCE), Code::RoleForbids, "author"),
    ]
}

fn delivery_cases() -> Vec<Case> {
    let in_kind = |change: fn(&mut AidDelivered)| {
        let mut event = delivered(change);
        if let AidKind::AidDelivered(delivered) = &mut event.kind {
            delivered.allocation = None;
        }
        village([event]).by(RESPONSIBLE)
    };
    let early = around(delivered(|d| d.allocation = None), |event| event.happened = date(20_140_228));
    let nowhere = around(delivered(|d| d.allocation = None), |event| event.household = None);
    vec![
        Case::accepted("help in kind by the responsible official", &[], in_kind(|_| {})),
        Case::accepted("for a member", &[], in_kind(|d| d.member = Some(member_no(3)))),
        Case::refused(
            "for an unknown member",
            &[],
            in_kind(|d| d.member = Some(member_no(9))),
            Code::MemberUnknown,
            "member",
        ),
        Case::refused("an amount of 0", &[], in_kind(|d| d.amount = Fen::ZERO), Code::AmountMissing, "amount"),
        Case::refused("before registration", &[], village([early]), Code::BeforeRegistration, "happened"),
        Case::refused("without a household", &[], village([nowhere]), Code::HouseholdIsMissing, "household"),
        Case::refused(
            "to a closed card",
            &[deregistered()],
            in_kind(|_| {}),
            Code::HouseholdDeregistered,
            "household",
        ),
        Case::refused("twice", &[in_kind(|_| {})], in_kind(|_| {}), Code::DeliveryExists, "delivery"),
        Case::accepted("under the village's measure", &ground(), in_kind(|d| d.measure = Some(FOR_VILLAGE))),
        Case::accepted("under its own measure", &ground(), in_kind(|d| d.measure = Some(FOR_HOUSEHOLD))),
        Case::refused("no measure", &ground(), in_kind(|d| d.measure = Some(99)), Code::MeasureUnknown, "measure"),
        Case::refused(
            "of another group than its measure",
            &ground(),
            in_kind(|d| (d.measure, d.group) = (Some(FOR_VILLAGE), MeasureGroup::Housing)),
            Code::MeasureMismatch,
            "measure",
        ),
    ]
}

fn paid_delivery_cases() -> Vec<Case> {
    let early = around(delivered(|_| {}), |event| event.happened = date(DAY - 1));
    let all = || deliver(|d| d.amount = Fen::yuan(600));
    let back = [ground(), vec![all(), reverse(1, Fen::yuan(600))]].concat();
    let split = village([
        delivered(|d| d.amount = Fen::yuan(301)),
        delivered(|d| {
            (d.delivery, d.amount) = (2, Fen::yuan(300));
        }),
    ]);
    vec![
        Case::accepted("all of the allocation", &ground(), all()),
        Case::refused("more", &ground(), deliver(|d| d.amount = Fen(60_001)), Code::AllocationExceeded, "amount"),
        Case::refused_for("more in two events", &ground(), split, &[(Code::AllocationExceeded, Some(1), "amount")]),
        Case::accepted(
            "again after it was taken back",
            &back,
            deliver(|d| (d.delivery, d.amount) = (2, Fen::yuan(600))),
        ),
        Case::refused("from an unknown allocation", &[], deliver(|_| {}), Code::AllocationUnknown, "allocation"),
        Case::refused("before the allocation", &ground(), village([early]), Code::OutOfOrder, "happened"),
        Case::refused(
            "paid by the responsible official",
            &ground(),
            deliver(|_| {}).by(RESPONSIBLE),
            Code::RoleForbids,
            "author",
        ),
    ]
}

fn acknowledgement_cases() -> Vec<Case> {
    let given = || [ground(), vec![deliver(|_| {})]].concat();
    let twice = || [given(), vec![acknowledge(1)]].concat();
    let early = around(acknowledged(1, 1), |event| event.happened = date(DAY - 1));
    vec![
        Case::accepted("by the head", &given(), acknowledge(1)),
        Case::accepted(
            "by the child, reported by the responsible official",
            &given(),
            village([acknowledged(1, 3)]).by(RESPONSIBLE),
        ),
        Case::accepted("after the card was closed", &[given(), vec![deregistered_on(DAY)]].concat(), acknowledge(1)),
        Case::refused("by an unknown member", &given(), village([acknowledged(1, 9)]), Code::MemberUnknown, "member"),
        Case::refused("an unknown delivery", &given(), acknowledge(2), Code::DeliveryUnknown, "delivery"),
        Case::refused("twice", &twice(), acknowledge(1), Code::AcknowledgedAlready, "delivery"),
        Case::refused("before the delivery", &given(), village([early]), Code::OutOfOrder, "happened"),
    ]
}

fn reversal_cases() -> Vec<Case> {
    let given = || [ground(), vec![deliver(|_| {})]].concat();
    let part = || [given(), vec![reverse(1, Fen::yuan(60))]].concat();
    let early = around(reversed(1, Fen(1)), |event| event.happened = date(DAY - 1));
    vec![
        Case::accepted("all of it", &given(), reverse(1, Fen::yuan(100))),
        Case::accepted("the rest", &part(), reverse(1, Fen::yuan(40))),
        Case::refused("more than the rest", &part(), reverse(1, Fen(4_001)), Code::ReversalExceeds, "amount"),
        Case::refused("an amount of 0", &given(), reverse(1, Fen::ZERO), Code::AmountMissing, "amount"),
        Case::refused("an unknown delivery", &given(), reverse(2, Fen(1)), Code::DeliveryUnknown, "delivery"),
        Case::refused("before the delivery", &given(), village([early]), Code::OutOfOrder, "happened"),
        Case::refused("by the village", &given(), reverse(1, Fen(1)).by(VILLAGE_OFFICER), Code::RoleForbids, "author"),
    ]
}

fn policy_cases() -> Vec<Case> {
    let one = |value| set(date(TODAY), vec![item(value)]);
    let line = |year, yuan| {
        let (kind, standard) = (LineKind::Poverty, Standard::Provincial);
        one(PolicyValue::Line { kind, standard, year, concept: IncomeConcept::Disposable, amount: Fen::yuan(yuan) })
    };
    let refused = |name, report, field| Case::refused(name, &[], report, Code::PolicyInvalid, field);
    let days = |days| one(PolicyValue::PublicityDays { procedure: Procedure::HouseholdExit, days });
    let measure = |code: &str, name: &str| {
        one(PolicyValue::Measure { group: MeasureGroup::Industry, code: code.into(), name: name.into() })
    };
    let abroad = PolicyItem { area: area("13"), ..item(PolicyValue::VisitDays(30)) };
    let unsourced = PolicyItem { source: "".into(), ..item(PolicyValue::VisitDays(30)) };
    let wordy = PolicyItem { source: "款".repeat(201).into(), ..item(PolicyValue::VisitDays(30)) };
    vec![
        Case::accepted("a provincial line", &[], line(2021, 6_000)),
        refused("a line of 0", line(2021, 0), "line"),
        refused("a line for 2009", line(2009, 1_196), "line"),
        Case::accepted("a threshold", &[], one(PolicyValue::ExitThreshold(10_000))),
        refused("a threshold above 100 %", one(PolicyValue::ExitThreshold(10_001)), "exit_threshold"),
        Case::accepted("a publicity of a week", &[], days(7)),
        refused("a publicity of 0 days", days(0), "publicity_days"),
        refused("decisions within 367 days", one(PolicyValue::DecisionDays(367)), "decision_days"),
        refused("visits every 0 days", one(PolicyValue::VisitDays(0)), "visit_days"),
        refused(
            "a limit of 0 households",
            one(PolicyValue::CaseloadLimit { capacity: lika_domain::official::Capacity::First, households: 0 }),
            "caseload_limit",
        ),
        Case::accepted("a measure", &[], measure("goat_2", "两只羊")),
        refused("a code in capitals", measure("GOAT", "两只羊"), "measure"),
        refused("no name", measure("goat", ""), "measure"),
        refused("no items", set(date(TODAY), Vec::new()), "items"),
        refused("no source", set(date(TODAY), vec![unsourced]), "source"),
        refused("a source that is too long", set(date(TODAY), vec![wordy]), "source"),
        Case::refused("not for the province", &[], set(date(TODAY), vec![abroad]), Code::AreaUnknown, "area"),
        Case::refused("not by an officer", &[], days(7).by(COUNTY_OFFICER), Code::RoleForbids, "author"),
        Case::refused("not in a village", &[], days(7).on(VILLAGE), Code::AreaWrongLevel, "area"),
    ]
}

/// A release of 1,000 yuan, 600 of them set aside for the village, and a measure for it and one for the household.
fn ground() -> Vec<Report> {
    let measures =
        [planned(None, |p| p.measure = FOR_VILLAGE), planned(Some(HOUSEHOLD), |p| p.measure = FOR_HOUSEHOLD)];
    vec![release(|_| {}), allocate(|_| {}), village(measures).by(VILLAGE_OFFICER)]
}

fn aid_event(card: Option<u64>, kind: AidKind) -> AidEvent {
    AidEvent {
        envelope: Envelope {
            happened: date(DAY),
            household: card.map(household),
            evidence: Vec::new(),
            corrects: None,
        },
        kind,
    }
}

/// Money and help in the village, by the county's finance office.
fn village(events: impl Into<Vec<AidEvent>>) -> Report {
    Report::new(FINANCE, Events::Aid(events.into()))
}

fn county(events: impl Into<Vec<AidEvent>>) -> Report {
    village(events).on(COUNTY)
}

fn released(change: fn(&mut FundsReleased)) -> AidEvent {
    let (source, amount) = (FundsSource::Central, Fen::yuan(1_000));
    let mut released = FundsReleased { release: RELEASE, source, amount, year: 2021, document: "7".into() };
    change(&mut released);
    aid_event(None, AidKind::FundsReleased(released))
}

fn release(change: fn(&mut FundsReleased)) -> Report {
    county([released(change)])
}

fn allocated(change: fn(&mut FundsAllocated)) -> AidEvent {
    let (amount, group) = (Fen::yuan(600), MeasureGroup::Industry);
    let mut allocated =
        FundsAllocated { allocation: ALLOCATION, release: RELEASE, amount, group, project: "goats".into() };
    change(&mut allocated);
    aid_event(None, AidKind::FundsAllocated(allocated))
}

fn allocate(change: fn(&mut FundsAllocated)) -> Report {
    village([allocated(change)])
}

fn planned(card: Option<u64>, change: fn(&mut MeasurePlanned)) -> AidEvent {
    let mut planned = MeasurePlanned {
        measure: 1,
        group: MeasureGroup::Industry,
        code: "goat_2".into(),
        allocation: Some(ALLOCATION),
        amount: Fen::yuan(100),
        until: None,
    };
    change(&mut planned);
    aid_event(card, AidKind::MeasurePlanned(planned))
}

fn plan(card: Option<u64>, change: fn(&mut MeasurePlanned)) -> Report {
    village([planned(card, change)]).by(VILLAGE_OFFICER)
}

fn delivered(change: fn(&mut AidDelivered)) -> AidEvent {
    let mut delivered = AidDelivered {
        delivery: 1,
        group: MeasureGroup::Industry,
        measure: None,
        allocation: Some(ALLOCATION),
        amount: Fen::yuan(100),
        member: None,
    };
    change(&mut delivered);
    aid_event(Some(HOUSEHOLD), AidKind::AidDelivered(delivered))
}

fn deliver(change: fn(&mut AidDelivered)) -> Report {
    village([delivered(change)])
}

fn acknowledged(delivery: u32, member: u32) -> AidEvent {
    let kind = AidKind::AidAcknowledged(AidAcknowledged { delivery, member: member_no(member) });
    around(aid_event(Some(HOUSEHOLD), kind), |event| event.happened = date(DAY + 1))
}

fn acknowledge(delivery: u32) -> Report {
    village([acknowledged(delivery, 1)])
}

fn reversed(delivery: u32, amount: Fen) -> AidEvent {
    let kind = AidKind::AidReversed(AidReversed { delivery, amount, reason: ReversalReason::Returned });
    around(aid_event(Some(HOUSEHOLD), kind), |event| event.happened = date(TODAY))
}

fn reverse(delivery: u32, amount: Fen) -> Report {
    village([reversed(delivery, amount)])
}

fn item(value: PolicyValue) -> PolicyItem {
    PolicyItem { area: area(COUNTY), source: "county rule 7".into(), unconfirmed: false, value }
}

fn set(effective: lika_domain::date::Date, items: Vec<PolicyItem>) -> Report {
    let kind = HouseholdKind::PolicySet(PolicySet { effective, items });
    Report::households([village_event(TODAY, kind)]).by(ADMINISTRATOR).on(COUNTY)
}

fn deregistered() -> Report {
    deregistered_on(20_210_101)
}

fn deregistered_on(day: u32) -> Report {
    let closed = HouseholdDeregistered { reason: DeregisterReason::Moved, merged_into: None };
    Report::households([household_event(day, HOUSEHOLD, HouseholdKind::HouseholdDeregistered(closed))])
        .by(COUNTY_OFFICER)
}
