//! The file of `lika policy apply`: read with a limit, and every fault of every item found before anything is signed.

use crate::exit::Failure;
use crate::table::Table;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::detail;
use lika_domain::language::{Bilingual, Language};
use lika_domain::policy::{CASELOAD_LIMIT_MAX, DAYS_MAX, POLICY_ITEMS_MAX, PolicyItem, THRESHOLD_MAX, YEARS};
use lika_domain::rejection::{Code, Rejection};
use lika_proto::json::{self, JSON_BYTES_MAX};
use lika_proto::{convert, v1};
use prost::Message;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

/// Fields that `lika policy show --json` prints besides the items. They may stay in the file and are ignored.
const SHOWN_FIELDS: [&str; 6] = ["level", "at", "index", "rows", "later", "inside"];
/// Some editors begin a UTF-8 file with it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A file that could be read.
#[derive(Debug)]
pub(super) struct PolicyFile {
    /// First day on which the items hold, if the file names it.
    pub(super) effective: Option<Date>,
    /// The area that the file names, used if the node cannot be asked which area the log covers.
    pub(super) area: Option<Area>,
    items: Vec<Value>,
}

/// One parameter of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The item as it is sent.
    pub(super) message: v1::PolicyItem,
    /// The item as the rules read it.
    pub(super) read: PolicyItem,
}

/// One thing that is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Fault {
    /// The item, counted from 1.
    pub(super) item: usize,
    /// Field as in the proto files.
    pub(super) field: String,
    /// Stable code.
    pub(super) code: &'static str,
    zh: &'static str,
    en: &'static str,
    detail: String,
}

impl PolicyFile {
    /// Reads a file; `-` is standard input.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = bytes(path)?;
        Self::parse(&bytes).map_err(|failure| {
            let in_file = |message: &str| format!("{}: {message}", path.display());
            let message = Bilingual::new(in_file(&failure.message.zh), in_file(&failure.message.en));
            Failure { message, ..failure }
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, Failure> {
        let invalid = |message: String| Failure::new("policy_invalid", message);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let message = format!("is not UTF-8 text, from byte {} on; save it as UTF-8", error.valid_up_to());
            Failure::new("file_encoding", message)
        })?;
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        if text.trim().is_empty() {
            return Err(Failure::new("file_empty", "is empty; `lika policy show --json` prints a file to begin with"));
        }
        let mut fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| invalid(format!("is not a JSON object: {error}")))?;
        let known = |field: &str| ["effective", "area", "items"].contains(&field) || SHOWN_FIELDS.contains(&field);
        if let Some(field) = fields.keys().find(|field| !known(field)) {
            return Err(invalid(format!("{field:?} is not a field of a policy; it has \"effective\" and \"items\"")));
        }
        let not_a_day = |value: &Value| invalid(format!("\"effective\" must be a day such as 20200101, not {value}"));
        let effective = fields.get("effective").map(|value| day(value).ok_or_else(|| not_a_day(value)));
        let area = fields.get("area").and_then(Value::as_str).and_then(|area| area.parse().ok());
        let Some(Value::Array(items)) = fields.remove("items") else {
            return Err(invalid("\"items\" is missing or not a list".to_owned()));
        };
        if !(1..=POLICY_ITEMS_MAX).contains(&items.len()) {
            return Err(invalid(format!("{} items; a policy has 1 to {POLICY_ITEMS_MAX}", items.len())));
        }
        Ok(Self { effective: effective.transpose()?, area, items })
    }

    /// The items as they would be recorded.
    ///
    /// # Errors
    /// Every fault of every item that a node would find too.
    pub(super) fn items(&self) -> Result<Vec<Item>, Vec<Fault>> {
        let (mut items, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (number, value) in (1..).zip(&self.items) {
            match item(value, number) {
                Ok(item) => {
                    let what = (item.read.area, item.read.value.parameter());
                    if let Some(before) = seen.insert(what, number) {
                        let detail = format!("the same parameter of the same area as item {before}");
                        faults.push(Fault::new(number, Code::PolicyInvalid, "value", detail));
                    }
                    items.push(item);
                }
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(items) } else { Err(faults) }
    }
}

impl Fault {
    pub(super) fn new(item: usize, code: Code, field: &str, detail: impl Into<String>) -> Self {
        let (zh, en) = (code.zh(), code.en());
        Self { item, field: field.to_owned(), code: code.name(), zh, en, detail: detail.into() }
    }

    fn all(item: usize, rejection: &Rejection) -> Vec<Self> {
        let problems = rejection.problems.iter();
        problems.map(|problem| Self::new(item, problem.code, &problem.field, problem.detail.as_str())).collect()
    }

    /// A table with a row for each fault.
    pub(super) fn table(faults: &[Self], language: Language) -> Table {
        let headings = language.of([">第几项", "字段", "代码", "", "说明"], [">item", "field", "code", "", "detail"]);
        let mut table = Table::new(&headings);
        for fault in faults {
            let said = language.of(fault.zh, fault.en);
            let detail = detail::told(fault.code, &fault.detail, language);
            table.row([&fault.item, &fault.field, &fault.code, &said, &detail]);
        }
        table
    }
}

impl Item {
    /// Reads an item as a node shows it; `None` if another version wrote it.
    pub(super) fn shown(value: &Value) -> Option<Self> {
        item(value, 0).ok()
    }
}

fn item(value: &Value, number: usize) -> Result<Item, Vec<Fault>> {
    let malformed = |detail: String| vec![Fault::new(number, Code::FieldInvalid, "items", detail)];
    let bytes = json::from_json("PolicyItem", &value.to_string()).map_err(|error| malformed(error.to_string()))?;
    let message = v1::PolicyItem::decode(bytes.as_slice()).map_err(|error| malformed(error.to_string()))?;
    let read = convert::policy_item(message.clone()).map_err(|rejection| Fault::all(number, &rejection))?;
    match read.fault() {
        Some(field) => Err(vec![Fault::new(number, Code::PolicyInvalid, field, bounds(field))]),
        None => Ok(Item { message, read }),
    }
}

/// The allowed values of a field.
fn bounds(field: &str) -> String {
    match field {
        "line" => format!("a year from {} to {} and more than 0 fen", YEARS.start(), YEARS.end()),
        "exit_threshold" => format!("at most {THRESHOLD_MAX} persons per 10,000"),
        "publicity_days" | "decision_days" | "visit_days" => format!("1 to {DAYS_MAX} days"),
        "caseload_limit" => format!("1 to {CASELOAD_LIMIT_MAX} households"),
        _ => String::new(),
    }
}

/// Reads a day in the form of the log, 20200101, or of people, 2020-01-01.
fn day(value: &Value) -> Option<Date> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().ok().or_else(|| Date::from_yyyymmdd(text.parse().ok()?))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = JSON_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::new("file_unreadable", format!("{}: {error}", path.display())))?;
    if bytes.len() > JSON_BYTES_MAX {
        let message = format!("{}: a policy has at most {JSON_BYTES_MAX} bytes", path.display());
        return Err(Failure::new("file_too_large", message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn date() -> Date {
        Date::from_yyyymmdd(20_200_101).unwrap()
    }

    fn visits(days: u32) -> Value {
        json!({"area": "130624000000", "source": "县发〔2020〕1号", "visitDays": days})
    }

    fn parse(file: &Value) -> Result<PolicyFile, Failure> {
        PolicyFile::parse(file.to_string().as_bytes())
    }

    #[test]
    fn a_file_that_is_none_is_refused_by_what_it_is() {
        let many = json!({"items": vec![visits(1); POLICY_ITEMS_MAX + 1]}).to_string();
        let gbk = [b"{\"source\": \"".as_slice(), &[0xcf, 0xd8, 0xb7, 0xa2], b"\"}"].concat();
        for (bytes, code) in [
            (b"".as_slice(), "file_empty"),
            ("\u{feff} \n".as_bytes(), "file_empty"),
            (&gbk, "file_encoding"),
            (&[0xff, 0xfe, b'{', 0, b'}', 0], "file_encoding"),
            (b"PK\x03\x04", "policy_invalid"),
            (b"[]", "policy_invalid"),
            (b"{\"items\": [1}", "policy_invalid"),
            (b"{\"item\": []}", "policy_invalid"),
            (b"{\"items\": []}", "policy_invalid"),
            (b"{\"items\": {}}", "policy_invalid"),
            (b"{\"effective\": 20200230, \"items\": [1]}", "policy_invalid"),
            (b"{\"effective\": null, \"items\": [1]}", "policy_invalid"),
            (many.as_bytes(), "policy_invalid"),
        ] {
            let refused = PolicyFile::parse(bytes).unwrap_err();
            assert_eq!(refused.code, code, "{refused}");
        }
    }

    #[test]
    fn a_day_is_read_in_both_spellings_and_a_byte_order_mark_is_passed_over() {
        for effective in [json!(20_200_101), json!("20200101"), json!("2020-01-01")] {
            let text = format!("\u{feff}{}", json!({"effective": effective, "items": [visits(30)]}));
            let file = PolicyFile::parse(text.as_bytes()).unwrap();
            assert_eq!((file.effective, file.items().unwrap().len()), (Some(date()), 1));
        }
    }

    #[test]
    fn every_fault_of_every_item_is_listed() {
        let file = json!({"items": [
            visits(30),
            visits(367),
            visits(31),
            {"area": "1306", "source": "x", "decisionDays": 15},
            {"area": "130624000000", "publicityDays": {"procedure": "PROCEDURE_HOUSEHOLD_EXIT"}},
            {"area": "130624000000", "source": "x", "measure": {"code": "A-1", "name": ""}},
            {"area": "130624000000", "source": "x", "visitDay": 3},
            {"area": "130624000000", "source": "x", "line": {
                "kind": "LINE_KIND_POVERTY", "standard": "STANDARD_NATIONAL", "year": 2009,
                "concept": "INCOME_CONCEPT_NET", "amount": "100"}},
            "x",
        ]});
        let faults = parse(&file).unwrap().items().unwrap_err();
        let told: Vec<_> = faults.iter().map(|fault| (fault.item, fault.field.as_str(), fault.code)).collect();
        for expected in [
            (2, "visit_days", "policy_invalid"),
            (3, "value", "policy_invalid"),
            (4, "area", "field_invalid"),
            (5, "source", "field_missing"),
            (6, "group", "field_missing"),
            (6, "code", "field_invalid"),
            (6, "name", "field_missing"),
            (7, "items", "field_invalid"),
            (8, "line", "policy_invalid"),
            (9, "items", "field_invalid"),
        ] {
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
        assert!(!told.iter().any(|(item, ..)| *item == 1));
    }

    #[test]
    fn the_shown_policy_can_be_read_as_a_file() {
        use lika_views::{PolicyView, Standing};
        let standing = Standing { applied: 1, recorded_at: 0, today: date() };
        let area = "130624".parse().unwrap();
        let view = PolicyView::new(area, &lika_domain::policy::Policy::default(), &standing);
        let file = parse(&serde_json::to_value(&view).unwrap()).unwrap();
        assert_eq!((file.area, file.effective), (Some(area), None));
        let items = file.items().unwrap();
        assert_eq!(items.len(), view.rows.len());
        assert!(items.iter().all(|item| item.read.area == area));
    }
}
