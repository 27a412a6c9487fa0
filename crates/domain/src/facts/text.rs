//! Characters that no text of a report may hold, because whoever reads it would not see them, or would see something
//! else than was signed.

use std::borrow::Cow;

/// Whether a character is a control character, is not seen, or changes the order in which others are seen: by the
/// Unicode Character Database general categories Cc, Zl and Zp, `Bidi_Control`, noncharacters, and those of
/// `Default_Ignorable_Code_Point` that are no part of a written character. Variation selectors and Mongolian vowel
/// separators are: names are written with them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, combining grapheme joiner, mark of Arabic letters, fillers of Hangul, vowels of Khmer.
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{3164}'
            | '\u{ffa0}'
            // Spaces and joiners without width, marks and overrides of direction, separators, invisible operators.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            // Annotations, shorthand and musical controls, tags, noncharacters.
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// The text as it can be shown: U+FFFD stands for each hidden character, apart from line ends and tabs.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    if !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_hidden_and_names_are_not() {
        for c in
            "\0\u{7}\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{200b}\u{200e}\u{202e}\u{2066}\u{2028}\u{feff}\u{e0041}\u{ffff}"
                .chars()
        {
            assert!(is_hidden(c), "{c:?}");
        }
        // Rare characters, a variation of one, Tibetan, Mongolian with a vowel separator, a middle dot, emoji.
        for c in "张㐂𠮷\u{e0100}\u{fe00}བོད\u{180e}\u{180b}·①🏠 é\u{301}".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
        assert_eq!(visible("a\u{202e}b\u{1b}[2J\tc\n"), "a\u{fffd}b\u{fffd}[2J\tc\n");
        assert!(matches!(visible("王小明"), Cow::Borrowed(_)));
    }
}
