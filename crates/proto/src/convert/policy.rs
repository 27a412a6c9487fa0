//! Parameters of the rules.

use super::reader::Reader;
use crate::v1;
use crate::v1::policy_item::Value;
use lika_domain::aid::MeasureGroup;
use lika_domain::household::Standard;
use lika_domain::official::Capacity;
use lika_domain::policy::{
    IncomeConcept, LineKind, MEASURE_CODE_CHARS_MAX, POLICY_ITEMS_MAX, PolicyItem, PolicySet, PolicyValue,
    SOURCE_CHARS_MAX,
};
use lika_domain::procedure::Procedure;
use lika_domain::rejection::Rejection;
use lika_domain::village::NAME_CHARS_MAX;

/// A parameter by itself, for whoever prepares a `PolicySet`.
///
/// # Errors
/// Everything that is wrong with it, fields named as in the proto files.
pub fn policy_item(wire: v1::PolicyItem) -> Result<PolicyItem, Rejection> {
    let mut r = Reader::default();
    let read = item(&mut r, wire);
    r.finish(read)
}

pub(super) fn policy_set(r: &mut Reader, wire: v1::PolicySet) -> Option<PolicySet> {
    let effective = r.date(wire.effective, "effective");
    let items =
        if wire.items.is_empty() { r.missing("items") } else { r.list(wire.items, POLICY_ITEMS_MAX, "items", item) };
    Some(PolicySet { effective: effective?, items: items? })
}

/// Whether the text holds nothing but what codes of measures are made of. An empty one does.
pub(super) fn is_measure_code(code: &str) -> bool {
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
            let procedure = r.kind(wire.procedure, Procedure::from_wire, "procedure")?;
            Some(PolicyValue::PublicityDays { procedure, days: wire.days })
        }
        Value::DecisionDays(days) => Some(PolicyValue::DecisionDays(days)),
        Value::CaseloadLimit(wire) => {
            let capacity = r.kind(wire.capacity, Capacity::from_wire, "capacity")?;
            Some(PolicyValue::CaseloadLimit { capacity, households: wire.households })
        }
        Value::VisitDays(days) => Some(PolicyValue::VisitDays(days)),
        Value::StepsRequired(wire) => {
            let procedure = r.kind(wire.procedure, Procedure::from_wire, "procedure")?;
            Some(PolicyValue::StepsRequired { procedure, required: wire.required })
        }
        Value::Measure(wire) => measure(r, wire),
    }
}

fn line(r: &mut Reader, wire: v1::Line) -> Option<PolicyValue> {
    let kind = r.kind(wire.kind, LineKind::from_wire, "kind");
    let standard = r.kind(wire.standard, Standard::from_wire, "standard");
    let year = r.year(wire.year, "year").and_then(|year| u16::try_from(year).ok());
    let concept = r.kind(wire.concept, IncomeConcept::from_wire, "concept");
    let amount = r.amount(wire.amount, "amount");
    Some(PolicyValue::Line { kind: kind?, standard: standard?, year: year?, concept: concept?, amount: amount? })
}

fn measure(r: &mut Reader, wire: v1::CatalogueMeasure) -> Option<PolicyValue> {
    let group = r.kind(wire.group, MeasureGroup::from_wire, "group");
    let code = match r.required_text(wire.code, MEASURE_CODE_CHARS_MAX, "code") {
        Some(code) if !is_measure_code(&code) => r.invalid("code", "only a-z, 0-9 and _"),
        code => code,
    };
    let name = r.required_text(wire.name, NAME_CHARS_MAX, "name");
    Some(PolicyValue::Measure { group: group?, code: code?, name: name? })
}
