//! Why an official goes on in spite of a warning. The reason is signed with the report and stays in the clear for
//! ever, so it is short and names nobody. The log, the desk and the command line check it by this rule.

use super::text::is_hidden;

/// Most warnings with reasons in a submission: one for each of its events, if it has as many as it may.
pub const WARNED_MAX: usize = 1_000;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 200;
/// Most digits in a row: not enough for a citizen ID, a telephone or the number of a household.
pub const REASON_DIGITS_MAX: usize = 5;

/// What is wrong with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonFault {
    /// There is nothing but blanks.
    Missing,
    /// It is longer than [`REASON_CHARS_MAX`].
    TooLong,
    /// It has more than [`REASON_DIGITS_MAX`] digits in a row.
    Number,
    /// It has a character that nobody sees, or a line end.
    Hidden,
}

impl ReasonFault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Missing, Self::TooLong, Self::Number, Self::Hidden];

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Missing => "请写明原因",
            Self::TooLong => "原因最多200字",
            Self::Number => "原因中不得有六位以上的数字（身份证号、电话、编号）",
            Self::Hidden => "原因中有换行或看不见的字符",
        }
    }

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Missing => "a reason is needed",
            Self::TooLong => "a reason has at most 200 characters",
            Self::Number => {
                "a reason must not hold six digits in a row, such as a citizen ID, a telephone or a number"
            }
            Self::Hidden => "a reason must not hold line ends or characters that nobody sees",
        }
    }
}

/// Checks a reason. Blanks around it count as part of it.
///
/// # Errors
/// The first fault that is found.
pub fn check(reason: &str) -> Result<(), ReasonFault> {
    let mut runs = reason.split(|c: char| !c.is_numeric()).map(|run| run.chars().count());
    if reason.trim().is_empty() {
        Err(ReasonFault::Missing)
    } else if reason.chars().count() > REASON_CHARS_MAX {
        Err(ReasonFault::TooLong)
    } else if runs.any(|digits| digits > REASON_DIGITS_MAX) {
        Err(ReasonFault::Number)
    } else if reason.chars().any(is_hidden) {
        Err(ReasonFault::Hidden)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_short_and_names_no_number() {
        let longest = "长".repeat(REASON_CHARS_MAX);
        for fits in ["继任者下周到任", "2026-11-28 起由村委会代管", "差12345元", "a", &longest] {
            assert_eq!(check(fits), Ok(()), "{fits}");
        }
        let long = "长".repeat(REASON_CHARS_MAX + 1);
        for (wrong, fault) in [
            ("", ReasonFault::Missing),
            (" \u{3000}\t\n", ReasonFault::Missing),
            (&long, ReasonFault::TooLong),
            ("电话13900000000", ReasonFault::Number),
            ("户1000000001", ReasonFault::Number),
            ("123456", ReasonFault::Number),
            // Digits of full width and of other scripts are digits.
            ("１２３４５６", ReasonFault::Number),
            ("٠١٢٣٤٥", ReasonFault::Number),
            // Nothing that is not seen parts them.
            ("123\u{200b}456", ReasonFault::Hidden),
            ("一\n二", ReasonFault::Hidden),
            ("\u{202e}倒", ReasonFault::Hidden),
        ] {
            assert_eq!(check(wrong), Err(fault), "{wrong:?}");
        }
    }

    #[test]
    fn every_fault_is_said_with_its_bound_in_both_languages() {
        for fault in ReasonFault::ALL {
            assert!(!fault.zh().is_ascii() && fault.en().is_ascii(), "{fault:?}");
        }
        let (zh, en) = (ReasonFault::TooLong.zh(), ReasonFault::TooLong.en());
        let bound = REASON_CHARS_MAX.to_string();
        assert!(zh.contains(&bound) && en.contains(&bound), "{zh} {en}");
        assert_eq!(REASON_DIGITS_MAX, 5, "the texts say six");
    }
}
