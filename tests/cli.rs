//! Officials' work with the command line: from an empty folder to a receipt that can be verified without the node,
//! and everything that may go wrong on the way, with its exit code.

use crate::support::desk::{ADMIN, Office, VILLAGE, citizen_id, contradicting_citizen_id, household, households};
use crate::support::{path, run, told};
use serde_json::json;
use std::time::{Duration, Instant};

#[test]
fn a_clerk_registers_a_household_and_everyone_sees_it() {
    let mut office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let recorded = clerk.json(&["submit", path(&office.file("card.json", &household(&citizen_id(7)))), "--yes"]);
    assert_eq!(
        (&recorded["outcome"], &recorded["index"], &recorded["duplicate"]),
        (&json!("recorded"), &json!(3), &json!(false))
    );
    let id = recorded["households"][0].as_str().unwrap();
    // The figures of the village, of the county, and the card itself.
    for area in [VILLAGE, "130624"] {
        let progress = clerk.json(&["progress", area]);
        assert_eq!((&progress["index"], &progress["households"]["poor"]), (&json!(3), &json!(1)), "{progress}");
    }
    let card = clerk.json(&["household", id]);
    assert_eq!((&card["status"], &card["members"][0]["birth_month"]), (&json!("poor"), &json!("1958-03")));
    clerk.run(&["progress", "130624", "--by", "village"]).code(0).says("第一山村");
    office.admin.run(&["official", ADMIN, "--lang", "zh"]).code(0).says("管理员");
    // None of it is in the log as plain text.
    for file in crate::support::files(&office.data.join("log")) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(6).any(|six| six == "张三".as_bytes() || six == "村东".as_bytes()));
    }
    // The receipt is valid without the node, and invalid with one bit changed.
    office.stop();
    let submission = recorded["id"].as_str().unwrap();
    assert_eq!(clerk.json(&["receipt", "verify", submission])["index"], json!(3));
    let entry = clerk.home().join("receipts").join(format!("{submission}.entry"));
    let mut bytes = std::fs::read(&entry).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&entry, bytes).unwrap();
    let error = clerk.run(&["receipt", "verify", submission, "--json"]).code(4).error();
    assert_eq!(error["code"], json!("receipt_invalid"));
}

#[test]
fn the_same_file_sent_twice_returns_the_same_receipt() {
    let office = Office::with_village();
    let file = office.file("card.json", &household(&citizen_id(7)));
    let first = office.admin.json(&["submit", path(&file), "--yes"]);
    let again = office.admin.json(&["submit", path(&file), "--yes"]);
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    for field in ["id", "index", "recorded_at_ms", "households"] {
        assert_eq!(first[field], again[field], "{field}");
    }
    // Under a new id it is a second card for the same person.
    let refused = office.admin.run(&["submit", path(&file), "--yes", "--again", "--json"]).code(7).json();
    assert_eq!(refused["code"], json!("citizen_id_registered"));
}

#[test]
fn a_submission_that_cannot_be_sent_is_kept_and_sent_later() {
    let mut office = Office::with_village();
    office.stop();
    let file = office.file("card.json", &household(&citizen_id(7)));
    office.admin.submit(&file).code(6).says("outbox");
    let waiting = office.admin.json(&["outbox", "list"]);
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    office.admin.run(&["outbox", "send"]).code(6);
    office.serve();
    let sent = office.admin.run(&["outbox", "send", "--json"]).code(0).json();
    assert_eq!(sent["waiting"], json!(0), "{sent}");
    let again = office.admin.json(&["submit", path(&file), "--yes"]);
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &waiting[0]["id"]));
}

#[test]
fn after_a_submission_is_discarded_the_next_is_sent() {
    let mut office = Office::with_village();
    office.stop();
    office.admin.submit(&office.file("bad.json", &household(&contradicting_citizen_id()))).code(6);
    let id = office.admin.json(&["outbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    office.admin.submit(&office.file("good.json", &household(&citizen_id(8)))).code(6);
    office.admin.run(&["outbox", "discard", &id]).code(2).says("--reason");
    office.admin.run(&["outbox", "discard", &id, "--reason", "同一户报了两次"]).code(0);
    let given_up = office.admin.json(&["outbox", "list", "--state", "discarded"]);
    assert_eq!((&given_up[0]["id"], &given_up[0]["reason"]), (&json!(id), &json!("同一户报了两次")));
    office.serve();
    let sent = office.admin.run(&["outbox", "send", "--json"]).code(0).json();
    assert_eq!(sent["waiting"], json!(0), "{sent}");
    let progress = office.admin.json(&["progress", VILLAGE]);
    assert_eq!(progress["households"]["registered"], json!(1));
}

#[test]
fn a_refusal_names_event_field_and_both_messages() {
    let office = Office::with_village();
    let file = office.file("card.json", &household(&contradicting_citizen_id()));
    let refused = office.admin.run(&["submit", path(&file), "--yes", "--json"]).code(3).json();
    let problem = &refused["problems"][0];
    assert_eq!((&refused["outcome"], &problem["code"]), (&json!("refused"), &json!("citizen_id_contradicts")));
    for text in ["zh", "en", "field"] {
        assert!(!problem[text].as_str().unwrap().is_empty(), "{text}: {problem}");
    }
    // A refusal takes no place in the chain: the next submission succeeds.
    office.admin.submit(&office.file("right.json", &household(&citizen_id(9)))).code(0);
}

/// On a bad line nobody sends by hand: what is signed goes out when the node answers, and others can report meanwhile.
#[test]
fn waiting_submissions_are_sent_without_a_further_command() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let mut watching = Killed(clerk.start(&["outbox", "send", "--watch"]));
    for day in [7, 8, 9] {
        let file = office.file("card.json", &household(&citizen_id(day)));
        let no_line = ["submit", path(&file), "--yes", "--url", "http://127.0.0.1:9"];
        clerk.run(&no_line).code(6);
    }
    let begun = Instant::now();
    while clerk.json(&["receipt", "list"]).as_array().unwrap().len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing is sent");
        assert!(watching.0.try_wait().unwrap().is_none(), "it has ended");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(clerk.json(&["outbox", "list"]), json!([]));
}

/// A process that is killed when the test ends.
struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An official who begins is told the next step, and not that an area does not exist.
#[test]
fn a_log_that_is_not_opened_says_so() {
    let office = Office::unopened();
    for command in [&["progress", "130624"][..], &["progress", "130624", "--explain", "households.poor"]] {
        office.admin.run(command).code(1).says("lika open");
    }
    office.admin.run(&["policy", "show"]).code(1).says("lika open");
}

/// `lika key enrol` takes the output of `lika key show --json`.
#[test]
fn a_key_that_is_shown_is_enrolled() {
    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    clerk.run(&["key", "new", "phone", "--official", "10000002", "--no-passphrase"]).code(0);
    let shown = clerk.json(&["key", "show"]);
    let file = office.file("keys.json", &shown);
    let role = ["--role", "village_officer", "--area", VILLAGE];
    office.admin.run(&[&["key", "enrol", path(&file), "--name", "李四"][..], &role].concat()).code(0);
    clerk.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
}

/// Every example can be submitted as it is printed: a rule may refuse it, but never for its form.
#[test]
fn an_example_can_be_submitted_as_it_is_printed() {
    let office = Office::with_village();
    for event in office.admin.json(&["report", "--list"]).as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        let example = office.admin.json(&["report", "--example", name, "--area", VILLAGE]);
        office.admin.submit(&office.file(&format!("{name}.json"), &example)).one_of(&[0, 3, 5, 7]);
    }
    office.admin.run(&["report", "household_visited"]).code(1).says("--example");
    // Nobody answers twenty questions to learn that there is no key, or that the file is there.
    office.stranger("keyless").run(&["report", "household_visited"]).code(1).says("lika key new");
    let there = office.file("there.json", &json!({}));
    office.admin.run(&["report", "household_visited", "--save", path(&there)]).code(7).says("nothing was overwritten");
    office.admin.run(&["report", "--example", "nothing"]).code(2).says("--list");
}

/// An official sees who they are for the log, and what they have reported.
#[test]
fn an_official_sees_their_role_and_what_they_reported() {
    let mut office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let me = clerk.json(&["whoami"]);
    assert_eq!((&me["official"]["role"], &me["official"]["area"]), (&json!("village_officer"), &json!(VILLAGE)));
    let may = me["may_report"].as_array().unwrap();
    assert!(may.contains(&json!("household_registered")) && !may.contains(&json!("official_enrolled")), "{me}");
    let (zh, en) = (clerk.run(&["whoami", "--lang", "zh"]).code(0), clerk.run(&["whoami"]).code(0));
    zh.says("村级干部").says("李四").never_says("village officer");
    en.says("village officer").says("李四").never_says("村级干部");
    clerk.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    let id = clerk.json(&["receipt", "list"])[0]["id"].as_str().unwrap().to_owned();
    let shown =
        clerk.run(&["receipt", "show", &id]).code(0).says("2016-07-01  household").says("sealed under data key 1");
    assert!(!shown.told().contains("张三"));
    clerk.run(&["receipt", "show", &id, "--lang", "zh"]).code(0).says("2016-07-01  建档立卡").says("已加密");
    let reported = clerk.json(&["receipt", "show", &id]);
    assert_eq!(reported["reported"]["households"]["events"][0]["happened"], json!(20_160_701), "{reported}");
    office.stop();
    clerk.submit(&office.file("next.json", &household(&citizen_id(8)))).code(6);
    let waiting = clerk.json(&["outbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    clerk.run(&["outbox", "show", &waiting]).code(0).says("waits to be sent").says("household registered");
    clerk.run(&["outbox", "show", &id[..8]]).code(0).says("is recorded");
    clerk.run(&["outbox", "show", "0000"]).code(1).says("is not in the outbox");
}

#[test]
fn an_official_without_authority_is_told_so() {
    let office = Office::with_village();
    let elsewhere = office.enrol(10_000_002, "village_officer", "130624100202");
    let file = office.file("card.json", &household(&citizen_id(7)));
    elsewhere.submit(&file).code(5).says("area_forbids");
    let finance = office.enrol(10_000_004, "finance", VILLAGE);
    finance.submit(&file).code(5).says("village officer");
    let stranger = office.stranger("stranger");
    stranger.run(&["key", "new", "phone", "--official", "10000003", "--no-passphrase"]).code(0);
    stranger.submit(&file).code(5);
    // A submission signed with a key that is not enrolled yet waits until it is.
    assert_eq!(stranger.json(&["outbox", "list"]).as_array().unwrap().len(), 1);
    stranger.run(&["household", "1234567890"]).code(5);
    office.admin.run(&["open", "--area", "130624", "--name", "阜平县", "--testing"]).code(7);
}

#[test]
fn a_submission_of_a_revoked_key_is_refused() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let key = clerk.json(&["key", "show", "phone"])["key"].as_str().unwrap().to_owned();
    office.admin.run(&["key", "revoke", &key, "--official", "10000002", "--reason", "lost"]).code(0);
    let refused = clerk.submit(&office.file("card.json", &household(&citizen_id(7))));
    refused.code(5).says("key_revoked").says("--key NAME");
    let kept = clerk.json(&["outbox", "list"])[0].clone();
    assert_eq!((&kept["state"], &kept["problems"][0]["code"]), (&json!("quarantined"), &json!("key_revoked")));
    // Signed anew with another key of the same official, in one step.
    clerk.run(&["key", "new", "tablet", "--official", "10000002", "--no-passphrase"]).code(0);
    let shown = office.file("tablet.json", &clerk.json(&["key", "show", "tablet"]));
    office.admin.run(&["key", "enrol", path(&shown)]).code(0);
    clerk.run(&["outbox", "retry", "--quarantined", "--key", "tablet"]).code(0);
    let sent = clerk.run(&["outbox", "send", "--json"]).code(0).json();
    assert_eq!((&sent["recorded"][0]["id"], &sent["waiting"]), (&kept["id"], &json!(0)));
}

/// A device without a line: what waits travels on a stick, another machine sends it, and the receipts come back.
#[test]
fn reports_travel_on_a_stick_and_their_receipts_come_back() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let file = office.file("first.json", &household(&citizen_id(6)));
    clerk.submit(&file).code(0);
    for day in [7, 8] {
        let file = office.file(&format!("{day}.json"), &household(&citizen_id(day)));
        clerk.run(&["submit", path(&file), "--yes", "--url", "http://127.0.0.1:9"]).code(6);
    }
    let (stick, answers) = (office.dir.path().join("waiting.lika"), office.dir.path().join("waiting.lika.answers"));
    clerk.run(&["outbox", "export", path(&stick)]).code(0).says("data keys");
    clerk.run(&["outbox", "export", path(&stick)]).code(7);
    clerk.run(&["outbox", "import", path(&stick)]).code(1).says("send --file");
    let courier = office.stranger("courier");
    let sent = courier.run(&["outbox", "send", "--file", path(&stick), "--json"]).code(0).json();
    assert_eq!((&sent["recorded"], &sent["unanswered"]), (&json!(2), &json!(0)));
    let taken = clerk.run(&["outbox", "import", path(&answers), "--json"]).code(0).json();
    assert_eq!(taken["recorded"].as_array().unwrap().len(), 2);
    assert_eq!(clerk.json(&["outbox", "import", path(&answers)])["known"], json!(2));
    assert_eq!(clerk.json(&["outbox", "list"]), json!([]));
    assert_eq!(clerk.json(&["receipt", "list"]).as_array().unwrap().len(), 3);
    // A stick that broke says so.
    std::fs::write(&answers, &std::fs::read(&answers).unwrap()[..300]).unwrap();
    let error = clerk.run(&["outbox", "import", path(&answers), "--json"]).code(1).error();
    assert_eq!(error["code"], json!("outbox_file_truncated"));
}

#[test]
fn nothing_is_signed_without_confirmation() {
    let office = Office::with_village();
    let file = office.file("card.json", &household(&citizen_id(7)));
    office.admin.run(&["submit", path(&file)]).code(1).says("nothing was signed");
    assert_eq!(office.admin.json(&["outbox", "list"]), json!([]));
}

#[test]
fn an_invalid_report_is_refused_before_it_is_signed() {
    let office = Office::with_village();
    let event = json!({"happened": 20_160_701, "household": "1234567890", "household_exited": {"acepted": true}});
    for (report, words) in [
        (json!([]), "report_invalid"),
        (json!({"area": "13062410"}), "area_invalid"),
        (json!({"area": VILLAGE, "origin": "x", "households": {"events": []}}), "report_invalid"),
        (households(&[event]), "field_unknown"),
        (household("901624195803071220"), "citizen_id_invalid"),
    ] {
        let file = office.file("bad.json", &report);
        let ended = office.admin.run(&["submit", path(&file), "--yes", "--json"]).code(1);
        assert_eq!(ended.error()["code"], json!(words), "{report}");
    }
    let empty = office.file("empty.json", &households(&[]));
    office.admin.run(&["submit", path(&empty), "--yes"]).code(3).says("no_events");
    office.admin.run(&["submit", "no/such/file", "--yes"]).code(1).says("no/such/file");
    assert_eq!(office.admin.json(&["outbox", "list"]), json!([]));
}

#[test]
fn a_table_is_recorded_except_for_its_bad_rows() {
    let office = Office::with_village();
    let head =
        "行政村代码,户编号,识别日期,贫困户属性,主要致贫原因,与户主关系,姓名,身份证号,文化程度,健康状况,劳动能力";
    let row = |household: &str, id: &str| {
        format!("{VILLAGE},{household},2016-07-01,一般,因病,户主,张三,{id},小学,健康,普通劳动力")
    };
    let table =
        [head.to_owned(), row("甲", &citizen_id(7)), row("乙", "901624195803080000"), row("丙", &citizen_id(9))];
    let file = office.dir.path().join("table.csv");
    std::fs::write(&file, table.join("\n")).unwrap();
    let words = ["import", "apply", path(&file), "--kind", "households"];
    office.admin.run(&words).code(3).says("3");
    let progress = office.admin.json(&["progress", VILLAGE]);
    assert_eq!(progress["households"]["registered"], json!(2), "{progress}");
}

/// A shell of Windows writes the file in UTF-16, and whoever is not sure that it worked runs the command again.
#[test]
fn a_key_in_any_encoding_is_enrolled_once() {
    let office = Office::open();
    let desk = office.stranger("wang");
    desk.run(&["key", "new", "phone", "--official", "10000002", "--no-passphrase"]).code(0);
    let shown = desk.json(&["key", "show", "phone"]).to_string();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(shown.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let file = office.dir.path().join("key.json");
    for (bytes, says) in [(utf16, "recorded"), ([b"\xef\xbb\xbf", shown.as_bytes()].concat(), "enrolled_before")] {
        std::fs::write(&file, bytes).unwrap();
        let words = ["key", "enrol", path(&file), "--role", "auditor", "--area", "130624"];
        assert_eq!(office.admin.json(&words)["outcome"], json!(says));
    }
    // Another role is another matter.
    office.admin.run(&["key", "enrol", path(&file), "--role", "finance", "--area", "130624"]).code(7);
}

#[test]
fn an_invalid_command_gets_a_usage_error_as_text_and_as_json() {
    let words = run(&["audit", "replay"]);
    assert_eq!(words.status.code(), Some(2), "{}", told(&words));
    let json = run(&["audit", "replay", "--json"]);
    assert_eq!((json.status.code(), json.stdout.is_empty()), (Some(2), true), "{}", told(&json));
    let error: serde_json::Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!(error["code"], json!("usage"));
    assert!(run(&["--help"]).status.success());
}

#[test]
fn a_key_is_never_overwritten_and_never_shown() {
    let office = Office::open();
    let file = office.admin.home().join("keys").join("office.key");
    let kept = std::fs::read_to_string(&file).unwrap();
    office.admin.run(&["key", "new", "office", "--official", ADMIN, "--no-passphrase"]).code(7);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), kept);
    let stored: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let shown = office.admin.run(&["key", "show", "--json"]).code(0).json().to_string();
    assert!(!shown.contains(stored["seed"].as_str().unwrap()));
}

/// An address in use is reported before anything is created, so that the same command works once it is free.
#[test]
fn a_demonstration_that_cannot_be_served_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (data, listen) = (dir.path().join("county"), taken.local_addr().unwrap().to_string());
    let words = ["demo", "--households", "1", "--data", path(&data), "--listen", &listen];
    let refused = run(&words);
    assert!(!refused.status.success());
    assert!(told(&refused).contains("another program listens on"), "{}", told(&refused));
    assert!(!data.exists());
    drop(taken);
    let done = run(&[&words[..], &["--once", "--json"]].concat());
    assert!(done.status.success(), "{}", told(&done));

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let served =
        run(&["serve", "--json", "--data", path(&data), "--listen", &taken.local_addr().unwrap().to_string()]);
    assert!(told(&served).contains("address_in_use"), "{}", told(&served));
}

/// The file of a passphrase, as a service or a script has it.
fn passphrase(office: &Office, name: &str, text: &str) -> std::path::PathBuf {
    let file = office.dir.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// A stolen laptop's key signs nothing: its file opens with the passphrase alone, which is asked for once by whoever
/// signs, and can be changed.
#[test]
fn a_key_under_a_passphrase_signs_for_its_owner_alone() {
    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    let new = ["key", "new", "phone", "--official", "10000002"];
    let error = clerk.run(&[&new[..], &["--json"]].concat()).code(1).error();
    assert_eq!(error["code"], json!("passphrase_missing"), "{error}");
    let weak = passphrase(&office, "weak", "phone10000002\n");
    let error = clerk.run(&[&new[..], &["--passphrase-file", path(&weak), "--json"]].concat()).code(1).error();
    assert_eq!(error["code"], json!("passphrase_weak"));
    let first = passphrase(&office, "first", "枣树下三只白鹅过河\n");
    clerk.run(&[&new[..], &["--passphrase-file", path(&first)]].concat()).code(0);
    assert_eq!(clerk.json(&["key", "show", "phone"])["protected"], json!(true));

    let shown = clerk.json(&["key", "show"]);
    let file = office.file("keys.json", &shown);
    let role = ["--role", "village_officer", "--area", VILLAGE, "--name", "李四"];
    office.admin.run(&[&["key", "enrol", path(&file)][..], &role].concat()).code(0);
    let report = office.file("card.json", &household(&citizen_id(7)));
    let submit = ["submit", path(&report), "--yes"];
    let error = clerk.run(&[&submit[..], &["--json"]].concat()).code(1).error();
    assert_eq!(error["code"], json!("passphrase_missing"));
    let second = passphrase(&office, "second", "correct horse battery staple");
    clerk.run(&[&submit[..], &["--passphrase-file", path(&second)]].concat()).code(5).says("not the passphrase");
    clerk.run(&[&submit[..], &["--passphrase-file", path(&first)]].concat()).code(0);

    let protect = ["key", "protect", "phone", "--new-passphrase-file", path(&second), "--passphrase-file"];
    clerk.run(&[&protect[..], &[path(&second)]].concat()).code(5);
    clerk.run(&[&protect[..], &[path(&first)]].concat()).code(0);
    let whoami = ["whoami", "--passphrase-file"];
    clerk.run(&[&whoami[..], &[path(&first), "--lang", "zh"]].concat()).code(5).says("口令不对");
    clerk.run(&[&whoami[..], &[path(&second)]].concat()).code(0);

    // A key of before is put under a passphrase where it stands.
    office.admin.run(&["key", "protect", "office", "--new-passphrase-file", path(&first)]).code(0);
    office.admin.run(&["whoami"]).code(1).says("--passphrase-file");
    office.admin.run(&["whoami", "--passphrase-file", path(&first)]).code(0);
}

/// Two people compare a code over the telephone; a request that another device put in its place has another.
#[test]
fn a_key_is_enrolled_by_a_request_whose_code_was_compared() {
    let office = Office::with_village();
    let (clerk, thief) = (office.stranger("clerk"), office.stranger("thief"));
    for desk in [&clerk, &thief] {
        desk.run(&["key", "new", "phone", "--official", "10000002", "--no-passphrase"]).code(0);
    }
    let (asked, swapped) =
        (clerk.json(&["key", "request", "phone", "--name", "李四"]), thief.json(&["key", "request"]));
    let (request, code) = (asked["request"].as_str().unwrap(), asked["code"].as_str().unwrap());
    clerk.run(&["key", "request", "--qr", "--lang", "zh"]).code(0).says("核对码").says("██").says("lika-enrol-1:");
    let role = ["--role", "village_officer", "--area", VILLAGE];
    let enrol = |request: &str, more: &[&str]| office.admin.run(&[&["key", "enrol", request], more, &role].concat());
    enrol(request, &[]).code(1).says("--code");
    enrol(swapped["request"].as_str().unwrap(), &["--code", code]).code(4).says("the code differs");
    enrol(request, &["--code", code, "--official", "10000003"]).code(7).says("not of 10000003");
    enrol(&request[..request.len() - 3], &["--code", code]).code(1).says("whole line");
    let file = office.file("request.json", &asked);
    enrol(path(&file), &["--code", &code.replace(' ', "-"), "--device", "phone"]).code(0);
    clerk.run(&["whoami"]).code(0).says("李四");
    thief.run(&["whoami"]).code(5);
}

/// Whoever lost a laptop is asked for one number.
#[test]
fn a_lost_device_is_revoked_by_the_officials_number() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    office.admin.run(&["key", "revoke", "--official", "10000002"]).code(1).says("--reason");
    office.admin.run(&["key", "revoke"]).code(2);
    let tablet = office.stranger("tablet");
    tablet.run(&["key", "new", "tablet", "--official", "10000002", "--no-passphrase"]).code(0);
    let asked = tablet.json(&["key", "request"]);
    let (request, code) = (asked["request"].as_str().unwrap(), asked["code"].as_str().unwrap());
    office.admin.run(&["key", "enrol", request, "--code", code]).code(0);
    let lost = ["key", "revoke", "--official", "10000002", "--reason", "lost"];
    office.admin.run(&lost).code(1).says("several keys").says("--all");
    let key = tablet.json(&["key", "show", "tablet"])["key"].as_str().unwrap().to_owned();
    office.admin.run(&[&lost[..], &[key.as_str()]].concat()).code(0);
    tablet.run(&["whoami"]).code(5);
    clerk.run(&["whoami"]).code(0);
    office.admin.run(&lost).code(0);
    clerk.run(&["whoami"]).code(5);
    office.admin.run(&lost).code(1).says("no key that could be revoked");
}

/// Completions and manual pages are made from the commands, and name those that matter.
#[test]
fn the_shell_and_the_manual_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success() && told(&output).contains("revoke"), "{shell}: {}", told(&output));
    }
    let dir = tempfile::tempdir().unwrap();
    let output = run(&["man", path(dir.path()), "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let pages = shown["pages"].as_array().unwrap();
    assert!(pages.len() > 30 && pages.contains(&json!("lika-key-enrol.1")), "{shown}");
    let page = std::fs::read_to_string(dir.path().join("lika-key-enrol.1")).unwrap();
    assert!(page.contains("Examples:") && page.contains("request"), "{page}");
}
