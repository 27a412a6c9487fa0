//! What stands in brackets of a heading, and in titles and notes of a table: units, and remarks that change nothing.

use super::columns::{Column, bracketed, plain};
use super::labels;
use super::values;
use lika_domain::describe::Value as Takes;

/// Units of time. A column of numbers that names another one than its own is read by nobody.
const TIMES: [&str; 8] = ["年", "月", "个月", "周", "天", "日", "小时", "分钟"];
/// Characters of units of money, Chinese and other.
const MONEY: &str = "元角分万千百亿刀$€£";
/// Other currencies.
const FOREIGN: [&str; 14] =
    ["美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "卢布", "USD", "HKD", "EUR", "JPY", "GBP", "$"];
/// Remarks that say how to fill a column in, and nothing about what it means.
const CLEAR: [&str; 34] = [
    "必填",
    "选填",
    "可选",
    "非必填",
    "可不填",
    "可空",
    "可为空",
    "必须填写",
    "文本",
    "文本格式",
    "数字",
    "数值",
    "单位",
    "金额单位",
    "计量单位",
    "人民币",
    "保留两位小数",
    "保留2位小数",
    "两位小数",
    "见说明",
    "见填表说明",
    "详见说明",
    "见字典",
    "单选",
    "多选",
    "可多选",
    "下拉选择",
    "公历",
    "有则填",
    "如有",
    "required",
    "optional",
    "text",
    "度",
];
/// Words for columns that hold something else than what is or was.
const OTHERS: [&str; 14] = [
    "上年",
    "去年",
    "前年",
    "上一年",
    "上期",
    "往年",
    "计划",
    "预计",
    "预算",
    "应发",
    "退回",
    "变更前",
    "调整前",
    "目标",
];
/// Longest name of a group of columns.
const GROUP_CHARS_MAX: usize = 12;
/// Marks between several remarks.
const MARKS: [char; 8] = [',', '，', '、', ';', '；', ':', '：', ' '];

/// Why a remark keeps a table from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    /// A unit that is none of the column's.
    Unit(String),
    /// It may change what the column means.
    Meaning(String),
}

/// The unit of money that a heading names, in fen, if any.
pub(super) fn of_heading(column: &Column, heading: &str) -> Result<Option<u64>, Unclear> {
    let mut units = Vec::new();
    for remark in bracketed(heading) {
        let whole = values::narrow(&remark);
        if is_clear(column, &whole) {
            continue;
        }
        for part in whole.split(MARKS).filter(|part| !is_clear(column, part)) {
            match money(part, |per| is_usual(column, per)).filter(|_| column.is_money()) {
                Some(Ok(fen)) => units.push(fen),
                Some(Err(())) => return Err(Unclear::Unit(whole)),
                None if names_unit(part) => return Err(Unclear::Unit(whole)),
                None => return Err(Unclear::Meaning(whole)),
            }
        }
    }
    one(units).map_err(|()| Unclear::Unit(bracketed(heading).concat()))
}

/// The unit of money that a title or a note gives for a whole table, in fen, if any; the text if it is not clear.
pub(super) fn of_table<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Option<u64>, String> {
    let mut units = Vec::new();
    for text in texts {
        let between = |c: char| MARKS.contains(&c) || c.is_whitespace() || "()[]（）【】〔〕［］".contains(c);
        let parts = text.split(between).map(|part| part.rsplit("单位").next().unwrap_or_default());
        for part in parts.map(|part| part.trim_start_matches(['为', '是'])) {
            match money(part, |per| per == "户") {
                Some(Ok(fen)) => units.push(fen),
                Some(Err(())) => return Err(text.to_owned()),
                None if FOREIGN.contains(&part.to_uppercase().as_str()) => return Err(text.to_owned()),
                None => {}
            }
        }
    }
    one(units.clone()).map_err(|()| units.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ≠ "))
}

/// Whether the name of a group of columns makes them others: those of last year, or what was only planned.
pub(super) fn changes(group: &str) -> bool {
    // A longer text, or one that names the table, is its title.
    let is_title = group.contains('表') || group.chars().count() > GROUP_CHARS_MAX;
    !is_title && OTHERS.iter().any(|word| group.contains(word))
}

/// Whether a cell says nothing but a unit.
pub(super) fn is_unit(text: &str) -> bool {
    let text = values::narrow(text);
    let text = text.trim().trim_start_matches('(').trim_end_matches(')').trim();
    let text = text.trim_start_matches("单位:");
    money(text, |_| true).is_some() || TIMES.contains(&text) || FOREIGN.contains(&text.to_uppercase().as_str())
}

/// The only one of several units, none, or an error.
fn one(mut units: Vec<u64>) -> Result<Option<u64>, ()> {
    units.dedup();
    if units.len() > 1 { Err(()) } else { Ok(units.pop()) }
}

/// A unit of money, in fen; an error if it is for each of something that is not usual. `None` if it is no unit.
fn money(text: &str, is_usual: impl Fn(&str) -> bool) -> Option<Result<u64, ()>> {
    let mut parts = text.split(['/', '每', '·']).map(str::trim);
    let fen = values::unit(parts.next().unwrap_or_default())?;
    Some(if parts.all(|per| per.is_empty() || is_usual(per)) { Ok(fen) } else { Err(()) })
}

/// Whether the amounts of a column are for each of these anyway. Those of aid are single payments.
fn is_usual(column: &Column, per: &str) -> bool {
    match per {
        "户" => column.name != "per_head",
        "年" => column.name != "amount",
        "人" => column.name == "per_head",
        _ => false,
    }
}

fn names_unit(text: &str) -> bool {
    TIMES.contains(&text)
        || text.contains(|c: char| MONEY.contains(c))
        || FOREIGN.contains(&text.to_uppercase().as_str())
}

/// Whether a remark changes nothing: how to fill in, another name of the column, its length, its form, its choices.
fn is_clear(column: &Column, remark: &str) -> bool {
    let remark = remark.trim_end_matches(['。', '.']);
    if remark.is_empty() || CLEAR.contains(&remark.to_lowercase().as_str()) || column.is_named(&plain(remark)) {
        return true;
    }
    let count = remark.trim_start_matches(['≤', '共', '填']).trim_start_matches("不超过");
    let rest = count.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < count.len()
        && matches!(rest, "位" | "位数" | "位数字" | "位代码" | "位编码" | "位编号" | "字" | "字以内")
    {
        return true;
    }
    let only = |signs: &str| remark.trim_start_matches(['如', '例', '格', '式']).chars().all(|c| signs.contains(c));
    let choices = || remark.split(['/', '|', '或', '、', ',', '，']).map(str::trim);
    match column.takes {
        Takes::Day | Takes::DayOrNone | Takes::Month => only("yYmMdD年月日-/.0123456789:"),
        Takes::Year | Takes::YearByRule => only("yY年0123456789"),
        Takes::Choice(list) | Takes::ChoiceOrNone(list) | Takes::Choices { list, .. } => {
            choices().all(|choice| labels::find(list, choice).is_some())
        }
        Takes::Flag => choices().all(|choice| labels::flag(choice).is_some()) || remark == "是否",
        Takes::Special { .. } if column.name == "minute" => only("hHmM时分钟:0123456789"),
        // A unit of time that is in the name of the column.
        _ => TIMES.contains(&remark) && column.zh.contains(remark.trim_start_matches('个')),
    }
}
