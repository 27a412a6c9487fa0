//! Numbers as county officials read them.

use lika_domain::money::Fen;

/// A thin space, which stands between groups of three digits.
const SEPARATOR: char = '\u{2009}';

/// Persons.
pub(super) fn people(persons: u64) -> String {
    format!("{persons} 人")
}

/// A share in 1 per 10,000, as a percentage.
pub(super) fn share(per_10_000: Option<u64>) -> String {
    per_10_000.map_or_else(|| "—".to_owned(), |share| format!("{}.{:02} %", share / 100, share % 100))
}

/// Fen as whole yuan, with digits in groups of three.
pub(super) fn amount(fen: i64) -> String {
    Fen(fen).in_whole_yuan(SEPARATOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(amount(123_456_789), "1\u{2009}234\u{2009}567");
        assert_eq!((amount(-50_000), amount(99)), ("-500".into(), "0".into()));
        assert_eq!((share(Some(2_006)), share(None)), ("20.06 %".into(), "—".into()));
    }
}
