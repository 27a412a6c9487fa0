//! Every event with its fields as a text: `EVENTS.md`, which a test compares with the descriptions.

use super::events;
use crate::facts::describe::{Concerns, Event, Field, Reporters, Value, When};
use crate::facts::envelope;
use crate::facts::kind::List;
use crate::facts::language::{Language, Sentence};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// Where the text is kept, from the crate's folder.
const FILE: &str = "EVENTS.md";
const HEAD: &str = "# Events

This page is written from the descriptions beside the rules; a test compares them. Amounts are in fen (分), days are
yyyymmdd.
";
/// Name, label and meaning of personal data, as a report states it; the log has it sealed.
const PRIVATE: (&str, &str, &str, &str) = (
    "private",
    "个人信息",
    "Personal data, which is encrypted before it is signed. If an update leaves it out, it stays as it was.",
    "签名前加密的个人信息；更新时不填则保持不变。",
);
/// The head of a table of fields.
const COLUMNS: &str = "| field | label | value | meaning | 含义 |\n|---|---|---|---|---|\n";

/// The page, and the closed lists met so far.
struct Page {
    text: String,
    lists: BTreeMap<&'static str, &'static List>,
}

fn text() -> String {
    let mut page = Page { text: HEAD.to_owned(), lists: BTreeMap::new() };
    page.write().expect("a text takes what is written to it");
    page.text
}

impl Page {
    fn write(&mut self) -> fmt::Result {
        self.text.push_str("\n## Fields of every event\n\n");
        self.fields(envelope::FIELDS.iter())?;
        events().try_for_each(|event| self.event(event))?;
        self.text.push_str("\n## Choices\n");
        for list in std::mem::take(&mut self.lists).into_values() {
            let choices = list.choices.iter().map(|choice| format!("`{}` {}", list.wire_name(choice), choice.zh));
            writeln!(self.text, "\n**{}**: {}", list.name, choices.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }

    fn event(&mut self, event: &'static Event) -> fmt::Result {
        writeln!(
            self.text,
            "\n## {} {}: `{}`\n\n{} {}\n",
            event.zh,
            event.en,
            event.name,
            en(event.meaning),
            event.meaning.zh
        )?;
        writeln!(self.text, "* Concerns: {}.", concerns(event.concerns))?;
        match event.reporters {
            Reporters::ByContent(how) => writeln!(self.text, "* Reported by: {}.", en(how))?,
            Reporters::Roles(roles) => {
                let roles: Vec<_> = roles.iter().map(|role| format!("{} {}", role.name(), role.zh())).collect();
                writeln!(self.text, "* Reported by: {}.", roles.join(", "))?;
            }
        }
        if let Some(procedure) = event.procedure {
            writeln!(self.text, "* Procedure: {} {}.", procedure.name(), procedure.zh())?;
        }
        writeln!(self.text, "* Source: {}.\n", event.source)?;
        self.fields(event.fields_on_the_wire().into_iter())
    }

    fn fields(&mut self, fields: impl Iterator<Item = &'static Field>) -> fmt::Result {
        self.text.push_str(COLUMNS);
        fields.into_iter().try_for_each(|field| self.field("", field))
    }

    /// A field as a report names it, and those inside it.
    fn field(&mut self, path: &str, field: &'static Field) -> fmt::Result {
        let (name, zh, meaning, about) = match field.value {
            Value::Sealed(_) => PRIVATE,
            _ => (field.name, field.zh, en(field.meaning), field.meaning.zh),
        };
        let value = self.value(field.value);
        let only = field.when.map(only).unwrap_or_default();
        writeln!(self.text, "| `{path}{name}` | {zh} | {value}{only} | {meaning} | {about} |")?;
        let path = format!("{path}{name}.");
        field.inside().iter().flat_map(Field::on_the_wire).try_for_each(|inner| self.field(&path, inner))
    }

    /// The allowed values of a field, with limits.
    fn value(&mut self, value: Value) -> String {
        match value {
            Value::Choice(list) => format!("one {}", self.list(list)),
            Value::ChoiceOrNone(list) => format!("one {}, or none", self.list(list)),
            Value::Choices { list, max } => format!("at most {max} {}", self.list(list)),
            Value::Text { chars_max: usize::MAX } => "text".to_owned(),
            Value::Text { chars_max } => format!("text, at most {chars_max} characters"),
            Value::RequiredText { chars_max } => format!("text, 1 to {chars_max} characters"),
            Value::Count { max: u32::MAX } => "count from 0".to_owned(),
            Value::Count { max } => format!("count, 0 to {max}"),
            Value::Officials { max } => format!("at most {max} officials, 8 digits each"),
            Value::Sealed(_) => "record".to_owned(),
            Value::Records { .. } => "one or more records".to_owned(),
            value => plain(value).to_owned(),
        }
    }

    fn list(&mut self, list: &'static List) -> &'static str {
        self.lists.insert(list.name, list);
        list.name
    }
}

/// Values without a limit of their own.
fn plain(value: Value) -> &'static str {
    match value {
        Value::Day => "day",
        Value::DayOrNone => "day, or 0",
        Value::Month => "month, yyyymm",
        Value::Year => "year, 1900 to 2199",
        Value::YearByRule => "year",
        Value::Amount => "fen, from 0",
        Value::Balance => "fen, also below 0",
        Value::Number => "number, not 0",
        Value::NumberOrNone => "number, or 0",
        Value::Signed => "count, also below 0",
        Value::Flag => "yes or no",
        Value::HouseholdOrNone => "household, 10 digits, or 0",
        Value::Member => "member, 1 to 99",
        Value::MemberOrNone => "member, 1 to 99, or 0",
        Value::Official => "official, 8 digits",
        Value::Area => "division code, 12 digits",
        Value::Key => "name of a key",
        Value::PublicKey => "Ed25519 public key, 32 bytes",
        Value::Subject => "household, 10 digits, or official, 8 digits",
        Value::Record(_) => "record",
        _ => "see its meaning",
    }
}

fn en(sentence: Sentence) -> &'static str {
    sentence.one(Language::En)
}

/// When a field is asked for.
fn only(when: When) -> String {
    match when.is {
        ["*"] => format!("; only with `{}`", when.field),
        values => format!("; only if `{}` is `{}`", when.field, values.join("` or `")),
    }
}

fn concerns(concerns: Concerns) -> &'static str {
    match concerns {
        Concerns::Village => "the village",
        Concerns::Household => "a household",
        Concerns::HouseholdOrVillage => "a household, or the village if none is named",
        Concerns::Jurisdiction => "the whole area of the log",
        Concerns::Named => "what the event itself names",
        Concerns::Official => "an official",
        Concerns::OfficialAndHousehold => "an official and a household",
        Concerns::OfficialAndVillage => "an official and the village",
    }
}

#[test]
fn the_page_is_that_of_the_descriptions() {
    crate::facts::drawn::check(FILE, &text());
}
