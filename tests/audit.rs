//! The auditor's commands: the same findings for the folder, a copy and the address of a log. Damage gives exit code 4
//! and the name of the damaged file.

use crate::support::desk::{Office, VILLAGE, citizen_id, household};
use crate::support::{path, run, told};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// An office with a served log of three entries.
fn office() -> Office {
    let office = Office::with_village();
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    office
}

fn url(office: &Office) -> String {
    office.node.as_ref().unwrap().url()
}

/// A copy of the log's folder, without its key.
fn copy(office: &Office) -> PathBuf {
    let to = office.dir.path().join("elsewhere").join("copy");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    assert!(Command::new("cp").arg("-r").args([&office.data.join("log"), &to]).status().unwrap().success());
    to
}

fn key(office: &Office) -> PathBuf {
    office.data.join("log.vkey")
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", told(output)))
}

#[test]
fn folder_copy_and_address_give_the_same_findings() {
    let office = office();
    let (copy, url, key) = (copy(&office), url(&office), key(&office));
    let (copy, key) = (path(&copy), path(&key));
    let log = office.data.join("log");
    let by = ["--by", "village", "--json"];
    let replay = |words: &[&str]| {
        let replayed = run(&[&["audit", "replay"], words, &by].concat());
        assert_eq!(replayed.status.code(), Some(0), "{}", told(&replayed));
        parsed(&replayed)
    };
    let data = replay(&[path(&office.data)]);
    assert_eq!((&data["entries"], &data["events"], &data["voids"]), (&json!(3), &json!(3), &json!(0)));
    assert_eq!((&data["areas"][0]["area"], &data["areas"][0]["households"]["poor"]), (&json!(VILLAGE), &json!(1)));
    for other in [replay(&[path(&log)]), replay(&[copy, "--key", key]), replay(&[&url, "--key", key])] {
        for field in ["state_digest", "root", "areas", "origin", "area"] {
            assert_eq!(other[field], data[field], "{field}");
        }
    }
    assert_eq!(data["areas"][0], office.admin.json(&["progress", VILLAGE]));
}

#[test]
fn verification_counts_the_entries_and_files_it_has_checked() {
    let office = office();
    let verified = parsed(&run(&["audit", "verify", path(&office.data), "--json"]));
    assert_eq!((&verified["entries"], &verified["unsigned"]), (&json!(3), &json!([])));
    // Tiles and bundles of every size the log has had, since every submission was sent alone.
    assert_eq!(verified["files"], json!(6));
    let remote = run(&["audit", "verify", &url(&office), "--key", path(&key(&office)), "--json"]);
    assert_eq!(parsed(&remote)["root"], verified["root"]);
}

#[test]
fn an_independent_program_verifies_the_log_too() {
    let office = office();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/independent/verify_log.py");
    let (log, key) = (office.data.join("log"), key(&office));
    match Command::new("python3").args([script, path(&log), path(&key)]).output() {
        Ok(verified) => {
            assert!(verified.status.success(), "{}", told(&verified));
            assert!(told(&verified).contains("verified 3 entries"), "{}", told(&verified));
        }
        Err(error) => println!("python3 is not installed here ({error}), so this case is not tested"),
    }
}

#[test]
fn another_key_is_found_and_named() {
    let office = office();
    let other = Office::open();
    let verdict = run(&["audit", "verify", path(&office.data), "--key", path(&key(&other)), "--json"]);
    assert_eq!(verdict.status.code(), Some(4), "{}", told(&verdict));
    let error: Value = serde_json::from_slice(&verdict.stderr).unwrap();
    assert_eq!(error["code"], json!("log_damaged"));
    assert!(error["message"].as_str().unwrap().contains("checkpoint"), "{error}");
}

#[test]
fn damage_of_every_kind_is_found_and_named() {
    let office = office();
    let copy = copy(&office);
    let key = key(&office);
    let verdict = |name: &str| {
        for command in ["verify", "replay"] {
            let verdict = run(&["audit", command, path(&copy), "--key", path(&key)]);
            assert_eq!(verdict.status.code(), Some(4), "{name}: {}", told(&verdict));
            assert!(told(&verdict).contains(name), "{name}: {}", told(&verdict));
        }
    };
    for name in ["checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3", "tile/entries/000.p/1", "tile/0/000.p/2"] {
        let file = copy.join(name);
        let sound = fs::read(&file).unwrap();
        let mut flipped = sound.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 4;
        fs::write(&file, &flipped).unwrap();
        verdict(name);
        fs::write(&file, &sound[..sound.len() - 1]).unwrap();
        verdict(name);
        fs::write(&file, sound).unwrap();
    }
    fs::remove_file(copy.join("tile/0/000.p/3")).unwrap();
    verdict("tile/0/000.p/3");
    fs::copy(office.data.join("log/tile/0/000.p/3"), copy.join("tile/0/000.p/3")).unwrap();
    fs::write(copy.join("tile/note.txt"), "left behind").unwrap();
    verdict("tile/note.txt");
    fs::remove_file(copy.join("tile/note.txt")).unwrap();
    fs::remove_file(copy.join("checkpoint")).unwrap();
    verdict("checkpoint");
}

#[test]
fn swapped_entries_are_found() {
    let office = office();
    let copy = copy(&office);
    let bundle = copy.join("tile/entries/000.p/3");
    let bytes = fs::read(&bundle).unwrap();
    let (mut entries, mut rest) = (Vec::new(), bytes.as_slice());
    while let [high, low, ..] = rest {
        let end = 2 + usize::from(u16::from_be_bytes([*high, *low]));
        entries.push(&rest[..end]);
        rest = &rest[end..];
    }
    entries.swap(1, 2);
    fs::write(&bundle, entries.concat()).unwrap();
    let verdict = run(&["audit", "verify", path(&copy), "--key", path(&key(&office))]);
    assert_eq!(verdict.status.code(), Some(4), "{}", told(&verdict));
    assert!(told(&verdict).contains("tile/entries/000.p/3, entry 1"), "{}", told(&verdict));
}

#[test]
fn a_node_is_compared_with_its_log_and_with_a_copy_that_is_behind() {
    let office = office();
    let (copy, key, url) = (copy(&office), key(&office), url(&office));
    let compare = || run(&["audit", "replay", path(&copy), "--key", path(&key), "--against", &url, "--json"]);
    // The county, a township, a village.
    assert_eq!(parsed(&compare())["against"], json!({"areas": 3, "entries": 3}));
    office.admin.submit(&office.file("more.json", &household(&citizen_id(8)))).code(0);
    assert_eq!(parsed(&compare())["against"], json!({"areas": 3, "entries": 4}));
}

#[test]
fn a_node_restored_from_an_older_copy_is_found() {
    let mut office = office();
    office.stop();
    // Everything is restored, including `signed`: the node itself cannot notice, but a copy of the log shows it.
    let earlier = office.dir.path().join("earlier");
    assert!(Command::new("cp").arg("-r").args([&office.data, &earlier]).status().unwrap().success());
    office.serve();
    office.admin.submit(&office.file("more.json", &household(&citizen_id(8)))).code(0);
    office.stop();
    let (copy, key) = (copy(&office), key(&office));
    office.data = earlier;
    office.serve();
    let verdict = run(&["audit", "replay", path(&copy), "--key", path(&key), "--against", &url(&office)]);
    assert_eq!(verdict.status.code(), Some(4), "{}", told(&verdict));
    assert!(told(&verdict).contains("shortened"), "{}", told(&verdict));
}

#[test]
fn an_unreadable_log_is_a_failure_and_not_a_finding() {
    let office = office();
    let (copy, dir) = (copy(&office), tempfile::tempdir().unwrap());
    for (words, code) in [
        (vec!["audit", "verify", path(&copy)], "key_missing"),
        (vec!["audit", "verify", path(dir.path())], "source"),
        (vec!["audit", "verify", "no/such/folder"], "source"),
        (vec!["audit", "verify", path(&copy), "--key", "no/such/key"], "key_unreadable"),
        (vec!["audit", "verify", "http://127.0.0.1:9", "--key", path(&key(&office))], "log"),
    ] {
        let verdict = run(&[words.as_slice(), &["--json"]].concat());
        assert_eq!(verdict.status.code(), Some(1), "{words:?}: {}", told(&verdict));
        let error: Value = serde_json::from_slice(&verdict.stderr).unwrap();
        assert_eq!(error["code"], json!(code), "{words:?}: {error}");
    }
}
