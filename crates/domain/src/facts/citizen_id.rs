//! Citizen IDs (GB 11643), disability certificates and mobile numbers: checks on the digits alone.
//!
//! They are personal data: nothing here prints one, and no error contains one.

use crate::facts::date::Date;
use crate::facts::member::{Disability, Member, Sex};
use crate::facts::official::Mode;
use crate::facts::rejection::Code;

/// First digits of divisions that are not assigned: an ID under them belongs to nobody.
pub const SYNTHETIC_PREFIX: &str = "90";

/// Weights of the first 17 digits (ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder.
const CHECKS: [u8; 11] = *b"10X98765432";
const LENGTH: usize = 18;

/// A citizen ID whose form, birth date and check character are right: 6 digits of division, 8 of the birth date, 3 of
/// sequence, odd for men, and the check character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CitizenId([u8; LENGTH]);

/// Number of a disability certificate: the citizen ID, category, grade, and two digits more when it was reissued.
#[derive(Clone, PartialEq, Eq)]
pub struct DisabilityCertificate {
    /// The ID of its holder.
    pub citizen_id: CitizenId,
    /// Category and grade.
    pub disability: Disability,
}

/// The text is not a citizen ID, or its check character is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a citizen ID: 17 digits with a date of birth and the right check character")]
pub struct NotACitizenId;

impl CitizenId {
    /// Reads 18 characters; a lower-case x counts as X.
    ///
    /// # Errors
    /// The length, a character, the date of birth or the check character is wrong.
    pub fn parse(text: &str) -> Result<Self, NotACitizenId> {
        let mut bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| NotACitizenId)?;
        bytes[LENGTH - 1].make_ascii_uppercase();
        let id = Self(bytes);
        let digits = bytes.iter().take(LENGTH - 1).all(u8::is_ascii_digit);
        let whole = digits && bytes[0] != b'0' && id.date().is_some() && id.check() == bytes[LENGTH - 1];
        whole.then_some(id).ok_or(NotACitizenId)
    }

    /// Makes up an ID that belongs to nobody: `division` is 900000 to 909999, `sequence` 0 to 999, odd for men.
    /// `None` outside these ranges.
    pub fn synthetic(division: u32, birth: Date, sequence: u32) -> Option<Self> {
        if !(900_000..=909_999).contains(&division) || sequence > 999 {
            return None;
        }
        let text = format!("{division:06}{:08}{sequence:03}0", birth.yyyymmdd());
        let mut id = Self(text.as_bytes().try_into().ok()?);
        id.0[LENGTH - 1] = id.check();
        Some(id)
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in, so this is always text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Date of birth.
    pub fn birth(&self) -> Date {
        self.date().unwrap_or(Date::PROGRAMME_BEGINS)
    }

    /// Sex.
    pub fn sex(&self) -> Sex {
        if self.0[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Whether it is made up, so that it belongs to nobody.
    pub fn is_synthetic(&self) -> bool {
        self.0.starts_with(SYNTHETIC_PREFIX.as_bytes())
    }

    /// Whether a log of that mode accepts it: real ones in production, made-up ones in testing.
    ///
    /// # Errors
    /// The code of the refusal.
    pub fn is_for(&self, mode: Mode) -> Result<(), Code> {
        match (mode, self.is_synthetic()) {
            (Mode::Production, true) => Err(Code::CitizenIdSynthetic),
            (Mode::Testing, false) => Err(Code::CitizenIdReal),
            (Mode::Production, false) | (Mode::Testing, true) => Ok(()),
        }
    }

    /// Contradictions with a member's facts: [`Code::CitizenIdContradicts`] once for each of birth month and sex.
    pub fn contradictions(&self, member: &Member) -> Vec<Code> {
        let contradicted = [self.birth().month() != member.birth_month, self.sex() != member.sex];
        contradicted.into_iter().filter(|found| *found).map(|_| Code::CitizenIdContradicts).collect()
    }

    fn date(&self) -> Option<Date> {
        Date::from_yyyymmdd(number(self.0.get(6..14)?)?)
    }

    fn check(&self) -> u8 {
        let sum: u32 = self.0.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte & 0x0f) * weight).sum();
        CHECKS[(sum % 11) as usize]
    }
}

/// Hides the digits.
impl std::fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CitizenId(..)")
    }
}

impl std::fmt::Debug for DisabilityCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DisabilityCertificate").field("disability", &self.disability).finish_non_exhaustive()
    }
}

impl DisabilityCertificate {
    /// Reads 20 or 22 characters. `None` if it holds no citizen ID, no category 1 to 7 or no grade 1 to 4.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, rest) = text.split_at_checked(LENGTH)?;
        let [category, grade, reissued @ ..] = rest.as_bytes() else { return None };
        let complete = matches!(reissued.len(), 0 | 2) && reissued.iter().all(u8::is_ascii_digit);
        let disability = Disability { category: digit(*category, 7)?, grade: digit(*grade, 4)? };
        let citizen_id = CitizenId::parse(id).ok()?;
        complete.then_some(Self { citizen_id, disability })
    }

    /// Whether it belongs to the person and agrees with their facts on the card.
    pub fn fits(&self, id: &CitizenId, member: &Member) -> bool {
        self.citizen_id == *id && member.disability == Some(self.disability)
    }
}

/// Whether the text is a mobile number of China: `1`, a digit 3 to 9, nine digits more.
pub fn is_mobile(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn digit(byte: u8, most: u8) -> Option<u8> {
    let digit = byte.wrapping_sub(b'0');
    (1..=most).contains(&digit).then_some(digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Month;
    use crate::ids::MemberNo;
    use crate::member::{Health, Labour, Relation};

    /// The example that the standard itself prints.
    const EXAMPLE: &str = "11010519491231002X";

    fn made_up(birth: u32, sequence: u32) -> CitizenId {
        CitizenId::synthetic(900_000, Date::from_yyyymmdd(birth).unwrap(), sequence).unwrap()
    }

    fn member(birth_month: u32, sex: Sex, disability: Option<Disability>) -> Member {
        Member {
            number: MemberNo::new(1).unwrap(),
            relation: Relation::Head,
            sex,
            birth_month: Month::from_yyyymm(birth_month).unwrap(),
            ethnicity: 1,
            education: None,
            school: None,
            health: Health::Healthy,
            labour: Labour::Ordinary,
            work_place: None,
            work_months: 0,
            medical_insurance: true,
            pension_insurance: true,
            disability,
            sealed: Some(1),
            tag: None,
        }
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        let id = CitizenId::parse(EXAMPLE).unwrap();
        assert_eq!((id.birth().yyyymmdd(), id.sex()), (19_491_231, Sex::Female));
        assert_eq!(CitizenId::parse("11010519491231002x").unwrap(), id);
        assert_eq!(id.as_str(), EXAMPLE);
        assert!(!id.is_synthetic());
    }

    #[test]
    fn every_other_character_in_any_place_is_refused() {
        let id = made_up(19_700_214, 17);
        for place in 0..LENGTH {
            for byte in b"0123456789X".iter().filter(|byte| **byte != id.0[place]) {
                let mut wrong = id.0;
                wrong[place] = *byte;
                let text = std::str::from_utf8(&wrong).unwrap();
                assert_eq!(CitizenId::parse(text), Err(NotACitizenId), "place {place}");
            }
        }
    }

    #[test]
    fn any_other_form_is_refused() {
        for text in ["", "900000197002140", "90000019700214017", "9000001970021401７", "900000197002140170"] {
            assert_eq!(CitizenId::parse(text), Err(NotACitizenId), "{text}");
        }
        // The check characters are right, but there is no such birthday.
        let mut id = made_up(19_700_228, 17);
        id.0[13] = b'9';
        id.0[12] = b'2';
        id.0[LENGTH - 1] = id.check();
        assert_eq!(CitizenId::parse(id.as_str()), Err(NotACitizenId));
    }

    #[test]
    fn made_up_ids_are_read_back_and_recognised() {
        for (birth, sequence, sex) in [(19_000_101, 0, Sex::Female), (20_000_229, 999, Sex::Male)] {
            let id = made_up(birth, sequence);
            assert_eq!(CitizenId::parse(id.as_str()).as_ref(), Ok(&id));
            assert_eq!((id.birth().yyyymmdd(), id.sex()), (birth, sex));
            assert_eq!(id.is_for(Mode::Testing), Ok(()));
            assert_eq!(id.is_for(Mode::Production), Err(Code::CitizenIdSynthetic));
        }
        let real = CitizenId::parse(EXAMPLE).unwrap();
        assert_eq!(real.is_for(Mode::Testing), Err(Code::CitizenIdReal));
        assert_eq!(real.is_for(Mode::Production), Ok(()));
        let day = Date::from_yyyymmdd(19_700_214).unwrap();
        assert_eq!(CitizenId::synthetic(130_624, day, 1), None);
        assert_eq!(CitizenId::synthetic(910_000, day, 1), None);
        assert_eq!(CitizenId::synthetic(900_000, day, 1_000), None);
    }

    #[test]
    fn birth_and_sex_must_agree_with_the_card() {
        let id = made_up(19_700_214, 17);
        let of = |birth_month, sex| id.contradictions(&member(birth_month, sex, None));
        assert_eq!(of(197_002, Sex::Male), []);
        assert_eq!(of(197_003, Sex::Male), [Code::CitizenIdContradicts]);
        assert_eq!(of(197_003, Sex::Female), [Code::CitizenIdContradicts; 2]);
    }

    #[test]
    fn a_certificate_belongs_to_its_holder_and_states_category_and_grade() {
        let id = made_up(19_700_214, 17);
        for (end, good) in [("42", true), ("42B1", false), ("4201", true), ("", false), ("4", false), ("420", false)] {
            assert_eq!(DisabilityCertificate::parse(&format!("{}{end}", id.as_str())).is_some(), good, "{end}");
        }
        for end in ["02", "82", "40", "45", "4é"] {
            assert!(DisabilityCertificate::parse(&format!("{}{end}", id.as_str())).is_none(), "{end}");
        }
        let certificate = DisabilityCertificate::parse(&format!("{}42", id.as_str())).unwrap();
        let stated = |category, grade| member(197_002, Sex::Male, Some(Disability { category, grade }));
        assert!(certificate.fits(&id, &stated(4, 2)));
        assert!(!certificate.fits(&id, &stated(4, 3)));
        assert!(!certificate.fits(&id, &member(197_002, Sex::Male, None)));
        assert!(!certificate.fits(&made_up(19_700_214, 19), &stated(4, 2)));
    }

    #[test]
    fn mobile_numbers_have_eleven_digits() {
        assert!(is_mobile("13800138000"));
        for text in ["", "12800138000", "1380013800", "138001380000", "+8613800138000", "1380013800a"] {
            assert!(!is_mobile(text), "{text}");
        }
    }

    #[test]
    fn debug_output_does_not_show_the_id() {
        let id = made_up(19_700_214, 17);
        let certificate = DisabilityCertificate::parse(&format!("{}42", id.as_str())).unwrap();
        for text in [format!("{id:?}"), format!("{certificate:?}")] {
            assert!(!text.contains("1970"), "{text}");
        }
    }
}
