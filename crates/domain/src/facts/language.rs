//! The languages of the people who use the program. One of them is shown at a time.

use std::fmt;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese, in which the field works.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The language of a tag such as `zh`, `zh-CN` or `en_GB.UTF-8`; `None` for any other.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// Its code in ISO 639.
    pub fn code(self) -> &'static str {
        self.of("zh", "en")
    }

    /// The other one.
    pub fn other(self) -> Self {
        self.of(Self::En, Self::Zh)
    }

    /// The first in Chinese, the second in English.
    pub fn of<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// A text in both languages. It is displayed as the Chinese one, a space, and the English one; once if they are the
/// same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// From both.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A text that is the same in both, such as a number.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// In that language.
    pub fn one(&self, language: Language) -> &str {
        language.of(&self.zh, &self.en)
    }
}

impl fmt::Display for Bilingual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh)?;
        if self.zh == self.en { Ok(()) } else { write!(f, " {}", self.en) }
    }
}

/// A sentence in both languages, known when the program is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// In Chinese; empty where a label beside it says everything.
    pub zh: &'static str,
    /// In English. It may begin with a space, like the doc comment it is taken from.
    pub en: &'static str,
}

impl Sentence {
    /// In that language.
    pub fn one(&self, language: Language) -> &'static str {
        language.of(self.zh, self.en).trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_a_language_by_its_first_part() {
        for (tag, language) in [("zh", Language::Zh), ("zh-CN", Language::Zh), ("en_GB.UTF-8", Language::En)] {
            assert_eq!(Language::from_tag(tag), Some(language), "{tag}");
        }
        for tag in ["", "C", "fr", "english"] {
            assert_eq!(Language::from_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_text_is_shown_in_one_language_or_in_both() {
        let text = Bilingual::new("户", "household");
        assert_eq!((text.one(Language::Zh), text.one(Language::En)), ("户", "household"));
        assert_eq!((text.to_string(), Bilingual::same("7").to_string()), ("户 household".into(), "7".into()));
        assert_eq!(Language::Zh.other().code(), "en");
    }
}
