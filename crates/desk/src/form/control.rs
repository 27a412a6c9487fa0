//! One field: its label, what it takes, its control, and what is wrong with it.

use super::Form;
use super::lists::LISTED_MAX;
use crate::labels::{self, Label};
use lika_client::plain::{YUAN, is_amount};
use lika_domain::describe::{Field, Value as Takes};
use lika_domain::kind::List;
use lika_domain::language::Language;
use lika_domain::member::ETHNICITIES;
use maud::{Markup, html};

/// Most officials that are shown with a box each.
const OFFICIALS_MAX: usize = 24;
/// Texts longer than this get several lines.
const LINE_CHARS: usize = 100;

impl Form<'_> {
    /// A control under its label, with its hint before and its faults after it.
    pub(super) fn labelled(&self, name: &str, label: &str, hint: &str, optional: bool, control: &Markup) -> Markup {
        let id = id(name);
        html! {
            div.field.bad[self.is_bad(name)] {
                label for=(id) {
                    (label)
                    @if optional { " " small { (self.page.say(labels::OPTIONAL)) } }
                }
                (self.hint(name, hint))
                (control)
                (self.wrong(name))
            }
        }
    }

    /// Controls that belong together, under their legend.
    pub(super) fn group(&self, name: &str, label: &str, hint: &str, optional: bool, controls: &Markup) -> Markup {
        html! {
            fieldset.field.bad[self.is_bad(name)] #(id(name)) tabindex="-1" aria-describedby=(self.described(name)) {
                legend {
                    (label)
                    @if optional { " " small { (self.page.say(labels::OPTIONAL)) } }
                }
                (self.hint(name, hint))
                (controls)
                (self.wrong(name))
            }
        }
    }

    fn hint(&self, name: &str, hint: &str) -> Markup {
        html! { p.hint id={ (id(name)) "-hint" } { (hint) } }
    }

    /// What is wrong with the answer.
    pub(super) fn wrong(&self, name: &str) -> Markup {
        let faults: Vec<_> = self.faults.iter().filter(|fault| fault.name.as_deref() == Some(name)).collect();
        html! {
            @if !faults.is_empty() {
                p.fault id={ (id(name)) "-fault" } {
                    @for fault in faults { span { (fault.what.one(self.page.language)) } " " }
                }
            }
        }
    }

    pub(super) fn is_bad(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.name.as_deref() == Some(name))
    }

    /// For `aria-invalid`.
    pub(super) fn invalid(&self, name: &str) -> Option<&'static str> {
        self.is_bad(name).then_some("true")
    }

    /// For `aria-describedby`.
    pub(super) fn described(&self, name: &str) -> String {
        let id = id(name);
        if self.is_bad(name) { format!("{id}-hint {id}-fault") } else { format!("{id}-hint") }
    }

    /// A line of text, or several.
    pub(super) fn input(&self, name: &str, field: &Field) -> Markup {
        let value = self.answers.text(name);
        let (described, invalid) = (self.described(name), self.invalid(name));
        if let Takes::Text { chars_max } | Takes::RequiredText { chars_max } = field.value
            && chars_max > LINE_CHARS
        {
            return html! {
                textarea #(id(name)) name=(name) rows="4" aria-describedby=(described) aria-invalid=[invalid] {
                    (value)
                }
            };
        }
        if let Some(list) = codes(field) {
            return self.coded(name, list);
        }
        self.line(name, keyboard(field), self.lists.of(self.event, field))
    }

    /// A line of text that takes one of the listed numbers, or another. Browsers find them by name too.
    pub(super) fn line(&self, name: &str, keyboard: Option<&'static str>, listed: &[(String, String)]) -> Markup {
        let (id, value) = (id(name), self.answers.text(name));
        let list = (!listed.is_empty()).then(|| format!("{id}-list"));
        // Names are typed too where there is a list.
        let keyboard = keyboard.filter(|_| listed.is_empty());
        html! {
            input #(id) name=(name) value=(value) inputmode=[keyboard] list=[&list] autocomplete="off"
                aria-describedby=(self.described(name)) aria-invalid=[self.invalid(name)];
            @if let Some(list) = &list {
                datalist id=(list) {
                    @for (number, words) in listed { option value=(number) label=(words) {} }
                }
            }
            @if listed.len() >= LISTED_MAX {
                p.hint { (labels::LIST_CUT.with(self.page.language, [&listed.len()])) }
            }
            @if let Some((_, words)) = listed.iter().find(|(number, _)| *number == value) {
                p.named { (words) }
            }
        }
    }

    /// One of a list of codes, by its words.
    fn coded(&self, name: &str, list: &'static List) -> Markup {
        let value = self.answers.text(name);
        let known = list.choices.iter().any(|choice| choice.number.to_string() == value);
        html! {
            select #(id(name)) name=(name) aria-describedby=(self.described(name)) aria-invalid=[self.invalid(name)] {
                option value="" { (self.page.say(labels::CHOOSE)) }
                @for choice in list.choices {
                    @let code = choice.number.to_string();
                    option value=(code) selected[code == value] { (choice.label().one(self.page.language)) }
                }
                @if !known && !value.is_empty() { option value=(value) selected { (value) } }
            }
        }
    }

    /// Several officials: each with a box where they are few, else a line of numbers.
    pub(super) fn officials(&self, name: &str, field: &Field) -> Option<Markup> {
        let listed = self.lists.of(self.event, field);
        if listed.is_empty() || listed.len() > OFFICIALS_MAX {
            return None;
        }
        let answered = self.answers.get(name).and_then(|value| value.as_array().cloned()).unwrap_or_default();
        let answered = answered.iter().map(crate::answers::text);
        let others: Vec<_> = answered.filter(|answer| !listed.iter().any(|(number, _)| number == answer)).collect();
        Some(html! {
            div.ticks {
                @for (number, words) in listed {
                    label {
                        input type="checkbox" name={ (name) "[]" } value=(number)
                            checked[self.answers.has(name, number)];
                        " " (words) " " span.soft { (number) }
                    }
                }
                @for number in others {
                    label { input type="checkbox" name={ (name) "[]" } value=(number) checked; " " (number) }
                }
            }
        })
    }

    /// One of a closed list. The first entry is none of them.
    pub(super) fn choice(&self, name: &str, list: &'static List, none: Label) -> Markup {
        html! {
            select #(id(name)) name=(name) aria-describedby=(self.described(name)) aria-invalid=[self.invalid(name)] {
                option value="" { (self.page.say(none)) }
                @for choice in list.choices {
                    option value=(choice.name) selected[self.answers.has(name, choice.name)] {
                        (choice.label().one(self.page.language))
                    }
                }
            }
        }
    }

    /// Several of a closed list.
    pub(super) fn choices(&self, name: &str, list: &'static List) -> Markup {
        html! {
            div.ticks {
                @for choice in list.choices {
                    label {
                        input type="checkbox" name={ (name) "[]" } value=(choice.name)
                            checked[self.answers.has(name, choice.name)];
                        " " (choice.label().one(self.page.language))
                    }
                }
            }
        }
    }

    /// Yes or no, and neither until it is answered.
    pub(super) fn yes_or_no(&self, name: &str) -> Markup {
        html! {
            div.ticks {
                @for (value, label) in [("true", labels::YES), ("false", labels::NO)] {
                    label {
                        input type="radio" name=(name) value=(value) checked[self.answers.has(name, value)];
                        " " (self.page.say(label))
                    }
                }
            }
        }
    }
}

/// The id of the control of an answer.
pub(super) fn id(name: &str) -> String {
    name.replace('.', "-")
}

/// What a field takes, in words: its unit, its form, its limits. And what it means.
pub(super) fn hint(field: &Field, language: Language) -> String {
    let (zh, en) = takes(field);
    if codes(field).is_some() {
        return String::new();
    }
    let meaning = field.meaning.one(language).replace(", in fen", "");
    format!("{meaning} {}", language.of(zh, en)).trim().to_owned()
}

fn takes(field: &Field) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match field.value {
        Takes::Day | Takes::DayOrNone => both("如 2026-11-01", "As 2026-11-01."),
        Takes::Month => both("如 1970-05", "As 1970-05."),
        Takes::Year | Takes::YearByRule => both("如 2026", "As 2026."),
        Takes::Amount => both("元，至多两位小数，如 1200.00", "Yuan, with at most two decimals, as 1200.00."),
        Takes::Balance => both("元，至多两位小数，可为负", "Yuan, with at most two decimals; may be below zero."),
        Takes::Text { .. } | Takes::RequiredText { .. } if number(field).is_some() => {
            number(field).unwrap_or_default()
        }
        Takes::Text { chars_max } | Takes::RequiredText { chars_max } if chars_max < usize::MAX => {
            (format!("最多{chars_max}个字"), format!("At most {chars_max} characters."))
        }
        Takes::Count { max: u32::MAX } => both("整数，没有则填 0", "A whole number; 0 if there is none."),
        Takes::Count { max } => (format!("0 至 {max} 的整数，没有则填 0"), format!("0 to {max}.")),
        Takes::Number => both("自定的编号，正整数", "A whole number of your choice, from 1."),
        Takes::NumberOrNone => both("编号，没有则不填", "Its number, if it has one."),
        Takes::HouseholdOrNone => both("10位户编号", ""),
        Takes::Member => both("成员编号，1 至 99", "1 to 99."),
        Takes::MemberOrNone => both("成员编号，1 至 99，没有则不填", "1 to 99, or empty."),
        Takes::Official => both("8位干部编号", ""),
        Takes::Officials { max } => {
            (format!("干部编号，至多{max}个，用逗号分开"), format!("At most {max}, with commas between them."))
        }
        Takes::Area => both("2、4、6、9或12位区划代码", "2, 4, 6, 9 or 12 digits."),
        Takes::Key => both("密钥编号，16位十六进制数", "16 hexadecimal digits."),
        Takes::PublicKey => both("公钥，32字节的 base64", "32 bytes in base64."),
        Takes::Subject => both("10位户编号或8位干部编号", ""),
        Takes::Special { .. } => special(field),
        _ => both("", ""),
    }
}

/// The form of a number that is a text because it is sealed, or may begin with 0.
fn number(field: &Field) -> Option<(String, String)> {
    let (zh, en) = match field.name {
        "citizen_id" => ("如 110101197003070015，末位可为 X", "As 110101197003070015; the last may be X."),
        "phone" => ("如 13800000000", "As 13800000000."),
        "disability_certificate" | "account" => ("照证件或存折填写，不留空格", "As on the paper, without spaces."),
        _ => return None,
    };
    Some((zh.to_owned(), en.to_owned()))
}

/// The list of codes whose words a field is chosen by.
fn codes(field: &Field) -> Option<&'static List> {
    (field.name == "ethnicity").then_some(&ETHNICITIES)
}

fn special(field: &Field) -> (String, String) {
    let (zh, en) = match field.name {
        "minute" => ("如 09:30", "As 09:30."),
        "code" => ("措施目录中的代码，没有则不填", ""),
        _ => ("", ""),
    };
    (zh.to_owned(), en.to_owned())
}

/// The keyboard that a telephone or tablet shows.
fn keyboard(field: &Field) -> Option<&'static str> {
    match field.value {
        Takes::Amount | Takes::Balance => Some("decimal"),
        Takes::Count { .. } | Takes::Number | Takes::NumberOrNone | Takes::Year | Takes::YearByRule => Some("numeric"),
        Takes::Member | Takes::MemberOrNone | Takes::Official | Takes::Area | Takes::Subject => Some("numeric"),
        Takes::HouseholdOrNone => Some("numeric"),
        Takes::Text { .. } if field.name == "phone" => Some("tel"),
        _ => None,
    }
}

/// The field that an answer's part is of.
pub(super) fn find(fields: &'static [Field], part: &str) -> Option<&'static Field> {
    let plain = part.strip_suffix(YUAN).unwrap_or(part);
    let is = |field: &&'static Field| field.name == part || (is_amount(field) && field.name == plain);
    fields.iter().flat_map(Field::on_the_wire).find(is)
}

/// The fields of the personal data among these.
pub(super) fn inside_private(fields: &'static [Field]) -> &'static [Field] {
    fields.iter().find(|field| matches!(field.value, Takes::Sealed(_))).map(Field::inside).unwrap_or_default()
}
