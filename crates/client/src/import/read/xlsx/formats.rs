//! What a number format shows besides the number: a unit, another currency, per cent, thousands left out, or nothing.

/// What a format makes of the cells that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// It shows a number as a day or a time.
    pub(super) is_day: bool,
    positive: Shown,
    negative: Shown,
    zero: Shown,
    text: Shown,
}

/// How a value looks in its cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is, with no more than marks of yuan, brackets and spaces.
    AsItIs,
    /// With a unit of money after it.
    With(String),
    /// Not at all.
    NotAtAll,
    /// As another value than it is.
    Otherwise,
}

/// Signs that change no value wherever they stand.
const PLAIN_SIGNS: &str = " -+()（）\u{a0}\u{3000}";
/// Signs of yuan before a number.
const YUAN: [&str; 6] = ["", "¥", "￥", "CNY", "RMB", "人民币"];
/// Units of money after a number, which are read where they stand.
const UNITS: [&str; 6] = ["元", "百元", "千元", "万元", "亿元", "元整"];

/// One of the sections of a format, which semicolons divide.
#[derive(Default)]
struct Section {
    /// Letters that stand for parts of a day.
    letters: String,
    before: String,
    after: String,
    /// Places of digits, and the commas after the last of them.
    digits: usize,
    commas_at_end: usize,
    is_text: bool,
    is_percent: bool,
    has_condition: bool,
    is_red: bool,
    has_sign: bool,
    /// A currency or a sign that is not known.
    is_other: bool,
    is_blank: bool,
}

impl Default for Format {
    fn default() -> Self {
        let plain = || Shown::AsItIs;
        Self { is_day: false, positive: plain(), negative: plain(), zero: plain(), text: plain() }
    }
}

impl Format {
    /// A format that every program knows by its number. Those from 27 are days in the Chinese versions, where those
    /// of currencies show yuan.
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self { is_day: true, ..Self::default() },
            9 | 10 => Self::read("0%"),
            _ => Self::default(),
        }
    }

    /// Reads the code of a format.
    pub(super) fn read(code: &str) -> Self {
        let code = code.replace("G/通用格式", "General");
        let sections: Vec<Section> = divided(&code).iter().map(|section| Section::read(section)).collect();
        let letters: String = sections.iter().map(|section| section.letters.as_str()).collect();
        let is_day = !letters.starts_with("general") && letters.contains(['y', 'm', 'd', 'h', 's']);
        let (texts, numbers): (Vec<_>, Vec<_>) = sections.iter().partition(|section| section.is_text);
        let text = match (texts.last(), numbers.get(3)) {
            (Some(section), _) | (None, Some(section)) => section.shown(false),
            (None, None) => Shown::AsItIs,
        };
        let of = |place: usize| numbers.get(place).or_else(|| numbers.first());
        let shown = |place: usize, is_negative| of(place).map_or(Shown::AsItIs, |section| section.shown(is_negative));
        let mut format = Self {
            is_day,
            positive: shown(0, false),
            negative: shown(1, numbers.len() > 1),
            zero: shown(2, false),
            text,
        };
        if numbers.iter().any(|section| section.has_condition) {
            // Which section is meant depends on the value: all of them must say the same.
            let first = numbers.first().map_or(Shown::AsItIs, |section| section.shown(false));
            let same = numbers.iter().all(|section| section.shown(false) == first);
            let all = if same { first } else { Shown::Otherwise };
            (format.positive, format.negative, format.zero) = (all.clone(), all.clone(), all);
        }
        format
    }

    /// How it shows a number.
    pub(super) fn number(&self, number: f64) -> &Shown {
        if number > 0.0 {
            &self.positive
        } else if number < 0.0 {
            &self.negative
        } else {
            &self.zero
        }
    }

    /// How it shows a text.
    pub(super) fn text(&self) -> &Shown {
        &self.text
    }
}

/// The sections of a code.
fn divided(code: &str) -> Vec<String> {
    let (mut quoted, mut escaped) = (false, false);
    let mut sections = vec![String::new()];
    for c in code.chars() {
        let divides = c == ';' && !quoted && !escaped;
        escaped = !escaped && !quoted && matches!(c, '\\' | '!' | '_' | '*');
        quoted ^= c == '"';
        match sections.last_mut() {
            Some(section) if !divides => section.push(c),
            _ => sections.push(String::new()),
        }
    }
    sections
}

impl Section {
    fn read(code: &str) -> Self {
        let mut section = Self { is_blank: code.trim().is_empty(), ..Self::default() };
        let code = match code.to_ascii_lowercase().find("general") {
            Some(place) => {
                section.letters = "general".to_owned();
                let (before, rest) = code.split_at_checked(place).unwrap_or_default();
                format!("{before}0{}", rest.get("general".len()..).unwrap_or_default())
            }
            None => code.to_owned(),
        };
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => chars.by_ref().take_while(|c| *c != '"').for_each(|c| section.literal(c)),
                '\\' | '!' => chars.by_ref().take(1).for_each(|c| section.literal(c)),
                '_' | '*' => section.is_other |= chars.next().is_some_and(|c| c.is_ascii_digit()),
                '[' => section.bracket(&chars.by_ref().take_while(|c| *c != ']').collect::<String>()),
                '0' | '#' | '?' => {
                    // What stood between digits is no unit.
                    section.is_other |= !section.after.is_empty();
                    (section.digits, section.commas_at_end) = (section.digits + 1, 0);
                }
                ',' if section.digits > 0 => section.commas_at_end += 1,
                '.' | '/' | ',' => {}
                '%' | '‰' => section.is_percent = true,
                '@' => section.is_text = true,
                'E' | 'e' if section.digits > 0 => {}
                c => {
                    if section.letters != "general" {
                        section.letters.extend(c.to_lowercase().filter(char::is_ascii_alphabetic));
                    }
                    section.literal(c);
                }
            }
        }
        section
    }

    /// A character that is shown as it stands.
    fn literal(&mut self, c: char) {
        self.has_sign |= matches!(c, '-' | '(' | '（' | '−');
        if PLAIN_SIGNS.contains(c) {
            return;
        }
        let is_after = self.digits > 0 || self.is_text;
        if is_after { self.after.push(c) } else { self.before.push(c) }
    }

    /// A colour, a condition, a currency, a length of time, or the kind of digits.
    fn bracket(&mut self, inside: &str) {
        let lower = inside.to_lowercase();
        if let Some(currency) = inside.strip_prefix('$') {
            let (sign, place) = currency.split_once('-').unwrap_or((currency, ""));
            // The same sign is that of yen, in Japanese.
            self.is_other |= !YUAN.contains(&sign.trim()) || place.ends_with("411");
        } else if inside.starts_with(['<', '>', '=']) {
            self.has_condition = true;
        } else if !lower.is_empty() && lower.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
            self.letters.push_str(&lower);
        } else {
            self.is_red |= matches!(lower.as_str(), "red" | "红色") || lower.starts_with("color");
        }
    }

    /// How it shows what it is for; of a section for negative numbers, whether one sees that they are.
    fn shown(&self, is_negative: bool) -> Shown {
        let hides_sign = is_negative && !self.has_sign && !self.is_red;
        // Without a place for digits only `-` is shown, which means none.
        let lacks = self.digits == 0 && !self.is_text && !(self.has_sign && self.after.is_empty());
        let before = YUAN.contains(&self.before.trim());
        if self.is_blank {
            return Shown::NotAtAll;
        }
        if self.is_other || self.is_percent || self.commas_at_end > 0 || hides_sign || lacks || !before {
            return Shown::Otherwise;
        }
        match self.after.as_str() {
            "" => Shown::AsItIs,
            unit if UNITS.contains(&unit) && !self.is_text => Shown::With(unit.to_owned()),
            _ => Shown::Otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_those_of_numbers() {
        for code in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d;@", "m/d/yy", "h:mm", "[h]:ss"] {
            assert!(Format::read(code).is_day, "{code}");
        }
        for code in ["General", "0.00", "#,##0.00_);[Red]\\(#,##0.00\\)", "0\"days\"", "@", "0.00E+00", "\\d0"] {
            assert!(!Format::read(code).is_day, "{code}");
        }
    }

    #[test]
    fn a_number_is_shown_as_it_is_or_otherwise() {
        for code in [
            "General",
            "G/通用格式",
            "0.00",
            "#,##0.00_);[Red]\\(#,##0.00\\)",
            "#,##0.00;[Red]#,##0.00",
            "_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* \"-\"??_ ;_ @_ ",
            "[$¥-804]#,##0.00;[$¥-804]\\-#,##0.00",
            "[$-804]0",
            "000",
            "0.00E+00",
            "[DBNum1]0",
            "@",
            "0_);[Red]\\(0\\)",
        ] {
            let format = Format::read(code);
            for number in [1.2, -1.2, 0.0] {
                assert_eq!(*format.number(number), Shown::AsItIs, "{code} of {number}");
            }
            assert_eq!(*format.text(), Shown::AsItIs, "{code}");
        }
        for code in [
            "0%",
            "0.00%",
            "[$$-409]#,##0.00",
            "[$€-2]0",
            "[$¥-411]0",
            "\"US$\"0",
            "0\"人\"",
            "0\"元/月\"",
            "\"约\"0",
            "0.0,",
            "#,##0,\"千元\"",
            "0!.0,\"万元\"",
            "0\\.0",
            "\"无\"",
            "[>=10000]0\"万元\";0",
            "0\"万\"0",
        ] {
            assert_eq!(*Format::read(code).number(1.2), Shown::Otherwise, "{code}");
        }
        for code in ["0.00\"万元\"", "0.00\\万\\元", "0.00万元", "General\"万元\"", "[>1]0\"万元\";0\"万元\""]
        {
            assert_eq!(*Format::read(code).number(1.2), Shown::With("万元".to_owned()), "{code}");
        }
    }

    #[test]
    fn each_sign_has_its_section() {
        let hides_zeros = Format::read("0;-0;;@");
        assert_eq!(
            (hides_zeros.number(1.0), hides_zeros.number(-1.0), hides_zeros.number(0.0), hides_zeros.text()),
            (&Shown::AsItIs, &Shown::AsItIs, &Shown::NotAtAll, &Shown::AsItIs)
        );
        let hides_all = Format::read(";;;");
        assert_eq!((hides_all.number(500.0), hides_all.text()), (&Shown::NotAtAll, &Shown::NotAtAll));
        assert_eq!(*Format::read("0;0").number(-5.0), Shown::Otherwise);
        assert_eq!(*Format::read("0;-0;0;@\"万元\"").text(), Shown::Otherwise);
        assert_eq!(*Format::built_in(9).number(0.15), Shown::Otherwise);
        assert!(Format::built_in(14).is_day && !Format::built_in(4).is_day);
    }
}
