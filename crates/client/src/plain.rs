//! The values of a report as people write them, turned into those of the standard mapping: days with dashes, amounts
//! in yuan, choices by their name or label, a division by its prefix. What a field may hold is in the description of
//! its event; every fault is found, each with its place and what the field takes.
//!
//! | Field | Mapping | Also |
//! |---|---|---|
//! | day | `20160701` | `"2016-07-01"` |
//! | month | `201607` | `"2016-07"` |
//! | amount | `123450`, fen | under its name and `_yuan`: `"1234.50"` |
//! | choice | `"CAUSE_ILLNESS"` | `"illness"`, `"因病"` |
//! | division | `"130624000000"` | `"130624"` |
//! | key | `"11664093…"` | `"a1df04c3b2…"`, 16 hexadecimal digits |
//! | yes or no | `true` | `"yes"`, `"no"`, `"是"`, `"否"` |

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::citizen_id::{CitizenId, is_mobile};
use lika_domain::date::{Date, Month};
use lika_domain::describe::{Field, Value as Takes};
use lika_domain::facts::envelope;
use lika_domain::ids::HouseholdId;
use lika_domain::kind::List;
use lika_domain::money::Fen;
use lika_proto::convert;
use serde_json::{Map, Value};
use std::fmt;

/// The end of the name under which an amount is given in yuan.
pub const YUAN: &str = "_yuan";
/// The name under which what will be sealed is given in the clear.
pub const PRIVATE: &str = "private";
/// The name of what is sealed.
const SEALED: &str = "sealed";
/// The names of the lists of events in a report.
pub const SERVICES: [&str; 3] = ["households", "officials", "aid"];

/// What is wrong at one place of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, such as `households.events[0].income_assessed.wage`.
    pub place: String,
    /// Its code.
    pub code: &'static str,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Turns the values of a report into those of the mapping.
///
/// # Errors
/// Every fault of a name or a value that the descriptions know. What hangs on the shape of the whole is left to the
/// reader of the mapping.
pub fn to_mapping(report: &mut Map<String, Value>) -> Result<(), Vec<Fault>> {
    let mut reader = Reader::default();
    if let Some(area) = report.get_mut("area") {
        reader.value("area", &Takes::Area, area);
    }
    for service in SERVICES {
        let Some(events) = report.get_mut(service).and_then(|list| list.get_mut("events")) else { continue };
        for (number, event) in events.as_array_mut().into_iter().flatten().enumerate() {
            reader.event(&format!("{service}.events[{number}]"), event);
        }
    }
    if reader.faults.is_empty() { Ok(()) } else { Err(reader.faults) }
}

/// A value of a field as it is given at a prompt.
///
/// # Errors
/// What the field takes.
pub fn check(field: &'static Field, text: &str) -> Result<(), String> {
    let mut reader = Reader::default();
    match is_amount(field) {
        true => drop(reader.yuan(field.name, &text.into())),
        false => reader.field(field.name, field, &mut text.into()),
    }
    reader.faults.pop().map_or(Ok(()), |fault| Err(fault.what))
}

/// A name as the proto files spell it: `household_exited` for `householdExited`.
pub fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// Whether the field is an amount of money.
pub fn is_amount(field: &Field) -> bool {
    matches!(field.value, Takes::Amount | Takes::Balance)
}

#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn refuse(&mut self, place: &str, code: &'static str, what: impl Into<String>) {
        self.faults.push(Fault { place: place.to_owned(), code, what: what.into() });
    }

    fn event(&mut self, place: &str, event: &mut Value) {
        let Some(event) = event.as_object_mut() else {
            return self.refuse(place, "not_an_object", "an event is written in braces");
        };
        let around: Vec<_> = envelope::FIELDS.iter().collect();
        for (name, value) in event {
            let (place, name) = (format!("{place}.{name}"), snake(name));
            match (catalogue::event(&name), around.iter().find(|field| field.name == name)) {
                (Some(event), _) => self.object(&place, &event.fields_on_the_wire(), value),
                (None, Some(field)) => self.field(&place, field, value),
                (None, None) => {
                    let known: Vec<_> = around.iter().map(|field| field.name).collect();
                    let what = format!(
                        "neither an event nor one of {}; `lika report --list` lists the events",
                        known.join(", ")
                    );
                    self.refuse(&place, "event_unknown", what);
                }
            }
        }
    }

    /// The values of an object, whose names are those of `fields`.
    fn object(&mut self, place: &str, fields: &[&'static Field], value: &mut Value) {
        let Some(object) = value.as_object_mut() else {
            return self.refuse(place, "not_an_object", "its fields are written in braces");
        };
        for (name, mut value) in std::mem::take(object) {
            let (place, spelled) = (format!("{place}.{name}"), snake(&name));
            let named = |wanted: &str| fields.iter().find(|field| field.name == wanted).copied();
            let in_yuan = spelled.strip_suffix(YUAN).and_then(named).filter(|field| is_amount(field));
            if let Some(field) = named(&spelled) {
                self.field(&place, field, &mut value);
                object.insert(name, value);
            } else if let Some(field) = in_yuan {
                if let Some(fen) = self.yuan(&place, &value)
                    && object.insert(field.name.to_owned(), fen.to_string().into()).is_some()
                {
                    self.refuse(&place, "field_twice", format!("{} is given in yuan and in fen", field.name));
                }
            } else if let Some(inside) = private(fields).filter(|_| spelled == PRIVATE) {
                self.object(&place, &inside, &mut value);
                object.insert(name, value);
            } else {
                self.refuse(&place, "field_unknown", format!("there is no such field; there are {}", known(fields)));
            }
        }
    }

    fn field(&mut self, place: &str, field: &'static Field, value: &mut Value) {
        let inside: Vec<_> = field.inside().iter().flat_map(Field::on_the_wire).collect();
        self.personal(place, field, value);
        match value {
            // A sealed box comes from another device, and is looked at by nobody but its reader.
            _ if matches!(field.value, Takes::Sealed(_)) => {}
            Value::Array(items) => {
                for (number, item) in items.iter_mut().enumerate() {
                    let place = format!("{place}[{number}]");
                    if inside.is_empty() {
                        self.value(&place, &field.value, item);
                    } else {
                        self.object(&place, &inside, item);
                    }
                }
            }
            value if inside.is_empty() => self.value(place, &field.value, value),
            value => self.object(place, &inside, value),
        }
    }

    /// Personal data whose form is known here: the recorder would refuse it after it was sealed, sent and opened.
    fn personal(&mut self, place: &str, field: &'static Field, value: &Value) {
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return };
        match field.name {
            "citizen_id" if CitizenId::parse(text).is_err() => {
                let what =
                    "18 characters of a citizen ID, the last one a check; `lika report --example` has a made-up one";
                self.refuse(place, "citizen_id_invalid", what);
            }
            "phone" if !is_mobile(text) => self.refuse(place, "phone_invalid", "a mobile number of 11 digits"),
            _ => {}
        }
    }

    fn value(&mut self, place: &str, takes: &Takes, value: &mut Value) {
        match takes {
            Takes::Day | Takes::DayOrNone => self.day(place, value),
            Takes::Month => self.month(place, value),
            Takes::Choice(list) | Takes::ChoiceOrNone(list) | Takes::Choices { list, .. } => {
                self.choice(place, list, value);
            }
            Takes::Area => match plain(value).parse::<Area>() {
                Ok(area) => *value = area.to_string().into(),
                Err(_) => self.refuse(place, "area_invalid", "a division code of 2, 4, 6, 9 or 12 digits, in quotes"),
            },
            Takes::Flag => match plain(value).as_str() {
                "true" | "yes" | "是" => *value = true.into(),
                "false" | "no" | "否" => *value = false.into(),
                _ => self.refuse(place, "flag_invalid", "true or false"),
            },
            Takes::Text { chars_max } => self.text(place, *chars_max, value),
            Takes::RequiredText { .. } if value.as_str().is_some_and(|text| text.trim().is_empty()) => {
                self.refuse(place, "field_missing", "must be given");
            }
            Takes::RequiredText { chars_max } => self.text(place, *chars_max, value),
            Takes::Amount | Takes::Balance if !is_whole(value) => {
                let what = format!("a whole number of fen; in yuan under the name with {YUAN} at its end");
                self.refuse(place, "amount_invalid", what);
            }
            Takes::HouseholdOrNone if !names(value, |number| number == 0 || HouseholdId::new(number).is_some()) => {
                self.refuse(place, "number_invalid", "the number of a household, 10 digits");
            }
            Takes::Key => match key(&plain(value)) {
                Some(number) => *value = number.to_string().into(),
                None => self.refuse(
                    place,
                    "key_invalid",
                    "the id of a key, 16 hexadecimal digits, as `lika key show` says it",
                ),
            },
            Takes::PublicKey if !is_public_key(value) => {
                self.refuse(place, "public_key_invalid", "32 bytes in base64, as `lika key show` says them");
            }
            Takes::Subject if !names(value, |number| convert::subject(number).is_some()) => {
                self.refuse(place, "number_invalid", "the number of a household, 10 digits, or of an official, 8");
            }
            takes => {
                if let Some((least, most)) = range(takes) {
                    self.number(place, least, most, value);
                }
            }
        }
    }

    fn text(&mut self, place: &str, chars_max: usize, value: &Value) {
        match value.as_str() {
            None => self.refuse(place, "text_invalid", "a text, in quotes"),
            Some(text) if text.chars().count() > chars_max => {
                self.refuse(place, "text_too_long", format!("at most {chars_max} characters"));
            }
            Some(_) => {}
        }
    }

    fn number(&mut self, place: &str, least: i64, most: i64, value: &Value) {
        let found = plain(value).parse::<i64>().ok();
        if !found.is_some_and(|number| (least..=most).contains(&number)) {
            let what = match (least, most) {
                (i64::MIN, _) => "a whole number".to_owned(),
                (_, i64::MAX) => format!("a whole number from {least}"),
                _ => format!("a whole number from {least} to {most}"),
            };
            self.refuse(place, "number_invalid", what);
        }
    }

    fn day(&mut self, place: &str, value: &mut Value) {
        let text = plain(value);
        match text.parse::<Date>() {
            Ok(day) => *value = day.yyyymmdd().into(),
            // No day where there may be none; where there must be one, the reader of the mapping says so.
            Err(_) if text == "0" => {}
            Err(_) => self.refuse(place, "day_invalid", format!("{text:?} is not a day such as 2016-07-01")),
        }
    }

    fn month(&mut self, place: &str, value: &mut Value) {
        let text = plain(value);
        let digits = match text.split_once('-') {
            Some((year, month)) if year.len() == 4 && month.len() == 2 => format!("{year}{month}"),
            Some(_) => String::new(),
            None => text.clone(),
        };
        match digits.parse().ok().and_then(Month::from_yyyymm) {
            Some(month) => *value = month.yyyymm().into(),
            None => self.refuse(place, "month_invalid", format!("{text:?} is not a month such as 2016-07")),
        }
    }

    fn choice(&mut self, place: &str, list: &'static List, value: &mut Value) {
        let text = plain(value);
        if list.find_wire(&text).is_some() {
            return;
        }
        let found = list.choices.iter().find(|choice| choice.zh == text || choice.name == text || choice.en() == text);
        match found {
            Some(choice) => *value = list.wire_name(choice).into(),
            None => {
                let known: Vec<_> =
                    list.choices.iter().map(|choice| format!("{} {}", choice.name, choice.zh)).collect();
                self.refuse(place, "choice_unknown", format!("{text:?} is none of {}", known.join(", ")));
            }
        }
    }

    /// An amount in yuan, in fen.
    fn yuan(&mut self, place: &str, value: &Value) -> Option<i64> {
        let text = plain(value);
        let fen = text.parse::<Fen>().ok();
        if fen.is_none() {
            let what = format!("{text:?} is not an amount in yuan, with at most two decimals");
            self.refuse(place, "amount_invalid", what);
        }
        fen.map(|fen| fen.0)
    }
}

/// The fields that are sealed where these fields are.
pub fn private(fields: &[&'static Field]) -> Option<Vec<&'static Field>> {
    let sealed = fields.iter().find(|field| matches!(field.value, Takes::Sealed(_)))?;
    Some(sealed.inside().iter().collect())
}

/// What may be written where these fields are.
fn known(fields: &[&'static Field]) -> String {
    let name = |field: &&'static Field| match field.value {
        _ if is_amount(field) => format!("{}{YUAN}", field.name),
        Takes::Sealed(_) if field.name == SEALED => PRIVATE.to_owned(),
        _ => field.name.to_owned(),
    };
    fields.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A number or a text, as it stands.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

/// The least and the most of a number; `None` for what is no number. Numbers of seats that may stay empty begin at 0.
fn range(takes: &Takes) -> Option<(i64, i64)> {
    Some(match takes {
        Takes::Year => (1900, 2199),
        Takes::YearByRule | Takes::NumberOrNone => (0, i64::MAX),
        Takes::Number => (1, i64::MAX),
        Takes::Count { max } => (0, i64::from(*max)),
        Takes::Signed => (i64::MIN, i64::MAX),
        Takes::Member => (1, 99),
        Takes::MemberOrNone => (0, 99),
        Takes::Official | Takes::Officials { .. } => (10_000_000, 99_999_999),
        _ => return None,
    })
}

/// Whether the value is a number that the check accepts.
fn names(value: &Value, check: fn(u64) -> bool) -> bool {
    plain(value).parse().is_ok_and(check)
}

/// A key's id as people are shown it, or its number as in the mapping. Sixteen digits without a letter are a number,
/// unless `0x` stands before them.
fn key(text: &str) -> Option<u64> {
    let shown =
        text.strip_prefix("0x").or_else(|| text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(text));
    let number = match shown {
        Some(digits) if digits.len() == 16 => u64::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    };
    number.filter(|number| *number > 0)
}

fn is_public_key(value: &Value) -> bool {
    value.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()).is_some_and(|bytes| bytes.len() == 32)
}

fn is_whole(value: &Value) -> bool {
    let digits = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    value.is_i64() || value.is_u64() || value.as_str().is_some_and(digits)
}

#[cfg(test)]
mod tests;
