//! Figures checked against sums done by hand, and sums against every grouping.

use super::*;
use crate::aid::{Allocation, Delivery, FundsSource, Release};
use crate::household::{Attribute, Cause, Facts, Household, Monitoring, MonitoringKind, Standard};
use crate::ids::{HouseholdId, MemberNo, OfficialId};
use crate::income::YearIncome;
use crate::living::{Conditions, Met};
use crate::member::{Health, Labour, Member, Relation, Sex};
use crate::official::{Assignment, Capacity, Charge, Mode, Official};
use crate::procedure::{Outcome, Procedure, Step, StepTaken};
use crate::state::Jurisdiction;
use crate::village::VillageHead;
use proptest::prelude::*;

fn area(text: &str) -> Area {
    text.parse().unwrap()
}

fn day(number: u32) -> Date {
    Date::from_yyyymmdd(number).unwrap()
}

fn household_id(number: u64) -> HouseholdId {
    HouseholdId::new(1_000_000_000 + number).unwrap()
}

fn official_id(number: u32) -> OfficialId {
    OfficialId::new(10_000_000 + number).unwrap()
}

fn village(rural_persons: u32) -> Village {
    Village::new(VillageHead {
        name: "测试村".into(),
        poor: true,
        registered: day(20_140_101),
        rural_households: 100,
        rural_persons,
        collective_income: Fen::ZERO,
        services: Vec::new(),
        exited: None,
        postings: Vec::new(),
        recorded_at: 0,
        last: 0,
    })
}

fn member(number: u32) -> Member {
    Member {
        number: MemberNo::new(number).unwrap(),
        relation: if number == 1 { Relation::Head } else { Relation::Child },
        sex: Sex::Male,
        birth_month: Month::from_yyyymm(197_001).unwrap(),
        ethnicity: 1,
        education: None,
        school: None,
        health: Health::Healthy,
        labour: Labour::Ordinary,
        work_place: None,
        work_months: 0,
        medical_insurance: true,
        pension_insurance: true,
        disability: None,
        sealed: None,
        tag: None,
    }
}

fn household(status: Status, persons: u32) -> Household {
    Household {
        facts: Facts {
            group: 1,
            attribute: Attribute::General,
            standard: Standard::National,
            main_cause: Cause::Illness,
            other_causes: Vec::new(),
            willing_to_relocate: false,
            sealed: None,
        },
        registered: day(20_140_601),
        status,
        since: day(20_140_601),
        decided: 0,
        fell_back: None,
        steps: Vec::new(),
        monitoring: None,
        members: (1..=persons).map(member).collect(),
        highest_member: MemberNo::new(persons).unwrap(),
        incomes: Vec::new(),
        conditions: Conditions::default(),
        officials: Vec::new(),
        visited: None,
        visits: 0,
        deliveries: Vec::new(),
        erased: false,
    }
}

fn earning(mut household: Household, year: u16, per_head_yuan: i64) -> Household {
    let members = u8::try_from(household.members.len()).unwrap();
    let net = Fen::yuan(per_head_yuan * i64::from(members));
    household.incomes.push(YearIncome { year, members, net, per_head: Fen::yuan(per_head_yuan) });
    household
}

fn delivery(group: MeasureGroup, allocation: Option<u64>, yuan: i64, back: i64, acknowledged: bool) -> Delivery {
    Delivery {
        number: 1,
        group,
        allocation,
        amount: Fen::yuan(yuan),
        happened: day(20_160_501),
        acknowledged: acknowledged.then(|| day(20_160_502)),
        reversed: Fen::yuan(back),
    }
}

fn step(procedure: Procedure, step: Step, happened: u32) -> StepTaken {
    StepTaken { procedure, step, outcome: Outcome::Passed, happened: day(happened), until: None }
}

fn state(villages: Vec<(&str, Village)>) -> State {
    State {
        jurisdiction: Some(Jurisdiction {
            origin: "test.example/130624".into(),
            area: area("130624"),
            name: "阜平县".into(),
            mode: Mode::Testing,
            exited: None,
        }),
        villages: villages.into_iter().map(|(code, village)| (area(code), village)).collect(),
        ..State::default()
    }
}

fn one(village: &Village, today: u32) -> Figures {
    Figures::of_village(&state(Vec::new()), area("130624100200"), village, day(today))
}

fn with(households: Vec<Household>) -> Village {
    let mut village = village(1_000);
    village.households = households.into_iter().zip(0..).map(|(card, n)| (household_id(n), card)).collect();
    village
}

#[test]
fn cards_and_persons_are_counted_by_status() {
    let mut watched = household(Status::Exited, 4);
    watched.monitoring =
        Some(Monitoring { kind: MonitoringKind::Unstable, since: day(20_160_101), risks: vec![Cause::Illness] });
    let mut closed = household(Status::Deregistered, 1);
    closed.monitoring = watched.monitoring.clone();
    let cards = vec![
        household(Status::Poor, 3),
        household(Status::Poor, 2),
        household(Status::PreExit, 5),
        watched,
        household(Status::FellBack, 6),
        closed,
    ];
    let figures = one(&with(cards), 20_161_231);
    let households =
        Tally { registered: 6, poor: 2, pre_exit: 1, exited: 1, fallen_back: 1, monitored: 1, deregistered: 1 };
    let persons =
        Tally { registered: 21, poor: 5, pre_exit: 5, exited: 4, fallen_back: 6, monitored: 4, deregistered: 1 };
    assert_eq!((figures.households, figures.persons), (households, persons));
    assert_eq!(figures.poor_persons(), 16);
    assert_eq!(figures.incidence(), Some(160));
}

#[test]
fn incidence_is_rounded_down_and_unknown_without_rural_persons() {
    let mut figures = Figures { rural_persons: 1_001, ..Figures::default() };
    figures.persons.poor = 20;
    assert_eq!(figures.incidence(), Some(199));
    figures.rural_persons = 0;
    assert_eq!(figures.incidence(), None);
}

#[test]
fn income_is_of_the_latest_year_assessed_and_counts_persons() {
    let cards = vec![
        earning(earning(household(Status::Poor, 2), 2015, 9_000), 2016, 2_000), // 4,000 for two
        earning(household(Status::Exited, 3), 2016, 3_000),                     // 9,000 for three
        earning(household(Status::Exited, 1), 2016, 10_000),
        earning(household(Status::Poor, 9), 2015, 1), // not assessed for 2016
        earning(household(Status::Deregistered, 9), 2016, 1),
    ];
    let incomes = one(&with(cards.clone()), 20_170_301).incomes;
    assert_eq!((incomes.year, incomes.households, incomes.persons), (Some(2016), 3, 6));
    assert_eq!(incomes.mean(), Some(Fen(383_333))); // 23,000 yuan by six
    assert_eq!(incomes.median(), Some(Fen::yuan(3_000))); // 2,000 2,000 [3,000] 3,000 3,000 10,000
    assert_eq!(incomes.below_line, 2); // 2,952 yuan
    let before = one(&with(cards), 20_151_231).incomes;
    assert_eq!((before.year, before.persons), (Some(2015), 11));
    assert_eq!(before.median(), Some(Fen::yuan(1)));
}

#[test]
fn losses_round_down_and_nobody_has_no_mean() {
    let mut lossy = household(Status::Poor, 3);
    lossy.incomes.push(YearIncome { year: 2016, members: 3, net: Fen(-100), per_head: Fen(-34) });
    let incomes = one(&with(vec![lossy]), 20_161_231).incomes;
    assert_eq!((incomes.mean(), incomes.median()), (Some(Fen(-34)), Some(Fen(-34))));
    assert_eq!((Incomes::default().mean(), Incomes::default().median()), (None, None));
}

#[test]
fn conditions_count_open_cards() {
    let mut met = household(Status::Poor, 1);
    met.conditions.met[0] = Some((Met::Yes, day(20_160_101)));
    met.conditions.met[4] = Some((Met::No, day(20_160_101)));
    let mut closed = met.clone();
    closed.status = Status::Deregistered;
    let figures = one(&with(vec![met, household(Status::Exited, 1), closed]), 20_161_231);
    assert_eq!(figures.conditions[0], ConditionTally { met: 1, unmet: 0, unknown: 1 });
    assert_eq!(figures.conditions[4], ConditionTally { met: 0, unmet: 1, unknown: 1 });
    assert_eq!(figures.conditions[5], ConditionTally { met: 0, unmet: 0, unknown: 2 });
}

#[test]
fn visits_count_back_from_today() {
    let visited = |date| Household { visited: Some(day(date)), ..household(Status::Poor, 1) };
    let cards = vec![
        visited(20_161_231), // today
        visited(20_161_202), // day 30
        visited(20_161_201), // day 31
        visited(20_161_003), // day 90
        visited(20_161_002), // day 91
        visited(20_170_101), // tomorrow
        household(Status::Poor, 1),
    ];
    let officials = one(&with(cards), 20_161_231).officials;
    assert_eq!((officials.visited_30_days, officials.visited_90_days), (2, 4));
    assert_eq!((officials.assigned, officials.unassigned), (0, 7));
}

#[test]
fn households_of_an_official_with_too_many_are_counted() {
    let cards = |official: u32, number: u32| {
        let assignment =
            Assignment { official: official_id(official), capacity: Capacity::First, from: day(20_160_101) };
        (0..number).map(move |_| Household { officials: vec![assignment], ..household(Status::Poor, 1) })
    };
    let caseload = |charges: u64, ended: u64| Official {
        since: 1,
        roles: Vec::new(),
        unit: "".into(),
        post: "".into(),
        keys: Vec::new(),
        caseload: (0..charges + ended)
            .map(|n| Charge {
                household: household_id(n),
                village: area("130624100200"),
                capacity: Capacity::First,
                from: day(20_160_101),
                since: 2,
                until: (n < ended).then_some(3),
            })
            .collect(),
        visits: 0,
        sealed: None,
        erased: false,
    };
    let mut state = state(vec![("130624100200", with(cards(1, 2).chain(cards(2, 3)).collect()))]);
    state.officials.insert(official_id(1), caseload(6, 0)); // six, some of them in another village
    state.officials.insert(official_id(2), caseload(5, 7)); // five are allowed
    let officials = Figures::of_area(&state, area("130624100200"), day(20_161_231)).officials;
    assert_eq!((officials.assigned, officials.over_caseload), (5, 2));
}

#[test]
fn procedures_are_under_way_until_they_failed_or_were_decided() {
    use Procedure::{HouseholdExit, Identification, Monitoring as Watch};
    let taking = |status, steps: &[StepTaken]| Household { steps: steps.to_vec(), ..household(status, 1) };
    let failed = StepTaken { outcome: Outcome::Failed, ..step(HouseholdExit, Step::Verification, 20_161_102) };
    let exited = Household {
        since: day(20_161_120),
        ..taking(Status::Exited, &[step(HouseholdExit, Step::Appraisal, 20_161_101)])
    };
    let cards = vec![
        taking(Status::Poor, &[step(Identification, Step::Application, 20_161_201)]),
        taking(
            Status::Poor,
            &[
                step(Identification, Step::Application, 20_161_201),
                step(Identification, Step::Announcement, 20_161_220),
            ],
        ),
        taking(Status::Poor, &[step(HouseholdExit, Step::Appraisal, 20_161_101), failed]),
        taking(
            Status::Poor,
            &[
                step(HouseholdExit, Step::Appraisal, 20_161_101),
                failed,
                step(HouseholdExit, Step::Appraisal, 20_161_201),
            ],
        ),
        exited,
        taking(Status::Exited, &[step(Watch, Step::Clue, 20_161_216)]), // 15 days: in time
        taking(Status::Exited, &[step(Watch, Step::Clue, 20_161_215), step(Watch, Step::Verification, 20_161_230)]),
        taking(Status::Deregistered, &[step(Watch, Step::Clue, 20_160_101)]),
    ];
    assert_eq!(one(&with(cards), 20_161_231).procedures, Procedures { under_way: 4, late: 1 });
}

#[test]
fn aid_and_money_are_kept_apart() {
    let mut village = with(vec![
        Household {
            deliveries: vec![
                delivery(MeasureGroup::Housing, Some(1), 500, 100, true),
                delivery(MeasureGroup::Housing, Some(1), 200, 0, false),
                delivery(MeasureGroup::Social, None, 50, 0, true),
            ],
            ..household(Status::Poor, 1)
        },
        Household {
            deliveries: vec![delivery(MeasureGroup::Housing, Some(1), 30, 30, false)],
            ..household(Status::Deregistered, 1)
        },
    ]);
    let allocation = |yuan, delivered, happened| Allocation {
        release: 1,
        amount: Fen::yuan(yuan),
        group: MeasureGroup::Housing,
        happened: day(happened),
        delivered: Fen::yuan(delivered),
    };
    village.allocations.insert(1, allocation(1_000, 600, 20_151_231)); // 12 months today
    village.allocations.insert(2, allocation(70, 0, 20_141_231)); // 24 months today
    village.allocations.insert(3, allocation(9, 0, 20_160_101)); // not yet
    village.allocations.insert(4, allocation(5, 8, 20_140_101)); // overdrawn: nothing lies idle
    let figures = one(&village, 20_161_231);
    let housing = AidTally { events: 3, amount: Fen::yuan(600), acknowledged: Fen::yuan(400) };
    let social = AidTally { events: 1, amount: Fen::yuan(50), acknowledged: Fen::yuan(50) };
    assert_eq!(figures.aid, BTreeMap::from([(MeasureGroup::Housing, housing), (MeasureGroup::Social, social)]));
    let money = Money {
        released: Fen::ZERO,
        allocated: Fen::yuan(1_084),
        delivered: Fen::yuan(730),
        acknowledged: Fen::yuan(400),
        reversed: Fen::yuan(130),
        idle_12_months: Fen::yuan(470),
        idle_24_months: Fen::yuan(70),
    };
    assert_eq!(figures.money, money);
}

#[test]
fn released_money_enters_once_with_the_jurisdiction() {
    let mut state = state(vec![("130624100200", village(10)), ("130624101200", village(20))]);
    let release = Release {
        source: FundsSource::Central,
        amount: Fen::yuan(100),
        happened: day(20_151_201),
        since: 5,
        allocated: vec![(6, Fen::yuan(30)), (7, Fen::yuan(20))],
    };
    state.releases.insert(1, release);
    let of = |prefix| Figures::of_area(&state, area(prefix), day(20_161_231));
    assert_eq!((of("130624100").money.released, of("130624100").rural_persons), (Fen::ZERO, 10));
    for whole in ["130624", "1306", "13"] {
        assert_eq!((of(whole).money.released, of(whole).money.idle_12_months), (Fen::yuan(100), Fen::yuan(50)));
        assert_eq!(of(whole).rural_persons, 30);
    }
    assert_eq!(of("1307"), Figures::default());
}

#[test]
fn a_year_is_over_on_the_same_day() {
    for (since, today, years) in [
        (20_150_301, 20_160_229, 0),
        (20_150_301, 20_160_301, 1),
        (20_160_229, 20_170_228, 0),
        (20_160_229, 20_170_301, 1),
        (20_170_101, 20_161_231, 0),
    ] {
        assert_eq!(full_years(day(since), day(today)), years, "{since} {today}");
    }
}

fn figures() -> impl Strategy<Value = Figures> {
    let card = (1..=5u8, 1..=4u32, prop::option::of((2014..=2016u16, -50..5_000i64)), 0..3u8);
    let months = prop::collection::btree_map(201_401..=201_412u32, (0..9u32, 0..99i64), 0..4);
    (prop::collection::vec(card, 0..8), months).prop_map(|(cards, months)| {
        let mut made = with(cards.into_iter().map(|card| some_card(&card)).collect());
        for (month, (visits, aid)) in months {
            let counts = MonthCounts { visits, aid: Fen(aid), ..MonthCounts::default() };
            made.months.insert(Month::from_yyyymm(month).unwrap(), counts);
        }
        one(&made, 20_161_231)
    })
}

fn some_card((status, persons, income, aid): &(u8, u32, Option<(u16, i64)>, u8)) -> Household {
    let made = household(Status::from_wire(i32::from(*status)).unwrap(), *persons);
    let mut made = income.iter().fold(made, |made, (year, yuan)| earning(made, *year, *yuan));
    made.deliveries = (0..*aid).map(|_| delivery(MeasureGroup::Health, None, 7, 0, false)).collect();
    made
}

proptest! {
    #[test]
    fn sums_do_not_depend_on_order_or_grouping(parts in prop::collection::vec(figures(), 0..8), cut in 0..8usize) {
        let total: Figures = parts.iter().sum();
        let (left, right) = parts.split_at(cut.min(parts.len()));
        let mut halves: Figures = right.iter().sum();
        halves.add(&left.iter().sum());
        prop_assert_eq!(&total, &halves);
        let one_by_one = parts.iter().rev().fold(Figures::default(), |mut sum, part| {
            sum.add(part);
            sum
        });
        prop_assert_eq!(&total, &one_by_one);
    }

    #[test]
    fn the_median_of_a_sum_is_that_of_all_its_persons(parts in prop::collection::vec(
        prop::collection::vec((1..=6u32, 0..50i64), 0..6), 1..5,
    )) {
        let villages = parts.iter().map(|cards| {
            with(cards.iter().map(|(persons, yuan)| earning(household(Status::Poor, *persons), 2016, *yuan)).collect())
        });
        let sum: Figures = villages.map(|village| one(&village, 20_161_231)).collect::<Vec<_>>().iter().sum();
        let mut persons: Vec<i64> =
            parts.iter().flatten().flat_map(|(persons, yuan)| vec![*yuan; *persons as usize]).collect();
        persons.sort_unstable();
        let middle = persons.len().saturating_sub(1) / 2;
        prop_assert_eq!(sum.incomes.median(), persons.get(middle).map(|yuan| Fen::yuan(*yuan)));
    }
}
