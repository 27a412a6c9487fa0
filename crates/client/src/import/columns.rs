//! The columns of a kind of table, made from the description of its event.

use super::kind::{Kind, Spec};
use lika_domain::describe::{Concerns, Field, Value as Takes};
use lika_domain::facts::language::Sentence;
use lika_domain::facts::{envelope, private};

/// Where the value of a column belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The submission's village.
    Village,
    /// What the event concerns, and its day.
    Envelope,
    /// The event itself.
    Event,
    /// The event's personal data.
    EventPrivate,
    /// A member that the event holds.
    Member,
    /// That member's personal data.
    MemberPrivate,
}

/// A column that is read.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its stable name, used in problems: that of its field.
    pub(super) name: &'static str,
    /// Its label.
    pub(super) zh: &'static str,
    /// What it contains.
    pub(super) meaning: Sentence,
    pub(super) takes: Takes,
    pub(super) part: Part,
    /// Every row must fill it in.
    pub(super) required: bool,
    /// What a blank cell means, where the field must hold something.
    pub(super) default: Option<&'static str>,
    /// Every heading that names it, in the form of [`plain`].
    headings: Vec<String>,
}

/// Facts that are taken from a citizen ID or a certificate if a table does not have them.
const DERIVED: [&str; 4] = ["sex", "birth_month", "disability_category", "disability_grade"];

impl Kind {
    /// The columns of its tables, in the order of a form.
    pub(super) fn columns(self) -> Vec<Column> {
        let spec = self.spec();
        let registers = self == Self::Households;
        let mut columns = vec![village(spec)];
        let around = |name: &str| envelope::FIELDS.iter().find(|field| field.name == name);
        let with_official = matches!(spec.event.concerns, Concerns::OfficialAndHousehold);
        for (name, column) in [("household", "household"), ("official", "official"), ("happened", "date")] {
            if let Some(field) = around(name).filter(|_| name != "official" || with_official) {
                columns.push(Column { name: column, ..of(spec, field, column, Part::Envelope) });
            }
        }
        for field in spec.event.fields_on_the_wire() {
            match field.value {
                Takes::Sealed(inside) => add(&mut columns, spec, inside.iter().collect(), Part::EventPrivate),
                Takes::Record(record) | Takes::Records { record, .. } => {
                    for field in record.fields.iter().flat_map(Field::on_the_wire) {
                        match field.value {
                            Takes::Sealed(inside) => {
                                add(&mut columns, spec, inside.iter().collect(), Part::MemberPrivate);
                            }
                            _ => add(&mut columns, spec, vec![field], Part::Member),
                        }
                    }
                }
                _ => add(&mut columns, spec, vec![field], Part::Event),
            }
        }
        // The members of a new card are numbered in the order of their rows, and its telephone is that of its head.
        columns.retain(|column| {
            !registers
                || !matches!((column.part, column.name), (Part::Member, "number") | (Part::EventPrivate, "phone"))
        });
        columns
    }
}

fn add(columns: &mut Vec<Column>, spec: &Spec, fields: Vec<&'static Field>, part: Part) {
    columns.extend(fields.into_iter().map(|field| of(spec, field, field.name, part)));
}

fn of(spec: &Spec, field: &'static Field, name: &'static str, part: Part) -> Column {
    let must = matches!(
        field.value,
        Takes::Choice(_)
            | Takes::RequiredText { .. }
            | Takes::Month
            | Takes::Year
            | Takes::YearByRule
            | Takes::Number
            | Takes::Member
            | Takes::Official
            | Takes::Area
    );
    let default = spec.defaults.iter().find(|(column, _)| *column == name).map(|(_, value)| *value);
    let derived = matches!(part, Part::Member) && DERIVED.contains(&name);
    let household = part == Part::Envelope && name == "household";
    let required = spec.required.contains(&name) || household || (must && default.is_none() && !derived);
    let zh = label(name, field);
    let headings = headings(spec, name, zh);
    Column { name, zh, meaning: field.meaning, takes: field.value, part, required, default, headings }
}

/// What the registers call the columns of the envelope.
fn label(name: &str, field: &'static Field) -> &'static str {
    match name {
        "household" => "户编号",
        "official" => "干部编号",
        _ => field.zh,
    }
}

/// The label of a village's code.
const VILLAGE: &str = "行政村代码";

/// Every heading of a column: its label, its name, and the words of the registers.
fn headings(spec: &Spec, name: &'static str, zh: &'static str) -> Vec<String> {
    [zh, name].into_iter().chain(spec.headings_of(name)).map(plain).collect()
}

fn village(spec: &Spec) -> Column {
    Column {
        name: "village",
        zh: VILLAGE,
        meaning: Sentence {
            zh: "村的区划代码，12位数字。", en: "Division code of the village, 12 digits."
        },
        takes: Takes::Area,
        part: Part::Village,
        required: false,
        default: None,
        headings: headings(spec, "village", VILLAGE),
    }
}

impl Column {
    /// Whether a heading names it. The heading is in the form of [`plain`].
    pub(super) fn is_named(&self, heading: &str) -> bool {
        self.headings.iter().any(|name| name == heading)
    }

    /// Whether it holds an amount of money.
    pub(super) fn is_money(&self) -> bool {
        matches!(self.takes, Takes::Amount | Takes::Balance)
    }

    /// Whether a spreadsheet may change its numbers: they are long, or begin with zeros.
    pub(super) fn is_number_as_text(&self) -> bool {
        matches!(self.takes, Takes::Area | Takes::HouseholdOrNone | Takes::Official | Takes::Officials { .. })
            || PERSONAL_NUMBERS.contains(&self.name)
    }

    /// Its heading in a template, with the unit.
    pub(super) fn heading(&self, english: bool) -> String {
        let money = self.is_money();
        match english {
            true => self.name.replace('_', " ") + if money { " (yuan)" } else { "" },
            false => self.zh.to_owned() + if money { "（元）" } else { "" },
        }
    }

    /// For messages: its label and its name.
    pub(super) fn described(&self) -> String {
        format!("{} ({})", self.zh, self.name)
    }
}

/// Numbers of persons and their papers, which are text in the description.
pub(super) const PERSONAL_NUMBERS: [&str; 4] = ["citizen_id", "disability_certificate", "phone", "account"];

/// A heading without case, spaces, underscores, asterisks, and what stands in brackets.
pub(super) fn plain(heading: &str) -> String {
    let skipped = |c: &char| !c.is_whitespace() && !matches!(c, '*' | '＊' | '_' | '\u{feff}' | '\u{200b}');
    divided(heading).0.chars().filter(skipped).flat_map(char::to_lowercase).collect()
}

/// What stands in each pair of brackets of a heading, without spaces.
pub(super) fn bracketed(heading: &str) -> Vec<String> {
    let remarks = divided(heading).1.into_iter();
    let remarks = remarks.map(|remark| remark.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    remarks.filter(|remark| !remark.is_empty()).collect()
}

/// A heading in two: what stands outside of brackets, and in each pair of them.
fn divided(heading: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut depth) = (String::new(), Vec::new(), 0_usize);
    for c in heading.chars() {
        match c {
            '(' | '（' | '[' | '［' | '【' | '〔' | '{' | '｛' | '<' | '＜' | '《' => {
                if depth == 0 {
                    inside.push(String::new());
                }
                depth += 1;
            }
            ')' | '）' | ']' | '］' | '】' | '〕' | '}' | '｝' | '>' | '＞' | '》' => {
                depth = depth.saturating_sub(1);
            }
            c if depth == 0 => outside.push(c),
            c => inside.last_mut().into_iter().for_each(|remark| remark.push(c)),
        }
    }
    (outside, inside)
}

/// The fields of persons' names.
pub(super) fn is_name(column: &Column) -> bool {
    let named = |fields: &'static [Field]| fields.iter().any(|field| field.name == "name" && field.zh == column.zh);
    column.name == "name" && (named(private::MEMBER) || named(private::OFFICIAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind) -> Vec<&'static str> {
        kind.columns().iter().map(|column| column.name).collect()
    }

    #[test]
    fn every_field_of_an_event_has_its_column() {
        assert_eq!(
            names(Kind::Aid),
            ["village", "household", "date", "delivery", "group", "measure", "allocation", "amount", "member"]
        );
        let visits = names(Kind::Visits);
        for name in ["official", "place", "minute", "companions", "seen", "latitude"] {
            assert!(visits.contains(&name), "{name}");
        }
        let households = names(Kind::Households);
        assert_eq!(households.iter().filter(|name| **name == "phone").count(), 1);
        assert!(!households.contains(&"number") && names(Kind::Members).contains(&"number"));
    }

    #[test]
    fn no_heading_names_two_columns_of_a_kind() {
        for kind in Kind::ALL {
            let columns = kind.columns();
            for column in &columns {
                for heading in &column.headings {
                    let named: Vec<_> = columns.iter().filter(|one| one.is_named(heading)).collect();
                    assert_eq!(named.len(), 1, "{heading} in {}", kind.name());
                }
            }
        }
    }

    #[test]
    fn headings_have_their_units() {
        let (none, two) = (Vec::<String>::new(), ["元", "已退回"].map(str::to_owned).to_vec());
        assert_eq!(
            (plain("*务工 时间（月）"), bracketed("*务工 时间（月）")),
            ("务工时间".into(), vec!["月".to_owned()])
        );
        assert_eq!((plain("Amount (yuan)"), bracketed("金额")), ("amount".into(), none));
        assert_eq!((plain("金额【元】（已退回）"), bracketed("金额【元】（已退回）")), ("金额".into(), two));
        assert_eq!(plain("金额（元）合计"), "金额合计");
    }
}
