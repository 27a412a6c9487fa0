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
