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
//! | time of day | `571`, its minute counted from 1 | `"09:30"` |
//! | degrees | `3885123`, 0.00001 each | `"38.85123"` |
//! | yes or no | `true` | `"yes"`, `"no"`, `"是"`, `"否"` |

mod back;
mod value;

pub use back::from_mapping;

use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::citizen_id::{CitizenId, is_mobile};
use lika_domain::date::{Date, Month};
use lika_domain::describe::{Field, Value as Takes};
use lika_domain::facts::envelope;
use lika_domain::ids::HouseholdId;
use lika_domain::kind::List;
use lika_domain::language::Bilingual;
use lika_domain::money::Fen;
use lika_proto::convert;
use serde_json::{Map, Value};
use std::fmt;
use value::{degrees, is_public_key, is_whole, key, minute, names, plain, range};

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
    pub what: Bilingual,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what.en)
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
pub fn check(field: &'static Field, text: &str) -> Result<(), Bilingual> {
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
    fn refuse(&mut self, place: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { place: place.to_owned(), code, what: Bilingual::new(zh, en) });
    }

    fn event(&mut self, place: &str, event: &mut Value) {
        let Some(event) = event.as_object_mut() else {
            return self.refuse(place, "not_an_object", "事项写在花括号内", "an event is written in braces");
        };
        let around: Vec<_> = envelope::FIELDS.iter().collect();
        for (name, value) in event {
            let (place, name) = (format!("{place}.{name}"), snake(name));
            match (catalogue::event(&name), around.iter().find(|field| field.name == name)) {
                (Some(event), _) => self.object(&place, &event.fields_on_the_wire(), value),
                (None, Some(field)) => self.field(&place, field, value),
                (None, None) => {
                    let known: Vec<_> = around.iter().map(|field| field.name).collect();
                    let known = known.join(", ");
                    self.refuse(
                        &place,
                        "event_unknown",
                        format!("不是事项，也不是 {known}；`lika report --list` 列出全部事项"),
                        format!("neither an event nor one of {known}; `lika report --list` lists the events"),
                    );
                }
            }
        }
    }

    /// The values of an object, whose names are those of `fields`.
    fn object(&mut self, place: &str, fields: &[&'static Field], value: &mut Value) {
        let Some(object) = value.as_object_mut() else {
            return self.refuse(place, "not_an_object", "各项写在花括号内", "its fields are written in braces");
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
                    let en = format!("{} is given in yuan and in fen", field.name);
                    self.refuse(&place, "field_twice", format!("{}以元和分各填了一次", field.zh), en);
                }
            } else if let Some(inside) = private(fields).filter(|_| spelled == PRIVATE) {
                self.object(&place, &inside, &mut value);
                object.insert(name, value);
            } else {
                let known = known(fields);
                let zh = format!("没有这一项；可填 {known}");
                self.refuse(&place, "field_unknown", zh, format!("there is no such field; there are {known}"));
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

    /// What has a form of its own, among it personal data, which the recorder would refuse after it was sealed, sent
    /// and opened.
    fn personal(&mut self, place: &str, field: &'static Field, value: &mut Value) {
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return };
        match field.name {
            "minute" if text.contains(':') => match minute(text) {
                Some(minute) => *value = minute.into(),
                None => self.refuse(place, "time_invalid", "应为时刻，如 09:30", "a time of day such as 09:30"),
            },
            "latitude" | "longitude" if text.contains('.') => match degrees(text) {
                Some(units) => *value = units.into(),
                None => self.refuse(
                    place,
                    "degrees_invalid",
                    "应为度，至多五位小数，如 38.85123",
                    "degrees with at most five decimals, as 38.85123",
                ),
            },
            "citizen_id" if CitizenId::parse(text).is_err() => {
                let zh = "身份证号为18位，末位为校验码，请核对；试用时 `lika report --example` 有虚构号码";
                let en =
                    "18 characters of a citizen ID, the last one a check; `lika report --example` has a made-up one";
                self.refuse(place, "citizen_id_invalid", zh, en);
            }
            "phone" if !is_mobile(text) => {
                self.refuse(place, "phone_invalid", "应为11位手机号码", "a mobile number of 11 digits");
            }
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
                Err(_) => {
                    let en = "a division code of 2, 4, 6, 9 or 12 digits, in quotes";
                    self.refuse(place, "area_invalid", "应为2、4、6、9或12位区划代码", en);
                }
            },
            Takes::Flag => match plain(value).as_str() {
                "true" | "yes" | "是" => *value = true.into(),
                "false" | "no" | "否" => *value = false.into(),
                _ => self.refuse(place, "flag_invalid", "应填是或否", "true or false"),
            },
            Takes::Text { chars_max } => self.text(place, *chars_max, value),
            Takes::RequiredText { .. } if value.as_str().is_some_and(|text| text.trim().is_empty()) => {
                self.refuse(place, "field_missing", "必填", "must be given");
            }
            Takes::RequiredText { chars_max } => self.text(place, *chars_max, value),
            Takes::Amount | Takes::Balance if !is_whole(value) => {
                let zh = format!("应为整数分；以元填写时用名称末尾带{YUAN}的一项");
                let en = format!("a whole number of fen; in yuan under the name with {YUAN} at its end");
                self.refuse(place, "amount_invalid", zh, en);
            }
            Takes::HouseholdOrNone if !names(value, |number| number == 0 || HouseholdId::new(number).is_some()) => {
                self.refuse(place, "number_invalid", "应为10位户编号", "the number of a household, 10 digits");
            }
            Takes::Key => match key(&plain(value)) {
                Some(number) => *value = number.to_string().into(),
                None => self.refuse(
                    place,
                    "key_invalid",
                    "应为密钥编号，16位十六进制数，见 `lika key show`",
                    "the id of a key, 16 hexadecimal digits, as `lika key show` says it",
                ),
            },
            Takes::PublicKey if !is_public_key(value) => {
                let en = "32 bytes in base64, as `lika key show` says them";
                self.refuse(place, "public_key_invalid", "应为公钥，32字节的base64，见 `lika key show`", en);
            }
            Takes::Subject if !names(value, |number| convert::subject(number).is_some()) => {
                let en = "the number of a household, 10 digits, or of an official, 8";
                self.refuse(place, "number_invalid", "应为10位户编号或8位干部编号", en);
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
            None => self.refuse(place, "text_invalid", "应为文字", "a text, in quotes"),
            Some(text) if text.chars().count() > chars_max => {
                let zh = format!("最多{chars_max}个字");
                self.refuse(place, "text_too_long", zh, format!("at most {chars_max} characters"));
            }
            Some(_) => {}
        }
    }

    fn number(&mut self, place: &str, least: i64, most: i64, value: &Value) {
        let found = plain(value).parse::<i64>().ok();
        if !found.is_some_and(|number| (least..=most).contains(&number)) {
            let (zh, en) = match (least, most) {
                (i64::MIN, _) => ("应为整数".to_owned(), "a whole number".to_owned()),
                (_, i64::MAX) => (format!("应为整数，不小于{least}"), format!("a whole number from {least}")),
                _ => (format!("应为{least}至{most}的整数"), format!("a whole number from {least} to {most}")),
            };
            self.refuse(place, "number_invalid", zh, en);
        }
    }

    fn day(&mut self, place: &str, value: &mut Value) {
        let text = plain(value);
        match text.parse::<Date>() {
            Ok(day) => *value = day.yyyymmdd().into(),
            // No day where there may be none; where there must be one, the reader of the mapping says so.
            Err(_) if text == "0" => {}
            Err(_) => {
                let zh = format!("“{text}”不是日期，应如 2016-07-01");
                self.refuse(place, "day_invalid", zh, format!("{text:?} is not a day such as 2016-07-01"));
            }
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
            None => {
                let zh = format!("“{text}”不是年月，应如 2016-07");
                self.refuse(place, "month_invalid", zh, format!("{text:?} is not a month such as 2016-07"));
            }
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
                let known = known.join(", ");
                let zh = format!("“{text}”不在可选项内：{known}");
                self.refuse(place, "choice_unknown", zh, format!("{text:?} is none of {known}"));
            }
        }
    }

    /// An amount in yuan, in fen.
    fn yuan(&mut self, place: &str, value: &Value) -> Option<i64> {
        let text = plain(value);
        let fen = text.parse::<Fen>().ok();
        if fen.is_none() {
            let zh = format!("“{text}”不是以元计的金额，至多两位小数，如 1200.00");
            let en = format!("{text:?} is not an amount in yuan, with at most two decimals");
            self.refuse(place, "amount_invalid", zh, en);
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

#[cfg(test)]
mod tests;
