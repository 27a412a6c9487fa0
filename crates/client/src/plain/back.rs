//! The way back: the values of the mapping as people write them, for a report that is corrected.

use super::{PRIVATE, SERVICES, YUAN, is_amount, private, snake};
use lika_domain::catalogue;
use lika_domain::describe::{Field, Value as Takes};
use lika_domain::facts::envelope;
use lika_domain::kind::List;
use serde_json::{Map, Value, json};

/// Turns the values of the mapping into those that people write: names as in the proto files, days with dashes,
/// amounts in yuan, choices by name. What the mapping leaves out because it is zero is there again. What is not part
/// of the area or an event is dropped.
pub fn from_mapping(report: &Map<String, Value>) -> Map<String, Value> {
    let mut plain = Map::new();
    plain.extend(report.get("area").map(|area| ("area".to_owned(), text(area).into())));
    for service in SERVICES {
        let Some(events) = report.get(service).and_then(|list| list.get("events")).and_then(Value::as_array) else {
            continue;
        };
        let events: Vec<_> = events.iter().filter_map(Value::as_object).map(event).collect();
        plain.insert(service.to_owned(), json!({ "events": events }));
    }
    plain
}

fn event(fields: &Map<String, Value>) -> Value {
    let mut plain = Map::new();
    for (name, value) in fields {
        let name = snake(name);
        let around = envelope::FIELDS.iter().find(|field| field.name == name);
        match (catalogue::event(&name), around, value) {
            (Some(event), _, Value::Object(inner)) => {
                plain.insert(name, object(&event.fields_on_the_wire(), inner, true));
            }
            (_, Some(field), value) => plain.extend(answer(field, value)),
            _ => {}
        }
    }
    plain.into()
}

/// The values of an object. `absent`: what is not given is zero; otherwise another value stands in its place.
fn object(fields: &[&'static Field], given: &Map<String, Value>, absent: bool) -> Value {
    let given: Map<String, Value> = given.iter().map(|(name, value)| (snake(name), value.clone())).collect();
    let mut plain = Map::new();
    for field in fields {
        match given.get(field.name) {
            Some(value) => plain.extend(answer(field, value)),
            None if absent => plain.extend(zero(field).map(|zero| (name(field), zero))),
            None => {}
        }
    }
    if let (Some(inside), Some(given)) = (private(fields), given.get(PRIVATE).and_then(Value::as_object)) {
        plain.insert(PRIVATE.to_owned(), object(&inside, given, true));
    }
    plain.into()
}

/// The name under which people write the field.
fn name(field: &Field) -> String {
    if is_amount(field) { format!("{}{YUAN}", field.name) } else { field.name.to_owned() }
}

/// What a field is that the mapping leaves out; `None` where nothing stands for nothing.
fn zero(field: &Field) -> Option<Value> {
    match field.value {
        Takes::Flag => Some("false".into()),
        Takes::Count { .. } => Some("0".into()),
        Takes::Amount | Takes::Balance => Some("0.00".into()),
        _ => None,
    }
}

fn answer(field: &'static Field, value: &Value) -> Option<(String, Value)> {
    let inside: Vec<_> = field.inside().iter().flat_map(Field::on_the_wire).collect();
    let alternatives = matches!(field.value, Takes::Special { .. });
    let value = match value {
        // What stays sealed is given again by the person who corrects the report.
        _ if matches!(field.value, Takes::Sealed(_)) => return None,
        Value::Object(inner) => object(&inside, inner, !alternatives),
        Value::Array(items) => {
            let item = |item: &Value| match item {
                Value::Object(inner) => object(&inside, inner, !alternatives),
                value => scalar(field, value).unwrap_or_default().into(),
            };
            items.iter().map(item).collect::<Vec<_>>().into()
        }
        value => scalar(field, value)?.into(),
    };
    Some((name(field), value))
}

/// One value; `None` for zero where it stands for none.
fn scalar(field: &Field, value: &Value) -> Option<String> {
    let text = text(value);
    let none = || text == "0" || text.is_empty();
    match field.value {
        Takes::Amount | Takes::Balance => text.parse().ok().map(yuan),
        Takes::Day | Takes::DayOrNone if text.len() == 8 && text.is_ascii() => {
            Some(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
        }
        Takes::Month if text.len() == 6 && text.is_ascii() => Some(format!("{}-{}", &text[..4], &text[4..])),
        Takes::Choice(list) | Takes::ChoiceOrNone(list) | Takes::Choices { list, .. } => choice(list, &text),
        Takes::DayOrNone | Takes::NumberOrNone | Takes::MemberOrNone | Takes::HouseholdOrNone if none() => None,
        Takes::Signed if none() => None,
        Takes::Special { .. } if none() => None,
        _ if field.name == "minute" => {
            let minute = text.parse::<u16>().ok()?.checked_sub(1)?;
            Some(format!("{:02}:{:02}", minute / 60, minute % 60))
        }
        _ => Some(text),
    }
}

fn choice(list: &List, text: &str) -> Option<String> {
    list.find_wire(text).map(|choice| choice.name.to_owned())
}

/// Fen as yuan, without marks between the digits.
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
