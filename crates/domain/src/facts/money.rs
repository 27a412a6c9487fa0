//! Money in fen. 100 fen are a yuan. There is no floating point in state.

use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt;

/// An amount of money in fen. A balance may be below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Fen(pub i64);

/// The largest amount of one event: 100 billion yuan. Far above any county's budget, and far too small for a sum to
/// overflow.
pub const AMOUNT_MAX_FEN: u64 = 10_000_000_000_000;

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount from outside: `None` above [`AMOUNT_MAX_FEN`].
    pub fn from_wire(fen: u64) -> Option<Self> {
        if fen > AMOUNT_MAX_FEN { None } else { i64::try_from(fen).ok().map(Self) }
    }

    /// An amount in yuan.
    pub const fn yuan(yuan: i64) -> Self {
        Self(yuan.saturating_mul(100))
    }

    /// In yuan with two decimals and `separator` between groups of three digits: `-1,234.56`.
    pub fn in_yuan(self, separator: char) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", grouped(fen / 100, separator), fen % 100)
    }

    /// In whole yuan, without the fen, and with `separator` between groups of three digits: `-1,234`.
    pub fn in_whole_yuan(self, separator: char) -> String {
        let yuan = self.0 / 100;
        let sign = if yuan < 0 { "-" } else { "" };
        format!("{sign}{}", grouped(yuan.unsigned_abs(), separator))
    }
}

/// A number with `separator` between groups of three digits: `1,234,567`.
pub fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

impl std::ops::Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::SubAssign for Fen {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum + amount)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// From yuan with at most two decimals, such as `1234.50`; nothing else may stand in the text.
impl std::str::FromStr for Fen {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (yuan, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than these are above the limit.
        let readable = (1..=14).contains(&yuan.len()) && decimals.len() <= 2;
        if !readable || !are_digits(yuan) || !are_digits(decimals) {
            return Err(NotAnAmount);
        }
        let fen = format!("{yuan}{decimals:0<2}").parse::<u64>().map_err(|_| NotAnAmount)?;
        let Some(Self(fen)) = Self::from_wire(fen) else { return Err(NotAnAmount) };
        Ok(Self(sign * fen))
    }
}

/// The text is not an amount in yuan of at most two decimals, or above [`AMOUNT_MAX_FEN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in yuan with at most two decimals")]
pub struct NotAnAmount;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_as_yuan() {
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(Fen::yuan(2_736).to_string(), "2736.00");
        assert_eq!(Fen::from_wire(AMOUNT_MAX_FEN + 1), None);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number, ','), text);
        }
    }

    #[test]
    fn amounts_are_grouped_in_yuan_with_and_without_fen() {
        for (fen, exact, whole) in [
            (0, "0.00", "0"),
            (5, "0.05", "0"),
            (-99, "-0.99", "0"),
            (-123_456, "-1,234.56", "-1,234"),
            (i64::MIN, "-92,233,720,368,547,758.08", "-92,233,720,368,547,758"),
        ] {
            assert_eq!((Fen(fen).in_yuan(','), Fen(fen).in_whole_yuan(',')), (exact.into(), whole.into()));
        }
    }

    #[test]
    fn sums_do_not_wrap() {
        assert_eq!(Fen(i64::MAX) + Fen(1), Fen(i64::MAX));
        assert_eq!([Fen(1), Fen(2)].into_iter().sum::<Fen>(), Fen(3));
    }

    #[test]
    fn amounts_are_read_in_yuan() {
        let table = [("0", 0), ("3000", 300_000), ("1234.5", 123_450), ("-12.05", -1_205), ("7.", 700)];
        for (text, fen) in table {
            assert_eq!(text.parse(), Ok(Fen(fen)), "{text}");
        }
        for text in
            ["", "-", "--1", "1.234", "1e3", "1,000", " 1", ".5", "100000000001", "999999999999999999999", "¥1"]
        {
            assert_eq!(text.parse::<Fen>(), Err(NotAnAmount), "{text}");
        }
    }
}
