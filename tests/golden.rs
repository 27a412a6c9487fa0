//! A small log and recorded answers about it. Every later program must open the same bytes and give the same answers:
//! digests, figures, documents, problems and routes.
//!
//! `tests/golden/county` is a data folder of a made-up county (366 entries, 2,197 events);
//! `tests/golden/answers.jsonl` holds one question with its recorded answer per line. A line may change only with a
//! reason in the commit.

use crate::support::node::Node;
use crate::support::{path, run, told};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Fields that differ with every run or machine.
const OF_THE_RUN: [&str; 3] = ["seconds", "events_per_second", "source"];

/// A copy of the recorded county, since serving it writes to the folder.
fn county(dir: &Path) -> PathBuf {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/county"), dir.join("county"));
    assert!(Command::new("cp").arg("-r").args([&from, &to]).status().unwrap().success());
    fs::set_permissions(to.join("vault"), fs::Permissions::from_mode(0o700)).unwrap();
    for secret in ["vault/keys", "vault/tag.key", "keys/log.skey"] {
        fs::set_permissions(to.join(secret), fs::Permissions::from_mode(0o600)).unwrap();
    }
    to
}

fn recorded() -> Vec<Value> {
    let lines = include_str!("golden/answers.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An answer of the node, in the form of the recorded ones.
fn get(url: &str, asked: &str) -> Value {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET {asked} HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept-encoding: identity\r\n\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = (String::from_utf8_lossy(&bytes[..end]).to_lowercase(), &bytes[end + 4..]);
    let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
    let body = match std::str::from_utf8(body) {
        Ok(text) if kind.contains("json") => serde_json::from_str(text).unwrap(),
        Ok(text) => Value::from(text),
        Err(_) => Value::from(format!("base64:{}", BASE64_STANDARD.encode(body))),
    };
    json!({"get": asked, "status": status, "type": kind, "body": body})
}

/// Methods and statuses of every path that the API describes.
fn operations(document: &Value) -> Value {
    let paths = document["paths"].as_object().unwrap();
    let operation = |(method, operation): (&String, &Value)| {
        let mut statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
        statuses.sort();
        (method.clone(), json!(statuses))
    };
    let methods = |path: &Value| {
        let methods = path.as_object().unwrap().iter().filter(|(name, _)| ["get", "post"].contains(&name.as_str()));
        json!(methods.map(operation).collect::<BTreeMap<_, _>>())
    };
    json!(paths.iter().map(|(path, found)| (path.clone(), methods(found))).collect::<BTreeMap<_, _>>())
}

/// Names and kinds of the metrics.
fn metrics(text: &str) -> Value {
    let mut kinds: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    kinds.sort_unstable();
    json!(kinds)
}

/// The places at which two documents differ, for a readable message.
fn differences(at: &str, was: &Value, is: &Value, found: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let mut names: Vec<_> = was.keys().chain(is.keys()).collect();
            names.sort();
            names.dedup();
            let none = &Value::Null;
            for name in names {
                let (was, is) = (was.get(name).unwrap_or(none), is.get(name).unwrap_or(none));
                differences(&format!("{at}.{name}"), was, is, found);
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
            for (number, (was, is)) in was.iter().zip(is).enumerate() {
                differences(&format!("{at}[{number}]"), was, is, found);
            }
        }
        _ if was != is => found.push(format!("{at}: was {was}, is {is}")),
        _ => {}
    }
}

#[test]
fn recorded_questions_get_the_recorded_answers() {
    let dir = TempDir::new().unwrap();
    let data = county(dir.path());
    let node = Node::start(&data);
    // The folder has no views: they are built now, and this waits until they have all entries.
    get(&node.url(), "/v1/areas/130624/progress?index=365");
    let mut found = Vec::new();
    for was in recorded() {
        let is = if let Some(asked) = was["get"].as_str() {
            get(&node.url(), asked)
        } else if let Some(words) = was["run"].as_array() {
            let words: Vec<_> = words.iter().map(|word| word.as_str().unwrap()).collect();
            let (command, rest) = words.split_at(2);
            let ran = run(&[command, &[path(&data)], rest, &["--json"]].concat());
            let mut body: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{}", told(&ran)));
            body.as_object_mut().unwrap().retain(|name, _| !OF_THE_RUN.contains(&name.as_str()));
            json!({"run": was["run"], "status": ran.status.code(), "body": body})
        } else if was["operations"].is_object() {
            json!({"operations": operations(&get(&node.url(), "/openapi.json")["body"])})
        } else {
            json!({"metrics": metrics(get(&node.url(), "/metrics")["body"].as_str().unwrap())})
        };
        let at = was["get"].as_str().map_or_else(|| was["run"].to_string(), str::to_owned);
        differences(&at, &was, &is, &mut found);
    }
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
    assert!(node.stop().success());
}
