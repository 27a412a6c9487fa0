//! The life of a node: one process per folder, clean stops, views rebuilt, and no start on a log that differs from
//! what was signed.

use crate::support::desk::{Office, VILLAGE, citizen_id, household};
use crate::support::node::Node;
use crate::support::{path, run, told};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Starts a node that must refuse to open; returns its exit code and output.
fn refused(data: &Path) -> (Option<i32>, String) {
    let ended = run(&["serve", "--data", path(data), "--listen", "127.0.0.1:0"]);
    (ended.status.code(), told(&ended))
}

/// The digest that a replay of the log gives.
fn digest(data: &Path) -> Value {
    let replayed = run(&["audit", "replay", path(data), "--json"]);
    assert!(replayed.status.success(), "{}", told(&replayed));
    serde_json::from_slice::<Value>(&replayed.stdout).unwrap()["state_digest"].clone()
}

#[test]
fn a_folder_without_a_log_says_how_to_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let (code, told) = refused(dir.path());
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("lika log create"), "{told}");
}

#[test]
fn a_second_process_is_refused_and_the_first_goes_on() {
    let office = Office::with_village();
    let (code, told) = refused(&office.data);
    assert_eq!(code, Some(7), "{told}");
    assert!(told.contains("in use"), "{told}");
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
}

#[test]
fn a_second_log_is_not_made_over_the_first() {
    let office = Office::open();
    let made = run(&["log", "create", "--data", path(&office.data), "--origin", "lika.example/130625"]);
    assert_eq!(made.status.code(), Some(7), "{}", told(&made));
}

#[test]
fn both_signals_stop_a_node_in_order() {
    for signal in ["TERM", "INT"] {
        let mut office = Office::with_village();
        let node = office.node.take().unwrap();
        node.signal(signal);
        assert_eq!(node.wait().code(), Some(0), "{signal}");
        assert!(run(&["audit", "verify", path(&office.data)]).status.success());
    }
}

#[test]
fn deleted_views_are_rebuilt_with_the_same_figures() {
    let mut office = Office::with_village();
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    let words = ["progress", VILLAGE];
    let before = office.admin.json(&words);
    office.stop();
    let digest_before = digest(&office.data);
    fs::remove_dir_all(office.data.join("views")).unwrap();
    office.serve();
    office.admin.run(&["progress", VILLAGE]).code(0);
    let against = run(&["audit", "replay", path(&office.data), "--against", &office.node.as_ref().unwrap().url()]);
    assert!(against.status.success(), "{}", told(&against));
    assert_eq!(office.admin.json(&words), before);
    assert_eq!(digest(&office.data), digest_before);
}

#[test]
fn a_killed_node_still_serves_entries_with_receipts() {
    let mut office = Office::with_village();
    let recorded =
        office.admin.json(&["submit", path(&office.file("card.json", &household(&citizen_id(7)))), "--yes"]);
    office.node.take().unwrap().kill();
    office.serve();
    let progress = office.admin.json(&["progress", VILLAGE]);
    assert_eq!((&progress["index"], &progress["households"]["poor"]), (&recorded["index"], &json!(1)));
}

#[test]
fn views_open_at_a_power_cut_are_rebuilt_and_other_damage_is_refused() {
    let mut office = Office::with_village();
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    let before = office.admin.json(&["progress", VILLAGE]);
    office.node.take().unwrap().kill();
    let (power, store) = (office.data.join("views/power"), office.data.join("views/db"));
    fs::write(&power, "11111111-2222-3333-4444-555555555555").unwrap();
    fs::write(&store, b"what a cut of power left").unwrap();
    office.serve();
    assert_eq!(office.admin.json(&["progress", VILLAGE]), before);
    office.stop();
    fs::write(&store, b"what somebody wrote").unwrap();
    let (code, told) = refused(&office.data);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("damaged or changed"), "{told}");
}

/// A log of three entries, stopped.
fn stopped() -> Office {
    let mut office = Office::with_village();
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    office.stop();
    office
}

#[test]
fn a_changed_entry_is_named_and_not_served() {
    let office = stopped();
    let bundle = office.data.join("log/tile/entries/000.p/3");
    let mut bytes = fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let (code, told) = refused(&office.data);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("tile/entries/000.p/3, entry 2"), "{told}");
}

#[test]
fn a_log_shorter_than_its_signed_checkpoint_is_not_served() {
    let mut office = Office::with_village();
    office.stop();
    let copy = office.dir.path().join("earlier");
    assert!(
        std::process::Command::new("cp").arg("-r").args([&office.data.join("log"), &copy]).status().unwrap().success()
    );
    office.serve();
    office.admin.submit(&office.file("card.json", &household(&citizen_id(7)))).code(0);
    office.stop();
    fs::remove_dir_all(office.data.join("log")).unwrap();
    fs::rename(&copy, office.data.join("log")).unwrap();
    let (code, told) = refused(&office.data);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("tile/entries/000.p/3, entry 0: is missing"), "{told}");
}

#[test]
fn another_key_and_a_missing_tile_are_refused() {
    let office = stopped();
    let key = office.data.join("log.vkey");
    let kept = fs::read(&key).unwrap();
    fs::write(&key, "lika.example/130624+00000000+AXGtKys2T0swNUjvcI0Pl6zGu0ZSqEQhBScT+H4aX+eP\n").unwrap();
    assert_eq!(refused(&office.data).0, Some(4));
    fs::write(&key, kept).unwrap();
    fs::remove_file(office.data.join("log/tile/0/000.p/3")).unwrap();
    let (code, told) = refused(&office.data);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("tile/0/000.p/3"), "{told}");
}

#[test]
fn an_address_in_use_is_named() {
    let office = Office::open();
    let address = office.node.as_ref().unwrap().url().replace("http://", "");
    let dir = tempfile::tempdir().unwrap();
    crate::support::create_log(&dir.path().join("data"));
    let ended = run(&["serve", "--data", path(&dir.path().join("data")), "--listen", &address]);
    assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
    assert!(told(&ended).contains(&address), "{}", told(&ended));
}

#[test]
fn a_node_stops_while_a_client_is_connected() {
    let mut office = Office::open();
    let node: Node = office.node.take().unwrap();
    let _idle = std::net::TcpStream::connect(node.url().replace("http://", "")).unwrap();
    let began = std::time::Instant::now();
    assert!(node.stop().success());
    assert!(began.elapsed().as_secs() < 30, "an idle connection holds up the stop: {:?}", began.elapsed());
}
