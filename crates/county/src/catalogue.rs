//! The catalogue of measures, and which of them a household should get by its facts.

use super::dice::Dice;
use super::household::{Home, Standing};
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::MeasureGroup;

/// A measure of the catalogue.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Yuan per delivery; for insurance per person.
    pub yuan: u64,
    /// Months in which it is delivered.
    pub months: &'static [u32],
}

const INDUSTRY: Entry = entry(MeasureGroup::Industry, "industry_seed", "产业扶持物资", 1_500, &[5]);
const EMPLOYMENT: Entry = entry(MeasureGroup::Employment, "employment_travel", "务工交通补贴", 500, &[7]);
const PUBLIC_POST: Entry = entry(MeasureGroup::PublicPost, "public_post", "公益岗位补贴", 900, &[5, 11]);
const FINANCE: Entry = entry(MeasureGroup::Finance, "microcredit_interest", "小额信贷贴息", 600, &[11]);
const HOUSING: Entry = entry(MeasureGroup::Housing, "housing_repair", "危房改造", 14_000, &[9]);
const WATER: Entry = entry(MeasureGroup::Water, "water_supply", "安全饮水", 800, &[7]);
const HEALTH: Entry = entry(MeasureGroup::Health, "medical_insurance", "医保代缴", 180, &[3]);
const EDUCATION: Entry = entry(MeasureGroup::Education, "education_grant", "教育资助", 1_000, &[9]);
const ECOLOGICAL: Entry = entry(MeasureGroup::Ecological, "forest_ranger", "护林员补贴", 1_200, &[7, 11]);
const DIBAO: Entry = entry(MeasureGroup::SafetyNet, "dibao", "低保金", 900, &[3, 7, 11]);
const WUBAO: Entry = entry(MeasureGroup::SafetyNet, "wubao", "五保供养金", 1_800, &[3, 7, 11]);
const DISABILITY: Entry = entry(MeasureGroup::Disability, "disability_allowance", "残疾人补贴", 660, &[5]);

/// All measures.
pub(crate) const CATALOGUE: [&Entry; 12] = [
    &INDUSTRY,
    &EMPLOYMENT,
    &PUBLIC_POST,
    &FINANCE,
    &HOUSING,
    &WATER,
    &HEALTH,
    &EDUCATION,
    &ECOLOGICAL,
    &DIBAO,
    &WUBAO,
    &DISABILITY,
];

/// The measures due to a household in a year, with the amount of a delivery in fen and the member it is for (0: the
/// household).
pub(crate) fn due(home: &Home, dice: &mut Dice, on: Date) -> Vec<(&'static Entry, u64, u32)> {
    let poor = home.standing == Standing::Poor;
    let mut due: Vec<(&'static Entry, u64, u32)> = Vec::new();
    let mut add = |entry: &'static Entry, times: u32, member: u32| {
        due.push((entry, entry.yuan * 100 * u64::from(times), member));
    };
    match home.attribute {
        v1::Attribute::Dibao => add(&DIBAO, 1, 0),
        v1::Attribute::Wubao => add(&WUBAO, 1, 0),
        _ => {}
    }
    // Help continues after the exit, but not all of it.
    if dice.per_mille(if poor { 900 } else { 600 }) {
        add(&HEALTH, home.size().max(1), 0);
    }
    let pupil = |person: &&super::people::Person| (6..22).contains(&person.age(on)) && is_at_school(person.school(on));
    for person in home.persons.iter().filter(pupil).take(2) {
        add(&EDUCATION, 1, person.number);
    }
    if home.persons.iter().any(|person| person.disability.is_some()) && dice.per_mille(700) {
        add(&DISABILITY, 1, 0);
    }
    if !poor {
        return due;
    }
    let [.., housing, water] = home.conditions;
    if !housing && dice.per_mille(350) {
        add(&HOUSING, 1, 0);
    }
    if !water && dice.per_mille(350) {
        add(&WATER, 1, 0);
    }
    if home.persons.iter().any(|person| person.can_work(on)) {
        add(
            dice.weigh(&[
                (Choice(&INDUSTRY), 45),
                (Choice(&EMPLOYMENT), 20),
                (Choice(&PUBLIC_POST), 12),
                (Choice(&FINANCE), 13),
                (Choice(&ECOLOGICAL), 10),
            ])
            .0,
            1,
            0,
        );
    }
    due
}

fn is_at_school(stage: v1::SchoolStage) -> bool {
    !matches!(stage, v1::SchoolStage::Unspecified | v1::SchoolStage::DroppedOut)
}

/// One of several measures for those able to work.
#[derive(Clone, Copy)]
struct Choice(&'static Entry);

impl Default for Choice {
    fn default() -> Self {
        Self(&INDUSTRY)
    }
}

const fn entry(
    group: MeasureGroup,
    code: &'static str,
    name: &'static str,
    yuan: u64,
    months: &'static [u32],
) -> Entry {
    Entry { group, code, name, yuan, months }
}
