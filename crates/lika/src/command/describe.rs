//! A report in words: before it is signed, while it waits, and with its receipt. The labels of events and fields, and
//! the units of values, come from their descriptions.

use super::submit::Draft;
use crate::numbers::yuan;
use crate::table::Table;
use lika_client::KeyFile;
use lika_client::plain::{PRIVATE, snake};
use lika_domain::catalogue;
use lika_domain::describe::{Field, Value as Described};
use lika_domain::facts::envelope;
use lika_domain::kind::List;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// Fields of an event that its heading shows.
const HEADING: [&str; 3] = ["happened", "household", "official"];

/// The author, the area, and every event with all its values. Of personal data the labels are shown, and the values
/// only `in_clear`.
pub(super) fn report(key: &KeyFile, draft: &Draft, in_clear: bool) -> String {
    let empty = Map::new();
    let file = draft.file.as_object().unwrap_or(&empty);
    let mut head = Table::pairs();
    head.row([&"log", &key.origin]);
    head.row([&"signed by", &format!("official {} with key {} ({})", key.official, key.name, key.signer.id())]);
    head.row([&"area", &file.get("area").map(plain).unwrap_or_default()]);
    for (name, number) in &draft.drawn {
        head.row([&"new household", &format!("{name} gets the number {number}")]);
    }
    head.to_string() + &events(file, in_clear)
}

/// The author, the area, and every event of a submission that is signed. What is sealed in it stays so.
pub(super) fn submission(bytes: &[u8]) -> anyhow::Result<String> {
    let json = lika_proto::json::to_json("Submission", bytes)?;
    let empty = Map::new();
    let submission = json.as_object().unwrap_or(&empty);
    let mut head = Table::pairs();
    for (label, name) in [("log", "origin"), ("signed by official", "author"), ("area", "area")] {
        head.row([&label, &submission.get(name).map(plain).unwrap_or_default()]);
    }
    Ok(head.to_string() + &events(submission, false))
}

fn events(report: &Map<String, Value>, in_clear: bool) -> String {
    let (mut text, empty) = (String::new(), Map::new());
    let lists = report.values().filter_map(|list| list.get("events")?.as_array());
    for (number, event) in lists.flatten().enumerate() {
        let fields = event.as_object().unwrap_or(&empty);
        // Writing to a text does not fail.
        let _ = write!(text, "\n{}\n{}", heading(number + 1, fields), details(fields, in_clear));
    }
    text
}

/// The day, the event and its subject.
fn heading(number: usize, fields: &Map<String, Value>) -> String {
    let get = |name: &str| {
        let field = envelope::FIELDS.iter().find(|field| field.name == name)?;
        Some((field.label(), shown(Some(field), fields.get(name)?)))
    };
    let event = fields.keys().find_map(|name| catalogue::event(&snake(name)));
    let (zh, en) = event.map_or(("？", "unknown event"), |event| (event.zh, event.en));
    let day = get("happened").map_or_else(|| "no date".to_owned(), |(_, day)| day);
    let mut text = format!("{number}. {day}  {zh} {en}");
    for (label, number) in ["household", "official"].into_iter().filter_map(get) {
        let _ = write!(text, ", {label} {number}");
    }
    text
}

/// All other values, one per line.
fn details(fields: &Map<String, Value>, in_clear: bool) -> String {
    let mut lines = Lines { table: Table::pairs(), in_clear };
    let around: Vec<_> = envelope::FIELDS.iter().collect();
    for (name, value) in fields {
        let name = snake(name);
        if HEADING.contains(&name.as_str()) {
            continue;
        }
        match (catalogue::event(&name), value) {
            // The event has been named in the heading.
            (Some(event), Value::Object(inner)) => lines.object("", &event.fields_on_the_wire(), inner),
            _ => lines.field("", &around, &name, value),
        }
    }
    lines.table.to_string().lines().fold(String::new(), |text, line| text + "   " + line + "\n")
}

/// Lines of values, each under the path of labels that leads to it.
struct Lines {
    table: Table,
    in_clear: bool,
}

impl Lines {
    fn object(&mut self, path: &str, fields: &[&'static Field], object: &Map<String, Value>) {
        let mut named: Vec<_> = object.iter().map(|(name, value)| (snake(name), value)).collect();
        // As in the form; what is private stands where the sealed field does.
        let place = |name: &str| {
            let is = |field: &&&'static Field| field.name == name || name == PRIVATE && is_sealed(field);
            fields.iter().position(|field| is(&field)).unwrap_or(fields.len())
        };
        named.sort_by_key(|(name, _)| place(name));
        for (name, value) in named {
            self.field(path, fields, &name, value);
        }
    }

    fn field(&mut self, path: &str, fields: &[&'static Field], name: &str, value: &Value) {
        let below = |label: &str| if path.is_empty() { label.to_owned() } else { format!("{path} · {label}") };
        if name == PRIVATE {
            return self.private(&below("加密 private"), fields, value);
        }
        let field = fields.iter().find(|field| field.name == name).copied();
        let path = below(&field.map_or_else(|| name.replace('_', " "), Field::label));
        let inside: Vec<_> = field.into_iter().flat_map(|field| field.inside()).flat_map(Field::on_the_wire).collect();
        match value {
            Value::Object(sealed) if field.is_some_and(is_sealed) => {
                let key = sealed.get("key").map(plain).unwrap_or_default();
                self.table.row([&path, &format!("sealed under data key {key}")]);
            }
            Value::Object(object) => self.object(&path, &inside, object),
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (number, item) in items.iter().enumerate() {
                    let object = item.as_object().cloned().unwrap_or_default();
                    self.object(&format!("{path} {}", number + 1), &inside, &object);
                }
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| shown(field, item)).collect();
                self.table.row([&path, &items.join("、")]);
            }
            value => self.table.row([&path, &shown(field, value)]),
        }
    }

    /// Data that will be sealed: only the labels if others may read it.
    fn private(&mut self, path: &str, fields: &[&'static Field], value: &Value) {
        let sealed = fields.iter().find(|field| is_sealed(field));
        let inside: Vec<_> =
            sealed.into_iter().flat_map(|field| field.inside()).flat_map(Field::on_the_wire).collect();
        let Value::Object(object) = value else { return };
        if self.in_clear {
            return self.object(path, &inside, object);
        }
        let label = |name: &String| {
            let name = snake(name);
            inside.iter().find(|field| field.name == name).map_or(name, |field| field.label())
        };
        let labels: Vec<_> = object.keys().map(label).collect();
        self.table.row([&path, &labels.join("、")]);
    }
}

fn is_sealed(field: &Field) -> bool {
    matches!(field.value, Described::Sealed(_))
}

/// A value in words: amounts in yuan, days with dashes, choices by label.
fn shown(field: Option<&'static Field>, value: &Value) -> String {
    let text = plain(value);
    match (field.map(|field| field.value), value) {
        (_, Value::Bool(true)) => "是 yes".to_owned(),
        (_, Value::Bool(false)) => "否 no".to_owned(),
        (Some(Described::Amount | Described::Balance), _) => match text.parse() {
            Ok(fen) => format!("{} 元", yuan(fen)),
            Err(_) => text,
        },
        (Some(Described::Day | Described::DayOrNone), _) if text.len() == 8 && text.is_ascii() => {
            format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
        }
        (Some(Described::Month), _) if text.len() == 6 && text.is_ascii() => {
            format!("{}-{}", &text[..4], &text[4..])
        }
        (Some(Described::Choice(list) | Described::ChoiceOrNone(list) | Described::Choices { list, .. }), _) => {
            choice(list, text)
        }
        _ => text,
    }
}

fn choice(list: &List, text: String) -> String {
    list.find_wire(&text).map_or(text, |choice| format!("{} {}", choice.zh, choice.en()))
}

/// A number or a text, unchanged.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_client::{Random, Signer};
    use lika_domain::ids::OfficialId;

    const REPORT: &str = r#"{"area": "130624100201", "households": {"events": [
        {"happened": 20160701, "household": "new-1", "householdRegistered": {
            "attribute": "ATTRIBUTE_DIBAO", "mainCause": "CAUSE_ILLNESS", "otherCauses": ["CAUSE_WATER", "CAUSE_LAND"],
            "members": [{"number": 1, "birth_month": 197005, "private": {"name": "张三"}}]}},
        {"happened": "20161231", "household": 1234567890, "income_assessed": {"year": 2016, "wage": "1234567"}}]}}"#;

    fn described(in_clear: bool) -> String {
        let key = KeyFile {
            name: "phone".into(),
            official: OfficialId::new(10_000_001).unwrap(),
            origin: "lika.example/130624".into(),
            created_at_s: 0,
            signer: Signer::from_seed([1; 32]),
        };
        report(&key, &Draft::read(REPORT, &mut Random::seeded(1)).unwrap(), in_clear)
    }

    #[test]
    fn a_report_is_shown_in_words() {
        let text = described(true);
        for word in [
            "10000001",
            "new-1 gets the number",
            "1. 2016-07-01",
            "低保",
            "因病",
            "缺水",
            "1970-05",
            "张三",
            "2. 2016-12-31",
            "1234567890",
            "12,345.67 元",
        ] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(!text.contains("CAUSE_"), "{text}");
    }

    #[test]
    fn personal_data_is_only_named_where_others_may_read() {
        let text = described(false);
        assert!(text.contains("姓名") && !text.contains("张三"), "{text}");
    }
}
