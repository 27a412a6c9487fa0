//! What commands write where their user says and print: nothing is lost, overwritten, readable by others, or able to
//! move a terminal's cursor.

use crate::support::desk::{Office, VILLAGE, citizen_id};
use crate::support::path;
use lika_domain::text::is_hidden;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

const FAMILY: &str = "行政村代码,户编号,识别日期,贫困户属性,主要致贫原因,与户主关系,姓名,身份证号,健康状况,劳动能力";

fn family(office: &Office, name: &str, day: u32) -> std::path::PathBuf {
    let id = citizen_id(day);
    let file = office.dir.path().join(name);
    let row = format!("{VILLAGE},户{day},2016-07-01,一般,因病,户主,张三,{id},健康,普通劳动力");
    std::fs::write(&file, format!("{FAMILY}\n{row}\n")).unwrap();
    file
}

fn is_its_users_alone(file: &Path) {
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap()) & 0o777, 0o600, "{}", file.display());
}

#[test]
fn a_table_is_annotated_once_and_never_at_the_cost_of_the_report() {
    let office = Office::with_village();
    let (file, out) = (family(&office, "one.csv", 7), office.dir.path().join("out.csv"));
    let missing = office.dir.path().join("missing/out.csv");
    for command in ["apply", "check"] {
        let words = ["import", command, path(&file), "--annotated", path(&missing), "--json"];
        assert_eq!(office.admin.run(&words).code(1).error()["code"], "file_unwritable");
    }
    assert_eq!(office.admin.json(&["receipt", "list"]).as_array().unwrap().len(), 2, "nothing was sent");
    let apply = |file: &Path| office.admin.run(&["import", "apply", path(file), "--annotated", path(&out), "--json"]);
    assert_eq!(apply(&file).code(0).json()["recorded_rows"], json!(1));
    is_its_users_alone(&out);
    let before = std::fs::read(&out).unwrap();
    // A second table under the same name: it is refused before anything of it is sent.
    assert_eq!(apply(&family(&office, "two.csv", 8)).code(7).error()["code"], "exists");
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert_eq!(office.admin.json(&["progress", VILLAGE])["households"]["registered"], json!(1));
}

#[test]
fn a_file_that_is_asked_for_is_written_for_its_user_alone_or_not_at_all() {
    let office = Office::with_village();
    let dir = office.dir.path();
    let (template, example) = (dir.join("table.csv"), dir.join("example.json"));
    let asked: [(&Path, &[&str]); 2] = [
        (&template, &["import", "template", path(&template), "--kind", "households"]),
        (&example, &["report", "--example", "household_visited", "--save", path(&example)]),
    ];
    for (file, words) in asked {
        let written = office.admin.run(&[words, &["--json"]].concat()).code(0).json();
        assert_eq!(written["file"], json!(path(file)));
        is_its_users_alone(file);
        let before = std::fs::read(file).unwrap();
        assert!(!before.is_empty());
        assert_eq!(office.admin.run(&[words, &["--json"]].concat()).code(7).error()["code"], "exists");
        assert_eq!(std::fs::read(file).unwrap(), before);
    }
    // Without a terminal nobody is asked anything, and a folder that is missing is found before anybody is.
    let missing = dir.join("missing/report.json");
    let refused = office.admin.run(&["report", "household_visited", "--save", path(&missing), "--json"]);
    assert_eq!(refused.code(1).error()["code"], "file_unwritable");
}

#[test]
fn a_card_takes_the_place_of_no_other_file() {
    let office = Office::with_village();
    let report = office.admin.run(&["import", "apply", path(&family(&office, "one.csv", 7)), "--json"]).code(0).json();
    let household = report["households"][0]["household"].as_str().unwrap().to_owned();
    let card = office.dir.path().join("card.html");
    let words = ["household", &household, "--card", path(&card), "--json"];
    office.admin.run(&words).code(0);
    is_its_users_alone(&card);
    let before = std::fs::read(&card).unwrap();
    assert_eq!(office.admin.run(&words).code(7).error()["code"], "exists");
    assert_eq!(std::fs::read(&card).unwrap(), before);
}

#[test]
fn a_code_without_a_request_is_refused_and_a_bare_key_is_not_called_compared() {
    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    clerk.run(&["key", "new", "phone", "--official", "10000002", "--no-passphrase"]).code(0);
    let public = clerk.json(&["key", "show", "phone"])["public_key"].as_str().unwrap().to_owned();
    let words = ["key", "enrol", &public, "--official", "10000002", "--role", "responsible", "--area", VILLAGE];
    let refused = office.admin.run(&[&words[..], &["--code", "1234 5678 9012", "--json"]].concat()).code(1);
    assert_eq!(refused.error()["code"], "code_without_request");
    office.admin.run(&["official", "10000002"]).code(1);
    office.admin.run(&words).code(0).says("nothing was compared");
}

/// A node that answers everything with a refusal whose texts try to rewrite the screen.
fn lying_node() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let nasty = "x\u{1b}[2J\u{9b}1A\u{202e}y\u{200b}\nrecorded as entry 7\r";
            let problem = json!({"code": nasty, "field": nasty, "detail": nasty, "zh": nasty, "en": nasty});
            let body = json!({"code": nasty, "problems": [problem]}).to_string();
            let head = "HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
        }
    });
    url
}

#[test]
fn a_nodes_answer_moves_no_cursor_and_adds_no_line() {
    let office = Office::with_village();
    let url = lying_node();
    let file = family(&office, "one.csv", 7);
    let commands: [&[&str]; 6] = [
        &["whoami"],
        &["progress", VILLAGE],
        &["household", "1000000001"],
        &["outbox", "send"],
        &["replica", "refresh"],
        &["import", "check", path(&file)],
    ];
    for words in commands {
        for more in [&["--url", &url][..], &["--url", &url, "--lang", "zh"], &["--url", &url, "--json"]] {
            let ended = office.admin.run(&[words, more].concat());
            let hidden: Vec<_> = ended.told().chars().filter(|c| is_hidden(*c) && *c != '\n').collect();
            assert!(hidden.is_empty(), "{words:?} {more:?}: {hidden:?}");
            let forged = ended.told().lines().any(|line| line.starts_with("recorded as entry"));
            assert!(!forged, "{words:?} {more:?}\n{}", ended.told());
        }
    }
}

#[test]
fn a_key_name_is_checked_first_and_a_passphrase_of_the_environment_is_no_contradiction() {
    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    // No node answers here, and nobody can be asked: the name alone decides.
    let nowhere = ["--url", "http://127.0.0.1:9", "--json"];
    assert_eq!(clerk.run(&[&["key", "new", "a/b"], &nowhere[..]].concat()).code(1).error()["code"], "name_invalid");
    let new = ["key", "new", "phone", "--no-passphrase", "--json"];
    let made = clerk.command(&new).env("LIKA_PASSPHRASE_FILE", "/no/such/file").output().unwrap();
    assert!(made.status.success(), "{}", crate::support::told(&made));
    assert_eq!(clerk.run(&[&["key", "new", "phone"], &nowhere[..]].concat()).code(7).error()["code"], "exists");
    clerk.run(&["key", "new", "tablet", "--no-passphrase", "--passphrase-file", "x"]).code(2);
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_a_usage_error() {
    use std::os::unix::ffi::OsStrExt;
    let wrong = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let told = crate::support::lika().arg("nothing").arg(wrong).arg("--json").output().unwrap();
    assert_eq!(told.status.code(), Some(2), "{}", crate::support::told(&told));
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&told.stderr).unwrap()["code"], "usage");
}

#[test]
fn json_is_the_same_in_every_language() {
    let office = Office::with_village();
    office.admin.run(&["import", "apply", path(&family(&office, "one.csv", 7)), "--json"]).code(0);
    office.admin.run(&["replica", "refresh"]).code(0);
    for words in [&["replica", "find"][..], &["receipt", "list"], &["outbox", "list", "--all"], &["key", "show"]] {
        let of = |language| {
            let mut json = office.admin.json(&[words, &["--lang", language]].concat());
            // The age of what waits grows.
            json.as_array_mut().into_iter().flatten().for_each(|one| {
                one.as_object_mut().unwrap().remove("age_s");
            });
            json
        };
        assert_eq!(of("zh"), of("en"), "{words:?}");
    }
}

/// The lines of a run in Chinese: names, commands, paths and codes may be in Latin letters, sentences may not.
#[test]
fn a_run_in_chinese_prints_no_english_sentence() {
    let office = Office::with_village();
    office.admin.run(&["import", "apply", path(&family(&office, "one.csv", 7)), "--json"]).code(0);
    let (data, new) = (path(&office.data).to_owned(), office.dir.path().join("new"));
    let receipt = office.admin.json(&["receipt", "list"])[0]["id"].as_str().unwrap().to_owned();
    let commands: [&[&str]; 12] = [
        &["audit", "verify", &data],
        &["audit", "replay", &data],
        &["receipt", "list"],
        &["receipt", "verify", &receipt],
        &["outbox", "list"],
        &["outbox", "send"],
        &["key", "show"],
        &["replica", "refresh"],
        &["replica", "find"],
        &["progress", VILLAGE],
        &["log", "create", "--data", path(&new), "--origin", "lika.example/130624"],
        // Last: from here on there are two keys to choose from.
        &["key", "new", "tablet", "--no-passphrase"],
    ];
    for words in commands {
        let told = office.admin.run(&[words, &["--lang", "zh"]].concat()).code(0).told();
        for line in told.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            // Three words of small letters beside one another, none of them a name, make a sentence.
            let plain = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
            let run = line.split(' ').map(plain).collect::<Vec<_>>();
            let sentence = run.windows(3).any(|three| three.iter().all(|is| *is)) && !line.contains("lika");
            assert!(!sentence, "{words:?}: {line}");
        }
        assert!(told.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{words:?}\n{told}");
    }
}
