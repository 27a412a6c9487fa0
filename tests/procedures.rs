//! Officials take a household through its exit. The answers guide them: they say what is missing, and which step may
//! follow, from when, by which official and with which documents. Then an auditor asks for the entries behind the
//! figures.

use crate::support::desk::{Desk, Office, VILLAGE, citizen_id, household};
use crate::support::path;
use serde_json::{Value, json};

/// A step of a household's exit.
struct Step<'s> {
    step: &'s str,
    happened: u32,
    until: u32,
    paper: &'s str,
}

fn report(household: &str, step: &Step<'_>) -> Value {
    let evidence = json!([{"kind": step.paper, "file": "paper.jpg"}]);
    let taken = json!({"procedure": "PROCEDURE_HOUSEHOLD_EXIT", "step": step.step, "outcome": "OUTCOME_PASSED",
        "present": 30, "in_favour": 28, "until": step.until});
    let evidence = if step.paper.is_empty() { json!([]) } else { evidence };
    let mut event = json!({"happened": step.happened, "household": household, "procedure_step_taken": taken});
    event["evidence"] = evidence;
    json!({"area": VILLAGE, "households": {"events": [event]}})
}

fn event(household: &str, happened: u32, name: &str, content: &Value) -> Value {
    let event = json!({"happened": happened, "household": household, name: content});
    json!({"area": VILLAGE, "households": {"events": [event]}})
}

fn send(office: &Office, desk: &Desk, report: &Value, code: i32) -> Value {
    office.file("paper.jpg", &json!("a photograph"));
    desk.run(&["submit", path(&office.file("report.json", report)), "--yes", "--json"]).code(code).json()
}

/// The figures of the village.
fn progress(desk: &Desk) -> Value {
    desk.json(&["progress", VILLAGE])
}

#[test]
fn an_exit_runs_step_by_step_and_its_figures_name_their_entries() {
    let office = Office::with_village();
    let village = office.enrol(10_000_011, "village_officer", VILLAGE);
    let helper = office.enrol(10_000_012, "responsible", VILLAGE);
    let township = office.enrol(10_000_013, "township_officer", &VILLAGE[..9]);
    let county = office.enrol(10_000_014, "county_officer", &VILLAGE[..6]);
    let file = office.file("card.json", &household(&citizen_id(7)));
    let card = village.json(&["submit", path(&file), "--yes"])["households"][0].as_str().unwrap().to_owned();
    let income = json!({"year": 2016, "wage": 1_200_000, "net": 1_200_000, "per_head": 1_200_000});
    send(&office, &village, &event(&card, 20_170_105, "income_assessed", &income), 0);
    let exited = event(&card, 20_170_301, "household_exited", &json!({"income_year": 2016, "accepted": true}));
    let first = |answer: &Value| answer["problems"][0].clone();

    // Nothing was done yet: the refusal says what is missing.
    let refused = first(&send(&office, &county, &exited, 7));
    assert_eq!(refused["code"], json!("procedure_incomplete"));
    assert!(refused["detail"].as_str().unwrap().contains("appraisal, verification, acceptance"), "{refused}");

    let step = |step, happened, until, paper| report(&card, &Step { step, happened, until, paper });
    let appraisal = step("STEP_APPRAISAL", 20_170_201, 0, "EVIDENCE_KIND_MINUTES");
    let bare = step("STEP_APPRAISAL", 20_170_201, 0, "");
    assert_eq!(first(&send(&office, &village, &bare, 3))["code"], json!("evidence_missing"));
    send(&office, &village, &appraisal, 0);
    assert_eq!(progress(&village)["procedures"]["under_way"], json!(1));
    assert_eq!(progress(&village)["households"]["pre_exit"], json!(1));

    // The card shows which step may follow, by whom and from when.
    let shown = village.json(&["household", &card, "--lang", "zh"]);
    let round = shown["procedures"].as_array().unwrap().last().unwrap();
    let next = &round["next"][0];
    assert_eq!((&next["step"], &next["not_by"]), (&json!("verification"), &json!("10000011")));
    assert_eq!((&next["from"], &next["evidence"]), (&json!("2017-02-01"), &json!(["form"])));
    village.run(&["household", &card, "--lang", "zh"]).code(0).says("待办程序").says("核实").says("签字表");

    let verification = step("STEP_VERIFICATION", 20_170_202, 0, "EVIDENCE_KIND_FORM");
    assert_eq!(first(&send(&office, &village, &verification, 3))["code"], json!("step_same_person"));
    let publicity = step("STEP_PUBLICITY", 20_170_204, 20_170_210, "EVIDENCE_KIND_NOTICE");
    assert_eq!(first(&send(&office, &village, &publicity, 7))["code"], json!("step_out_of_order"));
    send(&office, &helper, &verification, 0);
    send(&office, &helper, &step("STEP_ACCEPTANCE", 20_170_203, 0, "EVIDENCE_KIND_FORM"), 0);
    let short = step("STEP_PUBLICITY", 20_170_204, 20_170_209, "EVIDENCE_KIND_NOTICE");
    assert_eq!(first(&send(&office, &village, &short, 3))["code"], json!("publicity_too_short"));
    send(&office, &village, &publicity, 0);
    let early = step("STEP_TOWNSHIP_AUDIT", 20_170_210, 0, "EVIDENCE_KIND_DECISION");
    let refused = first(&send(&office, &township, &early, 3));
    assert_eq!(refused["code"], json!("step_too_early"));
    assert!(refused["detail"].as_str().unwrap().contains("2017-02-11"), "{refused}");
    send(&office, &township, &step("STEP_TOWNSHIP_AUDIT", 20_170_211, 0, "EVIDENCE_KIND_DECISION"), 0);
    send(&office, &county, &step("STEP_COUNTY_AUDIT", 20_170_220, 0, "EVIDENCE_KIND_DECISION"), 0);
    send(&office, &county, &step("STEP_ANNOUNCEMENT", 20_170_221, 0, "EVIDENCE_KIND_NOTICE"), 0);
    let entry = send(&office, &county, &exited, 0)["index"].clone();

    let figures = progress(&county);
    assert_eq!((&figures["households"]["exited"], &figures["procedures"]["under_way"]), (&json!(1), &json!(0)));
    assert_eq!(figures["exits"], json!({"below_line": 0, "guarantee_missing": 1}));
    let explained = county.json(&["progress", VILLAGE, "--explain", "exits.guarantee_missing"]);
    assert_eq!((&explained["amount"], &explained["unit"]), (&json!(1), &json!("count")));
    let ground = json!({"village": VILLAGE, "household": card, "amount": 1, "entry": entry});
    assert_eq!(explained["grounds"], json!([ground]));
    let month = county.json(&["progress", VILLAGE, "--explain", "months.2017-03.exited"]);
    assert_eq!((&month["amount"], &month["grounds"][0]["entry"]), (&json!(1), &entry));
    let before = county.json(&["progress", VILLAGE, "--explain", "households.exited", "--at", "2017-02-28"]);
    assert_eq!((&before["amount"], &before["total"]), (&json!(0), &json!(0)));
    county.run(&["progress", VILLAGE, "--explain", "incidence", "--lang", "zh"]).code(0).says("依据 0 条记录");
    county.run(&["progress", VILLAGE, "--explain", "nonsense"]).code(2).says("households, persons");
    county.run(&["progress", VILLAGE, "--lang", "zh"]).code(0).says("保障未达标退出").says("应享政策");
}
