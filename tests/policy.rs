//! The policy from the command line: built-in values with their sources, a file that sets parameters from a day on,
//! and authors without authority. Decisions made under an earlier policy do not change.

use crate::support::desk::{Desk, Office, VILLAGE, citizen_id, household};
use crate::support::{path, run, told};
use serde_json::{Value, json};

const COUNTY: &str = "130624000000";
const SOURCE: &str = "县发〔2017〕9号";

/// A parameter of the county.
fn item(parameter: &str, value: &Value) -> Value {
    json!({"area": COUNTY, "source": SOURCE, parameter: value})
}

fn limit(households: u32) -> Value {
    item("caseloadLimit", &json!({"capacity": "CAPACITY_FIRST", "households": households}))
}

/// The row of a parameter in the output of `lika policy show`.
fn row(desk: &Desk, words: &[&str], parameter: &str, subject: Option<&str>) -> Value {
    let shown = desk.json(&[&["policy", "show"], words].concat());
    let rows = shown["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["parameter"] == parameter && row["subject"] == json!(subject));
    found.unwrap_or_else(|| panic!("{parameter} in {shown}")).clone()
}

/// Applies a file and expects an exit code.
fn apply(office: &Office, desk: &Desk, file: &Value, code: i32) -> Value {
    desk.run(&["policy", "apply", path(&office.file("policy.json", file)), "--json"]).code(code).json()
}

#[test]
fn built_in_values_are_shown_with_their_sources_and_unconfirmed_ones_are_marked() {
    let office = Office::open();
    let line = |year: u32| row(&office.admin, &[], "line", Some(&format!("poverty national {year}")));
    assert_eq!((&line(2016)["unconfirmed"], &line(2018)["unconfirmed"]), (&json!(false), &json!(true)));
    assert!(line(2016)["value"].as_str().unwrap().contains("2,952"));
    let publicity = row(&office.admin, &[VILLAGE], "publicity_days", Some("identification"));
    assert_eq!((&publicity["built_in"], &publicity["unconfirmed"]), (&json!(true), &json!(true)));
    office
        .admin
        .run(&["policy", "show", VILLAGE, "--lang", "zh"])
        .code(0)
        .says("未证实")
        .says("内置")
        .says("退出机制");
    let error = office.admin.run(&["policy", "show", "44", "--json"]).code(1).error();
    assert_eq!(error["code"], json!("area_without_records"));
    office.admin.run(&["policy", "show", "1306x"]).code(2);
}

#[test]
fn the_parameters_of_a_file_hold_from_its_day_on() {
    let office = Office::open();
    let file = json!({"effective": 20_180_101, "items": [item("visitDays", &json!(45)), limit(2)]});
    let planned = office.admin.run(&["policy", "apply", path(&office.file("p.json", &file)), "--dry-run", "--json"]);
    assert_eq!(planned.code(0).json()["outcome"], json!("planned"));
    assert_eq!(office.admin.json(&["policy", "show"])["index"], json!(0));
    let applied = apply(&office, &office.admin, &file, 0);
    assert_eq!((&applied["outcome"], &applied["index"]), (&json!("recorded"), &json!(1)));
    let changes = applied["changes"].as_array().unwrap();
    assert_eq!((&changes[0]["old"], &changes[0]["value"]), (&json!("30 天"), &json!("45 天")));
    let visits = |day: &str| row(&office.admin, &[VILLAGE, "--at", day], "visit_days", None);
    assert_eq!((&visits("2017-12-31")["value"], &visits("2017-12-31")["entry"]), (&json!("30 天"), &Value::Null));
    let after = visits("2018-01-01");
    assert_eq!((&after["value"], &after["entry"], &after["source"]), (&json!("45 天"), &json!(1), &json!(SOURCE)));
    let later = office.admin.json(&["policy", "show", "--at", "2017-12-31"])["later"].clone();
    assert_eq!(later.as_array().unwrap().len(), 2, "{later}");
    // Applied again it changes nothing and is not recorded again.
    assert_eq!(apply(&office, &office.admin, &file, 0)["outcome"], json!("unchanged"));
    assert_eq!(office.admin.json(&["policy", "show"])["index"], json!(1));
}

#[test]
fn the_policy_as_shown_can_be_edited_and_applied() {
    let office = Office::open();
    let mut shown = office.admin.json(&["policy", "show"]);
    let items = shown["items"].as_array_mut().unwrap();
    let threshold = items.iter_mut().find(|item| item.get("exitThreshold").is_some()).unwrap();
    (threshold["exitThreshold"], threshold["source"]) = (json!(150), json!(SOURCE));
    let file = office.file("policy.json", &shown);
    let error = office.admin.run(&["policy", "apply", path(&file), "--json"]).code(1).error();
    assert_eq!(error["code"], json!("policy_effective_missing"));
    let words = ["policy", "apply", path(&file), "--effective", "2019-01-01"];
    office.admin.run(&words).code(0).says("1.50%").says("2.00%").says("recorded as entry 1");
    let set = row(&office.admin, &["--at", "2019-01-01"], "exit_threshold", None);
    assert_eq!((&set["built_in"], &set["entry"]), (&json!(false), &json!(1)));
    // Changed back and forth: each change is an event.
    for (threshold, entry) in [(200, 2), (150, 3)] {
        let file = json!({"effective": 20_190_101, "items": [item("exitThreshold", &json!(threshold))]});
        assert_eq!(apply(&office, &office.admin, &file, 0)["index"], json!(entry));
    }
}

#[test]
fn decisions_under_an_older_policy_do_not_change() {
    let office = Office::with_village();
    let responsible = office.enrol(10_000_002, "responsible", VILLAGE);
    let register = |day: u32| {
        let file = office.file("card.json", &household(&citizen_id(day)));
        office.admin.json(&["submit", path(&file), "--yes"])["households"][0].as_str().unwrap().to_owned()
    };
    let assign = |household: &str, happened: u32, code: i32| {
        let event = json!({"happened": happened, "official": 10_000_002, "household": household,
            "official_assigned": {"capacity": "CAPACITY_FIRST"}});
        let report = json!({"area": VILLAGE, "officials": {"events": [event]}});
        office.admin.run(&["submit", path(&office.file("assign.json", &report)), "--yes", "--json"]).code(code).json()
    };
    let cards = [register(7), register(8), register(9), register(10)];
    assign(&cards[0], 20_170_301, 0);
    assign(&cards[1], 20_170_301, 0);
    apply(&office, &office.admin, &json!({"effective": 20_180_101, "items": [limit(1)]}), 0);
    // The official keeps two households, a third is too many, and one assigned before the day is judged by the
    // earlier limit.
    for card in &cards[..2] {
        assert_eq!(responsible.json(&["household", card])["officials"][0]["official"], json!("10000002"));
    }
    assert_eq!(assign(&cards[2], 20_180_101, 3)["problems"][0]["code"], json!("caseload_exceeded"));
    assign(&cards[3], 20_171_231, 0);
    let key = office.data.join("log.vkey");
    let replayed = run(&["audit", "replay", path(&office.data.join("log")), "--key", path(&key)]);
    assert_eq!(replayed.status.code(), Some(0), "{}", told(&replayed));
}

#[test]
fn only_an_administrator_sets_the_policy() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "county_officer", "130624");
    let file = json!({"effective": 20_180_101, "items": [limit(2)]});
    let refused = apply(&office, &clerk, &file, 5);
    assert_eq!((&refused["outcome"], &refused["code"]), (&json!("refused"), &json!("role_forbids")));
    let stays = row(&office.admin, &[], "caseload_limit", Some("first"));
    assert_eq!(stays["built_in"], json!(true));
    let stranger = office.stranger("stranger");
    stranger.run(&["key", "new", "phone", "--official", "10000003", "--no-passphrase"]).code(0);
    apply(&office, &stranger, &file, 5);
}

#[test]
fn a_policy_that_cannot_be_sent_waits_in_the_outbox() {
    let mut office = Office::open();
    office.stop();
    let mut file = json!({"effective": 20_180_101, "items": [limit(2)]});
    let words = ["policy", "apply", path(&office.file("policy.json", &file)), "--json"].map(str::to_owned);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(office.admin.run(&words).code(1).error()["code"], json!("node_unreachable"));
    file["area"] = json!("130624");
    let queued = apply(&office, &office.admin, &file, 6);
    assert_eq!((&queued["outcome"], &queued["changes"][0]["old"]), (&json!("queued"), &Value::Null));
    // Applied again it is the same submission, and is queued only once.
    assert_eq!(apply(&office, &office.admin, &file, 6)["id"], queued["id"]);
    assert_eq!(office.admin.json(&["outbox", "list"]).as_array().unwrap().len(), 1);
    office.serve();
    office.admin.run(&["outbox", "send"]).code(0);
    assert_eq!(row(&office.admin, &[], "caseload_limit", Some("first"))["entry"], json!(1));
}

#[test]
fn a_file_with_faults_names_all_of_them_and_signs_nothing() {
    let office = Office::open();
    let elsewhere = json!({"area": "130625000000", "source": SOURCE, "visitDays": 30});
    for (items, expected) in [
        (
            json!([limit(0), item("visitDays", &json!(400)), limit(3)]),
            vec![(1, "policy_invalid"), (2, "policy_invalid")],
        ),
        (json!([limit(3), elsewhere]), vec![(2, "area_unknown")]),
        (json!([item("visitDay", &json!(3)), {"area": COUNTY}]), vec![(1, "field_invalid"), (2, "field_missing")]),
    ] {
        let refused = apply(&office, &office.admin, &json!({"effective": 20_180_101, "items": items}), 3);
        let told = refused["problems"].as_array().unwrap();
        for (number, code) in expected {
            assert!(
                told.iter().any(|fault| fault["item"] == json!(number) && fault["code"] == json!(code)),
                "{refused}"
            );
        }
        assert!(told.iter().all(|fault| !fault["zh"].as_str().unwrap().is_empty()));
    }
    let file = office.dir.path().join("policy.json");
    for (bytes, code) in [
        (Vec::new(), "file_empty"),
        (b"{\"\xcf\xd8\": 1}".to_vec(), "file_encoding"),
        (b"effective,items".to_vec(), "policy_invalid"),
        (b"{\"items\": [], \"item\": 1}".to_vec(), "policy_invalid"),
        (vec![b' '; (1 << 20) + 1], "file_too_large"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let error = office.admin.run(&["policy", "apply", path(&file), "--json"]).code(1).error();
        assert_eq!(error["code"], json!(code), "{error}");
    }
    let error = office.admin.run(&["policy", "apply", "no/such/file", "--json"]).code(1).error();
    assert_eq!(error["code"], json!("file_unreadable"));
    assert_eq!(office.admin.json(&["outbox", "list"]), json!([]));
    assert_eq!(office.admin.json(&["policy", "show"])["index"], json!(0));
}
