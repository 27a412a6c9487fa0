//! Values that need a reader of their own. Each function is named like the field that a description calls special.

use super::reader::Reader;
use crate::v1;
use crate::v1::policy_item::Value;
use lika_domain::area::Area;
use lika_domain::member::{DISABILITY_CATEGORY_MAX, DISABILITY_GRADE_MAX, Disability};
use lika_domain::official::{DAY_MINUTES, Role};
use lika_domain::policy::{MEASURE_CODE_CHARS_MAX, POLICY_ITEMS_MAX, PolicyItem, PolicyValue, SOURCE_CHARS_MAX};
use lika_domain::rejection::{Code, Rejection};
use lika_domain::village::NAME_CHARS_MAX;

pub(super) fn ethnicity(r: &mut Reader, code: u32) -> Option<u8> {
    match code {
        0 => r.missing("ethnicity"),
        1..=56 | 97 | 98 => u8::try_from(code).ok(),
        _ => r.invalid("ethnicity", "a code of GB/T 3304: 1 to 56, 97, 98"),
    }
}

pub(super) fn disability(r: &mut Reader, category: u32, grade: u32) -> Option<Option<Disability>> {
    let given = (category > 0, grade > 0);
    let category = r.small(category, DISABILITY_CATEGORY_MAX, "disability_category");
    let grade = r.small(grade, DISABILITY_GRADE_MAX, "disability_grade");
    match given {
        (true, true) => Some(Some(Disability { category: category?, grade: grade? })),
        (false, false) => Some(None),
        (true, false) => r.refuse(Code::DisabilityInconsistent, "disability_grade", ""),
        (false, true) => r.refuse(Code::DisabilityInconsistent, "disability_category", ""),
    }
}

/// Without a role no area may be given, so that there is only one way to write it.
pub(super) fn role(r: &mut Reader, role: i32, area: u64) -> Option<Option<(Role, Area)>> {
    match r.kind_or_none(role, "role") {
        Some(Some(role)) => r.area(area, "area").map(|area| Some((role, area))),
        Some(None) if area == 0 => Some(None),
        Some(None) => r.invalid("area", "without a role no area may be given"),
        None => None,
    }
}

/// On the wire minutes are counted from 1, so that 0 can mean "not given".
pub(super) fn minute(r: &mut Reader, minute: u32) -> Option<Option<u16>> {
    let minute: u16 = r.small(minute, u32::from(DAY_MINUTES), "minute")?;
    Some(minute.checked_sub(1))
}

/// The code of a measure, which may be missing.
pub(super) fn code(r: &mut Reader, code: String) -> Option<Box<str>> {
    match r.text(code, MEASURE_CODE_CHARS_MAX, "code") {
        Some(code) if !is_measure_code(&code) => r.invalid("code", "only a-z, 0-9 and _"),
        code => code,
    }
}

pub(super) fn items(r: &mut Reader, items: Vec<v1::PolicyItem>) -> Option<Vec<PolicyItem>> {
    r.some_of(items, POLICY_ITEMS_MAX, "items", item)
}

/// A single parameter, for preparing a `PolicySet`.
///
/// # Errors
/// All its faults, with fields named as in the proto files.
pub fn policy_item(wire: v1::PolicyItem) -> Result<PolicyItem, Rejection> {
    let mut r = Reader::default();
    let read = item(&mut r, wire);
    r.finish(read)
}

/// Whether the text contains only characters allowed in codes of measures. True for an empty one.
fn is_measure_code(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn item(r: &mut Reader, wire: v1::PolicyItem) -> Option<PolicyItem> {
    let area = r.area(wire.area, "area");
    let source = r.required_text(wire.source, SOURCE_CHARS_MAX, "source");
    let value = match wire.value {
        Some(value) => value_of(r, value),
        None => r.missing("value"),
    };
    Some(PolicyItem { area: area?, source: source?, unconfirmed: wire.unconfirmed, value: value? })
}

fn value_of(r: &mut Reader, value: Value) -> Option<PolicyValue> {
    match value {
        Value::Line(wire) => line(r, wire),
        Value::ExitThreshold(threshold) => Some(PolicyValue::ExitThreshold(threshold)),
        Value::PublicityDays(wire) => {
            let procedure = r.kind(wire.procedure, "procedure")?;
            Some(PolicyValue::PublicityDays { procedure, days: wire.days })
        }
        Value::DecisionDays(days) => Some(PolicyValue::DecisionDays(days)),
        Value::CaseloadLimit(wire) => {
            let capacity = r.kind(wire.capacity, "capacity")?;
            Some(PolicyValue::CaseloadLimit { capacity, households: wire.households })
        }
        Value::VisitDays(days) => Some(PolicyValue::VisitDays(days)),
        Value::StepsRequired(wire) => {
            let procedure = r.kind(wire.procedure, "procedure")?;
            Some(PolicyValue::StepsRequired { procedure, required: wire.required })
        }
        Value::Measure(wire) => measure(r, wire),
    }
}

fn line(r: &mut Reader, wire: v1::Line) -> Option<PolicyValue> {
    let kind = r.kind(wire.kind, "kind");
    let standard = r.kind(wire.standard, "standard");
    let year = r.year(wire.year, "year").and_then(|year| u16::try_from(year).ok());
    let concept = r.kind(wire.concept, "concept");
    let amount = r.amount(wire.amount, "amount");
    Some(PolicyValue::Line { kind: kind?, standard: standard?, year: year?, concept: concept?, amount: amount? })
}

fn measure(r: &mut Reader, wire: v1::CatalogueMeasure) -> Option<PolicyValue> {
    let group = r.kind(wire.group, "group");
    let code = match r.required_text(wire.code, MEASURE_CODE_CHARS_MAX, "code") {
        Some(code) if !is_measure_code(&code) => r.invalid("code", "only a-z, 0-9 and _"),
        code => code,
    };
    let name = r.required_text(wire.name, NAME_CHARS_MAX, "name");
    Some(PolicyValue::Measure { group: group?, code: code?, name: name? })
}
