//! Figures checked against sums done by hand, and sums against every grouping.

use super::count::full_years;
use super::*;
use crate::aid::{Allocation, Delivery, FundsSource, MeasureGroup, Release};
use crate::household::Status;
use crate::household::{Attribute, Cause, Facts, Household, Monitoring, MonitoringKind, Standard};
use crate::ids::{HouseholdId, MemberNo, OfficialId};
use crate::income::YearIncome;
use crate::living::{Conditions, Met};
use crate::member::{Health, Labour, Member, Relation, Sex};
use crate::money::Fen;
use crate::official::{Assignment, Capacity, Charge, Mode, Official};
use crate::procedure::{End, Outcome, Procedure, Round, Step, StepTaken};
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
        registered_in: 3,
        rural_households: 100,
        rural_persons,
        collective_income: Fen::ZERO,
        services: Vec::new(),
        exited: None,
        exited_in: None,
        rounds: Vec::new(),
        candidates: BTreeMap::new(),
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
        decided: 9,
        registered_in: 8,
        fell_back: None,
        rounds: Vec::new(),
        exit: None,
        monitoring: None,
        members: (1..=persons).map(member).collect(),
        highest_member: MemberNo::new(persons).unwrap(),
        incomes: Vec::new(),
        conditions: Conditions::default(),
        officials: Vec::new(),
        unassigned: None,
        had_first: false,
        handed_over: 0,
        visited: None,
        visited_before: None,
        visited_in: 8,
        visits: 0,
        deliveries: Vec::new(),
        highest_delivery: 0,
        erased: false,
    }
}

fn earning(mut household: Household, year: u16, per_head_yuan: i64) -> Household {
    let members = u8::try_from(household.members.len()).unwrap();
    let net = Fen::yuan(per_head_yuan * i64::from(members));
    household.incomes.push(YearIncome { year, members, net, per_head: Fen::yuan(per_head_yuan), entry: 10 });
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
        entry: 11,
    }
}

fn round(procedure: Procedure, steps: &[(Step, u32)], end: Option<End>) -> Round {
    let taken = |(step, happened): &(Step, u32)| StepTaken {
        step: *step,
        outcome: Outcome::Passed,
        happened: day(*happened),
        until: None,
        by: official_id(1),
        entry: 12,
    };
    Round { procedure, steps: steps.iter().map(taken).collect(), end }
}

fn tally(figures: &Figures, of: impl Fn(Tally) -> Figure) -> Vec<i64> {
    Tally::ALL.iter().map(|part| figures.get(of(*part))).collect()
}

fn known(figures: &Figures, number: usize) -> Vec<i64> {
    Known::ALL
        .iter()
        .map(|part| figures.get(Figure::Condition(crate::living::Condition::ALL[number], *part)))
        .collect()
}

fn state(villages: Vec<(&str, Village)>) -> State {
    State {
        jurisdiction: Some(Jurisdiction {
            origin: "test.example/130624".into(),
            area: area("130624"),
            name: "阜平县".into(),
            mode: Mode::Testing,
            exited: None,
            rounds: Vec::new(),
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
    watched.monitoring = Some(Monitoring {
        kind: MonitoringKind::Unstable,
        since: day(20_160_101),
        entry: 13,
        risks: vec![Cause::Illness],
    });
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
    assert_eq!(tally(&figures, Figure::Households), [6, 2, 1, 1, 1, 1, 1]);
    assert_eq!(tally(&figures, Figure::Persons), [21, 5, 5, 4, 6, 4, 1]);
    assert_eq!(figures.poor_persons(), 16);
    assert_eq!(figures.incidence(), Some(160));
}

#[test]
fn incidence_is_rounded_down_and_unknown_without_rural_persons() {
    let mut figures = Figures { rural_persons: 1_001, ..Figures::default() };
    figures.count(Figure::Persons(Tally::Poor), &Contribution { amount: 20, entry: 1, household: None });
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
fn losses_round_down_and_no_persons_have_no_mean() {
    let mut lossy = household(Status::Poor, 3);
    lossy.incomes.push(YearIncome { year: 2016, members: 3, net: Fen(-100), per_head: Fen(-34), entry: 10 });
    let incomes = one(&with(vec![lossy]), 20_161_231).incomes;
    assert_eq!((incomes.mean(), incomes.median()), (Some(Fen(-34)), Some(Fen(-34))));
    assert_eq!((Incomes::default().mean(), Incomes::default().median()), (None, None));
}

#[test]
fn conditions_count_open_cards() {
    let mut met = household(Status::Poor, 1);
    met.conditions.met[0] = Some((Met::Yes, day(20_160_101), 14));
    met.conditions.met[4] = Some((Met::No, day(20_160_101), 14));
    let mut closed = met.clone();
    closed.status = Status::Deregistered;
    let figures = one(&with(vec![met, household(Status::Exited, 1), closed]), 20_161_231);
    assert_eq!([0, 4, 5].map(|number| known(&figures, number)), [[1, 0, 1], [0, 1, 1], [0, 0, 2]]);
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
    let figures = one(&with(cards), 20_161_231);
    let of = |part| figures.get(Figure::Visits(part));
    let who = |part| figures.get(Figure::Officials(part));
    assert_eq!((of(Visited::Lately), of(Visited::In90Days)), (2, 4));
    assert_eq!((who(Coverage::Assigned), who(Coverage::Unassigned)), (0, 7));
    // Due 30 days after the last visit: overdue since then, or within a week.
    assert_eq!((of(Visited::Due), of(Visited::Overdue)), (2, 3));
}

#[test]
fn households_of_an_official_with_too_many_are_counted() {
    let cards = |official: u32, number: u32| {
        let assignment = Assignment {
            official: official_id(official),
            capacity: Capacity::First,
            from: day(20_160_101),
            entry: 15,
        };
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
    let figures = Figures::of_area(&state, area("130624100200"), day(20_161_231));
    let of = |part| figures.get(Figure::Officials(part));
    assert_eq!((of(Coverage::Assigned), of(Coverage::OverCaseload)), (5, 2));
}

#[test]
fn procedures_are_under_way_until_they_end_and_late_beyond_their_deadline() {
    use Procedure::{HouseholdExit, Identification, Monitoring as Watch};
    let decided =
        |complete, late| Some(End::Decided { happened: day(20_161_120), entry: 20, steps: 1, complete, late });
    let taking = |status, rounds: Vec<Round>| Household { rounds, ..household(status, 1) };
    let appraised = || round(HouseholdExit, &[(Step::Appraisal, 20_161_101)], None);
    let clue = |happened| vec![round(Watch, &[(Step::Clue, happened)], None)];
    let failed = Round { end: Some(End::Failed { late: true }), ..appraised() };
    let cards = vec![
        taking(Status::Poor, vec![round(Identification, &[(Step::Application, 20_161_201)], None)]),
        taking(Status::Poor, vec![failed, appraised()]),
        taking(Status::Exited, vec![Round { end: decided(true, false), ..appraised() }]),
        taking(Status::Exited, vec![Round { end: decided(false, true), ..appraised() }]),
        taking(Status::Exited, clue(20_161_216)), // 15 days: in time
        taking(Status::Exited, clue(20_161_215)),
        taking(Status::Deregistered, clue(20_160_101)),
    ];
    let mut village = with(cards);
    village
        .head
        .candidates
        .insert(household_id(99), vec![round(Identification, &[(Step::Appraisal, 20_161_201)], None)]);
    village.head.rounds = vec![round(Procedure::VillageExit, &[(Step::Application, 20_161_201)], None)];
    let figures = one(&village, 20_161_231);
    let counts: Vec<_> = Procedures::ALL.iter().map(|part| figures.get(Figure::Procedures(*part))).collect();
    assert_eq!(counts, [6, 1, 2, 1]);
    assert_eq!(figures.get(Figure::At(Watch, Step::Clue)), 2);
    assert_eq!(figures.get(Figure::At(Identification, Step::Appraisal)), 1);
}

#[test]
fn exits_below_the_line_or_without_a_guarantee_are_counted_on_open_cards() {
    let exited = |status, below_line, guarantee_missing| Household {
        exit: Some(crate::household::ExitFindings { below_line, guarantee_missing }),
        ..household(status, 1)
    };
    let cards = vec![
        exited(Status::Exited, true, false),
        exited(Status::Exited, true, true),
        exited(Status::Exited, false, false),
        exited(Status::Deregistered, true, true),
    ];
    let figures = one(&with(cards), 20_161_231);
    let counts: Vec<_> = Exits::ALL.iter().map(|part| figures.get(Figure::Exits(*part))).collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn a_village_needs_the_fewest_households_that_bring_it_below_the_threshold() {
    // Of 1,000 rural persons, 19 poor are below 2 %; 20 are not.
    let lacks = |persons: &[u32]| {
        let figures =
            one(&with(persons.iter().map(|persons| household(Status::Poor, *persons)).collect()), 20_161_231);
        let of = |part| figures.get(Figure::Villages(part));
        (of(Exit::Ready), of(Exit::PersonsToGo), of(Exit::HouseholdsToGo))
    };
    assert_eq!(lacks(&[5, 5, 5, 4]), (1, 0, 0));
    assert_eq!(lacks(&[5, 5, 5, 5]), (0, 1, 1));
    assert_eq!(lacks(&[1, 6, 2, 5, 5, 5, 5]), (0, 10, 2));
    let mut exited = with(vec![household(Status::Poor, 30)]);
    exited.head.exited_in = Some(40);
    let figures = one(&exited, 20_161_231);
    assert_eq!(
        (figures.get(Figure::Villages(Exit::Exited)), figures.get(Figure::Villages(Exit::HouseholdsToGo))),
        (1, 0)
    );
    exited.head.poor = false;
    assert_eq!(one(&exited, 20_161_231).get(Figure::Villages(Exit::Poor)), 0);
}

#[test]
fn entitlements_due_and_missing_follow_from_the_facts() {
    use crate::entitlement::Entitlement;
    use crate::living::DwellingGrade;
    let mut card = household(Status::Exited, 1);
    card.conditions.dwelling = Some(DwellingGrade::D);
    card.facts.attribute = Attribute::Dibao;
    card.deliveries = vec![
        Delivery { happened: day(20_140_701), ..delivery(MeasureGroup::Housing, None, 9, 0, true) },
        Delivery { happened: day(20_160_102), ..delivery(MeasureGroup::Health, None, 9, 0, true) },
        Delivery { happened: day(20_160_101), ..delivery(MeasureGroup::SafetyNet, None, 9, 0, true) },
        Delivery { happened: day(20_161_201), ..delivery(MeasureGroup::Industry, None, 9, 9, true) },
    ];
    let figures = one(&with(vec![card]), 20_161_231);
    let of = |one| Entitled::ALL.iter().map(|part| figures.get(Figure::Entitled(one, *part))).collect::<Vec<_>>();
    assert_eq!(of(Entitlement::Housing), [1, 1, 0], "houses are built once");
    assert_eq!(of(Entitlement::Health), [1, 1, 0], "364 days ago");
    assert_eq!(of(Entitlement::SafetyNet), [1, 0, 1], "365 days ago");
    assert_eq!(of(Entitlement::Livelihood), [1, 0, 1], "taken back");
    assert_eq!(of(Entitlement::Education), [0, 0, 0]);
    assert_eq!((figures.get(Figure::Gap(Gap::Households)), figures.get(Figure::Gap(Gap::Measures))), (1, 2));
}

#[test]
fn posts_count_on_the_days_they_are_held() {
    use crate::official::VillagePost;
    let posted = |post, from, until: Option<u32>| {
        let mut village = village(100);
        let (from, until) = (day(from), until.map(day));
        village.head.postings =
            vec![crate::village::Posting { official: official_id(1), post, from, until, entry: 21 }];
        let figures = one(&village, 20_161_231);
        Posts::ALL.iter().map(|part| figures.get(Figure::Posts(*part))).collect::<Vec<_>>()
    };
    assert_eq!(posted(VillagePost::FirstSecretary, 20_160_101, None), [1, 1, 0, 0]);
    assert_eq!(posted(VillagePost::TeamMember, 20_160_101, Some(20_161_231)), [1, 0, 1, 0]);
    assert_eq!(posted(VillagePost::TeamLeader, 20_160_101, Some(20_161_230)), [1, 0, 0, 1]);
    assert_eq!(posted(VillagePost::TeamLeader, 20_170_101, None), [1, 0, 0, 1]);
}

/// The contributions that explain a figure add up to it, and name the cards and entries it was counted from.
#[test]
fn every_figure_is_the_sum_of_what_explains_it() {
    let mut village = with(vec![household(Status::Poor, 3), earning(household(Status::Exited, 2), 2015, 1)]);
    village.head.rounds = vec![round(Procedure::VillageExit, &[(Step::Application, 20_161_201)], None)];
    let (state, here, today) = (state(Vec::new()), area("130624100200"), day(20_161_231));
    let figures = Figures::of_village(&state, here, &village, today);
    for figure in Figure::all() {
        let grounds = FigureRef::Sum(figure).of_village(&state, here, &village, today, None);
        assert_eq!(grounds.iter().map(|ground| ground.amount).sum::<i64>(), figures.get(figure), "{figure}");
    }
    let poor = FigureRef::Sum(Figure::Persons(Tally::Poor)).of_village(&state, here, &village, today, None);
    assert_eq!(poor, [Contribution { amount: 3, entry: 9, household: Some(household_id(0)) }]);
    let under_way =
        FigureRef::Sum(Figure::Procedures(Procedures::UnderWay)).of_village(&state, here, &village, today, None);
    assert_eq!(under_way, [Contribution { amount: 1, entry: 12, household: None }]);
    let below = FigureRef::Income(IncomeFigure::BelowLine).of_village(&state, here, &village, today, Some(2015));
    assert_eq!(below, [Contribution { amount: 2, entry: 10, household: Some(household_id(1)) }]);
    assert_eq!(FigureRef::Poverty(Poverty::Incidence).of_village(&state, here, &village, today, None), poor);
    let poor_now = FigureRef::Poverty(Poverty::Now).of_village(&state, here, &village, today, None);
    assert_eq!(poor_now, [Contribution { amount: 1, ..poor[0] }]);
    for name in ["incidence", "households.poor_now", "income.median", "months.2016-05.visits", "gap.housing.missing"] {
        assert_eq!(FigureRef::from_name(name).map(|asked| asked.to_string()).as_deref(), Some(name));
    }
    for name in ["", "income", "months.2016-5.visits", "months.2016-13.visits", "gap.housing"] {
        assert_eq!(FigureRef::from_name(name), None, "{name}");
    }
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
        entry: 16,
        delivered: Fen::yuan(delivered),
    };
    village.allocations.insert(1, allocation(1_000, 600, 20_151_231)); // 12 months today
    village.allocations.insert(2, allocation(70, 0, 20_141_231)); // 24 months today
    village.allocations.insert(3, allocation(9, 0, 20_160_101)); // not yet
    village.allocations.insert(4, allocation(5, 8, 20_140_101)); // overdrawn: nothing lies idle
    let figures = one(&village, 20_161_231);
    let aid = |group| Aid::ALL.iter().map(|part| figures.get(Figure::Aid(group, *part))).collect::<Vec<_>>();
    assert_eq!(aid(MeasureGroup::Housing), [3, 60_000, 40_000]);
    assert_eq!(aid(MeasureGroup::Social), [1, 5_000, 5_000]);
    assert_eq!(aid(MeasureGroup::Health), [0, 0, 0]);
    let money: Vec<_> = Money::ALL.iter().map(|part| figures.get(Figure::Money(*part)) / 100).collect();
    // released allocated unallocated delivered undelivered acknowledged reversed, idle for one year and for two
    assert_eq!(money, [0, 1_084, 0, 730, 476, 400, 130, 470, 70]);
}

#[test]
fn released_money_enters_once_with_the_jurisdiction() {
    let mut state = state(vec![("130624100200", village(10)), ("130624101200", village(20))]);
    let release = Release {
        source: FundsSource::Central,
        amount: Fen::yuan(100),
        happened: day(20_151_201),
        since: 5,
        put_right: Vec::new(),
        allocated: vec![(6, Fen::yuan(30)), (7, Fen::yuan(20))],
    };
    state.releases.insert(1, release);
    let of = |prefix| Figures::of_area(&state, area(prefix), day(20_161_231));
    let money = |prefix, part| of(prefix).get(Figure::Money(part)) / 100;
    assert_eq!((money("130624100", Money::Released), of("130624100").rural_persons), (0, 10));
    for whole in ["130624", "1306", "13"] {
        let parts = [Money::Released, Money::Unallocated, Money::IdleYear];
        assert_eq!(parts.map(|part| money(whole, part)), [100, 50, 50]);
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
    let made = household(<Status as crate::kind::FromWire>::from_wire(i32::from(*status)).unwrap(), *persons);
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
