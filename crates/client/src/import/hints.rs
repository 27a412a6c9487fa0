//! How a column is filled in, for templates and their instructions: made from what its field takes.

use super::columns::Column;
use super::labels;
use lika_domain::describe::Value as Takes;
use lika_domain::kind::List;
use lika_domain::language::Language;
use lika_domain::member::ETHNICITIES;

/// The words that a column's list of choices offers; empty if it has none.
pub(super) fn choices(column: &Column, language: Language) -> Vec<String> {
    let of = |list: &List| list.choices.iter().map(|choice| language.of(choice.zh.to_owned(), choice.en())).collect();
    match column.takes {
        Takes::Choice(list) | Takes::ChoiceOrNone(list) => of(list),
        Takes::Flag => language.of(["是", "否"], ["yes", "no"]).map(str::to_owned).to_vec(),
        Takes::Special { .. } if column.name == "ethnicity" => of(&ETHNICITIES),
        _ => Vec::new(),
    }
}

/// What a cell of the column holds.
pub(super) fn hint(column: &Column, language: Language) -> String {
    let (zh, en) = form(column);
    format!("{}{}{}", column.meaning.one(language), language.of("", " "), language.of(zh, en)).trim().to_owned()
}

fn form(column: &Column) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match column.takes {
        Takes::Choice(_) | Takes::ChoiceOrNone(_) | Takes::Flag => both("从选项中选择", "One of the choices."),
        Takes::Choices { list, .. } => {
            let zh = format!("可填多项，以顿号分隔：{}", labels::choices(list));
            let en = list.choices.iter().map(lika_domain::kind::Choice::en).collect::<Vec<_>>().join(", ");
            (zh, format!("Several may be given, separated by semicolons: {en}."))
        }
        Takes::Day | Takes::DayOrNone => both("日期，如 2016-07-01", "A day, such as 2016-07-01."),
        Takes::Month => both("年月，如 2016-07", "A month, such as 2016-07."),
        Takes::Year | Takes::YearByRule => both("四位年份，如 2018", "A year, such as 2018."),
        Takes::Amount => both("金额，单位：元，最多两位小数", "In yuan, with at most two decimals."),
        Takes::Balance => {
            both("金额，单位：元，最多两位小数，可为负", "In yuan, with at most two decimals; may be negative.")
        }
        Takes::Text { chars_max } | Takes::RequiredText { chars_max } => {
            (format!("文字，最多{chars_max}字"), format!("A text of at most {chars_max} characters."))
        }
        Takes::Count { max } => (format!("整数，0至{max}"), format!("A whole number from 0 to {max}.")),
        Takes::Number => both("整数，从1起", "A whole number from 1."),
        Takes::NumberOrNone => both("整数，没有则不填", "A whole number; blank for none."),
        Takes::Member => both("成员编号，1至99", "A number from 1 to 99."),
        Takes::MemberOrNone => {
            both("成员编号，1至99；全户则不填", "A number from 1 to 99; blank for the whole household.")
        }
        Takes::Official => both("干部编号，8位数字", "8 digits."),
        Takes::Officials { max } => (
            format!("干部编号，8位数字，最多{max}人，以顿号分隔"),
            format!("8 digits each, at most {max}, separated by semicolons."),
        ),
        Takes::HouseholdOrNone => {
            both("10位户编号；导入户卡时可自编，同一户相同", "10 digits, or the name it was imported under.")
        }
        Takes::Area => both("12位行政村代码", "12 digits."),
        Takes::Signed => both("度，带小数，如 38.84512", "Degrees with decimals, such as 38.84512."),
        Takes::Special { .. } if column.name == "minute" => both("时刻，如 09:30", "A time of day, such as 09:30."),
        _ => both("", ""),
    }
}
