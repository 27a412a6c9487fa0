//! Made-up persons: identity, facts by age, and their record on a card.

use super::clerk::{Card, Clerk};
use super::dice::Dice;
use super::names::{self, Surname};
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use lika_domain::ids::MemberNo;
use lika_proto::seal::Place;
use lika_proto::v1;

/// Han.
const ETHNICITY: u32 = 1;
const DAYS_PER_YEAR: i32 = 365;
/// Made-up citizen IDs are spread over this many unassigned division codes.
const SYNTHETIC_DIVISIONS: u32 = 10_000;
const FIRST_SYNTHETIC_DIVISION: u32 = 900_000;

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Number on the card.
    pub number: u32,
    /// Relation to the head.
    pub relation: v1::Relation,
    /// A man.
    pub male: bool,
    /// Date of birth.
    pub birth: Date,
    /// State of health.
    pub health: v1::Health,
    /// Category and grade of the disability certificate.
    pub disability: Option<(u32, u32)>,
    /// Where they work away from home, and for how many months a year.
    pub work: Option<(v1::WorkPlace, u32)>,
    /// Surname.
    pub surname: Surname,
    /// School success, 0 to 99.
    diligence: u32,
    /// Serial number among all made-up citizens.
    serial: u32,
}

impl Person {
    /// A person of an age in years on a day.
    pub(crate) fn new(
        clerk: &mut Clerk,
        relation: v1::Relation,
        male: bool,
        age: u32,
        surname: Surname,
        on: Date,
    ) -> Self {
        let days = i32::try_from(age).unwrap_or(0) * DAYS_PER_YEAR + i32::try_from(clerk.dice.below(365)).unwrap_or(0);
        Self::born(clerk, relation, male, on.plus_days(-days), surname, on)
    }

    /// A person born on one day, as of another.
    pub(crate) fn born(
        clerk: &mut Clerk,
        relation: v1::Relation,
        male: bool,
        birth: Date,
        surname: Surname,
        on: Date,
    ) -> Self {
        clerk.citizens += 1;
        let dice = &mut clerk.dice;
        let age = age(birth, on);
        let health = health(dice, age);
        let disability = (health == v1::Health::Disabled).then(|| (dice.between(1, 7), dice.between(1, 4)));
        let mut person = Self {
            number: 0,
            relation,
            male,
            birth,
            health,
            disability,
            work: None,
            surname,
            diligence: dice.below(100),
            serial: clerk.citizens,
        };
        if person.can_work(on) && clerk.dice.per_mille(220) {
            person.work = Some(work(&mut clerk.dice));
        }
        person
    }

    /// Approximate age in whole years.
    pub(crate) fn age(&self, on: Date) -> u32 {
        age(self.birth, on)
    }

    /// Age at the end of a calendar year.
    pub(crate) fn age_in(&self, year: u32) -> u32 {
        year.saturating_sub(self.birth.year())
    }

    /// Able to work and not at school.
    pub(crate) fn can_work(&self, on: Date) -> bool {
        let labour = self.labour(on);
        matches!(labour, v1::Labour::Ordinary | v1::Labour::Skilled) && self.school(on) == v1::SchoolStage::Unspecified
    }

    /// School attended.
    pub(crate) fn school(&self, on: Date) -> v1::SchoolStage {
        use v1::SchoolStage::{College, DroppedOut, Junior, Preschool, Primary, Senior, Unspecified, Vocational};
        match (self.age(on), self.diligence) {
            (4..=5, 30..) => Preschool,
            (6..=11, _) => Primary,
            (12..=14, 0..=2) => DroppedOut,
            (12..=14, _) => Junior,
            (15..=17, 60..) => Senior,
            (15..=17, 30..) => Vocational,
            (18..=21, 75..) => College,
            _ => Unspecified,
        }
    }

    /// Starts or stops working away from home.
    pub(crate) fn change_work(&mut self, dice: &mut Dice) {
        self.work = if self.work.is_some() && dice.per_mille(400) { None } else { Some(work(dice)) };
    }

    /// The person's record on the card on a day, without sealed data.
    pub(crate) fn facts(&self, on: Date) -> v1::Member {
        let (work_place, work_months) = self.work.unwrap_or((v1::WorkPlace::Unspecified, 0));
        let (disability_category, disability_grade) = self.disability.unwrap_or((0, 0));
        v1::Member {
            number: self.number,
            relation: self.relation.into(),
            sex: if self.male { v1::Sex::Male } else { v1::Sex::Female }.into(),
            birth_month: self.birth.month().yyyymm(),
            ethnicity: ETHNICITY,
            education: self.education(on).into(),
            school: self.school(on).into(),
            health: self.health.into(),
            labour: self.labour(on).into(),
            work_place: work_place.into(),
            work_months,
            medical_insurance: self.diligence != 50,
            pension_insurance: self.age(on) >= 16 && self.diligence > 15,
            disability_category,
            disability_grade,
            sealed: None,
        }
    }

    /// The same with name and citizen ID, sealed: for persons new to the log.
    pub(crate) fn introduced(&self, clerk: &mut Clerk, card: &Card, on: Date) -> v1::Member {
        let message = self.private(clerk);
        let sealed = MemberNo::new(self.number)
            .and_then(|number| clerk.seal(card.key, |origin| Place::member(origin, card.id, number), &message));
        v1::Member { sealed, ..self.facts(on) }
    }

    fn private(&self, clerk: &mut Clerk) -> v1::MemberPrivate {
        let name = names::person(&mut clerk.dice, self.surname, self.male);
        let phone = if self.age(clerk.today) >= 18 { names::phone(&mut clerk.dice) } else { String::new() };
        let citizen_id = self.citizen_id().map(|id| id.as_str().to_owned()).unwrap_or_default();
        let certificate = self.disability.map(|(category, grade)| format!("{citizen_id}{category}{grade}"));
        v1::MemberPrivate { name, disability_certificate: certificate.unwrap_or_default(), citizen_id, phone }
    }

    /// Made up, and unique: division and sequence are taken from the serial number.
    fn citizen_id(&self) -> Option<CitizenId> {
        let division = FIRST_SYNTHETIC_DIVISION + self.serial % SYNTHETIC_DIVISIONS;
        let sequence = self.serial / SYNTHETIC_DIVISIONS % 500 * 2 + u32::from(self.male);
        CitizenId::synthetic(division, self.birth, sequence)
    }

    fn education(&self, on: Date) -> v1::Education {
        use v1::Education::{College, Junior, None, Primary, Senior};
        match (self.age(on), self.diligence) {
            (22..=45, 75..) => College,
            (18..=45, 45..) => Senior,
            (15..=50, 15..) => Junior,
            (12..=65, 8..) | (66.., 50..) => Primary,
            _ => None,
        }
    }

    fn labour(&self, on: Date) -> v1::Labour {
        use v1::Labour::{Lost, None, Ordinary, Skilled, Weak};
        match (self.age(on), self.health) {
            (0..16, _) => None,
            (16..60, v1::Health::Serious) | (60.., v1::Health::Disabled | v1::Health::Serious) => Lost,
            (16..60, v1::Health::Disabled) | (60.., _) => Weak,
            (16..60, _) if self.diligence >= 88 => Skilled,
            (16..60, _) => Ordinary,
        }
    }
}

fn age(birth: Date, on: Date) -> u32 {
    u32::try_from(on.days_since(birth) / DAYS_PER_YEAR).unwrap_or(0)
}

fn health(dice: &mut Dice, age: u32) -> v1::Health {
    use v1::Health::{Chronic, Disabled, Healthy, Serious};
    match age {
        0..16 => dice.weigh(&[(Healthy, 96), (Chronic, 2), (Disabled, 2)]),
        16..60 => dice.weigh(&[(Healthy, 76), (Chronic, 12), (Serious, 4), (Disabled, 8)]),
        _ => dice.weigh(&[(Healthy, 45), (Chronic, 36), (Serious, 7), (Disabled, 12)]),
    }
}

fn work(dice: &mut Dice) -> (v1::WorkPlace, u32) {
    use v1::WorkPlace::{County, Elsewhere, Province, Township};
    (dice.weigh(&[(Township, 15), (County, 30), (Province, 30), (Elsewhere, 25)]), dice.between(3, 11))
}
