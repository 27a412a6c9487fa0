//! Administrative divisions: codes of 12 digits (GB/T 2260 and the code of township and village), and prefixes of
//! them.

use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt;

/// An administrative division, kept as its 12-digit code padded with zeros. A shorter prefix names the same thing:
/// `130624` is 130624000000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Area(u64);

/// Level of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 2 digits.
    Province,
    /// 4 digits.
    Prefecture,
    /// 6 digits.
    County,
    /// 9 digits.
    Township,
    /// 12 digits.
    Village,
}

impl Level {
    /// All of them, the widest first.
    pub const ALL: [Self; 5] = [Self::Province, Self::Prefecture, Self::County, Self::Township, Self::Village];

    /// Chinese name of the level.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Province => "省",
            Self::Prefecture => "市",
            Self::County => "县",
            Self::Township => "乡镇",
            Self::Village => "村",
        }
    }
}

/// The text or number is not a division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a division code: 2, 4, 6, 9 or 12 digits, or 12 with zeros at the end")]
pub struct NotAnArea;

impl Area {
    /// From a padded 12-digit number.
    pub fn from_code(code: u64) -> Option<Self> {
        if !(110_000_000_000..=999_999_999_999).contains(&code) {
            return None;
        }
        let area = Self(code);
        area.is_canonical().then_some(area)
    }

    /// The padded 12-digit number.
    pub fn code(self) -> u64 {
        self.0
    }

    /// Its level, read off the zeros at its end.
    pub fn level(self) -> Level {
        match self.0 {
            code if code % 10_000_000_000 == 0 => Level::Province,
            code if code % 100_000_000 == 0 => Level::Prefecture,
            code if code % 1_000_000 == 0 => Level::County,
            code if code % 1_000 == 0 => Level::Township,
            _ => Level::Village,
        }
    }

    /// Whether `other` is this division or lies inside it.
    pub fn contains(self, other: Self) -> bool {
        self.0 / self.span() == other.0 / self.span()
    }

    /// The division of that level that contains it; itself if it is not below that level.
    pub fn at(self, level: Level) -> Self {
        let span = level.span();
        if span <= self.span() { self } else { Self(self.0 / span * span) }
    }

    /// First and last code a village in it may have.
    pub fn range(self) -> std::ops::RangeInclusive<Self> {
        self..=Self(self.0 + self.span() - 1)
    }

    /// The shortest prefix that names it, such as `130624`.
    pub fn prefix(self) -> String {
        (self.0 / self.span()).to_string()
    }

    fn span(self) -> u64 {
        self.level().span()
    }

    /// A village under township 000, or a township under county 00, would read as a level above it.
    fn is_canonical(self) -> bool {
        let (county, township, village) = (self.0 / 1_000_000, self.0 / 1_000 % 1_000, self.0 % 1_000);
        let village_astray = village > 0 && township == 0;
        let township_astray = township > 0 && county % 100 == 0;
        let county_astray = county % 100 > 0 && county / 100 % 100 == 0;
        !village_astray && !township_astray && !county_astray
    }
}

impl Level {
    fn span(self) -> u64 {
        match self {
            Self::Province => 10_000_000_000,
            Self::Prefecture => 100_000_000,
            Self::County => 1_000_000,
            Self::Township => 1_000,
            Self::Village => 1,
        }
    }

    /// The level of the areas it is divided into; `None` for villages.
    pub fn below(self) -> Option<Self> {
        match self {
            Self::Province => Some(Self::Prefecture),
            Self::Prefecture => Some(Self::County),
            Self::County => Some(Self::Township),
            Self::Township => Some(Self::Village),
            Self::Village => None,
        }
    }

    /// Its name as in division tables: `province`, `prefecture`, `county`, `township`, `village`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

impl std::str::FromStr for Area {
    type Err = NotAnArea;

    /// Reads 2, 4, 6, 9 or 12 digits.
    fn from_str(text: &str) -> Result<Self, NotAnArea> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAnArea);
        }
        let span = match text.len() {
            2 => Level::Province.span(),
            4 => Level::Prefecture.span(),
            6 => Level::County.span(),
            9 => Level::Township.span(),
            12 => Level::Village.span(),
            _ => return Err(NotAnArea),
        };
        text.parse::<u64>().ok().and_then(|prefix| Self::from_code(prefix * span)).ok_or(NotAnArea)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(text: &str) -> Area {
        text.parse().unwrap()
    }

    #[test]
    fn a_prefix_names_the_padded_code() {
        assert_eq!(area("130624"), area("130624000000"));
        assert_eq!(area("130624").to_string(), "130624000000");
        for (text, level) in [
            ("13", Level::Province),
            ("1306", Level::Prefecture),
            ("130624", Level::County),
            ("130624100", Level::Township),
            ("130624100200", Level::Village),
        ] {
            assert_eq!(area(text).level(), level);
            assert_eq!(area(text).prefix(), text);
        }
    }

    #[test]
    fn areas_nest() {
        assert!(area("13").contains(area("130624100200")));
        assert!(area("130624100").contains(area("130624100200")));
        assert!(!area("130624101").contains(area("130624100200")));
        assert!(!area("130624100").contains(area("130624")));
        assert_eq!(area("130624100200").at(Level::Township), area("130624100"));
        assert_eq!(area("130624").at(Level::Village), area("130624"));
        assert!(area("130624").range().contains(&area("130624400598")));
    }

    #[test]
    fn anything_but_a_code_is_refused() {
        for text in
            ["", "1", "130", "13062", "1306241002000", "13o624", "+13062", "000000", "130600100200", "130624000200"]
        {
            assert_eq!(text.parse::<Area>(), Err(NotAnArea), "{text}");
        }
    }
}
