//! A parameter as JSON of `PolicyItem` of the proto files, in the mapping of proto3: 64-bit numbers are texts, choices
//! have the names of the proto files. A field that the mapping would leave out because it is `false` is included, so
//! that a person who edits a file sees it.

use lika_domain::policy::{PolicyItem, PolicyValue};
use serde_json::{Value, json};

/// The item as JSON.
pub(super) fn json(item: &PolicyItem) -> Value {
    let (field, value) = field(&item.value);
    json!({
        "area": item.area.code().to_string(),
        "source": item.source,
        "unconfirmed": item.unconfirmed,
        field: value,
    })
}

fn field(value: &PolicyValue) -> (&'static str, Value) {
    match value {
        PolicyValue::Line { kind, standard, year, concept, amount } => {
            let line = json!({
                "kind": choice("LINE_KIND", kind.name()),
                "standard": choice("STANDARD", standard.name()),
                "year": year,
                "concept": choice("INCOME_CONCEPT", concept.name()),
                "amount": amount.0.to_string(),
            });
            ("line", line)
        }
        PolicyValue::ExitThreshold(threshold) => ("exitThreshold", json!(threshold)),
        PolicyValue::PublicityDays { procedure, days } => {
            ("publicityDays", json!({"procedure": choice("PROCEDURE", procedure.name()), "days": days}))
        }
        PolicyValue::DecisionDays(days) => ("decisionDays", json!(days)),
        PolicyValue::CaseloadLimit { capacity, households } => {
            ("caseloadLimit", json!({"capacity": choice("CAPACITY", capacity.name()), "households": households}))
        }
        PolicyValue::VisitDays(days) => ("visitDays", json!(days)),
        PolicyValue::StepsRequired { procedure, required } => {
            ("stepsRequired", json!({"procedure": choice("PROCEDURE", procedure.name()), "required": required}))
        }
        PolicyValue::Measure { group, code, name } => {
            ("measure", json!({"group": choice("MEASURE_GROUP", group.name()), "code": code, "name": name}))
        }
    }
}

/// The name of a choice in the proto files.
fn choice(list: &str, name: &str) -> String {
    format!("{list}_{}", name.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::aid::MeasureGroup;
    use lika_domain::household::Standard;
    use lika_domain::money::Fen;
    use lika_domain::policy::{IncomeConcept, LineKind, built_in};
    use lika_proto::{convert, v1};
    use prost::Message;

    /// The item as a node reads it from a submission.
    fn read(item: &Value) -> PolicyItem {
        let bytes = lika_proto::json::from_json("PolicyItem", &item.to_string()).unwrap();
        convert::policy_item(v1::PolicyItem::decode(bytes.as_slice()).unwrap()).unwrap()
    }

    #[test]
    fn items_as_shown_can_be_set() {
        let area = "130624100".parse().unwrap();
        let mut values: Vec<PolicyValue> = built_in(area).into_iter().map(|row| row.value).collect();
        values.extend(MeasureGroup::ALL.iter().map(|group| PolicyValue::Measure {
            group: *group,
            code: "goat_2".into(),
            name: "养羊".into(),
        }));
        values.push(PolicyValue::Line {
            kind: LineKind::Monitoring,
            standard: Standard::Provincial,
            year: 2021,
            concept: IncomeConcept::Disposable,
            amount: Fen(600_001),
        });
        for (number, value) in values.into_iter().enumerate() {
            let item = PolicyItem { area, source: "县发〔2017〕1号".into(), unconfirmed: number % 2 == 0, value };
            assert_eq!(read(&json(&item)), item);
        }
    }
}
