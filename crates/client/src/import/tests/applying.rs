//! Tables sent to a log: once, whatever happens in between.

use super::*;
use crate::api::Api;
use crate::home::KeyFile;
use crate::node::Log;
use crate::random::Random;
use lika_domain::rejection::{Code as LogCode, Problem, Rejection};
use lika_proto::convert;
use lika_proto::seal::{DataKey, Place, open};
use lika_proto::v1::household_event::Kind as HouseholdKind;
use lika_proto::v1::submission::Events;

const NOW_S: u64 = 1_467_331_200;

async fn apply_to(home: &Home, api: &Api, checked: &Checked) -> Applied {
    let key: KeyFile = home.key("phone").unwrap();
    apply(home, api, &key, checked, &mut Random::system(), NOW_S, |_| ()).await.unwrap()
}

fn twenty_assignments(rows: usize) -> String {
    let rows: String = (0..rows).map(|n| format!("{VILLAGE},12345678{n:02},10000001,第一,2016-07-01\n")).collect();
    format!("village,household,official,capacity,date\n{rows}")
}

fn known(text: &str, home: &Home) -> Checked {
    check(text.as_bytes(), &options(), &Known::load(home).unwrap()).unwrap()
}

/// A log that refuses the households whose numbers end in 7, event by event.
fn refuse_sevens(log: &mut Log) {
    log.refuse = Box::new(|submission| {
        let Some(Events::Officials(list)) = &submission.events else { return None };
        let bad = (0..).zip(&list.events).filter(|(_, event)| event.household % 10 == 7);
        let problem = |(event, _)| Problem {
            code: LogCode::HouseholdUnknown,
            event: Some(event),
            field: "household".into(),
            detail: String::new(),
        };
        let problems: Vec<_> = bad.map(problem).collect();
        (!problems.is_empty()).then(|| node::refusal(&Rejection { problems }))
    });
}

#[tokio::test]
async fn a_household_is_sealed_numbered_and_recorded() {
    let (api, log) = Log::start().await;
    let (_dir, home) = node::home();
    let applied = apply_to(&home, &api, &households(&[row(&[]), spouse()])).await;
    assert_eq!((applied.recorded.len(), applied.recorded_rows, applied.waiting), (1, 2, 0));
    let [named] = applied.households.as_slice() else { panic!("one household") };
    assert_eq!((named.label.as_str(), named.village.to_string().as_str()), ("甲1", VILLAGE));
    let taken = log.lock().unwrap().taken[0].clone();
    let message = convert::submission_message(&taken.submission).unwrap();
    let Some(Events::Households(list)) = message.events else { panic!("other service") };
    assert_eq!((list.events[0].happened, list.events[0].household), (20_160_701, named.household.get()));
    let Some(HouseholdKind::HouseholdRegistered(card)) = &list.events[0].kind else { panic!("other kind") };
    assert_eq!((card.attribute, card.other_causes.as_slice(), card.members.len()), (1, [8, 9].as_slice(), 2));
    let key = DataKey::from_slice(&taken.keys[0].key).unwrap();
    let private =
        open(&key, &Place::household(ORIGIN, named.household), &card.sealed.as_ref().unwrap().r#box).unwrap();
    assert_eq!((private.address.as_str(), private.phone.as_str()), ("骆驼湾3号", "13900000000"));
    let place = Place::member(ORIGIN, named.household, lika_domain::ids::MemberNo::new(2).unwrap());
    let private = open(&key, &place, &card.members[1].sealed.as_ref().unwrap().r#box).unwrap();
    assert_eq!((private.name.as_str(), private.citizen_id), ("李四", id(19_600_101, 122)));
    assert_eq!(home.data_keys(named.household.get()).unwrap().get(1), Some(&key));
}

#[tokio::test]
async fn a_table_that_is_applied_again_sends_nothing_twice() {
    let (api, log) = Log::start().await;
    let (_dir, home) = node::home();
    let first = [row(&[]), spouse()];
    apply_to(&home, &api, &known(&table(&first), &home)).await;
    // Again, with a household appended.
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let appended = known(&table(&[&first[..], &[other]].concat()), &home);
    let before = "recorded_before";
    assert_eq!((found(&appended), appended.good_rows()), (vec![(2, "", before), (3, "", before)], 1));
    assert!(!appended.has_problems());
    let states: Vec<_> = appended.plan().iter().map(|line| line.state).collect();
    assert_eq!(states, [State::Unchanged, State::New]);
    let applied = apply_to(&home, &api, &appended).await;
    assert_eq!((applied.recorded_rows, log.lock().unwrap().taken.len()), (1, 2));
    // The same household with another fact: it cannot be registered a second time.
    let changed = known(&table(&[row(&[(4, "低保")]), spouse()]), &home);
    let code = "changed_since_recorded";
    assert_eq!((found(&changed), changed.good_rows()), (vec![(2, "", code), (3, "", code)], 0));
    // The same person under another household's name.
    let again = known(&table(&[row(&[(HOUSEHOLD, "丙3")])]), &home);
    assert_eq!((found(&again), again.good_rows()), (vec![(2, "citizen_id", "citizen_id_registered")], 0));
    // Other tables may name the household as this one did.
    let text = format!(
        "village,household,official,date\n{VILLAGE},甲1,10000001,2016-07-01\n{VILLAGE},丁4,10000001,2016-07-01\n"
    );
    let named = known(&text, &home);
    assert_eq!((found(&named), named.good_rows()), (vec![(3, "household", "household_number_invalid")], 1));
}

#[tokio::test]
async fn what_waits_is_sent_by_the_next_run_and_never_composed_again() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().is_down = true;
    let (_dir, home) = node::home();
    let text = twenty_assignments(20);
    let applied = apply_to(&home, &api, &known(&text, &home)).await;
    assert_eq!((applied.recorded_rows, applied.waiting, applied.stopped.len()), (0, 1, 1));
    let waiting = home.pending().unwrap()[0].id;
    let again = known(&text, &home);
    assert!(again.plan().iter().all(|line| line.state == State::Waiting));
    assert_eq!((found(&again), again.good_rows()), (vec![], 20));
    log.lock().unwrap().is_down = false;
    let applied = apply_to(&home, &api, &again).await;
    let ids: Vec<_> = applied.recorded.iter().map(|proven| proven.id).collect();
    assert_eq!((ids, applied.recorded_rows, applied.waiting), (vec![waiting], 20, 0));
    let last = apply_to(&home, &api, &known(&text, &home)).await;
    assert_eq!((last.recorded_rows, log.lock().unwrap().taken.len()), (0, 1));
}

/// A crash after the plan was stored and before its submissions were.
#[tokio::test]
async fn a_plan_whose_submissions_were_never_stored_is_made_again() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().is_down = true;
    let (_dir, home) = node::home();
    let text = twenty_assignments(20);
    apply_to(&home, &api, &known(&text, &home)).await;
    std::fs::remove_file(home.dir().join("pending").join(format!("{}.submission", home.pending().unwrap()[0].id)))
        .unwrap();
    log.lock().unwrap().is_down = false;
    let again = known(&text, &home);
    assert!(again.plan().iter().all(|line| line.state == State::New));
    assert_eq!(apply_to(&home, &api, &again).await.recorded_rows, 20);
}

#[tokio::test]
async fn refusals_are_mapped_to_rows_and_the_rest_is_sent() {
    let (api, log) = Log::start().await;
    refuse_sevens(&mut log.lock().unwrap());
    let (_dir, home) = node::home();
    let applied = apply_to(&home, &api, &known(&twenty_assignments(20), &home)).await;
    assert_eq!((applied.recorded.len(), applied.recorded_rows, applied.waiting), (1, 18, 0));
    let refused: Vec<_> = applied.problems.iter().map(|problem| (problem.row, problem.code.as_ref())).collect();
    assert_eq!(refused, [(9, "household_unknown"), (19, "household_unknown")]);
    assert_eq!(applied.problems[0].zh, "户卡不存在");
    let taken = convert::submission(&log.lock().unwrap().taken[0].submission).unwrap();
    assert_eq!((taken.events.len(), taken.sequence), (18, 1));
    // Those that were refused may be sent again when what was wrong is right; the others are not.
    log.lock().unwrap().refuse = Box::new(|_| None);
    let applied = apply_to(&home, &api, &known(&twenty_assignments(20), &home)).await;
    assert_eq!((applied.recorded_rows, applied.problems.len()), (2, 0));
}

/// A submission composed by an earlier run is refused in a later one.
#[tokio::test]
async fn a_refusal_of_what_waited_is_mapped_to_rows_too() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().is_down = true;
    let (_dir, home) = node::home();
    apply_to(&home, &api, &known(&twenty_assignments(20), &home)).await;
    log.lock().unwrap().is_down = false;
    refuse_sevens(&mut log.lock().unwrap());
    let applied = apply_to(&home, &api, &known(&twenty_assignments(21), &home)).await;
    let refused: Vec<_> = applied.problems.iter().map(|problem| problem.row).collect();
    assert_eq!((refused, applied.recorded_rows), (vec![9, 19], 19));
}

#[tokio::test]
async fn a_refusal_names_the_row_of_the_member() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().refuse = Box::new(|submission| {
        let Some(Events::Households(list)) = &submission.events else { return None };
        if list.events.len() == 1 {
            return None;
        }
        let held = |member: u32| Problem {
            code: LogCode::CitizenIdRegistered,
            event: Some(0),
            field: "citizen_id".into(),
            detail: format!("{}{member:02}: held by 123456789001", list.events[0].household),
        };
        let missing =
            Problem { code: LogCode::FieldMissing, event: Some(0), field: "sex".into(), detail: "members[1]".into() };
        Some(node::refusal(&Rejection { problems: vec![held(1), held(2), missing] }))
    });
    let (_dir, home) = node::home();
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let member = spouse().replacen(",,", &format!("{VILLAGE},甲1,"), 1);
    let applied = apply_to(&home, &api, &households(&[row(&[]), other, member])).await;
    let named: Vec<_> = applied.problems.iter().map(|one| (one.row, one.detail.as_str())).collect();
    assert_eq!(named[..3], [(2, "held by 123456789001"), (4, "held by 123456789001"), (4, "")]);
}

#[tokio::test]
async fn submissions_refused_as_a_whole_are_not_sent_again() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().refuse = Box::new(|_| Some(node::refusal(&Rejection::of(LogCode::AreaForbids, "area", ""))));
    let (_dir, home) = node::home();
    let applied = apply_to(&home, &api, &known(&twenty_assignments(20), &home)).await;
    assert_eq!((applied.recorded_rows, applied.problems.len(), applied.waiting), (0, 20, 0));
    assert_eq!((applied.problems[0].row, applied.problems[0].code.as_ref()), (2, "area_forbids"));
}

#[tokio::test]
async fn submissions_are_of_one_village_and_not_too_large() {
    let (api, log) = Log::start().await;
    let (_dir, home) = node::home();
    let rows: Vec<_> = (0..230)
        .map(|n| {
            let village = if n % 2 == 0 { VILLAGE } else { "130624100201" };
            let remark = if n < 200 { "注".repeat(500) } else { String::new() };
            let id = id(19_500_101 + n / 100, n * 2 % 1000 + 1);
            row(&[(0, village), (HOUSEHOLD, &format!("户{n}")), (12, &remark), (CITIZEN_ID, &id)])
        })
        .collect();
    let applied = apply_to(&home, &api, &households(&rows)).await;
    assert_eq!((applied.recorded_rows, applied.households.len()), (230, 230));
    let taken = log.lock().unwrap().taken.clone();
    assert!(taken.len() > 4, "{}", taken.len());
    for signed in &taken {
        assert!(signed.submission.len() <= limits::REPORT_BYTES_MAX);
        assert!(convert::submission(&signed.submission).unwrap().events.len() <= limits::REPORT_EVENTS_MAX);
    }
    // All their keys are kept.
    let kept =
        applied.households.iter().filter(|named| home.data_keys(named.household.get()).unwrap().get(1).is_some());
    assert_eq!(kept.count(), 230);
}
