//! What a desk does while its key is locked: it saves what was typed, and asks for the passphrase.

use super::{Answers, VILLAGE};
use crate::support::desk::{Desk, Office, citizen_id, household};
use crate::support::pages::Pages;
use crate::support::path;
use serde_json::{Value, json};

/// Which page answers what, as it is written.
const ROUTES: &str = include_str!("../../crates/desk/src/routes.rs");
/// Pages that are shown whether the key is locked or not.
const SHOWN: [&str; 3] = ["/unlock", "/enter/{secret}", "/style.css"];
/// Forms that are taken whether the key is locked or not; what else they do is tried in the tests of the desk.
const TAKEN: [&str; 4] = ["/drafts/{id}", "/language", "/unlock", "/lock"];

/// Every route of the desk: its path, and whether it is asked for (`get`) and posted to (`post`).
fn routes() -> Vec<(&'static str, bool, bool)> {
    let routes = ROUTES.split(".route(").skip(1).map(|route| {
        let (path, rest) = route.trim_start().trim_start_matches('"').split_once('"').unwrap();
        let handlers = rest.split([';', '\n']).take_while(|line| !line.contains(".layer(")).collect::<String>();
        (path, handlers.contains("get("), handlers.contains("post("))
    });
    let routes: Vec<_> = routes.collect();
    assert!(routes.len() > 15 && routes.iter().all(|(path, get, post)| path.starts_with('/') && (*get || *post)));
    routes
}

#[test]
fn a_locked_desk_shows_nothing_and_does_nothing_but_save_what_was_typed() {
    let mut office = Office::with_village();
    office.stop();
    // One report waits; the other is a draft.
    office.admin.submit(&office.file("waits.json", &household(&citizen_id(7))));
    let (waits, _) = items(&office.admin).into_iter().find(|(_, state)| state == "queued").unwrap();
    let file = office.file("passphrase", &json!("枣树下三只白鹅过河"));
    office.admin.run(&["key", "protect", "office", "--new-passphrase-file", path(&file)]).code(0);
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let draft = "ab".repeat(16);
    let typed = [("event_name", "village_profile_updated"), ("area", VILLAGE), ("event.rural_persons", "301")];
    let typed: Answers = typed.map(|(name, answer)| (name.to_owned(), answer.to_owned())).to_vec();
    let unlock = format!("/unlock?back=/drafts/{draft}");
    for button in ["check", "save", "refresh", "add:event.members", "elsewhere"] {
        let typed = [&typed[..], &[("do".to_owned(), button.to_owned())]].concat();
        assert_eq!(pages.post(&format!("/drafts/{draft}"), &typed).leads(), unlock, "{button}");
    }
    let before = items(&office.admin);
    assert!(before.contains(&(draft.clone(), "draft".to_owned())), "{before:?}");

    let reason = [("reason".to_owned(), "误报".to_owned())];
    for (route, get, post) in routes() {
        let id = if route.starts_with("/drafts") { &draft } else { &waits };
        for action in ["discard", "correct", "retry"] {
            let path = route.replace("{id}", id).replace("{event}", "household_registered");
            let path = path.replace("{action}", action).replace("{secret}", "00");
            let path = path.replace("{file}", "households.csv").replace("{what}", "send");
            assert!(!path.contains('{'), "fill in {path}");
            if get && !SHOWN.contains(&route) {
                let answer = pages.get(&path);
                assert_eq!((answer.status, answer.leads()), (303, format!("/unlock?back={path}").as_str()));
            }
            if post && !TAKEN.contains(&route) {
                let answer = pages.post(&path, &reason);
                assert!(answer.status == 303 && answer.leads().starts_with("/unlock?back=/"), "{}", answer.head);
            }
        }
    }
    assert_eq!(items(&office.admin), before);
    assert_eq!(pages.post("/language", &[("language".to_owned(), "en".to_owned())]).leads(), "/");
    // Without the token nothing is taken at all.
    assert_eq!(pages.post_without_token(&format!("/drafts/{draft}"), &typed).status, 403);
}

/// Every report of the folder: its id, and what has become of it.
fn items(desk: &Desk) -> Vec<(String, String)> {
    let listed = desk.json(&["outbox", "list", "--all"]);
    let items = listed.as_array().or_else(|| listed["items"].as_array()).unwrap_or_else(|| panic!("{listed}"));
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| (text(item, "id"), text(item, "state"))).collect()
}
