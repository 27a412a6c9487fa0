//! Texts of cells turned into values. Plain variants of writing are taken: full width, spaces, marks that a
//! spreadsheet or an exporter puts around a text. Anything that could mean something else is not.

use lika_domain::date::{Date, Month};
use lika_domain::money::AMOUNT_MAX_FEN;
use lika_domain::text::is_hidden;
use unicode_normalization::UnicodeNormalization;

/// A text without what is put around it: spaces of all kinds, `="…"`, and the marks before numbers kept as text.
pub(super) fn outer(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_control() || !is_hidden(*c)).collect();
    let trimmed = visible.trim();
    let quoted = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(trimmed).trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '`' | '’')).to_owned()
}

/// Full-width letters, digits and marks as plain ones.
pub(super) fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '−' | '‐' | '–' => '-',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// A number as text: narrow and without spaces.
pub(super) fn compact(text: &str) -> String {
    narrow(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether spaces or line ends stand between digits: a cell may hold several numbers, which must not become one.
pub(super) fn has_gaps(text: &str) -> bool {
    let is_part = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let mut last = ' ';
    let mut after_gap = false;
    for c in narrow(text).chars() {
        if c.is_whitespace() {
            after_gap = true;
        } else if after_gap && is_part(&last) && is_part(&c) {
            return true;
        } else {
            (last, after_gap) = (c, false);
        }
    }
    false
}

/// Whether a cell says that it has nothing to say.
pub(super) fn is_placeholder(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "—" | "——" | "－" | "/" | "\\" | "无" | "空")
}

/// Whether a spreadsheet has turned a long number into scientific notation, such as 1.3E+17.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    digits(mantissa) && digits(exponent.trim_start_matches('+'))
}

/// The digits of a whole number that a spreadsheet may have written as 3.0; `None` for anything else.
pub(super) fn whole(text: &str) -> Option<&str> {
    let (digits, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_whole = !digits.is_empty() && decimals.bytes().all(|byte| byte == b'0');
    (is_whole && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The name of a household in a table, in one spelling.
pub(super) fn label(text: &str) -> String {
    let plain = narrow(text);
    let plain = plain.trim();
    whole(plain).unwrap_or(plain).to_owned()
}

/// A number of exactly `length` digits.
pub(super) fn digits(text: &str, length: usize) -> Option<u64> {
    whole(text).filter(|digits| digits.len() == length)?.parse().ok()
}

/// A mobile number without what is written around it.
pub(super) fn phone(text: &str) -> String {
    let text: String = compact(text).chars().filter(|c| *c != '-').collect();
    let text = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")).unwrap_or(&text);
    text.strip_suffix(".0").unwrap_or(text).to_owned()
}

/// Year, month and day with any of the usual separators. A time of day other than midnight is not part of a day.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = narrow(text);
    let text = text.trim();
    let chinese = compact(text);
    if text.contains('年') && has_gaps(text.split_once('日').map_or(text, |(day, _)| day)) {
        return None;
    }
    let (day, time) = match text.contains('年') {
        true => chinese.split_once('日').unwrap_or((&chinese, "")),
        false => text.split_once([' ', 'T']).unwrap_or((text, "")),
    };
    if !matches!(time.trim(), "" | "0:00" | "00:00" | "0:00:00" | "00:00:00" | "00:00:00.000" | "00:00:00Z") {
        return None;
    }
    if let Some(number) = digits(day, 8) {
        return Date::from_yyyymmdd(u32::try_from(number).ok()?);
    }
    let (year, month, day) = parts(day)?;
    Date::new(year, month, day?)
}

/// A month, which may be given by one of its days: that day, too.
pub(super) fn month(text: &str) -> Option<(Month, Option<Date>)> {
    if let Some(date) = date(text) {
        return Some((date.month(), Some(date)));
    }
    if has_gaps(text) {
        return None;
    }
    let text = compact(text);
    if let Some(number) = digits(&text, 6) {
        return Month::from_yyyymm(u32::try_from(number).ok()?).map(|month| (month, None));
    }
    let (year, month, None) = parts(text.trim_end_matches('月'))? else { return None };
    Month::from_yyyymm(year * 100 + month).map(|month| (month, None))
}

/// Two or three numbers with one kind of separator, or with 年 and 月: the year in four digits.
fn parts(text: &str) -> Option<(u32, u32, Option<u32>)> {
    let chinese = text.contains('年');
    let separators: &[char] = if chinese { &['年', '月'] } else { &['-', '/', '.'] };
    if !chinese && separators.iter().filter(|separator| text.contains(**separator)).count() != 1 {
        return None;
    }
    let mut read: Vec<u32> = Vec::new();
    for (place, part) in text.split(separators).enumerate() {
        let fits = if place == 0 { part.len() == 4 } else { (1..=2).contains(&part.len()) };
        if !fits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        read.push(part.parse().ok()?);
    }
    match read.as_slice() {
        [year, month] => Some((*year, *month, None)),
        [year, month, day] => Some((*year, *month, Some(*day))),
        _ => None,
    }
}

/// Units of money, in fen.
const UNITS: [(&str, u64); 8] = [
    ("亿元", 10_000_000_000),
    ("万元", 1_000_000),
    ("千元", 100_000),
    ("百元", 10_000),
    ("元", 100),
    ("角", 10),
    ("分", 1),
    ("万", 1_000_000),
];

/// The unit of money that a text names, in fen.
pub(super) fn unit(text: &str) -> Option<u64> {
    let text = text.trim_start_matches("单位:").trim_start_matches("单位：").trim_start_matches("人民币");
    match text.to_lowercase().as_str() {
        "yuan" | "cny" | "rmb" | "¥" | "￥" => Some(100),
        "fen" => Some(1),
        text => UNITS.iter().find(|(name, _)| *name == text).map(|(_, fen)| *fen),
    }
}

/// The unit that stands after an amount, in fen.
pub(super) fn own_unit(text: &str) -> Option<u64> {
    divided(compact(text).trim_end_matches(['整', '正'])).1
}

/// A number, and the unit after it.
fn divided(text: &str) -> (&str, Option<u64>) {
    let own = UNITS.iter().find_map(|(name, fen)| text.strip_suffix(name).map(|number| (number, Some(*fen))));
    own.unwrap_or((text, None))
}

/// An amount, in fen; `unit` is that of its column. `None` if it is none, or has a part of a fen.
pub(super) fn fen(text: &str, unit_fen: u64) -> Option<i64> {
    if has_gaps(text) {
        return None;
    }
    let text = compact(text);
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches(['整', '正']);
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (number, own_fen) = divided(text);
    let unit_fen = own_fen.unwrap_or(unit_fen);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    // A yuan has two decimals: 1.200 may be written as others write 1,200.
    let may_be_grouped = (1..=3).contains(&whole.len()) && decimals.len() == 3 && !whole.starts_with('0');
    if unit_fen <= 100 && may_be_grouped {
        return None;
    }
    let whole = ungrouped(whole)?;
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() + decimals.len() > 24 || !are_digits(&whole) || !are_digits(decimals) {
        return None;
    }
    let mantissa: u128 = format!("{whole}{decimals}").parse().ok()?;
    let scale = 10_u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let product = mantissa.checked_mul(u128::from(unit_fen))?;
    let fen = product.is_multiple_of(scale).then_some(product / scale)?;
    let fen = u64::try_from(fen).ok().filter(|fen| *fen <= AMOUNT_MAX_FEN)?;
    i64::try_from(fen).ok().map(|fen| sign * fen)
}

/// A number without its thousands marks, which must stand before groups of three digits.
fn ungrouped(text: &str) -> Option<String> {
    let groups: Vec<_> = text.split(',').collect();
    let [first, rest @ ..] = groups.as_slice() else { return None };
    let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    grouped.then(|| groups.concat())
}

/// A text with one spelling of each character: forms for other widths, and signs of other alphabets that look the same
/// as a Chinese character (radicals, compatibility forms), become that character.
pub(super) fn one_spelling(text: &str) -> String {
    let is_form = |c: char| matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}');
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| c.is_control() || !is_hidden(*c)) {
        if is_form(c) { plain.extend(c.nfkc()) } else { plain.push(c) }
    }
    plain.nfc().collect()
}

/// A name with one spelling: no spaces between Chinese characters, one kind of dot between the parts of a name.
pub(super) fn name(text: &str) -> String {
    let text = one_spelling(&narrow(text));
    let is_han = |c: char| !c.is_ascii() && c.is_alphabetic();
    let chars: Vec<_> = text.trim().chars().collect();
    let mut plain = String::with_capacity(text.len());
    for (place, c) in chars.iter().enumerate() {
        let next = chars.get(place + 1..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
        match c {
            '•' | '‧' | '・' | '･' | '∙' | '⋅' | '●' => plain.push('·'),
            // A stop between two Chinese characters stands for the dot.
            '.' if plain.ends_with(is_han) && next.is_some_and(|c| is_han(*c)) => plain.push('·'),
            c if c.is_whitespace() => {
                let between = plain.ends_with(|c: char| c.is_ascii()) && next.is_some_and(char::is_ascii);
                if between && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(*c),
        }
    }
    plain
}

/// Whether a text lost characters on its way: replacement characters, or those that only one machine knows.
pub(super) fn is_damaged(text: &str) -> bool {
    let private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    text.chars().any(|c| matches!(c, '\u{fffd}' | '\u{fffc}' | '□' | '〓') || private(c))
}

/// Whether a text cannot be the name of a person: something stands in it that names have not.
pub(super) fn is_no_name(text: &str) -> bool {
    let allowed = |c: char| c.is_alphabetic() || matches!(c, '·' | '\'' | '-' | ' ' | '.' | '(' | ')' | '〇');
    let null = ["null", "nan", "none", "n/a", "na", "undefined", "无", "空", "合计", "总计", "小计", "共计"];
    is_damaged(text)
        || !text.chars().all(allowed)
        || !text.chars().any(char::is_alphabetic)
        || null.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_around_a_text_are_taken_off() {
        for (text, plain) in [
            (" ＝", "＝"),
            ("=\"901624\"", "901624"),
            ("'901624", "901624"),
            ("`901624", "901624"),
            ("\u{feff}张三\u{200b} ", "张三"),
            ("\u{3000}张三\u{a0}", "张三"),
        ] {
            assert_eq!(outer(text), plain);
        }
        assert_eq!(compact("９０１６２４ １９７０ Ｘ"), "9016241970X");
        assert_eq!(phone("+86 139-0000-0000"), "13900000000");
    }

    #[test]
    fn dates_are_read_in_the_usual_ways() {
        for text in [
            "2016-07-01",
            "20160701",
            "2016/7/1",
            "2016.7.1",
            "2016年7月1日",
            "2016-7-1 00:00:00",
            "２０１６－０７－０１",
            "2016 年 7 月 1 日",
            "2016-07-01T00:00:00",
        ] {
            assert_eq!(date(text).map(Date::yyyymmdd), Some(20_160_701), "{text}");
        }
        for text in [
            "",
            "2016",
            "2016-07",
            "2016-13-01",
            "2016-02-30",
            "1/7/2016",
            "2016-+7-1",
            "42552",
            "二〇一六",
            "16/7/1",
            "2016-7-1 14:30",
            "2016-7/1",
            "2016-07-01 2016-07-02",
            "2016年7月1 2日",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["2016-07", "201607", "2016年7月", "2016.7", "2016/07/15"] {
            assert_eq!(month(text).map(|(month, _)| month.yyyymm()), Some(201_607), "{text}");
        }
        assert_eq!((month("2016"), month("16-07"), month("201613")), (None, None, None));
        assert_eq!((month("2016 07"), month("2016年0 7月")), (None, None));
    }

    #[test]
    fn amounts_are_read_in_their_unit() {
        for (text, unit, expected) in [
            ("0", 100, 0),
            ("3000", 100, 300_000),
            ("1,234.5", 100, 123_450),
            ("1,234,567.89", 100, 123_456_789),
            ("¥12.05", 100, 1_205),
            ("12元", 100, 1_200),
            ("7.", 100, 700),
            ("1.2", 1_000_000, 1_200_000),
            ("1.2万元", 100, 1_200_000),
            ("120000", 1, 120_000),
            ("1200.000", 100, 120_000),
            ("１２００", 100, 120_000),
            ("-5", 100, -500),
            ("1200元整", 100, 120_000),
        ] {
            assert_eq!(fen(text, unit), Some(expected), "{text}");
        }
        for text in [
            "",
            "1.234",
            "1e3",
            "abc",
            ".5",
            "100000000001",
            "999999999999999999999",
            "1200,50",
            "1,20",
            "1,2,3,4",
            "12,00.5",
            "1234,567",
            "(1,200)",
            "约1200",
            "1200元/年",
            "--5",
            "12 34",
            "1200\n300",
            "1200 300",
            "1, 200",
            "1.200",
        ] {
            assert_eq!(fen(text, 100), None, "{text}");
        }
        assert_eq!(
            (unit("万元"), unit("单位：元"), unit("元/人"), unit("年")),
            (Some(1_000_000), Some(100), None, None)
        );
        assert_eq!((own_unit("1.2万元"), own_unit("12元整"), own_unit("12")), (Some(1_000_000), Some(100), None));
    }

    #[test]
    fn numbers_that_a_spreadsheet_changed_are_known() {
        for text in ["1.3E+17", "1.30624E+17", "1e17", "9E+9"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["", "E", "130624", "E+17", "甲E1", "1E"] {
            assert!(!is_scientific(text), "{text}");
        }
        assert_eq!((digits("1234567890.0", 10), digits("1234567890.5", 10)), (Some(1_234_567_890), None));
    }

    #[test]
    fn a_name_has_one_spelling() {
        for (text, plain) in [
            ("张 三", "张三"),
            ("张\u{3000}三", "张三"),
            ("买买提•艾力", "买买提·艾力"),
            ("买买提.艾力", "买买提·艾力"),
            ("买买提．艾力", "买买提·艾力"),
            ("⽯三", "石三"),
            ("李\u{f9e1}", "李李"),
            ("Anna  Maria", "Anna Maria"),
        ] {
            assert_eq!(name(text), plain);
        }
    }

    #[test]
    fn names_that_lost_a_character_are_known() {
        for text in ["张?", "张\u{fffd}", "张\u{e000}", "12345", "张3", "", "NULL", "张*", "张□", "合计"] {
            assert!(is_no_name(text), "{text:?}");
        }
        for text in ["张三", "买买提·艾力", "𠮷野", "Nguyen Thi", "张三(小)", "〇"] {
            assert!(!is_no_name(text) || text == "〇", "{text:?}");
        }
    }
}
