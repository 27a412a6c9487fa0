//! Identifying numbers. Each has its own type, so that they cannot be confused.

use borsh::{BorshDeserialize, BorshSerialize};
use std::fmt;

/// Position of an entry in the log, from 0.
pub type Index = u64;

/// Household number: 10 digits, the first not 0. Drawn at random by the device that registers the household, so that
/// this works off line; the log refuses a number that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct HouseholdId(u64);

/// Person number: the household number and two digits of the member, 12 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct PersonId(u64);

/// Official number: 8 digits, the first not 0. Drawn by the administrator who enrols the official.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct OfficialId(u32);

/// Names a signing key: the first 8 bytes, big-endian, of SHA-256 over the public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct KeyId(pub u64);

/// Names a submission; chosen at random by the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct SubmissionId(pub [u8; 16]);

/// Keyed hash of a citizen ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Tag(pub [u8; 16]);

/// Number of a member inside the household, 1 to 99; never used again after the member left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct MemberNo(u8);

/// Names an event in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct EventRef {
    /// Index of its entry.
    pub entry: Index,
    /// Its number in the submission, from 0.
    pub event: u32,
}

impl HouseholdId {
    /// From a 10-digit number.
    pub fn new(number: u64) -> Option<Self> {
        (1_000_000_000..=9_999_999_999).contains(&number).then_some(Self(number))
    }

    /// The 10-digit number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The person number of a member.
    pub fn person(self, member: MemberNo) -> PersonId {
        PersonId(self.0 * 100 + u64::from(member.0))
    }
}

impl PersonId {
    /// From a 12-digit number.
    pub fn new(number: u64) -> Option<Self> {
        HouseholdId::new(number / 100)?;
        (!number.is_multiple_of(100)).then_some(Self(number))
    }

    /// The 12-digit number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The household it belongs to.
    pub fn household(self) -> HouseholdId {
        HouseholdId(self.0 / 100)
    }

    /// The member inside the household.
    pub fn member(self) -> MemberNo {
        MemberNo((self.0 % 100) as u8)
    }
}

impl OfficialId {
    /// From an 8-digit number.
    pub fn new(number: u32) -> Option<Self> {
        (10_000_000..=99_999_999).contains(&number).then_some(Self(number))
    }

    /// The 8-digit number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl MemberNo {
    /// From 1 to 99.
    pub fn new(number: u32) -> Option<Self> {
        u8::try_from(number).ok().filter(|n| (1..=99).contains(n)).map(Self)
    }

    /// 1 to 99.
    pub fn get(self) -> u8 {
        self.0
    }
}

macro_rules! display_number {
    ($($id:ident $format:literal),*) => {$(
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $format, self.0)
            }
        }
    )*};
}

display_number!(HouseholdId "{:010}", PersonId "{:012}", OfficialId "{:08}", KeyId "{:016x}", MemberNo "{:02}");

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_number_names_household_and_member() {
        let household = HouseholdId::new(1_234_567_890).unwrap();
        let person = household.person(MemberNo::new(7).unwrap());
        assert_eq!(person.to_string(), "123456789007");
        assert_eq!(PersonId::new(person.get()), Some(person));
        assert_eq!((person.household(), person.member().get()), (household, 7));
    }

    #[test]
    fn numbers_of_the_wrong_length_are_refused() {
        assert_eq!(HouseholdId::new(999_999_999), None);
        assert_eq!(OfficialId::new(100_000_000), None);
        assert_eq!(MemberNo::new(100), None);
        assert_eq!(PersonId::new(123_456_789_000), None);
    }
}
