//! Fields that hang on another's answer: they are hidden by the style sheet until that answer is chosen, and the hint
//! says when they are asked for. Browsers whose style sheets cannot look at a choice show them all.

use super::Form;
use super::control::id;
use crate::labels::{self, capital};
use lika_domain::catalogue;
use lika_domain::describe::{Event, Field, Value as Takes, When};
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::fmt::Write;

impl Form<'_> {
    /// The field's markup, hidden while it is not asked for. A field with an answer that is wrong is always shown.
    pub(super) fn hanging(&self, name: &str, field: &Field, beside: &[&Field], shown: Markup) -> Markup {
        match field.when {
            Some(when) if !self.is_bad(name) && list(when, beside).is_some() => {
                html! { div id={ (id(name)) "-when" } class=(class(when)) { (shown) } }
            }
            _ => shown,
        }
    }

    /// When the field is asked for, in words; empty if it always is.
    pub(super) fn when(&self, field: &Field, beside: &[&Field]) -> String {
        let language = self.page.language;
        let Some((when, other)) = field.when.and_then(|when| Some((when, named(when, beside)?))) else {
            return String::new();
        };
        let label = capital(other.label().one(language));
        let values: Vec<_> = match list(when, beside) {
            Some(list) if when.is != ["*"] => when.is.iter().map(|value| list.label(value, language)).collect(),
            _ => return labels::ONLY_WITH.with(language, [&label]),
        };
        labels::ONLY_IF.with(language, [&label as &dyn std::fmt::Display, &values.join(language.of("、", " / "))])
    }
}

/// The field that it hangs on.
fn named<'f>(when: When, beside: &[&'f Field]) -> Option<&'f Field> {
    beside.iter().copied().find(|field| field.name == when.field)
}

/// The closed list from which the other answer is chosen; a style sheet cannot look at what is typed.
fn list(when: When, beside: &[&Field]) -> Option<&'static lika_domain::kind::List> {
    match named(when, beside)?.value {
        Takes::Choice(list) | Takes::ChoiceOrNone(list) => Some(list),
        _ => None,
    }
}

fn class(when: When) -> String {
    let values = if when.is == ["*"] { "given".to_owned() } else { when.is.join("-") };
    format!("when-{}-{values}", when.field)
}

/// The rules of the style sheet, one for each condition that a description has.
pub(crate) fn style() -> String {
    let mut rules = BTreeSet::new();
    let mut left: Vec<_> = catalogue::events().flat_map(Event::fields_on_the_wire).collect();
    while let Some(field) = left.pop() {
        left.extend(field.inside().iter().flat_map(Field::on_the_wire));
        rules.extend(field.when.map(rule));
    }
    rules.into_iter().fold(String::new(), |mut text, rule| {
        let _ = writeln!(text, "{rule}");
        text
    })
}

fn rule(when: When) -> String {
    let chosen = match when.is {
        ["*"] => "option:not([value=\"\"])".to_owned(),
        values => {
            let values: Vec<_> = values.iter().map(|value| format!("[value=\"{value}\"]")).collect();
            format!("option:is({})", values.join(","))
        }
    };
    let on = format!(":has(>.field>select[name$=\".{}\"]>{chosen}:checked)", when.field);
    format!(":is(section,fieldset):has(>.field):not({on})>.{}{{display:none}}", class(when))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_has_a_rule_of_the_style_sheet() {
        let style = style();
        for class in ["when-step-appraisal", "when-reason-merged", "when-work_place-given"] {
            assert!(style.contains(&format!(">.{class}{{display:none}}")), "{style}");
        }
        assert!(style.contains("select[name$=\".reason\"]>option:is([value=\"merged\"]):checked"), "{style}");
    }
}
