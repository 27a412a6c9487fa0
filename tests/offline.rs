//! An official works without a connection: they look up households and officials, learn what the log would refuse and
//! what an audit would find, and report; everything arrives once the node answers again.

use crate::support::desk::{Desk, Office, VILLAGE, citizen_id, household, households};
use crate::support::pages::Pages;
use crate::support::{files, path};
use serde_json::{Value, json};

fn assignment(card: &str, official: &str, kind: &str, content: &Value) -> Value {
    let event = json!({"happened": "2016-08-01", "household": card, "official": official, kind: content});
    json!({"area": VILLAGE, "officials": {"events": [event]}})
}

#[test]
fn a_day_without_a_connection() {
    let mut office = Office::with_village();
    let county = office.enrol(10_000_014, "county_officer", "130624");
    let village = office.enrol(10_000_011, "village_officer", VILLAGE);
    office.enrol(10_000_012, "responsible", VILLAGE);
    let id = citizen_id(7);
    let file = office.file("card.json", &household(&id));
    let card = village.json(&["submit", path(&file), "--yes"])["households"][0].as_str().unwrap().to_owned();
    let assigned =
        office.file("a.json", &assignment(&card, "10000012", "official_assigned", &json!({"capacity": "first"})));
    county.submit(&assigned).code(0);

    village.run(&["replica", "find", "--lang", "en"]).code(1).says("lika replica refresh");
    for desk in [&village, &county] {
        desk.run(&["replica", "refresh"]).code(0);
    }
    let kept = village.json(&["replica", "show"])[0].clone();
    let expected = (&json!(VILLAGE), &json!(true), &json!(1), &json!(0));
    assert_eq!((&kept["area"], &kept["complete"], &kept["households"], &kept["gaps"]), expected);
    village.run(&["replica", "refresh", "--area", "130624"]).code(5);
    office.stop();

    // The household is found by name, by number and by the end of a citizen ID; so is the official's name.
    for text in ["张", card.as_str(), &id[14..], id.as_str()] {
        let found = village.json(&["replica", "find", text]);
        assert_eq!((&found[0]["household"], &found[0]["head"]), (&json!(card), &json!("张三")), "{text}");
        assert_eq!(found[0]["official"]["name"], json!("李四"));
    }
    assert_eq!(village.json(&["replica", "find", "王五"]), json!([]));
    village.run(&["replica", "find", "--lang", "zh"]).code(0).says("张三").says("李四");

    // What the log would refuse is said at once, in one language; the report may wait nevertheless.
    let exited = json!({"happened": "2016-08-02", "household": card,
        "household_exited": {"income_year": 2015, "accepted": true}});
    let exited = office.file("exit.json", &json!({"area": VILLAGE, "households": {"events": [exited]}}));
    village.run(&["submit", path(&exited), "--yes", "--lang", "en"]).code(6).says("[income_missing]");
    let waiting = village.json(&["outbox", "list"]);
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");

    let ending = assignment(&card, "10000012", "assignment_ended", &json!({"reason": "left"}));
    let ending_file = office.file("ending.json", &ending);

    // What the rules allow and an audit would find needs a reason, which is recorded.
    county.run(&["submit", path(&ending_file), "--yes", "--lang", "zh"]).code(3).says("没有第一帮扶责任人");
    let mut with_reason = ending.clone();
    with_reason["warned"] = json!([{"warning": "nobody_responsible", "event": 0, "reason": "继任者下周到任"}]);
    county.submit(&office.file("reasoned.json", &with_reason)).code(6);
    with_reason["warned"][0]["reason"] = json!("电话13900000000");
    county.submit(&office.file("bad.json", &with_reason)).code(3).says("warned");

    // The same once more: what waits is counted, so the assignment has ended already.
    let again = office.file("again.json", &json!({"area": VILLAGE, "officials": ending["officials"], "warned": []}));
    county.run(&["submit", path(&again), "--yes", "--lang", "en"]).code(6).says("[not_assigned]");

    office.serve();
    let url = office.node.as_ref().unwrap().url();
    county.run(&["outbox", "send", "--url", &url]).one_of(&[0, 3, 7]);
    let receipts = county.json(&["receipt", "list"]);
    let ids = receipts.as_array().unwrap().iter().filter_map(|receipt| receipt["id"].as_str().map(str::to_owned));
    let shown: Vec<_> = ids.map(|id| county.run(&["receipt", "show", &id, "--json"]).told()).collect();
    assert!(shown.iter().any(|shown| shown.contains("继任者下周到任")), "{shown:?}");
    // In words it stands under what the warning says.
    let ids = receipts.as_array().unwrap().iter().filter_map(|receipt| receipt["id"].as_str());
    let words: Vec<_> = ids.map(|id| county.run(&["receipt", "show", id, "--lang", "zh"]).told()).collect();
    let told = |text: &str| {
        let mut lines = text.lines().filter(|line| line.contains("继任者下周到任"));
        lines.any(|line| line.contains("仍要报送的原因 · 该户没有第一帮扶责任人"))
    };
    assert!(words.iter().any(|text| told(text)), "{words:?}");
}

/// What was receipted a moment ago counts, although the copy does not hold it yet.
#[test]
fn a_release_that_was_receipted_counts_before_it_is_fetched() {
    let office = Office::with_village();
    let finance = office.enrol(10_000_015, "finance", "130624");
    finance.run(&["replica", "refresh"]).code(0);
    let released =
        json!({"release": "7", "source": "central", "amount_yuan": "1000.00", "year": 2016, "document": "7"});
    let release =
        json!({"area": "130624", "aid": {"events": [{"happened": "2016-08-01", "funds_released": released}]}});
    let allocated = json!({"allocation": "8", "release": "7", "amount_yuan": "400.00", "group": "industry",
        "project": "山羊"});
    let allocation = json!({"area": VILLAGE, "aid": {"events": [{"happened": "2016-08-02",
        "funds_allocated": allocated}]}});
    let (release, allocation) = (office.file("release.json", &release), office.file("allocation.json", &allocation));
    finance.submit(&release).code(0);
    finance.submit(&allocation).code(0).never_says("would refuse").never_says("not judged");
}

/// Each key has a copy of its own; one that is damaged is named, is not in the way, and is fetched anew.
#[test]
fn a_copy_that_is_missing_or_damaged_stops_nothing_and_is_named() {
    let office = Office::with_village();
    let village = office.enrol(10_000_011, "village_officer", VILLAGE);
    let public = village.json(&["key", "new", "tablet", "--official", "10000011", "--no-passphrase"]);
    let public = public["public_key"].as_str().unwrap().to_owned();
    office.admin.run(&["key", "enrol", &public, "--official", "10000011"]).code(0);
    let profile = |persons: u32| {
        let updated = json!({"rural_households": 100, "rural_persons": persons});
        let report = households(&[json!({"happened": "2016-08-01", "village_profile_updated": updated})]);
        office.file(&format!("profile-{persons}.json"), &report)
    };
    let submit = |key: &str, persons: u32| {
        village.run(&["submit", path(&profile(persons)), "--yes", "--lang", "en", "--key", key]).code(0)
    };
    submit("phone", 301).says("not judged: there is no copy");
    for key in ["phone", "tablet"] {
        village.run(&["replica", "refresh", "--key", key]).code(0);
    }
    for (key, persons) in [("phone", 302), ("tablet", 303)] {
        village.run(&["replica", "show", "--key", key, "--lang", "en"]).code(0).says("yes").never_says("damaged");
        submit(key, persons).never_says("not judged");
    }
    for file in files(&village.home().join("replicas")) {
        if file.extension().is_some_and(|extension| extension == "entries") {
            let mut bytes = std::fs::read(&file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(&file, bytes).unwrap();
        }
    }
    submit("phone", 304).says("not judged: the copy on this device is damaged");
    village.run(&["replica", "show", "--key", "phone", "--lang", "en"]).code(0).says("fetches it anew");
    village.run(&["replica", "refresh", "--key", "phone", "--lang", "en"]).code(0).says("fetched anew").says("yes");
    submit("phone", 305).never_says("not judged");
    village.run(&["replica", "discard", VILLAGE, "--key", "phone"]).code(0);
    assert_eq!(village.json(&["replica", "show", "--key", "phone"]), json!([]));
}

/// A desk that runs all day and a command line beside it both judge.
#[test]
fn a_desk_and_a_command_line_judge_side_by_side() {
    let office = Office::with_village();
    let village = office.enrol(10_000_011, "village_officer", VILLAGE);
    village.run(&["replica", "refresh"]).code(0);
    let pages = Pages::start(village.home(), village.url());
    shows_the_village(&pages);
    let exited = json!({"happened": "2016-08-02", "household": "1234567890",
        "household_exited": {"income_year": 2015, "accepted": true}});
    let exit = office.file("exit.json", &households(&[exited]));
    let said = |desk: &Desk| {
        let ended = desk.run(&["submit", path(&exit), "--again", "--yes", "--lang", "en"]);
        ended.code(7).says("the log would refuse").never_says("not judged")
    };
    said(&village);
    village.run(&["replica", "refresh"]).code(0);
    shows_the_village(&pages);
    said(&village);
}

fn shows_the_village(pages: &Pages) {
    for _ in 0..100 {
        if pages.get("/area").body.contains("第一山村") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the desk does not show its area: {}", pages.get("/area").body);
}
