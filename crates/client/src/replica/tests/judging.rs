//! Drafts against the rules, and what an audit would find: for each warning a report that it is about, and one like it
//! that it is not about.

use super::*;
use crate::draft;
use crate::home::Home;
use crate::replica::personal::Page;
use crate::{Random, Report, file};
use lika_domain::ids::{SubmissionId, Tag};
use lika_testkit::county::{
    COUNTY_OFFICER, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, RESPONSIBLE, TODAY, TOWNSHIP, date, household, official,
};
use lika_testkit::rules::World;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The replica of a county in which decisions need no steps, and what was reported since.
struct Desk {
    known: Known,
    ahead: Ahead,
    home: Home,
    _dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let mut known = Known::new(area(TOWNSHIP), node::key().verifier().clone(), Personal::default());
        known.state = World::lenient().state;
        Self { known, ahead: Ahead::default(), home, _dir: dir }
    }

    /// The same, where these were reported: who, and what.
    fn after(reports: &[(u32, Value)]) -> Self {
        let mut desk = Self::new();
        for (author, report) in reports {
            desk.report(*author, report);
        }
        desk
    }

    /// Reports something that the rules admit.
    fn report(&mut self, author: u32, report: &Value) {
        let judged = self.judge(author, report);
        assert_eq!(judged.refused, None, "{report}");
        let (read, written) = self.read(report);
        let mut submission = self.known.submission(&draft(author, &read, &written)).unwrap();
        submission.header.id = SubmissionId([u8::try_from(self.ahead.waiting.len() + 1).unwrap(); 16]);
        self.ahead.waiting.push(submission);
    }

    fn judge(&self, author: u32, report: &Value) -> Judged {
        let (read, written) = self.read(report);
        self.known.judge(&draft(author, &read, &written), &self.ahead)
    }

    /// Warnings about a report that the rules admit.
    fn warned(&self, author: u32, report: &Value) -> Vec<(Warning, u32, String)> {
        let judged = self.judge(author, report);
        assert_eq!(judged.refused, None, "{report}");
        judged.warnings.into_iter().map(|warned| (warned.warning, warned.event, warned.detail)).collect()
    }

    fn kinds(&self, author: u32, report: &Value) -> Vec<Warning> {
        self.warned(author, report).into_iter().map(|(warning, ..)| warning).collect()
    }

    fn read(&self, report: &Value) -> (Report, Value) {
        let mut random = Random::system();
        let draft = draft::Draft::read(&report.to_string(), &mut random).unwrap();
        let read = file::read(&draft.file.to_string(), &self.home, node::ORIGIN, &mut random).unwrap();
        (read, draft.file)
    }
}

fn draft<'a>(author: u32, report: &'a Report, written: &'a Value) -> Draft<'a> {
    let now_ms = date(TODAY).start_unix_ms() + 3_600_000;
    Draft { report, written, author: official(author), key: KeyId(u64::from(author)), now_ms }
}

/// An event of the household, on a day.
fn households(day: &str, kind: &str, content: &Value) -> Value {
    let event = json!({"happened": day, "household": HOUSEHOLD.to_string(), kind: content});
    json!({"area": VILLAGE, "households": {"events": [event]}})
}

fn income(per_head_yuan: u32) -> (u32, Value) {
    let (year, per_head) = (2015, format!("{per_head_yuan}.00"));
    let net = format!("{}.00", per_head_yuan * 3);
    let content = json!({"year": year, "wage_yuan": net, "net_yuan": net, "per_head_yuan": per_head});
    (VILLAGE_OFFICER, households("2016-01-10", "income_assessed", &content))
}

fn conditions(water: &str) -> (u32, Value) {
    let content = json!({"food": "yes", "clothing": "yes", "education": "yes", "medical": "yes", "housing": "yes",
        "water": water, "dwelling": "b"});
    (VILLAGE_OFFICER, households("2016-01-11", "living_conditions_assessed", &content))
}

fn assignment(day: &str, number: u32, kind: &str, content: &Value) -> (u32, Value) {
    let event =
        json!({"happened": day, "household": HOUSEHOLD.to_string(), "official": number.to_string(), kind: content});
    (COUNTY_OFFICER, json!({"area": VILLAGE, "officials": {"events": [event]}}))
}

fn assigned(number: u32, capacity: &str) -> (u32, Value) {
    assignment("2016-01-12", number, "official_assigned", &json!({"capacity": capacity}))
}

fn exit(day: &str) -> Value {
    households(day, "household_exited", &json!({"income_year": 2015, "accepted": true}))
}

fn aid(day: &str, place: &str, household: Option<u64>, kind: &str, content: &Value) -> Value {
    let mut event = json!({"happened": day, kind: content});
    if let Some(household) = household {
        event["household"] = json!(household.to_string());
    }
    json!({"area": place, "aid": {"events": [event]}})
}

fn released() -> (u32, Value) {
    let content =
        json!({"release": "1", "source": "central", "amount_yuan": "1000.00", "year": 2021, "document": "7"});
    (FINANCE, aid("2021-04-01", COUNTY, None, "funds_released", &content))
}

fn allocated() -> (u32, Value) {
    let content =
        json!({"allocation": "11", "release": "1", "amount_yuan": "600.00", "group": "industry", "project": "山羊"});
    (FINANCE, aid("2021-04-01", VILLAGE, None, "funds_allocated", &content))
}

fn delivered(number: u32, day: &str, amount: &str) -> Value {
    let content = json!({"delivery": number, "group": "industry", "allocation": "11", "amount_yuan": amount});
    aid(day, VILLAGE, Some(HOUSEHOLD), "aid_delivered", &content)
}

fn acknowledged(number: u32) -> Value {
    let content = json!({"delivery": number, "member": 1});
    aid("2021-04-03", VILLAGE, Some(HOUSEHOLD), "aid_acknowledged", &content)
}

/// A household ready to leave poverty, with nothing to warn of.
fn ready() -> Vec<(u32, Value)> {
    vec![income(3_000), conditions("yes"), assigned(RESPONSIBLE, "first")]
}

#[test]
fn an_exit_below_the_line_is_warned_of_and_one_above_it_is_not() {
    assert_eq!(Desk::after(&ready()).kinds(VILLAGE_OFFICER, &exit("2016-03-01")), []);
    let mut below = ready();
    below[0] = income(2_000);
    let warned = Desk::after(&below).warned(VILLAGE_OFFICER, &exit("2016-03-01"));
    assert_eq!(warned, [(Warning::ExitBelowLine, 0, HOUSEHOLD.to_string())]);
}

#[test]
fn an_exit_with_a_guarantee_unmet_or_unknown_is_warned_of() {
    let mut unmet = ready();
    unmet[1] = conditions("no");
    let warned = Desk::after(&unmet).warned(VILLAGE_OFFICER, &exit("2016-03-01"));
    assert_eq!(warned, [(Warning::ExitGuaranteeUnmet, 0, "water".to_owned())]);
    unmet.remove(1);
    let warned = Desk::after(&unmet).kinds(VILLAGE_OFFICER, &exit("2016-03-01"));
    assert_eq!(warned, [Warning::ExitGuaranteeUnmet]);
}

#[test]
fn nobody_responsible_is_warned_of_when_a_household_exits_or_its_first_official_leaves() {
    let mut nobody = ready();
    nobody[2] = assigned(RESPONSIBLE, "second");
    let warned = Desk::after(&nobody).warned(VILLAGE_OFFICER, &exit("2016-03-01"));
    assert_eq!(warned, [(Warning::NobodyResponsible, 0, HOUSEHOLD.to_string())]);
    let (author, ending) = assignment("2016-02-01", RESPONSIBLE, "assignment_ended", &json!({"reason": "left"}));
    assert_eq!(Desk::after(&ready()).kinds(author, &ending), [Warning::NobodyResponsible]);
    assert_eq!(Desk::after(&nobody[2..]).kinds(author, &ending), [Warning::NobodyResponsible]);
    let both = [assigned(RESPONSIBLE, "second"), assigned(COUNTY_OFFICER, "first")];
    assert_eq!(Desk::after(&both).kinds(author, &ending), []);
}

#[test]
fn a_decision_after_its_deadline_is_warned_of() {
    let clue = json!({"procedure": "monitoring", "step": "clue", "outcome": "passed"});
    let monitored = |day: &str| households(day, "monitoring_started", &json!({"kind": "marginal", "risks": ["因病"]}));
    let begun = [(VILLAGE_OFFICER, households("2021-03-01", "procedure_step_taken", &clue))];
    let desk = Desk::after(&begun);
    assert_eq!(desk.kinds(VILLAGE_OFFICER, &monitored("2021-03-10")), []);
    let warned = desk.kinds(VILLAGE_OFFICER, &monitored("2021-05-30"));
    assert_eq!(warned, [Warning::DecidedLate]);
}

/// A registration of one person.
fn registration(name: &str, month: &str) -> Value {
    let member = json!({"number": 1, "relation": "head", "sex": "male", "birth_month": month, "ethnicity": 1,
        "education": "primary", "health": "healthy", "labour": "ordinary",
        "private": {"name": name, "citizen_id": "900000197005010019"}});
    let registered = json!({"attribute": "general", "standard": "national", "main_cause": "因病",
        "private": {"address": "村东"}, "members": [member]});
    let event = json!({"happened": "2021-05-01", "household": NEW_HOUSEHOLD.to_string(),
        "household_registered": registered});
    json!({"area": VILLAGE, "households": {"events": [event]}})
}

#[test]
fn a_person_of_the_same_name_and_month_of_birth_on_another_card_is_warned_of() {
    let mut desk = Desk::new();
    let head = desk.known.state.villages[&area(VILLAGE)].households[&household(HOUSEHOLD)].members[0].clone();
    let id = household(HOUSEHOLD).person(head.number).to_string();
    let month = head.birth_month.yyyymm();
    let month = format!("{}-{:02}", month / 100, month % 100);
    let page = json!({"households": [{"id": HOUSEHOLD.to_string(), "personal":
        {"members": [{"id": id, "name": "张 三"}]}}], "officials": [], "next": null});
    let page: Page = serde_json::from_value(page).unwrap();
    desk.known.take_personal(page);
    let warned = desk.warned(VILLAGE_OFFICER, &registration("张三", &month));
    assert_eq!(warned, [(Warning::LikelyDuplicate, 0, id)]);
    for (name, month) in [("张三", "1999-12"), ("张四", month.as_str())] {
        assert_eq!(desk.kinds(VILLAGE_OFFICER, &registration(name, month)), [], "{name} {month}");
    }
    // The household's own card does not count, nor does one that was erased.
    let added = json!({"member": registration("张三", &month)["households"]["events"][0]["household_registered"]
        ["members"][0].clone(), "reason": "birth"});
    let mut own = households("2021-05-01", "member_added", &added);
    own["households"]["events"][0]["member_added"]["member"]["number"] = json!(9);
    own["households"]["events"][0]["member_added"]["member"]["relation"] = json!("child");
    let judged = desk.judge(VILLAGE_OFFICER, &own);
    assert_eq!((judged.refused, judged.warnings), (None, vec![]));
    desk.known.personal.forget(household(HOUSEHOLD));
    assert_eq!(desk.kinds(VILLAGE_OFFICER, &registration("张三", &month)), []);
}

#[test]
fn whoever_recorded_a_delivery_is_warned_when_they_acknowledge_it() {
    let mut desk = Desk::after(&[released(), allocated()]);
    desk.report(FINANCE, &delivered(1, "2021-04-02", "100.00"));
    let acknowledging = acknowledged(1);
    assert_eq!(desk.warned(FINANCE, &acknowledging), [(Warning::PayerAcknowledges, 0, "1".to_owned())]);
    assert_eq!(desk.kinds(VILLAGE_OFFICER, &acknowledging), []);
    // Also within one submission.
    let mut both = delivered(2, "2021-04-02", "50.00");
    let second = acknowledged(2)["aid"]["events"][0].clone();
    both["aid"]["events"].as_array_mut().unwrap().push(second);
    assert_eq!(desk.warned(FINANCE, &both), [(Warning::PayerAcknowledges, 1, "2".to_owned())]);
}

#[test]
fn the_same_delivery_again_is_warned_of() {
    let mut desk = Desk::after(&[released(), allocated()]);
    desk.report(FINANCE, &delivered(1, "2021-04-02", "100.00"));
    let again = desk.warned(FINANCE, &delivered(2, "2021-04-02", "100.00"));
    assert_eq!(again, [(Warning::SameDeliveryAgain, 0, "1".to_owned())]);
    assert_eq!(desk.kinds(FINANCE, &delivered(2, "2021-04-03", "100.00")), []);
    assert_eq!(desk.kinds(FINANCE, &delivered(2, "2021-04-02", "99.00")), []);
    // What was given back has to be given again.
    let content = json!({"delivery": 1, "amount_yuan": "100.00", "reason": "returned"});
    desk.report(FINANCE, &aid("2021-04-02", VILLAGE, Some(HOUSEHOLD), "aid_reversed", &content));
    assert_eq!(desk.kinds(FINANCE, &delivered(2, "2021-04-02", "100.00")), []);
}

#[test]
fn every_warning_has_a_code_of_its_own() {
    let codes: std::collections::BTreeSet<_> = Warning::ALL.iter().map(|warning| warning.code()).collect();
    assert_eq!(codes.len(), Warning::ALL.len());
}

/// What has a receipt and was not fetched yet counts like what waits.
#[test]
fn what_was_receipted_and_not_fetched_counts() {
    let mut desk = Desk::new();
    let (author, allocation) = allocated();
    let refused = desk.judge(author, &allocation).refused.unwrap();
    assert_eq!(refused.code().name(), "release_unknown");
    desk.report(FINANCE, &released().1);
    let submission = desk.ahead.waiting.remove(0);
    // Others recorded something before it, which was not fetched either.
    let index = desk.known.state.applied + 3;
    let mut entry = ahead::next_entry(&desk.known.state, submission, date(TODAY).start_unix_ms());
    entry.header.index = index;
    desk.ahead.recorded.push(entry);
    assert_eq!(desk.kinds(author, &allocation), []);
    let state = desk.known.expected(&desk.ahead, 0);
    assert!(state.releases.contains_key(&1) && state.applied == index + 1);
    assert!(matches!(desk.known.expected(&Ahead::default(), 0), std::borrow::Cow::Borrowed(_)));
}

/// Whatever is left out of the part of the state that a draft is judged on changes no answer.
#[test]
fn a_draft_is_judged_on_a_part_of_the_state_as_on_the_whole() {
    let reports = [ready(), vec![released(), allocated()]].concat();
    let desk = Desk::after(&reports);
    let whole = desk.known.expected(&desk.ahead, date(TODAY).start_unix_ms());
    let part = desk.known.expected_in(area(VILLAGE), &desk.ahead, date(TODAY).start_unix_ms()).state;
    assert_eq!(whole.villages[&area(VILLAGE)], part.villages[&area(VILLAGE)]);
    let of = |state: &State| (state.officials.clone(), state.keys.clone(), state.releases.clone(), state.applied);
    assert_eq!(of(&whole), of(&part));
}

/// A county of 35,000 cards and 2,000 officials.
fn county() -> Desk {
    let mut desk = Desk::new();
    let State { homes, tags, officials, villages, .. } = &mut desk.known.state;
    let (village, one) = (villages[&area(VILLAGE)].clone(), officials[&official(RESPONSIBLE)].clone());
    let card = village.households[&household(HOUSEHOLD)].clone();
    for number in 0..35_000_u32 {
        let id = household(2_000_000_000 + u64::from(number));
        let place = area(&format!("130624101{:03}", number % 120));
        let of_place = villages.entry(place).or_insert_with(|| village.clone());
        of_place.households.insert(id, card.clone());
        homes.insert(id, place);
        for member in 1..=3 {
            tags.insert(Tag((u128::from(id.get()) << 8 | member).to_be_bytes()), Vec::new());
        }
    }
    officials.extend((0..2_000).map(|number| (official(20_000_000 + number), one.clone())));
    desk
}

/// The shortest of some runs.
fn time(work: impl Fn()) -> Duration {
    let run = || {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..5).map(|_| run()).min().unwrap()
}

/// What judging costs does not grow with the area: copying the state of a county would take many times as long.
#[test]
fn a_draft_in_a_county_is_judged_without_copying_its_state() {
    let mut desk = county();
    let (author, report) = income(3_000);
    let (read, written) = desk.read(&report);
    let draft = draft(author, &read, &written);
    let copying = time(|| drop(desk.known.state.clone()));
    let alone = time(|| assert_eq!(desk.known.judge(&draft, &desk.ahead).refused, None));
    desk.report(FINANCE, &released().1);
    let ahead = time(|| assert_eq!(desk.known.judge(&draft, &desk.ahead).refused, None));
    println!("copying {copying:?}, judging {alone:?}, with a submission ahead {ahead:?}");
    assert!(alone < copying / 20 && ahead < copying / 3, "{copying:?} {alone:?} {ahead:?}");
}
