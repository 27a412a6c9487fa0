//! Names of parameters: those of the proto files, and labels for officials.

use lika_domain::money::Fen;
use lika_domain::official::Capacity;
use lika_domain::policy::{Parameter, PolicyValue};

/// Fen in a yuan.
const YUAN: i64 = 100;

/// The field of `PolicyItem` that holds it.
pub(super) fn parameter(parameter: &Parameter) -> &'static str {
    match parameter {
        Parameter::Line(..) => "line",
        Parameter::ExitThreshold => "exit_threshold",
        Parameter::PublicityDays(_) => "publicity_days",
        Parameter::DecisionDays => "decision_days",
        Parameter::CaseloadLimit(_) => "caseload_limit",
        Parameter::VisitDays => "visit_days",
        Parameter::StepsRequired(_) => "steps_required",
        Parameter::Measure(_) => "measure",
    }
}

/// Which of several, by the names of the field; `None` if there is only one.
pub(super) fn subject(parameter: &Parameter) -> Option<String> {
    match parameter {
        Parameter::Line(kind, standard, year) => Some(format!("{} {} {year}", kind.name(), standard.name())),
        Parameter::PublicityDays(procedure) | Parameter::StepsRequired(procedure) => Some(procedure.name().to_owned()),
        Parameter::CaseloadLimit(capacity) => Some(capacity.name().to_owned()),
        Parameter::Measure(code) => Some(code.to_string()),
        Parameter::ExitThreshold | Parameter::DecisionDays | Parameter::VisitDays => None,
    }
}

/// Its label.
pub(super) fn name(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Line(kind, standard, year) => {
            let (kind, standard) = (kind.zh(), standard.zh());
            format!("{year}年{kind}（{standard}，每人每年）")
        }
        Parameter::ExitThreshold => "村、县退出时的贫困发生率".to_owned(),
        Parameter::PublicityDays(procedure) => format!("公示天数：{}", procedure.zh()),
        Parameter::DecisionDays => "从线索到认定的期限".to_owned(),
        Parameter::CaseloadLimit(Capacity::First) => "第一帮扶责任人户数上限".to_owned(),
        Parameter::CaseloadLimit(Capacity::Second) => "第二帮扶责任人户数上限".to_owned(),
        Parameter::VisitDays => "走访间隔".to_owned(),
        Parameter::StepsRequired(procedure) => format!("程序不全时的认定：{}", procedure.zh()),
        Parameter::Measure(code) => format!("帮扶措施：{code}"),
    }
}

/// Its value as text.
pub(super) fn value(value: &PolicyValue) -> String {
    match value {
        PolicyValue::Line { concept, amount, .. } => {
            let concept = concept.zh();
            format!("{} 元（{concept}）", yuan(*amount))
        }
        PolicyValue::ExitThreshold(threshold) => {
            format!("低于 {}.{:02}%", threshold / 100, threshold % 100)
        }
        PolicyValue::PublicityDays { days, .. } => format!("至少 {days} 天"),
        PolicyValue::DecisionDays(days) => format!("至多 {days} 天"),
        PolicyValue::CaseloadLimit { households, .. } => format!("{households} 户"),
        PolicyValue::VisitDays(days) => format!("{days} 天"),
        PolicyValue::StepsRequired { required: true, .. } => "不予记录".to_owned(),
        PolicyValue::StepsRequired { required: false, .. } => "予以记录，并标明程序不全".to_owned(),
        PolicyValue::Measure { group: of, name, .. } => format!("{name}（{}）", of.zh()),
    }
}

/// Yuan with digits in groups of three, and the fen if there are any.
fn yuan(amount: Fen) -> String {
    if amount.0 % YUAN == 0 { amount.in_whole_yuan(',') } else { amount.in_yuan(',') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_in_their_units() {
        for (amount, shown) in [(5, "0.05"), (99_900, "999"), (295_200, "2,952"), (123_456_789, "1,234,567.89")] {
            assert_eq!(yuan(Fen(amount)), shown);
        }
        assert_eq!(value(&PolicyValue::ExitThreshold(205)), "低于 2.05%");
        let procedure = lika_domain::procedure::Procedure::Identification;
        assert_ne!(
            value(&PolicyValue::StepsRequired { procedure, required: true }),
            value(&PolicyValue::StepsRequired { procedure, required: false })
        );
    }
}
