//! The desk: its pages over HTTP, without a browser. What a browser makes of them is in `browser`.

mod area;
mod browser;
mod files;
mod in_the_way;
mod keys;
mod locked;
mod print;
mod sheets;

use crate::support::desk::{ADMIN, Office, VILLAGE};
use crate::support::pages::{Answer, Pages};
use crate::support::path;
use lika_client::example::{self, service};
use lika_domain::catalogue;
use lika_domain::date::Date;
use lika_domain::describe::Event;
use serde_json::Value;

type Answers = Vec<(String, String)>;

/// Adding an event adds its form: whatever an event may hold can be filled in, stays as it was typed, is shown in
/// words, is signed, and is answered by the node.
#[test]
fn every_event_is_reported_through_its_form() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    for event in catalogue::events() {
        let id = start(&pages, event);
        let answers = answers(event);
        let saved = pages.post(&format!("/drafts/{id}"), &with(&answers, "save"));
        assert_eq!((saved.status, saved.leads()), (303, format!("/drafts/{id}?saved=1").as_str()), "{}", event.name);
        let form = pages.get(&format!("/drafts/{id}"));
        for (name, answer) in answers.iter().filter(|(name, _)| !name.ends_with(':') && name != "event_name") {
            assert!(holds(&form.body, name, answer), "{}: {name} is not {answer} in\n{}", event.name, form.body);
        }
        let checked = pages.post(&format!("/drafts/{id}"), &with(&answers, "check"));
        let sign = format!("/drafts/{id}/sign");
        assert_eq!(checked.leads(), sign, "{}: {}", event.name, pages.get(checked.leads()).body);
        let words = pages.get(&sign);
        assert!(words.body.contains(event.zh) && !words.body.contains("_yuan"), "{}: {}", event.name, words.body);
        let signed = pages.post(&sign, &[]);
        assert_eq!(signed.leads(), format!("/submissions/{id}"), "{}", event.name);
        let came = pages.get(signed.leads()).body;
        assert!(came.contains("已受理") || came.contains("日志未受理"), "{}: no answer in\n{came}", event.name);
        if came.contains("日志未受理") {
            corrected(&pages, event, &id, &answers);
        }
    }
}

/// What was refused comes back as a form with everything in it, and its problems.
fn corrected(pages: &Pages, event: &'static Event, id: &str, answers: &Answers) {
    let again = pages.post(&format!("/submissions/{id}/correct"), &[]);
    let form = pages.get(again.leads()).body;
    assert!(form.contains("日志未受理这件报送") && form.contains("class=\"faults\""), "{}: {form}", event.name);
    for (name, answer) in answers.iter().filter(|(name, _)| name.starts_with("event.") && !name.ends_with(':')) {
        assert!(holds(&form, name, answer), "{}: {name} is not {answer} again in\n{form}", event.name);
    }
    assert!(pages.get("/outbox").body.contains(event.zh), "{}", event.name);
}

#[test]
fn everything_wrong_with_a_form_stands_beside_its_field_and_nothing_typed_is_lost() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let event = catalogue::event("household_registered").unwrap();
    let id = start(&pages, event);
    let typed: Answers = [
        ("event_name", "household_registered"),
        ("area", VILLAGE),
        ("around.happened", "昨天"),
        ("around.household", "new-1"),
        ("event.members.0:", ""),
        ("event.members.0.number", "x"),
        ("event.members.0.private.name", "<张三>"),
        ("event.members.0.private.citizen_id", "123"),
    ]
    .map(|(name, answer)| (name.to_owned(), answer.to_owned()))
    .to_vec();
    let checked = pages.post(&format!("/drafts/{id}"), &with(&typed, "check"));
    let form = pages.get(checked.leads().split('#').next().unwrap()).body;
    for (name, _) in &typed[2..] {
        let id = name.replace('.', "-");
        let bad = !["around.household", "event.members.0:", "event.members.0.private.name"].contains(&name.as_str());
        assert_eq!(form.contains(&format!("id=\"{id}-fault\"")), bad, "{name} in\n{form}");
    }
    assert!(form.contains("昨天") && form.contains("&lt;张三&gt;") && form.contains("123"), "{form}");
    // What is missing is named too, all at once.
    assert!(form.contains("id=\"event-main_cause-fault\"") && form.contains("aria-invalid=\"true\""), "{form}");
    let english = pages.post(&format!("/drafts/{id}"), &with(&typed, "language:en"));
    assert!(english.head.contains("lika_language=en"), "{}", english.head);
}

#[test]
fn records_are_added_and_taken_out_without_losing_what_was_typed() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let event = catalogue::event("household_registered").unwrap();
    let id = start(&pages, event);
    let typed = [("event_name", event.name), ("area", VILLAGE), ("event.members.0.private.name", "张三")];
    let typed: Answers = typed.map(|(name, answer)| (name.to_owned(), answer.to_owned())).to_vec();
    let added = pages.post(&format!("/drafts/{id}"), &with(&typed, "add:event.members"));
    assert!(added.leads().ends_with("#event-members-1"), "{}", added.head);
    let form = pages.get(&format!("/drafts/{id}")).body;
    assert!(holds(&form, "event.members.1.number", "2") && holds(&form, "event.members.0.private.name", "张三"));
    pages.post(&format!("/drafts/{id}"), &with(&typed, "remove:event.members.0"));
    assert!(!pages.get(&format!("/drafts/{id}")).body.contains("张三"));
}

#[test]
fn only_the_browser_that_opened_the_desk_may_use_it() {
    let office = Office::open();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let host = pages.at("").replace("http://", "");
    let ask = |lines: &str| pages.ask(&format!("GET / HTTP/1.1\r\n{lines}"), "");
    let good = pages.get("/");
    assert_eq!(good.status, 200);
    for header in ["default-src 'none'", "x-frame-options: DENY", "no-store", "nosniff"] {
        assert!(good.head.contains(header), "{header} in {}", good.head);
    }
    assert!(!good.body.contains("<script") && !good.body.contains("style=") && !good.body.contains("https://"));
    let stranger = ask(&format!("host: {host}\r\n"));
    assert_eq!(stranger.status, 403);
    assert!(stranger.body.contains("lika desk") && !stranger.body.contains(ADMIN), "{}", stranger.body);
    assert_eq!(ask("host: evil.example\r\n").status, 403);
    assert_eq!(ask(&format!("host: {host}\r\norigin: http://evil.example\r\n")).status, 403);
    assert_eq!(pages.ask(&format!("GET /enter/00 HTTP/1.1\r\nhost: {host}\r\n"), "").status, 403);
    assert_eq!(pages.post_without_token("/send", &[]).status, 403);
    assert_eq!(pages.get(&format!("/{}", "a".repeat(4_000))).status, 413);
    assert_eq!(pages.get("/drafts/xyz").status, 404);
    assert_eq!(pages.get(&format!("/submissions/{}", "0".repeat(32))).status, 404);
}

#[test]
fn a_second_start_finds_the_first() {
    let office = Office::open();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let second = office.admin.json(&["desk", "--no-open"]);
    assert_eq!((second["url"].as_str(), second["running"].as_bool()), (Some(pages.url.as_str()), Some(true)));
    pages.kill();
    let after = Pages::start(office.admin.home(), office.admin.url());
    assert_ne!(second["url"].as_str(), Some(after.url.as_str()));
}

#[test]
fn a_locked_key_is_asked_for_once_and_loses_nothing_that_was_typed() {
    let office = Office::with_village();
    let passphrase = "枣树下三只白鹅过河";
    let file = office.dir.path().join("passphrase");
    std::fs::write(&file, passphrase).unwrap();
    office.admin.run(&["key", "protect", "office", "--new-passphrase-file", path(&file)]).code(0);
    let pages = Pages::start(office.admin.home(), office.admin.url());
    assert_eq!(pages.get("/outbox").leads(), "/unlock?back=/outbox");
    // A form that was open when the key locked.
    let id = "ab".repeat(16);
    let typed = [("event_name", "village_profile_updated"), ("area", VILLAGE), ("event.rural_persons", "301")];
    let typed: Answers = typed.map(|(name, answer)| (name.to_owned(), answer.to_owned())).to_vec();
    let form = format!("/drafts/{id}");
    assert_eq!(pages.post(&form, &with(&typed, "check")).leads(), format!("/unlock?back={form}"));
    let unlock = |passphrase: &str| {
        let answers = [("back".to_owned(), form.clone()), ("passphrase".to_owned(), passphrase.to_owned())];
        pages.post("/unlock", &answers).leads().to_owned()
    };
    assert!(unlock("另一个口令").ends_with("&wrong=1"));
    assert_eq!(unlock(passphrase), form);
    assert!(holds(&pages.get(&form).body, "event.rural_persons", "301"));
    assert!(pages.get("/outbox").body.contains("行政村情况更新"));
    assert_eq!(pages.post("/lock", &[]).leads(), "/");
    assert_eq!(pages.get("/outbox").leads(), "/unlock?back=/outbox");
}

/// The id of a new draft of the event.
fn start(pages: &Pages, event: &Event) -> String {
    let form: Answer = pages.get(&format!("/report/{}", event.name));
    assert_eq!(form.status, 200, "{}: {}", event.name, form.body);
    let (_, action) = form.body.split_once("action=\"/drafts/").unwrap_or_else(|| panic!("{}", form.body));
    action[..32].to_owned()
}

fn with(answers: &Answers, button: &str) -> Answers {
    answers.iter().cloned().chain([("do".to_owned(), button.to_owned())]).collect()
}

/// The example of an event as the answers of its form.
fn answers(event: &'static Event) -> Answers {
    let example = example::report(event, VILLAGE.parse().unwrap(), Date::new(2016, 7, 1).unwrap());
    let mut report = serde_json::to_value(&example).unwrap();
    let mut fields = report[service(event)]["events"][0].take();
    let inner = fields.as_object_mut().unwrap().remove(event.name).unwrap();
    let mut answers = vec![("event_name".to_owned(), event.name.to_owned()), ("area".to_owned(), VILLAGE.to_owned())];
    flatten("around", &fields, &mut answers);
    flatten("event", &inner, &mut answers);
    answers
}

fn flatten(way: &str, value: &Value, answers: &mut Answers) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&format!("{way}.{name}"), value, answers);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                match item {
                    Value::Object(_) => {
                        answers.push((format!("{way}.{place}:"), String::new()));
                        flatten(&format!("{way}.{place}"), item, answers);
                    }
                    Value::String(text) => answers.push((format!("{way}[]"), text.clone())),
                    number => answers.push((format!("{way},"), number.to_string())),
                }
            }
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => answers.push((way.to_owned(), text.clone())),
        // A time of day is typed as one.
        other if way.ends_with(".minute") => {
            let minute = other.as_u64().unwrap() - 1;
            answers.push((way.to_owned(), format!("{:02}:{:02}", minute / 60, minute % 60)));
        }
        other => answers.push((way.to_owned(), other.to_string())),
    }
}

/// Whether a form has a control of that name with that answer.
fn holds(form: &str, name: &str, answer: &str) -> bool {
    // Several officials are a line of numbers, or boxes where they are known.
    let boxes = name.strip_suffix(',').map(|list| format!("name=\"{list}[]\""));
    let is = |part: &str| boxes.as_ref().is_some_and(|boxes| part.contains(boxes));
    let controls = form.split('<').filter(|part| part.contains(&format!("name=\"{name}\"")) || is(part));
    controls.into_iter().any(|control| {
        if control.starts_with("select") {
            let (_, options) = form.split_once(&format!("<{control}")).unwrap();
            let options = options.split("</select>").next().unwrap();
            return options.contains(&format!("value=\"{answer}\" selected"));
        }
        if control.contains("checkbox") || control.contains("radio") {
            return control.contains(&format!("value=\"{answer}\"")) && control.contains(" checked");
        }
        control.contains(&format!("value=\"{answer}\"")) || control.ends_with(&format!(">{answer}"))
    })
}
