//! The language of a run: results, questions and errors are in one. Help texts are in English.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use lika_domain::language::Language;
use std::sync::OnceLock;

/// Variables of the locale, the one that decides first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of this process, for questions that are asked where no printer is at hand.
static OF_RUN: OnceLock<Language> = OnceLock::new();

/// Sets the language of this process, once.
pub(crate) fn speak(language: Language) {
    OF_RUN.get_or_init(|| language);
}

/// The language of this process.
pub(crate) fn of_run() -> Language {
    OF_RUN.get().copied().unwrap_or(Language::En)
}

/// The language that was asked for, or else that of the locale.
pub(crate) fn chosen(asked: Option<Language>) -> Language {
    asked.unwrap_or_else(|| of_locale(|name| std::env::var(name).ok()))
}

/// Reads the value of `--lang`.
pub(crate) fn parser() -> impl TypedValueParser<Value = Language> {
    let codes = Language::ALL.map(Language::code);
    PossibleValuesParser::new(codes).map(|code| Language::from_tag(&code).unwrap_or(Language::En))
}

/// The language of `--lang` where the command line could not be read: its errors speak it too.
pub(crate) fn of_words(words: impl IntoIterator<Item = String>) -> Option<Language> {
    let words: Vec<_> = words.into_iter().collect();
    let after = |word: &String| word.strip_prefix("--lang=").map(str::to_owned);
    let two = words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].clone());
    words.iter().find_map(after).or(two).and_then(|code| Language::from_tag(&code))
}

/// The first variable that is set decides, as in POSIX; English for every language that there are no words in.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = VARIABLES.into_iter().filter_map(variable).find(|locale| !locale.is_empty());
    locale.and_then(|locale| Language::from_tag(&locale)).unwrap_or(Language::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_first_variable_that_is_set() {
        let of = |set: &[(&str, &str)]| {
            of_locale(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB.UTF-8")]), Language::En);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Language::Zh);
        assert_eq!(of(&[("LC_MESSAGES", "zh"), ("LANG", "fr_FR.UTF-8")]), Language::Zh);
        assert_eq!((of(&[("LANG", "C.UTF-8")]), of(&[])), (Language::En, Language::En));
    }

    #[test]
    fn a_command_line_that_cannot_be_read_still_names_its_language() {
        let of = |line: &str| of_words(line.split(' ').map(str::to_owned));
        assert_eq!(of("lika nothing --lang zh"), Some(Language::Zh));
        assert_eq!(of("lika --lang=en nothing"), Some(Language::En));
        assert_eq!((of("lika nothing"), of("lika --lang")), (None, None));
    }
}
