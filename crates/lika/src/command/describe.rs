//! A report as text: before it is signed, while it waits, and with its receipt.

use crate::table::Table;
use lika_client::KeyFile;
use lika_client::draft::Draft;
use lika_client::summary::{self, EventSummary};
use serde_json::{Map, Value};
use std::fmt::Write as _;

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
    let mut text = String::new();
    for (number, event) in summary::events(report, in_clear).iter().enumerate() {
        // Writing to a text does not fail.
        let _ = write!(text, "\n{}\n{}", heading(number + 1, event), details(event));
    }
    text
}

/// The day, the event and its subject.
fn heading(number: usize, event: &EventSummary) -> String {
    let day = event.day.as_deref().unwrap_or("no date");
    let mut text = format!("{number}. {day}  {}", event.label());
    for (label, number) in &event.subjects {
        let _ = write!(text, ", {label} {number}");
    }
    text
}

/// All other values, one per line.
fn details(event: &EventSummary) -> String {
    let mut table = Table::pairs();
    for line in &event.lines {
        let path: Vec<_> = line.path.iter().map(ToString::to_string).collect();
        table.row([&path.join(" · "), &line.value]);
    }
    table.to_string().lines().fold(String::new(), |text, line| text + "   " + line + "\n")
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

    #[test]
    fn a_report_is_shown_in_words() {
        let key = KeyFile {
            name: "phone".into(),
            official: OfficialId::new(10_000_001).unwrap(),
            origin: "lika.example/130624".into(),
            created_at_s: 0,
            signer: Signer::from_seed([1; 32]),
        };
        let text = r#"{"area": "130624100201", "households": {"events": [
            {"happened": "2016-07-01", "household": "new-1", "household_registered": {"attribute": "dibao",
                "members": [{"number": 1, "private": {"name": "张三"}}]}}]}}"#;
        let draft = Draft::read(text, &mut Random::seeded(1)).unwrap();
        let text = report(&key, &draft, true);
        for word in ["10000001", "new-1 gets the number", "1. 2016-07-01  建档立卡", "低保", "张三"] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(!report(&key, &draft, false).contains("张三"));
    }
}
