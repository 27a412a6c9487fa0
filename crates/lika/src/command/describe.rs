//! A report as text: before it is signed, while it waits, and with its receipt.

use crate::table::{Table, one_line};
use lika_client::KeyFile;
use lika_client::draft::Draft;
use lika_client::summary::{self, EventSummary};
use lika_domain::language::Language;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The author, the area, and every event with all its values. Of personal data the labels are shown, and the values
/// only `in_clear`.
pub(super) fn report(key: &KeyFile, draft: &Draft, in_clear: bool, language: Language) -> String {
    let empty = Map::new();
    let file = draft.file.as_object().unwrap_or(&empty);
    let mut head = Table::pairs();
    let (official, name, id) = (key.official, &key.name, key.id());
    let zh = || format!("干部 {official}，密钥 {name}（{id}）");
    head.row([&language.of("日志", "log"), &key.origin]);
    head.row([
        &language.of("报送人", "signed by"),
        &language.of(zh(), format!("official {official} with key {name} ({id})")),
    ]);
    head.row([&language.of("区划", "area"), &file.get("area").map(plain).unwrap_or_default()]);
    for (name, number) in &draft.drawn {
        let text = language.of(format!("{name} 的编号为 {number}"), format!("{name} gets the number {number}"));
        head.row([&language.of("新户", "new household"), &text]);
    }
    head.to_string() + &events(file, in_clear, language)
}

/// The author, the area, and every event of a submission that is signed. What is sealed in it stays so.
pub(super) fn submission(bytes: &[u8], language: Language) -> anyhow::Result<String> {
    let json = lika_proto::json::to_json("Submission", bytes)?;
    let empty = Map::new();
    let submission = json.as_object().unwrap_or(&empty);
    let mut head = Table::pairs();
    for (zh, en, name) in
        [("日志", "log", "origin"), ("报送人", "signed by official", "author"), ("区划", "area", "area")]
    {
        head.row([&language.of(zh, en), &submission.get(name).map(plain).unwrap_or_default()]);
    }
    Ok(head.to_string() + &events(submission, false, language))
}

fn events(report: &Map<String, Value>, in_clear: bool, language: Language) -> String {
    let mut text = String::new();
    for (number, event) in summary::events(report, in_clear).iter().enumerate() {
        // Writing to a text does not fail.
        let _ = write!(text, "\n{}\n{}", heading(number + 1, event, language), details(event, language));
    }
    text
}

/// The day, the event and its subject.
fn heading(number: usize, event: &EventSummary, language: Language) -> String {
    let day = event.day.as_deref().unwrap_or(language.of("无日期", "no date"));
    let mut text = format!("{number}. {day}  {}", event.label().one(language));
    for (label, number) in &event.subjects {
        let _ = write!(text, "{}{} {number}", language.of("，", ", "), label.one(language));
    }
    one_line(&text)
}

/// All other values, one per line.
fn details(event: &EventSummary, language: Language) -> String {
    let mut table = Table::pairs();
    for line in &event.lines {
        let path: Vec<_> = line.path.iter().map(|label| label.one(language)).collect();
        table.row([&path.join(" · "), &line.value.one(language)]);
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
        let (official, signer) = (OfficialId::new(10_000_001).unwrap(), Signer::from_seed([1; 32]));
        let key = KeyFile::new("phone", official, "lika.example/130624", 0, &signer);
        let text = r#"{"area": "130624100201", "households": {"events": [
            {"happened": "2016-07-01", "household": "new-1", "household_registered": {"attribute": "dibao",
                "members": [{"number": 1, "private": {"name": "张三"}}]}}]}}"#;
        let draft = Draft::read(text, &mut Random::seeded(1)).unwrap();
        for (language, words) in [
            (Language::Zh, ["10000001", "new-1 的编号为", "1. 2016-07-01  建档立卡", "低保", "张三"]),
            (
                Language::En,
                ["10000001", "new-1 gets the number", "1. 2016-07-01  household registered", "dibao", "张三"],
            ),
        ] {
            let text = report(&key, &draft, true, language);
            for word in words {
                assert!(text.contains(word), "{word} in\n{text}");
            }
            assert!(!report(&key, &draft, false, language).contains("张三"));
        }
    }
}
