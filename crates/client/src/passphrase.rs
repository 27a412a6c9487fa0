//! Passphrases: how they are compared, and which are too weak.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::fmt;
use zeroize::Zeroizing;

/// Longest passphrase, in bytes.
pub const PASSPHRASE_BYTES_MAX: usize = 1_024;
/// What a new passphrase needs, in bits as `strength_bits` counts them. To unlock a key took 0.3 s on a busy core;
/// whoever has the file and is three times as fast needs 400,000 years of one core for half of 2^48.
pub const STRENGTH_BITS_MIN: u32 = 48;

/// A passphrase. It is never shown, and is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

/// What all digits together count at most: a long number is a telephone's, a day, or a citizen ID.
const DIGITS_BITS_MAX: u32 = 24;

/// Characters that a guesser tries first, whole; what is left after them is counted.
const GUESSED_FIRST: [&str; 14] = [
    "password", "passw0rd", "qwerty", "admin", "letmein", "welcome", "iloveyou", "woaini", "fupin", "lika", "立卡",
    "密码", "扶贫", "abc",
];

impl Passphrase {
    /// From what was typed. Full-width letters are taken as the plain ones and accents in one form (NFKC), so that
    /// another input method types the same passphrase; blanks at both ends are left out.
    pub fn new(text: &str) -> Self {
        let text = Zeroizing::new(ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned());
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// Its bytes, for the derivation of a key.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it may protect a key. `known` is what anybody would try who knows the owner: their number, the name of
    /// the key.
    pub fn is_strong(&self, known: &[&str]) -> bool {
        self.0.len() <= PASSPHRASE_BYTES_MAX && strength_bits(&self.0, known) >= STRENGTH_BITS_MIN
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// How hard it is to guess, from below: words that are tried first count 4 bits each; a character that repeats or
/// continues the one before it counts 1; every other counts by its kind, the bits of a letter being less than those of
/// a random one because people choose words.
fn strength_bits(text: &str, known: &[&str]) -> u32 {
    let mut rest = text.to_lowercase();
    let mut bits = 0;
    for guessed in GUESSED_FIRST.iter().chain(known).filter(|guessed| guessed.len() > 2) {
        while let Some(at) = rest.find(&guessed.to_lowercase()) {
            rest.replace_range(at..at + guessed.to_lowercase().len(), "\u{0}");
            bits += 4;
        }
    }
    let (mut before, mut of_digits) = ('\u{0}', 0);
    for c in rest.chars() {
        let follows = u32::from(c).abs_diff(u32::from(before)) <= 1;
        if c.is_ascii_digit() {
            of_digits += if follows { 1 } else { 3 };
        }
        bits += match c {
            '\u{0}' | '0'..='9' => 0,
            _ if follows => 1,
            'a'..='z' => 4,
            ' ' => 1,
            _ if c.is_ascii() => 5,
            _ => 9,
        };
        before = c;
    }
    bits + of_digits.min(DIGITS_BITS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_passphrase_is_typed_with_every_input_method() {
        assert_eq!(Passphrase::new("ａｂｃ　１２３\n"), Passphrase::new(" abc 123"));
        assert_eq!(Passphrase::new("e\u{301}"), Passphrase::new("é"));
        assert_eq!(format!("{:?}", Passphrase::new("secret")), "Passphrase(…)");
    }

    #[test]
    fn a_passphrase_that_is_tried_first_is_weak() {
        let known = ["10000001", "office"];
        for weak in [
            "",
            "12345678901234567890",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "passwordpassword1",
            "10000001office10000001",
            "Admin2026!",
            "abcdefghijklmnop",
            "扶贫扶贫密码",
            "13812345678",
            "900000197005010019",
        ] {
            assert!(!Passphrase::new(weak).is_strong(&known), "{weak}");
        }
        for strong in ["correct horse battery staple", "枣树下三只白鹅过河", "k9#Vq2!mZ0@x", "840291 枣树下鹅"]
        {
            assert!(Passphrase::new(strong).is_strong(&known), "{strong}: {}", strength_bits(strong, &known));
        }
        assert!(!Passphrase::new(&"鹅鸭".repeat(PASSPHRASE_BYTES_MAX)).is_strong(&[]), "too long");
    }
}
