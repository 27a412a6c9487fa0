//! Why a cell is not read, whatever its column takes.

use super::columns::{Column, PERSONAL_NUMBERS, is_name};
use super::grid::{Cell, CellKind, Merged};
use super::problem::Code;
use super::values::{self, compact, is_scientific};
use lika_domain::describe::Value as Takes;
use lika_domain::text::is_hidden;

/// Errors of formulas, as texts.
const FAULTS: [&str; 12] = [
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#GETTING_DATA",
];
/// Most digits of an account without a space: two accounts in a cell have more.
const GROUP_DIGITS_MAX: usize = 8;

/// Digits that a spreadsheet keeps of a number, and how the rest then ends.
const KEPT_DIGITS: usize = 15;
const CUT_OFF: &str = "000";

/// What is wrong with a cell; `None` if its text can be looked at.
pub(super) fn of(column: &Column, cell: &Cell, may_be_merged: bool) -> Option<Code> {
    let days = matches!(column.takes, Takes::Day | Takes::DayOrNone | Takes::Month) || column.name == "minute";
    let kind = match cell.kind {
        CellKind::Formula => Some(Code::Formula),
        CellKind::Fault => Some(Code::Fault),
        CellKind::Otherwise => Some(Code::ShownOtherwise),
        CellKind::Struck => Some(Code::IsStruck),
        CellKind::Day if !days => Some(Code::IsADay),
        CellKind::Day | CellKind::Text | CellKind::Number => None,
    };
    let merged = match cell.merged {
        Merged::Across => true,
        Merged::First | Merged::Further => !may_be_merged,
        Merged::No => false,
    };
    kind.or_else(|| merged.then_some(Code::IsMerged)).or_else(|| of_text(column, &cell.text))
}

fn of_text(column: &Column, text: &str) -> Option<Code> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(turns) {
        return Some(Code::TextInvalid);
    }
    let text = values::outer(text);
    if text.starts_with('=') && text.len() > 1 {
        return Some(Code::Formula);
    }
    if is_fault(&text) {
        return Some(Code::Fault);
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Some(Code::TextInvalid);
    }
    if values::is_damaged(&text) {
        return Some(if is_name(column) { Code::NameDamaged } else { Code::TextDamaged });
    }
    if column.is_number_as_text() && is_scientific(&compact(&text)) {
        let id = matches!(column.name, "citizen_id" | "disability_certificate");
        return Some(if id { Code::CitizenIdTruncated } else { Code::NumberTruncated });
    }
    if is_name(column) && holds_names(&text) {
        return Some(Code::SeveralNames);
    }
    holds_several(column, &text).then_some(Code::SeveralNumbers)
}

/// Whether a cell for a name may hold two: in lines, or two groups of several Chinese characters.
fn holds_names(text: &str) -> bool {
    let is_han = |c: char| !c.is_ascii() && c.is_alphabetic();
    let groups = text.split_whitespace().filter(|group| group.chars().filter(|c| is_han(*c)).count() > 1);
    let in_lines = text.split(['\n', '\r', '\t']).filter(|line| !line.trim().is_empty()).count() > 1;
    in_lines || groups.count() > 1
}

/// Whether a text is the error of a formula, or shows that a column is too narrow for its number.
fn is_fault(text: &str) -> bool {
    let text = values::narrow(text).to_uppercase();
    FAULTS.contains(&text.as_str()) || (text.len() > 2 && text.chars().all(|c| c == '#'))
}

/// Whether a cell for one number holds several.
fn holds_several(column: &Column, text: &str) -> bool {
    let is_number = column.is_money()
        || matches!(
            column.takes,
            Takes::Number
                | Takes::NumberOrNone
                | Takes::Count { .. }
                | Takes::Member
                | Takes::MemberOrNone
                | Takes::Signed
                | Takes::Year
                | Takes::YearByRule
        );
    // Long numbers are written in groups.
    let in_lines = || text.trim().contains(['\n', '\r', '\t']);
    let lengths = || text.split_whitespace().map(|group| group.chars().filter(char::is_ascii_digit).count());
    let is_long = || lengths().count() > 1 && lengths().any(|digits| digits > GROUP_DIGITS_MAX);
    let is_personal = PERSONAL_NUMBERS.contains(&column.name);
    values::has_gaps(text) && (is_number || (is_personal && (in_lines() || (column.name == "account" && is_long()))))
}

/// What the last digits of an account look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Three or more digits are zeros from where a spreadsheet cuts a number.
    Cut,
    /// They may have been cut, and filled up, by another program.
    MaybeCut,
}

/// Whether the last digits of an account may be zeros only because it was cut off.
pub(super) fn end_of_account(account: &str) -> Option<End> {
    let is_long = account.len() > KEPT_DIGITS && account.bytes().all(|byte| byte.is_ascii_digit());
    let end = account.get(KEPT_DIGITS..).filter(|_| is_long)?;
    match end.len() >= CUT_OFF.len() && end.bytes().all(|byte| byte == b'0') {
        true => Some(End::Cut),
        false => account.ends_with(CUT_OFF).then_some(End::MaybeCut),
    }
}

/// Whether characters that nobody sees stand within a text.
pub(super) fn holds_hidden(text: &str) -> bool {
    let hidden = |c: char| !c.is_control() && is_hidden(c);
    text.trim_matches(|c: char| c.is_whitespace() || hidden(c)).contains(hidden)
}
