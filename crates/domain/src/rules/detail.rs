//! Details of problems in the language of whoever reads them. A detail is written once, in names and in the few
//! phrases below, since it travels and is compared; people read it here.

use super::catalogue;
use crate::facts::aid::MeasureGroup;
use crate::facts::area::Level;
use crate::facts::evidence::EvidenceKind;
use crate::facts::household::Status;
use crate::facts::kind::List;
use crate::facts::language::Language;
use crate::facts::living::Condition;
use crate::facts::official::{Capacity, Role};
use crate::facts::procedure::{Procedure, Step};

/// Lists whose names stand in details. Where two have a name in common, the first that fits the code counts.
const LISTS: [&List; 8] = [
    &Role::LIST,
    &Status::LIST,
    &Procedure::LIST,
    &Step::LIST,
    &EvidenceKind::LIST,
    &Capacity::LIST,
    &MeasureGroup::LIST,
    &Condition::LIST,
];

/// Every phrase that the rules write, and its Chinese. `{}` stands for what differs; it may hold a phrase itself.
pub(crate) const PHRASES: &[(&str, &str)] = &[
    ("no role; officials of {} may", "没有角色；可由 {} 的干部办理"),
    ("{}; officials of that area may", "本人辖区为 {}；可由该地的干部办理"),
    ("{}; officials of {} may", "本人辖区为 {}；可由 {} 的干部办理"),
    ("{}; {} may", "{}；可由{}报送"),
    ("warned[{}]: {}", "原因[{}]：{}"),
    ("a reason has at most 200 characters", "原因最多200字"),
    (
        "a reason must not hold six digits in a row, such as a citizen ID, a telephone or a number",
        "原因中不得有六位以上的数字（身份证号、电话、编号）",
    ),
    ("a reason must not hold line ends or characters that nobody sees", "原因中有换行或看不见的字符"),
    ("{}: {} missing", "{}，缺{}"),
    ("{} missing", "缺{}"),
    ("the procedure is past this step, at {}", "程序已过这一步，现为{}"),
    ("the procedure is past this step", "程序已过这一步"),
    ("this step may only follow {}", "这一步只能在{}之后"),
    ("allowed from {}, when the publicity is over", "公示期满后方可，即 {} 起"),
    ("at least {} days, until {}", "至少 {} 天，到 {}"),
    ("only a publicity has a last day", "只有公示有截止日期"),
    ("{} yuan of it have been delivered", "其中 {} 元已发放"),
    ("{} yuan of it have been allocated", "其中 {} 元已安排"),
    ("{} yuan left", "剩余 {} 元"),
    ("the parts amount to {}", "各项合计 {} 元"),
    ("the profile states {}", "村情中为 {}"),
    ("{} per 10,000, must be below {}", "每万人 {} 人，须低于 {} 人"),
    ("{}: held by {}", "{}，已登记于 {}"),
    ("used up to {}", "已用到 {}"),
    ("only entry 0 opens a log", "只有第 0 条可以启用日志"),
    ("at most {}", "最多 {}"),
    ("{}, at most {}", "{}，最多 {}"),
    ("{} members", "{} 人"),
    ("{} expected", "应为 {}"),
    ("entry {}", "第 {} 条"),
    ("member {}", "成员 {}"),
    ("item {}: {}", "第 {} 项：{}"),
    ("item {}", "第 {} 项"),
];

/// A detail of a problem with that code, to be read.
pub fn told(code: &str, detail: &str, language: Language) -> String {
    match language {
        Language::Zh => chinese(code, detail),
        Language::En => named(code, detail, language),
    }
}

fn chinese(code: &str, detail: &str) -> String {
    let found = PHRASES.iter().find_map(|(phrase, zh)| Some((holes(phrase, detail)?, *zh)));
    let Some((holes, zh)) = found else { return named(code, detail, Language::Zh) };
    holes.into_iter().fold(zh.to_owned(), |text, hole| text.replacen("{}", &chinese(code, hole), 1))
}

/// What stands in the holes of a phrase, if the detail is that phrase.
fn holes<'d>(phrase: &str, detail: &'d str) -> Option<Vec<&'d str>> {
    let mut parts = phrase.split("{}");
    let mut rest = detail.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    for part in parts {
        let end = match part {
            // The last hole reaches to the end.
            "" => rest.len(),
            part => rest.find(part)?,
        };
        holes.push(rest.get(..end)?);
        rest = rest.get(end + part.len()..)?;
    }
    rest.is_empty().then_some(holes)
}

/// Names of lists as their labels; everything else as it is.
fn named(code: &str, text: &str, language: Language) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let (before, from) = rest.split_at(begin);
        let end = from.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        told.push_str(before);
        told.push_str(&label(code, name, language));
        rest = after;
    }
    told.push_str(rest);
    if language == Language::Zh { told.replace(", ", "、") } else { told }
}

fn label(code: &str, name: &str, language: Language) -> String {
    if let Some(level) = Level::ALL.into_iter().find(|level| level.name() == name) {
        return language.of(level.zh().to_owned(), name.to_owned());
    }
    if let Some(event) = catalogue::events().find(|event| event.message == name) {
        return event.label().one(language).to_owned();
    }
    let papers = code.starts_with("evidence");
    let first = papers.then_some(&EvidenceKind::LIST);
    let found = first.into_iter().chain(LISTS).find(|list| list.find(name).is_some());
    found.map_or_else(|| name.to_owned(), |list| list.label(name, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_in_one_language() {
        let told = |code: &str, detail: &str| [Language::Zh, Language::En].map(|one| super::told(code, detail, one));
        let both = |zh: &str, en: &str| [zh.to_owned(), en.to_owned()];
        assert_eq!(told("evidence_missing", "minutes"), both("会议记录", "minutes"));
        assert_eq!(
            told("procedure_incomplete", "household_exit: appraisal, township_audit missing"),
            both("贫困户退出，缺民主评议、乡镇审核", "household exit: appraisal, township audit missing")
        );
        assert_eq!(
            told("role_forbids", "village_officer; county_officer, administrator may"),
            both("村级干部；可由县级干部、管理员报送", "village officer; county officer, administrator may")
        );
        assert_eq!(told("status_forbids", "fallen_back"), both("返贫", "fallen back"));
        assert_eq!(told("allocation_exceeded", "120.00 yuan left"), both("剩余 120.00 元", "120.00 yuan left"));
        assert_eq!(told("x", "2017-03-01"), both("2017-03-01", "2017-03-01"));
        assert_eq!(told("x", ""), both("", ""));
    }

    #[test]
    fn every_phrase_is_read_as_itself() {
        for (number, (phrase, zh)) in PHRASES.iter().enumerate() {
            assert_eq!(phrase.matches("{}").count(), zh.matches("{}").count(), "{phrase}");
            let detail = phrase.replace("{}", "7");
            let found = PHRASES.iter().position(|(phrase, _)| holes(phrase, &detail).is_some());
            assert_eq!(found, Some(number), "{phrase} is hidden by one before it");
            assert!(!told("x", &detail, Language::Zh).contains(|c: char| c.is_ascii_alphabetic()), "{phrase}");
        }
    }
}
