//! A report in words: before it is signed, while it waits, and with its receipt. The labels of events and fields, and
//! the units of values, come from their descriptions; every text is there in both languages.

use crate::plain::{PRIVATE, snake};
use crate::replica::Warning;
use lika_domain::catalogue;
use lika_domain::describe::{Event, Field, Value as Described};
use lika_domain::facts::envelope;
use lika_domain::kind::List;
use lika_domain::language::Bilingual;
use lika_domain::money::Fen;
use serde_json::{Map, Value};

/// Fields of an event that its heading shows.
const HEADING: [&str; 3] = ["happened", "household", "official"];
/// Stands between groups of three digits of an amount.
const SEPARATOR: char = ',';

/// An event of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSummary {
    /// Its description; `None` for an event that this program does not know.
    pub event: Option<&'static Event>,
    /// The day it happened, `2016-07-01`; `None` if it is missing.
    pub day: Option<String>,
    /// Household and official, as far as it names them: label and number.
    pub subjects: Vec<(Bilingual, String)>,
    /// All its other values.
    pub lines: Vec<Line>,
}

/// A value of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The labels that lead to it: a member, their name.
    pub path: Vec<Bilingual>,
    /// The value, with its unit.
    pub value: Bilingual,
}

impl EventSummary {
    /// The label of the event.
    pub fn label(&self) -> Bilingual {
        self.event.map_or_else(|| Bilingual::new("？", "unknown event"), Event::label)
    }
}

/// Every event of a report, which is in the form of a file or in the standard mapping of a submission. Of personal
/// data in the clear, the values are included only `in_clear`; otherwise it is said which there are.
pub fn events(report: &Map<String, Value>, in_clear: bool) -> Vec<EventSummary> {
    let empty = Map::new();
    let lists = report.values().filter_map(|list| list.get("events")?.as_array());
    let mut events: Vec<_> =
        lists.flatten().map(|event| summary(event.as_object().unwrap_or(&empty), in_clear)).collect();
    for warned in report.get("warned").and_then(Value::as_array).into_iter().flatten() {
        // The mapping leaves out a number that is 0.
        let number = warned.get("event").map_or(Some(0), Value::as_u64);
        let event = number.and_then(|number| events.get_mut(usize::try_from(number).ok()?));
        if let Some(event) = event {
            event.lines.push(reason(warned));
        }
    }
    events
}

/// Why the official goes on in spite of a warning, under what the warning says.
fn reason(warned: &Value) -> Line {
    let text = |name: &str| warned.get(name).and_then(Value::as_str).unwrap_or_default();
    let warning = Warning::ALL.into_iter().find(|warning| warning.code() == text("warning"));
    let what = warning.map_or_else(
        || Bilingual::same(text("warning").to_owned()),
        |warning| Bilingual::new(warning.zh(), warning.en()),
    );
    let path = vec![Bilingual::new("仍要报送的原因", "reason for going on"), what];
    Line { path, value: Bilingual::same(text("reason").to_owned()) }
}

fn summary(fields: &Map<String, Value>, in_clear: bool) -> EventSummary {
    let get = |name: &str| {
        let field = envelope::FIELDS.iter().find(|field| field.name == name)?;
        Some((field.label(), shown(Some(field), fields.get(name)?).zh))
    };
    EventSummary {
        event: fields.keys().find_map(|name| catalogue::event(&snake(name))),
        day: get("happened").map(|(_, day)| day),
        subjects: ["household", "official"].into_iter().filter_map(get).collect(),
        lines: lines(fields, in_clear),
    }
}

/// All values that are not in the heading.
fn lines(fields: &Map<String, Value>, in_clear: bool) -> Vec<Line> {
    let mut lines = Lines { lines: Vec::new(), in_clear };
    let around: Vec<_> = envelope::FIELDS.iter().collect();
    for (name, value) in fields {
        let name = snake(name);
        if HEADING.contains(&name.as_str()) {
            continue;
        }
        match (catalogue::event(&name), value) {
            // The event has been named in the heading.
            (Some(event), Value::Object(inner)) => lines.object(&[], &event.fields_on_the_wire(), inner),
            _ => lines.field(&[], &around, &name, value),
        }
    }
    lines.lines
}

/// Values, each under the path of labels that leads to it.
struct Lines {
    lines: Vec<Line>,
    in_clear: bool,
}

impl Lines {
    fn object(&mut self, path: &[Bilingual], fields: &[&'static Field], object: &Map<String, Value>) {
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

    fn field(&mut self, path: &[Bilingual], fields: &[&'static Field], name: &str, value: &Value) {
        if name == PRIVATE {
            return self.private(path, fields, value);
        }
        let field = fields.iter().find(|field| field.name == name).copied();
        let label = field.map_or_else(|| Bilingual::same(name.replace('_', " ")), Field::label);
        let path = below(path, label);
        let inside: Vec<_> = field.into_iter().flat_map(|field| field.inside()).flat_map(Field::on_the_wire).collect();
        match value {
            Value::Object(sealed) if field.is_some_and(is_sealed) => {
                let key = sealed.get("key").map(plain).unwrap_or_default();
                let value = Bilingual::new(format!("已加密，数据密钥 {key}"), format!("sealed under data key {key}"));
                self.lines.push(Line { path, value });
            }
            Value::Object(object) => self.object(&path, &inside, object),
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (number, item) in items.iter().enumerate() {
                    let object = item.as_object().cloned().unwrap_or_default();
                    self.object(&numbered(&path, number + 1), &inside, &object);
                }
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| shown(field, item)).collect();
                self.lines.push(Line { path, value: joined(&items) });
            }
            value => self.lines.push(Line { path, value: shown(field, value) }),
        }
    }

    /// Data that will be sealed: only the labels if others may read it.
    fn private(&mut self, path: &[Bilingual], fields: &[&'static Field], value: &Value) {
        let sealed = fields.iter().find(|field| is_sealed(field));
        let inside: Vec<_> =
            sealed.into_iter().flat_map(|field| field.inside()).flat_map(Field::on_the_wire).collect();
        let Value::Object(object) = value else { return };
        let path = below(path, Bilingual::new("个人信息（加密）", "private (sealed)"));
        if self.in_clear {
            return self.object(&path, &inside, object);
        }
        let label = |name: &String| {
            let name = snake(name);
            inside.iter().find(|field| field.name == name).map_or(Bilingual::same(name), |field| field.label())
        };
        let labels: Vec<_> = object.keys().map(label).collect();
        self.lines.push(Line { path, value: joined(&labels) });
    }
}

fn below(path: &[Bilingual], label: Bilingual) -> Vec<Bilingual> {
    path.iter().cloned().chain([label]).collect()
}

/// The path of one of several records.
fn numbered(path: &[Bilingual], number: usize) -> Vec<Bilingual> {
    let mut path = path.to_vec();
    if let Some(last) = path.last_mut() {
        *last = Bilingual::new(format!("{} {number}", last.zh), format!("{} {number}", last.en));
    }
    path
}

fn joined(items: &[Bilingual]) -> Bilingual {
    let zh: Vec<_> = items.iter().map(|item| item.zh.as_str()).collect();
    let en: Vec<_> = items.iter().map(|item| item.en.as_str()).collect();
    Bilingual::new(zh.join("、"), en.join(", "))
}

fn is_sealed(field: &Field) -> bool {
    matches!(field.value, Described::Sealed(_))
}

/// A value in words: amounts in yuan, days with dashes, choices by label.
fn shown(field: Option<&'static Field>, value: &Value) -> Bilingual {
    let text = plain(value);
    match (field.map(|field| field.value), value) {
        (_, Value::Bool(true)) => Bilingual::new("是", "yes"),
        (_, Value::Bool(false)) => Bilingual::new("否", "no"),
        (Some(Described::Amount | Described::Balance), _) => match text.parse() {
            Ok(fen) => {
                let yuan = Fen(fen).in_yuan(SEPARATOR);
                Bilingual::new(format!("{yuan} 元"), format!("{yuan} yuan"))
            }
            Err(_) => Bilingual::same(text),
        },
        (Some(Described::Day | Described::DayOrNone), _) if text.len() == 8 && text.is_ascii() => {
            Bilingual::same(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
        }
        (Some(Described::Month), _) if text.len() == 6 && text.is_ascii() => {
            Bilingual::same(format!("{}-{}", &text[..4], &text[4..]))
        }
        (Some(Described::Choice(list) | Described::ChoiceOrNone(list) | Described::Choices { list, .. }), _) => {
            choice(list, &text)
        }
        _ => Bilingual::same(text),
    }
}

/// A choice by its name or its number, as the mapping allows both.
fn choice(list: &List, text: &str) -> Bilingual {
    let numbered = || list.choices.iter().find(|choice| text.parse() == Ok(choice.number));
    let found = list.find_wire(text).or_else(numbered);
    found.map_or_else(|| Bilingual::same(text), lika_domain::kind::Choice::label)
}

/// A number or a text, unchanged.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;
    use crate::random::Random;
    use lika_domain::language::Language;

    const REPORT: &str = r#"{"area": "130624100201", "households": {"events": [
        {"happened": 20160701, "household": "1234567891", "householdRegistered": {
            "attribute": "ATTRIBUTE_DIBAO", "mainCause": "CAUSE_ILLNESS", "otherCauses": ["CAUSE_WATER", "CAUSE_LAND"],
            "members": [{"number": 1, "birth_month": 197005, "private": {"name": "张三"}}]}},
        {"happened": "20161231", "household": 1234567890, "income_assessed": {"year": 2016, "wage": "1234567"}}]}}"#;

    fn described(language: Language, in_clear: bool) -> String {
        let draft = Draft::read(REPORT, &mut Random::seeded(1)).unwrap();
        let mut text = String::new();
        for event in events(draft.file.as_object().unwrap(), in_clear) {
            text += &format!("{:?} {}\n", event.day, event.label().one(language));
            for (label, number) in &event.subjects {
                text += &format!("{} {number}\n", label.one(language));
            }
            for line in &event.lines {
                let path: Vec<_> = line.path.iter().map(|label| label.one(language)).collect();
                text += &format!("{}: {}\n", path.join("/"), line.value.one(language));
            }
        }
        text
    }

    #[test]
    fn a_report_is_shown_in_words_of_one_language() {
        let zh = described(Language::Zh, true);
        for word in
            ["2016-07-01", "低保", "因病", "缺水、缺土地", "家庭成员 1/出生年月: 1970-05", "张三", "户 1234567890"]
        {
            assert!(zh.contains(word), "{word} in\n{zh}");
        }
        assert!(zh.contains("工资性收入: 12,345.67 元") && !zh.contains("CAUSE_"), "{zh}");
        let en = described(Language::En, true);
        assert!(en.contains("wage: 12,345.67 yuan") && en.contains("main cause: illness"), "{en}");
        assert!(en.replace("张三", "").is_ascii(), "one language at a time: {en}");
    }

    /// The events are numbered from 0, and the mapping leaves the 0 out.
    #[test]
    fn a_reason_for_going_on_is_told_with_its_event_and_its_warning() {
        let mut report: Value = serde_json::from_str(REPORT).unwrap();
        report["warned"] = serde_json::json!([
            {"warning": "likely_duplicate", "reason": "同名不同人"},
            {"warning": "of_a_later_version", "event": 1, "reason": "另有说明"},
            {"warning": "decided_late", "event": 2, "reason": "没有这一项"},
        ]);
        let events = events(report.as_object().unwrap(), false);
        let last = |event: &EventSummary| event.lines.last().cloned().unwrap();
        let of = |event: &EventSummary, one: Language| {
            let line = last(event);
            let path: Vec<_> = line.path.iter().map(|label| label.one(one)).collect();
            format!("{}: {}", path.join("/"), line.value.one(one))
        };
        let duplicate = Warning::LikelyDuplicate;
        assert_eq!(of(&events[0], Language::Zh), format!("仍要报送的原因/{}: 同名不同人", duplicate.zh()));
        assert_eq!(of(&events[0], Language::En), format!("reason for going on/{}: 同名不同人", duplicate.en()));
        assert_eq!(of(&events[1], Language::En), "reason for going on/of_a_later_version: 另有说明");
    }

    #[test]
    fn personal_data_is_only_named_where_others_may_read() {
        let text = described(Language::Zh, false);
        assert!(text.contains("姓名") && !text.contains("张三"), "{text}");
    }
}
