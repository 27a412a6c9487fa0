//! Posted answers, and the report that they make.
//!
//! The name of an answer is the way to its value: `area`, `around.happened`, `event.members.0.private.name`. At the
//! end of a name, `[]` is one of several choices, `,` is a list written in one line, and `:` only says that a record
//! is there, so that one without any answer is kept; its answer may name the field that it holds.
//!
//! The report is in the form of a file (`lika submit`), with the answers as they were typed: a draft keeps what cannot
//! be right yet.

use lika_client::example::service;
use lika_domain::describe::Event;
use serde_json::{Map, Value, json};

/// Most records in a list.
const RECORDS_MAX: usize = 1_000;
/// Most parts of a name.
const PARTS_MAX: usize = 12;
/// The part of a report in which the event's own fields are.
pub(crate) const EVENT: &str = "event";
/// The part in which the fields of every event are.
pub(crate) const AROUND: &str = "around";

/// The answers to the form of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answers(Value);

impl Answers {
    /// From a form. What is empty is left out.
    pub(crate) fn posted(answers: &[(String, String)]) -> Self {
        let mut tree = json!({});
        for (name, answer) in answers {
            let known =
                name == "area" || name.starts_with("around.") || name.starts_with("event.") || name == "event:";
            if known {
                put(&mut tree, name, &half_width(answer.trim()));
            }
        }
        Self(tree)
    }

    /// From a report of the event, and the answers that were given besides.
    pub(crate) fn of_report(event: &Event, report: &Value) -> Self {
        let events = report.get(service(event)).and_then(|list| list.get("events"));
        let mut around =
            events.and_then(|events| events.get(0)).and_then(Value::as_object).cloned().unwrap_or_default();
        let inner = around.remove(event.name).unwrap_or_else(|| json!({}));
        let area = report.get("area").cloned().unwrap_or_default();
        Self(json!({ "area": area, AROUND: around, EVENT: inner }))
    }

    /// The report.
    pub(crate) fn report(&self, event: &Event) -> Value {
        let part = |name: &str| self.0.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut fields = part(AROUND);
        fields.insert(event.name.to_owned(), part(EVENT).into());
        let mut report = Map::new();
        report.extend(self.0.get("area").filter(|area| !area.is_null()).map(|area| ("area".to_owned(), area.clone())));
        report.insert(service(event).to_owned(), json!({ "events": [fields] }));
        report.into()
    }

    /// The value at the end of that way.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let parts = name.split('.');
        let value = parts.into_iter().try_fold(&self.0, |value, part| match part.parse::<usize>() {
            Ok(place) => value.get(place),
            Err(_) => value.get(part),
        });
        value.filter(|value| !value.is_null())
    }

    /// The same as text; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).map(text).unwrap_or_default()
    }

    /// Whether the answer is that text, or one of them.
    pub(crate) fn has(&self, name: &str, text: &str) -> bool {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().any(|item| item == text),
            Some(value) => self::text(value) == text,
            None => false,
        }
    }

    /// How many records a list has.
    pub(crate) fn len(&self, name: &str) -> usize {
        self.get(name).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Answers, unless something is answered already.
    pub(crate) fn propose(&mut self, name: &str, answer: &str) {
        if !answer.is_empty() && self.get(name).is_none() {
            put(&mut self.0, name, answer);
        }
    }

    /// Another answer in the place of what stands there.
    pub(crate) fn replace(&mut self, name: &str, answer: &str) {
        put(&mut self.0, name, answer);
    }

    /// Adds a record to a list.
    pub(crate) fn add(&mut self, list: &str) {
        let place = self.len(list);
        put(&mut self.0, &format!("{list}.{place}:"), "");
    }

    /// Takes a record out of a list.
    pub(crate) fn remove(&mut self, record: &str) {
        let Some((list, place)) = record.rsplit_once('.') else { return };
        let pointer = format!("/{}", list.replace('.', "/"));
        let items = self.0.pointer_mut(&pointer).and_then(Value::as_array_mut);
        if let Some((items, place)) = items.zip(place.parse::<usize>().ok())
            && place < items.len()
        {
            items.remove(place);
        }
    }
}

/// A value as it stands in its field.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("，"),
        other => other.to_string(),
    }
}

/// Stores an answer at the end of the way that its name is. What leads elsewhere is dropped: no form of ours sends it.
fn put(tree: &mut Value, name: &str, answer: &str) {
    let (way, kind) = match name.strip_suffix("[]") {
        Some(way) => (way, Kind::Choice),
        None => match (name.strip_suffix(','), name.strip_suffix(':')) {
            (Some(way), _) => (way, Kind::Line),
            (_, Some(way)) => (way, Kind::There),
            _ => (name, Kind::Value),
        },
    };
    if answer.is_empty() && !matches!(kind, Kind::There) {
        return;
    }
    let parts: Vec<&str> = way.split('.').collect();
    if parts.len() > PARTS_MAX {
        return;
    }
    let Some(place) = parts.iter().try_fold(tree, |value, part| step(value, part)) else { return };
    match kind {
        Kind::Value => *place = answer.into(),
        Kind::Choice => match place {
            Value::Array(items) => items.push(answer.into()),
            place => *place = json!([answer]),
        },
        Kind::Line => {
            let parts = answer.split([',', '，', '、', ' ', ';', '；']).filter(|part| !part.is_empty());
            *place = parts.collect::<Vec<_>>().into();
        }
        Kind::There => there(place, answer),
    }
}

/// Makes a record, which holds the field of that name and none of those that it could hold instead.
fn there(place: &mut Value, field: &str) {
    if !place.is_object() {
        *place = json!({});
    }
    if let (Some(object), false) = (place.as_object_mut(), field.is_empty()) {
        object.retain(|name, value| name == field || !value.is_object());
        object.entry(field).or_insert_with(|| json!({}));
    }
}

enum Kind {
    Value,
    Choice,
    Line,
    There,
}

fn step<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match part.parse::<usize>() {
        Ok(place) if place < RECORDS_MAX => {
            if !value.is_array() {
                *value = json!([]);
            }
            let items = value.as_array_mut()?;
            while items.len() <= place {
                items.push(json!({}));
            }
            items.get_mut(place)
        }
        Ok(_) => None,
        Err(_) => {
            if !value.is_object() {
                *value = json!({});
            }
            Some(value.as_object_mut()?.entry(part).or_insert(Value::Null))
        }
    }
}

/// What an input method wrote in full width, such as `２０２６－１１－０１`, as it was meant. A text with other
/// characters stays as it is.
fn half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        other => other,
    };
    let converted: String = text.chars().map(half).collect();
    if converted.is_ascii() { converted } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::catalogue;

    fn posted(answers: &[(&str, &str)]) -> Answers {
        Answers::posted(&answers.iter().map(|(name, answer)| ((*name).into(), (*answer).into())).collect::<Vec<_>>())
    }

    #[test]
    fn answers_make_the_report_and_the_report_the_answers() {
        let event = catalogue::event("household_registered").unwrap();
        let answers = posted(&[
            ("token", "x"),
            ("area", "130624100201"),
            ("around.happened", " ２０２６－１１－０１ "),
            ("around.household", ""),
            ("event.members.0:", ""),
            ("event.members.0.private.name", "张三"),
            ("event.members.1:", ""),
            ("event.members.1.private.name", ""),
            ("event.other_causes[]", "water"),
            ("event.other_causes[]", "land"),
        ]);
        let report = answers.report(event);
        let expected = json!({"area": "130624100201", "households": {"events": [{"happened": "2026-11-01",
            "household_registered": {
                "members": [{"private": {"name": "张三"}}, {}], "other_causes": ["water", "land"]}}]}});
        assert_eq!(report, expected);
        assert_eq!(Answers::of_report(event, &report), answers);
        assert_eq!((answers.text("event.members.0.private.name"), answers.len("event.members")), ("张三".into(), 2));
        assert!(answers.has("event.other_causes", "land") && !answers.has("event.other_causes", "illness"));
    }

    #[test]
    fn records_are_added_and_removed() {
        let mut answers = posted(&[("event.members.0.number", "1")]);
        answers.add("event.members");
        assert_eq!(answers.len("event.members"), 2);
        answers.remove("event.members.0");
        assert_eq!((answers.len("event.members"), answers.text("event.members.0.number")), (1, String::new()));
        answers.remove("event.members.7");
        answers.remove("nowhere");
        assert_eq!(answers.len("event.members"), 1);
    }

    #[test]
    fn a_record_holds_one_of_its_alternatives() {
        let answers = posted(&[
            ("event.items.0.area", "13"),
            ("event.items.0.line.year", "2016"),
            ("event.items.0:", "publicity_days"),
        ]);
        assert_eq!(answers.get("event.items.0"), Some(&json!({"area": "13", "publicity_days": {}})));
    }

    #[test]
    fn a_list_in_one_line_is_cut_at_any_separator() {
        let answers = posted(&[("event.companions,", "10000002，10000003 10000004")]);
        assert_eq!(answers.get("event.companions"), Some(&json!(["10000002", "10000003", "10000004"])));
    }

    #[test]
    fn names_that_no_form_sends_do_no_harm() {
        let deep = format!("event{}", ".a".repeat(500));
        for name in [deep.as_str(), "event.members.99999999.number", "event.members.18446744073709551616.x", "else.x"]
        {
            let answers = posted(&[(name, "1")]);
            assert!(answers.0.to_string().len() < 200, "{name}");
        }
    }

    #[test]
    fn text_in_full_width_is_read_as_meant_and_other_text_stays() {
        assert_eq!(half_width("１２００．５０"), "1200.50");
        assert_eq!(half_width("张三（大）"), "张三（大）");
    }
}
