//! The catalogue of measures.

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

/// A measure that a household gets in a year.
#[derive(Debug)]
pub(crate) struct Measure {
    /// Its number in the village; 0 until it is planned.
    pub number: u64,
    /// Its entry in the catalogue.
    pub entry: &'static Entry,
    /// Fen of one delivery.
    pub amount: u64,
    /// Member it is for; 0 for the household.
    pub member: u32,
}

pub(crate) const INDUSTRY: Entry = entry(MeasureGroup::Industry, "industry_seed", "产业扶持物资", 1_500, &[5]);
pub(crate) const EMPLOYMENT: Entry = entry(MeasureGroup::Employment, "employment_travel", "务工交通补贴", 500, &[7]);
pub(crate) const PUBLIC_POST: Entry = entry(MeasureGroup::PublicPost, "public_post", "公益岗位补贴", 900, &[5, 11]);
pub(crate) const FINANCE: Entry = entry(MeasureGroup::Finance, "microcredit_interest", "小额信贷贴息", 600, &[11]);
pub(crate) const HOUSING: Entry = entry(MeasureGroup::Housing, "housing_repair", "危房改造", 14_000, &[9]);
pub(crate) const WATER: Entry = entry(MeasureGroup::Water, "water_supply", "安全饮水", 800, &[7]);
pub(crate) const HEALTH: Entry = entry(MeasureGroup::Health, "medical_insurance", "医保代缴", 180, &[3]);
pub(crate) const EDUCATION: Entry = entry(MeasureGroup::Education, "education_grant", "教育资助", 1_000, &[9]);
pub(crate) const ECOLOGICAL: Entry = entry(MeasureGroup::Ecological, "forest_ranger", "护林员补贴", 1_200, &[7, 11]);
pub(crate) const DIBAO: Entry = entry(MeasureGroup::SafetyNet, "dibao", "低保金", 900, &[3, 7, 11]);
pub(crate) const WUBAO: Entry = entry(MeasureGroup::SafetyNet, "wubao", "五保供养金", 1_800, &[3, 7, 11]);
pub(crate) const DISABILITY: Entry = entry(MeasureGroup::Disability, "disability_allowance", "残疾人补贴", 660, &[5]);

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

const fn entry(
    group: MeasureGroup,
    code: &'static str,
    name: &'static str,
    yuan: u64,
    months: &'static [u32],
) -> Entry {
    Entry { group, code, name, yuan, months }
}
