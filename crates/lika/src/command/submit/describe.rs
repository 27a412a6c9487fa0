//! A report in words, as it is shown to whoever is about to sign it.

use super::draft::Draft;
use super::words;
use crate::table::Table;
use crate::words::yuan;
use lika_client::KeyFile;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// Fields of an event that its heading shows.
const HEADING: [&str; 3] = ["happened", "household", "official"];
/// Fields that hold an amount in fen wherever they stand and hold a number.
const AMOUNTS: [&str; 14] = [
    "amount",
    "wage",
    "production",
    "production_cost",
    "property",
    "family_planning",
    "dibao",
    "wubao",
    "pension",
    "ecological",
    "other_transfer",
    "net",
    "per_head",
    "collective_income",
];
/// Fields that hold a day.
const DAYS: [&str; 3] = ["happened", "until", "effective"];

/// Who signs, where, and every event with all that it says. What is private is named, and shown only `in_clear`.
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
    let mut text = head.to_string();
    let lists = file.values().filter_map(|list| list.get("events")?.as_array());
    for (number, event) in lists.flatten().enumerate() {
        let fields = event.as_object().unwrap_or(&empty);
        // Writing to a text does not fail.
        let _ = write!(text, "\n{}\n{}", heading(number + 1, fields), details(fields, in_clear));
    }
    text
}

/// When, what and whom.
fn heading(number: usize, fields: &Map<String, Value>) -> String {
    let get = |name: &str| fields.get(name).map(|value| shown(name, value));
    let what = fields.keys().map(|name| snake(name)).find_map(|name| words::kind(&name));
    let (zh, en) = what.unwrap_or(("？", "nothing that is known"));
    let mut text = format!("{number}. {}  {zh} {en}", get("happened").unwrap_or_else(|| "no date".to_owned()));
    for name in ["household", "official"] {
        if let Some(whom) = get(name) {
            let _ = write!(text, ", {} {whom}", words::field(name));
        }
    }
    text
}

/// Everything else, a line for each value.
fn details(fields: &Map<String, Value>, in_clear: bool) -> String {
    let mut table = Table::pairs();
    for (name, value) in fields {
        let name = snake(name);
        if HEADING.contains(&name.as_str()) {
            continue;
        }
        // The kind has been named in the heading.
        let path = if words::kind(&name).is_some() { String::new() } else { words::field(&name) };
        rows(&mut table, &path, &name, value, in_clear);
    }
    table.to_string().lines().fold(String::new(), |text, line| text + "   " + line + "\n")
}

fn rows(table: &mut Table, path: &str, name: &str, value: &Value, in_clear: bool) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path} · {name}") };
    match value {
        Value::Object(fields) if name == "private" && !in_clear => {
            let names: Vec<_> = fields.keys().map(|name| words::field(&snake(name))).collect();
            table.row([&path, &names.join("、")]);
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = snake(name);
                rows(table, &below(&words::field(&name)), &name, value, in_clear);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (number, item) in items.iter().enumerate() {
                rows(table, &format!("{path} {}", number + 1), name, item, in_clear);
            }
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(name, item)).collect();
            table.row([&path, &items.join("、")]);
        }
        value => table.row([&path, &shown(name, value)]),
    }
}

/// A value in words: amounts in yuan, days with dashes, choices by name.
fn shown(name: &str, value: &Value) -> String {
    let text = plain(value);
    if AMOUNTS.contains(&name)
        && let Ok(fen) = text.parse()
    {
        return format!("{} 元", yuan(fen));
    }
    if DAYS.contains(&name) && text.len() == 8 && text.is_ascii() {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    }
    if name == "birth_month" && text.len() == 6 && text.is_ascii() {
        return format!("{}-{}", &text[..4], &text[4..]);
    }
    match value {
        Value::Bool(true) => "是 yes".to_owned(),
        Value::Bool(false) => "否 no".to_owned(),
        _ => words::choice(&text).unwrap_or(text),
    }
}

/// A number or a text, as it stands.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A name as the proto files spell it.
fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
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
    fn what_is_private_is_only_named_where_others_may_read() {
        let text = described(false);
        assert!(text.contains("姓名") && !text.contains("张三"), "{text}");
    }
}
